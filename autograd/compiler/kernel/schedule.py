"""What of an array program is done once, what for every block of rows, so that a block's numbers stay in the cache.

Forward and backward half of a block run one after the other. What has rows goes there; what has none comes before
all blocks, or behind them. Sums over rows begin at 0 and add up from block to block. Where an order like
that would change what is computed, there is one block of all rows.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from autograd.calculus.expr import Name
from autograd.compiler.ir.array import ArrayProgram, Contract, Fill, Map, Op, Store
from autograd.compiler.ir.views import Buffer, View, view
from autograd.compiler.kernel.fuse import fused, without_dead_stores
from autograd.compiler.kernel.storage import GROUP

__all__ = ["Schedule", "schedule"]

#: Bytes of a block: about half of what the second cache of a core holds.
_CACHE = 256 * 1024
_FEWEST, _MOST = 32, 512
#: From so many operations on, those are carried out by tables that are no products of so many numbers.
MANY, _LARGE = 200, 2048


@dataclass(frozen=True)
class Schedule:
    """Operations in their places.

    Attributes:
        before: once, before the blocks; `each`: for every block; `after`: once, behind them.
        block: rows of a block, a multiple of eight; 0 where buffers have no axis of rows.
        buffers: with those that were added.
        in_tables: whether there are so many operations that small ones are carried out by tables.
    """

    before: tuple[Op, ...]
    each: tuple[Op, ...]
    after: tuple[Op, ...]
    block: int
    buffers: tuple[Buffer, ...]
    in_tables: bool

    @property
    def parts(self) -> list[list[tuple[bool, tuple[Op, ...]]]]:
        """The three parts, each as runs of operations: whether they are carried out by tables, and which."""
        return [
            [(tabled, tuple(run)) for tabled, run in itertools.groupby(part, self._is_tabled)]
            for part in (self.before, self.each, self.after)
        ]

    def _is_tabled(self, op: Op) -> bool:
        return self.in_tables and is_small(op)


def is_small(op: Op) -> bool:
    """Whether tables suit an operation."""
    if isinstance(op, Contract):
        return _products(op) < _LARGE
    return not (isinstance(op, Fill) and op.share)


def _products(op: Contract) -> int:
    lengths: dict[str, int] = {}
    for letters, at in zip(op.letters, (op.out, op.left, op.right), strict=True):
        lengths |= dict(zip(letters, at.shape, strict=True))
    return math.prod(lengths.values())


def schedule(program: ArrayProgram, rows: int) -> Schedule:
    """Return the schedule of a program for steps of up to `rows` rows."""
    many = len(program.setup) + len(program.forward) + len(program.backward) > MANY
    ops = _even((*program.setup, *program.forward, *program.backward), many)
    if not many:
        gradient = () if program.gradient is None else (program.gradient,)
        visible = (program.params, *program.inputs, *program.outputs, *program.seeds, *gradient, *program.slopes)
        ops = without_dead_stores(fused(ops), visible)
    buffers = dict.fromkeys(program.buffers)
    for op in ops:
        for at in (*(at for _, at in op.reads), *(at for at, _ in op.writes)):
            buffers[at.buffer] = None
    if rows == 1:
        return Schedule(tuple(ops), (), (), 0, tuple(buffers), many)
    whole = -(-rows // GROUP) * GROUP
    width = sum(buffer.size for buffer in buffers if buffer.per_row) * 8
    block = min(max(_CACHE // max(width, 1), _FEWEST), _MOST)
    if whole > block * 5 // 4:
        parts = _parted(ops)
        if parts is not None:
            count = -(-rows // block)
            block = -(-rows // count // GROUP) * GROUP
            return Schedule(*parts, block, tuple(buffers), many)
    return Schedule((), tuple(ops), (), whole, tuple(buffers), many)


def _even(ops: Sequence[Op], many: bool) -> list[Op]:
    """The same with listed views of products copied to places at even steps, and back."""
    found: list[Op] = []
    for op in ops:
        if not isinstance(op, Contract) or (many and is_small(op)):
            found.append(op)
            continue
        behind: list[Op] = []
        sides = []
        for at in (op.left, op.right, *op.addends):
            if at.listed is not None:
                room = _room(at)
                found.append(Map((("x", at),), (), (Store(room, Name("x")),)))
                at = room
            sides.append(at)
        own = replace(op, left=sides[0], right=sides[1], addends=tuple(sides[2:]))
        if op.out.listed is not None:
            room = _room(op.out)
            behind.append(Map((("x", room),), (), (Store(op.out, Name("x"), op.accumulate),)))
            own = replace(own, out=room, accumulate=False)
        found += [own, *behind]
    return found


def _room(at: View) -> View:
    """Places of their own for the numbers of a view."""
    buffer = Buffer(f"{at.buffer.name} copied", at.size, at.per_row)
    return view(buffer, np.arange(at.size).reshape(at.shape))


Parts = tuple[tuple[Op, ...], tuple[Op, ...], tuple[Op, ...]]


def _parted(ops: Sequence[Op]) -> Parts | None:
    """Operations before, in, and behind blocks of rows; None where the order forbids it."""
    before: list[Op] = []
    each: list[Op] = []
    after: list[Op] = []
    # Places without rows by the stage that wrote them last: 1 before, 2 summed over rows, 3 behind.
    stages: dict[Buffer, np.ndarray] = {}

    def stage(at: View) -> int:
        return int(stages[at.buffer][at.places].max(initial=0)) if at.buffer in stages else 0

    def mark(at: View, number: int) -> None:
        stages.setdefault(at.buffer, np.zeros(at.buffer.size, np.int8))[at.places] = number

    for op in ops:
        once = [at for at, _ in op.writes if not at.per_row]
        if not any(at.per_row for at in (*(at for _, at in op.reads), *(at for at, _ in op.writes))):
            late = any(stage(at) >= 2 for _, at in op.reads) or any(stage(at) >= 2 for at in once)
            if late:
                after.append(op)
            else:
                before.append(op)
            for at in once:
                mark(at, 3 if late else 1)
            continue
        if any(stage(at) >= 2 for _, at in op.reads if not at.per_row):
            return None  # it needs a sum over all rows
        for at, accumulate in op.writes:
            if at.per_row:
                continue
            if stage(at) == 3 or (not accumulate and stage(at) == 2):
                return None
            if not accumulate:
                before.append(Fill(at, 0.0))
            mark(at, 2)
        each.append(_adding(op))
    return tuple(before), tuple(each), tuple(after)


def _adding(op: Op) -> Op:
    """The same operation, adding up what it sums over rows."""
    if isinstance(op, Contract) and not op.out.per_row:
        return replace(op, accumulate=True)
    if isinstance(op, Map) and not all(store.out.per_row for store in op.stores):
        stores = tuple(store if store.out.per_row else replace(store, accumulate=True) for store in op.stores)
        return replace(op, stores=stores)
    return op
