"""Training: what is learnt and from which rows, the record, stopping early, Ctrl-C, divergence, errors."""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
import tracemalloc
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograd import (
    AnomalyError,
    DataError,
    GlassgradError,
    LengthError,
    OperandError,
    UnknownNameError,
    Value,
    compile,
    mean,
)
from nn import MLP, History, Module, Parameter, data, explain, fit, losses
from nn.optim import Optimizer, adam, chain, clip, sgd
from nn.training.rows import TABLE
from tests import ROOT


def moons(n: int = 24) -> tuple[Any, Any]:
    return data.moons(n, noise=0.1, seed=3)


def small(seed: int = 0) -> MLP:
    return MLP(2, [4, 1], "tanh", seed=seed)


class Constant(Module):
    """One number, whatever the input."""

    def __init__(self, start: float = 0.0) -> None:
        self.c = Parameter(start)

    def __call__(self, x: Any) -> Any:
        return self.c + 0.0 * x[0]


class Seen(MLP):
    """A perceptron that notes the rows of which it is asked for a graph: those it learns from."""

    def __call__(self, x: Any) -> Any:
        self.rows = [*getattr(self, "rows", []), tuple(x)]
        return super().__call__(x)

    outputs = MLP.outputs


def mean_loss(model: Any, X: Any, y: Any) -> float:
    """Binary cross-entropy over rows, with NumPy."""
    z = np.array([model(row).data for row in np.asarray(X).tolist()])
    return float(np.mean(np.logaddexp(0.0, z) - y * z))


# Learning.


def test_the_loss_falls_and_the_history_has_a_record_per_epoch() -> None:
    X, y = moons(60)
    model = MLP(2, [8, 1], "tanh", seed=0)
    start = mean_loss(model, X, y)
    history = fit(model, X, y, epochs=40, learning_rate=0.05)
    assert history["loss"][-1] < 0.3 * start
    assert history["epoch"] == list(range(1, 41))
    assert len(history) == len(history.records) == 40
    assert set(history.records[0]) == {"epoch", "loss", "accuracy"}
    assert history["loss"][-1] == pytest.approx(mean_loss(model, X, y), rel=1e-12)
    right = [(model(row).data > 0) == label for row, label in zip(X.tolist(), y, strict=True)]
    assert history["accuracy"][-1] == np.mean(right) > 0.9
    assert history.best_epoch == 1 + int(np.argmin(history["loss"]))
    assert history.ended == "finished"


def test_validation_columns_are_measured_on_the_held_out_rows() -> None:
    X, y = moons()
    X_held, y_held = data.moons(10, noise=0.1, seed=9)
    model = small()
    history = fit(model, X, y, validation=(X_held, y_held), epochs=3)
    assert set(history.records[0]) == {"epoch", "loss", "accuracy", "validation_loss", "validation_accuracy"}
    assert history["validation_loss"][-1] == pytest.approx(mean_loss(model, X_held, y_held), rel=1e-12)
    assert history["loss"][-1] == pytest.approx(mean_loss(model, X, y), rel=1e-12)
    assert history.best_epoch == 1 + int(np.argmin(history["validation_loss"]))


@pytest.mark.parametrize("engine", ["compiled", "eager"])
@pytest.mark.parametrize("batch_size", [None, 24, 100])
def test_a_step_over_all_rows_follows_the_gradient_of_the_mean_loss(batch_size: int | None, engine: str) -> None:
    X, y = moons()
    model, twin = small(), small()
    cost = mean([losses.binary_cross_entropy(twin(x), t) for x, t in zip(X.tolist(), y.tolist(), strict=True)])
    cost.backward()
    expected = [p.data - 0.5 * p.grad for p in twin.parameters()]
    fit(model, X, y, optimizer=sgd(0.5), epochs=1, batch_size=batch_size, engine=engine)
    assert [p.data for p in model.parameters()] == pytest.approx(expected, rel=1e-12, abs=1e-14)


