"""How estimators learn: call by call, from warm weights, by weights of rows and classes, with rows kept to stop by."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes
from sklearn.linear_model import LinearRegression
from sklearn.metrics import log_loss, r2_score
from sklearn.model_selection import StratifiedKFold
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler

from autograd import AnomalyError, DataError, GlassgradError, LengthError, OperandError
from nn import Classifier, Regressor, data
from nn.data.rows import Moments, Standardizer

both = pytest.mark.parametrize("kind", [Classifier, Regressor])


def table(n: int = 60, classes: int = 2) -> tuple[Any, Any]:
    return data.blobs(n, noise=1.0, centers=classes, seed=4)


# Call by call.


def parts(estimator: Any, X: Any, y: Any, size: int, **first: Any) -> Any:
    for start in range(0, len(X), size):
        estimator.partial_fit(X[start : start + size], y[start : start + size], **(first if start == 0 else {}))
    return estimator


def test_a_classifier_learns_call_by_call() -> None:
    X, y = table(300, 3)
    X = X * [1.0, 1e6] + [0.0, 1e9]  # the scale is that of all rows so far
    names = np.array(["a", "b", "c"])[y]
    classifier = Classifier((8,), learning_rate=0.03)
    for _ in range(6):
        parts(classifier, X, names, 50, classes=["c", "a", "b"])
    assert classifier.score(X, names) > 0.95
    assert classifier.classes_.tolist() == ["a", "b", "c"]
    assert len(classifier.history_) == classifier.n_iter_ == 36
    np.testing.assert_allclose(classifier.standardizer_.mean, X.mean(axis=0), rtol=1e-9)
    np.testing.assert_allclose(classifier.standardizer_.scale, X.std(axis=0), rtol=1e-9)
    of_one = Classifier((8,)).partial_fit(X[y == 1], names[y == 1], classes=["a", "b", "c"])  # the others are to come
    assert of_one.predict_proba(X).shape == (300, 3)


def test_a_regressor_learns_call_by_call() -> None:
    X, y = load_diabetes(return_X_y=True)
    regressor = Regressor((8,), learning_rate=0.01, random_state=np.random.RandomState(3))
    for _ in range(20):
        parts(regressor, X, y, 100)
    assert regressor.score(X, y) > 0.4


@both
def test_calls_go_on_where_the_last_one_ended(kind: type[Any]) -> None:
    X, y = table()
    first = {"classes": [0, 1]} if kind is Classifier else {}
    once = kind((4,), batch_size=20).partial_fit(X, y, **first)
    twice = kind((4,), batch_size=20).partial_fit(X, y, **first).partial_fit(X, y)
    assert twice.history_["loss"][0] == once.history_["loss"][0] > twice.history_["loss"][1]
    after_fit = kind((4,), epochs=5).fit(X, y)
    outputs = after_fit.outputs(X)
    assert len(after_fit.partial_fit(X, y).history_) == 6
    assert 0.0 < np.abs(after_fit.outputs(X) - outputs).max() < 1.0


def test_calls_that_cannot_be_learnt_from() -> None:
    X, y = table()
    with pytest.raises(DataError, match="classes must be given at the first call"):
        Classifier().partial_fit(X, y)
    with pytest.raises(DataError, match="one class only"):
        Classifier().partial_fit(X, y, classes=[0])
    classifier = Classifier((4,)).partial_fit(X, y, classes=[0, 1])
    before = classifier.outputs(X)
    with pytest.raises(DataError, match=r"the class .*7.* is none of those to learn"):
        classifier.partial_fit(X, y + 7)
    with pytest.raises(DataError, match="classes are those of the first call"):
        classifier.partial_fit(X, y, classes=[0, 1, 2])
    with pytest.raises(LengthError, match="X has 1 features, but Classifier is expecting 2"):
        classifier.partial_fit(X[:, :1], y)
    with pytest.raises(AnomalyError, match="lower the learning rate"):
        classifier.partial_fit(X, y, sample_weight=None) and Classifier(
            (4,), optimizer="sgd", learning_rate=1e300
        ).partial_fit(X * 1e100, y, classes=[0, 1])
    assert not np.array_equal(classifier.outputs(X), before)  # the call that was right has been learnt from
    with pytest.raises(LengthError, match=r"y has the shape \(60, 2\)"):
        Regressor((4,)).partial_fit(X, y).partial_fit(X, np.column_stack([y, y]))


# Warm starts.


@both
def test_a_warm_start_goes_on_from_the_last_weights(kind: type[Any]) -> None:
    X, y = table()
    cold, warm = kind((4,), epochs=5), kind((4,), epochs=5, warm_start=True)
    for _ in range(3):
        cold.fit(X, y)
        warm.fit(X, y)
    assert warm.loss_curve_[-1] < cold.loss_curve_[-1]
    assert len(warm.loss_curve_) == 5
    outputs = warm.outputs(X)
    with pytest.raises(DataError, match="warm_start goes on from the weights of the last fit"):
        warm.fit(X[:, :1], y)
    np.testing.assert_array_equal(warm.outputs(X), outputs)
    with pytest.raises(DataError, match="warm_start"):
        warm.set_params(hidden=(5,)).fit(X, y)


# Weights.


@both
def test_weights_of_rows_are_as_good_as_repeating_them(kind: type[Any]) -> None:
    X, y = table(30)
    weights = np.random.default_rng(0).integers(0, 4, 30)
    settings: dict[str, Any] = {"hidden": (4,), "activation": "tanh", "epochs": 10, "batch_size": None}
    weighted = kind(**settings).fit(X, y, sample_weight=weights)
    repeated = kind(**settings).fit(X.repeat(weights, axis=0), y.repeat(weights))
    np.testing.assert_allclose(weighted.outputs(X), repeated.outputs(X), rtol=1e-7)
    score = repeated.score(X.repeat(weights, axis=0), y.repeat(weights))
    assert weighted.score(X, y, sample_weight=weights) == pytest.approx(score)


def test_classes_may_have_weights() -> None:
    X, y = data.blobs(120, noise=4.0, centers=2, seed=4)
    X, y = X[(y == 0) | (np.arange(120) % 6 == 0)], y[(y == 0) | (np.arange(120) % 6 == 0)]  # few of class 1
    names = np.array(["many", "few"])[y]
    share = {
        setting: Classifier((4,), class_weight=weight).fit(X, names).predict_proba(X)[:, 0].mean()
        for setting, weight in (("none", None), ("balanced", "balanced"), ("few", {"few": 50.0}), ("off", {"few": 0.0}))
    }  # the first column is that of "few"
    assert share["off"] < share["none"] < share["balanced"] < share["few"]
    counts = {"many": np.sum(y == 0), "few": np.sum(y == 1)}
    by_hand = {name: len(y) / 2 / count for name, count in counts.items()}
    np.testing.assert_allclose(
        Classifier((4,), epochs=3, class_weight=by_hand).fit(X, names).outputs(X),
        Classifier((4,), epochs=3, class_weight="balanced").fit(X, names).outputs(X),
        rtol=1e-9,
    )
    for wrong, message in (
        ({"fw": 2.0}, r"class_weight has the class 'fw', but the classes are \['few', 'many'\]"),
        ({"few": -1.0}, "class_weight must be finite numbers of at least 0"),
        ({"few": 0.0, "many": 0.0}, "one above 0"),
        ("even", "class_weight is a mapping, 'balanced' or None, got 'even'"),
        ([1.0, 2.0], r"class_weight is a mapping, 'balanced' or None, got \[1\.0, 2\.0\]"),
    ):
        with pytest.raises(GlassgradError, match=message):
            Classifier(class_weight=wrong).fit(X, names)


# Rows kept to stop by, and what keeps a model from being too sure.


@both
def test_early_stopping_ends_by_rows_that_were_kept(kind: type[Any]) -> None:
    X, y = data.moons(100, noise=0.4, seed=1)
    settings: dict[str, Any] = {"hidden": (32,), "epochs": 400, "learning_rate": 0.03, "weight_decay": 0.0}
    stopped = kind(**settings, early_stopping=True, validation_fraction=0.3).fit(X, y)
    history = stopped.history_
    assert history.ended == "stopped early"
    assert history.best_epoch == 1 + int(np.argmin(history["validation_loss"]))
    assert len(history) < 400
    assert len(kind(**settings, early_stopping=True, patience=2).fit(X, y).history_) <= len(history)
    with pytest.raises(DataError, match=r"validation_fraction must be above 0 and below 1, got 1\.5"):
        kind(early_stopping=True, validation_fraction=1.5).fit(X, y)


@pytest.mark.filterwarnings("ignore:Stochastic Optimizer")
def test_probabilities_are_no_surer_than_those_of_the_peer() -> None:
    X, y = load_breast_cancer(return_X_y=True)
    losses = []
    for train, test in StratifiedKFold(3, shuffle=True, random_state=0).split(X, y):
        scaler = StandardScaler().fit(X[train])
        peer = MLPClassifier((16, 16), random_state=0, max_iter=300).fit(scaler.transform(X[train]), y[train])
        losses.append(
            [
                log_loss(y[test], Classifier().fit(X[train], y[train]).predict_proba(X[test])),
                log_loss(y[test], peer.predict_proba(scaler.transform(X[test]))),
            ]
        )
    own, other = np.mean(losses, axis=0)
    assert own < 1.25 * other
    assert own < 0.13


def test_early_stopping_of_too_few_rows() -> None:
    with pytest.raises(DataError, match="early_stopping holds rows out, but every class has a single row"):
        Classifier(early_stopping=True).fit([[0.0], [1.0]], [0, 1])
    with pytest.raises(DataError, match="early_stopping holds rows out, but a split needs at least 2 rows"):
        Regressor(early_stopping=True).fit([[0.0]], [0.0])


def test_log_probabilities_are_exact_where_probabilities_are_0() -> None:
    X, y = table()
    classifier = Classifier((4,), "linear").fit(X, y)
    far = X * 1e4
    scores, logs = classifier.decision_function(far), classifier.predict_log_proba(far)
    assert np.isfinite(logs).all()
    assert (classifier.predict_proba(far).min(axis=1) < 1e-300).all()
    np.testing.assert_allclose(logs.min(axis=1), -np.abs(scores), rtol=1e-12)
    several = Classifier((4,)).fit(*table(60, 3))
    np.testing.assert_allclose(several.predict_log_proba(X), np.log(several.predict_proba(X)), rtol=1e-9)


# Regression.


@pytest.mark.parametrize("targets", [None, 1, 3])
@pytest.mark.parametrize("standardize", [True, False])
def test_a_linear_regressor_finds_the_least_squares(targets: int | None, standardize: bool) -> None:
    rng = np.random.default_rng(2)
    X = rng.normal(size=(80, 3))
    y = X @ rng.normal(size=(3, targets or 1)) + 0.1 * rng.normal(size=(80, targets or 1))
    y = y[:, 0] if targets is None else y
    regressor = Regressor((), weight_decay=0.0, epochs=300, batch_size=None, learning_rate=0.1, standardize=standardize)
    peer = LinearRegression().fit(X, y)
    found = regressor.fit(X, y).predict(X)
    assert found.shape == y.shape
    np.testing.assert_allclose(found, peer.predict(X), atol=1e-3)
    weights = rng.uniform(size=80)
    assert regressor.score(X, y) == pytest.approx(r2_score(y, found))
    assert regressor.score(X, y, sample_weight=weights) == pytest.approx(r2_score(y, found, sample_weight=weights))


def test_predictions_are_in_the_units_of_the_targets() -> None:
    X, y = load_diabetes(return_X_y=True)
    plain = Regressor((8,), epochs=10).fit(X, y)
    scaled = Regressor((8,), epochs=10).fit(X, 1e6 * y - 1e9)
    np.testing.assert_allclose(scaled.predict(X), 1e6 * plain.predict(X) - 1e9, rtol=1e-6)
    constant = Regressor((2,), epochs=2).fit(X[:9], np.full(9, 3.0))
    assert constant.score(X[:9], np.full(9, 3.0)) in (0.0, 1.0)
    assert np.abs(constant.predict(X[:9]) - 3.0).max() < 3.0


@pytest.mark.parametrize("loss", ["mse", "mae", "huber", lambda output, target: (output - target) ** 2])
def test_losses_of_a_regression(loss: Any) -> None:
    X, y = load_diabetes(return_X_y=True)
    assert Regressor((8,), loss=loss, epochs=20).fit(X, y).score(X, y) > 0.3


def test_regressions_that_cannot_be() -> None:
    X, y = table()
    for wrong, message in (
        (["a"] * 60, "y must be rows of numbers"),
        (None, "requires y to be passed"),
        (np.full(60, np.nan), "Input y contains NaN or infinity, first in row 0"),
        (np.zeros((60, 2, 2)), r"y must have the shape \(rows,\) or \(rows, targets\), got \(60, 2, 2\)"),
        (np.zeros((60, 0)), r"\(rows, targets\), got \(60, 0\)"),
    ):
        with pytest.raises(DataError, match=message):
            Regressor().fit(X, wrong)
    for loss in ("auto", "hinge", "cross_entropy"):
        with pytest.raises(OperandError, match="is for classes: use one of mse, mae, huber, or a Classifier"):
            Regressor(loss=loss).fit(X, y)


# The scale of rows that come in parts.


def test_moments_of_parts_are_those_of_the_whole() -> None:
    rng = np.random.default_rng(0)
    for scale, offset in ((1.0, 0.0), (1e-150, 0.0), (1e150, 1e150), (1e-6, 1.0)):
        X = scale * rng.normal(size=(30, 2)) + offset
        weights = rng.uniform(0.1, 2.0, 30)
        merged = Moments.of(X[:7], weights[:7]).merged(Moments.of(X[7:], weights[7:]))
        whole = Moments.of(X, weights)
        np.testing.assert_allclose(merged.mean, whole.mean, rtol=1e-9)
        np.testing.assert_allclose(merged.spread, whole.spread, rtol=1e-7)
    repeats = rng.integers(1, 4, 30)
    weighted, repeated = Standardizer.fit(X, repeats * 1.0), Standardizer.fit(X.repeat(repeats, axis=0))
    np.testing.assert_allclose(weighted.mean, repeated.mean, rtol=1e-12)
    np.testing.assert_allclose(weighted.scale, repeated.scale, rtol=1e-9)
