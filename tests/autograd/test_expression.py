"""``parse``: the text means what Python means by it."""

from __future__ import annotations

import math
import operator
from typing import Any

import pytest
from hypothesis import assume, given, settings

import autograd
from autograd import RULES, ExpressionError, Value, parse
from autograd.expression import names
from tests.autograd.calculus.oracle import ROWS
from tests.strategies import expressions

VALUES = {"a": 0.75, "b": -1.25, "c": 2.0}
FUNCTIONS = {name: getattr(autograd, name) for name in ROWS if hasattr(autograd, name)} | {"pi": math.pi, "e": math.e}


def python(text: str, values: dict[str, Any]) -> Any:
    """What Python itself makes of the text."""
    return eval(text, {"__builtins__": {}, **FUNCTIONS}, values)  # noqa: S307 - text that the strategy wrote


class TestMeaning:
    """Numbers, names, precedence, functions."""

    @settings(max_examples=300, deadline=None)
    @given(expressions())
    def test_as_python_reads_it(self, text: str) -> None:
        leaves = {name: Value(x) for name, x in VALUES.items()}
        try:
            expected = python(text, leaves)
        except (ArithmeticError, TypeError):  # constants among themselves: 1/0, a complex root, a huge power
            assume(False)
        assume(not isinstance(expected, complex))
        used = {name: Value(leaf.data) for name, leaf in leaves.items() if name in names(text)}
        found = parse(text, **used)
        expected = expected if isinstance(expected, Value) else Value(expected)
        assert found.data == expected.data or (math.isnan(found.data) and math.isnan(expected.data))
        found.backward()
        expected.backward()
        for name, leaf in used.items():
            assert leaf.grad == leaves[name].grad or (math.isnan(leaf.grad) and math.isnan(leaves[name].grad))

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("2 + 3 * 4", 14),
            ("(2 + 3) * 4", 20),
            ("2 * 3 ** 2", 18),
            ("-2 ** 2", -4),
            ("(-2) ** 2", 4),
            ("2 ** -1", 0.5),
            ("2 ** 3 ** 2", 512),
            ("2 ** -3 ** 0", 0.5),
            ("10 - 4 - 3", 3),
            ("16 / 4 / 2", 2),
            ("2 - -2", 4),
            ("--2", 2),
            ("-+-2", 2),
            ("+2", 2),
            ("- 2 * 3", -6),
            ("1e3 + 1.5E-1 + .5 + 5.", 1005.65),
            ("2*pi", 2 * math.pi),
            ("e", math.e),
            ("-inf", -math.inf),
            ("1 / 0", math.inf),
            ("-1 / 0", -math.inf),
            ("0 ** -1", math.inf),
            ("log(0)", -math.inf),
            ("exp(1000)", math.inf),
            ("maximum(1, 2) - minimum(3, 4)", -1),
            ("where(1 < 2, 10, 20)", 10),
            ("where(2 <= 1, 10, 20)", 20),
            ("where(0, 10, 20)", 20),
            ("where(-1, 10, 20)", 10),
            ("sum(1, 2, 3) + mean(2, 4)", 9),
            ("clamp(5, -1)", 5),
            ("clamp(5, -1, 1)", 1),
            ("leaky_relu(-2) + leaky_relu(-2, 0.5)", -1.02),
            ("  tanh ( 0 )  ", 0),
            ("((((3))))", 3),
            ("abs(-3)\n", 3),
        ],
    )
    def test_constants(self, text: str, expected: float) -> None:
        result = parse(text)
        assert (type(result), result.data, result.parents) == (Value, pytest.approx(expected, rel=1e-15), ())

    def test_nan(self) -> None:
        assert all(math.isnan(parse(text).data) for text in ("0 / 0", "log(-1)", "(-8) ** (1/3)", "inf - inf"))

    def test_names_become_labelled_leaves(self) -> None:
        result = parse("w*a + b", w=0.7, a=-1.5, b=True)
        product, b = result.parents
        w, a = product.parents
        assert [(leaf.label, leaf.data) for leaf in (w, a, b)] == [("w", 0.7), ("a", -1.5), ("b", 1.0)]
        result.backward()
        assert (w.grad, a.grad, b.grad) == (-1.5, 0.7, 1.0)

    def test_a_name_is_one_leaf(self) -> None:
        x = Value(3.0)
        (parse("x*x + x", x=x)).backward()
        assert x.grad == 7.0
        result = parse("x*x", x=3.0)
        assert result.parents[0] is result.parents[1]

    def test_values_go_in_as_they_are(self) -> None:
        x = Value(3.0)
        assert parse("x", x=x) is x
        y = x * x
        parse("log(y)", y=y).backward()
        assert x.grad == pytest.approx(2 / 3, rel=1e-15)

    def test_names_of_any_alphabet(self) -> None:
        result = parse("σ_1 * Δx + 数", σ_1=2.0, Δx=3.0, 数=1.0)
        assert result.data == 7.0

    @pytest.mark.parametrize(
        "name", ["\N{MICRO SIGN}", "\N{GREEK SMALL LETTER MU}", "\N{SCRIPT SMALL L}", "É", "E\u0301"]
    )
    def test_names_that_python_normalises(self, name: str) -> None:
        """The µ of a keyboard is not the μ of the alphabet, until Python's parser (PEP 3131) has read it."""
        assert parse(f"2 * {name}", **{name: 3.0}).data == 6.0

    def test_a_name_given_by_the_caller_wins(self) -> None:
        """``e`` is also an error, an energy, an edge; a name like a function's is not that function."""
        assert parse("2*e", e=3.0).data == 6.0
        assert parse("exp(exp)", exp=0.0).data == 1.0

    def test_the_names_that_need_a_value(self) -> None:
        assert names("tanh(w*a + b) - a**c + pi") == ["w", "a", "b", "c"]
        assert names("1 + 2") == []

    @pytest.mark.parametrize("name", sorted(ROWS))
    def test_every_row(self, name: str) -> None:
        """A row is a function of its own name, or the text is refused; never another error."""
        row = ROWS[name]
        numbers = [round(sum(interval) / 2 + 0.1875, 4) for interval in row.domain[: len(row.operands)]]
        text = f"{name}({', '.join(map(repr, numbers))})"
        refused = None
        try:
            result = parse(text)
        except ExpressionError as error:
            refused = error
        if refused is None:
            operators = {"add": operator.add, "sub": operator.sub, "mul": operator.mul, "truediv": operator.truediv}
            function = FUNCTIONS.get(name) or operators.get(name) or operator.neg
            sequence = row.operands[0].is_sequence
            assert result.data == (function(numbers) if sequence else function(*numbers))
        else:
            assert refused.position == 0
            assert row.symbol or len(row.operands) > 1


def test_the_functions_are_the_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is a row now is a function, nothing else is."""
    assert parse("cosh(a)", a=0.0).data == 1.0
    monkeypatch.delitem(RULES, "cosh")
    with pytest.raises(ExpressionError, match="cosh"):
        parse("1 + cosh(a)", a=1.0)
