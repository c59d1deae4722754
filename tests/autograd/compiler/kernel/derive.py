"""Where the numbers of ``autograd.compiler.kernel.coefficients`` come from; run as a module, this writes it.

Those of the error function stand in ``autograd.calculus.error_function``; a test compares them all.

Each is a polynomial that mpmath fits at Chebyshev points in 60 digits, the smooth rest of a function behind the terms
that are exact. Behind each stands the largest error of the fit.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mpmath as mp

#: Where the numbers of the error function stand: NumPy's form of it reads them, too.
SHARED = "autograd.calculus.error_function"
#: Below this the quotients are taken by their series: what cancels would leave no digits.
_SMALL = mp.mpf(10) ** -12


def exp_rest(r: Any) -> Any:
    """(exp(r) - 1 - r) / r^2."""
    return (mp.expm1(r) - r) / r**2 if abs(r) > _SMALL else mp.mpf(1) / 2 + r / 6 + r * r / 24


def log_rest(z: Any) -> Any:
    """(log((1 + s) / (1 - s)) - 2 s) / s^3 for z = s^2."""
    s = mp.sqrt(z)
    return (2 * mp.atanh(s) - 2 * s) / s**3 if z > _SMALL else mp.mpf(2) / 3 + 2 * z / 5


def sin_rest(z: Any) -> Any:
    """(sin(r) - r) / r^3 for z = r^2."""
    r = mp.sqrt(z)
    return (mp.sin(r) - r) / r**3 if z > _SMALL else -mp.mpf(1) / 6 + z / 120


def cos_rest(z: Any) -> Any:
    """(cos(r) - 1 + r^2/2) / r^4 for z = r^2."""
    r = mp.sqrt(z)
    return (mp.cos(r) - 1 + z / 2) / z**2 if z > _SMALL else mp.mpf(1) / 24 - z / 720


def erf_ratio(z: Any) -> Any:
    """erf(x) / x for z = x^2."""
    x = mp.sqrt(z)
    return mp.erf(x) / x if z > _SMALL else 2 / mp.sqrt(mp.pi) * (1 - z / 3)


def erfc_scaled(q: Any) -> Any:
    """(1 + 2 a) exp(a^2) erfc(a) for q = (a - 4) / (a + 4)."""
    a = 4 * (1 + q) / (1 - q)
    return (1 + 2 * a) * mp.exp(a * a) * mp.erfc(a)


with mp.workdps(60):
    HALF = mp.log(2) / 2 * mp.mpf("1.0001")
    FITS: dict[str, tuple[Callable[[Any], Any], Any, Any, int]] = {
        "EXP": (exp_rest, -HALF, HALF, 11),
        "LOG": (log_rest, mp.mpf(0), (3 - 2 * mp.sqrt(2)) ** 2 * mp.mpf("1.001"), 7),
        "SIN": (sin_rest, mp.mpf(0), (mp.pi / 4) ** 2 * mp.mpf("1.001"), 6),
        "COS": (cos_rest, mp.mpf(0), (mp.pi / 4) ** 2 * mp.mpf("1.001"), 6),
        "ERF": (erf_ratio, mp.mpf(0), mp.mpf(1), 12),
        "ERFC": (erfc_scaled, mp.mpf(-1), mp.mpf(24) / 32, 23),
    }


def fitted(name: str) -> tuple[list[float], float]:
    """The coefficients, highest power first, and the largest error."""
    function, low, high, terms = FITS[name]
    with mp.workdps(60):
        # mpmath 1.4 asks for the order by a name that 1.3 does not know; its old order is that of 1.3.
        ascending = {"asc": True} if "asc" in inspect.signature(mp.chebyfit).parameters else {}
        numbers, error = mp.chebyfit(function, [low, high], terms, error=True, **ascending)
        return [float(number) for number in (numbers[::-1] if ascending else numbers)], float(error)


def split(number: Any, parts: int, bits: int = 53) -> list[float]:
    """A number as a sum of doubles; all but the last with at most `bits` bits."""
    found = []
    for _ in range(parts - 1):
        scale = mp.mpf(2) ** (bits - 1 - mp.floor(mp.log(abs(number), 2)))
        found.append(float(mp.floor(number * scale) / scale))
        number -= mp.mpf(found[-1])
    return [*found, float(number)]


def source() -> str:
    """The module's source."""
    lines = ['"""Coefficients of polynomials, highest power first: ``tests/.../derive.py`` derives and writes them."""']
    names = ", ".join(f'"{name}"' for name in sorted(["LN2", "HALF_PI", *FITS]))
    lines += ["", f"from {SHARED} import ERF, ERFC", "", f"__all__ = [{names}]", "", "# fmt: off"]
    with mp.workdps(60):
        # 11 bits are left for the power: its product with the first part is exact.
        lines.append(f"LN2 = {tuple(split(mp.log(2), 2, 42))!r}")
        lines.append(f"HALF_PI = {tuple(split(mp.pi / 2, 3))!r}")
    for name, (function, low, high, terms) in FITS.items():
        if name in ("ERF", "ERFC"):
            continue
        numbers, error = fitted(name)
        reach = f"{terms} terms on [{float(low):.4g}, {float(high):.4g}], error {error:.1e}"
        lines += ["", f"#: {(function.__doc__ or '').rstrip('.')}; {reach}."]
        lines += [f"{name} = (", *(f"    {number!r}," for number in numbers), ")"]
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    import autograd.compiler.kernel as room

    Path(room.__file__).with_name("coefficients.py").write_text(source(), encoding="utf-8")
