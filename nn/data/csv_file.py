"""Your own table: read a CSV file into numbers and a target, or say which cell is in the way and what to do.

The file has a header line and one row a line: features that are numbers, and one column, the target, that names the
class or is a number. Commas, semicolons or tabs between the cells, or what Excel's first line ``sep=;`` says; UTF-8,
with or without a byte order mark; decimal points, or decimal commas throughout the file; quoted cells, blank lines and
surrounding spaces are all right. Line numbers in errors are those of the file, as an editor counts them; a row
whose quoted cells hold line breaks has the number of its first line.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from autograd.errors import DataError, nearest
from nn.data.cells import FLAGS, finite, is_missing, problem
from nn.data.sheet import Sheet, read_sheet
from nn.data.table import MANY_CLASSES, TASKS, Table, check_task, look_like_measurements

__all__ = ["load_columns", "load_csv", "load_words"]


def load_csv(path: str | os.PathLike[str], target: str | None = None, *, task: str | None = None) -> Table:
    r"""Read the CSV file at `path` into a `Table`.

    Args:
        path: the file.
        target: the name of the column to predict; the last one unless told.
        task: ``"classification"`` or ``"regression"``. Unless told, a target is taken for classes, but for numbers
            that look like measurements, see :func:`nn.data.table.look_like_measurements`.

    Returns:
        The table. Classes are told apart by their texts, and sorted as numbers if all of them are, else
        alphabetically. Columns of true and false are 1 and 0.

    Raises:
        DataError: whatever is wrong with the file, one that is not there included; it names file, line and column.
        UnknownNameError: no such task.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "flowers.csv")
    ...     _ = file.write_text("petal,sepal,species\n1.4,5.1,setosa\n5.1,6.0,virginica\n1.3,4.9,setosa\n")
    ...     table = load_csv(file, target="species")
    >>> table.X.tolist(), table.y.tolist(), table.class_names
    ([[1.4, 5.1], [5.1, 6.0], [1.3, 4.9]], [0, 1, 0], ('setosa', 'virginica'))
    """
    check_task(task)
    sheet = read_sheet(Path(path))
    place = _target_place(sheet, target)
    class_names: tuple[str, ...] = ()
    if (task or _task(sheet, place)) == "classification":
        class_names, y = _classes(sheet, place)
        hint = ""
    else:
        y = np.array(_numbers(sheet, place))
        hint = _better_target(sheet, place) if target is None else ""
    features = [column for column in range(len(sheet.header)) if column != place]
    X = np.column_stack([_numbers(sheet, column, hint) for column in features])
    return Table(X, y, tuple(sheet.header[column] for column in features), class_names, sheet.header[place])


def load_columns(path: str | os.PathLike[str], columns: Sequence[str] | int) -> NDArray[np.float64]:
    """Read columns of numbers, (rows, columns), by their names in this order, or the first so many.

    Raises:
        DataError: there is no such column, or a cell is no number.
    """
    sheet = read_sheet(Path(path))
    if isinstance(columns, int):
        if len(sheet.header) < columns:
            raise DataError(f"{sheet.path} has {len(sheet.header)} columns, {columns} are needed")
        places = list(range(columns))
    else:
        places = [_place(sheet, name) for name in columns]
    return np.column_stack([_numbers(sheet, place) for place in places])


def load_words(path: str | os.PathLike[str], column: str) -> list[str]:
    """Read a column as it is written.

    Raises:
        DataError: there is no such column.
    """
    sheet = read_sheet(Path(path))
    return sheet.words(_place(sheet, column))


def _place(sheet: Sheet, name: str) -> int:
    if name not in sheet.header:
        raise DataError(f"{sheet.path}: there is no column {name!r}{nearest(name, sheet.header)}")
    return sheet.header.index(name)


# From text to classes and numbers.


def _target_place(sheet: Sheet, target: str | None) -> int:
    if target is None:
        return len(sheet.header) - 1
    if target not in sheet.header:
        where = f"{sheet.path}, line {sheet.header_line}"
        guess, columns = nearest(str(target), sheet.header), ", ".join(map(repr, sheet.header))
        raise DataError(f"{where}: no column {target!r} to use as the target{guess}; columns: {columns}")
    return sheet.header.index(target)


def _task(sheet: Sheet, place: int) -> str:
    """Return what the target is good for: regression if it holds measurements."""
    numbers = [sheet.finite(word) for word in sheet.words(place)]
    known = [number for number in numbers if number is not None]
    return TASKS[len(known) == len(numbers) and look_like_measurements(known)]


def _classes(sheet: Sheet, place: int) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """Return the sorted names of the classes and, for each row, the place of its own among them.

    A class is its text: 01234 and 1234 are two, however they are sorted.
    """
    words = sheet.words(place)
    for row, word in zip(sheet.rows, words, strict=True):
        if is_missing(word, number=False):
            raise sheet.problem(row.line, place, f"the class is missing ({word!r}); fill it in or remove the row")
    numbers = {word: sheet.finite(word) for word in words}
    all_numbers = None not in numbers.values()
    names = sorted(numbers, key=lambda word: (numbers[word], word) if all_numbers else word)
    _check_classes(sheet, place, names, all_numbers)
    index = {name: position for position, name in enumerate(names)}
    return tuple(names), np.array([index[word] for word in words], dtype=np.int64)


def _check_classes(sheet: Sheet, place: int, names: list[str], all_numbers: bool) -> None:
    """Refuse a target that cannot be what the user wants predicted: one class, or a name for each row."""
    first, n, k = sheet.rows[0], len(sheet.rows), len(names)
    if k == 1:
        what = f"all {n} rows have the class {names[0]!r}; a classifier needs at least two classes"
        raise sheet.problem(first.line, place, what + _better_target(sheet, place))
    if not all_numbers and k > MANY_CLASSES and k >= 0.9 * n:
        what = f"{n} rows hold {k} different words, names of the rows, it seems; a classifier needs a few classes"
        raise sheet.problem(first.line, place, what + _better_target(sheet, place))


def _better_target(sheet: Sheet, place: int) -> str:
    """Suggest the column that looks most like classes: words before numbers, then the fewest different ones."""
    looks = []
    for column, name in enumerate(sheet.header):
        words = set(sheet.words(column))
        if column != place and 2 <= len(words) <= min(MANY_CLASSES, len(sheet.rows) / 2):
            looks.append((all(sheet.finite(word) is not None for word in words), len(words), name))
    return f"; did you mean the target {min(looks)[2]!r}?" if looks else ""


def _numbers(sheet: Sheet, column: int, hint: str = "") -> list[float]:
    """Return a column of numbers, or of truth values as 1 and 0; the hint is for an error's end."""
    words = sheet.words(column)
    if all(word.lower() in FLAGS for word in words):
        return [FLAGS[word.lower()] for word in words]
    numbers = [sheet.finite(word) for word in words]
    for row, number in zip(sheet.rows, numbers, strict=True):
        if number is None:
            raise sheet.problem(row.line, column, _no_number(sheet, row.cells[column], numbers.count(None)) + hint)
    return numbers  # type: ignore[return-value]  # none is None


def _no_number(sheet: Sheet, word: str, total: int) -> str:
    what, mend = problem(word)
    if sheet.comma is not None and finite(word) is not None:
        line, name, proof = sheet.comma
        what = f"{word!r} has a decimal point, but {proof!r} in line {line}, column {name!r} a decimal comma"
        mend = "write all numbers of the file one way"
    count = f" ({total} of {len(sheet.rows)} cells in this column are like that)" if total > 1 else ""
    return f"{what}; {mend}{count}"
