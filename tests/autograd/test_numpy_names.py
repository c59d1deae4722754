"""NumPy's functions, and Python's own, on Values."""

from __future__ import annotations

import math

import numpy as np
import pytest

from autograd import Value


class TestNumPyNames:
    UFUNCS = ("arctan", "arcsin", "arccos", "arcsinh", "arctanh", "exp2", "floor", "ceil", "rint", "degrees", "radians")
    UFUNCS += ("rad2deg", "deg2rad", "square", "reciprocal", "fabs", "conjugate", "trunc", "sqrt", "cbrt", "log2")

    @pytest.mark.parametrize("name", UFUNCS)
    def test_of_a_value_and_of_arrays(self, name: str) -> None:
        ufunc = getattr(np, name)
        numbers = np.array([0.3, 0.9])
        array = ufunc(np.array([Value(x) for x in numbers]))
        assert [value.data for value in array] == pytest.approx(ufunc(numbers).tolist(), rel=1e-15)
        assert ufunc(Value(0.3)).data == pytest.approx(float(ufunc(0.3)), rel=1e-15)

    def test_of_two(self) -> None:
        assert np.arctan2(Value(0.3), Value(-2.0)).data == np.arctan2(0.3, -2.0)
        assert np.arccosh(Value(1.5)).data == np.arccosh(1.5)

    def test_spread(self) -> None:
        numbers = np.array([1.0, 4.0, 2.0])
        values = np.array([Value(x) for x in numbers])
        assert np.std(values).data == pytest.approx(np.std(numbers), rel=1e-15)
        assert np.var(values, ddof=1).data == pytest.approx(np.var(numbers, ddof=1), rel=1e-15)
        np.var(values).backward()
        assert [value.grad for value in values] == pytest.approx((2 * (numbers - numbers.mean()) / 3).tolist())

    def test_rounding_in_python(self) -> None:
        assert (round(Value(2.5)).data, round(Value(2.25), 1).data) == (2.0, 2.2)
        assert (math.floor(Value(2.5)).data, math.ceil(Value(2.5)).data) == (2.0, 3.0)
