"""Where everything in the picture of a model goes: a drawing within a drawing for each layer and each neuron.

Lines enter and leave a frame at ports on its border, one for each value that comes in or goes out. Inputs stand before
the layers, and a neuron's weights in their order, each above the lane of the input that it multiplies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from viz.picture.layered import Item, Link, Point, layered
from viz.picture.picture import Edge, Fold, Node, Picture

__all__ = ["Placement", "placed"]

#: Points between a frame and what is in it; above is its name.
_MARGIN, _HEAD = 10.0, 20.0
#: Points between ranks, and between lines that leave or reach the same box.
_GAP, _PITCH = 34.0, 13.0


@dataclass(frozen=True)
class Placement:
    """Coordinates in points, from the lower left.

    Attributes:
        centres: of nodes, by id.
        frames: left, bottom, right and top of every frame, by its path of groups.
        routes: the points that each edge passes, by id.
        labels: the centre of each edge's label.
        size: width and height of the whole.
    """

    centres: Mapping[str, Point]
    frames: Mapping[tuple[str, ...], tuple[float, float, float, float]]
    routes: Mapping[str, list[Point]]
    labels: Mapping[str, Point]
    size: Point


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

    Args:
        picture: what to place.
        size: width and height of a node, in points.
        label: width and height of an edge's label, 0 without one.
        rankdir: which way the values flow.
    """
    is_across = rankdir in ("LR", "RL")
    boxes: dict[tuple[str, ...], _Box] = {(): _Box(0.0, 0.0, is_frame=False)}
    items: dict[str, Item] = {}
    homes: dict[str, list[_Box]] = {}
    for node in picture.nodes:
        paths = [node.groups[:depth] for depth in range(len(node.groups) + 1)]
        for outer, path in pairwise(paths):
            if path not in boxes:
                boxes[path] = _Box(0.0, 0.0)
                boxes[outer].items.append(boxes[path])
        homes[node.id] = [boxes[path] for path in paths]
        items[node.id] = Item(*_turned(size(node), is_across))
        homes[node.id][-1].items.append(items[node.id])
    if len(boxes) == 1:
        return None
    routes = {
        edge.id: _route(edge, items, homes, _turned(label(edge), is_across)) for edge in _in_reading_order(picture)
    }
    root = boxes[()]
    if not _arrange(root, is_across):
        return None
    corners = dict(_settled(root, 0.0, 0.0))
    turn = _Turn(rankdir, root.depth, root.breadth)
    frames = {path: turn.box(box, corners[box]) for path, box in boxes.items() if path}
    boxed = {id: turn.box(item, corners[item]) for id, item in items.items()}
    ways, labels = {}, {}
    for edge in picture.edges:
        way: list[Point] = []
        for box, link in routes[edge.id]:
            way += [(along + corners[box][0], across + corners[box][1]) for along, across in link.points]
        ways[edge.id] = [turn.point(*each) for each in way]
        wide, high = label(edge)
        if wide:  # beside the level part of the line, just before it bends to its target
            x, y = ways[edge.id][-4]
            x, y = (x + wide / 2, y + high / 2) if is_across else (x + wide / 2 + 3, y)
            labels[edge.id] = (x, y) if rankdir != "RL" else (x - wide, y)
    return Placement(
        {id: ((left + right) / 2, (low + high) / 2) for id, (left, low, right, high) in boxed.items()},
        frames, ways, labels, _turned((root.depth, root.breadth), is_across),
    )  # fmt: skip


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

    def box(self, item: Item, corner: Point) -> tuple[float, float, float, float]:
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
    for box in reversed(outer[shared:]):
        steps.append((box, at, _port(box, "out", edge.source)))
        at = box
    for box, following in pairwise([*inner[shared - 1 :], items[edge.target]]):
        assert isinstance(box, _Box)
        steps.append((box, at, following))
        if isinstance(following, _Box):
            at = _port(following, "in", edge.source)
    route = []
    for box, start, end in steps:
        # All lines of one value to one frame are one link; each that reaches its node is its own, with its label.
        is_last = end is items[edge.target]
        key = (edge.source, start, edge.id if is_last else end)
        if key not in box.links:
            room = (label[0], max(10.0, label[1])) if is_last else (0.0, 10.0)
            box.links[key] = Link(start, end, 0.0, 0.0, *room), edge.source
        route.append((box, box.links[key][0]))
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
        for item, links in ends.items():
            pitch = min(_PITCH, 0.8 * item.breadth / len(links)) if end == "target" or any(link.label for link, _ in links) else 0.0
            for place, (link, value) in enumerate(links):
                if isinstance(item, _Box):
                    port = item.ports["out" if end == "source" else "in", value]
                    setattr(link, at, port.across + port.breadth / 2)
                else:
                    setattr(link, at, item.breadth / 2 + pitch * (place - (len(links) - 1) / 2))
    links = [link for link, _ in box.links.values()]
    size = layered([*box.items, *box.ports.values()], links, gap=_GAP, keeps_order=_is_named(box))
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


def _is_named(box: _Box) -> bool:
    """Whether `box` holds frames alone, the neurons of a layer, which stay in their order."""
    return all(isinstance(item, _Box) for item in box.items)


def _margins(box: _Box, is_across: bool) -> tuple[float, float, float, float]:
    """Around what is in a frame: before and after it, the way values flow, and on its two sides; above is its name."""
    if not box.is_frame:
        return 0.0, 0.0, 0.0, 0.0
    return (_MARGIN, _MARGIN, _HEAD, _MARGIN) if is_across else (_HEAD, _MARGIN, _MARGIN, _MARGIN)


def _settled(box: _Box, along: float, across: float) -> Iterator[tuple[Item, Point]]:
    """Every item with its corner, in the coordinates of the whole."""
    yield box, (along, across)
    for item in box.items:
        corner = along + item.along, across + item.across
        if isinstance(item, _Box):
            yield from _settled(item, *corner)
        else:
            yield item, corner
