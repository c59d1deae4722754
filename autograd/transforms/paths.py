"""Where a gradient comes from: the paths from a root back to a leaf, strongest first.

The chain rule is a sum over paths: each path contributes the product of the local derivatives on its edges, and the
gradient is what all of them add up to. There are usually far too many to list (200 doublings make 2**200), but the
strongest few, the number of all, and what the others add up to each take one sweep over the graph: a path that is among
the strongest at a node was among the strongest at the node before it.
"""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from autograd.calculus.notation import number
from autograd.calculus.table import RULES
from autograd.errors import GraphError, OperandError
from autograd.graph import topological_order
from autograd.value import Value

__all__ = ["Path", "Trace", "passed_on", "total", "trace_gradient"]

#: The longest chain of names and of factors that is written out in full.
_SHOWN = 8


class Path(NamedTuple):
    """One way from a root back to a leaf.

    Attributes:
        nodes: the Values on it, the root first, the leaf last.
        partials: the local derivative on each edge, one fewer than there are nodes.
        product: of the partials: what this path contributes to the gradient.
    """

    nodes: tuple[Value, ...]
    partials: tuple[float, ...]
    product: float

    def __str__(self) -> str:
        first, *rest = map(number, self.partials or (1.0,))
        factors = " × ".join(_abridged([first, *(f"({x})" if x[0] == "−" else x for x in rest)]))
        return f"{number(self.product)} = {factors}   along {' ← '.join(_abridged([*map(_name, self.nodes)]))}"


@dataclass(frozen=True)
class Trace:
    """The gradient of a root with respect to a leaf, taken apart.

    Attributes:
        root, leaf: the ends.
        gradient: d root / d leaf, as ``backward()`` finds it.
        count: how many paths there are, exactly.
        paths: the strongest, by the size of their products, largest first.
        remainder: what the paths that are not listed add up to; exactly 0.0 if all are listed.

    ``math.fsum`` of the products and the remainder is the gradient, to rounding.
    """

    root: Value
    leaf: Value
    gradient: float
    count: int
    paths: tuple[Path, ...]
    remainder: float

    def __iter__(self) -> Iterator[Path]:
        return iter(self.paths)

    def __len__(self) -> int:
        return len(self.paths)

    def __str__(self) -> str:
        lines = [
            f"d {_name(self.root)} / d {_name(self.leaf)} = {number(self.gradient)}, the sum of {_many(self.count)}"
        ]
        lines += [f"  {path}" for path in self.paths]
        if hidden := self.count - len(self.paths):
            lines.append(f"  {number(self.remainder)} from {_many(hidden)} more")
        return "\n".join(lines)


def trace_gradient(leaf: Value, root: Value, k: int = 10) -> Trace:
    """Return the `k` strongest paths from `root` back to `leaf`, and what all the others add up to.

    Time and memory grow with the number of edges times `k`, never with the number of paths. As in ``backward()``, a
    derivative of 0 on a path makes its product 0, whatever else lies on it. No ``grad`` is read or changed.

    Args:
        leaf: the Value whose gradient is asked about; it may also be computed from others.
        root: the Value to differentiate.
        k: how many paths to list.

    Raises:
        GraphError: `root` does not depend on `leaf`.
        OperandError: an argument of another type.

    >>> a, b = Value(2.0, label="a"), Value(3.0, label="b")
    >>> c = a * b + a * a
    >>> c.label = "c"
    >>> print(trace_gradient(a, c, k=2))
    d c / d a = 7, the sum of 3 paths
      3 = 1 × 3   along c ← * ← a
      2 = 1 × 2   along c ← * ← a
      2 from 1 path more
    """
    _check(leaf, root, k)
    order = topological_order(root)
    tangents = _tangents(leaf, order)
    if root not in tangents:
        raise GraphError(
            f"{root!r} does not depend on {leaf!r}: no path leads from one to the other; give a value that the root "
            "was computed from, and that same object, not another Value with the same number"
        )
    gradient, count, best = _sweep(leaf, root, order, tangents, k)
    return Trace(root, leaf, gradient, count, tuple(map(_path, best)), _remainder(best, tangents))


def passed_on(adjoint: float, partial: float) -> float:
    """Return what an adjoint passes on over an edge; as in ``backward()``, where either is 0 nothing passes.

    >>> passed_on(2.0, 3.0), passed_on(0.0, math.inf)
    (6.0, 0.0)
    """
    return adjoint * partial if adjoint and partial else 0.0


