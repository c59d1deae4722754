"""``Classifier``: a multilayer perceptron behind scikit-learn's interface, from raw table to class names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np

from autograd import DataError, OperandError
from nn.checks import weights_of
from nn.estimators.base import Estimator
from nn.estimators.inputs import Target, labels_of
from nn.init import Seed
from nn.optim import Optimizer
from nn.training.task import chosen

__all__ = ["Classifier"]

#: Losses of numbers, which no classifier can be trained with.
REGRESSION = ("mse", "mae", "huber")

_Array = np.ndarray[Any, np.dtype[Any]]


class Classifier(Estimator):
    """A classifier for small tables.

    Args:
        hidden: neurons of each hidden layer.
        activation: of the hidden layers.
        loss: ``"auto"`` is binary cross-entropy for two classes, cross-entropy for more; ``"hinge"`` for two.
        optimizer, learning_rate, epochs, batch_size: as for :func:`nn.training.fit`.
        weight_decay: λ of the penalty λ/2 · Σp² that keeps the model from being too sure; for optimisers given by name.
        early_stopping: hold out `validation_fraction` of the rows, and stop once their loss has not become lower for
            `patience` epochs (10 unless told).
        validation_fraction: above 0 and below 1.
        patience: as for :func:`nn.training.fit`; without early stopping the loss of training counts.
        class_weight: how much the rows of each class count, ``{class: weight}``; ``"balanced"`` makes all classes count
            the same; None, all rows.
        warm_start: go on from the weights of the last fit.
        weight_init: how weights start, see :mod:`nn.init`.
        standardize: bring every column to mean 0 and standard deviation 1 first.
        seed: for the weights, the order of the rows and those held out.
        random_state: the same by scikit-learn's name, also a RandomState; None leaves it to `seed`.
        progress: show a bar; None shows it where there is a terminal.

    Attributes:
        classes_: the distinct labels, sorted.
        model_: the trained MLP, on standardised columns.
        standardizer_: the columns' means and scales (None if not standardised).
        history_: the :class:`nn.History` of training; ``loss_curve_`` is its loss.
        n_features_in_: how many columns it was trained on.
        feature_names_in_: their names, where they are known.
        coefs_, intercepts_: the model's weights and biases as arrays, layer by layer.

    >>> from nn import data
    >>> X, y = data.moons(60, noise=0.05, seed=0)
    >>> classifier = Classifier(hidden=(8,), learning_rate=0.1).fit(X, y)
    >>> classifier.score(X, y) > 0.9
    True
    """

    classes_: _Array

    def __init__(
        self,
        hidden: Sequence[int] = (16, 16),
        activation: str = "relu",
        *,
        loss: str = "auto",
        optimizer: str | Optimizer = "adam",
        learning_rate: float = 0.01,
        weight_decay: float = 0.005,
        epochs: int = 100,
        batch_size: int | None = 32,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        patience: int | None = None,
        class_weight: Mapping[Any, float] | str | None = None,
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
        self.class_weight = class_weight
        self.warm_start = warm_start
        self.weight_init = weight_init
        self.standardize = standardize
        self.seed = seed
        self.random_state = random_state
        self.progress = progress

    def partial_fit(self, X: Any, y: Any, classes: Any = None, sample_weight: Any = None) -> Self:
        """Learn from some rows, each once, and go on from there at the next call.

        The scale of the columns is that of all rows seen so far; the optimiser goes on, too.

        Args:
            X: as for :meth:`fit`.
            y: as for :meth:`fit`.
            classes: all classes that there will be; needed at the first call.
            sample_weight: as for :meth:`fit`.

        Raises:
            DataError: no classes at the first call, or a class that was not among them.
        """
        if self.__sklearn_is_fitted__():
            if classes is not None and not np.array_equal(self._sorted(classes), self.classes_):
                raise DataError(f"classes are those of the first call, {self.classes_!r}, got {classes!r}")
            return self._partial_fit(X, y, sample_weight, None)
        if classes is None:
            raise DataError("classes must be given at the first call of partial_fit: all that there will be")
        known = self._sorted(classes)
        self._check_classes(known)
        return self._partial_fit(X, y, sample_weight, Target(known, _n_outputs(known), None, {"classes_": known}))

    def decision_function(self, X: Any) -> _Array:
        """Return the scores: (rows,), positive for the second class, if there are two classes; else (rows, classes)."""
        scores = self.outputs(X)
        return scores[:, 0] if scores.shape[1] == 1 else scores

    def predict_log_proba(self, X: Any) -> _Array:
        """Return the logarithm of the probability of every class, (rows, classes), exact also where that is near 0."""
        scores = self.outputs(X)
        if scores.shape[1] == 1:
            return np.asarray(-np.logaddexp(0.0, np.hstack([scores, -scores])))
        shifted = scores - scores.max(axis=1, keepdims=True)
        return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True)))

    def predict_proba(self, X: Any) -> _Array:
        """Return the probability of every class, (rows, classes); columns in the order of ``classes_``."""
        return np.exp(self.predict_log_proba(X))

    def predict(self, X: Any) -> _Array:
        """Return the most probable class of each row, (rows,), named as in training."""
        scores = self.outputs(X)
        return np.asarray(self.classes_[chosen(scores)])

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """Return the accuracy on rows X with labels y, (rows,): the fraction that is right, rows counted by weight."""
        predicted = self.predict(X)
        labels = labels_of(y, len(predicted), type(self).__name__)
        if "O" not in labels.dtype.kind + predicted.dtype.kind and (labels.dtype.kind in "US") != (
            predicted.dtype.kind in "US"
        ):
            raise DataError(
                f"y has labels of the kind {labels.dtype}, but the classes are {self.classes_.tolist()!r}"[:300]
            )
        right = predicted == labels
        return float(np.average(right, weights=weights_of(sample_weight, len(predicted))))

    def __sklearn_tags__(self) -> Any:
        from sklearn.utils import ClassifierTags, InputTags, Tags, TargetTags

        return Tags("classifier", TargetTags(required=True), classifier_tags=ClassifierTags(), input_tags=InputTags())

    def set_partial_fit_request(self, *, classes: Any = "$UNCHANGED$", sample_weight: Any = "$UNCHANGED$") -> Self:
        """Say whether, and under which name, ``partial_fit`` is handed classes and sample_weight."""
        return self._request("partial_fit", {"classes": classes, "sample_weight": sample_weight})

    def _checked(self, y: Any, rows: int) -> _Array:
        return labels_of(y, rows, type(self).__name__)

    def _target(self, y: _Array, weights: _Array | None) -> Target:
        classes = self._sorted(y)
        self._check_classes(classes)
        encoded = np.searchsorted(classes, y)
        return Target(encoded, _n_outputs(classes), self._weights(encoded, classes, weights), {"classes_": classes})

    def _encoded(self, y: _Array, fitted: dict[str, Any]) -> _Array:
        classes = fitted["classes_"]
        try:
            unknown = np.setdiff1d(y, classes)
        except TypeError:
            raise DataError(f"the labels are of another kind than the classes, {classes!r}") from None
        if len(unknown):
            raise DataError(f"the class {unknown[0]!r} is none of those to learn, {classes.tolist()!r}"[:300])
        return np.searchsorted(classes, y)

    def _strata(self, y: _Array) -> _Array:
        return y

    def _check_settings(self) -> None:
        super()._check_settings()
        if self.loss in REGRESSION:
            raise OperandError(
                f"loss {self.loss!r} compares numbers, not classes: use 'auto' or 'hinge', or a Regressor"
            )

    def _check_classes(self, classes: _Array) -> None:
        if len(classes) < 2:
            raise DataError(f"y has one class only, {classes[0]!r}: a classifier needs rows of two classes at least")

    def _sorted(self, y: Any) -> _Array:
        try:
            return np.unique(y)
        except TypeError:
            raise DataError("y mixes labels of kinds that cannot be sorted together, like None and text") from None

    def _weights(self, encoded: _Array, classes: _Array, weights: _Array | None) -> _Array | None:
        """Return the weights of rows times those of their classes."""
        if self.class_weight is None:
            return weights
        own = np.ones(len(encoded)) if weights is None else weights
        if isinstance(self.class_weight, str):
            if self.class_weight != "balanced":
                raise OperandError(f"class_weight is a mapping, 'balanced' or None, got {self.class_weight!r}")
            return np.asarray(own * (own.sum() / len(classes) / np.bincount(encoded, own))[encoded])
        if not isinstance(self.class_weight, Mapping):
            raise OperandError(f"class_weight is a mapping, 'balanced' or None, got {self.class_weight!r}")
        names = classes.tolist()
        unknown = [name for name in self.class_weight if name not in names]
        if unknown:
            raise DataError(f"class_weight has the class {unknown[0]!r}, but the classes are {names!r}")
        by_class = np.array([self.class_weight.get(name, 1.0) for name in names], dtype=float)
        if not (np.isfinite(by_class).all() and (by_class >= 0.0).all() and by_class.any()):
            raise DataError(
                f"class_weight must be finite numbers of at least 0, one above 0, got {self.class_weight!r}"
            )
        return np.asarray(own * by_class[encoded])


def _n_outputs(classes: _Array) -> int:
    return 1 if len(classes) == 2 else len(classes)
