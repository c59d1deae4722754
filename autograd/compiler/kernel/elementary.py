"""exp, log and their kin, sin and cos, erf: as vector code without branches, 2 units in the last place or better.

Each is reduced to a small interval, where a polynomial is as good as the function; the reductions are the classic ones
(Cody and Waite 1980; fdlibm for log1p). Special values are IEEE-754's: nan stays nan, overflow is inf, denormals count.
Arguments of sin and cos beyond a million leave for the C library.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from autograd.compiler.kernel.coefficients import COS, ERF, ERFC, EXP, HALF_PI, LN2, LOG, SIN
from autograd.compiler.kernel.lanes import Lanes
from autograd.compiler.kernel.writer import Name

__all__ = ["FUNCTIONS", "logistic"]

#: Added to a number below 2^51, it leaves the nearest whole number in the low bits, and rounds.
_ROUNDING = 1.5 * 2.0**52
_FARTHEST = 1e6


def polynomial(v: Lanes, coefficients: Sequence[float], x: Name) -> Name:
    """Evaluate a polynomial, the highest power first.

    By pairs, and pairs of those (Estrin's scheme), so that few operations wait for others; the lowest power last, as in
    Horner's rule, for the smallest error.
    """
    *high, low = (v.number(coefficient) for coefficient in coefficients)
    terms, power = high[::-1], x
    while len(terms) > 1:
        pairs = [v.fma(b, power, a) for a, b in zip(terms[::2], terms[1::2], strict=False)]
        terms = pairs + terms[len(terms) - len(terms) % 2 :]
        power = v.mul(power, power)
    return v.fma(terms[0], x, low)


def _rounded(v: Lanes, x: Name) -> tuple[Name, Name]:
    """The nearest whole number as a double, and a whole number whose low bits hold it."""
    shifted = v.add(x, v.number(_ROUNDING))
    return v.sub(shifted, v.number(_ROUNDING)), v.bits(shifted)


def _power(v: Lanes, whole: Name) -> Name:
    """Return 2^k, for the k in the low bits of a whole number: -1022 to 1023."""
    return v.from_bits(v.whole_binary("add", v.whole_binary("shl", whole, v.integer(52)), v.integer(1023 << 52)))


def _limited(v: Lanes, x: Name, low: float, high: float) -> Name:
    """Return x within limits; nan stays."""
    x = v.select(v.compare("ogt", x, v.number(high)), v.number(high), x)
    return v.select(v.compare("olt", x, v.number(low)), v.number(low), x)


def _reduced(v: Lanes, x: Name) -> tuple[Name, Name, Name]:
    """Return k, its bits, and r with x = k ln 2 + r, r at most ln(2) / 2."""
    k, bits = _rounded(v, v.mul(x, v.number(1 / math.log(2))))
    r = v.fma(k, v.number(-LN2[0]), x)
    return k, bits, v.fma(k, v.number(-LN2[1]), r)


def _expm1_near_0(v: Lanes, r: Name) -> Name:
    return v.fma(v.mul(r, r), polynomial(v, EXP, r), r)


def exp(v: Lanes, x: Name) -> Name:
    """The product 2^k (1 + expm1(r))."""
    near, powers = _exp_parts(v, x)
    return _scaled(v, v.add(near, v.number(1.0)), powers)


def _half_exp(v: Lanes, size: Name) -> Name:
    """Half of exp(|x|), which is finite beyond where that is."""
    near, powers = _exp_parts(v, size, high=711.0)
    return _scaled(v, v.mul(v.add(near, v.number(1.0)), v.number(0.5)), powers)


def cosh(v: Lanes, x: Name) -> Name:
    """The sum h + 1 / (4 h) for h = exp(|x|) / 2."""
    half = _half_exp(v, v.intrinsic("fabs", x))
    return v.add(half, v.div(v.number(0.25), half))


def sinh(v: Lanes, x: Name) -> Name:
    """The difference of the same two; near 0, where it would cancel, by expm1."""
    size = v.intrinsic("fabs", x)
    e, half = expm1(v, _limited(v, size, 0.0, 30.0)), _half_exp(v, size)
    near = v.mul(v.add(e, v.div(e, v.add(e, v.number(1.0)))), v.number(0.5))
    return v.intrinsic("copysign", v.select(v.compare("olt", size, v.number(22.0)), near, half), x)


def _exp_parts(v: Lanes, x: Name, low: Name = "", high: float = 710.0) -> tuple[Name, list[Name]]:
    """expm1(r), and two powers of which 2^k is the product: it may be beyond what a double holds, the result not.

    `low` is a small number to be added to x, in which it would be lost.
    """
    k, _, r = _reduced(v, _limited(v, x, -746.0, high))
    half, first = _rounded(v, v.mul(k, v.number(0.5)))
    _, second = _rounded(v, v.sub(k, half))
    return _expm1_near_0(v, v.add(r, low) if low else r), [_power(v, first), _power(v, second)]


def _scaled(v: Lanes, x: Name, powers: Sequence[Name]) -> Name:
    for power in powers:
        x = v.mul(x, power)
    return x


def expm1(v: Lanes, x: Name) -> Name:
    """By 2^k times what the rest r gives, and 2^k - 1; the power is halved where it would overflow."""
    k, bits, r = _reduced(v, _limited(v, x, -40.0, 710.0))
    near = _expm1_near_0(v, r)
    huge = v.compare("ogt", k, v.number(1023.0))
    power = _power(v, v.whole_binary("sub", bits, v.select_whole(huge, v.integer(1), v.integer(0))))
    result = v.add(v.mul(power, near), v.sub(power, v.number(1.0)))
    result = v.mul(result, v.select(huge, v.number(2.0), v.number(1.0)))
    return v.select(v.compare("oeq", x, v.number(0.0)), x, result)


def tanh(v: Lanes, x: Name) -> Name:
    """The quotient e / (e + 2) for e = expm1(2 |x|), with the sign of x."""
    size = v.intrinsic("fabs", x)
    size = v.select(v.compare("ogt", size, v.number(20.0)), v.number(20.0), size)
    _, bits, r = _reduced(v, v.add(size, size))
    power = _power(v, bits)
    e = v.fma(power, _expm1_near_0(v, r), v.sub(power, v.number(1.0)))
    return v.intrinsic("copysign", v.div(e, v.add(e, v.number(2.0))), x)


def logistic(v: Lanes, x: Name) -> Name:
    """1 / (1 + exp(-x)) by the exponential of -|x|, which does not overflow."""
    e = exp(v, v.neg(v.intrinsic("fabs", x)))
    one = v.number(1.0)
    return v.div(v.select(v.compare("olt", x, v.number(0.0)), e, one), v.add(e, one))


def _split(v: Lanes, x: Name) -> tuple[Name, Name]:
    """Return k and m with x = 2^k m, m in [sqrt(1/2), sqrt(2)); x is positive and normal."""
    offset = v.integer(0x3FF0000000000000 - 0x3FE6A09E667F3BCD)
    shifted = v.whole_binary("add", v.bits(x), offset)
    exponent = v.whole_binary("lshr", shifted, v.integer(52))
    k = v.whole_binary("add", exponent, v.integer(_BITS_OF_ROUNDING - 1023))
    k = v.sub(v.from_bits(k), v.number(_ROUNDING))
    m = v.whole_binary("and", shifted, v.integer((1 << 52) - 1))
    return k, v.from_bits(v.whole_binary("add", m, v.integer(0x3FE6A09E667F3BCD)))


_BITS_OF_ROUNDING = 0x4338000000000000


def _log_sum(v: Lanes, k: Name, f: Name, small: Name) -> Name:
    """Return k ln 2 + log(1 + f) + small, the largest term last (fdlibm)."""
    s = v.div(f, v.add(f, v.number(2.0)))
    z = v.mul(s, s)
    half = v.mul(v.mul(f, f), v.number(0.5))
    rest = v.fma(z, polynomial(v, LOG, z), half)
    low = v.fma(k, v.number(LN2[1]), small)
    return v.fma(k, v.number(LN2[0]), v.add(v.sub(v.fma(s, rest, low), half), f))


def log(v: Lanes, x: Name) -> Name:
    """By a series in s = f / (2 + f), which is odd."""
    tiny = v.compare("olt", x, v.number(2.0**-1022))
    scaled = v.select(tiny, v.mul(x, v.number(2.0**54)), x)
    k, m = _split(v, scaled)
    k = v.add(k, v.select(tiny, v.number(-54.0), v.number(0.0)))
    result = _log_sum(v, k, v.sub(m, v.number(1.0)), v.number(0.0))
    return _log_special(v, x, result, v.number(0.0))


def log1p(v: Lanes, x: Name) -> Name:
    """log(u) for u = 1 + x, and what the sum has lost, over u (fdlibm)."""
    one = v.number(1.0)
    u = v.add(one, x)
    k, m = _split(v, u)
    big = v.compare("ogt", x, one)
    lost = v.select(big, v.sub(one, v.sub(u, x)), v.sub(x, v.sub(u, one)))
    near = v.compare("oeq", k, v.number(0.0))
    f = v.select(near, x, v.sub(m, one))
    lost = v.select(near, v.number(0.0), v.div(lost, u))
    result = _log_special(v, u, _log_sum(v, k, f, lost), v.number(0.0))
    return v.select(v.compare("olt", v.intrinsic("fabs", x), v.number(2.0**-54)), x, result)


def _log_special(v: Lanes, x: Name, result: Name, zero: Name) -> Name:
    """What a logarithm is of 0, of negative numbers, of inf and nan."""
    result = v.select(v.compare("olt", x, v.number(math.inf)), result, x)
    result = v.select(v.compare("olt", x, zero), v.number(math.nan), result)
    return v.select(v.compare("oeq", x, zero), v.number(-math.inf), result)


def _circular(v: Lanes, x: Name, quarter: int, name: str) -> Name:
    """sin(x + quarter pi / 2), by the nearest multiple of pi / 2."""
    k, bits = _rounded(v, v.mul(x, v.number(2 / math.pi)))
    r = x
    for part in HALF_PI:
        r = v.fma(k, v.number(-part), r)
    z = v.mul(r, r)
    sine = v.fma(v.mul(z, r), polynomial(v, SIN, z), r)
    half = v.mul(z, v.number(0.5))
    top = v.sub(v.number(1.0), half)
    lost = v.sub(v.sub(v.number(1.0), top), half)
    cosine = v.add(top, v.fma(v.mul(z, z), polynomial(v, COS, z), lost))
    place = v.whole_binary("add", bits, v.integer(quarter)) if quarter else bits
    odd = v.whole_compare("ne", v.whole_binary("and", place, v.integer(1)), v.integer(0))
    sign = v.whole_binary("shl", v.whole_binary("and", place, v.integer(2)), v.integer(62))
    chosen = v.bits(v.select(odd, cosine, sine))
    near = v.from_bits(v.whole_binary("xor", chosen, sign))
    if quarter == 0:
        near = v.select(v.compare("oeq", x, v.number(0.0)), x, near)
    far = v.any(v.compare("ugt", v.intrinsic("fabs", x), v.number(_FARTHEST)))
    return v.otherwise(far, near, lambda: v.library(name, x))


def sin(v: Lanes, x: Name) -> Name:
    """The sine."""
    return _circular(v, x, 0, "sin")


def cos(v: Lanes, x: Name) -> Name:
    """The cosine."""
    return _circular(v, x, 1, "cos")


def _erf_near_0(v: Lanes, x: Name) -> Name:
    return v.mul(x, polynomial(v, ERF, v.mul(x, x)))


def _erfc_of_size(v: Lanes, a: Name) -> Name:
    """erfc(a) for a >= 0: exp(-a^2), which knows what the square has lost, times a polynomial over 1 + 2 a.

    What the quotients lose is put back: q by Newton's rule, and what is rounded in 1 + 2 a.
    """
    a = v.select(v.compare("ogt", a, v.number(28.0)), v.number(28.0), a)
    # One division serves both quotients: what it loses is put back as well.
    sum4, twice1 = v.add(a, v.number(4.0)), v.fma(a, v.number(2.0), v.number(1.0))
    both = v.div(v.number(1.0), v.mul(sum4, twice1))
    inverse = v.mul(both, twice1)
    q = v.mul(v.sub(a, v.number(4.0)), inverse)
    rest = v.fma(v.neg(q), a, v.fma(v.add(q, v.number(1.0)), v.number(-4.0), a))
    top = polynomial(v, ERFC, v.fma(inverse, rest, q))
    square = v.mul(a, a)
    near, powers = _exp_parts(v, v.neg(square), v.fma(a, v.neg(a), square))
    top = v.fma(near, top, top)
    inverse = v.mul(both, sum4)
    first = v.mul(top, inverse)
    rest = v.fma(v.neg(first), v.add(a, a), v.sub(top, first))
    return _scaled(v, v.fma(rest, inverse, first), powers)


def erfc(v: Lanes, x: Name) -> Name:
    """By that of |x|; where it is near 1, 1 - erf(x)."""
    size = v.intrinsic("fabs", x)
    positive = _erfc_of_size(v, size)
    far = v.select(v.compare("olt", x, v.number(0.0)), v.sub(v.number(2.0), positive), positive)
    return v.select(v.compare("olt", size, v.number(0.5)), v.sub(v.number(1.0), _erf_near_0(v, x)), far)


def erf(v: Lanes, x: Name) -> Name:
    """A polynomial up to 1, beyond it 1 - erfc(|x|)."""
    size = v.intrinsic("fabs", x)
    far = v.intrinsic("copysign", v.sub(v.number(1.0), _erfc_of_size(v, size)), x)
    return v.select(v.compare("olt", size, v.number(1.0)), _erf_near_0(v, x), far)


FUNCTIONS: dict[str, Callable[[Lanes, Name], Name]] = {
    "exp": exp, "expm1": expm1, "tanh": tanh, "log": log, "log1p": log1p, "sin": sin, "cos": cos,
    "erf": erf, "erfc": erfc, "sinh": sinh, "cosh": cosh,
}  # fmt: skip
