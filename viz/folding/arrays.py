"""A graph as arrays: what folding a million values takes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np

from autograd import Value
from nn import Parameter

__all__ = ["Array", "Graph", "graph_of"]

Array: TypeAlias = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True, eq=False)
class Graph:
    """Values by number, each after its operands, and the edges between them.

    Attributes:
        order: the values, n of them.
        source, target: (edges,) the numbers of an operand and of what was computed from it; by target, ascending.
        roots: the numbers of the ends.
        before, after: (n,) how many edges lead to a value from, and from it to, values that are left out.
    """

    order: list[Value]
    source: Array
    target: Array
    roots: frozenset[int]
    before: Array
    after: Array

    def __len__(self) -> int:
        return len(self.order)

    @cached_property
    def parents(self) -> list[list[int]]:
        """The operands of every value, repeats kept."""
        ends = np.cumsum(np.bincount(self.target, minlength=len(self))).tolist()
        sources = self.source.tolist()
        return [sources[start:end] for start, end in zip([0, *ends[:-1]], ends, strict=True)]

    @cached_property
    def operations(self) -> list[str]:
        """The operations that occur; the first is ``""``, that of leaves."""
        return list(dict.fromkeys(["", *(value.op for value in self.order)]))

    @cached_property
    def operation(self) -> Array:
        """(n,) the place of each value's operation in :attr:`operations`."""
        code = {name: place for place, name in enumerate(self.operations)}
        return np.array([code[value.op] for value in self.order], dtype=np.int64)

    @cached_property
    def is_leaf(self) -> Array:
        """(n,) whether a value is a leaf."""
        return np.asarray(self.operation == 0)

    @cached_property
    def is_parameter(self) -> Array:
        """(n,) whether a value is a parameter."""
        return np.array([isinstance(value, Parameter) for value in self.order], dtype=bool)

    @cached_property
    def data(self) -> Array:
        """(n,) the numbers."""
        return np.array([value.data for value in self.order], dtype=float)

    @cached_property
    def grad(self) -> Array:
        """(n,) the gradients."""
        return np.array([value.grad for value in self.order], dtype=float)

    @cached_property
    def partial(self) -> Array:
        """(edges,) the local derivatives."""
        inside = set(self.order) if self.before.any() else None
        found: list[float] = []
        for value in self.order:
            if inside is None:
                found += value.partials
            else:
                found += [d for parent, d in zip(value.parents, value.partials, strict=True) if parent in inside]
        return np.array(found, dtype=float)

    @cached_property
    def flow(self) -> Array:
        """(edges,) what ``backward()`` sent along each; where the gradient or the derivative is 0, nothing."""
        arriving = self.grad[self.target]
        with np.errstate(all="ignore"):
            return np.where((arriving == 0.0) | (self.partial == 0.0), 0.0, arriving * self.partial)

    @cached_property
    def level(self) -> Array:
        """(n,) the longest way from a leaf to each value; a leaf is one level below the first that needs it."""
        found: list[int] = []
        for parents in self.parents:
            found.append(1 + max([found[parent] for parent in parents]) if parents else 0)
        level = np.array(found, dtype=np.int64)
        first = np.full(len(self), np.iinfo(np.int64).max)
        np.minimum.at(first, self.source, level[self.target] - 1)
        is_first = np.bincount(self.target, minlength=len(self)) == 0
        return np.where(is_first & (first < np.iinfo(np.int64).max), first, level)

    def only(self, kept: Array) -> Graph:
        """Return the part of the graph in which the values of `kept` are, (n,) booleans."""
        places = np.cumsum(kept) - 1
        inside = kept[self.source] & kept[self.target]
        entering, leaving = (~kept[self.source]) & kept[self.target], kept[self.source] & (~kept[self.target])
        return Graph(
            [value for value, is_kept in zip(self.order, kept.tolist(), strict=True) if is_kept],
            places[self.source[inside]],
            places[self.target[inside]],
            frozenset(int(places[root]) for root in self.roots if kept[root]),
            np.bincount(self.target[entering], minlength=len(self))[kept],
            np.bincount(self.source[leaving], minlength=len(self))[kept],
        )


def graph_of(order: list[Value], roots: list[Value]) -> Graph:
    """Return the arrays of a graph.

    Args:
        order: its values, each after its operands.
        roots: its ends.

    >>> a = Value(2.0)
    >>> graph = graph_of([a, b := a * a], [b])
    >>> graph.source.tolist(), graph.target.tolist()
    ([0, 0], [1, 1])
    """
    index = {value: number for number, value in enumerate(order)}
    source: list[int] = []
    counts: list[int] = []
    for value in order:
        parents = value.parents
        source += [index[parent] for parent in parents]
        counts.append(len(parents))
    nothing = np.zeros(len(order), dtype=np.int64)
    return Graph(
        order,
        np.array(source, dtype=np.int64),
        np.repeat(np.arange(len(order)), counts),
        frozenset(index[root] for root in roots),
        nothing,
        nothing,
    )
