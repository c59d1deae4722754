"""Whether a graph still tells of the numbers in its leaves."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from typing import Any

from autograd import operations
from autograd.calculus.table import RULES
from autograd.errors import GraphError
from autograd.value import Value

__all__ = ["check_current"]


def check_current(nodes: Iterable[Value]) -> None:
    """Compute every node anew, and raise ``GraphError`` for the first that differs: data was assigned since.

    Derivatives as Values are computed from the numbers that operands have now. Those of a graph whose leaves have been
    changed would be made of old numbers and new.

    >>> x = Value(2.0, label="x")
    >>> y = x * x
    >>> check_current([y])
    >>> x.data = 3.0
    >>> check_current([y])
    Traceback (most recent call last):
    autograd.errors.GraphError: x has been given another number since mul was computed from it: ...
    """
    for node in nodes:
        again = _again(node)
        if not _same((node.data, *node.partials), (again.data, *again.partials)):
            names = " or ".join(dict.fromkeys(parent.label or repr(parent) for parent in node.parents))
            raise GraphError(
                f"{names} has been given another number since {node.op} was computed from it: it was {node.data!r} and "
                f"would be {again.data!r} now. Compute it anew, or take derivatives before data is changed"
            )


def _again(node: Value) -> Any:
    operands = [Value(operand.data) if isinstance(operand, Value) else operand for operand in node.operands]
    rule = RULES[node.op]
    function = getattr(operations, node.op, None) or getattr(operator, node.op)
    return function(*rule.grouped(operands))


def _same(before: Iterable[float], now: Iterable[float]) -> bool:
    return all(a == b or (a != a and b != b) for a, b in zip(before, now, strict=True))  # nan is nan
