"""Engines give the same history; what cannot be traced falls back, and says why."""

import numpy as np
import pytest

from autograd import UnknownNameError
from nn import MLP, Module, Parameter, data, fit, losses


@pytest.mark.parametrize("loss", ["auto", "hinge", "mse", "mae", "huber"])
@pytest.mark.parametrize("optimizer", ["sgd", "adam", "adamw"])
def test_compiled_has_the_eager_history(loss, optimizer):
    X, y = data.moons(30, noise=0.1, seed=1)
    histories = [
        fit(MLP(2, [4, 1], seed=0), X, y, loss=loss, optimizer=optimizer, epochs=5, batch_size=8, engine=engine)["loss"]
        for engine in ("eager", "compiled")
    ]
    assert np.allclose(histories[0], histories[1], rtol=1e-9, atol=1e-12)


def test_several_classes_have_the_eager_history():
    X, y = data.blobs(30, noise=1.0, seed=1)
    histories = [fit(MLP(2, [4, 3], seed=0), X, y, epochs=5, engine=engine)["loss"] for engine in ("eager", "compiled")]
    assert np.allclose(histories[0], histories[1], rtol=1e-9)


class Branching(Module):
    def __init__(self):
        self.w = Parameter(0.5)

    def __call__(self, x):
        z = self.w * x[0]
        return z if z.data > 0 else z * 0.1


def test_what_cannot_be_traced_is_trained_eagerly_and_says_why():
    X, y = data.moons(12, seed=0)
    with pytest.warns(UserWarning, match=r"eager engine, because reading \.data"):
        history = fit(Branching(), X, y, epochs=2)
    assert len(history) == 2


def test_a_loss_that_cannot_be_traced_is_evaluated_row_by_row():
    def loss(output, target):
        return losses.mse(output, target) if float(getattr(output, "data", output)) > -100 else 0.0 * output

    X, y = data.moons(12, seed=0)
    with pytest.warns(UserWarning, match="eager engine"):
        history = fit(MLP(2, [2, 1], seed=0), X, y, loss=loss, epochs=2)
    assert np.isfinite(history["loss"]).all()


def test_an_unknown_engine():
    with pytest.raises(UnknownNameError, match="did you mean 'compiled'"):
        fit(MLP(2, [1], seed=0), np.zeros((4, 2)), [0, 1, 0, 1], engine="compile")
