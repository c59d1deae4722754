"""What users give, checked in one place: whole numbers, rows of numbers, rows held out."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import DataError, OperandError

__all__ = ["pair", "rows_of_numbers", "whole"]

_Array = np.ndarray[Any, np.dtype[np.float64]]


def whole(name: str, number: object, least: int = 1) -> None:
    """Raise OperandError unless `number` is an int, or NumPy's, of at least `least`; True is no number.

    >>> whole("epochs", 3)
    """
    if isinstance(number, bool) or not isinstance(number, int | np.integer) or number < least:
        raise OperandError(f"{name} must be a whole number of at least {least}, got {number!r}")


def pair(validation: object) -> tuple[Any, Any]:
    """Return the two parts of `validation`.

    Raises:
        DataError: it is no pair (X, y).

    >>> pair(([[1.0, 2.0]], [0]))
    ([[1.0, 2.0]], [0])
    """
    if not isinstance(validation, tuple | list) or len(validation) != 2:
        size = f" of {len(validation)}" if isinstance(validation, tuple | list) else ""
        raise DataError(f"validation is a pair (X, y), rows and their labels; got {type(validation).__name__}{size}")
    return validation[0], validation[1]


def rows_of_numbers(name: str, X: Any) -> _Array:
    """Return X as an array of floats, of whatever shape.

    Raises:
        DataError: rows of several lengths, text, complex numbers.
        OperandError: things that are no numbers.

    >>> rows_of_numbers("X", [[1, 2]])
    array([[1., 2.]])
    """
    try:
        raw = np.asarray(X)
        numbers = None if np.iscomplexobj(raw) else raw.astype(float)
    except (TypeError, ValueError) as error:
        kind = OperandError if isinstance(error, TypeError) else DataError
        raise kind(f"{name} must be rows of numbers, all of one length: {error}") from None
    if numbers is None:
        raise DataError(f"Complex data not supported: {name} must be real numbers")
    return numbers
