"""Formulas of the calculus table as small trees: parsed once, and then read, printed and evaluated by everybody else.

A formula is arithmetic, comparisons, calls of named functions, and ``where(condition, a, b)``: a subset of Python's
expressions. Its tree has three kinds of node, ``Number``, ``Name`` and ``Call``; an operator is a call of ``add``,
``sub``, ``mul``, ``div`` or ``neg``, a comparison of ``lt``, ``le``, ``gt``, ``ge``, ``eq`` or ``ne``. Trees are
immutable and hashable: equal trees are equal keys. Nothing here knows any particular operation.
"""

from __future__ import annotations

import ast
import functools
import math
import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeAlias

from autograd.calculus import floats
from autograd.errors import FormulaError

__all__ = [
    "COMPARISONS", "CONSTANTS", "FUNCTIONS", "OPERATORS", "REDUCTIONS", "SCALAR_FUNCTIONS",
    "Call", "Expr", "Name", "Number",
    "calls", "elements", "fold", "functions", "names", "needed", "parse", "substitute", "walk",
]  # fmt: skip

#: What infix and prefix operators are called in a tree.
OPERATORS: Mapping[str, Callable[..., float]] = {
    "add": operator.add, "sub": operator.sub, "mul": operator.mul, "div": operator.truediv, "neg": operator.neg
}  # fmt: skip
#: What comparisons are called; they stand as the condition of a ``where``, and nowhere else.
COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "lt": operator.lt, "le": operator.le, "gt": operator.gt, "ge": operator.ge, "eq": operator.eq, "ne": operator.ne
}  # fmt: skip
#: Functions that reduce a whole sequence to one number.
REDUCTIONS = ("sum", "max", "size")
#: Names that are numbers.
CONSTANTS: Mapping[str, float] = {"pi": math.pi, "inf": math.inf, "nan": math.nan}

_OF_MATH = (
    "exp expm1 log log1p log2 log10 sqrt cbrt sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh atanh "
    "hypot erf erfc pow"
)
#: The functions of numbers that every formula may call, for plain floats; beside these there are the table's own rows.
SCALAR_FUNCTIONS: Mapping[str, Callable[..., float]] = {
    **{name: getattr(math, name) for name in _OF_MATH.split()},
    **{name: getattr(floats, name) for name in ("maximum", "minimum", "sign", "floor", "ceil", "round")},
    "abs": math.fabs,
}
#: All that formulas may call beside rows of the table.
FUNCTIONS = frozenset({*SCALAR_FUNCTIONS, *REDUCTIONS, "where"})

#: Every reader walks a tree recursively, and must not exhaust the interpreter's stack.
_DEEPEST = 100


@dataclass(frozen=True, slots=True)
class Number:
    """A constant. -0.0 is another number than 0.0, and nan equals nan: what is equal may stand for each other."""

    value: float

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Number) and repr(self.value) == repr(other.value)

    def __hash__(self) -> int:
        return hash(repr(self.value))


@dataclass(frozen=True, slots=True)
class Name:
    """A variable: an operand, the result ``y``, what a row's ``given`` names; or pi, inf, nan."""

    id: str


@dataclass(frozen=True, slots=True)
class Call:
    """A function, an operator or a comparison, and what it is applied to."""

    function: str
    args: tuple[Expr, ...]
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_hash", hash((self.function, self.args)))

    def __hash__(self) -> int:
        return self._hash


Expr: TypeAlias = Number | Name | Call

_BINARY: dict[type, str] = {ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "div"}
_ORDER: dict[type, str] = {
    ast.Lt: "lt", ast.LtE: "le", ast.Gt: "gt", ast.GtE: "ge", ast.Eq: "eq", ast.NotEq: "ne"
}  # fmt: skip


@functools.lru_cache(maxsize=4096)
def parse(text: str) -> Expr:
    """Return the tree of `text`; ``FormulaError`` when it leaves the language (powers are ``pow(a, b)``).

    >>> parse("1 - y")
    Call(function='sub', args=(Number(value=1.0), Name(id='y')))
    """
    if not text.isprintable() or "#" in text:  # readers put it into lines of their own
        raise FormulaError(f"not a formula: {text!r}: it must be one line, without comments")
    try:
        return _tree(ast.parse(text, mode="eval").body, text, 1)
    except SyntaxError as error:
        raise FormulaError(f"not a formula: {text!r}: {error.msg}") from None
    except (RecursionError, MemoryError):
        raise _too_deep(text) from None


def walk(tree: Expr) -> Iterator[Expr]:
    """Every node of the tree, each before what it is applied to."""
    stack = [tree]
    while stack:
        node = stack.pop()
        yield node
        if isinstance(node, Call):
            stack.extend(reversed(node.args))


def names(tree: Expr) -> frozenset[str]:
    """The variables of a tree.

    >>> sorted(names(parse("exp(x) * pi / y")))
    ['x', 'y']
    """
    return frozenset(node.id for node in walk(tree) if isinstance(node, Name)).difference(CONSTANTS)


def functions(tree: Expr) -> frozenset[str]:
    """The named functions of a tree; operators and comparisons are none of them.

    >>> functions(parse("exp(x) + 1"))
    frozenset({'exp'})
    """
    return frozenset(call.function for call in calls(tree)).difference(OPERATORS, COMPARISONS)


