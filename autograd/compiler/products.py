"""Matrix products of the NumPy backend: which call computes a block of dot products, and which its adjoints.

Shapes are written as letters: ``b`` grids of a block, ``q`` right and ``p`` left operand lists of each, ``n`` products
in each sum, ``r`` rows of the batch. Where it can be, the call is one product of two matrices, for BLAS.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np

from autograd.compiler.ir.blocks import Dot, Positions
from autograd.compiler.workspace import Array, Workspace

__all__ = ["blocked_product", "product", "product_adjoint", "stopped", "with_bias"]

Call = tuple[str, str]


def product(memory: Workspace, block: Dot, left: str, right: str, out: str) -> str:
    """Return the line for out[b, q, p(, r)] = sum over n of left[b, p, n(, r)] * right[b, q, n(, r)]."""
    _, q, p = block.out.index.shape
    a, b, result = (memory.scope[name] for name in (left, right, out))
    spaces = (block.left.space, block.right.space)
    if spaces == ("uniform", "uniform"):
        if block.out.space == "row":  # only a single term differs from row to row
            return f"{out}[...] = {_call(memory, 'matmul', b, a.swapaxes(1, 2))}[..., None]"
        if p == q == 1:
            pair = f"{memory.bind(a[:, 0])}, {memory.bind(b[:, 0])}"
            return f"vecdot({pair}, out={memory.bind(result[:, 0, 0])})"
        factors = (b, a.swapaxes(1, 2), result)
    elif spaces == ("uniform", "row"):
        factors = (a[0], b[0, 0], result[0, 0]) if len(a) == q == 1 else (a[:, None], b, result)
    else:
        a, b = _with_rows(memory, block.left, a), _with_rows(memory, block.right, b)
        if p == q == 1:
            # Two passes over few numbers, which NumPy makes faster than one that cannot use vector instructions.
            terms = memory.bind(np.empty(a[:, 0].shape))
            multiplied = f"multiply({memory.bind(a[:, 0])}, {memory.bind(b[:, 0])}, out={terms})"
            return f"{multiplied}; {memory.stored('sum_along', terms, memory.bind(result[:, 0]))}"
        factors = (b.transpose(3, 0, 1, 2), a.transpose(3, 0, 2, 1), result.transpose(3, 0, 1, 2))
    left, right, out = map(memory.bind, factors)
    return memory.stored("matmul", f"{left}, {right}", out)


def with_bias(block: Dot, ones: Collection[tuple[bool, int]]) -> tuple[Positions, Positions | None, list[Positions]]:
    """Take a bias into a product: a neuron's stands behind its weights, so a layer is one matrix, times inputs and a 1.

    Args:
        block: a product.
        ones: places that hold 1.

    Returns:
        The left operands, with the bias as one more column if there is one; the right operands with the 1 behind them,
        None where there is no place for it; and the single terms that remain.
    """
    _, q, _ = block.out.index.shape
    if (block.left.space, block.right.space, q) == ("uniform", "row", 1):
        for i, single in enumerate(block.singles):
            index = np.concatenate([block.left.index, single.index.swapaxes(1, 2)], axis=2)
            joined = Positions(index, np.zeros(index.shape, bool))
            if single.space == "uniform" and joined.steps() is not None:
                behind = block.right.index[..., -1:] + 1
                right = np.concatenate([block.right.index, behind], axis=2)
                there = all((True, place) in ones for place in behind.ravel().tolist())
                rows = Positions(right, np.ones(right.shape, bool)) if there else None
                return joined, rows, block.singles[:i] + block.singles[i + 1 :]
    return block.left, block.right, block.singles


def product_adjoint(
    memory: Workspace, block: Dot, adjoint: str, other: str, stands: Positions | None, swap: bool, *, guarded: bool
) -> tuple[Call, bool]:
    """Return the call for the adjoint of one side, as a function and its arguments, and whether the result has rows.

    For the right side, [b, q, n] = sum over p of adjoint[b, q, p] * left[b, p, n]; with `swap`, for the left side, p
    and q change places. Below, ``m`` is the side's own list and ``t`` the other side's. `stands` are the places of the
    other side, if it is a view of them.
    """
    flow = memory.scope[adjoint].swapaxes(1, 2) if swap else memory.scope[adjoint]  # b m t (r)
    theirs = memory.scope[other]  # b t n (r)
    own_space, other_space = (at.space for at in ((block.left, block.right) if swap else (block.right, block.left)))
    per_row = block.out.space == "row"
    batch, m, t = flow.shape[:3]
    if guarded:
        spread = theirs[..., None] if per_row and other_space == "uniform" else theirs
        return ("blocked_product", f"{memory.bind(flow)}, {memory.bind(spread)}"), per_row
    if own_space == other_space == "uniform":
        if t == 1 and not per_row:
            return _arguments(memory, "multiply", flow, theirs), False
        total = f"add.reduce({memory.bind(flow)}, -1)" if per_row else memory.bind(flow)
        return ("matmul", f"{total}, {memory.bind(theirs)}"), False
    if other_space == "uniform":
        if batch == m == 1:
            return _arguments(memory, "matmul", theirs[0].T, flow[0, 0]), True
        return _arguments(memory, "matmul", theirs.swapaxes(1, 2)[:, None], flow), True
    if own_space == "uniform":  # summed over the rows at once
        if batch == t == 1:
            by_row = memory.view_by_row(stands) if stands else None
            return _arguments(memory, "matmul", flow[0, :, 0], theirs[0, 0].T if by_row is None else by_row), False
        return ("einsum", f"'bmtr,btnr->bmn', {memory.bind(flow)}, {memory.bind(theirs)}"), False
    if t == 1:
        return _arguments(memory, "multiply", flow, theirs), True
    return ("einsum", f"'bmtr,btnr->bmnr', {memory.bind(flow)}, {memory.bind(theirs)}"), True


def stopped(adjoint: Array, partial: Any) -> Any:
    """The product along edges where a zero stops even infinity and nan."""
    return np.where((adjoint == 0.0) | (np.asarray(partial) == 0.0), 0.0, adjoint * partial)


def blocked_product(adjoint: Array, other: Array) -> Any:
    """[b, m, t(, r)] times [b, t, n(, r)], summed over t, where a zero stops."""
    return stopped(adjoint[:, :, :, None], other[:, None]).sum(axis=2)


def _with_rows(memory: Workspace, at: Positions, found: Array) -> Array:
    return found if at.space != "uniform" else np.broadcast_to(found[..., None], (*found.shape, memory.rows))


def _arguments(memory: Workspace, function: str, *arrays: Array) -> Call:
    return function, ", ".join(map(memory.bind, arrays))


def _call(memory: Workspace, function: str, *arrays: Array) -> str:
    return f"{function}({', '.join(map(memory.bind, arrays))})"
