"""Decision boundaries: the plane of two features, coloured by the class that a model gives each point."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import LengthError, OperandError, UnknownNameError
from autograd.calculus.notation import number
from viz.plots.axes import colour, mark, new_axes, write
from viz.plots.response import Array, Grid, classes_of, make_grid, margins, respond
from viz.plots.wording import speaker
from viz.style import GREY, INK, mix

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_decision_boundary"]

_METHODS = ("contourf", "pcolormesh", "contour")
_ACROSS = 5  # classes in one line of the legend, where their names are short
_MARGIN, _MARK = 50.0, 30.0  # points beside the axes, and of a mark in the legend with the space around it
#: The probabilities, of a class against the next best, at which its colour deepens.
_STEPS = np.array([0.5, 0.6, 0.7, 0.8, 0.9, 0.97])


def plot_decision_boundary(
    model: Any,
    X: Any,
    y: Any = None,
    *,
    grid_resolution: int = 100,
    eps: float = 1.0,
    plot_method: str = "contourf",
    response_method: str = "auto",
    class_of_interest: Any = None,
    xlabel: str | None = None,
    ylabel: str | None = None,
    ax: Axes | None = None,
    features: Sequence[int] = (0, 1),
    feature_names: Sequence[str] | None = None,
    class_names: Sequence[str] | None = None,
    held_out: tuple[Any, Any] | None = None,
    lang: str = "en",
    **kwargs: Any,
) -> Axes:
    """Colour the plane of two features by the class a model gives it, and put the rows on it.

    Each class has a colour, deeper where the model is surer of it; a dark line runs where two classes are even.

    Args:
        model: an nn module, a classifier with scikit-learn's methods, or a function of an array (n, features) that
            gives (n,) scores, positive for the second class, or (n, classes).
        X: (rows, features) finite numbers.
        y: (rows,) labels; without them only the plane is drawn.
        grid_resolution: points in each direction at which the model is asked.
        eps: how far the plane reaches beyond the rows, in the units of the features.
        plot_method: ``"contourf"``, ``"pcolormesh"`` (no smoothing between points) or ``"contour"`` (lines only).
        response_method: ``"decision_function"``, ``"predict_proba"``, ``"outputs"``, ``"predict"`` or ``"call"``;
            ``"auto"`` takes the first that the model has.
        class_of_interest: one class, to be told from all others; needed to choose a colour map with ``cmap=``.
        xlabel: instead of the first feature's name.
        ylabel: instead of the second one's.
        ax: where to draw; a new figure unless given.
        features: the two columns to vary; all others are held at their mean, which the title says.
        feature_names: one per column; unless given, those of a data frame or of the model, else x0, x1, ...
        class_names: one per class, in the order of the sorted labels.
        held_out: rows that the model did not learn from, and their labels: drawn hollow.
        lang: of the words in it, ``"en"`` or ``"zh"``.
        kwargs: for matplotlib's function of the name `plot_method`.

    Returns:
        The axes, matplotlib's own.

    Raises:
        ImportError: matplotlib is not installed.
        UnknownNameError, OperandError, LengthError: whatever of the arguments is wrong.

    >>> ax = plot_decision_boundary(lambda X: X[:, 0] - X[:, 1] ** 2, [[0.0, 1.0], [2.0, -1.0]], [0, 1])
    >>> ax.get_xlabel(), ax.get_ylabel()
    ('x0', 'x1')
    """
    if plot_method not in _METHODS:
        raise UnknownNameError("plot_method", plot_method, _METHODS)
    grid = make_grid(X, features, grid_resolution, eps)
    table = np.asarray(X, dtype=float)
    labels = _labels(y, len(table))
    others = _others(held_out, table, labels)
    if others is not None:
        grid = make_grid(X, features, grid_resolution, eps, others[0])
    columns = _columns(model, X, table.shape[1], feature_names)
    axes = ax if ax is not None else new_axes()  # before the model is asked: matplotlib may be missing
    method, answer = respond(model, grid.points, response_method)
    classes = classes_of(model, labels, method, answer)
    names = _named("class_names", class_names, classes)
    fields = margins(method, answer, classes).reshape(len(classes), len(grid.ys), len(grid.xs))
    if class_of_interest is not None:
        if class_of_interest not in classes:
            raise UnknownNameError("class_of_interest", class_of_interest, map(str, classes))
        index = classes.index(class_of_interest)
        _paint_one(axes, grid, fields[index], plot_method, {"cmap": _colour_map(colour(index)), **kwargs})
    elif "cmap" in kwargs:
        raise OperandError("cmap= colours one class against the others: say which with class_of_interest=")
    else:
        _paint(axes, grid, fields, plot_method, kwargs)
    say, plane = speaker(lang), list(features)
    lines = 0 if labels is None else _scatter(axes, table[:, plane], labels, classes, names)
    if others is not None:
        _scatter_hollow(axes, others[0][:, plane], others[1], classes, say)
    if grid.held:
        title = axes.set_title("", loc="left", fontsize=8, color=GREY, pad=6 + 17 * lines)  # points, above the legend
        held = ", ".join(f"{columns[column]} {number(value)}" for column, value in grid.held.items())
        if write(title, say("others at their mean: {columns}", columns=held)) > _room(axes)[0]:
            write(title, say("the {count} other columns at their mean", count=len(grid.held)))
    across, up = _room(axes)
    write(axes.set_xlabel("", color=INK), columns[features[0]] if xlabel is None else xlabel, across)
    write(axes.set_ylabel("", color=INK), columns[features[1]] if ylabel is None else ylabel, up)
    axes.set_xlim(grid.xs[0], grid.xs[-1])
    axes.set_ylim(grid.ys[0], grid.ys[-1])
    return axes


def _paint(axes: Axes, grid: Grid, fields: Array, method: str, options: Mapping[str, Any]) -> None:
    """Fill each class's region, deeper with its margin, and draw the lines between them."""
    steps = np.log(_STEPS / (1.0 - _STEPS))
    if method == "pcolormesh":
        winner, margin = fields.argmax(axis=0), fields.max(axis=0)
        depth = np.searchsorted(steps, margin, side="right") - 1
        shades = np.array([[_rgb(shade) for shade in _shades(k)] for k in range(len(fields))])
        axes.pcolormesh(grid.xs, grid.ys, shades[winner, depth], **{"shading": "nearest", **options})
        return
    for index, field in enumerate(fields):
        if method == "contourf" and field.max() > 0.0:
            filled = {"levels": steps, "colors": _shades(index), "extend": "max", **options}
            axes.contourf(grid.xs, grid.ys, field, **filled)
    for field in fields[1:] if len(fields) == 2 else fields:
        if field.min() < 0.0 < field.max():
            line = {"levels": [0.0], "colors": [INK], "linewidths": 1.4, **(options if method == "contour" else {})}
            axes.contour(grid.xs, grid.ys, field, **line)


