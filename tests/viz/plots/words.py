"""The words of a figure as they are laid out: none covers another, none runs off the picture; reports to draw."""

from __future__ import annotations

import functools
from itertools import combinations
from typing import Any

from matplotlib.text import Text

from nn import MLP, data, explain
from nn.explanation.report import Report


@functools.cache
def deep(layers: int, activation: str) -> Report:
    X, y = data.moons(10, noise=0.1, seed=0)
    return explain(MLP(2, [6] * (layers - 1) + [1], activation=activation, seed=0), X, targets=y)


def check_words(axes: Any) -> None:
    figure = axes.get_figure(root=True)
    figure.draw_without_rendering()
    both = [axis for each in figure.axes for axis in (each.xaxis, each.yaxis)]
    drawn = {tick.label1 for axis in both for tick in axis._update_ticks()}
    idle = {label for axis in both for label in axis.get_ticklabels(which="both")} - drawn  # beyond the axes' ends
    shown = [text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]
    level = [text for text in shown if text not in idle and not text.get_rotation()]
    boxes = [(text.get_text(), text.get_window_extent()) for text in level]
    assert len(boxes) > 3
    for words, box in boxes:
        assert figure.bbox.x0 - 1 <= box.x0 < box.x1 <= figure.bbox.x1 + 1, words
        assert figure.bbox.y0 - 1 <= box.y0 < box.y1 <= figure.bbox.y1 + 1, words
    for (words, box), (others, other) in combinations(boxes, 2):
        across = min(box.x1, other.x1) - max(box.x0, other.x0)
        up = min(box.y1, other.y1) - max(box.y0, other.y0)
        assert across <= 1 or up <= 3, (words, others)
