"""The words on an edge are right: evaluated with the labels' numbers, they give the local derivative."""

from __future__ import annotations

import math
import re

import pytest

import autograd
from autograd import RULES, Value, dot, primitive
from autograd import sum as total
from viz.picture.derivative import edge_formulas


def leaf(name: str, data: float) -> Value:
    return Value(data, label=name)


def named(name: str, value: Value) -> Value:
    value.label = name
    return value


def evaluate(formula: str, **names: float) -> float:
    """What the formula says, by Python's own arithmetic."""
    source = formula.replace("·", "*").replace("−", "-")
    source = re.sub(r"([a-z]+)²", r"\1**2", source)
    return float(eval(source, vars(autograd) | vars(math) | names))  # noqa: S307 - formulas of the table


UNARY = [rule.name for rule in RULES.values() if len(rule.operands) == 1 and not rule.operands[0].is_sequence]


@pytest.mark.parametrize("name", UNARY)
def test_formulas_of_one_operand_give_the_partial(name: str) -> None:
    low, high = RULES[name].domain[0]
    q = leaf("q", low + 0.7 * (high - low))
    r = named("r", _apply(name, q))
    (formula,), (partial,) = edge_formulas(r), r.partials
    assert not formula or evaluate(formula, q=q.data, r=r.data) == pytest.approx(partial, rel=1e-12)


def _apply(name: str, q: Value) -> Value:
    result: Value = {"neg": lambda: -q, "abs": lambda: abs(q)}.get(name, lambda: getattr(q, name)())()
    return result


@pytest.mark.parametrize("name", ["tanh", "sigmoid", "exp", "log", "sin", "sqrt"])
def test_what_a_lesson_needs_has_words(name: str) -> None:
    assert edge_formulas(named("r", _apply(name, leaf("q", 0.5)))) != [""]


def test_a_neuron_says_x_for_its_weights_and_1_for_its_bias() -> None:
    z = dot([leaf("w0", 0.5), leaf("w1", 2.0)], [leaf("x0", 1.0), leaf("x1", -2.0)], leaf("b", 0.1))
    assert edge_formulas(z) == ["x0", "x1", "w0", "w1", ""]


def test_a_product_says_the_other_factor() -> None:
    assert edge_formulas(leaf("w", 0.7) * leaf("a_in", -1.5)) == ["a_in", "w"]


def test_the_derivative_of_tanh_is_said_with_its_result() -> None:
    assert edge_formulas(named("a", leaf("z", 0.3).tanh())) == ["1 − a²"]


@pytest.mark.parametrize(
    "value",
    [
        Value(0.7) * Value(-1.5),  # nothing has a name
        leaf("w", 0.7) * 2.0,  # the number says it
        leaf("w", 0.7) + leaf("b", 1.0),
        leaf("x", 0.7).relu(),  # one of two cases
        leaf("x", 0.7) ** 3,
        leaf("not a name", 0.7) * leaf("a+b", 1.0),
        leaf("far_too_long_for_an_edge", 0.7) * leaf("x" * 30, 1.0),
        total([leaf("x0", 1.0), leaf("x1", 2.0)]),
        leaf("x", 0.5).gelu(),
    ],
)
def test_where_words_would_not_help_there_are_none(value: Value) -> None:
    assert set(edge_formulas(value)) == {""}


def test_a_row_of_the_users_own_has_words_too() -> None:
    cube = primitive("cubed_for_words", "x", "x * x * x", "3 * x * x")
    assert edge_formulas(cube(leaf("q", 2.0)))[0] == "3·q²"
