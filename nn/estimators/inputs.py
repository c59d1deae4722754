"""What estimators are given, checked: tables with the names of their columns, labels, numbers."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from autograd import DataError, LengthError, OperandError
from nn.checks import rows_of_numbers
from nn.data.frames import frame_of, names_of, numbers_of
from nn.estimators.interface import from_sklearn

__all__ = ["Columns", "Target", "columns_of", "labels_of", "numbers_to_predict", "table_of_numbers"]

_Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Target:
    """What there is to learn, as the model takes it.

    Attributes:
        y: classes counted from 0, (rows,), or numbers, (rows,) or (rows, targets).
        n_outputs: how many outputs the model needs.
        weights: how much each row counts, (rows,); None: all the same.
        fitted: the attributes that make something of the model's outputs, by name.
    """

    y: _Array
    n_outputs: int
    weights: _Array | None
    fitted: dict[str, Any] = field(default_factory=dict)


class Columns(NamedTuple):
    """What a table must have to go with another.

    Attributes:
        owner: who was fitted on the other.
        width: how many columns.
        names: their names, if they are known.
        expects_names: whether to warn of a table without names.
    """

    owner: str
    width: int
    names: _Array | None
    expects_names: bool

    def check_names(self, names: _Array | None) -> None:
        """Raise DataError for other names or another order; of names that only one side has there is a warning."""
        if names is not None and self.names is not None and list(names) != list(self.names):
            raise DataError(_difference(list(self.names), list(names)))
        if names is None and self.names is not None and self.expects_names:
            what = f"X does not have valid feature names, but {self.owner} was fitted with feature names"
            warnings.warn(what, stacklevel=6)
        if names is not None and self.names is None:
            what = f"X has feature names, but {self.owner} was fitted without feature names"
            warnings.warn(what, stacklevel=6)

    def check_width(self, width: int) -> None:
        """Raise LengthError for another number of columns."""
        if width != self.width:
            raise LengthError(f"X has {width} features, but {self.owner} is expecting {self.width} features as input")


def table_of_numbers(X: Any, like: Columns | None = None) -> tuple[_Array, _Array | None]:
    """Return rows of finite numbers, (rows, columns), and the names of the columns, if X is a data frame with names.

    Raises:
        DataError, OperandError, LengthError: X is nothing of the kind, or has not the columns that it should have.
    """
    if hasattr(X, "toarray"):
        raise OperandError("sparse input is not supported: pass X.toarray()")
    frame = frame_of(X)
    names = None if frame is None else names_of(frame)
    if like is not None:
        like.check_names(names)
    matrix = rows_of_numbers("X", X) if frame is None else numbers_of("X", frame)
    if matrix.ndim != 2:
        raise DataError(
            f"X must have the shape (rows, columns), got {matrix.shape}. Reshape your data: X.reshape(-1, 1) if it is "
            "one column, X.reshape(1, -1) if it is one row"
        )
    if 0 in matrix.shape:
        raise DataError(
            f"X is empty: {matrix.shape[0]} sample(s) and {matrix.shape[1]} feature(s) (shape={matrix.shape}) "
            "while a minimum of 1 is required."
        )
    if not np.isfinite(matrix).all():
        row, column = np.argwhere(~np.isfinite(matrix))[0]
        raise DataError(
            f"X contains {matrix[row, column]} (NaN, infinity or a missing cell) in row {row}, column {column}: "
            "fill in or drop such rows first"
        )
    if like is not None:
        like.check_width(matrix.shape[1])
    return matrix, names


def _difference(fitted: list[str], given: list[str]) -> str:
    """The error for names that differ, in scikit-learn's words."""
    lines = ["The feature names should match those that were passed during fit."]
    for title, names in (
        ("Feature names unseen at fit time:", sorted(set(given) - set(fitted))),
        ("Feature names seen at fit time, yet now missing:", sorted(set(fitted) - set(given))),
    ):
        if names:
            lines += [title, *(f"- {name}" for name in names[:5]), *(["- ..."] if len(names) > 5 else [])]
    if len(lines) == 1:
        lines += ["Feature names must be in the same order as they were in fit."]
        lines += ["To take them in that order: X = X[list(estimator.feature_names_in_)]"]
    return "\n".join(lines) + "\n"


