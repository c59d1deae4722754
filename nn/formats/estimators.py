"""A fitted estimator as plain data: classes as they were named, the scales of columns and targets, the model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from autograd import StorageError
from nn.data.rows import Standardizer
from nn.estimators import Classifier, Regressor
from nn.formats.structure import describe, rebuild

__all__ = ["describe_estimator", "rebuild_estimator"]

#: The kinds of labels that a file brings back as they were.
_KINDS = ("bool", *(f"{kind}{bits}" for kind in ("int", "uint") for bits in (8, 16, 32, 64)), "float32", "float64")


def describe_estimator(estimator: Classifier | Regressor) -> dict[str, Any]:
    """Return a fitted estimator as plain data: what it has learnt, and those of its settings that are text or numbers.

    Raises:
        StorageError: it is not fitted, or its classes are of a kind that would not come back.
    """
    kind = type(estimator).__name__
    if not hasattr(estimator, "model_"):
        raise StorageError(f"the {kind} is not fitted yet: there is nothing to save")
    document: dict[str, Any] = {"kind": kind, "features": list(getattr(estimator, "feature_names_in_", ()))}
    if isinstance(estimator, Classifier):
        document |= _describe_labels(estimator.classes_)
    else:
        scale = estimator.target_standardizer_
        document |= {"targets": estimator.n_targets_, "target_scaling": scale and _describe_scaling(scale)}
    scaling = estimator.standardizer_
    document["scaling"] = scaling and _describe_scaling(scaling)
    document["settings"] = {name: found for name, found in estimator.get_params().items() if _is_plain(found)}
    return document | {"model": describe(estimator.model_)}


def rebuild_estimator(document: Mapping[str, Any]) -> Classifier | Regressor:
    """Return the estimator that the data describes.

    Raises:
        StorageError: its parts do not fit together.
    """
    model, scaling = rebuild(document["model"]), document["scaling"]
    sizes, n_in = [len(layer.neurons) for layer in model.layers], model.layers[0].n_in
    features = document["features"]
    if features and len(features) != n_in:
        raise StorageError(f"it has {n_in} inputs, but {len(features)} names of features")
    kinds: dict[str, Callable[[], Classifier | Regressor]] = {"Classifier": Classifier, "Regressor": Regressor}
    settings = document.get("settings", {})
    if not isinstance(settings, dict) or not all(map(_is_plain, settings.values())):
        raise StorageError(f"its settings are not text and numbers by name: {settings!r}"[:200])
    estimator = kinds[document["kind"]]().set_params(**settings)
    estimator.set_params(
        hidden=sizes[:-1], activation=model.layers[0].neurons[0].activation, standardize=scaling is not None
    )
    if isinstance(estimator, Classifier):
        classes = document["classes"]
        if not isinstance(classes, list) or len(set(classes)) != max(sizes[-1], 2) or len(classes) != len(set(classes)):
            raise StorageError(f"it has {sizes[-1]} outputs, but its classes are {classes!r}")
        estimator.classes_ = _labels(classes, document.get("labels"))
    else:
        targets, scale = document["targets"], document["target_scaling"]
        if (1 if targets is None else targets) != sizes[-1]:
            raise StorageError(f"it has {sizes[-1]} outputs, but {targets!r} targets")
        estimator.n_targets_ = targets
        estimator.target_standardizer_ = scale and _rebuild_scaling(scale, sizes[-1])
    estimator.model_ = model
    estimator.n_features_in_ = n_in
    if features:
        estimator.feature_names_in_ = np.array(features, dtype=object)
    estimator.standardizer_ = scaling and _rebuild_scaling(scaling, n_in)
    return estimator


def _is_plain(setting: Any) -> bool:
    return setting is None or type(setting) in (bool, int, float, str)


def _describe_labels(labels: np.ndarray[Any, np.dtype[Any]]) -> dict[str, Any]:
    kind = {"U": "str", "O": "object"}.get(labels.dtype.kind, labels.dtype.name)
    if kind not in (*_KINDS, "str", "object"):
        raise StorageError(f"the classes are of the kind {kind}, which no file brings back: use text or numbers")
    classes = labels.tolist()
    strange = [label for label in classes if type(label) not in (bool, int, float, str) and not isinstance(label, str)]
    if strange:
        raise StorageError(f"the class {strange[0]!r} is no text and no number: JSON cannot hold it")
    return {"classes": classes, "labels": kind}


def _describe_scaling(scaling: Standardizer) -> dict[str, Any]:
    return {"mean": scaling.mean.tolist(), "scale": scaling.scale.tolist()}


def _rebuild_scaling(scaling: Mapping[str, Any], columns: int) -> Standardizer:
    return Standardizer(
        _vector("mean", scaling["mean"], columns), _vector("scale", scaling["scale"], columns, positive=True)
    )


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
