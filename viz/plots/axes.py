"""Axes for plots: matplotlib (``pip install "glassgrad[plot]"``) is imported when the first are made.

Figures are made by themselves, without pyplot's global state: they work without a screen, and in threads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from viz.style import CLASSES, CURVES, GREY, RULE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["colour", "curve_colour", "new_axes"]


def colour(index: int) -> str:
    """Return the colour of a class."""
    return CLASSES[index % len(CLASSES)]


def curve_colour(index: int) -> str:
    """Return the colour of a curve."""
    return CURVES[index % len(CURVES)]


def new_axes() -> Axes:
    """Return axes on a figure of their own, with no more lines than needed; save it with ``axes.figure.savefig(path)``.

    Raises:
        ImportError: matplotlib is not installed.

    >>> len(new_axes().lines)
    0
    """
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ImportError('plots need matplotlib: pip install "glassgrad[plot]"') from error
    axes = Figure(figsize=(5.6, 4.2), dpi=150, layout="constrained").subplots()
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(RULE)
    axes.tick_params(colors=GREY, labelsize=9)
    return axes
