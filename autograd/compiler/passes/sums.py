"""Collecting sums: chains of ``+`` over products become one node, a list of pairs and a list of single terms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from autograd.compiler.ir.graph import Graph

__all__ = ["Sum", "collect_sums", "operands_of"]


@dataclass
class Sum:
    """A sum of products of two nodes each, and of single nodes."""

    pairs: list[tuple[int, int]] = field(default_factory=list)
    singles: list[int] = field(default_factory=list)

    def operands(self) -> Iterable[int]:
        """Every node it uses."""
        yield from (node for pair in self.pairs for node in pair)
        yield from self.singles


def collect_sums(graph: Graph) -> dict[int, Sum]:
    """Return the nodes that are sums of two products, or of three terms, or more; what they absorbed is in none."""
    uses = [0] * len(graph)
    for operands in graph.operands:
        for operand in operands:
            uses[operand] += 1
    for output in graph.outputs:
        uses[output] += 1
    sums: dict[int, Sum] = {}

    def absorb(total: Sum, node: int, into: int) -> None:
        own = sums.get(node)
        if uses[node] > 1 or graph.per_row[node] != graph.per_row[into]:  # what is computed once stays so
            total.singles.append(node)
        elif own is not None:
            total.pairs += own.pairs
            total.singles += own.singles
            del sums[node]
        elif graph.ops[node] == "mul":
            first, second = graph.operands[node]
            total.pairs.append((first, second))
        else:
            total.singles.append(node)

    for node, op in enumerate(graph.ops):
        operands = graph.operands[node]
        if op == "dot":
            length = (len(operands) - 1) // 2
            total = Sum(list(zip(operands[:length], operands[length:-1], strict=True)))
            if graph.ops[operands[-1]] != "const" or graph.numbers[operands[-1]] != 0.0:
                total.singles.append(operands[-1])
            sums[node] = total
        elif op in ("add", "sum"):
            # The longest operand's lists are taken over, so that a chain of n terms costs n steps.
            own = [x for x in operands if x in sums and uses[x] == 1 and graph.per_row[x] == graph.per_row[node]]
            first = max(own, key=lambda x: len(sums[x].pairs) + len(sums[x].singles), default=None)
            total = Sum() if first is None else sums.pop(first)
            for operand in operands:
                if operand != first:
                    absorb(total, operand, node)
            sums[node] = total
    return {
        node: total
        for node, total in sums.items()
        if len(total.pairs) >= 2 or len(total.singles) >= 3 or graph.ops[node] == "dot"
    }


def operands_of(graph: Graph, sums: dict[int, Sum], node: int) -> Sequence[int]:
    """What a node depends on, once sums are collected."""
    return list(sums[node].operands()) if node in sums else graph.operands[node]
