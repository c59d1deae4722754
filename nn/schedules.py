"""Learning rates that change: functions of a step's index, counted from 0. They can be pickled."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable

import numpy as np

from autograd.errors import OperandError

__all__ = ["Schedule", "check_between", "constant", "cosine", "exponential", "linear"]

Schedule = Callable[[int], float]


def constant(rate: float) -> Schedule:
    """The same learning rate at every step.

    >>> constant(0.1)(7)
    0.1
    """
    return functools.partial(_constant, rate)


def _constant(rate: float, step: int) -> float:
    return rate


def linear(start: float, end: float, steps: int) -> Schedule:
    """From `start` to `end` over `steps` steps in equal parts, then `end`.

    >>> linear(1.0, 0.1, 90)(10)
    0.9
    """
    check_between("steps", steps, 1, math.inf)
    return functools.partial(_linear, start, end, steps)


def _linear(start: float, end: float, steps: int, step: int) -> float:
    return start + (end - start) * min(step / steps, 1.0)


def cosine(start: float, steps: int, *, end: float = 0.0, warmup: int = 0) -> Schedule:
    """Half a cosine from `start` to `end` (Loshchilov and Hutter 2017), after `warmup` steps that rise to `start`.

    >>> cosine(1.0, 100)(50)
    0.5
    """
    check_between("steps", steps, 1, math.inf)

    return functools.partial(_cosine, start, steps, end, warmup)


def _cosine(start: float, steps: int, end: float, warmup: int, step: int) -> float:
    if step < warmup:
        return start * (step + 1) / warmup
    done = min((step - warmup) / max(steps - warmup, 1), 1.0)
    return end + (start - end) * 0.5 * (1.0 + math.cos(math.pi * done))


def exponential(start: float, factor: float, steps: int) -> Schedule:
    """Multiplied by `factor` every `steps` steps, smoothly.

    >>> exponential(1.0, 0.5, 10)(20)
    0.25
    """
    check_between("steps", steps, 1, math.inf)
    return functools.partial(_exponential, start, factor, steps)


def _exponential(start: float, factor: float, steps: int, step: int) -> float:
    return float(start * factor ** (step / steps))


def check_between(name: str, number: float, low: float, high: float) -> None:
    """Raise ``OperandError`` unless a number is at least `low` and below `high`."""
    if isinstance(number, bool) or not isinstance(number, int | float | np.number) or not low <= number < high:
        raise OperandError(f"{name} must be a number of at least {low:g} and below {high:g}, got {number!r}")
