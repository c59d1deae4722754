"""The methods of ``Value`` and the functions on Values and floats, one for each row of the table.

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
    "Operand",
    "Operations",
    "pow",
    "abs",
    "identity",
    "exp",
    "expm1",
    "log",
    "log1p",
    "log2",
    "log10",
    "sqrt",
    "cbrt",
    "sin",
    "cos",
    "tan",
    "asin",
    "acos",
    "atan",
    "atan2",
    "sinh",
    "cosh",
    "tanh",
    "asinh",
    "acosh",
    "atanh",
    "sigmoid",
    "softplus",
    "relu",
    "leaky_relu",
    "elu",
    "gelu",
    "silu",
    "erf",
    "erfc",
    "maximum",
    "minimum",
    "clamp",
    "where",
    "hypot",
    "sign",
    "floor",
    "ceil",
    "round",
    "sum",
    "mean",
    "dot",
    "logsumexp",
]

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

    def __add__(self, other: Operand) -> Value:
        """Sum.

        y = a + b
        dy/da = 1
        dy/db = 1
        """
        a = self._data
        if isinstance(other, Value):
            b = other._data
            y = a + b
            dx = 1.0
            dy = 1.0
        else:
            if other.__class__ is not float:
                other = constant(other)
                if other is NotImplemented:
                    return NotImplemented
            b = other
            y = a + b
            dx = 1.0
            dy = None
        out = blank()
        out._data = y
        out._grad = 0.0
        out.op = "add"
        out._x = self
        out._dx = dx
        out._y = other
        out._dy = dy
        if modes.hook is not None:
            modes.hook(out)
        return out

    def __radd__(self, other: float) -> Value:
        if other.__class__ is not float:
            other = constant(other)
            if other is NotImplemented:
                return NotImplemented
        a = other
        b = self._data
        y = a + b
        dy = 1.0
        out = blank()
        out._data = y
        out._grad = 0.0
        out.op = "add"
        out._x = other
        out._dx = None
        out._y = self
        out._dy = dy
        if modes.hook is not None:
            modes.hook(out)
        return out

    def __sub__(self, other: Operand) -> Value:
        """Difference.

        y = a - b
        dy/da = 1
        dy/db = -1
        """
        a = self._data
        if isinstance(other, Value):
            b = other._data
            y = a - b
            dx = 1.0
            dy = -1.0
        else:
            if other.__class__ is not float:
                other = constant(other)
                if other is NotImplemented:
                    return NotImplemented
            b = other
            y = a - b
            dx = 1.0
            dy = None
        out = blank()
        out._data = y
        out._grad = 0.0
        out.op = "sub"
        out._x = self
        out._dx = dx
        out._y = other
        out._dy = dy
        if modes.hook is not None:
            modes.hook(out)
        return out

    def __rsub__(self, other: float) -> Value:
        if other.__class__ is not float:
            other = constant(other)
            if other is NotImplemented:
                return NotImplemented
        a = other
        b = self._data
        y = a - b
        dy = -1.0
        out = blank()
        out._data = y
        out._grad = 0.0
        out.op = "sub"
        out._x = other
        out._dx = None
        out._y = self
        out._dy = dy
        if modes.hook is not None:
            modes.hook(out)
        return out

    def __mul__(self, other: Operand) -> Value:
        """Product.

        y = a * b
        dy/da = b
        dy/db = a
        """
        a = self._data
        if isinstance(other, Value):
            b = other._data
            y = a * b
            dx = b
            dy = a
        else:
            if other.__class__ is not float:
                other = constant(other)
                if other is NotImplemented:
                    return NotImplemented
            b = other
            y = a * b
            dx = b
            dy = None
        out = blank()
        out._data = y
        out._grad = 0.0
        out.op = "mul"
        out._x = self
        out._dx = dx
        out._y = other
        out._dy = dy
        if modes.hook is not None:
            modes.hook(out)
        return out

    def __rmul__(self, other: float) -> Value:
        if other.__class__ is not float:
            other = constant(other)
            if other is NotImplemented:
                return NotImplemented
        a = other
        b = self._data
        y = a * b
        dy = a
        out = blank()
        out._data = y
        out._grad = 0.0
        out.op = "mul"
        out._x = other
        out._dx = None
        out._y = self
        out._dy = dy
        if modes.hook is not None:
            modes.hook(out)
        return out

    def __truediv__(self, other: Operand) -> Value:
        """Quotient.

        y = a / b
        dy/da = 1 / b
        dy/db = -y / b
        """
        a = self._data
        if isinstance(other, Value):
            b = other._data
            try:
                y = a / b
                dx = 1.0 / b
                dy = -y / b
            except (ArithmeticError, ValueError):  # math raises where IEEE-754 has an answer
                y, dx, dy = ieee("truediv", a, b)
        else:
            if other.__class__ is not float:
                other = constant(other)
                if other is NotImplemented:
                    return NotImplemented
            b = other
            try:
                y = a / b
                dx = 1.0 / b
            except (ArithmeticError, ValueError):  # math raises where IEEE-754 has an answer
                y, dx, _ = ieee("truediv", a, b)
            dy = None
        out = blank()
        out._data = y
        out._grad = 0.0
        out.op = "truediv"
        out._x = self
        out._dx = dx
        out._y = other
        out._dy = dy
        if modes.hook is not None:
            modes.hook(out)
        return out

    def __rtruediv__(self, other: float) -> Value:
        if other.__class__ is not float:
            other = constant(other)
            if other is NotImplemented:
                return NotImplemented
        a = other
        b = self._data
        try:
            y = a / b
            dy = -y / b
        except (ArithmeticError, ValueError):  # math raises where IEEE-754 has an answer
            y, _, dy = ieee("truediv", a, b)
        out = blank()
        out._data = y
        out._grad = 0.0
        out.op = "truediv"
        out._x = other
        out._dx = None
        out._y = self
        out._dy = dy
        if modes.hook is not None:
            modes.hook(out)
        return out

    def __pow__(self, other: Operand) -> Value:
        """Power; a constant exponent is not differentiated.

        y = pow(a, b)
        dy/da = where(b == 0, where(abs(a) > 0, b / a, 0), b * pow(a, b - 1))
        dy/db = where(a == 0, where(b < 0, -inf, where(b >= 0, 0, b)), y * log(a))

        At kinks: exponent 0: derivative 0; base 0: the exponent's derivative is 0.
        """
        a = self._data
        if isinstance(other, Value):
            b = other._data
            try:
                y = math.pow(a, b)
                dx = (b / a if math.fabs(a) > 0.0 else 0.0) if b == 0.0 else b * math.pow(a, b - 1.0) if b - 1.0 + 1.0 == b else (y / a * b if math.fabs(y) < 1e+280 else b * math.pow(a, b - 1.0)) if math.fabs(y) > 1e-280 else b * math.pow(a, b - 1.0)
                dy = (-math.inf if b < 0.0 else 0.0 if b >= 0.0 else b) if a == 0.0 else y * math.log(a)
            except (ArithmeticError, ValueError):  # math raises where IEEE-754 has an answer
                y, dx, dy = ieee("pow", a, b)
        else:
            if other.__class__ is not float:
                other = constant(other)
                if other is NotImplemented:
                    return NotImplemented
            b = other
            try:
                y = math.pow(a, b)
                dx = (b / a if math.fabs(a) > 0.0 else 0.0) if b == 0.0 else b * math.pow(a, b - 1.0) if b - 1.0 + 1.0 == b else (y / a * b if math.fabs(y) < 1e+280 else b * math.pow(a, b - 1.0)) if math.fabs(y) > 1e-280 else b * math.pow(a, b - 1.0)
            except (ArithmeticError, ValueError):  # math raises where IEEE-754 has an answer
                y, dx, _ = ieee("pow", a, b)
            dy = None
        out = blank()
        out._data = y
        out._grad = 0.0
        out.op = "pow"
        out._x = self
        out._dx = dx
        out._y = other
        out._dy = dy
        if modes.hook is not None:
            modes.hook(out)
        return out

    def __rpow__(self, other: float) -> Value:
        if other.__class__ is not float:
            other = constant(other)
            if other is NotImplemented:
                return NotImplemented
        a = other
        b = self._data
        try:
            y = math.pow(a, b)
            dy = (-math.inf if b < 0.0 else 0.0 if b >= 0.0 else b) if a == 0.0 else y * math.log(a)
        except (ArithmeticError, ValueError):  # math raises where IEEE-754 has an answer
            y, _, dy = ieee("pow", a, b)
        out = blank()
        out._data = y
        out._grad = 0.0
        out.op = "pow"
        out._x = other
        out._dx = None
        out._y = self
        out._dy = dy
        if modes.hook is not None:
            modes.hook(out)
        return out

    def __neg__(self) -> Value:
        """Negation.

        y = -x
        dy/dx = -1
        """
        x = self._data
        y = -x
        dx = -1.0
        out = blank()
        out._data = y
        out._grad = 0.0
        out.op = "neg"
        out._x = self
        out._dx = dx
        out._y = None
        out._dy = None
        if modes.hook is not None:
            modes.hook(out)
        return out

    def __abs__(self) -> Value:
        """Absolute value.

        y = abs(x)
        dy/dx = sign(x)

        At kinks: abs'(0) = 0.
        """
        x = self._data
        y = math.fabs(x)
        dx = floats.sign(x)
        out = blank()
        out._data = y
        out._grad = 0.0
        out.op = "abs"
        out._x = self
        out._dx = dx
        out._y = None
        out._dy = None
        if modes.hook is not None:
            modes.hook(out)
        return out

    def abs(self) -> Value:
        """The same as ``abs(value)``."""
        return self.__abs__()

    def identity(self) -> Value:
        """The value itself: a new node with the same number.

        y = x
        dy/dx = 1
        """
        x = self._data
        y = x
        dx = 1.0
        out = blank()
        out._data = y
        out._grad = 0.0
        out.op = "identity"
        out._x = self
        out._dx = dx
        out._y = None
        out._dy = None
        if modes.hook is not None:
            modes.hook(out)
        return out

    def exp(self) -> Value:
        """Exponential.

        y = exp(x)
        dy/dx = y
        """
        x = self._data
        try:
            y = math.exp(x)
            dx = y
        except (ArithmeticError, ValueError):  # math raises where IEEE-754 has an answer
            y, dx = ieee("exp", x)
        out = blank()
        out._data = y
        out._grad = 0.0
        out.op = "exp"
        out._x = self
        out._dx = dx
        out._y = None
        out._dy = None
        if modes.hook is not None:
            modes.hook(out)
        return out

    def expm1(self) -> Value:
        """Exponential minus 1, exact near 0.

        y = expm1(x)
        dy/dx = exp(x)
        """
        x = self._data
        try:
            y = math.expm1(x)
            dx = math.exp(x)
        except (ArithmeticError, ValueError):  # math raises where IEEE-754 has an answer
            y, dx = ieee("expm1", x)
        out = blank()
        out._data = y
        out._grad = 0.0
        out.op = "expm1"
        out._x = self
        out._dx = dx
        out._y = None
        out._dy = None
        if modes.hook is not None:
            modes.hook(out)
        return out

    def log(self) -> Value:
        """Natural logarithm.

        y = log(x)
        dy/dx = 1 / x
        """
        x = self._data
        try:
            y = math.log(x)
            dx = 1.0 / x
        except (ArithmeticError, ValueError):  # math raises where IEEE-754 has an answer
            y, dx = ieee("log", x)
        out = blank()
        out._data = y
        out._grad = 0.0
        out.op = "log"
        out._x = self
        out._dx = dx
        out._y = None
        out._dy = None
        if modes.hook is not None:
            modes.hook(out)
        return out

    def log1p(self) -> Value:
        """Logarithm of 1 + x, exact near 0.

        y = log1p(x)
        dy/dx = 1 / (1 + x)
        """
        x = self._data
        try:
            y = math.log1p(x)
            dx = 1.0 / (1.0 + x)
        except (ArithmeticError, ValueError):  # math raises where IEEE-754 has an answer
            y, dx = ieee("log1p", x)
        out = blank()
        out._data = y
        out._grad = 0.0
        out.op = "log1p"
        out._x = self
        out._dx = dx
        out._y = None
        out._dy = None
        if modes.hook is not None:
            modes.hook(out)
        return out

    def log2(self) -> Value:
        """Logarithm to base 2.

        y = log2(x)
        dy/dx = 1 / (x * log(2))
        """
        x = self._data
        try:
            y = math.log2(x)
            dx = 1.0 / (x * 0.6931471805599453)
        except (ArithmeticError, ValueError):  # math raises where IEEE-754 has an answer
            y, dx = ieee("log2", x)
        out = blank()
        out._data = y
        out._grad = 0.0
        out.op = "log2"
        out._x = self
        out._dx = dx
        out._y = None
        out._dy = None
        if modes.hook is not None:
            modes.hook(out)
        return out

    def log10(self) -> Value:
        """Logarithm to base 10.

        y = log10(x)
        dy/dx = 1 / (x * log(10))
        """
        x = self._data
        try:
            y = math.log10(x)
            dx = 1.0 / (x * 2.302585092994046)
        except (ArithmeticError, ValueError):  # math raises where IEEE-754 has an answer
            y, dx = ieee("log10", x)
        out = blank()
        out._data = y
        out._grad = 0.0
        out.op = "log10"
        out._x = self
        out._dx = dx
        out._y = None
        out._dy = None
        if modes.hook is not None:
            modes.hook(out)
        return out

    def sqrt(self) -> Value:
        """Square root.

        y = sqrt(x)
        dy/dx = 0.5 / y

        At kinks: sqrt'(0) = inf.
        """
        x = self._data
        try:
            y = math.sqrt(x)
            dx = 0.5 / y
        except (ArithmeticError, ValueError):  # math raises where IEEE-754 has an answer
            y, dx = ieee("sqrt", x)
        out = blank()
        out._data = y
        out._grad = 0.0
        out.op = "sqrt"
        out._x = self
        out._dx = dx
        out._y = None
        out._dy = None
        if modes.hook is not None:
            modes.hook(out)
        return out

    def cbrt(self) -> Value:
        """Cube root.

        y = cbrt(x)
        dy/dx = pow(y, -2) / 3

        At kinks: cbrt'(0) = inf.
        """
        x = self._data
        try:
            y = math.cbrt(x)
            dx = math.pow(y, -2.0) / 3.0
        except (ArithmeticError, ValueError):  # math raises where IEEE-754 has an answer
            y, dx = ieee("cbrt", x)
        out = blank()
        out._data = y
        out._grad = 0.0
        out.op = "cbrt"
        out._x = self
        out._dx = dx
        out._y = None
        out._dy = None
        if modes.hook is not None:
            modes.hook(out)
        return out

    def sin(self) -> Value:
        """Sine of an angle in radians.

        y = sin(x)
        dy/dx = cos(x)
        """
        x = self._data
        try:
            y = math.sin(x)
            dx = math.cos(x)
        except (ArithmeticError, ValueError):  # math raises where IEEE-754 has an answer
            y, dx = ieee("sin", x)
        out = blank()
        out._data = y
        out._grad = 0.0
        out.op = "sin"
        out._x = self
        out._dx = dx
        out._y = None
        out._dy = None
        if modes.hook is not None:
            modes.hook(out)
        return out

    def cos(self) -> Value:
        """Cosine of an angle in radians.

        y = cos(x)
        dy/dx = -sin(x)
        """
        x = self._data
        try:
            y = math.cos(x)
            dx = -math.sin(x)
        except (ArithmeticError, ValueError):  # math raises where IEEE-754 has an answer
            y, dx = ieee("cos", x)
        out = blank()
        out._data = y
        out._grad = 0.0
        out.op = "cos"
        out._x = self
        out._dx = dx
        out._y = None
        out._dy = None
        if modes.hook is not None:
            modes.hook(out)
        return out

    def tan(self) -> Value:
        """Tangent of an angle in radians.

        y = tan(x)
        dy/dx = 1 + y * y
        """
        x = self._data
        try:
            y = math.tan(x)
            dx = 1.0 + y * y
        except (ArithmeticError, ValueError):  # math raises where IEEE-754 has an answer
            y, dx = ieee("tan", x)
        out = blank()
        out._data = y
        out._grad = 0.0
        out.op = "tan"
        out._x = self
        out._dx = dx
        out._y = None
        out._dy = None
        if modes.hook is not None:
            modes.hook(out)
        return out

    def asin(self) -> Value:
        """Inverse sine, in radians.

        y = asin(x)
        dy/dx = 1 / sqrt((1 - x) * (1 + x))
        """
        x = self._data
        try:
            y = math.asin(x)
            dx = 1.0 / math.sqrt((1.0 - x) * (1.0 + x))
        except (ArithmeticError, ValueError):  # math raises where IEEE-754 has an answer
            y, dx = ieee("asin", x)
        out = blank()
        out._data = y
        out._grad = 0.0
        out.op = "asin"
        out._x = self
        out._dx = dx
        out._y = None
        out._dy = None
        if modes.hook is not None:
            modes.hook(out)
        return out

    def acos(self) -> Value:
        """Inverse cosine, in radians.

        y = acos(x)
        dy/dx = -1 / sqrt((1 - x) * (1 + x))
        """
        x = self._data
        try:
            y = math.acos(x)
            dx = -1.0 / math.sqrt((1.0 - x) * (1.0 + x))
        except (ArithmeticError, ValueError):  # math raises where IEEE-754 has an answer
            y, dx = ieee("acos", x)
        out = blank()
        out._data = y
        out._grad = 0.0
        out.op = "acos"
        out._x = self
        out._dx = dx
        out._y = None
        out._dy = None
        if modes.hook is not None:
            modes.hook(out)
        return out

    def atan(self) -> Value:
        """Inverse tangent, in radians.

        y = atan(x)
        dy/dx = 1 / (1 + x * x)
        """
        x = self._data
        try:
            y = math.atan(x)
            dx = 1.0 / (1.0 + x * x) if x * x < 1e+300 else 1.0 / x / x
        except (ArithmeticError, ValueError):  # math raises where IEEE-754 has an answer
            y, dx = ieee("atan", x)
        out = blank()
        out._data = y
        out._grad = 0.0
        out.op = "atan"
        out._x = self
        out._dx = dx
        out._y = None
        out._dy = None
        if modes.hook is not None:
            modes.hook(out)
        return out

    def atan2(self, b: Operand) -> Value:
        """Angle of the point (b, a), in radians.

        y = atan2(a, b)
        h = hypot(a, b)
        dy/da = b / h / h
        dy/db = -a / h / h
        """
        return atan2(self, b)

    def sinh(self) -> Value:
        """Hyperbolic sine.

        y = sinh(x)
        dy/dx = cosh(x)
        """
        x = self._data
        try:
            y = math.sinh(x)
            dx = math.cosh(x)
        except (ArithmeticError, ValueError):  # math raises where IEEE-754 has an answer
            y, dx = ieee("sinh", x)
        out = blank()
        out._data = y
        out._grad = 0.0
        out.op = "sinh"
        out._x = self
        out._dx = dx
        out._y = None
        out._dy = None
        if modes.hook is not None:
            modes.hook(out)
        return out

    def cosh(self) -> Value:
        """Hyperbolic cosine.

        y = cosh(x)
        dy/dx = sinh(x)
        """
        x = self._data
        try:
            y = math.cosh(x)
            dx = math.sinh(x)
        except (ArithmeticError, ValueError):  # math raises where IEEE-754 has an answer
            y, dx = ieee("cosh", x)
        out = blank()
        out._data = y
        out._grad = 0.0
        out.op = "cosh"
        out._x = self
        out._dx = dx
        out._y = None
        out._dy = None
        if modes.hook is not None:
            modes.hook(out)
        return out

    def tanh(self) -> Value:
        """Hyperbolic tangent.

        y = tanh(x)
        dy/dx = 1 - y * y
        """
        x = self._data
        try:
            y = math.tanh(x)
            dx = 1.0 - y * y if y * y < 0.75 else 1.0 / math.cosh(x) / math.cosh(x)
        except (ArithmeticError, ValueError):  # math raises where IEEE-754 has an answer
            y, dx = ieee("tanh", x)
        out = blank()
        out._data = y
        out._grad = 0.0
        out.op = "tanh"
        out._x = self
        out._dx = dx
        out._y = None
        out._dy = None
        if modes.hook is not None:
            modes.hook(out)
        return out

    def asinh(self) -> Value:
        """Inverse hyperbolic sine.

        y = asinh(x)
        dy/dx = 1 / hypot(x, 1)
        """
        x = self._data
        try:
            y = math.asinh(x)
            dx = 1.0 / math.hypot(x, 1.0)
        except (ArithmeticError, ValueError):  # math raises where IEEE-754 has an answer
            y, dx = ieee("asinh", x)
        out = blank()
        out._data = y
        out._grad = 0.0
        out.op = "asinh"
        out._x = self
        out._dx = dx
        out._y = None
        out._dy = None
        if modes.hook is not None:
            modes.hook(out)
        return out

    def acosh(self) -> Value:
        """Inverse hyperbolic cosine.

        y = acosh(x)
        dy/dx = 1 / (sqrt(x - 1) * sqrt(x + 1))
        """
        x = self._data
        try:
            y = math.acosh(x)
            dx = 1.0 / (math.sqrt(x - 1.0) * math.sqrt(x + 1.0))
        except (ArithmeticError, ValueError):  # math raises where IEEE-754 has an answer
            y, dx = ieee("acosh", x)
        out = blank()
        out._data = y
        out._grad = 0.0
        out.op = "acosh"
        out._x = self
        out._dx = dx
        out._y = None
        out._dy = None
        if modes.hook is not None:
            modes.hook(out)
        return out

    def atanh(self) -> Value:
        """Inverse hyperbolic tangent.

        y = atanh(x)
        dy/dx = 1 / ((1 - x) * (1 + x))
        """
        x = self._data
        try:
            y = math.atanh(x)
            dx = 1.0 / ((1.0 - x) * (1.0 + x))
        except (ArithmeticError, ValueError):  # math raises where IEEE-754 has an answer
            y, dx = ieee("atanh", x)
        out = blank()
        out._data = y
        out._grad = 0.0
        out.op = "atanh"
        out._x = self
        out._dx = dx
        out._y = None
        out._dy = None
        if modes.hook is not None:
            modes.hook(out)
        return out

    def sigmoid(self) -> Value:
        """Logistic function 1 / (1 + exp(-x)), without overflow.

        y = where(x < 0, e, 1) / (1 + e)
        e = exp(where(x < 0, x, -x))
        dy/dx = y * (1 - y)
        """
        x = self._data
        try:
            e = math.exp(x if x < 0.0 else -x)
            y = (e if x < 0.0 else 1.0) / (1.0 + e)
            dx = e / ((1.0 + e) * (1.0 + e))
        except (ArithmeticError, ValueError):  # math raises where IEEE-754 has an answer
            y, dx = ieee("sigmoid", x)
        out = blank()
        out._data = y
        out._grad = 0.0
        out.op = "sigmoid"
        out._x = self
        out._dx = dx
        out._y = None
        out._dy = None
        if modes.hook is not None:
            modes.hook(out)
        return out

    def softplus(self) -> Value:
        """Smooth relu, log(1 + exp(x)), without overflow.

        y = maximum(x, 0) + log1p(e)
        e = exp(where(x < 0, x, -x))
        dy/dx = where(x < 0, e, 1) / (1 + e)
        """
        x = self._data
        try:
            e = math.exp(x if x < 0.0 else -x)
            y = floats.maximum(x, 0.0) + math.log1p(e)
            dx = (e if x < 0.0 else 1.0) / (1.0 + e)
        except (ArithmeticError, ValueError):  # math raises where IEEE-754 has an answer
            y, dx = ieee("softplus", x)
        out = blank()
        out._data = y
        out._grad = 0.0
        out.op = "softplus"
        out._x = self
        out._dx = dx
        out._y = None
        out._dy = None
        if modes.hook is not None:
            modes.hook(out)
        return out

    def relu(self) -> Value:
        """Positive part, max(x, 0).

        y = where(x <= 0, 0, x)
        dy/dx = where(x > 0, 1, 0)

        At kinks: relu'(0) = 0.
        """
        x = self._data
        y = 0.0 if x <= 0.0 else x
        dx = 1.0 if x > 0.0 else 0.0
        out = blank()
        out._data = y
        out._grad = 0.0
        out.op = "relu"
        out._x = self
        out._dx = dx
        out._y = None
        out._dy = None
        if modes.hook is not None:
            modes.hook(out)
        return out

    def leaky_relu(self, slope: Operand = 0.01) -> Value:
        """Leaky relu: x where positive, slope * x elsewhere.

        y = where(x > 0, x, slope * x)
        dy/dx = where(x > 0, 1, slope)
        dy/dslope = where(x > 0, 0, x)

        At kinks: leaky_relu'(0) = slope.
        """
        return leaky_relu(self, slope)

    def elu(self, alpha: Operand = 1.0) -> Value:
        """Exponential linear unit: x where positive, alpha * (exp(x) - 1) elsewhere (Clevert et al. 2015).

        y = where(x > 0, x, alpha * e)
        e = expm1(minimum(x, 0))
        dy/dx = where(x > 0, 1, alpha * exp(x))
        dy/dalpha = where(x > 0, 0, e)

        At kinks: elu'(0) = alpha.
        """
        return elu(self, alpha)

    def gelu(self) -> Value:
        """Gaussian error linear unit: x times the normal distribution function (Hendrycks and Gimpel 2016), exact.

        y = x * c
        c = 0.5 * erfc(-x / sqrt(2))
        dy/dx = c + x * exp(-x * x / 2) / sqrt(2 * pi)
        """
        x = self._data
        try:
            g = math.exp(-x * x / 2.0) if x * x < 16.0 else 0.0 if x * x > 1600.0 else math.exp(-(x + 422212465065984.0 - 422212465065984.0) * (x + 422212465065984.0 - 422212465065984.0) / 2.0) * math.exp((x + 422212465065984.0 - 422212465065984.0 - x) * (x + 422212465065984.0 - 422212465065984.0 + x) / 2.0)
            c = 0.5 * (math.erfc(-x * 0.7071067811865476) if x > -1.0 else math.erfc(-x * 0.7071067811865476) + 0.7978845608028654 * g * (x - (x * 0.7071067811865476 + 6442450944.0 - 6442450944.0) * 1.4142135381698608 - (x * 0.7071067811865476 - (x * 0.7071067811865476 + 6442450944.0 - 6442450944.0)) * 1.4142135381698608 - x * 0.7071067811865476 * 2.420323420895794e-08))
            y = x * c
            dx = c + x * g / 2.5066282746310002
        except (ArithmeticError, ValueError):  # math raises where IEEE-754 has an answer
            y, dx = ieee("gelu", x)
        out = blank()
        out._data = y
        out._grad = 0.0
        out.op = "gelu"
        out._x = self
        out._dx = dx
        out._y = None
        out._dy = None
        if modes.hook is not None:
            modes.hook(out)
        return out

    def silu(self) -> Value:
        """Sigmoid linear unit x * sigmoid(x), also called swish.

        y = x * s
        e = exp(where(x < 0, x, -x))
        s = where(x < 0, e, 1) / (1 + e)
        dy/dx = s * (1 + x * (1 - s))
        """
        x = self._data
        try:
            e = math.exp(x if x < 0.0 else -x)
            s = (e if x < 0.0 else 1.0) / (1.0 + e)
            y = x * s
            dx = s * (1.0 + x * ((1.0 if x < 0.0 else e) / (1.0 + e)))
        except (ArithmeticError, ValueError):  # math raises where IEEE-754 has an answer
            y, dx = ieee("silu", x)
        out = blank()
        out._data = y
        out._grad = 0.0
        out.op = "silu"
        out._x = self
        out._dx = dx
        out._y = None
        out._dy = None
        if modes.hook is not None:
            modes.hook(out)
        return out

    def erf(self) -> Value:
        """Error function (DLMF 7.2.1).

        y = erf(x)
        dy/dx = 2 / sqrt(pi) * exp(-x * x)
        """
        x = self._data
        try:
            y = math.erf(x)
            dx = 1.1283791670955126 * (math.exp(-x * x) if x * x < 8.0 else 0.0 if x * x > 800.0 else math.exp(-(x + 422212465065984.0 - 422212465065984.0) * (x + 422212465065984.0 - 422212465065984.0)) * math.exp((x + 422212465065984.0 - 422212465065984.0 - x) * (x + 422212465065984.0 - 422212465065984.0 + x)))
        except (ArithmeticError, ValueError):  # math raises where IEEE-754 has an answer
            y, dx = ieee("erf", x)
        out = blank()
        out._data = y
        out._grad = 0.0
        out.op = "erf"
        out._x = self
        out._dx = dx
        out._y = None
        out._dy = None
        if modes.hook is not None:
            modes.hook(out)
        return out

    def erfc(self) -> Value:
        """Complementary error function (DLMF 7.2.2).

        y = erfc(x)
        dy/dx = -2 / sqrt(pi) * exp(-x * x)
        """
        x = self._data
        try:
            y = math.erfc(x)
            dx = -1.1283791670955126 * (math.exp(-x * x) if x * x < 8.0 else 0.0 if x * x > 800.0 else math.exp(-(x + 422212465065984.0 - 422212465065984.0) * (x + 422212465065984.0 - 422212465065984.0)) * math.exp((x + 422212465065984.0 - 422212465065984.0 - x) * (x + 422212465065984.0 - 422212465065984.0 + x)))
        except (ArithmeticError, ValueError):  # math raises where IEEE-754 has an answer
            y, dx = ieee("erfc", x)
        out = blank()
        out._data = y
        out._grad = 0.0
        out.op = "erfc"
        out._x = self
        out._dx = dx
        out._y = None
        out._dy = None
        if modes.hook is not None:
            modes.hook(out)
        return out

    def maximum(self, b: Operand) -> Value:
        """The larger of two.

        y = maximum(a, b)
        dy/da = where(a > b, 1, where(a < b, 0, 0.5))
        dy/db = where(a > b, 0, where(a < b, 1, 0.5))

        At kinks: a tie gives 1/2 to each.
        """
        return maximum(self, b)

    def minimum(self, b: Operand) -> Value:
        """The smaller of two.

        y = minimum(a, b)
        dy/da = where(a < b, 1, where(a > b, 0, 0.5))
        dy/db = where(a < b, 0, where(a > b, 1, 0.5))

        At kinks: a tie gives 1/2 to each.
        """
        return minimum(self, b)

    def clamp(self, low: Operand = -math.inf, high: Operand = math.inf) -> Value:
        """Limit x to [low, high].

        y = minimum(maximum(x, low), high)
        dy/dx = where(x < low, 0, where(x > high, 0, 1))
        dy/dlow = where(x < low, where(low > high, 0, 1), 0)
        dy/dhigh = where(maximum(x, low) > high, 1, 0)

        At kinks: on a limit, x keeps derivative 1.
        """
        return clamp(self, low, high)

    def where(self, a: Operand, b: Operand) -> Value:
        """Choose a where the condition holds (is not 0), b elsewhere.

        y = where(condition, a, b)
        dy/dcondition = 0
        dy/da = where(condition, 1, 0)
        dy/db = where(condition, 0, 1)
        """
        return where(self, a, b)

    def hypot(self, b: Operand) -> Value:
        """Length of the vector (a, b), without overflow.

        y = hypot(a, b)
        dy/da = where(y == 0, 0, a / y)
        dy/db = where(y == 0, 0, b / y)

        At kinks: at (0, 0) both derivatives are 0.
        """
        return hypot(self, b)

    def sign(self) -> Value:
        """-1, 0 or 1.

        y = sign(x)
        dy/dx = 0

        At kinks: derivative 0 everywhere.
        """
        x = self._data
        y = floats.sign(x)
        dx = 0.0
        out = blank()
        out._data = y
        out._grad = 0.0
        out.op = "sign"
        out._x = self
        out._dx = dx
        out._y = None
        out._dy = None
        if modes.hook is not None:
            modes.hook(out)
        return out

    def floor(self) -> Value:
        """Largest integer not above x.

        y = floor(x)
        dy/dx = 0

        At kinks: derivative 0 everywhere.
        """
        x = self._data
        try:
            y = floats.floor(x)
            dx = 0.0
        except (ArithmeticError, ValueError):  # math raises where IEEE-754 has an answer
            y, dx = ieee("floor", x)
        out = blank()
        out._data = y
        out._grad = 0.0
        out.op = "floor"
        out._x = self
        out._dx = dx
        out._y = None
        out._dy = None
        if modes.hook is not None:
            modes.hook(out)
        return out

    def ceil(self) -> Value:
        """Smallest integer not below x.

        y = ceil(x)
        dy/dx = 0

        At kinks: derivative 0 everywhere.
        """
        x = self._data
        try:
            y = floats.ceil(x)
            dx = 0.0
        except (ArithmeticError, ValueError):  # math raises where IEEE-754 has an answer
            y, dx = ieee("ceil", x)
        out = blank()
        out._data = y
        out._grad = 0.0
        out.op = "ceil"
        out._x = self
        out._dx = dx
        out._y = None
        out._dy = None
        if modes.hook is not None:
            modes.hook(out)
        return out

    def round(self) -> Value:
        """Nearest integer, halves to the even one.

        y = round(x)
        dy/dx = 0

        At kinks: derivative 0 everywhere.
        """
        x = self._data
        try:
            y = floats.round(x)
            dx = 0.0
        except (ArithmeticError, ValueError):  # math raises where IEEE-754 has an answer
            y, dx = ieee("round", x)
        out = blank()
        out._data = y
        out._grad = 0.0
        out.op = "round"
        out._x = self
        out._dx = dx
        out._y = None
        out._dy = None
        if modes.hook is not None:
            modes.hook(out)
        return out


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


@overload
def pow(a: float, b: float) -> float: ...
@overload
def pow(a: Operand, b: Operand) -> Value: ...
def pow(a: Operand, b: Operand) -> Value | float:
    """Power; a constant exponent is not differentiated.

    y = pow(a, b)
    dy/da = where(b == 0, where(abs(a) > 0, b / a, 0), b * pow(a, b - 1))
    dy/db = where(a == 0, where(b < 0, -inf, where(b >= 0, 0, b)), y * log(a))

    At kinks: exponent 0: derivative 0; base 0: the exponent's derivative is 0.
    """
    operands = (a, b)
    if all_values(map(type, operands)):
        make = node
        a = a._data
        b = b._data
    elif (symbol := symbol_among(operands)) is not None:
        return symbol.record("pow", operands)
    else:
        make = record
        a = primal(a)
        b = primal(b)
    try:
        y = math.pow(a, b)
        da = (b / a if math.fabs(a) > 0.0 else 0.0) if b == 0.0 else b * math.pow(a, b - 1.0) if b - 1.0 + 1.0 == b else (y / a * b if math.fabs(y) < 1e+280 else b * math.pow(a, b - 1.0)) if math.fabs(y) > 1e-280 else b * math.pow(a, b - 1.0)
        db = (-math.inf if b < 0.0 else 0.0 if b >= 0.0 else b) if a == 0.0 else y * math.log(a)
    except (ArithmeticError, ValueError):  # math raises where IEEE-754 has an answer
        y, da, db = ieee("pow", a, b)
    return make("pow", y, operands, (da, db))


@overload
def abs(x: float) -> float: ...
@overload
def abs(x: Operand) -> Value: ...
def abs(x: Operand) -> Value | float:
    """Absolute value.

    y = abs(x)
    dy/dx = sign(x)

    At kinks: abs'(0) = 0.
    """
    return x.__abs__() if isinstance(x, Node) else Value(x).__abs__()._data


@overload
def identity(x: float) -> float: ...
@overload
def identity(x: Operand) -> Value: ...
def identity(x: Operand) -> Value | float:
    """The value itself: a new node with the same number.

    y = x
    dy/dx = 1
    """
    return x.identity() if isinstance(x, Node) else Value(x).identity()._data


@overload
def exp(x: float) -> float: ...
@overload
def exp(x: Operand) -> Value: ...
def exp(x: Operand) -> Value | float:
    """Exponential.

    y = exp(x)
    dy/dx = y
    """
    return x.exp() if isinstance(x, Node) else Value(x).exp()._data


@overload
def expm1(x: float) -> float: ...
@overload
def expm1(x: Operand) -> Value: ...
def expm1(x: Operand) -> Value | float:
    """Exponential minus 1, exact near 0.

    y = expm1(x)
    dy/dx = exp(x)
    """
    return x.expm1() if isinstance(x, Node) else Value(x).expm1()._data


@overload
def log(x: float) -> float: ...
@overload
def log(x: Operand) -> Value: ...
def log(x: Operand) -> Value | float:
    """Natural logarithm.

    y = log(x)
    dy/dx = 1 / x
    """
    return x.log() if isinstance(x, Node) else Value(x).log()._data


@overload
def log1p(x: float) -> float: ...
@overload
def log1p(x: Operand) -> Value: ...
def log1p(x: Operand) -> Value | float:
    """Logarithm of 1 + x, exact near 0.

    y = log1p(x)
    dy/dx = 1 / (1 + x)
    """
    return x.log1p() if isinstance(x, Node) else Value(x).log1p()._data


@overload
def log2(x: float) -> float: ...
@overload
def log2(x: Operand) -> Value: ...
def log2(x: Operand) -> Value | float:
    """Logarithm to base 2.

    y = log2(x)
    dy/dx = 1 / (x * log(2))
    """
    return x.log2() if isinstance(x, Node) else Value(x).log2()._data


@overload
def log10(x: float) -> float: ...
@overload
def log10(x: Operand) -> Value: ...
def log10(x: Operand) -> Value | float:
    """Logarithm to base 10.

    y = log10(x)
    dy/dx = 1 / (x * log(10))
    """
    return x.log10() if isinstance(x, Node) else Value(x).log10()._data


@overload
def sqrt(x: float) -> float: ...
@overload
def sqrt(x: Operand) -> Value: ...
def sqrt(x: Operand) -> Value | float:
    """Square root.

    y = sqrt(x)
    dy/dx = 0.5 / y

    At kinks: sqrt'(0) = inf.
    """
    return x.sqrt() if isinstance(x, Node) else Value(x).sqrt()._data


@overload
def cbrt(x: float) -> float: ...
@overload
def cbrt(x: Operand) -> Value: ...
def cbrt(x: Operand) -> Value | float:
    """Cube root.

    y = cbrt(x)
    dy/dx = pow(y, -2) / 3

    At kinks: cbrt'(0) = inf.
    """
    return x.cbrt() if isinstance(x, Node) else Value(x).cbrt()._data


@overload
def sin(x: float) -> float: ...
@overload
def sin(x: Operand) -> Value: ...
def sin(x: Operand) -> Value | float:
    """Sine of an angle in radians.

    y = sin(x)
    dy/dx = cos(x)
    """
    return x.sin() if isinstance(x, Node) else Value(x).sin()._data


@overload
def cos(x: float) -> float: ...
@overload
def cos(x: Operand) -> Value: ...
def cos(x: Operand) -> Value | float:
    """Cosine of an angle in radians.

    y = cos(x)
    dy/dx = -sin(x)
    """
    return x.cos() if isinstance(x, Node) else Value(x).cos()._data


@overload
def tan(x: float) -> float: ...
@overload
def tan(x: Operand) -> Value: ...
def tan(x: Operand) -> Value | float:
    """Tangent of an angle in radians.

    y = tan(x)
    dy/dx = 1 + y * y
    """
    return x.tan() if isinstance(x, Node) else Value(x).tan()._data


@overload
def asin(x: float) -> float: ...
@overload
def asin(x: Operand) -> Value: ...
def asin(x: Operand) -> Value | float:
    """Inverse sine, in radians.

    y = asin(x)
    dy/dx = 1 / sqrt((1 - x) * (1 + x))
    """
    return x.asin() if isinstance(x, Node) else Value(x).asin()._data


@overload
def acos(x: float) -> float: ...
@overload
def acos(x: Operand) -> Value: ...
def acos(x: Operand) -> Value | float:
    """Inverse cosine, in radians.

    y = acos(x)
    dy/dx = -1 / sqrt((1 - x) * (1 + x))
    """
    return x.acos() if isinstance(x, Node) else Value(x).acos()._data


@overload
def atan(x: float) -> float: ...
@overload
def atan(x: Operand) -> Value: ...
def atan(x: Operand) -> Value | float:
    """Inverse tangent, in radians.

    y = atan(x)
    dy/dx = 1 / (1 + x * x)
    """
    return x.atan() if isinstance(x, Node) else Value(x).atan()._data


@overload
def atan2(a: float, b: float) -> float: ...
@overload
def atan2(a: Operand, b: Operand) -> Value: ...
def atan2(a: Operand, b: Operand) -> Value | float:
    """Angle of the point (b, a), in radians.

    y = atan2(a, b)
    h = hypot(a, b)
    dy/da = b / h / h
    dy/db = -a / h / h
    """
    operands = (a, b)
    if all_values(map(type, operands)):
        make = node
        a = a._data
        b = b._data
    elif (symbol := symbol_among(operands)) is not None:
        return symbol.record("atan2", operands)
    else:
        make = record
        a = primal(a)
        b = primal(b)
    try:
        h = math.hypot(a, b)
        y = math.atan2(a, b)
        da = b / h / h
        db = -a / h / h
    except (ArithmeticError, ValueError):  # math raises where IEEE-754 has an answer
        y, da, db = ieee("atan2", a, b)
    return make("atan2", y, operands, (da, db))


@overload
def sinh(x: float) -> float: ...
@overload
def sinh(x: Operand) -> Value: ...
def sinh(x: Operand) -> Value | float:
    """Hyperbolic sine.

    y = sinh(x)
    dy/dx = cosh(x)
    """
    return x.sinh() if isinstance(x, Node) else Value(x).sinh()._data


@overload
def cosh(x: float) -> float: ...
@overload
def cosh(x: Operand) -> Value: ...
def cosh(x: Operand) -> Value | float:
    """Hyperbolic cosine.

    y = cosh(x)
    dy/dx = sinh(x)
    """
    return x.cosh() if isinstance(x, Node) else Value(x).cosh()._data


@overload
def tanh(x: float) -> float: ...
@overload
def tanh(x: Operand) -> Value: ...
def tanh(x: Operand) -> Value | float:
    """Hyperbolic tangent.

    y = tanh(x)
    dy/dx = 1 - y * y
    """
    return x.tanh() if isinstance(x, Node) else Value(x).tanh()._data


@overload
def asinh(x: float) -> float: ...
@overload
def asinh(x: Operand) -> Value: ...
def asinh(x: Operand) -> Value | float:
    """Inverse hyperbolic sine.

    y = asinh(x)
    dy/dx = 1 / hypot(x, 1)
    """
    return x.asinh() if isinstance(x, Node) else Value(x).asinh()._data


@overload
def acosh(x: float) -> float: ...
@overload
def acosh(x: Operand) -> Value: ...
def acosh(x: Operand) -> Value | float:
    """Inverse hyperbolic cosine.

    y = acosh(x)
    dy/dx = 1 / (sqrt(x - 1) * sqrt(x + 1))
    """
    return x.acosh() if isinstance(x, Node) else Value(x).acosh()._data


@overload
def atanh(x: float) -> float: ...
@overload
def atanh(x: Operand) -> Value: ...
def atanh(x: Operand) -> Value | float:
    """Inverse hyperbolic tangent.

    y = atanh(x)
    dy/dx = 1 / ((1 - x) * (1 + x))
    """
    return x.atanh() if isinstance(x, Node) else Value(x).atanh()._data


@overload
def sigmoid(x: float) -> float: ...
@overload
def sigmoid(x: Operand) -> Value: ...
def sigmoid(x: Operand) -> Value | float:
    """Logistic function 1 / (1 + exp(-x)), without overflow.

    y = where(x < 0, e, 1) / (1 + e)
    e = exp(where(x < 0, x, -x))
    dy/dx = y * (1 - y)
    """
    return x.sigmoid() if isinstance(x, Node) else Value(x).sigmoid()._data


@overload
def softplus(x: float) -> float: ...
@overload
def softplus(x: Operand) -> Value: ...
def softplus(x: Operand) -> Value | float:
    """Smooth relu, log(1 + exp(x)), without overflow.

    y = maximum(x, 0) + log1p(e)
    e = exp(where(x < 0, x, -x))
    dy/dx = where(x < 0, e, 1) / (1 + e)
    """
    return x.softplus() if isinstance(x, Node) else Value(x).softplus()._data


@overload
def relu(x: float) -> float: ...
@overload
def relu(x: Operand) -> Value: ...
def relu(x: Operand) -> Value | float:
    """Positive part, max(x, 0).

    y = where(x <= 0, 0, x)
    dy/dx = where(x > 0, 1, 0)

    At kinks: relu'(0) = 0.
    """
    return x.relu() if isinstance(x, Node) else Value(x).relu()._data


@overload
def leaky_relu(x: float, slope: float = 0.01) -> float: ...
@overload
def leaky_relu(x: Operand, slope: Operand = 0.01) -> Value: ...
def leaky_relu(x: Operand, slope: Operand = 0.01) -> Value | float:
    """Leaky relu: x where positive, slope * x elsewhere.

    y = where(x > 0, x, slope * x)
    dy/dx = where(x > 0, 1, slope)
    dy/dslope = where(x > 0, 0, x)

    At kinks: leaky_relu'(0) = slope.
    """
    operands = (x, slope)
    if all_values(map(type, operands)):
        make = node
        x = x._data
        slope = slope._data
    elif (symbol := symbol_among(operands)) is not None:
        return symbol.record("leaky_relu", operands)
    else:
        make = record
        x = primal(x)
        slope = primal(slope)
    y = x if x > 0.0 else slope * x
    dx = 1.0 if x > 0.0 else slope
    dslope = 0.0 if x > 0.0 else x
    return make("leaky_relu", y, operands, (dx, dslope))


@overload
def elu(x: float, alpha: float = 1.0) -> float: ...
@overload
def elu(x: Operand, alpha: Operand = 1.0) -> Value: ...
def elu(x: Operand, alpha: Operand = 1.0) -> Value | float:
    """Exponential linear unit: x where positive, alpha * (exp(x) - 1) elsewhere (Clevert et al. 2015).

    y = where(x > 0, x, alpha * e)
    e = expm1(minimum(x, 0))
    dy/dx = where(x > 0, 1, alpha * exp(x))
    dy/dalpha = where(x > 0, 0, e)

    At kinks: elu'(0) = alpha.
    """
    operands = (x, alpha)
    if all_values(map(type, operands)):
        make = node
        x = x._data
        alpha = alpha._data
    elif (symbol := symbol_among(operands)) is not None:
        return symbol.record("elu", operands)
    else:
        make = record
        x = primal(x)
        alpha = primal(alpha)
    try:
        e = math.expm1(floats.minimum(x, 0.0))
        y = x if x > 0.0 else alpha * e
        dx = 1.0 if x > 0.0 else alpha * math.exp(x)
        dalpha = 0.0 if x > 0.0 else e
    except (ArithmeticError, ValueError):  # math raises where IEEE-754 has an answer
        y, dx, dalpha = ieee("elu", x, alpha)
    return make("elu", y, operands, (dx, dalpha))


@overload
def gelu(x: float) -> float: ...
@overload
def gelu(x: Operand) -> Value: ...
def gelu(x: Operand) -> Value | float:
    """Gaussian error linear unit: x times the normal distribution function (Hendrycks and Gimpel 2016), exact.

    y = x * c
    c = 0.5 * erfc(-x / sqrt(2))
    dy/dx = c + x * exp(-x * x / 2) / sqrt(2 * pi)
    """
    return x.gelu() if isinstance(x, Node) else Value(x).gelu()._data


@overload
def silu(x: float) -> float: ...
@overload
def silu(x: Operand) -> Value: ...
def silu(x: Operand) -> Value | float:
    """Sigmoid linear unit x * sigmoid(x), also called swish.

    y = x * s
    e = exp(where(x < 0, x, -x))
    s = where(x < 0, e, 1) / (1 + e)
    dy/dx = s * (1 + x * (1 - s))
    """
    return x.silu() if isinstance(x, Node) else Value(x).silu()._data


@overload
def erf(x: float) -> float: ...
@overload
def erf(x: Operand) -> Value: ...
def erf(x: Operand) -> Value | float:
    """Error function (DLMF 7.2.1).

    y = erf(x)
    dy/dx = 2 / sqrt(pi) * exp(-x * x)
    """
    return x.erf() if isinstance(x, Node) else Value(x).erf()._data


@overload
def erfc(x: float) -> float: ...
@overload
def erfc(x: Operand) -> Value: ...
def erfc(x: Operand) -> Value | float:
    """Complementary error function (DLMF 7.2.2).

    y = erfc(x)
    dy/dx = -2 / sqrt(pi) * exp(-x * x)
    """
    return x.erfc() if isinstance(x, Node) else Value(x).erfc()._data


@overload
def maximum(a: float, b: float) -> float: ...
@overload
def maximum(a: Operand, b: Operand) -> Value: ...
def maximum(a: Operand, b: Operand) -> Value | float:
    """The larger of two.

    y = maximum(a, b)
    dy/da = where(a > b, 1, where(a < b, 0, 0.5))
    dy/db = where(a > b, 0, where(a < b, 1, 0.5))

    At kinks: a tie gives 1/2 to each.
    """
    operands = (a, b)
    if all_values(map(type, operands)):
        make = node
        a = a._data
        b = b._data
    elif (symbol := symbol_among(operands)) is not None:
        return symbol.record("maximum", operands)
    else:
        make = record
        a = primal(a)
        b = primal(b)
    y = floats.maximum(a, b)
    da = 1.0 if a > b else 0.0 if a < b else 0.5
    db = 0.0 if a > b else 1.0 if a < b else 0.5
    return make("maximum", y, operands, (da, db))


@overload
def minimum(a: float, b: float) -> float: ...
@overload
def minimum(a: Operand, b: Operand) -> Value: ...
def minimum(a: Operand, b: Operand) -> Value | float:
    """The smaller of two.

    y = minimum(a, b)
    dy/da = where(a < b, 1, where(a > b, 0, 0.5))
    dy/db = where(a < b, 0, where(a > b, 1, 0.5))

    At kinks: a tie gives 1/2 to each.
    """
    operands = (a, b)
    if all_values(map(type, operands)):
        make = node
        a = a._data
        b = b._data
    elif (symbol := symbol_among(operands)) is not None:
        return symbol.record("minimum", operands)
    else:
        make = record
        a = primal(a)
        b = primal(b)
    y = floats.minimum(a, b)
    da = 1.0 if a < b else 0.0 if a > b else 0.5
    db = 0.0 if a < b else 1.0 if a > b else 0.5
    return make("minimum", y, operands, (da, db))


@overload
def clamp(x: float, low: float = -math.inf, high: float = math.inf) -> float: ...
@overload
def clamp(x: Operand, low: Operand = -math.inf, high: Operand = math.inf) -> Value: ...
def clamp(x: Operand, low: Operand = -math.inf, high: Operand = math.inf) -> Value | float:
    """Limit x to [low, high].

    y = minimum(maximum(x, low), high)
    dy/dx = where(x < low, 0, where(x > high, 0, 1))
    dy/dlow = where(x < low, where(low > high, 0, 1), 0)
    dy/dhigh = where(maximum(x, low) > high, 1, 0)

    At kinks: on a limit, x keeps derivative 1.
    """
    operands = (x, low, high)
    if all_values(map(type, operands)):
        make = node
        x = x._data
        low = low._data
        high = high._data
    elif (symbol := symbol_among(operands)) is not None:
        return symbol.record("clamp", operands)
    else:
        make = record
        x = primal(x)
        low = primal(low)
        high = primal(high)
    y = floats.minimum(floats.maximum(x, low), high)
    dx = 0.0 if x < low else 0.0 if x > high else 1.0
    dlow = (0.0 if low > high else 1.0) if x < low else 0.0
    dhigh = 1.0 if floats.maximum(x, low) > high else 0.0
    return make("clamp", y, operands, (dx, dlow, dhigh))


@overload
def where(condition: float, a: float, b: float) -> float: ...
@overload
def where(condition: Operand, a: Operand, b: Operand) -> Value: ...
def where(condition: Operand, a: Operand, b: Operand) -> Value | float:
    """Choose a where the condition holds (is not 0), b elsewhere.

    y = where(condition, a, b)
    dy/dcondition = 0
    dy/da = where(condition, 1, 0)
    dy/db = where(condition, 0, 1)
    """
    condition = checked_condition(condition)
    operands = (condition, a, b)
    if all_values(map(type, operands)):
        make = node
        condition = condition._data
        a = a._data
        b = b._data
    elif (symbol := symbol_among(operands)) is not None:
        return symbol.record("where", operands)
    else:
        make = record
        condition = primal(condition)
        a = primal(a)
        b = primal(b)
    y = a if condition else b
    dcondition = 0.0
    da = 1.0 if condition else 0.0
    db = 0.0 if condition else 1.0
    return make("where", y, operands, (dcondition, da, db))


@overload
def hypot(a: float, b: float) -> float: ...
@overload
def hypot(a: Operand, b: Operand) -> Value: ...
def hypot(a: Operand, b: Operand) -> Value | float:
    """Length of the vector (a, b), without overflow.

    y = hypot(a, b)
    dy/da = where(y == 0, 0, a / y)
    dy/db = where(y == 0, 0, b / y)

    At kinks: at (0, 0) both derivatives are 0.
    """
    operands = (a, b)
    if all_values(map(type, operands)):
        make = node
        a = a._data
        b = b._data
    elif (symbol := symbol_among(operands)) is not None:
        return symbol.record("hypot", operands)
    else:
        make = record
        a = primal(a)
        b = primal(b)
    try:
        y = math.hypot(a, b)
        da = 0.0 if y == 0.0 else a / y
        db = 0.0 if y == 0.0 else b / y
    except (ArithmeticError, ValueError):  # math raises where IEEE-754 has an answer
        y, da, db = ieee("hypot", a, b)
    return make("hypot", y, operands, (da, db))


@overload
def sign(x: float) -> float: ...
@overload
def sign(x: Operand) -> Value: ...
def sign(x: Operand) -> Value | float:
    """-1, 0 or 1.

    y = sign(x)
    dy/dx = 0

    At kinks: derivative 0 everywhere.
    """
    return x.sign() if isinstance(x, Node) else Value(x).sign()._data


@overload
def floor(x: float) -> float: ...
@overload
def floor(x: Operand) -> Value: ...
def floor(x: Operand) -> Value | float:
    """Largest integer not above x.

    y = floor(x)
    dy/dx = 0

    At kinks: derivative 0 everywhere.
    """
    return x.floor() if isinstance(x, Node) else Value(x).floor()._data


@overload
def ceil(x: float) -> float: ...
@overload
def ceil(x: Operand) -> Value: ...
def ceil(x: Operand) -> Value | float:
    """Smallest integer not below x.

    y = ceil(x)
    dy/dx = 0

    At kinks: derivative 0 everywhere.
    """
    return x.ceil() if isinstance(x, Node) else Value(x).ceil()._data


@overload
def round(x: float) -> float: ...
@overload
def round(x: Operand) -> Value: ...
def round(x: Operand) -> Value | float:
    """Nearest integer, halves to the even one.

    y = round(x)
    dy/dx = 0

    At kinks: derivative 0 everywhere.
    """
    return x.round() if isinstance(x, Node) else Value(x).round()._data


@overload
def sum(x: Iterable[float]) -> float: ...
@overload
def sum(x: Iterable[Operand]) -> Value: ...
def sum(x: Iterable[Operand]) -> Value | float:
    """Sum of a sequence, as one node.

    y = sum(x)
    dy/dx = 1
    """
    xs = aslist("sum", x)
    operands = (*xs,)
    if all_values(map(type, operands)):
        make = node
        x = [v._data for v in xs]
    elif (symbol := symbol_among(operands)) is not None:
        return symbol.record("sum", operands)
    else:
        make = record
        x = primals(xs)
    y = floats.sum(x)
    dx = [1.0] * len(x)
    return make("sum", y, operands, (*dx,))


@overload
def mean(x: Iterable[float]) -> float: ...
@overload
def mean(x: Iterable[Operand]) -> Value: ...
def mean(x: Iterable[Operand]) -> Value | float:
    """Mean of a sequence, as one node.

    y = sum(x) / size(x)
    dy/dx = 1 / size(x)
    """
    xs = aslist("mean", x)
    operands = (*xs,)
    if all_values(map(type, operands)):
        make = node
        x = [v._data for v in xs]
    elif (symbol := symbol_among(operands)) is not None:
        return symbol.record("mean", operands)
    else:
        make = record
        x = primals(xs)
    try:
        y = floats.sum(x) / len(x)
        dx = [1.0 / len(x)] * len(x)
    except (ArithmeticError, ValueError):  # math raises where IEEE-754 has an answer
        y, dx = ieee("mean", x)
    return make("mean", y, operands, (*dx,))


@overload
def dot(w: Iterable[float], x: Iterable[float], b: float = 0.0) -> float: ...
@overload
def dot(w: Iterable[Operand], x: Iterable[Operand], b: Operand = 0.0) -> Value: ...
def dot(w: Iterable[Operand], x: Iterable[Operand], b: Operand = 0.0) -> Value | float:
    """Sum of products plus b, as one node: a neuron's w·x + b, whose bias b sits on an edge of constant 1.

    y = sum(w * x) + b
    dy/dw = x
    dy/dx = w
    dy/db = 1
    """
    ws = aslist("dot", w)
    xs = aslist("dot", x)
    if len(ws) != len(xs):
        raise unequal("dot", w=ws, x=xs)
    operands = (*ws, *xs, b)
    if all_values(map(type, operands)):
        make = node
        w = [v._data for v in ws]
        x = [v._data for v in xs]
        b = b._data
    elif (symbol := symbol_among(operands)) is not None:
        return symbol.record("dot", operands)
    else:
        make = record
        w = primals(ws)
        x = primals(xs)
        b = primal(b)
    y = floats.sum(map(mul, w, x)) + b
    dw = x
    dx = w
    db = 1.0
    return make("dot", y, operands, (*dw, *dx, db))


@overload
def logsumexp(x: Iterable[float]) -> float: ...
@overload
def logsumexp(x: Iterable[Operand]) -> Value: ...
def logsumexp(x: Iterable[Operand]) -> Value | float:
    """Logarithm of the sum of exponentials, without overflow; its partials are softmax(x).

    y = m + log(s)
    top = max(x)
    m = where(abs(top) == inf, 0, top)
    e = exp(x - m)
    s = sum(e)
    dy/dx = e / s
    """
    xs = aslist("logsumexp", x)
    operands = (*xs,)
    if all_values(map(type, operands)):
        make = node
        x = [v._data for v in xs]
    elif (symbol := symbol_among(operands)) is not None:
        return symbol.record("logsumexp", operands)
    else:
        make = record
        x = primals(xs)
    try:
        top = floats.max(x)
        m = 0.0 if math.fabs(top) == math.inf else top
        e = [math.exp(x_i - m) for x_i in x]
        s = floats.sum(e)
        y = m + math.log(s)
        dx = [e_i / s for e_i in e]
    except (ArithmeticError, ValueError):  # math raises where IEEE-754 has an answer
        y, dx = ieee("logsumexp", x)
    return make("logsumexp", y, operands, (*dx,))


def dot_of_values(w: Sequence[Value], x: Sequence[Value], b: Value, numbers: Sequence[float]) -> Value:
    """The same as :func:`dot`, of Values and equal lengths only, with the numbers behind `x`."""
    operands = (*w, *x, b)
    w = [v._data for v in w]
    x = numbers
    b = b._data
    y = floats.sum(map(mul, w, x)) + b
    dw = x
    dx = w
    db = 1.0
    out = blank()
    out._data = y
    out._grad = 0.0
    out.op = "dot"
    out._x = None
    out._many = (operands, operands, (*dw, *dx, db))
    if modes.hook is not None:
        modes.hook(out)
    return out
