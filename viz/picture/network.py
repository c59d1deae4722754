"""A model as a picture of its neurons: weights as lines, biases in the boxes; layers fold when there are too many.

An orange weight is positive, a blue one negative, and the larger it is the wider and stronger its line.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from autograd import OperandError, Value
from autograd.calculus.notation import number
from nn import MLP, Layer, Module, Neuron
from viz.picture import labels
from viz.picture.render import Drawing
from viz.style import FONT, GREY, INK, KINDS, NEGATIVE, ODD, POSITIVE, RULE, clean, markup, mix, shorten

__all__ = ["network"]

#: Above either, each layer is one box.
_NEURONS, _WEIGHTS = 32, 1200
_LINES, _NAME = 12, 40  # parameters listed of a module of the user's own, and characters of their names

_LAYER = {"shape": "box", "style": "filled", "color": KINDS["parameter"]}
_INPUT = {"shape": "box", "style": "rounded,filled", "color": KINDS["leaf"]}


def network(model: Module, *, rankdir: str = "LR", title: str | None = None, depth: int | None = None) -> Drawing:
    """Return a picture of a model: every neuron a box with its activation and bias, every weight a line.

    Args:
        model: an MLP, a Layer or a Neuron; of any other module the parameters are listed.
        rankdir: which way the values flow, ``"LR"``, ``"TB"``, ``"RL"`` or ``"BT"``.
        title: a line above it; the sizes of the layers unless given.
        depth: 0 makes each layer a box, 1 each neuron while that is readable; None takes the readable one.

    Raises:
        OperandError: `depth` is something else.

    >>> from nn import MLP
    >>> source = network(MLP(2, [3, 1], activation="tanh", seed=0)).source
    >>> source.count("class=weight"), source.count("class=neuron")
    (9, 4)
    """
    if depth is not None and (isinstance(depth, bool) or depth not in (0, 1)):
        raise OperandError(
            f"depth of a model's picture is 0 (layers) or 1 (neurons), got {depth!r}; the values that it computes are "
            "drawn for a sample: draw(model, x, depth=2)"
        )
    names: dict[Value, str] = {parameter: name for name, parameter in model.named_parameters()}
    layers = _layers(model)
    weights = [abs(weight.data) for layer in layers for neuron in layer for weight in neuron.w]
    largest = max(filter(math.isfinite, weights), default=0.0)
    sizes = [len(layers[0][0].w), *map(len, layers)] if layers else []
    widest = max(sizes, default=0)
    is_folded = depth == 0 or widest > _NEURONS or len(weights) > _WEIGHTS
    if title is None:
        title = f"{' → '.join(map(str, sizes)) or type(model).__name__} · {len(names):,} parameters"
    line = ""
    if layers and not is_folded:
        steps = (-1.0, -0.5, -0.1, 0.1, 0.5, 1.0)
        line = labels.scale("b: the bias", "weights", largest, [_colour(x * largest, largest) for x in steps])
    ranksep = "0.5" if is_folded else f"{1 + widest / 8:.2g}"
    frame = labels.frame(rankdir, labels.heading(clean(title), line), ranksep=ranksep, nodesep="0.12", splines="line")
    graph = Drawing("model", graph_attr=frame)
    graph.attr("node", fontname=FONT, fontcolor=INK, fontsize="12", fillcolor="white", penwidth="1.4")
    graph.attr("node", margin="0.07,0.05", width="0.1", height="0.1")
    graph.attr("edge", fontname=FONT, fontcolor=GREY, fontsize="10", color=RULE, arrowhead="none")
    if not layers:
        graph.node("n0", **_about("n0", "module", type(model).__name__), label=_listing(model, names), **_LAYER)
    elif is_folded:
        _draw_layers(graph, layers)
    else:
        _draw_neurons(graph, layers, names, largest, *labels.SIDES[rankdir])
    return graph


def _layers(model: Module) -> list[list[Neuron]]:
    """The neurons by layer; none for a module that is not made of layers in a row."""
    if isinstance(model, Neuron):
        return [[model]]
    if isinstance(model, Layer):
        return [list(model.neurons)]
    return [list(layer.neurons) for layer in model.layers] if isinstance(model, MLP) else []


def _draw_neurons(
    graph: Drawing,
    layers: Sequence[Sequence[Neuron]],
    names: Mapping[Value, str],
    largest: float,
    leaving: str,
    arriving: str,
) -> None:
    sources = [f"n0_{i}" for i in range(len(layers[0][0].w))]
    for i, source in enumerate(sources):
        graph.node(source, **_about(source, "input", f"input {i}"), label=f"x{i}", **_INPUT)
    _column(graph, sources)
    for depth, layer in enumerate(layers, start=1):
        targets = [f"n{depth}_{j}" for j in range(len(layer))]
        for target, neuron in zip(targets, layer, strict=True):
            rows = [labels.row(markup(neuron.activation, "I"))]
            if neuron.b is not None:
                rows = [labels.row(markup(neuron.activation, "I"), labels.small(f"b  {number(neuron.b.data)}"))]
            hint = _numbers(neuron.b, names) if neuron.b is not None else "no bias"
            graph.node(target, **_about(target, "neuron", hint), label=labels.box(rows), **_LAYER)
            for i, (source, weight) in enumerate(zip(sources, neuron.w, strict=True)):
                about = _about(f"w{target[1:]}_{i}", "weight", _numbers(weight, names))
                graph.edge(f"{source}:{leaving}", f"{target}:{arriving}", **about, **_line(weight.data, largest))
        _column(graph, targets)
        sources = targets


def _draw_layers(graph: Drawing, layers: Sequence[Sequence[Neuron]]) -> None:
    inputs = len(layers[0][0].w)
    graph.node("n0", **_about("n0", "input", "the inputs"), label=f"{inputs} inputs", **_INPUT)
    for depth, layer in enumerate(layers, start=1):
        weights = sum(len(neuron.w) for neuron in layer)
        biases = sum(neuron.b is not None for neuron in layer)
        rows = [
            labels.row(markup(f"{len(layer)} neurons", "B"), labels.small(markup(layer[0].activation, "I"), GREY)),
            labels.row(labels.small("weights"), f"{weights:,}"),
            labels.row(labels.small("biases"), f"{biases:,}"),
        ]
        graph.node(f"n{depth}", **_about(f"n{depth}", "layer", f"layer {depth}"), label=labels.box(rows), **_LAYER)
    for depth in range(len(layers)):
        graph.edge(f"n{depth}", f"n{depth + 1}", arrowhead="normal", arrowsize="0.6", tooltip="every one to every one")


def _listing(model: Module, names: Mapping[Value, str]) -> str:
    rows = [labels.row(markup(clean(type(model).__name__), "B"))]
    for parameter, name in list(names.items())[:_LINES]:
        rows.append(labels.row(labels.small(markup(shorten(clean(name), _NAME))), number(parameter.data)))
    if len(names) > _LINES:
        rows.append(labels.row(labels.small(f"… and {len(names) - _LINES:,} more", GREY)))
    return labels.box(rows)


def _column(graph: Drawing, ids: Iterable[str]) -> None:
    """Keep nodes side by side, in order."""
    with graph.subgraph(graph_attr={"rank": "same"}) as column:
        for above, below in pairwise(ids):
            column.edge(above, below, style="invis")


def _about(id: str, role: str, hint: str) -> dict[str, str]:
    return {"id": id, "class": role, "tooltip": labels.tooltip(hint)}


def _numbers(parameter: Value, names: Mapping[Value, str]) -> str:
    gradient = f"\ngrad = {parameter.grad!r}" if parameter.grad else ""
    return f"{clean(names[parameter])}\ndata = {parameter.data!r}{gradient}"


def _line(weight: float, largest: float) -> dict[str, str]:
    share = _share(weight, largest)
    return {"color": _colour(weight, largest), "penwidth": f"{0.4 + 1.8 * share:.2g}"}


def _colour(weight: float, largest: float) -> str:
    if not math.isfinite(weight):
        return ODD
    return mix(POSITIVE if weight > 0.0 else NEGATIVE, 0.25 + 0.75 * _share(weight, largest))


def _share(weight: float, largest: float) -> float:
    """How strong a line is: not logarithmic as for gradients, for weights are all of about one size."""
    return math.sqrt(min(1.0, abs(weight) / largest)) if largest and math.isfinite(weight) else 1.0
