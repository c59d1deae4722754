"""Diagnoses: what is wrong when a gradient is zero, shrinks, explodes or is the same as its neighbour's.

Each :class:`Finding` has its evidence in numbers, the neurons it concerns, one sentence why and one remedy. All
thresholds stand in :class:`Thresholds`, with their reasons.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np

from autograd import RULES, Rule, Value, topological_order
from autograd.calculus.notation import number
from nn.explanation.collect import first_oddity
from nn.explanation.figures import Figures, LayerReport, NeuronFigures
from nn.explanation.writing.wording import check, say

__all__ = ["Finding", "Thresholds", "diagnose", "diagnose_value", "slopes", "usual_slope"]

_Array = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Thresholds:
    """Where a healthy model ends. The defaults keep quiet on models that learn well.

    Attributes:
        rows: fewer samples say nothing about saturated and dead neurons or unused inputs: with relu, half of a healthy
            layer is off on any one sample.
        flat: |σ'(z)| below this share of its usual size is flat; for tanh that is |z| > 3, for sigmoid |z| > 6.
        flat_rows: a neuron is saturated when it is flat on at least this share of the rows; a trained neuron is often
            flat on most rows, which is how it decides, and learns from those in between.
        layers: fewer layers cannot make a gradient vanish or explode; one factor is no trend.
        vanishing: rms δ of the first layer below this share of the last layer's. Healthy networks stay within a factor
            of ten or so; ten sigmoid layers reach 1e-7.
        exploding: rms δ of the first layer above this many times the last layer's.
        influence: an input's share of the strongest input's influence, below which it is unused.
    """

    rows: int = 8
    flat: float = 0.01
    flat_rows: float = 0.95
    layers: int = 3
    vanishing: float = 1e-3
    exploding: float = 1e3
    influence: float = 1e-3


@dataclass(frozen=True)
class Finding:
    """One diagnosis.

    Attributes:
        kind: ``nan``, ``dead``, ``saturated``, ``starved``, ``vanishing``, ``exploding``, ``twins`` or ``unused``.
        neurons: the names of the neurons concerned.
        evidence: the numbers it rests on, by name.
        lang: the language of its sentences.
    """

    kind: str
    neurons: tuple[str, ...]
    evidence: Mapping[str, Any]
    lang: str = "en"

    def translated(self, lang: str) -> Finding:
        """Return the same finding in another language."""
        return replace(self, lang=check(lang))

    @property
    def title(self) -> str:
        """Its name in words."""
        return say(self.kind, self.lang)

    @property
    def summary(self) -> str:
        """The evidence in one line."""
        if self.evidence.get("row", 0) is not None:
            return self._said("evidence")
        return self._said("evidence_gradient" if self.evidence["backward"] else "evidence_once")

    @property
    def why(self) -> str:
        """Why this is a problem, in one sentence."""
        if self.evidence.get("backward"):
            return self._said("why_backward")
        return self._said("why" if self.evidence.get("bias", True) else "why_unbiased")

    @property
    def remedy(self) -> str:
        """What to do about it, in one sentence."""
        return self._said("remedy")

    def __str__(self) -> str:
        fields = {"title": self.title, "summary": self.summary, "why": self.why, "remedy": self.remedy}
        if not self.neurons:
            return say("finding", self.lang, **fields)
        return say("finding_of", self.lang, names=_some(self.neurons, self.lang), **fields)

    def _said(self, part: str) -> str:
        fields = {name: number(x) if isinstance(x, float) else x for name, x in self.evidence.items()}
        return say(f"{self.kind}.{part}", self.lang, **fields)


def diagnose(report: Figures, thresholds: Thresholds | None = None) -> tuple[Finding, ...]:
    """Return what is wrong with the model of a report, the most urgent first; empty when nothing is.

    Args:
        report: of a batch; from fewer than ``thresholds.rows`` samples only part can be told.
        thresholds: where a healthy model ends.

    >>> from nn import MLP, data, explain
    >>> X, y = data.moons(40, seed=0)
    >>> zeros = MLP(2, [4, 1], "tanh", init="zeros")
    >>> [(finding.kind, len(finding.neurons)) for finding in explain(zeros, X, targets=y).findings]
    [('starved', 1), ('twins', 4)]
    """
    limits = thresholds or Thresholds()
    if report.oddity is not None:
        return (_not_finite(report),)  # nothing that follows from it means anything
    found = [
        *_flat(report, limits),
        *_starved(report),
        *_depth(report, limits),
        *_twins(report),
        *_unused(report, limits),
    ]
    return tuple(replace(finding, lang=report.lang) for finding in found)


def diagnose_value(root: Value, *, lang: str = "en") -> Finding | None:
    """Return what is wrong with the graph of a Value after ``backward()``: the first number in it that is not finite.

    >>> x = Value(-1.0, label="x")
    >>> y = x.log()
    >>> y.backward()
    >>> print(diagnose_value(y).summary)
    log(x) = nan
    """
    order = topological_order(root)
    if all(math.isfinite(node.data) and math.isfinite(node.grad) for node in order):
        return None
    names = {node: f"{node.op}({', '.join(parent.label or number(parent.data) for parent in node.parents)})"
             for node in order if node.op and not node.label}  # fmt: skip
    oddity = first_oddity(None, order, names)
    evidence = {"what": oddity.what, "value": oddity.value, "row": None, "backward": oddity.backward}
    return Finding("nan", (), evidence, check(lang))


def slopes(activation: str) -> tuple[float, float]:
    """The largest |σ'| around 0, and the smallest over a wider range."""
    return (1.0, 1.0) if activation == "linear" else _slopes_of(RULES[activation])


