"""Views: some places of a buffer, in a shape; all that an operation of the array program reads or writes."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

__all__ = ["Buffer", "View", "gather", "view"]

Places = np.ndarray[Any, np.dtype[np.intp]]
Marks = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True, eq=False)
class Buffer:
    """Numbers in a row of places: one number a place, or one for every row of the batch.

    Attributes:
        name: unique in its program.
        size: how many places.
        per_row: whether a place has a number for every row.
    """

    name: str
    size: int
    per_row: bool

    def __repr__(self) -> str:
        return self.name


@dataclass(eq=False, slots=True)
class View:
    """Some places of a buffer, in a shape: at even steps, or listed one by one. It never changes.

    Attributes:
        buffer: where they are.
        start: the first place.
        shape: how they are arranged; for a buffer with rows, the axis of rows comes behind it.
        steps: the distance between neighbours along each axis; empty beside a list.
        listed: the places, where their distances differ.
        size: how many places it shows, repeats counted.
    """

    buffer: Buffer
    start: int
    shape: tuple[int, ...]
    steps: tuple[int, ...]
    listed: Places | None = None
    size: int = field(init=False)
    _places: Places | None = field(init=False, default=None, repr=False)
    _repeats: bool | None = field(init=False, default=None, repr=False)

    def __post_init__(self) -> None:
        self.size = math.prod(self.shape)

    @property
    def per_row(self) -> bool:
        """Whether there is a number for every row."""
        return self.buffer.per_row

    @property
    def places(self) -> Places:
        """Every place, in the view's shape."""
        if self.listed is not None:
            return self.listed
        if self._places is None:
            self._places = self._listed()
        return self._places

    def _listed(self) -> Places:
        places = np.full(self.shape, self.start)
        for axis, (length, step) in enumerate(zip(self.shape, self.steps, strict=True)):
            if step:
                places += (np.arange(length) * step).reshape([-1 if i == axis else 1 for i in range(len(self.shape))])
        return places

    @property
    def repeats(self) -> bool:
        """Whether some place is shown more than once."""
        if self._repeats is None:
            self._repeats = self.size > 1 and self._has_repeats()
        return self._repeats

    def _has_repeats(self) -> bool:
        if self.listed is None:
            axes = sorted((step, length) for step, length in zip(self.steps, self.shape, strict=True) if length > 1)
            reach = 0
            for step, length in axes:
                if step <= reach:
                    break  # may repeat: look
                reach += step * (length - 1)
            else:
                return False
        return bool(np.unique(self.places).size < self.size)

    def overlaps(self, other: View) -> bool:
        """Whether some place is in both."""
        if self.buffer is not other.buffer:
            return False
        if self.size == other.size == 1:
            return self.start == other.start
        if self.listed is None and other.listed is None and (self.last < other.start or other.last < self.start):
            return False
        return bool(np.intersect1d(self.places, other.places).size)

    @property
    def last(self) -> int:
        """The last place of a view at even steps."""
        return self.start + sum((n - 1) * step for n, step in zip(self.shape, self.steps, strict=True))

    def within(self, buffer: Buffer) -> View:
        """The same places of another buffer."""
        return View(buffer, self.start, self.shape, self.steps, self.listed)

    def any(self, marks: Marks) -> bool:
        """Whether any of these places is marked, in an array with a mark for each place of the buffer."""
        return bool(marks[self.start] if self.size == 1 else marks[self.places].any())

    def all(self, marks: Marks) -> bool:
        """Whether all of these places are marked."""
        return bool(marks[self.start] if self.size == 1 else marks[self.places].all())

    def mark(self, marks: Marks) -> None:
        """Mark these places."""
        if self.size == 1:
            marks[self.start] = True
        else:
            marks[self.places] = True

    def along(self, length: int) -> View:
        """The same view with one more axis behind, along which it does not change."""
        if self.listed is None:
            return replace(self, shape=(*self.shape, length), steps=(*self.steps, 0))
        places = np.broadcast_to(self.listed[..., None], (*self.shape, length))
        return replace(self, shape=places.shape, listed=places)

    def reshaped(self, *shape: int) -> View:
        """The same places in another shape."""
        return view(self.buffer, self.places.reshape(shape))

    def __repr__(self) -> str:
        if self.listed is not None:
            return f"{self.buffer.name}[{'x'.join(map(str, self.shape))} gathered]"
        runs = [f"{n}:{step}" for n, step in zip(self.shape, self.steps, strict=True) if n > 1 or len(self.shape) == 1]
        return f"{self.buffer.name}[{self.start}" + (f" + {' x '.join(runs)}]" if self.size > 1 else "]")


def view(buffer: Buffer, places: Any) -> View:
    """Return a view of these places: at even steps if they are, else listed."""
    places = np.asarray(places)
    if places.size == 1:
        return View(buffer, int(places.flat[0]), places.shape, (0,) * places.ndim)
    steps = []
    for axis in range(places.ndim):
        if places.shape[axis] == 1:
            steps.append(0)
            continue
        step = np.diff(places, axis=axis)
        first = int(step.flat[0])
        if first < 0 or (step != first).any():
            return View(buffer, int(places.flat[0]), places.shape, (), places)
        steps.append(first)
    return View(buffer, int(places.flat[0]), places.shape, tuple(steps))


def gather(buffer: Buffer, start: int, size: int) -> View:
    """Return a view of `size` places that follow one another."""
    return View(buffer, start, (size,), (1 if size > 1 else 0,))