@pytest.mark.parametrize("loss", ["binary_cross_entropy", "hinge", "auto"])
def test_losses_for_two_classes(loss: str) -> None:
    X, y = moons(60)
    history = fit(MLP(2, [8, 1], "tanh", seed=0), X, y, loss=loss, epochs=40, learning_rate=0.1)
    assert history["accuracy"][-1] > 0.95


def test_hinge_takes_classes_as_minus_and_plus_one() -> None:
    X, y = moons()
    model = small()
    history = fit(model, X, y, loss="hinge", epochs=2)
    z = np.array([model(row).data for row in X.tolist()])
    assert history["loss"][-1] == pytest.approx(np.mean(np.maximum(0.0, 1.0 - (2.0 * y - 1.0) * z)), rel=1e-12)


def test_several_classes() -> None:
    X, y = data.blobs(60, noise=0.5, seed=1)
    model = MLP(2, [3], seed=0)
    history = fit(model, X, y, epochs=20, learning_rate=0.1)
    scores = model.outputs(X)
    expected = np.mean(np.log(np.exp(scores).sum(axis=1)) - scores[np.arange(60), y])
    assert history["loss"][-1] == pytest.approx(expected, rel=1e-10)
    assert history["accuracy"][-1] == np.mean(scores.argmax(axis=1) == y) > 0.9


@pytest.mark.parametrize("loss", ["mse", "mae", "huber"])
def test_regression(loss: str) -> None:
    X = np.linspace(-1.0, 1.0, 20)[:, None]
    y = 3.0 * X[:, 0] - 0.5
    model = MLP(1, [1], seed=0)
    history = fit(model, X, y, loss=loss, learning_rate=0.05, epochs=150)
    assert set(history.records[0]) == {"epoch", "loss"}
    assert (model.layers[0].neurons[0].w[0].data, model.layers[0].neurons[0].b.data) == pytest.approx(
        (3.0, -0.5), abs=0.1
    )


def test_regression_of_several_outputs() -> None:
    X = np.linspace(-1.0, 1.0, 20)[:, None]
    Y = np.hstack([2.0 * X, 1.0 - X])
    model = MLP(1, [2], seed=0)
    history = fit(model, X, Y, loss="mse", learning_rate=0.1, epochs=80)
    assert history["loss"][-1] == pytest.approx(np.mean((model.outputs(X) - Y) ** 2), rel=1e-10)
    assert history["loss"][-1] < 1e-3


def test_a_loss_of_ones_own() -> None:
    def quartic(output: Any, target: float) -> Any:
        return (output - target) ** 4

    history = fit(Constant(), [[0.0]] * 4, [1.0] * 4, loss=quartic, optimizer=sgd(0.1), epochs=20)
    assert history["loss"][0] == pytest.approx((1.0 - 0.4) ** 4)
    assert history["loss"][-1] < 0.01
    assert set(history.records[0]) == {"epoch", "loss"}


def test_a_loss_of_ones_own_may_use_the_methods_of_values() -> None:
    def margin(score: Value, target: float) -> Value:
        return (1.0 - target * score).relu()

    history = fit(Constant(), [[0.0]] * 4, [1.0] * 4, loss=margin, optimizer=sgd(0.25), epochs=5)
    assert history["loss"] == pytest.approx([0.75, 0.5, 0.25, 0.0, 0.0])


def test_a_module_of_ones_own_learns_the_parameters_it_lists() -> None:
    class Line(Module):
        def __init__(self) -> None:
            self.slope, self.offset = Value(0.0), Value(1.0)

        def __call__(self, x: Any) -> Any:
            return self.slope * x[0] + self.offset

        def parameters(self) -> list[Value]:
            return [self.slope]

    line = Line()
    fit(line, [[1.0], [2.0]], [3.0, 5.0], loss="mse", optimizer=sgd(0.1), epochs=60)
    assert line.slope.data == pytest.approx(2.0)
    assert line.offset.data == 1.0


def test_a_shared_parameter_takes_one_step() -> None:
    class Shared(Module):
        def __init__(self) -> None:
            self.a = Parameter(1.0)
            self.b = self.a

        def __call__(self, x: Any) -> Any:
            return self.a * x[0] + self.b * x[0]

    model = Shared()
    fit(model, [[1.0]], [0.0], loss="mse", optimizer=sgd(0.1), epochs=1)
    assert model.a.data == pytest.approx(1.0 - 0.1 * 8.0)  # d (2a)² / da = 8a


