"""``Progress``: where a training stands after a whole epoch, and what it has found best so far."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograd import AnomalyError
from nn.training.history import History

__all__ = ["Progress"]

_Array = np.ndarray[Any, np.dtype[Any]]

#: How much lower, against itself, a loss must become for patience to count it: the limit of rounding is no progress.
_IMPROVEMENT = 1e-4


@dataclass
class Progress:
    """Where a training stands after a whole epoch.

    Attributes:
        parameters: their numbers, (params,).
        best: those of the best epoch; before the first, those of the start.
        best_cost: its loss, of the validation rows where there are some.
        improved: the last epoch that patience counted as progress.
        improved_cost: its loss.
        first_cost: the training loss before the first step.
        history: what happened so far.
        optimizer, generator: the states that the next epoch starts from, where they are known.
    """

    parameters: _Array
    best: _Array
    first_cost: float
    best_cost: float = math.inf
    improved: int = 0
    improved_cost: float = math.inf
    history: History = field(default_factory=History)
    optimizer: Any = None
    generator: Any = None

    @classmethod
    def start(cls, parameters: _Array, cost: float) -> Progress:
        """Return where a training stands before its first step.

        Raises:
            AnomalyError: the loss is not finite.
        """
        if not math.isfinite(cost):
            raise AnomalyError(
                f"the loss is {cost} before the first step: the starting weights or the data are too large, or the "
                "activation does not take every number"
            )
        return cls(parameters, parameters, cost, history=History(start=cost))

    def take(self, parameters: _Array, record: dict[str, float]) -> None:
        """Take in one more epoch.

        Raises:
            AnomalyError: its loss is not finite.
        """
        cost, epoch = record.get("validation_loss", record["loss"]), len(self.history) + 1
        if not math.isfinite(cost + record["loss"]):
            raise AnomalyError(
                f"the loss became {cost} in epoch {epoch}: lower the learning rate, clip the gradient "
                "(chain(clip(1.0), ...)), or find the first nan with detect_anomaly()"
            )
        self.history.records.append(record)
        self.parameters = parameters
        if cost < self.best_cost:
            self.best, self.best_cost, self.history.best_epoch = parameters, cost, epoch
        if cost + _IMPROVEMENT * abs(cost) < self.improved_cost:
            self.improved, self.improved_cost = epoch, cost

    def has_lost(self, patience: int | None) -> bool:
        """Whether there was no progress for so many epochs."""
        return patience is not None and len(self.history) - self.improved >= patience
