"""Sums of products as calls: one matrix product for BLAS where it can be, else what NumPy does fastest.

The axes of a :class:`~autograd.compiler.ir.array.Contract` fall into four kinds: those of the batch, which all three
arrays have; the left side's own; the right side's own; and those that are summed over.
"""

from __future__ import annotations

import numpy as np

from autograd.compiler.ir.array import Contract
from autograd.compiler.numpy.calls import Array, Calls
from autograd.compiler.numpy.elementwise import stopped
from autograd.compiler.numpy.memory import Memory

__all__ = ["contract"]

_ROWS = "r"


def contract(op: Contract, memory: Memory, calls: Calls, *, guarded: bool) -> None:
    """Append the calls that carry out a contraction."""
    left, right = memory.read(op.left, calls), memory.read(op.right, calls)
    letters = [own + _ROWS * at.per_row for own, at in zip(op.letters, (op.out, op.left, op.right), strict=True)]
    in_place = op.out.listed is None and not op.accumulate
    out = memory.view(op.out) if in_place else memory.scratch(memory.shape(op.out))
    if guarded and op.zero_stops:
        calls.add(_guarded, *letters, left, right, out)
    else:
        _product(memory, calls, letters, left, right, out)
    for addend in op.addends:
        read = memory.read(addend, calls)
        calls.add(np.add, out, read[..., None] if op.out.per_row and not addend.per_row else read, out)
    if op.accumulate and op.out.listed is None and not op.out.repeats:
        target = memory.view(op.out)
        calls.add(np.add, target, out, target)
    elif not in_place:
        memory.write(op.out, out, calls, accumulate=op.accumulate)


def _product(memory: Memory, calls: Calls, letters: list[str], left: Array, right: Array, out: Array) -> None:
    (o, result), (a, left), (b, right) = (
        _squeezed(own, array) for own, array in zip(letters, (out, left, right), strict=True)
    )
    a, left = _summed(memory, calls, a, left, o + b)
    b, right = _summed(memory, calls, b, right, o + a)
    batch = [letter for letter in o if letter in a and letter in b]
    own_left = [letter for letter in o if letter in a and letter not in b]
    own_right = [letter for letter in o if letter in b and letter not in a]
    over = [letter for letter in a if letter in b and letter not in o]
    if not over:
        calls.add(np.multiply, _spread(a, left, o), _spread(b, right, o), result)
    elif not batch:
        _matrices(calls, (own_left, own_right, over), (o, result), (a, left), (b, right))
    elif not own_left and not own_right:
        _dots(memory, calls, batch, over, (o, result), (a, left), (b, right))
    elif len(over) == 1:
        _stacks(calls, (batch, own_left, own_right, over), (o, result), (a, left), (b, right))
    else:
        calls.add(_einsum, f"{a},{b}->{o}", left, right, result)


def _squeezed(letters: str, array: Array) -> tuple[str, Array]:
    """Without the axes of length 1."""
    kept = "".join(letter for letter, length in zip(letters, array.shape, strict=True) if length != 1)
    return kept, array.reshape([n for n in array.shape if n != 1]) if array.flags.c_contiguous else array.squeeze()


def _summed(memory: Memory, calls: Calls, letters: str, array: Array, wanted: str) -> tuple[str, Array]:
    """Summed over the axes that neither the result nor the other side has."""
    lone = tuple(axis for axis, letter in enumerate(letters) if letter not in wanted)
    if not lone:
        return letters, array
    total = memory.scratch(tuple(n for axis, n in enumerate(array.shape) if axis not in lone))
    calls.add(np.add.reduce, array, lone, None, total)
    return "".join(letter for letter in letters if letter in wanted), total


def _spread(letters: str, array: Array, to: str) -> Array:
    """Arranged to broadcast to the axes of the result."""
    if not to:  # indexed, an array without axes would become a number
        return array
    array = array.transpose([letters.index(letter) for letter in to if letter in letters])
    return array[tuple(slice(None) if letter in letters else None for letter in to)]


