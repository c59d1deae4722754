"""Data to learn from: six generated data sets.

Every generator returns ``(X, y)``: points X, float64 of shape (n_samples, n_features), and class labels y, int64 of
shape (n_samples,). Classes are as equal in size as n_samples allows, rows are shuffled, and `noise` is the standard
deviation, in the units of X, of the Gaussian added to every coordinate. The same seed gives the same rows, and a
larger noise moves the same points further. Nothing here reads or changes NumPy's global random state.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from autograd.errors import DataError, UnknownNameError
from nn.data.rows import Dataset, FloatArray, IntArray, Seed, count, drawing

__all__ = ["GENERATORS", "blobs", "circles", "generate", "moons", "spiral", "xor", "yin_yang"]


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
    rng = drawing(seed)
    if np.ndim(centers):
        middles = np.asarray(centers, dtype=np.float64)
        if middles.ndim != 2:
            raise DataError(f"centers must be a number or an array (k, n_features); got the shape {middles.shape}")
    else:
        k, d = count("centers", centers, least=1), count("n_features", n_features, least=1)
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
    rng = drawing(seed)
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
    for arm, size in enumerate(_class_sizes(n_samples, count("classes", classes, least=1))):
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
    rng = drawing(seed)
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


def _labelled(clouds: Sequence[FloatArray], noise: float, seed: Seed) -> Dataset:
    """Join one cloud a class into (X, y), shuffle the rows and add the noise."""
    if not (noise >= 0.0 and np.isfinite(noise)):
        raise DataError(f"noise is a standard deviation, finite and at least 0; got {noise!r}")
    rng = drawing(seed)
    X = np.concatenate(clouds)
    y = np.repeat(np.arange(len(clouds), dtype=np.int64), [len(cloud) for cloud in clouds])
    order = rng.permutation(len(y))
    return X[order] + noise * rng.standard_normal(X.shape), y[order]


def _class_sizes(n_samples: int, classes: int) -> list[int]:
    """Return `classes` sizes that add up to n_samples and differ by at most one."""
    n = count("n_samples", n_samples, least=classes)
    return [(n + place) // classes for place in range(classes)]


def _smallest_gap(centers: FloatArray) -> float:
    gaps = np.linalg.norm(centers[:, None] - centers[None], axis=-1)
    return float(np.min(gaps + np.diag(np.full(len(centers), np.inf))))
