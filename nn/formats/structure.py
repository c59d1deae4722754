"""A model as plain data: its layers, its numbers by name, which of them are tied, which are frozen.

What comes back from the data computes what the model computed, or the data is not made: whatever it could not hold is
named. Nothing in it is ever run.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from autograd import StorageError
from nn.checks import whole
from nn.layers import MLP, Layer, Neuron
from nn.module import Module, Parameter

__all__ = ["describe", "fill", "rebuild"]


def describe(model: Module) -> dict[str, Any]:
    """Return `model` as plain data: an MLP whole; of any other module its kind and its parameters, for :func:`fill`.

    Raises:
        StorageError: a part of it that would be lost, by its name; or a number that is not finite.

    >>> found = describe(MLP(2, [3, 1], "tanh", seed=0))
    >>> found["layers"][0]
    {'neurons': 3, 'activation': 'tanh', 'bias': True}
    """
    for name, module in model.named_modules():
        if isinstance(module, Neuron):
            _check_numbers(name, module)
    named = dict(model.named_parameters())
    held = set(map(id, named.values()))
    if not all(id(parameter) in held for parameter in model.parameters()):
        raise StorageError(
            f"{type(model).__name__}.parameters() lists a Value that is no Parameter, and has no name to be stored by: "
            "make it one, Parameter(...)"
        )
    document: dict[str, Any] = {"kind": type(model).__name__}
    if type(model) is MLP:
        document |= _describe_layers(model, named)
    document["parameters"] = {name: parameter.data for name, parameter in named.items()}
    document["frozen"] = [name for name, parameter in named.items() if not parameter.requires_grad]
    for name, number in document["parameters"].items():
        if not math.isfinite(number):
            raise StorageError(f"parameter {name!r} is {number}: a model that has diverged is not saved")
    return document


def fill(model: Module, document: Mapping[str, Any]) -> None:
    """Give `model` the numbers of the data; what was frozen there is frozen here, too.

    Raises:
        StorageError: the names are not the same.
    """
    frozen = document.get("frozen", [])
    named = dict(model.named_parameters())
    model.load_state_dict(document["parameters"])
    for name in frozen:
        named[name].requires_grad = False


def rebuild(document: Mapping[str, Any]) -> MLP:
    """Return the MLP that the data describes.

    Raises:
        StorageError: it describes none, or one of another shape than its numbers.

    >>> rebuild(describe(MLP(2, [3, 1], "tanh", seed=0)))
    MLP of [Layer(2, 3, activation='tanh'), Layer(3, 1, activation='linear')]
    """
    if document["kind"] != "MLP":
        raise StorageError(f"it holds the parameters of a {document['kind']}: make one and load(path, into=it)")
    n_in, layers, stored = document["n_in"], document["layers"], document["parameters"]
    tied: Mapping[str, str] = document.get("tied", {})
    sizes = [layer["neurons"] for layer in layers]
    for size in (n_in, *sizes):
        whole("a number of neurons", size)
    # Before anything is made: a few bytes can ask for neurons that fill the memory.
    shape = list(zip([n_in, *sizes], sizes, layers, strict=False))  # the last size is nobody's input
    asked = sum(size * inputs + _count(layer["bias"], size) for inputs, size, layer in shape)
    if asked != len(stored) + len(tied):
        shared = f" and {len(tied)} that are tied to them" if tied else ""
        raise StorageError(f"its layers have {asked} parameters, but it holds {len(stored)}{shared}")
    model = MLP(n_in, sizes, init="zeros")
    for layer, said in zip(model.layers, layers, strict=True):
        size = len(layer.neurons)
        activations, biases = _each(said["activation"], size), _each(said["bias"], size)
        for neuron, activation, bias in zip(layer.neurons, activations, biases, strict=True):
            neuron.activation = activation
            neuron.b = neuron.b if bias else None
    places = {name: (owner, key) for name, owner, key in _places(model)}
    for name, first in tied.items():
        owner, key = places[name]
        owner[key] = places[first][0][places[first][1]]
    fill(model, document)
    return model


def _describe_layers(model: MLP, named: Mapping[str, Parameter]) -> dict[str, Any]:
    n_in = size = model.layers[0].n_in
    layers = []
    for i, layer in enumerate(model.layers):
        _check_kind(f"layers.{i}", layer, Layer)
        for j, neuron in enumerate(layer.neurons):
            name = f"layers.{i}.neurons.{j}"
            _check_kind(name, neuron, Neuron)
            if len(neuron.w) != size:
                raise StorageError(f"{name} has {len(neuron.w)} inputs, but there are {size}: this MLP cannot compute")
        layers.append(
            {
                "neurons": len(layer.neurons),
                "activation": _all_in_one([neuron.activation for neuron in layer.neurons]),
                "bias": _all_in_one([neuron.b is not None for neuron in layer.neurons]),
            }
        )
        size = len(layer.neurons)
    first: dict[int, str] = {}
    tied = {}
    for name, owner, key in _places(model):
        before = first.setdefault(id(owner[key]), name)
        if before != name:
            tied[name] = before
    for name, parameter in named.items():
        if id(parameter) not in first:
            raise StorageError(f"the MLP has a parameter {name!r} outside its layers, which {_OWN}")
    return {"n_in": n_in, "layers": layers, "tied": tied}


_OWN = (
    "a file cannot rebuild: make the whole a class of your own, class Mine(MLP), whose parameters are stored for "
    "load(path, into=Mine(...))"
)


def _check_kind(name: str, part: Any, kind: type[Module]) -> None:
    if type(part) is not kind:
        raise StorageError(f"{name} is a {type(part).__name__} of your own, which {_OWN}")
    if "preactivation" in vars(part):
        raise StorageError(f"{name} has a preactivation of your own, which {_OWN}")


def _check_numbers(name: str, neuron: Neuron) -> None:
    """Everything that a neuron computes with has to be among the numbers that are stored."""
    for key, weight in [*((f"w.{i}", weight) for i, weight in enumerate(neuron.w)), ("b", neuron.b)]:
        if weight is not None and not isinstance(weight, Parameter):
            raise StorageError(
                f"{f'{name}.{key}'.strip('.')} is a {type(weight).__name__}, not a Parameter, and would be lost: for a "
                "number that is stored but not trained, Parameter(number, requires_grad=False)"
            )


def _places(model: MLP) -> Iterator[tuple[str, Any, Any]]:
    """Every place that holds a weight or a bias: its name, and what to index with what."""
    for i, layer in enumerate(model.layers):
        for j, neuron in enumerate(layer.neurons):
            for k in range(len(neuron.w)):
                yield f"layers.{i}.neurons.{j}.w.{k}", neuron.w, k
            if neuron.b is not None:
                yield f"layers.{i}.neurons.{j}.b", vars(neuron), "b"


def _all_in_one(each: Sequence[Any]) -> Any:
    """What all neurons of a layer have, said once; else a list of what each one has."""
    return each[0] if len(set(each)) == 1 else list(each)


def _each(said: Any, size: int) -> list[Any]:
    if not isinstance(said, list):
        return [said] * size
    if len(said) != size:
        raise StorageError(f"it says {len(said)} things of a layer of {size} neurons")
    return said


def _count(bias: Any, size: int) -> int:
    each = [bias] if isinstance(bias, bool) else bias
    if not isinstance(each, list) or not all(isinstance(one, bool) for one in each):
        raise StorageError(f"whether there is a bias is true or false, or one of them for each neuron, not {bias!r}")
    return size * bias if isinstance(bias, bool) else sum(_each(each, size))
