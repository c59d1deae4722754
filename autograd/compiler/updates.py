"""An optimiser's step as lines of source, from the formulas of its stages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.calculus.formula import names_in
from autograd.calculus.printing import python_source
from autograd.compiler.scalar_source import Reductions, nest, scalar_function
from autograd.compiler.training import OptimizerStage

__all__ = ["rate_table", "update_lines"]


def rate_table(rates: Sequence[Sequence[float]]) -> np.ndarray[Any, Any]:
    """The learning rates of steps as the lines take them, (steps, stages)."""
    return np.array(rates, float).reshape(len(rates), len(rates[0]) if rates else 0)


def update_lines(params: int, stages: Sequence[OptimizerStage]) -> list[str]:
    """Return the lines that turn the gradient in ``DU`` into a step and take it."""
    lines = nest([("i", params)], ["G[i] = DU[i]"])
    place = 0
    for number, stage in enumerate(stages):
        lines += [f"rate = rates[step, {number}]", *(f"{name} = {value!r}" for name, value in stage.constants)]
        reductions = Reductions(_scalar, params, ["g = G[j]", "p = U[j]"])
        inner = ["g = G[i]", "p = U[i]"]
        for name, text in stage.given:
            before, source = reductions.lines(text)
            (lines if before or "g" not in names_in(text)[0] else inner).extend([*before, f"{name} = {source}"])
        for offset, (name, _) in enumerate(stage.states):
            inner.append(f"{name} = S[{place + offset}, i]")
        for offset, (name, text) in enumerate(stage.states):
            inner += [f"{name} = {_scalar(text)}", f"S[{place + offset}, i] = {name}"]
        place += len(stage.states)
        lines += nest([("i", params)], [*inner, f"G[i] = {_scalar(stage.result)}"])
    return [*lines, *nest([("i", params)], ["U[i] += G[i]"])]


def _scalar(text: str) -> str:
    return python_source(text, call=scalar_function)
