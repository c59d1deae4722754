"""What a report says and in which order, whatever it is written as."""

from __future__ import annotations

import math
from collections.abc import Sequence

from autograd.calculus.notation import number
from autograd.transforms.paths import passed_on, total
from nn.explanation.collect import Use
from nn.explanation.diagnose import Finding, Thresholds, usual_slope
from nn.explanation.figures import Figures, LayerReport, NeuronFigures
from nn.explanation.writing.blocks import Block, Cell, Details, Equations, Heading, Math, Note, Several, Table, figure
from nn.explanation.writing.derivation import derivation
from nn.explanation.writing.symbols import (
    A_IN,
    ACTIVITY,
    BACK,
    BACK_OF_ROWS,
    BIAS_GRADIENT,
    BOTH_FACTORS,
    CONTRIBUTION,
    DELTA,
    INPUT_GRADIENT,
    ONES,
    SUM_OF_DELTA,
    SUM_OF_PRODUCTS,
    TIMES_INPUT,
    TIMES_ONE,
    WEIGHT_GRADIENT,
    A,
    Z,
    derivative,
    equal,
    function,
)  # fmt: skip
from nn.explanation.writing.wording import say

__all__ = ["neuron_blocks", "report_blocks"]

#: The most neurons that a layer's table shows; the report itself has them all.
_NEURONS = 20
#: The most neurons that are derived step by step under the tables.
_DERIVED = 24
#: The most samples or terms that one neuron's table shows.
_ROWS = 12


def report_blocks(report: Figures, found: Sequence[Finding], lang: str) -> list[Block]:
    """Return the whole report: the formulas, one table a layer, remarks, findings, and each neuron to look up."""
    rows = len(report.costs)
    opening = say(
        "of_batch" if report.batch else "of_sample", lang, cost=number(report.cost), rows=rows, loss=report.loss
    )
    blocks: list[Block] = [Heading(say("title", lang)), Note(opening), _head(report, lang)]
    for layer in report.layers.values():
        blocks += _layer(report, layer, lang)
    if report.unused:
        blocks.append(Note(say("not_reached", lang, names=", ".join(report.unused))))
    if report.frozen:
        blocks.append(Note(say("frozen", lang, names=", ".join(report.frozen))))
    blocks += [Note(say("elsewhere", lang, name=name, value=number(x))) for name, x in report.elsewhere.items()]
    if findings := [finding.translated(lang) for finding in found]:
        blocks.append(Heading(say("findings", lang), 2))
        blocks += [Note(str(finding).removeprefix(finding.title), finding.title, "finding") for finding in findings]
    elif report.batch:
        blocks.append(Note(say("healthy", lang)))
    blocks.append(_meanings(report.batch, lang))
    neurons = list(report.neurons.values())
    if len(neurons) <= _DERIVED:
        hint = say("one_neuron", lang, name=neurons[0].name)
        blocks += [
            Details(say("derivation", lang, name=neuron.name), tuple(neuron_blocks(neuron, lang, title=False)), hint)
            for neuron in neurons
        ]
    return blocks


def neuron_blocks(neuron: NeuronFigures, lang: str, *, title: bool = True) -> list[Block]:
    """Return one neuron: for one sample its derivation in symbols and numbers, for a batch its rows and their sum."""
    name = say("derivation", lang, name=neuron.name) if neuron.single else neuron.name
    blocks: list[Block] = [Heading(name, 2)] if title else []
    if not neuron.single:
        return [*blocks, _rows(neuron, lang)]
    blocks.append(derivation(neuron))
    if len(neuron.pressure) > 1:
        blocks.append(_pressure(neuron, lang))
    return [*blocks, *_remarks([neuron], lang)]


def _head(report: Figures, lang: str) -> Equations:
    """The three lines of backpropagation, with words beside them."""
    bias, weights = (SUM_OF_DELTA, SUM_OF_PRODUCTS) if report.batch else (TIMES_ONE, TIMES_INPUT)
    summed = "_sum" if report.batch else ""
    return Equations(
        (
            ((DELTA, BOTH_FACTORS), say("delta_in_words", lang)),
            ((BIAS_GRADIENT, bias, *([ONES] if report.batch else [])), say(f"bias{summed}_in_words", lang)),
            ((WEIGHT_GRADIENT, weights), say(f"weight{summed}_in_words", lang)),
        )
    )


def _meanings(batch: bool, lang: str) -> Table:
    """The closing table: every kind of parameter, its gradient, and what that means."""
    bias, weights, back = (ONES, SUM_OF_PRODUCTS, BACK_OF_ROWS) if batch else (TIMES_ONE, TIMES_INPUT, BACK)
    summed = "_sum" if batch else ""
    rows: tuple[tuple[Cell, ...], ...] = (
        (Math("b", "b"), equal(BIAS_GRADIENT, bias), say(f"means_bias{summed}", lang)),
        (Math("w", "w"), equal(WEIGHT_GRADIENT, weights), say(f"means_weight{summed}", lang)),
        (A_IN, equal(INPUT_GRADIENT, back), say("means_input", lang)),
    )
    heads = (say("parameter", lang), say("gradient", lang), say("meaning", lang))
    return Table((say("in_short", lang),), heads, rows)


def _layer(report: Figures, layer: LayerReport, lang: str) -> list[Block]:
    neurons = list(layer.neurons)
    shown = neurons
    if len(neurons) > _NEURONS:
        strongest = sorted(neurons, key=_size, reverse=True)[:_NEURONS]
        shown = [neuron for neuron in neurons if neuron in strongest]
    blocks: list[Block] = [_table(layer, shown, lang)]
    if len(shown) < len(neurons):
        blocks.append(Note(say("strongest", lang, shown=len(shown), count=len(neurons))))
    return blocks if report.batch else [*blocks, *_remarks(shown, lang)]


