"""sin, cos and tanh in arithmetic alone, of which a compiler makes vector instructions: libm takes one number a call.

All three are Taylor series near 0, to the accuracy of double precision, and what leads there: for sin and cos the
multiple of pi that is nearest, taken away in three parts so that nothing is rounded (Cody and Waite 1980); for tanh a
sixteenth, and the formulas of the double argument for sinh and cosh four times.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

__all__ = ["REACH", "SOURCE", "vector_function"]

#: How far from 0 each of them holds.
REACH = {"sin": 1e5, "cos": 1e5, "tanh": math.inf}


def vector_function(name: str) -> str:
    """The name that :data:`SOURCE` gives to a function of :data:`REACH`."""
    return f"vector_{name}"


def _series(powers: Iterable[int], sign: float) -> str:
    """Source of the sum of ``sign**k * z**k / power!`` over the powers, in Horner's form."""
    source = ""
    for k, power in reversed(list(enumerate(powers))):
        number = repr(sign**k / math.factorial(power))
        source = f"{number} + z * ({source})" if source else number
    return source


# The first two parts of pi have so few bits that products with multiples up to REACH / pi are exact.
_FIRST = round(math.pi * 2.0**27) / 2.0**27
_SECOND = math.pi - _FIRST
_THIRD = math.sin(math.pi)  # what math.pi falls short of pi

SOURCE = f"""

exact = dict(error_model="numpy", fastmath={{"contract"}}, forceinline=True)


@njit(**exact)
def vector_sin(x, shift=0.0):
    k = np.rint(x * {1.0 / math.pi!r} + shift)
    m = k - shift
    x = ((x - m * {_FIRST!r}) - m * {_SECOND!r}) - m * {_THIRD!r}
    z = x * x
    return (1.0 - 2.0 * abs(k - 2.0 * np.rint(0.5 * k))) * x * ({_series(range(1, 22, 2), -1.0)})


@njit(**exact)
def vector_cos(x):
    return vector_sin(x, 0.5)


@njit(**exact)
def vector_tanh(x):
    a = 20.0 if x > 20.0 else -20.0 if x < -20.0 else x
    a = a / 16.0
    z = a * a
    s = a * ({_series(range(1, 20, 2), 1.0)})
    c = {_series(range(0, 21, 2), 1.0)}
    s, c = 2.0 * s * c, s * s + c * c
    s, c = 2.0 * s * c, s * s + c * c
    s, c = 2.0 * s * c, s * s + c * c
    s, c = 2.0 * s * c, s * s + c * c
    return x if abs(x) < 1e-8 else s / c
"""
