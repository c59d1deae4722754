"""Train on a table that no machine holds: on a cluster of two processes, one of which is killed on the way.

``python examples/cluster.py`` starts the cluster itself; ``python examples/cluster.py tcp://scheduler:8786`` uses one
that stands, and kills nothing there. Nothing but the Client makes the difference; without it, threads do the work.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import dask.array as da
import numpy as np
from dask.distributed import Client, LocalCluster

from nn import MLP, fit

ROWS, PARTITIONS, EPOCHS = 40_000, 8, 6


def rows(block: Any, trap: str = "", block_info: Any = None) -> Any:
    """Make one partition's rows, from its number: they are nowhere before, and gone after its sums are made."""
    place = block_info[0]["chunk-location"][0]
    if trap and place == PARTITIONS - 1 and Path(trap).exists():
        Path(trap).unlink()
        os.kill(os.getpid(), signal.SIGKILL)  # the worker that makes this partition dies in the middle of an epoch
    return np.random.default_rng(place).normal(size=block.shape)


def table(trap: str = "") -> tuple[Any, Any]:
    """Return (rows, 2) numbers and (rows,) classes, inside and outside of a ring, as Dask arrays."""
    X = da.zeros((ROWS, 2), chunks=(ROWS // PARTITIONS, 2)).map_blocks(rows, trap=trap, dtype=float)
    return X, ((X**2).sum(axis=1) > 2.0).astype(int)


def train(X: Any, y: Any, trap: Path | None = None) -> dict[str, float]:
    model = MLP(2, [16, 1], "tanh", seed=0)

    def told(record: dict[str, float]) -> None:
        print(f"  epoch {record['epoch']:.0f}: loss {record['loss']:.6f}, accuracy {record['accuracy']:.3f}")
        if trap is not None and record["epoch"] == 2:
            trap.touch()
            print("  (a worker will be killed now)")

    fit(model, X, y, epochs=EPOCHS, batch_size=None, learning_rate=0.1, callback=told, progress=False)
    return model.state_dict()


def main(addresses: list[str]) -> int:
    with contextlib.ExitStack() as stack:
        if addresses:
            stack.enter_context(Client(addresses[0]))
            print(f"on the cluster at {addresses[0]}:")
            train(*table())
            return 0
        print("in threads:")
        alone = train(*table())
        trap = Path(stack.enter_context(TemporaryDirectory())) / "trap"
        cluster = LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=logging.CRITICAL + 1
        )
        stack.enter_context(cluster)
        stack.enter_context(Client(cluster))
        print("on two processes:")
        together = train(*table(str(trap)), trap)
        apart = max(abs(alone[name] - together[name]) for name in alone)
        print(f"the largest difference between the two models' parameters: {apart:.1e}")
        return 0 if apart < 1e-10 and not trap.exists() else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
