"""What users give, checked in one place: whole numbers, rows of numbers, rows held out, weights of rows."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import DataError, LengthError, OperandError

__all__ = ["pair", "rows_of_numbers", "weights_of", "whole"]

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
    """Return X, an array, a sequence or a data frame, as an array of floats, of whatever shape.

    Raises:
        DataError: rows of several lengths, text, complex numbers, masked ones.
        OperandError: things that are no numbers.

    >>> rows_of_numbers("X", [[1, 2]])
    array([[1., 2.]])
    """
    if np.ma.is_masked(X) or (isinstance(X, list | tuple) and any(map(np.ma.is_masked, X))):
        raise DataError(
            f"{name} is a masked array with numbers masked out: fill them, X.filled(0.0), or drop such rows"
        )
    from nn.data.frames import frame_of, numbers_of  # where rows come in, not where a network is built

    frame = frame_of(X)
    if frame is not None:
        return numbers_of(name, frame)
    try:
        raw = np.asarray(X)
        numbers = None if np.iscomplexobj(raw) else raw.astype(float, copy=False)
    except (TypeError, ValueError) as error:
        kind = OperandError if isinstance(error, TypeError) else DataError
        raise kind(f"{name} must be rows of numbers, all of one length: {error}") from None
    if numbers is None:
        raise DataError(f"Complex data not supported: {name} must be real numbers")
    return numbers


def weights_of(sample_weight: Any, rows: int) -> _Array | None:
    """Return the weights of rows, (rows,), or None if there are none.

    Raises:
        DataError: negative ones, or no row with a weight above 0.
        LengthError: not one weight a row.
    """
    if sample_weight is None:
        return None
    weights = rows_of_numbers("sample_weight", sample_weight)
    if weights.ndim == 0:
        weights = np.full(rows, float(weights))
    if weights.shape != (rows,):
        raise LengthError(f"X has {rows} rows but sample_weight has the shape {weights.shape}: give one weight per row")
    if not np.isfinite(weights).all() or (weights < 0.0).any():
        row = int(np.argmax(~(np.isfinite(weights) & (weights >= 0.0))))
        raise DataError(f"sample_weight must be finite and at least 0; row {row} has {weights[row]}")
    if not weights.any():
        raise DataError("Sample weights must contain at least one non-zero number, but every weight is zero")
    return weights
