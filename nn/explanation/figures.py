"""The numbers of an explanation: by neuron, by layer as matrices, and those of the whole model.

Over a batch each figure is an array with one row per sample, δ is the derivative of the *mean* cost, and so the bias's
gradient is the plain sum of δ over the rows, Δᵀ·1, and the weights' gradient is Δᵀ·A.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np

from autograd import LengthError
from autograd.transforms.paths import passed_on, total
from nn.explanation.collect import Oddity, Pressure, Use

__all__ = ["Figures", "LayerReport", "NeuronFigures", "layer_of"]

Array: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]
#: A float for one sample, an array with one row per sample for a batch.
Figure: TypeAlias = Any


@dataclass(frozen=True, eq=False, repr=False)
class NeuronFigures:
    """One neuron: what it computed, what the error asks of it, and the gradients that follow.

    For one sample the figures are floats, and tuples of floats; for a batch they have one row per sample.

    Attributes:
        name: as in ``layers.0.neurons.1``.
        activation: the name of σ.
        uses: the figures as they were read, one for each sample.
        lang: the language it shows itself in.
    """

    name: str
    activation: str
    uses: tuple[Use, ...]
    lang: str = "en"
    batch: bool = False

    @property
    def single(self) -> bool:
        """Whether the figures are those of one sample: floats."""
        return not self.batch and len(self.uses) == 1

    @property
    def layer(self) -> str:
        """The name of its layer, ``layers.0``."""
        return layer_of(self.name)

    @property
    def rows(self) -> tuple[int, ...]:
        """The sample of each use."""
        return tuple(use.row for use in self.uses)

    @property
    def weights(self) -> tuple[float, ...]:
        """The weights w, as they were."""
        return self.uses[0].weights

    @property
    def bias(self) -> float | None:
        """The bias b; None where the neuron has none."""
        return self.uses[0].bias

    @property
    def z(self) -> Figure:
        """The preactivation w·a_in + b."""
        return self._figure("z")

    @property
    def a(self) -> Figure:
        """The activation σ(z)."""
        return self._figure("a")

    @property
    def contribution(self) -> Figure:
        """∂C/∂a: what this neuron contributes to the total error."""
        return self._figure("contribution")

    @property
    def activity(self) -> Figure:
        """σ'(z): how active the neuron is now, how far it still answers to a change of z."""
        return self._figure("activity")

    @property
    def delta(self) -> Figure:
        """δ = ∂C/∂z = ∂C/∂a · σ'(z)."""
        return self._figure("delta")

    @property
    def inputs(self) -> Figure:
        """a_in: (n_in,) numbers for one sample, an array (rows, n_in) for a batch."""
        return self.uses[0].inputs if self.single else np.array([use.inputs for use in self.uses])

    @property
    def bias_gradient(self) -> float | None:
        """∂C/∂b = δ · 1, the sum of it over the rows; None where there is no bias."""
        return None if self.bias is None else total([use.delta for use in self.uses])

    @property
    def weight_gradients(self) -> Figure:
        """∂C/∂w = δ · a_in, one per input; over the rows of a batch the sum Δᵀ·A, an array (n_in,)."""
        if self.single:
            return tuple(passed_on(self.delta, x) for x in self.inputs)
        return np.array([total(column) for column in self.weight_gradients_by_row.T.tolist()])

    @property
    def weight_gradients_by_row(self) -> Array:
        """δ · a_in for every row: (rows, n_in). The bias's, row by row, are δ itself."""
        return np.array([[passed_on(use.delta, x) for x in use.inputs] for use in self.uses])

    @property
    def pressure(self) -> tuple[Any, ...]:
        """The terms w · δ_next that sum to the contribution: of one sample, or a tuple of them for each row."""
        found: tuple[tuple[Pressure, ...], ...] = tuple(use.pressure for use in self.uses)
        return found[0] if self.single else found

    def _figure(self, name: str) -> Figure:
        if self.single:
            return getattr(self.uses[0], name)
        return np.array([getattr(use, name) for use in self.uses])