def _paint_one(axes: Axes, grid: Grid, field: Array, method: str, options: Mapping[str, Any]) -> None:
    """Show one class's probability against the next best."""
    probability = 0.5 * (1.0 + np.tanh(0.5 * field))
    ranges = {"vmin": 0.0, "vmax": 1.0} if method == "pcolormesh" else {"levels": np.linspace(0.0, 1.0, 11)}
    getattr(axes, method)(grid.xs, grid.ys, probability, **{**ranges, **options})


def _scatter(axes: Axes, places: Array, labels: Array, classes: Sequence[Any], names: Sequence[str]) -> int:
    """Put the rows on the plane, each class with a look of its own, name them above it; return the legend's lines."""
    marks: list[Any] = []
    for index, (label, name) in enumerate(zip(classes, names, strict=True)):
        x, y = places[labels == label].T
        look: Any = {"color": colour(index), "marker": mark(index), "edgecolors": "white", "linewidths": 0.7}
        marks.append(axes.scatter(x, y, s=26, label=name, **look))
    from matplotlib.text import Text

    across, _ = _room(axes)
    widest = max(write(Text(fontsize=9), name, across - _MARK) for name in names)
    columns = max(1, min(len(classes), _ACROSS, int(across / (widest + _MARK))))
    legend = axes.legend(
        marks, [str(index) for index in range(len(marks))], loc="lower left", bbox_to_anchor=(-0.02, 1.0),
        ncols=columns, frameon=False, fontsize=9, handletextpad=0.1, columnspacing=1.2, labelcolor=INK,
    )  # fmt: skip
    for text, name in zip(legend.get_texts(), names, strict=True):
        write(text, name, across - _MARK)  # only now: as a label, a name that begins with _ would be left out
    return math.ceil(len(classes) / columns)


