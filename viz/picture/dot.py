"""A ``Picture`` in Graphviz's language: every value a box, every edge with its local derivative.

What a box is, its shape and outline say: a leaf is round, a parameter a folder, a constant small and
dashed, the output doubly framed. How much gradient arrives, colour says: orange above 0, blue below, paler the smaller.
Above a few hundred nodes a value is one small disc, and everything else is in its tooltip. A box
with a grey bar on top stands for many values; neurons and layers have a frame around them.
"""

from __future__ import annotations

import contextlib
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from autograd.calculus.notation import number
from viz.folding.fold import FULL_LIMIT
from viz.folding.label import WRITTEN, fold_label
from viz.picture import labels
from viz.picture.picture import Edge, Fold, Kind, Node, Picture
from viz.picture.render import Drawing
from viz.style import FONT, GREY, INK, KINDS, RULE, clean, markup, shorten, signed_colour, strength

__all__ = ["WRITTEN", "digraph"]

#: Up to this length of all edges together, in ranks, any layout is quick.
_EASY = 3000
_LABEL, _HINT = 26, 600  # characters of a label that are shown, in the box and in its tooltip
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


def digraph(picture: Picture, *, rankdir: str = "LR") -> Drawing:
    """Return the picture as a Graphviz graph.

    Nodes and edges carry ids (those of the picture) and classes (``value`` and the kind, ``constant``; ``operand``),
    which every Graphviz renderer keeps in an SVG.

    Args:
        picture: what to draw; above :data:`viz.folding.fold.FULL_LIMIT` nodes each becomes one small disc.
        rankdir: which way the values flow, ``"LR"``, ``"TB"``, ``"RL"`` or ``"BT"``.

    >>> from autograd import Value
    >>> from viz.picture.picture import picture
    >>> "∂ = <" in digraph(picture(Value(0.7) * Value(-1.5))).source
    True
    """
    is_full = len(picture.nodes) <= FULL_LIMIT and len(picture.edges) <= 4 * FULL_LIMIT
    draw_node, draw_edge = (_full_node, _full_edge) if is_full else (_compact_node, _compact_edge)
    grads = [grad for node in picture.nodes for grad in _grads(node) if math.isfinite(grad)]
    largest = max(map(abs, grads), default=0.0)
    is_busy = picture.folded != "" and len(picture.edges) > _BUSY
    leaving, arriving = (f":{side}" for side in labels.SIDES[rankdir]) if is_busy else ("", "")
    graph = Drawing("graph", graph_attr=_frame(picture, rankdir, is_full, is_full and not is_busy, largest))
    graph.attr("node", fontname=FONT, fontcolor=INK, fontsize="12", style="filled", fillcolor="white")
    graph.attr("node", penwidth="1.4", margin="0.07,0.05")
    graph.attr("edge", fontname=FONT, fontcolor=GREY, fontsize="10", arrowsize="0.6")
    for path, nodes in _by_group(picture.nodes, 2 if is_full else 1).items():
        with _cluster(graph, () if is_busy else path) as inside:
            for node in nodes:
                stub = labels.stub(*picture.left_out.get(node.id, (0, 0)))
                if isinstance(node, Fold):
                    about = {"id": node.id, "class": f"fold {node.kind}", "tooltip": _about_fold(node)}
                    inside.node(node.id, **about, **_FOLD, label=fold_label(node, largest, stub))
                    continue
                role = "constant" if node.kind == "constant" else f"value {node.kind}"
                about = {"id": node.id, "class": role, "tooltip": _about_node(node), "color": KINDS[node.kind]}
                inside.node(node.id, **about, **draw_node(node, largest, stub))
        if is_busy and path:
            _column(graph, path[0], [node.id for node in nodes])
    for edge in picture.edges:
        hint = _about_edge(edge)
        about = {"id": edge.id, "class": "operand", "tooltip": hint, "labeltooltip": hint}
        label = {} if is_busy else draw_edge(edge)
        graph.edge(edge.source + leaving, edge.target + arriving, **about, **_line(edge, largest), **label)
    return graph


def _by_group(nodes: Sequence[Node | Fold], frames: int) -> dict[tuple[str, ...], list[Node | Fold]]:
    found: dict[tuple[str, ...], list[Node | Fold]] = {}
    for node in nodes:
        found.setdefault(node.groups[:frames], []).append(node)
    return found


