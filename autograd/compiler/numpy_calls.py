"""Formulas as NumPy calls: their source, and what its names stand for."""

from __future__ import annotations

import contextlib
import functools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.calculus.formula import NUMPY_FUNCTIONS
from autograd.calculus.printing import numpy_source
from autograd.calculus.table import RULES
from autograd.compiler.products import blocked_product, stopped

__all__ = ["FUNCTIONS", "OPPOSITE", "functions", "is_finite", "lowered"]


def functions() -> dict[str, Any]:
    """What formulas may call: NumPy's functions, and any row of the table, also of a user's own."""
    return {name: functools.partial(_forward_of, name) for name in RULES} | FUNCTIONS


def _forward_of(name: str, *operands: Any) -> Any:
    return RULES[name].arrays(*operands)[0]


@functools.lru_cache(maxsize=4096)  # an irregular graph asks for few formulas, thousands of times
def lowered(
    text: str, names: Sequence[str], constants: Sequence[tuple[str, float]], length: int
) -> tuple[str, tuple[float, ...]]:
    """A formula as NumPy calls, with a field for each variable and for each number, and those numbers.

    Args:
        text: the formula.
        names: of its variables.
        constants: those of them that are numbers.
        length: of the sequences it is about, 0 if there are none.
    """
    fields = {name: f"{{{name}}}" for name in names}
    for simplified in (dict(constants) | {"size": float(length)}, {"size": float(length)}):
        numbers: list[float] = []

        def number(x: float, numbers: list[float] = numbers) -> str:
            numbers.append(x)
            return f"{{{len(numbers) - 1}}}"

        with contextlib.suppress(ArithmeticError, ValueError):  # a constant part without a value, such as 1 / 0
            source = numpy_source(text, fields, constants=simplified, number=number, length=length)
            break
    return source, tuple(numbers)


def is_finite(numbers: Any) -> bool:
    """Whether all are finite, and not so large that their squares are not: then asking again costs time only."""
    flat = numbers.ravel()
    return math.isfinite(flat.dot(flat))


def _finite(x: Any) -> Any:
    """The same, but 0 for what is infinite."""
    if is_finite(x):  # as it nearly always is
        return x
    found = np.array(x)
    np.putmask(found, np.isinf(x), 0.0)
    return found


def _sum_along(x: Any) -> Any:
    return np.add.reduce(x, 1, keepdims=True)


def _max_along(x: Any) -> Any:
    return np.maximum.reduce(x, 1, keepdims=True)


#: Comparisons, and what is true where they are not.
OPPOSITE = {"less": "greater_equal", "greater": "less_equal", "equal": "not_equal"}
OPPOSITE |= {opposite: name for name, opposite in OPPOSITE.items()}
_CALLED = """add subtract multiply divide negative matmul einsum take broadcast_to
less greater less_equal greater_equal equal not_equal dot vecdot putmask"""
FUNCTIONS: dict[str, Any] = (
    NUMPY_FUNCTIONS
    | {name: getattr(np, name) for name in _CALLED.split()}
    | {"stopped": stopped, "blocked_product": blocked_product}
    | {"sum_along": _sum_along, "max_along": _max_along, "finite": _finite}
)
