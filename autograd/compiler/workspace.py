"""The buffers of the NumPy backend, and names for every view of them: what straight-line source is made of."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.compiler.ir.blocks import Positions, Program
from autograd.compiler.scope import Array, Scope

__all__ = ["Array", "Workspace", "strided"]


class Workspace(Scope):
    """The buffers of a program for a fixed number of rows, and the source that is written about them.

    Attributes:
        uniform: the uniform buffer.
        row: the row buffer, (places, rows).
        by_row: the first inputs once more, (rows, places), if a product takes them so.
    """

    def __init__(self, program: Program, rows: int, functions: dict[str, Any], uniform: Array | None = None) -> None:
        super().__init__(functions)
        self.rows = rows
        self.uniform = np.zeros(program.uniform_size) if uniform is None else uniform
        self.row = np.zeros((program.row_size, rows))
        self.by_row: Array | None = None
        self._given = program.given
        self._constants = program.constant_places
        self.uniform[self._constants] = program.constants
        for per_row, place in program.ones:
            (self.row if per_row else self.uniform)[place] = 1.0

    def shape(self, at: Positions, *, per_row: bool) -> tuple[int, ...]:
        """The shape of an array of these places, with the rows as last axis if there are rows."""
        return (*at.index.shape, self.rows) if per_row else at.index.shape

    def view(self, at: Positions) -> str | None:
        """The name of a view of these places, rows as the last axis; None if it takes a gather."""
        steps = at.steps()
        if steps is None:
            return None
        first, shape = int(at.index.flat[0]), at.index.shape
        buffer = self.row if at.space == "row" else self.uniform
        return self.named((at.space, first, shape, steps), lambda: strided(buffer, first, shape, steps))

    def view_by_row(self, at: Positions) -> Array | None:
        """A view, (rows, places), of a list of inputs and ones as they stand row by row; None if they do not.

        BLAS takes a product by this in two thirds of the time of one by a transposed view of the row buffer. There is
        no more than the first product that asks for it needs: columns that nobody reads cost it a fifth.
        """
        first, last = int(at.index.flat[0]), int(at.index.flat[-1])
        if at.space != "row" or last >= self._given or last - first != at.index.size - 1 or at.steps() is None:
            return None
        if self.by_row is None:
            self.by_row = self.row[: last + 1].T.copy()
        return self.by_row[:, first : last + 1] if last < self.by_row.shape[1] else None

    def own(self, at: Positions) -> str:
        """The name of a view of places that a block has to itself, with rows if they have them."""
        name = self.view(at)
        assert name is not None  # they follow one another
        return name

    def read(self, at: Positions, lines: list[str]) -> str:
        """The name of the numbers at these places: a view, or a gather in `lines`."""
        view = self.view(at)
        if view is not None:
            return view
        key = (at.space, at.index.tobytes(), at.per_row.tobytes(), at.index.shape)
        if key not in self._names:
            out = self._names[key] = self.bind(np.empty(self.shape(at, per_row=at.space != "uniform")))
            if at.space == "mixed":
                row, uniform = np.nonzero(at.per_row), np.nonzero(~at.per_row)
                lines.append(f"{out}[{self.bind(row)}] = {self.bind(self.row)}[{self.bind(at.index[row])}]")
                chosen = f"{self.bind(self.uniform)}[{self.bind(at.index[uniform])}]"
                lines.append(f"{out}[{self.bind(uniform)}] = {chosen}[:, None]")
            else:
                take = self.bind(getattr(self, at.space).take)  # the method: NumPy's function costs as much again
                lines.append(f"{take}({self.bind(at.index)}, 0, {out}, 'clip')")
        return self._names[key]

    def constant(self, at: Positions) -> float | None:
        """The number that stands at all these places, if it is one and the same constant."""
        first = int(at.index.flat[0])
        inside = self._constants.start <= first < self._constants.stop
        if at.space == "uniform" and inside and (at.index == first).all():
            return float(self.uniform[first])
        return None

    def with_ones(self, name: str, lines: list[str]) -> str:
        """The name of a copy of numbers (..., n, rows) with a row of ones below: that carries a bias into a product."""
        key = (name, "ones")
        if key not in self._names:
            *outer, n, rows = self.scope[name].shape
            copy = np.ones((*outer, n + 1, rows))
            self._names[key] = self.bind(copy)
            lines.append(f"{self.bind(copy[..., :n, :])}[...] = {name}")
        return self._names[key]

    def lifted(self, at: Positions, lines: list[str], per_row: bool) -> str:
        """Like :meth:`read`, with an axis for the rows where the block has one and the operand has not."""
        name = self.read(at, lines)
        if per_row and at.space == "uniform":
            return self.named((name, "lifted"), lambda: self.scope[name][..., None])
        return name


def strided(buffer: Array, start: int, shape: tuple[int, ...], steps: tuple[int, ...]) -> Array:
    """A view of a buffer that starts at a place, with so many places between neighbours along each axis."""
    unit = buffer.strides[0]
    rows = buffer.shape[1:]
    return np.lib.stride_tricks.as_strided(
        buffer[start:], (*shape, *rows), (*(step * unit for step in steps), *buffer.strides[1:])
    )
