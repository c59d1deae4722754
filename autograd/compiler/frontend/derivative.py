"""Derivatives inside a traced function: the reverse and the forward sweep over the scalar graph, as nodes of it.

Partials are those of the table's rows, each formula applied to nodes. The zero rule is recorded with them: what a
selection did not choose contributes exactly 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from autograd.calculus import expr
from autograd.calculus.expr import Expr, Name, Number
from autograd.calculus.table import RULES
from autograd.compiler.ir.formulas import formulas_of
from autograd.compiler.ir.graph import COMPARISONS, Graph

__all__ = ["pull_back", "push_forward"]

#: What the functions of formulas are called as rows, where the names differ.
_ROWS = {"div": "truediv"}


def pull_back(graph: Graph, seeds: Sequence[tuple[int, int]], wrt: Sequence[int]) -> list[int | None]:
    """Return the nodes of the derivatives of the sum of ``seed * root``, None where it does not depend on one.

    Args:
        graph: grows by the derivatives.
        seeds: nodes, and those of what they count.
        wrt: the nodes to differentiate with respect to; their own indices, see :meth:`Graph.variable`.
    """
    if not wrt:
        return []
    moving = set(wrt)
    order = []
    for node in range(min(wrt) + 1, max((root for root, _ in seeds), default=-1) + 1):
        if not moving.isdisjoint(graph.operands[node]):
            moving.add(node)
            order.append(node)
    adjoints: dict[int, int] = {}
    for root, seed in seeds:
        _add(graph, adjoints, root, seed)
    for node in reversed(order):
        if node in adjoints:
            for operand, partial in _partials(graph, node, moving):
                _add(graph, adjoints, operand, _times(graph, adjoints[node], partial))
    return [adjoints.get(node) for node in wrt]


def push_forward(graph: Graph, moving: Mapping[int, int], outputs: Sequence[int]) -> list[int | None]:
    """Return the nodes of the outputs' derivatives along a direction, None where they do not depend on it.

    Args:
        graph: grows by the derivatives.
        moving: nodes, and those of their tangents.
        outputs: nodes.
    """
    tangents = dict(moving)
    for node in range(min(moving, default=0), max(outputs, default=-1) + 1):
        if node not in tangents and any(operand in tangents for operand in graph.operands[node]):
            for operand, partial in _partials(graph, node, tangents):
                _add(graph, tangents, node, _times(graph, tangents[operand], partial))
    return [tangents.get(node) for node in outputs]


def _add(graph: Graph, sums: dict[int, int], node: int, term: int | None) -> None:
    if term is not None:
        sums[node] = graph.apply("add", sums[node], term) if node in sums else term


def _times(graph: Graph, a: int, b: int) -> int | None:
    """The product by the zero rule; None where it is 0 for certain."""
    constants = [graph.numbers[node] if graph.ops[node] == "const" else None for node in (a, b)]
    if 0.0 in constants:
        return None
    product, zero = graph.apply("mul", a, b), graph.const(0.0)
    for node, constant in ((a, constants[0]), (b, constants[1])):
        if constant is None and 1.0 not in constants:
            product = graph.apply("where", graph.apply("ne", node, zero), product, zero)
    return product


def _partials(graph: Graph, node: int, wanted: Any) -> list[tuple[int, int]]:
    """The operands of a node among `wanted`, and the nodes of its local derivatives."""
    op, operands = graph.ops[node], graph.operands[node]
    if op in COMPARISONS:
        return []
    formulas = formulas_of(op)
    names: dict[str, int | list[int]] = dict(zip(formulas.operands, RULES[op].grouped(operands), strict=True))
    known = [
        (name, graph.numbers[own]) for name, own in names.items() if isinstance(own, int) and graph.ops[own] == "const"
    ]
    formulas = formulas.simplified(
        tuple((name, number) for name, number in known if number)
    )  # of 0 the sign would be lost
    members = {name: group if isinstance(group, list) else [group] for name, group in names.items()}
    own = {name: each for name, each in members.items() if any(one in wanted for one in each)}
    names["y"] = node
    for name, formula in expr.needed(formulas.given, [formulas.partials[name] for name in own]):
        names[name] = _value(graph, formula, names)
    found = []
    for name, each in own.items():
        partial = _value(graph, formulas.partials[name], names)
        values = partial if isinstance(partial, list) else [partial] * len(each)
        found += [(one, value) for one, value in zip(each, values, strict=True) if one in wanted]
    return found


def _value(graph: Graph, formula: Expr, names: Mapping[str, int | list[int]]) -> int | list[int]:
    """The node of a formula; a list of them where it is one number for each element of sequences."""
    if isinstance(formula, Number):
        return graph.const(formula.value)
    if isinstance(formula, Name):
        return names[formula.id]
    arguments = [_value(graph, each, names) for each in formula.args]
    row = _ROWS.get(formula.function, formula.function)
    (first, *_) = arguments
    if row == "size":
        return graph.const(float(len(first) if isinstance(first, list) else 1))
    if row == "sum":
        return graph.apply("sum", *(first if isinstance(first, list) else [first]))
    if row == "max":
        largest, *rest = first if isinstance(first, list) else [first]
        for each in rest:
            largest = graph.apply("maximum", largest, each)
        return largest
    lengths = {len(each) for each in arguments if isinstance(each, list)}
    if not lengths:
        return graph.apply(row, *(each for each in arguments if isinstance(each, int)))
    (length,) = lengths
    columns = [each if isinstance(each, list) else [each] * length for each in arguments]
    return [graph.apply(row, *each) for each in zip(*columns, strict=True)]
