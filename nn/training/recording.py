"""``Recording``: what a film of a training needs, kept epoch by epoch: ``fit(..., record=recording)``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from autograd import OperandError
from nn.module import Module

__all__ = ["Recording"]

_Array = np.ndarray[Any, np.dtype[Any]]


class Recording:
    """A training as it went; :func:`viz.export_film` makes a page or a GIF of it.

    Attributes:
        model: the one that was trained.
        X, y: the rows and labels as they were given.
        loss: as it was given.
        epochs: the number of each epoch that is kept; the first is 0, before any step.
        parameters: every parameter at those epochs, in the order of ``model.named_parameters()``.
        records: what :class:`nn.History` has for them; the first is empty.

    >>> from nn import MLP, data, fit
    >>> X, y = data.moons(20, noise=0.1, seed=0)
    >>> recording = Recording()
    >>> history = fit(MLP(2, [4, 1], "tanh", seed=0), X, y, epochs=3, record=recording)
    >>> recording.epochs, recording.parameters[0].shape
    ([0, 1, 2, 3], (17,))
    """

    def __init__(self) -> None:
        self.model: Module | None = None
        self.X: Any = None
        self.y: Any = None
        self.loss: str | Callable[..., Any] = "auto"
        self.epochs: list[int] = []
        self.parameters: list[_Array] = []
        self.records: list[dict[str, float]] = []

    def start(self, model: Module, X: Any, y: Any, loss: str | Callable[..., Any]) -> Recording:
        """Begin a film of this training; one that goes on with the same model is added to.

        Raises:
            OperandError: it holds the training of another model.
        """
        if self.model is not None and self.model is not model:
            raise OperandError("this Recording holds the training of another model: make a new one, Recording()")
        self.model, self.X, self.y, self.loss = model, X, y, loss
        if not self.epochs:
            self._keep(0, {})
        return self

    def add(self, record: Mapping[str, float]) -> None:
        """Keep the model as it is after one more epoch."""
        self._keep(self.epochs[-1] + 1, record)

    def _keep(self, epoch: int, record: Mapping[str, float]) -> None:
        assert self.model is not None
        self.epochs.append(epoch)
        self.parameters.append(np.array([parameter.data for _, parameter in self.model.named_parameters()]))
        self.records.append(dict(record))

    def __repr__(self) -> str:
        return f"<Recording: {max(0, len(self.epochs) - 1)} epochs>"
