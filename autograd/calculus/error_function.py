"""erf and erfc over arrays: NumPy has neither.

erf(x) is x times a polynomial in x² up to 1; beyond it, 1 - erfc. erfc(a) for a >= 0 is exp(-a²) / (1 + 2 a) times a
polynomial in (a - 4) / (a + 4), the form of Shepherd and Laframboise (1981). The coefficients are minimax, derived at
60 digits.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = ["ERF", "ERFC", "erf", "erfc"]

# fmt: off
#: erf(x) / x for z = x^2; 12 terms on [0, 1], error 7.4e-18.
ERF = (
    -7.795898827002142e-10,
    1.3720064546777686e-08,
    -1.6208483801871705e-07,
    1.6447424703317362e-06,
    -1.492473690741966e-05,
    0.00012055294904839707,
    -0.0008548325975389692,
    0.0052239776071164225,
    -0.02686617064323777,
    0.11283791670945006,
    -0.37612638903183543,
    1.1283791670955126,
)

#: (1 + 2 a) exp(a^2) erfc(a) for q = (a - 4) / (a + 4); 23 terms on [-1, 0.75], error 1.6e-17.
ERFC = (
    -1.8206098680308682e-09,
    -1.3670989863347383e-08,
    -7.71541861441783e-09,
    1.1534943745754157e-07,
    6.270727157198311e-08,
    -8.351619688696847e-07,
    3.0135049944875397e-07,
    5.7178872846321855e-06,
    -1.1224789135154701e-05,
    -2.4403169244974074e-05,
    0.000150622243948303,
    -0.00019925550755614952,
    -0.00075777334141333,
    0.005031969755895426,
    -0.016197734059115006,
    0.03716751556249286,
    -0.06633036581152939,
    0.09373283499679412,
    -0.10103906603635213,
    0.06809705425473732,
    0.01537965210262074,
    -0.1396211168405629,
    1.2329951186255526,
)
# fmt: on

_Array = np.ndarray[Any, np.dtype[np.float64]]
#: 2^27 + 1: multiplied by it, a number falls into two halves whose products are exact (Dekker 1971).
_SPLIT = 134217729.0
#: Beyond this erfc is 0 in double precision.
_FAR = 28.0
#: So many numbers at a time: what lies between stays in the cache.
_CHUNK = 2048
#: For fewer, the calls cost more than the C library does, number by number.
_FEW = 400
#: Powers that one product of matrices combines.
_STEP = 5


def _table(coefficients: tuple[float, ...]) -> _Array:
    """The coefficients in rows of `_STEP`, each from the constant on; the row of the highest powers first."""
    ascending = np.array([*coefficients[::-1], *[0.0] * (-len(coefficients) % _STEP)])
    return ascending.reshape(-1, _STEP)[::-1]


_ERF, _ERFC = _table(ERF), _table(ERFC)


def _polynomial(table: _Array, x: _Array) -> _Array:
    """A polynomial's value: few powers, one product of matrices, and Horner's rule over the fifth power."""
    powers = np.empty((_STEP, x.size))
    powers[0] = 1.0
    powers[1] = x
    for i in range(2, _STEP):
        np.multiply(powers[i // 2], powers[i - i // 2], powers[i])
    rows: Any = table @ powers
    fifth = np.multiply(powers[-1], x, powers[0])
    high: _Array = rows[0]
    for row in rows[1:]:
        high *= fifth
        high += row
    return high


def _erfc_of_size(a: _Array) -> _Array:
    """erfc(a) for a >= 0; `a` is spoilt."""
    np.minimum(a, _FAR, out=a)
    above = a + 4.0
    top = _polynomial(_ERFC, np.divide(a - 4.0, above, above))
    high = a * _SPLIT
    high -= high - a
    low = a - high
    square = a * a
    lost = high * high  # what of a² was rounded away: exp would feel it
    lost -= square
    high *= low
    high += high
    lost += high
    low *= low
    lost += low
    lost *= top
    top -= lost
    np.exp(np.negative(square, square), square)
    top *= square
    a += a
    a += 1.0
    top /= a
    return top


def _erf(x: _Array, out: _Array) -> None:
    size = np.abs(x)
    near = np.minimum(size, 1.0)
    np.multiply(near, _polynomial(_ERF, near * near), out)
    far = size > 1.0
    if far.any():
        out[far] = 1.0 - _erfc_of_size(size[far])
    np.copysign(out, x, out)


def _erfc(x: _Array, out: _Array) -> None:
    positive = _erfc_of_size(np.abs(x))
    np.copyto(out, positive)
    np.subtract(2.0, positive, out, where=x < 0.0)
    np.copyto(out, 1.0, where=x == 0.0)


def _evaluated(function: Callable[[_Array, _Array], None], one: Callable[[float], float], x: Any) -> Any:
    x = np.asarray(x, float)
    flat = x.ravel()
    if flat.size < _FEW:
        out = np.array(list(map(one, flat.tolist())), float)
    else:
        out = np.empty_like(flat)
        for start in range(0, flat.size, _CHUNK):
            function(flat[start : start + _CHUNK], out[start : start + _CHUNK])
    return out.reshape(x.shape) if x.ndim else float(out[0])


def erf(x: Any) -> Any:
    """Return the error function of every number of an array, or of one (DLMF 7.2.1).

    >>> erf(np.array([0.0, 1.0])).round(6)
    array([0.      , 0.842701])
    """
    return _evaluated(_erf, math.erf, x)


def erfc(x: Any) -> Any:
    """Return 1 - erf, exact where that would be rounded away (DLMF 7.2.2).

    >>> f"{erfc(10.0):.6g}"
    '2.08849e-45'
    """
    return _evaluated(_erfc, math.erfc, x)
