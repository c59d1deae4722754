"""Formulas as trees: what is parsed evaluates as Python evaluates the text, and folding changes no bit of it."""

from __future__ import annotations

import ast
import math

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from autograd import RULES, FormulaError, Rule
from autograd.calculus.expr import Call, Name, Number, fold, parse, substitute
from autograd.calculus.printing import python_source, text_of

NAMES = ("x", "y", "slope")

numbers = st.sampled_from(["0", "1", "2.5", "0.0", "1e300", "pi", "inf"]) | st.integers(0, 10**6).map(str)


def wider(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    comparison = st.tuples(inner, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), inner).map(
        lambda t: f"({t[0]}) {t[1]} ({t[2]})"
    )
    return st.one_of(
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda t: f"({t[0]}) {t[1]} ({t[2]})"),
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda t: f"{t[0]} {t[1]} {t[2]}"),
        inner.map(lambda text: f"-({text})"),
        inner.map(lambda text: f"tanh({text})"),
        st.tuples(comparison, inner, inner).map(lambda t: f"where({', '.join(t)})"),
    )


formulas = st.recursive(numbers | st.sampled_from(NAMES), wider, max_leaves=12)


def evaluated(source: str, scope: dict[str, float]) -> str:
    """Python's own answer, to the bit (the sign of 0 counts); numbers in formulas are doubles."""

    class Doubles(ast.NodeTransformer):
        def visit_Constant(self, node: ast.Constant) -> ast.Constant:
            return ast.Constant(float(node.value))  # type: ignore[arg-type]

    tree = ast.fix_missing_locations(Doubles().visit(ast.parse(source, mode="eval")))
    functions = {"tanh": math.tanh, "math": math, "pi": math.pi, "inf": math.inf, "nan": math.nan, "where": where}
    try:
        return repr(float(eval(compile(tree, "", "eval"), functions, dict(scope))))  # noqa: S307
    except ZeroDivisionError:
        return "division by zero"


def where(condition: bool, a: float, b: float) -> float:
    return a if condition else b


@settings(deadline=None)
@given(formulas, st.lists(st.sampled_from([0.0, -0.0, 1.5, -2.0, 1e200]), min_size=3, max_size=3))
@example("x - (y - 1)", [1.5, -2.0, 0.0])
@example("-x * x", [1.5, 0.0, 0.0])
@example("-(0) * x", [-2.0, 0.0, 0.0])
@example("where((where((x) < (0), x, y)) > (1), x, y)", [1.5, -2.0, 0.0])
def test_a_tree_prints_as_what_the_text_means(text: str, values: list[float]) -> None:
    scope = dict(zip(NAMES, values, strict=True))
    tree = parse(text)
    assert parse(text_of(tree)) == tree
    expected = evaluated(text, scope)
    if expected != "division by zero":
        assert evaluated(text_of(tree), scope) == expected
        assert evaluated(python_source(tree, call="math.{}".format), scope) == expected
        known = fold(tree, scope)
        assert isinstance(known, Number)
        assert repr(known.value) == expected


@pytest.mark.parametrize("name", sorted(RULES))
def test_the_table_makes_sense(name: str) -> None:
    """Rows are looked at here, and when a user enters one; not at every import."""
    RULES[name].check()


@pytest.mark.parametrize("name", sorted(RULES))
def test_every_row_is_parsed_once(name: str) -> None:
    row = RULES[name]
    assert row.expressions is row.expressions
    exact = dict(row.exact)
    assert row.expressions.forward is parse(exact.pop("y", row.forward))
    names = [f"d{operand.name}" for operand in row.operands]
    texts = [exact.pop(name, text) for name, text in zip(names, row.partials, strict=True)]
    assert row.expressions.partials == tuple(map(parse, texts))
    assert dict(row.expressions.given) == {name: parse(text) for name, text in {**dict(row.given), **exact}.items()}


def test_equal_trees_are_equal_keys() -> None:
    assert {parse("1 - y*y"): 1}[Call("sub", (Number(1.0), Call("mul", (Name("y"), Name("y")))))] == 1
    assert Number(math.nan) == Number(math.nan)
    assert len({Number(0.0), Number(-0.0), Number(0.0)}) == 2


def test_folding_leaves_what_has_no_value() -> None:
    assert fold(parse("where(1 > 2, 1 / 0, x)")) == Name("x")
    assert fold(parse("1 / 0")) == Call("div", (Number(1.0), Number(0.0)))
    assert fold(parse("log(0) + 2 * 3")) == Call("add", (Call("log", (Number(0.0),)), Number(6.0)))
    assert fold(parse("sum(x) / size(x)"), {"size": 4}) == Call("div", (Call("sum", (Name("x"),)), Number(4.0)))


def test_substitution_is_of_variables_alone() -> None:
    assert substitute(parse("x(x) + x"), {"x": Name("z")}) == parse("x(z) + z")


@pytest.mark.parametrize(
    "text", ["a < b < c", "lt(a, b)", "add(a, b)", "x ** 2", "x @ x", "not x", "x if x else y", "x[0]", "10" * 200]
)
def test_what_is_no_formula(text: str) -> None:
    with pytest.raises(FormulaError):
        parse(text)


@pytest.mark.parametrize("partial", ["x > 0", "where(x > 0, 1, 0) * (x > 0)", "where(1, x > 0, 0)", "1 / 0 + x"])
def test_what_is_no_number(partial: str) -> None:
    with pytest.raises(FormulaError):
        Rule("mine", "x", "x", (partial,), "").check()
