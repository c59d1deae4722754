"""A backward pass that leaves no trace in the gradients that values had."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator

from autograd.value import Value

__all__ = ["fresh_gradients"]


@contextlib.contextmanager
def fresh_gradients(values: Iterable[Value]) -> Iterator[None]:
    """Start from gradients of 0, and give `values` back those that they had.

    >>> x = Value(2.0)
    >>> with fresh_gradients([x]):
    ...     (x * x).backward()
    ...     x.grad
    4.0
    >>> x.grad
    0.0
    """
    before = {value: value.grad for value in values}
    for value in before:
        value.grad = 0.0
    try:
        yield
    finally:
        for value, gradient in before.items():
            value.grad = gradient
