"""Neighbouring maps made one: what the first computes, the second takes from a register."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from autograd.calculus.expr import Expr, Name, substitute
from autograd.compiler.ir.array import Map, Op, Store
from autograd.compiler.ir.views import Buffer, View

__all__ = ["fused", "without_dead_stores"]

#: Formulas of one loop: more would not fit in registers.
_MOST = 24


def fused(ops: Sequence[Op]) -> list[Op]:
    """Return the same operations with neighbouring maps over the same places as one, where the order allows it."""
    found: list[Op] = []
    for op in ops:
        last = found[-1] if found else None
        if isinstance(op, Map) and isinstance(last, Map) and _may_join(last, op):
            found[-1] = _joined(last, op)
        else:
            found.append(op)
    return found


def without_dead_stores(ops: Sequence[Op], visible: Sequence[View]) -> list[Op]:
    """Return the operations without what maps store in places that nobody reads.

    Args:
        ops: all that there are.
        visible: what is read by others.
    """
    live: dict[Buffer, np.ndarray] = {}

    def keep(at: View) -> None:
        live.setdefault(at.buffer, np.zeros(at.buffer.size, bool))[at.places] = True

    for at in visible:
        keep(at)
    for op in ops:
        for _, at in op.reads:
            keep(at)
        for at, accumulate in op.writes:
            if accumulate:
                keep(at)
    found: list[Op] = []
    for op in ops:
        if isinstance(op, Map):
            stores = tuple(s for s in op.stores if s.out.buffer in live and live[s.out.buffer][s.out.places].any())
            if len(stores) < len(op.stores):
                if stores:
                    found.append(replace(op, stores=stores))
                continue
        found.append(op)
    return found


def _same(a: View, b: View) -> bool:
    if a is b:
        return True
    if a.shape != b.shape or a.start != b.start:
        return False
    return a.steps == b.steps if a.listed is None and b.listed is None else bool((a.places == b.places).all())


def _apart(a: View, b: View) -> bool:
    """Whether two views of one buffer have no place in common."""
    lows, highs = zip(*((at.places.min(), at.places.max()) for at in (a, b)), strict=True)
    return bool(max(lows) > min(highs)) or not np.intersect1d(a.places, b.places).size


def _clash(a: View, b: View) -> bool:
    return a.buffer is b.buffer and not _same(a, b) and not _apart(a, b)


def _may_join(first: Map, second: Map) -> bool:
    """Whether each element of the second needs of the first's results only those of the same element."""
    if first.stores[0].out.shape != second.stores[0].out.shape:
        return False
    if len(first.given) + len(second.given) + len(first.stores) + len(second.stores) > _MOST:
        return False
    rows = [
        any(at.per_row for at in (*(at for _, at in op.reads), *(s.out for s in op.stores))) for op in (first, second)
    ]
    if rows[0] != rows[1]:
        return False
    for store in first.stores:
        for _, at in second.reads:
            if at.buffer is store.out.buffer and not _apart(at, store.out):
                sums = rows[0] and not store.out.per_row
                if sums or store.accumulate or not _same(at, store.out):
                    return False
        if any(_clash(store.out, other.out) for other in second.stores):
            return False
    return not any(_clash(at, store.out) for _, at in first.reads for store in second.stores)


def _joined(first: Map, second: Map) -> Map:
    reads: list[tuple[str, View]] = []
    given: list[tuple[str, Expr]] = []
    stores: list[Store] = []
    stored: list[tuple[View, str]] = []
    for op in (first, second):
        names: dict[str, Expr] = {}
        for name, at in op.reads:
            known = next((own for out, own in stored if out.buffer is at.buffer and _same(out, at)), "")
            known = known or next((own for own, other in reads if other.buffer is at.buffer and _same(other, at)), "")
            if not known:
                known = f"x{len(reads)}"
                reads.append((known, at))
            names[name] = Name(known)
        for name, value in op.given:
            own = f"g{len(given)}"
            given.append((own, substitute(value, names)))
            names[name] = Name(own)
        for store in op.stores:
            own = f"g{len(given)}"
            given.append((own, substitute(store.value, names)))
            stores.append(replace(store, value=Name(own)))
        if op is first:
            stored = [
                (store.out, store.value.id)
                for store in stores
                if isinstance(store.value, Name) and not store.accumulate
            ]
            stored.reverse()
    return Map(tuple(reads), tuple(given), tuple(stores))
