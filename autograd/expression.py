"""From text to a Value: ``parse("tanh(w*a + b)", w=0.7, a=-1.5, b=0.3)``.

The grammar is closed: numbers, names, ``+ - * / **`` with Python's precedence, parentheses, the functions of the
calculus table, and one comparison as the condition of ``where``. The text is read character by character; nothing in it
is ever run as Python.
"""

from __future__ import annotations

import math
import operator
import re
import unicodedata
from collections.abc import Callable
from typing import Any

from autograd import operations
from autograd.calculus.table import RULES
from autograd.errors import ExpressionError, OperandError, nearest
from autograd.operations import Operand
from autograd.value import Value, primal

__all__ = ["names", "parse"]

_CONSTANTS = {"pi": math.pi, "e": math.e, "inf": math.inf}
_NUMBER = re.compile(r"(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?(?![0-9])")
_SYMBOL = re.compile(r"\*\*|<=|>=|==|!=|[-+*/()<>,]")
_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "**": operator.pow,
}
_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_BY_NAME: dict[str, Callable[..., Any]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "truediv": operator.truediv,
    "neg": operator.neg,
}
_HINTS = {
    "^": "powers are written a ** b",
    "==": "a condition is one comparison with <, <=, > or >=, as in where(a < b, c, d)",
    "!=": "a condition is one comparison with <, <=, > or >=, as in where(a < b, c, d)",
    "#": "an expression has no comments",
    "\n": "an expression is one line",
} | dict.fromkeys(_COMPARISONS, "a comparison is a condition, and stands in where(condition, a, b) alone")
_WORDS = dict.fromkeys(("if", "else", "and", "or", "not"), "choices are written where(condition, a, b)")


def parse(text: str, /, **values: Operand) -> Value:
    """Build the Value that `text` describes.

    Args:
        text: the expression; functions are those of the calculus table, ``pi``, ``e`` and ``inf`` are known.
        values: a number or a Value for every name in the text. A number becomes a new leaf with the name as label.

    Raises:
        ExpressionError: the text is not of the grammar, or a name has no value; a caret marks the place. Also for a
            name that is given a value but does not occur.
        OperandError: a value is not a number, or the text is not text.

    >>> w = Value(0.7)
    >>> a = parse("tanh(w*a_in + b)", w=w, a_in=-1.5, b=0.3)
    >>> a.backward()
    >>> round(a.data, 6), round(w.grad, 6)
    (-0.635149, -0.894879)
    """
    leaves = {
        unicodedata.normalize("NFKC", name): value if isinstance(value, Value) else Value(value, label=name)
        for name, value in values.items()
    }
    used: set[str] = set()

    def leaf(name: str) -> Operand | None:
        used.add(name)
        return leaves.get(name, _CONSTANTS.get(name))

    result = _Parser(text, leaf, list(values)).parse()
    for name in leaves.keys() - used:
        raise ExpressionError(f"the expression does not use {name!r}{nearest(name, used)}", text, 0)
    return result if isinstance(result, Value) else Value(result)


def names(text: str) -> list[str]:
    """Return the names that need a value, in order of appearance.

    >>> names("tanh(w*a + b)")
    ['w', 'a', 'b']
    """
    found: dict[str, None] = {}

    def leaf(name: str) -> float:
        found[name] = None
        return 1.0

    _Parser(text, leaf, []).parse()
    return [name for name in found if name not in _CONSTANTS]


