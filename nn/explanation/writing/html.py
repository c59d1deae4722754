"""Blocks as an HTML fragment that carries its own style, escapes everything and loads nothing.

It takes its text colour from the page around it, so it reads well in light and dark notebooks alike.
"""

from __future__ import annotations

import functools
import html
import math
import re
from collections.abc import Iterable, Sequence
from importlib import resources

from autograd.calculus.notation import number
from nn.explanation.writing.blocks import Block, Cell, Details, Equations, Heading, Math, Note, Several, Table
from nn.explanation.writing.text import several

__all__ = ["document", "write"]

#: The most numbers of a list that a cell shows; the others are in its tooltip.
_SHOWN = 6
_SCRIPTS = {"en": "en", "zh": "zh-Hans"}


def write(blocks: Iterable[Block], lang: str) -> str:
    """Return `blocks` as one ``<section>``.

    >>> write([Note("a < b")], "en").endswith("a &lt; b</p></section>")
    True
    """
    return (
        f'<section class="glassgrad-report" lang="{_SCRIPTS[lang]}"><style>{_style()}</style>{_all(blocks)}</section>'
    )


def document(blocks: Sequence[Block], lang: str) -> str:
    """Return a whole page with `blocks` in it: one file, which opens anywhere and loads nothing.

    >>> document([Heading("Two & two")], "en").count("<title>Two &amp; two</title>")
    1
    """
    title = next((block.text for block in blocks if isinstance(block, Heading)), "glassgrad")
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        f'<!doctype html>\n<html lang="{_SCRIPTS[lang]}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        f"<title>{html.escape(title)}</title></head>\n<body>{write(blocks, lang)}</body></html>\n"
    )


def _all(blocks: Iterable[Block]) -> str:
    return "".join(map(_one, blocks))


def _one(block: Block) -> str:
    match block:
        case Heading(words, level):
            return f"<h{level + 2}>{_text(words)}</h{level + 2}>"
        case Note(words, strong, kind):
            opening = f"<strong>{_text(strong)}</strong>" if strong else ""
            return f'<p class="{kind}">{opening}{_text(words)}</p>'
        case Equations(lines):
            told = " told" if any(words for _, words in lines) else ""
            return _wide(f'<table class="equations{told}">{"".join(map(_equation, lines))}</table>')
        case Table():
            return _wide(_table(block))
        case Details(summary, inner):
            return f"<details><summary>{_text(summary)}</summary>{_all(inner)}</details>"


def _equation(line: tuple[tuple[Math, ...], str]) -> str:
    chain, words = line
    steps = '<span class="eq"> = </span>'.join(_math(part) for part in chain[1:])
    formula = f'<td>{_math(chain[0])}</td><td><span class="eq">= </span>{steps}</td>'
    return f'<tr>{formula}<td class="words">{_text(words)}</td></tr>'


def _table(table: Table) -> str:
    columns = list(zip(*table.rows, strict=True))
    sides = [table.is_numeric(place) for place in range(len(columns))]
    heads = "".join(
        f'<th scope="col"{_NUMBERS if side else ""}>{_cell(head)}</th>'
        for head, side in zip(table.heads, sides, strict=True)
    )
    largest = [_largest(column) if place in table.signed else 0.0 for place, column in enumerate(columns)]
    body = "".join(f"<tr>{_row(row, table.heads, largest)}</tr>" for row in table.rows)
    ends = _row(table.total, table.heads, [0.0] * len(table.heads)) if table.total else ""
    total = f"<tfoot><tr>{ends}</tr></tfoot>" if ends else ""
    caption = '<span class="dot"> · </span>'.join(_cell(part) for part in table.caption)
    return f"<table><caption>{caption}</caption><thead><tr>{heads}</tr></thead><tbody>{body}</tbody>{total}</table>"


def _row(row: Sequence[Cell], heads: Sequence[Cell], largest: Sequence[float]) -> str:
    """One row; on a narrow screen it becomes a card, in which every cell says its column's head."""
    first, *rest = row
    cells = [f'<th scope="row">{_cell(first)}</th>']
    for cell, head, most in zip(rest, heads[1:], largest[1:], strict=True):
        shown = f'<span class="head">{_cell(head)}</span><span>{_cell(cell)}</span>'
        if isinstance(cell, float):
            cells.append(f'<td{_NUMBERS}{_tint(cell, most)} title="{cell!r}">{shown}</td>')
        else:
            cells.append(f"<td{_full(cell)}>{shown}</td>" if cell else '<td class="none"></td>')
    return "".join(cells)


def _cell(cell: Cell) -> str:
    if isinstance(cell, Math):
        return _math(cell)
    if isinstance(cell, Several):
        return _text(several(cell, _SHOWN))
    return number(cell) if isinstance(cell, float) else _text(cell)


def _full(cell: Cell) -> str:
    if not isinstance(cell, Several):
        return ""
    listed = ", ".join(map(repr, cell.numbers[:64]))  # a tooltip of thousands of numbers helps nobody
    return f' class="list" title="{listed}{" …" if len(cell.numbers) > 64 else ""}"'


def _math(math: Math) -> str:
    return f"<i>{_text(math.text)}</i>"


def _tint(x: float, largest: float) -> str:
    """Orange above 0, blue below, stronger the larger it is within its column."""
    if x == 0.0 or not math.isfinite(x) or not largest:
        return ""
    colour = "224,123,18" if x > 0.0 else "31,120,180"
    return f' style="background:rgba({colour},{0.06 + 0.34 * min(abs(x) / largest, 1.0):.2f})"'


def _largest(cells: Iterable[Cell]) -> float:
    return max((abs(x) for x in cells if isinstance(x, float) and math.isfinite(x)), default=0.0)


def _text(words: str) -> str:
    return html.escape(words).replace("a_in", "a<sub>in</sub>")


_NUMBERS = ' class="n"'


@functools.cache
def _style() -> str:
    """The style sheet, every rule of which is for reports alone, in as few lines as it needs."""
    sheet = resources.files(__package__).joinpath("report.css").read_text(encoding="utf-8")
    return re.sub(r"\s*\n\s*", "", re.sub(r"/\*.*?\*/", "", sheet))


def _wide(table: str) -> str:
    """A table in a box of its own that scrolls sideways on a narrow screen."""
    return f'<div class="wide" tabindex="0">{table}</div>'
