"""Checks of derivatives against differences: of a function's gradient, and of a row of the table."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.calculus.rule import rule_named
from autograd.calculus.table import Rule
from autograd.errors import GradientError
from autograd.transforms.grad import value_and_grad
from autograd.transforms.tree import flatten
from autograd.value import Value, primal

__all__ = ["check_primitive", "gradcheck"]


def gradcheck(f: Callable[..., Any], *args: Any, eps: float = 1e-5, rtol: float = 1e-5, atol: float = 1e-7) -> bool:
    """Compare the gradient of `f` at `args` with central differences, (f(x + h) - f(x - h)) / 2h.

    Args:
        f: a function of floats, lists or arrays that returns one number.
        args: where to check.
        eps: the step h, relative to max(1, abs(x)).
        rtol: the difference allowed, relative to the larger number.
        atol: the difference allowed in any case.

    Returns:
        True.

    Raises:
        GradientError: some derivative disagrees; the message names the argument and gives both numbers.

    >>> gradcheck(lambda x, y: (x * y).tanh(), 0.3, -0.7)
    True
    """
    _, found = value_and_grad(f, argnums=range(len(args)))(*args)
    exact, _ = flatten(found)
    leaves, rebuild = flatten(args)

    def at(index: int, shift: float) -> float:
        moved = [Value(leaf + shift if i == index else leaf) for i, leaf in enumerate(leaves)]
        return primal(f(*rebuild(moved)))

    for index, (leaf, derivative) in enumerate(zip(leaves, exact, strict=True)):
        step = eps * max(1.0, abs(leaf))
        difference = (at(index, step) - at(index, -step)) / (2 * step)
        if not math.isclose(derivative, difference, rel_tol=rtol, abs_tol=atol):
            raise GradientError(
                f"derivative {index} at {leaf!r} is {derivative!r}, but central differences give {difference!r}"
            )
    return True


def check_primitive(name: str, *, samples: int = 50, seed: int = 0, rtol: float = 1e-4, atol: float = 1e-6) -> bool:
    """Compare the partials of a row of the table with central differences of its forward formula, over its domain.

    Raises:
        UnknownNameError: there is no such row.
        GradientError: a partial disagrees; the message gives the operands and both numbers.

    >>> check_primitive("tanh")
    True
    """
    rule = rule_named(name)
    for form in (rule, dataclasses.replace(rule, exact=())) if rule.exact else (rule,):  # computed, and shown
        _check_form(form, samples, seed, rtol, atol)
    return True


def _check_form(rule: Rule, samples: int, seed: int, rtol: float, atol: float) -> None:
    rng = np.random.default_rng(seed)
    for _ in range(samples):
        operands = [
            rng.uniform(low, high, size=4 if operand.is_sequence else ())
            for operand, (low, high) in zip(rule.operands, rule.domain, strict=False)
        ]
        with np.errstate(all="ignore"):
            _, *partials = rule.arrays(*operands)
        for index, operand in enumerate(rule.operands):
            difference = _difference(rule, operands, index)
            exact = np.broadcast_to(partials[index], np.shape(difference))
            if not np.allclose(exact, difference, rtol=rtol, atol=atol, equal_nan=True):
                where = ", ".join(f"{o.name} = {value}" for o, value in zip(rule.operands, operands, strict=True))
                raise GradientError(
                    f"{rule.name}: the partial of {operand.name}, {rule.partials[index]}, gives {exact} at {where}, "
                    f"but central differences of {rule.forward} give {difference}"
                )


def _difference(rule: Rule, operands: list[Any], index: int, eps: float = 1e-6) -> Any:
    """Central difference of the forward formula in one operand: one number, or one per element of a sequence."""

    def at(shift: Any) -> Any:
        moved = [operand + shift if i == index else operand for i, operand in enumerate(operands)]
        with np.errstate(all="ignore"):
            return rule.arrays(*moved)[0]

    if not rule.operands[index].is_sequence:
        return (at(eps) - at(-eps)) / (2 * eps)
    return np.array([(at(eps * unit) - at(-eps * unit)) / (2 * eps) for unit in np.eye(len(operands[index]))])
