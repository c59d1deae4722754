"""Axes for plots: matplotlib (``pip install "glassgrad[plot]"``) is imported when the first are made.

Figures are made by themselves, without pyplot's global state: they work without a screen, and in threads.
"""

from __future__ import annotations

import bisect
import functools
import io
import math
from typing import TYPE_CHECKING, Any

from viz.style import CLASSES, CURVES, GREY, RULE, clean, shorten

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Text

__all__ = ["chinese_font", "colour", "curve_colour", "legible", "mark", "new_axes", "new_figure", "write"]

#: Shapes of marks, for the classes in this order.
_MARKS = "os^DvPX*"
#: Fonts that have Chinese, the first that is installed is taken.
_CHINESE = (
    "Noto Sans CJK SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", "WenQuanYi Zen Hei", "SimHei",
    "Noto Sans CJK JP",
)  # fmt: skip


def colour(index: int) -> str:
    """Return the colour of a class."""
    return CLASSES[index % len(CLASSES)]


def mark(index: int) -> str:
    """Return the shape of a class's mark: no two of the first 80 classes share both it and the colour.

    >>> len({(colour(index), mark(index)) for index in range(80)})
    80
    """
    return _MARKS[(index + index // len(CLASSES)) % len(_MARKS)]


def curve_colour(index: int) -> str:
    """Return the colour of a curve."""
    return CURVES[index % len(CURVES)]


def write(text: Text, words: str, room: float = math.inf) -> float:
    """Let a text of a figure say `words` as they are, ``$`` begins no mathematics, in one line of at most `room`.

    Returns:
        How wide it is, in points as `room` is: 72 to the inch.
    """
    from matplotlib.textpath import TextPath

    def wide(shown: str) -> float:
        text.set_text(shown)
        legible(text)
        if not shown.strip():
            return 0.0  # matplotlib makes no path of nothing
        escaped = shown.replace("$", r"\$")
        return float(TextPath((0, 0), escaped, prop=text.get_fontproperties()).get_extents().width)

    text.set_parse_math(False)
    whole = clean(words)
    if wide(whole) > room:
        too_long = bisect.bisect(range(1, len(whole)), False, key=lambda length: wide(shorten(whole, length)) > room)
        return wide(shorten(whole, max(1, too_long)))
    return wide(whole)


def legible(artist: Any) -> None:
    """Give the texts in `artist` that have letters beyond the usual font another that has them, if one is installed."""
    from matplotlib.text import Text

    for text in artist.findobj(Text):
        if any(letter > _BEYOND for letter in text.get_text()) and (font := chinese_font()):
            text.set_fontfamily(["DejaVu Sans", font])


#: Letters from here on are Chinese, Japanese or Korean.
_BEYOND = "\u2e7f"


def chinese_font() -> str:
    """Return the name of an installed font that has Chinese, or ""."""
    from matplotlib.font_manager import fontManager

    installed = {font.name for font in fontManager.ttflist}
    return next((name for name in _CHINESE if name in installed), "")


@functools.cache
def _shown() -> tuple[type[Figure], type[Axes]]:
    """Matplotlib's own figure and axes, but in a notebook they show the picture instead of their names.

    pyplot's figures are shown by pyplot; these are none of its.
    """
    try:
        from matplotlib.axes import Axes
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ImportError('plots need matplotlib: pip install "glassgrad[plot]"') from error

    class ShownFigure(Figure):
        def _repr_png_(self) -> tuple[bytes, dict[str, int]]:
            picture = io.BytesIO()
            self.savefig(picture, format="png", dpi=2 * _DOTS)
            width, height = (round(_DOTS * inches) for inches in self.get_size_inches())
            return picture.getvalue(), {"width": width, "height": height}  # twice as sharp as it is large

    class ShownAxes(Axes):
        def _repr_png_(self) -> tuple[bytes, dict[str, int]]:
            figure: Any = self.get_figure(root=True)
            shown: tuple[bytes, dict[str, int]] = figure._repr_png_()
            return shown

    return ShownFigure, ShownAxes


#: The pixels of an inch on a page.
_DOTS = 96


def new_figure(width: float, height: float) -> Figure:
    """Return an empty figure of so many inches, which shows itself in a notebook.

    Raises:
        ImportError: matplotlib is not installed.
    """
    return _shown()[0](figsize=(width, height), dpi=150, layout="constrained")


def new_axes(width: float = 5.6, height: float = 4.2) -> Axes:
    """Return axes on a figure of their own, with no more lines than needed; save it with ``axes.figure.savefig(path)``.

    Raises:
        ImportError: matplotlib is not installed.

    >>> len(new_axes().lines)
    0
    """
    axes: Axes = new_figure(width, height).add_subplot(axes_class=_shown()[1])
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(RULE)
    axes.tick_params(colors=GREY, labelsize=9)
    return axes