def test_a_model_that_draws_at_random_is_not_frozen_at_its_first_draw() -> None:
    class Dropout(MLP):
        draws = 0

        def __call__(self, x: Any) -> Any:
            self.draws += 1
            return super().__call__([feature * float(rng.integers(0, 2)) for feature in x])

    rng = np.random.default_rng(0)
    X, y = moons()
    model = Dropout(2, [4, 1], "tanh", seed=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that another engine is used, say
        fit(model, X, y, epochs=3)
    assert model.draws >= 3 * len(X)


# Which rows.


@pytest.mark.parametrize("batch_size", [1, 7, 24])
def test_every_epoch_sees_every_row_once_in_an_order_of_its_own(batch_size: int) -> None:
    X, y = moons()
    model = Seen(2, [2, 1], "tanh", seed=0)
    steps = 0
    inner = sgd(0.1)

    def counted(gradient: Any, state: Any, parameters: Any) -> Any:
        nonlocal steps
        steps += 1
        return inner.update(gradient, state, parameters)

    fit(model, X, y, optimizer=Optimizer(inner.init, counted), epochs=3, batch_size=batch_size, engine="eager")
    epochs = [model.rows[start : start + 24] for start in range(0, len(model.rows), 24)]
    rows = sorted(map(tuple, X.tolist()))
    assert [sorted(epoch) for epoch in epochs] == [rows] * 3
    assert epochs[0] != epochs[1] != epochs[2]
    assert steps == 3 * math.ceil(24 / batch_size)


def test_validation_rows_are_judged_but_never_learnt_from() -> None:
    X, y = moons()
    held_out = data.moons(10, noise=0.3, seed=9)
    model = Seen(2, [2, 1], "tanh", seed=0)
    fit(model, X, y, validation=held_out, epochs=3, batch_size=5)
    assert not set(map(tuple, held_out[0].tolist())) & set(model.rows)
    validations = None, held_out, (held_out[0] * 3.0, 1 - held_out[1])
    first, *others = [fit(small(), X, y, validation=each, epochs=3, batch_size=5)["loss"] for each in validations]
    assert others == [first, first]


def test_the_same_seed_gives_the_same_history() -> None:
    X, y = moons()

    def run(seed: Any) -> list[float]:
        return fit(small(), X, y, epochs=3, batch_size=5, seed=seed)["loss"]

    assert run(0) == run(0) == run(np.random.default_rng(0))
    assert run(0) != run(1)


def test_global_random_state_is_not_touched() -> None:
    before = repr(np.random.get_state())  # noqa: NPY002 - any use of it would move it
    fit(small(), *moons(), epochs=1)
    assert repr(np.random.get_state()) == before  # noqa: NPY002


def test_data_may_be_lists_and_stays_as_it_is() -> None:
    X, y = moons()
    lists = X.tolist(), y.tolist()
    kept = json.dumps(lists)
    from_lists = fit(small(), *lists, epochs=2)["loss"]
    assert json.dumps(lists) == kept
    X.flags.writeable = y.flags.writeable = False
    assert fit(small(), X, y, epochs=2)["loss"] == from_lists


# Stopping.


def towards_one(**settings: Any) -> tuple[Constant, History]:
    """A number that moves from 0 to 1 by tenths, and is judged by its distance from 0.5."""
    model = Constant()
    history = fit(
        model, [[0.0]], [9.0], loss="mae", optimizer=sgd(0.1), epochs=30, validation=([[0.0]], [0.5]), **settings
    )
    return model, history


def swinging(**settings: Any) -> tuple[Constant, History]:
    """A number that overshoots its target further at every step, so that the first epoch is the best one."""
    model = Constant(1.0)
    history = fit(model, [[0.0]], [0.0], loss="mse", optimizer=sgd(1.01), batch_size=1, **{"epochs": 50} | settings)
    return model, history


def test_early_stopping_goes_back_to_the_best_weights() -> None:
    model, history = towards_one(patience=3)
    assert len(history) == 8
    assert history.best_epoch == 5
    assert history.ended == "stopped early"
    assert model.c.data == pytest.approx(0.5)


def stop_after(epoch: int) -> Callable[[dict[str, float]], bool]:
    return lambda record: record["epoch"] == epoch


def interrupt_after(epoch: int) -> Callable[[dict[str, float]], None]:
    def callback(record: dict[str, float]) -> None:
        if record["epoch"] == epoch:
            raise KeyboardInterrupt

    return callback


ENDINGS = [(None, 30, "finished"), (stop_after(8), 8, "stopped early"), (interrupt_after(8), 8, "interrupted")]


@pytest.mark.parametrize(("callback", "epochs", "ended"), ENDINGS)
@pytest.mark.parametrize("patience", [None, 1000])
def test_with_validation_the_best_weights_stay_however_training_ends(
    patience: int | None, callback: Any, epochs: int, ended: str
) -> None:
    model, history = towards_one(patience=patience, callback=callback)
    assert (len(history), history.best_epoch, history.ended) == (epochs, 5, ended)
    assert model.c.data == pytest.approx(0.5)


@pytest.mark.parametrize(("callback", "epochs", "ended"), ENDINGS)
@pytest.mark.parametrize("patience", [None, 1000])
@pytest.mark.filterwarnings("ignore:training made the loss larger")
def test_without_validation_the_best_weights_stay_if_there_is_patience(
    patience: int | None, callback: Any, epochs: int, ended: str
) -> None:
    model, history = swinging(patience=patience, callback=callback, epochs=30)
    assert (len(history), history.best_epoch, history.ended) == (epochs, 1, ended)
    assert model.c.data**2 == pytest.approx(history["loss"][0 if patience else -1])


def test_an_error_in_a_callback_leaves_weights_by_the_same_rule() -> None:
    def callback(record: dict[str, float]) -> None:
        raise ZeroDivisionError

    model = Constant(1.0)
    with pytest.raises(ZeroDivisionError):
        fit(model, [[0.0]], [0.0], loss="mse", optimizer=sgd(1.01), patience=3, callback=callback)
    assert model.c.data == pytest.approx(-1.02)


def test_steps_in_the_last_digits_do_not_keep_patience_waiting() -> None:
    """The loss nears 1 from above, by less and less: 1e-8 at first."""
    model = Constant(1.0 + 1e-4)
    history = fit(
        model, [[0.0], [0.0]], [0.0, 2.0], loss="mse", optimizer=sgd(0.1), batch_size=None, epochs=30, patience=3
    )
    losses = history["loss"]
    assert losses[0] > losses[1] > losses[2] > losses[3]
    assert (len(history), history.best_epoch, history.ended) == (4, 4, "stopped early")
    assert (model.c.data - 1.0) ** 2 + 1.0 == losses[3]


def test_many_small_steps_are_progress() -> None:
    """Each lowers the loss by less than patience counts, three of them by more."""
    model = Constant(1.0)
    history = fit(model, [[0.0]], [0.0], loss="mae", optimizer=sgd(5e-5), epochs=20, patience=4)
    assert (len(history), history.ended) == (20, "finished")


def test_patience_works_below_zero() -> None:
    """A loss may be negative, and lower is still better: rising by the millionth is none."""
    history = fit(
        Constant(1.0), [[0.0]], [1.0], loss=lambda c, sign: sign * c, optimizer=sgd(1e-6), epochs=9,
        validation=([[0.0]], [-1.0]), patience=2,
    )  # fmt: skip
    assert history["validation_loss"] == sorted(history["validation_loss"])
    assert (len(history), history.best_epoch, history.ended) == (3, 1, "stopped early")


def test_patience_without_validation_judges_by_the_training_loss() -> None:
    model, history = swinging(patience=3)
    assert (history.best_epoch, len(history), history.ended) == (1, 4, "stopped early")
    assert model.c.data == pytest.approx(-1.02)


@pytest.mark.parametrize("answer", [True, np.bool_(True)])
def test_a_callback_is_told_every_epoch_and_may_stop(answer: Any) -> None:
    told: list[dict[str, float]] = []

    def callback(record: dict[str, float]) -> Any:
        told.append(dict(record))
        return answer if len(told) == 3 else None

    history = fit(small(), *moons(), epochs=10, callback=callback)
    assert told == history.records
    assert len(told) == 3
    assert history.ended == "stopped early"


# Ctrl-C.


@pytest.mark.parametrize(("rows", "epochs"), [(10, 0), (30, 1), (60, 2)])
def test_an_interrupt_in_the_middle_of_an_epoch_leaves_the_weights_before_it(rows: int, epochs: int) -> None:
    class Interrupted(MLP):
        left = rows

        def __call__(self, x: Any) -> Any:
            self.left -= 1
            if self.left < 0:
                raise KeyboardInterrupt
            return super().__call__(x)

        outputs = MLP.outputs

    X, y = moons()
    model = Interrupted(2, [4, 1], "tanh", seed=0)
    history = fit(model, X, y, epochs=50, batch_size=4, engine="eager")
    reference = small()
    if epochs:
        fit(reference, X, y, epochs=epochs, batch_size=4, engine="eager")
    assert len(history) == history.best_epoch == epochs
    assert history.ended == "interrupted"
    assert model.state_dict() == reference.state_dict()


_CHILD = """
import json
from nn import MLP, data, fit

X, y = data.moons(24, noise=0.1, seed=3)
model = MLP(2, [4, 1], "tanh", seed=0)
states = []

def callback(record):
    states.append(model.state_dict())
    if record["epoch"] == 20:
        print("ready", flush=True)

history = fit(model, X, y, epochs=10**9, patience=10**9, batch_size=4, learning_rate=0.3, callback=callback)
is_best = model.state_dict() == states[history.best_epoch - 1] if history.best_epoch <= len(states) else True
print(json.dumps([history["loss"], history.best_epoch, history.ended, is_best]))
"""


@pytest.mark.skipif(os.name != "posix", reason="Ctrl-C is sent as a POSIX signal")
def test_ctrl_c_ends_training_with_the_best_weights() -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", _CHILD],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a test run in the background ignores it
    )
    try:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        child.send_signal(signal.SIGINT)
        out, _ = child.communicate(timeout=60)
    finally:
        child.kill()
    losses_, best_epoch, ended, has_the_best = json.loads(out)
    assert child.returncode == 0
    assert len(losses_) >= 20
    assert best_epoch == 1 + losses_.index(min(losses_))
    assert ended == "interrupted"
    assert has_the_best