class _Parser:
    """Reads an expression by recursive descent, one method per level of precedence, and computes as it reads."""

    def __init__(self, text: str, leaf: Callable[[str], Operand | None], given: list[str]) -> None:
        if not isinstance(text, str):
            raise OperandError(f"parse() takes the text of an expression, got {type(text).__name__}")
        self.text = text
        self.end = len(text.rstrip())
        self.leaf = leaf
        self.given = given
        self.position = 0

    def parse(self) -> Any:
        try:
            if not self.text.strip():
                raise self.error("the expression is empty", 0)
            value = self.sum()
            if self.peek():
                raise self.unexpected("the expression should end here, or go on with + - * / **")
            return value
        except RecursionError:
            raise self.error("nested too deeply; build it from parts in Python", 0) from None

    def sum(self) -> Any:
        value = self.term()
        while (symbol := self.peek()) in ("+", "-"):
            value = self.binary(symbol, value, self.term)
        return value

    def term(self) -> Any:
        value = self.signed()
        while (symbol := self.peek()) in ("*", "/"):
            value = self.binary(symbol, value, self.signed)
        return value

    def signed(self) -> Any:
        negations = 0
        while (symbol := self.peek()) in ("+", "-"):
            self.take(symbol)
            negations += symbol == "-"
        value = self.power()
        for _ in range(negations):
            value = -value
        return value

    def power(self) -> Any:
        value = self.atom()
        return self.binary("**", value, self.signed) if self.peek() == "**" else value

    def binary(self, symbol: str, left: Any, right: Callable[[], Any]) -> Any:
        self.take(symbol)
        return _apply(_OPERATORS[symbol], left, right())

    def atom(self) -> Any:
        symbol, start = self.peek(), self.position
        if symbol == "(":
            self.take(symbol)
            value = self.sum()
            self.close(start)
            return value
        if number := _NUMBER.match(self.text, start):
            self.position = number.end()
            if self.name():
                raise self.error("a number ends where a letter begins: write 2*x for the product", start)
            return float(number[0])
        name = self.name()
        if not name:
            raise self.unexpected("expected a number, a name, a function or (; the operators are + - * / **")
        if self.text[self.position : self.position + 1].isalnum():  # like the 2 of x²
            raise self.unexpected("this character is no part of a name")
        if self.peek() == "(":
            return self.call(name, start)
        value = self.leaf(unicodedata.normalize("NFKC", name))
        if value is not None:
            return value
        if name in _WORDS:
            raise self.error(_WORDS[name], start)
        if name in RULES:
            following = self.peek()
            place = self.position if following and not _SYMBOL.match(following) else start
            raise self.error(f"{name!r} is a function: write {name}(...)", place)
        known = ", ".join(self.given) or "none"
        raise self.error(f"{name!r} has no value{nearest(name, self.given)}; given: {known}", start)

    def call(self, name: str, start: int) -> Any:
        if name not in RULES:
            raise self.error(f"there is no function {name!r}{nearest(name, RULES)}", start)
        rule = RULES[name]
        opening = self.position
        self.take("(")
        arguments: list[Any] = []
        while self.peek() != ")" or arguments:
            arguments.append(self.condition() if name == "where" and not arguments else self.sum())
            if self.peek() != ",":
                break
            self.take(",")
        self.close(opening)
        function = _BY_NAME[name] if name in _BY_NAME else getattr(operations, name)
        if any(operand.is_sequence for operand in rule.operands):
            if len(rule.operands) > 1:
                raise self.error(f"{name} pairs sequences; write the sum of products out", start)
            if not arguments:
                raise self.error(f"{name} needs one operand at least", start)
            return function(arguments)
        if not rule.takes(len(arguments)):
            operands = ", ".join(operand.name for operand in rule.operands)
            raise self.error(f"{name} takes {operands}; got {len(arguments)} operands", start)
        return _apply(function, *arguments)

    def condition(self) -> Any:
        left = self.sum()
        symbol = self.peek()
        if symbol not in _COMPARISONS:
            return left
        self.take(symbol)
        return float(_COMPARISONS[symbol](primal(left), primal(self.sum())))

    # Characters -------------------------------------------------------------------------------------------------------

    def peek(self) -> str:
        """The symbol that comes next, or the character if it begins none; ``""`` at the end."""
        while self.position < self.end and self.text[self.position] in " \t":
            self.position += 1
        if self.position >= self.end:
            return ""
        symbol = _SYMBOL.match(self.text, self.position)
        return symbol[0] if symbol else self.text[self.position]

    def take(self, symbol: str) -> None:
        self.position += len(symbol)

    def name(self) -> str:
        start = self.position
        while self.position < self.end and _in_name(self.text[self.position], first=self.position == start):
            self.position += 1
        return self.text[start : self.position]

    def close(self, opening: int) -> None:
        symbol = self.peek()
        if symbol == ")":
            self.take(symbol)
        elif not symbol:
            raise self.error("this ( is never closed", opening)
        else:
            raise self.unexpected("expected ), or an operator + - * / **")

    def unexpected(self, expected: str) -> ExpressionError:
        symbol, start = self.peek(), self.position
        hint = _HINTS.get(symbol) or _WORDS.get(self.name())
        return self.error(hint or expected, start)

    def error(self, problem: str, position: int) -> ExpressionError:
        return ExpressionError(problem, self.text, position)


def _in_name(character: str, *, first: bool) -> bool:
    """Whether a character may stand in a name: letters and _, and behind the first also digits and accents."""
    kind = unicodedata.category(character)
    return character == "_" or kind[0] == "L" or kind == "Nl" or (not first and kind in ("Mn", "Mc", "Nd", "Pc"))


def _apply(function: Callable[..., Any], *operands: Any) -> Any:
    """Apply an operation; constants among themselves stay constants, by the rules of IEEE-754."""
    if any(isinstance(operand, Value) for operand in operands):
        return function(*operands)
    result = function(Value(operands[0]), *operands[1:])
    return result.data if isinstance(result, Value) else result
