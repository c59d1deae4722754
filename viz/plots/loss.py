"""Loss curves: how training went, epoch by epoch."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import LengthError, OperandError, UnknownNameError
from autograd.calculus.notation import number
from viz.plots.axes import curve_colour, legible, new_axes, write
from viz.plots.response import Array
from viz.plots.wording import speaker
from viz.style import INK, RULE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_loss"]

#: Numbers that span more than this factor get a logarithmic scale.
_WIDE = 30.0


def plot_loss(history: Any, *, metrics: Sequence[str] | None = None, ax: Axes | None = None, lang: str = "en") -> Axes:
    """Draw how the loss fell, epoch by epoch, each curve labelled at its end; a ring marks the best epoch.

    Args:
        history: what ``nn.fit`` returned, or its records: dictionaries with numbers by name, or bare numbers.
        metrics: the names to draw, such as ``["accuracy", "validation_accuracy"]``; all losses unless given.
        ax: where to draw; a new figure unless given.
        lang: of the words in it, ``"en"`` or ``"zh"``.

    Returns:
        The axes, matplotlib's own; logarithmic where the numbers span more than a factor of 30.

    Raises:
        ImportError: matplotlib is not installed.
        LengthError: the history is empty.
        UnknownNameError: there is no such metric.
        OperandError: `history` is of another kind.

    >>> ax = plot_loss([0.7, 0.4, 0.3])
    >>> ax.get_lines()[0].get_ydata().tolist()
    [0.7, 0.4, 0.3]
    """
    records = _records(history)
    known = list(dict.fromkeys(name for record in records for name in record if name != "epoch"))
    chosen = list(metrics) if metrics is not None else [name for name in known if name.endswith("loss")] or known
    for name in chosen:
        if name not in known:
            raise UnknownNameError("metric", name, known)
    epochs = np.array([record.get("epoch", place) for place, record in enumerate(records, start=1)], dtype=float)
    curves = [
        _Curve(name, np.array([record.get(name, np.nan) for record in records], dtype=float), curve_colour(index))
        for index, name in enumerate(chosen)
    ]
    axes = ax if ax is not None else new_axes()
    say = speaker(lang)
    for curve in curves:
        marker = "o" if np.isfinite(curve.numbers).sum() == 1 else ""  # a line through one point is nothing
        axes.plot(epochs, curve.numbers, color=curve.colour, linewidth=1.8, marker=marker, label=curve.name)
    axes.set_xlabel(say("epoch"), color=INK)
    _scale(axes, curves, say)
    _name_ends(axes, curves, say)
    _ring_best(axes, epochs, next((curve for curve in curves if curve.name.startswith("validation")), curves[0]), say)
    legible(axes)
    return axes


@dataclass(frozen=True)
class _Curve:
    """One metric over the epochs; nan where it was not measured."""

    name: str
    numbers: Array
    colour: str

    @property
    def quantity(self) -> str:
        return self.name.removeprefix("validation_").replace("_", " ")

    def written(self, x: float) -> str:
        return f"{x:.1%}" if self.name.endswith("accuracy") else number(x)


def _scale(axes: Axes, curves: Sequence[_Curve], say: Callable[..., str]) -> None:
    from matplotlib.ticker import MaxNLocator, PercentFormatter

    quantities = list(dict.fromkeys(curve.quantity for curve in curves))
    write(axes.set_title("", loc="left", fontsize=11, color=INK), ", ".join(map(_in(say), quantities)))
    axes.grid(axis="y", color=RULE, linewidth=0.5, alpha=0.6)
    axes.margins(x=0.02, y=0.1)  # the words beside the best epoch stand below it
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    numbers = np.concatenate([curve.numbers for curve in curves])
    numbers = numbers[np.isfinite(numbers)]
    if quantities == ["accuracy"] and len(numbers):
        axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0 if np.ptp(numbers) > 0.04 else 1))
    elif len(numbers) and numbers.min() > 0.0 and numbers.max() / numbers.min() > _WIDE:
        axes.set_yscale("log")


def _name_ends(axes: Axes, curves: Sequence[_Curve], say: Callable[..., str]) -> None:
    """Write each name and last number beside the end of its curve, moved apart where ends are close."""
    axes.autoscale_view()
    place = axes.transScale + axes.transLimits  # from data to shares of the axes
    is_one = len({curve.quantity for curve in curves}) == 1 < len(curves)
    ends = []
    for curve in curves:
        finite = curve.numbers[np.isfinite(curve.numbers)]
        if len(finite):
            which = say("validation" if curve.name.startswith("validation_") else "training")
            text = f"{which if is_one else _in(say)(curve.name.replace('_', ' '))}  {curve.written(finite[-1])}"
            ends.append((float(place.transform((axes.get_xlim()[1], finite[-1]))[1]), text, curve.colour))
    lowest = -math.inf
    for height, text, shade in sorted(ends):
        lowest = max(height, lowest + 0.06)
        axes.annotate(
            text, (1.0, lowest), (6, 0), xycoords="axes fraction", textcoords="offset points", va="center", fontsize=9,
            color=shade, parse_math=False,
        )  # fmt: skip


def _in(say: Callable[..., str]) -> Callable[[str], str]:
    """The known quantities in a language; whatever else a callback recorded keeps its name."""
    return lambda name: say(name) if name in ("loss", "accuracy", "r2") else name


def _ring_best(axes: Axes, epochs: Array, curve: _Curve, say: Callable[..., str]) -> None:
    from matplotlib.patheffects import withStroke

    numbers = curve.numbers
    if np.isfinite(numbers).sum() < 2:
        return
    is_best_high = curve.quantity == "accuracy"
    best = int(np.nanargmax(numbers) if is_best_high else np.nanargmin(numbers))
    at = epochs[best], numbers[best]
    axes.plot(*at, "o", markersize=8, markerfacecolor="none", markeredgecolor=curve.colour, clip_on=False)
    if best < len(numbers) - 1:  # else its number stands at the end of the curve already
        value, epoch = curve.written(numbers[best]), f"{epochs[best]:.0f}"
        told = say("best {value}, epoch {epoch}", value=value, epoch=epoch)
        axes.annotate(
            told, at, (0, 9 if is_best_high else -9),
            textcoords="offset points", ha="right" if at[0] > epochs.mean() else "left",
            va="bottom" if is_best_high else "top", fontsize=8, color=curve.colour,
            path_effects=[withStroke(linewidth=2.5, foreground="white")],
        )  # fmt: skip


def _records(history: Any) -> list[Mapping[str, float]]:
    records = getattr(history, "records", history)
    if isinstance(records, str | Mapping) or not isinstance(records, Iterable):
        raise OperandError(f"expected a History or its records, one dictionary per epoch, got {type(history).__name__}")
    found = [record if isinstance(record, Mapping) else {"loss": record} for record in records]
    if not found:
        raise LengthError("the history is empty: no epoch was trained")
    for record in found:
        for name, value in record.items():
            if not isinstance(value, int | float | np.number):
                raise OperandError(f"{name} must be a number in every record, got {type(value).__name__} {value!r}")
    return found
