"""Blocks as plain text: aligned columns, Chinese characters counted as the two columns they take."""

from __future__ import annotations

import re
import shutil
import unicodedata
from collections.abc import Iterable, Sequence

from autograd.calculus.notation import number
from nn.explanation.writing.blocks import Block, Cell, Details, Equations, Heading, Math, Note, Several, Table

__all__ = ["columns", "fitted", "inline", "several", "terminal_width", "wrap", "write"]

_GAP = "  "
#: How many numbers of a list are shown at most.
_MOST = 8


def write(blocks: Iterable[Block], width: int = 80) -> str:
    """Return `blocks` as text that fits `width` columns where it can.

    >>> print(write([Note("one sample")]))
    one sample
    """
    parts = []
    hinted = False
    for block in blocks:
        match block:
            case Heading(words, level):
                parts.append(f"{words}\n{('=' if level == 1 else '-') * columns(words)}")
            case Note(words, strong):
                parts.append("\n".join(wrap(f"{strong}{words}", width, "  " if strong else "")))
            case Equations(lines):
                parts.append(_equations(lines, width))
            case Table():
                parts.append(_table(block, width))
            case Details(_, _, hint):
                if hint and not hinted:
                    parts.append(hint)
                hinted = True
    return "\n\n".join(parts)


def columns(text: str) -> int:
    """Return how many columns of a terminal `text` takes.

    >>> columns("δ = 1"), columns("神经元")
    (5, 6)
    """
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    return len(text) + wide - sum(unicodedata.combining(letter) > 0 for letter in text)


def terminal_width() -> int:
    """Return the columns of the terminal; 80 where there is none."""
    return shutil.get_terminal_size().columns


def inline(cell: Cell) -> str:
    """Return a cell as text, a list of numbers at full length."""
    if isinstance(cell, Math):
        return cell.text
    if isinstance(cell, Several):
        return several(cell, len(cell.numbers))
    return number(cell) if isinstance(cell, float) else str(cell)


def several(cell: Several, shown: int) -> str:
    """Return the first `shown` numbers, and how many more there are."""
    listed = ", ".join(map(number, cell.numbers[:shown]))
    hidden = len(cell.numbers) - shown
    return f"{listed}, … +{hidden}" if hidden > 0 else listed


def wrap(text: str, width: int, indent: str = "") -> list[str]:
    """Break `text` into lines of at most `width` columns: at spaces, and between Chinese characters.

    >>> wrap("one two three", 8, "  ")
    ['one two', '  three']
    """
    lines, line = [], ""
    for piece in re.findall(r"(?:[^\s⺀-鿿　-〿＀-￯]+|.)[，。；：、！？）」”]*\s*", text):
        if line.strip() and columns(line + piece.rstrip()) > width:
            lines.append(line.rstrip())
            line = indent
        line += piece
    return [*lines, line.rstrip()]


def _equations(lines: Sequence[tuple[tuple[Math, ...], str]], width: int) -> str:
    left = max(columns(chain[0].text) for chain, _ in lines)
    formulas = [_padded(chain[0].text, left) + "".join(f" = {part.text}" for part in chain[1:]) for chain, _ in lines]
    if not any(words for _, words in lines):
        return "\n".join(line for formula in formulas for line in wrap(formula, width, " " * (left + 1)))
    right = max(map(columns, formulas)) + 3
    written = []
    for formula, (_, words) in zip(formulas, lines, strict=True):
        first, *rest = wrap(words, width - right)
        written.append(f"{_padded(formula, right)}{first}")
        written += [" " * right + line for line in rest]
    return "\n".join(written)


def fitted(table: Table, width: int) -> list[list[str]]:
    """Return all cells as text, heads first and the total last; of the lists in the last column as much as fits.

    Every list shows equally many numbers, so that rows can be compared.
    """
    rows = [table.heads, *table.rows, *([table.total] if table.total else [])]
    texts = [[inline(cell) for cell in row] for row in rows]
    lists = [row[-1] for row in rows if isinstance(row[-1], Several)]
    if lists:
        others = zip(*(row[:-1] for row in texts), strict=True)
        room = width - sum(max(map(columns, column)) + len(_GAP) for column in others)
        longest = min(max(len(cell.numbers) for cell in lists), _MOST)
        shown = next((n for n in range(longest, 1, -1) if max(columns(several(c, n)) for c in lists) <= room), 1)
        for text, row in zip(texts, rows, strict=True):
            if isinstance(row[-1], Several):
                text[-1] = several(row[-1], shown)
    return texts


def _table(table: Table, width: int) -> str:
    texts = fitted(table, width)
    widths = [max(map(columns, column)) for column in zip(*texts, strict=True)]
    sides = [not table.is_numeric(place) for place in range(len(table.heads))]
    lines = [_GAP.join(_aligned(*each) for each in zip(row, widths, sides, strict=True)).rstrip() for row in texts]
    rule = "─" * min(max(map(columns, lines)), width)
    lines.insert(1, rule)
    if table.total:
        lines.insert(-1, rule)
    return "\n".join([*wrap(" · ".join(map(inline, table.caption)), width, "  "), *lines])


def _aligned(cell: str, width: int, left: bool) -> str:
    return _padded(cell, width) if left else " " * (width - columns(cell)) + cell


def _padded(text: str, width: int) -> str:
    return text + " " * (width - columns(text))
