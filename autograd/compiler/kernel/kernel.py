"""A program in memory, ready to run: its numbers, and the functions that LLVM has made of it."""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from autograd.compiler.ir.array import ArrayProgram, lines_of
from autograd.compiler.ir.views import Buffer, View
from autograd.compiler.kernel.fuse import fused, without_dead_stores
from autograd.compiler.kernel.instructions import Instructions
from autograd.compiler.kernel.machine_code import MachineCode, load
from autograd.compiler.kernel.module import module_text
from autograd.compiler.kernel.schedule import Schedule, schedule
from autograd.compiler.kernel.storage import Storage
from autograd.compiler.passes.update import update
from autograd.compiler.training import OptimizerStage

__all__ = ["Kernel", "described"]

_Array = np.ndarray[Any, Any]
_POINTER, _WHOLE, _TRUTH = ctypes.c_void_p, ctypes.c_int64, ctypes.c_bool
_EVALUATE = (_POINTER, _POINTER, _WHOLE, _POINTER, _WHOLE, _TRUTH, *[_POINTER] * 4)
_TRAIN = (*[_POINTER] * 2, _WHOLE, *[_POINTER] * 5, _WHOLE, *[_POINTER] * 2, _WHOLE, _WHOLE, _TRUTH, *[_POINTER] * 4)


class Kernel:
    """Evaluates and trains a program.

    Args:
        program: forward and backward; its first output is differentiated.
        rows: the most rows of a step.
        stages: of an optimiser.

    Attributes:
        parameters: their numbers, (params,), to be read and written.
        gradient: of the last step, (params,).
    """

    def __init__(self, program: ArrayProgram, rows: int, stages: Sequence[OptimizerStage] = ()) -> None:
        assert program.gradient is not None
        self._program, self._update = program, None
        self._schedule = schedule(program, rows)
        buffers, states = list(self._schedule.buffers), list[Buffer]()
        if stages:
            made = update(program, stages)
            ops = without_dead_stores(fused(made.ops), [program.params, *made.states])
            self._update = replace(made, ops=tuple(ops))
            views = [at for op in ops for at in (*(at for _, at in op.reads), *(at for at, _ in op.writes))]
            buffers += [at.buffer for at in (*made.rates, made.step, *views)]
            states = [at.buffer for at in made.states]
        self._storage = Storage(buffers, self._schedule.block, states)
        self._memory = _aligned(self._storage.size)
        for at, numbers in program.constants:
            if at.size:
                self._storage.table(self._memory, at.buffer)[at.places] = np.reshape(numbers, (*at.shape, 1))
        self.parameters = self._storage.vector(self._memory, program.params)
        self.gradient = self._storage.vector(self._memory, program.gradient)
        self._held = self._storage.vector(self._memory, program.held) if program.held.size else np.zeros(0)
        self._code, self._tables = self._compiled(guarded=False)

    def hold(self, numbers: Sequence[float]) -> None:
        """Give the Values from outside their numbers."""
        if len(self._held):
            self._held[:] = numbers

    def numbers(self, at: View) -> _Array:
        """The numbers of a view of even steps along one axis, (places, rows), to be read and written."""
        return self._storage.table(self._memory, at.buffer)[at.start : at.start + at.size]

    def value_and_grad(self, X: _Array) -> float:
        """Return the mean output over rows X, C-ordered (rows, inputs); the gradient is in :attr:`gradient`."""
        order = np.arange(len(X), dtype=np.int64)
        given = (self._memory.ctypes.data, X.ctypes.data, X.shape[1], order.ctypes.data, len(X), True)
        value = self._function(self._code, "evaluate", ctypes.c_double, *_EVALUATE)(*given, *self._tables.addresses)
        if not np.isfinite(self.gradient).all():
            code, tables = self._guarded
            value = self._function(code, "evaluate", ctypes.c_double, *_EVALUATE)(*given, *tables.addresses)
        return float(value)

    def train(
        self, X: _Array, order: _Array, begins: _Array, ends: _Array, rates: _Array, taken: int, states: _Array
    ) -> _Array:
        """Take steps; return the mean output before each.

        Args:
            X: all rows, C-ordered (rows, inputs).
            order: numbers of rows, int64, of which each step takes some that stand behind one another.
            begins: where each step's begin, int64.
            ends: where they end.
            rates: (steps, stages), the learning rates.
            taken: how many steps came before.
            states: (states, params), of the optimiser; changed in place.
        """
        losses = np.zeros(len(begins))
        # Rows that are loaded already need not be loaded again, if they are one block.
        fresh = np.ones(len(begins), np.int64)
        if (ends - begins).max(initial=0) <= max(self._schedule.block, 1):
            fresh[1:] = (begins[1:] != begins[:-1]) | (ends[1:] != ends[:-1])
        given = [self._memory, X], X.shape[1], [order, begins, ends, fresh, rates], taken, [states, losses]
        at = 0
        while at < len(losses):
            at = self._run(self._code, self._tables, given, at, len(losses), check=True)
            if at < len(losses):  # a gradient that is not finite: the same step by the zero rule
                fresh[at] = 1
                self._run(*self._guarded, given, at, at + 1, check=False)
                at += 1
        return losses

    def _run(self, code: MachineCode, tables: _Tables, given: Any, first: int, last: int, *, check: bool) -> int:
        before, columns, middle, taken, behind = given
        train = self._function(code, "train", _WHOLE, *_TRAIN)
        addresses = [[array.ctypes.data for array in part] for part in (before, middle, behind)]
        return int(
            train(*addresses[0], columns, *addresses[1], taken, *addresses[2], first, last, check, *tables.addresses)
        )

    @functools.cached_property
    def _guarded(self) -> tuple[MachineCode, _Tables]:
        """The same code with products that keep the zero rule, made when it is needed."""
        return self._compiled(guarded=True)

    def _compiled(self, *, guarded: bool) -> tuple[MachineCode, _Tables]:
        own = self._schedule
        tables = _Tables(self._storage, own, guarded=guarded)
        return load(module_text(self._program, own, self._storage, self._update, guarded=guarded)), tables

    @functools.lru_cache(maxsize=8)  # noqa: B019 - as long as the kernel
    def _function(self, code: MachineCode, name: str, *kinds: Any) -> Any:
        return code.function(name, *kinds)


