"""From formulas to source: scalar Python over floats or Values, and NumPy over arrays; and back to a formula's text."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, TypeAlias

from autograd.calculus.arrays import NUMPY_FUNCTIONS
from autograd.calculus.expr import COMPARISONS, REDUCTIONS, Call, Expr, Name, Number, elements, fold, names, parse

__all__ = ["Formula", "is_elementwise", "numpy_function", "numpy_source", "parsed", "python_source", "text_of"]

#: A formula, parsed or as it is written in a row.
Formula: TypeAlias = str | Expr

#: How tightly what is printed holds together, from loosest to tightest.
_CHOICE, _ORDER, _SUM, _PRODUCT, _SIGN, _POWER, _ATOM = range(7)
_INFIX = {"add": ("+", _SUM), "sub": ("-", _SUM), "mul": ("*", _PRODUCT), "div": ("/", _PRODUCT)} | {
    name: (symbol, _ORDER) for name, symbol in zip(COMPARISONS, ("<", "<=", ">", ">=", "==", "!="), strict=True)
}
#: What reads an element of a sequence inside the comprehension that runs over it.
_ELEMENT = "_i"


def is_elementwise(formula: Formula, sequences: Collection[str]) -> bool:
    """Whether `formula` is one number for each element of the sequences it uses.

    >>> is_elementwise("exp(x - m)", {"x"}), is_elementwise("sum(x)", {"x"})
    (True, False)
    """
    return bool(elements(parsed(formula), sequences))


def text_of(tree: Expr) -> str:
    """Return the text of a formula, which parses to the same tree.

    >>> text_of(parse("1-y*(y-2)"))
    '1 - y * (y - 2)'
    """
    return _Infix().print(tree)


def python_source(
    formula: Formula,
    *,
    call: Callable[[str], str],
    compare: str = "",
    sequences: Collection[str] = (),
    spread_over: str = "",
) -> str:
    """Return Python source that evaluates `formula`.

    Args:
        formula: the formula.
        call: maps a function's name to the source of the function to call, ``"exp" -> "math.exp"``.
        compare: a function put around both sides of a comparison (Values compare by the number they hold).
        sequences: the names that stand for whole sequences; arithmetic on them goes element by element.
        spread_over: set when the result is one number for each element of this sequence.

    >>> python_source("where(x > 0, 1, exp(x))", call="math.{}".format)
    '1.0 if x > 0.0 else math.exp(x)'
    >>> python_source("exp(x - y)", call="math.{}".format, sequences={"x"}, spread_over="x")
    '[math.exp(x_i - y) for x_i in x]'
    """
    tree = fold(parsed(formula))
    printer = _Scalar(call, compare, sequences)
    if spread_over and not elements(tree, sequences):
        return f"[{printer.print(tree)}] * len({spread_over})"
    return printer.each(tree)


def numpy_function(
    operands: Iterable[str],
    given: Iterable[tuple[str, Formula]],
    results: Iterable[Formula],
    functions: Mapping[str, Callable[..., Any]],
) -> Callable[..., tuple[Any, ...]]:
    """Return a function of arrays that evaluates `results` in order; the first is named ``y`` for those after it.

    `functions` are the rows that the formulas call. NumPy's arithmetic is IEEE-754's: it never raises for a value, so
    this reader also settles what the ``math`` module refuses (``log(-1)``, ``1/0``).
    """
    source = [f"def evaluate({', '.join(operands)}):"]
    source += [f"    {name} = {text_of(parsed(formula))}" for name, formula in given]
    first, *rest = (text_of(parsed(formula)) for formula in results)
    source += [f"    y = {first}", f"    return (y, {''.join(f'{text}, ' for text in rest)})"]
    scope = {**functions, **NUMPY_FUNCTIONS}
    exec("\n".join(source), scope)  # noqa: S102 - printed from trees
    evaluate: Callable[..., tuple[Any, ...]] = scope["evaluate"]
    return evaluate


def numpy_source(
    formula: Formula,
    names: Mapping[str, str],
    *,
    constants: Mapping[str, float] | None = None,
    number: Callable[[float], str] = repr,
    length: int = 0,
    scalars: Collection[str] = (),
) -> str:
    """Return `formula` as one expression of NumPy calls on arrays.

    Args:
        formula: the formula.
        names: what its variables are called.
        constants: those of them that are one number, which the formula is simplified for.
        number: how a number is written.
        length: of the sequences, if there are any: ``sum`` and ``max`` go along the second axis and keep it.
        scalars: variables that are single numbers: among them and numbers, arithmetic is Python's own.

    >>> numpy_source("1 - y*y", {"y": "a"})
    'subtract(1.0, multiply(a, a))'
    >>> numpy_source("where(x <= 0, 0, x)", {"x": "z"}), numpy_source("where(x > 0, 1, 0)", {"x": "z"})
    ('maximum(z, 0.0)', 'greater(z, 0.0)')
    >>> numpy_source("where(abs(x) == inf, 0, x)", {"x": "z"})
    'finite(z)'
    >>> numpy_source("where(b == 0, 0, b * pow(a, b - 1))", {"a": "a", "b": "b"}, constants={"b": 3.0})
    'multiply(3.0, pow(a, 2.0))'
    >>> numpy_source("v / (1 - pow(beta, t))", {"v": "v", "beta": "b", "t": "t"}, scalars={"beta", "t"})
    'divide(v, 1.0 - b ** t)'
    """
    return _Calls(names, number, length, scalars).print(fold(parsed(formula), constants or {}))


def parsed(formula: Formula) -> Expr:
    """The tree of a formula, which may be one already."""
    return parse(formula) if isinstance(formula, str) else formula


class _Infix:
    """Prints a tree as it is written in rows: infix operators, calls, and as few parentheses as Python needs."""

    def print(self, tree: Expr, least: int = _CHOICE) -> str:
        """The tree in writing, in parentheses if it holds together less tightly than `least`."""
        text, binds = self.written(tree)
        return f"({text})" if binds < least else text

    def written(self, tree: Expr) -> tuple[str, int]:
        if isinstance(tree, Number):
            text = self.number(tree.value)
            return text, _SIGN if text.startswith("-") else _ATOM
        if isinstance(tree, Name):
            return self.name(tree.id), _ATOM
        if tree.function == "neg":
            return f"-{self.print(tree.args[0], _SIGN)}", _SIGN
        if tree.function in _INFIX:
            symbol, binds = _INFIX[tree.function]
            first = binds + 1 if binds == _ORDER else binds
            left, right = self.side(tree, 0, first), self.side(tree, 1, binds + 1)
            return f"{left} {symbol} {right}", binds
        return self.call(tree)

    def side(self, tree: Call, place: int, least: int) -> str:
        return self.print(tree.args[place], least)

    def number(self, value: float) -> str:
        return repr(int(value)) if value.is_integer() and abs(value) < 1e16 and repr(value) != "-0.0" else repr(value)

    def name(self, name: str) -> str:
        return name

    def call(self, tree: Call) -> tuple[str, int]:
        return f"{tree.function}({', '.join(map(self.print, tree.args))})", _ATOM


class _Scalar(_Infix):
    """Python over single numbers: ``where`` is a choice, what goes over sequences is a comprehension."""

    def __init__(self, call: Callable[[str], str], compare: str, sequences: Collection[str]) -> None:
        self.called, self.compare, self.sequences = call, compare, sequences

    def each(self, tree: Expr) -> str:
        """The tree in a comprehension over the sequences that it uses; a sequence by itself stays itself."""
        used = elements(tree, self.sequences)
        if not used:
            return self.print(tree)
        if isinstance(tree, Name):
            return tree.id
        targets = ", ".join(name + _ELEMENT for name in used)
        over = used[0] if len(used) == 1 else f"zip({', '.join(used)})"  # lengths were checked when operands came in
        return f"[{self.print(tree)} for {targets if len(used) == 1 else f'({targets})'} in {over}]"

    def side(self, tree: Call, place: int, least: int) -> str:
        if self.compare and tree.function in COMPARISONS:
            return f"{self.compare}({self.print(tree.args[place])})"
        return super().side(tree, place, least)

    def number(self, value: float) -> str:
        return repr(value) if math.isfinite(value) else f"{'-' if value < 0 else ''}math.{abs(value)!r}"

    def name(self, name: str) -> str:
        return name + _ELEMENT if name in self.sequences else name

    def call(self, tree: Call) -> tuple[str, int]:
        if tree.function == "where":
            condition, chosen, otherwise = tree.args
            chosen_text, test = self.print(chosen, _CHOICE + 1), self.print(condition, _CHOICE + 1)
            return f"{chosen_text} if {test} else {self.print(otherwise)}", _CHOICE
        if tree.function not in REDUCTIONS:
            return f"{self.called(tree.function)}({', '.join(map(self.print, tree.args))})", _ATOM
        arguments = ", ".join(self._products(arg) or self.each(arg) for arg in tree.args)
        return f"{'len' if tree.function == 'size' else self.called(tree.function)}({arguments})", _ATOM

    def _products(self, tree: Expr) -> str:
        """``map(mul, w, x)`` for the product of two sequences: the line on which a neural network spends its time."""
        match tree:
            case Call("mul", (Name(w), Name(x))) if {w, x} <= set(self.sequences):
                return f"map(mul, {w}, {x})"
        return ""


class _Calls(_Infix):
    """Calls of NumPy's functions, and for some choices the faster functions that they are equal to."""

    def __init__(
        self, names: Mapping[str, str], number: Callable[[float], str], length: int, scalars: Collection[str]
    ) -> None:
        self.names = names
        self.literal = number
        self.length = length
        self.scalars = frozenset(scalars)

    def number(self, value: float) -> str:
        return self.literal(value) if math.isfinite(value) else repr(value)

    def name(self, name: str) -> str:
        return self.names[name]

    def written(self, tree: Expr) -> tuple[str, int]:
        if not isinstance(tree, Call):
            return super().written(tree)
        if self.scalars and tree.function in _ARITHMETIC and names(tree) and names(tree) <= self.scalars:
            return _Arithmetic(self.names).written(tree)
        if tree.function == "where":
            return self._choice(*tree.args), _ATOM
        return self._called(_UFUNCS.get(tree.function, tree.function), *tree.args), _ATOM

    def _choice(self, condition: Expr, chosen: Expr, otherwise: Expr) -> str:
        if chosen == _ZERO and condition == Call("le", (otherwise, _ZERO)):
            return self._called("maximum", otherwise, chosen)
        if chosen == _ZERO and condition == Call("eq", (Call("abs", (otherwise,)), Number(math.inf))):
            return self._called("finite", otherwise)
        if (chosen, otherwise) == (Number(1.0), _ZERO):  # True and False serve as 1 and 0
            is_comparison = isinstance(condition, Call) and condition.function in COMPARISONS
            return self.print(condition) if is_comparison else self._called("not_equal", condition, otherwise)
        return self._called("where", condition, chosen, otherwise)

    def _called(self, name: str, *args: Expr) -> str:
        along = "_along" if self.length and name in REDUCTIONS else ""
        return f"{name}{along}({', '.join(map(self.print, args))})"


class _Arithmetic(_Infix):
    """Python's own arithmetic on renamed variables, powers as Python writes them."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = names

    def number(self, value: float) -> str:
        return repr(value)

    def name(self, name: str) -> str:
        return self.names[name]

    def call(self, tree: Call) -> tuple[str, int]:
        if tree.function == "pow":
            base, exponent = tree.args
            return f"{self.print(base, _POWER + 1)} ** {self.print(exponent, _SIGN)}", _POWER
        return super().call(tree)


_ZERO = Number(0.0)
_ARITHMETIC = {"add", "sub", "mul", "div", "neg", "pow"}
_UFUNCS = {
    "add": "add", "sub": "subtract", "mul": "multiply", "div": "divide", "neg": "negative", "lt": "less",
    "le": "less_equal", "gt": "greater", "ge": "greater_equal", "eq": "equal", "ne": "not_equal",
}  # fmt: skip