# Divergence.


def test_divergence_is_an_error_and_the_best_weights_stay() -> None:
    model = Constant(1.0)
    records: list[dict[str, float]] = []
    with pytest.raises(AnomalyError, match=r"the loss became inf in epoch \d+: lower the learning rate"):
        fit(model, [[0.0]], [0.0], loss="mse", optimizer=sgd(1e40), epochs=50, callback=records.append)
    assert 0 < len(records) < 50
    assert model.c.data**2 == pytest.approx(min(record["loss"] for record in records), rel=1e-12)


@pytest.mark.parametrize("optimizer", [sgd(1e300), chain(clip(1.0), sgd(1e300)), adam(1e300)])
def test_a_network_that_diverges_has_its_start_back(optimizer: Optimizer) -> None:
    model = MLP(2, [4, 4, 1], "relu", seed=0)
    start = model.state_dict()
    with pytest.raises(AnomalyError, match=r"the loss became (inf|nan) in epoch 1"):
        fit(model, *moons(), loss="mse", optimizer=optimizer, epochs=5)
    assert model.state_dict() == start


def test_a_loss_that_is_infinite_from_the_start_is_an_error() -> None:
    with pytest.raises(AnomalyError, match="inf before the first step"):
        fit(Constant(1e200), [[0.0]], [0.0], loss="mse", epochs=1)


