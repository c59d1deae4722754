"""From the bytes of a CSV file to a rectangle of text, or to the line and column that are in the way."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from autograd.errors import DataError, nearest
from nn.data.cells import comma_number, finite, is_missing, proves_comma

__all__ = ["Row", "Sheet", "read_sheet"]


class Row(NamedTuple):
    """The cells of one row, and the line on which it starts."""

    line: int
    cells: list[str]


@dataclass(frozen=True)
class Sheet:
    """A rectangle of text: every row has as many cells as the header has names, and the names differ."""

    path: Path
    header_line: int
    header: list[str]
    rows: list[Row]

    def problem(self, line: int, column: int, what: str) -> DataError:
        """The error for one cell."""
        return DataError(f"{self.path}, line {line}, column {self.header[column]!r}: {what}")

    def words(self, column: int) -> list[str]:
        """The texts of a column."""
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


def read_sheet(path: Path) -> Sheet:
    """Read a file; ``DataError`` with line and column where it is no rectangle of text under a header."""
    lines = _parse(path, _text(path))
    if not lines:
        raise DataError(f"{path}, line 1: the file is empty; expected a header line, then one row a line")
    (header_line, header), rows = lines[0], lines[1:]
    _check_header(path, header_line, header)
    sheet = Sheet(path, header_line, header, rows)
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


def _parse(path: Path, text: str) -> list[Row]:
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
                rows.append(Row(line, stripped))
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
