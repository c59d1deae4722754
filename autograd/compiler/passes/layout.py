"""Layout: from a graph of single scalars to a few blocks over many of them.

Vectorisation by level, :mod:`autograd.compiler.passes.vectorise`, finds what does the same; here every group gets
a slice of one buffer, ordered so that its operands are slices too where possible, and sums of products that share
operands become matrix products.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from autograd.calculus.table import RULES
from autograd.compiler.ir.blocks import Block, Dot, Map, Positions, Program, Reduce
from autograd.compiler.ir.graph import Graph
from autograd.compiler.passes.pad import even_out
from autograd.compiler.passes.sums import Sum, collect_sums
from autograd.compiler.passes.vectorise import group, is_variadic, levels
from autograd.system.collector import collector_paused

__all__ = ["place"]


def place(graph: Graph, params: int, *, even: bool = False) -> Program:
    """Run all passes: return the program of blocks.

    Args:
        graph: of a traced function.
        params: how many parameters the program takes; those that the function does not use have a place, too.
        even: make lists equally long, see :mod:`autograd.compiler.passes.pad`, and compute grids of dot products that
            are half there or more as a whole.
    """
    with collector_paused():
        sums = collect_sums(graph)
        level = levels(graph, sums)
        if even:
            graph = even_out(graph, sums, level)
        layout = _Layout(graph, level, params, _biased_inputs(graph, sums), fills=even)
        blocks: list[Block] = []
        for nodes in group(graph, sums, level):
            if nodes[0] in sums:
                blocks += _dots(layout, sums, nodes)
            elif is_variadic(graph.ops[nodes[0]]):
                blocks.append(_reduce(layout, nodes))
            else:
                blocks.append(_map(layout, nodes))
        return layout.program(blocks)


class _Layout:
    """Where every node's number stands: in the uniform buffer, or in the buffer with one column per row."""

    def __init__(
        self, graph: Graph, level: dict[int, int], params: int, before_ones: set[frozenset[int]], *, fills: bool
    ) -> None:
        self.graph = graph
        self.fills = fills
        self.per_row = np.array(graph.per_row, dtype=bool)
        self.position = np.full(len(graph) + 1, -1)  # the last is NOBODY's
        self._lone: dict[int, Positions] = {}
        self.sizes = {False: params, True: 0}
        self.constants: list[float] = []
        self.inputs: list[tuple[bool, int]] = []
        self.before_ones = before_ones
        self.ones: list[tuple[bool, int]] = []
        ends = _ends(graph, before_ones)
        for node, op in enumerate(graph.ops):
            if op == "param":
                self.position[node] = int(graph.numbers[node])
            elif op == "input":
                self.add([node])
                self.inputs.append((graph.per_row[node], int(self.position[node])))
                if node in ends:
                    self._add_one()
        self.held_start = self.sizes[False]
        self.add([node for node, op in enumerate(graph.ops) if op == "held"])
        self.constants_start = self.sizes[False]
        constants = [node for node in level if graph.ops[node] == "const"]
        self.constants = [graph.numbers[node] for node in constants]
        self.add(constants)

    def add(self, nodes: Sequence[int]) -> Positions:
        """Give `nodes`, all uniform or all per row, the next places, and return those; NOBODY gets one, too."""
        per_row = bool(nodes) and self.graph.per_row[max(nodes)]
        start = self.sizes[per_row]
        self.sizes[per_row] += len(nodes)
        if per_row and frozenset(nodes) in self.before_ones:
            self._add_one()
        if len(nodes) == 1:
            self.position[nodes[0]] = start
            return self.lone(nodes[0])
        places = np.arange(start, start + len(nodes))
        self.position[nodes] = places
        return Positions(places, np.full(len(nodes), per_row))

    def _add_one(self) -> None:
        self.ones.append((True, self.sizes[True]))
        self.sizes[True] += 1

    def at(self, nodes: Any) -> Positions:
        """The places of an array of nodes, of any shape."""
        nodes = np.asarray(nodes, dtype=int)
        return Positions(self.position[nodes], self.per_row[nodes])

    def lone(self, node: int) -> Positions:
        """The place of a single node: one object for all blocks, as an irregular graph has almost a block a node."""
        if node not in self._lone:
            self._lone[node] = Positions(self.position[node : node + 1], self.per_row[node : node + 1])
        return self._lone[node]

    def key(self, nodes: Iterable[int]) -> list[tuple[bool, int]]:
        """Sorts nodes by where their operands stand."""
        return [(self.graph.per_row[node], int(self.position[node])) for node in nodes]

    def program(self, blocks: list[Block]) -> Program:
        return Program(
            uniform_size=self.sizes[False],
            row_size=self.sizes[True],
            inputs=self.inputs,
            constants=self.constants,
            constants_start=self.constants_start,
            held=list(self.graph.held),
            held_start=self.held_start,
            blocks=blocks,
            ones=self.ones,
            outputs=[(self.graph.per_row[node], int(self.position[node])) for node in self.graph.outputs],
            nodes=len(self.graph),
            padded=self.fills,
        )


#: In the place of a node: what only completes a grid.
NOBODY = -1


def _biased_inputs(graph: Graph, sums: dict[int, Sum]) -> set[frozenset[int]]:
    """The nodes with rows that sums multiply by weights, where a bias that is the same for all rows is added."""
    found = set()
    for node, total in sums.items():
        if graph.per_row[node] and len(total.singles) == 1 and not graph.per_row[total.singles[0]]:
            found.add(frozenset(operand for pair in total.pairs for operand in pair if graph.per_row[operand]))
    return found


