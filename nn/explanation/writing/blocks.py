"""The pieces a report is made of, before anybody decides how they look: headings, equations, tables, notes.

The writers of text, HTML and LaTeX know these few pieces and nothing about neurons; what stands in them is decided in
one place, :mod:`nn.explanation.writing.content`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from autograd.calculus.notation import latex_number, number

__all__ = ["Block", "Cell", "Details", "Equations", "Heading", "Math", "Note", "Several", "Table", "figure", "product"]


class Math(NamedTuple):
    """A piece of mathematics, in Unicode and in LaTeX."""

    text: str
    latex: str


class Several(NamedTuple):
    """Numbers in one cell; a writer may leave the last ones out, and says how many."""

    numbers: tuple[float, ...]


#: What stands in a table: words, mathematics, one number or several.
Cell: TypeAlias = "str | Math | float | Several"


@dataclass(frozen=True)
class Heading:
    """A title, `level` 1 the largest."""

    text: str
    level: int = 1


@dataclass(frozen=True)
class Note:
    """A paragraph; `strong` opens it, and `kind` tells a finding from an aside."""

    text: str
    strong: str = ""
    kind: str = "aside"


@dataclass(frozen=True)
class Equations:
    """Lines of mathematics, each a chain of equals, with words beside it."""

    lines: tuple[tuple[tuple[Math, ...], str], ...]


@dataclass(frozen=True)
class Table:
    """Rows of cells below their heads; `total` is one row more, set apart; `signed` columns are coloured by sign."""

    caption: tuple[str | Math, ...]
    heads: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: tuple[Cell, ...] = ()
    signed: tuple[int, ...] = ()

    def is_numeric(self, place: int) -> bool:
        """Whether a column holds single numbers, which line up on the right; all else does on the left."""
        return any(isinstance(row[place], float) for row in self.rows)


@dataclass(frozen=True)
class Details:
    """Blocks to look up: folded away where a reader can unfold them; a terminal shows the `hint` how to get at them."""

    summary: str
    blocks: tuple[Block, ...]
    hint: str = ""


Block: TypeAlias = "Heading | Note | Equations | Table | Details"


def figure(x: float) -> Math:
    """Return a number, ready to stand in mathematics.

    >>> figure(-0.5)
    Math(text='−0.5', latex='-0.5')
    """
    return Math(number(x), latex_number(x))


def product(*factors: float) -> Math:
    r"""Return a product of numbers as it is written, negative factors after the first in parentheses.

    >>> product(0.5, -2.0)
    Math(text='0.5 × (−2)', latex='0.5 \\times (-2)')
    """
    first, *rest = map(figure, factors)
    text, latex = [first.text], [first.latex]
    for factor in rest:
        signed = factor.text[0] == "−"
        text.append(f"({factor.text})" if signed else factor.text)
        latex.append(f"({factor.latex})" if signed else factor.latex)
    return Math(" × ".join(text), r" \times ".join(latex))
