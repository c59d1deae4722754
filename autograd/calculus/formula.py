"""The language of the calculus table: one formula as text, read in the form each reader needs.

A formula is arithmetic, comparisons, calls of named functions, and ``where(condition, a, b)``: a subset of Python's
expressions. Nothing here knows any particular operation; :mod:`autograd.calculus.printing` makes code of the text.
"""

from __future__ import annotations

import ast
import copy
import functools
import keyword
import math
import operator
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np

from autograd.errors import FormulaError

__all__ = [
    "NUMPY_FUNCTIONS",
    "REDUCTIONS",
    "callee",
    "calls_in",
    "check_formula",
    "fill_in",
    "folded",
    "is_name",
    "names_in",
    "needed",
    "parse_formula",
]

#: Functions that reduce a whole sequence to one number.
REDUCTIONS = ("sum", "max", "size")

_ARITHMETIC: dict[type, Callable[[Any, Any], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_ORDER: dict[type, Callable[[Any, Any], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
#: Every reader walks the tree recursively, and must not exhaust the interpreter's stack.
_DEEPEST = 100
_ALLOWED = (
    ast.BinOp, ast.UnaryOp, ast.Compare, ast.Call, ast.Name, ast.Constant, ast.Load,
    ast.Add, ast.Sub, ast.Mult, ast.Div, ast.USub, ast.UAdd,
    ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq,
)  # fmt: skip


def parse_formula(text: str) -> ast.expr:
    """Return the syntax tree of `text`; ``FormulaError`` when it leaves the language (powers are ``pow(a, b)``).

    >>> ast.unparse(parse_formula("1 - y*y"))
    '1 - y * y'
    """
    if not text.isprintable() or "#" in text:  # readers put it into lines of their own
        raise FormulaError(f"not a formula: {text!r}: it must be one line, without comments")
    try:
        tree = ast.parse(text, mode="eval").body
    except SyntaxError as error:
        raise FormulaError(f"not a formula: {text!r}: {error.msg}") from None
    except (RecursionError, MemoryError):
        raise _too_deep(text) from None
    if _depth(tree) > _DEEPEST:
        raise _too_deep(text)
    for node in ast.walk(tree):
        called = isinstance(node, ast.Call) and (not isinstance(node.func, ast.Name) or node.keywords)
        number = not isinstance(node, ast.Constant) or type(node.value) in (int, float)
        if not isinstance(node, _ALLOWED) or called or not number:
            raise FormulaError(
                f"{type(node).__name__} is not part of the formula language (in {text!r}): use + - * /, comparisons, "
                "calls of named functions, pow(a, b) and where(condition, a, b)"
            )
    return tree


@functools.lru_cache(maxsize=4096)  # a compiler asks for few formulas, thousands of times
def names_in(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the variables and the functions that `text` mentions.

    >>> names_in("exp(x)")
    (frozenset({'x'}), frozenset({'exp'}))
    """
    tree = parse_formula(text)
    functions = frozenset(callee(node) for node in ast.walk(tree) if isinstance(node, ast.Call))
    names = frozenset(node.id for node in ast.walk(tree) if isinstance(node, ast.Name))
    return names - functions - {"pi", "inf", "nan"}, functions


def needed(given: Sequence[tuple[str, str]], texts: Iterable[str]) -> list[tuple[str, str]]:
    """Return the given formulas that `texts` need, directly or through others, in order.

    >>> needed([("a", "x * x"), ("b", "a + 1"), ("c", "2 * a")], ["exp(b)"])
    [('a', 'x * x'), ('b', 'a + 1')]
    """
    names: set[str] = set().union(*(names_in(text)[0] for text in texts))
    for name, text in reversed(given):  # a given formula may use those before it
        names |= names_in(text)[0] if name in names else set()
    return [pair for pair in given if pair[0] in names]


def is_name(text: str) -> bool:
    """Whether `text` can be a name in formulas: an identifier, spelled as Python normalises it, and no keyword."""
    return text.isidentifier() and not keyword.iskeyword(text) and text == unicodedata.normalize("NFKC", text)


def calls_in(text: str) -> list[tuple[str, list[str]]]:
    """Return every call in `text`: the function, and its operands.

    >>> calls_in("1 + pow(x, 2)")
    [('pow', ['x', '2'])]
    """
    calls = [node for node in ast.walk(parse_formula(text)) if isinstance(node, ast.Call)]
    return [(callee(call), [ast.unparse(argument) for argument in call.args]) for call in calls]


def folded(text: str, constants: Mapping[str, float] = MappingProxyType({})) -> ast.expr:
    """Return the syntax tree of `text` with every number a float and every constant part carried out.

    Args:
        text: the formula.
        constants: variables that are numbers; under ``size`` the number of elements, where that is one for all.

    >>> ast.unparse(folded("2 * sqrt(4) * x"))
    '4.0 * x'
    >>> ast.unparse(folded("where(n > 0, x, n)", {"n": 2.0}))
    'x'
    """
    tree: ast.expr = _Fold(constants).visit(parse_formula(text))
    return tree


def check_formula(text: str) -> None:
    """Raise ``FormulaError`` if a constant part has no value, like ``1 / 0``, or a comparison is used as a number.

    >>> check_formula("where(x > 0, x, 0)")
    """
    try:
        folded(text)
    except (ArithmeticError, ValueError) as error:
        raise FormulaError(f"a constant part of {text!r} has no value: {error}") from None
    nodes = list(ast.walk(parse_formula(text)))
    conditions = [node.args[0] for node in nodes if isinstance(node, ast.Call) and callee(node) == "where"]
    for node in nodes:
        if isinstance(node, ast.Compare) and (node not in conditions or len(node.ops) > 1):
            raise FormulaError(
                f"the comparison {ast.unparse(node)} in {text!r} is no number: write where(a < b, 1, 0), one at a time"
            )


def fill_in(text: str, names: Mapping[str, str | float]) -> str:
    """Return `text` with its variables replaced: by other names, or by numbers.

    >>> fill_in("1 - y*y", {"y": "a"}), fill_in("1 - y*y", {"y": -0.5})
    ('1 - a * a', '1 - -0.5 * -0.5')
    """

    class Rename(ast.NodeTransformer):
        def visit_Call(self, node: ast.Call) -> ast.expr:
            node.args = [self.visit(argument) for argument in node.args]
            return node

        def visit_Name(self, node: ast.Name) -> ast.expr:
            new = names.get(node.id, node.id)
            return ast.Name(f"{new:.4g}" if isinstance(new, float) else str(new))

    return ast.unparse(Rename().visit(copy.deepcopy(parse_formula(text))))


def callee(node: ast.Call) -> str:
    """Return the name of the function that a call calls."""
    assert isinstance(node.func, ast.Name)
    return node.func.id


def _depth(tree: ast.AST) -> int:
    depth, level = 0, [tree]
    while level:
        depth, level = depth + 1, [child for node in level for child in ast.iter_child_nodes(node)]
    return depth


def _too_deep(text: str) -> FormulaError:
    return FormulaError(
        f"not a formula: {text[:40]!r} ...: more than {_DEEPEST} levels deep; name parts of it with given"
    )


class _Fold(ast.NodeTransformer):
    """Turn every number into a float and every constant subexpression (``2/sqrt(pi)``) into one."""

    def __init__(self, constants: Mapping[str, float]) -> None:
        self.constants = constants

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        assert isinstance(node.value, (int, float))
        return ast.Constant(float(node.value))

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id in self.constants:
            return ast.Constant(self.constants[node.id])
        if node.id in ("inf", "nan"):  # no literal spells these
            return ast.Attribute(ast.Name("math"), node.id)
        return ast.Constant(math.pi) if node.id == "pi" else node

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        self.generic_visit(node)
        if isinstance(node.operand, ast.Constant) and isinstance(node.operand.value, float):
            return ast.Constant(-node.operand.value if isinstance(node.op, ast.USub) else node.operand.value)
        return node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        if callee(node) == "where":
            condition = self.visit(node.args[0])
            holds = _holds(condition)
            if holds is not None:  # what is not chosen need not have a value
                chosen: ast.expr = self.visit(node.args[1 if holds else 2])
                return chosen
            node.args = [condition, *map(self.visit, node.args[1:])]
            return node
        if callee(node) in self.constants:  # the size of a sequence
            return ast.Constant(self.constants[callee(node)])
        node.args = [self.visit(argument) for argument in node.args]
        known = hasattr(math, callee(node)) and node.args
        if known and all(isinstance(argument, ast.Constant) for argument in node.args):
            numbers = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
            return ast.Constant(float(getattr(math, callee(node))(*numbers)))
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        if isinstance(node.left, ast.Constant) and isinstance(node.right, ast.Constant):
            return ast.Constant(_ARITHMETIC[type(node.op)](node.left.value, node.right.value))
        return node


def _holds(condition: ast.expr) -> bool | None:
    """Whether a condition is met; None where that depends on a variable."""
    if isinstance(condition, ast.Constant) and isinstance(condition.value, float):
        return condition.value != 0.0
    if isinstance(condition, ast.Compare):
        left, right = condition.left, condition.comparators[0]
        if isinstance(left, ast.Constant) and isinstance(right, ast.Constant):
            return _ORDER[type(condition.ops[0])](left.value, right.value)
    return None


_SAME_NAME = (
    "exp expm1 log log1p log2 log10 sqrt cbrt sin cos tan sinh cosh tanh "
    "sign floor ceil hypot maximum minimum where sum max size pi inf nan"
)
#: The functions a formula may call, over arrays. NumPy has no error function; the C library's is used per element.
NUMPY_FUNCTIONS: dict[str, Any] = {name: getattr(np, name) for name in _SAME_NAME.split()} | {
    "abs": np.absolute,
    "round": np.round,
    "pow": np.power,
    "asin": np.arcsin,
    "acos": np.arccos,
    "atan": np.arctan,
    "atan2": np.arctan2,
    "asinh": np.arcsinh,
    "acosh": np.arccosh,
    "atanh": np.arctanh,
    "erf": np.vectorize(math.erf, otypes=[float]),
    "erfc": np.vectorize(math.erfc, otypes=[float]),
}
