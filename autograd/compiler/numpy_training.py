"""Training with NumPy: steps of straight-line calls into buffers, the optimiser's formulas as well."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.calculus.formula import names_in
from autograd.calculus.printing import numpy_source
from autograd.compiler.frontend.arguments import runs
from autograd.compiler.ir.blocks import Program
from autograd.compiler.numpy_backend import Executable
from autograd.compiler.numpy_calls import FUNCTIONS, is_finite
from autograd.compiler.numpy_runner import CHUNK, KEPT, Runner
from autograd.compiler.scope import Scope
from autograd.compiler.training import OptimizerStage, Training

__all__ = ["NumpyTraining"]

_Array = np.ndarray[Any, Any]
_Step = Callable[[_Array | None], tuple[float, _Array]]


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
        executable = runner.executable(min(rows, CHUNK))
        self.parameters, self._uniform, self._split = executable.parameters, executable.memory.uniform, executable.split
        self.parameters[:] = parameters
        self._places, self._given = [place for _, place in program.inputs], program.given
        self._table, self._others = np.ones((0, 0)), np.ones((0, 0))
        self._columns: list[tuple[_Array, slice]] = []
        self._steps_for: dict[int, _Step] = {}
        self._update, self._updated = _update(self.parameters, self._states, stages), self._states

    def _differentiate(self, X: _Array) -> tuple[float, _Array]:
        self._lay_out(X)
        with np.errstate(all="ignore"):
            return self._step(len(X))(np.arange(len(X)))

    def _take(
        self, X: _Array, batches: Sequence[_Array], order: _Array, rates: list[list[float]], taken: int
    ) -> _Array:
        if self._updated is not self._states:  # another training's
            self._update, self._updated = _update(self.parameters, self._states, self.stages), self._states
        if 0 < len(order) < len(X):  # the others need not be laid out
            X = X.take(order, 0)
            batches = np.split(np.arange(len(X)), np.cumsum([len(batch) for batch in batches])[:-1])
        self._lay_out(X)
        losses, rows, before = np.empty(len(batches)), -1, None
        with np.errstate(all="ignore"):
            for number, batch in enumerate(batches):
                if len(batch) != rows:
                    rows, before = len(batch), None
                    step = self._step(rows)
                # Rows that stand in their places already need not be put there again.
                losses[number], gradient = step(None if batch is before else batch)
                self._update(gradient, rates[number], np.float64(taken + number + 1))
                before = batch
        return losses

    def _lay_out(self, X: _Array) -> None:
        """Make tables of the inputs as they stand in the program, ones among them: see :meth:`Executable.loader`."""
        if len(self._table) != len(X):
            split, rows = self._split, len(X)
            self._table, self._others = np.ones((rows, split)), np.ones((self._given - split, rows))
            self._columns, self._steps_for = [], {}
            for side, first in ((self._table, 0), (self._others.T, split)):
                places = [place - first for place in self._places if first <= place < first + side.shape[1]]
                before = sum(place < first for place in self._places)
                for to, own in runs(places):
                    self._columns.append((side[:, to], slice(before + own.start, before + own.stop)))
        for column, own in self._columns:
            column[...] = X[:, own]

    def _step(self, rows: int) -> _Step:
        """Return what gives the mean loss of so many rows of the tables, and its gradient, valid until the next run."""
        if rows not in self._steps_for:
            if len(self._steps_for) == KEPT:
                self._steps_for.clear()
            self._steps_for[rows] = self._in_one(rows) if rows <= CHUNK else self._in_chunks(rows)
        return self._steps_for[rows]

    def _in_one(self, rows: int) -> _Step:
        # Does what the runner does, without a call for each part: they would take an eighth of a small model's step.
        executable = self._runner.executable(rows)
        load, forward, backward = self._loader(executable), executable.forward, executable.backward
        outputs, gradient, program = executable.outputs[0], executable.gradient, executable.program
        ones, is_shared = np.ones(len(outputs)), executable.memory.uniform is self._uniform

        def step(batch: _Array | None) -> tuple[float, _Array]:
            if batch is not None:
                load(batch)
            if not is_shared or program.held:
                executable.load_parameters(self.parameters)
            forward()
            value = outputs.dot(ones) / len(ones)
            backward()
            if math.isfinite(value) and is_finite(gradient) and executable.can_be_trusted:
                return value, gradient
            return self._runner.differentiated(executable)[:2]

        return step

    def _in_chunks(self, rows: int) -> _Step:
        loaders: dict[Executable, Callable[[_Array], None]] = {}
        numbers = np.zeros(0, int)

        def load(executable: Executable, own: slice) -> None:
            if executable not in loaders:
                loaders[executable] = self._loader(executable)
            executable.load_parameters(self.parameters)
            loaders[executable](numbers[own])

        def step(batch: _Array | None) -> tuple[float, _Array]:
            nonlocal numbers
            numbers = numbers if batch is None else np.asarray(batch)
            return self._runner.value_and_grad(load, rows)

        return step

    def _loader(self, executable: Executable) -> Callable[[_Array], None]:
        return executable.loader(self._table, self._others)


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
