"""How weights start: at random from an explicit seed. Biases start at 0, which is fine; equal weights never part.

Each scheme gives one standard deviation or range from the number of inputs and outputs of a layer.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from autograd import OperandError, UnknownNameError

__all__ = ["SCHEMES", "Seed", "draw", "generator"]

#: An integer, a NumPy generator (or RandomState) to go on drawing from, or None for one the operating system seeds.
Seed: TypeAlias = "int | np.random.Generator | np.random.RandomState | None"

_Array = np.ndarray[Any, np.dtype[np.float64]]
_Scheme: TypeAlias = "Callable[[np.random.Generator, int, int], _Array]"


def generator(seed: Seed) -> np.random.Generator:
    """Return the generator for a seed; never NumPy's or Python's global one.

    >>> round(generator(0).random(), 4)
    0.637
    """
    if isinstance(seed, np.random.Generator):
        return seed
    if isinstance(seed, np.random.RandomState):
        return np.random.default_rng(seed.randint(0, 2**31 - 1, size=4))
    if seed is not None and (isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0):
        raise OperandError(
            f"a seed is an integer of at least 0, a numpy Generator or RandomState, or None, got {seed!r}"
        )
    return np.random.default_rng(seed)


def draw(scheme: str, n_in: int, n_out: int, *, activation: str, seed: Seed) -> _Array:
    """Return `n_in` weights for one neuron of a layer with `n_out` neurons.

    Args:
        scheme: one of :data:`SCHEMES`, or ``"auto"``: He where the activation is off half of the time, else Xavier.
        n_in: how many inputs the neuron has.
        n_out: how many neurons its layer has.
        activation: the layer's activation, for ``"auto"``.
        seed: see :data:`Seed`.

    Raises:
        UnknownNameError: no such scheme.

    >>> draw("xavier", 2, 1, activation="tanh", seed=0).shape
    (2,)
    """
    if scheme == "auto":
        scheme = "he" if "elu" in activation or activation == "silu" else "xavier"
    if scheme not in SCHEMES:
        raise UnknownNameError("initialisation", scheme, [*SCHEMES, "auto"])
    return SCHEMES[scheme](generator(seed), n_in, n_out)


def _uniform(rng: np.random.Generator, n_in: int, n_out: int) -> _Array:
    """Uniform in [-1, 1], whatever the size."""
    return rng.uniform(-1.0, 1.0, n_in)


def _xavier(rng: np.random.Generator, n_in: int, n_out: int) -> _Array:
    """Uniform with variance 2 / (n_in + n_out) (Glorot and Bengio 2010, eq. 16)."""
    limit = math.sqrt(6.0 / (n_in + n_out))
    return rng.uniform(-limit, limit, n_in)


def _he(rng: np.random.Generator, n_in: int, n_out: int) -> _Array:
    """Normal with variance 2 / n_in (He et al. 2015, eq. 10)."""
    return rng.normal(0.0, math.sqrt(2.0 / n_in), n_in)


def _zeros(rng: np.random.Generator, n_in: int, n_out: int) -> _Array:
    """All zero: to see that equal weights never part."""
    return np.zeros(n_in)


SCHEMES: dict[str, _Scheme] = {"uniform": _uniform, "xavier": _xavier, "he": _he, "zeros": _zeros}
