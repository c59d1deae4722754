"""The functions that formulas use and the ``math`` module lacks, for plain floats, with IEEE-754's answers for nan."""

from __future__ import annotations

import builtins
import math
from builtins import sum  # formulas say sum, and the module of operations has a sum of Values
from collections.abc import Sequence

__all__ = ["ceil", "floor", "max", "maximum", "minimum", "round", "sign", "sum"]


def maximum(a: float, b: float) -> float:
    """Return the larger number; nan when either is nan (the built-in ``max`` depends on the order)."""
    return a if a >= b or a != a else b


def minimum(a: float, b: float) -> float:
    """Return the smaller number; nan when either is nan."""
    return a if a <= b or a != a else b


def max(x: Sequence[float]) -> float:
    """Return the largest of `x`; nan when any is nan."""
    largest = x[0]
    for element in x:
        largest = maximum(largest, element)
    return largest


def sign(x: float) -> float:
    """Return -1, 0 or 1; nan for nan."""
    return math.copysign(1.0, x) if x < 0.0 or x > 0.0 else x * 0.0


def floor(x: float) -> float:
    """Return the largest integer not above `x`."""
    return _signed(math.floor(x), x) if math.isfinite(x) else x


def ceil(x: float) -> float:
    """Return the smallest integer not below `x`."""
    return _signed(math.ceil(x), x) if math.isfinite(x) else x


def round(x: float) -> float:
    """Return the nearest integer, halves to the even one."""
    return _signed(builtins.round(x), x) if math.isfinite(x) else x


def _signed(whole: int, x: float) -> float:
    """A whole number as a float; 0 keeps the sign of what it was made from."""
    return math.copysign(whole, x) if whole == 0 else float(whole)