def _table(layer: LayerReport, neurons: Sequence[NeuronFigures], lang: str) -> Table:
    caption: tuple[str | Math, ...] = (layer.name, *_formulas(layer.activation))
    name = say("neuron", lang)
    if not all(neuron.single for neuron in neurons):
        mean = say("mean", lang)
        slope = Math(f"{mean} {ACTIVITY.text}", rf"\text{{{mean} }} {ACTIVITY.latex}")
        rms = Math("rms δ", r"\mathrm{rms}\ \delta")
        sums = (equal(BIAS_GRADIENT, SUM_OF_DELTA), equal(WEIGHT_GRADIENT, SUM_OF_PRODUCTS))
        return Table(caption, (name, slope, rms, *sums), tuple(map(_batch_row, neurons)), signed=(3,))
    ends = (equal(DELTA, BIAS_GRADIENT), equal(WEIGHT_GRADIENT, TIMES_INPUT))
    rows = [(_short(n), n.z, n.a, n.contribution, n.activity, n.delta, Several(n.weight_gradients)) for n in neurons]
    heads = (name, Z, A, CONTRIBUTION, ACTIVITY, *ends)
    return Table((*caption, _inputs(neurons[0])), heads, tuple(rows), signed=(3, 5))


def _formulas(activation: str) -> tuple[Math, Math]:
    """What σ and σ' are."""
    return equal(A, function(activation)), equal(ACTIVITY, derivative(activation) or ACTIVITY)


def _batch_row(neuron: NeuronFigures) -> tuple[Cell, ...]:
    uses, count = neuron.uses, len(neuron.uses)
    return (
        _short(neuron),
        sum(use.activity for use in uses) / count,
        math.sqrt(sum(use.delta * use.delta for use in uses) / count),
        "–" if neuron.bias_gradient is None else neuron.bias_gradient,
        Several(tuple(neuron.weight_gradients)),
    )


def _rows(neuron: NeuronFigures, lang: str) -> Table:
    """A batch's rows for one neuron, the strongest ones each, the others together, and their sum."""
    uses = sorted(neuron.uses, key=lambda use: abs(use.delta), reverse=True)
    shown = sorted(uses[:_ROWS], key=lambda use: use.row)
    heads = (say("row", lang), Z, A, CONTRIBUTION, ACTIVITY, DELTA, TIMES_INPUT)
    rows: list[tuple[Cell, ...]] = [
        (str(u.row), u.z, u.a, u.contribution, u.activity, u.delta, _gradients([u])) for u in shown
    ]
    if rest := uses[_ROWS:]:
        others = say("others", lang, count=len(rest))
        rows.append((others, "", "", "", "", total([use.delta for use in rest]), _gradients(rest)))
    sums = (total([use.delta for use in uses]), Several(tuple(neuron.weight_gradients)))
    ends: tuple[Cell, ...] = (say("total", lang), "", "", "", "", *sums)
    return Table(_formulas(neuron.activation), heads, tuple(rows), ends, signed=(3, 5))


def _gradients(uses: Sequence[Use]) -> Several:
    columns = zip(*([passed_on(use.delta, x) for x in use.inputs] for use in uses), strict=True)
    return Several(tuple(map(total, columns)))


def _pressure(neuron: NeuronFigures, lang: str) -> Table:
    pressure = neuron.pressure
    # By place: equal terms are different terms.
    strongest = sorted(range(len(pressure)), key=lambda place: abs(pressure[place].product), reverse=True)
    shown = [pressure[place] for place in sorted(strongest[:_ROWS])]
    rows: list[tuple[Cell, ...]] = [(term.to, term.weight, term.delta, term.product) for term in shown]
    if rest := strongest[_ROWS:]:
        others = total([pressure[place].product for place in rest])
        rows.append((say("others", lang, count=len(rest)), "", "", others))
    heads = (say("next", lang), Math("w", "w"), DELTA, Math("w·δ", r"w\,\delta"))
    ends: tuple[Cell, ...] = (CONTRIBUTION, "", "", neuron.contribution)
    return Table((say("pressure", lang),), heads, tuple(rows), ends, signed=(3,))


def _remarks(neurons: Sequence[NeuronFigures], lang: str) -> list[Block]:
    """For one sample: why a gradient is 0, or nearly."""
    found = [(neuron, key) for neuron in neurons if neuron.single and (key := _remark(neuron))]
    return [
        Note(say(key, lang, name=_short(n), z=number(n.z), activity=f"{abs(n.activity):.2%}"))
        for n, key in found[:_ROWS]
    ]


def _remark(neuron: NeuronFigures) -> str:
    if not math.isfinite(neuron.delta):
        return "odd"
    if neuron.contribution == 0.0:
        return "no_error"
    if neuron.activity == 0.0:
        return "is_off"
    if not any(neuron.inputs):
        return "no_input" if neuron.bias is not None else "no_input_unbiased"
    flat = abs(neuron.activity) < Thresholds.flat * usual_slope(neuron.activation)
    return "is_saturated" if flat else ""


def _inputs(neuron: NeuronFigures) -> Math:
    shown = [figure(x) for x in neuron.inputs[:4]]
    more = Math("", "") if len(neuron.inputs) <= 4 else Math(", …", r", \ldots")
    text = ", ".join(x.text for x in shown) + more.text
    return Math(f"{A_IN.text} = ({text})", f"{A_IN.latex} = ({', '.join(x.latex for x in shown)}{more.latex})")


def _size(neuron: NeuronFigures) -> float:
    return max(abs(use.delta) for use in neuron.uses)


def _short(neuron: NeuronFigures) -> str:
    return neuron.name.removeprefix(f"{neuron.layer}.")
