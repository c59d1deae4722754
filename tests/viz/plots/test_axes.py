"""What all plots share: they show themselves in a notebook, and never speak another language without a word."""

from __future__ import annotations

import struct
from typing import Any

import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from autograd import UnknownNameError
from nn import MLP, data, fit
from viz import Recorder, plot_decision_boundary, plot_loss, plot_training
from viz.plots import axes as shared
from viz.plots.wording import speaker

X, y = data.moons(20, noise=0.1, seed=0)


def training() -> Any:
    model = MLP(2, [4, 1], activation="tanh", seed=0)
    recorder = Recorder(model, X, y)
    fit(model, X, y, epochs=3, callback=recorder, progress=False)
    return plot_training(recorder)


@pytest.mark.parametrize(
    "plot", [lambda: plot_loss([1.0, 0.5]), lambda: plot_decision_boundary(MLP(2, [1], seed=0), X, y), training]
)
def test_in_a_notebook_a_figure_appears(plot: Any) -> None:
    shown = plot()
    assert isinstance(shown, Axes | Figure)
    picture, size = shown._repr_png_()
    assert picture.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", picture[16:24])
    assert (width, height) == pytest.approx((2 * size["width"], 2 * size["height"]), abs=2)  # sharp on any screen
    assert 400 <= size["width"] <= 1400


def test_a_notebook_finds_the_picture_by_its_own_rules() -> None:
    formatters = pytest.importorskip("IPython.core.formatters", reason="IPython is not installed")
    found, size = formatters.DisplayFormatter().format(plot_loss([1.0, 0.5]))
    assert found["image/png"].startswith(b"\x89PNG")
    assert size["image/png"]["width"] > 400


def test_without_a_font_for_it_a_picture_says_that_it_is_not_in_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("viz.plots.wording.chinese_font", lambda: "")
    with pytest.warns(UserWarning, match="no installed font has Chinese"):
        axes = plot_loss([1.0, 0.5], lang="zh")
    assert axes.get_xlabel() == "epoch"


def test_chinese_is_written_in_a_font_that_has_it() -> None:
    if not shared.chinese_font():
        pytest.skip("no font that has Chinese is installed")
    axes = plot_loss([1.0, 0.5], lang="zh")
    assert axes.get_xlabel() == "轮次"
    assert shared.chinese_font() in axes.xaxis.label.get_fontfamily()


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="unknown language 'de'"):
        speaker("de")
