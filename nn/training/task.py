"""What the numbers mean: from labels to the targets a loss wants, and from a model's outputs back to classes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import DataError, LengthError, TraceError, Value, compile
from autograd.value import primal
from nn.losses import LOSSES, loss_named

__all__ = ["Task", "chosen", "weighted"]

_Array = np.ndarray[Any, np.dtype[Any]]


class Task:
    """One learning problem: a loss, and what it makes of labels and outputs.

    Args:
        loss: a name of :data:`nn.losses.LOSSES`, a function ``(output, target) -> cost`` of one sample, or ``"auto"``:
            binary cross-entropy for one output, cross-entropy for several.
        n_outputs: how many outputs the model has.

    Attributes:
        loss: the function.
        name: its name.
        classifies: whether labels are classes, counted from 0.

    >>> task = Task("hinge", 1)
    >>> task.targets(np.array([0, 1]))
    array([-1.,  1.])
    """

    def __init__(self, loss: str | Callable[..., Any], n_outputs: int) -> None:
        if loss == "auto":
            loss = "binary_cross_entropy" if n_outputs == 1 else "cross_entropy"
        self.loss = loss_named(loss)
        self.name = next((name for name, known in LOSSES.items() if known is self.loss), "custom")
        self.n_outputs = n_outputs
        self.classifies = self.name in ("hinge", "binary_cross_entropy", "cross_entropy")
        self._program: Callable[[_Array, _Array], Any] | None = None
        several = self.name == "cross_entropy"
        if self.classifies and several != (n_outputs > 1):
            raise LengthError(
                f"{self.name} needs {'one output per class' if several else 'one output'}, the model has {n_outputs}: "
                f"{'binary_cross_entropy fits one output' if several else 'use cross_entropy'}"
            )

    def targets(self, y: Any) -> _Array:
        """Return one target per row, as the loss takes it: (rows,), or (rows, outputs), one-hot for cross-entropy.

        Raises:
            DataError: a class that the model has no output for.
        """
        labels = np.asarray(y)
        if not self.classifies:
            return _numbers(labels)
        if labels.ndim != 1:
            raise DataError(f"classes are a sequence of shape (rows,), got the shape {labels.shape}")
        classes = max(self.n_outputs, 2)
        if not np.isin(labels, np.arange(classes)).all():
            found = ", ".join(map(str, np.unique(labels)[:5]))
            raise DataError(f"{self.name} with {self.n_outputs} outputs takes classes 0 to {classes - 1}, got {found}")
        if self.name == "cross_entropy":
            one_hot = np.zeros((len(labels), classes))
            one_hot[np.arange(len(labels)), labels.astype(int)] = 1.0
            return one_hot
        return np.asarray(2.0 * labels - 1.0 if self.name == "hinge" else labels, dtype=float)

    def cost(self, outputs: _Array, targets: Any) -> float:
        """Return the mean loss of rows of outputs, as a plain number."""
        return float(np.mean(self.costs(outputs, np.asarray(targets))))

    def costs(self, outputs: _Array, targets: _Array) -> _Array:
        """Return the loss of each row of outputs, (rows,)."""
        rows = outputs[:, 0] if self.n_outputs == 1 else outputs
        if self._program is None:
            self._program = self._compiled(rows[0].tolist(), targets[0].tolist())
        return np.asarray(self._program(rows, targets))

    def _compiled(self, output: Any, target: Any) -> Callable[[_Array, _Array], Any]:
        """The loss over rows: compiled, or row by row if it cannot be traced."""
        try:
            return compile(self.loss, output, target)
        except TraceError:
            return lambda rows, targets: [
                primal(self.loss(_values(row), target))
                for row, target in zip(rows.tolist(), targets.tolist(), strict=True)
            ]

    def accuracy(self, outputs: _Array, y: Any) -> float:
        """Return the fraction of rows whose class is right."""
        return float(np.mean(chosen(outputs) == np.asarray(y)))


def _values(output: Any) -> Any:
    """An output as a model returns it: what cannot be traced may look at `.data`."""
    return [Value(number) for number in output] if isinstance(output, list) else Value(output)


def weighted(loss: Callable[..., Any]) -> Callable[..., Any]:
    """Return the loss times a weight, which follows the target's own numbers: ``(output, [*target, weight]) -> cost``.

    >>> weighted(lambda output, target: (output - target) ** 2)(3.0, [1.0, 0.5])
    2.0
    """

    def cost(output: Any, target: Any) -> Any:
        *own, weight = target
        return weight * loss(output, own if len(own) > 1 else own[0])

    return cost


def _numbers(labels: _Array) -> _Array:
    try:
        targets = labels.astype(float)
    except (TypeError, ValueError) as error:
        raise DataError(f"the targets of a regression are numbers: {error}") from None
    if not np.isfinite(targets).all():
        raise DataError("the targets of a regression are finite numbers, but one is nan or infinite")
    return targets


def chosen(outputs: _Array) -> _Array:
    """Return the class of each row of scores: of one, whether it is positive; of several, the largest.

    >>> chosen(np.array([[-0.3], [2.0]])), chosen(np.array([[0.1, 0.7, 0.2]]))
    (array([0, 1]), array([1]))
    """
    if outputs.shape[1] == 1:
        return np.asarray(outputs[:, 0] > 0.0, dtype=np.int64)
    return np.asarray(outputs.argmax(axis=1))
