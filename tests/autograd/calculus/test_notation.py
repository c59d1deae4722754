"""Formulas as mathematics: what is written still means the row, whatever names or numbers stand in it."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import RULES
from autograd.calculus.formula import names_in
from autograd.calculus.notation import latex_formula, latex_number, number, unicode_formula

FORMULAS = sorted(
    {text for rule in RULES.values() for text in (rule.forward, *rule.partials, *(text for _, text in rule.given))}
)


@pytest.mark.parametrize(
    "text", [t for t in FORMULAS if not names_in(t)[1] & {"sum", "size", "cbrt"} and t != "max(x)"]
)
def test_unicode_reads_back_to_the_same_number(text: str) -> None:
    """Python evaluates what was written; no reader of the table has had a hand in it."""
    names = {name: 0.3 + 0.1 * place for place, name in enumerate(sorted(names_in(text)[0]))}
    scope = {**vars(math), "abs": abs, "max": max, "min": min, "sign": lambda x: math.copysign(1.0, x) if x else 0.0}
    scope |= {"log2": math.log2, "log10": math.log10, "round": round}

    def value(source: str) -> float:
        try:
            return float(eval(source, scope, dict(names)))  # noqa: S307 - the table's own formulas
        except (OverflowError, ZeroDivisionError, ValueError):
            return math.nan

    source = unicode_formula(text)
    for old, new in {"−": "-", "·": "*", "²": "**2", "^": "**", "√": "sqrt", "ln": "log", "₂": "2", "₁₀": "10",
                     "≤": "<=", "≥": ">=", "≠": "!=", "π": "pi", "∞": "inf", "α": "alpha",
                     " = ": " == "}.items():  # fmt: skip
        source = source.replace(old, new)
    source = re.sub(r"\|([^|]+)\|", r"abs(\1)", source)
    source = source.replace("⌊", "floor(").replace("⌋", ")").replace("⌈", "ceil(").replace("⌉", ")")
    direct = {"where": lambda c, a, b: a if c else b, "maximum": max, "minimum": min}
    try:
        expected = float(eval(text, {**scope, **direct}, dict(names)))  # noqa: S307
    except (OverflowError, ZeroDivisionError, ValueError):
        expected = math.nan
    assert value(source) == pytest.approx(expected, rel=1e-12, nan_ok=True), source


@pytest.mark.parametrize("text", FORMULAS)
def test_latex_is_balanced(text: str) -> None:
    written = latex_formula(text)
    bare = written.replace(r"\{", "").replace(r"\}", "")
    assert bare.count("{") == bare.count("}")
    assert written.count("(") == written.count(")")
    assert written.count(r"\begin{cases}") == written.count(r"\end{cases}")
    assert written.count(r"\left") == written.count(r"\right")
    assert not re.search(r"[·−²√∞π]", written)


def test_numbers_take_the_place_of_names() -> None:
    assert unicode_formula("1 - y*y", {"y": -0.5}) == "1 − (−0.5)²"
    assert unicode_formula("x - a", {"x": 1.0, "a": -2.0}) == "1 − (−2)"
    assert unicode_formula("-x", {"x": -2.0}) == "−(−2)"
    assert latex_formula("y * (1 - y)", {"y": 0.25}) == r"0.25\,(1 - 0.25)"
    assert latex_formula("2 * x", {"x": 3.0}) == r"2 \cdot 3"
    assert latex_formula("x * x", {"x": 1e-9}) == r"(1\times 10^{-9})^{2}"
    assert latex_formula("where(x > 0, 1, slope)", {"slope": 0.01, "x": "z"}) == (
        r"\begin{cases} 1, & z > 0 \\ 0.01, & z \le 0 \end{cases}"
    )


@pytest.mark.parametrize("x", [0.0, -0.0, 1.0, -1.5e-9, 123456.0, math.inf, -math.inf, math.nan])
def test_numbers_of_every_kind(x: float) -> None:
    back = float(number(x).replace("−", "-").replace("∞", "inf"))
    assert back == pytest.approx(x, rel=1e-3, nan_ok=True)
    assert "e" not in latex_number(x).replace(r"\times", "")


@pytest.mark.parametrize(
    ("x", "written"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (1.0, "1"),
        (-1.5, "−1.5"),
        (123456.0, "1.235e5"),
        (-1.23456e-7, "−1.235e−7"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
        (math.nan, "nan"),
    ],
)
def test_numbers_are_written_as_in_a_textbook(x: float, written: str) -> None:
    assert number(x) == written


@given(st.floats(-1e300, 1e300))
def test_a_written_number_is_right_to_four_digits(x: float) -> None:
    assert float(number(x).replace("−", "-")) == pytest.approx(x, rel=5.1e-4, abs=0.0)
