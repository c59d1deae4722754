"""``explore``: one call from a Value, or from a model and a sample, to a page in which to step through its graph."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from autograd import OperandError, Value
from autograd.system.files import writable, write_whole
from nn import Module
from nn.estimators import model_of
from nn.explanation.explain import sample_cost
from nn.explanation.writing.wording import check
from viz.explorer.graph_data import graph_data
from viz.explorer.page import page
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


def explore(
    value: Value | Module,
    x: Any = None,
    *,
    target: Any = None,
    loss: str | Callable[..., Any] = "auto",
    path: _Path | None = None,
    model: Module | None = None,
    title: str | None = None,
    lang: str = "en",
) -> Explorer:
    """Make one HTML file in which to step through a graph, forward and then backward, edge by edge.

    The file opens offline anywhere and loads nothing. It computes gradients of its own: no ``grad`` is changed.

    Args:
        value: a Value, whose graph is explored, or a model, of which the cost of one sample is: then give `x` and
            `target` too.
        x: one sample, (inputs,) numbers.
        target: what the loss compares the model's output with.
        loss: as for :func:`nn.explanation.explain`.
        path: a file to write.
        model: groups the graph of a Value into the model's neurons and layers, with their delta reports.
        title: of the page.
        lang: the language of the page, ``"en"`` or ``"zh"``.

    Returns:
        The page; it has ``html`` and ``save(path)``, and shows itself in Jupyter.

    Raises:
        OperandError: `value` is neither a Value nor a model, or the other arguments do not fit it.
        LengthError: `x` is not one sample.
        UnknownNameError: no such loss or language.
        GraphError: the graph is too large for a page.
        OSError: `path` cannot be written.

    >>> z = Value(0.7, label="w") * Value(-1.5, label="a_in")
    >>> explore(z, title="a product").html.startswith("<!doctype html>")
    True
    """
    check(lang)
    target_file = writable(path) if path is not None else None
    if isinstance(value, Module):
        if x is None or target is None:
            raise OperandError("to explore a model give one sample and its target: explore(model, x, target=...)")
        if model is not None:
            raise OperandError("model= groups the graph of a Value; explore(model, x, target=...) takes no other model")
        root, model, heading = sample_cost(value, x, target, loss), value, title or type(value).__name__
    elif isinstance(value, Value):
        if x is not None or target is not None:
            raise OperandError("x and target= go with a model, explore(model, x, target=...); a Value has its numbers")
        root, heading = value, title or clean(value.label) or "backprop"
    else:
        raise OperandError(
            f"expected a Value, or a model with a sample and its target, got {type(value).__name__}: backward() starts "
            f"from one Value, such as the cost{model_of(value)}"
        )
    heading = clean(heading)
    explorer = Explorer(page(graph_data(root, model=model, lang=lang), title=heading, lang=lang), heading)
    if target_file is not None:
        write_whole(target_file, explorer.html)
    return explorer
