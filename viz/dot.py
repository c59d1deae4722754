"""A :class:`~viz.picture.Picture` in Graphviz's language: every value a box, every edge with its local derivative.

What a box is, its shape and outline say: a leaf is round and green, a parameter a violet folder, a constant small and
dashed, the output doubly framed. How much gradient arrives, colour says: orange above 0, blue below, paler the smaller.
Above a few hundred nodes a value is one small disc, and everything else is in its tooltip.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping

from viz import labels
from viz.picture import Edge, Kind, Node, Picture
from viz.render import Drawing
from viz.style import FONT, GREY, INK, RULE, markup, number, shorten, signed_colour, strength

__all__ = ["COMPACT_LIMIT", "FULL_LIMIT", "WRITTEN", "digraph"]

#: Up to this many nodes, and four times as many edges, a picture has full boxes, ...
FULL_LIMIT = 300
#: ... and up to this many small discs.
COMPACT_LIMIT = 1500

#: Up to this length of all edges together, in ranks, any layout is quick.
_EASY = 3000
_LABEL, _HINT = 26, 600  # characters of a label that are shown, in the box and in its tooltip

_OUTLINE: Mapping[Kind, str] = {
    "leaf": "#009e73", "parameter": "#7a5195", "constant": RULE, "interior": "#8a94a1", "output": INK,
}  # fmt: skip
_FULL: Mapping[Kind, Mapping[str, str]] = {
    "leaf": {"shape": "box", "style": "rounded,filled"},
    "parameter": {"shape": "folder"},
    "constant": {"shape": "box", "style": "dashed,filled", "margin": "0.07,0.03", "width": "0.2", "height": "0.2",
                 "fontsize": "10", "fontcolor": GREY},
    "interior": {"shape": "box"},
    "output": {"shape": "box", "peripheries": "2"},
}  # fmt: skip
_COMPACT: Mapping[Kind, Mapping[str, str]] = {
    "leaf": {"shape": "circle"},
    "parameter": {"shape": "square"},
    "constant": {"shape": "point", "width": "0.06"},
    "interior": {"shape": "circle"},
    "output": {"shape": "doublecircle"},
}
#: How an operation is written where its name is not what a textbook has.
WRITTEN: Mapping[str, str] = {"*": "×", "-": "−", "dot": "w·x + b", "sum": "Σ", "identity": "="}


def digraph(picture: Picture, *, rankdir: str = "LR") -> Drawing:
    """Return the picture as a Graphviz graph.

    Nodes and edges carry ids (those of the picture) and classes (``value`` and the kind, ``constant``; ``operand``),
    which every Graphviz renderer keeps in an SVG.

    Args:
        picture: what to draw; above :data:`FULL_LIMIT` nodes each becomes one small disc.
        rankdir: which way the values flow, ``"LR"``, ``"TB"``, ``"RL"`` or ``"BT"``.

    >>> from autograd import Value
    >>> from viz.picture import picture
    >>> "∂ = <" in digraph(picture(Value(0.7) * Value(-1.5))).source
    True
    """
    is_full = len(picture.nodes) <= FULL_LIMIT and len(picture.edges) <= 4 * FULL_LIMIT
    draw_node, draw_edge = (_full_node, _full_edge) if is_full else (_compact_node, _compact_edge)
    largest = max((abs(n.grad) for n in picture.nodes if n.grad is not None and math.isfinite(n.grad)), default=0.0)
    graph = Drawing("graph", graph_attr=_frame(picture, rankdir, is_full, largest))
    graph.attr("node", fontname=FONT, fontcolor=INK, fontsize="12", style="filled", fillcolor="white")
    graph.attr("node", penwidth="1.4", margin="0.07,0.05")
    graph.attr("edge", fontname=FONT, fontcolor=GREY, fontsize="10", arrowsize="0.6")
    for node in picture.nodes:
        role = "constant" if node.kind == "constant" else f"value {node.kind}"
        about = {"id": node.id, "class": role, "tooltip": _about_node(node), "color": _OUTLINE[node.kind]}
        graph.node(node.id, **about, **draw_node(node, largest))
    for edge in picture.edges:
        hint = _about_edge(edge)
        about = {"id": edge.id, "class": "operand", "tooltip": hint, "labeltooltip": hint}
        graph.edge(edge.source, edge.target, **about, **_line(edge, largest), **draw_edge(edge))
    return graph


def _frame(picture: Picture, rankdir: str, is_full: bool, largest: float) -> dict[str, str]:
    """The attributes of the whole: its layout, its title, and a line that says how to read it."""
    line = markup(picture.note)
    if not line and len(picture.nodes) > 1:
        where = "∂: local derivative" if is_full else "local derivatives: point at an edge"
        steps = [share * largest for share in (-1.0, -0.2, -0.02, 0.0, 0.02, 0.2, 1.0)]
        line = labels.scale(where, "grad", largest, [signed_colour(x, largest, fullest=labels.FILL) for x in steps])
    return labels.frame(rankdir, picture.title, line, **_layout(picture, rankdir, is_full))


def _layout(picture: Picture, rankdir: str, is_full: bool) -> dict[str, str]:
    """How far apart things are, and how much trouble Graphviz may take."""
    rank: dict[str, int] = {}
    for edge in reversed(picture.edges):  # those of a result come before those of its operands
        rank[edge.source] = max(rank.get(edge.source, 0), rank.get(edge.target, 0) + 1)
    nodes, lines = Counter(rank.values()), Counter(rank[edge.source] for edge in picture.edges)
    if not is_full:
        least, size, line = 0.4, 0.26, 0.0  # inches: between ranks, and across one for a node and for a label
    elif rankdir in ("LR", "RL"):
        least, size, line = 0.35, 0.95, 0.17
    else:
        least, size, line = 0.5, 1.2, 1.2
    # The more crowded a rank, the more room to the next: or the picture would be a narrow strip of steep lines.
    across = max((max(size * nodes[r], line * lines[r]) for r in nodes), default=0.0)
    ranksep = max(least, 0.7 * across / max(len(nodes), 1) - size)
    layout = {"nodesep": "0.22" if is_full else "0.06", "ranksep": f"{ranksep:.2g}"}
    if not is_full:
        layout["splines"] = "line"
    if sum(rank[edge.source] - rank.get(edge.target, 0) for edge in picture.edges) > _EASY:
        # Fewer rounds against crossings and bends: a random graph would keep Graphviz busy for minutes.
        layout |= {"nslimit": "1", "nslimit1": "1", "mclimit": "0.1"}
    return layout


def _full_node(node: Node, largest: float) -> Mapping[str, str]:
    look = dict(_FULL[node.kind])
    if node.kind == "constant":
        return look | {"label": number(node.data)}
    name = markup(shorten(node.label, _LABEL), "B")
    what = markup(WRITTEN.get(node.symbol, node.symbol) or node.kind, "I")
    rows = [
        labels.row(name, labels.small(what, GREY)) if name else labels.row(what),
        labels.row(labels.small("data"), number(node.data)),
    ]
    if node.grad is not None:
        colour = signed_colour(node.grad, largest, fullest=labels.FILL)
        rows.append(labels.row(labels.small("grad"), number(node.grad), colour))
    return look | {"label": labels.box(rows)}


def _full_edge(edge: Edge) -> Mapping[str, str]:
    if edge.derivative is None:
        return {}
    words = " = ".join(filter(None, (_ratio(edge) or "∂", edge.formula)))
    return {"label": f'<{markup(words)} = <FONT COLOR="{INK}"><B>{number(edge.derivative)}</B></FONT>>'}


def _compact_node(node: Node, largest: float) -> Mapping[str, str]:
    fill = "#ffffff" if node.grad is None else signed_colour(node.grad, largest, fullest=0.9)
    return {"label": "", "width": "0.2", "height": "0.2", "fillcolor": fill, "penwidth": "1", **_COMPACT[node.kind]}


def _compact_edge(edge: Edge) -> Mapping[str, str]:
    return {"arrowhead": "none"}


def _line(edge: Edge, largest: float) -> Mapping[str, str]:
    """The line of an edge: the more gradient flowed back along it, the stronger."""
    if not edge.flow:
        return {"color": RULE, "penwidth": "0.8"}
    share = strength(edge.flow, largest) if math.isfinite(edge.flow) else 1.0
    colour = signed_colour(edge.flow, largest, fullest=1.0, base=RULE)
    return {"color": colour, "penwidth": f"{0.8 + 1.4 * share:.2g}"}


def _ratio(edge: Edge) -> str:
    return f"∂{edge.numerator}/∂{edge.denominator}" if edge.denominator else ""


def _about_node(node: Node) -> str:
    return labels.tooltip(
        shorten(node.label, _HINT),
        f"{node.kind}: {node.operation}" if node.operation else node.kind,
        f"data = {node.data!r}",
        f"grad = {node.grad!r}" if node.grad is not None else "",
    )


def _about_edge(edge: Edge) -> str:
    if edge.derivative is None:
        return "a constant: nothing flows back to it"
    return labels.tooltip(
        " = ".join(filter(None, (_ratio(edge) or "local derivative", edge.formula, repr(edge.derivative)))),
        f"passed back = {edge.flow!r}" if edge.flow is not None else "",
    )
