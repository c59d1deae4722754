"""What stands in the box of one value, and beside one line: names, numbers, whole symbols; and how large that is."""

from __future__ import annotations

from collections.abc import Mapping

from autograd.calculus.notation import number
from viz.picture import labels
from viz.picture.derivative import short_name
from viz.picture.hints import ratio
from viz.picture.labels import WRITTEN
from viz.picture.picture import Edge, Kind, Node, Picture
from viz.style import GREY, INK, KINDS, markup, shorten, signed_colour

__all__ = ["edge_label", "legend", "node_rows"]

_LABEL = 26  # characters of a name that are shown


def node_rows(node: Node, picture: Picture, largest: float, stub: str = "") -> list[str]:
    """Return the rows of a value's box: its name and number, and how much of the error flows back to it.

    Args:
        node: the value; not a constant.
        picture: which it is in.
        largest: the largest gradient of the picture, which has the strongest colour.
        stub: a last row.
    """
    name = markup(shorten(labels.within(node.groups, node.name or node.label), _LABEL), "B")
    if not node.operation and name:
        rows = [labels.row(name, number(node.data))]
    else:
        what = markup(WRITTEN.get(node.symbol, node.symbol) or node.kind, "I")
        head = labels.row(name, labels.small(what, GREY)) if name else labels.row(what)
        rows = [head, labels.row(labels.small("data"), number(node.data))]
    if node.grad is not None:
        colour = signed_colour(node.grad, largest, fullest=labels.FILL)
        rows.append(labels.row(labels.small(markup(_gradient(node, picture))), number(node.grad), colour))
    return [*rows, stub] if stub else rows


def _gradient(node: Node, picture: Picture) -> str:
    """What the gradient of a node is called: ``∂C/∂w1`` where it is known to be that, δ at a preactivation."""
    name = short_name(node.name)
    symbol = f"∂{picture.gradients_of}/∂{name}" if picture.gradients_of and name else ""
    if node.part == "z":
        return f"δ = {symbol}" if symbol else "δ"
    return symbol or "grad"


def edge_label(edge: Edge) -> str:
    """Return the label of a line, ``∂z/∂w = x = 0.5``; ``""`` for that of a constant."""
    if edge.count > 1:
        return f"× {edge.count:,}"
    if edge.derivative is None:
        return ""
    words = " = ".join(filter(None, (ratio(edge) or "∂", edge.formula)))
    return f'{markup(words)} = <FONT COLOR="{INK}"><B>{number(edge.derivative)}</B></FONT>'


_KINDS: Mapping[Kind, tuple[str, str]] = {
    "leaf": ("input", 'STYLE="ROUNDED"'),
    "parameter": ("parameter", ""),
    "constant": ("constant", 'STYLE="DASHED"'),
    "interior": ("computed", ""),
    "output": ("result", ""),
}


def legend(picture: Picture) -> str:
    """Return the line that says what the forms of boxes mean, and δ; one kind alone needs no words."""
    occurring = {node.kind for node in picture.nodes if isinstance(node, Node)}
    kinds = [kind for kind in _KINDS if kind in occurring]
    if len(kinds) < 2:
        return ""
    cells = [
        f'<TD BORDER="{2 if kind == "output" else 1}" COLOR="{KINDS[kind]}" {style}>  {word}  </TD>'
        for kind, (word, style) in ((kind, _KINDS[kind]) for kind in kinds)
    ]
    if any(isinstance(node, Node) and node.part == "z" and node.grad is not None for node in picture.nodes):
        what = f"∂{markup(picture.gradients_of)}/∂z" if picture.gradients_of else "the gradient of its z"
        cells.append(f"<TD>  δ: a neuron's error, {what}</TD>")
    return labels.line([cell for each in cells for cell in (each, "<TD></TD>")])
