"""Where the numbers of an array program stand in memory: one block of it, every buffer at its own distance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.compiler.ir.views import Buffer, View
from autograd.compiler.kernel.writer import Name, Writer

__all__ = ["Storage"]

#: Doubles in a line of the cache; a group of rows is never smaller, and the last one is filled up.
GROUP = 8


class Storage:
    """The layout of some buffers.

    Args:
        buffers: what is stored.
        block: how many rows are stored at a time, a multiple of eight; 0 where a row is all there is, and no buffer has
            an axis of rows.
        states: buffers that stand elsewhere, at the address ``%states``, one behind the other.

    Attributes:
        size: in doubles.
        stride: the distance between neighbouring places of a buffer with rows.
    """

    def __init__(self, buffers: Sequence[Buffer], block: int, states: Sequence[Buffer] = ()) -> None:
        self.block = block
        # An odd number of cache lines: places at distances of powers of two would share few lines of the cache.
        self.stride = block + GROUP * (block // GROUP % 2 == 0) if block else 1
        self._start: dict[Buffer, int] = {}
        self._states = frozenset(states)
        self.size = 0
        for buffer in states:
            self._start[buffer] = self.size
            self.size += buffer.size
        self.size = 0
        for buffer in dict.fromkeys(buffers):
            if buffer in self._states:
                continue
            self._start[buffer] = self.size
            self.size += -(-buffer.size * self.unit(buffer) // GROUP) * GROUP

    def has_rows(self, at: View) -> bool:
        """Whether a view has an axis of rows here."""
        return at.buffer.per_row and self.block > 0

    def unit(self, buffer: Buffer) -> int:
        """The distance between neighbouring places."""
        return self.stride if buffer.per_row else 1

    def start(self, at: View) -> int:
        """Where the first number of a view is."""
        return self._start[at.buffer] + at.start * self.unit(at.buffer)

    def address(self, writer: Writer, at: View, counters: Sequence[Name | int]) -> Name:
        """The address of an element of a view; with rows, of its first row."""
        unit, memory = self.unit(at.buffer), "%states" if at.buffer in self._states else "%memory"
        if at.listed is None:
            steps = [writer.times(counter, step * unit) for counter, step in zip(counters, at.steps, strict=True)]
            return writer.at(memory, writer.plus(self.start(at), *steps))
        flat, size = [], 1
        for counter, length in zip(reversed(counters), reversed(at.shape), strict=True):
            flat.append(writer.times(counter, size))
            size *= length
        table = writer.table((at.listed.ravel() * unit + self._start[at.buffer]).tolist())
        own = writer.pure(f"getelementptr inbounds i32, ptr {table}, i64 {writer.plus(*flat)}")
        place = writer.pure(f"load i32, ptr {own}, align 4")
        return writer.at(memory, writer.pure(f"sext i32 {place} to i64"))

    def table(self, memory: np.ndarray[Any, Any], buffer: Buffer) -> np.ndarray[Any, Any]:
        """A buffer in memory, (places, rows); one row where it has no axis of rows."""
        first, unit = self._start[buffer], self.unit(buffer)
        return memory[first : first + buffer.size * unit].reshape(buffer.size, unit)

    def vector(self, memory: np.ndarray[Any, Any], at: View) -> np.ndarray[Any, Any]:
        """A view of neighbouring places without rows, to be read and written."""
        return self.table(memory, at.buffer)[at.start : at.start + at.size, 0]
