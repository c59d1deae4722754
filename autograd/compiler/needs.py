"""Which places of a block program lead back to something whose gradient is wanted: adjoints are computed only there."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from autograd.compiler.ir.blocks import Block, Dot, Positions, Program, Reduce

__all__ = ["Needs"]

Mask = np.ndarray[Any, np.dtype[np.bool_]]


class Needs:
    """Which places lead back to something whose gradient is wanted."""

    def __init__(self, program: Program, params: int, inputs: bool) -> None:
        self._uniform = np.zeros(program.uniform_size, bool)
        self._row = np.zeros(program.row_size, bool)
        self._uniform[:params] = True
        for per_row, place in program.inputs if inputs else ():
            (self._row if per_row else self._uniform)[place] = True
        for block in program.blocks:
            (self._row if block.out.space == "row" else self._uniform)[block.out.index] = self._needed(block)

    def _needed(self, block: Block) -> Mask:
        if isinstance(block, Dot):
            right, left = self.mask(block.right).any(axis=-1), self.mask(block.left).any(axis=-1)
            needed = np.asarray(right)[:, :, None] | np.asarray(left)[:, None, :]
            return functools.reduce(np.logical_or, map(self.mask, block.singles), needed)
        masks = list(map(self.mask, block.operands))
        if isinstance(block, Reduce):
            masks = [np.asarray(mask.any(axis=-1)) if mask.ndim > 1 else mask for mask in masks]
        return np.asarray(functools.reduce(np.logical_or, masks))

    def mask(self, at: Positions) -> Mask:
        """Per place, whether an adjoint is needed there."""
        if at.space != "mixed":
            return np.asarray((self._row if at.space == "row" else self._uniform)[at.index])
        found = np.empty(at.index.shape, bool)
        found[at.per_row] = self._row[at.index[at.per_row]]
        found[~at.per_row] = self._uniform[at.index[~at.per_row]]
        return found

    def add_rows(self, places: np.ndarray[Any, Any], needed: np.ndarray[Any, Any]) -> None:
        """Tell of places beyond the program's own in the row buffer."""
        self._row = np.concatenate([self._row, np.zeros(max(0, int(places.max()) + 1 - len(self._row)), bool)])
        self._row[places] = needed
