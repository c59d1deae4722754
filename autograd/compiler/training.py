"""Training in one call: a program, its parameters and an optimiser's state, whichever backend takes the steps."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from autograd.compiler.frontend.arguments import floats
from autograd.errors import LengthError, OperandError

__all__ = ["Training"]

_Array = np.ndarray[Any, Any]


class OptimizerStage(Protocol):
    """What a backend needs to know of an optimiser's stage: formulas over vectors, see ``nn.optim.Stage``."""

    @property
    def result(self) -> str: ...
    @property
    def states(self) -> tuple[tuple[str, str], ...]: ...
    @property
    def given(self) -> tuple[tuple[str, str], ...]: ...
    @property
    def constants(self) -> tuple[tuple[str, float], ...]: ...
    def rate(self, step: int) -> float: ...


class Training(ABC):
    """A program that trains itself: it takes an optimiser's steps, many in a call.

    Args:
        inputs: per input of the program, whether it is per row; the mean of the first output is made smaller.
        rows: the most rows of a step.
        stages: of an optimiser.

    Attributes:
        parameters: their numbers, (params,); to be read, and to be written to.

    Raises:
        OperandError: the program has inputs that are the same for all rows: training takes rows only; or the stages
            are none of an optimiser.
        LengthError: `rows` is no whole number from 1.
    """

    parameters: _Array

    def __init__(self, inputs: Sequence[bool], rows: int, params: int, stages: Sequence[OptimizerStage]) -> None:
        if not all(inputs):
            raise OperandError("training takes rows only: compile without uniform=, or call value_and_grad")
        if not isinstance(rows, int | np.integer) or isinstance(rows, bool) or rows < 1:
            raise LengthError(f"rows is the most rows of a step, a whole number from 1, got {rows!r}")
        if not all(hasattr(stage, "states") for stage in stages):
            raise OperandError(f"stages are those of an optimiser, such as nn.optim.adam(0.01).stages, got {stages!r}")
        self.stages, self._rows, self._inputs = stages, rows, len(inputs)
        self._states = np.zeros((sum(len(stage.states) for stage in stages), params))
        self._steps = [0]  # a list: trainings share it

    @property
    def state(self) -> Any:
        """The optimiser's state, in the form that ``nn.optim.from_stages`` gives it."""
        states = iter(self._states.copy())
        return self._steps[0], tuple(tuple(next(states) for _ in stage.states) for stage in self.stages)

    @state.setter
    def state(self, state: Any) -> None:
        self._steps[0], stages = state
        for own, given in zip(self._states, (vector for stage in stages for vector in stage), strict=True):
            own[:] = given

    def train(self, X: _Array, batches: Sequence[_Array] | None = None) -> _Array:
        """Take one optimiser's step for each batch of rows of `X`; return the mean output of each, before its step.

        Args:
            X: (rows, inputs), the inputs in the program's order.
            batches: the rows of each step; unless given, one step with all.

        Raises:
            LengthError: a step has no rows or more than there may be, or `X` has no such row.
            OperandError: there is no optimiser.
        """
        if not self.stages:
            raise OperandError("there is no optimiser to take steps: give training(...) its stages")
        X = self._checked(X)
        if batches is None:
            batches = [np.arange(len(X))]
        # What many steps take is looked at once.
        own = list({id(batch): batch for batch in batches}.values())
        numbers = {id(batch): number for number, batch in enumerate(own)}
        order = self._checked_order(own, len(X))
        taken, count = self._steps[0], len(batches)
        rates = [[stage.rate(step) for stage in self.stages] for step in range(taken, taken + count)]
        losses = self._take(X, own, order, [numbers[id(batch)] for batch in batches], rates, taken)
        self._steps[0] += count
        return losses

    def go_on_from(self, other: Training) -> None:
        """Take over the parameters of another training of the same model, and share its optimiser's state from now on.

        So programs for inputs of different lengths train one model, step by step in any order.
        """
        if other is not self:
            self.parameters[:] = other.parameters
            self._states, self._steps = other._states, other._steps

    def value_and_grad(self, X: _Array) -> tuple[float, _Array]:
        """Return the mean output over rows X, (rows, inputs) in the program's order, and its gradient, (params,)."""
        X = self._checked(X)
        self._check_count(len(X))
        value, gradient = self._differentiate(X)
        return value, gradient.copy()

    @abstractmethod
    def _differentiate(self, X: _Array) -> tuple[float, _Array]:
        """Return the mean output and its gradient, in a buffer that the next run overwrites."""

    @abstractmethod
    def _take(
        self,
        X: _Array,
        batches: Sequence[_Array],
        order: _Array,
        steps: Sequence[int],
        rates: list[list[float]],
        taken: int,
    ) -> _Array:
        """Take the steps.

        Args:
            X: (rows, inputs).
            batches: the batches that occur, each once.
            order: the same one after the other.
            steps: the number of each step's batch.
            rates: the learning rates of each step, one a stage.
            taken: how many steps came before.
        """

    def _check_count(self, rows: int) -> None:
        if not 0 < rows <= self._rows:
            raise LengthError(f"a step takes 1 to {self._rows} rows here, got {rows}")

    def _checked_order(self, batches: Sequence[_Array], rows: int) -> _Array:
        """The rows of all batches, one after the other."""
        for batch in batches:
            if np.ndim(batch) != 1:
                raise LengthError(f"batches is a list of lists of row numbers, one for each step, got {batch!r} in it")
            self._check_count(len(batch))
        order = np.concatenate(batches) if len(batches) else np.zeros(0, int)
        if order.dtype.kind not in "iu" or (order.size and not 0 <= order.min() <= order.max() < rows):
            raise LengthError(f"batches are lists of the numbers of rows, 0 to {rows - 1}, got {order}")
        return order

    def _checked(self, X: _Array) -> _Array:
        X = np.ascontiguousarray(floats("X", X))
        if X.ndim != 2 or X.shape[1] != self._inputs:
            raise LengthError(f"the program takes rows of {self._inputs} inputs, got the shape {X.shape}")
        return X
