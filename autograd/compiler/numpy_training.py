"""Training with NumPy: steps of straight-line calls into buffers, the optimiser's formulas as well."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.compiler.arguments import runs
from autograd.compiler.numpy_backend import Executable
from autograd.compiler.numpy_calls import FUNCTIONS
from autograd.compiler.numpy_runner import CHUNK, Runner
from autograd.compiler.program import Program
from autograd.compiler.scope import Scope
from autograd.compiler.training import OptimizerStage, Training
from autograd.formula import names_in
from autograd.formula_source import numpy_source

__all__ = ["NumpyTraining"]

_Array = np.ndarray[Any, Any]
_Tables = tuple[_Array, _Array]


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
        self._executable = runner.executable(min(rows, CHUNK))  # the last that ran
        self.parameters = self._executable.parameters
        self.parameters[:] = parameters
        self._places, self._given = [place for _, place in program.inputs], program.given
        self._tables_of: _Tables = np.ones((0, 0)), np.ones((0, 0))
        self._split = self._executable.split
        self._columns: list[tuple[_Array, slice]] = []
        self._update, self._updated = _update(self.parameters, self._states, stages), self._states

    def _differentiate(self, X: _Array) -> tuple[float, _Array]:
        with np.errstate(all="ignore"):
            return self._run(self._tables(X), None, len(X))

    def _take(self, X: _Array, batches: Sequence[_Array] | None, rates: list[list[float]], taken: int) -> _Array:
        if self._updated is not self._states:  # another training's
            self._update, self._updated = _update(self.parameters, self._states, self.stages), self._states
        steps: Sequence[_Array | None] = [None] if batches is None else batches
        tables, losses, before = self._tables(X), np.empty(len(steps)), None
        with np.errstate(all="ignore"):
            for step, batch in enumerate(steps):
                rows = len(X) if batch is None else len(batch)
                losses[step], gradient = self._run(tables, batch, rows, stand=batch is before is not None)
                self._update(gradient, rates[step], np.float64(taken + step + 1))
                before = batch if rows <= CHUNK else None
        return losses

    def _tables(self, X: _Array) -> _Tables:
        """The inputs as they stand in the program, ones among them: see :meth:`Executable.load_rows`."""
        if len(self._tables_of[0]) != len(X):
            split = self._split
            self._tables_of = np.ones((len(X), split)), np.ones((self._given - split, len(X)))
            self._columns = []
            for side, first in ((self._tables_of[0], 0), (self._tables_of[1].T, split)):
                places = [place - first for place in self._places if first <= place < first + side.shape[1]]
                before = sum(place < first for place in self._places)
                for to, own in runs(places):
                    self._columns.append((side[:, to], slice(before + own.start, before + own.stop)))
        for column, own in self._columns:
            column[...] = X[:, own]
        return self._tables_of

    def _run(self, tables: _Tables, batch: _Array | None, rows: int, *, stand: bool = False) -> tuple[float, _Array]:
        """Return the mean loss of rows of the tables, and its gradient, valid until the next run.

        Args:
            tables: see :meth:`_tables`.
            batch: the numbers of the rows, unless it is all of them.
            rows: how many.
            stand: whether they stand in the program from the run before.
        """
        if rows > CHUNK:
            return self._runner.value_and_grad(lambda some, own: self._load(some, tables, batch, own), rows)
        executable = self._executable
        if executable.rows != rows:
            self._executable = executable = self._runner.executable(rows)
        if stand:
            executable.load_parameters(self.parameters)
        else:
            self._load(executable, tables, batch, slice(0, rows))
        return self._runner.differentiated(executable)[:2]

    def _load(self, executable: Executable, tables: _Tables, batch: _Array | None, own: slice) -> None:
        executable.load_parameters(self.parameters)
        executable.load_rows(*tables, own if batch is None else batch if len(batch) == executable.rows else batch[own])


def _update(parameters: _Array, states: _Array, stages: Sequence[OptimizerStage]) -> Callable[..., None]:
    """Return ``update(g, rates, t)``: it turns a gradient into a step and takes it, and changes the states in place."""
    memory = Scope(FUNCTIONS)
    step = memory.bind(np.empty_like(parameters))
    memory.scope["P"] = parameters
    memory.shapes |= {"g": parameters.shape, "t": (), "rates": ()}
    lines, gradient, vectors = list[str](), "g", iter(states)
    for number, stage in enumerate(stages):
        names = {"g": gradient, "p": "P", "rate": f"rates[{number}]", "t": "t"}
        names |= {name: memory.bind(float(constant)) for name, constant in stage.constants}
        names |= {name: memory.bind(next(vectors)) for name, _ in stage.states}
        scalars = {"rate", "t", *dict(stage.constants)}
        source = functools.partial(numpy_source, names=names, number=memory.number, scalars=scalars)
        for name, text in stage.given:
            line = source(text)
            is_scalar = names_in(text)[0] <= scalars
            if is_scalar:
                scalars.add(name)
            names[name] = memory.bind(None)
            if is_scalar:
                memory.shapes[names[name]] = ()
            lines.append(f"{names[name]} = {line}{'.copy()' if line.isidentifier() else ''}")
        for name, text in stage.states:
            lines += memory.assigned(source(text), names[name])
        lines += memory.assigned(source(stage.result), step)
        gradient = step
    return memory.compile("update", [*lines, f"add(P, {step}, P)"], "g, rates, t")
