"""Estimators and data frames: names kept and checked; labels told apart as they are; what is no table."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograd import DataError, LengthError, OperandError
from nn import Classifier, Regressor, data, load, save
from tests.nn.data.test_frames import makes

both = pytest.mark.parametrize("kind", [Classifier, Regressor])


def columns(n: int = 40) -> tuple[dict[str, Any], Any]:
    X, y = data.blobs(n, noise=1.0, centers=2, seed=4)
    return {"width": X[:, 0].tolist(), "height": X[:, 1].tolist()}, y


@makes
@both
def test_frames_are_the_same_as_arrays_and_names_are_kept(kind: type[Any], make: Any) -> None:
    table, y = columns()
    X = np.column_stack(list(table.values()))
    framed, plain = kind((4,), epochs=3).fit(make(table), y), kind((4,), epochs=3).fit(X, y)
    assert framed.feature_names_in_.tolist() == ["width", "height"]
    assert framed.feature_names_in_.dtype == object
    assert not hasattr(plain, "feature_names_in_")
    np.testing.assert_array_equal(framed.predict(make(table)), plain.predict(X))
    with pytest.warns(UserWarning, match=f"X does not have valid feature names, but {kind.__name__} was fitted with"):
        np.testing.assert_array_equal(framed.predict(X), plain.predict(X))
    with pytest.warns(UserWarning, match=f"X has feature names, but {kind.__name__} was fitted without"):
        plain.predict(make(table))
    assert not hasattr(framed.fit(X, y), "feature_names_in_")


@makes
@both
def test_columns_in_another_order_or_of_another_name_are_refused(kind: type[Any], make: Any, tmp_path: Any) -> None:
    table, y = columns()
    estimator = kind((4,), epochs=2).fit(make(table), y)
    save(estimator, tmp_path / "model.json")
    turned = {name: table[name] for name in ("height", "width")}
    renamed = {"width": table["width"], "depth": table["height"]}
    for each in (estimator, load(tmp_path / "model.json")):
        each.predict(make(table))
        with pytest.raises(DataError, match=r"(?s)should match .*must be in the same order.*X\[list\(estimator\.feat"):
            each.predict(make(turned))
        with pytest.raises(DataError, match=r"(?s)unseen at fit time:\n- depth\n.*now missing:\n- height\n"):
            each.score(make(renamed), y)
        with pytest.raises(DataError, match=r"yet now missing:\n- height\n"):
            each.predict(make({"width": table["width"]}))
        with pytest.raises(DataError, match=r"unseen at fit time:\n- more\n"):
            each.predict(make({**table, "more": table["width"]}))
        with pytest.raises(DataError, match=r"X, column 'height': row 0 has 'tall', not a number"):
            each.predict(make({**table, "height": ["tall"] * 40}))
    for wrong in (turned, renamed):
        with pytest.raises(DataError, match="feature names should match"):
            estimator.partial_fit(make(wrong), y)
        with pytest.raises(DataError, match="feature names should match"):
            kind((4,), epochs=2).fit(make(table), y, validation=(make(wrong), y))


def test_frames_of_targets() -> None:
    pandas = pytest.importorskip("pandas")
    polars = pytest.importorskip("polars")
    table, y = columns()
    X = np.column_stack(list(table.values()))
    names = np.array(["no", "yes"], dtype=object)[y]
    expected = Classifier((4,), epochs=3).fit(X, names)
    for labels in (pandas.Series(names), polars.Series(names.tolist()), pandas.Series(names, dtype="category")):
        classifier = Classifier((4,), epochs=3).fit(X, labels)
        assert classifier.classes_.tolist() == ["no", "yes"]
        np.testing.assert_array_equal(classifier.predict(X), expected.predict(X))
        assert classifier.score(X, labels) == expected.score(X, names)
    column = Classifier((4,), epochs=3).fit(X, pandas.DataFrame({"kind": names}))
    np.testing.assert_array_equal(column.predict(X), expected.predict(X))
    targets = Regressor((4,), epochs=1).fit(X, pandas.DataFrame({"a": y * 1.0, "b": -y}))
    assert targets.predict(X).shape == (40, 2)
    with pytest.raises(DataError, match=r"y has no label in row 1, but (None|nan|<NA>)"):
        Classifier().fit(X[:3], pandas.Series(["a", None, "b"]))
    with pytest.raises(DataError, match=r"y, column 'b': row 0 has '(no|yes)'"):
        Regressor().fit(X, pandas.DataFrame({"a": y, "b": names}))


# Labels.


@pytest.mark.parametrize(
    "names",
    [
        ["01234", "1234"],
        ["1E2", "100", "100.0"],
        [2**53, 2**53 + 1],
        [2**63, 2**63 + 1, 3],
        np.array([2**63 + 1, 2**63 + 2, 0], dtype=np.uint64),
        ["a", "a\0"],
        ["nan", "x"],
    ],
)
def test_labels_that_look_alike_stay_apart(names: Any, tmp_path: Any) -> None:
    X, y = data.blobs(30, noise=0.5, centers=len(names), seed=4)
    labels = [names[i] for i in y] if isinstance(names, list) else names[y]
    classifier = Classifier((8,), learning_rate=0.05).fit(X, labels)
    assert classifier.classes_.tolist() == sorted(names)
    predicted = classifier.predict(X)
    assert predicted.tolist() == list(labels)
    save(classifier, tmp_path / "model.json")
    twin = load(tmp_path / "model.json")
    assert (twin.classes_.tolist(), twin.classes_.dtype) == (classifier.classes_.tolist(), classifier.classes_.dtype)
    assert twin.predict(X).tolist() == list(labels)


def test_labels_of_kinds_that_numpy_would_merge_are_refused() -> None:
    X, y = data.blobs(12, centers=2, seed=4)
    with pytest.raises(DataError, match="y mixes labels of kinds"):
        Classifier().fit(X, [[1, "1"][i] for i in y])


def test_labels_of_another_kind_than_the_classes_are_no_score() -> None:
    X, y = data.blobs(12, centers=2, seed=4)
    text = np.array(["0", "1"])[y]
    with pytest.raises(DataError, match=r"y has labels of the kind <U1, but the classes are \[0, 1\]"):
        Classifier((2,), epochs=1).fit(X, y).score(X, text)
    with pytest.raises(DataError, match="y has labels of the kind int64, but the classes are"):
        Classifier((2,), epochs=1).fit(X, text).score(X, y)
    assert Classifier((2,), epochs=1).fit(X, text).score(X, text.astype(object)) >= 0.0
    with pytest.raises(DataError, match="complex"):
        Classifier().fit(X, y * 1j)


@both
def test_what_is_no_table(kind: type[Any]) -> None:
    table, y = columns()
    X = np.column_stack(list(table.values()))
    masked = np.ma.masked_array(X, X > 1.0)
    estimator = kind((4,), epochs=1).fit(X, y)
    for refused in (lambda: kind().fit(masked, y), lambda: estimator.predict(masked)):
        with pytest.raises(DataError, match="masked"):
            refused()
    with pytest.raises(DataError, match="masked"):
        kind().fit(X, np.ma.masked_array(y, y > 0))
    with pytest.raises(LengthError, match=r"X has 40 rows but y has 39"):
        kind().fit(X, y[:-1])
    with pytest.raises(OperandError, match="sparse"):
        kind().fit(pytest.importorskip("scipy.sparse").csr_array(X), y)
    for activation in (["tanh", "relu"], 3, None):
        with pytest.raises(OperandError, match="activation is one name for all hidden layers"):
            kind(activation=activation).fit(X, y)
    with pytest.raises(ValueError, match=r"unknown activation 'Relu' \(did you mean 'relu'\?\)"):
        kind(activation="Relu").fit(X, y)
