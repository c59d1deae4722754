"""Training with the NumPy backend takes the steps that a user would: a gradient, and what the optimiser makes of it."""

import numpy as np
import pytest

from autograd import LengthError, OperandError, UnknownNameError, Value, compile, dot
from nn import MLP, data, losses, optim


def by_hand(program, optimizer, steps):
    """The losses, the last parameters and the optimiser's state of steps taken one by one."""
    vector = np.array([p.data for p in program.params])
    state, found = optimizer.init(vector), []
    for arguments in steps:
        loss, gradient = program.value_and_grad(*arguments, params=vector)
        step, state = optimizer.update(gradient, state, vector)
        vector = vector + step
        found.append(loss)
    return np.array(found), vector, state


def flat(state):
    """The number of steps, and all vectors of an optimiser's state."""
    return state[0], [vector for own in state[1] for vector in own]


@pytest.mark.parametrize(
    "optimizer",
    [
        optim.sgd(0.1),
        optim.sgd(optim.linear(0.2, 0.01, 5), momentum=0.9, nesterov=True),
        optim.adam(0.02),
        optim.chain(optim.clip(0.3), optim.weight_decay(0.01), optim.adamw(0.05)),
        optim.chain(optim.weight_decay(0.5), optim.sgd(0.1, momentum=0.5)),
    ],
    ids=["sgd", "momentum", "adam", "chain", "decay"],
)
def test_steps_are_those_of_gradients_and_updates(optimizer):
    model = MLP(3, [5, 2], activation="silu", seed=0)
    unused = Value(3.0)  # nothing flows to it, and decay takes it down all the same
    X, y = data.blobs(20, noise=1.0, seed=0, centers=2, n_features=3)
    T = np.eye(2)[y]
    params = [*model.parameters(), unused]
    program = compile(lambda x, t: losses.cross_entropy(model(x), t), X[0], T[0].tolist(), params=params)
    batches = [np.arange(7), np.arange(7, 20), np.array([3, 1, 4]), np.array([5])]
    batches += [batches[0], batches[0]]  # the same rows twice
    expected, vector, state = by_hand(program, optimizer, [(X[rows], T[rows]) for rows in batches])
    training = program.training(optimizer.stages, rows=20)
    table = np.column_stack([X, T])
    found = [training.train(table, batches[:2]), training.train(table, batches[2:])]
    assert np.allclose(np.concatenate(found), expected, rtol=1e-12)
    assert np.allclose(training.parameters, vector, rtol=1e-11, atol=1e-14)
    assert training.state[0] == state[0]
    for ours, theirs in zip(flat(training.state)[1], flat(state)[1], strict=True):
        assert np.allclose(ours, theirs, rtol=1e-10, atol=1e-16)
    value, gradient = training.value_and_grad(table)
    assert value == pytest.approx(program.value_and_grad(X, T, params=vector)[0], rel=1e-11)
    assert np.allclose(gradient, program.value_and_grad(X, T, params=vector)[1], rtol=1e-9, atol=1e-14)


def test_a_batch_may_be_longer_than_what_runs_at_once():
    w = Value(0.5)
    program = compile(lambda x, y: (w * x - y) ** 2, 0.0, 0.0, params=[w])
    table = np.random.default_rng(0).normal(size=(2500, 2))
    expected, vector, _ = by_hand(program, optim.sgd(0.1), [tuple(table.T)] * 3)
    training = program.training(optim.sgd(0.1).stages, rows=2500)
    assert np.allclose(training.train(table, [np.arange(2500)] * 3), expected, rtol=1e-12)
    assert np.allclose(training.parameters, vector, rtol=1e-12)


def test_programs_of_several_lengths_train_one_model():
    w = [Value(0.3), Value(-0.2)]
    programs = [compile(lambda x: dot(w[:n], x) ** 2 + 0.1 * w[1], [1.0] * n, params=w) for n in (1, 2)]  # noqa: B023
    optimizer = optim.adam(0.1)
    trainings = [program.training(optimizer.stages, rows=1) for program in programs]
    vector, state = np.array([0.3, -0.2]), optimizer.init(np.zeros(2))
    last = trainings[0]
    for i in (0, 1, 1, 0, 1):
        row = np.arange(1.0, i + 2.0)[None]
        loss, gradient = programs[i].value_and_grad(row, params=vector)
        step, state = optimizer.update(gradient, state, vector)
        vector = vector + step
        trainings[i].go_on_from(last)
        last = trainings[i]
        assert last.train(row) == pytest.approx([loss], rel=1e-12)
    assert np.allclose(last.parameters, vector, rtol=1e-12)
    assert last.state[0] == 5


def test_what_is_held_is_read_afresh():
    w, held = Value(1.0), Value(2.0)
    training = compile(lambda x: w * held * x, 1.0, params=[w]).training(optim.sgd(0.1).stages, rows=1)
    assert training.train(np.ones((1, 1))) == pytest.approx([2.0])
    held.data = 3.0
    assert training.train(np.ones((1, 1))) == pytest.approx([3.0 * 0.8])


def test_a_zero_stops_infinity_here_too():
    """log's partial at 0 is infinite, and nothing flows to it where relu is off."""
    w = Value(0.0)
    program = compile(lambda x: (w.log() + x).relu() + 2.0 * w, 1.0, params=[w])
    training = program.training(optim.sgd(0.1).stages, rows=2)
    assert training.train(np.ones((2, 1))) == pytest.approx([0.0])
    assert training.parameters == pytest.approx([-0.2])


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([np.arange(3)], "a step takes 1 to 2 rows here, got 3"),
        ([np.array([0, 4])], "numbers of rows, 0 to 3"),
        ([np.array([0.5])], "numbers of rows, 0 to 3"),
        ([3], "one for each step, got 3"),
        (None, "a step takes 1 to 2 rows here, got 4"),
    ],
)
def test_batches_stay_within_the_table(rows, said):
    w = Value(2.0)
    training = compile(lambda x: w * x, 1.0, params=[w]).training(optim.sgd(0.1).stages, rows=2)
    with pytest.raises(LengthError, match=said):
        training.train(np.ones((4, 1)), rows)
    assert training.train(np.ones((4, 1)), []).tolist() == []
    assert training.parameters.tolist() == [2.0]


def test_what_cannot_train_is_said():
    w = Value(2.0)
    with pytest.raises(UnknownNameError, match="backend"):
        compile(lambda x: w * x, 1.0, params=[w]).training(rows=1, backend="cuda")
    with pytest.raises(OperandError, match="without uniform="):
        compile(lambda x: w * x, 1.0, params=[w], uniform=[0]).training(rows=1)
    with pytest.raises(LengthError, match="rows of 1 inputs"):
        compile(lambda x: w * x, 1.0, params=[w]).training(optim.sgd(0.1).stages, rows=1).train(np.ones((1, 2)))
    program = compile(lambda x: w * x, 1.0, params=[w])
    with pytest.raises(OperandError, match="no optimiser to take steps"):
        program.training(rows=1).train(np.ones((1, 1)))
    assert program.training(rows=1).value_and_grad([[3.0]])[1].tolist() == [3.0]
    with pytest.raises(OperandError, match="adam"):
        program.training("adam", rows=1)
    for rows in (0, 2.0, True):
        with pytest.raises(LengthError, match="a whole number from 1"):
            program.training(rows=rows)
