"""The fixed text of ``autograd/operations.py``: what stands around the generated methods and functions."""

__all__ = ["ABS", "PRELUDE"]

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

import math
from collections.abc import Iterable, Sequence
from operator import mul
from typing import TYPE_CHECKING, TypeAlias, overload

from autograd import modes
from autograd.calculus import floats
from autograd.operand import Node, aslist, constant, ieee, symbol_among, unequal

if TYPE_CHECKING:
    from autograd.value import Value, all_values, node, primal, primals, record

__all__ = [  # noqa: RUF022 - in the order of the table
{exported}]

#: What may stand beside a Value: int, float, bool and NumPy scalars are lifted to constants.
Operand: TypeAlias = "Value | float"

new = object.__new__


class Operations(Node):
    """The operators and methods of a Value; each returns a new Value that remembers its operands and partials."""

    __slots__ = ()

    data: float
'''
