"""Which values share a box: neurons and layers by name, what is left by its structure, until few boxes are left.

Structure folds in steps, each coarser than the one before and made of whole boxes of it:

1. *repeats*: the same operation on the same boxes, as in a loss over many rows, and a running sum of such;
2. *leaves* that the same boxes need;
3. *chains*: boxes of which one alone feeds the next;
4. *levels*: the same operation at the same distance from the leaves;
5. *ranges* of levels, which make a few boxes out of anything.

No step makes a cycle out of a graph without one, for in each an edge leads from a lower level to a higher one.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nn import Parameter
from viz.folding.arrays import Array, Graph

__all__ = ["RANGES", "lines", "partitions"]

#: Into how many boxes a graph without any other structure is folded.
RANGES = 8
#: With more boxes than this, repeats are no help; it is also what the steps between boxes can take.
_MOST = 4000
#: So many pairs of boxes are nothing.
_TABLE = 1_000_000
#: A running sum adds terms from at most so many boxes, itself among them.
_TERMS = 4


def partitions(graph: Graph, seeds: Array) -> Iterator[Array]:
    """Yield, from the finest to the coarsest, the box of every value.

    Args:
        graph: what to fold.
        seeds: (n,) the box that a value has by name, counted from 0; -1 where its box is to be found.

    Yields:
        (n,) boxes counted from 0; those of the seeds are what they were.
    """
    boxes = _repeats(graph, seeds)
    if boxes is None:
        boxes = _numbered(np.where(seeds >= 0, seeds, seeds.max() + 1 + np.arange(len(graph))), seeds)
    else:
        yield boxes
        boxes = _leaves_together(graph, boxes, seeds)
        yield boxes
        boxes = _chains(graph, boxes, seeds)
        yield boxes
    boxes = _levels(graph, boxes, seeds)
    yield boxes
    yield _ranges(graph, seeds)


def lines(graph: Graph, boxes: Array) -> tuple[Array, Array]:
    """Return which boxes have edges between them, (pairs, 2), and for each edge of the graph its pair, -1 if inside."""
    source, target = boxes[graph.source], boxes[graph.target]
    between = source != target
    count = int(boxes.max()) + 1
    keys = target[between] * count + source[between]
    if count * count <= len(keys) + _TABLE:  # a table of all pairs is quicker than sorting
        occurs = np.bincount(keys, minlength=count * count) > 0
        pairs, places = np.flatnonzero(occurs), (np.cumsum(occurs) - 1)[keys]
    else:
        pairs, places = np.unique(keys, return_inverse=True)
    found = np.full(len(source), -1)
    found[between] = places
    return np.stack([pairs % count, pairs // count], axis=1), found


def _repeats(graph: Graph, seeds: Array) -> Array | None:
    """The same operation on the same boxes is one box; None where that makes too many."""
    boxes: list[int] = seeds.tolist()
    known: dict[object, int] = {}
    inputs: dict[int, frozenset[int]] = {}
    operations: dict[int, str] = {}
    following = int(seeds.max()) + 1
    is_only_root = len(graph.roots) == 1
    for number, value in enumerate(graph.order):
        if boxes[number] >= 0:
            continue
        operation = value.op
        key: object
        if is_only_root and number in graph.roots:
            key = None
        elif not operation:
            key = number if isinstance(value, Parameter) else str(value.label)
        else:
            needed = frozenset([boxes[parent] for parent in graph.parents[number]])
            sums = [
                box
                for box in needed
                if operations.get(box) == operation and 1 < len(needed) <= _TERMS and needed - {box} <= inputs[box]
            ]
            if sums:  # one more term of a running sum
                boxes[number] = sums[0]
                continue
            key = operation, needed
        if key not in known:
            known[key] = following
            if operation:
                operations[following], inputs[following] = operation, needed if key else frozenset()
                if len(operations) > _MOST:
                    return None
            following += 1
        boxes[number] = known[key]
    return np.array(boxes)


def _leaves_together(graph: Graph, boxes: Array, seeds: Array) -> Array:
    """Leaves that the same boxes need are one box; if that is a single one that has no name, a part of it."""
    pairs, _ = lines(graph, boxes)
    consumers: dict[int, set[int]] = {}
    for source, target in pairs.tolist():
        consumers.setdefault(source, set()).add(target)
    named = set(seeds[seeds >= 0].tolist())
    kept = named | {int(boxes[root]) for root in graph.roots}
    leaves = np.unique(boxes[graph.is_leaf & (seeds < 0)]).tolist()
    parameters = set(boxes[graph.is_parameter].tolist())
    merged = np.arange(int(boxes.max()) + 1)
    first: dict[object, int] = {}
    for leaf in leaves:
        needing = consumers.get(leaf, set())
        if len(needing) == 1 and not needing & kept:
            merged[leaf] = next(iter(needing))
        elif leaf not in kept:
            merged[leaf] = first.setdefault((frozenset(needing), leaf in parameters), leaf)
    return _numbered(merged[boxes], seeds)


def _chains(graph: Graph, boxes: Array, seeds: Array) -> Array:
    """A box that feeds one other only, and is all that this one is fed by, is a part of it."""
    pairs, _ = lines(graph, boxes)
    count = int(boxes.max()) + 1
    fed = np.bincount(pairs[:, 1], minlength=count)
    feeds = np.bincount(pairs[:, 0], minlength=count)
    kept = set(seeds[seeds >= 0].tolist()) | {int(boxes[root]) for root in graph.roots}
    merged = list(range(count))
    for source, target in pairs.tolist():
        if feeds[source] == 1 and fed[target] == 1 and source not in kept and target not in kept:
            merged[target] = source
    for box in range(count):
        way = [box]
        while merged[way[-1]] != way[-1]:
            way.append(merged[way[-1]])
        for passed in way:
            merged[passed] = way[-1]
    return _numbered(np.array(merged)[boxes], seeds)


def _levels(graph: Graph, boxes: Array, seeds: Array) -> Array:
    """Boxes that end at the same level and have the same operations are one."""
    count = int(boxes.max()) + 1
    level = np.zeros(count, dtype=np.int64)
    np.maximum.at(level, boxes, graph.level)
    occurring = np.zeros(count, dtype=np.int64)
    np.bitwise_or.at(occurring, boxes, 1 << (graph.operation % 63))  # one bit for each operation in a box
    kinds, kind = np.unique(occurring, return_inverse=True)
    key = level * (len(kinds) + 1) + kind
    if len(graph.roots) == 1:
        key[boxes[list(graph.roots)]] = -1
    above = int(seeds.max()) + 1
    return _numbered(np.where(seeds >= 0, seeds, above + 1 + key[boxes]), seeds)


def _ranges(graph: Graph, seeds: Array) -> Array:
    """As many levels to a box as make few boxes; a single end is one of its own."""
    above = int(seeds.max()) + 1
    free = seeds < 0
    root: list[int] = list(graph.roots) if len(graph.roots) == 1 else []
    free[root] = False
    low = int(graph.level[free].min(initial=0))
    high = int(graph.level[free].max(initial=0)) + 1
    step = max(1, -(-(high - low) // RANGES))
    key = np.where(seeds >= 0, seeds, above + (graph.level - low) // step)
    key[root] = np.where(seeds[root] >= 0, seeds[root], above + RANGES + 1)
    return _numbered(key, seeds)


def _numbered(boxes: Array, seeds: Array) -> Array:
    """The boxes counted without gaps; those that have names stay what they are."""
    above = int(seeds.max()) + 1
    free = seeds < 0
    found = seeds.copy()
    found[free] = above + np.unique(boxes[free], return_inverse=True)[1]
    return found
