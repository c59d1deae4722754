"""PyTorch both ways (extra ``torch``): ``from_torch(Sequential)`` gives a perceptron, ``to_torch(model)`` a Sequential.

Numbers, activations and which tensors are frozen go over; outputs agree to rounding.
Whatever has no counterpart on the other side is refused by name. Nothing is read from files, and nothing is run.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from autograd import OperandError, StorageError
from nn.formats.sequential import tensors_of
from nn.formats.structure import describe
from nn.layers import MLP, Layer
from nn.module import Parameter

__all__ = ["from_torch", "to_torch"]

#: PyTorch's modules for our activations: the name, and the settings with which it computes the same.
_MODULES: dict[str, tuple[str, dict[str, Any]]] = {
    "relu": ("ReLU", {}),
    "tanh": ("Tanh", {}),
    "sigmoid": ("Sigmoid", {}),
    "gelu": ("GELU", {"approximate": "none"}),
    "silu": ("SiLU", {}),
    "elu": ("ELU", {"alpha": 1.0}),
    "leaky_relu": ("LeakyReLU", {"negative_slope": 0.01}),
    # Beyond its threshold PyTorch takes softplus for its argument; beyond 50 a double cannot tell them apart.
    "softplus": ("Softplus", {"beta": 1.0, "threshold": 50.0}),
}
_ACTIVATIONS = {module: name for name, (module, _) in _MODULES.items()}
#: What may differ between modules that compute the same, to rounding or where nobody looks.
_FREE = {"inplace", "threshold"}


def to_torch(model: MLP) -> Any:
    """Return a ``torch.nn.Sequential`` in double precision that computes what `model` does.

    Raises:
        StorageError: a part of the model has no counterpart there, as have neurons of one layer that differ, and tied
            weights.
        OperandError: it is no MLP, or PyTorch is not installed.
    """
    if type(model) is not MLP:
        raise OperandError(f"to_torch takes an MLP, whose layers PyTorch has too, got {type(model).__name__}")
    torch = _library()
    document = describe(model)
    if document["tied"]:
        place, first = next(iter(document["tied"].items()))
        raise StorageError(f"{place} is tied to {first}: PyTorch has no single weights to tie")
    modules: list[Any] = []
    for i, (layer, said) in enumerate(zip(model.layers, document["layers"], strict=True)):
        for what in ("activation", "bias"):
            if isinstance(said[what], list):
                raise StorageError(f"the neurons of layers.{i} differ in {what}: PyTorch has one for a whole layer")
        made = torch.nn.Linear(layer.n_in, len(layer.neurons), bias=said["bias"], dtype=torch.float64)
        _freeze(made.weight, [w for neuron in layer.neurons for w in neuron.w], f"layers.{i}'s weights")
        if said["bias"]:
            _freeze(made.bias, [neuron.b for neuron in layer.neurons], f"layers.{i}'s biases")
        modules.append(made)
        if said["activation"] != "linear":
            if said["activation"] not in _MODULES:
                known = ", ".join(_MODULES)
                raise StorageError(f"layers.{i} has the activation {said['activation']!r}; PyTorch has {known}, linear")
            name, settings = _MODULES[said["activation"]]
            modules.append(getattr(torch.nn, name)(**settings))
    sequential = torch.nn.Sequential(*modules)
    sequential.load_state_dict({name: torch.tensor(tensor) for name, tensor in tensors_of(document).items()})
    return sequential


def from_torch(sequential: Any) -> MLP:
    """Return an MLP that computes what a ``torch.nn.Sequential`` of Linear layers and activations does.

    Raises:
        StorageError: a module in it has no counterpart here, which is named; or a number is not finite.
        OperandError: it is no Sequential.
    """
    kind = type(sequential).__name__
    if kind not in ("Sequential", "Linear") or not hasattr(sequential, "named_children"):
        raise OperandError(f"from_torch takes a torch.nn.Sequential of Linear layers and activations, got {kind}")
    layers: list[Layer] = []
    used: set[int] = set()
    waits = False  # for an activation
    for name, module in _parts(sequential):
        kind = type(module).__name__
        if kind == "Linear":
            if layers and module.in_features != len(layers[-1].neurons):
                raise StorageError(
                    f"{name} takes {module.in_features} inputs, but {len(layers[-1].neurons)} come from before"
                )
            if id(module) in used:
                raise StorageError(f"{name} is used twice: give each place a Linear of its own, by copy.deepcopy")
            used.add(id(module))
            layers.append(_layer(name, module))
            waits = True
        elif kind == "Identity":
            continue
        elif kind in _ACTIVATIONS and waits:
            _activate(name, module, layers[-1])
            waits = False
        elif kind in _ACTIVATIONS:
            raise StorageError(
                f"{name} is a {kind} that follows no Linear: a layer here is a Linear and one activation"
            )
        else:
            known = ", ".join(["Linear", "Identity", *_ACTIVATIONS])
            hint = ": leave it out, cross_entropy takes logits" if "oftmax" in kind else f"; from_torch knows {known}"
            raise StorageError(f"{name} is a {kind}, which has no counterpart here{hint}")
    if not layers:
        raise StorageError("the Sequential has no Linear layer")
    model = MLP(layers[0].n_in, [len(layer.neurons) for layer in layers], init="zeros")
    model.layers = layers
    return model


def _parts(module: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """The modules of nested Sequentials, one after the other, by name."""
    if type(module).__name__ != "Sequential":
        yield name or "it", module
        return
    for key, child in module._modules.items():  # named_children() leaves out those that come again
        yield from _parts(child, f"{name}.{key}".strip("."))


def _layer(name: str, linear: Any) -> Layer:
    weights = _numbers(f"{name}.weight", linear.weight)
    layer = Layer(weights.shape[1], weights.shape[0], "linear", bias=linear.bias is not None, init="zeros")
    for neuron, row in zip(layer.neurons, weights.tolist(), strict=True):
        for weight, number in zip(neuron.w, row, strict=True):
            weight.data, weight.requires_grad = number, bool(linear.weight.requires_grad)
    if linear.bias is not None:
        for neuron, number in zip(layer.neurons, _numbers(f"{name}.bias", linear.bias).tolist(), strict=True):
            neuron.b = Parameter(number, label="b", requires_grad=bool(linear.bias.requires_grad))
    return layer


def _activate(name: str, module: Any, layer: Layer) -> None:
    ours = _ACTIVATIONS[type(module).__name__]
    for setting, wanted in _MODULES[ours][1].items():
        found = getattr(module, setting, wanted)
        if setting not in _FREE and found != wanted:
            raise StorageError(f"{name} is a {type(module).__name__} with {setting}={found!r}; {ours} has {wanted!r}")
    for neuron in layer.neurons:
        neuron.activation = ours


def _numbers(name: str, tensor: Any) -> np.ndarray[Any, np.dtype[np.float64]]:
    numbers = np.array(tensor.detach().cpu().double().tolist(), dtype=float)
    if not np.isfinite(numbers).all():
        raise StorageError(f"{name} has numbers that are not finite")
    return numbers


def _freeze(tensor: Any, parameters: list[Any], name: str) -> None:
    asked = [parameter.requires_grad for parameter in parameters]
    if len(set(asked)) > 1:
        raise StorageError(f"some of {name} are frozen and some are not: PyTorch freezes a whole tensor")
    tensor.requires_grad_(asked[0])


def _library() -> Any:
    try:
        import torch
    except ImportError:
        raise OperandError('this needs PyTorch: pip install "glassgrad[torch]"') from None
    return torch
