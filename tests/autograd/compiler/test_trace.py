"""Tracing: what it records, what it leaves out, and what it refuses to bake in."""

import itertools
import math

import numpy as np
import pytest

from autograd import TraceError, Value, compile, where
from autograd.compiler.frontend.trace import trace


def ops(f, *examples, params=()):
    graph, _ = trace(f, examples, params)
    return [op for op in graph.ops if op not in ("const", "input", "param", "held")]


def test_equal_operations_become_one():
    assert ops(lambda x: x.sin() * x.sin() + x.sin(), 1.0) == ["sin", "mul", "add"]


def test_constants_are_carried_out():
    graph, _ = trace(lambda x: x * (Value(2.0) * 0.0 + math.pi), [1.0], [])
    assert graph.ops.count("held") == 1  # a Value from outside is no constant: it may change
    assert ops(lambda x: x * 2.0**3, 1.0) == ["mul"]


def test_what_costs_nothing_to_leave_out_is_left_out():
    assert ops(lambda x: (x + 0.0) * 1.0 / 1.0 - 0.0, 1.0) == []
    assert ops(lambda x: x**2, 1.0) == ["mul"]
    assert ops(lambda x: x**1, 1.0) == []


def test_a_product_with_0_stays():
    """0 times infinity is nan, so this is not 0."""
    assert ops(lambda x: x * 0.0, 1.0) == ["mul"]


def test_conditions_for_where_may_be_comparisons():
    assert ops(lambda x: where(x > 0.5, x, -x), 1.0) == ["gt", "neg", "where"]
    assert ops(lambda x: where(x == 0.5, x, -x), 1.0) == ["eq", "neg", "where"]
    assert ops(lambda x: where(x != 2.0, x, -x), 1.0) == ["ne", "neg", "where"]


def test_equality_is_of_numbers():
    def f(x, t):
        return where(x == t, x * 3, where(x != 2.0, x * x, -x))

    X, T = np.array([1.0, 2.0, 3.0, math.nan]), np.array([1.0, 5.0, 3.5, math.nan])
    found = compile(f, 1.0, 1.0)(X, T)
    np.testing.assert_array_equal(found, [f(Value(x), Value(t)).data for x, t in zip(X, T, strict=True)])


BAKERS = {
    "reading .data": lambda x, w: x.data * 2.0,
    "branching": lambda x, w: x if x > 0 else -x,
    "comparing": lambda x, w: x if x == 1.0 else -x,
    "a plain number": lambda x, w: math.sin(x),
    "an index": lambda x, w: [1.0, 2.0][x],
    "a parameter's number": lambda x, w: x * w.data,
    "a parameter's branch": lambda x, w: x if w > 0 else -x,
    "max": lambda x, w: max(x, w),
    "a gradient": lambda x, w: x * w.grad,
}


@pytest.mark.parametrize("name", BAKERS)
def test_nothing_can_be_baked_in(name):
    w = Value(1.5)
    with pytest.raises(TraceError) as caught:
        trace(lambda x: BAKERS[name](x, w), [1.0], [w])
    assert "test_trace.py" in str(caught.value)  # the user's own line
    assert type(w) is Value
    assert w.data == 1.5


def test_a_traced_value_cannot_escape_into_the_next_trace():
    kept = []
    trace(lambda x: kept.append(x) or x, [1.0], [])
    with pytest.raises(TraceError, match="another trace"):
        trace(lambda x: x + kept[0], [1.0], [])


CHANGING = {
    "a number": lambda x, count: x * count,
    "a Value": lambda x, count: x * Value(count),
    "an operation": lambda x, count: x.sin() if count % 2 else x.cos(),
    "a choice among what is there": lambda x, count: [x.sin(), x.cos()][count % 2],
    "one result more": lambda x, count: [x] * count,
}


@pytest.mark.parametrize("name", CHANGING)
def test_what_changes_from_run_to_run_is_not_baked_in(name):
    counter = itertools.count(1)
    with pytest.raises(TraceError, match="something else each time"):
        trace(lambda x: CHANGING[name](x, next(counter)), [1.0], [])


def test_what_is_made_anew_with_the_same_number_is_the_same():
    graph, _ = trace(lambda x: x * Value(math.nan) + float("nan") - float("inf") * 0.0, [1.0], [])
    assert len(graph.held) == graph.ops.count("held") == 1


def test_numpy_s_functions_and_arrays_are_recorded():
    W = np.array([[1.0, 2.0], [3.0, 4.0]])
    found = ops(lambda x: np.tanh(W @ x).sum(), np.array([1.0, 1.0]))
    assert found.count("tanh") == 2


def test_parameters_among_themselves_are_traced_too():
    w = [Value(1.0), Value(2.0)]
    graph, _ = trace(lambda x: w[0] * w[1] + x, [1.0], w)
    assert "mul" in graph.ops
