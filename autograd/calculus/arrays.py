"""The functions that formulas use, over NumPy arrays; :mod:`autograd.calculus.floats` has what floats lack of them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.calculus.error_function import erf, erfc
from autograd.calculus.expr import CONSTANTS

__all__ = ["NUMPY_FUNCTIONS"]


def _power(a: Any, b: Any) -> Any:
    """Return a to the power b as IEEE-754 has it, also where NumPy takes a square root for the exponent 0.5."""
    edges = (b == 0.5) & ((a == 0.0) | (a == -math.inf))
    return np.where(edges, np.absolute(a), np.power(a, b))


_SAME_NAME = (
    "exp expm1 log log1p log2 log10 sqrt cbrt sin cos tan sinh cosh tanh "
    "sign floor ceil hypot maximum minimum where sum max size"
)
#: The functions a formula may call, over arrays.
NUMPY_FUNCTIONS: dict[str, Any] = {name: getattr(np, name) for name in _SAME_NAME.split()} | {
    **CONSTANTS,
    "abs": np.absolute,
    "round": np.round,
    "pow": _power,
    "asin": np.arcsin,
    "acos": np.arccos,
    "atan": np.arctan,
    "atan2": np.arctan2,
    "asinh": np.arcsinh,
    "acosh": np.arccosh,
    "atanh": np.arctanh,
    "erf": erf,
    "erfc": erfc,
}
