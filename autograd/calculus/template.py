"""The fixed text of ``autograd/operations.py``: what stands around the generated methods and functions."""

__all__ = ["ABS", "MAKERS", "PRELUDE"]

ABS = '''
def abs(self) -> Value:
    """The same as ``abs(value)``."""
    return self.__abs__()
'''

PRELUDE = '''"""The methods of ``Value`` and the functions on Values and floats, one for each row of the table.

Written by ``python -m autograd --generate`` from :mod:`autograd.calculus.table`: edit the rows, not this file.
"""
# mypy: ignore-errors

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from functools import partial
from operator import mul
from typing import TYPE_CHECKING, TypeAlias, overload

from autograd import modes
from autograd.calculus import floats
from autograd.graph import Vertex
from autograd.operand import (
    Node,
    Symbol,
    aslist,
    checked_condition,
    constant,
    ieee,
    number,
    primal,
    primals,
    symbol_among,
    unequal,
)

if TYPE_CHECKING:
    from autograd.value import Value

__all__ = [  # noqa: RUF022 - in the order of the table
{exported}]

#: What may stand beside a Value: int, float, bool and NumPy scalars are lifted to constants.
Operand: TypeAlias = "Value | float"

_value_types: set[type] = set()
#: Whether every type of an iterable is Value or a subclass of it.
all_values = _value_types.issuperset


class Operations(Vertex):
    """The operators and methods of a Value; each returns a new Value that remembers its operands and partials.

    Results are of the class that is derived from this one: Value. It is below, and makes itself known by that.
    """

    __slots__ = ()

    def __init_subclass__(cls) -> None:
        global Value, blank
        if Operations in cls.__bases__:
            Value, blank = cls, partial(object.__new__, cls)
        if not issubclass(cls, Symbol):
            _value_types.add(cls)
'''

MAKERS = '''
def node(op: str, data: float, operands: tuple, partials: tuple, parents: tuple | None = None) -> Value:
    """Return a new Value computed from any number of operands; `parents` are the Values among them, all unless told."""
    out = blank()
    out._data = data
    out._grad = 0.0
    out.op = op
    out._x = None
    out._many = (operands, operands if parents is None else parents, partials)
    if modes.hook is not None:
        modes.hook(out)
    return out


def numbers_of(values: Sequence[Value]) -> list[float]:
    """Return the numbers behind Values, which are not looked at; AttributeError for a symbol."""
    return [value._data for value in values]


def record(op: str, data: float, operands: tuple[Operand, ...], partials: tuple[float, ...]) -> Value | float:
    """Return the same where some operands may be numbers; the bare number if all are."""
    are_values = [isinstance(operand, Value) for operand in operands]
    if not any(are_values):
        return data
    numbers = tuple(x if is_value else number(x) for x, is_value in zip(operands, are_values, strict=True))
    parents = tuple(itertools.compress(operands, are_values))
    return node(op, data, numbers, tuple(itertools.compress(partials, are_values)), parents)
'''
