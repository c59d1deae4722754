"""Vectorisation by level: nodes that do not depend on each other and do the same become one block.

A node's *level* is how far it is from the leaves; nodes of one level do not depend on each other.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from typing import Any

from autograd.calculus.table import RULES
from autograd.compiler.ir.graph import COMPARISONS, LEAVES, Graph
from autograd.compiler.passes.sums import Sum, operands_of

__all__ = ["group", "is_variadic", "levels"]


def levels(graph: Graph, sums: dict[int, Sum]) -> dict[int, int]:
    """Return the level of every node that the outputs need: 0 for leaves, else one more than its operands' highest."""
    needed = [False] * len(graph)
    for node in graph.outputs:
        needed[node] = True
    for node in reversed(range(len(graph))):
        if needed[node]:
            for operand in operands_of(graph, sums, node):
                needed[operand] = True
    found: dict[int, int] = {}
    for node in itertools.compress(range(len(graph)), needed):
        operands = operands_of(graph, sums, node)
        found[node] = 1 + max([found[operand] for operand in operands]) if operands else 0
    return found


def group(graph: Graph, sums: dict[int, Sum], level: dict[int, int]) -> list[list[int]]:
    """Return the groups of computed nodes, in an order in which they can be computed."""
    groups: dict[Any, list[int]] = defaultdict(list)
    for node, height in level.items():
        op, operands = graph.ops[node], graph.operands[node]
        if op in LEAVES:
            continue
        if node in sums:
            kind: Any = ("sum of products", len(sums[node].pairs), len(sums[node].singles))
        elif is_variadic(op):
            kind = (op, len(operands))
        else:
            kind = (op, *[graph.per_row[operand] for operand in operands])
        groups[(height, graph.per_row[node], kind)].append(node)
    return [groups[key] for key in sorted(groups)]


def is_variadic(op: str) -> bool:
    """Whether an operation goes over a whole list."""
    return op not in COMPARISONS and bool(RULES[op].sequences)
