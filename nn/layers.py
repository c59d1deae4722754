"""Neurons, layers of them, and the multilayer perceptron.

One neuron computes ``z = w·x + b`` and ``a = σ(z)``. Its preactivation z is a single node of the graph, whose parents
are the weights, the inputs and the bias: the bias is just another leaf, on an edge whose derivative is the constant 1.
So with δ = ∂C/∂a · σ'(z), the weight's gradient is δ·x and the bias's is δ·1, whatever the input.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from autograd import LengthError, OperandError, Value, dot, operations
from autograd.operations import Operand
from nn import init as initial
from nn.activation import activation_function, activations, layer_outputs
from nn.checks import rows_of_numbers, whole
from nn.init import Seed
from nn.inputs import Inputs, inputs_of
from nn.module import Module, Parameter

__all__ = ["MLP", "Layer", "Neuron", "activations"]

_Array = np.ndarray[Any, np.dtype[np.float64]]


class Neuron(Module):
    """One neuron: ``a = σ(w·x + b)``.

    Args:
        n_in: how many inputs it has.
        activation: σ, by name; see :func:`activations`. As in micrograd, True is relu and False linear.
        init: how weights start, see :mod:`nn.init`; the bias starts at 0.
        bias: False leaves the bias out, to see what a neuron cannot learn without it.
        seed: an integer, a NumPy generator, or None.
        n_out: how many neurons share its layer; Xavier's scheme asks.
        nonlin: micrograd's word for `activation`: False for a linear neuron.

    Attributes:
        w: the weights, one Parameter per input.
        b: the bias, a Parameter (None without).
        activation: the name of σ; it may be set.

    >>> n = Neuron(2, activation="tanh", seed=0)
    >>> x = [Value(1.0), Value(-2.0)]
    >>> z = n.preactivation(x)
    >>> z.parents == (*n.w, *x, n.b), z.partials[-1]
    (True, 1.0)
    """

    def __init__(
        self,
        n_in: int,
        activation: str | bool = "relu",
        *,
        init: str = "auto",
        bias: bool = True,
        seed: Seed = None,
        n_out: int = 1,
        nonlin: bool | None = None,
    ) -> None:
        whole("n_in", n_in)
        self.activation = activation if nonlin is None else nonlin
        weights = initial.draw(init, n_in, n_out, activation=self.activation, seed=seed)
        self.w = [Parameter(weight, label=f"w{i}") for i, weight in enumerate(weights.tolist())]
        self.b = Parameter(0.0, label="b") if bias else None

    @property
    def activation(self) -> str:
        """The name of σ."""
        return self._activation

    @activation.setter
    def activation(self, name: str | bool) -> None:
        name = {True: "relu", False: "linear"}[name] if isinstance(name, bool) else name
        self._function, self._activation = activation_function(name), name

    @property
    def nonlin(self) -> bool:
        """Whether σ is another than the identity, by micrograd's name; it may be set."""
        return self.activation != "linear"

    @nonlin.setter
    def nonlin(self, is_nonlinear: bool) -> None:
        self.activation = "relu" if is_nonlinear else "linear"

    def preactivation(self, x: Sequence[Operand]) -> Value:
        """Return ``z = w·x + b`` as one node.

        Raises:
            LengthError: `x` has not one element per weight.
        """
        if len(x) != len(self.w):
            raise LengthError(f"the neuron has {len(self.w)} inputs, got {len(x)}: give one number per weight")
        if type(x) is Inputs and self.b is not None:
            try:
                return operations.dot_of_values(self.w, x, self.b, x.numbers)
            except (AttributeError, TypeError):  # a weight that is no Value
                pass
        return dot(self.w, x, 0.0 if self.b is None else self.b)

    def __call__(self, x: Sequence[Operand]) -> Value:
        """Return ``a = σ(w·x + b)`` for one sample of `n_in` numbers or Values."""
        return self._function(self.preactivation(x))

    def __repr__(self) -> str:
        return f"Neuron({len(self.w)}, activation={self.activation!r})"


