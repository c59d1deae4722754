"""What may stand beside a Value: numbers are lifted, everything else gets an error that says what to do."""

from __future__ import annotations

import contextvars
from collections.abc import Iterable, Sequence
from numbers import Number
from typing import Any

import numpy as np

from autograd.calculus.table import RULES
from autograd.errors import LengthError, OperandError

__all__ = [
    "Node",
    "Symbol",
    "aslist",
    "beside",
    "checked_condition",
    "constant",
    "equal_to",
    "ieee",
    "is_number",
    "kind_of",
    "number",
    "primal",
    "primals",
    "symbol_among",
    "tracing",
    "unequal",
]


class Node:
    """What may be computed with: Values, and the symbols that stand for them while a function is traced."""

    __slots__ = ()

    data: Any


#: What traces a function in this thread or task, if anything does: a derivative taken then is traced, too.
tracing: contextvars.ContextVar[Any] = contextvars.ContextVar("tracing", default=None)


class Symbol(Node):
    """Stands for a number and holds none; what is done with it is recorded."""

    __slots__ = ()

    def record(self, op: str, operands: tuple[Any, ...]) -> Any:
        """Record the row `op` applied to `operands`, one of which is this symbol."""
        raise TypeError(f"{type(self).__name__} records nothing")


_NUMBERS = (int, float, np.integer, np.floating, np.bool_)
#: Types whose own operators would answer with a message about something else.
_NEVER = (
    str, bytes, complex, list, tuple, dict, set, type(None), np.complexfloating, Number,
)  # fmt: skip


def is_number(operand: Any) -> bool:
    """Whether `operand` is an int, float, bool or NumPy scalar, which are lifted to constants."""
    return isinstance(operand, _NUMBERS)


def number(operand: Any) -> float:
    """Return `operand` as a float; ``OperandError`` for anything but an int, float, bool or NumPy scalar."""
    if not isinstance(operand, _NUMBERS):
        raise OperandError(f"expected a number or a Value, got {kind_of(operand)}{_mend(operand)}")
    try:
        return float(operand)
    except OverflowError:
        raise OperandError("the integer does not fit a double (about 1.8e308 at most); scale it first") from None


def primal(operand: Any) -> float:
    """Return the number that a Value holds, or the number itself."""
    return operand.data if isinstance(operand, Node) else number(operand)


def primals(operands: Sequence[Any]) -> list[float]:
    """Return the number behind each operand."""
    return [operand.data if isinstance(operand, Node) else number(operand) for operand in operands]


def equal_to(operand: object) -> Any:
    """Return the number that `operand` is or holds; NotImplemented for a symbol, and for what is equal to no number."""
    if isinstance(operand, Node):
        return NotImplemented if isinstance(operand, Symbol) else operand.data
    if not is_number(operand):
        return NotImplemented
    return operand if isinstance(operand, int) else float(operand)  # type: ignore[arg-type]


def beside(operand: object) -> Any:
    """Return the same for an order, with an error for what has none beside numbers, such as text."""
    return equal_to(operand) if isinstance(operand, Node) else constant(operand)


def constant(operand: Any) -> Any:
    """Return an operator's other operand as a float, or ``NotImplemented`` so that its own type may answer.

    NumPy arrays answer element by element that way.
    """
    if isinstance(operand, (*_NUMBERS, *_NEVER)) or _is_masked(operand):
        return number(operand)
    return NotImplemented


def symbol_among(operands: tuple[Any, ...]) -> Symbol | None:
    """Return the first operand that is a symbol, if there is one."""
    return next((operand for operand in operands if isinstance(operand, Symbol)), None)


def checked_condition(condition: Any) -> Any:
    """Return a condition; ``OperandError`` for what Python's ``~`` makes of a truth value, -2 or -1: both are true."""
    if type(condition) is int and condition in (-1, -2):
        raise OperandError(
            f"a condition of {condition} is what ~ makes of Python's {condition == -2}, and it counts as true: write "
            "logical_not(condition), or turn the comparison round"
        )
    return condition


def aslist(name: str, sequence: Iterable[Any]) -> list[Any]:
    """Return a non-empty sequence operand as a list."""
    if isinstance(sequence, list) and sequence:
        return sequence
    try:
        elements = list(sequence)
    except TypeError:
        raise OperandError(f"{name}() takes a sequence of numbers or Values, got {kind_of(sequence)}") from None
    if not elements:
        raise LengthError(f"{name}() of an empty sequence: give at least one number or Value")
    return elements


def unequal(name: str, **sequences: list[Any]) -> LengthError:
    """Return the error for sequences that are paired element by element but differ in length."""
    lengths = ", ".join(f"{operand} has {len(sequence)}" for operand, sequence in sequences.items())
    return LengthError(f"{name}() pairs its sequences element by element, but {lengths}")


def ieee(name: str, *operands: Any) -> tuple[Any, ...]:
    """Return a row's result and partials by IEEE-754's rules, where ``math`` raises instead (``log(-1)``, ``1/0``)."""
    with np.errstate(all="ignore"):
        result, *partials = RULES[name].arrays(*map(np.float64, operands))
    shapes = (np.shape(operand) for operand in operands)
    return (float(result), *(np.broadcast_to(dx, shape).tolist() for dx, shape in zip(partials, shapes, strict=True)))


def kind_of(operand: object) -> str:
    """Return what an operand is, as errors name it: its type, and what it looks like."""
    text = repr(operand)
    return f"{type(operand).__name__} {text if len(text) < 40 else text[:36] + ' ...'}"


def _is_masked(operand: Any) -> bool:
    return isinstance(operand, np.ndarray) and hasattr(operand, "mask")


def _mend(operand: Any) -> str:
    if isinstance(operand, str | bytes):
        return ": convert text with float() first"
    if isinstance(operand, complex | np.complexfloating):
        return ": Values are real; use the real and imaginary parts as two Values"
    if isinstance(operand, Number):  # Decimal, Fraction
        return ": Values are doubles; convert it with float() first"
    if _is_masked(operand):
        return ": what is masked is missing, and a Value has a number; fill it in, or leave it out, first"
    if isinstance(operand, np.ndarray):
        return ": make one Value per element, list(map(Value, array.flat)); array * value works element by element"
    if isinstance(operand, list | tuple | set):
        return ": make one Value per element, [Value(x) for x in ...]"
    if hasattr(operand, "parents"):
        return ": it is a Value already; use it as it is, or value.detach() for a new leaf with the same number"
    return ""
