"""Loss curves: the numbers of the history, named at their ends, the best epoch ringed."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure

from autograd import LengthError, OperandError, UnknownNameError
from nn import History
from viz import plot_loss

RECORDS = [
    {"epoch": 1.0, "loss": 0.7, "accuracy": 0.5, "validation_loss": 0.8, "validation_accuracy": 0.4},
    {"epoch": 2.0, "loss": 0.4, "accuracy": 0.8, "validation_loss": 0.5, "validation_accuracy": 0.7},
    {"epoch": 3.0, "loss": 0.2, "accuracy": 0.9, "validation_loss": 0.6, "validation_accuracy": 0.6},
]


def curves(axes: Any) -> dict[str, list[float]]:
    return {
        line.get_label(): list(line.get_ydata()) for line in axes.get_lines() if not line.get_label().startswith("_")
    }


def words(axes: Any) -> list[str]:
    return [text.get_text() for text in axes.texts]


def draw(axes: Any) -> None:
    buffer = io.BytesIO()
    axes.figure.savefig(buffer)
    assert buffer.getvalue().startswith(b"\x89PNG")


@pytest.mark.parametrize("history", [RECORDS, History(RECORDS), tuple(RECORDS), iter(RECORDS)])
def test_losses_are_drawn_from_a_history_or_its_records(history: Any) -> None:
    axes = plot_loss(history)
    assert curves(axes) == {"loss": [0.7, 0.4, 0.2], "validation_loss": [0.8, 0.5, 0.6]}
    assert list(axes.get_lines()[0].get_xdata()) == [1.0, 2.0, 3.0]
    assert axes.get_xlabel() == "epoch"
    assert axes.get_title(loc="left") == "loss"
    draw(axes)


def test_curves_are_named_at_their_ends_and_the_best_epoch_is_ringed() -> None:
    axes = plot_loss(RECORDS)
    assert words(axes) == ["training  0.2", "validation  0.6", "best 0.5, epoch 2"]
    ring = axes.get_lines()[-1]
    assert (list(ring.get_xdata()), list(ring.get_ydata())) == ([2.0], [0.5])


def test_names_of_close_ends_are_moved_apart() -> None:
    axes = plot_loss([{"loss": 1.0, "validation_loss": 1.0}, {"loss": 0.5, "validation_loss": 0.5001}])
    heights = [text.xy[1] for text in axes.texts[:2]]
    assert abs(heights[1] - heights[0]) > 0.05


def test_other_metrics_by_name_accuracies_in_percent_and_best_when_highest() -> None:
    axes = plot_loss(RECORDS, metrics=["accuracy", "validation_accuracy"])
    assert curves(axes).keys() == {"accuracy", "validation_accuracy"}
    assert words(axes) == ["validation  60.0%", "training  90.0%", "best 70.0%, epoch 2"]
    draw(axes)
    assert axes.get_yticklabels()[0].get_text().endswith("%")


def test_unlike_metrics_are_named_in_full() -> None:
    axes = plot_loss(RECORDS, metrics=["loss", "accuracy"])
    assert axes.get_title(loc="left") == "loss, accuracy"
    assert {"loss  0.2", "accuracy  90.0%"} <= set(words(axes))


def test_bare_numbers_are_losses() -> None:
    assert curves(plot_loss([3, 2.0, np.float64(1.0)])) == {"loss": [3.0, 2.0, 1.0]}


def test_numbers_over_a_wide_range_get_a_logarithmic_scale() -> None:
    assert plot_loss([1.0, 0.5]).get_yscale() == "linear"
    assert plot_loss([1.0, 0.001]).get_yscale() == "log"
    assert plot_loss([1.0, 0.0]).get_yscale() == "linear"


@pytest.mark.parametrize(
    "numbers", [[1.0], [np.nan, np.nan], [1.0, np.nan, 0.5], [np.inf, 1.0], [0.0, 0.0], [-1.0, -2.0]]
)
def test_short_broken_and_flat_histories_draw(numbers: list[float]) -> None:
    draw(plot_loss(numbers))
    draw(plot_loss([{"accuracy": number} for number in numbers], metrics=["accuracy"]))


def test_epochs_where_a_metric_was_not_measured_are_gaps() -> None:
    axes = plot_loss([{"loss": 1.0}, {"loss": 0.5, "validation_loss": 0.6}, {"loss": 0.4}])
    gaps = curves(axes)["validation_loss"]
    assert np.isnan([gaps[0], gaps[2]]).all()
    assert gaps[1] == 0.6


def test_it_draws_on_the_axes_it_is_given() -> None:
    axes = Figure().subplots()
    assert plot_loss([1.0, 0.5], ax=axes) is axes


def test_an_empty_history_is_refused() -> None:
    for empty in ([], History()):
        with pytest.raises(LengthError, match="no epoch was trained"):
            plot_loss(empty)


@pytest.mark.parametrize("wrong", [None, 3.0, "loss", {"loss": [1.0]}, [{"loss": "low"}], [None]])
def test_what_is_no_history_is_refused(wrong: Any) -> None:
    with pytest.raises(OperandError, match=r"expected a History|must be a number"):
        plot_loss(wrong)


def test_an_unknown_metric_is_named_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'accuracy'"):
        plot_loss(RECORDS, metrics=["accurcy"])
