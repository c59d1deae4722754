"""Data to learn from: six generated data sets, standardising, a train/test split and minibatches.

Every generator returns ``(X, y)``: points X, float64 of shape (n_samples, n_features), and class labels y, int64 of
shape (n_samples,). Classes are as equal in size as n_samples allows, rows are shuffled, and `noise` is the standard
deviation, in the units of X, of the Gaussian added to every coordinate. The same seed gives the same rows, and a
larger noise moves the same points further. Nothing here reads or changes NumPy's global random state.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autograd.errors import DataError, LengthError, OperandError, UnknownNameError

__all__ = ["GENERATORS", "Standardizer", "batches", "blobs", "circles", "generate", "moons", "spiral"]
__all__ += ["train_test_split", "xor", "yin_yang"]

FloatArray: TypeAlias = NDArray[np.float64]
IntArray: TypeAlias = NDArray[np.int64]
Dataset: TypeAlias = tuple[FloatArray, IntArray]
Seed: TypeAlias = int | np.random.Generator


def moons(n_samples: int = 100, *, noise: float = 0.1, seed: Seed = 0) -> Dataset:
    """Return two interleaving half circles of radius 1, the curves of scikit-learn's ``make_moons``.

    Class 0 is the upper arc around (0, 0); class 1 the lower arc around (1, 0.5).

    >>> X, y = moons(100, noise=0.1, seed=1337)
    >>> X.shape, [int(n) for n in np.bincount(y)]
    ((100, 2), [50, 50])
    """
    upper, lower = (np.linspace(0.0, np.pi, size) for size in _class_sizes(n_samples, 2))
    arcs = [(np.cos(upper), np.sin(upper)), (1.0 - np.cos(lower), 0.5 - np.sin(lower))]
    return _labelled([np.column_stack(arc) for arc in arcs], noise, seed)


def circles(n_samples: int = 100, *, noise: float = 0.03, seed: Seed = 0, factor: float = 0.8) -> Dataset:
    """Return a circle of radius 1 (class 0) around one of radius `factor` (class 1), as ``make_circles`` has them.

    >>> X, y = circles(8, noise=0.0)
    >>> sorted({round(float(r), 12) for r in np.hypot(*X.T)})
    [0.8, 1.0]
    """
    if not 0.0 <= factor < 1.0:
        raise DataError(f"factor is the inner radius over the outer one, at least 0 and below 1; got {factor!r}")
    angles = [np.linspace(0.0, 2.0 * np.pi, size, endpoint=False) for size in _class_sizes(n_samples, 2)]
    outer, inner = (np.column_stack([np.cos(angle), np.sin(angle)]) for angle in angles)
    return _labelled([outer, factor * inner], noise, seed)


def blobs(
    n_samples: int = 100, *, noise: float = 1.0, seed: Seed = 0, centers: int | ArrayLike = 3, n_features: int = 2
) -> Dataset:
    """Return one round Gaussian cloud a class, of standard deviation `noise`.

    `centers` is how many, drawn well apart in [-10, 10]^n_features, or the centres themselves, (k, n_features).

    >>> X, y = blobs(6, noise=0.0, centers=[[0.0, 0.0], [4.0, 2.0]])
    >>> X[y == 1].tolist()
    [[4.0, 2.0], [4.0, 2.0], [4.0, 2.0]]
    """
    rng = _generator(seed)
    if np.ndim(centers):
        middles = np.asarray(centers, dtype=np.float64)
        if middles.ndim != 2:
            raise DataError(f"centers must be a number or an array (k, n_features); got the shape {middles.shape}")
    else:
        k, d = _count("centers", centers, least=1), _count("n_features", n_features, least=1)
        # The widest of a few draws: a single one often puts two clouds on top of each other.
        middles = max((rng.uniform(-10.0, 10.0, (k, d)) for _ in range(32)), key=_smallest_gap)
    sizes = _class_sizes(n_samples, len(middles))
    return _labelled([np.tile(m, (size, 1)) for m, size in zip(middles, sizes, strict=True)], noise, rng)


def xor(n_samples: int = 100, *, noise: float = 0.05, seed: Seed = 0) -> Dataset:
    """Return points uniform in the square [-1, 1]^2; class 1 is where the two coordinates differ in sign.

    >>> X, y = xor(100, noise=0.0)
    >>> bool(np.all((X[:, 0] * X[:, 1] < 0) == (y == 1)))
    True
    """
    rng = _generator(seed)
    clouds = []
    for size, flip in zip(_class_sizes(n_samples, 2), (1.0, -1.0), strict=True):
        side = np.where(np.arange(size) % 2, -1.0, 1.0)  # the two quadrants of a class take turns
        clouds.append(rng.uniform(0.0, 1.0, (size, 2)) * np.column_stack([side, flip * side]))
    return _labelled(clouds, noise, rng)


def spiral(
    n_samples: int = 100, *, noise: float = 0.02, seed: Seed = 0, classes: int = 2, turns: float = 1.0
) -> Dataset:
    """Return one arm a class of an Archimedean spiral: radius from 0.1 to 1 while the arm makes `turns` turns.

    >>> X, y = spiral(90, noise=0.0, classes=3)
    >>> [round(float(np.hypot(*X.T).min()), 12), round(float(np.hypot(*X.T).max()), 12)]
    [0.1, 1.0]
    """
    arms = []
    for arm, size in enumerate(_class_sizes(n_samples, _count("classes", classes, least=1))):
        along = np.linspace(0.0, 1.0, size)[:, None]
        angle = 2.0 * np.pi * (turns * along + arm / classes)
        arms.append((0.1 + 0.9 * along) * np.hstack([np.cos(angle), np.sin(angle)]))
    return _labelled(arms, noise, seed)


def yin_yang(n_samples: int = 100, *, noise: float = 0.0, seed: Seed = 0) -> Dataset:
    """Return points of the yin-yang sign: yin, below (0), yang, above (1), and the two dots (2), uniform in each.

    The disc has its centre at (0.5, 0.5) and radius 0.5, the dots radius 0.1. Geometry: Kriener, Goeltz and Petrovici,
    "The Yin-Yang dataset", 2022, arXiv:2102.08211.

    >>> X, y = yin_yang(90)
    >>> bool(np.all(np.hypot(*(X - 0.5).T) <= 0.5)), [int(n) for n in np.bincount(y)]
    (True, [30, 30, 30])
    """
    rng = _generator(seed)
    clouds = []
    for label, size in enumerate(_class_sizes(n_samples, 3)):
        cloud = np.empty((0, 2))
        while len(cloud) < size:
            candidates = rng.uniform(-1.0, 1.0, (4 * size, 2))
            cloud = np.concatenate([cloud, candidates[_yin_yang_region(candidates) == label]])
        clouds.append(0.5 + 0.5 * cloud[:size])
    return _labelled(clouds, noise, rng)


def _yin_yang_region(points: FloatArray) -> IntArray:
    """Return 0, 1 or 2 for each point of the unit disc (yin, yang, dot) and -1 outside it."""
    x, y = points.T
    left, right = np.hypot(x + 0.5, y), np.hypot(x - 0.5, y)  # distance to the middle of each half-size disc
    yang = (left <= 0.5) | ((y > 0.0) & (right > 0.5))
    inside = np.where(np.minimum(left, right) <= 0.2, 2, yang)
    return np.where(np.hypot(x, y) <= 1.0, inside, -1).astype(np.int64)


GENERATORS: dict[str, Callable[..., Dataset]] = {
    maker.__name__.replace("_", "-"): maker for maker in (moons, circles, blobs, xor, spiral, yin_yang)
}


def generate(name: str, n_samples: int = 100, *, noise: float | None = None, seed: Seed = 0) -> Dataset:
    """Return the data set called `name` in `GENERATORS`, or raise UnknownNameError; ``noise=None`` is its own default.

    >>> generate("yin-yang", 9)[1].shape
    (9,)
    """
    if name not in GENERATORS:
        raise UnknownNameError("data set", name, GENERATORS)
    chosen = {} if noise is None else {"noise": noise}
    return GENERATORS[name](n_samples, seed=seed, **chosen)


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
    def fit(cls, X: ArrayLike) -> Standardizer:
        """Take mean and population standard deviation of X, (n, d); DataError if X is empty, no table or not finite."""
        rows = np.asarray(X, dtype=np.float64)
        if rows.ndim != 2 or rows.size == 0:
            raise DataError(f"X must be a table (n rows, d columns) that is not empty; got the shape {rows.shape}")
        if not np.isfinite(rows).all():
            row, column = np.argwhere(~np.isfinite(rows))[0]
            raise DataError(f"X must be finite; X[{row}, {column}] is {rows[row, column]}")
        constant = rows.min(axis=0) == rows.max(axis=0)
        # A constant's computed mean may be off by a rounding, which would look like spread.
        mean = np.where(constant, rows[0], rows.mean(axis=0))
        centred = rows - mean
        # Divided by the largest deviation first, the squares neither overflow nor vanish for any units.
        reach = np.where(constant, 1.0, np.abs(centred).max(axis=0))
        spread = reach * np.sqrt(np.mean((centred / reach) ** 2, axis=0))
        return cls(mean, np.where(spread > 0.0, spread, 1.0))

    def transform(self, X: ArrayLike) -> FloatArray:
        """Return (X - mean) / scale for rows X, (n, d), or one row, (d,). Raises LengthError for another d."""
        shifted: FloatArray = self._checked(X) - self.mean
        return shifted / self.scale

    def inverse(self, X: ArrayLike) -> FloatArray:
        """Return X * scale + mean: standardised rows, (n, d) or (d,), back in the units of the columns."""
        scaled: FloatArray = self._checked(X) * self.scale
        return scaled + self.mean

    def _checked(self, X: ArrayLike) -> FloatArray:
        rows = np.asarray(X, dtype=np.float64)
        if rows.shape[-1:] != self.mean.shape:
            raise LengthError(f"fitted to {len(self.mean)} columns, but X has the shape {rows.shape}")
        return rows


def train_test_split(
    X: ArrayLike, y: ArrayLike, *, test_fraction: float = 0.25, seed: Seed = 0, stratify: bool = True
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Return ``X_train, X_test, y_train, y_test``: X (n, ...) and y (n,) in random order, cut into two parts.

    With `stratify` each class has its share of both parts to within one row, and at least one row in each when it has
    two; a class of a single row goes to training. Pass ``stratify=False`` for targets that are not classes.
    Raises DataError for a fraction outside (0, 1) or too few rows, LengthError when X and y differ in length.

    >>> X, y = moons(40)
    >>> X_train, X_test, y_train, y_test = train_test_split(X, y, test_fraction=0.25)
    >>> len(X_train), len(X_test), int(y_test.sum())
    (30, 10, 5)
    """
    rows, labels = np.asarray(X), np.asarray(y)
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
        raise DataError(f"every class has a single row ({n} in all): give more rows, or stratify=False")
    order = _generator(seed).permutation(n)
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
    _count("n_rows", n_rows, least=1)
    _count("batch_size", batch_size, least=1)
    order = rng.permutation(n_rows)
    return (order[start : start + batch_size] for start in range(0, n_rows, batch_size))


