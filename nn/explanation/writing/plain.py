"""The figures of a report as plain data, at full precision: what programs read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nn.explanation.diagnose import Finding
from nn.explanation.figures import Figures, NeuronFigures

__all__ = ["neuron_data", "report_data"]


def report_data(report: Figures, found: Sequence[Finding], lang: str) -> dict[str, Any]:
    """Return the report as dictionaries and lists; the findings' sentences are in `lang`."""
    oddity = report.oddity
    return {
        "cost": report.cost,
        "costs": list(report.costs),
        "loss": report.loss,
        "inputs": report.inputs.tolist(),
        "outputs": report.outputs.tolist(),
        "neurons": {name: neuron_data(neuron) for name, neuron in report.neurons.items()},
        "unused": list(report.unused),
        "frozen": list(report.frozen),
        "gradients": dict(report.gradients),
        "elsewhere": dict(report.elsewhere),
        "input_gradients": report.input_gradients.tolist(),
        "oddity": None if oddity is None else oddity._asdict(),
        "findings": [
            {
                "kind": finding.kind,
                "neurons": list(finding.neurons),
                "evidence": dict(finding.evidence),
                "summary": finding.summary,
                "why": finding.why,
                "remedy": finding.remedy,
            }
            for finding in (finding.translated(lang) for finding in found)
        ],
    }


def neuron_data(neuron: NeuronFigures) -> dict[str, Any]:
    """Return one neuron's figures; for a batch, lists with one entry per row."""
    figures = ("z", "a", "contribution", "activity", "delta", "inputs", "weight_gradients")
    pressure = [[term._asdict() for term in use.pressure] for use in neuron.uses]
    return {
        "layer": neuron.layer,
        "activation": neuron.activation,
        "rows": list(neuron.rows),
        "weights": list(neuron.weights),
        "bias": neuron.bias,
        **{name: _plain(getattr(neuron, name)) for name in figures},
        "bias_gradient": neuron.bias_gradient,
        "pressure": pressure[0] if neuron.single else pressure,
    }


def _plain(figure: Any) -> Any:
    if hasattr(figure, "tolist"):
        return figure.tolist()
    return list(figure) if isinstance(figure, tuple) else figure
