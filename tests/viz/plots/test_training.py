"""Training as it went: the recorder's gradients are those of backward(), and the figure shows them by epoch."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest

from autograd import LengthError, OperandError, Value
from nn import MLP, Module, data, explain, fit
from viz import Recorder, plot_training

X, Y = data.moons(24, noise=0.1, seed=0)


def trained(epochs: int = 6, **arguments: Any) -> tuple[MLP, Recorder]:
    model = MLP(2, [4, 1], activation="tanh", seed=0)
    recorder = Recorder(model, X, Y, **arguments)
    fit(model, X, Y, epochs=epochs, callback=recorder, **arguments)
    return model, recorder


@pytest.mark.parametrize("loss", ["auto", "hinge", "mse"])
def test_the_gradients_are_those_that_explain_finds(loss: str) -> None:
    model, recorder = trained(loss=loss)
    assert recorder.epochs == [0, 1, 2, 3, 4, 5, 6]
    report = explain(model, X, targets=Y, loss=loss)
    np.testing.assert_allclose(recorder.gradients[-1], list(report.gradients.values()), rtol=1e-9, atol=1e-15)
    np.testing.assert_array_equal(recorder.parameters[-1], [p.data for p in model.parameters()])
    assert recorder.sizes("biases")["layers.0"][-1] == pytest.approx(
        np.linalg.norm(report.layers["layers.0"].bias_gradient)
    )
    assert recorder.sizes("weights")["layers.1"][-1] == pytest.approx(
        np.linalg.norm(report.layers["layers.1"].weight_gradient)
    )


def test_recording_changes_nothing() -> None:
    alone = MLP(2, [4, 1], activation="tanh", seed=0)
    fit(alone, X, Y, epochs=6)
    watched, recorder = trained()
    before = watched.state_dict(), [parameter.grad for parameter in watched.parameters()]
    plot_training(recorder)
    assert watched.state_dict() == alone.state_dict()
    assert (watched.state_dict(), [parameter.grad for parameter in watched.parameters()]) == before


class Branching(Module):
    """Cannot be traced: it looks at a number."""

    def __init__(self) -> None:
        self.inner = MLP(2, [3, 1], activation="tanh", seed=0)

    def __call__(self, x: Any) -> Any:
        out = self.inner(x)
        return out if not isinstance(out, Value) or out.data > -100.0 else -out


def test_a_model_that_cannot_be_traced_is_recorded_row_by_row() -> None:
    model = Branching()
    model.inner.layers[0].neurons[0].w[0].grad = 5.0
    recorder = Recorder(model, X, Y)
    np.testing.assert_allclose(recorder.gradients[0], Recorder(model.inner, X, Y).gradients[0], rtol=1e-9)
    assert model.inner.layers[0].neurons[0].w[0].grad == 5.0


def test_boundaries_above_and_gradients_below_with_marks_at_the_same_epochs() -> None:
    _, recorder = trained(9)
    figure = plot_training(recorder, epochs=[0, 4, 9], grid_resolution=20)
    titles = [axes.get_title(loc="left") for axes in figure.axes]
    assert titles == ["epoch 0", "epoch 4", "epoch 9", "gradients of weights", "gradients of biases"]
    for what, axes in zip(("weights", "biases"), figure.axes[-2:], strict=True):
        curves = {line.get_label(): line for line in axes.get_lines() if str(line.get_label()).startswith("layers")}
        for layer, sizes in recorder.sizes(what).items():
            np.testing.assert_array_equal(curves[layer].get_ydata(), sizes)
            np.testing.assert_array_equal(curves[layer].get_xdata(), range(10))
        marks = [line.get_xdata()[0] for line in axes.get_lines() if line not in curves.values()]  # type: ignore[index]
        assert marks == [0, 4, 9]
    figure.savefig(io.BytesIO())


def test_epochs_are_chosen_from_the_first_to_the_last() -> None:
    _, recorder = trained(10)
    titles = [axes.get_title(loc="left") for axes in plot_training(recorder, grid_resolution=10).axes[:-2]]
    assert (titles[0], titles[-1], len(titles)) == ("epoch 0", "epoch 10", 4)


def test_wrong_arguments_are_refused() -> None:
    model, recorder = trained(2)
    with pytest.raises(OperandError, match="epoch 7 was not recorded: there are 0 to 2"):
        plot_training(recorder, epochs=[7])
    with pytest.raises(OperandError, match="one to 6 of those that were recorded, got 0"):
        plot_training(recorder, epochs=[])
    with pytest.raises(OperandError, match="takes the Recorder of a training, got History"):
        plot_training(fit(model, X, Y, epochs=1))  # type: ignore[arg-type]
    with pytest.raises(OperandError, match="takes the Module that is trained, got str"):
        Recorder("model", X, Y)  # type: ignore[arg-type]
    with pytest.raises(LengthError, match="give rows, and one label per row"):
        Recorder(model, X, Y[:3])
