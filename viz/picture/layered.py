"""A layered drawing of boxes and lines (Sugiyama, Tagawa and Toda 1981), values flowing along one axis.

Boxes stand in ranks by the longest way from an operand; a line that passes a rank has a lane of its own there, so no
line ever runs behind a box. Few crossings by barycentres; then lanes and boxes move across until lines are level.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

__all__ = ["Item", "Link", "layered"]

Point = tuple[float, float]

#: Points between neighbours across the flow, when the lower one is a box and when it is a lane.
_GAP, _LANE_GAP, _LANE = 12.0, 6.0, 10.0
_ROUNDS = 12


@dataclass(eq=False)
class Item:
    """A box, or a port on the border of the box around it.

    Attributes:
        depth, breadth: its extent along the flow and across it, in points.
        port: ``"in"`` or ``"out"`` for a port, else ``""``.
        is_fixed: whether it keeps its place among those of its rank that do.
        along, across: its corner; set by :func:`layered`.
    """

    depth: float
    breadth: float
    port: str = ""
    is_fixed: bool = False
    along: float = 0.0
    across: float = 0.0


@dataclass(eq=False)
class Link:
    """A line between two items.

    Attributes:
        source, target: its ends.
        leaves, enters: where on the breadth of either it does so.
        label: how much room along the flow its label takes, just before the target.
        lane: the breadth of its lane where it passes a rank.
        points: its way; set by :func:`layered`.
    """

    source: Item
    target: Item
    leaves: float
    enters: float
    label: float = 0.0
    lane: float = _LANE
    points: list[Point] = field(default_factory=list)


@dataclass(eq=False)
class _Cell:
    """What stands in a rank: an item, or the lane of a line that passes."""

    item: Item | None
    breadth: float
    rank: int
    place: int = 0
    across: float = 0.0
    ins: list[_Segment] = field(default_factory=list)
    outs: list[_Segment] = field(default_factory=list)


@dataclass(eq=False)
class _Segment:
    """The part of a line between two neighbouring ranks."""

    a: _Cell
    b: _Cell
    leaves: float
    enters: float
    weight: float


def layered(items: Sequence[Item], links: Sequence[Link], gap: float) -> Point | None:
    """Place `items`, route `links`; return depth and breadth of the whole, None where the links make a ring.

    Args:
        items: those of one rank start in this order.
        links: those into one item start in this order.
        gap: the least room between two ranks, in points.
    """
    ranks = _ranks(items, links)
    if ranks is None:
        return None
    cells = {item: _Cell(item, item.breadth, ranks[item]) for item in items}
    chains = [_chain(link, cells) for link in links]
    columns = _ordered([*cells.values(), *(c for chain in chains for c in chain[1:-1])], items)
    _place(columns)
    return _spread(columns, links, chains, gap)


def _ranks(items: Sequence[Item], links: Sequence[Link]) -> dict[Item, int] | None:
    after: dict[Item, list[Item]] = {item: [] for item in items}
    waiting = dict.fromkeys(items, 0)
    for link in links:
        after[link.source].append(link.target)
        waiting[link.target] += 1
    ranks = dict.fromkeys(items, 0)
    starts = [item for item in items if not waiting[item]]
    ready, done = list(starts), 0
    while ready:
        item = ready.pop()
        done += 1
        for following in after[item]:
            ranks[following] = max(ranks[following], ranks[item] + 1)
            waiting[following] -= 1
            if not waiting[following]:
                ready.append(following)
    if done < len(items):
        return None
    for item in starts:  # a leaf stands just before the first that uses it
        ranks[item] = min((ranks[following] for following in after[item]), default=ranks[item] + 1) - 1
    inner = [ranks[item] for item in items if not item.port] or [0]
    ranks |= {item: min(inner) - 1 if item.port == "in" else max(inner) + 1 for item in items if item.port}
    first = min(ranks.values(), default=0)
    return {item: rank - first for item, rank in ranks.items()}


def _chain(link: Link, cells: dict[Item, _Cell]) -> list[_Cell]:
    first, last = cells[link.source], cells[link.target]
    chain = [first, *(_Cell(None, link.lane, rank) for rank in range(first.rank + 1, last.rank)), last]
    for a, b in pairwise(chain):
        leaves = link.leaves if a.item else link.lane / 2
        enters = link.enters if b.item else link.lane / 2
        segment = _Segment(a, b, leaves, enters, 1.0 if a.item or b.item else 8.0)
        a.outs.append(segment)
        b.ins.append(segment)
    return chain


def _ordered(cells: Sequence[_Cell], items: Sequence[Item]) -> list[list[_Cell]]:
    """The ranks, each in an order of few crossings."""
    columns: list[list[_Cell]] = [[] for _ in range(max((cell.rank for cell in cells), default=-1) + 1)]
    # To begin with as a reader would draw it: from the results back to their operands, in their order.
    seen: set[_Cell] = set()
    for end in cells:
        stack = [end] if not end.outs else []
        while stack:
            cell = stack.pop()
            if cell not in seen:
                seen.add(cell)
                columns[cell.rank].append(cell)
                stack += [segment.a for segment in reversed(cell.ins)]
    order = {item: place for place, item in enumerate(items) if item.is_fixed}

    def numbered(column: list[_Cell]) -> None:
        kept = sorted((order[cell.item], cell.place, cell) for cell in column if cell.item in order)
        following = iter(cell for _, _, cell in kept)
        column[:] = [next(following) if cell.item in order else cell for cell in column]
        for place, cell in enumerate(column):
            cell.place = place

    for column in columns:
        numbered(column)
    best, fewest = [list(column) for column in columns], _crossings(columns)
    for turn in range(_ROUNDS if fewest else 0):
        for column in columns if turn % 2 == 0 else reversed(columns):
            column.sort(key=_centre(turn % 2 == 0))
            numbered(column)
        if (count := _crossings(columns)) < fewest:
            best, fewest = [list(column) for column in columns], count
    for column in best:
        for place, cell in enumerate(column):
            cell.place = place
    return best


def _centre(is_forward: bool) -> Callable[[_Cell], float]:
    def centre(cell: _Cell) -> float:
        if is_forward:
            places = [s.a.place + s.leaves / max(s.a.breadth, 1.0) for s in cell.ins]
        else:
            places = [s.b.place + s.enters / max(s.b.breadth, 1.0) for s in cell.outs]
        return sum(places) / len(places) if places else cell.place + 0.5

    return centre


def _crossings(columns: Iterable[list[_Cell]]) -> int:
    count = 0
    for column in columns:
        before: list[float] = []
        for cell in column:
            ends = sorted(s.b.place + s.enters / max(s.b.breadth, 1.0) for s in cell.outs)
            count += sum(len(before) - bisect_left(before, end + 1e-9) for end in ends)
            for end in ends:
                insort(before, end)
    return count


def _place(columns: Sequence[list[_Cell]]) -> None:
    for column in columns:
        across = 0.0
        for cell in column:
            cell.across = across
            across += cell.breadth + _space(cell)
        for cell in column:
            cell.across -= across / 2
    for turn in range(_ROUNDS):
        is_last = turn >= _ROUNDS - 2
        for column in columns if turn % 2 == 0 else reversed(columns):
            _level(column, is_last or turn % 2 == 0, is_last or turn % 2 == 1)


def _space(cell: _Cell) -> float:
    return _GAP if cell.item and not cell.item.port else _LANE_GAP


def _level(column: Sequence[_Cell], by_ins: bool, by_outs: bool) -> None:
    """Move a rank's cells to where their lines are level, as nearly as their order and size allow.

    Least squares with an order to keep, by pooling neighbours that would overtake each other (Ayer et al. 1955).
    """
    blocks: list[list[float]] = []  # sum, weight, count
    below: list[float] = []
    offset = 0.0
    for cell in column:
        pulls = [(s.weight, s.a.across + s.leaves - s.enters) for s in cell.ins] if by_ins else []
        pulls += [(s.weight, s.b.across + s.enters - s.leaves) for s in cell.outs] if by_outs else []
        pulls = pulls or [(0.01, cell.across)]
        weight = sum(w for w, _ in pulls)
        block = [sum(w * goal for w, goal in pulls) - weight * offset, weight, 1]
        while blocks and blocks[-1][0] / blocks[-1][1] > block[0] / block[1]:
            block = [x + y for x, y in zip(blocks.pop(), block, strict=True)]
        blocks.append(block)
        below.append(offset)
        offset += cell.breadth + _space(cell)
    starts = [total / weight for total, weight, count in blocks for _ in range(int(count))]
    for cell, start, after in zip(column, starts, below, strict=True):
        cell.across = start + after


def _spread(columns: Sequence[list[_Cell]], links: Sequence[Link], chains: Sequence[list[_Cell]], gap: float) -> Point:
    """Give ranks their places along the flow, with room between them for labels and for bends."""
    everything = [cell for column in columns for cell in column]
    first = min((cell.across for cell in everything), default=0.0)
    breadth = max((cell.across + cell.breadth for cell in everything), default=0.0) - first
    labels = [0.0] * len(columns)
    for link, chain in zip(links, chains, strict=True):
        labels[chain[-1].rank] = max(labels[chain[-1].rank], link.label)
    starts, ends, along = [], [], 0.0
    for rank, column in enumerate(columns):
        depth = max((cell.item.depth for cell in column if cell.item), default=0.0)
        if rank:
            along += _between(columns[rank - 1], column, gap) + labels[rank]
        starts.append(along)
        along += depth
        ends.append(along)
        for cell in column:
            cell.across -= first
            if cell.item:
                cell.item.along, cell.item.across = starts[-1] + (depth - cell.item.depth) / 2, cell.across
    for link, chain in zip(links, chains, strict=True):
        source, target = link.source, link.target
        out, into = source.across + link.leaves, target.across + link.enters
        points = [(source.along + source.depth, out), (ends[chain[0].rank], out)]
        for cell in chain[1:-1]:
            points += [(starts[cell.rank], cell.across + link.lane / 2), (ends[cell.rank], cell.across + link.lane / 2)]
        last = points[-1]
        if labels[chain[-1].rank]:  # level as long as the label is
            points.append((last[0] + labels[chain[-1].rank], last[1]))
        link.points = [*points, (starts[chain[-1].rank], into), (target.along, into)]
    return ends[-1] if ends else 0.0, breadth


def _between(column: Sequence[_Cell], following: Sequence[_Cell], gap: float) -> float:
    """The steeper the lines between two ranks, the more room they get; next to a border they need less."""
    steepest = max((abs(s.a.across + s.leaves - s.b.across - s.enters) for c in column for s in c.outs), default=0.0)
    at_border = any(all(c.item and c.item.port for c in side) for side in (column, following))
    return min(gap, 12.0 + 0.25 * steepest) if at_border else min(8 * gap, gap + 0.15 * steepest)
