"""Kernels against the eager engine: values and gradients, blocks of rows, zeros and infinities, optimisers' steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

pytest.importorskip("llvmlite")

from autograd import Value, dot, logsumexp, maximum
from autograd.compiler.frontend.trace import trace
from autograd.compiler.kernel import schedule
from autograd.compiler.kernel.kernel import Kernel
from autograd.compiler.passes.layout import place
from autograd.compiler.pipeline import array_program
from nn import MLP, losses, optim


def kernel_of(f: Callable[..., Any], inputs: int, params: Sequence[Value], rows: int, stages: Any = ()) -> Kernel:
    graph, _ = trace(lambda x: f(x), ([0.5] * inputs,), params)
    kernel = Kernel(array_program(place(graph, len(params)), len(params)), rows, stages)
    kernel.parameters[:] = [param.data for param in params]
    return kernel


def eager(f: Callable[..., Any], X: Any, params: Sequence[Value]) -> tuple[float, Any]:
    for param in params:
        param.grad = 0.0
    total = 0.0
    for row in X.tolist():
        value = f(row) * (1.0 / len(X))
        value.backward()
        total += value.data
    return total, np.array([param.grad for param in params])


def agree(f: Callable[..., Any], X: Any, params: Sequence[Value], rows: int = 0) -> Kernel:
    kernel = kernel_of(f, X.shape[1], params, rows or len(X))
    value, gradient = eager(f, X, params)
    np.testing.assert_allclose(kernel.value_and_grad(X), value, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(kernel.gradient, gradient, rtol=1e-11, atol=1e-13)
    return kernel


def perceptron(sizes: list[int], activation: str) -> tuple[Callable[..., Any], list[Value]]:
    model, inputs = MLP(sizes[0], sizes[1:], activation=activation, seed=1), sizes[0]

    def loss(x: Any) -> Any:
        if sizes[-1] > 1:
            return losses.cross_entropy(model(x[:inputs]), x[inputs:])
        return (model(x[:inputs]) - x[inputs]) ** 2

    return loss, model.parameters()


def rows_for(sizes: list[int], rows: int) -> Any:
    random = np.random.default_rng(0)
    X = random.normal(size=(rows, sizes[0]))
    targets = np.eye(sizes[-1])[random.integers(sizes[-1], size=rows)] if sizes[-1] > 1 else X[:, :1] ** 2
    return np.ascontiguousarray(np.column_stack([X, targets]))


@pytest.mark.parametrize("activation", ["tanh", "relu", "sigmoid", "softplus", "silu", "gelu", "elu", "leaky_relu"])
@pytest.mark.parametrize(("sizes", "rows"), [([2, 5, 3, 1], 19), ([3, 4, 3], 8), ([2, 3, 1], 1)])
def test_perceptrons(activation: str, sizes: list[int], rows: int) -> None:
    loss, params = perceptron(sizes, activation)
    agree(loss, rows_for(sizes, rows), params)


@pytest.mark.parametrize("rows", [1, 7, 8, 33, 40])
def test_fewer_rows_than_there_may_be(rows: int) -> None:
    loss, params = perceptron([3, 4, 2], "tanh")
    agree(loss, rows_for([3, 4, 2], rows), params, rows=40)


@pytest.mark.parametrize("sizes", [[2, 9, 7, 1], [3, 6, 4]])
def test_blocks_of_rows(sizes: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule, "_CACHE", 1)
    loss, params = perceptron(sizes, "silu")
    kernel = agree(loss, rows_for(sizes, 133), params)
    assert kernel._schedule.block < 133


def test_what_no_row_changes_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule, "_CACHE", 1)
    w = [Value(0.3 * i - 1.0) for i in range(6)]

    def f(x: Any) -> Any:
        shared = [(a * b).tanh() + a.exp() for a, b in zip(w, w[1:] + w[:1], strict=True)]
        return dot(shared, x) * logsumexp(w) + dot(w, w)

    agree(f, np.random.default_rng(0).normal(size=(101, 6)), w)


@pytest.mark.parametrize("rows", [1, 9])
def test_gathers_and_functions_of_the_library(rows: int) -> None:
    w = [Value(0.1 * i + 0.3) for i in range(7)]

    def f(x: Any) -> Any:
        a = [w[i] * x[j] for i, j in ((0, 3), (5, 1), (2, 2), (6, 0))]
        b = [a[0].sin() + a[2].atan(), a[1].cosh() * a[3], (a[0] * a[0] + 1.0).log(), a[3].hypot(a[2]), a[1] ** 3]
        return dot([b[3], b[0], b[4]], [w[1], w[4], w[0]]) + logsumexp([b[2], b[1], w[3]]) + maximum(b[0], b[1])

    agree(f, np.random.default_rng(0).normal(size=(rows, 4)), w)


def test_zero_adjoints_stop_infinity() -> None:
    """A relu that is off leaves out the infinite partial behind it, and a product with an infinite number."""
    w = [Value(0.0), Value(1.0), Value(-2.0), Value(0.5)]

    def f(x: Any) -> Any:
        hidden = [(w[0] * x[0]).sqrt() * w[2], w[1] * x[1]]
        return dot([w[2], w[3]], [h.relu() for h in hidden], x[2]).relu() + w[0].sqrt() * 0.0 * x[1]

    X = np.array([[1.0, 2.0, 0.5], [0.0, -1.0, -3.0], [2.0, np.inf, -1.0], [1.0, 3.0, 1.0]])
    kernel = kernel_of(f, 3, w, len(X))
    value, gradient = eager(f, X, w)
    np.testing.assert_array_equal(kernel.value_and_grad(X), value)
    np.testing.assert_allclose(kernel.gradient, gradient, rtol=1e-12)


def test_an_infinite_input_behind_a_zero_adjoint() -> None:
    """Here only the sums of products meet the infinity."""
    w = [Value(1.0), Value(2.0), Value(3.0)]

    def f(x: Any) -> Any:
        return (dot(w[:2], x[:2], w[2]) * x[2]).relu()

    X = np.array([[np.inf, 1.0, -1.0], [1.0, 1.0, 2.0], [-1.0, 1.0, 1.0]])
    kernel = kernel_of(f, 3, w, len(X))
    _, gradient = eager(f, X, w)
    assert np.isfinite(gradient).all()
    kernel.value_and_grad(X)
    np.testing.assert_allclose(kernel.gradient, gradient, rtol=1e-12)


_OPTIMIZERS = {
    "sgd": optim.sgd(0.05),
    "momentum": optim.sgd(0.05, momentum=0.9, nesterov=True),
    "adam": optim.adam(0.01),
    "clip": optim.chain(optim.clip(0.1), optim.weight_decay(1e-2), optim.sgd(0.1)),
    "clip last": optim.chain(optim.weight_decay(1e-2), optim.clip(0.1), optim.adam(0.01)),
}


@pytest.mark.parametrize("name", _OPTIMIZERS)
def test_steps_of_optimizers(name: str) -> None:
    optimizer = _OPTIMIZERS[name]
    loss, params = perceptron([3, 4, 2], "tanh")
    X = rows_for([3, 4, 2], 24)
    kernel = kernel_of(loss, X.shape[1], params, 10, optimizer.stages)
    batches = [np.arange(10), np.arange(10), np.arange(3, 12), np.array([5, 1, 1, 23])]
    vector = np.array([param.data for param in params])
    state, wanted = optimizer.init(vector), []
    for batch in batches:
        value, gradient = eager(loss, X[batch], params)
        wanted.append(value)
        step, state = optimizer.update(gradient, state, vector)
        vector = vector + step
        for param, number in zip(params, vector.tolist(), strict=True):
            param.data = number
    starts = np.cumsum([0, *map(len, batches)])
    rates = np.array([[stage.rate(step) for stage in optimizer.stages] for step in range(len(batches))])
    states = np.zeros((sum(len(stage.states) for stage in optimizer.stages), len(params)))
    found = kernel.train(X, np.concatenate(batches), starts[:-1], starts[1:], rates, 0, states)
    np.testing.assert_allclose(found, wanted, rtol=1e-12)
    np.testing.assert_allclose(kernel.parameters, vector, rtol=1e-10, atol=1e-13)


def test_training_goes_on_behind_a_gradient_that_is_not_finite() -> None:
    w = [Value(1.0), Value(2.0)]
    optimizer = optim.sgd(0.1)

    def f(x: Any) -> Any:
        return (w[0] * x[0] + w[1]).relu()

    X = np.array([[1.0], [-np.inf], [2.0]])
    kernel = kernel_of(f, 1, w, 3, optimizer.stages)
    steps = np.array([[0.1]] * 3)
    order = np.array([0, 1, 2])
    kernel.train(X, order, order, order + 1, steps, 0, np.zeros((0, 2)))
    np.testing.assert_allclose(kernel.parameters, [1.0 - 0.1 - 0.2, 2.0 - 0.1 - 0.1], rtol=1e-12)


@pytest.mark.parametrize("rows", [1, 13])
@pytest.mark.parametrize("seed", range(3))
def test_tables_of_instructions(rows: int, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule, "MANY", 0)
    random = np.random.default_rng(seed)
    w = [Value(float(number)) for number in random.uniform(0.2, 0.9, 6)]
    choices = random.integers(0, 10**6, (40, 4)).tolist()

    def f(x: Any) -> Any:
        nodes: list[Any] = [*w, *(x[i] * w[i] for i in range(3))]
        for kind, i, j, k in choices:
            a, b, c = (nodes[index % len(nodes)] for index in (i, j, k))
            made = [
                lambda a=a: a.tanh(), lambda a=a, b=b: a * b, lambda a=a, b=b: a + b, lambda a=a, b=b: maximum(a, b),
                lambda a=a, b=b, c=c: logsumexp([a, b, c]), lambda a=a, b=b, c=c: dot([a, b], [c, a], b),
                lambda a=a: a.sigmoid(), lambda a=a, b=b: a / (b * b + 1.0),
            ]  # fmt: skip
            nodes.append(made[kind % len(made)]())
        return dot(nodes[-6:], nodes[-7:-1])

    agree(f, random.uniform(-1, 1, (rows, 3)), w)


def test_tables_keep_the_zero_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule, "MANY", 0)
    test_zero_adjoints_stop_infinity()
    test_an_infinite_input_behind_a_zero_adjoint()


def test_perceptrons_by_tables_and_written_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Large products are written out between tables."""
    monkeypatch.setattr(schedule, "MANY", 0)
    monkeypatch.setattr(schedule, "_LARGE", 20)
    monkeypatch.setattr(schedule, "_CACHE", 1)
    loss, params = perceptron([3, 6, 4], "silu")
    agree(loss, rows_for([3, 6, 4], 70), params)
