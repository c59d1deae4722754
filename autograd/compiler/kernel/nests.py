"""Maps, reductions and fills as loops: over the places of their views, and innermost over rows, a vector at a time."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace

from autograd.compiler.ir.array import Fill, Map, Reduce
from autograd.compiler.ir.views import View
from autograd.compiler.kernel.formulas import evaluate
from autograd.compiler.kernel.lanes import Lanes
from autograd.compiler.kernel.storage import GROUP, Storage
from autograd.compiler.kernel.writer import Name, Writer

__all__ = ["Nests"]


@dataclass(frozen=True)
class _Access:
    """An element of a view, where the loops around are: its address, and whether neighbours follow along the lanes."""

    pointer: Name
    along: bool

    def at(self, writer: Writer, lane: Name | int) -> Name:
        return writer.at(self.pointer, lane) if self.along else self.pointer

    def load(self, v: Lanes, lane: Name | int) -> Name:
        address = self.at(v.writer, lane)
        return v.load(address) if self.along or v.width == 1 else v.spread(address)


class Nests:
    """Writes operations as loops.

    Args:
        writer: where to.
        storage: where the numbers stand.
        rows: how many rows are computed, filled up to whole groups.
        count: how many of these are real.
        share: one over the number of rows of the whole step, a double.
    """

    def __init__(self, writer: Writer, storage: Storage, rows: Name, count: Name, share: Name) -> None:
        self._writer, self._storage, self._rows, self._count, self._share = writer, storage, rows, count, share

    def map(self, op: Map) -> None:
        """Write a map; what has rows and goes to a place without is summed over them."""
        views = [*(at for _, at in op.reads), *(store.out for store in op.stores)]
        if any(self._storage.has_rows(at) for at in views):
            self._map_rows(op)
            return
        views = _collapsed(views)
        shape, reads, outs = views[0].shape, views[: len(op.reads)], views[len(op.reads) :]
        last = shape[-1] if shape else 1
        even = all(at.listed is None and at.steps[-1:] in ((0,), (1,)) for at in views)
        even = even and last > 1 and all(at.steps[-1] == 1 for at in outs)
        with ExitStack() as loops:
            counters = [loops.enter_context(self._writer.loop(0, length)) for length in shape[:-1]]
            for start, stop, width in _strips(last, even):
                v = Lanes(self._writer, width)
                with self._writer.loop(start, stop, width) as lane:
                    places = [*counters, lane] if shape else []
                    own = [_Access(self._address(at, places), even and at.steps[-1] == 1) for at in views]
                    names = {name: each.load(v, 0) for (name, _), each in zip(op.reads, own[: len(reads)], strict=True)}
                    values = self._values(v, op, names)
                    for store, value, each in zip(op.stores, values, own[len(reads) :], strict=True):
                        old = v.add(v.load(each.pointer), value) if store.accumulate else value
                        v.store(old, each.pointer)

    def _values(self, v: Lanes, op: Map, names: dict[str, Name]) -> list[Name]:
        for name, formula in op.given:
            names[name] = evaluate(v, formula, names)
        return [evaluate(v, store.value, names) for store in op.stores]

    def _map_rows(self, op: Map) -> None:
        views = _collapsed([*(at for _, at in op.reads), *(store.out for store in op.stores)])
        outs = views[len(op.reads) :]
        v = Lanes(self._writer, GROUP)
        with ExitStack() as loops:
            counters = [loops.enter_context(self._writer.loop(0, length)) for length in views[0].shape]
            own = [self._access(at, counters) for at in views]
            reads, targets = own[: len(op.reads)], own[len(op.reads) :]
            fixed = {name: each.load(v, 0) for (name, _), each in zip(op.reads, reads, strict=True) if not each.along}
            summed = [i for i, at in enumerate(outs) if not self._storage.has_rows(at)]
            carried = [(v.kind, v.number(0.0)) for _ in summed]
            with self._writer.counted("0", self._rows, GROUP, carried) as (row, sums, following):
                names = {name: each.load(v, row) for (name, _), each in zip(op.reads, reads, strict=True) if each.along}
                values = self._values(v, op, {**fixed, **names})
                for i, store in enumerate(op.stores):
                    if i not in summed:
                        address = targets[i].at(self._writer, row)
                        v.store(v.add(v.load(address), values[i]) if store.accumulate else values[i], address)
                following += [v.add(total, values[i]) for total, i in zip(sums, summed, strict=True)]
            one = Lanes(self._writer, 1)
            for total, i in zip(following, summed, strict=True):
                value, address = v.total(total), targets[i].pointer
                one.store(one.add(one.load(address), value) if op.stores[i].accumulate else value, address)

    def reduce(self, op: Reduce) -> None:
        """Write a reduction along the last axis."""
        views = [at for _, at in op.reads]
        length, writer = views[0].shape[-1], self._writer
        rows = any(self._storage.has_rows(at) for at in (*views, op.out))
        even = not rows and all(at.listed is None and at.steps[-1] in (0, 1) for at in views)
        with ExitStack() as loops:
            counters = [loops.enter_context(writer.loop(0, n)) for n in op.out.shape]
            target = self._access(op.out, counters)
            if rows:
                v = Lanes(writer, GROUP)
                row = loops.enter_context(writer.loop("0", self._rows, GROUP))
                found = self._reduced(v, op, [(0, length)], counters, row, even)
                v.store(found, target.at(writer, row))
                return
            found, wide, one = "", Lanes(writer, 4), Lanes(writer, 1)
            if even and length >= wide.width:
                whole = length - length % wide.width
                parts = self._reduced(wide, op, [(0, whole)], counters, 0, even)
                found = wide.total(parts) if op.kind == "sum" else _largest(wide, parts)
                rest = [(whole, length)] if whole < length else []
            else:
                rest = [(0, length)]
            if rest:
                other = self._reduced(one, op, rest, counters, 0, even)
                found = self._joined(one, op, found, other) if found else other
            one.store(found, target.pointer)

    def _reduced(
        self,
        v: Lanes,
        op: Reduce,
        reach: Sequence[tuple[int, int]],
        counters: Sequence[Name],
        row: Name | int,
        even: bool,
    ) -> Name:
        """The reduction of a range of elements; the lanes go along rows if there are any, else along the elements."""
        ((start, stop),) = reach
        step = v.width if even else 1
        first = v.number(0.0 if op.kind == "sum" else -math.inf)
        with self._writer.counted(str(start), str(stop), step, [(v.kind, first)]) as (turn, (total,), following):
            names = {}
            for name, at in op.reads:
                along = self._storage.has_rows(at) or (even and at.steps[-1] == 1)
                access = _Access(self._address(at, [*counters, turn]), along)
                names[name] = access.load(v, row)
            following.append(self._joined(v, op, total, evaluate(v, op.value, names)))
        return following[0]

    @staticmethod
    def _joined(v: Lanes, op: Reduce, total: Name, value: Name) -> Name:
        if op.kind == "sum":
            return v.add(total, value)
        return v.select(v.either(v.compare("oge", total, value), v.compare("uno", total, total)), total, value)

    def fill(self, op: Fill) -> None:
        """Write a fill; a share of the rows goes to real rows only, so that no other one counts."""
        at, rows = op.out, self._storage.has_rows(op.out)
        v = Lanes(self._writer, GROUP if rows else 1)
        with ExitStack() as loops:
            counters = [loops.enter_context(self._writer.loop(0, length)) for length in at.shape]
            access = self._access(at, counters)
            value = v.number(op.number)
            if op.share:
                value = v.mul(value, v.of(self._share))
            if not rows:
                v.store(value, access.pointer)
                return
            row = loops.enter_context(self._writer.loop("0", self._rows, GROUP))
            if op.share:
                value = v.select(v.below(row, self._count), value, v.number(0.0))
            v.store(value, access.at(self._writer, row))

    def mean(self, at: View, total: Name) -> Name:
        """Add the real rows of a number to a total."""
        v = Lanes(self._writer, GROUP)
        access = self._access(at, ["0"] * len(at.shape))
        with self._writer.counted("0", self._rows, GROUP, [(v.kind, v.number(0.0))]) as (row, (own,), following):
            value = access.load(v, row)
            following.append(v.add(own, v.select(v.below(row, self._count), value, v.number(0.0))))
        return Lanes(self._writer, 1).add(total, v.total(following[0]))

    def _access(self, at: View, counters: Sequence[Name]) -> _Access:
        return _Access(self._address(at, counters), self._storage.has_rows(at))

    def _address(self, at: View, counters: Sequence[Name | int]) -> Name:
        return self._storage.address(self._writer, at, counters)


def _largest(v: Lanes, values: Name) -> Name:
    """The largest of all lanes; nan if one is."""
    return v.writer.call("double", f"llvm.vector.reduce.fmaximum.v{v.width}f64", [(v.kind, values)])


def _strips(length: int, even: bool) -> Iterator[tuple[int, int, int]]:
    """A length in strips: from, to, and how many numbers at once."""
    start, width = 0, GROUP if even else 1
    while start < length:
        stop = length - (length - start) % width
        if start < stop:
            yield start, stop, width
            start = stop
        width //= 2


def _collapsed(views: Sequence[View]) -> list[View]:
    """The same views with fewer axes, where neighbouring axes of all of them are one."""
    views = list(views)
    axis = len(views[0].shape) - 1
    while axis > 0:
        inner = views[0].shape[axis]
        if all(
            at.listed is not None or at.steps[axis - 1] == at.steps[axis] * inner or at.shape[axis - 1] == 1
            for at in views
        ):
            views = [_merged(at, axis) for at in views]
        axis -= 1
    return views


def _merged(at: View, axis: int) -> View:
    shape = (*at.shape[: axis - 1], at.shape[axis - 1] * at.shape[axis], *at.shape[axis + 1 :])
    if at.listed is not None:
        return replace(at, shape=shape, listed=at.listed.reshape(shape))
    return replace(at, shape=shape, steps=(*at.steps[: axis - 1], *at.steps[axis:]))
