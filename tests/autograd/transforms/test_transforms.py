"""grad, value_and_grad, jacobian, hessian, jvp, vjp, hvp: over every structure of arguments, and misused."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest
from scipy.optimize import rosen_der, rosen_hess, rosen_hess_prod

import autograd
from autograd import (
    LengthError,
    OperandError,
    Value,
    cos,
    grad,
    gradients,
    hessian,
    hvp,
    jacobian,
    jvp,
    log,
    no_grad,
    sin,
    value_and_grad,
    vjp,
)


class Point(NamedTuple):
    x: float
    y: float


POINT = np.array([1.3, 0.7, -0.8, 1.9])


def rosenbrock(x: Any) -> Any:
    """SciPy's test function; its derivatives come with it."""
    return sum(100.0 * (x[i + 1] - x[i] ** 2) ** 2 + (1 - x[i]) ** 2 for i in range(len(x) - 1))


def is_floats(tree: Any) -> bool:
    """Whether every number in `tree` is a plain float."""
    if isinstance(tree, np.ndarray):
        return tree.dtype == np.float64
    if isinstance(tree, dict | list | tuple):
        return all(map(is_floats, tree.values() if isinstance(tree, dict) else tree))
    return type(tree) is float


class TestStructures:
    """What goes in comes out: the same nesting, floats for numbers, arrays for arrays."""

    @pytest.mark.parametrize(
        ("f", "argument", "expected"),
        [
            (lambda x: x * x, 3.0, 6.0),
            (lambda x: x * x, 3, 6.0),
            (lambda x: x * x, np.float64(3), 6.0),
            (lambda x: x[0] * x[1], [2.0, 3.0], [3.0, 2.0]),
            (lambda x: x[0] * x[1], (2.0, 3), (3.0, 2.0)),
            (lambda p: p.x * p.x * p.y, Point(2.0, 3.0), Point(12.0, 4.0)),
            (lambda p: p["w"] * p["x"], {"w": 2.0, "x": 3.0}, {"w": 3.0, "x": 2.0}),
            (lambda p: p["w"][1] * p["b"][0], {"w": [1.0, 2.0], "b": (5.0,)}, {"w": [0.0, 5.0], "b": (2.0,)}),
            (lambda p: p[0]["a"] * p[1][0][0], [{"a": 2.0}, [[3.0], []]], [{"a": 3.0}, [[2.0], []]]),
            (lambda x: 1.0, [], []),
        ],
    )
    def test_grad(self, f: Callable[[Any], Any], argument: Any, expected: Any) -> None:
        value, found = value_and_grad(f)(argument)
        assert found == grad(f)(argument) == expected
        assert type(found) is type(expected)
        assert is_floats(found)
        assert type(value) is float

    def test_arrays(self) -> None:
        A = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
        for argument, f, expected in (
            (A, lambda a: np.sum(a * a), 2 * A),
            (A, lambda a: (a @ np.array([1.0, 0.0, 2.0]))[1], [[0, 0, 0], [1, 0, 2]]),
            (A.T, lambda a: a[0, 1] * a[2, 0], [[0, 3], [0, 0], [4, 0]]),
            (np.array([1, 2]), lambda a: a[0] * a[1], [2, 1]),
            (np.array(3.0), lambda a: a * a, 6.0),
            (np.array([2.0, 3.0], dtype=np.float32), lambda a: a[0] * a[1], [3, 2]),
            (np.zeros(0), lambda a: 0.0, []),
        ):
            before = argument.copy()
            found = grad(f)(argument)
            assert isinstance(found, np.ndarray)
            assert found.dtype == np.float64
            assert found.shape == argument.shape
            assert np.array_equal(found, expected)
            assert np.array_equal(argument, before)

    def test_against_scipy(self) -> None:
        assert np.allclose(grad(rosenbrock)(POINT), rosen_der(POINT), rtol=1e-13)
        assert np.allclose(hessian(rosenbrock)(POINT), rosen_hess(POINT), rtol=1e-13)
        assert np.allclose(hessian(rosenbrock)(POINT.tolist()), rosen_hess(POINT), rtol=1e-13)
        direction = np.array([0.3, -1.0, 2.0, 0.5])
        assert np.allclose(hvp(rosenbrock, (POINT,), (direction,)), rosen_hess_prod(POINT, direction), rtol=1e-13)
        value, slope = jvp(rosenbrock, (POINT,), (direction,))
        assert slope == pytest.approx(rosen_der(POINT) @ direction, rel=1e-13)
        same, back = vjp(rosenbrock, POINT)
        assert value == same == rosenbrock(POINT)
        assert np.allclose(back(2.0)[0], 2 * rosen_der(POINT), rtol=1e-13)

    def test_keyword_arguments_pass_through(self) -> None:
        def f(x: Any, *, power: int = 1, scale: float = 1.0) -> Any:
            return scale * x**power

        assert grad(f)(2.0, power=3, scale=10.0) == 120.0
        assert value_and_grad(f)(2.0, power=2) == (4.0, 4.0)
        assert jacobian(f)(2.0, power=3) == 12.0
        assert hessian(f)(2.0, power=3) == 12.0

    def test_the_function_keeps_its_name(self) -> None:
        for transform in (grad, value_and_grad, jacobian):
            assert transform(rosenbrock).__name__ == "rosenbrock"
            assert transform(rosenbrock).__doc__ == rosenbrock.__doc__


