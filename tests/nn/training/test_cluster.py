"""Training on a cluster of real processes: the numbers of one process, workers that are killed, a scheduler that is."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograd import ClusterError, DataError
from nn import MLP, Layer, data, fit
from tests import ROOT

da = pytest.importorskip("dask.array", reason="Dask is not installed: there are no clusters to train on")
distributed = pytest.importorskip("dask.distributed", reason="Dask's distributed is not installed")
delayed = pytest.importorskip("dask").delayed

pytestmark = [
    pytest.mark.skipif(os.name != "posix", reason="processes are killed by POSIX signals"),
    # Dask's own: what it says and leaves open when a worker is killed.
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore:.*:UserWarning:distributed", "ignore:.*:DeprecationWarning"),
]

#: What `make cluster` runs beside the rest.
LONG = pytest.mark.cluster

X, Y = data.moons(120, noise=0.2, seed=3)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as made,
        distributed.Client(made) as client,
    ):
        yield client


def small(seed: int = 0) -> MLP:
    return MLP(2, [5, 1], "tanh", seed=seed)


def rows_of(i: int, killed: str = "", poisoned: bool = False) -> Any:
    """The partition i of six; the first time that its killed one is asked for, the process dies."""
    if killed and i == 4 and Path(killed).exists():
        Path(killed).unlink()
        os.kill(os.getpid(), signal.SIGKILL)
    rows = X[20 * i : 20 * i + 20]
    return np.where(rows == rows[7, 1], np.nan, rows) if poisoned and i == 4 else rows


def table(**settings: Any) -> Any:
    parts = [delayed(rows_of, pure=False)(i, **settings) for i in range(6)]
    return da.concatenate([da.from_delayed(part, (20, 2), float) for part in parts])


def same(one: MLP, other: MLP) -> None:
    np.testing.assert_allclose(
        list(one.state_dict().values()), list(other.state_dict().values()), rtol=1e-10, atol=1e-12
    )


@LONG
@pytest.mark.parametrize("settings", [{"batch_size": None}, {"batch_size": 50}])
def test_the_numbers_are_those_of_one_process(cluster: Any, settings: dict[str, Any]) -> None:
    alone, model = small(), small()
    expected = fit(alone, X, Y, epochs=3, **settings)
    history = fit(model, table(), Y, epochs=3, **settings)
    same(model, alone)
    np.testing.assert_allclose(history["loss"], expected["loss"], rtol=1e-10)


@LONG
def test_a_class_of_ones_own_travels(cluster: Any) -> None:
    class Doubling(Layer):
        def __call__(self, x: Any) -> Any:
            return [2.0 * a for a in super().__call__(x)]

    models = [small(), small()]
    for model in models:
        model.layers[0] = Doubling(2, 5, "tanh", seed=1)
    fit(models[0], X, Y, epochs=2)
    fit(models[1], table(), Y, epochs=2)
    same(*models)


@pytest.mark.parametrize(
    "settings",
    [{"batch_size": None}, pytest.param({"batch_size": 1, "shuffle": "partitions"}, marks=LONG)],
)
def test_a_worker_that_is_killed_in_the_middle_of_an_epoch_is_survived(
    cluster: Any, tmp_path: Path, settings: dict[str, Any]
) -> None:
    alone, model, trap = small(), small(), tmp_path / "trap"
    expected = fit(alone, da.from_array(X, chunks=(20, 2)), Y, epochs=4, **settings)

    def callback(record: dict[str, float]) -> None:
        if record["epoch"] == 2:
            trap.touch()

    history = fit(model, table(killed=str(trap)), Y, epochs=4, callback=callback, **settings)
    assert not trap.exists()
    same(model, alone)
    np.testing.assert_allclose(history["loss"], expected["loss"], rtol=1e-10)


def test_a_poisoned_partition_is_named_and_the_model_stays(cluster: Any) -> None:
    model = small()
    with pytest.raises(DataError, match="partition 4 of X: X has nan in row 7, column 1"):
        fit(model, table(poisoned=True), Y, epochs=2)
    assert model.state_dict() == small().state_dict()


@LONG
def test_without_the_client_it_goes_on_in_threads(cluster: Any) -> None:
    alone, model = small(), small()
    fit(alone, X, Y, epochs=2)
    with distributed.Client(cluster.scheduler.address, set_as_default=False):
        fit(model, table(), Y, epochs=2)
    same(model, alone)


_SCHEDULER = "import sys; from distributed.cli.dask_scheduler import main; main(sys.argv[1:])"
_WORKER = "import sys; from distributed.cli.dask_worker import main; main(sys.argv[1:])"


@LONG
def test_a_scheduler_that_dies_is_an_error_and_the_model_stays(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    environment = {
        **os.environ, "PYTHONPATH": str(ROOT), "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "2s",
        "DASK_DISTRIBUTED__WORKER__DAEMON": "False",
    }  # fmt: skip

    def start(script: str, *arguments: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-c", script, *arguments], cwd=tmp_path, env=environment, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    scheduler = start(_SCHEDULER, "--host", address, "--no-dashboard", "--no-show")
    worker = start(_WORKER, address, "--no-nanny", "--nthreads", "1", "--no-dashboard", "--death-timeout", "5")
    model = small()
    try:
        import dask

        with (
            dask.config.set({"distributed.comm.timeouts.connect": "2s", "distributed.comm.retry.count": 0}),
            distributed.Client(address, timeout=30),
        ):

            def callback(record: dict[str, float]) -> None:
                if record["epoch"] == 2:
                    scheduler.kill()
                    scheduler.wait()

            with pytest.raises(ClusterError, match=r"the cluster did not answer.*the model is as it was"):
                fit(model, table(), Y, epochs=5, callback=callback)
    finally:
        for process in (scheduler, worker):
            process.kill()
            process.wait()
    assert model.state_dict() == small().state_dict()
