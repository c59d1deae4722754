"""What derivatives cost, in calls of functions: the work between inputs and result, whatever was computed before."""

from __future__ import annotations

import copy
import pickle
import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest

from autograd import Value, grad, gradients, hvp, jacobian, jvp, sin, value_and_grad, vjp
from autograd import sum as total


def calls(work: Callable[[], Any]) -> int:
    """How many Python functions `work` calls: a measure that no busy machine disturbs."""
    count = 0

    def note(_: Any, event: str, __: Any) -> None:
        nonlocal count
        count += event == "call"

    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def inner_derivatives(derivative: Callable[..., Any], count: int) -> Callable[[Any], Any]:
    def f(x: Any) -> Any:
        result = x
        for _ in range(count):  # each inner derivative has all that was computed before in its closure
            before = result
            result = result + 0.001 * derivative(lambda y, before=before: y * y * before)(x)
        return result

    return f


def forward(f: Callable[..., Any]) -> Callable[..., Any]:
    return lambda x: jvp(f, (x,), (1.0,))[1]


def two_deep(f: Callable[..., Any]) -> Callable[..., Any]:
    return lambda x: grad(lambda z: grad(lambda y: f(y) * z)(z))(x)


def backward_of_values(f: Callable[[Any], Any]) -> Any:
    x = Value(0.7)
    f(x).backward()
    return x.grad


def unrolled(steps: int) -> float:
    """Gradient descent that is itself differentiated."""
    start = [Value(0.5), Value(-0.25)]
    at = start
    for _ in range(steps):
        cost = (at[0] * at[1] - 1.0) ** 2 + at[0] ** 2
        slopes = gradients(cost, at, create_graph=True)
        at = [w - 0.1 * slope for w, slope in zip(at, slopes, strict=True)]
    return float(gradients(at[0], start)[0])


@pytest.mark.parametrize("derivative", [grad, forward, two_deep, lambda f: lambda x: vjp(f, x)[1](1.0)[0]])
@pytest.mark.parametrize("outer", [grad, forward, lambda f: lambda x: backward_of_values(f)])
def test_derivatives_within_a_derivative(derivative: Callable[..., Any], outer: Callable[..., Any]) -> None:
    one, two = (calls(lambda n=n: outer(inner_derivatives(derivative, n))(0.7)) for n in (15, 30))
    assert two < 2.3 * one


def test_an_unrolled_optimisation() -> None:
    assert calls(lambda: unrolled(40)) < 2.3 * calls(lambda: unrolled(20))
    h = 1e-6

    def end(w: float) -> float:
        a, b = w, -0.25
        for _ in range(20):
            error = a * b - 1.0
            a, b = a - 0.1 * (2 * error * b + 2 * a), b - 0.1 * 2 * error * a
        return a

    assert unrolled(20) == pytest.approx((end(0.5 + h) - end(0.5 - h)) / (2 * h), rel=1e-7)


def test_what_lies_behind_a_constant_is_left_alone() -> None:
    """However long the history of a value that a function closes over, it is walked once."""
    history = Value(1.0)
    for _ in range(1000):
        history = history * 0.999
    x = Value(2.0)
    first = calls(lambda: grad(lambda y: y * history)(x))
    assert calls(lambda: grad(lambda y: y * history)(x)) < first / 10
    assert grad(lambda y: y * history)(x).data == history.data


def test_one_sweep_for_all_outputs() -> None:
    def many(x: list[Any]) -> list[Any]:
        shared = total(x)
        return [sin(shared + element) for element in x]

    def cost(work: Callable[[list[float]], Any], n: int) -> int:
        return calls(lambda: work([0.1 * i for i in range(n)]))

    for work in (
        lambda x: vjp(many, x)[1]([1.0] * len(x)),
        lambda x: jvp(many, (x,), ([1.0] * len(x),)),
        lambda x: hvp(lambda z: total(many(z)), (x,), ([1.0] * len(x),)),
    ):
        assert cost(work, 80) < 2.5 * cost(work, 40)


def test_ranks_are_no_part_of_a_value() -> None:
    """A copy is new, and a pickle is read where other ranks were given: derivatives are right there all the same."""
    x = Value(3.0, label="x")
    y = x * x
    gradients(y, [x])
    twin = copy.deepcopy(y)
    read = pickle.loads(pickle.dumps(y))  # noqa: S301 - our own
    for root in (twin, read):
        assert not hasattr(root, "_rank")
        assert gradients(root * 2.0, [root.parents[0]]) == [12.0]


def test_threads_share_what_they_close_over() -> None:
    shared = [Value(0.1 * i) for i in range(200)]
    found: list[list[float]] = []

    def work() -> None:
        root = total([sin(value) for value in shared])
        found.append(gradients(root, shared))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [gradients(total([sin(value) for value in shared]), shared)] * 8


class TestAux:
    """What a function returns beside its result is passed through."""

    def test_it_comes_back_released(self) -> None:
        def f(x: Any) -> Any:
            return x * x, {"twice": 2.0 * x, "name": "square", "list": [x, None]}

        aux = {"twice": 6.0, "name": "square", "list": [3.0, None]}
        assert value_and_grad(f, has_aux=True)(3.0) == ((9.0, aux), 6.0)
        assert grad(f, has_aux=True)(3.0) == (6.0, aux)
        assert jacobian(f, has_aux=True)(3.0) == (6.0, aux)
        assert jvp(f, (3.0,), (1.0,), has_aux=True) == (9.0, 6.0, aux)
        value, back, passed = vjp(f, 3.0, has_aux=True)
        assert (value, back(1.0), passed) == (9.0, (6.0,), aux)

    def test_it_stays_differentiable_inside(self) -> None:
        def inner(x: Any) -> Any:
            return grad(lambda y: (y * y, y * y * y), has_aux=True)(x)[1]

        assert grad(inner)(2.0) == 12.0

    @pytest.mark.parametrize("returned", [1.0, (1.0,), [1.0, 2.0], (1.0, 2.0, 3.0)])
    def test_no_pair(self, returned: Any) -> None:
        with pytest.raises(TypeError, match="must return a pair"):
            grad(lambda x: returned, has_aux=True)(1.0)

    def test_peers_agree(self) -> None:
        jax = pytest.importorskip("jax")

        def f(x: Any) -> Any:
            return x * x * x, x + 1.0

        (value, aux), slope = jax.value_and_grad(f, has_aux=True)(2.0)
        assert value_and_grad(f, has_aux=True)(2.0) == ((float(value), float(aux)), float(slope))
