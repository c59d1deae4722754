"""Source for single numbers: formulas as scalar expressions, their reductions as loops, and loops around lines."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Callable, Sequence

from autograd.calculus.formula import REDUCTIONS, parse_formula

__all__ = ["Reductions", "nest", "scalar_function"]


class Reductions:
    """Takes ``sum(...)`` and ``max(...)`` out of formulas, and computes each in a loop over elements before it.

    Args:
        scalar: turns a formula without reductions into source.
        length: how many elements there are: a number, or source.
        elements: lines that read element ``j``.
    """

    def __init__(self, scalar: Callable[[str], str], length: int | str, elements: list[str]) -> None:
        self.length = length
        self._scalar = scalar
        self._elements = elements
        self._counter = itertools.count()

    def lines(self, text: str) -> tuple[list[str], str]:
        """Return the loops, and the source of the formula with their results' names in it."""
        lines: list[str] = []
        tree = _Replace(self, lines).visit(parse_formula(text))
        return lines, self._scalar(ast.unparse(tree))

    def loop(self, name: str, text: str, lines: list[str]) -> str:
        """Add the loop for one reduction and return the name of its result."""
        if name == "size":
            return str(self.length)
        total = f"total{next(self._counter)}"
        start, step = ("0.0", "{0} += {1}") if name == "sum" else ("-math.inf", "{0} = np.maximum({0}, {1})")
        body = [*self._elements, step.format(total, self._scalar(text))]
        lines += [f"{total} = {start}", *nest([("j", self.length)], body)]
        return total


class _Replace(ast.NodeTransformer):
    def __init__(self, reductions: Reductions, lines: list[str]) -> None:
        self._reductions = reductions
        self._lines = lines

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name not in REDUCTIONS:
            return node
        return ast.Name(self._reductions.loop(name, ast.unparse(node.args[0]), self._lines))


_NUMPY_SCALARS = {"sign", "floor", "ceil", "maximum", "minimum", "cbrt", "log2"}


def scalar_function(name: str) -> str:
    """The source of a formula's function on scalars, among those that Numba knows."""
    if name == "abs":
        return "abs"
    if name == "round":
        return "np.rint"
    return f"np.{name}" if name in _NUMPY_SCALARS else f"math.{name}"


def nest(loops: Sequence[tuple[str, int | str | range]], body: list[str]) -> list[str]:
    """Return `body` inside loops, each a variable and how far it goes; a loop of one round is an assignment."""
    for name, extent in reversed(loops):
        rounds = range(extent) if isinstance(extent, int) else extent
        if isinstance(rounds, range) and len(rounds) == 1:
            body = [f"{name} = {rounds[0]}", *body]
        else:
            source = repr(rounds) if isinstance(rounds, range) else f"range({rounds})"
            body = [f"for {name} in {source}:", *(f"    {line}" for line in body or ["pass"])]
    return body
