"""A graph as plain data: what there is to draw, before anybody decides how.

:func:`picture` walks the graph behind some Values and notes every number backpropagation touches: a node for each
value and each constant, an edge for each operand, with the local derivative on it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from autograd import RULES, LengthError, OperandError, RenderError, Value
from nn import Module, Parameter
from viz.derivative import edge_formulas, short_name
from viz.style import clean

__all__ = ["Edge", "Kind", "Node", "Picture", "picture", "reading_order"]

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
    """

    id: str
    kind: Kind
    label: str
    data: float
    grad: float | None = None
    operation: str = ""
    symbol: str = ""


@dataclass(frozen=True)
class Edge:
    """One operand of one operation.

    Attributes:
        id: ``e7_1`` for operand 1 of ``v7``.
        source, target: the ids of the operand and of the result.
        derivative: d target / d source along this edge; None from a constant, to which nothing flows back.
        numerator, denominator: short names of target and source for ``∂z/∂w``, ``""`` where there are none, or where
            several edges join the same two values.
        formula: the derivative in words, ``a_in``; ``""`` where the number says it all.
        flow: what ``backward()`` sent along this edge, the target's gradient times the derivative; None if nothing was.
    """

    id: str
    source: str
    target: str
    derivative: float | None = None
    numerator: str = ""
    denominator: str = ""
    formula: str = ""
    flow: float | None = None


@dataclass(frozen=True)
class Picture:
    """What there is to draw.

    Attributes:
        nodes: each after the nodes it was computed from.
        edges: by target, in operand order.
        title: a line above the graph, or ``""``.
        note: what the viewer must know to read it right, or ``""``.
    """

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    title: str = ""
    note: str = ""


def picture(
    values: Value | Iterable[Value], *, title: str | None = None, model: Module | None = None, limit: float = math.inf
) -> Picture:
    """Describe the graph behind one Value, or behind several.

    Args:
        values: the ends of the graph.
        title: a line above it.
        model: names its parameters, as in ``layers.0.neurons.3.w.1``.
        limit: the largest number of nodes to describe, and four times as many edges.

    Raises:
        OperandError: something is not a Value, or `model` is not a model.
        LengthError: no Values at all.
        RenderError: the graph is larger.

    >>> z = Value(0.7, label="w") * Value(-1.5, label="a_in")
    >>> [node.kind for node in picture(z).nodes], [edge.derivative for edge in picture(z).edges]
    (['leaf', 'leaf', 'output'], [-1.5, 0.7])
    """
    roots = _roots(values)
    names = _names(model)
    order = reading_order(roots)
    _check_size(len(order), 0, limit)
    has_gradients = any(value.grad != 0.0 for value in order)  # also nan
    ends = set(roots)
    ids = {value: f"v{index}" for index, value in enumerate(order)}
    nodes: list[Node] = []
    edges: list[Edge] = []
    for value, id in ids.items():
        constants, incoming = _operands(value, ids, has_gradients)
        nodes += constants
        edges += incoming
        nodes.append(
            Node(
                id,
                _kind(value, names, ends),
                clean(names.get(value, value.label)),
                value.data,
                value.grad if has_gradients else None,
                value.op,
                (value.op in RULES and RULES[value.op].symbol) or value.op,
            )
        )
    _check_size(len(nodes), len(edges), limit)
    return Picture(tuple(nodes), tuple(edges), clean(title or ""), "" if has_gradients else NO_GRADIENTS)


def _roots(values: Value | Iterable[Value]) -> list[Value]:
    if isinstance(values, Value):
        return [values]
    try:
        roots = list(dict.fromkeys(values)) if not isinstance(values, str | bytes) else [values]
    except TypeError:
        raise OperandError(f"expected a Value or a list of Values, got {_kind_of(values)}") from None
    if not roots:
        raise LengthError("there is nothing to draw: give at least one Value")
    for root in roots:
        if not isinstance(root, Value):
            raise OperandError(f"expected a Value or a list of Values, got {_kind_of(root)}{_mend(root)}")
    return [root for root in roots if isinstance(root, Value)]


def _names(model: Module | None) -> dict[Value, str]:
    if model is None:
        return {}
    if not isinstance(model, Module):
        raise OperandError(f"model= takes the model whose parameters are to be named, got {_kind_of(model)}")
    return {value: name for name, value in model.named_parameters()}


def _check_size(nodes: int, edges: int, limit: float) -> None:
    for count, what, most in ((nodes, "nodes", limit), (edges, "edges", 4 * limit)):
        if count > most:
            raise RenderError(
                f"the graph has {count:,} {what}, more than the {most:,} that a picture can show: draw one neuron or "
                "one layer of it (draw(neuron(x))), draw the model itself (draw(model)), or write it as text with "
                'format="dot"'
            )


def reading_order(roots: list[Value]) -> list[Value]:
    """Return every value once, after its operands, those from left to right: a layout starts from this order."""
    order: dict[Value, None] = {}
    stack = [(root, False) for root in reversed(roots)]
    while stack:
        value, is_ready = stack.pop()
        if is_ready:
            order[value] = None
        elif value not in order:
            stack.append((value, True))
            stack.extend([(parent, False) for parent in reversed(value.parents) if parent not in order])
    return list(order)


def _kind_of(thing: object) -> str:
    text = repr(thing)
    return f"{type(thing).__name__} {text if len(text) < 40 else text[:36] + ' ...'}"


def _mend(thing: object) -> str:
    if isinstance(thing, int | float):
        return ": a plain number has no graph; compute it from Values"
    return ""


def _kind(value: Value, names: dict[Value, str], ends: set[Value]) -> Kind:
    if value.op:
        return "output" if value in ends else "interior"
    return "parameter" if value in names or isinstance(value, Parameter) else "leaf"


def _operands(value: Value, ids: dict[Value, str], has_gradients: bool) -> tuple[list[Node], list[Edge]]:
    """The constants among the operands of `value`, and an edge from every operand."""
    constants: list[Node] = []
    edges: list[Edge] = []
    occurrences = Counter(value.parents)
    defaults = _defaults(value)
    along = zip(value.partials, edge_formulas(value), strict=True)
    index = ids[value][1:]
    for place, operand in enumerate(value.operands):
        if isinstance(operand, Value):
            partial, formula = next(along)
            is_only = occurrences[operand] == 1
            edges.append(
                Edge(
                    f"e{index}_{place}",
                    ids[operand],
                    ids[value],
                    partial,
                    short_name(value) if is_only else "",
                    short_name(operand) if is_only else "",
                    formula,
                    # A gradient of 0 passes nothing on, whatever the derivative: that is how backward() does it.
                    (value.grad * partial if value.grad != 0.0 else 0.0) if has_gradients else None,
                )
            )
        elif place not in defaults:
            constants.append(Node(f"c{index}_{place}", "constant", "", operand))
            edges.append(Edge(f"e{index}_{place}", f"c{index}_{place}", ids[value]))
    return constants, edges


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
