"""What a regression learnt: its curve through the rows of one column, or its predictions against the truth."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import LengthError, OperandError
from nn import Module
from viz.plots.axes import legible, new_axes, write
from viz.plots.response import Array
from viz.plots.wording import speaker
from viz.style import CLASSES, GREY, INK, RULE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_fit"]

_POINTS = 400
_ROOM = 330.0  # points that a label has


def plot_fit(
    model: Any,
    X: Any,
    y: Any,
    *,
    held_out: tuple[Any, Any] | None = None,
    feature_name: str = "x",
    target_name: str = "y",
    ax: Axes | None = None,
    lang: str = "en",
) -> Axes:
    """Draw what a regression predicts: a curve over its only column, else a mark for every row against the truth.

    Args:
        model: an nn module with one output, a regressor with ``predict``, or a function of an array (n, columns).
        X: (rows, columns) finite numbers.
        y: (rows,) numbers.
        held_out: rows that the model did not learn from, and their numbers: drawn hollow.
        feature_name: of the only column.
        target_name: of what is predicted.
        ax: where to draw; a new figure unless given.
        lang: of the words in it, ``"en"`` or ``"zh"``.

    Returns:
        The axes, matplotlib's own; of one column the curve is their first line.

    Raises:
        ImportError: matplotlib is not installed.
        OperandError, LengthError: an argument is of the wrong kind or shape.

    >>> ax = plot_fit(lambda X: 2.0 * X[:, 0], [[0.0], [1.0]], [0.1, 1.9])
    >>> float(ax.lines[0].get_ydata()[-1])
    2.0
    """
    rows, numbers = _rows("X", X, y)
    others = None if held_out is None else _rows("held_out", *_pair(held_out))
    if others is not None and others[0].shape[1] != rows.shape[1]:
        raise LengthError(f"held_out has {others[0].shape[1]} columns, X has {rows.shape[1]}: give the same")
    axes = ax if ax is not None else new_axes()
    say = speaker(lang)
    if rows.shape[1] == 1:
        whole = rows if others is None else np.vstack([rows, others[0]])
        xs = np.linspace(whole.min(), whole.max(), _POINTS)
        axes.plot(xs, _predicted(model, xs[:, np.newaxis]), color=INK, linewidth=1.8, zorder=3)
        places = [rows[:, 0]] if others is None else [rows[:, 0], others[0][:, 0]]
        write(axes.set_xlabel("", color=INK), feature_name, _ROOM)
        write(axes.set_ylabel("", color=INK), target_name, 0.7 * _ROOM)
    else:
        places = [_predicted(model, rows)] + ([] if others is None else [_predicted(model, others[0])])
        ends = [min(map(np.min, [*places, numbers])), max(map(np.max, [*places, numbers]))]
        axes.plot(ends, ends, color=GREY, linewidth=1.0, linestyle=":")
        write(axes.set_xlabel("", color=INK), say("{name}, as the model says", name=target_name), _ROOM)
        write(axes.set_ylabel("", color=INK), target_name, 0.7 * _ROOM)
    truths = [numbers] if others is None else [numbers, others[1]]
    looks: list[dict[str, Any]] = [{"color": CLASSES[0]}, {"facecolors": "white", "edgecolors": CLASSES[0]}]
    words = ("learnt from", "held out")
    for place, truth, look, kind in zip(places, truths, looks, words, strict=False):
        axes.scatter(place, truth, s=20, linewidths=1.2, zorder=2.5, alpha=0.85, label=say(kind), **look)
    if others is not None:
        axes.legend(
            loc="lower left", bbox_to_anchor=(-0.02, 1.0), ncols=2, frameon=False, fontsize=9, handletextpad=0.1,
            labelcolor=INK,
        )  # fmt: skip
    axes.grid(color=RULE, linewidth=0.5, alpha=0.5)
    axes.set_axisbelow(True)
    legible(axes)
    return axes


def _pair(held_out: Any) -> tuple[Any, Any]:
    if not isinstance(held_out, tuple | list) or len(held_out) != 2:
        raise OperandError(f"held_out is a pair (X, y), rows and their numbers; got {type(held_out).__name__}")
    return held_out[0], held_out[1]


def _rows(name: str, X: Any, y: Any) -> tuple[Array, Array]:
    try:
        rows, numbers = np.asarray(X, dtype=float), np.asarray(y, dtype=float)
    except (TypeError, ValueError) as error:
        raise OperandError(f"{name} must be rows of numbers, with one number for each: {error}") from None
    if rows.ndim != 2 or 0 in rows.shape:
        raise LengthError(f"{name} must have the shape (rows, columns), got {rows.shape}")
    numbers = numbers[:, 0] if numbers.shape == (len(rows), 1) else numbers
    if numbers.shape != (len(rows),):
        raise LengthError(f"{name} has {len(rows)} rows but y has the shape {numbers.shape}: give one number per row")
    return rows, numbers


def _predicted(model: Any, rows: Array) -> Array:
    ask: Callable[[Array], Any] = model.outputs if isinstance(model, Module) else getattr(model, "predict", model)
    if not callable(ask):
        raise OperandError(f"the model must have predict or outputs, or be a function; got {type(model).__name__}")
    found = np.asarray(ask(rows), dtype=float)
    found = found[:, 0] if found.shape == (len(rows), 1) else found
    if found.shape != (len(rows),):
        raise LengthError(f"the model gave the shape {found.shape} for {len(rows)} rows: expected one number for each")
    return found
