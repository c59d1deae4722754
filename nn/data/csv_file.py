"""Your own table: read a CSV file into numbers and a target, or say which cell is in the way and what to do.

The file has a header line and one row a line: features that are numbers, and one column, the target, that names the
class or is a number. Commas, semicolons or tabs between the cells, or what Excel's first line ``sep=;`` says; UTF-8,
with or without a byte order mark; decimal points, or decimal commas throughout the file; quoted cells, blank lines and
surrounding spaces are all right. Line numbers in errors are those of the file, as an editor counts them; a row
whose quoted cells hold line breaks has the number of its first line.
"""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from autograd.errors import DataError, nearest
from nn.data.cells import FLAGS, comma_number, finite, is_missing, problem, proves_comma
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
    sheet = _read(Path(path))
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
    sheet = _read(Path(path))
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
    sheet = _read(Path(path))
    return sheet.words(_place(sheet, column))


def _place(sheet: _Sheet, name: str) -> int:
    if name not in sheet.header:
        raise DataError(f"{sheet.path}: there is no column {name!r}{nearest(name, sheet.header)}")
    return sheet.header.index(name)


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

    @cached_property
    def comma(self) -> tuple[int, str, str] | None:
        """The first cell that shows that the file has decimal commas (its line, column and text), or None.

        Only columns whose every cell is a number that way are asked: ``0,5`` among words is a word.
        """
        for column, name in enumerate(self.header):
            words = [word for word in self.words(column) if not is_missing(word, number=True)]
            if all(comma_number(word) or finite(word, comma=True) is not None for word in words):
                for row in self.rows:
                    if proves_comma(row.cells[column]):
                        return row.line, name, row.cells[column]
        return None

    def finite(self, word: str) -> float | None:
        """The finite number that a cell spells, the way this file writes them, or None."""
        return finite(word, comma=self.comma is not None)


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
    text, delimiter = _told_delimiter(text)
    # The strict reader finds quotes left open, but also minds spaces between a closing quote and the separator.
    delimiter = delimiter or _delimiter(text)
    text = re.sub(rf'" +(?=[{re.escape(delimiter)}\r\n]|$)', '"', text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True, strict=True)
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


def _told_delimiter(text: str) -> tuple[str, str]:
    """Return the text without Excel's own first line, which names the separator, ``sep=;``, and the separator."""
    match = re.match(r"""\s*"?sep=([^\w\s"']|\t)"?[,; ]*(\r\n?|\n)""", text, re.IGNORECASE)
    if match is None:
        return text, ""
    return "\n" * match[0].count("\n") + text[match.end() :], match[1]  # blank lines, for the count of lines


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
        if finite(name) is not None:
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


def _task(sheet: _Sheet, place: int) -> str:
    """Return what the target is good for: regression if it holds measurements."""
    numbers = [sheet.finite(word) for word in sheet.words(place)]
    known = [number for number in numbers if number is not None]
    return TASKS[len(known) == len(numbers) and look_like_measurements(known)]


def _classes(sheet: _Sheet, place: int) -> tuple[tuple[str, ...], NDArray[np.int64]]:
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


def _check_classes(sheet: _Sheet, place: int, names: list[str], all_numbers: bool) -> None:
    """Refuse a target that cannot be what the user wants predicted: one class, or a name for each row."""
    first, n, k = sheet.rows[0], len(sheet.rows), len(names)
    if k == 1:
        what = f"all {n} rows have the class {names[0]!r}; a classifier needs at least two classes"
        raise sheet.problem(first.line, place, what + _better_target(sheet, place))
    if not all_numbers and k > MANY_CLASSES and k >= 0.9 * n:
        what = f"{n} rows hold {k} different words, names of the rows, it seems; a classifier needs a few classes"
        raise sheet.problem(first.line, place, what + _better_target(sheet, place))


def _better_target(sheet: _Sheet, place: int) -> str:
    """Suggest the column that looks most like classes: words before numbers, then the fewest different ones."""
    looks = []
    for column, name in enumerate(sheet.header):
        words = set(sheet.words(column))
        if column != place and 2 <= len(words) <= min(MANY_CLASSES, len(sheet.rows) / 2):
            looks.append((all(sheet.finite(word) is not None for word in words), len(words), name))
    return f"; did you mean the target {min(looks)[2]!r}?" if looks else ""


def _numbers(sheet: _Sheet, column: int, hint: str = "") -> list[float]:
    """Return a column of numbers, or of truth values as 1 and 0; the hint is for an error's end."""
    words = sheet.words(column)
    if all(word.lower() in FLAGS for word in words):
        return [FLAGS[word.lower()] for word in words]
    numbers = [sheet.finite(word) for word in words]
    for row, number in zip(sheet.rows, numbers, strict=True):
        if number is None:
            raise sheet.problem(row.line, column, _no_number(sheet, row.cells[column], numbers.count(None)) + hint)
    return numbers  # type: ignore[return-value]  # none is None


def _no_number(sheet: _Sheet, word: str, total: int) -> str:
    what, mend = problem(word)
    if sheet.comma is not None and finite(word) is not None:
        line, name, proof = sheet.comma
        what = f"{word!r} has a decimal point, but {proof!r} in line {line}, column {name!r} a decimal comma"
        mend = "write all numbers of the file one way"
    count = f" ({total} of {len(sheet.rows)} cells in this column are like that)" if total > 1 else ""
    return f"{what}; {mend}{count}"
