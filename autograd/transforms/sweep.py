"""Derivatives of Values by others, floats or Values: the reverse sweep without touching any ``grad``.

A sweep visits what lies between the results and what they are differentiated by, and nothing else: what was computed
before is left alone, however much there is of it. For that, a value gets a *rank* when a sweep first meets it, larger
than the ranks of its operands. A value can only depend on values of lower ranks, so a sweep stops at ranks below those
that it differentiates by. Each value is ranked once: derivatives within derivatives cost what their own work costs.
"""

from __future__ import annotations

import itertools
import math
import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any

from autograd import modes
from autograd.operand import tracing
from autograd.operations import Operand
from autograd.transforms.current import check_current
from autograd.transforms.derive import partials_as_values
from autograd.value import Value, primal

__all__ = ["add", "behind", "dependents", "gradients", "pull_back", "times", "total"]

_ranks = itertools.count()
#: Held while ranks are given: two threads may meet the same value.
_ranking = threading.Lock()
_rank = attrgetter("_rank")


def gradients(root: Value, wrt: Sequence[Value], *, create_graph: bool = False) -> list[Any]:
    """Return d root / d v for each Value v in `wrt`, leaves or not, without touching any ``grad``.

    Args:
        root: the result to differentiate.
        wrt: the Values to differentiate with respect to.
        create_graph: return Values that can be differentiated again, instead of floats.

    Raises:
        GraphError: `create_graph`, and a number behind `root` was changed after `root` was computed from it.

    >>> x = Value(2.0)
    >>> (first,) = gradients(x**3, [x], create_graph=True)
    >>> first.data, gradients(first, [x])
    (12.0, [12.0])
    """
    tracer = tracing.get()
    if tracer is not None:
        traced: list[Any] = tracer.pull_back({root: 1.0}, wrt)
        return traced
    order = dependents([root], wrt)
    if create_graph:
        check_current(order)
    found = pull_back({root: 1.0}, order, wrt, create_graph=create_graph)
    return [adjoint if isinstance(adjoint, Value) else Value(adjoint) for adjoint in found] if create_graph else found


def dependents(roots: Iterable[Value], wrt: Iterable[Value]) -> list[Value]:
    """Return what `roots` were computed from that was itself computed from `wrt`, in topological order.

    >>> a, b = Value(2.0), Value(3.0)
    >>> [node.op for node in dependents([a * b + b.exp()], [a])]
    ['mul', 'add']
    """
    roots = list(roots)
    _give_ranks(roots)
    moving = {value for value in wrt if hasattr(value, "_rank")}  # what has no rank is behind none of the roots
    if not moving:
        return []
    lowest = min(map(_rank, moving))
    order = []
    for node in behind(roots, lambda value: value._rank > lowest):
        if not moving.isdisjoint(node.parents):
            moving.add(node)
            order.append(node)
    return order


def behind(roots: Iterable[Value], wanted: Callable[[Value], bool]) -> list[Value]:
    """Return the values that `roots` were computed from, themselves too, as far as they are `wanted`, in order."""
    stack = [root for root in roots if wanted(root)]
    found = set(stack)
    while stack:
        for parent in stack.pop().parents:
            if parent not in found and wanted(parent):
                found.add(parent)
                stack.append(parent)
    return sorted(found, key=_rank)


def pull_back(
    seeds: Mapping[Value, Operand], order: Sequence[Value], wrt: Sequence[Value], *, create_graph: bool
) -> list[Operand]:
    """Return the derivative of the sum of ``seed * root`` with respect to each of `wrt`, by one reverse sweep.

    Args:
        seeds: the roots, and what each counts.
        order: what lies between them and `wrt`, as :func:`dependents` gives it.
        wrt: the Values to differentiate with respect to.
        create_graph: compute with Values.
    """
    moving = {*order, *wrt}
    adjoints: dict[Value, Operand] = dict(seeds)
    pass_back = _pass_values if create_graph else _pass_floats
    for node in reversed(order):
        adjoint = adjoints.get(node, 0.0)
        if isinstance(adjoint, Value) or adjoint != 0.0:  # a Value's 0 may still vary
            pass_back(node, adjoint, adjoints, moving)
    if modes.is_watching():
        left: Callable[[Value], float] = lambda value: primal(adjoints.get(value, 0.0))  # noqa: E731
        modes.check_gradients(list(order), left)
        modes.check_zeros(order, left)
    return [adjoints.get(value, 0.0) for value in wrt]


def _pass_floats(node: Value, adjoint: Any, adjoints: dict[Value, Any], moving: Collection[Value]) -> None:
    for parent, partial in zip(node.parents, node.partials, strict=True):
        if partial and parent in moving:
            adjoints[parent] = adjoints.get(parent, 0.0) + adjoint * partial


def _pass_values(node: Value, adjoint: Operand, adjoints: dict[Value, Operand], moving: Collection[Value]) -> None:
    for parent, partial in zip(node.parents, partials_as_values(node, moving), strict=True):
        if parent in moving:
            adjoints[parent] = add(adjoints.get(parent, 0.0), times(adjoint, partial))


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


def _give_ranks(roots: Iterable[Value]) -> None:
    """Rank whatever is behind `roots` and has no rank, operands first; behind what has one, all is ranked."""
    with _ranking:
        stack: list[Value | None] = [root for root in roots if not hasattr(root, "_rank")]
        while stack:
            node = stack.pop()
            if node is None:
                stack.pop()._rank = next(_ranks)  # type: ignore[union-attr]
            elif not hasattr(node, "_rank"):
                stack += (node, None)
                stack += [parent for parent in node.parents if not hasattr(parent, "_rank")]
