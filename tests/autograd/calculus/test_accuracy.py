"""Results within 4 ulps of the true ones and first derivatives within 16, over each row's domain and far out."""

from __future__ import annotations

import math

import pytest
from mpmath import mp, mpf

from autograd import Value, erf, expm1, gelu, gradients, sigmoid, tanh
from tests.autograd.calculus.accuracy import CHOICES, OF_DERIVATIVE, OF_RESULT, PAGE, worst_cases
from tests.autograd.calculus.oracle import ROWS


@pytest.mark.parametrize("name", sorted(ROWS.keys() - CHOICES))
def test_worst_cases(name: str) -> None:
    result, derivative = worst_cases(name)
    assert result.ulps <= OF_RESULT, result
    assert derivative.ulps <= OF_DERIVATIVE, derivative
    text = PAGE.read_text(encoding="utf-8")
    line = next((line for line in text.splitlines() if line.startswith(f"| {name} |")), "")
    assert line, "run: python -m tests.autograd.calculus.accuracy"
    _, _, of_result, _, of_derivative, *_ = line.split("|")
    # Last bits are the C library's.
    assert result.ulps <= float(of_result) + 1.0
    assert derivative.ulps <= float(of_derivative) + 2.0


def sech2(x: mpf) -> mpf:
    return 1 / mp.cosh(x) ** 2


def logistic(x: mpf) -> mpf:
    return 1 / (1 + mp.exp(-x))


@pytest.mark.parametrize(
    ("f", "derivative", "second"),
    [
        (tanh, sech2, lambda x: -2 * mp.tanh(x) * sech2(x)),
        (
            sigmoid,
            lambda x: logistic(x) * logistic(-x),
            lambda x: logistic(x) * logistic(-x) * (logistic(-x) - logistic(x)),
        ),
        (expm1, mp.exp, mp.exp),
        (
            erf,
            lambda x: 2 / mp.sqrt(mp.pi) * mp.exp(-x * x),
            lambda x: -4 * x / mp.sqrt(mp.pi) * mp.exp(-x * x),
        ),
        (
            gelu,
            lambda x: mp.ncdf(x) + x * mp.npdf(x),
            lambda x: (2 - x * x) * mp.npdf(x),
        ),
    ],
)
@pytest.mark.parametrize("x", [-36.0, -25.3, -9.1, -1.7, -0.3, 0.2, 1.3, 5.7, 12.3, 19.5, 25.3])
def test_saturated_derivatives_are_small_and_not_nothing(f, derivative, second, x) -> None:  # type: ignore[no-untyped-def]
    """To the second order: a double can hold them."""
    leaf = Value(x)
    (first,) = gradients(f(leaf), [leaf], create_graph=True)
    (again,) = gradients(first, [leaf])
    with mp.workdps(60):
        assert first.data == pytest.approx(float(derivative(mpf(x))), rel=16 * 2**-52, abs=0.0)
        expected = float(second(mpf(x)))
        if abs(expected) > 1e-290 and f is not gelu:
            assert again == pytest.approx(expected, rel=64 * 2**-52, abs=0.0)
        assert math.isclose(again, expected, rel_tol=1e-10, abs_tol=1e-14)
