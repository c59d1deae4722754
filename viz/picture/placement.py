"""Where everything in the picture of a model goes: a drawing within a drawing for each layer and each neuron.

Lines enter and leave a frame at ports on its border, one for each value that comes in or goes out. Inputs stand before
the layers, and a neuron's weights in their order, each above the lane of the input that it multiplies.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from viz.picture.layered import Item, Link, Point, layered
from viz.picture.picture import Edge, Fold, Node, Picture
from viz.picture.spline import spline

__all__ = ["Placement", "placed"]

Corners = tuple[float, float, float, float]

#: Points between a frame and what is in it; above is its name.
_MARGIN, _HEAD = 10.0, 20.0
#: Points between ranks, between lines that reach the same box, and between labels of lines that leave one.
_GAP, _PITCH, _LABEL = 26.0, 11.0, 13.0


@dataclass(frozen=True)
class Placement:
    """Coordinates in points, from the lower left.

    Attributes:
        boxes: left, bottom, right and top of every node, by id.
        frames: the same of every frame, by its path of groups.
        routes: the points that each edge passes, by id.
        labels: the centre of each edge's label.
        is_across: whether values flow to the right or the left.
    """

    boxes: Mapping[str, Corners]
    frames: Mapping[tuple[str, ...], Corners]
    routes: Mapping[str, list[Point]]
    labels: Mapping[str, Point]
    is_across: bool

    def node(self, id: str) -> dict[str, str]:
        """The attributes of a node that say where it is."""
        left, low, right, high = self.boxes[id]
        return {"pos": f"{(left + right) / 2:.1f},{(low + high) / 2:.1f}"}

    def size(self, id: str) -> Point:
        """Width and height of a node."""
        left, low, right, high = self.boxes[id]
        return right - left, high - low

    def edge(self, id: str) -> dict[str, str]:
        """The attributes of an edge that say where it goes."""
        at = {"lp": "{:.1f},{:.1f}".format(*self.labels[id])} if id in self.labels else {}
        return {"pos": spline(self.routes[id], self.is_across), **at}

    def frame(self, path: tuple[str, ...], width: float) -> dict[str, str]:
        """The attributes of a frame: its corners, and the middle of its name, which is so wide."""
        left, bottom, right, top = self.frames[path]
        box = f"{left:.1f},{bottom:.1f},{right:.1f},{top:.1f}"
        return {"bb": box, "lp": f"{left + width / 2:.1f},{top - _HEAD / 2:.1f}", "margin": "0"}


@dataclass(eq=False)
class _Box(Item):
    """A frame with what is in it, or the whole."""

    is_frame: bool = True
    items: list[Item] = field(default_factory=list)
    links: dict[tuple[object, ...], tuple[Link, str]] = field(default_factory=dict)  # each with the id of its value
    ports: dict[tuple[str, str], Item] = field(default_factory=dict)  # by the way and the id of the value


def placed(
    picture: Picture, size: Callable[[Node | Fold], Point], label: Callable[[Edge], Point], rankdir: str
) -> Placement | None:
    """Place a picture that has frames; None where there is none, or where the lines between frames make a ring.

    `size` and `label` give width and height of a node and of an edge's label, in points; 0 without a label.
    """
    is_across = rankdir in ("LR", "RL")
    boxes: dict[tuple[str, ...], _Box] = {(): _Box(0.0, 0.0, is_frame=False)}
    items: dict[str, Item] = {}
    homes: dict[str, list[_Box]] = {}
    numbers: dict[Item, int] = {}
    for node, extent in zip(picture.nodes, _evened(picture, size), strict=True):
        is_fold = isinstance(node, Fold)
        groups = () if is_fold else node.groups
        paths = [groups[:depth] for depth in range(len(groups) + 1)]
        for outer, path in pairwise(paths):
            if path not in boxes:
                boxes[path] = _Box(0.0, 0.0, is_fixed=len(path) > 1)
                numbers[boxes[path]] = int(re.sub(r".*\D", "", path[-1]) or 0)
                boxes[outer].items.append(boxes[path])
        homes[node.id] = [boxes[path] for path in paths]
        items[node.id] = Item(*_turned(extent, is_across), is_fixed=is_fold)
        homes[node.id][-1].items.append(items[node.id])
    if not any(node.groups for node in picture.nodes):
        return None
    for box in boxes.values():
        if all(item in numbers for item in box.items):  # neurons in the model's order, not in that of the graph
            box.items.sort(key=lambda item: numbers[item])
    routes = {
        edge.id: _route(edge, items, homes, _turned(label(edge), is_across)) for edge in _in_reading_order(picture)
    }
    root = boxes[()]
    if not _arrange(root, is_across):
        return None
    corners = dict(_settled(root, 0.0, 0.0))
    turn = _Turn(rankdir, root.depth, root.breadth)
    frames = {path: turn.box(box, corners[box]) for path, box in boxes.items() if path}
    at = {id: turn.box(item, corners[item]) for id, item in items.items()}
    frames = {path: turn.box(box, corners[box]) for path, box in boxes.items() if path}
    ways, labels = {}, {}
    for edge in picture.edges:
        way: list[Point] = []
        for box, link in routes[edge.id]:
            way += [(along + corners[box][0], across + corners[box][1]) for along, across in link.points]
        ways[edge.id] = [turn.point(*each) for each in way]
        if routes[edge.id][-1][1].label:  # beside the level part of the line, just before it bends to its target
            wide, high = label(edge)
            x, y = ways[edge.id][-4]
            x, y = (x + wide / 2, y + high / 2) if is_across else (x + wide / 2 + 3, y)
            labels[edge.id] = (x, y) if rankdir != "RL" else (x - wide, y)
    return Placement(at, frames | _around_folds(picture, at), ways, labels, is_across)


def _around_folds(picture: Picture, at: Mapping[str, Corners]) -> dict[tuple[str, ...], Corners]:
    """A frame around the neurons of each layer that are folded, where nothing else stands between them."""
    frames: dict[tuple[str, ...], Corners] = {}
    folds = [node for node in picture.nodes if isinstance(node, Fold) and node.groups]
    for path in dict.fromkeys(fold.groups for fold in folds):
        inside = {fold.id for fold in folds if fold.groups == path}
        lefts, lows, rights, highs = zip(*(at[id] for id in inside), strict=True)
        frame = min(lefts) - _MARGIN, min(lows) - _MARGIN, max(rights) + _MARGIN, max(highs) + _HEAD
        if not any(_overlap(frame, corners) for id, corners in at.items() if id not in inside):
            frames[path] = frame
    return frames


def _overlap(one: Corners, other: Corners) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _evened(picture: Picture, size: Callable[[Node | Fold], Point]) -> list[Point]:
    """The size of every node: leaves of one layer are equally wide, and so are its other boxes."""
    sizes = [size(node) for node in picture.nodes]
    alike = [(*node.groups[:1], isinstance(node, Node) and not node.operation and node.kind) for node in picture.nodes]
    widest: dict[tuple[object, ...], float] = {}
    for (wide, _), key in zip(sizes, alike, strict=True):
        widest[key] = max(widest.get(key, 0.0), wide)
    return [
        (widest[key] if node.groups or node.kind == "leaf" else wide, high)
        for node, (wide, high), key in zip(picture.nodes, sizes, alike, strict=True)
    ]


@dataclass(frozen=True)
class _Turn:
    """From along and across the flow to Graphviz's coordinates, which go up."""

    rankdir: str
    depth: float
    breadth: float

    def point(self, along: float, across: float) -> Point:
        if self.rankdir in ("RL", "TB"):
            along = self.depth - along
        return (along, self.breadth - across) if self.rankdir in ("LR", "RL") else (across, along)

    def box(self, item: Item, corner: Point) -> Corners:
        (x0, y0), (x1, y1) = self.point(*corner), self.point(corner[0] + item.depth, corner[1] + item.breadth)
        return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def _turned(size: Point, is_across: bool) -> Point:
    return size if is_across else (size[1], size[0])


