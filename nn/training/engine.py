"""Engines: three ways to take the steps of one epoch, with the same numbers to rounding.

``eager`` builds every sample's graph. ``compiled`` traces model and loss once and runs the rows of a step together,
with NumPy. ``kernel`` (extra ``jit``) makes machine code of whole epochs. Both have the optimiser in them. ``auto`` is
the kernel where it is installed and pays, else ``compiled``.
"""

from __future__ import annotations

import importlib.util
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import OperandError, TraceError, UnknownNameError, Value, compile
from nn.data.rows import batches
from nn.module import Module
from nn.optim import Optimizer
from nn.training.rows import TABLE, Rows

if TYPE_CHECKING:
    from autograd.compiler.compiled import Compiled
    from autograd.compiler.training import Training

__all__ = ["ENGINES", "Epochs", "chosen"]

_Array = np.ndarray[Any, np.dtype[Any]]

ENGINES = ("auto", "compiled", "eager", "kernel")
#: From so many rows times parameters on, a kernel has earned the time to compile it within some tens of epochs.
PAYS = 100_000


def chosen(engine: str, rows: int, model: Module, optimizer: Optimizer) -> str:
    """Return the engine that ``auto`` stands for; any other one is itself. How long it trains does not matter.

    Raises:
        UnknownNameError: no such engine.
    """
    if engine not in ENGINES:
        raise UnknownNameError("engine", engine, ENGINES)
    if engine != "auto":
        return engine
    pays = rows * len(model.parameters()) >= PAYS and bool(optimizer.stages)
    return "kernel" if pays and importlib.util.find_spec("llvmlite") is not None else "compiled"


class Epochs:
    """Takes an optimiser's steps over batches of rows.

    Args:
        engine: what :func:`chosen` gives. What cannot be traced falls back to eager, with a warning that says why.
        model: what is trained.
        rows: what it is trained on.
        optimizer: makes steps of gradients.
        size: rows of a step.

    Attributes:
        vector: the parameters, as the model has them.
        state: the optimiser's.

    Raises:
        OperandError: llvmlite is not installed, or the optimiser is not made of stages.
    """

    def __init__(self, engine: str, model: Module, rows: Rows, optimizer: Optimizer, size: int) -> None:
        self._model, self._rows, self._size = model, rows, size
        self._optimizer = optimizer
        self._parameters = model.parameters()
        self.vector = np.array([parameter.data for parameter in self._parameters])
        self.state = optimizer.init(self.vector)
        self._gradient: Callable[[_Array, _Array], _Array] = self._eager
        self._training: Training | None = None
        self._table: _Array | None = None
        self._program: Compiled | None = None  # unless every step has to be taken by itself
        self._backend = {"compiled": "numpy"}.get(engine, engine)
        if engine != "eager":
            self._compile()

    def go_on_from(self, vector: _Array, state: Any) -> None:
        """Take the next step from these parameters and this state of the optimiser."""
        self.vector, self.state, self._training = vector, state, None
        write(self._parameters, vector)

    def run(self, rng: np.random.Generator) -> _Array:
        """Take the steps of one epoch, its rows in a new order; return the parameters, as the model has them."""
        steps = list(batches(len(self._rows.X), self._size, rng))
        vector = self.vector
        if self._program is not None:
            training = self._training or self._begun()
            for table, part in self._tables(steps):
                training.train(table, part)
            vector = training.parameters.copy()
            self._training, self.state = training, training.state
        else:
            for rows in steps:
                step, self.state = self._optimizer.update(self._gradient(rows, vector), self.state, vector)
                vector = vector + step
                write(self._parameters, vector)
        self.vector = vector
        write(self._parameters, vector)
        return vector

    def evaluate(self) -> dict[str, float]:
        """Return the record of the model as it is."""
        return self._rows.evaluate()

    def _begun(self) -> Training:
        """A training that goes on from here."""
        assert self._program is not None
        rows = min(self._size, len(self._rows.X))
        training = self._program.training(self._optimizer.stages, rows=rows, backend=self._backend)
        training.parameters[:], training.state = self.vector, self.state
        return training

    def _tables(self, steps: Sequence[_Array]) -> Iterator[tuple[_Array, Sequence[_Array]]]:
        """Yield the steps with a table of inputs and targets in which they are the rows: one, if it fits."""
        if self._table is not None:
            yield self._table, steps
            return
        X, targets = self._rows.X, self._rows.targets
        for part in grouped(steps, TABLE // (X.shape[1] + targets(np.arange(1)).size)):
            rows = np.concatenate(part)
            ends = np.cumsum([len(batch) for batch in part])
            yield np.column_stack([X[rows], targets(rows)]), np.split(np.arange(len(rows)), ends[:-1])

    def _compile(self) -> None:
        X, targets, loss = self._rows.X, self._rows.targets, self._rows.loss
        try:
            program = compile(
                lambda x, target: loss(self._model(x), target),
                X[0].tolist(),
                targets(np.arange(1))[0].tolist(),
                params=self._parameters,
            )
        except (TraceError, OperandError) as error:
            warnings.warn(f"training with the eager engine, because {error}", stacklevel=4)
            return
        if not program.depends_on_params:
            raise OperandError(
                "the loss must return one Value per sample, got float: it does not depend on any parameter"
            )
        self._gradient = lambda rows, vector: program.value_and_grad(X[rows], targets(rows), params=vector)[1]
        if self._optimizer.stages:
            self._program = program
            if len(X) * targets(np.arange(1)).size <= max(TABLE, X.size):
                self._table = np.column_stack([X, targets(np.arange(len(X)))])
        elif self._backend == "kernel":
            raise OperandError("the kernel engine needs an optimiser made of stages, see nn.optim.from_stages")

    def _eager(self, rows: _Array, vector: _Array) -> _Array:
        """Return the gradient of the mean loss over `rows`; each sample's graph is gone before the next."""
        for parameter in self._parameters:
            parameter.grad = 0.0
        for x, target in zip(self._rows.X[rows].tolist(), self._rows.targets(rows).tolist(), strict=True):
            cost = self._rows.loss(self._model(x), target)
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


def write(parameters: Sequence[Value], vector: _Array) -> None:
    """Give every parameter its number, in order."""
    for parameter, number in zip(parameters, vector.tolist(), strict=True):
        parameter.data = number
