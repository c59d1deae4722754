"""``Classifier``: a multilayer perceptron behind scikit-learn's interface, from raw table to class names.

It standardises the columns, trains an MLP with the scalar engine, and keeps what is needed to use the result: the
classes as they were named, the scale of the columns. scikit-learn itself is not needed.
"""

from __future__ import annotations

import inspect
import sys
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd import DataError, LengthError, OperandError, sigmoid
from nn.checks import pair, rows_of_numbers
from nn.data.rows import Standardizer
from nn.init import Seed
from nn.layers import MLP
from nn.optim import Optimizer
from nn.training.fit import fit
from nn.training.task import chosen

__all__ = ["Classifier"]

#: Losses of numbers, which no classifier can be trained with.
REGRESSION = ("mse", "mae", "huber")

_Array = np.ndarray[Any, np.dtype[Any]]


class Classifier:
    """A classifier for small tables.

    Args:
        hidden: neurons of each hidden layer.
        activation: of the hidden layers.
        loss: ``"auto"`` is binary cross-entropy for two classes, cross-entropy for more; ``"hinge"`` for two.
        optimizer, learning_rate, epochs, batch_size, patience: as for :func:`nn.training.fit`.
        weight_init: how weights start, see :mod:`nn.init`.
        standardize: bring every column to mean 0 and standard deviation 1 first.
        seed: for the weights and the order of the rows.
        progress: show a bar; None shows it where there is a terminal.

    Attributes:
        classes_: the distinct labels, sorted.
        model_: the trained MLP, on standardised columns.
        standardizer_: the columns' means and scales (None if not standardised).
        history_: the :class:`nn.History` of training.
        n_features_in_: how many columns it was trained on.
        feature_names_in_: their names, where they are known.

    >>> from nn import data
    >>> X, y = data.moons(60, noise=0.05, seed=0)
    >>> classifier = Classifier(hidden=(8,), activation="tanh", epochs=30, learning_rate=0.1).fit(X, y)
    >>> classifier.score(X, y) > 0.9
    True
    """

    feature_names_in_: _Array

    def __init__(
        self,
        hidden: Sequence[int] = (16, 16),
        activation: str = "relu",
        *,
        loss: str = "auto",
        optimizer: str | Optimizer = "adam",
        learning_rate: float = 0.01,
        epochs: int = 60,
        batch_size: int | None = 16,
        patience: int | None = None,
        weight_init: str = "auto",
        standardize: bool = True,
        seed: Seed = 0,
        progress: bool | None = None,
    ) -> None:
        self.hidden = hidden
        self.activation = activation
        self.loss = loss
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.epochs = epochs
        self.batch_size = batch_size
        self.patience = patience
        self.weight_init = weight_init
        self.standardize = standardize
        self.seed = seed
        self.progress = progress

    def fit(self, X: Any, y: Any, validation: tuple[Any, Any] | None = None) -> Classifier:
        """Train on rows X, shape (rows, columns), and their labels y, shape (rows,): numbers, text or booleans.

        Args:
            X: finite numbers.
            y: the class of each row; at least two classes.
            validation: rows and labels to judge by, never learnt from. With them, or with `patience`, the model ends
                with the weights of the best epoch, ``history_.best_epoch``, else with those of the last.

        Raises:
            DataError, LengthError: the table cannot be learnt from as it is.
        """
        X = _table(X)
        labels = _labels(y, len(X))
        try:
            classes, encoded = np.unique(labels, return_inverse=True)
        except TypeError:
            raise DataError("y mixes labels of kinds that cannot be sorted together, like None and text") from None
        if not isinstance(self.hidden, Sequence | np.ndarray) or isinstance(self.hidden, str):
            raise OperandError(f"hidden is a sequence of sizes like (16, 16), got {self.hidden!r}")
        if self.loss in REGRESSION:
            raise OperandError(f"loss {self.loss!r} compares numbers, not classes: use 'auto' or 'hinge'")
        if len(classes) < 2:
            raise DataError(f"y has one class only, {classes[0]!r}: a classifier needs rows of two classes at least")
        standardizer = Standardizer.fit(X) if self.standardize else None
        n_outputs = 1 if len(classes) == 2 else len(classes)
        model = MLP(X.shape[1], [*self.hidden, n_outputs], self.activation, init=self.weight_init, seed=self.seed)
        history = fit(
            model,
            _scaled(X, standardizer),
            encoded,
            loss=self.loss,
            optimizer=self.optimizer,
            learning_rate=None if isinstance(self.optimizer, Optimizer) else self.learning_rate,
            epochs=self.epochs,
            batch_size=self.batch_size,
            patience=self.patience,
            validation=None if validation is None else _held_out(*pair(validation), classes, standardizer),
            seed=self.seed,
            progress=self.progress,
        )
        # All at once, at the end: a fit that fails leaves what an earlier one has learnt.
        self.classes_, self.n_features_in_, self.standardizer_ = classes, X.shape[1], standardizer
        self.model_, self.history_, self.n_iter_ = model, history, len(history)
        vars(self).pop("feature_names_in_", None)  # those of an earlier table
        return self

    def outputs(self, X: Any) -> _Array:
        """Return the scores (logits) of rows X: (rows, 1) for two classes, else (rows, classes)."""
        self._check_fitted()
        X = _table(X)
        if X.shape[1] != self.n_features_in_:
            raise LengthError(
                f"X has {X.shape[1]} features, but Classifier is expecting {self.n_features_in_} features as input"
            )
        return self.model_.outputs(self.scaled(X))

    def decision_function(self, X: Any) -> _Array:
        """Return the scores: (rows,), positive for the second class, if there are two classes; else (rows, classes)."""
        scores = self.outputs(X)
        return scores[:, 0] if scores.shape[1] == 1 else scores

    def predict_proba(self, X: Any) -> _Array:
        """Return the probability of every class, (rows, classes); columns in the order of ``classes_``."""
        scores = self.outputs(X)
        if scores.shape[1] == 1:
            second = np.array([sigmoid(score) for score in scores[:, 0].tolist()])
            return np.column_stack([1.0 - second, second])
        powers = np.exp(scores - scores.max(axis=1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True))

    def predict(self, X: Any) -> _Array:
        """Return the most probable class of each row, (rows,), named as in training."""
        scores = self.outputs(X)
        return np.asarray(self.classes_[chosen(scores)])

    def score(self, X: Any, y: Any) -> float:
        """Return the accuracy on rows X with labels y: the fraction that is right."""
        predicted = self.predict(X)
        return float(np.mean(predicted == _labels(y, len(predicted))))

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the constructor's arguments, as scikit-learn's model selection asks for them."""
        return {name: getattr(self, name) for name in inspect.signature(type(self)).parameters}

    def set_params(self, **params: Any) -> Classifier:
        """Set constructor arguments by name."""
        known = inspect.signature(type(self)).parameters
        for name, value in params.items():
            if name not in known:
                raise OperandError(f"Invalid parameter {name!r} for Classifier; valid ones: {', '.join(known)}")
            setattr(self, name, value)
        return self

    def __repr__(self) -> str:
        defaults = {name: p.default for name, p in inspect.signature(type(self)).parameters.items()}
        changed = [f"{name}={value!r}" for name, value in self.get_params().items() if value != defaults[name]]
        return f"Classifier({', '.join(changed)})"

    def __sklearn_tags__(self) -> Any:
        from sklearn.utils import ClassifierTags, InputTags, Tags, TargetTags

        return Tags("classifier", TargetTags(required=True), classifier_tags=ClassifierTags(), input_tags=InputTags())

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "model_")

    def _check_fitted(self) -> None:
        if not hasattr(self, "model_"):
            raise _from_sklearn("NotFittedError", DataError)("this Classifier is not fitted yet: call fit(X, y) first")

    def scaled(self, X: _Array) -> _Array:
        """Return rows of the table as the model takes them: standardised, if it was trained so."""
        return _scaled(X, self.standardizer_)


def model_of(given: object) -> str:
    """Return the mend, for an error's end, where a Classifier was given instead of its model; else nothing."""
    return ": pass classifier.model_, and classifier.scaled(X) for X" if isinstance(given, Classifier) else ""


