"""What every row of the calculus table should give, to 50 digits, by mpmath.

The functions are written from their definitions and not from the rows' formulas; derivatives are mpmath's numerical
ones, taken with as many extra digits as they cost, so nothing here repeats the calculus that is being tested.
"""

from __future__ import annotations

import functools
import math
import sys
import zlib
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from mpmath import mp, mpf

from autograd import RULES, Rule

DIGITS = 50
EPS = 2.0**-52
#: The table as it stands when tests are collected: examples that run later may add rows of their own.
ROWS = dict(RULES)

Operands = list[Any]  #: one float per operand, a list of floats for a sequence


def _clamp(x: mpf, low: mpf, high: mpf) -> mpf:
    return min(max(x, low), high)


#: The definitions. A sequence operand is a list.
ORACLE: dict[str, Callable[..., mpf]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "truediv": lambda a, b: a / b,
    "pow": lambda a, b: mp.power(a, b),
    "neg": lambda x: -x,
    "abs": lambda x: mp.fabs(x),
    "identity": lambda x: +x,
    "exp": lambda x: mp.exp(x),
    "expm1": lambda x: mp.exp(x) - 1,
    "log": lambda x: mp.log(x),
    "log1p": lambda x: mp.log(1 + x),
    "log2": lambda x: mp.log(x) / mp.log(2),
    "log10": lambda x: mp.log(x) / mp.log(10),
    "sqrt": lambda x: mp.sqrt(x),
    "cbrt": lambda x: mp.sign(x) * mp.exp(mp.log(mp.fabs(x)) / 3),
    "sin": lambda x: mp.sin(x),
    "cos": lambda x: mp.cos(x),
    "tan": lambda x: mp.sin(x) / mp.cos(x),
    "asin": lambda x: mp.asin(x),
    "acos": lambda x: mp.acos(x),
    "atan": lambda x: mp.atan(x),
    "atan2": lambda a, b: mp.atan2(a, b),
    "sinh": lambda x: (mp.exp(x) - mp.exp(-x)) / 2,
    "cosh": lambda x: (mp.exp(x) + mp.exp(-x)) / 2,
    "tanh": lambda x: (mp.exp(2 * x) - 1) / (mp.exp(2 * x) + 1),
    "asinh": lambda x: mp.sign(x) * mp.log(mp.fabs(x) + mp.sqrt(x * x + 1)),
    "acosh": lambda x: mp.log(x + mp.sqrt(x * x - 1)),
    "atanh": lambda x: mp.log((1 + x) / (1 - x)) / 2,
    "sigmoid": lambda x: 1 / (1 + mp.exp(-x)),
    "softplus": lambda x: mp.log(1 + mp.exp(x)),
    "relu": lambda x: max(x, mpf(0)),
    "leaky_relu": lambda x, slope: x if x > 0 else slope * x,
    "elu": lambda x, alpha: x if x > 0 else alpha * (mp.exp(x) - 1),
    "gelu": lambda x: x * mp.erfc(-x / mp.sqrt(2)) / 2,
    "silu": lambda x: x / (1 + mp.exp(-x)),
    "erf": lambda x: mp.erf(x),
    "erfc": lambda x: mp.erfc(x),
    "maximum": lambda a, b: max(a, b),
    "minimum": lambda a, b: min(a, b),
    "clamp": _clamp,
    "where": lambda condition, a, b: a if condition != 0 else b,
    "hypot": lambda a, b: mp.sqrt(a * a + b * b),
    "sign": lambda x: mp.sign(x),
    "floor": lambda x: mp.floor(x),
    "ceil": lambda x: mp.ceil(x),
    "round": lambda x: mp.nint(x),
    "sum": lambda x: mp.fsum(x),
    "mean": lambda x: mp.fsum(x) / len(x),
    "dot": lambda w, x, b: mp.fdot(w, x) + b,
    "logsumexp": lambda x: mp.log(mp.fsum(map(mp.exp, x))),
}


def samples(rule: Rule, count: int = 8, length: int = 3) -> Iterator[Operands]:
    """Draw operands from a row's own domain, the same ones on every run."""
    random = Random(zlib.crc32(rule.name.encode()))
    for _ in range(count):
        yield [
            [random.uniform(low, high) for _ in range(length)] if operand.is_sequence else random.uniform(low, high)
            for operand, (low, high) in zip(rule.operands, rule.domain, strict=False)
        ]


def flat(operands: Operands) -> list[Any]:
    """Return all the numbers of `operands` in one list."""
    return [x for operand in operands for x in (operand if isinstance(operand, list) else [operand])]


