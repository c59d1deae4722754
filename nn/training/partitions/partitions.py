"""``Partitions``: rows in partitions, of which only sums are ever asked for."""

from __future__ import annotations

import uuid
import warnings
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from autograd import DataError, OperandError
from nn.module import Module
from nn.training.partitions.collections import aligned
from nn.training.partitions.graph import Part, delayed, run, sent, task
from nn.training.partitions.shard import COUNT, LOSS, RIGHT, Shard
from nn.training.task import Task

__all__ = ["Partitions"]

_Array = np.ndarray[Any, np.dtype[Any]]

#: So many partitions' sums are added up at once; those of more are added up as a tree, where they are.
_FAN_IN = 16


class Partitions:
    """Rows of inputs and their labels, in partitions.

    Args:
        name: what errors call the inputs.
        X: a Dask array, (rows, inputs), or a Dask data frame.
        y: one label per row: a Dask collection with the same partitions; an array where their sizes are known.
        model: what is to be trained on them, or judged by them.
        loss: see :class:`nn.training.task.Task`.
        engine: ``"compiled"`` or ``"eager"``.

    Attributes:
        task: what the numbers mean.
        counts: the rows of each partition; None until they are known.

    Raises:
        DataError, LengthError: they cannot be learnt from as they are.
    """

    def __init__(
        self, name: str, X: Any, y: Any, model: Module, loss: str | Callable[..., Any], engine: str = "compiled"
    ) -> None:
        self.name = name
        X, y, self.counts = aligned(name, X, y)
        inputs = len(X.columns) if hasattr(X, "columns") else X.shape[1]
        if engine == "kernel":
            raise OperandError('Dask collections are trained with engine="compiled" or "eager"')
        self.task = Task(loss, model.outputs(np.zeros((1, inputs))).shape[1])
        self._shard = Shard(model, self.task, inputs, tuple(y.shape[1:]), engine)
        if self._shard.reason is not None:
            warnings.warn(f"training with the eager engine, because {self._shard.reason}", stacklevel=4)
        self._parameters = model.parameters()
        self._form = repr((X.shape, getattr(X, "chunks", X.npartitions), y.shape, getattr(y, "chunks", None)))
        self._parts = [Part.of(*pair) for pair in zip(delayed(X), delayed(y), strict=True)]
        self._model: Any = None

    def __len__(self) -> int:
        return len(self._parts)

    def sizes(self) -> _Array:
        """Return the rows of each partition; where they are not known, all are computed and checked for that."""
        if self.counts is None:
            tasks = [self._task(_size, i, uuid.uuid4().hex) for i in range(len(self))]
            self.counts = np.array(self._run(range(len(self)), tasks, tasks))
        if not self.counts.sum():
            raise DataError(f"{self.name} has no rows: all of its {len(self)} partitions are empty")
        return self.counts

    def sums(
        self, vector: _Array, rows: Sequence[tuple[int, _Array | None]], *, judged: bool = False, learnt: bool = True
    ) -> _Array:
        """Return the sums of :meth:`nn.training.shard.Shard.sums` over rows of some partitions.

        Args:
            vector: the parameters.
            rows: for each partition that takes part its place, and which of its rows; None for all of them.
            judged: whether rows that are right are counted.
            learnt: whether there is to be a gradient.
        """
        step = uuid.uuid4().hex  # a key that comes again would be taken for what has been computed already
        tasks = [self._task(_sums, i, step, vector, own, judged, learnt) for i, own in rows]
        found = tasks
        while len(found) > _FAN_IN:
            groups = [found[i : i + _FAN_IN] for i in range(0, len(found), _FAN_IN)]
            found = [
                task(f"glassgrad-sum-{len(tasks)}-{i}-{step}", _add, [each.key for each in group])
                for i, group in enumerate(groups)
            ]
            tasks = tasks + found
        total = _add(*self._run([i for i, _ in rows], tasks, found))
        if not total[COUNT]:
            raise DataError(f"{self.name} has no rows: all of its {len(self)} partitions are empty")
        return total

    def all(self) -> list[tuple[int, None]]:
        """All rows of all partitions."""
        return [(i, None) for i in range(len(self))]

    def evaluate(self) -> dict[str, float]:
        """Return the mean loss over all rows, and the accuracy where there are classes."""
        vector = np.array([parameter.data for parameter in self._parameters])
        return self.record(self.sums(vector, self.all(), judged=True, learnt=False))

    def record(self, sums: _Array) -> dict[str, float]:
        """Return the means that sums are the sums of."""
        found = {"loss": float(sums[LOSS] / sums[COUNT])}
        return found | {"accuracy": float(sums[RIGHT] / sums[COUNT])} if self.task.classifies else found

    def fingerprint(self) -> str:
        """Return what is the same for the same partitions: their form alone, since nobody here sees the rows."""
        return self._form

    def _task(self, function: Callable[..., Any], i: int, suffix: str, *args: Any) -> Any:
        """The task that calls `function` with the model's shard, a partition's rows and name, and `args`."""
        if self._model is None:  # sent once, and not with every task
            self._model = sent(self._shard)
        key = f"glassgrad-{self.name.replace(' ', '-')}-partition-{i}-{suffix}"
        return task(key, function, [self._model.key, *self._parts[i].keys], f"partition {i} of {self.name}", *args)

    def _run(self, parts: Iterable[int], tasks: Sequence[Any], wanted: Sequence[Any]) -> list[Any]:
        """Compute tasks that take some of the partitions; return what `wanted` of them gave."""
        return run([self._model.__dask_graph__(), *(self._parts[i].graph for i in parts)], tasks, wanted)


def _size(shard: Shard, X: Any, y: Any, where: str) -> int:
    return shard.size(where, X, y)


def _sums(
    shard: Shard, X: Any, y: Any, where: str, vector: _Array, rows: _Array | None, judged: bool, learnt: bool
) -> _Array:
    return shard.sums(where, X, y, vector, rows, judged=judged, learnt=learnt)


def _add(*parts: _Array) -> _Array:
    return np.asarray(np.sum(parts, axis=0))
