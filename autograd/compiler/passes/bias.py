"""Biases into products: where a one stands behind the inputs, a layer's weights and biases are one matrix."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from autograd.compiler.ir.blocks import Dot, Positions, Program

__all__ = ["fold_biases"]


def fold_biases(program: Program) -> Program:
    """Return the program with each addend that stands right behind its weights taken into the sum of products.

    ``w·x + b`` becomes ``(w, b)·(x, 1)``: so the gradients of weights and bias are one matrix product, too.
    """
    ones = set(program.ones)
    return replace(program, blocks=[_joined(b, ones) if isinstance(b, Dot) else b for b in program.blocks])


def _joined(block: Dot, ones: set[tuple[bool, int]]) -> Dot:
    if (block.left.space, block.right.space, block.out.index.shape[1]) != ("uniform", "row", 1):
        return block
    behind = block.right.index[..., -1:] + 1
    if not all((True, place) in ones for place in behind.ravel().tolist()):
        return block
    for i, single in enumerate(block.singles):
        left = np.concatenate([block.left.index, single.index.swapaxes(1, 2)], axis=2)
        weights = Positions(left, np.zeros(left.shape, bool))
        if single.space == "uniform" and weights.steps() is not None:
            right = np.concatenate([block.right.index, behind], axis=2)
            inputs = Positions(right, np.ones(right.shape, bool))
            return Dot(weights, inputs, block.singles[:i] + block.singles[i + 1 :], block.out)
    return block
