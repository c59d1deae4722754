"""How far every neuron still answers: σ'(z) for each neuron and row, from the δ report."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from autograd import OperandError
from nn.explanation.report import Report
from viz.plots.axes import colour, new_axes
from viz.style import GREY, INK, NEGATIVE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_activity"]

#: What a report may find of a neuron that no longer answers.
_FOUND = ("dead", "saturated")
#: More neurons than this are not named one by one.
_NAMED = 40


def plot_activity(report: Report, *, ax: Axes | None = None) -> Axes:
    """Draw σ'(z) as a heat map, a line for each neuron and a column for each row: the darker, the less it learns.

    Layers are set apart and named. Neurons that the report finds dead or saturated are marked so on the right.

    Args:
        report: from :func:`nn.explanation.explain`.
        ax: where to draw; a new figure unless given.

    Returns:
        The axes, matplotlib's own; the heat map is their first image.

    Raises:
        ImportError: matplotlib is not installed.
        OperandError: `report` is of another kind.

    >>> from nn import MLP, explain
    >>> report = explain(MLP(2, [3, 1], "tanh", seed=0), [[0.5, -1.0], [1.0, 2.0]], targets=[0, 1])
    >>> plot_activity(report).images[0].get_array().shape
    (5, 2)
    """
    if not isinstance(report, Report):
        raise OperandError(f"expected the report that nn.explain returns, got {type(report).__name__}")
    axes = ax if ax is not None else new_axes()
    from matplotlib.colors import LinearSegmentedColormap

    columns = max(len(neuron.uses) for neuron in report.neurons.values())
    lines: list[list[float]] = []
    places: dict[str, int] = {}
    for layer in report.layers.values():
        if lines:
            lines.append([np.nan] * columns)  # between layers
        for neuron in layer.neurons:
            places[neuron.name] = len(lines)
            activity = [use.activity for use in neuron.uses]
            lines.append(activity + [np.nan] * (columns - len(activity)))
    shades = LinearSegmentedColormap.from_list("activity", [INK, NEGATIVE, "#a6cee3", "#e3eef8"])
    table = np.array(lines)
    highest = float(np.nanmax(np.where(np.isfinite(table), table, np.nan), initial=0.0)) or 1.0
    image = axes.imshow(table, aspect="auto", interpolation="nearest", cmap=shades, vmin=0.0, vmax=highest)
    bar = axes.figure.colorbar(image, ax=axes, fraction=0.04, pad=0.14)
    bar.outline.set_visible(False)
    bar.ax.tick_params(colors=GREY, labelsize=8)
    bar.ax.set_title("σ'(z)", fontsize=9, color=INK)
    for side in axes.spines.values():
        side.set_visible(False)
    if len(places) <= _NAMED:
        axes.set_yticks(list(places.values()), [name.rpartition(".")[2] for name in places], fontsize=7)
    else:
        axes.set_yticks([])
    for name, layer in report.layers.items():
        inside = [places[neuron.name] for neuron in layer.neurons]
        middle, share = (inside[0] + inside[-1]) / 2, len(inside) / len(lines)
        axes.annotate(
            f"{name}\n{layer.activation}", (0.0, middle), (-22, 0), xycoords=("axes fraction", "data"),
            textcoords="offset points", ha="center" if share > _UPRIGHT else "right", va="center",
            rotation=90 if share > _UPRIGHT else 0, fontsize=8, color=INK,
        )  # fmt: skip
    for finding in report.findings:
        if finding.kind in _FOUND:
            for name in finding.neurons:
                axes.annotate(
                    f"◂ {finding.title}", (1.0, places[name]), (3, 0), xycoords=("axes fraction", "data"),
                    textcoords="offset points", va="center", fontsize=7, color=colour(1),
                )  # fmt: skip
    axes.set_xlabel("row", color=INK)
    axes.set_title("activity of every neuron: dark learns nothing", loc="left", fontsize=11, color=INK)
    return axes


#: A layer that takes this share of the height has its name upright.
_UPRIGHT = 0.2
