"""The Numba backend, compiled for real: where numba is installed, its kernels have NumPy's numbers."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("numba", reason="numba is not installed: the jit extra's kernels are not compiled for real")

from autograd import LengthError, Value, compile
from nn import MLP, data, fit, losses, optim


@pytest.fixture(autouse=True)
def _own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("GLASSGRAD_CACHE", str(tmp_path))


def test_one_kernel_has_numpy_s_value_gradient_and_steps():
    model = MLP(3, [5, 2], activation="silu", seed=0)
    X, y = data.blobs(20, noise=1.0, seed=0, centers=2, n_features=3)
    T = np.eye(2)[y]
    program = compile(lambda x, t: losses.cross_entropy(model(x), t), X[0], T[0].tolist(), params=model.parameters())
    optimizer = optim.chain(optim.clip(0.5), optim.adamw(0.05))
    kernel = program.training(optimizer.stages, rows=20, backend="numba")
    table = np.column_stack([X, T])
    value, gradient = kernel.value_and_grad(table)
    assert value == pytest.approx(program.value_and_grad(X, T)[0], rel=1e-12)
    assert np.allclose(gradient, program.value_and_grad(X, T)[1], rtol=1e-10, atol=1e-14)

    batches = [np.arange(7), np.arange(7, 20), np.array([3, 1, 4])]
    vector = np.array([p.data for p in model.parameters()])
    state = optimizer.init(vector)
    for rows in batches:
        step, state = optimizer.update(program.value_and_grad(X[rows], T[rows], params=vector)[1], state, vector)
        vector = vector + step
    others = program.training(optimizer.stages, rows=20)
    assert np.allclose(kernel.train(table, batches), others.train(table, batches), rtol=1e-10)
    assert np.allclose(kernel.parameters, vector, rtol=1e-10, atol=1e-14)
    for ours, theirs in zip(kernel.state[1][1], state[1][1], strict=True):
        assert np.allclose(ours, theirs, rtol=1e-10, atol=1e-16)


def test_fit_gives_the_same_history_with_every_engine():
    X, y = data.moons(30, noise=0.1, seed=1)
    histories = [
        fit(MLP(2, [4, 1], activation="tanh", seed=0), X, y, epochs=4, batch_size=8, engine=engine)["loss"]
        for engine in ("eager", "compiled", "numba")
    ]
    assert np.allclose(histories[0], histories[1], rtol=1e-9)
    assert np.allclose(histories[0], histories[2], rtol=1e-9)


@pytest.mark.parametrize(
    ("batches", "said"),
    [
        ([np.arange(3)], "a step takes 1 to 2 rows here, got 3"),
        ([np.array([0]), np.array([], int)], "a step takes 1 to 2 rows here, got 0"),
        ([np.array([0, 4])], "numbers of rows, 0 to 3"),
        ([np.array([-1])], "numbers of rows, 0 to 3"),
        ([np.array([0.5])], "numbers of rows, 0 to 3"),
        ([np.array([True, False])], "numbers of rows, 0 to 3"),
    ],
)
def test_batches_stay_within_the_kernel_s_buffers_and_the_table(batches, said):
    w = Value(2.0)
    kernel = compile(lambda x: w * x, 1.0, params=[w]).training(optim.sgd(0.1).stages, rows=2, backend="numba")
    with pytest.raises(LengthError, match=said):
        kernel.train(np.ones((4, 1)), batches)
    assert kernel.train(np.ones((4, 1)), []).tolist() == []
    assert kernel.parameters.tolist() == [2.0]


PROGRAM = """
from autograd import Value, compile
w = Value(2.0)
kernel = compile(lambda x: w * x, 1.0, params=[w]).training(rows=1, backend="numba")
print(kernel.value_and_grad([[3.0]])[0])
"""


def test_machine_code_is_kept_between_processes(tmp_path):
    environment = {**os.environ, "GLASSGRAD_CACHE": str(tmp_path), "PYTHONPATH": str(Path(__file__).parents[3])}
    for _ in range(2):
        done = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True)
        assert done.stdout.strip() == "6.0", done.stderr
    assert len(list(tmp_path.rglob("*.nbc"))) == 1  # the second process found the first one's
