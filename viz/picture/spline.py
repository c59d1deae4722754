"""A smooth line in Graphviz's notation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

__all__ = ["spline"]

Point = tuple[float, float]
#: The length of an arrow's head.
_TIP = 6.0


def spline(points: Sequence[Point], is_across: bool) -> str:
    """Return a smooth line through `points` in Graphviz's notation; at each of them it runs along the flow."""
    way = [points[0]]
    way += [point for before, point in pairwise(points) if math.dist(before, point) > 0.5]
    (x0, y0), (x1, y1) = way[-2], way[-1]
    along = math.copysign(_TIP, x1 - x0 if is_across else y1 - y0)
    tip, end = way[-1], (x1 - along, y1) if is_across else (x1, y1 - along)
    way[-1] = end
    text = [f"e,{tip[0]:.1f},{tip[1]:.1f}", "{:.1f},{:.1f}".format(*way[0])]
    for (x0, y0), (x1, y1) in pairwise(way):
        middle = ((x0 + x1) / 2, y0, (x0 + x1) / 2, y1) if is_across else (x0, (y0 + y1) / 2, x1, (y0 + y1) / 2)
        text.append("{:.1f},{:.1f} {:.1f},{:.1f} {:.1f},{:.1f}".format(*middle, x1, y1))
    return " ".join(text)