def _in_reading_order(picture: Picture) -> list[Edge]:
    """The edges by target; those of a preactivation w0, x0, w1, x1, ..., b, each input below its weight."""
    dots = {node.id for node in picture.nodes if isinstance(node, Node) and node.operation == "dot"}
    by_target: dict[str, list[Edge]] = {}
    for edge in picture.edges:
        by_target.setdefault(edge.target, []).append(edge)
    ordered: list[Edge] = []
    for target, edges in by_target.items():
        half = len(edges) // 2
        if target in dots:
            pairs = zip(edges[:half], edges[half : 2 * half], strict=True)
            edges = [*(edge for pair in pairs for edge in pair), *edges[2 * half :]]
        ordered += edges
    return ordered


def _route(
    edge: Edge, items: Mapping[str, Item], homes: Mapping[str, list[_Box]], label: Point
) -> list[tuple[_Box, Link]]:
    """The links through which an edge goes: out of its source's frames, across, and into its target's."""
    outer, inner = homes[edge.source], homes[edge.target]
    shared = sum(a is b for a, b in zip(outer, inner, strict=False))
    steps: list[tuple[_Box, Item, Item]] = []
    at: Item = items[edge.source]
    for leaving in reversed(outer[shared:]):
        steps.append((leaving, at, _port(leaving, "out", edge.source)))
        at = leaving
    box = inner[shared - 1]
    for entered in inner[shared:]:
        steps.append((box, at, entered))
        at, box = _port(entered, "in", edge.source), entered
    steps.append((box, at, items[edge.target]))
    route = []
    for within, start, end in steps:
        # All lines of one value to one frame are one link; each that reaches its node is its own, with its label.
        is_last = end is items[edge.target]
        key = (edge.source, start, edge.id if is_last else end)
        if key not in within.links:
            room = (label[0], max(10.0, label[1])) if is_last else (0.0, 10.0)
            within.links[key] = Link(start, end, 0.0, 0.0, *room), edge.source
        route.append((within, within.links[key][0]))
    return route


