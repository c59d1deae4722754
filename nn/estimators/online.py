"""Training call by call: the compiled loss of a model, and an optimiser whose state goes on from call to call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd import AnomalyError, compile
from nn.data.rows import batches
from nn.module import Module
from nn.optim import Optimizer
from nn.training.engine import write
from nn.training.task import Task, weighted

__all__ = ["Online"]

_Array = np.ndarray[Any, np.dtype[Any]]


class Online:
    """Takes an optimiser's steps over rows that come in parts.

    Args:
        model: what is trained.
        task: its loss.
        optimizer: makes steps of gradients.
        state: of the optimiser, to go on from; None starts afresh.
    """

    def __init__(self, model: Module, task: Task, optimizer: Optimizer, state: Any = None) -> None:
        self._parameters: Sequence[Any] = model.parameters()
        self._model, self._task, self._optimizer = model, task, optimizer
        self._program: Any = None
        self.state = optimizer.init(self._vector()) if state is None else state

    def take(self, X: _Array, y: _Array, weights: _Array | None, size: int, rng: np.random.Generator) -> None:
        """Take one step for each batch of at most `size` rows, in random order; the mean of the weights should be 1.

        Raises:
            AnomalyError: the parameters are no longer finite; the model is as it was before the call.
        """
        ones = np.ones(len(X)) if weights is None else weights
        targets = np.column_stack([self._task.targets(y), ones])
        if self._program is None:
            loss, model = weighted(self._task.loss), self._model
            self._program = compile(
                lambda x, target: loss(model(x), target), X[0].tolist(), targets[0].tolist(), params=self._parameters
            )
        vector, state = self._vector(), self.state
        for rows in batches(len(X), size, rng):
            gradient = self._program.value_and_grad(X[rows], targets[rows], params=vector)[1]
            step, state = self._optimizer.update(gradient, state, vector)
            vector = vector + step
        if not np.isfinite(vector).all():
            raise AnomalyError("the parameters became nan or infinite: lower the learning rate, or clip the gradient")
        self.state = state
        write(self._parameters, vector)

    def _vector(self) -> _Array:
        return np.array([parameter.data for parameter in self._parameters])
