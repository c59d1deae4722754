"""Formulas of the calculus table as mathematics: in Unicode for terminals and web pages, and in LaTeX.

The table writes ``"1 - y*y"``; a reader wants 1 − a², or ``1 - a^{2}`` for LaTeX, with names or numbers of their own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import NamedTuple

from autograd.calculus.expr import COMPARISONS, Call, Expr, Name, Number, parse

__all__ = ["latex_formula", "latex_number", "number", "unicode_formula"]

Names = Mapping[str, "str | float"]


def number(x: float, digits: int = 4) -> str:
    """Return `x` to four significant digits, with a real minus sign.

    >>> number(-0.89487912), number(2.0), number(1e-9), number(-0.0)
    ('−0.8949', '2', '1e−9', '0')
    """
    return _shortened(x, digits).replace("-", "−").replace("inf", "∞")


def latex_number(x: float, digits: int = 4) -> str:
    r"""Return `x` to four significant digits as LaTeX.

    >>> print(latex_number(-1.5e-9), latex_number(-math.inf))
    -1.5\times 10^{-9} -\infty
    """
    mantissa, e, exponent = _shortened(x, digits).partition("e")
    if not math.isfinite(x):
        return mantissa.replace("inf", r"\infty").replace("nan", r"\mathrm{nan}")
    return rf"{mantissa}\times 10^{{{exponent}}}" if e else mantissa


def unicode_formula(text: str, names: Names | None = None) -> str:
    """Return a formula of the table in Unicode, its variables replaced by other names or by numbers.

    >>> unicode_formula("1 - y*y", {"y": "a"}), unicode_formula("1 - y*y", {"y": -0.5})
    ('1 − a²', '1 − (−0.5)²')
    >>> unicode_formula("where(x > 0, 1, slope)", {"x": "z", "slope": 0.01})
    '1 if z > 0 else 0.01'
    """
    return _write(parse(text), _Dialect(_UNICODE, _UNICODE_FUNCTIONS, number, names or {})).text


def latex_formula(text: str, names: Names | None = None) -> str:
    r"""Return a formula of the table as LaTeX; `names` are LaTeX too. It needs amsmath.

    >>> print(latex_formula("y * (1 - y)", {"y": "a"}), latex_formula("1 / sqrt(x)"))
    a\,(1 - a) \frac{1}{\sqrt{x}}
    """
    return _write(parse(text), _Dialect(_LATEX, _LATEX_FUNCTIONS, latex_number, names or {})).text


def _shortened(x: float, digits: int) -> str:
    text = f"{x + 0.0:.{digits}g}"  # adding 0.0 turns -0.0 into 0.0
    mantissa, e, exponent = text.partition("e")
    return f"{mantissa}e{int(exponent)}" if e else text


class _Written(NamedTuple):
    text: str
    binds: int  # how tightly: see below


#: From loosest to tightest; what binds less tightly than its place asks for gets parentheses.
_CHOICE, _SUM, _PRODUCT, _SIGN, _POWER, _ATOM = range(6)


class _Dialect(NamedTuple):
    patterns: Mapping[str, str]
    functions: Mapping[str, str]
    number: Callable[[float], str]
    names: Names

    def fenced(self, tree: Expr, least: int) -> str:
        """`tree` in writing, in parentheses if it binds less tightly than `least`."""
        written = _write(tree, self)
        return self.fence(written.text) if written.binds < least else written.text

    def fence(self, text: str) -> str:
        """`text` in parentheses, as tall as it is."""
        tall = r"\frac" in text or r"\begin" in text
        return rf"\left({text}\right)" if tall else f"({text})"


def _write(tree: Expr, to: _Dialect) -> _Written:
    match tree:
        case Number(value):
            return _number(value, to)
        case Name(name):
            new = to.names.get(name) if name in to.names else to.patterns.get(name) or _word(name, to)
            return _number(new, to) if isinstance(new, float) else _Written(str(new), _ATOM)
        case Call("neg", (operand,)):
            after = to.fenced(operand, _PRODUCT)
            return _Written(to.patterns["minus"] + (to.fence(after) if after[0] in "-−" else after), _SIGN)
        case Call("add" | "sub" as function, (left, right)):
            sign = to.patterns["plus" if function == "add" else "less"]
            # A sign may open a sum, but not follow another.
            after = to.fenced(right, _PRODUCT)
            after = to.fence(after) if after[0] in "-−" else after
            return _Written(f"{to.fenced(left, _SUM)} {sign} {after}", _SUM)
        case Call("div", (left, right)):
            if "over" in to.patterns:
                return _Written(to.patterns["over"].format(_write(left, to).text, _write(right, to).text), _ATOM)
            return _Written(f"{to.fenced(left, _PRODUCT)}/{to.fenced(right, _POWER)}", _PRODUCT)
        case Call("mul", (left, right)):
            return _product(left, right, to)
        case Call("where", (condition, chosen, otherwise)):
            return _choice(condition, chosen, otherwise, to)
        case Call("pow", (base, exponent)):
            return _power(base, _write(exponent, to).text, to)
        case Call(function, (left, right)) if function in COMPARISONS:
            return _Written(f"{to.fenced(left, _SUM)} {to.patterns[function]} {to.fenced(right, _SUM)}", _CHOICE)
    written = [_write(argument, to).text for argument in tree.args]
    pattern = to.functions.get(tree.function, to.patterns["call"].replace("NAME", tree.function))
    binds = _SUM if tree.function == "expm1" else _ATOM
    return _Written(pattern.format(", ".join(written), *written), binds)


def _number(x: float, to: _Dialect) -> _Written:
    text = to.number(x)
    return _Written(text, _SIGN if text[0] in "-−" else _PRODUCT if "times" in text else _ATOM)


def _product(left: Expr, right: Expr, to: _Dialect) -> _Written:
    if left == Call("neg", (right,)):  # -x * x
        return _Written(to.patterns["minus"] + _power(right, "2", to).text, _SIGN)
    if left == right:
        return _power(left, "2", to)
    if isinstance(left, Call) and left.function == "mul" and left.args[1] == right:  # 3 * x * x
        before, after = to.fenced(left.args[0], _PRODUCT), _power(right, "2", to).text
    else:
        before, after = to.fenced(left, _PRODUCT), to.fenced(right, _POWER)
    # Two numbers side by side need more than a thin space between them.
    times = to.patterns["dot" if before[-1].isdigit() and after[0].isdigit() else "times"]
    return _Written(f"{before}{times}{after}", _PRODUCT)


def _power(base: Expr, exponent: str, to: _Dialect) -> _Written:
    pattern = to.patterns["square" if exponent == "2" else "power"]
    return _Written(pattern.format(to.fenced(base, _ATOM), exponent), _POWER)


def _choice(condition: Expr, chosen: Expr, otherwise: Expr, to: _Dialect) -> _Written:
    if "cases" not in to.patterns:
        text = f"{to.fenced(chosen, _SUM)} if {_write(condition, to).text} else {_write(otherwise, to).text}"
        return _Written(text, _CHOICE)
    first = [_write(chosen, to).text, _write(condition, to).text]
    opposite = _opposite(condition)
    rest = [_write(otherwise, to).text, _write(opposite, to).text if opposite else to.patterns["else"]]
    return _Written(to.patterns["cases"].format(*first, *rest), _ATOM)


_OPPOSITES = {"lt": "ge", "ge": "lt", "gt": "le", "le": "gt", "eq": "ne", "ne": "eq"}


def _opposite(condition: Expr) -> Expr | None:
    if isinstance(condition, Call) and condition.function in COMPARISONS:
        return Call(_OPPOSITES[condition.function], condition.args)
    return None


def _word(name: str, to: _Dialect) -> str:
    """A name of several letters; without care LaTeX sets it as a product of them."""
    return name if len(name) == 1 or "word" not in to.patterns else to.patterns["word"].format(name.replace("_", r"\_"))


_UNICODE = {
    "minus": "−", "plus": "+", "less": "−", "times": "·", "dot": "·", "square": "{0}²", "power": "{0}^({1})",
    "call": "NAME({0})", "pi": "π", "inf": "∞", "alpha": "α",
    "lt": "<", "le": "≤", "gt": ">", "ge": "≥", "eq": "=", "ne": "≠",
}  # fmt: skip
_UNICODE_FUNCTIONS = {
    "abs": "|{0}|", "sqrt": "√({0})", "log": "ln({0})", "log1p": "ln(1 + {0})", "log2": "log₂({0})",
    "log10": "log₁₀({0})", "expm1": "exp({0}) − 1",
    "maximum": "max({0})", "minimum": "min({0})", "sum": "Σ({0})", "size": "n", "floor": "⌊{0}⌋", "ceil": "⌈{0}⌉",
}  # fmt: skip
_LATEX = {
    "minus": "-", "plus": "+", "less": "-", "times": r"\,", "dot": r" \cdot ", "square": "{0}^{{2}}",
    "power": "{0}^{{{1}}}", "over": r"\frac{{{0}}}{{{1}}}", "call": r"\operatorname{{NAME}}({0})",
    "cases": r"\begin{{cases}} {0}, & {1} \\ {2}, & {3} \end{{cases}}", "else": r"\text{else}",
    "pi": r"\pi", "inf": r"\infty", "alpha": r"\alpha", "word": r"\mathit{{{0}}}",
    "lt": "<", "le": r"\le", "gt": ">", "ge": r"\ge", "eq": "=", "ne": r"\ne",
}  # fmt: skip
_LATEX_FUNCTIONS = {
    **{name: rf"\{name}({{0}})" for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh")},
    **{f"a{name}": rf"\arc{name}({{0}})" for name in ("sin", "cos", "tan")},
    "exp": "e^{{{0}}}", "expm1": "e^{{{0}}} - 1", "log": r"\ln({0})", "log1p": r"\ln(1 + {0})",
    "log2": r"\log_{{2}}({0})", "log10": r"\log_{{10}}({0})", "sqrt": r"\sqrt{{{0}}}", "cbrt": r"\sqrt[3]{{{0}}}",
    "abs": r"\left|{0}\right|", "maximum": r"\max({0})", "minimum": r"\min({0})", "sum": r"\textstyle\sum {0}",
    "size": "n", "floor": r"\lfloor {0} \rfloor", "ceil": r"\lceil {0} \rceil",
}  # fmt: skip
