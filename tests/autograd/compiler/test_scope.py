"""Lines that compute expressions into arrays made once, against the expressions as they stand."""

import re

import numpy as np
import pytest

from autograd.compiler.numpy_calls import FUNCTIONS
from autograd.compiler.scope import Scope

EXPRESSIONS = [
    "exp(subtract(a, b))",
    "multiply(exp(a), subtract(exp(b), multiply(a, a)))",
    "add(out, multiply(out, exp(out)))",
    "multiply(a, divide(c, sum_along(exp(b))))",
    "subtract(a, finite(max_along(b)))",
    "add(multiply(2.0 * (n - 1.0), a), divide(b, n ** 2.0))",
    "maximum(minimum(a, n), b)",
    "where(less(a, b), multiply(a, b), exp(a))",
    "a",
]


def made(seed=0):
    rng = np.random.default_rng(seed)
    memory = Scope(FUNCTIONS)
    memory.scope |= {name: rng.normal(size=(3, 4)) for name in ("a", "b", "out")}
    memory.scope |= {"c": rng.normal(size=(3, 1)), "n": 3.0}
    return memory


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_an_expression_into_an_array(expression):
    memory = made()
    expected = eval(expression, dict(memory.scope))  # noqa: S307 - the list above
    lines = memory.assigned(expression, "out")
    if "where" not in expression and "finite" not in expression:  # which have no place to write to
        assert not any(re.search(r"\w\([^()]*\w\(", line) for line in lines)
    memory.compile("once", lines)()
    assert np.allclose(memory.scope["out"], expected, rtol=1e-14)


def test_numbers_that_only_a_run_knows():
    memory = made()
    memory.shapes["rate"] = ()
    run = memory.compile("run", memory.assigned("multiply(-rate * n, exp(a))", "out"), "rate")
    for rate in (0.5, 2.0):
        run(rate)
        assert np.allclose(memory.scope["out"], -3.0 * rate * np.exp(memory.scope["a"]), rtol=1e-14)


def test_temporaries_outlive_what_comes_after_them():
    memory, lines = made(), []
    first = memory.temporary("exp(subtract(a, b))", lines)
    second = memory.temporary("exp(multiply(a, b))", lines)
    lines += memory.assigned(f"add(multiply({first}, a), multiply({second}, b))", "out")
    memory.compile("once", lines)()
    a, b = memory.scope["a"], memory.scope["b"]
    assert np.allclose(memory.scope["out"], np.exp(a - b) * a + np.exp(a * b) * b, rtol=1e-14)
