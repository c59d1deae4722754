"""Derivatives of one Value by others, floats or Values: the reverse sweep without touching any ``grad``."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from autograd import modes
from autograd.graph import interior
from autograd.operations import Operand
from autograd.transforms.derive import partials_as_values
from autograd.value import Value, primal

__all__ = ["add", "gradients", "partials", "times", "total"]


def gradients(root: Value, wrt: Sequence[Value], *, create_graph: bool = False) -> list[Any]:
    """Return d root / d v for each Value v in `wrt`, leaves or not, without touching any ``grad``.

    Args:
        root: the result to differentiate.
        wrt: the Values to differentiate with respect to.
        create_graph: return Values that can be differentiated again, instead of floats.

    >>> x = Value(2.0)
    >>> (first,) = gradients(x**3, [x], create_graph=True)
    >>> first.data, gradients(first, [x])
    (12.0, [12.0])
    """
    partials_of: Callable[[Value], Sequence[Operand]] = partials_as_values if create_graph else partials
    adjoints: dict[Value, Operand] = {root: 1.0}
    order = interior(root)
    for node in reversed(order):
        adjoint = adjoints.get(node, 0.0)
        if not isinstance(adjoint, Value) and adjoint == 0.0:  # nothing flows back; a Value's 0 may still vary
            continue
        for parent, partial in zip(node.parents, partials_of(node), strict=True):
            adjoints[parent] = add(adjoints.get(parent, 0.0), times(adjoint, partial))
    if modes.is_watching():
        modes.check_gradients(order, lambda value: primal(adjoints.get(value, 0.0)))
    found = [adjoints.get(value, 0.0) for value in wrt]
    return [_as_value(adjoint) for adjoint in found] if create_graph else found


def partials(node: Value) -> Sequence[float]:
    """Return the local derivatives of a node as floats."""
    return node.partials


def times(a: Operand, b: Operand) -> Operand:
    """Return the product along an edge: 0 where either factor is, also of infinity; a factor 1 leaves no trace."""
    for factor, other in ((a, b), (b, a)):
        number, beside = primal(factor), primal(other)
        if number == 0.0 and (not isinstance(factor, Value) or not math.isfinite(beside)):
            return 0.0
        if not isinstance(factor, Value) and number == 1.0:
            return other
    return a * b


def add(a: Operand, b: Operand) -> Operand:
    """Return the sum of two adjoints; a constant 0 leaves no trace."""
    if not isinstance(a, Value) and a == 0.0:
        return b
    return a if not isinstance(b, Value) and b == 0.0 else a + b


def total(terms: Iterable[Operand]) -> Operand:
    """Return the sum of adjoints."""
    result: Operand = 0.0
    for term in terms:
        result = add(result, term)
    return result


def _as_value(adjoint: Operand) -> Value:
    return adjoint if isinstance(adjoint, Value) else Value(adjoint)