@functools.cache
def _slopes_of(rule: Rule) -> tuple[float, float]:
    defaults = [operand.default for operand in rule.operands[1:]]
    z = np.linspace(-3.0, 3.0, 121)
    with np.errstate(all="ignore"):
        slope = np.abs(np.broadcast_to(rule.arrays(z, *defaults)[1], z.shape))
    central = slope[np.abs(z) <= 1.0]
    central = central[np.isfinite(central)]
    return float(central.max(initial=0.0)), float(np.nanmin(slope))


def usual_slope(activation: str) -> float:
    """Return the largest |σ'(z)| for z around 0: the size that "flat" is measured by.

    >>> usual_slope("tanh"), usual_slope("sigmoid"), usual_slope("relu")
    (1.0, 0.25, 1.0)
    """
    return slopes(activation)[0]


def _switches_off(activation: str) -> bool:
    """Whether σ' is exactly 0 already for moderate z: relu is off there, where tanh is only nearly flat."""
    return slopes(activation)[1] == 0.0


def _not_finite(report: Figures) -> Finding:
    oddity = report.oddity
    assert oddity is not None
    neurons = tuple(name for name in report.neurons if oddity.what.startswith((f"{name}:", f"{name}.")))
    evidence = {"what": oddity.what, "value": oddity.value, "row": oddity.row, "backward": oddity.backward}
    return Finding("nan", neurons, evidence, report.lang)


def _flat(report: Figures, limits: Thresholds) -> Iterator[Finding]:
    if len(report.costs) < limits.rows:
        return
    for layer in report.layers.values():
        dead, saturated = [], []
        for neuron in layer.neurons:
            activity = np.abs([use.activity for use in neuron.uses])
            flat = activity < limits.flat * usual_slope(neuron.activation)
            if _switches_off(neuron.activation):
                if not activity.any():
                    dead.append(neuron)
            elif flat.mean() >= limits.flat_rows:
                saturated.append((neuron, float(flat.mean())))
        if dead:
            rows, z_max = {"rows": len(report.costs)}, max(use.z for neuron in dead for use in neuron.uses)
            yield Finding(
                "dead", _names(dead), {**rows, "count": len(dead), "size": len(layer.neurons), "z_max": z_max}
            )
        if saturated:
            share = min(share for _, share in saturated)
            size = float(np.median([abs(use.z) for neuron, _ in saturated for use in neuron.uses]))
            evidence = {"threshold": f"{limits.flat:.0%}", "share": f"{share:.0%}", "z_median": size}
            yield Finding("saturated", _names([neuron for neuron, _ in saturated]), evidence)


