"""Timing that can be trusted on a noisy machine: interleaved pairs, the median of their ratios."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from typing import Any


def seconds(work: Callable[[], Any], repeat: int) -> float:
    """Return the time of one call, over `repeat` calls, with the garbage of others swept up first."""
    gc.collect()
    start = time.perf_counter()
    for _ in range(repeat):
        work()
    return (time.perf_counter() - start) / repeat


def compare(
    ours: Callable[[], Any], peer: Callable[[], Any], *, repeat: int, pairs: int = 7
) -> tuple[float, float, float]:
    """Return the medians ``(ours, peer, peer / ours)`` of `pairs` pairs, timed in turn, after one warm-up of each."""
    ours(), peer()
    times = [(seconds(ours, repeat), seconds(peer, repeat)) for _ in range(pairs)]
    return (
        statistics.median(own for own, _ in times),
        statistics.median(other for _, other in times),
        statistics.median(other / own for own, other in times),
    )
