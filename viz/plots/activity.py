"""How far every neuron still answers: σ'(z) for each neuron and row, from the δ report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from autograd import OperandError
from nn.explanation.diagnose import Finding, usual_slope
from nn.explanation.report import Report
from viz.plots.axes import legible, new_axes
from viz.plots.response import Array
from viz.plots.wording import speaker
from viz.style import GREY, INK, clean, shorten

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_activity"]

#: What a report may find of a neuron that no longer answers.
_FOUND = ("dead", "saturated")
#: The points that a line of text needs, and the inches of the heat map's height for each layer.
_LINE, _LAYER, _SMALLEST, _LARGEST = 10.0, 0.2, 4.2, 14.0


def plot_activity(report: Report, *, ax: Axes | None = None, lang: str = "en") -> Axes:
    """Draw σ'(z) as a heat map, a line for each neuron and a column for each row: the darker, the less it learns.

    It is shown as a share of its usual size, |σ'| around 0: 1 for tanh and relu, 1/4 for sigmoid. Layers are set apart
    and named. Neurons that the report finds dead or saturated are marked so on the right.

    Args:
        report: from :func:`nn.explanation.explain`.
        ax: where to draw; a new figure, higher for more layers, unless given.
        lang: of the words in it, ``"en"`` or ``"zh"``.

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
    table, places = _table(report)
    axes = ax if ax is not None else new_axes(height=min(max(_SMALLEST, _LAYER * len(report.layers) + 1.5), _LARGEST))
    say = speaker(lang)
    from matplotlib.colors import LinearSegmentedColormap

    shades = LinearSegmentedColormap.from_list("activity", [INK, "#5c6875", "#aab3bd", "#f1f3f6"])
    image = axes.imshow(table, aspect="auto", interpolation="nearest", cmap=shades, vmin=0.0, vmax=1.0)
    bar = axes.figure.colorbar(image, ax=axes, location="bottom", fraction=0.03, pad=0.02, aspect=50)
    bar.outline.set_visible(False)
    bar.ax.tick_params(colors=GREY, labelsize=8)
    for side in axes.spines.values():
        side.set_visible(False)
    _name_layers(axes, report, places)
    _mark_found(axes, [finding for finding in report.findings if finding.kind in _FOUND], places, lang)
    axes.set_xticks([])
    axes.set_xlabel(say("row"), color=INK, fontsize=9)
    title = say("σ'(z) as a share of its usual size: dark learns nothing")
    axes.set_title(title, loc="left", fontsize=10.5, color=INK)
    legible(axes)
    return axes


def _table(report: Report) -> tuple[Array, dict[str, int]]:
    """σ'(z) by neuron and row, with an empty line between layers, and each neuron's line."""
    columns = max(len(neuron.uses) for neuron in report.neurons.values())
    lines: list[list[float]] = []
    places: dict[str, int] = {}
    for layer in report.layers.values():
        if lines:
            lines.append([np.nan] * columns)
        for neuron in layer.neurons:
            places[neuron.name] = len(lines)
            usual = usual_slope(neuron.activation) or 1.0
            shares = [min(abs(use.activity) / usual, 1.0) for use in neuron.uses]
            lines.append(shares + [np.nan] * (columns - len(shares)))
    return np.array(lines), places


def _name_layers(axes: Axes, report: Report, places: Mapping[str, int]) -> None:
    """Name each layer beside its lines, or as many of them as there is room for, and number neurons where they fit."""
    line = _points(axes) / (max(places.values()) + 1)
    numbered = line >= 0.8 * _LINE
    axes.set_yticks(list(places.values()) if numbered else [])
    if numbered:
        axes.set_yticklabels([name.rpartition(".")[2] for name in places], fontsize=7, parse_math=False)
        axes.tick_params(axis="y", length=0, pad=3, labelcolor=GREY)
    last = -np.inf
    for name, layer in report.layers.items():
        inside = [places[neuron.name] for neuron in layer.neurons]
        middle = (inside[0] + inside[-1]) / 2
        if (middle - last) * line < _LINE:
            continue
        last = middle
        between = "\n" if (len(inside) + 1) * line >= 2.2 * _LINE else " "
        axes.annotate(
            f"{shorten(clean(name), 24)}{between}{layer.activation}", (0.0, middle), (-18 if numbered else -4, 0),
            xycoords=("axes fraction", "data"), textcoords="offset points", ha="right", va="center", fontsize=8,
            color=INK, parse_math=False,
        )  # fmt: skip


def _mark_found(axes: Axes, findings: Sequence[Finding], places: Mapping[str, int], lang: str) -> None:
    """Say beside the lines of neurons that no longer answer what was found: once for neighbours, or once a layer."""
    line = _points(axes) / (max(places.values()) + 1)
    last = -np.inf
    for lines, finding in sorted(_groups(findings, places, line >= _LINE), key=lambda group: group[0][0]):
        middle = (lines[0] + lines[-1]) / 2
        if (middle - last) * line < _LINE:
            continue  # no room: its neighbour says it
        last = middle
        count = f" × {len(lines)}" if len(lines) > 1 else ""
        axes.annotate(
            f"◂ {finding.translated(lang).title}{count}", (1.0, middle), (3, 0), xycoords=("axes fraction", "data"),
            textcoords="offset points", va="center", fontsize=8, color=INK,
        )  # fmt: skip


def _groups(findings: Sequence[Finding], places: Mapping[str, int], apart: bool) -> Iterator[tuple[list[int], Finding]]:
    """The lines of each finding's neurons; those that do not follow each other by themselves, if told."""
    for finding in findings:
        lines = np.array(sorted(places[name] for name in finding.neurons))
        for group in np.split(lines, np.flatnonzero(np.diff(lines) > 1) + 1) if apart else [lines]:
            yield group.tolist(), finding


def _points(axes: Axes) -> float:
    """The height of the heat map, about: what is above and below it takes some."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    return 72.0 * float(figure.get_size_inches()[1]) * axes.get_position().height * 0.92
