"""How much of the error reaches each layer: the sizes of δ, layer by layer, from the δ report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import OperandError
from autograd.calculus.notation import number
from nn.explanation.report import Report
from viz.plots.axes import legible, new_axes
from viz.plots.response import Array
from viz.plots.wording import speaker
from viz.style import GREY, INK, RULE, clean, shorten

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["deltas", "plot_gradient_flow"]

#: What a report may find of the way of the error through the layers.
_FOUND = ("vanishing", "exploding")
#: The shares of the numbers that lie within the thin and the thick bar.
_THIN, _THICK = (5, 95), (25, 75)
#: No axis reaches lower: doubles do not.
_LEAST = 1e-323
#: So many layers are named and numbered one by one; of more, the first, the last and some between.
_NAMED, _NUMBERED = 16, 8
#: The figure's inches for each layer, at least and at most.
_LAYER, _NARROWEST, _WIDEST = 0.42, 5.6, 12.0


def plot_gradient_flow(report: Report, *, ax: Axes | None = None, lang: str = "en") -> Axes:
    """Draw the sizes of δ in every layer on a logarithmic scale: how much of the error reaches it.

    A line joins the medians over neurons and rows; a thick bar holds half of the numbers, a thin one nine tenths. Where
    δ is exactly 0, which no logarithm shows, the share of such is written below. A finding of the report that gradients
    vanish or explode is said in the picture.

    Args:
        report: from :func:`nn.explanation.explain`.
        ax: where to draw; a new figure, wider for more layers, unless given.
        lang: of the words in it, ``"en"`` or ``"zh"``.

    Returns:
        The axes, matplotlib's own.

    Raises:
        ImportError: matplotlib is not installed.
        OperandError: `report` is of another kind.

    >>> from nn import MLP, explain
    >>> report = explain(MLP(2, [8, 8, 1], "sigmoid", seed=0), [[0.5, -1.0], [1.0, 2.0]], targets=[0, 1])
    >>> [text.get_text() for text in plot_gradient_flow(report).get_xticklabels()]
    ['layers.0', 'layers.1', 'layers.2']
    """
    sizes = {name: np.abs(found) for name, found in deltas(report).items()}
    axes = ax if ax is not None else new_axes(min(max(_NARROWEST, _LAYER * len(sizes)), _WIDEST))
    say = speaker(lang)
    axes.set_yscale("log")
    shown = [found[np.isfinite(found) & (found > 0.0)] for found in sizes.values()]
    medians = [float(np.median(found)) if len(found) else np.nan for found in shown]
    axes.plot(range(len(shown)), medians, color=INK, linewidth=1.2, marker="o", markersize=5, zorder=3)
    width = min(1.0, 20.0 / len(shown))  # bars of neighbours stay apart
    for place, sizes_here in enumerate(shown):
        for (low, high), points in ((_THIN, 1.5), (_THICK, 7.0)):
            if len(sizes_here):
                axes.vlines(
                    place,
                    *np.percentile(sizes_here, [low, high]),
                    color=INK,
                    linewidth=max(points * width, 1.0),
                    alpha=0.3,
                )
    _number(axes, medians)
    _tell_of_the_others(axes, list(sizes.values()), say)
    _name(axes, list(sizes))
    axes.set_xlim(-0.5, len(sizes) - 0.5)
    if ends := [end for found in shown if len(found) for end in np.percentile(found, _THIN)]:
        low, high = np.log10([min(ends), max(ends)])
        room = max(0.12 * (high - low), 0.25)  # in decades: of a single number there is no range to go by
        axes.set_ylim(max(10.0 ** (low - room), _LEAST), 10.0 ** (high + room))
    found = [finding.translated(lang).title for finding in report.findings if finding.kind in _FOUND]
    title = say("|δ| by layer: how much of the error arrives")
    axes.set_title("\n".join([title, *(" " for _ in found)]), loc="left", fontsize=10.5, color=INK)
    axes.set_title("\n".join(found), loc="right", fontsize=10.5, color=INK, fontweight="bold")  # a line further down
    axes.grid(axis="y", color=RULE, linewidth=0.5, alpha=0.6)
    legible(axes)
    return axes


def _tell_of_the_others(axes: Axes, sizes: Sequence[Array], say: Callable[..., str]) -> None:
    """Write below which share of a layer's numbers no logarithm shows; of many layers, the least and the most."""
    below: Any = {"textcoords": "offset points", "va": "bottom", "fontsize": 8, "color": GREY}
    lines = 0
    zeros = [float((found == 0.0).mean()) for found in sizes]
    odd = [float((~np.isfinite(found)).mean()) for found in sizes]
    for words, shares in (("{share} are 0", zeros), ("{share} are not finite", odd)):
        if not any(shares):
            continue
        if len(sizes) <= _NUMBERED:
            for place, share in enumerate(shares):
                if share:
                    told = say(words, share=f"{share:.0%}")
                    axes.annotate(told, (place, 0.0), (0, 4 + 11 * lines), xycoords=_BELOW, ha="center", **below)
        else:
            told = say(words, share=f"{min(shares):.0%} – {max(shares):.0%}")
            axes.annotate(told, (1.0, 0.0), (-4, 4 + 11 * lines), xycoords="axes fraction", ha="right", **below)
        lines += 1


_BELOW = ("data", "axes fraction")


def _number(axes: Axes, medians: Sequence[float]) -> None:
    """Write the median beside its point: of every layer, or of the first, the last and the extremes among many."""
    from matplotlib.patheffects import withStroke

    known = [place for place, median in enumerate(medians) if np.isfinite(median)]
    if len(medians) > _NUMBERED and known:
        lowest, highest = min(known, key=lambda place: medians[place]), max(known, key=lambda place: medians[place])
        apart = [place for place in (lowest, highest) if min(place - known[0], known[-1] - place) >= len(medians) / 8]
        known = sorted({known[0], known[-1], *apart})
    for place in known:
        # Beside the line: under it where it rises on that side, above where it falls.
        is_last = place == known[-1] and place > 0
        other = medians[place - 1] if is_last else medians[min(place + 1, len(medians) - 1)]
        is_above = other < medians[place]
        axes.annotate(
            number(medians[place]), (place, medians[place]), (-8 if is_last else 8, 5 if is_above else -5),
            textcoords="offset points", ha="right" if is_last else "left", va="bottom" if is_above else "top",
            fontsize=8, color=INK, zorder=4, path_effects=[withStroke(linewidth=2.5, foreground="white")],
        )  # fmt: skip


def _name(axes: Axes, names: Sequence[str]) -> None:
    """Name the layers below, aslant where the names are many or long; of very many, evenly spaced ones."""
    step = -(-len(names) // _NAMED)
    places = list(range(0, len(names), step))
    shown = [shorten(clean(names[place]), 24) for place in places]
    aslant = len(shown) * max(map(len, shown)) > 60
    turned: Any = {"rotation": 45, "ha": "right", "rotation_mode": "anchor"} if aslant else {}
    axes.set_xticks(places, shown, parse_math=False, **turned)


def deltas(report: Report) -> dict[str, Array]:
    """Return δ of every layer, over its neurons and rows, as one row of numbers.

    Raises:
        OperandError: `report` is no report.
    """
    if not isinstance(report, Report):
        raise OperandError(f"expected the report that nn.explain returns, got {type(report).__name__}")
    return {
        name: np.array([use.delta for neuron in layer.neurons for use in neuron.uses])
        for name, layer in report.layers.items()
    }
