"""``draw``: one call from a Value, or from a model, to its picture."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable
from typing import Any, Literal, TypeAlias, overload

from autograd import OperandError, UnknownNameError, Value
from nn import Module
from nn.estimators import model_of
from viz.folding.fold import COMPACT_LIMIT, fold
from viz.picture.dot import digraph
from viz.picture.network import network
from viz.picture.render import Drawing, format_for, render
from viz.picture.sample import sampled

__all__ = ["draw"]

_Drawable: TypeAlias = Value | Iterable[Value] | Module
_Path: TypeAlias = str | os.PathLike[str]
_Loss: TypeAlias = str | Callable[..., Any]
_DIRECTIONS = ("LR", "TB", "RL", "BT")


@overload
def draw(
    value: _Drawable, x: Any = None, *, target: Any = None, loss: _Loss = "auto", format: None = None,
    path: _Path | None = None, rankdir: str = "LR", title: str | None = None, model: Module | None = None,
    depth: int | None = None, focus: Value | str | None = None, radius: int | None = None, timeout: float = 30.0,
) -> Drawing: ...  # fmt: skip
@overload
def draw(
    value: _Drawable, x: Any = None, *, target: Any = None, loss: _Loss = "auto", format: Literal["svg", "dot"],
    path: _Path | None = None, rankdir: str = "LR", title: str | None = None, model: Module | None = None,
    depth: int | None = None, focus: Value | str | None = None, radius: int | None = None, timeout: float = 30.0,
) -> str: ...  # fmt: skip
@overload
def draw(
    value: _Drawable, x: Any = None, *, target: Any = None, loss: _Loss = "auto", format: Literal["png"],
    path: _Path | None = None, rankdir: str = "LR", title: str | None = None, model: Module | None = None,
    depth: int | None = None, focus: Value | str | None = None, radius: int | None = None, timeout: float = 30.0,
) -> bytes: ...  # fmt: skip
@overload
def draw(
    value: _Drawable, x: Any = None, *, target: Any = None, loss: _Loss = "auto", format: str,
    path: _Path | None = None, rankdir: str = "LR", title: str | None = None, model: Module | None = None,
    depth: int | None = None, focus: Value | str | None = None, radius: int | None = None, timeout: float = 30.0,
) -> str | bytes: ...  # fmt: skip
def draw(
    value: _Drawable,
    x: Any = None,
    *,
    target: Any = None,
    loss: _Loss = "auto",
    format: str | None = None,
    path: _Path | None = None,
    rankdir: str = "LR",
    title: str | None = None,
    model: Module | None = None,
    depth: int | None = None,
    focus: Value | str | None = None,
    radius: int | None = None,
    timeout: float = 30.0,
) -> Drawing | str | bytes:
    """Draw the graph behind a Value: each value with its data and gradient, each edge with its local derivative.

    Call ``backward()`` first, and the gradients are in the picture. Up to 300 nodes are boxes, up to 1,500 small discs
    with the numbers in their tooltips. What is larger is folded: a neuron into one box, then a layer, repeated and
    distant parts of anything else; each box says what is in it. ``depth=2`` with ``format="dot"`` is every value.

    Args:
        value: a Value, a list of Values (the ends of one picture), or a model, of which the neurons are drawn.
        x: with a model: one sample, (inputs,) numbers; the graph of the model's output for it is drawn.
        target: with x: what the loss compares the output with; the graph is then that of the cost, with gradients. The
            model's own ``grad`` stay what they are.
        loss: with target: a name, a function ``(output, target) -> cost``, or ``"auto"``;
            see :class:`nn.training.task.Task`.
        format: ``"svg"``, ``"png"`` or ``"dot"`` returns the picture itself; None returns a graph to work on with.
        path: a file to write, in the format of its ending unless `format` says otherwise.
        rankdir: which way the values flow: ``"LR"`` left to right, ``"TB"`` top to bottom, ``"RL"``, ``"BT"``.
        title: a line above the picture.
        model: the neurons and layers in the graph of a Value, and its parameters' names.
        depth: 0 makes each layer a box, 1 each neuron, 2 each value; None the deepest that is readable.
        focus: a Value of the graph, or a neuron's name such as ``"layers.0.neurons.1"``: draws what is near it only.
        radius: how many edges away from the focus, 2 unless given.
        timeout: seconds after which the layout is given up.

    Returns:
        A :class:`graphviz.Digraph` that shows itself in Jupyter; with a `format`, text (SVG, DOT) or bytes (PNG).

    Raises:
        OperandError: `value` is nothing that can be drawn, or an argument does not go with it.
        LengthError: an empty list, or a sample of another shape.
        UnknownNameError: no such format, direction, loss or neuron.
        GraphError: the graph does not have the focus.
        OSError: `path` cannot be written.
        RenderError: no renderer is installed, or time is up.

    >>> w, a_in, b = Value(0.7, label="w"), Value(-1.5, label="a_in"), Value(0.3, label="b")
    >>> z = w * a_in + b
    >>> z.label = "z"
    >>> z.backward()
    >>> "∂z/∂b = " in draw(z, format="dot")
    True
    """
    direction = rankdir.upper() if isinstance(rankdir, str) else ""
    if direction not in _DIRECTIONS:
        raise UnknownNameError("rankdir", rankdir, _DIRECTIONS)
    form = format_for(path, format) if path is not None or format is not None else None
    if isinstance(value, Module) and model is not None:
        raise OperandError("model= names the parameters in the graph of a Value; draw(model) takes no other model")
    if x is None and target is not None:
        raise OperandError("target= is what the output for a sample is compared with: draw(model, x, target=...)")
    limit = math.inf if form == "dot" and depth == 2 else COMPACT_LIMIT
    if isinstance(value, Module) and x is None:
        if focus is not None or radius is not None:
            raise OperandError("focus= is a part of the graph that a sample makes: draw(model, x, focus=...)")
        graph = network(value, rankdir=direction, title=title, depth=depth)
    elif isinstance(value, Module):
        with sampled(value, x, target, loss) as view:
            described = fold(view, title=title, depth=depth, focus=focus, radius=radius, limit=limit)
        graph = digraph(described, rankdir=direction)
    elif x is not None:
        mend = model_of(value)
        raise OperandError(f"x= is a sample for a model, draw(model, x); got a {type(value).__name__} to draw{mend}")
    else:
        described = fold(value, title=title, model=model, depth=depth, focus=focus, radius=radius, limit=limit)
        graph = digraph(described, rankdir=direction)
    if form is None:
        return graph
    rendered = render(graph, path, form, timeout=timeout)
    return graph if format is None else rendered
