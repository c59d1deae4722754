"""Transforms inside transforms, and transforms of functions of Values: nothing is mistaken for anything else."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from mpmath import mp

from autograd import (
    Value,
    exp,
    grad,
    gradients,
    hessian,
    hvp,
    jacobian,
    jvp,
    sin,
    tanh,
    value_and_grad,
    vjp,
)


class TestNesting:
    """Derivatives of functions that take derivatives: nothing is mistaken for anything else."""

    def test_higher_orders(self) -> None:
        for f, exactly in ((sin, mp.sin), (exp, mp.exp), (lambda x: tanh(x) * x**3, lambda x: mp.tanh(x) * x**3)):
            derivative = f
            for order in range(1, 6):
                derivative = grad(derivative)
                with mp.workdps(40):
                    expected = mp.diff(exactly, 0.7, order)
                assert derivative(0.7) == pytest.approx(float(expected), rel=1e-11)
                assert type(derivative(0.7)) is float

    @pytest.mark.parametrize("inner", [grad, jacobian, lambda f: lambda x: jvp(f, (x,), (1.0,))[1]])
    @pytest.mark.parametrize("outer", [grad, jacobian, lambda f: lambda x: jvp(f, (x,), (1.0,))[1]])
    def test_perturbation_confusion(self, inner: Callable[..., Any], outer: Callable[..., Any]) -> None:
        """Siskind and Pearlmutter 2005: the inner variable's derivative is not the outer one's."""
        assert outer(lambda x: x * inner(lambda y: x + y)(1.0))(2.0) == 1.0
        assert outer(lambda x: x * inner(lambda y: x * y)(1.0))(3.0) == 6.0
        assert outer(lambda x: x * inner(lambda y: x * y * y)(x))(3.0) == 6 * 9.0  # d/dx 2x³
        assert outer(lambda x: inner(lambda y: y * y * y)(x))(2.0) == 12.0
        assert outer(lambda x: inner(lambda y: x)(1.0) + x)(2.0) == 1.0
        assert outer(lambda x: inner(lambda y: inner(lambda z: x * y * z * z)(y))(2.0))(3.0) == 2 * 2 * 2.0  # d/dx 4xy
        assert outer(lambda x: inner(lambda x: x * x)(x * x))(3.0) == 12.0

    def test_the_inner_functions_argument_is_the_outer_variable(self) -> None:
        """y = x: only y moves inside, though it is the same number from the same Value."""
        assert grad(lambda x: grad(lambda y: x * y)(x))(3.0) == 1.0
        assert grad(lambda x: grad(lambda y: x * x * y)(x))(3.0) == 6.0
        assert grad(lambda x: grad(lambda y: y * y)(x) * x)(3.0) == 12.0
        assert grad(lambda x: vjp(lambda y: x * y, x)[1](1.0)[0])(3.0) == 1.0
        assert grad(lambda x: jvp(lambda y: x * y, (x,), (x,))[1])(3.0) == 6.0

    def test_hessians_every_way(self) -> None:
        def f(x: Any) -> Any:
            return sin(x[0] * x[1]) + exp(x[1]) / x[0]

        point = [0.8, -0.4]
        expected = hessian(f)(point)
        columns = [hvp(f, (point,), (unit,)) for unit in ([1.0, 0.0], [0.0, 1.0])]
        rows = [grad(lambda x, i=i: jacobian(f)(x)[i])(point) for i in range(2)]
        forward = [
            [jvp(lambda x, v=v: jvp(f, (x,), (v,))[1], (point,), (u,))[1] for v in ([1.0, 0.0], [0.0, 1.0])]
            for u in ([1.0, 0.0], [0.0, 1.0])
        ]
        for found in (columns, rows, forward):
            assert np.allclose(found, expected, rtol=1e-13)
        with mp.workdps(40):
            mixed = mp.diff(lambda a, b: mp.sin(a * b) + mp.exp(b) / a, tuple(point), (1, 1))
        assert expected[0][1] == pytest.approx(float(mixed), rel=1e-13)

    def test_an_optimisers_step_can_be_differentiated(self) -> None:
        """d/d rate of f(w - rate f'(w)) = -f'(w) f'(w - rate f'(w))."""

        def f(w: Any) -> Any:
            return w**4

        found = grad(lambda rate: f(0.5 - rate * grad(f)(0.5)))(0.1)
        slope = 4 * 0.5**3
        assert found == pytest.approx(-slope * 4 * (0.5 - 0.1 * slope) ** 3, rel=1e-14)

    def test_a_failure_inside_leaves_nothing_switched_on(self) -> None:
        def fails(x: Any) -> Any:
            raise KeyError(x)

        for transform in (grad(fails), hessian(fails), jacobian(grad(fails)), lambda x: jvp(fails, (x,), (1.0,))):
            with pytest.raises(KeyError):
                transform(2.0)
        assert type(grad(lambda x: x * x)(2.0)) is float

    def test_threads(self) -> None:
        """A transform that runs in one thread does not make another's derivatives Values."""
        found: list[Any] = []
        started, go_on = threading.Event(), threading.Event()

        def slow(x: Any) -> Any:
            started.set()
            go_on.wait(10)
            return x**3

        thread = threading.Thread(target=lambda: found.append(hessian(slow)(2.0)))
        thread.start()
        assert started.wait(10)
        here = grad(lambda x: x * x)(3.0)
        go_on.set()
        thread.join(10)
        assert (type(here), here, found) == (float, 6.0, [12.0])


class TestValuesFromOutside:
    """Functions that close over Values, and derivatives at Values."""

    def test_a_closure_over_a_value(self) -> None:
        w = Value(3.0)
        found = grad(lambda x: x * x * w)(2.0)
        assert (type(found), found) == (float, 12.0)
        assert w.grad == 0.0
        assert hessian(lambda x: x * x * w)(2.0) == 6.0

    def test_a_derivative_at_a_value_is_a_value(self) -> None:
        x, w = Value(2.0), Value(5.0)
        value, slope = value_and_grad(lambda v: v**3 * w)(x)
        assert (value.data, slope.data) == (40.0, 60.0)
        slope.backward()  # 3 v² w
        assert (x.grad, w.grad) == (60.0, 12.0)
        assert gradients(value, [x, w]) == [60.0, 8.0]

    def test_products_at_values(self) -> None:
        x = Value(2.0)
        value, tangent = jvp(lambda v: v**3, (x,), (1.0,))
        assert (value.data, tangent.data, gradients(tangent, [x])) == (8.0, 12.0, [12.0])
        t = Value(10.0)
        _, tangent = jvp(lambda v: v**3, (x,), (t,))
        assert gradients(tangent, [x, t]) == [120.0, 12.0]
        _, back = vjp(lambda v: v**3, x)
        (cotangent,) = back(t)
        assert gradients(cotangent, [x, t]) == [120.0, 12.0]

    def test_a_list_of_values_and_floats(self) -> None:
        w = Value(3.0)
        found = grad(lambda x: x[0] * x[1])([w, 2.0])
        assert [float(each.data) for each in found] == [2.0, 3.0]

    def test_arrays_of_values(self) -> None:
        x = np.array([Value(1.0), Value(2.0)])
        found = grad(lambda a: a[0] * a[1] * a[1])(x)
        assert found.dtype == object
        assert [each.data for each in found] == [4.0, 4.0]
        assert gradients(found[1], list(x)) == [4.0, 2.0]
