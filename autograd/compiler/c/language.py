"""C99 as far as formulas need it: operators, names, numbers, and what the library lacks."""

from __future__ import annotations

import math
from collections.abc import Sequence

from autograd.calculus.expr import Call, Expr

__all__ = ["CONSTANTS", "HELPERS", "INFIX", "RENAMED", "RESERVED", "flat", "is_comparison", "number"]

INFIX = {
    "add": "+",
    "sub": "-",
    "mul": "*",
    "div": "/",
    "lt": "<",
    "le": "<=",
    "gt": ">",
    "ge": ">=",
    "eq": "==",
    "ne": "!=",
}
RENAMED = {"abs": "fabs", "round": "rint"}  # rint takes halves to the even number
CONSTANTS = {"pi": repr(math.pi), "inf": "INFINITY", "nan": "NAN"}
#: What the library lacks: of two zeros the first, and nan where one is.
HELPERS = {
    "maximum": ("double a, double b", "a >= b || isnan(a) ? a : b"),
    "minimum": ("double a, double b", "a <= b || isnan(a) ? a : b"),
    "sign": ("double x", "x < 0.0 || x > 0.0 ? copysign(1.0, x) : x * 0.0"),
    "times": ("double a, double b", "a == 0.0 || b == 0.0 ? 0.0 : a * b"),
}
#: Words that no function can be called.
RESERVED = frozenset((
    "auto", "break", "case", "char", "const", "continue", "default", "do", "double", "else", "enum", "extern", "float",
    "for", "goto", "if", "inline", "int", "long", "main", "register", "restrict", "return", "short", "signed", "sizeof",
    "static", "struct", "switch", "typedef", "union", "unsigned", "void", "volatile", "while",
))  # fmt: skip


def is_comparison(formula: Expr) -> bool:
    """Whether a formula is a condition in C, too."""
    return isinstance(formula, Call) and formula.function in ("lt", "le", "gt", "ge", "eq", "ne")


def flat(counters: Sequence[str], shape: Sequence[int]) -> str:
    """The place of an element in row-major order."""
    terms, size = [], 1
    for counter, length in zip(reversed(counters), reversed(shape), strict=True):
        if counter != "0":
            terms.append(counter if size == 1 else f"{size} * {counter}")
        size *= length
    return " + ".join(reversed(terms)) or "0"


def number(value: float) -> str:
    """A double as C writes it."""
    if math.isnan(value):
        return "NAN"
    if math.isinf(value):
        return "INFINITY" if value > 0 else "(-INFINITY)"
    return repr(float(value)) if value >= 0 and math.copysign(1.0, value) > 0 else f"({float(value)!r})"
