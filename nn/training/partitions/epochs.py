"""``PartitionEpochs``: an optimiser's steps over partitions, one round of sums a step."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np

from autograd import UnknownNameError
from nn.data.rows import batches
from nn.module import Module
from nn.optim import Optimizer
from nn.training.engine import write
from nn.training.partitions.partitions import Partitions
from nn.training.partitions.shard import COUNT

__all__ = ["PartitionEpochs"]

_Array = np.ndarray[Any, np.dtype[Any]]

#: From so many steps an epoch on, each of them a round of messages, a larger batch is called for.
_MANY_STEPS = 1000


class PartitionEpochs:
    """Takes an optimiser's steps over partitions; what :class:`nn.training.engine.Epochs` is for rows in memory.

    Args:
        model: what is trained.
        partitions: what it is trained on.
        optimizer: makes steps of gradients.
        size: rows of a step; None takes all.
        shuffle: ``"rows"`` orders all rows anew in each epoch, as in memory; ``"partitions"`` orders the partitions,
            and puts so many of them to a step that it has `size` rows.
    """

    def __init__(
        self, model: Module, partitions: Partitions, optimizer: Optimizer, size: int | None, shuffle: str
    ) -> None:
        if shuffle not in ("rows", "partitions"):
            raise UnknownNameError("shuffle", shuffle, ("rows", "partitions"))
        self._parameters, self._partitions, self._optimizer = model.parameters(), partitions, optimizer
        self._size, self._shuffle = size, shuffle
        self.vector = np.array([parameter.data for parameter in self._parameters])
        self.state = optimizer.init(self.vector)
        self._found: tuple[_Array, _Array] | None = None  # the sums over all rows, and the parameters they are for
        if size is not None and shuffle == "rows":
            steps = -(-int(partitions.sizes().sum()) // size)
            if steps > _MANY_STEPS:
                warnings.warn(
                    f"batch_size={size} makes {steps} steps an epoch, each a round of messages to the partitions: "
                    'batch_size=None, a larger one, or shuffle="partitions" is faster',
                    stacklevel=3,
                )

    def go_on_from(self, vector: _Array, state: Any) -> None:
        """Take the next step from these parameters and this state of the optimiser."""
        self.vector, self.state = vector, state
        write(self._parameters, vector)

    def run(self, rng: np.random.Generator) -> _Array:
        """Take the steps of one epoch; return the parameters, as the model has them."""
        for rows in self._steps(rng):
            sums = self._at(self.vector) if rows is None else self._partitions.sums(self.vector, rows)
            gradient = sums[COUNT + 1 :] / sums[COUNT]
            step, self.state = self._optimizer.update(gradient, self.state, self.vector)
            self.vector = self.vector + step
        write(self._parameters, self.vector)
        return self.vector

    def evaluate(self) -> dict[str, float]:
        """Return the record of the model as it is; where a step takes all rows, its gradient is that of the next."""
        if self._size is not None:
            return self._partitions.evaluate()
        return self._partitions.record(self._at(self.vector))

    def _at(self, vector: _Array) -> _Array:
        if self._found is None or self._found[1] is not vector:
            self._found = self._partitions.sums(vector, self._partitions.all(), judged=True), vector
        return self._found[0]

    def _steps(self, rng: np.random.Generator) -> Iterator[list[tuple[int, Any]] | None]:
        """For each step the partitions that take part, and which of their rows; None for all rows of all."""
        if self._size is None:
            yield None
            return
        counts = self._partitions.sizes()
        ends = np.cumsum(counts)
        if self._shuffle == "rows":
            for batch in batches(int(ends[-1]), self._size, rng):
                owners = np.searchsorted(ends, batch, side="right")
                yield [(int(i), batch[owners == i] - (ends[i] - counts[i])) for i in np.unique(owners)]
            return
        step: list[tuple[int, Any]] = []
        for i in rng.permutation(np.flatnonzero(counts)):
            step.append((int(i), None))
            if sum(int(counts[one]) for one, _ in step) >= self._size:
                yield step
                step = []
        if step:
            yield step
