"""Pieces of Graphviz labels: rows of a box, the heading of a picture, the scale of its colours, tooltips.

Graphviz's HTML-like labels are not HTML: tags may not be empty, and a background has its own seams. What goes in is
text already escaped, by :func:`viz.style.markup`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from autograd.calculus.notation import number
from viz.style import FONT, GREY, INK, attribute, markup, shorten

__all__ = ["FILL", "SIDES", "box", "frame", "row", "scale", "small", "stub", "tooltip", "within"]

#: How much of its colour the largest gradient gets, so that ink stays readable on it.
FILL = 0.6

#: Where lines leave a box and arrive at one, by the way the values flow.
SIDES = {"LR": ("e", "w"), "TB": ("s", "n"), "RL": ("w", "e"), "BT": ("n", "s")}

_TITLE = 120  # characters
_PLAIN = 'BORDER="0" CELLBORDER="0"'


def small(escaped: str, colour: str = INK) -> str:
    """Return secondary text."""
    return f'<FONT POINT-SIZE="10" COLOR="{colour}">{escaped}</FONT>' if escaped else ""


def row(left: str, right: str = "", background: str = "") -> str:
    """Return a row of a box: two cells in a table of their own, so that the background is one seamless rectangle."""
    colour = f' BGCOLOR="{background}"' if background else ""
    cells = f'<TR><TD ALIGN="LEFT">{left}  </TD><TD ALIGN="RIGHT">{right}</TD></TR>'
    return f'<TR><TD{colour}><TABLE {_PLAIN} CELLSPACING="0" CELLPADDING="2">{cells}</TABLE></TD></TR>'


def box(rows: Iterable[str]) -> str:
    """Return the label of a box of rows."""
    return f'<<TABLE {_PLAIN} CELLSPACING="0" CELLPADDING="0">{"".join(rows)}</TABLE>>'


def frame(rankdir: str, title: str, *explanations: str, **spacing: str) -> dict[str, str]:
    """Return the attributes of a whole graph: its title, and lines that say how to read it."""
    lines = [f'<FONT POINT-SIZE="15" COLOR="{INK}">{markup(shorten(title, _TITLE), "B")}</FONT>'] if title else []
    rows = "".join(f'<TR><TD ALIGN="LEFT">{each}</TD></TR>' for each in (*lines, *explanations) if each)
    label = {"label": f'<<TABLE {_PLAIN} CELLSPACING="0" CELLPADDING="2">{rows}</TABLE>>'} if rows else {}
    return {
        "rankdir": rankdir, "bgcolor": "white", "pad": "0.15", "tooltip": " ", "labelloc": "t", "labeljust": "l",
        "fontname": FONT, "fontcolor": GREY, "fontsize": "10", **label, **spacing,
    }  # fmt: skip


def scale(text: str, what: str, largest: float, colours: Sequence[str]) -> str:
    """Return the line that says how to read colours, which lead from -largest to largest; 0 is white."""
    chips = "".join(f'<TD WIDTH="14" BGCOLOR="{c}">{"0" if c == "#ffffff" else ""}</TD>' for c in colours)
    cells = f"<TD>{text}      {what}  {number(-largest)}</TD>{chips}<TD>{number(largest)}</TD>"
    return f'<TABLE {_PLAIN} CELLSPACING="1" CELLPADDING="2"><TR>{cells}</TR></TABLE>'


def stub(before: int, after: int) -> str:
    """Return the row that says how many edges lead on to what a picture leaves out; nothing where none do.

    >>> stub(0, 0)
    ''
    """
    ends = [f"{count:,} {way}" for count, way in ((before, "in"), (after, "out")) if count]
    return row(small(f"… {', '.join(ends)}", GREY)) if ends else ""


def within(groups: Sequence[str], name: str) -> str:
    """Return what is left to say of a name inside of the frames of `groups`.

    >>> within(("layers.0", "layers.0.neurons.1"), "layers.0.neurons.1.w.0")
    'w.0'
    """
    return name.removeprefix(f"{groups[-1]}.") if groups else name


def tooltip(*lines: str) -> str:
    """Return the lines that are not empty as one tooltip."""
    return attribute("\n".join(line for line in lines if line))
