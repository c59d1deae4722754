"""The part of a graph around one value, one neuron or one layer."""

from __future__ import annotations

import numpy as np

from autograd import GraphError, OperandError, UnknownNameError, Value
from nn.explanation.report import layer_of
from viz.folding.arrays import Graph
from viz.picture.view import View

__all__ = ["focused"]


def focused(graph: Graph, focus: Value | str, radius: int, view: View) -> Graph:
    """Return what lies within `radius` edges of the focus, forwards and backwards.

    Args:
        graph: the whole.
        focus: a Value of it, or the name of a neuron or a layer of the model, as in ``layers.0.neurons.1``.
        radius: 0 keeps the focus alone.
        view: says which values belong to which neuron.

    Raises:
        OperandError: the focus is of another kind, or a name without a model.
        UnknownNameError: the model has no such neuron or layer.
        GraphError: the graph does not have the focus.
    """
    near = np.zeros(len(graph), dtype=bool)
    frontier = _start(graph, focus, view)
    near[frontier] = True
    consumers: list[list[int]] = [[] for _ in graph.order]
    for source, target in zip(graph.source.tolist(), graph.target.tolist(), strict=True):
        consumers[source].append(target)
    for _ in range(radius):
        following = dict.fromkeys(
            neighbour
            for number in frontier
            for neighbour in (*graph.parents[number], *consumers[number])
            if not near[neighbour]
        )
        if not following:
            break
        frontier = list(following)
        near[frontier] = True
    return graph.only(near)


def _start(graph: Graph, focus: Value | str, view: View) -> list[int]:
    """The numbers of the values that are the focus itself."""
    if isinstance(focus, Value):
        numbers = [number for number, value in enumerate(graph.order) if value is focus]
        if not numbers:
            raise GraphError(f"focus={focus!r} is not in this graph: give a Value that the drawn one was computed from")
        return numbers
    if not isinstance(focus, str):
        raise OperandError(f"focus must be a Value of the graph or a neuron's name, got {type(focus).__name__}")
    if view.model is None:
        raise OperandError(f"focus={focus!r} names a neuron: say of which model with model=, or give a Value")
    known = list(view.functions)
    layers = list(dict.fromkeys(map(layer_of, known)))
    if focus not in known and focus not in layers:
        raise UnknownNameError("neuron", focus, known if len(known) <= _LISTED else layers)
    owners = view.members.owners
    numbers = [
        number
        for number, value in enumerate(graph.order)
        if value in owners and focus in (owners[value], layer_of(owners[value]))
    ]
    if not numbers:
        raise GraphError(f"the neuron {focus!r} is not in this graph: the drawn value was computed without it")
    return numbers


#: More neurons than this are not listed in a message, but their layers.
_LISTED = 20
