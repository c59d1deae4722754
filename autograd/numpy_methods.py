"""What NumPy's functions, and Python's own, call on an object that is no plain number.

``np.tanh(value)``, and ``np.tanh(array_of_values)`` element by element, call the method ``tanh``; so whatever the table
calls as NumPy does works by itself. Here are the names that differ, and operators that have no derivative to speak of.
"""

from __future__ import annotations

import math
from typing import Any, NoReturn

from autograd.errors import OperandError
from autograd.operand import Node

__all__ = ["NumpyMethods"]


class NumpyMethods(Node):
    """Methods by NumPy's names, put together from those that carry the table's."""

    __slots__ = ()

    def arcsin(self: Any) -> Any:
        """Inverse sine, as ``asin``."""
        return self.asin()

    def arccos(self: Any) -> Any:
        """Inverse cosine, as ``acos``."""
        return self.acos()

    def arctan(self: Any) -> Any:
        """Inverse tangent, as ``atan``."""
        return self.atan()

    def arctan2(self: Any, other: Any) -> Any:
        """Angle of the point (other, self), as ``atan2``."""
        return self.atan2(other)

    def arcsinh(self: Any) -> Any:
        """Inverse hyperbolic sine, as ``asinh``."""
        return self.asinh()

    def arccosh(self: Any) -> Any:
        """Inverse hyperbolic cosine, as ``acosh``."""
        return self.acosh()

    def arctanh(self: Any) -> Any:
        """Inverse hyperbolic tangent, as ``atanh``."""
        return self.atanh()

    def exp2(self: Any) -> Any:
        """Power of 2."""
        return 2.0**self

    def square(self: Any) -> Any:
        """The product with itself."""
        return self * self

    def reciprocal(self: Any) -> Any:
        """1 over it."""
        return 1.0 / self

    def degrees(self: Any) -> Any:
        """An angle in radians as degrees."""
        return self * (180.0 / math.pi)

    def radians(self: Any) -> Any:
        """An angle in degrees as radians."""
        return self * (math.pi / 180.0)

    rad2deg, deg2rad = degrees, radians

    def rint(self: Any) -> Any:
        """Nearest integer, as ``round``."""
        return self.round()

    def fabs(self: Any) -> Any:
        """Absolute value."""
        return abs(self)

    def conjugate(self: Any) -> Any:
        """The number itself: it is real."""
        return self

    def __floor__(self: Any) -> Any:
        return self.floor()

    def __ceil__(self: Any) -> Any:
        return self.ceil()

    def __trunc__(self: Any) -> Any:
        return self.sign() * abs(self).floor()

    def __round__(self: Any, digits: int | None = None) -> Any:
        if digits is None:
            return self.round()
        return (self * 10.0**digits).round() / 10.0**digits

    def __floordiv__(self, other: Any) -> NoReturn:
        raise OperandError("Values have no //: write (a / b).floor(), whose derivative is 0")

    def __mod__(self, other: Any) -> NoReturn:
        raise OperandError("Values have no %: write a - b * (a / b).floor()")

    __rfloordiv__, __rmod__ = __floordiv__, __mod__