@pytest.mark.parametrize("loss", ["auto", "hinge", "mse"])
@pytest.mark.parametrize("optimizer", [sgd(1e9), adam(1e9)])
def test_a_rate_that_makes_the_loss_larger_is_told_of(loss: str, optimizer: Optimizer) -> None:
    with pytest.warns(UserWarning, match=r"training made the loss larger, from .* to .*: lower the learning rate"):
        history = fit(MLP(2, [4, 1], "tanh", seed=0), *moons(), loss=loss, optimizer=optimizer, epochs=3)
    assert history.ended == "finished"


def test_saturated_outputs_are_told_of_too() -> None:
    """The loss itself stays below 1 here, whatever the weights."""
    model = MLP(1, [1], output_activation="sigmoid", init="zeros")
    with pytest.warns(UserWarning, match=r"made the loss larger, from 0\.25 before the first step to 0\.75"):
        fit(model, [[1.0]] * 4, [1, 0, 0, 0], loss="mse", optimizer=sgd(1e9), batch_size=1, epochs=3, seed=1)


def test_nothing_is_told_of_training_that_goes_on_from_a_minimum() -> None:
    model = small()
    fit(model, *moons(), epochs=60, learning_rate=0.05)
    fit(model, *moons(), epochs=2, learning_rate=0.05)


