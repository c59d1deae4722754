"""Values and models show themselves in Jupyter: what their ``_repr_mimebundle_`` returns."""

from __future__ import annotations

from autograd import GlassgradError, Value
from nn import Module
from viz.drawing import draw

__all__ = ["mimebundle"]


def mimebundle(value: Value | Module) -> dict[str, str]:
    """Return what a notebook shows for a Value or a model: the picture, and the text where there is none.

    Args:
        value: a Value, whose graph is drawn, or a model, whose neurons are.

    Returns:
        ``{"image/svg+xml": ..., "text/plain": ...}``; the text alone if no renderer is installed or the layout
        takes too long: a notebook must never fail, or wait for long, because of something that happens to be shown.

    >>> mimebundle(Value(2.0))["text/plain"]
    'Value(data=2.0, grad=0.0)'
    """
    text = {"text/plain": repr(value)}
    try:
        picture = draw(value).svg()
    except GlassgradError:
        return text
    return text | {"image/svg+xml": picture}