def _stacks(
    calls: Calls,
    kinds: tuple[list[str], list[str], list[str], list[str]],
    result: tuple[str, Array],
    left: tuple[str, Array],
    right: tuple[str, Array],
) -> None:
    """Stacks of matrices: the last of each side's own axes makes rows and columns, all others are the stack's."""
    batch, own_left, own_right, over = kinds
    stack = "".join((*batch, *own_left[:-1], *own_right[:-1]))
    rows, columns = own_left[-1:] or ["*"], own_right[-1:] or ["*"]  # an axis that nobody has is one of length 1
    calls.add(
        np.matmul,
        _spread(*left, stack + rows[0] + over[0]),
        _spread(*right, stack + over[0] + columns[0]),
        _spread(*result, stack + rows[0] + columns[0]),
    )


def _matrices(
    calls: Calls,
    kinds: tuple[list[str], list[str], list[str]],
    result: tuple[str, Array],
    left: tuple[str, Array],
    right: tuple[str, Array],
) -> None:
    """One product of two matrices, for BLAS."""
    own_left, own_right, over = kinds
    if (own_right + own_left) == list(result[0]) and own_left and own_right:
        own_left, own_right, left, right = own_right, own_left, right, left
    elif (own_left + own_right) != list(result[0]):
        calls.add(_einsum, f"{left[0]},{right[0]}->{result[0]}", left[1], right[1], result[1])
        return
    a = _matrix(calls, left, own_left, over)
    b = _matrix(calls, right, over, own_right)
    out = result[1]
    if not own_left and not own_right:
        calls.add(np.vecdot, a[0], b[:, 0], out)
        return
    shaped = out.reshape(len(a), b.shape[1])
    if not np.shares_memory(shaped, out):
        calls.add(_einsum, f"{left[0]},{right[0]}->{result[0]}", left[1], right[1], out)
    else:  # np.dot has half of matmul's overhead
        calls.add(np.dot if shaped.flags.c_contiguous else np.matmul, a, b, shaped)


def _matrix(calls: Calls, side: tuple[str, Array], rows: list[str], columns: list[str]) -> Array:
    letters, array = side
    array = array.transpose([letters.index(letter) for letter in (*rows, *columns)])
    shape = (int(np.prod(array.shape[: len(rows)])), int(np.prod(array.shape[len(rows) :])))
    if array.shape == shape:
        return array
    flat = array.reshape(shape)
    if np.shares_memory(flat, array):
        return flat
    copy = np.empty(shape)
    calls.add(np.copyto, copy.reshape(array.shape), array)
    return copy


def _dots(
    memory: Memory,
    calls: Calls,
    batch: list[str],
    over: list[str],
    result: tuple[str, Array],
    left: tuple[str, Array],
    right: tuple[str, Array],
) -> None:
    """Dot products of lists, element by element of a batch."""
    order = "".join((*batch, *over))
    a, b = _spread(left[0], left[1], order), _spread(right[0], right[1], order)
    if len(over) == 1 and a.strides[-1] == b.strides[-1] == a.itemsize:
        calls.add(np.vecdot, a, b, result[1])
        return
    # Two passes over few numbers, which NumPy makes faster than one that cannot use vector instructions.
    full = left[0] if set(left[0]) == set(order) else order
    lengths = dict(zip(left[0] + right[0], left[1].shape + right[1].shape, strict=True))
    terms = memory.scratch(tuple(lengths[letter] for letter in full))
    calls.add(np.multiply, _spread(left[0], left[1], full), _spread(right[0], right[1], full), terms)
    calls.add(np.add.reduce, terms, tuple(full.index(letter) for letter in over), None, result[1])


def _einsum(letters: str, left: Array, right: Array, out: Array) -> None:
    np.einsum(letters, left, right, out=out)


def _guarded(o: str, a: str, b: str, left: Array, right: Array, out: Array) -> None:
    """The same where a zero stops infinity and nan: every product is looked at."""
    every = "".join(sorted(set(o + a + b)))
    product = stopped(_spread(a, left, "".join(x for x in every)), _spread(b, right, every))
    lengths = dict(zip(o + a + b, out.shape + left.shape + right.shape, strict=True))
    product = np.broadcast_to(product, [lengths[letter] for letter in every])
    total = product.sum(axis=tuple(i for i, letter in enumerate(every) if letter not in o))
    rest = [letter for letter in every if letter in o]
    out[...] = total.transpose([rest.index(letter) for letter in o])
