"""Rows of data: standardising their columns, splitting them for a test, taking them in minibatches.

Nothing here reads or changes NumPy's global random state.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autograd.errors import DataError, LengthError, OperandError

__all__ = ["Moments", "Standardizer", "batches", "count", "drawing", "train_test_split"]

FloatArray: TypeAlias = NDArray[np.float64]
IntArray: TypeAlias = NDArray[np.int64]
Dataset: TypeAlias = tuple[FloatArray, IntArray]
Seed: TypeAlias = int | np.random.Generator


@dataclass(frozen=True, eq=False)
class Standardizer:
    """Shift and scale every column to mean 0 and standard deviation 1 over the rows it was fitted to.

    `mean` and `scale` have shape (d,) and the units of the columns. Fit on training rows only: no test row may leak.

    >>> s = Standardizer.fit([[1.0, 7.0], [3.0, 7.0]])
    >>> s.transform([[3.0, 8.0]]).tolist()  # the constant column keeps its scale: 8 - 7 = 1
    [[1.0, 1.0]]
    """

    mean: FloatArray
    scale: FloatArray

    @classmethod
    def fit(cls, X: ArrayLike, weights: FloatArray | None = None) -> Standardizer:
        """Take mean and population standard deviation of X, (n, d), each row counted by its weight, (n,), if given.

        Raises:
            DataError: X is empty, no table, masked or not finite.
        """
        return Moments.of(X, weights).standardizer

    def transform(self, X: ArrayLike) -> FloatArray:
        """Return (X - mean) / scale for rows X, (n, d), or one row, (d,). Raises LengthError for another d."""
        shifted: FloatArray = self._checked(X) - self.mean
        return shifted / self.scale

    def inverse(self, X: ArrayLike) -> FloatArray:
        """Return X * scale + mean: standardised rows, (n, d) or (d,), back in the units of the columns."""
        scaled: FloatArray = self._checked(X) * self.scale
        return scaled + self.mean

    def _checked(self, X: ArrayLike) -> FloatArray:
        rows = _unmasked(X)
        if rows.shape[-1:] != self.mean.shape:
            raise LengthError(f"fitted to {len(self.mean)} columns, but X has the shape {rows.shape}")
        return rows


class Moments(NamedTuple):
    """What rows contribute to a Standardizer, to be merged with what others do.

    Attributes:
        weight: how many rows, or the sum of their weights.
        mean: of each column, (d,).
        spread: the population standard deviation of each column, (d,); 0 for a constant one.

    >>> Moments.of([[1.0], [3.0]]).merged(Moments.of([[5.0]])).mean.tolist()
    [3.0]
    """

    weight: float
    mean: FloatArray
    spread: FloatArray

    @classmethod
    def of(cls, X: ArrayLike, weights: FloatArray | None = None) -> Moments:
        """Return those of rows X, (n, d), with weights, (n,); raises as :meth:`Standardizer.fit` does."""
        rows = _unmasked(X)
        if rows.ndim != 2 or rows.size == 0:
            raise DataError(f"X must be a table (n rows, d columns) that is not empty; got the shape {rows.shape}")
        if not np.isfinite(rows).all():
            row, column = np.argwhere(~np.isfinite(rows))[0]
            raise DataError(f"X must be finite; X[{row}, {column}] is {rows[row, column]}")
        constant = rows.min(axis=0) == rows.max(axis=0)
        # A constant's computed mean may be off by a rounding, which would look like spread.
        mean = np.where(constant, rows[0], np.average(rows, axis=0, weights=weights))
        centred = rows - mean
        # Divided by the largest deviation first, the squares neither overflow nor vanish for any units.
        reach = np.where(constant, 1.0, np.abs(centred).max(axis=0))
        spread = reach * np.sqrt(np.average((centred / reach) ** 2, axis=0, weights=weights))
        return cls(float(len(rows) if weights is None else np.sum(weights)), mean, np.where(constant, 0.0, spread))

    def merged(self, other: Moments) -> Moments:
        """Return those of the rows of both (Chan, Golub and LeVeque 1979)."""
        weight = self.weight + other.weight
        own, share = self.weight / weight, other.weight / weight
        apart = other.mean - self.mean
        reach = np.maximum(np.maximum(self.spread, other.spread), np.abs(apart))
        reach = np.where(reach > 0.0, reach, 1.0)
        variance = own * (self.spread / reach) ** 2 + share * (other.spread / reach) ** 2
        variance += own * share * (apart / reach) ** 2
        return Moments(weight, self.mean + share * apart, reach * np.sqrt(variance))

    @property
    def standardizer(self) -> Standardizer:
        """The standardiser of these rows."""
        return Standardizer(self.mean, np.where(self.spread > 0.0, self.spread, 1.0))


def train_test_split(
    X: ArrayLike, y: ArrayLike, *, test_fraction: float = 0.25, seed: Seed = 0, stratify: bool = True
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Return ``X_train, X_test, y_train, y_test``: X (n, ...) and y (n,) in random order, cut into two parts.

    With `stratify` each class has its share of both parts to within one row, and at least one row in each when it has
    two; a class of a single row goes to training. Pass ``stratify=False`` for targets that are not classes.
    Raises DataError for a fraction outside (0, 1) or too few rows, LengthError when X and y differ in length.

    >>> X, y = np.zeros((40, 2)), np.arange(40) % 2
    >>> X_train, X_test, y_train, y_test = train_test_split(X, y, test_fraction=0.25)
    >>> len(X_train), len(X_test), int(y_test.sum())
    (30, 10, 5)
    """
    rows, labels = np.asarray(X), np.asarray(y)
    if np.ma.is_masked(X) or np.ma.is_masked(y):
        raise DataError("X or y is a masked array with values masked out: drop those rows first")
    if rows.ndim == 0 or labels.ndim != 1:
        raise DataError(f"X must be (n, ...) and y (n,); got the shapes {rows.shape} and {labels.shape}")
    n = len(rows)
    if n != len(labels):
        raise LengthError(f"X has {n} rows, but y has {len(labels)}; they must match row by row")
    if not 0.0 < test_fraction < 1.0:
        raise DataError(f"test_fraction must be above 0 and below 1 (0.25: every fourth row); got {test_fraction!r}")
    if n < 2:
        raise DataError(f"a split needs at least 2 rows; got {n}")
    group = np.unique(labels, return_inverse=True)[1] if stratify else np.zeros(n, dtype=np.int64)
    sizes = np.bincount(group)
    # Rounding the running total, not each share, keeps the test part at test_fraction of all rows.
    running = np.rint(np.concatenate([[0], np.cumsum(sizes)]) * test_fraction).astype(np.int64)
    quotas = np.where(sizes > 1, np.clip(np.diff(running), 1, sizes - 1), 0)
    if not quotas.any():
        raise DataError(
            f"every class has a single row ({n} in all), so none can be held out: give more rows, or stratify=False"
        )
    order = drawing(seed).permutation(n)
    for_test = np.zeros(n, dtype=bool)
    for label, quota in enumerate(quotas):
        for_test[order[group[order] == label][:quota]] = True
    train, test = order[~for_test[order]], order[for_test[order]]
    return rows[train], rows[test], labels[train], labels[test]


