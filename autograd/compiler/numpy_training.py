"""Training with NumPy: steps of straight-line calls into buffers, the optimiser's formulas as well."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.compiler.numpy_backend import Executable
from autograd.compiler.numpy_calls import FUNCTIONS, in_place
from autograd.compiler.numpy_runner import CHUNK, Runner
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
        runner: runs them, with shared parameters.
        parameters: the numbers to begin with.
        stages: of an optimiser.
    """

    def __init__(
        self, program: Program, rows: int, runner: Runner, parameters: _Array, stages: Sequence[OptimizerStage]
    ) -> None:
        super().__init__(program, rows, len(parameters), stages)
        self._runner = runner
        self.parameters = runner.executable(min(rows, CHUNK)).parameters
        self.parameters[:] = parameters
        self._places, self._given = np.array([place for _, place in program.inputs], int), program.given
        self._with_ones = np.ones((rows, self._given))
        self._update, self._updated = _update(self.parameters, self._states, stages), self._states

    def _differentiate(self, X: _Array) -> tuple[float, _Array]:
        with np.errstate(all="ignore"):
            return self._run(self._table(X), None, len(X))

    def _take(self, X: _Array, batches: Sequence[_Array] | None, rates: list[list[float]], taken: int) -> _Array:
        if self._updated is not self._states:  # another training's
            self._update, self._updated = _update(self.parameters, self._states, self.stages), self._states
        steps: Sequence[_Array | None] = [None] if batches is None else batches
        table, losses, before = self._table(X), np.empty(len(steps)), None
        with np.errstate(all="ignore"):
            for step, batch in enumerate(steps):
                rows = len(X) if batch is None else len(batch)
                losses[step], gradient = self._run(table, batch, rows, stand=batch is before is not None)
                self._update(gradient, rates[step], np.float64(taken + step + 1))
                before = batch if rows <= CHUNK else None
        return losses

    def _table(self, X: _Array) -> _Array:
        """The inputs as they stand in the program, ones among them."""
        if self._given == len(self._places):
            return X
        if len(X) != len(self._with_ones):
            self._with_ones = np.ones((len(X), self._given))
        self._with_ones[:, self._places] = X
        return self._with_ones

    def _run(self, table: _Array, batch: _Array | None, rows: int, *, stand: bool = False) -> tuple[float, _Array]:
        """Return the mean loss of rows of the table, and its gradient, valid until the next run.

        Args:
            table: see :meth:`_table`.
            batch: the numbers of the rows, unless it is all of them.
            rows: how many.
            stand: whether they stand in the program from the run before.
        """

        def load(executable: Executable, own: slice) -> None:
            executable.load_parameters(self.parameters)
            if not stand:
                executable.load_rows(table, own if batch is None else batch[own])

        return self._runner.value_and_grad(load, rows)


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