class TestArgnums:
    """Which arguments are differentiated: one gives its derivative, several a tuple of them."""

    @staticmethod
    def f(x: Any, y: Any, z: Any) -> Any:
        return x * y * y + z["k"] * x

    arguments = (2.0, 3.0, {"k": 5.0})

    @pytest.mark.parametrize(
        ("argnums", "expected"),
        [
            (0, 14.0),
            (1, 12.0),
            (2, {"k": 2.0}),
            (-1, {"k": 2.0}),
            (-3, 14.0),
            ((0,), (14.0,)),
            ((0, 1), (14.0, 12.0)),
            ((1, 0), (12.0, 14.0)),
            ([2, 0], ({"k": 2.0}, 14.0)),
            (range(3), (14.0, 12.0, {"k": 2.0})),
        ],
    )
    def test_argnums(self, argnums: Any, expected: Any) -> None:
        assert grad(self.f, argnums)(*self.arguments) == expected
        assert value_and_grad(self.f, argnums=argnums)(*self.arguments) == (28.0, expected)
        assert jacobian(self.f, argnums=argnums)(*self.arguments) == expected

    @pytest.mark.parametrize("argnums", [3, -4, (0, 3)])
    def test_out_of_range(self, argnums: Any) -> None:
        for transform in (grad, value_and_grad, jacobian):
            with pytest.raises(LengthError, match=r"argnums.*(3|-4).*3 positional"):
                transform(self.f, argnums)(*self.arguments)

    def test_the_other_arguments_stay_as_they_are(self) -> None:
        seen = []

        def f(x: Any, data: Any, flag: Any, name: Any = "n") -> Any:
            seen.append((data, flag, name))
            return x * len(data)

        data = np.ones(4)
        assert grad(f)(2.0, data, None, name="m") == 4.0
        assert seen[0][0] is data
        assert seen[0][1:] == (None, "m")

    def test_hessian_of_one_argument(self) -> None:
        assert hessian(self.f, argnums=1)(*self.arguments) == 4.0
        assert hessian(self.f, argnums=2)(*self.arguments) == {"k": {"k": 0.0}}


