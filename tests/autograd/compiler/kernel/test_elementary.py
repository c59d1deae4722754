"""The kernel's functions against 50-digit numbers, over dense arguments and special ones."""

from __future__ import annotations

import ctypes
import math

import mpmath as mp
import numpy as np
import pytest

pytest.importorskip("llvmlite")

from autograd.compiler.kernel import coefficients
from autograd.compiler.kernel.elementary import FUNCTIONS, logistic
from autograd.compiler.kernel.lanes import Lanes
from autograd.compiler.kernel.machine_code import load
from autograd.compiler.kernel.writer import Writer
from tests.autograd.compiler.kernel import derive

OURS = {**FUNCTIONS, "logistic": logistic}
ORACLE = {
    **{name: getattr(mp, name) for name in FUNCTIONS},
    "erfc": lambda x: mp.erfc(min(x, mp.mpf(1000))),  # where mpmath itself ends
    "logistic": lambda x: 1 / (1 + mp.exp(-x)),
}
SPECIAL = [0.0, -0.0, 1.0, -1.0, math.inf, -math.inf, math.nan, 5e-324, -5e-324, 2.2e-308, -2.2e-308, 1e-300, -1e-300]
SPECIAL += [1e-17, -1e-17, 1e-9, 709.0, 709.78, 709.79, 710.5, 1e300, -1e300, -37.0, -708.5, -744.4, -745.2, -750.0]
SPECIAL += [1.7976931348623157e308, -1.7976931348623157e308, 26.5, 27.3, 30.0, -1.0 + 1e-16, 1.0 + 3e-16, 0.5, -0.5]
SPECIAL += [math.pi, math.pi / 2, 11 * math.pi / 2, 1e5, 999_999.7, 1e6 + 1, 1e22, 0.7853981633974483, 22.0, -22.0]


def evaluate(name: str, x: np.ndarray, width: int) -> np.ndarray:
    writer = Writer()
    with writer.function("f", ["ptr %x", "i64 %n"]), writer.loop(0, "%n", width) as i:
        v = Lanes(writer, width)
        address = writer.at("%x", i)
        v.store(OURS[name](v, v.load(address)), address)
    y = x.copy()
    load(writer.text()).function("f", None, ctypes.c_void_p, ctypes.c_long)(y.ctypes.data, len(y))
    return y


def exact(name: str, x: float) -> float:
    """The nearest double."""
    if math.isnan(x) or (name in ("sin", "cos") and math.isinf(x)):
        return math.nan
    if name in ("log", "log1p"):
        at = x if name == "log" else x + 1.0
        if (name == "log1p" and x == -1.0) or (name == "log" and at == 0.0):
            return -math.inf
        if (x < 0 and name == "log") or x < -1:
            return math.nan
    if x == 0.0 and name in ("sin", "sinh", "tanh", "expm1", "log1p", "erf"):
        return x
    if math.isinf(x):
        limits = {"exp": (0.0, math.inf), "expm1": (-1.0, math.inf), "tanh": (-1.0, 1.0), "log": (0.0, math.inf)}
        limits |= {"sinh": (-math.inf, math.inf), "cosh": (math.inf, math.inf)}
        limits |= {"log1p": (0.0, math.inf), "erf": (-1.0, 1.0), "erfc": (2.0, 0.0), "logistic": (0.0, 1.0)}
        return limits[name][x > 0]
    with mp.workdps(50):
        return float(mp.nstr(ORACLE[name](mp.mpf(x)), 40))  # by way of text: float() takes no power beyond its own


def ulps(found: float, wanted: float) -> float:
    if found == wanted or (math.isnan(found) and math.isnan(wanted)):
        return 0.0
    if math.isnan(found) or math.isnan(wanted) or math.isinf(wanted) != math.isinf(found):
        return math.inf
    return abs(found - wanted) / math.ulp(wanted)


def dense(name: str) -> np.ndarray:
    random = np.random.default_rng(0)
    sizes = np.exp(random.uniform(math.log(1e-12), math.log(700.0), 600)) * random.choice([-1.0, 1.0], 600)
    near = np.concatenate([random.uniform(-6, 6, 900), random.uniform(-1, 1, 300), random.uniform(0.5, 2, 200)])
    wide = random.uniform(-1e6, 1e6, 200) if name in ("sin", "cos") else np.exp(random.uniform(-700, 700, 200))
    return np.concatenate([sizes, near, wide])


@pytest.mark.parametrize("name", OURS)
def test_within_two_units_in_the_last_place(name: str) -> None:
    x = dense(name)
    y = evaluate(name, x, 8)
    errors = [ulps(a, exact(name, b)) for a, b in zip(y.tolist(), x.tolist(), strict=True)]
    worst = int(np.argmax(errors))
    assert errors[worst] <= 2.0, f"{name}({x[worst]!r}) = {y[worst]!r}, {errors[worst]:.2f} ulp off"


@pytest.mark.parametrize("name", OURS)
@pytest.mark.parametrize("width", [1, 4])
def test_special_values(name: str, width: int) -> None:
    x = np.array(SPECIAL * 4)
    y = evaluate(name, x, width)
    for own, at in zip(y.tolist(), x.tolist(), strict=True):
        wanted = exact(name, at)
        # Where the result is a denormal, the last place is coarse, and is rounded twice.
        assert ulps(own, wanted) <= 2.0, f"{name}({at!r}) = {own!r}, not {wanted!r}"
        if wanted == 0.0:
            assert math.copysign(1.0, own) == math.copysign(1.0, wanted), f"{name}({at!r}) = {own!r}"


def test_one_far_argument_leaves_the_others_alone() -> None:
    x = np.array([1e22, 0.5, -0.25, 3.0])
    assert np.abs(evaluate("sin", x, 4) - np.sin(x)).max() < 1e-15


@pytest.mark.parametrize("name", derive.FITS)
def test_coefficients_follow_from_their_derivation(name: str) -> None:
    assert getattr(coefficients, name) == tuple(derive.fitted(name)[0])
