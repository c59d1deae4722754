"""Saving and loading: one JSON file that people can read, with every parameter by name, exact to the last bit.

No code is stored, and none is run on loading. Files are written whole or not at all.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from autograd import GlassgradError, OperandError, StorageError
from autograd.system.files import write_whole
from nn.checks import whole
from nn.data.generated import Standardizer
from nn.estimator import Classifier
from nn.layers import MLP, Layer
from nn.module import Module

__all__ = ["load", "save"]

_FORMAT = "glassgrad model"
_VERSION = 1


def save(model: Module | Classifier, path: str | os.PathLike[str]) -> None:
    """Write a model to a JSON file.

    Args:
        model: an MLP or a fitted Classifier, which :func:`load` can rebuild; of any other module the parameters alone
            are stored.
        path: the file; an old one is replaced only once the new one is whole.

    >>> import tempfile
    >>> folder = tempfile.mkdtemp()
    >>> save(MLP(2, [3, 1], seed=0), f"{folder}/model.json")
    >>> load(f"{folder}/model.json")
    MLP of [Layer(2, 3, activation='relu'), Layer(3, 1, activation='linear')]
    """
    if not isinstance(model, Module | Classifier):
        raise OperandError(f"save() takes a Module or a Classifier, got {type(model).__name__}")
    document = _describe_classifier(model) if isinstance(model, Classifier) else _describe(model)
    try:
        text = json.dumps({"format": _FORMAT, "version": _VERSION, **document}, indent=1, allow_nan=False)
    except TypeError as error:
        raise StorageError(f"JSON cannot hold this model: {error}") from None
    write_whole(path, text + "\n")


def load(path: str | os.PathLike[str], into: Module | None = None) -> Any:
    """Read a model from a JSON file: a new MLP or Classifier, or the parameters of `into`.

    Raises:
        StorageError: the file is truncated, not a model, or of another shape than `into`.
        OSError: the file cannot be read.
    """
    document = _read(path)
    try:
        if into is not None:
            if document["kind"] == "Classifier":
                raise StorageError("it holds a Classifier: load(path) makes one")
            into.load_state_dict(document["parameters"])
            return into
        return _rebuild_classifier(document) if document["kind"] == "Classifier" else _rebuild(document)
    except (KeyError, TypeError, IndexError, AttributeError) as error:
        raise StorageError(f"{os.fspath(path)} is not a whole model file: {type(error).__name__}: {error}") from None
    except GlassgradError as error:
        raise StorageError(f"{os.fspath(path)} does not fit: {error}") from None


def _describe(model: Module) -> dict[str, Any]:
    document: dict[str, Any] = {"kind": type(model).__name__}
    if type(model) is MLP:
        document["n_in"] = model.layers[0].n_in
        document["layers"] = [
            {"neurons": len(layer.neurons), "activation": layer.activation, "bias": layer.neurons[0].b is not None}
            for layer in model.layers
        ]
    document["parameters"] = model.state_dict()
    for name, number in document["parameters"].items():
        if not np.isfinite(number):
            raise StorageError(f"parameter {name!r} is {number}: a model that has diverged is not saved")
    return document


def _rebuild(document: Mapping[str, Any]) -> MLP:
    if document["kind"] != "MLP":
        raise StorageError(f"it holds the parameters of a {document['kind']}: make one and load(path, into=it)")
    n_in, layers, stored = document["n_in"], document["layers"], document["parameters"]
    sizes = [layer["neurons"] for layer in layers]
    for size in (n_in, *sizes):
        whole("a number of neurons", size)
    # Before anything is made: a few bytes can ask for neurons that fill the memory.
    shape = list(zip([n_in, *sizes], sizes, layers, strict=False))  # the last size is nobody's input
    asked = sum(size * (inputs + bool(layer["bias"])) for inputs, size, layer in shape)
    if asked != len(stored):
        raise StorageError(f"its layers have {asked} parameters, but it holds {len(stored)}")
    model = MLP(n_in, sizes, init="zeros")
    for i, (inputs, size, layer) in enumerate(shape):
        model.layers[i] = Layer(inputs, size, layer["activation"], bias=layer["bias"], init="zeros")
    model.load_state_dict(stored)
    return model


def _describe_classifier(classifier: Classifier) -> dict[str, Any]:
    if not hasattr(classifier, "model_"):
        raise StorageError("the Classifier is not fitted yet: there is nothing to save")
    scaling = classifier.standardizer_
    return {
        "kind": "Classifier",
        "features": list(getattr(classifier, "feature_names_in_", ())),
        "classes": classifier.classes_.tolist(),
        "scaling": scaling and {"mean": scaling.mean.tolist(), "scale": scaling.scale.tolist()},
        "model": _describe(classifier.model_),
    }


def _rebuild_classifier(document: Mapping[str, Any]) -> Classifier:
    model, scaling = _rebuild(document["model"]), document["scaling"]
    sizes, n_in = [len(layer.neurons) for layer in model.layers], model.layers[0].n_in
    classes, features = document["classes"], document["features"]
    if not isinstance(classes, list) or len(set(classes)) != max(sizes[-1], 2) or len(classes) != len(set(classes)):
        raise StorageError(f"it has {sizes[-1]} outputs, but its classes are {classes!r}")
    if features and len(features) != n_in:
        raise StorageError(f"it has {n_in} inputs, but {len(features)} names of features")
    classifier = Classifier(sizes[:-1], model.layers[0].activation, standardize=scaling is not None)
    classifier.model_ = model
    classifier.classes_ = np.array(classes)
    classifier.n_features_in_ = n_in
    if features:
        classifier.feature_names_in_ = np.array(features, dtype=object)
    classifier.standardizer_ = scaling and Standardizer(
        _vector("mean", scaling["mean"], n_in), _vector("scale", scaling["scale"], n_in, positive=True)
    )
    return classifier


def _vector(name: str, numbers: Any, length: int, *, positive: bool = False) -> np.ndarray[Any, np.dtype[np.float64]]:
    try:
        vector = np.array(numbers, dtype=float)
    except ValueError:
        raise StorageError(f"its {name} has something in it that is no number") from None
    if vector.shape != (length,) or not np.isfinite(vector).all() or (positive and not (vector > 0.0).all()):
        raise StorageError(f"its {name} must be {length} finite numbers{', above 0' if positive else ''}")
    return vector


def _read(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Return the plain data of one of our JSON files."""
    text = Path(path).expanduser().read_text(encoding="utf-8", errors="replace")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise StorageError(f"{os.fspath(path)} is truncated or not JSON: {error}") from None
    if not isinstance(document, dict) or document.get("format") != _FORMAT:
        raise StorageError(f"{os.fspath(path)} is not a model file of ours: it has no format {_FORMAT!r}")
    if document.get("version") != _VERSION:
        raise StorageError(f"{os.fspath(path)} has version {document.get('version')!r}, this program reads {_VERSION}")
    return document
