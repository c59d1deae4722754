"""``Regressor``: a multilayer perceptron behind scikit-learn's interface, from raw table to numbers in their units."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Self

import numpy as np

from autograd import DataError, LengthError, OperandError
from nn.checks import weights_of
from nn.data.rows import Moments, Standardizer
from nn.estimators.base import Estimator
from nn.estimators.inputs import Target, numbers_to_predict
from nn.init import Seed
from nn.losses import LOSSES
from nn.optim import Optimizer

__all__ = ["Regressor"]

_Array = np.ndarray[Any, np.dtype[Any]]


class Regressor(Estimator):
    """A regression for small tables, of one number or of several at once.

    Args:
        loss: ``"mse"``, ``"mae"`` or ``"huber"``, or a function ``(output, target) -> cost`` of one row.
        standardize: bring every column, and every target, to mean 0 and standard deviation 1 first; losses are then in
            units of the targets' standard deviation.
        hidden, activation, optimizer, learning_rate, weight_decay, epochs, batch_size, early_stopping,
            validation_fraction, patience, warm_start, weight_init, seed, random_state, progress: as for
            :class:`nn.Classifier`.

    Attributes:
        target_standardizer_: the targets' means and scales (None if not standardised).
        n_targets_: how many targets a row has; None where y was a sequence of numbers.
        model_, standardizer_, history_, loss_curve_, n_features_in_, feature_names_in_, coefs_, intercepts_: as for
            :class:`nn.Classifier`.

    >>> X = np.linspace(-2.0, 2.0, 40)[:, None]
    >>> regressor = Regressor(hidden=(8,), activation="tanh", epochs=200).fit(X, 1000.0 + np.sin(X[:, 0]))
    >>> regressor.score(X, 1000.0 + np.sin(X[:, 0])) > 0.9
    True
    """

    target_standardizer_: Standardizer | None
    n_targets_: int | None

    def __init__(
        self,
        hidden: Sequence[int] = (16, 16),
        activation: str = "relu",
        *,
        loss: str | Callable[..., Any] = "mse",
        optimizer: str | Optimizer = "adam",
        learning_rate: float = 0.01,
        weight_decay: float = 0.001,
        epochs: int = 100,
        batch_size: int | None = 32,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        patience: int | None = None,
        warm_start: bool = False,
        weight_init: str = "auto",
        standardize: bool = True,
        seed: Seed = 0,
        random_state: Seed = None,
        progress: bool | None = None,
    ) -> None:
        self.hidden = hidden
        self.activation = activation
        self.loss = loss
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.epochs = epochs
        self.batch_size = batch_size
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.patience = patience
        self.warm_start = warm_start
        self.weight_init = weight_init
        self.standardize = standardize
        self.seed = seed
        self.random_state = random_state
        self.progress = progress

    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Learn from some rows, each once, and go on from there at the next call.

        The scale of the columns is that of all rows seen so far, that of the targets stays as at the first call; the
        optimiser goes on, too. Arguments as for :meth:`fit`.
        """
        if self.__sklearn_is_fitted__():
            return self._partial_fit(X, y, sample_weight, None)
        _, _, numbers, weights = self._rows(X, y, sample_weight)
        return self._partial_fit(X, y, sample_weight, self._target(numbers, weights))

    def predict(self, X: Any) -> _Array:
        """Return the prediction for each row, in the units of the targets: (rows,) or (rows, targets), as y was."""
        found = self.outputs(X)
        if self.target_standardizer_ is not None:
            found = self.target_standardizer_.inverse(found)
        return found[:, 0] if self.n_targets_ is None else found

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """Return R², rows counted by weight: 1 is perfect, 0 as good as the mean; of several targets the average."""
        predicted = self.predict(X)
        numbers = self._checked(y, len(predicted)).reshape(len(predicted), -1)
        weights = weights_of(sample_weight, len(predicted))
        missed = np.average((numbers - predicted.reshape(numbers.shape)) ** 2, axis=0, weights=weights)
        spread = Moments.of(numbers, weights).spread ** 2
        # A constant target has no spread to explain: 1 where it is met, else 0, as in scikit-learn.
        explained = np.where(missed == 0.0, 1.0, 0.0)
        np.divide(spread - missed, spread, out=explained, where=spread > 0.0)
        return float(explained.mean())

    def __sklearn_tags__(self) -> Any:
        from sklearn.utils import InputTags, RegressorTags, Tags, TargetTags

        target = TargetTags(required=True, multi_output=True)
        return Tags("regressor", target, regressor_tags=RegressorTags(), input_tags=InputTags())

    def set_partial_fit_request(self, *, sample_weight: Any = "$UNCHANGED$") -> Self:
        """Say whether, and under which name, ``partial_fit`` is handed sample_weight."""
        return self._request("partial_fit", {"sample_weight": sample_weight})

    def _checked(self, y: Any, rows: int) -> _Array:
        numbers = numbers_to_predict(y, rows, type(self).__name__)
        if numbers.dtype.kind != "f":
            raise DataError("y must be numbers")
        return numbers

    def _target(self, y: _Array, weights: _Array | None) -> Target:
        n_targets = None if y.ndim == 1 else y.shape[1]
        scale = Standardizer.fit(y.reshape(len(y), -1), weights) if self.standardize else None
        fitted = {"target_standardizer_": scale, "n_targets_": n_targets}
        return Target(self._encoded(y, fitted), n_targets or 1, weights, fitted)

    def _encoded(self, y: _Array, fitted: dict[str, Any]) -> _Array:
        n_targets, scale = fitted["n_targets_"], fitted["target_standardizer_"]
        if (None if y.ndim == 1 else y.shape[1]) != n_targets:
            raise LengthError(
                f"y has the shape {y.shape}, but a row has {n_targets or 'one number, and no list of'} targets"
            )
        rows = y.reshape(len(y), -1)
        rows = rows if scale is None else scale.transform(rows)
        return rows[:, 0] if rows.shape[1] == 1 else rows

    def _strata(self, y: _Array) -> None:
        return None

    def _check_settings(self) -> None:
        super()._check_settings()
        if self.loss in ("auto", "hinge", "binary_cross_entropy", "cross_entropy"):
            numbers = ", ".join(name for name in LOSSES if name in ("mse", "mae", "huber"))
            raise OperandError(f"loss {self.loss!r} is for classes: use one of {numbers}, or a Classifier")