@dataclass(frozen=True, eq=False)
class LayerReport:
    """The neurons of one layer side by side, as matrices with a row for each sample.

    Attributes:
        name: as in ``layers.0``.
        neurons: their reports.
    """

    name: str
    neurons: tuple[NeuronFigures, ...]

    @property
    def activation(self) -> str:
        """The neurons' activation, by name."""
        return self.neurons[0].activation

    @property
    def activity(self) -> Array:
        """σ'(z), (rows, neurons)."""
        return self._matrix("activity")

    @property
    def delta(self) -> Array:
        """Δ: the δ of every row and neuron, (rows, neurons)."""
        return self._matrix("delta")

    @property
    def inputs(self) -> Array:
        """A: what comes in, (rows, n_in)."""
        return np.array([use.inputs for use in self.neurons[0].uses])

    @property
    def weight_gradient(self) -> Array:
        """Δᵀ·A, (neurons, n_in)."""
        return np.array([neuron.weight_gradients for neuron in self.neurons])

    @property
    def bias_gradient(self) -> Array:
        """The sums of the columns of Δ, (neurons,); nan for a neuron that has no bias."""
        return np.array([neuron.bias_gradient for neuron in self.neurons], dtype=float)

    def _matrix(self, name: str) -> Array:
        columns = [[getattr(use, name) for use in neuron.uses] for neuron in self.neurons]
        if len({len(column) for column in columns}) > 1:
            raise LengthError(
                f"the neurons of {self.name} were not used equally often, so they make no matrix: read them one by one"
            )
        return np.array(columns).T


@dataclass(frozen=True, eq=False, repr=False)
class Figures:
    """The numbers of a whole model, for one sample or a batch.

    Attributes:
        cost: C; over a batch the mean of `costs`.
        costs: the cost of each sample.
        loss: the loss's name.
        inputs: (rows, inputs) numbers.
        outputs: (rows, outputs) numbers.
        neurons: the reports by name, in the model's order.
        unused: the names of neurons that no sample reached.
        gradients: what ``backward()`` leaves on each parameter, by name.
        elsewhere: what of these gradients reached a neuron's parameters by another way than that neuron: a parameter
            that is shared, or that the loss uses directly. Empty for ordinary networks.
        input_gradients: ∂C/∂x, (rows, inputs).
        oddity: the first number that is nan or infinite, or None.
        batch: whether it explains rows, not one sample.
        lang: the language it shows itself in, ``"en"`` or ``"zh"``.
        frozen: the names of weights and biases that are no Parameters: they have a gradient, but no training step
            changes them, and `gradients` leaves them out.
    """

    cost: float
    costs: tuple[float, ...]
    loss: str
    inputs: Array
    outputs: Array
    neurons: Mapping[str, NeuronFigures]
    unused: tuple[str, ...]
    gradients: Mapping[str, float]
    elsewhere: Mapping[str, float]
    input_gradients: Array
    oddity: Oddity | None
    batch: bool
    lang: str = "en"
    frozen: tuple[str, ...] = ()

    @cached_property
    def layers(self) -> dict[str, LayerReport]:
        """The layers by name, in the order in which they compute."""
        members: dict[str, list[NeuronFigures]] = {}
        for neuron in self.neurons.values():
            members.setdefault(neuron.layer, []).append(neuron)
        return {name: LayerReport(name, tuple(neurons)) for name, neurons in members.items()}


def layer_of(name: str) -> str:
    """Return the layer in a neuron's name.

    >>> layer_of("layers.0.neurons.1"), layer_of("head"), layer_of("neurons.2")
    ('layers.0', 'head', 'layer')
    """
    before, _, last = name.rpartition(".")
    if not last.isdigit():
        return name
    return before.removesuffix("neurons").rstrip(".") or "layer"
