"""``Table``: numbers and a target, ready to learn from; and whether a target looks like classes or measurements."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd.errors import UnknownNameError

__all__ = ["TASKS", "Table", "check_task", "look_like_measurements"]

#: What a table can be learnt for.
TASKS = ("classification", "regression")
#: A target with more distinct values than this is looked at twice: are they classes, measurements, or names of rows?
MANY_CLASSES = 20


@dataclass(frozen=True, eq=False)
class Table:
    """A table ready to learn from: n rows, d features.

    `X` is float64, (n, d), in the units of the file; `feature_names` are the d column names in the order of the file,
    and `target_name` is that of the column that became `y`. For classification `y` is int64, (n,), places in
    `class_names`; for regression it is float64, (n,), and `class_names` is empty.

    >>> Table(np.array([[1.4], [5.1]]), np.array([0, 1]), ("petal",), ("setosa", "virginica"), "species").X.shape
    (2, 1)
    """

    X: NDArray[np.float64]
    y: NDArray[Any]
    feature_names: tuple[str, ...]
    class_names: tuple[str, ...]
    target_name: str

    @property
    def task(self) -> str:
        """``"classification"`` or ``"regression"``."""
        return TASKS[0] if self.class_names else TASKS[1]

    @property
    def labels(self) -> NDArray[Any]:
        """The target as an estimator takes it, (n,): the classes by name, or the numbers."""
        return np.array(self.class_names)[self.y] if self.class_names else self.y


def check_task(task: str | None) -> None:
    """Raise UnknownNameError unless `task` is one of :data:`TASKS`, or None.

    >>> check_task("regression")
    """
    if task is not None and task not in TASKS:
        raise UnknownNameError("task", task, TASKS)


def look_like_measurements(numbers: Iterable[float]) -> bool:
    """Tell whether a numeric target is something measured or counted: no classifier learns it, a regression does.

    Numbers of only two values are classes. Beyond that, fractions are measurements, as in scikit-learn's
    ``type_of_target``; whole numbers are where there are more than 20 different ones, or fewer than two rows of each.

    >>> look_like_measurements([0.5, 1.5, 2.25]), look_like_measurements([1, 2, 3] * 2), look_like_measurements([0, 1])
    (True, False, False)
    """
    values = list(numbers)
    distinct = set(values)
    if len(distinct) <= 2:
        return False
    if not all(float(value).is_integer() for value in distinct):
        return True
    return len(distinct) > MANY_CLASSES or 2 * len(distinct) > len(values)
