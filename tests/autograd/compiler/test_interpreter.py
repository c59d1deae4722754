"""The interpreter's own functions, and what it makes of programs; its numbers are compared in test_backends.py."""

import math
from types import SimpleNamespace
from unittest.mock import patch

import mpmath
import numpy as np
import pytest

from autograd import RULES, Rule, Value, compile
from autograd.compiler import numba_backend
from autograd.compiler.instructions import Instructions
from autograd.compiler.ir.blocks import Map, Positions, Program
from autograd.compiler.needs import Needs
from autograd.compiler.numba_module import HEADER
from autograd.compiler.vector_functions import REACH, SOURCE, vector_function
from nn import MLP
from tests.autograd.compiler.interpreted import as_python, interpreted_gradient

FUNCTIONS = as_python(HEADER + SOURCE)


@pytest.mark.parametrize("name", REACH)
def test_vector_functions_have_the_numbers_of_fifty_digits(name):
    rng = np.random.default_rng(0)
    reach = min(REACH[name], 1e6)
    near = np.arange(1, 200) * math.pi / 2  # where sin and cos are next to 0
    small = 10.0 ** rng.uniform(-320, 0, 99)
    numbers = [*rng.uniform(-1, 1, 200), *near, *-near, *rng.uniform(-reach, reach, 200), *small]
    with mpmath.workdps(50):
        for x in map(np.float64, numbers):
            expected = getattr(mpmath, name)(mpmath.mpf(float(x)))
            found = getattr(FUNCTIONS, vector_function(name))(x)
            assert abs(mpmath.mpf(float(found)) - expected) <= abs(expected) * 1e-12 + 5e-324, x


@pytest.mark.parametrize("name", REACH)
def test_vector_functions_at_special_values(name):
    special = [0.0, -0.0, 5e-324, -5e-324, math.nan, *([math.inf, -math.inf, 1e308] if REACH[name] == math.inf else [])]
    for x in map(np.float64, special):
        found = getattr(FUNCTIONS, vector_function(name))(x)
        assert repr(float(found)) == repr(float(getattr(np, name)(x)))


@pytest.mark.parametrize("x", [math.nan, 1e9, -3e15])
def test_a_row_beyond_reach_changes_no_other_row(x):
    w = Value(1.0)
    for f in (lambda x: (w * x).sin() * 2.0, lambda x: (w * x).cos() * 2.0):
        program = compile(f, 1.0, params=[w])
        rows = np.array([[0.5], [x], [-2.0]])
        with np.errstate(all="ignore"):
            assert np.allclose(
                interpreted_gradient(program, rows)[1], program.value_and_grad(rows)[1], rtol=1e-12, equal_nan=True
            )


@pytest.mark.parametrize("rows", [1, 127, 128, 129, 300])
def test_any_number_of_rows(rows):
    w, b = Value(0.5), Value(-0.25)
    program = compile(lambda x: (w * x + b).tanh() * x + w * b, 1.0, params=[w, b])
    X = np.random.default_rng(0).normal(size=(rows, 1))
    value, gradient = interpreted_gradient(program, X)
    assert value == pytest.approx(program.value_and_grad(X[:, 0])[0], rel=1e-12)
    assert np.allclose(gradient, program.value_and_grad(X[:, 0])[1], rtol=1e-11)


def test_the_output_may_be_a_parameter_or_have_no_row_in_it():
    w, b, X = Value(0.5), Value(3.0), np.array([[2.0], [4.0]])
    for f in (lambda x: w, lambda x: w * b, lambda x: x):
        program = compile(f, 1.0, params=[w, b])
        found, expected = interpreted_gradient(program, X), program.value_and_grad(X[:, 0])
        assert found[0] == expected[0]
        assert found[1].tolist() == expected[1].tolist()


def test_there_are_no_instructions_for_adjoints_that_nothing_wants():
    w = Value(0.5)
    program = compile(lambda x: (x.sin() * 2.0).exp() * w, 1.0, params=[w]).program
    own = Instructions(program, Needs(program, 1, inputs=False))
    assert len(own.row.code) == 5  # sin, product, exp, product; the adjoint of w
    assert len(own.kinds) == 4  # a product is a product, also in an adjoint; but that of w is added


def test_a_formula_may_have_more_than_ten_operands():
    names = "abcdefghijkl"
    rule = Rule("long", " ".join(names), " - ".join(names), ("1",) + ("-1",) * 11, "", domain=((0.0, 1.0),) * 12)
    with patch.dict(RULES, long=rule):
        w = [Value(float(2**i)) for i in range(12)]
        program = SimpleNamespace(params=w, program=long_program())
        assert interpreted_gradient(program, np.ones((1, 0)))[0] == 1.0 - sum(2.0**i for i in range(1, 12))


def long_program():
    """One block, of the row `long` applied to twelve parameters."""
    operands = [Positions(np.array([i]), np.array([False])) for i in range(12)]
    block = Map("long", operands, Positions(np.array([12]), np.array([False])))
    return Program(13, 0, [], [], 12, [], 12, [block], [(False, 12)], [], 13)


def test_many_small_blocks_are_interpreted_and_matrix_products_are_not():
    w = Value(0.5)

    def chain(x):
        for _ in range(60):
            x = (x * w).sin() - x
        return x

    assert numba_backend.is_irregular(compile(chain, 1.0, params=[w]).program)
    model = MLP(2, [12] * 60 + [1], activation="tanh", seed=0)
    assert not numba_backend.is_irregular(compile(model, [1.0, 1.0], params=model.parameters()).program)


def test_describe_shows_what_is_carried_out():
    """Of an irregular program the instructions, of another one its loops."""
    w = Value(0.5)

    def chain(x, times):
        for _ in range(times):
            x = (x * w).tanh() + x.sin()
        return x

    short, long = (compile(lambda x, n=n: chain(x, n), 1.0, params=[w]).describe("numba") for n in (2, 60))
    assert "for r in range(rows):" in short
    assert long.count(" = tanh(x0) [") == long.count(" = sin(x0) [") == 60