def batches(n_rows: int, batch_size: int, rng: np.random.Generator) -> Iterator[IntArray]:
    """Yield one epoch of minibatches: arrays of row numbers, every row once in random order, the last may be shorter.

    `rng` is a Generator kept from epoch to epoch, since a bare seed would give every epoch the same order.

    >>> [len(rows) for rows in batches(10, 4, np.random.default_rng(0))]
    [4, 4, 2]
    """
    if not isinstance(rng, np.random.Generator):
        raise OperandError(f"rng must be a numpy Generator; got {rng!r}: make one with numpy.random.default_rng(seed)")
    count("n_rows", n_rows, least=1)
    count("batch_size", batch_size, least=1)
    order = rng.permutation(n_rows)
    return (order[start : start + batch_size] for start in range(0, n_rows, batch_size))


def _unmasked(X: ArrayLike) -> FloatArray:
    if np.ma.is_masked(X):
        raise DataError("X is a masked array with numbers masked out: fill them, X.filled(0.0), or drop such rows")
    return np.asarray(X, dtype=np.float64)


def count(name: str, number: Any, least: int) -> int:
    """Return a whole number of at least `least`; DataError or OperandError for anything else.

    >>> count("rows", 3, least=1)
    3
    """
    try:
        count = operator.index(number)
    except TypeError:
        raise OperandError(f"{name} must be a whole number; got {number!r} ({type(number).__name__})") from None
    if count < least:
        raise DataError(f"{name} must be at least {least}; got {count}")
    return count


def drawing(seed: Seed) -> np.random.Generator:
    """Return the generator itself, or a fresh one from an integer; None is refused: it could not be repeated.

    >>> round(float(drawing(0).random()), 4)
    0.637
    """
    return seed if isinstance(seed, np.random.Generator) else np.random.default_rng(count("seed", seed, least=0))
