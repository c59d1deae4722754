"""The compiler against its peers and its limits: training steps, an irregular graph, and how compile time grows.

    python benchmarks/compiled.py                     all of it, or only: moons digits gpt graph growth accuracy
    python benchmarks/compiled.py gpt --kernels       with kernels, one for each length of document
    make bench                                        all of it, peers installed

Every peer trains from the same numbers in double precision on one thread, and reports losses that must agree before
anything is timed. Then all are timed in turn. The limits are NumPy and Numba written by hand for the one model.
A machine that sets OPENBLAS_CORETYPE runs older, slower kernels: the first line shows which; for the real ones prefix

    env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE
"""

from __future__ import annotations

import platform
import sys
import time
from typing import Any

from _peers import EAGER, HAND_NUMBA, HAND_NUMPY, JAX_LOOP, JAX_STEP, KERNEL, NUMPY, TORCH, Bar, library, table  # isort: skip

import _gpt
import _gpt_by_hand
import _graphs
import _kernel_start
import _mlp
import _mlp_by_hand
import _mlp_by_hand_numba
import _mlp_ours
import _scalar_script
import numpy as np

from nn import MLP, data, fit

#: Compiling the GPT's kernels, one a length, takes minutes: only where asked for.
KERNELS = "--kernels" in sys.argv


def main(chosen: list[str]) -> None:
    kernels = library("threadpoolctl")
    blas = ", ".join(own.get("architecture", "") for own in kernels.threadpool_info()) if kernels else "unknown"
    print(f"Python {platform.python_version()}, NumPy {np.__version__}, {platform.machine()}, BLAS kernels: {blas}")
    sys.setrecursionlimit(100_000)  # for micrograd
    works = {"moons": moons, "digits": digits, "gpt": gpt, "graph": graph, "growth": growth, "accuracy": accuracy}
    for name in chosen or works:
        works[name]()


def others(problem: _mlp.Problem) -> list[Any]:
    torch, jax = library("torch"), library("jax")
    return [*(_mlp.jax_peers(problem, jax) if jax else []), *(_mlp.pytorch(problem, torch) if torch else [])]


def moons() -> None:
    X, y = data.moons(100, noise=0.1, seed=1337)
    problem = _mlp.Problem([2, 16, 16, 1], X[None], (2.0 * y - 1.0)[None], rate=0.05, decay=2e-4)
    peers = [_mlp_by_hand.numpy_moons(problem), _mlp_ours.training(problem, "numpy")]
    peers += [_mlp_ours.compiled(problem), _mlp_ours.compiled(problem, penalty=True)]
    peers.append(_mlp_ours.fitted(problem, "compiled"))
    numba, micrograd, casadi = library("numba"), library("micrograd.engine"), library("casadi")
    peers += [_mlp_by_hand_numba.numba_moons(problem, numba)] if numba else []
    if library("llvmlite"):
        peers += [_mlp_ours.training(problem, "kernel"), _mlp_ours.fitted(problem, "kernel")]
    peers += [*others(problem), _mlp_ours.eager(problem)]
    peers += [_mlp.casadi_map(problem, casadi)] if casadi else []
    peers += [_mlp.micrograd(problem, micrograd)] if micrograd else []
    table(
        "two moons, 100 x (2-16-16-1), hinge + L2, SGD",
        peers,
        [
            Bar(NUMPY, HAND_NUMPY, most=1.4),
            Bar(TORCH, NUMPY, least=4),
            Bar(KERNEL, HAND_NUMBA, most=1.2),
            Bar(TORCH, KERNEL, least=20),
            Bar(JAX_LOOP, KERNEL, least=1),
        ],
    )


