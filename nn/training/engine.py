"""Engines: three ways to take the steps of one epoch, with the same numbers to rounding.

``eager`` builds every sample's graph. ``compiled`` traces model and loss once and runs the rows of a step together,
with NumPy. ``numba`` (extra ``jit``) compiles the whole epoch into one kernel. Both have the optimiser in them.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import OperandError, TraceError, UnknownNameError, Value, compile
from nn.module import Module
from nn.optim import Optimizer

if TYPE_CHECKING:
    from autograd.compiler.training import Training

__all__ = ["ENGINES", "Epochs"]

_Array = np.ndarray[Any, np.dtype[Any]]

#: How many numbers the targets of all rows may be for them to be laid out at once: 8 MB.
TABLE = 1 << 20

ENGINES = ("compiled", "eager", "numba")


class Epochs:
    """Takes an optimiser's steps over batches of rows.

    Args:
        engine: one of :data:`ENGINES`. What cannot be traced falls back to eager, with a warning that says why.
        model: what is trained.
        loss: ``(output, target) -> cost`` of one sample.
        samples: rows of inputs, (rows, inputs).
        targets: per row, what the loss compares with, (rows,) or (rows, numbers); or a function that returns those of
            some rows, for targets that would fill the memory at once, such as one-hot ones of many classes.
        optimizer: makes steps of gradients.

    Raises:
        UnknownNameError: no such engine.
        OperandError: numba is not installed, or the optimiser is not made of stages.
    """

    def __init__(
        self,
        engine: str,
        model: Module,
        loss: Callable[..., Any],
        samples: Any,
        targets: Any,
        optimizer: Optimizer,
    ) -> None:
        if engine not in ENGINES:
            raise UnknownNameError("engine", engine, ENGINES)
        self._model, self._loss = model, loss
        self._samples = np.asarray(samples, dtype=float)
        self._targets: Callable[[_Array], _Array] = targets if callable(targets) else _taken_from(targets)
        self._optimizer = optimizer
        self._parameters = model.parameters()
        self._vector = np.array([parameter.data for parameter in self._parameters])
        self._state = optimizer.init(self._vector)
        self._gradient: Callable[[_Array, _Array], _Array] = self._eager
        self._training: Training | None = None
        self._table: _Array | None = None
        self._make_training: Callable[[int], Training] | None = None  # for the largest batch, when that is known
        if engine != "eager":
            self._compile(engine)

    def run(self, batches: Sequence[_Array]) -> _Array:
        """Take one step for each batch of row numbers; return the parameters after the last, as the model has them."""
        vector = self._vector
        if self._make_training is not None:
            self._training, self._make_training = self._make_training(max(map(len, batches))), None
        if self._training is not None:
            self._state = self._training.state
            for table, part in self._tables(batches):
                self._training.train(table, part)
            vector = self._training.parameters.copy()
            if not np.isfinite(vector).all():  # a zero that must stop infinity: a kernel has no time for that
                self._training, vector = None, self._vector
        if self._training is None:
            for rows in batches:
                step, self._state = self._optimizer.update(self._gradient(rows, vector), self._state, vector)
                vector = vector + step
                write(self._parameters, vector)
        self._vector = vector
        write(self._parameters, vector)
        return vector

    def _tables(self, batches: Sequence[_Array]) -> Iterator[tuple[_Array, Sequence[_Array]]]:
        """Yield the batches with a table of inputs and targets in which they are the rows: one, if it fits."""
        if self._table is not None:
            yield self._table, batches
            return
        for part in grouped(batches, TABLE // self._width):
            rows = np.concatenate(part)
            ends = np.cumsum([len(batch) for batch in part])
            yield (
                np.column_stack([self._samples[rows], self._targets(rows)]),
                np.split(np.arange(len(rows)), ends[:-1]),
            )

    def _compile(self, engine: str) -> None:
        try:
            program = compile(
                lambda x, target: self._loss(self._model(x), target),
                self._samples[0].tolist(),
                self._targets(np.arange(1))[0].tolist(),
                params=self._parameters,
            )
        except (TraceError, OperandError) as error:
            warnings.warn(f"training with the eager engine, because {error}", stacklevel=4)
            return
        if not program.depends_on_params:
            raise OperandError(
                "the loss must return one Value per sample, got float: it does not depend on any parameter"
            )
        self._gradient = lambda rows, vector: program.value_and_grad(
            self._samples[rows], self._targets(rows), params=vector
        )[1]
        backend = {"compiled": "numpy"}.get(engine, engine)
        if self._optimizer.stages:
            self._make_training = lambda rows: program.training(self._optimizer.stages, rows=rows, backend=backend)
            rows = np.arange(len(self._samples))
            inputs, numbers = self._samples.shape[1], self._targets(rows[:1]).size
            self._width = inputs + numbers
            fits = len(rows) * numbers <= max(TABLE, self._samples.size)
            self._table = np.column_stack([self._samples, self._targets(rows)]) if fits else None
        elif engine == "numba":
            raise OperandError("the numba engine needs an optimiser made of stages, see nn.optim.from_stages")

    def _eager(self, rows: _Array, vector: _Array) -> _Array:
        """Return the gradient of the mean loss over `rows`; each sample's graph is gone before the next."""
        for parameter in self._parameters:
            parameter.grad = 0.0
        for row in rows:
            cost = self._loss(self._model(self._samples[row].tolist()), self._targets(row[None])[0].tolist())
            if not isinstance(cost, Value):
                raise OperandError(f"the loss must return one Value per sample, got {type(cost).__name__}")
            cost.backward()
        total: _Array = np.array([parameter.grad for parameter in self._parameters])
        return np.asarray(total / len(rows))


def grouped(batches: Sequence[_Array], rows: int) -> Iterator[list[_Array]]:
    """Yield runs of consecutive batches with at most so many rows together, one batch at least.

    >>> [len(run) for run in grouped([np.zeros(3)] * 5, 6)]
    [2, 2, 1]
    """
    run: list[_Array] = []
    for batch in batches:
        if run and sum(map(len, run)) + len(batch) > rows:
            yield run
            run = []
        run.append(batch)
    if run:
        yield run


def _taken_from(targets: Any) -> Callable[[_Array], _Array]:
    laid_out = np.asarray(targets, dtype=float)
    return lambda rows: laid_out[rows]


def write(parameters: Sequence[Value], vector: _Array) -> None:
    """Give every parameter its number, in order."""
    for parameter, number in zip(parameters, vector.tolist(), strict=True):
        parameter.data = number
