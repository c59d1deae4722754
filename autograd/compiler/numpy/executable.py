"""An array program for a fixed number of rows, with its arrays: what runs."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from autograd.compiler.frontend.arguments import runs
from autograd.compiler.ir.array import ArrayProgram
from autograd.compiler.numpy.calls import Array, Calls
from autograd.compiler.numpy.memory import Memory
from autograd.compiler.numpy.printer import printed

__all__ = ["Executable", "is_finite"]


def is_finite(numbers: Any) -> bool:
    """Whether all are finite, and not so large that their squares are not: then asking again costs time only.

    >>> is_finite(np.array([1.0, np.inf]))
    False
    """
    flat = numbers.ravel()
    return math.isfinite(flat.dot(flat))


class Executable:
    """See the module.

    Args:
        program: forward and backward.
        rows: how many rows it runs over.
        guarded: let a zero stop infinity and nan at every product: needed, and used, only if without it a gradient came
            out that is not finite.
        shared: arrays for buffers of these names, if executables share them.

    Attributes:
        parameters: where their numbers stand, (params,).
        outputs: the numbers of each, (rows,), or (1,) where all rows share one.
        gradient: the parameters' adjoints, (params,).
    """

    def __init__(
        self, program: ArrayProgram, rows: int, *, guarded: bool = False, shared: Mapping[str, Array] | None = None
    ) -> None:
        self.program, self.rows, self.guarded = program, rows, guarded
        self.memory = Memory.of(program, rows, shared or {})
        self.once = self.memory.array(program.params.buffer)
        self.parameters = self.memory.view(program.params)
        self.outputs = [self.memory.view(at)[0] if at.per_row else self.memory.view(at) for at in program.outputs]
        self._held = self.memory.view(program.held)
        self._input_runs: dict[tuple[int, int], list[tuple[Array, slice]]] = {}
        self._ones = [np.ones(len(numbers)) for numbers in self.outputs]
        with np.errstate(all="ignore"):
            printed(program.setup, self.memory, guarded=guarded).compile("setup")()
        self._calls = printed(program.forward, self.memory, guarded=guarded)
        self.forward = self._calls.compile("forward")

    @functools.cached_property
    def _backward_calls(self) -> Calls:
        return printed(self.program.backward, self.memory, guarded=self.guarded)

    @functools.cached_property
    def backward(self) -> Callable[[], None]:
        """Turn the adjoints of the outputs into those of everything behind them; made when first asked for."""
        return self._backward_calls.compile("backward")

    @functools.cached_property
    def gradient(self) -> Array:
        """The parameters' adjoints."""
        assert self.program.gradient is not None
        return self.memory.view(self.program.gradient)

    def shared(self) -> dict[str, Array]:
        """The arrays that all rows share, of values and of adjoints, by the names of their buffers."""
        buffers = [self.program.params.buffer]
        buffers += [self.program.gradient.buffer] if self.program.gradient is not None else []
        return {buffer.name: self.memory.array(buffer) for buffer in buffers}

    def load_parameters(self, parameters: Array) -> None:
        """Put parameters, and what is held, in place."""
        if parameters is not self.parameters:
            self.parameters[:] = parameters
        if self.program.held.size:
            self._held[:] = [value.data for value in self.program.held_values]

    def load(self, columns: Sequence[tuple[int, bool, Array]], rows: slice) -> None:
        """Put inputs in place: from which number on, (numbers, rows) or (numbers,); some `rows` of all."""
        for first, per_row, numbers in columns:
            for target, own in self.inputs(first, len(numbers)):
                chosen = numbers[own, rows] if per_row else numbers[own]
                target[...] = chosen[:, 0] if chosen.ndim > target.ndim else chosen

    def inputs(self, first: int, count: int) -> list[tuple[Array, slice]]:
        """Arrays for some of the inputs, and which of those each is for: what stands together is one."""
        found = self._input_runs.get((first, count))
        if found is None:
            views = self.program.inputs[first : first + count]
            found = self._input_runs[first, count] = [
                (self.memory.array(views[own.start].buffer)[to], own) for to, own in runs([at.start for at in views])
            ]
        return found

    def take_inputs(self, other: Executable) -> None:
        """Take over another executable's parameters and inputs."""
        self.parameters[:] = other.parameters
        self._held[:] = other._held
        for own, theirs in zip(self.program.inputs, other.program.inputs, strict=True):
            target = self.memory.view(own)
            target[...] = other.memory.view(theirs).reshape(target.shape)

    def differentiate(self, output: int = 0, *, mean: bool = True) -> tuple[float, Array, Array]:
        """Run both halves; return an output's mean, a gradient (a view), and derivatives by each input and row."""
        self.forward()
        backward, numbers = self.backward, self.outputs[output]
        if not mean:
            for seed in self.program.seeds:
                self.memory.view(seed)[...] = 0.0
            self.memory.view(self.program.seeds[output])[...] = 1.0
        value = numbers.dot(self._ones[output]) / len(numbers)
        backward()
        return float(value), self.gradient, self._slopes()

    def _slopes(self) -> Array:
        slopes = np.zeros((len(self.program.slopes), self.rows))
        for slope, at in zip(slopes, self.program.slopes, strict=True):
            own = self.memory.view(at).ravel()
            slope[: len(own)] = own  # one number is that of all rows together
        return slopes

    @property
    def can_be_trusted(self) -> bool:
        """After :attr:`forward`: whether nothing that was computed in vain can have spoilt anything."""
        return not self.program.padded or self.guarded or is_finite(self._computed)

    @functools.cached_property
    def _computed(self) -> Array:
        constants = self.program.constants[0][0]
        return self.once[constants.start + constants.size :]

    def describe(self) -> str:
        """Return the calls of both halves, with the shapes of their arrays."""
        return "\n".join([self._calls.describe("forward"), self._backward_calls.describe("backward")])
