"""Tracing in one thread disturbs no other: neither another trace of the same parameters, nor eager code with them."""

import threading

import numpy as np

from autograd import Value, compile
from nn import MLP, optim


def in_threads(work, count=6):
    failures = []

    def run(index):
        try:
            work(index)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(index,)) for index in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


def test_eager_code_runs_beside_a_trace_of_the_same_parameters():
    w = Value(0.5)
    traced, go_on = threading.Event(), threading.Event()

    def f(x):
        traced.set()
        assert go_on.wait(20)
        return (w * x).tanh()

    thread = threading.Thread(target=lambda: compile(f, 1.0, params=[w]))
    thread.start()
    assert traced.wait(20)
    assert type(w) is Value
    assert (w.data, w > 0.0, bool(w), w.detach().data) == (0.5, True, True, 0.5)
    y = w * 3.0
    y.backward()
    assert (y.data, w.grad) == (1.5, 3.0)
    go_on.set()
    thread.join()


def test_traces_and_trainings_of_one_model_at_once():
    model = MLP(2, [8, 1], activation="tanh", seed=0)
    X = np.random.default_rng(0).normal(size=(20, 3))

    def loss(x, t):
        return (model(x) - t) ** 2

    def train():
        program = compile(loss, X[0, :2], 1.0, params=model.parameters())
        return program.training(optim.sgd(0.05).stages, rows=20).train(X, [np.arange(20)] * 5)

    expected = train()
    in_threads(lambda index: np.testing.assert_array_equal(train(), expected))