@pytest.mark.parametrize("engine", ["compiled", "eager"])
def test_what_is_frozen_stays_and_the_rest_learns(engine: str) -> None:
    model = small()
    model.layers[0].freeze()
    start = model.state_dict()
    history = fit(model, *moons(), epochs=10, learning_rate=0.05, engine=engine)
    moved = {name for name, number in model.state_dict().items() if number != start[name]}
    assert moved == {name for name in start if name.startswith("layers.1.")}
    assert history["loss"][-1] < history["loss"][0]
    model.unfreeze()
    fit(model, *moons(), epochs=1)
    assert all(number != start[name] for name, number in model.state_dict().items())


# Bad input. Each is refused at the call and leaves the model as it was.

X4, Y4 = [[0.0, 1.0], [1.0, 0.0], [0.5, 0.5], [0.2, 0.1]], [0, 1, 0, 1]


def refused(error: type[Exception], message: str, *, model: Any = None, X: Any = X4, y: Any = Y4, **given: Any) -> None:
    model = small() if model is None else model
    before = model.state_dict()
    with pytest.raises(error, match=message) as caught:
        fit(model, X, y, **{"epochs": 1, **given})
    assert isinstance(caught.value, GlassgradError)
    assert model.state_dict() == before


def test_a_table_that_is_none() -> None:
    refused(DataError, "X must be rows of numbers, all of one length", X=[[1.0, 2.0], [3.0], [1.0, 1.0], [2.0, 2.0]])
    refused(DataError, "X must be rows of numbers", X=[["a", "b"]] * 4)
    refused(DataError, r"X must have the shape \(rows, inputs\).*got \(4,\)", X=[1.0, 2.0, 3.0, 4.0])
    refused(DataError, r"X must have the shape .* got \(0,\)", X=[], y=[])
    refused(DataError, "X must ", X=None)


@pytest.mark.parametrize("wrong", [math.nan, math.inf, -math.inf])
def test_a_cell_that_is_not_finite_is_named(wrong: float) -> None:
    X = [[0.0, 1.0], [1.0, 0.0], [0.5, wrong], [0.2, 0.1]]
    refused(DataError, rf"X has {wrong} in row 2, column 1", X=X)
    refused(DataError, rf"validation X has {wrong} in row 2, column 1", validation=(X, Y4))


def test_rows_and_labels_of_different_number() -> None:
    refused(LengthError, "X has 4 rows but its labels are 3", y=[0, 1, 0])
    refused(LengthError, "validation X has 4 rows but its labels are 2", validation=(X4, [0, 1]))


def test_columns_that_the_model_does_not_have() -> None:
    refused(LengthError, "expected rows of 2 inputs", X=[[1.0]] * 4)
    refused(LengthError, "expected rows of 2 inputs", validation=([[1.0]] * 4, Y4))


@pytest.mark.parametrize("y", [[0, 1, 2, 1], [0, 1, -1, 1], [0.0, 0.5, 1.0, 1.0], ["a", "b", "a", "b"]])
@pytest.mark.parametrize("loss", ["auto", "hinge"])
def test_classes_of_one_output_are_0_and_1(y: Any, loss: str) -> None:
    refused(DataError, "with 1 outputs takes classes 0 to 1, got", y=y, loss=loss)


