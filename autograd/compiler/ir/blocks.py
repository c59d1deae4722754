"""The block program: what remains of a scalar graph after re-rolling.

Numbers stand in two buffers. The *uniform* buffer has one number per place: parameters first, then uniform inputs,
Values from outside, constants, and what is computed from these alone, once per run. The *row* buffer has one number per
place and row: inputs first, then what depends on them. A block computes one slice of a buffer from places of both.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.value import Value

__all__ = ["Block", "Dot", "Map", "Positions", "Program", "Reduce"]


@dataclass(frozen=True, eq=False)
class Positions:
    """Places of numbers, as an array of any shape.

    Attributes:
        index: the place in its buffer.
        per_row: True for the row buffer, False for the uniform one; the same shape.
    """

    index: np.ndarray[Any, Any]
    per_row: np.ndarray[Any, Any]

    @functools.cached_property
    def space(self) -> str:
        """``"row"``, ``"uniform"``, or ``"mixed"``."""
        if self.per_row.all():
            return "row"
        return "mixed" if self.per_row.any() else "uniform"

    def steps(self) -> tuple[int, ...] | None:
        """The distance between neighbours along each axis, where it is the same everywhere: then this is a view."""
        return self._steps

    @functools.cached_property
    def _steps(self) -> tuple[int, ...] | None:
        if self.index.size == 1:  # of which an irregular graph has one for every node
            return (0,) * self.index.ndim
        if self.space == "mixed":
            return None
        steps = []
        for axis in range(self.index.ndim):
            step = np.diff(self.index, axis=axis)
            first = int(step.flat[0]) if step.size else 0
            if first < 0 or (step != first).any():
                return None
            steps.append(first)
        return tuple(steps)

    def reshape(self, *shape: int) -> Positions:
        """The same places in another shape."""
        return Positions(self.index.reshape(shape), self.per_row.reshape(shape))


@dataclass(frozen=True, eq=False)
class Map:
    """``out[i] = op(operand_0[i], operand_1[i], ...)``: places of shape (k,), or (k, n) where that makes views."""

    op: str
    operands: list[Positions]
    out: Positions


@dataclass(frozen=True, eq=False)
class Reduce:
    """``out[i] = op(sequence[i, :], ...)``: sequences have the shape (k, n), other operands and `out` (k,)."""

    op: str
    operands: list[Positions]
    out: Positions


@dataclass(frozen=True, eq=False)
class Dot:
    """``out[b, q, p] = sum over n of left[b, p, n] * right[b, q, n]``, plus every single's ``[b, q, p]``."""

    left: Positions
    right: Positions
    singles: list[Positions]
    out: Positions


Block = Map | Reduce | Dot


@dataclass(frozen=True, eq=False)
class Program:
    """Blocks in order, and where inputs, constants and results stand.

    Attributes:
        uniform_size: places in the uniform buffer.
        row_size: places in the row buffer.
        inputs: per input number, whether it is per row, and its place.
        constants: numbers that stand from `constants_start` on.
        held: Values from outside, read into the places from `held_start` on.
        blocks: what to compute, in order.
        outputs: per result, whether it is per row, and its place.
        ones: places that always hold 1: each stands behind a layer, so that a product with the next takes its bias in.
        nodes: how many scalar nodes the traced graph had.
        padded: whether lists were made equally long by what changes nothing.
    """

    uniform_size: int
    row_size: int
    inputs: list[tuple[bool, int]]
    constants: list[float]
    constants_start: int
    held: list[Value]
    held_start: int
    blocks: list[Block]
    outputs: list[tuple[bool, int]]
    ones: list[tuple[bool, int]]
    nodes: int
    padded: bool = False

    def describe(self) -> str:
        """Return the blocks as text, one a line: what it computes, its shape, and how its operands are read."""
        lines = [f"{self.nodes} scalar nodes became {len(self.blocks)} blocks"]
        lines += [f"{i:4}  {_describe(block)}" for i, block in enumerate(self.blocks)]
        return "\n".join(lines)


def _describe(block: Block) -> str:
    per_row = "per row" if block.out.space == "row" else "once"
    if isinstance(block, Dot):
        batch, right, left = block.out.index.shape
        n = block.left.index.shape[2]
        shape = f"({left} x {n}) . ({n} x {right})" + (f", {batch} of them" if batch > 1 else "")
        name = "matrix product" if left * right > 1 else "dot products"
        read = [block.left, block.right, *block.singles]
        extra = f" + {len(block.singles)}" if block.singles else ""
        return f"{name:15} {shape}{extra}  {per_row}; reads {', '.join(map(_how, read))}"
    kind = "map" if isinstance(block, Map) else "reduction"
    shape = " x ".join(map(str, block.operands[0].index.shape))
    return f"{kind:15} {block.op} of {shape}  {per_row}; reads {', '.join(map(_how, block.operands))}"


def _how(positions: Positions) -> str:
    steps = positions.steps()
    if steps is None:
        return f"{positions.space} gather"
    return f"{positions.space} {'number' if not any(steps) else 'view'}"
