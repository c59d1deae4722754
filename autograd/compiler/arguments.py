"""The arguments of a compiled program: rows in, rows of derivatives out, in the structure of the example."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.errors import LengthError, OperandError
from autograd.tree import flatten

__all__ = ["Arguments"]

_Array = np.ndarray[Any, Any]


class Arguments:
    """Takes a program's arguments apart, by the structure of the examples that it was traced with.

    Args:
        examples: one sample's arguments.
        uniform: the places of those that are the same for all rows.
        inputs: per number, whether it is per row, and its place in its buffer.
    """

    def __init__(self, examples: Sequence[Any], uniform: Sequence[int], inputs: Sequence[tuple[bool, int]]) -> None:
        self._per_row = [i not in uniform for i in range(len(examples))]
        self._examples = tuple(_skeleton(example) for example in examples)
        self._sizes = [len(flatten(example)[0]) for example in examples]
        self._places: list[slice] = []
        first = 0
        for size in self._sizes:
            start = inputs[first][1] if size else 0
            self._places.append(slice(start, start + size))
            first += size

    def columns(self, args: Sequence[Any]) -> tuple[list[tuple[slice, bool, _Array]], int]:
        """Return, per argument, its places, whether it is per row, and its numbers; and how many rows there are.

        Numbers have the shape (numbers, rows), or (numbers,) where they are the same for all rows.

        Raises:
            LengthError: not as many arguments, numbers or rows as there must be.
            OperandError: something is no number.
        """
        if len(args) != len(self._examples):
            raise LengthError(f"the program takes {len(self._examples)} arguments, got {len(args)}")
        found, rows = [], None
        for i, argument in enumerate(args):
            numbers, per_row = self._numbers(i, argument, self._sizes[i]), self._per_row[i]
            if per_row and numbers.shape[1] != rows:
                if rows is not None:
                    raise LengthError(f"argument {i} has {numbers.shape[1]} rows, an earlier one has {rows}")
                rows = numbers.shape[1]
            found.append((self._places[i], per_row, numbers))
        return found, 1 if rows is None else rows

    def rebuild(self, parts: Sequence[_Array]) -> tuple[Any, ...]:
        """Put derivatives, (numbers, rows) for each chunk of rows, into the structure of the arguments."""
        numbers = iter(np.concatenate(parts, axis=1))
        found = []
        for per_row, example, size in zip(self._per_row, self._examples, self._sizes, strict=True):
            own = [next(numbers) for _ in range(size)]
            if not per_row:
                own = [float(each.sum() if len(parts) > 1 else each[0]) for each in own]
            if isinstance(example, np.ndarray):
                found.append(np.array(own).T.reshape((-1, *example.shape) if per_row else example.shape))
            else:
                found.append(flatten(example)[1](own))
        return tuple(found)

    def _numbers(self, i: int, argument: Any, size: int) -> _Array:
        if not self._per_row[i]:
            leaves, _ = flatten(argument)
            numbers = _floats(i, leaves)
            if len(numbers) != size:
                raise LengthError(f"argument {i} was traced with {size} numbers, got {len(numbers)}")
            return numbers
        rows = _floats(i, argument) if isinstance(argument, np.ndarray) else _listed(i, argument)
        if rows.ndim == 0:
            raise LengthError(f"argument {i} needs a leading axis of rows")
        flat = rows if rows.ndim == 2 else rows.reshape(len(rows), -1)
        if flat.shape[1] != size:
            raise LengthError(f"argument {i} was traced with {size} numbers for a row, got {flat.shape[1]}")
        return flat.T


def _skeleton(example: Any) -> Any:
    """The structure of an example, without its numbers."""
    leaves, rebuild = flatten(example)
    return rebuild([0.0] * len(leaves))


def _listed(i: int, argument: Any) -> _Array:
    """Rows given as a list of samples, each of the example's structure."""
    try:
        samples = [flatten(sample)[0] for sample in argument]
    except TypeError:
        raise LengthError(f"argument {i} needs a leading axis of rows, got {argument!r}") from None
    if len({len(sample) for sample in samples}) > 1:
        raise LengthError(f"the rows of argument {i} have different numbers of numbers")
    return _floats(i, samples)


def _floats(i: int, numbers: Any) -> _Array:
    try:
        return np.asarray(numbers, dtype=float)
    except (TypeError, ValueError) as error:
        raise OperandError(f"argument {i} has something in it that is no number: {error}") from None