def _scaled(X: _Array, standardizer: Standardizer | None) -> _Array:
    return X if standardizer is None else standardizer.transform(X)


def _held_out(X: Any, y: Any, classes: _Array, standardizer: Standardizer | None) -> tuple[_Array, _Array]:
    """Validation rows as the model takes them, and their classes counted from 0."""
    X = _table(X)
    labels = _labels(y, len(X))
    unknown = np.setdiff1d(labels, classes)
    if len(unknown):
        raise DataError(f"the validation rows have the class {unknown[0]!r}, which the training rows have not")
    return _scaled(X, standardizer), np.searchsorted(classes, labels)


def _table(X: Any) -> _Array:
    if hasattr(X, "toarray"):
        raise OperandError("sparse input is not supported: pass X.toarray()")
    matrix = rows_of_numbers("X", X)
    if matrix.ndim != 2:
        raise DataError(
            f"X must have the shape (rows, columns), got {matrix.shape}. Reshape your data: X.reshape(-1, 1) if it is "
            "one column, X.reshape(1, -1) if it is one row"
        )
    if 0 in matrix.shape:
        raise DataError(
            f"X is empty: {matrix.shape[0]} sample(s) and {matrix.shape[1]} feature(s) (shape={matrix.shape}) "
            "while a minimum of 1 is required."
        )
    if not np.isfinite(matrix).all():
        row, column = np.argwhere(~np.isfinite(matrix))[0]
        raise DataError(
            f"X contains {matrix[row, column]} (NaN, infinity or a missing cell) in row {row}, column {column}: "
            "fill in or drop such rows first"
        )
    return matrix


def _labels(y: Any, rows: int) -> _Array:
    if y is None:
        raise DataError("Classifier requires y to be passed, but the target y is None")
    labels = np.asarray(y)
    if labels.ndim == 2 and labels.shape[1] == 1:
        kind = _from_sklearn("DataConversionWarning", UserWarning)
        warnings.warn("A column-vector y was passed when a 1d array was expected: pass y.ravel()", kind, stacklevel=3)
        labels = labels[:, 0]
    if labels.ndim != 1:
        raise DataError(f"y must have the shape (rows,), got {labels.shape}")
    if len(labels) != rows:
        raise LengthError(f"X has {rows} rows but y has {len(labels)} labels: give one label per row")
    if labels.dtype.kind == "f" and not (np.isfinite(labels).all() and (labels == np.floor(labels)).all()):
        raise DataError("Unknown label type: y holds fractions (or NaN), which look like measurements, not classes")
    return labels


def _from_sklearn(name: str, otherwise: type[Any]) -> type[Any]:
    """scikit-learn's own exception where scikit-learn is loaded: its pipelines and checks look for it."""
    found: type[Any] = getattr(sys.modules.get("sklearn.exceptions"), name, otherwise)
    return found
