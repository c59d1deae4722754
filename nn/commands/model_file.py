"""A saved model as a command line uses it: rows in the units of the table, targets by their names."""

from __future__ import annotations

import os
from typing import Any, NamedTuple

import numpy as np

from autograd import DataError, LengthError, UnknownNameError
from nn.data.csv_file import load_columns
from nn.estimators import Classifier, Regressor
from nn.layers import MLP, Layer
from nn.module import Module
from nn.storage import load
from nn.training.task import Task, chosen

__all__ = ["Model", "read_model"]

_Array = np.ndarray[Any, np.dtype[Any]]


class Model(NamedTuple):
    """What a file holds: an estimator or None, and the module that computes.

    Attributes:
        estimator: a Classifier or a Regressor, or None for a module saved by itself.
        module: takes a sample as the estimator scales it.
    """

    estimator: Classifier | Regressor | None
    module: Module

    @property
    def names(self) -> list[str] | None:
        """The names of the columns, where the model knows them."""
        found = getattr(self.estimator, "feature_names_in_", None)
        return None if found is None else list(map(str, found))

    @property
    def width(self) -> int:
        """How many numbers a row has."""
        first = self.module.layers[0] if isinstance(self.module, MLP) else self.module
        width = first.n_in if isinstance(first, Layer) else len(getattr(first, "w", ()))
        if not width:
            raise DataError(f"a {type(self.module).__name__} does not say how many inputs it takes")
        return width

    @property
    def loss(self) -> Any:
        """What it was trained with; ``"auto"`` for a module saved by itself."""
        return "auto" if self.estimator is None else self.estimator.loss

    def row(self, text: str) -> _Array:
        """Return the row that a text like ``5.1,3.5,1.4,0.2`` holds, in the units of the table.

        Raises:
            DataError: a part is no number.
            LengthError: too many or too few.
        """
        try:
            numbers = [float(part) for part in text.replace(",", " ").split()]
        except ValueError:
            raise DataError(f"a row is numbers with commas between them, like 5.1,3.5; got {text!r}") from None
        if len(numbers) != self.width:
            named = f": {', '.join(self.names)}" if self.names else ""
            raise LengthError(f"the model takes {self.width} numbers{named}; the row {text!r} has {len(numbers)}")
        if not np.isfinite(numbers).all():
            raise DataError(f"a row is finite numbers, got {text!r}")
        return np.array(numbers)

    def rows(self, path: str | os.PathLike[str]) -> _Array:
        """Return the rows of a CSV file, its columns by name where the model knows names."""
        return load_columns(path, self.names or self.width)

    def samples(self, X: _Array) -> _Array:
        """Return rows as the module takes them."""
        return X if self.estimator is None else self.estimator.scaled(X)

    def answers(self, X: _Array) -> list[Any]:
        """Return what the model says of each row: a class, a number, or a list of outputs."""
        if self.estimator is not None:
            return list(self.estimator.predict(X).tolist())
        outputs = self.module.outputs(X)
        return list((outputs[:, 0] if outputs.shape[1] == 1 else outputs).tolist())

    def target(self, text: str | None, row: _Array) -> Any:
        """Return what the loss compares the output for `row` with: what `text` names, or the model's own answer.

        Raises:
            UnknownNameError, DataError: `text` is no class of the model, or no number.
        """
        module = self.module
        if isinstance(self.estimator, Regressor):
            number = self.answers(row[np.newaxis])[0] if text is None else _number(text)
            scale = self.estimator.target_standardizer_
            return number if scale is None else float(scale.transform(np.array([[number]]))[0, 0])
        outputs = module.outputs(self.samples(row[np.newaxis]))
        task = Task(self.loss, outputs.shape[1])
        if self.estimator is not None:
            known = list(map(str, self.estimator.classes_.tolist()))
            if text is not None and text not in known:
                raise UnknownNameError("class", text, known)
        if text is None:
            index: float = chosen(outputs)[0] if task.classifies else outputs[0, 0]
        else:
            index = _number(text) if self.estimator is None else known.index(text)
        return next(iter(task.targets(np.array([index]))))


def read_model(path: str | os.PathLike[str]) -> Model:
    """Read a model that ``nn.save`` or ``python -m nn`` wrote.

    Raises:
        StorageError: it is none, or not whole.
        OSError: the file cannot be read.
    """
    found = load(path)
    if isinstance(found, Classifier | Regressor):
        return Model(found, found.model_)
    return Model(None, found)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise DataError(f"the target must be a number, got {text!r}") from None
