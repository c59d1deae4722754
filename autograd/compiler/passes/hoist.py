"""Hoisting: what is the same in every run is computed once, before the first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from autograd.compiler.ir.array import ArrayProgram, Op
from autograd.compiler.ir.views import Buffer, View

__all__ = ["hoist"]

_Marks = dict[Buffer, np.ndarray[Any, Any]]


def hoist(program: ArrayProgram) -> ArrayProgram:
    """Return the program with operations moved from both halves to ``setup``: those that read only what never changes.

    An adjoint of 1 / rows, and what follows from it by constants alone, are such. Nothing may be added later to what a
    hoisted operation stores.
    """
    steady: _Marks = {}
    added: _Marks = {}
    stored: _Marks = {}
    again: _Marks = {}
    for op in (*program.forward, *program.backward):
        for at, accumulates in op.writes:
            if accumulates:
                _mark(added, at)
            else:
                if _any(stored, at):
                    _mark(again, at)
                _mark(stored, at)
    for at, _ in program.constants:
        if at.size:
            _mark(steady, at)

    def is_steady(op: Op) -> bool:
        if not all(_all(steady, at) for _, at in op.reads):
            return False
        return not any(_any(added, at) or _any(again, at) for at, _ in op.writes)

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


def _mark(places: _Marks, at: View) -> None:
    if at.buffer not in places:
        places[at.buffer] = np.zeros(at.buffer.size, bool)
    at.mark(places[at.buffer])


def _all(places: _Marks, at: View) -> bool:
    return at.buffer in places and at.all(places[at.buffer])


def _any(places: _Marks, at: View) -> bool:
    return at.buffer in places and at.any(places[at.buffer])
