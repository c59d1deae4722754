"""Nested arguments: floats, lists, tuples, dictionaries and arrays of floats, taken apart and put together again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

__all__ = ["flatten"]


def flatten(tree: Any) -> tuple[list[Any], Callable[[Sequence[Any]], Any]]:
    """Return the leaves of `tree` in order, and a function that puts others into the same structure.

    An array comes back as an array: of floats if all its new leaves are, else of objects.

    >>> leaves, rebuild = flatten({"w": [1.0, 2.0], "b": 3.0})
    >>> leaves, rebuild([10, 20, 30])
    ([1.0, 2.0, 3.0], {'w': [10, 20], 'b': 30})
    """
    leaves: list[Any] = []
    build = _builder(tree, leaves)

    def rebuild(new: Sequence[Any]) -> Any:
        return build(iter(new))

    return leaves, rebuild


def _builder(tree: Any, leaves: list[Any]) -> Callable[[Iterator[Any]], Any]:
    if isinstance(tree, dict):
        branches = {key: _builder(branch, leaves) for key, branch in tree.items()}
        return lambda new: {key: build(new) for key, build in branches.items()}
    if isinstance(tree, list | tuple):
        children = [_builder(branch, leaves) for branch in tree]
        kind = type(tree)
        if hasattr(kind, "_fields"):  # a named tuple takes its fields one by one
            return lambda new: kind(*(build(new) for build in children))
        return lambda new: kind(build(new) for build in children)
    if isinstance(tree, np.ndarray):
        elements = tree.ravel().tolist()
        leaves.extend(elements)
        return lambda new: _array([next(new) for _ in elements], tree.shape)
    leaves.append(tree)
    return next


def _array(elements: list[Any], shape: tuple[int, ...]) -> np.ndarray[Any, Any]:
    if all(isinstance(element, float) for element in elements):
        return np.array(elements, dtype=float).reshape(shape)
    array = np.empty(len(elements), dtype=object)
    array[:] = elements
    return array.reshape(shape)
