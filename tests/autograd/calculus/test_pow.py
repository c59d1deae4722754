"""``pow`` at its special values, which IEEE-754 (and C99, annex F.9.4.4) fix."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from autograd import RULES, Value, pow

BASES = (-math.inf, -2.0, -1.0, -0.0, 0.0, 0.5, 1.0, math.inf, math.nan)
EXPONENTS = (-math.inf, -3.0, -2.0, -0.5, -0.0, 0.0, 0.5, 1.0, 2.0, 3.0, math.inf, math.nan)


def c_pow(a: float, b: float) -> float:
    """C's pow: Python's math.pow, which raises where C has nan or an infinity."""
    try:
        return math.pow(a, b)
    except ValueError:
        if a != 0.0:
            return math.nan  # a negative base, an exponent that is no whole number
        return math.copysign(math.inf, a) if b == int(b) and b % 2 == 1 else math.inf


@pytest.mark.parametrize(("a", "b"), list(itertools.product(BASES, EXPONENTS)))
def test_every_reader_agrees_with_c(a: float, b: float) -> None:
    with np.errstate(all="ignore"):
        arrays = RULES["pow"].arrays(np.array([a, a]), np.array([b, b]))[0]
        by_constant = RULES["pow"].arrays(np.array([a, a]), b)[0]
    found = [pow(a, b), (Value(a) ** Value(b)).data, (Value(a) ** b).data, (a ** Value(b)).data, *arrays, *by_constant]
    assert [repr(float(x)) for x in found] == [repr(c_pow(a, b))] * len(found)


def test_the_exponents_derivative_at_base_0() -> None:
    assert [(Value(0.0) ** Value(b)).partials[1] for b in (2.0, 0.0, -2.0)] == [0.0, 0.0, -math.inf]
    assert math.isnan((Value(0.0) ** Value(math.nan)).partials[1])
