"""A fair table: peers that start from the same numbers, are checked against each other, and are timed in turn.

Import it before NumPy: it holds every library to one thread.
"""

from __future__ import annotations

import gc
import importlib
import os
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")
os.environ |= {"NPROC": "1", "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false", "JAX_PLATFORMS": "cpu"}  # for JAX

import numpy as np

ROUNDS, TOLERANCE = 7, 1e-9
CHUNK, CHUNKS = 0.004, 5  # seconds, and how many: short ones fit between the bursts of others' work
NUMPY, KERNEL = "glassgrad, NumPy backend", "glassgrad, kernel"
HAND_NUMPY, HAND_NUMBA = "hand-written NumPy", "hand-written Numba"
EAGER, TORCH, JAX_STEP, JAX_LOOP = "glassgrad, eager engine", "PyTorch", "jax.jit step", "jax.jit fori_loop"

Run = Callable[[int], Sequence[Any]]


@dataclass(frozen=True)
class Peer:
    """One way to do the work.

    Attributes:
        name: as printed.
        start: returns a function that begins at the first step, takes so many steps, and returns their losses.
        check: how many steps are compared with the other peers' before anything is timed.
        least: how many steps are timed at least: for what has a price that is paid once.
        losses: returns the losses of the first steps where `start` reports none.
    """

    name: str
    start: Callable[[], Run]
    check: int = 32
    least: int = 1
    losses: Callable[[int], Sequence[float]] | None = None


@dataclass(frozen=True)
class Bar:
    """A ratio of two peers' times, slower one named first, that one of them has to reach."""

    over: str
    under: str
    least: float = 0.0
    most: float = float("inf")


def library(name: str) -> ModuleType | None:
    """Return a module that may be missing; say so if it is."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        print(f"{name} is left out: {error}")
        return None


def table(title: str, peers: Sequence[Peer], bars: Sequence[Bar], *, cycle: int = 1, unit: str = "µs a step") -> None:
    """Check and time the peers, and print one line for each and one for each bar.

    Args:
        title: what one step is.
        peers: the first one's losses are what the others' are held to.
        bars: those whose peers are not there are left out.
        cycle: after so many steps the work repeats: a whole number of them is timed.
        unit: what is printed.
    """
    print(f"\n{title}")
    times = measure(peers, cycle=cycle)
    print(f"  {len(peers)} peers, the same losses to {TOLERANCE:.0e}; median of {ROUNDS} rounds, all peers in each")
    for name, own in times.items():
        print(f"  {name:40} {statistics.median(own) * 1e6:12,.1f} {unit}")
    for bar in bars:
        if bar.over in times and bar.under in times:
            pairs = zip(times[bar.over], times[bar.under], strict=True)
            _judge(f"{bar.over} / {bar.under}", statistics.median(a / b for a, b in pairs), bar.least, bar.most)


def measure(peers: Sequence[Peer], *, cycle: int = 1) -> dict[str, list[float]]:
    """Check the peers against the first one, then time all of them in turn; return seconds a step, one a round."""
    _check(peers)
    gc.freeze()  # what stands by now is no work for the collector, whose visits some of the peers cause
    counts = [_steps(peer, cycle) for peer in peers]
    times: dict[str, list[float]] = {peer.name: [] for peer in peers}
    for _ in range(ROUNDS):
        for peer, count in zip(peers, counts, strict=True):
            times[peer.name].append(_time(peer, count, cycle))
    return times


def _judge(name: str, ratio: float, least: float, most: float) -> None:
    reach = f">= {least:g}" if least else f"<= {most:g}"
    print(f"  {name:60} {ratio:8.2f}   to reach {reach:8} {'yes' if least <= ratio <= most else 'NOT YET'}")


def _check(peers: Sequence[Peer]) -> None:
    """Hold the first losses of the peers to those of the first one."""
    expected = _first_losses(peers[0])
    for peer in peers[1:]:
        found = _first_losses(peer)
        error = float(np.max(np.abs(found / expected[: len(found)] - 1)))
        if not (error < TOLERANCE and len(found) == peer.check <= len(expected)):
            raise SystemExit(f"{peer.name} computes something else: its losses differ by {error:.1e}")


def _first_losses(peer: Peer) -> np.ndarray[Any, Any]:
    losses = peer.losses or peer.start()
    return np.array([float(loss) for loss in losses(peer.check)])


def _steps(peer: Peer, cycle: int) -> int:
    """Return how many steps take some 4 ms, 400 at most, in whole cycles."""
    cycle = max(cycle, peer.least)
    run, steps = peer.start(), cycle
    for _ in range(3):  # what a call costs beside its steps shows less in each attempt
        run(steps)  # some compile anew for each number of steps
        started = time.perf_counter()
        run(steps)
        took = (time.perf_counter() - started) / steps
        steps = max(cycle, min(400, round(CHUNK / took)) // cycle * cycle)
    return steps


def _time(peer: Peer, count: int, cycle: int) -> float:
    """Return the seconds of one step: the best of a few short runs one after the other, from the first step on."""
    run, found = peer.start(), []
    run(cycle)
    gc.collect()
    for _ in range(CHUNKS):
        started = time.perf_counter()
        run(count)
        found.append((time.perf_counter() - started) / count)
        if found[-1] * count > 10 * CHUNK:
            break
    return min(found)
