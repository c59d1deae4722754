"""The arguments of a compiled program: rows in, rows of derivatives out, in the structure of the example."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.errors import LengthError, OperandError
from autograd.operand import number
from autograd.transforms.tree import flatten

__all__ = ["Arguments", "floats", "runs"]

_Array = np.ndarray[Any, Any]


class Arguments:
    """Takes a program's arguments apart, by the structure of the examples that it was traced with.

    Args:
        examples: one sample's arguments.
        uniform: the places of those that are the same for all rows.
    """

    def __init__(self, examples: Sequence[Any], uniform: Sequence[int]) -> None:
        self._per_row = [i not in uniform for i in range(len(examples))]
        self._examples = tuple(_skeleton(example) for example in examples)
        self._sizes = [len(flatten(example)[0]) for example in examples]
        self._starts = np.cumsum([0, *self._sizes]).tolist()

    def columns(self, args: Sequence[Any]) -> tuple[list[tuple[int, bool, _Array]], int]:
        """Return, for each argument, the number of its first input, whether it is per row, its numbers; and the rows.

        Numbers have the shape (numbers, rows), or (numbers,) where they are the same for all rows.

        Raises:
            LengthError: not as many arguments, numbers or rows as there must be, or of another structure.
            OperandError: something is no number.
        """
        if len(args) != len(self._examples):
            raise LengthError(f"the program takes {len(self._examples)} arguments, got {len(args)}")
        found, rows = [], None
        for i, argument in enumerate(args):
            numbers, per_row = self._numbers(i, argument, self._sizes[i]), self._per_row[i]
            if per_row and not numbers.shape[1]:
                raise LengthError(f"argument {i} has no rows: give at least one")
            if per_row and numbers.shape[1] != rows:
                if rows is not None:
                    raise LengthError(f"argument {i} has {numbers.shape[1]} rows, an earlier one has {rows}")
                rows = numbers.shape[1]
            found.append((self._starts[i], per_row, numbers))
        return found, 1 if rows is None else rows

    def rebuild(self, parts: Sequence[_Array], *, summed: bool) -> tuple[Any, ...]:
        """Put derivatives, (numbers, rows) for each chunk of rows, into the structure of the arguments.

        Args:
            parts: the derivatives.
            summed: whether those by uniform arguments are sums over the rows, and so have no axis for them.
        """
        table = np.concatenate(parts, axis=1)
        numbers, rows = iter(table), table.shape[1]
        found = []
        for per_row, example, size in zip(self._per_row, self._examples, self._sizes, strict=True):
            own: list[Any] = [next(numbers) for _ in range(size)]
            has_rows = per_row or not summed
            if not has_rows:
                own = [float(each.sum()) for each in own]
            if isinstance(example, np.ndarray):
                found.append(np.array(own).T.reshape((rows, *example.shape) if has_rows else example.shape))
            else:
                found.append(flatten(example)[1](own))
        return tuple(found)

    def _numbers(self, i: int, argument: Any, size: int) -> _Array:
        if not self._per_row[i]:
            numbers = floats(f"argument {i}", _leaves(i, self._examples[i], argument))
            if len(numbers) != size:
                raise LengthError(f"argument {i} was traced with {size} numbers, got {len(numbers)}")
            return numbers
        example = self._examples[i]
        rows = floats(f"argument {i}", argument if isinstance(argument, np.ndarray) else _listed(i, example, argument))
        if rows.ndim == 0:
            raise LengthError(f"argument {i} needs a leading axis of rows")
        if rows.ndim > 2 and isinstance(example, np.ndarray) and rows.shape[1:] != example.shape:
            raise LengthError(f"argument {i} was traced with the shape {example.shape}, a row has {rows.shape[1:]}")
        flat = rows if rows.ndim == 2 else rows.reshape(len(rows), math.prod(rows.shape[1:]))
        if flat.shape[1] != size:
            raise LengthError(f"argument {i} was traced with {size} numbers for a row, got {flat.shape[1]}")
        return flat.T


def runs(places: Sequence[int]) -> list[tuple[slice, slice]]:
    """Places that follow one another, and where they stand among all."""
    breaks = [i for i in range(1, len(places)) if places[i] != places[i - 1] + 1]
    ends = [0, *breaks, len(places)] if places else []
    return [(slice(places[a], places[a] + b - a), slice(a, b)) for a, b in itertools.pairwise(ends)]


def _skeleton(example: Any) -> Any:
    """The structure of an example, without its numbers."""
    leaves, rebuild = flatten(example)
    return rebuild([0.0] * len(leaves))


def _listed(i: int, example: Any, argument: Any) -> list[list[Any]]:
    """Rows given as a list of samples, each of the example's structure."""
    try:
        samples = list(argument)
    except TypeError:
        raise LengthError(f"argument {i} needs a leading axis of rows, got {argument!r}") from None
    rows = [_leaves(i, example, sample) for sample in samples]
    if len({len(row) for row in rows}) > 1:
        raise LengthError(f"the rows of argument {i} have different numbers of numbers")
    return rows


def _leaves(i: int, example: Any, tree: Any) -> list[Any]:
    """The leaves of `tree`, those of dictionaries in the example's order."""
    if isinstance(example, dict):
        if not isinstance(tree, dict) or tree.keys() != example.keys():
            raise LengthError(f"argument {i} was traced with a dictionary of {list(example)}, got {tree!r}")
        return [leaf for key, branch in example.items() for leaf in _leaves(i, branch, tree[key])]
    if isinstance(example, list | tuple) and any(
        isinstance(each, dict | list | tuple | np.ndarray) for each in example
    ):
        if not isinstance(tree, list | tuple | np.ndarray) or len(tree) != len(example):
            raise LengthError(f"argument {i} was traced with a sequence of {len(example)}, got {tree!r}")
        return [leaf for branch, own in zip(example, tree, strict=True) for leaf in _leaves(i, branch, own)]
    leaves = flatten(tree)[0]
    expected = np.size(example)
    if len(leaves) != expected:
        raise LengthError(f"argument {i} was traced with {expected} numbers in a place where it has {len(leaves)}")
    return leaves


def floats(name: str, numbers: Any) -> _Array:
    """Return numbers as an array of floats; what is no number, `name` has in it.

    Raises:
        OperandError: something is text, complex, None or a Value, which NumPy would turn into a float, or into nan.
    """
    if type(numbers) is np.ndarray and numbers.dtype == np.float64:  # as it mostly is, in every step of training
        return numbers
    if np.ma.is_masked(numbers):
        raise OperandError(f"{name} is a masked array with numbers masked out: fill them, or leave such rows out")
    try:
        array = np.asarray(numbers)
        if array.dtype.kind == "O":
            array = np.array([number(each) for each in array.ravel()], dtype=float).reshape(array.shape)
    except (TypeError, ValueError) as error:
        raise OperandError(f"{name} has something in it that is no number: {error}") from None
    if array.dtype.kind not in "biuf":
        raise OperandError(f"{name} has something in it that is no number: NumPy calls it {array.dtype.name}")
    return array.astype(float, copy=False)