def described(program: ArrayProgram, rows: int) -> str:
    """Return the operations of a kernel as text: once, for every block of rows, and once again behind them."""
    own = schedule(program, rows)
    titles = ("once:", f"for every block of {own.block} rows:", "once:") if own.block else ("for the one row:", "", "")
    lines = []
    for title, ops in zip(titles, (own.before, own.each, own.after), strict=True):
        lines += [title, *(f"    {line}" for op in ops for line in lines_of(op))] if ops else []
    return "\n".join(lines)


class _Tables:
    """The tables of what is not written out, and what carries them out.

    Attributes:
        addresses: of ``interpret``, the steps, their places, and the bounds of segments; null if there are none.
    """

    def __init__(self, storage: Storage, own: Schedule, *, guarded: bool) -> None:
        segments = [ops for part in own.parts for in_tables, ops in part if in_tables]
        self.addresses: tuple[int | None, ...] = (None,) * 4
        if segments:
            made = Instructions(storage, segments, guarded)
            self._code = load(made.text())
            self._arrays = made.steps, made.code, np.array(made.bounds, np.int64)
            self.addresses = (self._code.address("interpret"), *(array.ctypes.data for array in self._arrays))


def _aligned(size: int) -> _Array:
    """Zeros that begin at a line of the cache."""
    whole = np.zeros(size + 8)
    skipped = -whole.ctypes.data // 8 % 8
    return whole[skipped : skipped + size]
