"""Activity: which places lead back to something whose gradient is wanted. Adjoints are computed only for those."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.compiler.ir.array import ArrayProgram
from autograd.compiler.ir.views import Buffer, View
from autograd.compiler.passes.lower import Applied, Copied, Multiplied

__all__ = ["Activity"]

Mask = np.ndarray[Any, np.dtype[np.bool_]]


class Activity:
    """Which places are active: a parameter (or input) whose gradient is wanted, or computed from such.

    Args:
        program: its blocks are read.
        inputs: whether the inputs' gradients are wanted, too.
    """

    def __init__(self, program: ArrayProgram, *, inputs: bool) -> None:
        self._active: dict[Buffer, Mask] = {}
        for at in (program.params, *(program.inputs if inputs else ())):
            self._mark(at, True)
        for block in program.blocks:
            if isinstance(block, Copied):
                for source, target in block.pairs:
                    self._mark(target, self.mask(source))
            elif isinstance(block, Multiplied):
                self._mark(block.out, self._products(block))
            else:
                self._mark(block.out, self._rows(block))

    def mask(self, at: View) -> Mask:
        """Which places of a view are active, in its shape."""
        active = self._active.get(at.buffer)
        if active is None:
            return np.zeros(at.shape, bool)
        return active[at.places]

    def any(self, at: View) -> bool:
        """Whether any place of a view is active."""
        active = self._active.get(at.buffer)
        return active is not None and at.any(active)

    def _mark(self, at: View, mask: Mask | bool) -> None:
        active = self._active.get(at.buffer)
        if active is None:
            active = self._active[at.buffer] = np.zeros(at.buffer.size, bool)
        if at.size == 1:
            active[at.start] = bool(np.any(mask))
        elif at.size:
            active[at.places] = mask

    def _products(self, block: Multiplied) -> Mask:
        left, right = np.any(self.mask(block.left), axis=-1), np.any(self.mask(block.right), axis=-1)
        active: Mask = np.asarray(right)[:, :, None] | np.asarray(left)[:, None, :]
        for addend in block.addends:
            active = active | self.mask(addend)
        return active

    def _rows(self, block: Applied) -> Mask | bool:
        if block.out.size == 1:
            return any(
                self.any(at) for name, at in block.operands.items() if not _is_zero(block.formulas.partials[name])
            )
        active = np.zeros(block.out.shape, bool)
        for name, at in block.operands.items():
            if not _is_zero(block.formulas.partials[name]):
                mask = self.mask(at)
                active |= mask.any(axis=-1) if name in block.formulas.sequences else mask
        return active


def _is_zero(partial: object) -> bool:
    return getattr(partial, "value", None) == 0.0
