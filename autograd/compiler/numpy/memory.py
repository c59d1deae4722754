"""The arrays behind a program's buffers, views of them, and arrays for what lies in between."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from autograd.compiler.ir.array import ArrayProgram, Op
from autograd.compiler.ir.views import Buffer, View
from autograd.compiler.numpy.calls import Array, Calls

__all__ = ["Memory"]


class Memory:
    """Arrays for a number of rows.

    Args:
        ops: whose buffers they are.
        buffers: further ones.
        rows: of a batch.
        given: arrays that stand for buffers of these names instead of new ones.

    Attributes:
        rows: how many there are.
    """

    def __init__(
        self, ops: Iterable[Op], buffers: Iterable[Buffer], rows: int, given: Mapping[str, Array] = MappingProxyType({})
    ) -> None:
        self.rows = rows
        added: set[Buffer] = set()
        found = dict.fromkeys(buffers)
        for op in ops:
            for _, at in op.reads:
                found[at.buffer] = None
            for at, accumulates in op.writes:
                found[at.buffer] = None
                if accumulates:
                    added.add(at.buffer)
        self._arrays: dict[Buffer, Array] = {
            b: given[b.name] if b.name in given else np.zeros((b.size, rows) if b.per_row else b.size) for b in found
        }
        self._settled = found.keys() - added  # what is written once: a gather from it can be kept
        self._gathered: dict[Any, Array] = {}
        self._free: dict[Any, list[Array]] = {}
        self._lent: list[Array] = []
        self._numbers: dict[str, Array] = {}

    @classmethod
    def of(cls, program: ArrayProgram, rows: int, given: Mapping[str, Array]) -> Memory:
        """The arrays of a program, its constants in place."""
        memory = cls((*program.setup, *program.forward, *program.backward), program.buffers, rows, given)
        for at, numbers in program.constants:
            if at.size:
                memory.view(at)[...] = np.array(numbers)[:, None] if at.per_row else numbers
        return memory

    def array(self, buffer: Buffer) -> Array:
        """The whole buffer, (size,) or (size, rows)."""
        return self._arrays[buffer]

    def shape(self, at: View) -> tuple[int, ...]:
        """The shape of a view's numbers, rows as the last axis."""
        return (*at.shape, self.rows) if at.per_row else at.shape

    def view(self, at: View) -> Array:
        """The numbers of a view at even steps."""
        buffer = self._arrays[at.buffer]
        if at.size == 1:
            return buffer[at.start : at.start + 1].reshape(self.shape(at))
        unit = buffer.strides[0]
        strides = (*(step * unit for step in at.steps), *buffer.strides[1:])
        return np.lib.stride_tricks.as_strided(buffer[at.start :], self.shape(at), strides)

    def read(self, at: View, calls: Calls) -> Array:
        """The numbers of any view; those of a list are gathered by a call."""
        if at.listed is None:
            return self.view(at)
        key = (at.buffer, at.listed.tobytes(), at.shape)
        if at.buffer not in self._settled:
            out = np.empty(self.shape(at))
        elif key in self._gathered:
            return self._gathered[key]
        else:
            out = self._gathered[key] = np.empty(self.shape(at))
        calls.add(self._arrays[at.buffer].take, np.ascontiguousarray(at.listed), 0, out, "clip")
        return out

    def write(self, at: View, numbers: Array, calls: Calls, *, accumulate: bool) -> None:
        """Put numbers where no view can: into listed places, or, added, into places that repeat."""
        if not accumulate:
            calls.add(operator.setitem, self._arrays[at.buffer], at.places, numbers)
            return
        repeated = tuple(axis for axis, step in enumerate(at.steps) if step == 0 and at.shape[axis] > 1)
        if repeated:
            at = View(
                at.buffer,
                at.start,
                tuple(n for axis, n in enumerate(at.shape) if axis not in repeated),
                tuple(step for axis, step in enumerate(at.steps) if axis not in repeated),
            )
            total = np.empty(self.shape(at))
            calls.add(np.add.reduce, numbers, repeated, None, total)
            numbers = total
        if not at.repeats:
            if at.listed is None:
                target = self.view(at)
                calls.add(np.add, target, numbers, target)
                return
            before = np.empty(self.shape(at))
            calls.add(self._arrays[at.buffer].take, at.listed, 0, before, "clip")
            calls.add(np.add, before, numbers, before)
            calls.add(operator.setitem, self._arrays[at.buffer], at.listed, before)
            return
        self._scatter(at, numbers, calls)

    def _scatter(self, at: View, numbers: Array, calls: Calls) -> None:
        """Add to places of which some repeat: sorted by place, and summed run by run."""
        flat = at.places.ravel()
        order = np.argsort(flat, kind="stable")
        places, starts = np.unique(flat[order], return_index=True)
        target = self._arrays[at.buffer]
        rest = target.shape[1:]
        if not numbers.flags.c_contiguous or numbers.size != flat.size * int(np.prod(rest)):
            whole = np.empty(self.shape(at))
            calls.add(np.copyto, whole, numbers)
            numbers = whole
        rows = numbers.reshape(flat.size, *rest)
        ordered, total = np.empty_like(rows), np.empty((len(places), *rest))
        calls.add(rows.take, order, 0, ordered, "clip")
        calls.add(np.add.reduceat, ordered, starts, 0, None, total)
        before = np.empty_like(total)
        calls.add(target.take, places, 0, before, "clip")
        calls.add(np.add, before, total, before)
        calls.add(operator.setitem, target, places, before)

    def number(self, number: float) -> Array:
        """A constant, an array without axes: ufuncs take those faster than floats."""
        key = repr(number)
        if key not in self._numbers:
            self._numbers[key] = np.array(number)
        return self._numbers[key]

    def row_of(self, number: float, length: int) -> Array:
        """The same constant many times."""
        key = f"{number!r} x {length}"
        if key not in self._numbers:
            self._numbers[key] = np.full(length, number)
        return self._numbers[key]

    def scratch(self, shape: tuple[int, ...], kind: type = float) -> Array:
        """An array of no meaning, for one operation; :meth:`release` gives it free again."""
        free = self._free.setdefault((shape, kind), [])
        found = free.pop() if free else np.empty(shape, kind)
        self._lent.append(found)
        return found

    def release(self) -> None:
        """All scratch arrays may be used again."""
        for array in self._lent:
            self._free[(array.shape, bool if array.dtype == bool else float)].append(array)
        self._lent.clear()
