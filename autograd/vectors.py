"""Functions of sequences, and of conditions, put together from rows of the table."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Any

from autograd import operations
from autograd.errors import LengthError
from autograd.operand import Symbol, aslist, checked_condition
from autograd.operations import Operand

__all__ = [
    "log_softmax",
    "logical_and",
    "logical_not",
    "logical_or",
    "max",
    "min",
    "norm",
    "softmax",
    "std",
    "var",
]


def log_softmax(x: Iterable[Operand]) -> list[Any]:
    """Return ``x_i - logsumexp(x)`` for every element, without overflow; floats if all are floats.

    >>> [round(y, 4) for y in log_softmax([1.0, 2.0])]
    [-1.3133, -0.3133]
    """
    elements = aslist("log_softmax", x)
    normaliser = operations.logsumexp(elements)
    return [element - normaliser for element in elements]


def softmax(x: Iterable[Operand]) -> list[Any]:
    """Return ``exp(x_i) / sum(exp(x))`` for every element, without overflow; floats if all are floats.

    >>> [round(y, 4) for y in softmax([1.0, 2.0])]
    [0.2689, 0.7311]
    """
    return [operations.exp(element) for element in log_softmax(x)]


def max(x: Iterable[Operand]) -> Any:
    """Return the largest of a sequence; a tie of n gives 1/n of the derivative to each.

    >>> from autograd import Value, gradients
    >>> a, b, c = Value(2.0), Value(2.0), Value(1.0)
    >>> gradients(max([a, b, c]), [a, b, c])
    [0.5, 0.5, 0.0]
    """
    return _extreme("max", operations.maximum, x)


def min(x: Iterable[Operand]) -> Any:
    """Return the smallest of a sequence; a tie of n gives 1/n of the derivative to each.

    >>> min([3.0, 1.0, 2.0])
    1.0
    """
    return _extreme("min", operations.minimum, x)


def _extreme(name: str, better: Callable[[Any, Any], Any], x: Iterable[Operand]) -> Any:
    """The mean of those that equal the extreme: that is the extreme, and its derivative is shared among them."""
    elements = aslist(name, x)
    extreme = functools.reduce(better, elements)
    ties = [element == extreme for element in elements]
    chosen = [operations.where(tie, element, 0.0) for tie, element in zip(ties, elements, strict=True)]
    count = operations.sum([operations.where(tie, 1.0, 0.0) for tie in ties])
    return operations.sum(chosen) / count if isinstance(extreme, Symbol) or count else extreme  # no tie: nan


def norm(x: Iterable[Operand]) -> Any:
    """Return the Euclidean length, the root of the sum of squares; its derivatives at 0 are 0.

    >>> norm([3.0, 4.0])
    5.0
    """
    elements = aslist("norm", x)
    return functools.reduce(operations.hypot, elements) if len(elements) > 1 else operations.abs(elements[0])


def var(x: Iterable[Operand], ddof: int = 0) -> Any:
    """Return the variance: the mean of the squared distances from the mean, over ``n - ddof``.

    Raises:
        LengthError: there are not more than `ddof` elements.

    >>> var([1.0, 2.0, 3.0, 4.0])
    1.25
    """
    elements = aslist("var", x)
    if len(elements) <= ddof:
        raise LengthError(f"var() with ddof={ddof} needs more than {ddof} elements, got {len(elements)}")
    middle = operations.mean(elements)
    distances = [element - middle for element in elements]
    return operations.dot(distances, distances) / (len(elements) - ddof)


def std(x: Iterable[Operand], ddof: int = 0) -> Any:
    """Return the standard deviation, the square root of :func:`var`.

    >>> std([1.0, 3.0])
    1.0
    """
    return operations.sqrt(var(x, ddof))


def logical_and(a: Any, b: Any) -> Any:
    """Return whether both conditions hold; beside a traced value, the condition that they do.

    >>> logical_and(2.0 > 1.0, True), logical_and(0.0, 1.0)
    (True, False)
    """
    if isinstance(a, Symbol) or isinstance(b, Symbol):
        return operations.where(a, operations.where(b, 1.0, 0.0), 0.0)
    return _holds(a) and _holds(b)


def logical_or(a: Any, b: Any) -> Any:
    """Return whether one condition holds, or both; beside a traced value, the condition that they do.

    >>> logical_or(2.0 < 1.0, True)
    True
    """
    if isinstance(a, Symbol) or isinstance(b, Symbol):
        return operations.where(a, 1.0, operations.where(b, 1.0, 0.0))
    return _holds(a) or _holds(b)


def logical_not(a: Any) -> Any:
    """Return whether a condition does not hold; of a traced one, the condition that it does not.

    Python's own ``~`` makes -2 of True, and -1 of False, which both count as true: they are refused.

    >>> logical_not(2.0 > 1.0)
    False
    """
    condition: Any = a
    return operations.where(condition, 0.0, 1.0) if isinstance(a, Symbol) else not _holds(a)


def _holds(condition: Any) -> bool:
    return bool(checked_condition(condition))
