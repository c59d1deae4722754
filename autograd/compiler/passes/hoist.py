"""Hoisting: what is the same in every run is computed once, before the first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from autograd.compiler.ir.array import ArrayProgram, Op
from autograd.compiler.ir.views import Buffer, View

__all__ = ["hoist"]


def hoist(program: ArrayProgram) -> ArrayProgram:
    """Return the program with operations moved from both halves to ``setup``: those that read only what never changes.

    An adjoint of 1 / rows, and what follows from it by constants alone, are such. Nothing may be added later to what a
    hoisted operation stores.
    """
    steady: dict[Buffer, np.ndarray[Any, Any]] = {}
    added: dict[Buffer, np.ndarray[Any, Any]] = {}
    ops = (*program.forward, *program.backward)
    stores: dict[Buffer, np.ndarray[Any, Any]] = {}
    for op in ops:
        for at, accumulates in op.writes:
            if accumulates:
                _mark(added, at)
            else:
                count = stores.setdefault(at.buffer, np.zeros(at.buffer.size, int))
                count[at.places] += 1
    for at, _ in program.constants:
        if at.size:
            _mark(steady, at)

    def is_steady(op: Op) -> bool:
        if not all(_all(steady, at) for _, at in op.reads):
            return False
        return all(not _any(added, at) and stores[at.buffer][at.places].max() == 1 for at, _ in op.writes)

    setup: list[Op] = []
    halves: list[tuple[Op, ...]] = []
    for half in (program.forward, program.backward):
        kept = []
        for op in half:
            if is_steady(op):
                setup.append(op)
                for at, _ in op.writes:
                    _mark(steady, at)
            else:
                kept.append(op)
        halves.append(tuple(kept))
    return replace(program, setup=tuple(setup), forward=halves[0], backward=halves[1])


def _mark(places: dict[Buffer, np.ndarray[Any, Any]], at: View) -> None:
    mask = places.get(at.buffer)
    if mask is None:
        mask = places[at.buffer] = np.zeros(at.buffer.size, bool)
    if at.size == 1:
        mask[at.start] = True
    else:
        mask[at.places] = True


def _all(places: dict[Buffer, np.ndarray[Any, Any]], at: View) -> bool:
    mask = places.get(at.buffer)
    if mask is None:
        return False
    return bool(mask[at.start]) if at.size == 1 else bool(mask[at.places].all())


def _any(places: dict[Buffer, np.ndarray[Any, Any]], at: View) -> bool:
    mask = places.get(at.buffer)
    if mask is None:
        return False
    return bool(mask[at.start]) if at.size == 1 else bool(mask[at.places].any())
