r"""Blocks as LaTeX that needs amsmath only; a whole document on request.

Prose may hold Unicode mathematics (σ, ∂, ×), which is turned into commands, so pdfLaTeX takes it too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from autograd.calculus.notation import latex_number
from nn.explanation.writing.blocks import Block, Cell, Details, Equations, Heading, Math, Note, Several, Table

__all__ = ["escape", "write"]

#: The most numbers of a list in one cell, and the length of a line of mathematics that fits a page.
_SHOWN, _LINE = 3, 90

_DOCUMENT = r"""\documentclass{%s}
\usepackage{amsmath}
\usepackage[margin=2cm]{geometry}
\setlength{\parindent}{0pt}
\setlength{\parskip}{0.6em}
\begin{document}
%s
\end{document}
"""
_CLASSES = {"en": "article", "zh": "ctexart"}


def write(blocks: Iterable[Block], lang: str, *, standalone: bool = False) -> str:
    r"""Return `blocks` as LaTeX.

    >>> write([Note("50 % of σ'(z)")], "en")
    "50 \\% of $\\sigma$'(z)\n"
    """
    body = "\n\n".join(map(_one, blocks)) + "\n"
    return _DOCUMENT % (_CLASSES[lang], body) if standalone else body


def escape(words: str) -> str:
    r"""Return prose for LaTeX.

    >>> escape("leaky_relu: 3 × δ")
    'leaky\\_relu: 3 $\\times$ $\\delta$'
    """
    return re.sub(r"\ba_in\b|[\s\S]", lambda found: _LETTERS.get(found[0], found[0]), words)


def _one(block: Block) -> str:
    match block:
        case Heading(words, level):
            return rf"\{'sub' * (level - 1)}section*{{{escape(words)}}}"
        case Note(words, strong):
            return (rf"\textbf{{{escape(strong)}}}" if strong else "") + escape(words)
        case Equations(lines):
            return _with_words(lines) if any(words for _, words in lines) else _aligned(lines)
        case Table():
            return _table(block)
        case Details(summary, inner):
            return "\n\n".join([rf"\subsection*{{{escape(summary)}}}", *map(_one, inner)])


def _with_words(lines: Sequence[tuple[tuple[Math, ...], str]]) -> str:
    rows = [
        rf"$\displaystyle {chain[0].latex}$ & $\displaystyle {{}} = {_chain(chain[1:])}$ & {escape(words)} \\[0.6em]"
        for chain, words in lines
    ]
    return "\n".join([r"\begin{tabular}{@{}rlp{0.55\linewidth}@{}}", *rows, r"\end{tabular}"])


def _aligned(lines: Sequence[tuple[tuple[Math, ...], str]]) -> str:
    rows = []
    for chain, _ in lines:
        left, first, *rest = (part.latex for part in chain)
        if rest and len(_chain(chain)) > _LINE:
            rows += [f"{left} &= {first}", f"&= {' = '.join(rest)}"]
        else:
            rows.append(f"{left} &= {' = '.join([first, *rest])}")
    return "\\begin{align*}\n" + " \\\\\n".join(rows) + "\n\\end{align*}"


def _chain(parts: Iterable[Math]) -> str:
    return " = ".join(part.latex for part in parts)


def _table(table: Table) -> str:
    sides = "".join("r" if table.is_numeric(place) else "l" for place in range(len(table.heads)))
    rows = [_row(table.heads), r"\hline", *map(_row, table.rows)]
    if table.total:
        rows += [r"\hline", _row(table.total)]
    caption = r" $\cdot$ ".join(_cell(part, tall=True) for part in table.caption)
    opening = rf"\renewcommand{{\arraystretch}}{{1.15}}\begin{{tabular}}{{@{{}}{sides}@{{}}}}"
    return "\n".join([r"\begingroup\noindent", rf"{caption}\\[0.3em]", opening, *rows, r"\end{tabular}\par\endgroup"])


def _row(cells: Sequence[Cell]) -> str:
    return " & ".join(map(_cell, cells)) + r" \\"


def _cell(cell: Cell, *, tall: bool = False) -> str:
    if isinstance(cell, Math):
        flat = cell.latex if tall else re.sub(r"\\frac\{(\\partial \w)\}\{(\\partial \w)\}", r"\1/\2", cell.latex)
        return f"${flat}$"
    if isinstance(cell, Several):
        shown = [f"${latex_number(x)}$" for x in cell.numbers[:_SHOWN]]
        return ", ".join(shown) + (r", \ldots" if len(cell.numbers) > _SHOWN else "")
    return f"${latex_number(cell)}$" if isinstance(cell, float) else escape(cell)


_LETTERS = {
    "a_in": r"$a_{\mathrm{in}}$",
    **{letter: f"\\{letter}" for letter in "&%$#_{}"},
    "\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    "<": "$<$", ">": "$>$", "|": "$|$", "\n": " ", "\r": " ", "…": r"\ldots{}", "–": "--", "°": r"$^{\circ}$",
    "σ": r"$\sigma$", "δ": r"$\delta$", "Δ": r"$\Delta$", "Σ": r"$\Sigma$", "∂": r"$\partial$", "α": r"$\alpha$",
    "π": r"$\pi$", "×": r"$\times$", "·": r"$\cdot$", "−": "$-$", "±": r"$\pm$", "²": "$^2$", "ᵀ": r"$^{\mathsf{T}}$",
    "≤": r"$\le$", "≥": r"$\ge$", "≠": r"$\ne$", "≈": r"$\approx$", "∞": r"$\infty$", "√": r"$\surd$",
}  # fmt: skip