class TestJacobian:
    """The outputs' structure outside, the arguments' inside; for arrays, shape output + argument."""

    def test_structures(self) -> None:
        assert jacobian(lambda x: [x[0] * x[1], x[0]])([2.0, 3.0]) == [[3.0, 2.0], [1.0, 0.0]]
        assert jacobian(lambda x: (x * x, {"s": -x}))(2.0) == (4.0, {"s": -1.0})
        assert jacobian(lambda p: {"out": p["a"] * p["b"]})({"a": 2.0, "b": 3.0}) == {"out": {"a": 3.0, "b": 2.0}}
        assert jacobian(lambda x: [x, 5.0, x * 0.0])(2.0) == [1.0, 0.0, 0.0]

    def test_several_arguments_lie_inside_the_outputs(self) -> None:
        """As the docstring says, and as JAX does: a row for each output, in it one entry per argument."""
        assert jacobian(lambda x, y: [x * y, x], argnums=(0, 1))(2.0, 3.0) == [(3.0, 2.0), (1.0, 0.0)]

    def test_arrays(self) -> None:
        A = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
        x = np.array([1.0, -1.0, 0.5])
        found = jacobian(lambda x: A @ x)(x)
        assert found.dtype == np.float64
        assert np.array_equal(found, A)
        outer = jacobian(lambda x: np.outer(x, x))(x)
        assert outer.shape == (3, 3, 3)
        eye = np.eye(3)
        assert np.array_equal(outer, np.einsum("ik,j->ijk", eye, x) + np.einsum("i,jk->ijk", x, eye))
        of_matrix = jacobian(lambda M: M @ x)(A)
        assert of_matrix.shape == (2, 2, 3)
        assert np.array_equal(of_matrix, np.einsum("ij,k->ijk", np.eye(2), x))
        assert np.array_equal(jacobian(lambda t: t * x)(2.0), x)

    def test_one_number_of_an_array(self) -> None:
        """The gradient: shape () + argument."""
        assert np.array_equal(jacobian(np.sum)(np.ones((2, 3))), np.ones((2, 3)))
        assert np.allclose(jacobian(rosenbrock)(POINT), rosen_der(POINT), rtol=1e-13)

    def test_arrays_inside_other_structures(self) -> None:
        x = np.array([1.0, -1.0, 0.5])
        first, second = jacobian(lambda x: [np.sum(x), x * x])(x)
        assert np.array_equal(first, np.ones(3))
        assert np.array_equal(second, np.diag(2 * x))
        found = jacobian(lambda p: {"y": p["x"] * p["x"]})({"x": x})
        assert np.array_equal(found["y"]["x"], np.diag(2 * x))

    def test_hessian_shapes(self) -> None:
        M = np.arange(6.0).reshape(2, 3)
        found = hessian(lambda m: np.sum(m * m * m))(M)
        assert found.shape == (2, 3, 2, 3)
        assert np.array_equal(found.reshape(6, 6), np.diag(6 * M.ravel()))
        assert hessian(lambda p: p["a"] ** 2 * p["b"])({"a": 2.0, "b": 3.0}) == {
            "a": {"a": 6.0, "b": 4.0},
            "b": {"a": 4.0, "b": 0.0},
        }
        assert hessian(lambda x: x**3)(2.0) == 12.0
        assert hessian(lambda x: 3 * x[0] + x[1])([2.0, 1.0]) == [[0.0, 0.0], [0.0, 0.0]]


class TestForwardAndBackwardProducts:
    """jvp and vjp: values in the function's structure, products with its Jacobian."""

    def test_jvp(self) -> None:
        assert jvp(lambda x, y: x * y, (2.0, 3.0), (1.0, 10.0)) == (6.0, 23.0)
        assert jvp(lambda p: {"s": sin(p["a"]), "c": 1.0}, ({"a": 0.0},), ({"a": 2.0},)) == (
            {"s": 0.0, "c": 1.0},
            {"s": 2.0, "c": 0.0},
        )
        A = np.array([[1.0, 2.0], [3.0, 4.0]])
        value, tangent = jvp(lambda x: A @ x, (np.array([1.0, 1.0]),), (np.array([1.0, -1.0]),))
        assert np.array_equal(value, [3.0, 7.0])
        assert np.array_equal(tangent, [-1.0, -1.0])
        assert jvp(lambda x: x, (2.0,), (3.0,)) == (2.0, 3.0)
        assert jvp(lambda x: [x, x * x, x], (2,), (1,)) == ([2.0, 4.0, 2.0], [1.0, 4.0, 1.0])

    def test_vjp(self) -> None:
        value, back = vjp(lambda x, y: [x * y, x, 7.0], 2.0, 3.0)
        assert value == [6.0, 2.0, 7.0]
        assert back([1.0, 0.0, 0.0]) == (3.0, 2.0)
        assert back([0.0, 5.0, 100.0]) == (5.0, 0.0)
        assert back([1.0, 1.0, 1.0]) == (4.0, 2.0)
        value, back = vjp(lambda p: {"out": p["a"] * p["b"]}, {"a": 2.0, "b": 3.0})
        assert (value, back({"out": 10.0})) == ({"out": 6.0}, ({"a": 30.0, "b": 20.0},))
        A = np.array([[1.0, 2.0], [3.0, 4.0]])
        _, back = vjp(lambda x: A @ x, np.array([1.0, 1.0]))
        assert np.array_equal(back(np.array([1.0, 10.0]))[0], [31.0, 42.0])

    def test_hvp_takes_every_primal(self) -> None:
        """The derivative of the first argument's gradient, along directions in all of them."""
        assert hvp(lambda x: x[0] * x[0] * x[1], ([2.0, 3.0],), ([1.0, 0.0],)) == [6.0, 4.0]
        assert hvp(lambda x, y: x * x * y, (2.0, 3.0), (1.0, 10.0)) == 2 * 3.0 * 1.0 + 2 * 2.0 * 10.0

    def test_wrong_lengths(self) -> None:
        with pytest.raises(LengthError, match=r"2 primals.*1 tangent"):
            jvp(lambda x, y: x * y, (2.0, 3.0), (1.0,))
        with pytest.raises(LengthError, match=r"3 primals.*2 tangents"):
            jvp(lambda x: x[0], ([2.0, 3.0, 1.0],), ([1.0, 0.0],))
        _, back = vjp(lambda x: [x, x], 2.0)
        with pytest.raises(LengthError, match=r"2 outputs.*1"):
            back([1.0])
        with pytest.raises(LengthError, match=r"2 outputs.*3"):
            back([1.0, 2.0, 3.0])

    def test_tangents_that_are_no_numbers(self) -> None:
        with pytest.raises(OperandError, match="str"):
            jvp(lambda x: x * x, (2.0,), ("1",))


