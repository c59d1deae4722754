"""Training by a kernel: many steps in one call, other threads running meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.compiler.ir.array import ArrayProgram
from autograd.compiler.kernel.kernel import Kernel
from autograd.compiler.training import OptimizerStage, Training

__all__ = ["KernelTraining"]

_Array = np.ndarray[Any, Any]


class KernelTraining(Training):
    """See :class:`autograd.compiler.training.Training`.

    Args:
        program: the array program, forward and backward.
        rows: the most rows of a step.
        parameters: the numbers to begin with.
        stages: of an optimiser.
    """

    def __init__(self, program: ArrayProgram, rows: int, parameters: _Array, stages: Sequence[OptimizerStage]) -> None:
        super().__init__([at.per_row for at in program.inputs], rows, len(parameters), stages)
        self._program, self._kernel = program, Kernel(program, int(rows), stages)
        self.parameters = self._kernel.parameters
        self.parameters[:] = parameters

    def _differentiate(self, X: _Array) -> tuple[float, _Array]:
        self._hold()
        return self._kernel.value_and_grad(X), self._kernel.gradient

    def _take(
        self,
        X: _Array,
        batches: Sequence[_Array],
        order: _Array,
        steps: Sequence[int],
        rates: list[list[float]],
        taken: int,
    ) -> _Array:
        self._hold()
        bounds, numbers = np.cumsum([0, *map(len, batches)], dtype=np.int64), np.array(steps, int)
        table = np.array(rates, float).reshape(len(steps), len(self.stages))
        order = order.astype(np.int64, copy=False)
        return self._kernel.train(X, order, bounds[numbers], bounds[numbers + 1], table, taken, self._states)

    def _hold(self) -> None:
        self._kernel.hold([value.data for value in self._program.held_values])
