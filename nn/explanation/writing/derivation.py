"""One neuron, one sample: its gradient derived line by line, in symbols and then in numbers."""

from __future__ import annotations

from collections.abc import Sequence

from nn.explanation.collect import COST
from nn.explanation.figures import NeuronFigures
from nn.explanation.writing.blocks import Equations, Math, figure, product
from nn.explanation.writing.symbols import (
    A_IN,
    ACTIVITY,
    BIAS_GRADIENT,
    BOTH_FACTORS,
    CONTRIBUTION,
    DELTA,
    TIMES_INPUT,
    TIMES_ONE,
    WEIGHT_GRADIENT,
    A,
    Z,
    call,
    derivative,
)  # fmt: skip

__all__ = ["derivation"]

#: The most terms of a sum that are written out.
_TERMS = 4

_Chain = tuple[Math, ...]


def derivation(neuron: NeuronFigures) -> Equations:
    """Return z, a, σ', ∂C/∂a, δ and the gradients, each as ``symbol = formula = numbers = result``."""
    lines: list[_Chain] = [_preactivation(neuron)]
    sigma, slope = derivative(neuron.activation), None
    if neuron.activation == "linear":
        lines.append((A, Z, figure(neuron.a)))
    else:
        lines.append((A, call(neuron.activation, Z), call(neuron.activation, figure(neuron.z)), figure(neuron.a)))
        slope = derivative(neuron.activation, z=neuron.z, a=neuron.a)
    activity = figure(neuron.activity)
    lines.append(_without_repeats([ACTIVITY, *([sigma] if sigma else []), *([slope] if slope else []), activity]))
    lines.append(_contribution(neuron))
    delta = figure(neuron.delta)
    lines.append((DELTA, BOTH_FACTORS, product(neuron.contribution, neuron.activity), delta))
    if neuron.bias is not None:
        lines.append((BIAS_GRADIENT, TIMES_ONE, delta))
    lines.append(_weights(neuron))
    return Equations(tuple((line, "") for line in lines))


def _preactivation(neuron: NeuronFigures) -> _Chain:
    terms = [product(w, x) for w, x in zip(neuron.weights, neuron.inputs, strict=True)]
    symbols = Math(f"w·{A_IN.text}", rf"w \cdot {A_IN.latex}")
    if neuron.bias is not None:
        terms.append(figure(neuron.bias))
        symbols = Math(f"{symbols.text} + b", f"{symbols.latex} + b")
    return (Z, symbols, _added(terms), figure(neuron.z))


def _contribution(neuron: NeuronFigures) -> _Chain:
    result = figure(neuron.contribution)
    if all(term.to == COST for term in neuron.pressure):
        return (CONTRIBUTION, result)
    terms = [figure(t.product) if t.to == COST else product(t.weight, t.delta) for t in neuron.pressure]
    return (CONTRIBUTION, Math("Σ w·δ", r"\sum w\,\delta_{\mathrm{next}}"), _added(terms), result)


def _weights(neuron: NeuronFigures) -> _Chain:
    delta = figure(neuron.delta)
    inputs, gradients = _listed(neuron.inputs), _listed(neuron.weight_gradients)
    numbers = Math(f"{delta.text} · {inputs.text}", rf"{delta.latex} \cdot {inputs.latex}")
    return (WEIGHT_GRADIENT, TIMES_INPUT, numbers, gradients)


def _added(terms: Sequence[Math]) -> Math:
    """A sum as it is written: minus signs take the place of plus, and the middle of a long one is left out."""
    shown = list(terms)
    if len(terms) > _TERMS:
        shown = [*terms[: _TERMS - 1], Math("…", r"\cdots"), terms[-1]]
    text, latex = shown[0]
    for term in shown[1:]:
        minus = term.text[0] == "−"
        text += f" − {term.text[1:]}" if minus else f" + {term.text}"
        latex += f" - {term.latex[1:]}" if minus else f" + {term.latex}"
    return Math(text, latex)


def _listed(numbers: Sequence[float]) -> Math:
    shown = [figure(x) for x in numbers[:_TERMS]]
    text, latex = ", ".join(x.text for x in shown), r",\ ".join(x.latex for x in shown)
    if len(numbers) > _TERMS:
        text, latex = f"{text}, …", rf"{latex},\ \ldots"
    return Math(f"({text})", f"({latex})")


def _without_repeats(chain: Sequence[Math]) -> _Chain:
    """``σ'(z) = 1 = 1`` says it twice."""
    return tuple(part for place, part in enumerate(chain) if place == 0 or part != chain[place - 1])
