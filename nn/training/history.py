"""``History``: what happened in training, epoch by epoch."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

__all__ = ["History"]


@dataclass(repr=False)
class History:
    """What happened in training, epoch by epoch.

    Attributes:
        records: one dictionary per epoch: ``epoch`` (from 1), ``loss``, ``accuracy`` for classifiers, and
            ``validation_loss``, ``validation_accuracy`` where rows were held out.
        best_epoch: the epoch whose loss (the validation's, if there is one) was lowest; with `validation` or `patience`
            the model has the weights of that epoch.
        start: the training loss before the first step.
        ended: ``"finished"``, ``"stopped early"`` or ``"interrupted"``.

    >>> history = History([{"epoch": 1, "loss": 0.7}, {"epoch": 2, "loss": 0.5}])
    >>> history["loss"]
    [0.7, 0.5]
    """

    records: list[dict[str, float]] = field(default_factory=list)
    best_epoch: int = 0
    ended: str = "finished"
    start: float = math.nan

    def __getitem__(self, name: str) -> list[float]:
        """Return one column, such as ``history["loss"]``."""
        return [record[name] for record in self.records]

    def __len__(self) -> int:
        return len(self.records)

    def __repr__(self) -> str:
        last = self.records[-1] if self.records else {}
        shown = [f"{name} {number:.4g}" for name, number in last.items() if name != "epoch"]
        return f"<History: {', '.join([f'{len(self)} epochs ({self.ended})', *shown])}>"
