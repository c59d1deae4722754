"""A fitted Classifier as plain data: its classes as they were named, the scale of the columns, its model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograd import StorageError
from nn.data.rows import Standardizer
from nn.estimators import Classifier
from nn.formats.structure import describe, rebuild

__all__ = ["describe_classifier", "rebuild_classifier"]

#: The kinds of labels that a file brings back as they were.
_KINDS = ("bool", *(f"{kind}{bits}" for kind in ("int", "uint") for bits in (8, 16, 32, 64)), "float32", "float64")


def describe_classifier(classifier: Classifier) -> dict[str, Any]:
    """Return a fitted classifier as plain data.

    Raises:
        StorageError: it is not fitted, or its classes are of a kind that would not come back.
    """
    if not hasattr(classifier, "model_"):
        raise StorageError("the Classifier is not fitted yet: there is nothing to save")
    scaling, labels = classifier.standardizer_, classifier.classes_
    kind = {"U": "str", "O": "object"}.get(labels.dtype.kind, labels.dtype.name)
    if kind not in (*_KINDS, "str", "object"):
        raise StorageError(f"the classes are of the kind {kind}, which no file brings back: use text or numbers")
    classes = labels.tolist()
    strange = [label for label in classes if type(label) not in (bool, int, float, str) and not isinstance(label, str)]
    if strange:
        raise StorageError(f"the class {strange[0]!r} is no text and no number: JSON cannot hold it")
    return {
        "kind": "Classifier",
        "features": list(getattr(classifier, "feature_names_in_", ())),
        "classes": classes,
        "labels": kind,
        "scaling": scaling and {"mean": scaling.mean.tolist(), "scale": scaling.scale.tolist()},
        "model": describe(classifier.model_),
    }


def rebuild_classifier(document: Mapping[str, Any]) -> Classifier:
    """Return the classifier that the data describes.

    Raises:
        StorageError: its parts do not fit together.
    """
    model, scaling = rebuild(document["model"]), document["scaling"]
    sizes, n_in = [len(layer.neurons) for layer in model.layers], model.layers[0].n_in
    classes, features = document["classes"], document["features"]
    if not isinstance(classes, list) or len(set(classes)) != max(sizes[-1], 2) or len(classes) != len(set(classes)):
        raise StorageError(f"it has {sizes[-1]} outputs, but its classes are {classes!r}")
    if features and len(features) != n_in:
        raise StorageError(f"it has {n_in} inputs, but {len(features)} names of features")
    classifier = Classifier(sizes[:-1], model.layers[0].neurons[0].activation, standardize=scaling is not None)
    classifier.model_ = model
    classifier.classes_ = _labels(classes, document.get("labels"))
    classifier.n_features_in_ = n_in
    if features:
        classifier.feature_names_in_ = np.array(features, dtype=object)
    classifier.standardizer_ = scaling and Standardizer(
        _vector("mean", scaling["mean"], n_in), _vector("scale", scaling["scale"], n_in, positive=True)
    )
    return classifier


def _labels(classes: list[Any], kind: Any) -> np.ndarray[Any, np.dtype[Any]]:
    if kind is None:  # a file of version 1
        return np.array(classes)
    if kind not in (*_KINDS, "str", "object"):
        raise StorageError(f"its classes are of no kind that it may have: {kind!r}")
    try:
        labels = np.array(classes, dtype=kind)
    except (ValueError, OverflowError) as error:
        raise StorageError(f"its classes are not of the kind {kind}: {error}") from None
    if labels.tolist() != classes or list(map(type, labels.tolist())) != list(map(type, classes)):
        raise StorageError(f"its classes are not of the kind {kind}: {classes!r}"[:200])
    return labels


def _vector(name: str, numbers: Any, length: int, *, positive: bool = False) -> np.ndarray[Any, np.dtype[np.float64]]:
    try:
        vector = np.array(numbers, dtype=float)
    except ValueError:
        raise StorageError(f"its {name} has something in it that is no number") from None
    if vector.shape != (length,) or not np.isfinite(vector).all() or (positive and not (vector > 0.0).all()):
        raise StorageError(f"its {name} must be {length} finite numbers{', above 0' if positive else ''}")
    return vector
