"""Training on partitions: two workers against two processes that know nothing of each other, a step's overhead, memory.

``python benchmarks/cluster.py [rows]``; the default takes a minute or so. The ratio is of rows a second: 1 would be two
workers that lose nothing by adding up.
"""

from __future__ import annotations

import itertools
import multiprocessing
import os
import resource
import statistics
import sys
import time
from typing import Any

import dask
import dask.array as da
import numpy as np
from dask.distributed import Client, LocalCluster

from nn import MLP, fit

SIZES = [64, 64, 1]
EPOCHS = 3


def table(rows: int, columns: int, chunk: int) -> tuple[Any, Any]:
    """Rows that are made where and when they are needed."""
    X = da.random.default_rng(0).normal(size=(rows, columns), chunks=(chunk, columns))
    return X, (X[:, 0] > 0).astype(int)


def timed(X: Any, y: Any, epochs: int, sizes: list[int] = SIZES) -> float:
    model = MLP(X.shape[1], sizes, "tanh", seed=0)
    marks: list[float] = []
    fit(
        model,
        X,
        y,
        epochs=epochs,
        batch_size=None,
        progress=False,
        callback=lambda _: marks.append(time.perf_counter()),
    )
    return statistics.median(after - before for before, after in itertools.pairwise(marks))


def alone(rows: int, ready: Any, found: Any) -> None:
    """One process with half of the rows, which waits for the other to start."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(rows, 2))
    ready.wait()
    with dask.config.set(scheduler="synchronous"):
        found.put(timed(da.from_array(X, chunks=(rows // 4, 2)), (X[:, 0] > 0).astype(int), EPOCHS + 1))


def independent(rows: int) -> float:
    """Seconds for an epoch of two processes, each with half of the rows."""
    os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"))  # as Dask's workers have it
    context = multiprocessing.get_context("spawn")
    ready, found = context.Barrier(2), context.Queue()
    both = [context.Process(target=alone, args=(rows // 2, ready, found)) for _ in range(2)]
    for process in both:
        process.start()
    seconds = [found.get() for _ in both]
    for process in both:
        process.join()
    return max(seconds)


def empty(client: Client) -> float:
    """Seconds for as many tasks as a step has, that do nothing."""
    started = time.perf_counter()
    client.gather(client.map(abs, range(8), pure=False))
    return time.perf_counter() - started


def main(rows: int) -> None:
    apart = independent(rows)
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster, Client(cluster) as client:
        X, y = (part.persist() for part in table(rows, 2, rows // 8))
        together = timed(X, y, EPOCHS + 1)
        print(f"{rows:,} rows x 2-64-64-1, an epoch: two workers {together:.2f} s, two processes {apart:.2f} s, "
              f"ratio {apart / together:.2f}")  # fmt: skip
        few, labels = (part.persist() for part in table(800, 2, 100))
        step = timed(few, labels, 40, [1])
        floor = statistics.median(empty(client) for _ in range(40))
        print(
            f"a step of 8 partitions with next to nothing in them: {step * 1e3:.1f} ms; "
            f"8 tasks that do nothing: {floor * 1e3:.1f} ms"
        )
        del X, y, few, labels
        lazy_rows = rows * 20
        X, y = table(lazy_rows, 16, 100_000)
        started = time.perf_counter()
        fit(MLP(16, [8, 1], "tanh", seed=0), X, y, epochs=1, batch_size=None, progress=False)
        seconds = time.perf_counter() - started
        peaks = client.run(lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        driver = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        made, most = lazy_rows * 17 * 8 / 1e9, ", ".join(f"{peak:.0f}" for peak in peaks.values())
        print(f"{made:.1f} GB of rows made on the way, two passes in {seconds:.0f} s")
        print(f"most memory: driver {driver:.0f} MB, workers {most} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 400_000)
