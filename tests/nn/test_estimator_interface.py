"""Both estimators inside scikit-learn: its checks, searches, pipelines, routing, pictures; what pickles and shows."""

from __future__ import annotations

import copy
import pickle
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from sklearn import config_context
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.exceptions import NotFittedError
from sklearn.inspection import DecisionBoundaryDisplay, permutation_importance
from sklearn.model_selection import GridSearchCV, cross_val_score, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import estimator_html_repr
from sklearn.utils.estimator_checks import check_dataframe_column_names_consistency, check_estimator

from nn import Classifier, Regressor, data
from nn.optim import adam, chain, clip, cosine, sgd

#: A check that may be left out, and the words of scikit-learn's reason.
LEFT_OUT = "SCIPY_ARRAY_API is not set"

both = pytest.mark.parametrize("kind", [Classifier, Regressor])
_Array = Any


@pytest.fixture(autouse=True)
def _no_inheritance_needed() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Estimator .* does not inherit", category=UserWarning)
        yield


def table(n: int = 40) -> tuple[_Array, _Array]:
    return data.blobs(n, noise=1.0, centers=2, seed=4)


@both
def test_the_checks_of_scikit_learn_pass_as_it_comes(kind: type[Any]) -> None:
    results = check_estimator(kind(), on_skip=None, on_fail=None)
    problems = {
        result["check_name"]: f"{result['status']}: {result['exception']!r:.200}"
        for result in results
        if result["status"] != "passed" and LEFT_OUT not in str(result["exception"])
    }
    assert problems == {}
    assert len(results) > 55


@both
def test_its_check_of_the_names_of_columns(kind: type[Any]) -> None:
    pytest.importorskip("pandas")
    check_dataframe_column_names_consistency(kind.__name__, kind((4,), epochs=3))


@both
def test_searches_pipelines_and_importances(kind: type[Any]) -> None:
    X, y = table()
    assert (is_classifier(kind()), is_regressor(kind())) == (kind is Classifier, kind is Regressor)
    pipeline = make_pipeline(StandardScaler(), kind((4,), epochs=30, random_state=0))
    assert cross_val_score(pipeline, X, y, cv=3).min() > 0.5
    search = GridSearchCV(pipeline, {f"{kind.__name__.lower()}__hidden": [(), (4,)]}, cv=2).fit(X, y)
    assert search.best_score_ > 0.5
    importance = permutation_importance(kind((4,), epochs=30).fit(np.column_stack([X, X[:, 0] * 0.0]), y),
        np.column_stack([X, X[:, 0] * 0.0]), y, random_state=0)  # fmt: skip
    assert importance.importances_mean[2] == 0.0 < importance.importances_mean[:2].max()


def test_scorers_of_probabilities() -> None:
    X, y = table()
    scores = cross_validate(Classifier((4,), epochs=30), X, y, cv=2, scoring=["neg_log_loss", "roc_auc", "accuracy"])
    assert scores["test_roc_auc"].min() > 0.9
    assert scores["test_neg_log_loss"].min() > -0.5


def test_a_decision_boundary_is_drawn() -> None:
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("agg")
    X, y = data.blobs(40, noise=1.0, centers=3, seed=4)
    for method in ("predict", "predict_proba"):
        display = DecisionBoundaryDisplay.from_estimator(
            Classifier((4,), epochs=5).fit(X, y), X, response_method=method
        )
        assert np.isfinite(display.response).all()
    matplotlib.pyplot.close("all")


# Metadata routing.


@both
def test_pipelines_score_with_routing_on(kind: type[Any]) -> None:
    X, y = table()
    with config_context(enable_metadata_routing=True):
        pipeline = make_pipeline(StandardScaler(), kind((4,), epochs=5)).fit(X, y)
        assert pipeline.score(X, y) == pipeline[-1].score(StandardScaler().fit_transform(X), y)
        asked = kind((4,), epochs=30).set_fit_request(sample_weight=True).set_score_request(sample_weight=True)
        scaler = StandardScaler().set_fit_request(sample_weight=False)
        routed = make_pipeline(scaler, asked)
        weights = np.arange(40.0) % 3
        routed.fit(X, y, sample_weight=weights)
        direct = kind((4,), epochs=30).fit(StandardScaler().fit_transform(X), y, sample_weight=weights)
        np.testing.assert_allclose(routed.predict(X), direct.predict(StandardScaler().fit_transform(X)), rtol=1e-9)
        wrong = np.where(np.arange(40) == 0, 1 - y, y)
        assert routed.score(X, wrong, sample_weight=np.eye(40)[0] + 1e-3) < routed.score(X, wrong) - 0.1
        assert clone(asked).get_metadata_routing().fit.requests["sample_weight"] is True
        assert kind().get_metadata_routing().fit.requests["sample_weight"] is None
        with pytest.raises(Exception, match="sample_weight"):
            make_pipeline(StandardScaler(), kind(epochs=1)).fit(X, y, sample_weight=weights)
        cross_validate(asked, X, y, params={"sample_weight": weights}, cv=2)
    with pytest.raises(RuntimeError, match="metadata routing is off"):
        kind().set_fit_request(sample_weight=True)


