"""Data frames of any make (pandas, Polars, PyArrow, Dask, ...): their columns as numbers and their names, by narwhals.

A frame that is not in memory, such as Dask's or Polars' lazy one, is gathered first. Rows in errors are counted from 0.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from autograd.errors import DataError, OperandError, nearest
from nn.data.table import MANY_CLASSES, TASKS, Table, check_task, look_like_measurements

if TYPE_CHECKING:
    import narwhals as nw

__all__ = ["frame_of", "is_no_value", "load_parquet", "names_of", "numbers_of", "table_of"]

#: Libraries that read Parquet files, in the order in which they are asked.
_READERS: tuple[Literal["pyarrow", "polars", "pandas"], ...] = ("pyarrow", "polars", "pandas")


def frame_of(given: Any) -> nw.DataFrame[Any] | None:
    """Return narwhals' view of a data frame, or None for whatever else is given.

    Raises:
        DataError: two columns have one name.

    >>> frame_of([[1.0, 2.0]]) is None
    True
    """
    kind = type(given)
    if not hasattr(kind, "columns") and not hasattr(kind, "schema"):
        return None
    import narwhals as nw  # late: most rows come as arrays, and the import takes as long as a training

    if hasattr(kind, "compute"):  # Dask's
        given = given.compute()
    try:
        frame = nw.from_native(given, pass_through=True)
    except nw.exceptions.DuplicateError as error:
        raise DataError(f"a data frame's columns need names that differ: {' '.join(str(error).split())}") from None
    if isinstance(frame, nw.LazyFrame):
        return frame.collect()
    return frame if isinstance(frame, nw.DataFrame) else None


def names_of(frame: nw.DataFrame[Any]) -> NDArray[Any] | None:
    """Return the names of the columns, (columns,), or None where none is text, as in pandas' numbered columns.

    Raises:
        OperandError: some are text and some are not.

    >>> import narwhals
    >>> names_of(frame_of(narwhals.from_dict({"a": [1], "b": [2]}, backend="pyarrow"))).tolist()
    ['a', 'b']
    """
    kinds = sorted({type(name).__name__ for name in frame.columns})
    if "str" not in kinds:
        return None
    if len(kinds) > 1:
        raise OperandError(
            "Feature names are only supported if all input features have string names, but your input has "
            f"{kinds} as feature name / column name types: rename them, df.columns = df.columns.astype(str)"
        )
    return np.array(frame.columns, dtype=object)


def numbers_of(name: str, frame: nw.DataFrame[Any], columns: Sequence[str] | None = None) -> NDArray[np.float64]:
    """Return columns of finite numbers or truth values, all unless told, as (rows, columns).

    Args:
        name: what the frame is, for errors.
        frame: see :func:`frame_of`.
        columns: their names.

    Raises:
        DataError: a column of text, of dates, or of anything else that is no number; a number that is missing.
    """
    chosen = frame.columns if columns is None else columns
    numbers = [_column(f"{name}, column {column!r}", frame.get_column(column)) for column in chosen]
    return np.column_stack(numbers) if numbers else np.empty((len(frame), 0))


def is_no_value(cell: object) -> bool:
    """Tell whether a cell is one of the things that stand for no value: None, nan, pandas' NA.

    >>> is_no_value(float("nan")), is_no_value("")
    (True, False)
    """
    return cell is None or type(cell).__name__ in ("NAType", "NaTType") or (isinstance(cell, float) and cell != cell)


def _column(where: str, series: nw.Series[Any]) -> NDArray[np.float64]:
    import narwhals as nw

    dtype = series.dtype
    if (dtype.is_numeric() or dtype == nw.Boolean) and not series.is_null().any():
        numbers = np.asarray(series.to_numpy(), dtype=float)
    else:
        numbers = np.array([_number(where, row, cell, dtype) for row, cell in enumerate(series)], dtype=float)
    if not np.isfinite(numbers).all():
        row = int(np.argmin(np.isfinite(numbers)))
        raise DataError(f"{where}: row {row} has {numbers[row]} (NaN, infinity or no value); fill in or drop such rows")
    return numbers


def _number(where: str, row: int, cell: Any, dtype: Any) -> float:
    if is_no_value(cell):
        return float("nan")
    if isinstance(cell, str | bytes) or dtype.is_temporal():
        what = f"row {row} has {cell!r}, not a number"
        raise DataError(f"{where}: {what}; {_mend(dtype)}")
    try:
        return float(cell)
    except (TypeError, ValueError):
        raise DataError(
            f"{where}: row {row} has {cell!r} ({type(cell).__name__}), not a number; drop the column"
        ) from None


def _mend(dtype: Any) -> str:
    if dtype.is_temporal():
        return "subtract a start and take days or seconds"
    return "drop the column, encode it (a 0/1 column a word), or make numbers of it: df.astype(float)"


def table_of(
    frame: nw.DataFrame[Any], target: str | None = None, *, task: str | None = None, where: str = "the frame"
) -> Table:
    """Return a frame as a Table; its target is told, or the last column, as for :func:`nn.data.csv_file.load_csv`.

    Raises:
        DataError: a column that is not numbers, a class that is missing, one class only, no such target.
        UnknownNameError: no such task.

    >>> import narwhals
    >>> frame = narwhals.from_dict({"petal": [1.4, 5.1, 1.3], "species": ["a", "b", "a"]}, backend="pyarrow")
    >>> table_of(frame).labels.tolist()
    ['a', 'b', 'a']
    """
    check_task(task)
    columns = [str(name) for name in frame.columns]
    if len(columns) < 2 or len(frame) < 2:
        raise DataError(f"{where} has {len(frame)} rows and {len(columns)} columns; expected at least 2 of each")
    if target is None:
        target = columns[-1]
    if target not in columns:
        known = ", ".join(map(repr, columns))
        raise DataError(f"{where} has no column {target!r}{nearest(target, columns)}; columns: {known}")
    features = [name for name in columns if name != target]
    cells = frame.get_column(target).to_list()
    for row, cell in enumerate(cells):
        if is_no_value(cell):
            raise DataError(f"{where}, column {target!r}: row {row} has no value; fill it in or remove the row")
    are_numbers = frame.get_column(target).dtype.is_numeric()
    if (task or TASKS[are_numbers and look_like_measurements(cells)]) == "regression":
        y = _column(f"{where}, column {target!r}", frame.get_column(target))
        return Table(numbers_of(where, frame, features), y, tuple(features), (), target)
    classes = sorted(set(cells), key=None if are_numbers else str)
    if len(classes) < 2 or (not are_numbers and len(classes) > MANY_CLASSES and len(classes) >= 0.9 * len(cells)):
        what = f"{len(cells)} rows hold {len(classes)} different classes; a classifier needs a few, at least two"
        raise DataError(f"{where}, column {target!r}: {what}")
    place = {name: i for i, name in enumerate(classes)}
    labels = np.array([place[cell] for cell in cells], dtype=np.int64)
    return Table(numbers_of(where, frame, features), labels, tuple(features), tuple(map(str, classes)), target)


def load_parquet(path: str | os.PathLike[str], target: str | None = None, *, task: str | None = None) -> Table:
    """Read a Parquet file into a Table, by PyArrow, Polars or pandas, whichever is installed; see :func:`table_of`.

    Raises:
        ImportError: none of them is.
        DataError: the file is not there, is no Parquet file, or is no table to learn from.
    """
    reader = next((name for name in _READERS if importlib.util.find_spec(name)), None)
    if reader is None:
        raise ImportError("reading Parquet needs PyArrow, Polars or pandas: pip install 'glassgrad[parquet]'")
    import narwhals as nw

    if not Path(path).is_file():
        guess = nearest(Path(path).name, [other.name for other in Path(path).parent.glob("*.parquet")])
        raise DataError(f"{os.fspath(path)}: there is no such file{guess}")
    try:
        frame = nw.read_parquet(os.fspath(path), backend=reader)
    except Exception as error:  # each reader has its own
        raise DataError(f"{os.fspath(path)}: cannot be read as a Parquet file: {error}") from error
    return table_of(frame, target, task=task, where=os.fspath(path))
