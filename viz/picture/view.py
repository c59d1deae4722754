"""One graph with its model, read once: its order, what belongs to which neuron, and what everything is called.

Pictures, folded pictures and the explorer are all made from a :class:`View`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from autograd import LengthError, OperandError, Value
from autograd.calculus.notation import number
from autograd.operand import kind_of
from autograd.operations import Operand
from autograd.value import primal
from nn import Module
from nn.explanation.collect import named_neurons
from nn.explanation.report import layer_of
from viz.picture.formulas import formula
from viz.picture.groups import Members, members
from viz.style import clean

__all__ = ["View", "reading_order", "view_of"]


class View:
    """The graph behind some Values, and the model in it.

    Attributes:
        roots: the ends of the graph, each once.
        order: every value once, after its operands, those from left to right.
        model: whose neurons and parameters are named; None where there is none.
        gradients_of: what the gradients are known to be derivatives of, ``"C"``; ``""`` where nobody knows.
        parameters: the model's name for each of its parameters, ``layers.0.neurons.3.w.1``.
        functions: the activation of each neuron, by the neuron's name.

    Raises:
        OperandError: `model` is not a model.
    """

    def __init__(
        self,
        roots: Sequence[Value],
        model: Module | None,
        gradients_of: str = "",
        order: Sequence[Value] | None = None,
    ) -> None:
        if model is not None and not isinstance(model, Module):
            raise OperandError(f"model= takes the model whose parameters are to be named, got {kind_of(model)}")
        self.roots, self.model, self.gradients_of = list(roots), model, gradients_of
        self.order = reading_order(self.roots) if order is None else list(order)
        named = () if model is None else model.named_parameters()
        self.parameters: dict[Value, str] = {value: name for name, value in named}
        self.functions = {} if model is None else {name: neuron.activation for name, neuron in named_neurons(model)}

    @cached_property
    def members(self) -> Members:
        """Which values belong to which neuron."""
        return members(self.order, self.model)

    @cached_property
    def has_gradients(self) -> bool:
        """Whether ``backward()`` has been called: some gradient is not 0."""
        return any(value.grad != 0.0 for value in self.order)  # also nan

    @cached_property
    def parts(self) -> Mapping[Value, str]:
        """Which values are some neuron's preactivation, ``"z"``, and which its activation, ``"a"``."""
        z = self.members.preactivations
        parts = dict.fromkeys(z, "z")
        for value in self.order:
            if value in self.members.owners and len(value.parents) == 1 and value.parents[0] in z:
                parts[value] = "a"
        return parts

    @cached_property
    def names(self) -> Mapping[Value, str]:
        """What a value is called in boxes and formulas: its label, in a layer z0 or a0, else ``""``."""
        names: dict[Value, str] = {}
        for value in self.order:
            name = clean(value.label)
            if not name and value in self.parts:
                name = self.parts[value] + self._number(self.members.owners[value])
            names[value] = name or self.parameters.get(value, "")
        return names

    @cached_property
    def oddity(self) -> str:
        """Where the first nan or infinity comes from, ``log(x) = log(−1) is nan``; ``""`` where all is finite."""
        for value in self.order:
            if not math.isfinite(value.data):
                name = self.names[value]
                said = formula(value, self._name) if value.op else name or "a leaf"
                ways = [name if value.op else "", said, formula(value, primal) if value.op else ""]
                return f"{' = '.join(dict.fromkeys(filter(None, ways)))} is {number(value.data)}"
        for value in reversed(self.order) if self.has_gradients else ():
            if not math.isfinite(value.grad):
                return f"the gradient of {self.names[value] or value.op} is {number(value.grad)}"
        return ""

    def _name(self, operand: Operand) -> str | float:
        return (self.names[operand] or number(operand.data)) if isinstance(operand, Value) else primal(operand)

    def groups(self, value: Value) -> tuple[str, ...]:
        """Return the layer and the neuron that a value belongs to, the outer first."""
        owner = self.members.owners.get(value)
        return () if owner is None else tuple(dict.fromkeys((layer_of(owner), owner)))

    def _number(self, neuron: str) -> str:
        """The place of a neuron in its layer, where it is not the only one."""
        return neuron.rpartition(".")[2] if self._sizes[layer_of(neuron)] > 1 else ""

    @cached_property
    def _sizes(self) -> Mapping[str, int]:
        sizes: dict[str, int] = {}
        for neuron in self.functions:
            sizes[layer_of(neuron)] = sizes.get(layer_of(neuron), 0) + 1
        return sizes


def view_of(values: Value | Iterable[Value], model: Module | None = None, gradients_of: str = "") -> View:
    """Return the view of what a user gave to be drawn.

    Args:
        values: the ends of the graph.
        model: the model in it.
        gradients_of: what the gradients are derivatives of.

    Raises:
        OperandError: something is not a Value, or `model` is not a model.
        LengthError: no Values at all.

    >>> from nn import MLP
    >>> model = MLP(2, [3, 1], activation="tanh", seed=0)
    >>> view = view_of(model([0.5, -1.0]), model)
    >>> [view.names[value] for value in view.order if value.op]
    ['z0', 'a0', 'z1', 'a1', 'z2', 'a2', 'z']
    """
    return View(_roots(values), model, gradients_of)


def _roots(values: Value | Iterable[Value]) -> list[Value]:
    if isinstance(values, Value):
        return [values]
    try:
        given = list(values) if not isinstance(values, str | bytes) else [values]
    except TypeError:
        raise OperandError(f"expected a Value or a list of Values, got {kind_of(values)}") from None
    if not given:
        raise LengthError("there is nothing to draw: give at least one Value")
    for root in given:
        if not isinstance(root, Value):
            mend = ": a plain number has no graph; compute it from Values" if isinstance(root, int | float) else ""
            raise OperandError(f"expected a Value or a list of Values, got {kind_of(root)}{mend}")
    return list(dict.fromkeys(root for root in given if isinstance(root, Value)))


def reading_order(roots: Sequence[Value]) -> list[Value]:
    """Every value once, after its operands, those from left to right: a layout starts from the order it is given."""
    order: dict[Value, None] = {}
    stack: list[Value | None] = [*reversed(roots)]
    while stack:
        value = stack.pop()
        if value is None:
            order[stack.pop()] = None  # type: ignore[index]  # what lies below a None is a value
        elif value not in order:
            if value.op:
                stack += [value, None]
                stack += [parent for parent in reversed(value.parents) if parent not in order]
            else:
                order[value] = None
    return list(order)