@contextlib.contextmanager
def _cluster(graph: Drawing, path: Sequence[str]) -> Iterator[Drawing]:
    """The frame of a neuron inside of that of its layer; Graphviz joins those that have the same name."""
    if not path:
        yield graph
        return
    name, *rest = path
    look = {"label": f"<{markup(shorten(clean(name), _LABEL))}>", "tooltip": labels.tooltip(clean(name)), **_CLUSTER}
    with graph.subgraph(name=f"cluster {clean(name)}", graph_attr=look) as frame, _cluster(frame, rest) as inside:
        yield inside


def _column(graph: Drawing, layer: str, ids: Sequence[str]) -> None:
    """Keep the neurons of a layer side by side and in order, below its name; in a frame Graphviz would shuffle them."""
    name = f"{ids[0]} layer"
    graph.node(name, shape="plaintext", style="", label=f"<{markup(shorten(clean(layer), _LABEL))}>", fontcolor=GREY)
    with graph.subgraph(graph_attr={"rank": "same"}) as column:
        for above, below in pairwise([name, *ids]):
            column.edge(above, below, style="invis")


def _grads(node: Node | Fold) -> tuple[float, ...]:
    if isinstance(node, Fold):
        return (*(node.grad or ()), *(() if node.total is None else (node.total,)))
    return () if node.grad is None else (node.grad,)


def _frame(picture: Picture, rankdir: str, is_full: bool, labelled: bool, largest: float) -> dict[str, str]:
    """The attributes of the whole: its layout, its title, and lines that say how to read it and what is folded."""
    line = markup(picture.note)
    if not line and len(picture.nodes) > 1:
        where = "∂: local derivative" if labelled else "local derivatives: point at an edge"
        steps = [share * largest for share in (-1.0, -0.2, -0.02, 0.0, 0.02, 0.2, 1.0)]
        line = labels.scale(where, "grad", largest, [signed_colour(x, largest, fullest=labels.FILL) for x in steps])
    stubs = "… in, out: edges from and to values that are left out" if picture.left_out else ""
    explanations = line, markup(picture.folded), stubs
    return labels.frame(rankdir, picture.title, *explanations, **_layout(picture, rankdir, is_full))


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


def _full_node(node: Node, largest: float, stub: str) -> Mapping[str, str]:
    look = dict(_FULL[node.kind])
    if node.kind == "constant":
        return look | {"label": number(node.data)}
    name = markup(shorten(labels.within(node.groups, node.label), _LABEL), "B")
    what = markup(WRITTEN.get(node.symbol, node.symbol) or node.kind, "I")
    rows = [
        labels.row(name, labels.small(what, GREY)) if name else labels.row(what),
        labels.row(labels.small("data"), number(node.data)),
    ]
    if node.grad is not None:
        colour = signed_colour(node.grad, largest, fullest=labels.FILL)
        rows.append(labels.row(labels.small("grad"), number(node.grad), colour))
    return look | {"label": labels.box([*rows, stub])}


def _full_edge(edge: Edge) -> Mapping[str, str]:
    if edge.count > 1:
        return {"label": f"× {edge.count:,}"}
    if edge.derivative is None:
        return {}
    words = " = ".join(filter(None, (_ratio(edge) or "∂", edge.formula)))
    return {"label": f'<{markup(words)} = <FONT COLOR="{INK}"><B>{number(edge.derivative)}</B></FONT>>'}


def _compact_node(node: Node, largest: float, _: str) -> Mapping[str, str]:
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


def _about_fold(fold: Fold) -> str:
    return labels.tooltip(
        shorten(fold.label, _HINT),
        f"{fold.count:,} values, of which {fold.parameters:,} are parameters",
        ", ".join(f"{operation} × {count:,}" for operation, count in fold.operations.items()),
        f"data from {fold.data[0]!r} to {fold.data[1]!r}",
        f"|grad| from {fold.grad[0]!r} to {fold.grad[1]!r}" if fold.grad is not None else "",
        f"sum of grad = {fold.total!r}" if fold.total is not None else "",
    )


def _about_edge(edge: Edge) -> str:
    if edge.count > 1:
        same = f", each with the local derivative {edge.derivative!r}" if edge.derivative is not None else ""
        passed = f"passed back in all = {edge.flow!r}" if edge.flow is not None else ""
        return labels.tooltip(f"{edge.count:,} edges{same}", passed)
    if edge.derivative is None:
        return "a constant: nothing flows back to it"
    return labels.tooltip(
        " = ".join(filter(None, (_ratio(edge) or "local derivative", edge.formula, repr(edge.derivative)))),
        f"passed back = {edge.flow!r}" if edge.flow is not None else "",
    )
