"""``explore``: one call from a Value, or from a model and a sample, to a page in which to step through its graph."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from autograd import OperandError, Value, mean
from autograd.system.files import writable, write_whole
from nn import Module
from nn.estimators import model_of
from nn.explanation.explain import batch_costs, sample_cost
from nn.explanation.writing.wording import check
from viz.explorer.graph_data import graph_data
from viz.explorer.page import page
from viz.explorer.stack import Stack, alike, stacked
from viz.single_file import Page
from viz.style import clean

__all__ = ["Explorer", "explore"]

_Path = str | os.PathLike[str]


class Explorer(Page):
    """A page in which to step through a graph; in Jupyter it shows itself.

    Attributes:
        html: the whole page, one file that loads nothing.
        title: its title.
    """

    @staticmethod
    def fragment(*, at: str = "", step: int = 0, row: int | None = None, by: str = "value") -> str:
        """Return what stands behind the name of the saved page in a link to a place in it.

        Args:
            at: what is selected, a neuron or a layer by its name.
            step: the step the page opens at.
            row: of a batch, counted from 0; None for all.
            by: what one step is, ``"value"``, ``"neuron"``, ``"layer"`` or ``"row"``.

        >>> "backprop.html" + Explorer.fragment(at="layers.0.neurons.1", row=2)
        'backprop.html#step=0&at=layers.0.neurons.1&row=3'
        """
        chosen = {"step": step, "at": at, "row": None if row is None else row + 1, "by": by if by != "value" else ""}
        return "#" + urlencode({name: each for name, each in chosen.items() if each not in ("", None)})


def explore(
    value: Value | Module,
    x: Any = None,
    *,
    target: Any = None,
    targets: Any = None,
    loss: str | Callable[..., Any] = "auto",
    path: _Path | None = None,
    model: Module | None = None,
    title: str | None = None,
    lang: str = "en",
) -> Explorer:
    """Make one HTML file in which to step through a graph, forward and then backward, edge by edge.

    The file opens offline anywhere and loads nothing. It computes gradients of its own: no ``grad`` is changed.

    Args:
        value: a Value, whose graph is explored, or a model, of which the cost of one sample, or of a batch, is. The
            rows of a cost over a batch are stacked where they are computed alike: the page shows one, chosen by a
            slider, or the sums over all. What is too large to be drawn is folded to begin with.
        x: with a model: one sample, (inputs,) numbers, with `target`; or rows, (rows, inputs), with `targets`.
        target: what the loss compares the model's output with.
        targets: one target a row; the cost is then the mean over the rows.
        loss: as for :func:`nn.explanation.explain`.
        path: a file to write.
        model: groups the graph of a Value into the model's neurons and layers, with their delta reports.
        title: of the page.
        lang: the language of the page, ``"en"`` or ``"zh"``.

    Returns:
        The page; it has ``html`` and ``save(path)``, and shows itself in Jupyter.

    Raises:
        OperandError: `value` is neither a Value nor a model, or the other arguments do not fit it.
        LengthError: `x` is not one sample, or not as many rows as there are targets.
        UnknownNameError: no such loss or language.
        OSError: `path` cannot be written.

    >>> z = Value(0.7, label="w") * Value(-1.5, label="a_in")
    >>> explore(z, title="a product").html.startswith("<!doctype html>")
    True
    """
    check(lang)
    target_file = writable(path) if path is not None else None
    if isinstance(value, Module):
        if model is not None:
            raise OperandError("model= groups the graph of a Value; explore(model, x, target=...) takes no other model")
        stack, model, heading = _rows(value, x, target, targets, loss), value, title or type(value).__name__
    elif isinstance(value, Value):
        if x is not None or target is not None or targets is not None:
            raise OperandError("x and target= go with a model, explore(model, x, target=...); a Value has its numbers")
        stack, heading = stacked(value), title or clean(value.label) or "backprop"
    else:
        raise OperandError(
            f"expected a Value, or a model with a sample and its target, got {type(value).__name__}: backward() starts "
            f"from one Value, such as the cost{model_of(value)}"
        )
    heading = clean(heading)
    explorer = Explorer(page(graph_data(stack, model), title=heading, lang=lang), heading)
    if target_file is not None:
        write_whole(target_file, explorer.html)
    return explorer


def _rows(model: Module, x: Any, target: Any, targets: Any, loss: str | Callable[..., Any]) -> Stack:
    if x is None or (target is None) == (targets is None):
        raise OperandError(
            "to explore a model give one sample and its target, explore(model, x, target=...), or rows and their "
            "targets, explore(model, X, targets=...)"
        )
    if targets is None:
        return stacked(sample_cost(model, x, target, loss))
    costs = batch_costs(model, x, targets, loss)
    return alike(costs) or stacked(mean(costs))