def calls(tree: Expr) -> list[Call]:
    """Every call in a tree, operators and comparisons too."""
    return [node for node in walk(tree) if isinstance(node, Call)]


def elements(tree: Expr, sequences: Iterable[str]) -> tuple[str, ...]:
    """The sequences that a tree uses element by element: it is one number for each. What is reduced is one number.

    >>> elements(parse("w * x"), {"w", "x"}), elements(parse("exp(x - max(x))"), {"x"}), elements(parse("sum(x)"), "x")
    (('w', 'x'), ('x',), ())
    """
    if isinstance(tree, Name):
        return (tree.id,) if tree.id in sequences else ()
    if isinstance(tree, Number) or tree.function in REDUCTIONS:
        return ()
    return tuple(dict.fromkeys(name for arg in tree.args for name in elements(arg, sequences)))


def substitute(tree: Expr, replacements: Mapping[str, Expr]) -> Expr:
    """Return the tree with variables replaced by other trees.

    >>> substitute(parse("1 - y"), {"y": Number(2.0)}) == parse("1 - 2")
    True
    """
    if isinstance(tree, Name):
        return replacements.get(tree.id, tree)
    if isinstance(tree, Number):
        return tree
    args = tuple(substitute(arg, replacements) for arg in tree.args)
    return tree if args == tree.args else Call(tree.function, args)


def fold(tree: Expr, constants: Mapping[str, float] = MappingProxyType({})) -> Expr:
    """Return the tree with every part carried out that is made of numbers alone, and every ``where`` that is decided.

    A part that has no value in Python's arithmetic (``1 / 0``) is left as it stands. Nothing is rearranged, so results
    do not change, to the bit.

    Args:
        tree: the formula.
        constants: variables that are numbers; under ``size`` the number of elements, where that is one for all.

    >>> fold(parse("2 * sqrt(4) * x")) == parse("4 * x")
    True
    >>> fold(parse("where(n > 0, x, n)"), {"n": 2.0})
    Name(id='x')
    """
    if isinstance(tree, Number):
        return tree
    if isinstance(tree, Name):
        known = constants.get(tree.id, CONSTANTS.get(tree.id))
        return tree if known is None else Number(float(known))
    if tree.function == "where":
        condition = fold(tree.args[0], constants)
        if isinstance(condition, Number):  # what is not chosen need not have a value
            return fold(tree.args[1 if condition.value != 0.0 else 2], constants)
    if tree.function in REDUCTIONS and tree.function in constants:
        return Number(float(constants[tree.function]))
    args = tuple(fold(arg, constants) for arg in tree.args)
    evaluate = _EVALUATE.get(tree.function)
    if evaluate is not None and args:
        numbers = [arg.value for arg in args if isinstance(arg, Number)]
        if len(numbers) == len(args):
            try:
                return Number(float(evaluate(*numbers)))
            except (ArithmeticError, ValueError, TypeError):
                pass
    return tree if args == tree.args else Call(tree.function, args)


_EVALUATE: Mapping[str, Callable[..., float]] = {**SCALAR_FUNCTIONS, **OPERATORS, **COMPARISONS}


def needed(given: Sequence[tuple[str, Expr]], results: Iterable[Expr]) -> list[tuple[str, Expr]]:
    """Return the given formulas that `results` need, directly or through others, in order.

    >>> needed([("a", parse("x * x")), ("b", parse("x")), ("c", parse("2 * a"))], [parse("exp(b)")])
    [('b', Name(id='x'))]
    """
    wanted: set[str] = set().union(*map(names, results))
    for name, tree in reversed(given):  # a given formula may use those before it
        if name in wanted:
            wanted |= names(tree)
    return [pair for pair in given if pair[0] in wanted]


def _tree(node: ast.expr, text: str, depth: int) -> Expr:
    if depth > _DEEPEST:
        raise _too_deep(text)

    def sub(child: ast.expr) -> Expr:
        return _tree(child, text, depth + 1)

    match node:
        case ast.Constant(value=value) if type(value) in (int, float):
            try:
                return Number(float(value))  # type: ignore[arg-type]
            except OverflowError:
                raise FormulaError(f"a number in {text[:40]!r} does not fit a double (about 1.8e308 at most)") from None
        case ast.Name(id=name):
            return Name(name)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return Call("neg", (sub(operand),))
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return sub(operand)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            return Call(_BINARY[type(op)], (sub(left), sub(right)))
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _ORDER:
            return Call(_ORDER[type(op)], (sub(left), sub(right)))
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name not in OPERATORS.keys() | COMPARISONS:
            return Call(name, tuple(map(sub, args)))
    raise FormulaError(
        f"{_kind(node)} is not part of the formula language (in {text!r}): use + - * /, comparisons of two numbers, "
        "calls of named functions, pow(a, b) and where(condition, a, b)"
    )


def _kind(node: ast.expr) -> str:
    match node:
        case ast.Compare(ops=[_, _, *_]):
            return f"the chain of comparisons {ast.unparse(node)}"
        case ast.BinOp(op=op) | ast.UnaryOp(op=op):
            return type(op).__name__
        case ast.Call(func=ast.Name(id=name)):
            return f"{name}(...)"
    return type(node).__name__


def _too_deep(text: str) -> FormulaError:
    return FormulaError(
        f"not a formula: {text[:40]!r} ...: more than {_DEEPEST} levels deep; name parts of it with given"
    )
