"""Functions of sequences and of conditions, eager and compiled, against NumPy."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import (
    LengthError,
    OperandError,
    TraceError,
    Value,
    compile,
    gradients,
    logical_and,
    logical_not,
    logical_or,
    norm,
    std,
    var,
    where,
)

ROWS = np.array([[1.0, -2.0, 0.5], [3.0, 3.0, -4.0], [0.1, 0.1, 0.1]])
NUMPY = {"max": np.max, "min": np.min, "norm": np.linalg.norm, "std": np.std, "var": np.var}


@pytest.mark.parametrize("name", NUMPY)
def test_values_floats_and_programs_agree_with_numpy(name: str) -> None:
    function: Any = getattr(autograd, name)
    expected = [NUMPY[name](row) for row in ROWS]
    assert [function(row.tolist()) for row in ROWS] == pytest.approx(expected, rel=1e-15, abs=1e-17)
    assert [function([Value(x) for x in row]).data for row in ROWS] == pytest.approx(expected, rel=1e-15, abs=1e-17)
    assert compile(function, ROWS[0])(ROWS).tolist() == pytest.approx(expected, rel=1e-15, abs=1e-17)


@pytest.mark.parametrize("name", ["norm", "std", "var"])
def test_derivatives_are_those_of_differences(name: str) -> None:
    function: Any = getattr(autograd, name)
    assert autograd.gradcheck(function, ROWS[0])


def test_ties_share_the_derivative() -> None:
    values = [Value(2.0), Value(1.0), Value(2.0), Value(2.0)]
    third = 1 / 3
    assert gradients(autograd.max(values), values) == [third, 0.0, third, third]
    assert gradients(autograd.min(values), values) == [0.0, 1.0, 0.0, 0.0]
    program = compile(lambda x: autograd.max(x), [0.0] * 4)
    _, (found,) = program.value_and_grad(np.array([[2.0, 1.0, 2.0, 2.0]]), wrt="inputs")
    assert [derivative.item() for derivative in found] == [third, 0.0, third, third]


def test_special_values() -> None:
    assert autograd.max([1.0, math.inf, -math.inf]) == math.inf
    assert autograd.min([Value(1.0), Value(-math.inf)]).data == -math.inf
    assert math.isnan(autograd.max([1.0, math.nan]))
    assert math.isnan(autograd.min([Value(math.nan), Value(1.0)]).data)
    assert norm([1e200, 1e200]) == pytest.approx(math.sqrt(2) * 1e200)
    zeros = [Value(0.0), Value(0.0)]
    assert gradients(norm(zeros), zeros) == [0.0, 0.0]
    assert norm([-2.0]) == 2.0
    assert var([1.0, 3.0], ddof=1) == 2.0
    assert std([Value(1.0), Value(3.0)], ddof=1).data == math.sqrt(2.0)
    with pytest.raises(LengthError, match="more than 1"):
        var([1.0], ddof=1)
    with pytest.raises(LengthError, match="empty"):
        autograd.max([])


TRUE_OR_FALSE = [(a, b) for a in (True, False) for b in (True, False)]


@pytest.mark.parametrize(("a", "b"), TRUE_OR_FALSE)
def test_conditions(a: bool, b: bool) -> None:
    x, y = Value(1.0 if a else -1.0), Value(1.0 if b else -1.0)
    assert logical_and(x > 0, y > 0) is (a and b)
    assert logical_or(x > 0, y > 0) is (a or b)
    assert logical_not(x > 0) is not a

    def function(x: Any, y: Any) -> Any:
        both = where(logical_and(x > 0, y > 0), 1.0, 0.0) + 10 * where(logical_or(x > 0, y > 0), 1.0, 0.0)
        return both + 100 * where(logical_not(x > 0), 1.0, 0.0)

    def with_operators(x: Any, y: Any) -> Any:
        both = where((x > 0) & (y > 0), 1.0, 0.0) + 10 * where((x > 0) | (y > 0), 1.0, 0.0)
        return both + 100 * where(~(x > 0), 1.0, 0.0)

    expected = (a and b) + 10 * (a or b) + 100 * (not a)
    assert function(x.data, y.data) == expected
    for each in (function, with_operators):
        assert compile(each, 1.0, 1.0)(np.array([x.data]), np.array([y.data])).tolist() == [expected]


def test_the_complement_of_a_truth_value_is_never_silently_wrong() -> None:
    for complement in (-2, -1):  # ~True, ~False
        for call in (
            lambda c=complement: where(c, Value(1.0), Value(2.0)),
            lambda c=complement: where(c, 1.0, 2.0),
            lambda c=complement: logical_not(c),
            lambda c=complement: logical_and(c, True),
        ):
            with pytest.raises(OperandError, match="logical_not"):
                call()  # type: ignore[no-untyped-call]
    assert where(-2.0, 1.0, 2.0) == 1.0


def test_a_traced_condition_does_not_branch() -> None:
    with pytest.raises(TraceError, match="branching"):
        compile(lambda x: x if (x > 0) & (x < 1) else -x, 1.0)
