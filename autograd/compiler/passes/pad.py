"""Evening out: sums and reductions of different lengths become equally long, so that they are one block, not many.

Causal attention is the case in point: position t looks back at t + 1 others. Lists are padded with what changes nothing
(0 in a sum, minus infinity in a logsumexp); a list that begins another, longer one becomes that list, where the factors
beside it are 0. What is computed in vain is finite, or the plain program runs instead, see
:class:`autograd.compiler.compiled.Compiled`.
"""

from __future__ import annotations

import copy
import math
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from autograd.compiler.ir.graph import Graph
from autograd.compiler.passes.sums import Sum

__all__ = ["even_out"]

#: What changes nothing in a reduction over a list.
NEUTRAL = {"logsumexp": -math.inf}


def even_out(graph: Graph, sums: dict[int, Sum], level: dict[int, int]) -> Graph:
    """Pad the lists of `sums` and of reductions, of each level by itself, where that adds no more than it finds.

    Args:
        graph: of a traced function.
        sums: its sums of products; changed in place.
        level: of every node; constants for padding are added.

    Returns:
        The graph with the constants for padding, and with the longer lists.
    """
    padded = copy.copy(graph)
    padded.ops, padded.operands = list(graph.ops), list(graph.operands)
    padded.numbers, padded.per_row = list(graph.numbers), list(graph.per_row)
    padded._known = dict(graph._known)

    def constant(number: float) -> int:
        node = padded.const(number)
        level[node] = 0
        return node

    ragged: dict[Any, list[int]] = defaultdict(list)
    for node, height in level.items():
        if node in sums and sums[node].pairs and not sums[node].singles:
            ragged[(height, "", graph.per_row[node])].append(node)
        elif node not in sums and graph.ops[node] in NEUTRAL:
            ragged[(height, graph.ops[node], graph.per_row[node])].append(node)
    for (_, op, _), nodes in ragged.items():
        lists = [graph.operands[node] if op else [b for _, b in sums[node].pairs] for node in nodes]
        longest = max(map(len, lists))
        if not sum(map(len, lists)) < longest * len(lists) <= 2 * sum(map(len, lists)):
            continue
        if op:
            fill = constant(NEUTRAL[op])
            for node, operands in zip(nodes, lists, strict=True):
                padded.operands[node] = (*operands, *[fill] * (longest - len(operands)))
        else:
            _even_products(sums, nodes, longest, constant(0.0))
    return padded


def _even_products(sums: dict[int, Sum], nodes: Sequence[int], longest: int, zero: int) -> None:
    sides = [tuple(zip(*sums[node].pairs, strict=True)) for node in nodes]
    lengths = {len(left) for left, _ in sides}
    whole = [
        {side[i][:n]: side[i] for side in sides if len(side[i]) == longest for n in lengths} for i in (0, 1)
    ]  # what each list is the beginning of
    for node, (left, right) in zip(nodes, sides, strict=True):
        zeros = (zero,) * (longest - len(left))
        if right in whole[1]:
            left, right = left + zeros, whole[1][right]
        elif left in whole[0]:
            left, right = whole[0][left], right + zeros
        else:
            left, right = left + zeros, right + zeros
        sums[node] = Sum(list(zip(left, right, strict=True)))
