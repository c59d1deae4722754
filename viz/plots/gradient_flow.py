"""How much of the error reaches each layer: the sizes of δ, layer by layer, from the δ report."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from autograd import OperandError
from autograd.calculus.notation import number
from nn.explanation.report import Report
from viz.plots.axes import new_axes
from viz.plots.response import Array
from viz.style import GREY, INK, RULE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["deltas", "plot_gradient_flow"]

#: The shares of the numbers that lie within the thin and the thick bar.
_THIN, _THICK = (5, 95), (25, 75)


def plot_gradient_flow(report: Report, *, ax: Axes | None = None) -> Axes:
    """Draw the sizes of δ in every layer on a logarithmic scale: how much of the error reaches it.

    A line joins the medians over neurons and rows; a thick bar holds half of the numbers, a thin one nine tenths. Where
    δ is exactly 0, which no logarithm shows, the share of such is written below. A finding of the report that gradients
    vanish or explode is said in the picture.

    Args:
        report: from :func:`nn.explanation.explain`.
        ax: where to draw; a new figure unless given.

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
    axes = ax if ax is not None else new_axes()
    from matplotlib.patheffects import withStroke

    shade = INK
    axes.set_yscale("log")
    shown = [found[np.isfinite(found) & (found > 0.0)] for found in sizes.values()]
    medians = [float(np.median(found)) if len(found) else np.nan for found in shown]
    axes.plot(range(len(shown)), medians, color=shade, linewidth=1.2, marker="o", markersize=6, zorder=3)
    for place, (found, median) in enumerate(zip(shown, medians, strict=True)):
        for (low, high), width in ((_THIN, 1.5), (_THICK, 7.0)):
            if len(found):
                axes.vlines(place, *np.percentile(found, [low, high]), color=shade, linewidth=width, alpha=0.35)
        if len(found):
            axes.annotate(
                number(median), (place, median), (9, 0), textcoords="offset points", va="center", fontsize=8, color=INK,
                path_effects=[withStroke(linewidth=2.5, foreground="white")],
            )  # fmt: skip
    for place, found in enumerate(sizes.values()):
        for what, share in (("are 0", (found == 0.0).mean()), ("are not finite", (~np.isfinite(found)).mean())):
            if share > 0.0:
                axes.annotate(
                    f"{share:.0%} {what}", (place, 0.02), xycoords=("data", "axes fraction"), ha="center", fontsize=8,
                    color=GREY,
                )  # fmt: skip
    axes.set_xticks(range(len(sizes)), list(sizes), rotation=45 if len(sizes) > _WIDE else 0)
    axes.set_xlim(-0.5, len(sizes) - 0.3)
    axes.set_title("|δ| by layer", loc="left", fontsize=11, color=INK)
    axes.grid(axis="y", color=RULE, linewidth=0.5, alpha=0.6)
    flow = [finding for finding in report.findings if finding.kind in ("vanishing", "exploding")]
    if flow:
        said = "\n".join(finding.title for finding in flow)
        axes.set_title(said, loc="right", fontsize=10, color=INK, fontweight="bold")
    return axes


#: More names of layers than this are written aslant.
_WIDE = 6


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
