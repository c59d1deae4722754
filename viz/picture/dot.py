"""A ``Picture`` in Graphviz's language: every value a box, every edge with its local derivative.

What a box is, its form says: an input is round, a parameter a folder, a constant small and dashed, the result doubly
framed. How much gradient arrives, colour says: orange above 0, blue below, paler the smaller. Above a few hundred nodes
a value is one small disc, and everything else is in its tooltip. A box with a grey bar on top stands for many values;
neurons and layers have a frame around them, and are placed by :mod:`viz.picture.placement`, all else by Graphviz.
"""

from __future__ import annotations

import contextlib
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from autograd.calculus.notation import number
from viz.picture import labels
from viz.picture.boxes import edge_label, legend, node_rows
from viz.picture.fold_box import fold_rows
from viz.picture.hints import edge_hint, fold_hint, node_hint
from viz.picture.picture import FULL_LIMIT, Edge, Fold, Kind, Node, Picture
from viz.picture.placement import Placement, placed
from viz.picture.render import Drawing
from viz.style import FONT, GREY, INK, KINDS, RULE, clean, markup, shorten, signed_colour, strength

__all__ = ["digraph"]

#: Up to this length of all edges together, in ranks, any layout is quick.
_EASY = 3000
_LABEL = 26  # characters of a frame's name
_BUSY = 60  # edges from and to folds, above which numbers beside them would be a thicket

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
_FOLD = {"shape": "box", "style": "filled", "color": "#8a94a1", "peripheries": "1"}
_CLUSTER = {
    "style": "rounded,filled", "fillcolor": "#f6f7f9", "color": "#d5dae0", "fontsize": "10", "fontcolor": GREY,
    "labeljust": "l", "labelloc": "t", "margin": "8",
}  # fmt: skip
_EDGE_SIZE = 10.0  # points, of an edge's label


def digraph(picture: Picture, *, rankdir: str = "LR") -> Drawing:
    """Return the picture as a Graphviz graph.

    Nodes and edges carry ids (those of the picture) and classes (``value`` and the kind, ``constant``; ``operand``),
    which every Graphviz renderer keeps in an SVG.

    Args:
        picture: what to draw; above :data:`viz.picture.picture.FULL_LIMIT` nodes each becomes one small disc.
        rankdir: which way the values flow, ``"LR"``, ``"TB"``, ``"RL"`` or ``"BT"``.

    >>> from autograd import Value
    >>> from viz.picture.picture import picture
    >>> "∂ = <" in digraph(picture(Value(0.7) * Value(-1.5))).source
    True
    """
    is_full = len(picture.nodes) <= FULL_LIMIT and len(picture.edges) <= 4 * FULL_LIMIT
    is_busy = picture.folded != "" and len(picture.edges) > _BUSY
    grads = [grad for node in picture.nodes for grad in _grads(node) if math.isfinite(grad)]
    face = _Face(picture, max(map(abs, grads), default=0.0), is_full, is_busy)
    place = placed(picture, face.size, face.label_size, rankdir) if is_full else None
    graph = Drawing("graph", graph_attr=_frame(face, rankdir, place))
    graph.attr("node", fontname=FONT, fontcolor=INK, fontsize="12", style="filled", fillcolor="white")
    graph.attr("node", penwidth="1.4", margin="0.07,0.05")
    graph.attr("edge", fontname=FONT, fontcolor=GREY, fontsize=f"{_EDGE_SIZE:g}", arrowsize="0.6")
    for path, nodes in _by_group(picture.nodes, 2 if is_full else 1).items():
        with _cluster(graph, path, place) as inside:
            for node in nodes:
                at = place.node(node.id) if place else {}
                inside.node(node.id, **face.node(node, place.size(node.id) if place else None), **at)
    for edge in picture.edges:
        hint = edge_hint(edge)
        about = {"id": edge.id, "class": "operand", "tooltip": hint, "labeltooltip": hint}
        at = place.edge(edge.id) if place else {}
        text = "" if place and "lp" not in at else face.label(edge)
        look = {**_line(edge, face.largest), **({"label": f"<{text}>"} if text else {}), **face.arrow}
        graph.edge(edge.source, edge.target, **about, **look, **at)
    return graph