def digits() -> None:
    X, T = digit_rows()
    order = np.random.default_rng(0).permutation(len(X))[: 28 * 64]
    batches = X[order].reshape(28, 64, 64), T[order].reshape(28, 64, 10)
    problem = _mlp.Problem([64, 32, 10], *batches, rate=0.1, decay=1e-4)
    peers = [_mlp_by_hand.numpy_digits(problem), _mlp_ours.training(problem, "numpy"), _mlp_ours.compiled(problem)]
    numba = library("numba")
    peers += [_mlp_by_hand_numba.numba_digits(problem, numba)] if numba else []
    peers += [_mlp_ours.training(problem, "kernel")] if library("llvmlite") else []
    peers += [*others(problem), _mlp_ours.eager(problem)]
    table(
        "digits, 64-32-10, softmax and cross-entropy, batch 64, SGD",
        peers,
        [
            Bar(NUMPY, HAND_NUMPY, most=1.5),
            Bar(TORCH, NUMPY, least=2.5),
            Bar(JAX_STEP, KERNEL, least=1),
            Bar(JAX_LOOP, KERNEL, least=1),
            Bar(KERNEL, HAND_NUMBA, most=1.2),
        ],
    )


def digit_rows() -> tuple[Any, Any]:
    """scikit-learn's 1,797 real images, 8 x 8, in [0, 1], and their classes one-hot."""
    datasets = library("sklearn.datasets")
    if datasets is None:
        raise SystemExit("digits needs scikit-learn's images: pip install scikit-learn")
    X, y = datasets.load_digits(return_X_y=True)
    return X / 16.0, np.eye(10)[y]


def accuracy() -> None:
    X, T = digit_rows()
    y = T.argmax(1)
    train, held_out = np.split(np.random.default_rng(0).permutation(len(X)), [1437])
    print("\ndigits, 64-32-10, Adam, 1437 images to learn from, 360 held out")
    for engine in ("compiled", "kernel") if library("llvmlite") else ("compiled",):
        started = time.perf_counter()
        model = MLP(64, [32, 10], activation="relu", seed=0)
        valid = (X[held_out], y[held_out])
        history = fit(model, X[train], y[train], epochs=60, learning_rate=0.01, validation=valid, engine=engine)
        seconds = time.perf_counter() - started
        last = history["validation_accuracy"][-1]
        reached = "yes" if last >= 0.97 and seconds < 10 else "NOT YET"
        print(f"  {engine:10} {seconds:6.2f} s, held-out accuracy {last:.1%}   to reach >= 97% in < 10 s  {reached}")


def gpt() -> None:
    peers = [_gpt_by_hand.numpy_gpt(), _gpt.compiled()]
    peers += [_gpt.kernel()] if KERNELS else []
    torch, jax = library("torch"), library("jax")
    peers += _gpt.pytorch(torch) if torch else []
    peers += [_gpt.jitted(jax)] if jax else []
    peers += [_gpt.eager(), _scalar_script.script()]
    table(
        "one-layer character GPT (width 16, 4 heads, context 16), Adam, one document a step",
        peers,
        [
            Bar(NUMPY, HAND_NUMPY, most=1.4),
            Bar(_gpt.SCRIPT, NUMPY, least=250),
            Bar(TORCH, KERNEL, least=8),
        ],
        cycle=_gpt.DOCUMENTS,
    )


def graph() -> None:
    near = "random irregular graph, 10,000 nodes, operands {}; 100 rows, value and gradient"
    bars = [Bar(EAGER, NUMPY, least=50), Bar(EAGER, KERNEL, least=150)]
    table(near.format("any earlier node"), _graphs.irregular(10_000, 10_000, rows=100), bars, unit="µs")
    peers = _graphs.irregular(10_000, 50, rows=100)
    table(near.format("among the last 50"), peers, [Bar(EAGER, NUMPY, least=1), bars[1]], unit="µs")


def growth() -> None:
    _graphs.growth()
    if library("llvmlite"):
        _kernel_start.kernel_start()


if __name__ == "__main__":
    main([name for name in sys.argv[1:] if name != "--kernels"])
