"""Functions from a sequence to a sequence, put together from rows of the table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from autograd import operations
from autograd.operand import aslist
from autograd.operations import Operand

__all__ = ["log_softmax", "softmax"]


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