def _starved(report: Figures) -> Iterator[Finding]:
    for layer in report.layers.values():
        hungry = [neuron for neuron in layer.neurons if not any(any(use.inputs) for use in neuron.uses)]
        if hungry:
            evidence = {"inputs": len(hungry[0].weights), "rows": len(report.costs), "bias": hungry[0].bias is not None}
            yield Finding("starved", _names(hungry), evidence)


def _depth(report: Figures, limits: Thresholds) -> Iterator[Finding]:
    layers = list(report.layers.values())
    if len(layers) < limits.layers:
        return
    first, last = _rms_delta(layers[0]), _rms_delta(layers[-1])
    if first == 0.0 or last == 0.0:
        return  # not a matter of depth: no error at all, or a layer that passes nothing on
    kind = "vanishing" if first < limits.vanishing * last else "exploding" if first > limits.exploding * last else ""
    if kind:
        hidden = [use.activity for layer in layers[:-1] for neuron in layer.neurons for use in neuron.uses]
        evidence = {
            "first": first,
            "last": last,
            "first_layer": layers[0].name,
            "last_layer": layers[-1].name,
            "factor": (first / last) ** (1.0 / (len(layers) - 1)),
            "layers": len(layers),
            "activity": float(np.mean(np.abs(hidden))),
        }
        weak = [layer for before, layer in pairwise(reversed(layers)) if _rms_delta(layer) < _rms_delta(before)]
        strong = [layer for before, layer in pairwise(reversed(layers)) if _rms_delta(layer) > _rms_delta(before)]
        concerned = reversed(weak if kind == "vanishing" else strong)
        yield Finding(kind, _names([neuron for layer in concerned for neuron in layer.neurons]), evidence)


def _twins(report: Figures) -> Iterator[Finding]:
    for layer in report.layers.values():
        families: dict[Any, list[NeuronFigures]] = {}
        for neuron in layer.neurons:
            key = (neuron.activation, neuron.weights, neuron.bias, tuple(use.inputs for use in neuron.uses))
            families.setdefault(key, []).append(neuron)
        for family in families.values():
            while family:
                # Equal weights may still part, if the next layer asks different things of the two.
                same = [neuron for neuron in family if _same_delta(neuron, family[0])]
                family = [neuron for neuron in family if neuron not in same]
                if len(same) > 1:
                    yield Finding("twins", _names(same), {"rows": len(report.costs)})


def _same_delta(one: NeuronFigures, other: NeuronFigures) -> bool:
    deltas, others = (np.array([use.delta for use in neuron.uses]) for neuron in (one, other))
    return bool(np.allclose(deltas, others, rtol=1e-9, atol=0.0))  # they may be summed in another order


def _unused(report: Figures, limits: Thresholds) -> Iterator[Finding]:
    if len(report.costs) < limits.rows:
        return
    influence = report.inputs.std(axis=0) * np.sqrt(np.mean(np.square(report.input_gradients), axis=0))
    largest = float(influence.max())
    weak = np.flatnonzero(influence < limits.influence * largest)
    if len(weak):
        names = ", ".join(f"x{index}" for index in weak)
        evidence = {"inputs": names, "influence": float(influence[weak].max()), "largest": largest}
        yield Finding("unused", (), evidence)


def _rms_delta(layer: LayerReport) -> float:
    return float(np.sqrt(np.mean(np.square([use.delta for neuron in layer.neurons for use in neuron.uses]))))


def _names(neurons: Sequence[NeuronFigures]) -> tuple[str, ...]:
    return tuple(neuron.name for neuron in neurons)


def _some(names: Sequence[str], lang: str, shown: int = 3) -> str:
    listed = say("comma", lang).join(names[:shown])
    if len(names) <= shown:
        return listed
    return say("and_more", lang, names=listed, count=len(names) - shown, total=len(names))
