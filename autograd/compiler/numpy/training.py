"""Training with NumPy: a step is a gather of rows, the calls of both halves, and those of the optimiser's formulas."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from autograd.compiler.ir.array import ArrayProgram
from autograd.compiler.numpy.calls import Array
from autograd.compiler.numpy.executable import Executable, is_finite
from autograd.compiler.numpy.memory import Memory
from autograd.compiler.numpy.printer import printed
from autograd.compiler.numpy.runner import CHUNK, KEPT, Runner
from autograd.compiler.passes.update import update
from autograd.compiler.training import OptimizerStage, Training

__all__ = ["NumpyTraining"]

_Step = Callable[[Array | None], tuple[float, Array]]


class NumpyTraining(Training):
    """See :class:`autograd.compiler.training.Training`.

    Args:
        program: the array program.
        rows: the most rows of a step.
        runner: runs it, with shared parameters.
        parameters: the numbers to begin with.
        stages: of an optimiser.
    """

    def __init__(
        self, program: ArrayProgram, rows: int, runner: Runner, parameters: Array, stages: Sequence[OptimizerStage]
    ) -> None:
        super().__init__([at.per_row for at in program.inputs], rows, len(parameters), stages)
        self._program, self._runner = program, runner
        executable = runner.executable(min(rows, CHUNK))
        self.parameters, self._shared = executable.parameters, executable.shared()
        self.parameters[:] = parameters
        self._columns: Array = np.empty((0, 0))
        self._steps_for: dict[int, _Step] = {}
        self._take_step, self._updated = self._updater(), self._states

    def _differentiate(self, X: Array) -> tuple[float, Array]:
        self._lay_out(X)
        with np.errstate(all="ignore"):
            return self._step(len(X))(np.arange(len(X)))

    def _take(
        self,
        X: Array,
        batches: Sequence[Array],
        order: Array,
        steps: Sequence[int],
        rates: list[list[float]],
        taken: int,
    ) -> Array:
        if self._updated is not self._states:  # another training's
            self._take_step, self._updated = self._updater(), self._states
        if 0 < len(order) < len(X):  # the others need not be laid out
            X = X.take(order, 0)
            batches = np.split(np.arange(len(X)), np.cumsum([len(batch) for batch in batches])[:-1])
        self._lay_out(X)
        losses, rows, before = np.empty(len(steps)), -1, None
        with np.errstate(all="ignore"):
            for number, batch in enumerate(batches[step] for step in steps):
                if len(batch) != rows:
                    rows, before = len(batch), None
                    run = self._step(rows)
                # Rows that stand in their places already need not be put there again.
                losses[number], gradient = run(None if batch is before else batch)
                self._take_step(gradient, rates[number], float(taken + number + 1))
                before = batch
        return losses

    def _lay_out(self, X: Array) -> None:
        """Keep the inputs as columns: one by one, each is a run of a buffer's."""
        if self._columns.shape != X.T.shape:
            self._columns, self._steps_for = np.empty(X.T.shape), {}
        self._columns[...] = X.T

    def _step(self, rows: int) -> _Step:
        """Return what gives the mean loss of so many rows of the columns, and its gradient until the next run."""
        if rows not in self._steps_for:
            if len(self._steps_for) == KEPT:
                self._steps_for.clear()
            self._steps_for[rows] = self._in_one(rows) if rows <= CHUNK else self._in_chunks(rows)
        return self._steps_for[rows]

    def _in_one(self, rows: int) -> _Step:
        # Does what the runner does, without a call for each part: they would take an eighth of a small model's step.
        executable = self._runner.executable(rows)
        load, forward, backward = self._loader(executable), executable.forward, executable.backward
        outputs, gradient, held = executable.outputs[0], executable.gradient, self._program.held.size
        ones, is_shared = np.ones(len(outputs)), executable.parameters is self.parameters
        trusted = not executable.program.padded

        def step(batch: Array | None) -> tuple[float, Array]:
            if batch is not None:
                load(batch)
            if not is_shared or held:
                executable.load_parameters(self.parameters)
            forward()
            value = outputs.dot(ones) / len(ones)
            backward()
            if math.isfinite(value) and is_finite(gradient) and (trusted or executable.can_be_trusted):
                return value, gradient
            return self._runner.differentiated(executable)[:2]

        return step

    def _in_chunks(self, rows: int) -> _Step:
        loaders: dict[Executable, Callable[[Array], None]] = {}
        numbers = np.zeros(0, int)

        def load(executable: Executable, own: slice) -> None:
            if executable not in loaders:
                loaders[executable] = self._loader(executable)
            executable.load_parameters(self.parameters)
            loaders[executable](numbers[own])

        def step(batch: Array | None) -> tuple[float, Array]:
            nonlocal numbers
            numbers = numbers if batch is None else np.asarray(batch)
            return self._runner.value_and_grad(load, rows)

        return step

    def _loader(self, executable: Executable) -> Callable[[Array], None]:
        """Return what puts some rows of the columns, by their numbers, where an executable reads them."""
        parts = [(self._columns[own].take, target) for target, own in executable.inputs(0, len(self._columns))]
        if len(parts) == 1 and parts[0][1].ndim == 2:
            take, target = parts[0]
            return lambda rows: take(rows, 1, target, "clip")  # type: ignore[return-value]

        def load(rows: Array) -> None:
            for take, target in parts:
                if target.ndim == 2:
                    take(rows, 1, target, "clip")
                else:
                    target[...] = take(rows, 1)[:, 0]

        return load

    def _updater(self) -> Callable[[Array, list[float], float], None]:
        """Return what turns a gradient into a step and takes it, and changes the states in place."""
        if not self.stages:
            return lambda *_: None
        made = update(self._program, self.stages)
        assert self._program.gradient is not None
        own = {at.buffer.name: state for at, state in zip(made.states, self._states, strict=True)}
        buffers = [at.buffer for at in (*made.rates, made.step, self._program.gradient)]
        memory = Memory(made.ops, buffers, 1, {**own, **self._shared})
        gradient = memory.view(self._program.gradient)
        rates = [memory.view(at) for at in made.rates]
        step, take = memory.view(made.step), printed(made.ops, memory, guarded=False).compile("update")

        def run(found: Array, numbers: list[float], taken: float) -> None:
            if found is not gradient:
                gradient[:] = found
            for rate, number in zip(rates, numbers, strict=True):
                rate[0] = number
            step[0] = taken
            take()

        return run