def _labelled(clouds: Sequence[FloatArray], noise: float, seed: Seed) -> Dataset:
    """Join one cloud a class into (X, y), shuffle the rows and add the noise."""
    if not (noise >= 0.0 and np.isfinite(noise)):
        raise DataError(f"noise is a standard deviation, finite and at least 0; got {noise!r}")
    rng = _generator(seed)
    X = np.concatenate(clouds)
    y = np.repeat(np.arange(len(clouds), dtype=np.int64), [len(cloud) for cloud in clouds])
    order = rng.permutation(len(y))
    return X[order] + noise * rng.standard_normal(X.shape), y[order]


def _class_sizes(n_samples: int, classes: int) -> list[int]:
    """Return `classes` sizes that add up to n_samples and differ by at most one."""
    n = _count("n_samples", n_samples, least=classes)
    return [(n + place) // classes for place in range(classes)]


def _smallest_gap(centers: FloatArray) -> float:
    gaps = np.linalg.norm(centers[:, None] - centers[None], axis=-1)
    return float(np.min(gaps + np.diag(np.full(len(centers), np.inf))))


def _count(name: str, number: Any, least: int) -> int:
    try:
        count = operator.index(number)
    except TypeError:
        raise OperandError(f"{name} must be a whole number; got {number!r} ({type(number).__name__})") from None
    if count < least:
        raise DataError(f"{name} must be at least {least}; got {count}")
    return count


def _generator(seed: Seed) -> np.random.Generator:
    """Return the generator itself, or a fresh one from an integer; None is refused: it could not be repeated."""
    return seed if isinstance(seed, np.random.Generator) else np.random.default_rng(_count("seed", seed, least=0))
