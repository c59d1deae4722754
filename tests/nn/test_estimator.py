"""The Classifier: scikit-learn's own checks, its tools around it, labels of every kind, probabilities, errors."""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone, is_classifier
from sklearn.exceptions import NotFittedError
from sklearn.metrics import accuracy_score, log_loss
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from autograd import DataError, GlassgradError, LengthError, OperandError, UnknownNameError
from nn import Classifier, data
from nn.optim import sgd
from tests import ROOT


def quick(**settings: Any) -> Classifier:
    return Classifier(**{"hidden": (6,), "activation": "tanh", "epochs": 15, "learning_rate": 0.05, **settings})


def blobs(classes: int = 3, n: int = 60) -> tuple[Any, Any]:
    return data.blobs(n, noise=1.0, centers=classes, seed=4)


# scikit-learn's checks and tools.


def test_cross_validation_and_pipelines() -> None:
    X, y = blobs()
    pipeline = make_pipeline(StandardScaler(), quick(standardize=False))
    scores = cross_val_score(pipeline, X, y, cv=3)
    assert scores.min() > 0.9
    assert is_classifier(quick())
    assert is_classifier(pipeline)
    fitted = pipeline.fit(X, y)
    assert fitted.score(X, y) == accuracy_score(y, fitted.predict(X))


def test_grid_search_finds_the_setting_that_learns() -> None:
    X, y = data.circles(60, noise=0.02, seed=0, factor=0.4)
    search = GridSearchCV(quick(learning_rate=0.1, epochs=25), {"hidden": [(), (8,)], "seed": [0]}, cv=2).fit(X, y)
    assert search.best_params_["hidden"] == (8,)
    assert search.best_estimator_.score(X, y) > 0.9


def test_a_clone_has_the_settings_and_nothing_learnt() -> None:
    X, y = blobs()
    original = quick(optimizer=sgd(0.1), hidden=[5, 4]).fit(X, y)
    twin = clone(original)
    assert twin.get_params()["hidden"] == [5, 4]
    assert not hasattr(twin, "model_")
    assert not hasattr(twin, "classes_")
    np.testing.assert_array_equal(twin.fit(X, y).predict(X), original.predict(X))


def test_fitting_changes_no_setting() -> None:
    classifier = quick(hidden=[4])
    before = repr(classifier.get_params())
    classifier.fit(*blobs())
    assert repr(classifier.get_params()) == before
    assert classifier.set_params(epochs=3, hidden=(2,)) is classifier
    assert (classifier.epochs, classifier.hidden) == (3, (2,))