def _port(box: _Box, way: str, value: str) -> Item:
    return box.ports.setdefault((way, value), Item(0.0, 10.0, way))


def _arrange(box: _Box, is_across: bool) -> bool:
    """Lay out what is in `box`, the innermost frames first; say whether that can be done."""
    if not all(_arrange(item, is_across) for item in box.items if isinstance(item, _Box)):
        return False
    for end, at in (("source", "leaves"), ("target", "enters")):
        ends: dict[Item, list[tuple[Link, str]]] = {}
        for link, value in box.links.values():
            ends.setdefault(getattr(link, end), []).append((link, value))
        for item, sharing in ends.items():
            if end == "source" and sum(link.label > 0.0 for link, _ in sharing) * _LABEL > item.breadth + _LABEL:
                for link, _ in sharing:  # too many labels to stand beside each other
                    link.label = 0.0
            pitch = min(_PITCH, 0.8 * item.breadth / len(sharing))
            if end == "source":
                pitch = _LABEL if any(link.label for link, _ in sharing) else 0.0
            for place, (link, value) in enumerate(sharing):
                if isinstance(item, _Box):
                    port = item.ports["out" if end == "source" else "in", value]
                    setattr(link, at, port.across + port.breadth / 2)
                else:
                    setattr(link, at, item.breadth / 2 + pitch * (place - (len(sharing) - 1) / 2))
    links = [link for link, _ in box.links.values()]
    size = layered([*box.items, *box.ports.values()], links, _GAP)
    if size is None:
        return False
    before, after, above, below = _margins(box, is_across)
    box.depth, box.breadth = before + size[0] + after, above + size[1] + below
    for item in (*box.items, *box.ports.values()):
        item.along, item.across = item.along + before, item.across + above
    for link in links:
        link.points = [(along + before, across + above) for along, across in link.points]
        if link.source.port:
            link.points.insert(0, (0.0, link.points[0][1]))
        if link.target.port:
            link.points.append((box.depth, link.points[-1][1]))
    return True


def _margins(box: _Box, is_across: bool) -> tuple[float, float, float, float]:
    """Around what is in a frame: before and after it, the way values flow, and on its two sides; above is its name."""
    return (
        (0.0, 0.0, 0.0, 0.0)
        if not box.is_frame
        else (_MARGIN, _MARGIN, _HEAD, _MARGIN)
        if is_across
        else (_HEAD, _MARGIN, _MARGIN, _MARGIN)
    )


def _settled(box: _Box, along: float, across: float) -> Iterator[tuple[Item, Point]]:
    """Every item with its corner, in the coordinates of the whole."""
    yield box, (along, across)
    for item in box.items:
        corner = along + item.along, across + item.across
        if isinstance(item, _Box):
            yield from _settled(item, *corner)
        else:
            yield item, corner
