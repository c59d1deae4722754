"""``draw``: one call from a Value, or from a model, to its picture."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable
from typing import Literal, TypeAlias, overload

from autograd import OperandError, UnknownNameError, Value
from nn import Module
from viz.dot import COMPACT_LIMIT, digraph
from viz.network import network
from viz.picture import picture
from viz.render import Drawing, format_for, render

__all__ = ["draw"]

_Drawable: TypeAlias = Value | Iterable[Value] | Module
_Path: TypeAlias = str | os.PathLike[str]
_DIRECTIONS = ("LR", "TB", "RL", "BT")


@overload
def draw(
    value: _Drawable, *, format: None = None, path: _Path | None = None, rankdir: str = "LR", title: str | None = None,
    model: Module | None = None, timeout: float = 30.0,
) -> Drawing: ...  # fmt: skip
@overload
def draw(
    value: _Drawable, *, format: Literal["svg", "dot"], path: _Path | None = None, rankdir: str = "LR",
    title: str | None = None, model: Module | None = None, timeout: float = 30.0,
) -> str: ...  # fmt: skip
@overload
def draw(
    value: _Drawable, *, format: Literal["png"], path: _Path | None = None, rankdir: str = "LR",
    title: str | None = None, model: Module | None = None, timeout: float = 30.0,
) -> bytes: ...  # fmt: skip
@overload
def draw(
    value: _Drawable, *, format: str, path: _Path | None = None, rankdir: str = "LR",
    title: str | None = None, model: Module | None = None, timeout: float = 30.0,
) -> str | bytes: ...  # fmt: skip
def draw(
    value: _Drawable,
    *,
    format: str | None = None,
    path: _Path | None = None,
    rankdir: str = "LR",
    title: str | None = None,
    model: Module | None = None,
    timeout: float = 30.0,
) -> Drawing | str | bytes:
    """Draw the graph behind a Value: each value with its data and gradient, each edge with its local derivative.

    Call ``backward()`` first, and the gradients are in the picture. Up to 300 nodes are boxes, up to 1,500 are small
    discs with the numbers in their tooltips; a larger graph can only be had as text.

    Args:
        value: a Value, a list of Values (the ends of one picture), or a model, of which the neurons are drawn.
        format: ``"svg"``, ``"png"`` or ``"dot"`` returns the picture itself; None returns a graph to work on with.
        path: a file to write, in the format of its ending unless `format` says otherwise.
        rankdir: which way the values flow: ``"LR"`` left to right, ``"TB"`` top to bottom, ``"RL"``, ``"BT"``.
        title: a line above the picture.
        model: names its parameters in the picture, as in ``layers.0.neurons.3.w.1``.
        timeout: seconds after which the layout is given up.

    Returns:
        A :class:`graphviz.Digraph` that shows itself in Jupyter; with a `format`, text (SVG, DOT) or bytes (PNG).

    Raises:
        OperandError: `value` is nothing that can be drawn.
        LengthError: an empty list.
        UnknownNameError: no such format or direction.
        OSError: `path` cannot be written.
        RenderError: too many nodes, no renderer installed, or time is up.

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
    if isinstance(value, Module):
        if model is not None:
            raise OperandError("model= names the parameters in the graph of a Value; draw(model) takes no other model")
        graph = network(value, rankdir=direction, title=title)
    else:
        limit = math.inf if form == "dot" else COMPACT_LIMIT
        graph = digraph(picture(value, title=title, model=model, limit=limit), rankdir=direction)
    if form is None:
        return graph
    rendered = render(graph, path, form, timeout=timeout)
    return graph if format is None else rendered
