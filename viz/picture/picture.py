"""A graph as plain data: what there is to draw, before anybody decides how.

:func:`picture` walks the graph behind some Values and notes every number backpropagation touches: a node for each
value and each constant, an edge for each operand, with the local derivative on it. For graphs of any size see
:mod:`viz.folding.fold`, which makes pictures in which a box stands for many values.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from autograd import RULES, Value
from autograd.transforms.paths import passed_on
from nn import Module, Parameter
from viz.picture.derivative import edge_formulas, short_name
from viz.picture.view import View, view_of
from viz.style import clean

__all__ = [
    "FULL_LIMIT",
    "Describer",
    "Edge",
    "Fold",
    "Kind",
    "Node",
    "Picture",
    "defaults",
    "kind_of",
    "picture",
    "symbol",
]

Kind = Literal["leaf", "constant", "parameter", "output", "interior"]

#: Up to this many nodes, and four times as many edges, a picture has full boxes.
FULL_LIMIT = 300

#: What a picture says instead of showing gradients of 0 that nobody computed.
NO_GRADIENTS = "every gradient is 0: backward() has not been called, or nothing flows back"


@dataclass(frozen=True)
class Node:
    """One value, or one constant operand.

    Attributes:
        id: ``v0``, ``v1``, ... operands before results; ``c7_1`` for the constant that is operand 1 of ``v7``.
        kind: leaf, constant, parameter, output (an end of the graph) or interior.
        label: the value's label, or the model's name for a parameter; one line.
        data: its number.
        grad: its gradient; None for constants, and as long as ``backward()`` has not been called.
        operation: the name of the row that computed it, ``""`` for leaves and constants.
        symbol: how the operation is written, ``+`` or ``tanh``.
        groups: the layer and the neuron it belongs to, the outer first; none for inputs and the loss.
        name: what boxes and formulas call it: its label, ``z`` or ``a`` in a neuron; ``""`` where it has no name.
        part: ``"z"`` for a neuron's preactivation, whose gradient is the neuron's error δ; ``"a"`` for its activation.
    """

    id: str
    kind: Kind
    label: str
    data: float
    grad: float | None = None
    operation: str = ""
    symbol: str = ""
    groups: tuple[str, ...] = ()
    name: str = ""
    part: str = ""


@dataclass(frozen=True)
class Fold:
    """Many values in one box.

    Attributes:
        id: ``f0``, ``f1``, ...
        kind: a neuron, a layer, or a part of the graph.
        label: the neuron's or the layer's name, the operation, or the levels of the graph it has.
        count: how many values are in it.
        parameters: how many of them are parameters.
        uses: how often the neuron or the layer was used, once a row; how often the operation occurs; else 0.
        operations: how many values each operation computed, by symbol, the most frequent first.
        data: the smallest and the largest of its numbers: of activations for neurons and layers, else of computed
            values; of the leaves where there is nothing else.
        grad: the same for the sizes of gradients: for neurons and layers of δ, the gradients of preactivations. None
            as long as ``backward()`` has not been called.
        total: the sum of these gradients, signed; None where they depend on each other, as along a chain.
        summary: a few words about what it is, ``16 neurons, tanh``.
        groups: the layer that a neuron belongs to.
    """

    id: str
    kind: Literal["neuron", "layer", "part"]
    label: str
    count: int
    parameters: int = 0
    uses: int = 0
    operations: Mapping[str, int] = field(default_factory=dict)
    data: tuple[float, float] = (0.0, 0.0)
    grad: tuple[float, float] | None = None
    total: float | None = None
    summary: str = ""
    groups: tuple[str, ...] = ()


@dataclass(frozen=True)
class Edge:
    """One operand of one operation; or all that lead from one box to another, where one of them is a fold.

    Attributes:
        id: ``e7_1`` for operand 1 of ``v7``.
        source, target: the ids of the operand and of the result.
        derivative: d target / d source along this edge; None from a constant, to which nothing flows back.
        numerator, denominator: short names of target and source for ``∂z/∂w``, ``""`` where there are none, or where
            several edges join the same two values.
        formula: the derivative in words, ``a_in``; ``""`` where the number says it all.
        flow: what ``backward()`` sent along this edge, the target's gradient times the derivative; None if nothing was.
        count: how many edges this one stands for; `flow` is then their sum, `derivative` None where they differ.
    """

    id: str
    source: str
    target: str
    derivative: float | None = None
    numerator: str = ""
    denominator: str = ""
    formula: str = ""
    flow: float | None = None
    count: int = 1


@dataclass(frozen=True)
class Picture:
    """What there is to draw.

    Attributes:
        nodes: each after the nodes it was computed from.
        edges: by target, in operand order.
        title: a line above the graph, or ``""``.
        note: what the viewer must know to read it right, or ``""``.
        folded: what is folded, in one line; ``""`` where every value is a node.
        left_out: by the id of a node or fold, how many edges lead to it from, and how many from it to, values outside
            of the picture.
        gradients_of: what the gradients are derivatives of, ``"C"``; ``""`` where nobody knows.
        remark: where the first nan or infinity comes from, or ``""``.
    """

    nodes: tuple[Node | Fold, ...]
    edges: tuple[Edge, ...]
    title: str = ""
    note: str = ""
    folded: str = ""
    left_out: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    gradients_of: str = ""
    remark: str = ""


def picture(values: Value | Iterable[Value], *, title: str | None = None, model: Module | None = None) -> Picture:
    """Describe the graph behind one Value, or behind several, each value as a node of its own.

    Args:
        values: the ends of the graph.
        title: a line above it.
        model: names its parameters, as in ``layers.0.neurons.3.w.1``, and says which neuron a value belongs to.

    Raises:
        OperandError: something is not a Value, or `model` is not a model.
        LengthError: no Values at all.

    >>> z = Value(0.7, label="w") * Value(-1.5, label="a_in")
    >>> [node.kind for node in picture(z).nodes], [edge.derivative for edge in picture(z).edges]
    (['leaf', 'leaf', 'output'], [-1.5, 0.7])
    """
    view = view_of(values, model)
    describe = Describer(view, {value: f"v{index}" for index, value in enumerate(view.order)})
    nodes: list[Node] = []
    edges: list[Edge] = []
    for value in view.order:
        constants, incoming = describe.operands(value)
        nodes += [*constants, describe.node(value)]
        edges += incoming
    note = "" if view.has_gradients else NO_GRADIENTS
    return Picture(tuple(nodes), tuple(edges), clean(title or ""), note, remark=view.oddity)


class Describer:
    """Turns values of a graph into nodes and edges.

    Args:
        view: the graph.
        ids: of the values that are to be nodes.
    """

    def __init__(self, view: View, ids: Mapping[Value, str]) -> None:
        self._view, self._ids, self._ends = view, ids, set(view.roots)

    def node(self, value: Value) -> Node:
        """Return the node of `value`."""
        view = self._view
        return Node(
            self._ids[value],
            kind_of(value, view, value in self._ends),
            clean(view.parameters.get(value, value.label)),
            value.data,
            value.grad if view.has_gradients else None,
            value.op,
            symbol(value.op),
            view.groups(value),
            view.names[value],
            view.parts.get(value, ""),
        )

    def operands(self, value: Value) -> tuple[list[Node], list[Edge]]:
        """Return the constants among the operands of `value`, and an edge from every operand that is a node."""
        constants: list[Node] = []
        edges: list[Edge] = []
        occurrences = Counter(value.parents)
        hidden = defaults(value)
        along = zip(value.partials, edge_formulas(value, self._name), strict=True)
        index = self._ids[value][1:]
        for place, operand in enumerate(value.operands):
            if isinstance(operand, Value):
                partial, formula = next(along)
                if operand not in self._ids:
                    continue
                is_only = occurrences[operand] == 1
                edges.append(
                    Edge(
                        f"e{index}_{place}",
                        self._ids[operand],
                        self._ids[value],
                        partial,
                        self._name(value) if is_only else "",
                        self._name(operand) if is_only else "",
                        formula,
                        passed_on(value.grad, partial) if self._view.has_gradients else None,
                    )
                )
            elif place not in hidden:
                constants.append(Node(f"c{index}_{place}", "constant", "", operand))
                edges.append(Edge(f"e{index}_{place}", f"c{index}_{place}", self._ids[value]))
        return constants, edges

    def _name(self, value: Value) -> str:
        return short_name(self._view.names[value])


def kind_of(value: Value, view: View, is_end: bool) -> Kind:
    """Return what kind of node a value is."""
    if value.op:
        return "output" if is_end else "interior"
    return "parameter" if value in view.parameters or isinstance(value, Parameter) else "leaf"


def symbol(op: str) -> str:
    """Return how an operation is written.

    >>> symbol("add"), symbol("tanh")
    ('+', 'tanh')
    """
    return (op in RULES and RULES[op].symbol) or op


def defaults(value: Value) -> set[int]:
    """Return the places of operands that were left at their row's default: no need to show those."""
    row = RULES[value.op].operands if value.op in RULES else ()
    if not any(operand.default is not None for operand in row):
        return set()
    operands = value.operands
    return {
        len(operands) - back
        for back, operand in enumerate(reversed(row), start=1)
        if operand.default is not None
        and not isinstance(given := operands[len(operands) - back], Value)
        and given == operand.default
    }
