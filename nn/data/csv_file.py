"""Your own table: read a CSV file into numbers and class labels, or say which cell is in the way and what to do.

The file has a header line and one row a line: features that are numbers, and one column, the target, that names the
class. Commas, semicolons or tabs between the cells; UTF-8, with or without a byte order mark; quoted cells, blank lines
and surrounding spaces are all right. Line numbers in errors are those of the file, as an editor counts them; a row
whose quoted cells hold line breaks has the number of its first line.
"""

from __future__ import annotations

import csv
import io
import math
import os
import re
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from autograd.errors import DataError, nearest

__all__ = ["Table", "load_csv"]

# What people and programs write for "no value". Not "none": that may well be a class.
MISSING = {"", "na", "n/a", "nan", "null", "?"}
# A target with more distinct values than this is looked at twice: are they classes, measurements, or names of rows?
MANY_CLASSES = 20


@dataclass(frozen=True, eq=False)
class Table:
    """A table ready for a classifier: n rows, d features.

    `X` is float64, (n, d), in the units of the file; `y` is int64, (n,), places in `class_names`; `feature_names`
    are the d column names in the order of the file, and `target_name` is that of the column that became `y`.

    >>> Table(np.array([[1.4], [5.1]]), np.array([0, 1]), ("petal",), ("setosa", "virginica"), "species").X.shape
    (2, 1)
    """

    X: NDArray[np.float64]
    y: NDArray[np.int64]
    feature_names: tuple[str, ...]
    class_names: tuple[str, ...]
    target_name: str


def load_csv(path: str | os.PathLike[str], target: str | None = None) -> Table:
    r"""Read the CSV file at `path` into a `Table`, with the column called `target`, or the last one, as the classes.

    Classes are sorted as numbers if all of them are (then ``1`` and ``1.0`` are one class), else alphabetically.
    Whatever is wrong with the file, one that is not there included, is a DataError that names file, line and column.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "flowers.csv")
    ...     _ = file.write_text("petal,sepal,species\n1.4,5.1,setosa\n5.1,6.0,virginica\n1.3,4.9,setosa\n")
    ...     table = load_csv(file, target="species")
    >>> table.X.tolist(), table.y.tolist(), table.class_names
    ([[1.4, 5.1], [5.1, 6.0], [1.3, 4.9]], [0, 1, 0], ('setosa', 'virginica'))
    """
    sheet = _read(Path(path))
    place = _target_place(sheet, target)
    class_names, y = _classes(sheet, place)
    features = [column for column in range(len(sheet.header)) if column != place]
    X = [[_number(sheet, row, column) for column in features] for row in sheet.rows]
    names = tuple(sheet.header[column] for column in features)
    return Table(np.array(X, dtype=np.float64), np.array(y, dtype=np.int64), names, class_names, sheet.header[place])


class _Row(NamedTuple):
    line: int
    cells: list[str]


@dataclass(frozen=True)
class _Sheet:
    """A rectangle of text: every row has as many cells as the header has names, and the names differ."""

    path: Path
    header_line: int
    header: list[str]
    rows: list[_Row]

    def problem(self, line: int, column: int, what: str) -> DataError:
        return DataError(f"{self.path}, line {line}, column {self.header[column]!r}: {what}")

    def words(self, column: int) -> list[str]:
        return [row.cells[column] for row in self.rows]


# From bytes to a rectangle of text.


def _read(path: Path) -> _Sheet:
    lines = _parse(path, _text(path))
    if not lines:
        raise DataError(f"{path}, line 1: the file is empty; expected a header line, then one row a line")
    (header_line, header), rows = lines[0], lines[1:]
    _check_header(path, header_line, header)
    sheet = _Sheet(path, header_line, header, rows)
    width = len(header)
    for line, cells in rows:
        counts = f"the row has {len(cells)} cells, the header {width}"
        if len(cells) < width:
            raise sheet.problem(line, len(cells), f"the cell is missing: {counts}")
        if len(cells) > width:
            extra = f"{cells[width]!r} is one too many: {counts}"
            raise DataError(f"{path}, line {line}, column {width + 1}: {extra}; quote a cell that contains a separator")
    if len(rows) < 2:
        end = rows[-1].line if rows else header_line
        raise DataError(f"{path}, line {end}: the file ends after {len(rows)} rows of data; expected at least 2")
    return sheet


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a NUL character in the path
        missing = isinstance(error, FileNotFoundError)
        guess = nearest(path.name, [other.name for other in path.parent.glob("*.csv")]) if missing else ""
        reason = getattr(error, "strerror", None) or error
        raise DataError(f"{path}: {reason}{guess}; expected a CSV file with a header line") from error
    try:
        text, bad = raw.decode("utf-8"), raw.find(b"\0")  # UTF-16 without its mark decodes, but is full of NULs
    except UnicodeDecodeError as error:
        text, bad = "", error.start
    if bad >= 0:
        before = raw[:bad].decode("utf-8").split("\n")
        where = f"{path}, line {len(before)}, character {len(before[-1]) + 1}"
        raise DataError(f"{where}: byte 0x{raw[bad]:02x} is not UTF-8 text; save the file as 'CSV UTF-8'")
    return text.removeprefix("\ufeff")


def _parse(path: Path, text: str) -> list[_Row]:
    """Cut text into rows of stripped cells, leaving out rows without any, with the line on which each starts."""
    # The strict reader finds quotes left open, but also minds spaces between a closing quote and the separator.
    text = re.sub(r'" +(?=[,;\t\r\n]|$)', '"', text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), skipinitialspace=True, strict=True)
    rows, line = [], 1
    try:
        for cells in reader:
            stripped = [cell.strip() for cell in cells]
            if any(stripped):
                rows.append(_Row(line, stripped))
            line = reader.line_num + 1
    except csv.Error as error:
        raise DataError(f"{path}, line {line}: {error}; is a quote left open in this row?") from error
    return rows