class TestNothingToDifferentiate:
    """Functions that ignore their argument, step, or forget."""

    def test_an_ignored_argument(self) -> None:
        for f in (lambda x: 3.0, lambda x: Value(3.0), lambda x: 3, lambda x: np.float64(3)):
            assert (grad(f)(2.0), jacobian(f)(2.0), hessian(f)(2.0)) == (0.0, 0.0, 0.0)
            assert jvp(f, (2.0,), (1.0,)) == (3.0, 0.0)
            value, back = vjp(f, 2.0)
            assert (value, back(1.0)) == (3.0, (0.0,))
        assert grad(lambda x, y: y * y, argnums=(0, 1))(2.0, 3.0) == (0.0, 6.0)
        assert grad(lambda x: x[0])([2.0, 3.0]) == [1.0, 0.0]
        assert np.array_equal(grad(lambda x: x[0])(np.ones(3)), [1.0, 0.0, 0.0])
        assert grad(lambda x: grad(lambda y: 5.0)(x))(2.0) == 0.0

    def test_the_argument_itself(self) -> None:
        assert (grad(lambda x: x)(2.0), hessian(lambda x: x)(2.0), jacobian(lambda x: [x, x])(2.0)) == (
            1.0,
            0.0,
            [1.0, 1.0],
        )

    def test_steps_and_detached_parts(self) -> None:
        assert grad(autograd.floor)(2.5) == 0.0
        assert grad(lambda x: x.detach() * x)(3.0) == 3.0
        assert hessian(lambda x: abs(x) * x)(-2.0) == -2.0

    def test_no_grad_inside_the_function(self) -> None:
        def f(x: Any) -> Any:
            with no_grad():
                constant = x**3
            return x**2 - constant

        assert grad(f)(2.0) == 4.0

    def test_no_grad_around_the_transform(self) -> None:
        """Asking for a derivative is no wish to have it forgotten: as torch.func.grad, which ignores the outer one."""
        with no_grad():
            assert grad(lambda x: x**3)(2.0) == 12.0
            assert hessian(lambda x: x**3)(2.0) == 12.0
            assert jvp(lambda x: x**3, (2.0,), (1.0,)) == (8.0, 12.0)
            assert vjp(lambda x: x**3, 2.0)[1](1.0) == (12.0,)


class TestErrors:
    """At the call, naming what came and what to do."""

    def test_several_outputs(self) -> None:
        for f in (lambda x: [x, x], lambda x: np.array([x, x]), lambda x: []):
            for transform in (grad, value_and_grad, hessian):
                with pytest.raises(OperandError, match=r"one number, got [02].*jacobian"):
                    transform(f)(2.0)

    @pytest.mark.parametrize("output", ["text", None, 1j, object()])
    def test_outputs_that_are_no_numbers(self, output: Any) -> None:
        for transform in (
            grad,
            jacobian,
            hessian,
            lambda f: lambda x: jvp(f, (x,), (1.0,)),
            lambda f: lambda x: vjp(f, x),
        ):
            with pytest.raises(OperandError, match=type(output).__name__):
                transform(lambda x: output)(2.0)

    @pytest.mark.parametrize("argument", ["text", None, 1j, {"a": [1.0, "x"]}, [None]])
    def test_arguments_that_are_no_numbers(self, argument: Any) -> None:
        for transform in (grad, jacobian, hessian):
            with pytest.raises(OperandError, match=r"str|None|complex"):
                transform(lambda x: 1.0)(argument)

    def test_leaving_the_graph(self) -> None:
        with pytest.raises(OperandError, match=r"autograd"):
            grad(lambda x: math.exp(x))(1.0)

    def test_gradients_of_values_that_are_not_behind(self) -> None:
        x, y = Value(2.0), Value(3.0)
        assert gradients(x * x, [y, x]) == [0.0, 4.0]
        (none, _) = gradients(log(x) + cos(x), [y, x], create_graph=True)
        assert (type(none), none.data) == (Value, 0.0)
        assert gradients(x, [x, y]) == [1.0, 0.0]
