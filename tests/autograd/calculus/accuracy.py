"""How exact every row is, in units in the last place of mpmath's answer: over its domain, and far out.

``python -m tests.autograd.calculus.accuracy`` writes docs/accuracy.md; ``test_accuracy.py`` holds the bounds.
"""

from __future__ import annotations

import math
import sys
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import numpy as np
from mpmath import mp, mpf

from autograd import Value
from tests.autograd.calculus.oracle import ROWS, Operands, exact, flat, regroup
from tests.autograd.calculus.test_rules import apply

PAGE = Path(__file__).parents[3] / "docs" / "accuracy.md"
#: What is promised: ulps of the result, and of a first derivative.
OF_RESULT, OF_DERIVATIVE = 4.0, 16.0
#: Below this a double has fewer bits: what is computed from such a number has no more than it.
SUBNORMAL = 1e-300

FAR = (
    1e-200, 1e-20, 1e-9, 1e-4, 0.01, 0.3, 0.9, 1.1, 2.2, 4.4, 6.6, 9.0, 15.0, 19.5, 26.0, 27.7, 32.0, 37.0, 60.0,
    200.0, 345.0, 600.0, 690.0, 1e4, 1e9, 1e140,
)  # fmt: skip


def points(name: str) -> Iterator[Operands]:
    """Points of the domain, and points whose operands lie anywhere: the same ones on every run."""
    row, random = ROWS[name], Random(zlib.crc32(name.encode()))

    def anywhere(low: float, high: float) -> float:
        far = random.choice(FAR) * random.choice((-1.0, 1.0))
        return random.uniform(low, high) if random.random() < 0.3 else far

    for _ in range(24):
        yield [
            [random.uniform(low, high) for _ in range(3)] if operand.is_sequence else random.uniform(low, high)
            for operand, (low, high) in zip(row.operands, row.domain, strict=False)
        ]
    if name == "logsumexp":  # farther from the largest, half an ulp more for each unit: x - max(x) is rounded
        yield from ([[shift + random.uniform(-8.0, 8.0) for _ in range(3)]] for shift in (-700.0, -20.0, 20.0, 1e4))
    elif len(row.operands) == 1 and not row.operands[0].is_sequence:
        yield from ([sign * x] for x in FAR for sign in (1.0, -1.0))
    else:
        for _ in range(40):
            yield [
                [anywhere(low, high) for _ in range(3)] if operand.is_sequence else anywhere(low, high)
                for operand, (low, high) in zip(row.operands, row.domain, strict=False)
            ]


#: Definitions of derivatives where a difference of 50-digit values would need more digits than there are.
_INTEGRANDS: dict[str, Callable[[mpf], mpf]] = {
    "erf": lambda x: 2 / mp.sqrt(mp.pi) * mp.exp(-x * x),  # DLMF 7.2.1
    "erfc": lambda x: -2 / mp.sqrt(mp.pi) * mp.exp(-x * x),  # DLMF 7.2.2
}
#: The largest term of results that are sums, and of derivatives that pass through zero.
_LARGEST: dict[str, Callable[..., float]] = {
    "sum": lambda x: max(map(abs, x)),
    "mean": lambda x: max(map(abs, x)) / len(x),
    "dot": lambda w, x, b: max(abs(b), *(abs(p * q) for p, q in zip(w, x, strict=True))),
    "logsumexp": lambda x: max(1.0, abs(max(x))),  # of exp(x - max(x)), whose sum it takes the logarithm of
}
_LARGEST_OF_DERIVATIVE: dict[str, Callable[[float], float]] = {
    "gelu": lambda x: math.erfc(-x / math.sqrt(2)) / 2,
    "silu": lambda x: 1 / (1 + math.exp(-x)) if x > -SMOOTH else 0.0,
}
SMOOTH = 600.0


class Worst(NamedTuple):
    """The largest error of its kind, and where it is."""

    ulps: float
    operands: Operands
    found: float


