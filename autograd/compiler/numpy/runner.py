"""Running a program with NumPy over any number of rows: in chunks, and again where a short cut spoilt a number."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograd.compiler.ir.array import ArrayProgram
from autograd.compiler.numpy.calls import Array
from autograd.compiler.numpy.executable import Executable, is_finite

__all__ = ["CHUNK", "KEPT", "Load", "Runner"]

Load = Callable[[Executable, slice], None]

#: Rows that run at once: enough for the calls not to count, few enough for buffers to stay in the cache.
CHUNK = 1024
#: So many executables are kept, each with buffers of its own.
KEPT = 64


class Runner:
    """A program with its executables: one for each number of rows, and thread.

    What is to be run is `load`, which puts all numbers, or some of the rows, into an executable, and how many rows
    there are.

    Args:
        programs: makes the array program, ``programs(alone=, inputs=, mean=)``: for one row alone or for many, with the
            inputs' derivatives or without, of the mean of the first output or of each.
        params: how many parameters it takes.
        shared: whether executables share the arrays that all rows share where they can, so that parameters stand there
            once. Then only one thread may run them at a time.
    """

    def __init__(self, programs: Callable[..., ArrayProgram], params: int, *, shared: bool = False) -> None:
        self._programs, self._params, self._shared = programs, params, shared
        self._arrays: dict[bool, dict[str, Array]] = {}
        self._executables: dict[Any, Executable] = {}

    def outputs(self, load: Load, rows: int) -> list[Any]:
        """Return each output: its numbers, (rows,), or one float that all rows share."""
        parts = []
        with np.errstate(all="ignore"):
            for executable in self._loaded(load, rows):
                executable.forward()
                if not executable.can_be_trusted:
                    executable = self._again(executable)
                    executable.forward()
                parts.append([numbers.copy() for numbers in executable.outputs])
        per_row = [at.per_row for at in self._programs(alone=False).outputs]
        return [
            np.concatenate([part[i] for part in parts]) if has_rows else float(parts[0][i][0])
            for i, has_rows in enumerate(per_row)
        ]

    def value_and_grad(self, load: Load, rows: int) -> tuple[float, Array]:
        """Return the mean of the first output, and its gradient, (params,): valid until the next run.

        Floating-point warnings are the caller's to silence.
        """
        if rows > CHUNK:
            return self.value_and_slopes(load, rows, inputs=False)[:2]
        executable = self.executable(rows)
        load(executable, slice(None))
        return self.differentiated(executable)[:2]

    def value_and_slopes(self, load: Load, rows: int, *, inputs: bool = True) -> tuple[float, Array, list[Array]]:
        """Return the same, and the derivatives of the mean by inputs, (inputs, rows), chunk by chunk."""
        value, gradient, slopes = 0.0, np.zeros(self._params), list[Array]()
        with np.errstate(all="ignore"):
            for executable in self._loaded(load, rows, inputs=inputs):
                part, slope, own = self.differentiated(executable)
                share = executable.rows / rows
                value += part * share
                gradient += slope * share
                slopes.append(own * share)
        return value, gradient, slopes

    def jacobian(self, load: Load, rows: int, *, one_by_one: bool) -> list[list[Array]]:
        """Return the derivatives of each output by the inputs, row by row, (inputs, rows), chunk by chunk.

        Where inputs are shared by the rows, they have to be taken one by one, or those derivatives are summed.
        """
        chunk = 1 if one_by_one else CHUNK
        found: list[list[Array]] = [[] for _ in self._programs(alone=False).outputs]
        with np.errstate(all="ignore"):
            for executable in self._loaded(load, rows, chunk=chunk, inputs=True, guarded=True, mean=False):
                for output, parts in enumerate(found):
                    parts.append(executable.differentiate(output, mean=False)[2])
        return found

    def _loaded(self, load: Load, rows: int, *, chunk: int = CHUNK, **kinds: bool) -> Iterator[Executable]:
        """Put parameters and inputs in place, chunk by chunk; yield the executable of each."""
        for start in range(0, rows, chunk):
            count = min(chunk, rows - start)
            executable = self.executable(count, **kinds)
            load(executable, slice(None) if count == rows else slice(start, start + count))
            yield executable

    def differentiated(self, executable: Executable) -> tuple[float, Array, Array]:
        """What it gives, with what was put into it; without short cuts, if one of them spoilt a number."""
        value, gradient, slopes = executable.differentiate()
        trusted = executable.can_be_trusted and math.isfinite(value)
        if trusted and is_finite(gradient) and is_finite(slopes):
            return value, gradient, slopes
        return self._again(executable).differentiate()

    def executable(self, rows: int, *, inputs: bool = False, guarded: bool = False, mean: bool = True) -> Executable:
        """The one for so many rows; the other arguments are those of the programs, and of :class:`Executable`."""
        key = (threading.get_ident(), rows, inputs, guarded, mean)  # threads have buffers of their own
        found = self._executables.get(key)
        if found is None:
            for oldest in list(self._executables)[: 1 - KEPT]:
                self._executables.pop(oldest, None)
            alone = rows == 1 and not guarded
            program = self._programs(alone=alone, inputs=inputs, mean=mean)
            found = Executable(program, rows, guarded=guarded, shared=self._arrays.get(alone))
            self._executables[key] = found
            if self._shared:
                self._arrays[alone] = found.shared()
        return found

    def _again(self, executable: Executable) -> Executable:
        """The executable that takes no short cuts, with the same numbers in it."""
        again = self.executable(executable.rows, inputs=bool(executable.program.slopes), guarded=True)
        again.take_inputs(executable)
        return again

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "_executables": {}}