def total(terms: Sequence[float]) -> float:
    """Return the sum, rounded once; infinities of both signs make nan, as IEEE-754 has it.

    >>> total([0.1] * 10), total([math.inf, -math.inf])
    (1.0, nan)
    """
    try:
        return math.fsum(terms)
    except (OverflowError, ValueError):
        return sum(terms)


#: A path from the root as far as one node: (product, node, index of the edge that led there, the path before it).
_Prefix: TypeAlias = "tuple[float, Value, int, _Prefix | None]"


def _tangents(leaf: Value, order: list[Value]) -> dict[Value, float]:
    """For every value that depends on `leaf`, its derivative with respect to it: all the paths between them."""
    tangents = {leaf: 1.0}
    for node in order:
        if node is not leaf and not tangents.keys().isdisjoint(node.parents):
            edges = zip(node.parents, node.partials, strict=True)
            tangents[node] = sum(
                passed_on(partial, tangents[parent]) for parent, partial in edges if parent in tangents
            )
    return tangents


def _sweep(
    leaf: Value, root: Value, order: list[Value], tangents: dict[Value, float], k: int
) -> tuple[float, int, list[_Prefix]]:
    """Walk from `root` back to `leaf`: the gradient, the number of paths, and the strongest of them."""
    adjoints = defaultdict(float, {root: 1.0})
    counts = defaultdict(int, {root: 1})
    prefixes: defaultdict[Value, list[_Prefix]] = defaultdict(list, {root: [(1.0, root, -1, None)]})
    for node in reversed(order):
        if node is leaf or node not in tangents:
            continue
        # What is complete is taken out, so only the front of the sweep is kept.
        adjoint, count, best = (
            adjoints.pop(node),
            counts.pop(node),
            heapq.nlargest(k, prefixes.pop(node), key=_strength),
        )
        for index, (parent, partial) in enumerate(zip(node.parents, node.partials, strict=True)):
            if parent in tangents:
                adjoints[parent] += passed_on(adjoint, partial)
                counts[parent] += count
                prefixes[parent] += [(passed_on(prefix[0], partial), parent, index, prefix) for prefix in best]
    return adjoints[leaf], counts[leaf], heapq.nlargest(k, prefixes[leaf], key=_strength)


def _remainder(best: list[_Prefix], tangents: dict[Value, float]) -> float:
    """Add up the paths that leave the listed ones, each where it leaves: no large numbers are subtracted for it."""
    taken: dict[int, tuple[_Prefix, set[int]]] = {}
    for end in best:
        prefix = end
        while (before := prefix[3]) is not None:
            taken.setdefault(id(before), (before, set()))[1].add(prefix[2])
            prefix = before
    leaving = [
        passed_on(passed_on(product, partial), tangents[parent])
        for (product, node, _, _), edges in taken.values()
        for index, (parent, partial) in enumerate(zip(node.parents, node.partials, strict=True))
        if index not in edges and parent in tangents
    ]
    return total(leaving)


def _path(end: _Prefix) -> Path:
    nodes, partials = [end[1]], []
    prefix = end
    while (before := prefix[3]) is not None:
        partials.append(before[1].partials[prefix[2]])
        nodes.append(before[1])
        prefix = before
    return Path(tuple(reversed(nodes)), tuple(reversed(partials)), end[0])


def _strength(prefix: _Prefix) -> float:
    size = abs(prefix[0])
    return size if size == size else math.inf  # a nan is what one looks for first


def _name(value: Value) -> str:
    return value.label or (RULES[value.op].symbol or value.op if value.op in RULES else value.op or number(value.data))


def _many(count: int) -> str:
    if count >= 10**6:
        return f"about 10^{len(str(count)) - 1} paths"
    return f"{count} path{'' if count == 1 else 's'}"


def _abridged(words: list[str]) -> list[str]:
    if len(words) <= _SHOWN:
        return words
    half = _SHOWN // 2
    return [*words[:half], f"… {len(words) - 2 * half} more …", *words[-half:]]


def _check(leaf: Value, root: Value, k: int) -> None:
    for name, value in (("leaf", leaf), ("root", root)):
        if not isinstance(value, Value):
            raise OperandError(f"{name} must be a Value, got {type(value).__name__}: trace_gradient(leaf, root)")
    if isinstance(k, bool) or not isinstance(k, int) or k < 1:
        raise OperandError(f"k, how many paths to list, must be an integer of at least 1, got {k!r}")
