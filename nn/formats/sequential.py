"""A perceptron as tensors with the names of PyTorch's ``Sequential``: ``0.weight``, ``0.bias``, ``2.weight``, ...

A layer is a ``Linear``, and what its activation is called follows it; a linear activation is no module of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograd import StorageError

__all__ = ["numbers_of_tensors", "shapes_of", "tensors_of"]

_Array = np.ndarray[Any, np.dtype[np.float64]]


def tensors_of(document: Mapping[str, Any]) -> dict[str, _Array]:
    """Return an MLP's tensors from its plain data: weights (outputs, inputs), biases (outputs,), 0 where there is none.

    >>> from nn import MLP
    >>> from nn.formats.structure import describe
    >>> {name: tensor.shape for name, tensor in tensors_of(describe(MLP(2, [3, 1], "tanh", seed=0))).items()}
    {'0.weight': (3, 2), '0.bias': (3,), '2.weight': (1, 3), '2.bias': (1,)}
    """
    numbers, tied = document["parameters"], document["tied"]

    def number(place: str) -> float:
        return float(numbers.get(tied.get(place, place), 0.0))

    found: dict[str, _Array] = {}
    for i, (name, (size, inputs), has_bias) in enumerate(_layers(document)):
        neurons = [f"layers.{i}.neurons.{j}" for j in range(size)]
        found[f"{name}.weight"] = np.array([[number(f"{n}.w.{k}") for k in range(inputs)] for n in neurons])
        if has_bias:
            found[f"{name}.bias"] = np.array([number(f"{neuron}.b") for neuron in neurons])
    return found


def shapes_of(document: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
    """Return the shape of each of the tensors, by name."""
    found: dict[str, tuple[int, ...]] = {}
    for name, shape, has_bias in _layers(document):
        found[f"{name}.weight"] = shape
        if has_bias:
            found[f"{name}.bias"] = shape[:1]
    return found


def numbers_of_tensors(document: Mapping[str, Any], tensors: Mapping[str, _Array]) -> dict[str, float]:
    """Return the parameters by their own names, from tensors that have the right shapes.

    Raises:
        StorageError: they have not.
    """
    wanted, given = shapes_of(document), {name: tuple(np.shape(tensor)) for name, tensor in tensors.items()}
    if wanted != given:
        differ = next(name for name in [*wanted, *given] if wanted.get(name) != given.get(name))
        raise StorageError(
            f"its tensor {differ!r} has the shape {given.get(differ, 'of none: it is not there')}, the model's "
            f"{wanted.get(differ, 'is none: it has no such tensor')}"
        )
    found: dict[str, float] = {}
    tied = document.get("tied", {})
    for i, (name, (size, _), _) in enumerate(_layers(document)):
        bias = document["layers"][i]["bias"]
        biased = bias if isinstance(bias, list) else [bias] * size
        for j, row in enumerate(tensors[f"{name}.weight"].tolist()):
            neuron = f"layers.{i}.neurons.{j}"
            found |= {f"{neuron}.w.{k}": number for k, number in enumerate(row)}
            if biased[j]:
                found[f"{neuron}.b"] = float(tensors[f"{name}.bias"][j])
    return {name: number for name, number in found.items() if name not in tied}


def _layers(document: Mapping[str, Any]) -> list[tuple[str, tuple[int, int], bool]]:
    """For each layer its place in a Sequential, the shape of its weights, and whether any neuron has a bias."""
    found, place, inputs = [], 0, document["n_in"]
    for layer in document["layers"]:
        bias = layer["bias"]
        found.append((str(place), (layer["neurons"], inputs), any(bias) if isinstance(bias, list) else bool(bias)))
        place += 1 if layer["activation"] == "linear" else 2
        inputs = layer["neurons"]
    return found
