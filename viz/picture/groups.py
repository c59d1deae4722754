"""Which neuron each value of a graph belongs to: the groups by which a picture is boxed and folded.

A neuron's preactivation is recognised as ``explain`` does, by the weights and the bias that its ``dot`` node has for
operands; one that was written by hand, as products and sums, by being a sum in which each of them occurs once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from autograd import Value
from nn import Module, Neuron
from nn.explanation.collect import named_neurons

__all__ = ["Members", "groups", "members"]

#: The operations of which a preactivation that is written by hand consists, besides the products.
_SUMS = frozenset({"add", "sum"})


class Members(NamedTuple):
    """The values of a graph that belong to neurons.

    Attributes:
        owners: the neuron of each value that belongs to one, by the path to it.
        preactivations: the neuron of each z; one that is used for several rows has several.
    """

    owners: dict[Value, str]
    preactivations: dict[Value, str]


def groups(order: Sequence[Value], model: Module | None) -> dict[Value, str]:
    """Return which neuron each value belongs to: its parameters, its preactivation z, its activation a.

    Args:
        order: the values of a graph, each after its operands, as from :func:`autograd.topological_order`.
        model: the neurons are those in it; None has none.

    Returns:
        The path of the neuron, ``"layers.0.neurons.1"``, for each value that belongs to one. Inputs, the values of the
        loss, and sums that are no whole preactivation belong to none. A parameter that several neurons share belongs
        to the first.

    >>> from autograd import topological_order
    >>> from nn import MLP
    >>> model = MLP(2, [3, 1], activation="tanh", seed=0)
    >>> found = groups(topological_order(model([0.5, -1.0])), model)
    >>> [value.op or value.label for value, neuron in found.items() if neuron == "layers.0.neurons.1"]
    ['dot', 'w0', 'w1', 'b', 'tanh']
    """
    return members(order, model).owners


def members(order: Sequence[Value], model: Module | None) -> Members:
    """Return what :func:`groups` does, and which of the values are preactivations.

    >>> from autograd import topological_order
    >>> from nn import Neuron
    >>> neuron = Neuron(2, activation="tanh", seed=0)
    >>> found = members(topological_order(neuron([0.5, -1.0])), neuron)
    >>> [value.op for value in found.preactivations], len(found.owners)
    (['dot'], 5)
    """
    neurons: dict[str, Neuron] = dict(named_neurons(model)) if model is not None else {}
    if not neurons:
        return Members({}, {})
    parameters: dict[Value, str] = {
        parameter: name
        for name, neuron in reversed(list(neurons.items()))
        for parameter in (*neuron.w, neuron.b)
        if isinstance(parameter, Value)
    }
    owners, preactivations = _preactivations(order, neurons, parameters)
    owners |= {value: parameters[value] for value in order if value in parameters}
    for z, a in _sole_consumers(order, preactivations).items():
        name = preactivations[z]
        if a is not None and a.op == neurons[name].activation:
            owners[a] = name
    return Members(owners, preactivations)


def _preactivations(
    order: Sequence[Value], neurons: Mapping[str, Neuron], parameters: Mapping[Value, str]
) -> tuple[dict[Value, str], dict[Value, str]]:
    """Every z, and the products and sums that lead to it."""
    by_leaves: dict[tuple[Value | float | None, ...], str] = {
        (*neuron.w, neuron.b): name for name, neuron in reversed(list(neurons.items()))
    }
    wanted = {name: len(neuron.w) + (neuron.b is not None) for name, neuron in neurons.items()}
    biases: dict[Value, str] = {neuron.b: name for name, neuron in neurons.items() if neuron.b is not None}
    owners: dict[Value, str] = {}
    found: dict[Value, str] = {}
    parts: dict[Value, tuple[str, int]] = {}  # what may become a z, and how many of the parameters it has already
    for value in order:
        if value.op == "dot":
            *pairs, bias = value.operands
            leaves = (*pairs[: len(pairs) // 2], bias if isinstance(bias, Value) else None)
            if leaves in by_leaves:
                found[value] = owners[value] = by_leaves[leaves]
            continue
        part = None
        if value.op == "mul":
            weights = [parent for parent in value.parents if parent in parameters]
            if len(weights) == 1 and weights[0] not in biases:
                part = parameters[weights[0]], 1
        elif value.op in _SUMS:
            terms = [parts.get(p) or (biases[p], 1) if p in parts or p in biases else None for p in value.parents]
            names = {term and term[0] for term in terms}
            if len(names) == 1 and terms[0] is not None:
                part = terms[0][0], sum(term[1] for term in terms if term is not None)
        if part is not None and part[1] < wanted[part[0]]:
            parts[value] = part
        elif part is not None and part[1] == wanted[part[0]]:
            found[value] = part[0]
            unclaimed = [value]
            while unclaimed:
                claimed = unclaimed.pop()
                owners[claimed] = part[0]
                unclaimed += [parent for parent in claimed.parents if parent in parts and parent not in owners]
    return owners, found


def _sole_consumers(order: Sequence[Value], values: Mapping[Value, str]) -> dict[Value, Value | None]:
    """What was computed from each of `values`, where that is one thing only; None where it is several."""
    consumers: dict[Value, Value | None] = {}
    if values:
        for value in order:
            for parent in [parent for parent in value.parents if parent in values]:
                consumers[parent] = None if parent in consumers else value
    return consumers
