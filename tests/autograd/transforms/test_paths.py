"""trace_gradient: every path once, the strongest first, and all of them together the gradient, without enumeration."""

from __future__ import annotations

import heapq
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd import GraphError, OperandError, Value, gradients, trace_gradient
from tests.strategies import Dag, dags


def build(dag: Dag, numbers: list[float]) -> list[Value]:
    values = [Value(x) for x in numbers[: dag.leaves]]
    for kind, references in dag.nodes:
        operands = [values[each] for each in references]
        if kind == "neg":
            values.append(-operands[0])
        elif kind == "sum":
            values.append(sum(operands[1:], operands[0] + 0.0))
        else:
            values.append(operands[0] + operands[1] if kind == "add" else operands[0] * operands[1])
    return values


def every_path(leaf: Value, root: Value) -> list[float]:
    """Enumerate, as the function under test must not."""
    if root is leaf:
        return [1.0]
    edges = zip(root.parents, root.partials, strict=True)
    return [partial * rest for parent, partial in edges for rest in every_path(leaf, parent)]


@settings(max_examples=300, deadline=None)
@given(
    dags(max_nodes=9), st.lists(st.integers(-30, 30).map(lambda n: n / 10), min_size=4, max_size=4), st.integers(1, 12)
)
def test_against_enumeration(dag: Dag, numbers: list[float], k: int) -> None:
    values = build(dag, numbers)
    root, leaf = values[-1], values[0]
    expected = every_path(leaf, root)
    if not expected:
        with pytest.raises(GraphError):
            trace_gradient(leaf, root)
        return
    trace = trace_gradient(leaf, root, k)
    assert trace.count == len(expected)
    assert len(trace) == min(k, trace.count)
    sizes = [abs(path.product) for path in trace]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes == pytest.approx(heapq.nlargest(k, map(abs, expected)), rel=1e-9, abs=1e-300)
    (gradient,) = gradients(root, [leaf])
    scale = math.fsum(map(abs, expected))
    assert trace.gradient == gradient
    assert abs(math.fsum([*(path.product for path in trace), trace.remainder]) - gradient) <= 1e-12 * scale
    shown = math.fsum(path.product for path in trace)
    assert abs(trace.remainder - (math.fsum(expected) - shown)) <= 1e-12 * scale
    if trace.count <= k:
        assert trace.remainder == 0.0
    routes = set()
    for path in trace:
        assert path.nodes[0] is root
        assert path.nodes[-1] is leaf
        assert math.isclose(math.prod(path.partials), path.product, rel_tol=1e-12)
        for child, parent, partial in zip(path.nodes, path.nodes[1:], path.partials, strict=False):
            assert (parent, partial) in list(zip(child.parents, child.partials, strict=True))
        routes.add((path.nodes, path.partials))
    assert len(routes) <= len(trace)


def test_two_to_the_200_paths() -> None:
    x = Value(1.0, label="x")
    y = x
    for _ in range(200):
        y = y + y
    trace = trace_gradient(x, y, k=5)
    assert trace.count == 2**200
    assert trace.gradient == 2.0**200
    assert [path.product for path in trace] == [1.0] * 5
    assert trace.remainder == pytest.approx(2.0**200)
    assert "about 10^60 paths" in str(trace)


def test_the_strongest_of_2_to_the_100_are_exact() -> None:
    """With two edges of 2 and 1 a step, there is one path of 2**100 and 100 of 2**99; then 4950 of 2**98."""
    x = Value(1.0)
    y = x
    for _ in range(100):
        y = y * 2.0 + y * 1.0
    trace = trace_gradient(x, y, k=103)
    assert [path.product for path in trace] == [2.0**100] + [2.0**99] * 100 + [2.0**98] * 2
    assert len({path.partials for path in trace}) == 103
    assert trace.gradient == pytest.approx(3.0**100, rel=1e-12)
    assert trace.remainder == pytest.approx(3.0**100 - 2.0**100 - 100 * 2.0**99 - 2 * 2.0**98, rel=1e-12)


def test_the_remainder_does_not_suffer_from_what_is_listed() -> None:
    x = Value(1.0)
    y = x * 1e20 + x * -1e20 + x * 3.0
    trace = trace_gradient(x, y, k=2)
    assert trace.remainder == 3.0  # by subtraction it would be lost in the rounding of 1e20


def test_repeated_operands_are_separate_paths() -> None:
    a = Value(3.0)
    trace = trace_gradient(a, a * a)
    assert trace.count == 2
    assert [path.product for path in trace] == [3.0, 3.0]


def test_a_zero_on_the_way_stops_even_an_infinity() -> None:
    x = Value(0.0)
    y = x.sqrt() * 0.0 + x
    trace = trace_gradient(x, y)
    assert [path.product for path in trace] == [1.0, 0.0]
    assert trace.gradient == 1.0


def test_a_nan_comes_first() -> None:
    x = Value(1.0)
    y = x * math.nan + x * 5.0
    assert math.isnan(trace_gradient(x, y).paths[0].product)


def test_an_interior_value_and_the_root_itself() -> None:
    a = Value(2.0)
    b = a * a
    c = b * 3.0 + a
    assert [path.product for path in trace_gradient(b, c)] == [3.0]
    (path,) = trace_gradient(c, c)
    assert (path.nodes, path.partials, path.product) == ((c,), (), 1.0)


def test_no_grad_is_touched() -> None:
    a = Value(2.0)
    c = a * a
    a.grad = c.grad = 7.0
    trace_gradient(a, c)
    assert (a.grad, c.grad) == (7.0, 7.0)


def test_a_long_chain_needs_no_stack() -> None:
    x = Value(1.0)
    y = x
    for _ in range(20_000):
        y = y * 1.0001
    trace = trace_gradient(x, y)
    assert trace.gradient == pytest.approx(1.0001**20_000)
    assert len(str(trace)) < 400


def test_words() -> None:
    w, x, b = Value(0.5, label="w"), Value(-2.0, label="x"), Value(1.0, label="b")
    c = (w * x + b).tanh()
    c.label = "c"
    assert str(trace_gradient(w, c)) == "d c / d w = −2, the sum of 1 path\n  −2 = 1 × 1 × (−2)   along c ← + ← * ← w"


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((Value(1.0, label="a"), Value(2.0) * 3.0), GraphError, "does not depend on.*label='a'.*that same object"),
        ((1.0, Value(2.0)), OperandError, "leaf must be a Value, got float"),
        ((Value(2.0), "c"), OperandError, "root must be a Value, got str"),
        ((Value(2.0), Value(2.0), 0), OperandError, "at least 1, got 0"),
        ((Value(2.0), Value(2.0), 2.5), OperandError, "at least 1, got 2.5"),
    ],
)
def test_what_is_wrong_is_said(arguments: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        trace_gradient(*arguments)
