"""Questions about formulas that are still text.

Formulas are trees (:mod:`autograd.calculus.expr`); these functions parse a text and ask its tree.
"""

from __future__ import annotations

import ast
import functools
import keyword
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from autograd.calculus import expr
from autograd.calculus.arrays import NUMPY_FUNCTIONS
from autograd.calculus.expr import COMPARISONS, OPERATORS, REDUCTIONS, SCALAR_FUNCTIONS, Call, Name, Number
from autograd.calculus.printing import text_of
from autograd.errors import FormulaError

__all__ = [
    "NUMPY_FUNCTIONS",
    "REDUCTIONS",
    "calls_in",
    "check_formula",
    "fill_in",
    "is_name",
    "names_in",
    "needed",
    "parse_formula",
]


def parse_formula(text: str) -> ast.expr:
    """Return Python's own syntax tree of `text`, for readers that rewrite source; ``FormulaError`` as in `parse`.

    >>> ast.unparse(parse_formula("1 - y*y"))
    '1 - y * y'
    """
    expr.parse(text)
    return ast.parse(text, mode="eval").body


@functools.lru_cache(maxsize=4096)  # a compiler asks for few formulas, thousands of times
def names_in(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the variables and the functions that `text` mentions.

    >>> names_in("exp(x)")
    (frozenset({'x'}), frozenset({'exp'}))
    """
    tree = expr.parse(text)
    return expr.names(tree), expr.functions(tree)


def needed(given: Sequence[tuple[str, str]], texts: Iterable[str]) -> list[tuple[str, str]]:
    """Return the given formulas that `texts` need, directly or through others, in order.

    >>> needed([("a", "x * x"), ("b", "a + 1"), ("c", "2 * a")], ["exp(b)"])
    [('a', 'x * x'), ('b', 'a + 1')]
    """
    trees = [(name, expr.parse(text)) for name, text in given]
    used = {name for name, _ in expr.needed(trees, map(expr.parse, texts))}
    return [pair for pair in given if pair[0] in used]


def is_name(text: str) -> bool:
    """Whether `text` can be a name in formulas: an identifier, spelled as Python normalises it, and no keyword."""
    return text.isidentifier() and not keyword.iskeyword(text) and text == unicodedata.normalize("NFKC", text)


def calls_in(text: str) -> list[tuple[str, list[str]]]:
    """Return every call of a named function in `text`: the function, and its operands.

    >>> calls_in("1 + pow(x, 2)")
    [('pow', ['x', '2'])]
    """
    calls = expr.calls(expr.parse(text))
    return [
        (call.function, [text_of(arg) for arg in call.args])
        for call in calls
        if call.function not in OPERATORS and call.function not in COMPARISONS
    ]


def fill_in(text: str, names: Mapping[str, str | float]) -> str:
    """Return `text` with its variables replaced: by other names, or by numbers.

    >>> fill_in("1 - y*y", {"y": "a"}), fill_in("1 - y*y", {"y": -0.5})
    ('1 - a * a', '1 - -0.5 * -0.5')
    """
    replacements = {
        name: Name(f"{new:.4g}") if isinstance(new, float) else Name(str(new)) for name, new in names.items()
    }
    return text_of(expr.substitute(expr.parse(text), replacements))


def check_formula(text: str) -> None:
    """Raise ``FormulaError`` if a constant part has no value, like ``1 / 0``, or a comparison is used as a number.

    >>> check_formula("where(x > 0, x, 0)")
    """
    for call in expr.calls(expr.fold(expr.parse(text))):
        known = call.function in OPERATORS or call.function in SCALAR_FUNCTIONS
        if known and call.args and all(isinstance(arg, Number) for arg in call.args):
            raise FormulaError(f"a constant part of {text!r} has no value: {text_of(call)}")
    for call in expr.calls(expr.parse(text)):
        for place, arg in enumerate(call.args):
            is_condition = call.function == "where" and place == 0
            if _is_comparison(arg) and not is_condition:
                raise _no_number(arg, text)
    if _is_comparison(tree := expr.parse(text)):
        raise _no_number(tree, text)


def _is_comparison(tree: expr.Expr) -> bool:
    return isinstance(tree, Call) and tree.function in COMPARISONS


def _no_number(tree: expr.Expr, text: str) -> FormulaError:
    return FormulaError(f"the comparison {text_of(tree)} in {text!r} is no number: write where(a < b, 1, 0)")