def worst_cases(name: str) -> tuple[Worst, Worst]:
    """Return the worst result of a row and the worst first derivative, eager or over arrays."""
    worst = [Worst(0.0, [], 0.0), Worst(0.0, [], 0.0)]
    for operands in points(name):
        node = apply(name, regroup(operands, map(Value, flat(operands))))
        with np.errstate(all="ignore"):
            result, *partials = ROWS[name].arrays(*map(np.array, operands))
        spread = [np.broadcast_to(dx, np.shape(x)).ravel() for dx, x in zip(partials, operands, strict=True)]
        arrays = [float(result), *map(float, np.concatenate(spread))]
        for place, pair in enumerate(zip((node.data, *node.partials), arrays, strict=True)):
            expected = _expected(name, operands, place)
            if expected is None:
                continue
            order = min(place, 1)
            largest = (_LARGEST_OF_DERIVATIVE if order else _LARGEST).get(name)
            scale = max(abs(float(expected)), largest(*operands) if largest else 0.0)
            for found in pair:
                error = float(abs(mpf(found) - expected) / math.ulp(scale)) if math.isfinite(found) else math.inf
                if error > worst[order].ulps:
                    worst[order] = Worst(error, operands, found)
    return worst[0], worst[1]


def _expected(name: str, operands: Operands, place: int) -> mpf | None:
    """The result or a derivative; None where it has none, or lies past the ends of what doubles hold in full."""
    try:
        with mp.workdps(50):
            if place and name in _INTEGRANDS:
                expected = _INTEGRANDS[name](mpf(operands[0]))
            else:
                expected = exact(name, operands, *([place - 1] if place else []))
    except (ZeroDivisionError, ValueError, OverflowError):
        return None
    if not isinstance(expected, mpf) or not mp.isfinite(expected):
        return None
    return expected if SUBNORMAL < abs(expected) < sys.float_info.max else None


#: Rows that choose and round: their partials are constants of their formulas, and exact.
CHOICES = {"abs", "relu", "leaky_relu", "maximum", "minimum", "clamp", "where", "sign", "floor", "ceil", "round"}


def measured() -> dict[str, tuple[Worst, Worst]]:
    """The worst cases of every row that computes."""
    return {name: worst_cases(name) for name in ROWS if name not in CHOICES}


def page(cases: dict[str, tuple[Worst, Worst]]) -> str:
    """Return docs/accuracy.md."""
    lines = [
        "# How exact the operations are",
        "",
        "The largest errors found, in units in the last place (ulp) of the true result: 50 digits of mpmath against",
        "the eager engine and against the same formulas over NumPy arrays, at points of each row's domain and far",
        f"out, to ±{FAR[-1]:g}. Promised: {OF_RESULT:g} ulp for results, {OF_DERIVATIVE:g} for derivatives.",
        "Errors of sums are in ulps of the largest term, and so are those of derivatives near their zeros (gelu,",
        f"silu). Numbers below {SUBNORMAL:g}, where a double runs out of bits, are not counted. A partial of logsumexp",
        "loses half an ulp more for each unit that its operand lies below the largest. What chooses or rounds",
        "(relu, maximum, floor, ...) is exact. Last bits are the C library's: other machines differ by one or two.",
        "",
        "Where functions saturate, derivatives are small, not 0: tanh'(27.7) = 3.5e-24, though 1 - y² is 0 in doubles.",
        "",
        "Written by `python -m tests.autograd.calculus.accuracy`.",
        "",
        "| row | result, ulp | at | derivative, ulp | at |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {name} | {value.ulps:.1f} | {_where(value)} | {slope.ulps:.1f} | {_where(slope)} |"
        for name, (value, slope) in cases.items()
    ]
    return "\n".join(lines) + "\n"


def _where(worst: Worst) -> str:
    def text(x: Any) -> str:
        return f"[{', '.join(map(text, x))}]" if isinstance(x, list) else f"{x:.6g}"

    return ", ".join(map(text, worst.operands)) if worst.ulps >= 0.05 else ""


if __name__ == "__main__":
    PAGE.write_text(page(measured()), encoding="utf-8")
