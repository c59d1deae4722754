"""safetensors (extra ``safetensors``): a model's numbers as tensors that PyTorch and others read, to the last bit.

A perceptron's tensors have the names of PyTorch's ``Sequential``; what they do not say, the activations, what is tied
and what is frozen, stands in the file's metadata as JSON. No code is stored, and none is run on loading.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from autograd import OperandError, StorageError
from nn.formats.sequential import numbers_of_tensors, tensors_of
from nn.formats.structure import describe
from nn.layers import MLP
from nn.module import Module

__all__ = ["document_of", "from_bytes", "into_model", "read", "to_bytes"]

_Array = np.ndarray[Any, np.dtype[Any]]

#: Where the metadata has the document.
_KEY = "glassgrad"
#: Metadata is read before anything is known of it.
_LONGEST = 1 << 26


def to_bytes(document: Mapping[str, Any]) -> bytes:
    """Return the file for a model or an estimator, given as plain data."""
    model = document.get("model", document)
    tensors = tensors_of(model) if "layers" in model else _scalars(model["parameters"])
    rest = {name: part for name, part in model.items() if name != "parameters"}
    told = {**document, "model": rest} if "model" in document else rest
    try:
        text = json.dumps(told, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise StorageError(f"JSON cannot hold this model: {error}") from None
    saved: bytes = _library().save(tensors, {_KEY: text})
    return saved


def read(path: str | os.PathLike[str]) -> tuple[dict[str, _Array], dict[str, Any] | None]:
    """Return the tensors of a file, and the document in its metadata, if there is one.

    Raises:
        StorageError: it is truncated, no such file, or has numbers of a kind that a double does not hold.
        OSError: it cannot be read.
    """
    return from_bytes(Path(path).expanduser().read_bytes(), os.fspath(path))


def from_bytes(content: bytes, where: str) -> tuple[dict[str, _Array], dict[str, Any] | None]:
    """Return the same, of a file's content."""
    library = _library()
    length = int.from_bytes(content[:8], "little")
    if len(content) < 8 or length > min(len(content) - 8, _LONGEST):
        raise StorageError(f"{where} is truncated or no safetensors file: its header is not whole")
    try:
        tensors = library.load(content)
        header = json.loads(content[8 : 8 + length])
        text = header.get("__metadata__", {}).get(_KEY)
        document = None if text is None else json.loads(text)
    except (
        Exception
    ) as error:  # the library's own, and what it lets through: unknown kinds of numbers, text that is none
        raise StorageError(f"{where} is truncated or no safetensors file: {error}") from None
    for name, tensor in tensors.items():
        if tensor.dtype.kind not in "fiu" or tensor.dtype.itemsize > 8:
            raise StorageError(f"{where} does not fit: its tensor {name!r} has numbers of the kind {tensor.dtype}")
    if document is not None and not isinstance(document, dict):
        raise StorageError(f"{where} is not a whole model file: its metadata is no document")
    return tensors, document


def document_of(tensors: Mapping[str, _Array], told: Mapping[str, Any]) -> dict[str, Any]:
    """Return a model's or an estimator's plain data, with the numbers that are in the tensors.

    Raises:
        StorageError: they do not fit together.
    """
    model = told.get("model", told)
    if "layers" in model:
        numbers = numbers_of_tensors(model, {name: np.asarray(t, dtype=float) for name, t in tensors.items()})
    else:
        numbers = {name: float(tensor) for name, tensor in tensors.items()}
    whole = {**model, "parameters": numbers}
    return {**told, "model": whole} if "model" in told else whole


def into_model(model: Module, tensors: Mapping[str, _Array]) -> dict[str, Any]:
    """Return plain data that fills `model` with tensors that came without a document, from PyTorch, say.

    Raises:
        StorageError: they are not the tensors of such a model.
    """
    if type(model) is not MLP:
        return {"parameters": {name: float(tensor) for name, tensor in tensors.items()}}
    form = describe(model)
    numbers = numbers_of_tensors(form, {name: np.asarray(tensor, dtype=float) for name, tensor in tensors.items()})
    return {"parameters": numbers}


def _scalars(parameters: Mapping[str, float]) -> dict[str, _Array]:
    return {name: np.array(number) for name, number in parameters.items()}


def _library() -> Any:
    try:
        import safetensors.numpy
    except ImportError:
        raise OperandError('this needs safetensors: pip install "glassgrad[safetensors]"') from None
    return safetensors.numpy
