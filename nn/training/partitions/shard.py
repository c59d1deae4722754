"""``Shard``: what computes a partition's share of loss and gradient, where its rows are."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import DataError, GlassgradError, OperandError, TraceError, Value, compile
from nn.module import Module
from nn.training.engine import write
from nn.training.rows import finite_matrix, outputs_of
from nn.training.task import Task, chosen

if TYPE_CHECKING:
    from autograd.compiler.compiled import Compiled

__all__ = ["COUNT", "LOSS", "RIGHT", "Shard"]

_Array = np.ndarray[Any, np.dtype[Any]]

#: Where a partition's sums stand in what :meth:`Shard.sums` returns; the gradient follows them.
LOSS, RIGHT, COUNT, _FIRST = 0, 1, 2, 3


class Shard:
    """A model and its loss, compiled, to be sent to where rows are; whoever runs it there has a model of its own.

    Args:
        model: what is trained.
        task: its loss, and what labels mean.
        inputs: how many a row has.
        label_shape: of one row's label.
        engine: ``"compiled"`` or ``"eager"``.

    Attributes:
        reason: why rows have to be run one by one; None if they are not.
    """

    def __init__(self, model: Module, task: Task, inputs: int, label_shape: tuple[int, ...], engine: str) -> None:
        self._model, self._task, self._inputs = model, task, inputs
        self._program: Compiled | None = None
        self._traced = engine != "eager"
        self.reason: str | None = None
        self._forget()
        if self._traced:
            sample, target = np.zeros(inputs), task.targets(np.zeros((1, *label_shape)))[0]
            try:
                self._program = compile(
                    lambda x, t: task.loss(model(x), t), sample.tolist(), target.tolist(), params=model.parameters()
                )
            except (TraceError, OperandError) as error:
                self.reason = str(error)
                return
            if not self._program.depends_on_params:
                raise OperandError(
                    "the loss must return one Value per sample, got float: it does not depend on any parameter"
                )

    def sums(
        self, where: str, X: Any, y: Any, vector: _Array, rows: _Array | None, *, judged: bool, learnt: bool
    ) -> _Array:
        """Return sums over rows of a partition: of the loss, of those that are right, of rows; then of the gradient.

        Args:
            where: what errors call the partition.
            X: the partition, an array or a data frame.
            y: its labels.
            vector: the parameters, (params,).
            rows: which of its rows; None for all.
            judged: whether those that are right are counted.
            learnt: whether there is to be a gradient.

        Returns:
            (3,) numbers, or (3 + params,) with a gradient.

        Raises:
            DataError: the partition cannot be learnt from; it is named.
        """
        try:
            matrix, labels = self._checked(X, y)
            if rows is not None:
                matrix, labels = matrix[rows], labels[rows]
            found = np.zeros(_FIRST + len(vector) * learnt)
            if not len(matrix):
                return found
            targets = self._task.targets(labels)
        except GlassgradError as error:
            raise DataError(f"{where}: {error}") from None
        found[COUNT] = len(matrix)
        if judged or not learnt:
            own = self._own()
            write(own.parameters, vector)
            outputs = own.outputs(matrix)
            if self._task.classifies:
                found[RIGHT] = np.count_nonzero(chosen(outputs) == labels)
            if not learnt:
                found[LOSS] = np.sum(own.task.costs(outputs, targets))
        if learnt:
            cost, gradient = self._differentiated(vector, matrix, targets)
            found[LOSS], found[_FIRST:] = cost * len(matrix), gradient * len(matrix)
        return found

    def size(self, where: str, X: Any, y: Any) -> int:
        """Return how many rows a partition has; errors are those of :meth:`sums`."""
        try:
            return len(self._checked(X, y)[0])
        except GlassgradError as error:
            raise DataError(f"{where}: {error}") from None

    def _checked(self, X: Any, y: Any) -> tuple[_Array, _Array]:
        if hasattr(y, "to_numpy"):
            y = y.to_numpy()
        labels = np.asarray(y)
        if not len(X) and not len(labels):
            return np.zeros((0, self._inputs)), labels
        matrix = finite_matrix("X", X)
        if matrix.shape[1] != self._inputs:
            raise DataError(f"X has {matrix.shape[1]} columns, other partitions have {self._inputs}")
        if len(labels) != len(matrix):
            raise DataError(f"X has {len(matrix)} rows but there are {len(labels)} labels: give one label per row")
        return matrix, labels

    def _differentiated(self, vector: _Array, X: _Array, targets: _Array) -> tuple[float, _Array]:
        """The mean loss over rows, and its gradient."""
        if self._program is not None:
            value, gradient = self._program.value_and_grad(X, targets, params=vector)
            return value, gradient
        own, total = self._own(), 0.0
        write(own.parameters, vector)
        for parameter in own.parameters:
            parameter.grad = 0.0
        for x, target in zip(X.tolist(), targets.tolist(), strict=True):
            cost = self._task.loss(own.model(x), target)
            if not isinstance(cost, Value):
                raise OperandError(f"the loss must return one Value per sample, got {type(cost).__name__}")
            cost.backward()
            total += cost.data
        return total / len(X), np.array([parameter.grad for parameter in own.parameters]) / len(X)

    def _own(self) -> _Own:
        """This thread's model: several may be at work on partitions of one step, or still on one of an earlier step."""
        found: _Own | None = getattr(self._threads, "own", None)
        if found is None:
            found = self._threads.own = _Own(copy.deepcopy(self._model), self._task, self._traced, self._inputs)
        return found

    def _forget(self) -> None:
        self._threads = threading.local()

    def __getstate__(self) -> dict[str, Any]:
        return {name: part for name, part in vars(self).items() if name != "_threads"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._forget()


class _Own:
    """One thread's model, with what it is run by."""

    def __init__(self, model: Module, task: Task, traced: bool, inputs: int) -> None:
        self.model, self.parameters = model, model.parameters()
        self.task = Task(task.loss, task.n_outputs)
        self.outputs: Callable[[_Array], _Array] = outputs_of(model, np.zeros(inputs)) if traced else model.outputs
