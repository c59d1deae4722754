"""erf and erfc over arrays against mpmath at 50 digits, and IEEE-754's special values."""

import mpmath
import numpy as np
import pytest

from autograd.calculus import error_function
from autograd.calculus.error_function import erf, erfc

POINTS = np.concatenate(
    [
        np.linspace(-6.5, 6.5, 1501),
        np.linspace(-0.01, 0.01, 101),
        np.linspace(0.0, 26.5, 801),
        [5e-324, 1e-300, 1.0, -1.0, np.nextafter(1.0, 2.0)],
    ]
)


@pytest.mark.parametrize(("function", "exact"), [(erf, mpmath.erf), (erfc, mpmath.erfc)], ids=["erf", "erfc"])
@pytest.mark.parametrize("few", [0, 10**6], ids=["many numbers", "few numbers"])
def test_within_4_units_in_the_last_place(function, exact, few, monkeypatch):
    monkeypatch.setattr(error_function, "_FEW", few)
    with mpmath.workdps(50):
        wanted = np.array([float(exact(mpmath.mpf(x))) for x in POINTS])
    error = np.abs(function(POINTS) - wanted) / np.spacing(np.abs(wanted))
    assert error.max() <= 4.0, POINTS[error.argmax()]


@pytest.mark.parametrize("length", [1, 500, 5000])
def test_special_values_and_shapes(length):
    x = np.array([[np.inf, -np.inf, np.nan, 0.0, -0.0, 30.0, -1e308]] * length)
    assert np.array_equal(erf(x), [[1.0, -1.0, np.nan, 0.0, 0.0, 1.0, -1.0]] * length, equal_nan=True)
    assert np.signbit(erf(x)[:, 4]).all()
    assert np.array_equal(erfc(x), [[0.0, 2.0, np.nan, 1.0, 1.0, 0.0, 2.0]] * length, equal_nan=True)
    assert erf(x[:0]).shape == (0, 7)
    assert type(erfc(0.5)) is float
