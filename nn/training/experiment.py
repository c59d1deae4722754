"""One experiment: a table, split into rows to learn from and rows held out, and an estimator trained on the first."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from autograd import DataError, UnknownNameError
from nn import data
from nn.data.csv_file import load_csv
from nn.data.frames import load_parquet
from nn.data.table import TASKS, Table
from nn.estimators import Classifier, Regressor

__all__ = ["Experiment", "estimator_for", "read_table", "run"]

_Array = np.ndarray[Any, np.dtype[Any]]

#: From how many rows on some can be spared for validation.
VALIDATION_FROM = 20
#: Names that end like this are Parquet files; all others are CSV.
PARQUET = (".parquet", ".pq")


@dataclass(frozen=True)
class Experiment:
    """A trained estimator with the rows it learnt from and those it never saw.

    Attributes:
        name: of the data.
        estimator: trained; a classifier's classes are the table's class names.
        X_train, y_train: the rows it learnt from, (rows, features), and their class names or numbers, (rows,).
        X_test, y_test: the rows held out.
        feature_names: one per column.
        target_name: of what was learnt.
        validated: how many further rows the best epoch was chosen by.
    """

    name: str
    estimator: Classifier | Regressor
    X_train: _Array
    y_train: _Array
    X_test: _Array
    y_test: _Array
    feature_names: tuple[str, ...]
    target_name: str
    validated: int = 0

    @property
    def classifies(self) -> bool:
        """Whether it learnt classes."""
        return isinstance(self.estimator, Classifier)

    @property
    def classifier(self) -> Classifier:
        """The estimator, of an experiment that learnt classes."""
        assert isinstance(self.estimator, Classifier)
        return self.estimator

    @property
    def score(self) -> float:
        """On the held-out rows: the fraction whose class is right; of a regression R², 1 at best."""
        return self.estimator.score(self.X_test, self.y_test)

    @property
    def accuracy(self) -> float:
        """The fraction of held-out rows whose class is right."""
        return self.classifier.score(self.X_test, self.y_test)


def read_table(
    source: str,
    *,
    target: str | None = None,
    task: str | None = None,
    samples: int | None = None,
    noise: float | None = None,
    seed: int = 0,
) -> Table:
    """Return a generated data set by its name, or the table in a CSV or Parquet file.

    Args:
        source: a name of :data:`nn.data.generated.GENERATORS`, or a path: one that ends in ``.csv`` or ``.parquet``,
            or that holds a separator.
        target: the column to predict, of a file; its last one unless told.
        task: ``"classification"`` or ``"regression"``, of a file; unless told, what the target looks like.
        samples: rows to generate; 200 unless told.
        noise: of the generated rows; each data set's own unless told.
        seed: of the generated rows.

    Raises:
        UnknownNameError: neither a data set nor a file.
        DataError: the file cannot be learnt from as it is, or an argument does not go with the source.
    """
    if source in data.GENERATORS:
        for name, given in (("target", target), ("task", task)):
            if given is not None:
                raise DataError(f"{name} {given!r} is for CSV files: {source} is generated, and has its own classes")
        X, y = data.generate(source, 200 if samples is None else samples, noise=noise, seed=seed)
        names = tuple(str(label) for label in np.unique(y))
        return Table(X, y, tuple(f"x{i + 1}" for i in range(X.shape[1])), names, "class")
    if source and (Path(source).suffix or Path(source).exists() or "/" in source):
        for option, number in (("samples", samples), ("noise", noise)):
            if number is not None:
                raise DataError(f"{option} {number} is for generated data: {source} is a file, and is taken as it is")
        load = load_parquet if source.lower().endswith(PARQUET) else load_csv
        return load(source, target, task=task)
    raise UnknownNameError("data set", source, [*data.GENERATORS, "FILE.csv", "FILE.parquet"])


def estimator_for(table: Table, *args: Any, **settings: Any) -> Classifier | Regressor:
    """Return an estimator of the table's kind, with these settings.

    >>> estimator_for(read_table("moons"), (8,), epochs=30)
    Classifier(hidden=(8,), epochs=30)
    """
    return Classifier(*args, **settings) if table.task == TASKS[0] else Regressor(*args, **settings)


def run(
    name: str, table: Table, estimator: Classifier | Regressor, *, test_fraction: float = 0.25, seed: int = 0
) -> Experiment:
    """Split `table`, train `estimator` on the larger part, and return both.

    A fifth of that part is kept for validation: by it training stops early and knows its best weights. Nothing is
    chosen by the held-out rows.

    Raises:
        DataError: there are too few rows to hold some out.

    >>> table = read_table("moons", samples=80, noise=0.1)
    >>> experiment = run("moons", table, Classifier((8,), "tanh", epochs=30, learning_rate=0.05))
    >>> experiment.accuracy > 0.7, len(experiment.X_test)
    (True, 20)
    """
    classes = table.task == TASKS[0]
    if classes and np.bincount(table.y).max() < 2:
        what = f"every class has a single row ({len(table.y)} in all), so none can be held out to judge by"
        raise DataError(f"{name}, column {table.target_name!r}: {what}; give at least two rows of a class")
    if not classes and len(table.y) < 4:
        raise DataError(f"{name} has {len(table.y)} rows: give 4 at least, so that two can be held out to judge by")
    X, X_test, y, y_test = data.train_test_split(
        table.X, table.y, test_fraction=test_fraction, seed=seed, stratify=classes
    )
    if not classes and len(y_test) < 2:
        raise DataError(f"{len(y_test)} held-out row tells nothing of a regression: raise test_fraction, or give more")
    labels = np.array(table.class_names) if classes else None
    validation = None
    if len(X) >= VALIDATION_FROM:
        X, X_validation, y, y_validation = data.train_test_split(X, y, test_fraction=0.2, seed=seed, stratify=classes)
        validation = X_validation, _named(y_validation, labels)
    estimator.fit(X, _named(y, labels), validation=validation)
    estimator.feature_names_in_ = np.array(table.feature_names, dtype=object)
    return Experiment(
        name, estimator, X, _named(y, labels), X_test, _named(y_test, labels), table.feature_names, table.target_name,
        0 if validation is None else len(validation[0]),
    )  # fmt: skip


def _named(y: _Array, labels: _Array | None) -> _Array:
    return y if labels is None else labels[y]
