"""The Numba backend, compiled for real: where numba is installed, its kernels have NumPy's numbers."""

import math
import os
import subprocess
import sys

import numpy as np
import pytest

pytest.importorskip("numba", reason="numba is not installed: the jit extra's kernels are not compiled for real")

import autograd
from autograd import RULES, LengthError, Value, compile
from autograd.compiler import interpreter, numba_backend
from autograd.compiler.instructions import Instructions
from autograd.compiler.needs import Needs
from autograd.compiler.numba_backend import is_irregular
from nn import MLP, data, fit, losses, optim
from tests import ROOT
from tests.autograd.compiler.test_backends import FUNCTIONS


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


def test_an_irregular_program_has_numpy_s_value_gradient_and_steps():
    rng = np.random.default_rng(0)
    w = [Value(v) for v in rng.uniform(-1.0, 1.0, 5)]
    ops = [lambda a, b: (a * b).tanh(), lambda a, b: a.sin() - b, lambda a, b: a.maximum(b).sigmoid(), dot_of_pairs]
    steps = [(int(rng.integers(4)), *map(int, rng.integers(max(0, i - 6), 8 + i, 2))) for i in range(100)]

    def f(x):
        made = [*w, *x]
        for op, i, j in steps:
            made.append(ops[op](made[i], made[j]))
        return autograd.logsumexp(made[-9:])

    X = rng.normal(size=(150, 3))
    program = compile(f, X[0], params=w)
    assert is_irregular(program.program)
    optimizer = optim.adamw(0.01)
    kernel = program.training(optimizer.stages, rows=150, backend="numba")
    value, gradient = kernel.value_and_grad(X)
    assert value == pytest.approx(program.value_and_grad(X)[0], rel=1e-12)
    assert np.allclose(gradient, program.value_and_grad(X)[1], rtol=1e-10, atol=1e-14)

    vector = np.array([p.data for p in w])
    state = optimizer.init(vector)
    batches = [np.arange(140), np.array([3, 1, 4]), np.arange(7, 20)]
    for rows in batches:
        step, state = optimizer.update(program.value_and_grad(X[rows], params=vector)[1], state, vector)
        vector = vector + step
    other = program.training(optimizer.stages, rows=3, backend="numba")
    kernel.train(X, batches[:1])
    other.go_on_from(kernel)
    other.train(X, batches[1:2])
    kernel.go_on_from(other)
    last = program.value_and_grad(X[batches[2]], params=kernel.parameters)[0]
    assert kernel.train(X, batches[2:]) == pytest.approx([last], rel=1e-12)
    assert np.allclose(kernel.parameters, vector, rtol=1e-9, atol=1e-13)
    assert kernel.state[0] == 3
    assert kernel.train(X, []).tolist() == []


def dot_of_pairs(a, b):
    return autograd.dot([a, b], [b, a], a)


def test_special_values_of_every_row_agree_with_the_eager_engine(monkeypatch):
    """In one loop with a branch for all kinds of instructions there are, which is compiled once."""
    monkeypatch.setattr(numba_backend, "is_irregular", lambda program: True)
    programs = {}
    for name in FUNCTIONS:
        rule = RULES[name]
        count = sum(3 if operand.is_sequence else 1 for operand in rule.operands)
        w = [Value(0.5) for _ in range(count)]
        for where in ("uniform", "row"):  # what is uniform is computed once; what is not, reads what is

            def f(x, w=w, rule=rule, where=where):
                return FUNCTIONS[rule.name](*rule.grouped([p * x[0] if where == "row" else p for p in w])) * x[1]

            programs[name, where] = (compile(f, [1.0, 1.0], params=w), w, f)
    compiled = [own.program for own, _, _ in programs.values()]
    kinds = {k for p in compiled for k in Instructions(p, Needs(p, p.constants_start, inputs=False)).kinds}

    class OfAllKinds(Instructions):
        def __init__(self, *args):
            super().__init__(*args)
            self.kinds += sorted(kinds - set(self.kinds))

    monkeypatch.setattr(interpreter, "Instructions", OfAllKinds)
    special = [0.0, -0.0, 1.0, -1.0, math.inf, -math.inf, math.nan, 1e308, 5e-324, 0.5, 1e6]
    rng = np.random.default_rng(0)
    for (name, where), (program, w, f) in programs.items():
        kernel = program.training(rows=1, backend="numba")
        for numbers in rng.choice(special, size=(40, len(w))):
            kernel.parameters[:] = numbers
            value, gradient = kernel.value_and_grad([[1.0, 1.0]])
            for param, number in zip(w, numbers, strict=True):
                param.data, param.grad = float(number), 0.0
            eager = f([1.0, 1.0])
            eager.backward()
            said = (name, where, numbers, value, gradient)
            assert np.allclose([value], [eager.data], rtol=1e-12, atol=0.0, equal_nan=True), (*said, eager.data)
            expected = [p.grad for p in w]
            # A zero adjoint stops infinity and nan in the eager engine; in a kernel it does not, which shows as nan.
            if np.isfinite(gradient).all() or not np.isfinite(expected).all():
                assert np.allclose(gradient, expected, rtol=1e-10, atol=0.0, equal_nan=True), (*said, expected)


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
    environment = {**os.environ, "GLASSGRAD_CACHE": str(tmp_path), "PYTHONPATH": str(ROOT)}
    for _ in range(2):
        done = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True)
        assert done.stdout.strip() == "6.0", done.stderr
    assert len(list(tmp_path.rglob("*.nbc"))) == 1  # the second process found the first one's
