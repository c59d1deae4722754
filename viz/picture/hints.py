"""Tooltips: all digits of the number behind a box or a line, and what it is."""

from __future__ import annotations

from viz.picture import labels
from viz.picture.picture import Edge, Fold, Node
from viz.style import shorten

__all__ = ["edge_hint", "fold_hint", "node_hint", "ratio"]

_HINT = 600  # characters of a name


def ratio(edge: Edge) -> str:
    """Return ``∂z/∂w`` for the edge from w to z, ``""`` where they have no names.

    >>> ratio(Edge("e1_0", "v0", "v1", 2.0, "z", "w"))
    '∂z/∂w'
    """
    return f"∂{edge.numerator}/∂{edge.denominator}" if edge.numerator and edge.denominator else ""


def node_hint(node: Node) -> str:
    """Return the tooltip of a value."""
    return labels.tooltip(
        shorten(node.label or node.name, _HINT),
        f"{node.kind}: {node.operation}" if node.operation else node.kind,
        f"data = {node.data!r}",
        f"{'δ = ' if node.part == 'z' else ''}grad = {node.grad!r}" if node.grad is not None else "",
    )


def fold_hint(fold: Fold) -> str:
    """Return the tooltip of a box that stands for many values."""
    return labels.tooltip(
        shorten(fold.label, _HINT),
        f"{fold.count:,} values, of which {fold.parameters:,} are parameters",
        ", ".join(f"{operation} × {count:,}" for operation, count in fold.operations.items()),
        f"data from {fold.data[0]!r} to {fold.data[1]!r}",
        f"|grad| from {fold.grad[0]!r} to {fold.grad[1]!r}" if fold.grad is not None else "",
        f"sum of grad = {fold.total!r}" if fold.total is not None else "",
    )


def edge_hint(edge: Edge) -> str:
    """Return the tooltip of a line."""
    if edge.count > 1:
        same = f", each with the local derivative {edge.derivative!r}" if edge.derivative is not None else ""
        passed = f"passed back in all = {edge.flow!r}" if edge.flow is not None else ""
        return labels.tooltip(f"{edge.count:,} edges{same}", passed)
    if edge.derivative is None:
        return "a constant: nothing flows back to it"
    return labels.tooltip(
        " = ".join(filter(None, (ratio(edge) or "local derivative", edge.formula, repr(edge.derivative)))),
        f"passed back = {edge.flow!r}" if edge.flow is not None else "",
    )