class Layer(Module):
    """`n_out` neurons that see the same `n_in` inputs; arguments as for :class:`Neuron`.

    >>> layer = Layer(2, 3, activation="tanh", seed=0)
    >>> len(layer([0.5, -1.0]))
    3
    """

    def __init__(
        self,
        n_in: int,
        n_out: int,
        activation: str | bool = "relu",
        *,
        init: str = "auto",
        bias: bool = True,
        seed: Seed = None,
        nonlin: bool | None = None,
    ) -> None:
        whole("n_out", n_out)
        rng = initial.generator(seed)
        self.neurons = [
            Neuron(n_in, activation, init=init, bias=bias, seed=rng, n_out=n_out, nonlin=nonlin) for _ in range(n_out)
        ]

    def __call__(self, x: Iterable[Operand]) -> list[Value]:
        """Return the activations, one per neuron, for one sample of `n_in` numbers or Values."""
        inputs = inputs_of(x)
        return [neuron(inputs) for neuron in self.neurons]

    def outputs(self, X: Any) -> _Array:
        """Return the activations for rows of inputs, computed with arrays: ``(rows, n_in) -> (rows, n_out)``.

        The table's own formulas run over the whole layer, so this agrees with the scalar graph to rounding.

        >>> layer = Layer(2, 3, "tanh", seed=0)
        >>> bool(abs(layer.outputs([[0.5, -1.0]])[0, 2] - layer([0.5, -1.0])[2].data) < 1e-12)
        True
        """
        rows = rows_of_numbers("X", X)
        if rows.ndim != 2 or rows.shape[1] != self.n_in:
            expected = f"expected rows of {self.n_in} inputs, shape (rows, {self.n_in})"
            raise LengthError(f"{expected}, got shape {rows.shape}")
        if any(type(neuron) is not Neuron or "preactivation" in vars(neuron) for neuron in self.neurons):
            return super().outputs(rows)  # what it computes is its own affair
        return layer_outputs(self.neurons, rows)

    @property
    def n_in(self) -> int:
        """How many inputs each neuron sees."""
        return len(self.neurons[0].w)

    @property
    def activation(self) -> str:
        """The neurons' activation, by name; of neurons that differ, each one's: ``"relu, tanh"``."""
        return ", ".join(dict.fromkeys(neuron.activation for neuron in self.neurons))

    def __repr__(self) -> str:
        return f"Layer({self.n_in}, {len(self.neurons)}, activation={self.activation!r})"


class MLP(Module):
    """A multilayer perceptron: layers in a row, each fully connected to the one before.

    Args:
        n_in: how many inputs a sample has.
        sizes: how many neurons each layer has, the output last.
        activation: of the hidden layers, by name.
        output_activation: of the last layer; ``"linear"`` gives scores (logits), which the losses take.
        init, bias, seed: as for :class:`Neuron`.

    Raises:
        UnknownNameError: no such activation or initialisation.
        LengthError: `sizes` is empty.

    >>> model = MLP(2, [16, 16, 1], activation="relu", seed=0)
    >>> len(model.parameters()), [name for name, _ in model.named_parameters()][-1]
    (337, 'layers.2.neurons.0.b')
    """

    def __init__(
        self,
        n_in: int,
        sizes: Sequence[int],
        activation: str = "relu",
        *,
        output_activation: str = "linear",
        init: str = "auto",
        bias: bool = True,
        seed: Seed = None,
    ) -> None:
        if not isinstance(sizes, Sequence) or isinstance(sizes, str):
            raise OperandError(f"sizes must be a list of neurons per layer, like [16, 16, 1], got {sizes!r}")
        if not sizes:
            raise LengthError("sizes is empty: give the neurons of each layer, the output last, like [16, 16, 1]")
        rng = initial.generator(seed)
        last = len(sizes) - 1
        self.layers = [
            Layer(n, size, output_activation if i == last else activation, init=init, bias=bias, seed=rng)
            for i, (n, size) in enumerate(zip([n_in, *sizes[:-1]], sizes, strict=True))
        ]

    def __call__(self, x: Iterable[Operand]) -> Any:
        """Return the output for one sample of `n_in` numbers or Values: one Value, or a list if there are several.

        Raises:
            LengthError: the sample is of another length.
        """
        activation: list[Value] = inputs_of(x)
        for layer in self.layers:
            activation = layer(activation)
        return activation[0] if len(activation) == 1 else activation

    def outputs(self, X: Any) -> _Array:
        """Return the outputs for rows of inputs, computed with arrays: ``(rows, n_in) -> (rows, n_out)``.

        >>> model = MLP(2, [3, 1], activation="tanh", seed=0)
        >>> bool(abs(model.outputs([[0.5, -1.0]])[0, 0] - model([0.5, -1.0]).data) < 1e-12)
        True
        """
        if not all(isinstance(layer, Module) for layer in self.layers):  # a function of one sample, say
            return super().outputs(X)
        activation: _Array = X
        for layer in self.layers:
            activation = layer.outputs(activation)
        return activation

    def __repr__(self) -> str:
        return f"MLP of [{', '.join(map(repr, self.layers))}]"
