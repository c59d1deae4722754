"""From a partition of a graph to what is drawn: a node for a value alone, a fold for several, one edge between two."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Literal

import numpy as np

from nn.explanation.report import layer_of
from viz.folding.arrays import Array, Graph
from viz.folding.parts import lines
from viz.picture.picture import Describer, Edge, Fold, Node, Picture, symbol
from viz.picture.view import View
from viz.style import clean

__all__ = ["boxed"]


def boxed(
    graph: Graph,
    boxes: Array,
    seeded: Sequence[str],
    view: View,
) -> Picture:
    """Return the picture of a folded graph.

    Args:
        graph: all values.
        boxes: (n,) the box of each, counted from 0.
        seeded: the names of the first boxes, neurons or layers; the others have none.
        view: whose values they are.
    """
    by_box = np.argsort(boxes, kind="stable")
    starts = np.searchsorted(boxes[by_box], np.arange(int(boxes.max()) + 2))
    members = [by_box[start:end] for start, end in pairwise(starts)]
    alone = {graph.order[inside[0]]: f"v{inside[0]}" for inside in members if len(inside) == 1}
    describe, summary = Describer(view, alone), _Summary(graph, view)
    drawn: list[list[Node | Fold]] = []
    ids: list[str] = []
    edges: list[Edge] = []
    for box, inside in enumerate(members):
        value = graph.order[inside[0]]
        if len(inside) == 1:
            constants, incoming = describe.operands(value)
            drawn.append([*constants, describe.node(value)])
            edges += incoming
        else:
            drawn.append([summary.fold(f"f{box}", inside, seeded[box] if box < len(seeded) else "")])
        ids.append(drawn[-1][-1].id)
    pairs, places = lines(graph, boxes)
    edges += _between(graph, pairs, places, ids, view.has_gradients)
    order = np.lexsort([[inside[-1] for inside in members], [_level(graph, inside) for inside in members]])
    place = {ids[box]: rank for rank, box in enumerate(order.tolist())}
    edges.sort(key=lambda edge: place[edge.target])  # and within, as they were: in operand order
    left_out = {
        id: (int(graph.before[inside].sum()), int(graph.after[inside].sum()))
        for id, inside in zip(ids, members, strict=True)
    }
    return Picture(
        tuple(node for box in order.tolist() for node in drawn[box]),
        tuple(edges),
        left_out={id: counts for id, counts in left_out.items() if any(counts)},
    )


def _level(graph: Graph, inside: Array) -> int:
    """Where a box stands: at the last level it computes; leaves, which need nothing, at their first."""
    computed = inside[~graph.is_leaf[inside]]
    return int(graph.level[computed].max() if len(computed) else graph.level[inside].min())


#: So many operations, on as few levels, are what a box is called.
_FEW = 3


class _Summary:
    """Makes folds: the figures of many values at once."""

    def __init__(self, graph: Graph, view: View) -> None:
        self._graph, self._view = graph, view
        self._found, self._functions, self._has_gradients = view.members, view.functions, view.has_gradients

    def fold(self, id: str, inside: Array, name: str) -> Fold:
        """Return the fold of the values with the numbers `inside`; `name` is the neuron's or the layer's."""
        graph = self._graph
        counts = np.bincount(graph.operation[inside], minlength=len(graph.operations)).tolist()
        occurring = [(symbol(op), count) for op, count in zip(graph.operations, counts, strict=True) if op and count]
        shown = dict(sorted(occurring, key=lambda item: (-item[1], item[0])))
        parameters = int(graph.is_parameter[inside].sum())
        if not name:
            return self._part(id, inside, shown, parameters)
        z = self._found.preactivations
        preactivations = inside[self._is_z[inside]]
        leaving = inside[self._is_leaving[inside]]
        used = Counter(z[graph.order[number]] for number in preactivations.tolist())
        kind: Literal["neuron", "layer"] = "neuron" if name in self._functions else "layer"
        neurons = [neuron for neuron in self._functions if neuron == name or (kind == "layer" and neuron in used)]
        functions = dict.fromkeys(self._functions[neuron] for neuron in neurons)
        return Fold(
            id, kind, clean(name), len(inside), parameters, max(used.values(), default=0), shown,
            self._data(leaving if len(leaving) else inside),
            *self._grads(preactivations if len(preactivations) else inside),
            ", ".join([*([_several(len(neurons))] if kind == "layer" and neurons else []), *functions]),
            (layer_of(name),) if kind == "neuron" and layer_of(name) != name else (),
        )  # fmt: skip

    @cached_property
    def _is_z(self) -> Array:
        """(n,) whether a value is a preactivation."""
        return np.array([value in self._found.preactivations for value in self._graph.order], dtype=bool)

    @cached_property
    def _is_leaving(self) -> Array:
        """(n,) whether a value is what a neuron computed in the end: a, or z where it is linear."""
        owners = self._found.owners
        inner = {
            parent
            for value, owner in owners.items()
            if value.op and value.op != "dot"
            for parent in value.parents
            if owners.get(parent) == owner
        }
        return np.array([value in owners and value not in inner for value in self._graph.order]) & ~self._graph.is_leaf

    def _part(self, id: str, inside: Array, shown: Mapping[str, int], parameters: int) -> Fold:
        """The fold of what belongs to no neuron."""
        graph = self._graph
        computed = inside[~graph.is_leaf[inside]]
        telling = computed if len(computed) else inside
        low, high = int(graph.level[telling].min()), int(graph.level[telling].max())
        span = f"level {low:,}" if low == high else f"levels {low:,} to {high:,}"
        grad, total = self._grads(telling)
        label, uses, summary = span, 0, ""
        if not shown:
            labels = list(dict.fromkeys(clean(graph.order[number].label) for number in inside.tolist()))
            label, uses = (labels[0] if len(labels) == 1 and labels[0] else "leaves"), len(inside)
        elif len(shown) == 1:
            ((label, uses),) = shown.items()
            if low < high:
                # Each is computed from the one before: their gradients have no sum that means anything.
                summary, total = span, None
        else:
            total = None
            if len(shown) <= _FEW and high - low <= _FEW:
                found = computed[np.sort(np.unique(graph.operation[computed], return_index=True)[1])].tolist()
                label, summary = ", ".join(symbol(graph.order[number].op) for number in found), span
        return Fold(id, "part", label, len(inside), parameters, uses, shown, self._data(telling), grad, total, summary)

    def _data(self, inside: Array) -> tuple[float, float]:
        data = self._graph.data[inside]
        return float(data.min()), float(data.max())  # nan if there is one: nothing hides it

    def _grads(self, inside: Array) -> tuple[tuple[float, float] | None, float | None]:
        if not self._has_gradients:
            return None, None
        grads = self._graph.grad[inside]
        sizes = np.abs(grads)
        with np.errstate(all="ignore"):
            return (float(sizes.min()), float(sizes.max())), float(grads.sum())


def _several(neurons: int) -> str:
    return f"{neurons:,} neuron" + ("s" if neurons > 1 else "")


def _between(graph: Graph, pairs: Array, places: Array, ids: Sequence[str], has_gradients: bool) -> list[Edge]:
    """One edge for all between two boxes, but for those between two values alone, which are drawn as they are."""
    between = places >= 0
    which = places[between]
    counts = np.bincount(which, minlength=len(pairs))
    with np.errstate(all="ignore"):
        flows = np.bincount(which, graph.flow[between], minlength=len(pairs))
    partials = graph.partial[between]
    lowest, highest = np.full(len(pairs), np.inf), np.full(len(pairs), -np.inf)
    with np.errstate(invalid="ignore"):
        np.minimum.at(lowest, which, partials)
        np.maximum.at(highest, which, partials)
    edges = []
    for pair, (source, target) in enumerate(pairs.tolist()):
        if ids[source][0] == ids[target][0] == "v":
            continue
        edges.append(
            Edge(
                f"e{ids[target]}_{ids[source]}",
                ids[source],
                ids[target],
                float(lowest[pair]) if lowest[pair] == highest[pair] else None,
                flow=float(flows[pair]) if has_gradients else None,
                count=int(counts[pair]),
            )
        )
    return edges
