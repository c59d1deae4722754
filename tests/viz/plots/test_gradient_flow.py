"""The sizes of δ by layer: the numbers of the report, what a logarithm cannot show, and what the report found."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure

from autograd import OperandError
from nn import MLP, data, explain
from tests.viz.plots.words import check_words, deep
from viz import plot_gradient_flow


def words(axes: Any) -> list[str]:
    return [text.get_text() for text in axes.texts]


def save(axes: Any) -> None:
    axes.figure.savefig(io.BytesIO())


def test_the_line_joins_the_medians_over_neurons_and_rows() -> None:
    X, y = data.moons(30, noise=0.1, seed=0)
    report = explain(MLP(2, [6, 4, 1], activation="tanh", seed=0), X, targets=y)
    axes = plot_gradient_flow(report)
    (line,) = axes.get_lines()
    assert axes.get_yscale() == "log"
    expected = [np.median(np.abs(layer.delta)) for layer in report.layers.values()]
    np.testing.assert_allclose(line.get_ydata(), expected, rtol=1e-12)
    bars = [bar.get_segments()[0][:, 1] for bar in axes.collections]
    sizes = np.abs(report.layers["layers.0"].delta)
    np.testing.assert_allclose(bars[:2], [np.percentile(sizes, [5, 95]), np.percentile(sizes, [25, 75])], rtol=1e-12)
    assert axes.get_title(loc="right") == ""
    save(axes)


def test_vanishing_gradients_are_said() -> None:
    X, y = data.moons(20, noise=0.1, seed=0)
    axes = plot_gradient_flow(explain(MLP(2, [8] * 8 + [1], activation="sigmoid", seed=0), X, targets=y))
    assert axes.get_title(loc="right") == "Vanishing gradient"


def test_exploding_gradients_are_said() -> None:
    model = MLP(2, [8] * 8 + [1], activation="relu", seed=0)
    for parameter in model.parameters():
        parameter.data *= 8.0
    X, y = data.moons(20, noise=0.1, seed=0)
    axes = plot_gradient_flow(explain(model, X, targets=y))
    assert axes.get_title(loc="right") == "Exploding gradient"


def test_what_is_exactly_0_is_counted() -> None:
    model = MLP(2, [4, 1], activation="relu", seed=0)
    for neuron in model.layers[0].neurons[:2]:
        assert neuron.b is not None
        neuron.b.data = -100.0
    report = explain(model, [[0.5, 1.0], [1.0, 0.5]], targets=[0, 1])
    share = (report.layers["layers.0"].delta == 0.0).mean()
    assert share >= 0.5
    assert f"{share:.0%} are 0" in words(plot_gradient_flow(report))


@pytest.mark.parametrize("weight", [0.0, np.inf, np.nan])
def test_one_sample_zeros_and_nan_are_drawn(weight: float) -> None:
    model = MLP(2, [3, 1], activation="tanh", seed=0)
    model.layers[1].neurons[0].w[0].data = weight
    axes = Figure().subplots()
    assert plot_gradient_flow(explain(model, [0.5, -1.0], target=1.0), ax=axes) is axes
    save(axes)


def test_something_else_is_refused() -> None:
    with pytest.raises(OperandError, match=r"the report that nn\.explain returns, got list"):
        plot_gradient_flow([1.0])  # type: ignore[arg-type]


@pytest.mark.parametrize("layers", [2, 60])
@pytest.mark.parametrize("activation", ["sigmoid", "relu"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_no_words_overlap_or_are_cut_off_however_many_layers(layers: int, activation: str, lang: str) -> None:
    report = deep(layers, activation)
    check_words(plot_gradient_flow(report, lang=lang))
