"""Blocks as an HTML fragment that carries its own style, escapes everything and loads nothing.

It takes its text colour from the page around it, so it reads well in light and dark notebooks alike.
"""

from __future__ import annotations

import html
import math
from collections.abc import Iterable, Sequence

from autograd.calculus.notation import number
from nn.explanation.writing.blocks import Block, Cell, Details, Equations, Heading, Math, Note, Several, Table
from nn.explanation.writing.text import several

__all__ = ["write"]

#: The most numbers of a list that a cell shows; the others are in its tooltip.
_SHOWN = 6
_SCRIPTS = {"en": "en", "zh": "zh-Hans"}


def write(blocks: Iterable[Block], lang: str) -> str:
    """Return `blocks` as one ``<section>``.

    >>> write([Note("a < b")], "en").endswith("a &lt; b</p></section>")
    True
    """
    return f'<section class="glassgrad-report" lang="{_SCRIPTS[lang]}"><style>{_STYLE}</style>{_all(blocks)}</section>'


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
    sides = [any(isinstance(cell, float) for cell in column) for column in columns]
    heads = "".join(
        f'<th scope="col"{_NUMBERS if side else ""}>{_cell(head)}</th>'
        for head, side in zip(table.heads, sides, strict=True)
    )
    largest = [_largest(column) if place in table.signed else 0.0 for place, column in enumerate(columns)]
    body = "".join(f"<tr>{_row(row, largest)}</tr>" for row in table.rows)
    total = f"<tfoot><tr>{_row(table.total, [0.0] * len(table.heads))}</tr></tfoot>" if table.total else ""
    caption = '<span class="dot"> · </span>'.join(_cell(part) for part in table.caption)
    return f"<table><caption>{caption}</caption><thead><tr>{heads}</tr></thead><tbody>{body}</tbody>{total}</table>"


def _row(row: Sequence[Cell], largest: Sequence[float]) -> str:
    first, *rest = row
    cells = [f'<th scope="row">{_cell(first)}</th>']
    for cell, most in zip(rest, largest[1:], strict=True):
        if isinstance(cell, float):
            cells.append(f'<td{_NUMBERS}{_tint(cell, most)} title="{cell!r}">{_cell(cell)}</td>')
        else:
            cells.append(f"<td{_full(cell)}>{_cell(cell)}</td>")
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
_STYLE = """
.glassgrad-report{font:15px/1.5 system-ui,-apple-system,"Segoe UI","Noto Sans CJK SC","PingFang SC",sans-serif;
max-width:60rem;color:inherit;text-align:left}
.glassgrad-report h3,.glassgrad-report h4{margin:1.2em 0 .4em;line-height:1.25}
.glassgrad-report p{margin:.4em 0;max-width:46rem}
.glassgrad-report .wide{overflow-x:auto;margin:.7em 0 1em}
.glassgrad-report table{border-collapse:collapse;margin:0;font-variant-numeric:tabular-nums;font-size:14px;border:0}
.glassgrad-report caption{caption-side:top;text-align:left;padding:.2em 0 .3em;font-weight:600;white-space:nowrap}
.glassgrad-report caption i{font-weight:400}
.glassgrad-report tr,.glassgrad-report tbody tr:nth-child(odd){background:transparent}
.glassgrad-report th,.glassgrad-report td{padding:.22em .7em;text-align:left;border:0;font-weight:400;
white-space:nowrap;vertical-align:baseline}
.glassgrad-report thead th{border-bottom:1.5px solid;font-size:13px}
.glassgrad-report .n{text-align:right}
.glassgrad-report tbody th,.glassgrad-report caption{font-family:inherit}
.glassgrad-report tfoot th,.glassgrad-report tfoot td{border-top:1px solid;font-weight:600}
.glassgrad-report .list{font-size:13px}
.glassgrad-report i{font:italic 1.03em "STIX Two Text","Cambria Math","Times New Roman","Liberation Serif",serif}
.glassgrad-report sub{font-style:normal;font-size:.75em}
.glassgrad-report .equations td{padding:.12em .35em .12em 0;white-space:normal}
.glassgrad-report .equations td:first-child{text-align:right;white-space:nowrap}
.glassgrad-report .told td:nth-child(2){white-space:nowrap}
.glassgrad-report .words{opacity:.75;padding-left:1.2em!important}
.glassgrad-report .eq,.glassgrad-report .dot{opacity:.6}
.glassgrad-report .finding{border-left:3px solid #d55e00;padding:.25em .8em;margin:.6em 0}
.glassgrad-report details{margin:.25em 0;padding-left:1.1rem}
.glassgrad-report summary{margin-left:-1.1rem}
.glassgrad-report summary{cursor:pointer}
""".replace("\n", "")


def _wide(table: str) -> str:
    """A table in a box of its own that scrolls sideways on a narrow screen."""
    return f'<div class="wide" tabindex="0">{table}</div>'