def _scatter_hollow(axes: Axes, places: Array, labels: Array, classes: Sequence[Any], say: Callable[..., str]) -> None:
    """Put rows on the plane that nothing was learnt from, as the outlines of their marks, and say so below."""
    for index, label in enumerate(classes):
        x, y = places[labels == label].T
        look: Any = {"facecolors": "white", "marker": mark(index), "edgecolors": colour(index), "linewidths": 1.3}
        axes.scatter(x, y, s=24, zorder=2.5, **look)
    note = f"● {say('learnt from')} · ○ {say('held out')}"
    text = axes.annotate("", (1.0, 0.0), (0, -34), xycoords="axes fraction", textcoords="offset points", ha="right")
    text.set(fontsize=8, color=GREY, va="center")
    write(text, note)


def _others(held_out: Any, table: Array, labels: Array | None) -> tuple[Array, Array] | None:
    """The rows that were held out, checked like those that were not."""
    if held_out is None:
        return None
    if labels is None:
        raise OperandError("held_out= goes with y: without labels no rows are drawn")
    if not isinstance(held_out, tuple | list) or len(held_out) != 2:
        raise OperandError(f"held_out is a pair (X, y), rows and their labels; got {type(held_out).__name__}")
    X, y = held_out
    rows = np.asarray(X, dtype=float)
    if rows.ndim != 2 or rows.shape[1] != table.shape[1]:
        raise LengthError(f"held_out has rows of the shape {rows.shape}, X of {table.shape}: give the same columns")
    found = _labels(y, len(rows))
    assert found is not None
    return rows, found


def _room(axes: Axes) -> tuple[float, float]:
    """The points that a text has across and up the axes, whose own labels and ticks want some."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    width, height = (72.0 * inches for inches in figure.get_size_inches())
    place = axes.get_subplotspec()
    rows, columns = (1, 1) if place is None else place.get_gridspec().get_geometry()
    return width / columns - _MARGIN, height / rows - 2.0 * _MARGIN


def _shades(index: int) -> list[str]:
    return [mix(colour(index), share) for share in np.linspace(0.12, 0.5, len(_STEPS))]


def _rgb(shade: str) -> list[float]:
    return [part / 255 for part in bytes.fromhex(shade[1:])]


def _labels(y: Any, rows: int) -> Array | None:
    if y is None:
        return None
    labels = np.asarray(y)
    if labels.shape == (rows, 1):
        labels = labels[:, 0]
    if labels.shape != (rows,):
        raise LengthError(f"X has {rows} rows but y has the shape {labels.shape}: give one label per row")
    return labels


def _columns(model: Any, X: Any, count: int, names: Sequence[str] | None) -> list[str]:
    for found in (names, getattr(X, "columns", None), getattr(model, "feature_names_in_", None)):
        if found is not None:
            return _named("feature_names", found, range(count))
    return [f"x{i}" for i in range(count)]


def _named(argument: str, names: Iterable[Any] | None, things: Sequence[Any]) -> list[str]:
    found = [f"{name:g}" if isinstance(name, float) else str(name) for name in (names if names is not None else things)]
    if len(found) != len(things):
        raise LengthError(f"{argument} has {len(found)} names for {len(things)}: give one for each, {list(things)[:8]}")
    return found


def _colour_map(full: str) -> Any:
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("class", ["#ffffff", mix(full, 0.7)])
