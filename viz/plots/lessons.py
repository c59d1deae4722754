"""The pictures of the lessons: one figure each, from the numbers of a run, labelled in English or Chinese.

Chinese needs a font that has it; where there is none, the labels are in English.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from autograd import UnknownNameError
from autograd.calculus.notation import number
from viz.plots.axes import colour, curve_colour, legible
from viz.plots.wording import speaker
from viz.style import GREY, INK, NEGATIVE, POSITIVE, RULE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["plot_lesson", "written"]

Picture = Mapping[str, Any]


def plot_lesson(name: str, picture: Picture, *, lang: str = "en") -> Figure:
    """Return the picture of a lesson as a matplotlib figure.

    Args:
        name: the lesson's.
        picture: the numbers of its run, ``nn.lessons.LESSONS[name].run().picture``.
        lang: of the labels, ``"en"`` or ``"zh"``.

    Raises:
        UnknownNameError: there is no such lesson.
        ImportError: matplotlib is not installed.

    >>> from nn.lessons import LESSONS
    >>> len(plot_lesson("bias-one", LESSONS["bias-one"].run().picture).axes)
    2
    """
    if name not in _PLOTS:
        raise UnknownNameError("lesson", name, _PLOTS)
    panels, plot = _PLOTS[name]
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ImportError('pictures need matplotlib: pip install "glassgrad[plot]"') from error
    say = speaker(lang)
    figure = Figure(figsize=(max(3.4 * panels, 5.6), 3.1), dpi=150, layout="constrained", facecolor="white")
    axes = figure.subplots(1, panels, squeeze=False)[0]
    for each in axes:
        _prepare(each)
    plot(picture, axes, say)
    legible(figure)
    return figure


def written(figure: Figure, kind: str) -> bytes:
    """Return the picture as the bytes of a ``"png"`` or ``"svg"`` file; an SVG says nothing about when it was made."""
    import matplotlib

    content = io.BytesIO()
    with matplotlib.rc_context({"svg.hashsalt": "glassgrad"}):  # the same names in the file every time
        figure.savefig(content, format=kind, metadata={"Date": None} if kind == "svg" else None)
    return content.getvalue()


def _bias_one(picture: Picture, axes: Sequence[Axes], say: Callable[..., str]) -> None:
    bars, curve = axes
    kinds, gradients = zip(*picture["gradients"], strict=True)
    bars.bar(range(len(gradients)), gradients, color=[_shade(gradient) for gradient in gradients], width=0.7)
    weights = kinds.count("w")
    bars.plot(range(weights), [0.0] * weights, "o", color=GREY, markersize=5)
    bars.axhline(0.0, color=RULE, linewidth=1)
    bars.use_sticky_edges = False  # room above 0 for the dots
    bars.margins(y=0.08)
    _title(bars, say("gradients of the hidden layer"))
    bars.set_xticks([(weights - 1) / 2, weights + (len(kinds) - weights - 1) / 2])
    bars.set_xticklabels([f"{say('weights')}\n∂C/∂w = δ·0", f"{say('biases')}\n∂C/∂b = δ·1"])
    bars.tick_params(axis="x", length=0)
    for style, (key, shade) in zip(("-", "--"), (("with", INK), ("without", GREY)), strict=True):
        curve.plot(picture[key], style, color=shade, linewidth=1.8)
    steps = len(picture["with"]) - 1
    _name(curve, steps * 0.5, picture["without"][-1], say("without biases"), GREY, below=True)
    _name(curve, steps * 0.3, picture["with"][4], say("with biases"), INK)
    _title(curve, say("cost, step by step"))
    curve.set_xlabel(say("step"))


def _saturation(picture: Picture, axes: Sequence[Axes], say: Callable[..., str]) -> None:
    import math

    slope, curve = axes
    zs = [place / 20 for place in range(-160, 161)]
    slope.plot(zs, [1.0 / (2.0 + math.exp(z) + math.exp(-z)) for z in zs], color=GREY, linewidth=1.4)
    for index, (z, activity) in enumerate(picture["starts"]):
        slope.plot([z], [activity], "o", color=curve_colour(index), markersize=7, clip_on=False, zorder=3)
        slope.annotate(
            f"z = {z:g}", (z, activity), (7, 5), textcoords="offset points", color=curve_colour(index), fontsize=9
        )
    _title(slope, "σ'(z) = a·(1 − a)")
    slope.set_xlabel("z")
    slope.set_ylim(0.0, 0.29)
    _title(curve, say("squared error of the answer"))
    for index, (start, costs) in enumerate(picture["curves"].items()):
        is_cross = start == "cross-entropy"
        curve.plot(costs, "--" if is_cross else "-", color=curve_colour(index), linewidth=1.8)
    curve.set_yscale("log")
    named = (("6", "z = 6", True), ("2", "z = 2", False), ("0", "z = 0", True))
    for index, (start, words, below) in enumerate(named):
        _name(curve, 45, picture["curves"][start][45], words, curve_colour(2 - index), below=below)
    cross = picture["curves"]["cross-entropy"]
    _name(curve, 45, cross[45], say("z = 6, cross-entropy"), curve_colour(3))
    curve.set_xlabel(say("step"))


def _symmetry(picture: Picture, axes: Sequence[Axes], say: Callable[..., str]) -> None:
    *planes, curve = axes
    paths = [point for kind in picture["paths"].values() for path in kind for point in path]
    low, high = min(map(min, paths)) - 0.15, max(map(max, paths)) + 0.15
    for plane, (kind, neurons) in zip(planes, picture["paths"].items(), strict=True):
        for index, path in enumerate(neurons):
            plane.plot(
                *zip(*path, strict=True),
                color=curve_colour(index),
                linewidth=1.8 + 1.6 * (kind == "equal") * (3 - index),
            )
            plane.plot(*path[0], "o", color="white", markeredgecolor=curve_colour(index), markersize=6)
            plane.plot(*path[-1], "o", color=curve_colour(index), markersize=6)
        plane.set_xlim(low, high)
        plane.set_ylim(low, high)
        plane.set_aspect("equal")
        plane.set_xlabel("w0")
        plane.set_ylabel("w1", rotation=0, labelpad=8)
        _title(plane, say(f"{kind} weights"))
    for index, (kind, costs) in enumerate(picture["costs"].items()):
        curve.plot(costs, color=curve_colour(index), linewidth=1.8)
        _name(curve, len(costs) * 0.62, costs[int(len(costs) * 0.62)], say(kind), curve_colour(index))
    curve.axhline(picture["least"], color=GREY, linewidth=1, linestyle=":")
    curve.annotate("2/3", (1.0, picture["least"]), (-2, -2), xycoords=("axes fraction", "data"),
                   textcoords="offset points", ha="right", va="top", color=GREY, fontsize=9)  # fmt: skip
    _title(curve, say("cost"))
    curve.set_xlabel(say("step"))
    curve.set_ylim(-0.08, None)


def _batch_sum(picture: Picture, axes: Sequence[Axes], say: Callable[..., str]) -> None:
    bars, curve = axes
    pairs = sorted(zip(picture["deltas"], picture["classes"], strict=True))
    for label in sorted(set(picture["classes"])):
        places = [place for place, (_, its) in enumerate(pairs) if its == label]
        bars.bar(
            places,
            [pairs[place][0] for place in places],
            color=colour(label),
            label=say("class {label}", label=label),
            width=0.8,
        )
    bars.axhline(0.0, color=RULE, linewidth=1)
    bars.legend(frameon=False, fontsize=9, loc="upper left", labelcolor=INK)
    _title(bars, say("δ of every row"))
    bars.set_xlabel(say("rows, sorted"))
    bars.set_xticks([])
    sums = [0.0, *accumulate(delta for delta, _ in pairs)]
    curve.step(range(len(sums)), sums, where="mid", color=INK, linewidth=1.6)
    curve.axhline(0.0, color=RULE, linewidth=1)
    curve.plot([len(sums) - 1], [sums[-1]], "o", color=_shade(sums[-1]), markersize=7)
    curve.annotate(f"∂C/∂b = {number(picture['gradient'])}", (len(sums) - 1, sums[-1]), (-10, -3),
                   textcoords="offset points", ha="right", va="top", color=_shade(sums[-1]), fontsize=9)  # fmt: skip
    _title(curve, say("their running sum"))
    curve.set_xlabel(say("rows added"))


def _pressure(picture: Picture, axes: Sequence[Axes], say: Callable[..., str]) -> None:
    dots, falls = axes
    for place, layer in enumerate(picture["layers"]):
        shades = [_shade(x) for x in layer]
        dots.scatter([place] * len(layer), layer, c=shades, s=26, zorder=3)
    dots.axhline(0.0, color=RULE, linewidth=1)
    at = picture["layers"][0][picture["index"]]
    dots.plot([0], [at], "o", markersize=13, markerfacecolor="none", markeredgecolor=INK)
    dots.annotate(number(at), (0, at), (11, -3), textcoords="offset points", fontsize=9, color=INK)
    output = picture["layers"][-1][0]
    last = len(picture["layers"]) - 1
    dots.annotate(
        number(output), (last, output), (-8, -3), textcoords="offset points", fontsize=9, color=INK, ha="right"
    )
    dots.set_xticks(range(last + 1), [say("layer {place}", place=place) for place in range(last)] + [say("output")])
    dots.margins(x=0.12)
    _title(dots, say("∂C/∂a: the pressure in every layer"))
    products = picture["products"]
    ends = list(accumulate(products))
    starts = [0.0, *ends[:-1]]
    shades = [_shade(product) for product in products]
    falls.bar(range(len(products)), products, bottom=starts, color=shades, edgecolor=shades, width=0.75)
    falls.bar([len(products)], [picture["contribution"]], color=INK, width=0.75)
    falls.axhline(0.0, color=RULE, linewidth=1)
    falls.set_xticks([*range(len(products)), len(products)], [*map(str, range(len(products))), "Σ"])
    falls.set_xlabel(say("next layer's neurons"))
    _title(falls, say("w·δ: terms of the sum"))


def _relu(picture: Picture, axes: Sequence[Axes], say: Callable[..., str]) -> None:
    (flow,) = axes
    for index, (name, deltas) in enumerate(picture["flow"].items()):
        flow.plot(range(len(deltas)), deltas, "o-", color=curve_colour(index), linewidth=1.8, markersize=5)
        flow.annotate(name, (1, deltas[1]), (0, 9 if name == "relu" else -15), textcoords="offset points",
                      color=curve_colour(index), fontsize=10)  # fmt: skip
    last = len(deltas) - 1
    flow.set_yscale("log")
    flow.set_xticks(range(last + 1), [str(place) for place in range(last)] + [say("output")])
    flow.set_xlabel(say("layer"))
    flow.grid(axis="y", color=RULE, linewidth=0.5, alpha=0.6)
    _title(flow, say("rms δ by layer"))


_PLOTS: dict[str, tuple[int, Callable[[Picture, Sequence[Any], Callable[..., str]], None]]] = {
    "bias-one": (2, _bias_one),
    "saturation": (2, _saturation),
    "symmetry": (3, _symmetry),
    "batch-sum": (2, _batch_sum),
    "pressure": (2, _pressure),
    "relu-keeps-active": (1, _relu),
}


def _shade(x: float) -> str:
    """The colour of a number's sign."""
    return POSITIVE if x > 0.0 else NEGATIVE


def _prepare(axes: Axes) -> None:
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(RULE)
    axes.tick_params(colors=GREY, labelsize=9)


def _title(axes: Axes, words: str) -> None:
    axes.set_title(words, loc="left", fontsize=10.5, color=INK)


def _name(axes: Axes, x: float, y: float, words: str, shade: str, *, below: bool = False) -> None:
    """Write a curve's name beside it: nobody likes to look things up in a legend."""
    axes.annotate(words, (x, y), (0, -6 if below else 5), textcoords="offset points", color=shade, fontsize=9,
                  va="top" if below else "bottom")  # fmt: skip