def columns_of(y: Any) -> Any:
    """Return the columns of a data frame as an array, (rows,) if there is one; anything else as it is."""
    frame = frame_of(y)
    if frame is None:
        return y
    columns = [frame.get_column(name).to_numpy() for name in frame.columns]
    return columns[0] if len(columns) == 1 else np.column_stack(columns)


def labels_of(y: Any, rows: int, owner: str) -> _Array:
    """Return class labels, (rows,), every one as different from the others as it was given.

    Raises:
        DataError: no labels, a label that is missing, fractions.
        LengthError: not one label a row.
    """
    if y is None:
        raise DataError(f"{owner} requires y to be passed, but the target y is None")
    labels = _as_given(columns_of(y))
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = _one_column(labels)
    if labels.ndim != 1:
        raise DataError(f"y must have the shape (rows,), got {labels.shape}")
    if len(labels) != rows:
        raise LengthError(f"X has {rows} rows but y has {len(labels)} labels: give one label per row")
    if labels.dtype.kind == "f" and not (np.isfinite(labels).all() and (labels == np.floor(labels)).all()):
        raise DataError("Unknown label type: y holds fractions (or NaN), which look like measurements, not classes")
    if labels.dtype.kind == "c":
        raise DataError("Unknown label type: y holds complex numbers, which are no classes")
    if labels.dtype.kind == "O":
        missing = [
            i for i, label in enumerate(labels) if label is None or type(label).__name__ == "NAType" or label != label
        ]
        if missing:
            raise DataError(
                f"y has no label in row {missing[0]}, but {labels[missing[0]]!r}: fill in or drop such rows"
            )
    return labels


def _one_column(labels: _Array) -> _Array:
    kind = from_sklearn("DataConversionWarning", UserWarning)
    warnings.warn("A column-vector y was passed when a 1d array was expected: pass y.ravel()", kind, stacklevel=5)
    return labels[:, 0]


def _as_given(y: Any) -> _Array:
    r"""A sequence of labels as an array that merges none of them, as NumPy would 1 and "1", or "a" and "a\0"."""
    if np.ma.is_masked(y):
        raise DataError("y is a masked array with values masked out: drop those rows of X and y first")
    labels = np.asarray(y)
    if not isinstance(y, list | tuple) or labels.ndim != 1 or labels.dtype.kind == "O":
        return labels
    back = labels.tolist()
    if len(set(map(type, y))) > 1 or any(a != b and a == a for a, b in zip(y, back, strict=True)):
        labels = np.empty(len(y), dtype=object)
        labels[:] = y
    return labels


def numbers_to_predict(y: Any, rows: int, owner: str) -> _Array:
    """Return the targets of a regression, (rows,) or (rows, targets), finite.

    Raises:
        DataError: no numbers, or numbers that are not finite.
        LengthError: not one target a row.
    """
    if y is None:
        raise DataError(f"{owner} requires y to be passed, but the target y is None")
    numbers = rows_of_numbers("y", y)
    if numbers.ndim not in (1, 2) or 0 in numbers.shape[1:]:
        raise DataError(f"y must have the shape (rows,) or (rows, targets), got {numbers.shape}")
    if len(numbers) != rows:
        raise LengthError(f"X has {rows} rows but y has {len(numbers)}: give one target per row")
    if not np.isfinite(numbers).all():
        row = int(np.argwhere(~np.isfinite(numbers))[0][0])
        raise DataError(f"Input y contains NaN or infinity, first in row {row}: fill in or drop such rows first")
    return numbers
