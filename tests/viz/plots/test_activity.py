"""The heat map of σ'(z): a line for each neuron, layers apart, dead and saturated neurons marked."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest

from autograd import OperandError, Value
from nn import MLP, Module, Neuron, data, explain
from tests.viz.plots.words import check_words, deep
from viz import plot_activity


def table(axes: Any) -> Any:
    return np.ma.filled(axes.images[0].get_array(), np.nan)


def test_the_numbers_are_those_of_the_report_layers_apart() -> None:
    X, y = data.moons(12, noise=0.1, seed=0)
    report = explain(MLP(2, [5, 3, 1], activation="tanh", seed=0), X, targets=y)
    axes = plot_activity(report)
    shown = table(axes)
    assert shown.shape == (5 + 1 + 3 + 1 + 1, 12)
    np.testing.assert_array_equal(shown[:5], report.layers["layers.0"].activity.T)
    np.testing.assert_array_equal(shown[6:9], report.layers["layers.1"].activity.T)
    assert np.isnan(shown[[5, 9]]).all()
    assert {"layers.0\ntanh", "layers.2\nlinear"} <= {text.get_text() for text in axes.texts}
    axes.figure.savefig(io.BytesIO())


def marks(axes: Any, word: str) -> list[int]:
    return [text.xy[1] for text in axes.texts if word in text.get_text()]


def test_dead_and_saturated_neurons_are_marked_on_their_lines() -> None:
    X, y = data.moons(40, noise=0.1, seed=0)
    dead = MLP(2, [5, 1], activation="relu", seed=0)
    assert dead.layers[0].neurons[3].b is not None
    dead.layers[0].neurons[3].b.data = -100.0
    assert 3 in marks(plot_activity(explain(dead, X, targets=y)), "Dead")
    saturated = MLP(2, [5, 1], activation="tanh", seed=0)
    for weight in saturated.layers[0].neurons[2].w:
        weight.data *= 1000.0
    assert marks(plot_activity(explain(saturated, X, targets=y)), "Saturated") == [2]


class Unequal(Module):
    """The first neuron is used twice."""

    def __init__(self) -> None:
        self.a, self.b = Neuron(1, activation="tanh", seed=0), Neuron(1, activation="tanh", seed=1)

    def __call__(self, x: Any) -> Value:
        return self.b([self.a([self.a(x)])])


def test_neurons_used_unequally_often_are_drawn() -> None:
    shown = table(plot_activity(explain(Unequal(), [[1.0], [2.0]], targets=[0.0, 1.0], loss="mse")))
    assert np.isnan(shown).sum(axis=1).tolist() == [0, 4, 2]


def test_wide_layers_are_not_named_line_by_line() -> None:
    axes = plot_activity(explain(MLP(2, [60, 1], activation="relu", seed=0), [[0.5, -1.0]], targets=[1]))
    assert len(axes.get_yticks()) == 0
    axes.figure.savefig(io.BytesIO())


def test_something_else_is_refused() -> None:
    with pytest.raises(OperandError, match=r"the report that nn\.explain returns, got MLP"):
        plot_activity(MLP(2, [1], seed=0))  # type: ignore[arg-type]


@pytest.mark.parametrize("layers", [2, 60])
@pytest.mark.parametrize("activation", ["sigmoid", "relu"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_no_words_overlap_or_are_cut_off_however_many_layers(layers: int, activation: str, lang: str) -> None:
    report = deep(layers, activation)
    check_words(plot_activity(report, lang=lang))


def test_sigmas_slope_is_shown_against_its_usual_size() -> None:
    """The slope of a sigmoid is 1/4 at most: a healthy network of sigmoids is no less lively than one of tanh."""
    X, y = data.moons(12, noise=0.1, seed=0)
    report = explain(MLP(2, [5, 1], activation="sigmoid", seed=0), X, targets=y)
    shown = table(plot_activity(report))
    np.testing.assert_allclose(shown[:5], 4.0 * report.layers["layers.0"].activity.T, rtol=1e-12)
    assert shown[:5].max() > 0.9
