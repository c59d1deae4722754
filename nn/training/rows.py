"""Rows in memory, to train on or to judge by: checked once, with the targets as the loss takes them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import DataError, LengthError, OperandError, TraceError, compile
from nn.checks import rows_of_numbers, weights_of
from nn.module import Module
from nn.training.task import Task, chosen, weighted

__all__ = ["TABLE", "Rows", "finite_matrix", "outputs_of"]

_Array = np.ndarray[Any, np.dtype[Any]]

#: How many numbers the targets of all rows may be for them to be laid out at once: 8 MB.
TABLE = 1 << 20


class Rows:
    """Rows of inputs and their labels.

    Args:
        name: what errors call the inputs.
        X: (rows, inputs) numbers, finite.
        y: one label per row.
        model: what is to be trained on them, or judged by them.
        loss: see :class:`nn.training.task.Task`.
        sample_weight: (rows,) how much each row counts; all alike unless given.
        traced: whether a model without a way of its own for rows may be compiled to judge it.

    Attributes:
        X, y: as arrays.
        task: what the numbers mean.
        loss: of one sample, times its weight where there are weights.

    Raises:
        DataError, LengthError: they cannot be learnt from as they are.
    """

    def __init__(
        self,
        name: str,
        X: Any,
        y: Any,
        model: Module,
        loss: str | Callable[..., Any],
        sample_weight: Any = None,
        *,
        traced: bool = True,
    ) -> None:
        self.X = finite_matrix(name, X)
        if np.ma.is_masked(y):
            raise DataError(f"the labels of {name} are a masked array with values masked out: drop those rows first")
        self.y = np.asarray(y)
        if self.y.ndim == 0:
            raise DataError(f"the labels of {name} must be a sequence, one for each row, got {y!r}")
        if len(self.y) != len(self.X):
            raise LengthError(f"{name} has {len(self.X)} rows but its labels are {len(self.y)}: give one label per row")
        self.weights = weights_of(sample_weight, len(self.X))
        if self.weights is not None:
            self.weights = self.weights * (len(self.X) / self.weights.sum())
        n_outputs = model.outputs(self.X[:1]).shape[1]
        self.task = Task(loss, n_outputs)
        self.loss = self.task.loss if self.weights is None else weighted(self.task.loss)
        size = max(TABLE // (self.X.shape[1] + n_outputs), 1)
        #: All rows, in parts whose outputs and targets do not fill the memory.
        self._chunks = [slice(start, start + size) for start in range(0, len(self.X), size)]
        # Whatever is wrong with the targets is said before training; those of a single part are kept.
        targets = [self.task.targets(self.y[rows]) for rows in self._chunks]
        self._targets = targets[0] if len(targets) == 1 else None
        self._outputs = outputs_of(model, self.X[0]) if traced else model.outputs

    def targets(self, rows: Any) -> _Array:
        """Return the targets of some rows as the loss takes them, with their weights, if there are weights."""
        own = self._own_targets(rows)
        return own if self.weights is None else np.column_stack([own, self.weights[rows]])

    def evaluate(self) -> dict[str, float]:
        """Return the mean loss over all rows, and the accuracy where there are classes."""
        losses, right = [], []
        for rows in self._chunks:
            outputs = self._outputs(self.X[rows])
            losses.append(self.task.costs(outputs, self._own_targets(rows)))
            if self.task.classifies:
                right.append(chosen(outputs) == self.y[rows])
        found = {"loss": self._mean(losses)}
        return found | {"accuracy": self._mean(right)} if right else found

    def _own_targets(self, rows: Any) -> _Array:
        return self.task.targets(self.y[rows]) if self._targets is None else self._targets[rows]

    def _mean(self, parts: list[_Array]) -> float:
        return float(np.average(np.concatenate(parts) if len(parts) > 1 else parts[0], weights=self.weights))

    def fingerprint(self) -> str:
        """Return what is the same for the same rows only."""
        digest = hashlib.blake2b(repr((self.X.shape, self.y.shape)).encode(), digest_size=16)
        for numbers in (self.X, self.y.astype(float), self.weights):
            digest.update(b"" if numbers is None else np.ascontiguousarray(numbers).tobytes())
        return digest.hexdigest()


def outputs_of(model: Module, sample: _Array) -> Callable[[_Array], _Array]:
    """Return what computes the outputs for rows, (rows, inputs) -> (rows, outputs), with the model's present numbers.

    That is the model's own ``outputs``; compiled, where it would otherwise go through its graphs row by row.
    """
    if type(model).outputs is not Module.outputs:
        return model.outputs
    try:
        program = compile(model, sample.tolist(), params=model.parameters())
    except (TraceError, OperandError):
        return model.outputs

    def outputs(X: _Array) -> _Array:
        found = program(X)
        listed = found if isinstance(found, list | tuple) else [found]
        return np.column_stack([np.broadcast_to(column, len(X)) for column in listed])

    return outputs


def finite_matrix(name: str, X: Any) -> _Array:
    """Return X as an array of floats, (rows, inputs).

    Raises:
        DataError: it has another shape, or a number that is not finite, which is named.
    """
    matrix = rows_of_numbers(name, X)
    if matrix.ndim != 2 or 0 in matrix.shape:
        raise DataError(f"{name} must have the shape (rows, inputs), at least (1, 1), got {matrix.shape}")
    if not np.isfinite(matrix).all():
        row, column = np.argwhere(~np.isfinite(matrix))[0]
        raise DataError(
            f"{name} has {matrix[row, column]} in row {row}, column {column}: fill in or drop such rows first"
        )
    return matrix