def test_classes_out_of_range() -> None:
    refused(DataError, "with 3 outputs takes classes 0 to 2, got 0, 1, 3", model=MLP(2, [3], seed=0), y=[0, 1, 3, 0])
    refused(DataError, "takes classes 0 to 1, got 0, 1, 5", validation=(X4, [0, 1, 5, 0]))


@pytest.mark.parametrize("y", [3, None])
def test_labels_that_are_no_sequence(y: Any) -> None:
    refused(GlassgradError, "label|y must|target", y=y)


def test_classes_in_a_column_are_a_matter_of_shape() -> None:
    refused(DataError, "shape", y=[[0], [1], [0], [1]])


@pytest.mark.parametrize("y", [["a", "b", "a", "b"], [0.0, math.nan, 1.0, 2.0], [0.0, math.inf, 1.0, 2.0]])
def test_targets_of_regression_are_finite_numbers(y: Any) -> None:
    refused(DataError, "label|y |target", y=y, loss="mse")


def test_losses_and_outputs_that_do_not_fit() -> None:
    refused(LengthError, "cross_entropy needs one output per class, the model has 1", loss="cross_entropy")
    for loss in ("hinge", "binary_cross_entropy"):
        refused(LengthError, f"{loss} needs one output, the model has 3", model=MLP(2, [3], seed=0), loss=loss)
    refused(LengthError, "2 outputs but the target has 1", model=MLP(2, [2], seed=0), loss="mse")


def test_unknown_names_name_the_nearest() -> None:
    refused(UnknownNameError, r"unknown loss 'hing' \(did you mean 'hinge'\?\)", loss="hing")
    refused(UnknownNameError, r"unknown optimiser 'adamm' \(did you mean 'adam'\?\)", optimizer="adamm")


@pytest.mark.parametrize("name", ["epochs", "batch_size", "patience"])
@pytest.mark.parametrize("number", [0, -1, 1.5, True, "3"])
def test_counts_are_whole_and_positive(name: str, number: Any) -> None:
    refused(OperandError, f"{name} must be a whole number of at least 1, got", **{name: number})


def test_learning_rates() -> None:
    refused(OperandError, "rate must be a number", learning_rate=-0.1)
    refused(OperandError, "the learning rate is the optimiser's own", optimizer=sgd(0.1), learning_rate=0.1)


@pytest.mark.parametrize("validation", [X4, (X4, Y4, None)])
def test_validation_is_a_pair(validation: Any) -> None:
    refused(GlassgradError, "validation", validation=validation)


def test_a_model_without_parameters() -> None:
    refused(DataError, "Module has no parameters to train: assign", model=Module())
    frozen = small()
    frozen.freeze()
    refused(DataError, r"MLP has no parameters to train: all are frozen: unfreeze\(\) some", model=frozen)


def test_a_loss_that_cuts_the_graph() -> None:
    refused(OperandError, "the loss must return one Value per sample, got float", loss=lambda a, t: 1.0)


def test_a_history_shows_itself_in_one_line() -> None:
    history = History([{"epoch": 1.0, "loss": 0.7}, {"epoch": 2.0, "loss": 0.51234, "accuracy": 0.9}], 2, "interrupted")
    assert repr(history) == "<History: 2 epochs (interrupted), loss 0.5123, accuracy 0.9>"
    assert repr(History()) == "<History: 0 epochs (finished)>"


def test_a_loss_that_looks_at_numbers_trains_eagerly() -> None:
    """What cannot be traced still gets Values, in training and where the loss is only measured."""

    def one_sided(output: Value, target: float) -> Value:
        return (output - target) ** 2 if output.data > target else output * 0.0 + abs(target)

    X, y = data.moons(20, seed=0)
    model = MLP(2, [1], seed=0)
    with pytest.warns(UserWarning, match="eager engine"):
        history = fit(model, X, y, loss=one_sided, epochs=1)
    costs = [one_sided(model(x), t).data for x, t in zip(X.tolist(), y.tolist(), strict=True)]
    assert history["loss"] == [pytest.approx(np.mean(costs), rel=1e-12)]