def regroup(operands: Operands, numbers: Any) -> Operands:
    """Return `numbers` grouped as `operands` are: the inverse of :func:`flat`."""
    rest = iter(numbers)
    return [[next(rest) for _ in operand] if isinstance(operand, list) else next(rest) for operand in operands]


@functools.lru_cache(maxsize=100_000)
def _exact(name: str, numbers: tuple[float, ...], lengths: tuple[int | None, ...], along: tuple[int, ...]) -> mpf:
    scales = [abs(x) or 1.0 for x in numbers]  # mpmath's steps are absolute; these make them relative
    decades = max(abs(math.log10(scale)) for scale in scales)
    exponent = min(max(scales), 1000.0)  # of exp(-700), 304 digits stand behind the 1 in 1 + exp(-700)

    def f(*moved: mpf) -> mpf:
        rest = iter(x + scale * t for x, scale, t in zip(map(mpf, numbers), scales, moved, strict=True))
        return ORACLE[name](*(next(rest) if n is None else [next(rest) for _ in range(n)] for n in lengths))

    with mp.workdps(DIGITS + int(4 * decades + exponent)):
        orders = tuple(map(along.count, range(len(numbers))))
        derivative = mp.diff(f, (mpf(0),) * len(numbers), orders) if along else f(*(mpf(0),) * len(numbers))
        return derivative / mp.fprod(scales[i] for i in along)


def exact(name: str, operands: Operands, *along: int) -> mpf:
    """Return what the row should give, differentiated once for each of the flat operand indices `along`."""
    lengths = tuple(len(operand) if isinstance(operand, list) else None for operand in operands)
    return _exact(name, tuple(flat(operands)), lengths, tuple(sorted(along)))


def differ(found: float, expected: mpf, tolerance: mpf | float) -> bool:
    """Whether `found` misses `expected` by more than `tolerance`, or is no number at all; past 1.8e308 lies inf."""
    if abs(expected) > sys.float_info.max:
        return found != math.copysign(math.inf, expected)
    with mp.workdps(DIGITS):
        return not mp.fabs(mpf(found) - expected) <= tolerance


#: Formulas with a subtraction from 1, like tanh's ``1 - y*y``, as every textbook has them: where the function
#: saturates, or flattens, they are right to a few units in the last place *of that 1*, not of their own tiny value.
#: No gradient can tell: it adds up terms of the size of 1. The number is the order of the derivative from which on
#: this is so.
SUBTRACTS_FROM_ONE = {
    "tanh": 1,
    "sigmoid": 1,
    "expm1": 1,
    "elu": 1,
    "silu": 1,
    "softplus": 2,
    "logsumexp": 2,
    "asin": 2,
    "acos": 2,
    "atanh": 2,
    "hypot": 2,
}
#: Doubles end here: what is smaller is 0, or a few of these.
SMALLEST = 4 * math.ulp(0.0)
#: What mpmath's numerical derivatives leave where the true one is 0, relative to the function over its operands.
NOISE = 1e-30


def tolerance(name: str, operands: Operands, *along: int) -> mpf:
    """Return how far a double may lie from ``exact(name, operands, *along)``.

    4 ulps of the number itself, and what 4 ulps in every operand make of it, ``4 eps (|f| + sum |x_i df/dx_i|)``: that
    keeps a test at a steep or cancelling point fair, and sharp everywhere else. Twice that with each differentiation,
    for derivatives are longer formulas, and those of rows that subtract from 1 may be off by as many eps of 1.
    """
    moved = sum(abs(x * exact(name, operands, *along, i)) for i, x in enumerate(flat(operands)))
    scale = abs(exact(name, operands, *along)) + moved
    one = 1 if len(along) >= SUBTRACTS_FROM_ONE.get(name, math.inf) else 0
    numbers = flat(operands)
    noise = NOISE * (abs(exact(name, operands)) + (0 in numbers)) / mp.fprod(abs(numbers[i]) or 1 for i in along)
    return 4 * 2 ** len(along) * EPS * (scale + one) + (noise if along else 0) + SMALLEST


def misses(found: float, name: str, operands: Operands, *along: int) -> str:
    """Return what is wrong with `found` as the value of ``exact(name, operands, *along)``, ``""`` if nothing is."""
    expected = exact(name, operands, *along)
    if not differ(found, expected, tolerance(name, operands, *along)):
        return ""
    what = "".join(f" d/d{i}" for i in along)
    return f"{name}{tuple(operands)}{what} gave {found!r}, but it is {mp.nstr(expected, 20)}"


def errors(name: str, operands: Operands, value: float, partials: list[float]) -> list[str]:
    """Compare a row's result and all of its first partials with the oracle's, and return what is wrong."""
    found = [misses(value, name, operands), *(misses(dx, name, operands, i) for i, dx in enumerate(partials))]
    return [text for text in found if text]
