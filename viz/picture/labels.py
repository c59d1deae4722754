"""Pieces of Graphviz labels: rows of a box, the heading of a picture, the scale of its colours, tooltips.

Graphviz's HTML-like labels are not HTML: tags may not be empty, and a background has its own seams. What goes in is
text already escaped, by :func:`viz.style.markup`.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from autograd.calculus.notation import number
from viz.style import FONT, GREY, INK, attribute, markup, shorten

__all__ = [
    "FILL",
    "SIDES",
    "WRITTEN",
    "box",
    "extent",
    "frame",
    "heading",
    "line",
    "row",
    "scale",
    "small",
    "stub",
    "tooltip",
    "within",
]

#: How much of its colour the largest gradient gets, so that ink stays readable on it.
FILL = 0.6

#: Where lines leave a box and arrive at one, by the way the values flow.
SIDES = {"LR": ("e", "w"), "TB": ("s", "n"), "RL": ("w", "e"), "BT": ("n", "s")}

#: How an operation is written where its name is not what a textbook has.
WRITTEN = {"*": "×", "-": "−", "dot": "w·x + b", "sum": "Σ", "identity": "="}

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


def box(rows: Sequence[str], size: tuple[float, float] | None = None) -> str:
    """Return the label of a box of rows, which fills a box of the given size, in points."""
    if size:
        room = f'<TR><TD WIDTH="{size[0] - 10:.0f}" HEIGHT="{(size[1] - 7) / len(rows):.0f}"'
        rows = [row.replace("<TR><TD", room, 1) for row in rows]
    return f'<<TABLE {_PLAIN} CELLSPACING="0" CELLPADDING="0">{"".join(rows)}</TABLE>>'


def extent(rows: Sequence[str], size: float = 12.0) -> tuple[float, float]:
    """Return how much room rows of text take at most, width and height in points, in whatever font there is.

    >>> extent([row("w", "0.5")])
    (56.6, 27.0)
    """
    widest = max((_width(each) for each in rows), default=0.0)
    return round(size * widest + 18.0, 1), round(1.5 * size * len(rows) + 9.0, 1)


def _width(text: str) -> float:
    """The width of marked-up text in ems of DejaVu Sans, wider than the others that a page may be shown in."""
    bold = len("".join(re.findall("<B>(.*?)</B>", text)))
    letters = html.unescape(re.sub("<[^>]*>", "", text))
    narrow, wide = (sum(letter in some for letter in letters) for some in (_NARROW, _WIDE))
    return 0.64 * len(letters) - 0.28 * narrow + 0.22 * wide + 0.07 * bold


_NARROW, _WIDE = frozenset(" .,:;'|!()[]ijlftr·/"), frozenset("mwMWδ∂−+=×…→%@")


def heading(title: str, *explanations: str) -> list[str]:
    """Return the lines above a picture: its title, and what says how to read it; the empty ones left out."""
    lines = [f'<FONT POINT-SIZE="15" COLOR="{INK}">{markup(shorten(title, _TITLE), "B")}</FONT>'] if title else []
    return [each for each in (*lines, *explanations) if each]


def frame(rankdir: str, lines: Sequence[str], **spacing: str) -> dict[str, str]:
    """Return the attributes of a whole graph, with `lines` above it."""
    rows = "".join(f'<TR><TD ALIGN="LEFT">{each}</TD></TR>' for each in lines)
    label = {"label": f'<<TABLE {_PLAIN} CELLSPACING="0" CELLPADDING="2">{rows}</TABLE>>'} if rows else {}
    return {
        "rankdir": rankdir, "bgcolor": "white", "pad": "0.15", "tooltip": " ", "labelloc": "t", "labeljust": "l",
        "fontname": FONT, "fontcolor": GREY, "fontsize": "10", **label, **spacing,
    }  # fmt: skip


def scale(text: str, what: str, largest: float, colours: Sequence[str]) -> str:
    """Return the line that says how to read colours, which lead from -largest to largest; 0 is white."""
    chips = [f'<TD WIDTH="14" BGCOLOR="{c}">{"0" if c == "#ffffff" else ""}</TD>' for c in colours]
    return line([f"<TD>{text}      {what}  {number(-largest)}</TD>", *chips, f"<TD>{number(largest)}</TD>"])


def line(cells: Sequence[str]) -> str:
    """Return cells side by side, which a wider line above or below does not pull apart."""
    width = 10.0 * _width("".join(cells)) + 17.0 * len(cells)
    kept = f'ALIGN="LEFT" FIXEDSIZE="TRUE" WIDTH="{width:.0f}" HEIGHT="22"'
    return f'<TABLE {_PLAIN} CELLSPACING="1" CELLPADDING="2" {kept}><TR>{"".join(cells)}</TR></TABLE>'


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