def _ends(graph: Graph, sets: set[frozenset[int]]) -> set[int]:
    """The last nodes of those sets of inputs behind which a one is in nobody's way."""
    inputs = [nodes for nodes in sets if all(graph.ops[node] == "input" for node in nodes)]
    apart = sum(map(len, inputs)) == len(frozenset().union(*inputs))
    return {max(nodes) for nodes in inputs} if apart else set()


def _map(layout: _Layout, nodes: list[int]) -> Map:
    operands = layout.graph.operands
    if len(nodes) == 1:
        reads = [layout.lone(operand) for operand in operands[nodes[0]]]
    else:
        # Row operands first: those are the slices that save time.
        nodes.sort(key=lambda node: sorted(layout.key(operands[node]), reverse=True))
        reads = [layout.at(column) for column in zip(*(operands[node] for node in nodes), strict=True)]
    op, out = layout.graph.ops[nodes[0]], layout.add(nodes)
    return _with_views(Map(op, reads, out))


def _with_views(block: Map) -> Map:
    """The same block with two axes, if then more of its operands are views."""
    if block.out.index.size < 4:  # fewer have no two axes
        return block
    views = [at.steps() is not None for at in block.operands]
    best = block
    for at, is_view in zip(block.operands, views, strict=True):
        if is_view:
            continue
        run = _run(at.index)
        if not 1 < run < at.index.size or at.index.size % run:
            continue
        operands = [each.reshape(-1, run) for each in block.operands]
        found = [each.steps() is not None for each in operands]
        if sum(found) > sum(views):
            best, views = Map(block.op, operands, block.out.reshape(-1, run)), found
    return best


def _run(index: np.ndarray[Any, Any]) -> int:
    """How long the first stretch of equal steps is."""
    breaks = np.flatnonzero(np.diff(index, 2))
    return int(breaks[0]) + 2 if breaks.size else index.size


def _reduce(layout: _Layout, nodes: list[int]) -> Reduce:
    op = layout.graph.ops[nodes[0]]
    operands = layout.graph.operands
    nodes.sort(key=lambda node: layout.key(operands[node]))
    grouped = [RULES[op].grouped(operands[node]) for node in nodes]
    reads = [layout.at([row[i] for row in grouped]) for i in range(len(grouped[0]))]
    out = layout.add(nodes)
    return Reduce(op, reads, out)


def _dots(layout: _Layout, sums: dict[int, Sum], nodes: list[int]) -> list[Block]:
    """One block for all complete grids of left and right operand lists of equal size, one for all the rest."""
    graph = layout.graph
    if not sums[nodes[0]].pairs:
        nodes.sort(key=lambda node: layout.key(sums[node].singles))
        return [Reduce("sum", [layout.at([sums[node].singles for node in nodes])], layout.add(nodes))]
    sides = {node: _sides(graph, sums[node].pairs) for node in nodes}
    grids: dict[tuple[int, int], list[tuple[list[Any], list[Any], dict[Any, int]]]] = defaultdict(list)
    for members in _components(sides):
        at: dict[Any, int] = {}
        for node in members:
            if at.setdefault(sides[node], node) != node:  # the same products again, beside other single terms
                grids[(1, 1)].append(([sides[node][0]], [sides[node][1]], {sides[node]: node}))
        lefts = sorted({sides[node][0] for node in members}, key=layout.key)
        rights = sorted({sides[node][1] for node in members}, key=layout.key)
        size = len(lefts) * len(rights)
        may_fill = layout.fills and not sums[nodes[0]].singles and size <= 2 * len(at)
        if len(at) == size or may_fill:
            empty = {(left, right): NOBODY for left in lefts for right in rights} if may_fill else {}
            grids[(len(lefts), len(rights))].append((lefts, rights, empty | at))
        else:
            grids[(1, 1)] += [([left], [right], {(left, right): node}) for (left, right), node in at.items()]
    blocks: list[Block] = []
    for _, batch in sorted(grids.items()):
        batch.sort(key=lambda grid: (layout.key(grid[1][0]), layout.key(grid[0][0])))
        left = layout.at([lefts for lefts, _, _ in batch])
        right = layout.at([rights for _, rights, _ in batch])
        ordered = np.array([[[at[(a, b)] for a in lefts] for b in rights] for lefts, rights, at in batch])
        singles = [
            layout.at(np.vectorize(lambda node, i=i: sums[node].singles[i], otypes=[int])(ordered))
            for i in range(len(sums[nodes[0]].singles))
        ]
        out = layout.add(ordered.ravel().tolist())
        blocks.append(
            Dot(left, right, singles, Positions(out.index.reshape(ordered.shape), out.per_row.reshape(ordered.shape)))
        )
    return blocks


def _sides(graph: Graph, pairs: list[tuple[int, int]]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The left and the right operands; what is the same for all rows stands left."""
    swap = [(b, a) if graph.per_row[a] and not graph.per_row[b] else (a, b) for a, b in pairs]
    return tuple(a for a, _ in swap), tuple(b for _, b in swap)


def _components(sides: dict[int, tuple[Any, Any]]) -> list[list[int]]:
    """Nodes that share a left or a right operand list, directly or through others."""
    parent: dict[Any, Any] = {}

    def root(key: Any) -> Any:
        while parent.setdefault(key, key) != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    numbers: dict[Any, int] = {}
    named = {
        node: (numbers.setdefault(("left", left), len(numbers)), numbers.setdefault(("right", right), len(numbers)))
        for node, (left, right) in sides.items()
    }
    for left, right in named.values():
        parent[root(left)] = root(right)
    found: dict[Any, list[int]] = defaultdict(list)
    for node, (left, _) in named.items():
        found[root(left)].append(node)
    return list(found.values())
