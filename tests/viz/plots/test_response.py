"""One form for all classifiers: margins agree with what the classifier itself predicts, whatever it is asked."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from autograd import LengthError, OperandError, UnknownNameError
from nn import MLP, Classifier, data
from viz.plots.response import classes_of, make_grid, margins, respond

NAMES = np.array(["left", "middle", "right"])


def table(classes: int) -> tuple[Any, Any]:
    X, y = data.blobs(60, centers=classes, seed=0) if classes > 2 else data.moons(60, noise=0.1, seed=0)
    return X, NAMES[np.asarray(y)]


def winners(model: Any, points: Any, y: Any, method: str) -> list[Any]:
    used, answer = respond(model, points, method)
    classes = classes_of(model, y, used, answer)
    found = margins(used, answer, classes)
    assert found.shape == (len(classes), len(points))
    return [classes[k] for k in found.argmax(axis=0)]


@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize(
    ("model", "methods"),
    [
        (LogisticRegression(), ("auto", "decision_function", "predict_proba", "predict")),
        (SVC(), ("auto", "decision_function", "predict")),
        (KNeighborsClassifier(5), ("auto", "predict_proba", "predict")),
        (DecisionTreeClassifier(random_state=0), ("auto", "predict_proba", "predict")),
        (Classifier((4,), "tanh", epochs=5, progress=False), ("auto", "decision_function", "predict_proba", "outputs")),
    ],
)  # fmt: skip
def test_the_class_with_a_positive_margin_is_the_one_predicted(
    classes: int, model: Any, methods: tuple[str, ...]
) -> None:
    X, y = table(classes)
    model.fit(X, y)
    points = make_grid(X, (0, 1), 20, 1.0).points
    predicted = model.predict(points).tolist()
    for method in methods:
        assert winners(model, points, y, method) == predicted


def test_an_nn_module_is_asked_for_its_outputs_with_arrays() -> None:
    X, y = data.moons(40, noise=0.1, seed=0)
    model = MLP(2, [4, 1], activation="tanh", seed=0)
    points = make_grid(X, (0, 1), 10, 1.0).points
    scores = model.outputs(points)[:, 0]
    assert respond(model, points)[0] == "outputs"
    assert winners(model, points, y, "auto") == (scores > 0).astype(int).tolist()


def test_a_function_gives_scores_or_a_column_per_class() -> None:
    points = np.array([[0.0, 1.0], [2.0, 1.0]])
    assert winners(lambda X: X[:, 0] - X[:, 1], points, np.array([-1, 1]), "auto") == [-1, 1]
    assert winners(lambda X: X, points, np.array([0, 1]), "call") == [1, 0]


def test_margins_are_in_logits() -> None:
    answer = np.array([[0.9, 0.1], [0.5, 0.5]])
    assert margins("predict_proba", answer, [0, 1])[0] == pytest.approx([math.log(9), 0.0])
    assert margins("predict_proba", answer[:, 1], [0, 1])[0] == pytest.approx([math.log(9), 0.0])
    assert np.isfinite(margins("predict_proba", np.array([[1.0, 0.0]]), [0, 1])).all()


def test_classes_are_the_models_then_those_of_y_then_numbers() -> None:
    scores = np.zeros((4, 3))
    assert classes_of(object(), None, "call", scores) == [0, 1, 2]
    assert classes_of(object(), np.array([0, 2]), "call", scores) == [0, 1, 2]
    assert classes_of(object(), np.array(["b", "c", "a"]), "call", scores) == ["a", "b", "c"]
    assert classes_of(object(), None, "call", np.zeros(4)) == [0, 1]
    assert classes_of(object(), None, "predict", np.array(["u", "v"])) == ["u", "v"]


def test_a_model_of_one_class_wins_everywhere() -> None:
    assert winners(DecisionTreeClassifier().fit([[0.0, 0.0]], [7]), np.zeros((3, 2)), None, "predict") == [7, 7, 7]


def test_labels_that_the_model_does_not_know_are_refused() -> None:
    with pytest.raises(LengthError, match="tells 2 classes apart, but there are 3"):
        classes_of(object(), np.array([0, 1, 2]), "call", np.zeros(4))
    with pytest.raises(OperandError, match="y has the label 5"):
        classes_of(object(), np.array([5]), "call", np.zeros(4))


@pytest.mark.parametrize(
    ("answer", "error", "message"),
    [
        (np.zeros(3), LengthError, r"shape \(3,\) for 4 rows"),
        (np.zeros((4, 2, 2)), LengthError, r"shape \(4, 2, 2\)"),
        (0.5, LengthError, r"shape \(\) for 4 rows"),
        (np.full(4, np.nan), OperandError, "gave nan, 4 times"),
        (np.array(["a"] * 4), OperandError, "where numbers were expected"),
        (np.zeros(4, dtype=complex), OperandError, "gave complex128"),
    ],
)
def test_an_answer_of_another_kind_is_refused(answer: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        respond(lambda X: answer, np.zeros((4, 2)))


def test_a_model_without_the_method_is_refused() -> None:
    with pytest.raises(OperandError, match="must have predict_proba"):
        respond(SVC(), np.zeros((4, 2)), "predict_proba")
    with pytest.raises(OperandError, match="got int"):
        respond(3, np.zeros((4, 2)))
    with pytest.raises(UnknownNameError, match="did you mean 'predict'"):
        respond(SVC(), np.zeros((4, 2)), "predicts")


# The grid.


def test_the_grid_covers_two_columns_and_holds_the_others_at_their_mean() -> None:
    X = np.array([[0.0, 5.0, -1.0], [4.0, 7.0, 1.0]])
    grid = make_grid(X, (2, 0), 5, 0.5)
    assert (grid.xs[0], grid.xs[-1], grid.ys[0], grid.ys[-1]) == (-1.5, 1.5, -0.5, 4.5)
    assert grid.held == {1: 6.0}
    assert grid.points.shape == (25, 3)
    assert set(grid.points[:, 1]) == {6.0}
    assert grid.points[1].tolist() == [-0.5, 6.0, -0.75]  # the first feature changes fastest


@pytest.mark.parametrize(
    ("X", "message"),
    [
        ([[1.0], [2.0]], r"two features at least, got \(2, 1\)"),
        ([], "two features at least"),
        ([1.0, 2.0], "two features at least"),
        ([["a", "b"]], "X must be rows of numbers"),
        ([[1.0, 2.0], [3.0]], "all of one length"),
        ([[1.0, 2.0], [3.0, np.nan]], "nan in row 1, column 1"),
    ],
)
def test_a_table_that_is_none_is_refused(X: Any, message: str) -> None:
    with pytest.raises((OperandError, LengthError), match=message):
        make_grid(X, (0, 1), 10, 1.0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (((0, 2), 10, 1.0), "two different columns out of 0 to 1"),
        (((0, 0), 10, 1.0), "two different columns"),
        (((0,), 10, 1.0), "two different columns"),
        ((0, 10, 1.0), "two different columns"),
        (((0, "b"), 10, 1.0), "two different columns"),
        (((0, 1), 1, 1.0), "at least 2, got 1"),
        (((0, 1), 10.5, 1.0), "whole number"),
        (((0, 1), 10, -1.0), "at least 0"),
        (((0, 1), 10, np.nan), "at least 0"),
    ],
)
def test_a_grid_that_cannot_be_is_refused(arguments: tuple[Any, Any, Any], message: str) -> None:
    with pytest.raises(OperandError, match=message):
        make_grid([[0.0, 0.0], [1.0, 1.0]], *arguments)
