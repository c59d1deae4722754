"""Training with NumPy: steps of straight-line calls into buffers, the optimiser's formulas as well."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.compiler.arguments import runs
from autograd.compiler.numpy_calls import FUNCTIONS, in_place
from autograd.compiler.numpy_runner import CHUNK, Columns, Runner
from autograd.compiler.program import Program
from autograd.compiler.training import OptimizerStage, Training
from autograd.compiler.workspace import function_of
from autograd.formula import names_in
from autograd.formula_source import numpy_source

__all__ = ["NumpyTraining"]

_Array = np.ndarray[Any, Any]


class NumpyTraining(Training):
    """See :class:`autograd.compiler.training.Training`.

    Args:
        program: the blocks.
        rows: the most rows of a step.
        runner: runs them.
        parameters: the numbers to begin with; changed in place.
        stages: of an optimiser.
    """

    def __init__(
        self, program: Program, rows: int, runner: Runner, parameters: _Array, stages: Sequence[OptimizerStage]
    ) -> None:
        super().__init__(program, rows, len(parameters), stages)
        self.parameters = parameters
        self._runner = runner
        self._places = runs([place for _, place in program.inputs])
        self._update, self._updated = _update(parameters, self._states, stages), self._states

    def _differentiate(self, X: _Array) -> tuple[float, _Array]:
        with np.errstate(all="ignore"):
            return self._runner.value_and_grad(self._columns(X), len(X), self.parameters)

    def _columns(self, rows: _Array) -> Columns:
        return [(at, True, rows.T[own]) for at, own in self._places]

    def _take(self, X: _Array, batches: Sequence[_Array] | None, rates: _Array, taken: int) -> _Array:
        if self._updated is not self._states:  # another training's
            self._update, self._updated = _update(self.parameters, self._states, self.stages), self._states
        steps: Sequence[_Array | None] = [None] if batches is None else batches
        losses = np.empty(len(steps))
        with np.errstate(all="ignore"):
            for step, batch in enumerate(steps):
                rows = len(X) if batch is None else len(batch)
                columns: Columns = []
                # Rows that stand in their places already need not be put there again.
                if step == 0 or batch is not steps[step - 1] or rows > CHUNK:
                    columns = self._columns(X if batch is None else X.take(batch, 0))
                losses[step], gradient = self._runner.value_and_grad(columns, rows, self.parameters)
                self._update(gradient, rates[step], np.float64(taken + step + 1))
        return losses


def _update(parameters: _Array, states: _Array, stages: Sequence[OptimizerStage]) -> Callable[..., None]:
    """Return ``update(g, rates, t)``: it turns a gradient into a step and takes it, and changes the states in place."""
    scope: dict[str, Any] = FUNCTIONS | {"P": parameters, "D": np.empty_like(parameters)}
    counter = itertools.count()

    def bind(thing: Any) -> str:
        name = f"v{next(counter)}"
        scope[name] = thing
        return name

    lines, gradient, vectors = [], "g", iter(states)
    for number, stage in enumerate(stages):
        names = {"g": gradient, "p": "P", "rate": f"rates[{number}]", "t": "t"}
        names |= {name: bind(np.float64(constant)) for name, constant in stage.constants}
        names |= {name: bind(next(vectors)) for name, _ in stage.states}
        scalars = {"rate", "t", *dict(stage.constants)}
        source = functools.partial(numpy_source, names=names, number=lambda x: bind(np.array(x)), scalars=scalars)
        for name, text in stage.given:
            line = source(text)
            if names_in(text)[0] <= scalars:
                scalars.add(name)
            names[name] = bind(None)
            lines.append(f"{names[name]} = {line}{'.copy()' if line.isidentifier() else ''}")
        for name, text in stage.states:
            lines += in_place(source(text), names[name], lambda: bind(np.empty_like(parameters)))
        lines += in_place(source(stage.result), "D", lambda: bind(np.empty_like(parameters)))
        gradient = "D"
    return function_of("update", ["g", "rates", "t"], [*lines, "add(P, D, P)"], scope)
