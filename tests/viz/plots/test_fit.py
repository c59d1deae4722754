"""What a regression learnt: the curve is the model's, the rows are where they are."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest

from autograd import LengthError, OperandError
from nn import MLP
from viz import plot_fit

X, y = np.array([[0.0], [1.0], [2.0]]), np.array([0.0, 2.1, 3.9])


def double(rows: Any) -> Any:
    return 2.0 * rows[:, 0]


def test_the_curve_is_the_models_over_the_rows_and_those_held_out() -> None:
    axes = plot_fit(double, X, y, held_out=([[5.0]], [9.0]), feature_name="US$_k", target_name="_no")
    xs, ys = axes.lines[0].get_data()
    assert (xs[0], xs[-1]) == (0.0, 5.0)
    np.testing.assert_allclose(ys, 2.0 * np.asarray(xs))
    known, others = axes.collections
    assert np.asarray(known.get_offsets()).tolist() == [[0.0, 0.0], [1.0, 2.1], [2.0, 3.9]]
    assert np.asarray(others.get_offsets()).tolist() == [[5.0, 9.0]]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("US$_k", "_no")
    axes.figure.savefig(io.BytesIO())


def test_of_several_columns_the_truth_stands_against_the_prediction() -> None:
    rows = np.column_stack([X, X])
    axes = plot_fit(lambda table: table.sum(axis=1), rows, y, lang="zh")
    assert np.asarray(axes.collections[0].get_offsets()).tolist() == [[0.0, 0.0], [2.0, 2.1], [4.0, 3.9]]


def test_a_module_of_one_output_is_asked_for_its_outputs() -> None:
    model = MLP(1, [3, 1], "tanh", seed=0)
    axes = plot_fit(model, X, y)
    np.testing.assert_allclose(axes.lines[0].get_ydata()[0], model.outputs(X[:1])[0, 0])


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((double, X[:, 0], y), LengthError, r"the shape \(rows, columns\)"),
        ((double, X, y[:2]), LengthError, "one number per row"),
        ((MLP(1, [2], seed=0), X, y), LengthError, r"gave the shape \(400, 2\)"),
        ((3, X, y), OperandError, "must have predict or outputs"),
        ((double, [["a"]], [1.0]), OperandError, "must be rows of numbers"),
    ],
)
def test_wrong_arguments_are_refused(arguments: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        plot_fit(*arguments)