# Settings, copies, what is shown.


@both
@pytest.mark.parametrize("optimizer", ["adam", adam(0.01), chain(clip(1.0), sgd(cosine(0.1, 50), momentum=0.9))])
def test_pickles_and_copies_with_whatever_optimiser(kind: type[Any], optimizer: Any) -> None:
    X, y = table()
    estimator = kind((4,), epochs=3, optimizer=optimizer).fit(X, y).partial_fit(X, y)
    for twin in (pickle.loads(pickle.dumps(estimator)), copy.deepcopy(estimator)):  # noqa: S301 - its own pickle
        np.testing.assert_array_equal(twin.predict(X), estimator.predict(X))
        after = [each.partial_fit(X, y).outputs(X) for each in (twin, copy.deepcopy(estimator))]
        np.testing.assert_array_equal(*after)
    assert not hasattr(clone(estimator), "model_")
    assert pickle.loads(pickle.dumps(kind(optimizer=optimizer))).fit(X, y).n_iter_ == 100  # noqa: S301


@both
def test_what_notebooks_and_terminals_show(kind: type[Any]) -> None:
    estimator = kind((4,), "<tanh>", seed=3)
    assert repr(estimator) == f"{kind.__name__}(hidden=(4,), activation='<tanh>', seed=3)"
    shown = estimator._repr_html_()
    assert shown.startswith("<style>")
    assert kind.__name__ in shown
    assert "<tanh>" not in shown
    assert kind.__name__ in estimator_html_repr(make_pipeline(StandardScaler(), estimator))


@both
def test_fitted_attributes_as_scikit_learn_s_mlps_have_them(kind: type[Any]) -> None:
    X, y = table()
    for name in ("coefs_", "intercepts_", "loss_curve_"):
        assert not hasattr(kind(), name)
        with pytest.raises(NotFittedError, match="not fitted yet"):
            getattr(kind(), name)
    estimator = kind((4, 3), "tanh", epochs=7).fit(X, y)
    assert [c.shape for c in estimator.coefs_] == [(2, 4), (4, 3), (3, 1)]
    assert [b.shape for b in estimator.intercepts_] == [(4,), (3,), (1,)]
    assert estimator.loss_curve_ == estimator.history_["loss"]
    assert len(estimator.loss_curve_) == estimator.n_iter_ == 7
    a = estimator.scaled(X)
    for i, (w, b) in enumerate(zip(estimator.coefs_, estimator.intercepts_, strict=True)):
        a = a @ w + b if i == 2 else np.tanh(a @ w + b)
    np.testing.assert_allclose(a, estimator.outputs(X), rtol=1e-12)


@both
def test_random_state_is_scikit_learn_s_name_of_the_seed(kind: type[Any]) -> None:
    X, y = table()

    def outputs(**settings: Any) -> _Array:
        return kind((4,), epochs=2, **settings).fit(X, y).outputs(X)

    np.testing.assert_array_equal(outputs(random_state=5), outputs(seed=5))
    np.testing.assert_array_equal(
        outputs(random_state=np.random.RandomState(1)), outputs(random_state=np.random.RandomState(1))
    )
    np.testing.assert_array_equal(
        outputs(random_state=np.random.default_rng(1)), outputs(random_state=np.random.default_rng(1))
    )
    assert not np.array_equal(outputs(random_state=5), outputs(random_state=6))
    state = np.random.RandomState(1)
    assert not np.array_equal(outputs(random_state=state), outputs(random_state=state))  # it is drawn from
