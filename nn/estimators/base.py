"""``Estimator``: what classifier and regressor share: from tables to a trained MLP, at once or call by call.

Columns are standardised, the model is trained by :func:`nn.training.fit`, and nothing of what an earlier fit has learnt
is lost when a later one fails. scikit-learn itself is not needed.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, Self

import numpy as np

from autograd import DataError, OperandError
from nn.checks import pair, weights_of
from nn.data.rows import Moments, Standardizer, train_test_split
from nn.estimators.inputs import Columns, Target, table_of_numbers
from nn.estimators.interface import Interface
from nn.estimators.online import Online
from nn.init import generator
from nn.layers import MLP
from nn.optim import Optimizer, chain, optimizer_named, weight_decay
from nn.training.engine import write
from nn.training.fit import History, fit
from nn.training.task import Task

__all__ = ["Estimator"]

_Array = np.ndarray[Any, np.dtype[Any]]

#: Epochs without progress after which early stopping ends the training, unless `patience` says so.
PATIENCE = 10


class Estimator(Interface, ABC):
    """The base of :class:`nn.Classifier` and :class:`nn.Regressor`, which describe the arguments."""

    hidden: Sequence[int]
    activation: str
    loss: Any
    optimizer: str | Optimizer
    learning_rate: float
    weight_decay: float
    epochs: int
    batch_size: int | None
    early_stopping: bool
    validation_fraction: float
    patience: int | None
    warm_start: bool
    weight_init: str
    standardize: bool
    seed: Any
    random_state: Any
    progress: bool | None

    model_: MLP
    history_: History
    standardizer_: Standardizer | None
    n_features_in_: int
    n_iter_: int
    feature_names_in_: _Array

    # What kinds of estimators differ in.

    @abstractmethod
    def _checked(self, y: Any, rows: int) -> _Array:
        """Return what to learn as an array of the right length."""

    @abstractmethod
    def _target(self, y: _Array, weights: _Array | None) -> Target:
        """Return what to learn as the model takes it."""

    @abstractmethod
    def _encoded(self, y: _Array, fitted: dict[str, Any]) -> _Array:
        """Return further targets as the model takes them, given the attributes of those it learns from."""

    @abstractmethod
    def _strata(self, y: _Array) -> _Array | None:
        """Return the groups of which a held-out part should have its share, or None."""

    # Training.

    def fit(self, X: Any, y: Any, sample_weight: Any = None, *, validation: tuple[Any, Any] | None = None) -> Self:
        """Train on the rows of a table.

        Args:
            X: (rows, columns) finite numbers: an array, a list of rows, or a data frame, whose names are kept.
            y: what to learn of each row.
            sample_weight: how much each row counts, (rows,), at least 0; 2 is as good as the row twice.
            validation: rows and their targets to judge by, never learnt from. With them, with `early_stopping` or with
                `patience`, the model ends with the weights of the best epoch, ``history_.best_epoch``, else with those
                of the last.

        Raises:
            DataError, LengthError: the table cannot be learnt from as it is.
            OperandError, UnknownNameError: an argument of the constructor is wrong.
        """
        self._check_settings()
        matrix, names, labels, weights = self._rows(X, y, sample_weight)
        target = self._target(labels, weights)
        rng = self._generator()
        rows, held_out = np.arange(len(matrix)), None
        if validation is not None:
            held_out = self._held_out(*pair(validation), target, self._like(matrix.shape[1], names))
        elif self.early_stopping:
            rows, judged = self._split(target.y, rng)
            held_out = matrix[judged], target.y[judged]
        own = None if target.weights is None else target.weights[rows]
        seen = Moments.of(matrix[rows], own) if self.standardize else None
        standardizer = None if seen is None else seen.standardizer
        model = self._model(matrix.shape[1], target, rng)
        history = fit(
            model,
            _scaled(matrix[rows], standardizer),
            target.y[rows],
            sample_weight=own,
            loss=self.loss,
            optimizer=self._optimizer(),
            epochs=self.epochs,
            batch_size=self.batch_size,
            patience=PATIENCE if self.early_stopping and self.patience is None else self.patience,
            validation=None if held_out is None else (_scaled(held_out[0], standardizer), held_out[1]),
            seed=rng,
            progress=self.progress,
        )
        # All at once, at the end: a fit that fails leaves what an earlier one has learnt.
        self._learnt(model, history, standardizer, names, target)
        self._seen, self._online, self._rng, self._optimizer_state = seen, None, rng, None
        return self

    def _partial_fit(self, X: Any, y: Any, sample_weight: Any, target: Target | None) -> Self:
        """Learn from some rows, once; `target` is given on the first call, when there is no model yet."""
        self._check_settings()
        matrix, names, labels, weights = self._rows(X, y, sample_weight, None if target else self._columns)
        if target is None:
            model, seen, history = self.model_, self._seen, getattr(self, "history_", History())
            y_ = self._encoded(labels, vars(self))
            rng, state = self._rng or self._generator(), self._optimizer_state
            standardizer = self.standardizer_
            if seen is not None:
                seen = seen.merged(Moments.of(matrix, weights))
                standardizer = seen.standardizer
        else:
            rng = self._generator()
            seen = Moments.of(matrix, weights) if self.standardize else None
            standardizer = None if seen is None else seen.standardizer
            model, history, state = self._model(matrix.shape[1], target, rng), History(), None
            y_ = self._encoded(labels, target.fitted)
        task = Task(self.loss, len(model.layers[-1].neurons))
        online = self._online if target is None and self._online else Online(model, task, self._optimizer(), state)
        size = len(matrix) if self.batch_size is None else self.batch_size
        rows = _scaled(matrix, standardizer)
        share = None if weights is None else weights * (len(weights) / weights.sum())
        online.take(rows, y_, share, size, rng)
        record = {"epoch": float(len(history) + 1), "loss": task.cost(model.outputs(rows), task.targets(y_))}
        history.records.append(record)
        history.best_epoch = len(history)
        if target is not None:
            self._learnt(model, history, standardizer, names, target)
        self.standardizer_, self.history_, self.n_iter_ = standardizer, history, len(history)
        self._seen, self._online, self._rng, self._optimizer_state = seen, online, rng, online.state
        return self

    _seen: Moments | None = None
    _online: Online | None = None
    _rng: np.random.Generator | None = None
    _optimizer_state: Any = None
    _fitted_on_names = False  # who sets feature_names_in_ by hand knows the columns of the arrays to come

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "_online": None}  # a compiled program is made anew where it is needed

    def _rows(
        self, X: Any, y: Any, sample_weight: Any, like: Columns | None = None
    ) -> tuple[_Array, _Array | None, _Array, _Array | None]:
        """Return the table, its names, the targets and the weights, without the rows of weight 0."""
        matrix, names = table_of_numbers(X, like)
        labels = self._checked(y, len(matrix))
        weights = weights_of(sample_weight, len(matrix))
        if weights is not None and not weights.all():
            kept = np.flatnonzero(weights)
            matrix, labels, weights = matrix[kept], labels[kept], weights[kept]
        return matrix, names, labels, weights

    def _held_out(self, X: Any, y: Any, target: Target, like: Columns) -> tuple[_Array, _Array]:
        matrix, _ = table_of_numbers(X, like)
        return matrix, self._encoded(self._checked(y, len(matrix)), target.fitted)

    def _split(self, y: _Array, rng: np.random.Generator) -> tuple[_Array, _Array]:
        """Return the numbers of the rows to learn from and of those to stop by."""
        if not isinstance(self.validation_fraction, float) or not 0.0 < self.validation_fraction < 1.0:
            raise DataError(f"validation_fraction must be above 0 and below 1, got {self.validation_fraction!r}")
        strata = self._strata(y)
        groups = np.zeros(len(y)) if strata is None else strata
        try:
            rows, judged, _, _ = train_test_split(
                np.arange(len(y)), groups, test_fraction=self.validation_fraction, seed=rng, stratify=strata is not None
            )
        except DataError as error:
            raise DataError(f"early_stopping holds rows out, but {error}") from None
        return rows, judged

    def _model(self, n_in: int, target: Target, rng: np.random.Generator) -> MLP:
        """Return a model to train: a new one, or with `warm_start` a copy of what was learnt."""
        sizes = [*self.hidden, target.n_outputs]
        model = MLP(n_in, sizes, self.activation, init=self.weight_init, seed=rng)
        if self.warm_start and self.__sklearn_is_fitted__():
            old = self.model_
            had, wants = ([layer.n_in, len(layer.neurons)] for layer in (old.layers[0], old.layers[-1])), model.layers
            if list(map(list, had)) != [[each.n_in, len(each.neurons)] for each in (wants[0], wants[-1])] or len(
                old.parameters()
            ) != len(model.parameters()):
                raise DataError(
                    "warm_start goes on from the weights of the last fit, but the table or `hidden` has changed its "
                    "size: set warm_start=False, or fit a clone"
                )
            write(model.parameters(), np.array([parameter.data for parameter in old.parameters()]))
        return model

    def _generator(self) -> np.random.Generator:
        return generator(self.seed if self.random_state is None else self.random_state)

    def _optimizer(self) -> Optimizer:
        if isinstance(self.optimizer, Optimizer):
            return self.optimizer
        steps = optimizer_named(self.optimizer, self.learning_rate)
        return chain(weight_decay(self.weight_decay), steps) if self.weight_decay else steps

    def _check_settings(self) -> None:
        if not isinstance(self.hidden, Sequence | np.ndarray) or isinstance(self.hidden, str):
            raise OperandError(f"hidden is a sequence of sizes like (16, 16), got {self.hidden!r}")
        if not isinstance(self.activation, str):
            raise OperandError(
                f"activation is one name for all hidden layers, like 'tanh', got {self.activation!r}; layers that "
                "differ are made by hand: model.layers[1] = Layer(16, 8, 'relu') of an MLP, then nn.fit(model, X, y)"
            )

    def _learnt(
        self,
        model: MLP,
        history: History,
        standardizer: Standardizer | None,
        names: _Array | None,
        target: Target,
    ) -> None:
        vars(self).pop("feature_names_in_", None)  # those of an earlier table
        vars(self).update(target.fitted)
        self.model_, self.history_, self.n_iter_ = model, history, len(history)
        self.n_features_in_, self.standardizer_ = model.layers[0].n_in, standardizer
        self._fitted_on_names = names is not None
        if names is not None:
            self.feature_names_in_ = names

    # What was learnt.

    @property
    def _columns(self) -> Columns:
        """The columns that a table must have."""
        return self._like(self.n_features_in_, getattr(self, "feature_names_in_", None))

    def _like(self, width: int, names: _Array | None) -> Columns:
        return Columns(type(self).__name__, width, names, self._fitted_on_names)

    def outputs(self, X: Any) -> _Array:
        """Return the outputs of the model, (rows, outputs), for rows X of the table."""
        self._check_fitted()
        matrix, _ = table_of_numbers(X, self._columns)
        return self.model_.outputs(self.scaled(matrix))

    def scaled(self, X: _Array) -> _Array:
        """Return rows of the table as the model takes them: standardised, if it was trained so."""
        return _scaled(X, self.standardizer_)

    @property
    def coefs_(self) -> list[_Array]:
        """The weights of each layer, (inputs, neurons), as in scikit-learn's MLPs."""
        self._check_fitted()
        return [np.array([[w.data for w in neuron.w] for neuron in layer.neurons]).T for layer in self.model_.layers]

    @property
    def intercepts_(self) -> list[_Array]:
        """The biases of each layer, (neurons,)."""
        self._check_fitted()
        return [np.array([0.0 if n.b is None else n.b.data for n in layer.neurons]) for layer in self.model_.layers]

    @property
    def loss_curve_(self) -> list[float]:
        """The training loss after each epoch."""
        self._check_fitted()
        return self.history_["loss"]


def _scaled(X: _Array, standardizer: Standardizer | None) -> _Array:
    return X if standardizer is None else standardizer.transform(X)