class _Face:
    """How nodes and edges of one picture look, and how large that makes them."""

    def __init__(self, picture: Picture, largest: float, is_full: bool, is_busy: bool) -> None:
        self.picture, self.largest, self.is_full, self.is_busy = picture, largest, is_full, is_busy

    def rows(self, node: Node | Fold) -> list[str]:
        stub = labels.stub(*self.picture.left_out.get(node.id, (0, 0)))
        if isinstance(node, Fold):
            return fold_rows(node, self.largest, stub)
        return node_rows(node, self.picture, self.largest, stub)

    def size(self, node: Node | Fold) -> tuple[float, float]:
        """Width and height, in points."""
        if isinstance(node, Node) and node.kind == "constant":
            return labels.extent([number(node.data)], _EDGE_SIZE)
        return labels.extent(self.rows(node))

    def label_size(self, edge: Edge) -> tuple[float, float]:
        """Width and height of the label of an edge, 0 without one."""
        text = self.label(edge)
        return (labels.extent([text], 9.0)[0], 13.0) if text else (0.0, 0.0)

    def node(self, node: Node | Fold, size: tuple[float, float] | None) -> dict[str, str]:
        """The attributes of a node, which is so large."""
        if isinstance(node, Fold):
            about = {"id": node.id, "class": f"fold {node.kind}", "tooltip": fold_hint(node)}
            return {**about, **_FOLD, "label": labels.box(self.rows(node), size)}
        role = "constant" if node.kind == "constant" else f"value {node.kind}"
        about = {"id": node.id, "class": role, "tooltip": node_hint(node), "color": KINDS[node.kind]}
        if self.is_full:
            label = number(node.data) if node.kind == "constant" else labels.box(self.rows(node), size)
            return {**about, **_FULL[node.kind], "label": label}
        fill = "#ffffff" if node.grad is None else signed_colour(node.grad, self.largest, fullest=0.9)
        disc = {"label": "", "width": "0.2", "height": "0.2", "fillcolor": fill, "penwidth": "1"}
        return {**about, **disc, **_COMPACT[node.kind]}

    def label(self, edge: Edge) -> str:
        """The label of an edge, or none."""
        return edge_label(edge) if self.is_full and not self.is_busy else ""

    @property
    def arrow(self) -> dict[str, str]:
        """No heads where they would be a thicket."""
        return {"arrowhead": "none"} if self.is_busy or not self.is_full else {}


def _by_group(nodes: Sequence[Node | Fold], frames: int) -> dict[tuple[str, ...], list[Node | Fold]]:
    found: dict[tuple[str, ...], list[Node | Fold]] = {}
    for node in nodes:
        found.setdefault(node.groups[:frames], []).append(node)
    return found


@contextlib.contextmanager
def _cluster(
    graph: Drawing, path: Sequence[str], place: Placement | None, outer: tuple[str, ...] = ()
) -> Iterator[Drawing]:
    """The frame of a neuron inside of that of its layer; Graphviz joins those that have the same name."""
    if not path:
        yield graph
        return
    name, *rest = path
    inner = (*outer, name)
    if place and inner not in place.frames:
        yield graph
        return
    text = shorten(clean(labels.within(outer, name)), _LABEL)
    look = {"label": f"<{markup(text)}>", "tooltip": labels.tooltip(clean(name)), **_CLUSTER}
    if place:
        look |= place.frame(inner, labels.extent([text], 10.0)[0])
    with (
        graph.subgraph(name=f"cluster {clean(name)}", graph_attr=look) as frame,
        _cluster(frame, rest, place, inner) as inside,
    ):
        yield inside


def _grads(node: Node | Fold) -> tuple[float, ...]:
    if isinstance(node, Fold):
        return (*(node.grad or ()), *(() if node.total is None else (node.total,)))
    return () if node.grad is None else (node.grad,)


def _frame(face: _Face, rankdir: str, place: Placement | None) -> dict[str, str]:
    """The attributes of the whole: its layout, its title, and lines that say how to read it and what is folded."""
    picture, largest = face.picture, face.largest
    line = markup(picture.note)
    if not line and len(picture.nodes) > 1:
        where = "∂: local derivative" if face.is_full and not face.is_busy else "local derivatives: point at an edge"
        steps = [share * largest for share in (-1.0, -0.2, -0.02, 0.0, 0.02, 0.2, 1.0)]
        line = labels.scale(where, "grad", largest, [signed_colour(x, largest, fullest=labels.FILL) for x in steps])
    stubs = "… in, out: edges from and to values that are left out" if picture.left_out else ""
    explanations = (
        line,
        legend(picture) if face.is_full else "",
        markup(picture.folded),
        stubs,
        markup(picture.remark, "B"),
    )
    layout = {"layout": "nop2"} if place else _layout(picture, rankdir, face.is_full)  # as placed, nothing moved
    return labels.frame(rankdir, labels.heading(picture.title, *explanations), **layout)


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
    elif picture.folded and len(picture.edges) > _BUSY:
        layout |= {"splines": "line", "nodesep": "0.12"}
    if sum(rank[edge.source] - rank.get(edge.target, 0) for edge in picture.edges) > _EASY:
        # Fewer rounds against crossings and bends: a random graph would keep Graphviz busy for minutes.
        layout |= {"nslimit": "1", "nslimit1": "1", "mclimit": "0.1"}
    return layout


def _line(edge: Edge, largest: float) -> Mapping[str, str]:
    """The line of an edge: the more gradient flowed back along it, the stronger."""
    if not edge.flow:
        return {"color": RULE, "penwidth": "0.8"}
    share = strength(edge.flow, largest) if math.isfinite(edge.flow) else 1.0
    colour = signed_colour(edge.flow, largest, fullest=1.0, base=RULE)
    return {"color": colour, "penwidth": f"{0.8 + 1.4 * share:.2g}"}