def test_scikit_learn_is_not_needed() -> None:
    script = (
        "import sys; sys.modules['sklearn'] = None\n"
        "from nn import Classifier, data\n"
        "X, y = data.moons(30, seed=0)\n"
        "try: Classifier().predict_proba(X)\n"
        "except ValueError as error: print(error)\n"
        "print(Classifier((4,), epochs=5).fit(X, y).predict(X).shape)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["this Classifier is not fitted yet: call fit(X, y) first", "(30,)"]


# Labels.


@pytest.mark.parametrize(
    "names",
    [
        [0, 1],
        [7, -2],
        [False, True],
        ["no", "yes"],
        [1.0, 2.0],
        ["setosa", "versicolor", "virginica"],
        [10, 20, 30, 40],
        np.array(["a", "b", "c"], dtype=object),
    ],
)
def test_labels_come_back_as_they_were_named(names: Any) -> None:
    X, y = blobs(len(names))
    labels = np.asarray(names)[y]
    classifier = quick().fit(X, labels)
    predicted = classifier.predict(X)
    assert classifier.classes_.tolist() == sorted(names)
    assert predicted.shape == (60,)
    assert predicted.dtype == labels.dtype
    assert classifier.score(X, labels) == np.mean(predicted == labels) > 0.9
    probabilities = classifier.predict_proba(X)
    np.testing.assert_array_equal(classifier.classes_[probabilities.argmax(axis=1)], predicted)


def test_labels_may_be_a_list_of_text() -> None:
    X, y = blobs(2)
    classifier = quick().fit(X.tolist(), [["left", "right"][label] for label in y])
    assert set(classifier.predict(X)) == {"left", "right"}


def test_a_column_of_labels_is_taken_with_a_warning() -> None:
    X, y = blobs(2)
    with pytest.warns(UserWarning, match=r"y\.ravel\(\)"):
        classifier = quick().fit(X, y[:, None])
    np.testing.assert_array_equal(classifier.predict(X), quick().fit(X, y).predict(X))


# Scores and probabilities.


@pytest.mark.parametrize("classes", [2, 3, 5])
def test_probabilities_are_those_of_the_scores(classes: int) -> None:
    X, y = blobs(classes)
    classifier = quick().fit(X, y)
    X = np.vstack([X, X * 1e6, -X * 1e6])  # scores so large that exp would overflow
    probabilities, scores = classifier.predict_proba(X), classifier.decision_function(X)
    assert probabilities.shape == (180, classes)
    assert (probabilities >= 0.0).all()
    np.testing.assert_allclose(probabilities.sum(axis=1), 1.0, rtol=1e-14)
    logits = np.column_stack([np.zeros(180), scores]) if classes == 2 else scores
    assert scores.shape == ((180,) if classes == 2 else (180, classes))
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    np.testing.assert_allclose(probabilities, shifted / shifted.sum(axis=1, keepdims=True), rtol=1e-9, atol=1e-300)


def test_standardising_makes_units_irrelevant() -> None:
    X, y = blobs(2)
    units = np.array([1e-6, 1e9])
    plain, scaled = quick().fit(X, y), quick().fit(X * units + 5.0, y)
    np.testing.assert_allclose(scaled.predict_proba(X * units + 5.0), plain.predict_proba(X), rtol=1e-4)
    assert quick(standardize=False).fit(X, y).standardizer_ is None


def test_a_single_row_and_a_single_column() -> None:
    X, y = blobs(2)
    assert quick().fit(X, y).predict(X[:1]).shape == (1,)
    assert quick().fit(X[:, :1], y).predict(X[:, :1]).shape == (60,)


# Training.


def test_the_seed_decides_and_nothing_else() -> None:
    X, y = blobs(2)
    first, again, other = (quick(seed=seed, epochs=3).fit(X, y).decision_function(X) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
    classifier = quick(epochs=3)
    once = classifier.fit(X, y).decision_function(X)
    np.testing.assert_array_equal(classifier.fit(X, y).decision_function(X), once)  # a second fit starts afresh


def test_what_training_leaves() -> None:
    X, y = blobs()
    classifier = quick(epochs=4).fit(X, y)
    assert len(classifier.history_) == classifier.n_iter_ == 4
    assert classifier.n_features_in_ == 2
    assert [len(layer.neurons) for layer in classifier.model_.layers] == [6, 3]
    assert len(quick(hidden=()).fit(X, y).model_.layers) == 1


@pytest.mark.filterwarnings("ignore:training made the loss larger")
def test_with_patience_the_best_weights_stay_also_when_the_epochs_run_out() -> None:
    X, y = data.moons(40, noise=0.5, seed=1)
    classifier = quick(patience=100, learning_rate=3.0, optimizer="sgd", batch_size=1).fit(X, y)
    history = classifier.history_
    assert history.ended == "finished"
    assert history.best_epoch < len(history)
    assert log_loss(y, classifier.predict_proba(X)) == pytest.approx(min(history["loss"]))


@pytest.mark.parametrize(
    "failing",
    [
        lambda classifier, X, y: classifier.fit(X[:, :1], np.full(len(y), "one class")),
        lambda classifier, X, y: classifier.set_params(epochs=0).fit(X[:, :1], y),
        lambda classifier, X, y: classifier.set_params(activation="thanh").fit(X[:, :1] * 9.0, y),
        lambda classifier, X, y: classifier.set_params(activation="relu", learning_rate=1e300).fit(X[:, :1] * 9.0, y),
        lambda classifier, X, y: classifier.fit(X * 9.0, y, validation=(X, np.full(len(y), "unknown"))),
    ],
)
def test_a_fit_that_fails_leaves_what_an_earlier_one_has_learnt(failing: Callable[..., Any]) -> None:
    X, y = blobs()
    names = np.array(["a", "b", "c"])[y]
    classifier = quick().fit(X, names)
    before, expected = dict(vars(classifier)), classifier.predict_proba(X)
    with pytest.raises(GlassgradError):
        failing(classifier, X, y)
    fitted = {name for name in before if name.endswith("_")}
    assert {name for name in vars(classifier) if name.endswith("_")} == fitted
    assert all(vars(classifier)[name] is before[name] for name in fitted)
    np.testing.assert_array_equal(classifier.predict_proba(X), expected)


def test_a_first_fit_that_fails_leaves_the_classifier_unfitted() -> None:
    classifier = quick(epochs=0)
    with pytest.raises(OperandError):
        classifier.fit(*blobs())
    assert not any(name.endswith("_") for name in vars(classifier))


def test_names_of_an_earlier_tables_columns_are_forgotten() -> None:
    X, y = blobs()
    classifier = quick().fit(X, y)
    classifier.feature_names_in_ = np.array(["width", "height"], dtype=object)
    assert not hasattr(classifier.fit(X[:, :1], y), "feature_names_in_")


def test_validation_rows_are_scaled_and_named_like_the_others() -> None:
    X, y = blobs()
    names = np.array(["a", "b", "c"])[y]
    classifier = quick().fit(X[:40], names[:40], validation=(X[40:], names[40:]))
    best = classifier.history_.best_epoch
    assert classifier.history_["validation_accuracy"][best - 1] == classifier.score(X[40:], names[40:])
    as_far = quick(epochs=best).fit(X[:40], names[:40])
    np.testing.assert_array_equal(classifier.predict_proba(X), as_far.predict_proba(X))
    with pytest.raises(DataError, match=r"the class .*z.* is none of those to learn"):
        quick().fit(X, names, validation=(X, np.where(names == "a", "z", names)))


def test_hinge_is_for_two_classes() -> None:
    assert quick(loss="hinge").fit(*blobs(2)).score(*blobs(2)) > 0.9
    with pytest.raises(LengthError, match="hinge needs one output, the model has 3"):
        quick(loss="hinge").fit(*blobs(3))


@pytest.mark.parametrize("loss", ["mse", "mae", "huber"])
def test_a_loss_of_regression_either_classifies_or_is_refused(loss: str) -> None:
    X, y = blobs(2)
    try:
        classifier = quick(loss=loss, epochs=60).fit(X, y)
    except GlassgradError:
        return
    assert classifier.score(X, y) > 0.9


def test_pickle() -> None:
    X, y = blobs()
    classifier = quick().fit(X, y)
    twin = pickle.loads(pickle.dumps(classifier))  # noqa: S301 - its own pickle
    np.testing.assert_array_equal(twin.predict_proba(X), classifier.predict_proba(X))


# Errors.


@pytest.mark.parametrize("method", ["predict", "predict_proba", "decision_function", "outputs", "score"])
def test_an_unfitted_classifier_says_so(method: str) -> None:
    X, y = blobs()
    arguments = (X, y) if method == "score" else (X,)
    with pytest.raises(NotFittedError, match=r"this Classifier is not fitted yet: call fit\(X, y\) first"):
        getattr(quick(), method)(*arguments)


def test_a_single_class_is_named() -> None:
    with pytest.raises(DataError, match=r"y has one class only, .*'a'"):
        quick().fit([[0.0], [1.0]], ["a", "a"])


@pytest.mark.parametrize(
    ("X", "y", "message"),
    [
        ([[0.0, np.nan], [1.0, 2.0]], [0, 1], "X contains nan .* in row 0, column 1"),
        ([[0.0, 1.0], [1.0, np.inf]], [0, 1], "X contains inf .* in row 1, column 1"),
        ([[0.0], [1.0]], [0.5, 1.25], "Unknown label type"),
        ([[0.0], [1.0]], [0.0, np.nan], "Unknown label type"),
        ([[0.0], [1.0]], [[0, 1], [1, 0]], "y must have the shape"),
        ([[0.0], [1.0]], None, "requires y to be passed"),
        ([0.0, 1.0], [0, 1], r"X must have the shape \(rows, columns\)"),
        ([["x"], ["y"]], [0, 1], "X must be rows of numbers"),
        ([[0.0], [1.0, 2.0]], [0, 1], "X must be rows of numbers"),
        ([[0.0], [1j]], [0, 1], "Complex data not supported"),
        (np.empty((0, 2)), [], "X is empty"),
        ([[0.0], [1.0]], ["a", None], "y "),
        ([[0.0], [1.0]], 1, "y "),
    ],
)
def test_a_table_that_cannot_be_learnt_from(X: Any, y: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        quick().fit(X, y)


def test_rows_and_labels_of_different_number() -> None:
    with pytest.raises(LengthError, match="X has 2 rows but y has 3 labels"):
        quick().fit([[0.0], [1.0]], [0, 1, 0])
    with pytest.raises(LengthError, match="X has 3 features, but Classifier is expecting 2 features"):
        quick(epochs=1).fit(*blobs()).predict([[1.0, 2.0, 3.0]])


def test_settings_are_checked_when_fitting() -> None:
    X, y = blobs()
    with pytest.raises(UnknownNameError, match=r"unknown activation 'thanh' \(did you mean 'tanh'\?\)"):
        quick(activation="thanh").fit(X, y)
    with pytest.raises(UnknownNameError, match=r"unknown loss 'cross_entrop' \(did you mean 'cross_entropy'\?\)"):
        quick(loss="cross_entrop").fit(X, y)
    with pytest.raises(OperandError, match="epochs must be a whole number"):
        quick(epochs=0).fit(X, y)
    with pytest.raises(OperandError, match="Invalid parameter 'epoch' for Classifier"):
        quick().set_params(epoch=3)


@pytest.mark.parametrize("hidden", [16, "16", None, [4, 0], [2.5]])
def test_hidden_is_a_list_of_sizes(hidden: Any) -> None:
    with pytest.raises(GlassgradError, match=r"hidden|n_out|sizes"):
        quick(hidden=hidden).fit(*blobs())


def test_an_optimiser_keeps_its_own_rate() -> None:
    X, y = blobs(2)
    classifier = quick(optimizer=sgd(0.0), learning_rate=0.5, epochs=1)
    classifier.fit(X, y)
    assert len(set(classifier.history_["loss"])) == 1


@pytest.mark.parametrize("wrong", [np.zeros((3, 2)), 3, "xy", ([[1.0]], [0], [0]), ()])
def test_validation_is_a_pair(wrong: Any) -> None:
    X, y = blobs()
    with pytest.raises(DataError, match=rf"validation is a pair \(X, y\).*got {type(wrong).__name__}"):
        quick().fit(X, y, validation=wrong)
