"""Blocks in a terminal's colours, by rich, where it is installed."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable
from typing import Any

from nn.explanation.writing.blocks import Block, Cell, Details, Equations, Heading, Note, Table
from nn.explanation.writing.text import fitted, inline

__all__ = ["installed", "renderable", "show"]

#: Orange above 0, blue below: told apart with any common kind of colour blindness, and by their signs.
_ABOVE, _BELOW, _ZERO = "dark_orange3", "dodger_blue2", "dim"


def installed() -> bool:
    """Whether rich is there."""
    return importlib.util.find_spec("rich") is not None


def show(blocks: Iterable[Block]) -> None:
    """Print `blocks` to the terminal."""
    from rich.console import Console

    console = Console(highlight=False)
    console.print(renderable(blocks, console.width))


def renderable(blocks: Iterable[Block], width: int) -> Any:
    """Return `blocks` as something that rich can print in `width` columns."""
    from rich.console import Group
    from rich.text import Text

    parts: list[Any] = []
    hinted = False
    for block in blocks:
        match block:
            case Heading(words, level):
                parts.append(Text(words, "bold" if level > 1 else "bold underline"))
            case Note(words, strong):
                parts.append(Text.assemble((strong, "bold"), words))
            case Equations():
                parts.append(_equations(block))
            case Table():
                parts.append(_table(block, width))
            case Details(_, _, hint):
                if not hint or hinted:
                    continue
                hinted = True
                parts.append(Text(hint, "dim"))
        parts.append(Text())
    return Group(*parts[:-1])


def _equations(block: Equations) -> Any:
    from rich import box
    from rich.table import Table as Grid
    from rich.text import Text

    grid = Grid(box=box.SIMPLE, show_header=False, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    for chain, words in block.lines:
        formula = " = ".join(part.text for part in chain[1:])
        grid.add_row(Text(chain[0].text, "bold"), Text(f"= {formula}"), Text(words, "dim"))
    return grid


def _table(block: Table, width: int) -> Any:
    from rich import box
    from rich.table import Table as Grid
    from rich.text import Text

    first, *formulas = map(inline, block.caption)
    caption = Text.assemble((first, "bold"), *(f" · {formula}" for formula in formulas))
    grid = Grid(
        title=caption, title_justify="left", title_style="", box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False,
        collapse_padding=True, padding=(0, 1, 0, 0), show_footer=bool(block.total),
    )  # fmt: skip
    heads, *rows = fitted(block, width)
    totals = rows.pop() if block.total else [""] * len(heads)
    for place, (head, total) in enumerate(zip(heads, totals, strict=True)):
        grid.add_column(head, justify="right" if block.is_numeric(place) else "left", footer=total, no_wrap=True)
    for texts, cells in zip(rows, block.rows, strict=True):
        styles = [_style(cell) if place in block.signed else "" for place, cell in enumerate(cells)]
        grid.add_row(*map(Text, texts, styles))
    return grid


def _style(cell: Cell) -> str:
    if not isinstance(cell, float) or cell == 0.0:
        return _ZERO
    return _ABOVE if cell > 0.0 else _BELOW
