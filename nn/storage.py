"""Saving and loading: a JSON file that people can read, with every parameter by name, or a safetensors file.

Numbers come back to the last bit. No code is stored, and none is run on loading. Files are written whole or not at all.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from autograd import GlassgradError, OperandError, StorageError
from autograd.system.files import write_whole
from nn.estimators import Classifier, Regressor
from nn.formats import safetensors_file
from nn.formats.estimators import describe_estimator, rebuild_estimator
from nn.formats.structure import describe, fill, rebuild
from nn.module import Module

__all__ = ["load", "save"]

_FORMAT = "glassgrad model"
_VERSION = 2
_ESTIMATORS = ("Classifier", "Regressor")


def save(model: Module | Classifier | Regressor, path: str | os.PathLike[str]) -> None:
    """Write a model to a file.

    Args:
        model: an MLP or a fitted estimator, which :func:`load` can rebuild, with what is tied and frozen in it; of any
            other module the parameters alone are stored.
        path: the file; an old one is replaced only once the new one is whole. One that ends in ``.safetensors`` has the
            numbers as tensors, see :mod:`nn.formats.safetensors_file`.

    Raises:
        StorageError: a part of the model would not come back as it is; the message names it.
        OSError: the file cannot be written.

    >>> from nn import MLP
    >>> import tempfile
    >>> folder = tempfile.mkdtemp()
    >>> save(MLP(2, [3, 1], seed=0), f"{folder}/model.json")
    >>> load(f"{folder}/model.json")
    MLP of [Layer(2, 3, activation='relu'), Layer(3, 1, activation='linear')]
    """
    if not isinstance(model, Module | Classifier | Regressor):
        raise OperandError(f"save() takes a Module, a Classifier or a Regressor, got {type(model).__name__}")
    document = describe(model) if isinstance(model, Module) else describe_estimator(model)
    if _is_safetensors(path):
        write_whole(path, safetensors_file.to_bytes({"version": _VERSION, **document}))
        return
    try:
        text = json.dumps({"format": _FORMAT, "version": _VERSION, **document}, indent=1, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise StorageError(f"JSON cannot hold this model: {error}") from None
    write_whole(path, text + "\n")


def load(path: str | os.PathLike[str], into: Module | None = None) -> Any:
    """Read a model from a file: a new MLP, Classifier or Regressor, or the parameters of `into`.

    Raises:
        StorageError: the file is truncated, not a model, or of another shape than `into`.
        OSError: the file cannot be read.
    """
    tensors = None
    if _is_safetensors(path):
        tensors, told = safetensors_file.read(path)
    try:
        if tensors is None:
            document = _read(path)
        elif told is not None:
            if told.get("version") != _VERSION:
                raise StorageError(f"it has version {told.get('version')!r}, this program reads {_VERSION}")
            document = safetensors_file.document_of(tensors, told)
        elif into is not None:
            document = {"kind": "tensors", **safetensors_file.into_model(into, tensors)}
        else:
            raise StorageError("it holds tensors alone: make the model, and load(path, into=it)")
        if into is not None:
            if document["kind"] in _ESTIMATORS:
                raise StorageError(f"it holds a {document['kind']}: load(path) makes one")
            fill(into, document)
            return into
        return rebuild_estimator(document) if document["kind"] in _ESTIMATORS else rebuild(document)
    except (KeyError, TypeError, IndexError, AttributeError) as error:
        raise StorageError(f"{os.fspath(path)} is not a whole model file: {type(error).__name__}: {error}") from None
    except GlassgradError as error:
        raise StorageError(f"{os.fspath(path)} does not fit: {error}") from None


def _is_safetensors(path: str | os.PathLike[str]) -> bool:
    return Path(path).suffix == ".safetensors"


def _read(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Return the plain data of one of our JSON files."""
    text = Path(path).expanduser().read_text(encoding="utf-8", errors="replace")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise StorageError(f"{os.fspath(path)} is truncated or not JSON: {error}") from None
    if not isinstance(document, dict) or document.get("format") != _FORMAT:
        raise StorageError(f"{os.fspath(path)} is not a model file of ours: it has no format {_FORMAT!r}")
    version = document.get("version")
    if isinstance(version, bool) or version not in (1, _VERSION):
        raise StorageError(f"{os.fspath(path)} has version {version!r}, this program reads 1 and {_VERSION}")
    return document
