"""Formulas of the calculus table, evaluated on a few numbers at once."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping

from autograd.calculus.expr import Call, Expr, Name, Number
from autograd.compiler.kernel import elementary
from autograd.compiler.kernel.lanes import Lanes
from autograd.compiler.kernel.writer import Name as Register

__all__ = ["evaluate"]

Names = Mapping[str, Register]

_ARITHMETIC = {"add": "fadd", "sub": "fsub", "mul": "fmul", "div": "fdiv"}
#: Ordered, so that nan is neither less nor greater; what is not equal may be nan.
_COMPARISONS = {"lt": "olt", "le": "ole", "gt": "ogt", "ge": "oge", "eq": "oeq", "ne": "une"}
_INTRINSICS = {"sqrt": "sqrt", "abs": "fabs", "floor": "floor", "ceil": "ceil", "round": "roundeven"}
#: Taken from the C library, lane by lane.
_LIBRARY = frozenset(
    ("pow", "log2", "log10", "cbrt", "tan", "asin", "acos", "atan", "atan2", "asinh", "acosh", "atanh")
) | {"hypot"}
_CONSTANTS = {"pi": math.pi, "inf": math.inf, "nan": math.nan}


def evaluate(v: Lanes, formula: Expr, names: Names) -> Register:
    """Write what computes a formula; return where the result is.

    Args:
        v: the lanes.
        formula: elementwise; reductions are not its business.
        names: where the variables are.
    """
    if isinstance(formula, Number):
        return v.number(formula.value)
    if isinstance(formula, Name):
        return names[formula.id] if formula.id in names else v.number(_CONSTANTS[formula.id])
    function, args = formula.function, formula.args
    if function == "where":
        return _where(v, formula, names)
    if function == "times":
        return _times(v, args[0], args[1], names)
    if function in _COMPARISONS:
        return v.select(_condition(v, formula, names), v.number(1.0), v.number(0.0))
    if function == "pow" and isinstance(args[1], Number) and args[1].value in _POWERS:
        return _POWERS[args[1].value](v, evaluate(v, args[0], names))
    values = [evaluate(v, arg, names) for arg in args]
    if function == "div" and isinstance(args[1], Number) and _is_power_of_two(args[1].value):
        return v.mul(values[0], v.number(1.0 / args[1].value))  # by a power of two, exactly the same
    if function in _ARITHMETIC:
        return v.binary(_ARITHMETIC[function], *values)
    if function == "neg":
        return v.neg(*values)
    if function in _INTRINSICS:
        return v.intrinsic(_INTRINSICS[function], *values)
    if function in elementary.FUNCTIONS:
        return elementary.FUNCTIONS[function](v, *values)
    if function in _LIBRARY:
        return v.library(function, *values)
    return _OWN[function](v, *values)


def _is_power_of_two(number: float) -> bool:
    """Whether its reciprocal is exact."""
    return abs(math.frexp(number)[0]) == 0.5 and 1e-300 < abs(number) < 1e300


def _condition(v: Lanes, formula: Expr, names: Names) -> Register:
    """Whether a formula is true: a comparison that holds, or a number that is not 0."""
    if isinstance(formula, Call) and formula.function in _COMPARISONS:
        a, b = (evaluate(v, arg, names) for arg in formula.args)
        return v.compare(_COMPARISONS[formula.function], a, b)
    return v.compare("une", evaluate(v, formula, names), v.number(0.0))


def _where(v: Lanes, formula: Call, names: Names) -> Register:
    condition, a, b = formula.args
    if isinstance(condition, Call) and formula == _logistic_of(condition.args[0]):
        return elementary.logistic(v, evaluate(v, condition.args[0], names))
    holds, usual = _condition(v, condition, names), evaluate(v, a, names)
    if not _is_costly(b):
        return v.select(holds, usual, evaluate(v, b, names))
    # What few numbers need is computed where one of the lanes does.
    return v.otherwise(v.any(v.negated(holds)), usual, lambda: v.select(holds, usual, evaluate(v, b, names)))


@functools.lru_cache(maxsize=1024)
def _is_costly(formula: Expr) -> bool:
    """Whether a formula takes tens of instructions."""
    if not isinstance(formula, Call):
        return False
    return (
        formula.function in elementary.FUNCTIONS or formula.function in _LIBRARY or any(map(_is_costly, formula.args))
    )


def _logistic_of(x: Expr) -> Call:
    """How the table writes the logistic function: with two exponentials, of which one is enough."""
    one, zero, e = Number(1.0), Number(0.0), Call("exp", (x,))
    low = Call("div", (e, Call("add", (one, e))))
    high = Call("div", (one, Call("add", (one, Call("exp", (Call("neg", (x,)),))))))
    return Call("where", (Call("lt", (x, zero)), low, high))


def _times(v: Lanes, a: Expr, b: Expr, names: Names) -> Register:
    """The product by the zero rule: 0 where a factor is, whatever the other one is."""
    if isinstance(b, Number) and b.value in (0.0, 1.0):
        return evaluate(v, a, names) if b.value else v.number(0.0)
    if isinstance(b, Call) and b.function == "where" and not isinstance(a, Number):
        condition, yes, no = b.args
        if isinstance(yes, Number) or isinstance(no, Number):
            own = (_times(v, a, part, names) for part in (yes, no))
            return v.select(_condition(v, condition, names), *own)
    x, y, zero = evaluate(v, a, names), evaluate(v, b, names), v.number(0.0)
    nothing = v.either(v.compare("oeq", x, zero), v.compare("oeq", y, zero))
    return v.select(nothing, zero, v.mul(x, y))


def _maximum(v: Lanes, a: Register, b: Register) -> Register:
    """The larger one; nan where one is, of two zeros the first."""
    keep = v.either(v.compare("oge", a, b), v.compare("uno", a, a))
    return v.select(keep, a, b)


def _minimum(v: Lanes, a: Register, b: Register) -> Register:
    keep = v.either(v.compare("ole", a, b), v.compare("uno", a, a))
    return v.select(keep, a, b)


def _sign(v: Lanes, x: Register) -> Register:
    unit = v.intrinsic("copysign", v.number(1.0), x)
    other = v.compare("une", v.intrinsic("fabs", x), v.number(0.0))
    other = v.select(other, unit, x)
    return v.select(v.compare("uno", x, x), x, other)


_OWN: dict[str, Callable[..., Register]] = {"maximum": _maximum, "minimum": _minimum, "sign": _sign}
#: What the C library gives for these, to the last place or nearly, in an instruction or two.
_POWERS: dict[float, Callable[[Lanes, Register], Register]] = {
    1.0: lambda v, x: x,
    2.0: lambda v, x: v.mul(x, x),
    3.0: lambda v, x: v.mul(v.mul(x, x), x),
    -1.0: lambda v, x: v.div(v.number(1.0), x),
}