def _delimiter(text: str) -> str:
    """Return the separator that cuts the first rows into as many cells as the header has, at least two."""

    def agreement(delimiter: str) -> int:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
        try:
            widths = [len(cells) for cells in islice(filter(any, reader), 50)]
        except csv.Error:
            return 0
        return widths.count(widths[0]) if widths and widths[0] > 1 else 0

    # On a tie the comma comes last: it also turns up inside numbers and names.
    return max(filter(agreement, "\t;,"), key=agreement, default=",")


def _check_header(path: Path, line: int, header: list[str]) -> None:
    for number, name in enumerate(header, start=1):
        where = f"{path}, line {line}, column {number}"
        if _finite(name) is not None:
            raise DataError(f"{where}: {name!r} is a number, not a name; add a header line that names the columns")
        if not name:
            raise DataError(f"{where}: no name; name the column, or remove it if it is empty or only counts the rows")
        first = header.index(name) + 1
        if first < number:
            raise DataError(f"{where}: the name {name!r} is taken by column {first}; rename one of them")
    if len(header) == 1:
        only = f"{header[0]!r} is the only column"
        raise DataError(f"{path}, line {line}: {only}; expected features and a target, with , ; or tabs between them")


# From text to classes and numbers.


def _target_place(sheet: _Sheet, target: str | None) -> int:
    if target is None:
        return len(sheet.header) - 1
    if target not in sheet.header:
        where = f"{sheet.path}, line {sheet.header_line}"
        guess, columns = nearest(str(target), sheet.header), ", ".join(map(repr, sheet.header))
        raise DataError(f"{where}: no column {target!r} to use as the target{guess}; columns: {columns}")
    return sheet.header.index(target)


def _classes(sheet: _Sheet, place: int) -> tuple[tuple[str, ...], list[int]]:
    """Return the sorted names of the classes and, for each row, the place of its own among them."""
    words = sheet.words(place)
    for row, word in zip(sheet.rows, words, strict=True):
        if word.lower() in MISSING:
            raise sheet.problem(row.line, place, f"the class is missing ({word!r}); fill it in or remove the row")
    numbers = {word: _finite(word) for word in words}
    key: dict[str, Any] = {word: word for word in words} if None in numbers.values() else numbers
    names = {key[word]: word for word in reversed(words)}  # reversed: the first spelling of a number names its class
    order = sorted(names)
    _check_classes(sheet, place, order)
    index = {value: position for position, value in enumerate(order)}
    return tuple(names[value] for value in order), [index[key[word]] for word in words]


def _check_classes(sheet: _Sheet, place: int, classes: list[Any]) -> None:
    """Refuse a target that cannot be what the user wants predicted: one class, a measurement, a name for each row."""
    first, n, k = sheet.rows[0], len(sheet.rows), len(classes)
    if k == 1:
        what = f"all {n} rows have the class {first.cells[place]!r}; a classifier needs at least two classes"
        raise sheet.problem(first.line, place, what + _better_target(sheet, place))
    many, nearly_one_a_row = k > MANY_CLASSES, k > 2 and k >= 0.9 * n
    if isinstance(classes[0], str):
        kind, refuse = "words, names of the rows", many and nearly_one_a_row
    elif all(value.is_integer() for value in classes):
        kind, refuse = "whole numbers, counts or measurements", many and n < 5 * k
    else:
        kind, refuse = "numbers, measurements", many or nearly_one_a_row
    if refuse:
        what = f"{n} rows hold {k} different {kind}, it seems; this is for classification, which needs a few classes"
        raise sheet.problem(first.line, place, what + _better_target(sheet, place))


def _better_target(sheet: _Sheet, place: int) -> str:
    """Suggest the column that looks most like classes: words before numbers, then the fewest different ones."""
    looks = []
    for column, name in enumerate(sheet.header):
        words = set(sheet.words(column))
        if column != place and 2 <= len(words) <= min(MANY_CLASSES, len(sheet.rows) / 2):
            looks.append((all(_finite(word) is not None for word in words), len(words), name))
    return f"; did you mean the target {min(looks)[2]!r}?" if looks else ""


def _number(sheet: _Sheet, row: _Row, column: int) -> float:
    word = row.cells[column]
    number = _finite(word)
    if number is not None:
        return number
    if not word:
        what, mend = "the cell is empty", "fill it in or remove the row"
    elif word.lower() in MISSING:
        what, mend = f"the value is missing: {word!r} is not a finite number", "fill it in or remove the row"
    elif re.fullmatch(r"[+-]?\d+,\d+", word):
        what, mend = f"{word!r} is not a number", "write a decimal point for the comma"
    else:
        what = f"{word!r} is not a finite number"
        mend = "correct it; a column of words can be dropped, one-hot encoded (a 0/1 column a word) or be the target"
    total = sum(_finite(other) is None for other in sheet.words(column))
    count = f" ({total} of {len(sheet.rows)} cells in this column are like that)" if total > 1 else ""
    raise sheet.problem(row.line, column, f"{what}; {mend}{count}")


def _finite(word: str) -> float | None:
    """Return the finite number that a cell spells, or None. Python's own ``1_000`` is not one."""
    try:
        number = float(word)
    except ValueError:
        return None
    return number if math.isfinite(number) and "_" not in word else None
