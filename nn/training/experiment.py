"""One experiment: a table, split into rows to learn from and rows held out, and a classifier trained on the first."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from autograd import DataError, UnknownNameError
from nn import data
from nn.data.csv_file import load_csv
from nn.data.table import Table
from nn.estimator import Classifier

__all__ = ["Experiment", "read_table", "run"]

_Array = np.ndarray[Any, np.dtype[Any]]

#: From how many rows on some can be spared for validation.
VALIDATION_FROM = 20


@dataclass(frozen=True)
class Experiment:
    """A trained classifier with the rows it learnt from and those it never saw.

    Attributes:
        name: of the data.
        classifier: trained; its classes are the table's class names.
        X_train, y_train: the rows it learnt from, (rows, features) and (rows,) class names.
        X_test, y_test: the rows held out.
        feature_names: one per column.
    """

    name: str
    classifier: Classifier
    X_train: _Array
    y_train: _Array
    X_test: _Array
    y_test: _Array
    feature_names: tuple[str, ...]

    @property
    def accuracy(self) -> float:
        """The fraction of held-out rows whose class is right."""
        return self.classifier.score(self.X_test, self.y_test)


def read_table(
    source: str,
    *,
    target: str | None = None,
    samples: int | None = None,
    noise: float | None = None,
    seed: int = 0,
) -> Table:
    """Return a generated data set by its name, or the table in a CSV file.

    Args:
        source: a name of :data:`nn.data.generated.GENERATORS`, or a path that ends in ``.csv`` (or holds a separator).
        target: the column to predict, of a file; its last one unless told.
        samples: rows to generate; 200 unless told.
        noise: of the generated rows; each data set's own unless told.
        seed: of the generated rows.

    Raises:
        UnknownNameError: neither a data set nor a file.
        DataError: the file cannot be learnt from as it is, or an argument does not go with the source.
    """
    if source in data.GENERATORS:
        if target is not None:
            raise DataError(f"target {target!r} is for CSV files: {source} is generated, and has its own classes")
        X, y = data.generate(source, 200 if samples is None else samples, noise=noise, seed=seed)
        names = tuple(str(label) for label in np.unique(y))
        return Table(X, y, tuple(f"x{i + 1}" for i in range(X.shape[1])), names, "class")
    if source and (Path(source).suffix or Path(source).exists() or "/" in source):
        for name, given in (("samples", samples), ("noise", noise)):
            if given is not None:
                raise DataError(f"{name} {given} is for generated data: {source} is a file, and is taken as it is")
        table = load_csv(source, target)
        if table.task == "regression":
            what = "its numbers are measurements, it seems; this is for classification"
            raise DataError(f"{source}, column {table.target_name!r}: {what}")
        return table
    raise UnknownNameError("data set", source, [*data.GENERATORS, "FILE.csv"])


def run(name: str, table: Table, classifier: Classifier, *, test_fraction: float = 0.25, seed: int = 0) -> Experiment:
    """Split `table`, train `classifier` on the larger part, and return both.

    A fifth of that part is kept for validation: by it training stops early and knows its best weights. Nothing is
    chosen by the held-out rows.

    >>> table = read_table("moons", samples=80, noise=0.1)
    >>> experiment = run("moons", table, Classifier((8,), "tanh", epochs=30, learning_rate=0.05))
    >>> experiment.accuracy > 0.7, len(experiment.X_test)
    (True, 20)
    """
    names = np.array(table.class_names)
    X, X_test, y, y_test = data.train_test_split(table.X, table.y, test_fraction=test_fraction, seed=seed)
    validation = None
    if len(X) >= VALIDATION_FROM:
        X, X_validation, y, y_validation = data.train_test_split(X, y, test_fraction=0.2, seed=seed)
        validation = X_validation, names[y_validation]
    classifier.fit(X, names[y], validation=validation)
    classifier.feature_names_in_ = np.array(table.feature_names, dtype=object)
    return Experiment(name, classifier, X, names[y], X_test, names[y_test], table.feature_names)
