"""Derivatives inside a traced function are traced: the same numbers as the eager transforms give, row by row."""

import numpy as np
import pytest

import autograd
from autograd import TraceError, Value, compile, grad, gradients, hessian, hvp, jacobian, jvp, tanh, value_and_grad, vjp

X = np.array([[0.3, 0.7], [0.2, -0.4], [-1.5, 0.9]])


def f(x):
    inner = autograd.where(x[1] > 0.0, x[0], 2.0 * x[1])
    return tanh(x[0] * x[1]) + x[0].exp() * inner + autograd.logsumexp([x[0], 3.0 * x[1], 0.5])


def leaves(nested):
    return [leaf for each in nested for leaf in leaves(each)] if isinstance(nested, list | tuple) else [nested]


TRANSFORMED = {
    "grad": grad(f),
    "value_and_grad": lambda x: list(value_and_grad(f)(x)),
    "grad of grad": lambda x: grad(lambda v: sum(grad(f)(v)))(x),
    "hessian": hessian(f),
    "jacobian": jacobian(lambda x: [x[0] * x[1], x[1].sin()]),
    "jvp": lambda x: list(jvp(f, (x,), ([1.0, -2.0],))),
    "hvp": lambda x: hvp(f, (x,), ([1.0, -2.0],)),
    "vjp": lambda x: list(vjp(lambda v: [v[0] * v[1], v[1].exp()], x)[1]([2.0, 3.0])),
    "gradients": lambda x: gradients(f(x), x),
    "of what closes over the variable": lambda x: grad(lambda a: a * a * x[0] + x[0])(x[0]),
    "by a number": lambda x: grad(lambda a: a**3 * x[1])(2.0),
    "of nothing": lambda x: grad(lambda a: x[0])(x[1]) + x[0],
}


@pytest.mark.parametrize("name", TRANSFORMED)
def test_a_traced_derivative_is_the_eager_one(name):
    transformed = TRANSFORMED[name]
    found = leaves(compile(transformed, [0.1, 0.2])(X))
    for row, x in enumerate(X):
        eager = leaves(transformed([Value(number) for number in x]))
        numbers = [value.data if isinstance(value, Value) else value for value in eager]
        assert np.allclose([np.broadcast_to(each, len(X))[row] for each in found], numbers, rtol=1e-12, atol=1e-14)


def test_a_traced_derivative_has_derivatives_by_parameters():
    w = Value(0.5)
    program = compile(lambda x: grad(lambda a: tanh(a * w) * x)(x), 1.0, params=[w])
    value, gradient = program.value_and_grad(np.array([2.0]))
    (by_w,) = gradients(grad(lambda a: tanh(a * w) * 2.0)(Value(2.0)), [w])
    assert gradient == pytest.approx([by_w], rel=1e-13)
    assert value == pytest.approx(grad(lambda a: tanh(a * 0.5) * 2.0)(2.0), rel=1e-13)


def test_the_branch_that_where_did_not_take_leaks_no_nan_here_either():
    program = compile(grad(lambda x: autograd.where(x > 0.0, x.sqrt(), 2.0 * x)), 1.0)
    assert program(np.array([4.0, -1.0, 0.0])).tolist() == [0.25, 2.0, 2.0]


OUTSIDE = Value(0.5)


@pytest.mark.parametrize(
    "baked",
    [
        lambda x: x * OUTSIDE.data,
        lambda x: x if OUTSIDE else -x,
        lambda x: x if OUTSIDE > 0.0 else -x,
        lambda x: x if OUTSIDE == 0.5 else -x,
        lambda x: x * OUTSIDE.detach(),
        lambda x: x * OUTSIDE.grad,
    ],
    ids=["data", "bool", "order", "equality", "detach", "grad"],
)
@pytest.mark.parametrize("params", [[], [OUTSIDE]], ids=["outside", "parameter"])
def test_no_value_s_number_is_frozen_whoever_owns_it(baked, params):
    with pytest.raises(TraceError):
        compile(baked, 1.0, params=params)
    assert OUTSIDE.data == 0.5  # afterwards it is an ordinary Value again
    assert OUTSIDE > 0.0


def test_no_grad_inside_a_traced_function_would_freeze_what_it_computes():
    def frozen(x):
        with autograd.no_grad():
            twice = OUTSIDE * 2.0
        return x * twice

    with pytest.raises(TraceError, match="no_grad"):
        compile(frozen, 1.0)


def test_a_condition_on_a_value_from_outside_is_recorded():
    program = compile(lambda x: autograd.where(x < OUTSIDE, x, -x), 1.0)
    assert program(np.array([0.25, 0.75])).tolist() == [0.25, -0.75]
