"""A readable picture of a graph of any size: neurons fold into boxes, then layers, and anything else by its structure.

What is folded the picture says, and each box says how many values it holds, which operations, and how large their
gradients are.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

import numpy as np

from autograd import OperandError, Value
from autograd.system.collector import collector_paused
from nn import Module
from nn.checks import whole
from nn.explanation.report import layer_of
from viz.folding.arrays import Array, Graph, graph_of
from viz.folding.boxes import boxed
from viz.folding.focus import focused
from viz.folding.parts import lines, partitions
from viz.picture.picture import FULL_LIMIT, NO_GRADIENTS, Picture
from viz.picture.view import View, view_of
from viz.style import clean

__all__ = ["COMPACT_LIMIT", "fold"]

#: Above the number of full boxes, up to this many small discs.
COMPACT_LIMIT = 1500

#: The boxes, and the edges between them, that are comfortable to read in a folded picture.
_READABLE = 60, 600

_Draw: TypeAlias = Callable[[Array, Sequence[str]], Picture]


def fold(
    values: Value | Iterable[Value] | View,
    *,
    title: str | None = None,
    model: Module | None = None,
    depth: int | None = None,
    focus: Value | str | None = None,
    radius: int | None = None,
    limit: float = COMPACT_LIMIT,
) -> Picture:
    """Describe the graph behind one Value or several so that it can be read: what is too much is folded into boxes.

    Args:
        values: the ends of the graph, or the view of it.
        title: a line above it.
        model: its neurons and layers become boxes, and its parameters get their names.
        depth: 2 makes every value a node, 1 every neuron a box, 0 every layer. None is the deepest that is readable.
            Where that makes more than a picture can show, it is folded further, and the picture says so.
        focus: a Value, or the name of a neuron or a layer; only what is near it is described.
        radius: how many edges away from the focus, 2 unless given.
        limit: the largest number of nodes; ``math.inf`` with ``depth=2`` describes them all.

    Raises:
        OperandError, LengthError, UnknownNameError, GraphError: whatever of the arguments is wrong.

    >>> value = Value(0.5)
    >>> for _ in range(100_000):
    ...     value = value.sin()
    >>> picture = fold(value)
    >>> len(picture.nodes), sum(getattr(node, "count", 1) for node in picture.nodes)
    (9, 100001)
    """
    if depth is not None and (isinstance(depth, bool) or depth not in (0, 1, 2)):
        raise OperandError(
            f"depth must be 0 (layers as boxes), 1 (neurons as boxes), 2 (every value) or None, got {depth!r}"
        )
    if radius is not None:
        if focus is None:
            raise OperandError("radius= says how much to show around focus=: give the focus too")
        whole("radius", radius, 0)
    with collector_paused():
        view = values if isinstance(values, View) else view_of(values, model)
        graph = graph_of(view.order, view.roots)
        if focus is not None:
            graph = focused(graph, focus, 2 if radius is None else int(radius), view)

        def draw(boxes: Array, seeded: Sequence[str]) -> Picture:
            return boxed(graph, boxes, seeded, view)

        described = _unfolded(graph, view, draw, depth, limit) or _folded(graph, view, draw, depth)
    note = "" if view.has_gradients else NO_GRADIENTS
    said = dataclasses.replace(described, title=clean(title or ""), note=note, remark=view.oddity)
    return dataclasses.replace(said, gradients_of=view.gradients_of)


def _unfolded(graph: Graph, view: View, draw: _Draw, depth: int | None, limit: float) -> Picture | None:
    """Every value as a node, if that is asked for and within the limits."""
    if depth in (0, 1) or len(graph) > limit:
        return None
    picture = draw(np.arange(len(graph)), ())
    most = limit if depth == 2 or not view.members.owners else FULL_LIMIT
    return picture if len(picture.nodes) <= most and len(picture.edges) <= 4 * most else None


def _folded(graph: Graph, view: View, draw: _Draw, depth: int | None) -> Picture:
    """The deepest folded picture within the limits."""
    nodes, edges = _READABLE if depth is None else (FULL_LIMIT, 4 * FULL_LIMIT)
    levels = {"neuron": 1, "layer": 0} if depth != 0 else {"layer": 0}
    for what, level in levels.items() if view.members.owners else ():
        seeds, seeded = _seeds(graph, view, level)
        if len(seeded) <= nodes:
            for boxes in partitions(graph, seeds):
                if boxes.max() < nodes and len(lines(graph, boxes)[0]) <= edges:
                    return _said(draw(boxes, seeded), graph, f", a box for each {what}", level, depth)
    *finer, coarsest = partitions(graph, np.full(len(graph), -1))  # there are no names, or too many
    for boxes in finer if depth != 0 else ():
        if boxes.max() < nodes and len(lines(graph, boxes)[0]) <= edges:
            return _said(draw(boxes, ()), graph, "", 1, depth)
    return _said(draw(coarsest, ()), graph, "", 0, depth)


def _seeds(graph: Graph, view: View, level: int) -> tuple[Array, list[str]]:
    """The box of every value that belongs to a neuron, or to a layer; -1 for all others."""
    numbers: dict[str, int] = {}
    seeds = np.full(len(graph), -1)
    if view.members.owners:
        boxes: list[int] = []
        for value in graph.order:
            owner = view.members.owners.get(value)
            name = owner if owner is None or level else layer_of(owner)
            boxes.append(-1 if name is None else numbers.setdefault(name, len(numbers)))
        seeds = np.array(boxes)
    return seeds, list(numbers)


def _said(picture: Picture, graph: Graph, what: str, reached: int, depth: int | None) -> Picture:
    """The picture with a line that says what is folded in it."""
    shown = sum(node.kind != "constant" for node in picture.nodes)
    line = f"{len(graph):,} values folded into {shown:,} boxes{what}"
    if depth is not None and depth > reached:
        line += f"; depth={depth} would be more than a picture can show"
    return dataclasses.replace(picture, folded=line)
