"""One sample's graph, read after ``backward()``: what every neuron computed, and what the error asks of it.

The graph already remembers everything. A neuron's preactivation z is the ``dot`` node over its own weights and bias,
its activation a is the node that its function made of z, and the error's pressure on a arrives over the edges that lead
on from it.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from autograd import Value, topological_order
from autograd.graph import interior
from autograd.transforms.paths import passed_on
from autograd.value import primal
from nn.layers import Neuron
from nn.module import Module

__all__ = ["COST", "Oddity", "Pressure", "Reader", "Use", "first_oddity", "named_neurons"]

#: Stands for the cost where the name of a next neuron would stand.
COST = "C"


#: A value that was computed from another, and the local derivative on the edge between them.
_Edge: TypeAlias = "tuple[Value, float]"


class Pressure(NamedTuple):
    """One term of ∂C/∂a: what one neuron further on asks for.

    Attributes:
        to: the next neuron's name; ``"C"`` for what comes straight from the cost; else the operation in between.
        weight: the derivative on the edge: the next neuron's weight for this one.
        delta: the next neuron's δ.
        product: weight · delta.
    """

    to: str
    weight: float
    delta: float
    product: float


class Use(NamedTuple):
    """One use of a neuron for one sample; a neuron that a model calls twice has two."""

    row: int
    neuron: str
    z: float
    a: float
    activation: str
    contribution: float
    activity: float
    inputs: tuple[float, ...]
    weights: tuple[float, ...]
    bias: float | None
    terms: tuple[Any, ...]  # the columns of the pressure: names, weights, deltas

    @property
    def delta(self) -> float:
        """∂C/∂z, the contribution times the activity."""
        return passed_on(self.contribution, self.activity)

    @property
    def pressure(self) -> tuple[Pressure, ...]:
        """The terms that sum to the contribution."""
        return tuple(Pressure(to, w, delta, passed_on(delta, w)) for to, w, delta in zip(*self.terms, strict=True))


class Oddity(NamedTuple):
    """The first number that is nan or infinite.

    Attributes:
        row: of the sample; None where there are no rows.
        backward: whether it is a gradient; the numbers of the forward pass are then all finite.
        what: a parameter's name, ``input 1``, a neuron's ``z`` or ``a``, or an operation.
        value: the number.
    """

    row: int | None
    backward: bool
    what: str
    value: float


def named_neurons(model: Module) -> Iterator[tuple[str, Neuron]]:
    """Yield every neuron of `model` with the path to it, in the order of its parameters."""
    for name, module in model.named_modules():
        if isinstance(module, Neuron):
            yield name or "neuron", module


class Reader:
    """Reads the graphs of a model's samples, one after the other.

    Args:
        neurons: as from :func:`named_neurons`.
        names: of the model's parameters.
    """

    def __init__(self, neurons: Sequence[tuple[str, Neuron]], names: Mapping[Value, str]) -> None:
        self._neurons = {_key(neuron.w, neuron.b): (name, neuron) for name, neuron in reversed(neurons)}
        self._places = {name: place for place, (name, _) in enumerate(neurons)}
        self._names = names

    def read(self, row: int, cost: Value, inputs: Sequence[Value]) -> tuple[list[Use], Oddity | None]:
        """Return what every neuron did in the graph of one sample, after ``cost.backward()``.

        Args:
            row: the sample's index.
            cost: its part of C.
            inputs: the Values that the model was called with.
        """
        order = interior(cost)
        found = {node: self._neurons.get(_leaves_of(node)) for node in order if node.op == "dot"}
        preactivations = {node: neuron for node, neuron in found.items() if neuron is not None}
        consumers, before_neurons = _consumers(order, preactivations)
        uses, activations = [], {}
        for z, (name, neuron) in preactivations.items():
            a, function, activity = _activation(z, neuron, consumers)
            activations[a] = name
            n_in, bias = len(neuron.w), z.operands[-1]
            terms = self._terms(consumers[a], preactivations, before_neurons)
            uses.append(
                Use(
                    row, name, z.data, a.data, function, a.grad, activity,
                    tuple(map(primal, z.operands[n_in : 2 * n_in])), tuple(map(primal, z.operands[:n_in])),
                    bias.data if isinstance(bias, Value) else None, terms,
                )
            )  # fmt: skip
        if all(math.isfinite(node.data) and math.isfinite(node.grad) for node in order):
            return uses, None
        names = {z: f"{name}: z" for z, (name, _) in preactivations.items()}
        names = {a: f"{name}: a" for a, name in activations.items()} | names
        names |= {value: f"input x{index}" for index, value in enumerate(inputs)}
        return uses, first_oddity(row, topological_order(cost), {**self._names, **names})

    def _terms(
        self, consumers: Sequence[_Edge], preactivations: Mapping[Value, tuple[str, Neuron]], before_neurons: set[Value]
    ) -> tuple[Any, ...]:
        terms, from_cost = [], []
        for node, partial in consumers:
            if node in preactivations:
                name = preactivations[node][0]
                terms.append((self._places[name], name, partial, node.grad))
            elif node in before_neurons:
                terms.append((len(self._places), node.label or node.op, partial, node.grad))
            else:
                from_cost.append(passed_on(node.grad, partial))
        terms.sort()  # in the model's order; the graph has one of its own
        if from_cost:
            terms.append((len(self._places), COST, sum(from_cost), 1.0))
        # As columns: a batch has millions of these, and a tuple of floats costs a third of a tuple of tuples.
        return tuple(zip(*(term[1:] for term in terms), strict=True))


def _consumers(
    order: Sequence[Value], preactivations: Mapping[Value, tuple[str, Neuron]]
) -> tuple[defaultdict[Value, list[_Edge]], set[Value]]:
    """The edges that lead on from every computed value, and the values from which some neuron is still reached."""
    consumers: defaultdict[Value, list[_Edge]] = defaultdict(list)
    before_neurons: set[Value] = set()
    for node in reversed(order):
        parents = node.parents
        # A neuron's weights and bias are leaves, half of all edges: only its inputs lead anywhere.
        first = len(preactivations[node][1].w) if node in preactivations else 0
        for parent, partial in zip(parents[first:], node.partials[first:], strict=True):
            if parent.op:
                consumers[parent].append((node, partial))
        if first or node in before_neurons:
            before_neurons.update(parents[first:])
    return consumers, before_neurons


def _leaves_of(z: Value) -> tuple[Any, ...]:
    """The weights and the bias of a preactivation; a bias that was left out is a constant, not a Value."""
    *pairs, bias = z.operands
    return _key(pairs[: len(pairs) // 2], bias)


def _key(weights: Sequence[Any], bias: Any) -> tuple[Any, ...]:
    return (*weights, bias if isinstance(bias, Value) else None)


def _activation(z: Value, neuron: Neuron, consumers: Mapping[Value, Sequence[_Edge]]) -> tuple[Value, str, float]:
    """What leaves the neuron, the function that made it of z, and σ'(z).

    Where a model goes on from z in a way of its own, z itself is what leaves the neuron.
    """
    following = consumers.get(z, ())
    if len(following) == 1 and following[0][0].op == neuron.activation:
        a, activity = following[0]
        return a, neuron.activation, activity
    return z, "linear", 1.0


def first_oddity(row: int | None, order: Sequence[Value], names: Mapping[Value, str]) -> Oddity:
    """Return the first value in `order` that is nan or infinite; else the first such gradient on the way back."""
    for node in order:
        if not math.isfinite(node.data):
            return Oddity(row, False, names.get(node, node.label or node.op or "constant"), node.data)
    node = next(node for node in reversed(order) if not math.isfinite(node.grad))
    return Oddity(row, True, names.get(node, node.label or node.op or "constant"), node.grad)