# Weights of rows; rows that are not what they seem.


@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize("engine", ["compiled", "eager"])
def test_a_row_of_weight_2_is_the_row_twice(classes: int, engine: str) -> None:
    X, y = data.blobs(20, noise=1.0, centers=classes, seed=3)
    weights = np.arange(20) % 3
    settings: dict[str, Any] = {"epochs": 4, "batch_size": None, "learning_rate": 0.05, "engine": engine}
    models = [MLP(2, [4, classes if classes > 2 else 1], "tanh", seed=0) for _ in range(2)]
    weighted = fit(models[0], X, y, sample_weight=weights, **settings)
    repeated = fit(models[1], X.repeat(weights, axis=0), y.repeat(weights), **settings)
    for name in ("loss", "accuracy"):
        np.testing.assert_allclose(weighted[name], repeated[name], rtol=1e-9)
    np.testing.assert_allclose(models[0].outputs(X), models[1].outputs(X), rtol=1e-7)


def test_weights_that_are_none() -> None:
    X, y = data.moons(10, seed=0)
    for weights, kind, message in (
        (np.ones(9), LengthError, r"X has 10 rows but sample_weight has the shape \(9,\)"),
        (np.ones((10, 2)), LengthError, r"sample_weight has the shape \(10, 2\)"),
        (-np.ones(10), DataError, r"at least 0; row 0 has -1\.0"),
        (np.full(10, np.nan), DataError, "finite .* row 0 has nan"),
        (np.zeros(10), DataError, "every weight is zero"),
        (np.ma.masked_array(np.ones(10), [1] + [0] * 9), DataError, "sample_weight is a masked array"),
    ):
        with pytest.raises(kind, match=message):
            fit(MLP(2, [1], seed=0), X, y, sample_weight=weights, epochs=1)


def test_masked_rows_are_refused() -> None:
    X, y = data.moons(10, seed=0)
    masked = np.ma.masked_array(X, X > 1.0)
    model = MLP(2, [1], seed=0)
    for refusing in (
        lambda: fit(model, masked, y, epochs=1),
        lambda: fit(model, X, y, validation=(masked, y), epochs=1),
        lambda: fit(model, list(masked), y, epochs=1),
        lambda: model.outputs(masked),
        lambda: data.Standardizer.fit(masked),
        lambda: data.train_test_split(masked, y),
        lambda: explain(model, masked, targets=y, loss="mse"),
    ):
        with pytest.raises(DataError, match="masked"):
            refusing()
    with pytest.raises(DataError, match="masked"):
        fit(model, X, np.ma.masked_array(y, y > 0), epochs=1)
    with pytest.raises(OperandError, match="masked"):
        compile(lambda x: x[0], X[0])(masked)
    assert fit(model, np.ma.masked_array(X), y, epochs=1).ended == "finished"  # nothing is masked out


def test_many_classes_are_not_laid_out_at_once() -> None:
    classes, rows = 300, 20_000  # one-hot targets of all rows would be 48 MB, as Python lists 190
    y = np.arange(rows) % classes
    X = np.column_stack([y / classes, np.cos(y)])
    model = MLP(2, [classes], seed=0)
    small = fit(MLP(2, [classes], seed=0), X[:300], y[:300], epochs=1, batch_size=100)
    tracemalloc.start()
    history = fit(model, X, y, epochs=1, batch_size=100)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert history["loss"][0] < small["loss"][0]
    assert peak < 10 * 8 * TABLE


def test_targets_by_the_part_are_those_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    X, y = data.blobs(40, noise=1.0, seed=3)
    histories = []
    for table in (1 << 21, 35):
        monkeypatch.setattr("nn.training.engine.TABLE", table)
        monkeypatch.setattr("nn.training.rows.TABLE", table)
        histories.append(fit(MLP(2, [4, 3], seed=0), X, y, epochs=3, batch_size=3)["loss"])
    np.testing.assert_allclose(histories[0], histories[1], rtol=1e-12)
