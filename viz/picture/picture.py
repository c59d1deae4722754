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
from nn import Module, Parameter
from nn.explanation.report import layer_of
from viz.picture.derivative import edge_formulas, short_name
from viz.picture.groups import groups
from viz.picture.walk import names_of, reading_order, roots_of
from viz.style import clean

__all__ = ["Describer", "Edge", "Fold", "Kind", "Node", "Picture", "picture", "reading_order", "symbol"]

Kind = Literal["leaf", "constant", "parameter", "output", "interior"]

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
    """

    id: str
    kind: Kind
    label: str
    data: float
    grad: float | None = None
    operation: str = ""
    symbol: str = ""
    groups: tuple[str, ...] = ()


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
    """

    nodes: tuple[Node | Fold, ...]
    edges: tuple[Edge, ...]
    title: str = ""
    note: str = ""
    folded: str = ""
    left_out: Mapping[str, tuple[int, int]] = field(default_factory=dict)


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
    roots = roots_of(values)
    names = names_of(model)
    order = reading_order(roots)
    ids = {value: f"v{index}" for index, value in enumerate(order)}
    has_gradients = any(value.grad != 0.0 for value in order)  # also nan
    describe = Describer(ids, roots, names, groups(order, model), has_gradients)
    nodes: list[Node] = []
    edges: list[Edge] = []
    for value in order:
        constants, incoming = describe.operands(value)
        nodes += [*constants, describe.node(value)]
        edges += incoming
    return Picture(tuple(nodes), tuple(edges), clean(title or ""), "" if has_gradients else NO_GRADIENTS)


class Describer:
    """Turns values of a graph into nodes and edges.

    Args:
        ids: of the values that are to be nodes.
        roots: the ends of the graph.
        names: of parameters.
        owners: the neuron that a value belongs to.
        has_gradients: whether ``backward()`` has been called.
    """

    def __init__(
        self,
        ids: Mapping[Value, str],
        roots: Iterable[Value],
        names: Mapping[Value, str],
        owners: Mapping[Value, str],
        has_gradients: bool,
    ) -> None:
        self._ids, self._ends, self._names, self._owners = ids, set(roots), names, owners
        self._has_gradients = has_gradients

    def node(self, value: Value) -> Node:
        """Return the node of `value`."""
        owner = self._owners.get(value)
        return Node(
            self._ids[value],
            self._kind(value),
            clean(self._names.get(value, value.label)),
            value.data,
            value.grad if self._has_gradients else None,
            value.op,
            symbol(value.op),
            () if owner is None else tuple(dict.fromkeys((layer_of(owner), owner))),
        )

    def operands(self, value: Value) -> tuple[list[Node], list[Edge]]:
        """Return the constants among the operands of `value`, and an edge from every operand that is a node."""
        constants: list[Node] = []
        edges: list[Edge] = []
        occurrences = Counter(value.parents)
        defaults = _defaults(value)
        along = zip(value.partials, edge_formulas(value), strict=True)
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
                        short_name(value) if is_only else "",
                        short_name(operand) if is_only else "",
                        formula,
                        # A gradient of 0 passes nothing on, whatever the derivative: that is how backward() does it.
                        (value.grad * partial if value.grad != 0.0 else 0.0) if self._has_gradients else None,
                    )
                )
            elif place not in defaults:
                constants.append(Node(f"c{index}_{place}", "constant", "", operand))
                edges.append(Edge(f"e{index}_{place}", f"c{index}_{place}", self._ids[value]))
        return constants, edges

    def _kind(self, value: Value) -> Kind:
        if value.op:
            return "output" if value in self._ends else "interior"
        return "parameter" if value in self._names or isinstance(value, Parameter) else "leaf"


def symbol(op: str) -> str:
    """Return how an operation is written.

    >>> symbol("add"), symbol("tanh")
    ('+', 'tanh')
    """
    return (op in RULES and RULES[op].symbol) or op


def _defaults(value: Value) -> set[int]:
    """Places, from the end, of operands that were left at the row's default: no need to show those."""
    if value.op not in RULES:
        return set()
    last = len(value.operands)
    row = reversed(RULES[value.op].operands)
    return {
        last - back
        for back, operand in enumerate(row, start=1)
        if operand.default is not None and value.operands[last - back] == operand.default
    }
