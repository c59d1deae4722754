"""What may stand for σ, by name, and what it gives over arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd import RULES, OperandError, UnknownNameError, Value, operations
from autograd.value import primal, primals

__all__ = ["activation_function", "activations", "layer_outputs"]

_Array = np.ndarray[Any, np.dtype[np.float64]]


def activations() -> list[str]:
    """Return the names an ``activation=`` may have: the rows of the calculus table that one number is enough for.

    >>> "relu" in activations(), "hypot" in activations()
    (True, False)
    """
    return ["linear", *(name for name, rule in RULES.items() if _is_activation(rule))]


def _is_activation(rule: Any) -> bool:
    first, *rest = rule.operands
    return rule.is_function and not first.is_sequence and all(operand.default is not None for operand in rest)


def activation_function(name: str) -> Callable[[Value], Value]:
    """Return the function of that name, on Values."""
    if not isinstance(name, str):
        raise OperandError(
            f"activation is a name such as 'tanh', got {name!r}; layers may differ: model.layers[1] = Layer(16, 8)"
        )
    if name == "linear":
        return _itself
    if name not in RULES or not _is_activation(RULES[name]):
        raise UnknownNameError("activation", name, activations())
    function: Callable[[Value], Value] = getattr(operations, name)
    return function


def _itself(z: Value) -> Value:
    return z


def layer_outputs(neurons: Sequence[Any], rows: _Array) -> _Array:
    """Return the activations of neurons that see the same inputs, for rows of inputs, computed with arrays."""
    weights = np.array([primals(neuron.w) for neuron in neurons])
    biases = np.array([0.0 if neuron.b is None else primal(neuron.b) for neuron in neurons])
    names = [neuron.activation for neuron in neurons]
    with np.errstate(all="ignore"):  # a network that has diverged has infinities, as its scalar graph has
        z: _Array = rows @ weights.T + biases
        if len(set(names)) == 1:
            return _on_arrays(names[0], z)
        for name in set(names):
            same = [i for i, one in enumerate(names) if one == name]
            z[:, same] = _on_arrays(name, z[:, same])
    return z


def _on_arrays(activation: str, z: _Array) -> _Array:
    if activation == "linear":
        return z
    rule = RULES[activation]
    defaults = [operand.default for operand in rule.operands[1:]]
    return np.asarray(rule.arrays(z, *defaults)[0], dtype=float)
