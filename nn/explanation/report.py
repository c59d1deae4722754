"""What ``explain`` returns: the figures, and how they show themselves: as text, HTML, LaTeX, data.

A :class:`Report` holds one :class:`NeuronReport` per neuron, and groups them by layer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from autograd import GraphError, UnknownNameError
from nn.explanation.diagnose import Finding, diagnose
from nn.explanation.figures import Figures, LayerReport, NeuronFigures, layer_of
from nn.explanation.writing.blocks import Block
from nn.explanation.writing.content import neuron_blocks, report_blocks
from nn.explanation.writing.formats import Written
from nn.explanation.writing.plain import neuron_data, report_data

__all__ = ["LayerReport", "NeuronReport", "Report", "layer_of"]


class NeuronReport(NeuronFigures, Written):
    """One neuron: what it computed, what the error asks of it, and the gradients that follow.

    Its figures are those of :class:`nn.explanation.figures.NeuronFigures`: floats, and tuples of floats, for one
    sample; for a batch they have one row per sample.

    >>> from nn import MLP, explain, losses
    >>> row = explain(MLP(2, [3, 1], "tanh", seed=0), [0.5, -1.0], target=1.0, loss=losses.mse)["layers.0.neurons.1"]
    >>> row.delta == row.contribution * row.activity == row.bias_gradient
    True
    >>> row.weight_gradients == (row.delta * 0.5, row.delta * -1.0)
    True
    """

    def blocks(self, lang: str) -> list[Block]:
        """Return one sample's derivation step by step, or a batch's rows."""
        return neuron_blocks(self, lang)

    def data(self, lang: str) -> dict[str, Any]:
        """Return its figures as plain data."""
        return neuron_data(self)

    def __repr__(self) -> str:
        return f"<NeuronReport {self.name!r}: {self.activation}, δ {self.delta}>"


@dataclass(frozen=True, eq=False, repr=False)
class Report(Figures, Written):
    """Every gradient of a model explained, for one sample or a batch; ``report["layers.0.neurons.1"]`` is one neuron.

    Its figures are those of :class:`nn.explanation.figures.Figures`; over a batch ``report.layers["layers.0"]`` has the
    matrices A, Δ, Δᵀ·A and Δᵀ·1 as ``inputs``, ``delta``, ``weight_gradient`` and ``bias_gradient``.

    Attributes:
        neurons: the reports by name, in the model's order.
    """

    neurons: Mapping[str, NeuronReport]

    def __getitem__(self, name: str) -> NeuronReport:
        if name in self.unused:
            raise GraphError(f"no sample reached the neuron {name!r}: the model did not use it on the way to its cost")
        if name not in self.neurons:
            raise UnknownNameError("neuron", name, self.neurons)
        return self.neurons[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.neurons)

    def __len__(self) -> int:
        return len(self.neurons)

    def __repr__(self) -> str:
        return f"<Report: {len(self)} neurons, {len(self.costs)} samples, C = {self.cost:.4g}>"

    def blocks(self, lang: str) -> list[Block]:
        """Return the tables, one a layer, the findings, and each neuron's derivation."""
        return report_blocks(self, self.findings, lang)

    def data(self, lang: str) -> dict[str, Any]:
        """Return its figures as plain data."""
        return report_data(self, self.findings, lang)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What is wrong with the model, if anything: see :func:`nn.explanation.diagnose.diagnose`."""
        return diagnose(self)
