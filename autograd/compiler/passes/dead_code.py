"""Dead code: operations whose results nobody reads are left out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from autograd.compiler.ir.array import ArrayProgram, Map, Op
from autograd.compiler.ir.views import Buffer, View

__all__ = ["eliminate_dead_code"]


def eliminate_dead_code(program: ArrayProgram) -> ArrayProgram:
    """Return the program without operations, and results of maps, that lead to no output and no wanted gradient."""
    live: dict[Buffer, np.ndarray[Any, Any]] = {}

    def keep(at: View) -> None:
        if at.buffer not in live:
            live[at.buffer] = np.zeros(at.buffer.size, bool)
        at.mark(live[at.buffer])

    def is_live(at: View) -> bool:
        mask = live.get(at.buffer)
        return mask is not None and at.any(mask)

    for at in (*program.outputs, *program.slopes, *((program.gradient,) if program.gradient is not None else ())):
        if at.size:
            keep(at)
    halves = []
    for half in (program.backward, program.forward):
        kept: list[Op] = []
        for op in reversed(half):
            if isinstance(op, Map) and len(op.stores) > 1:
                stores = tuple(store for store in op.stores if is_live(store.out))
                op = replace(op, stores=stores) if stores else op
            if any(is_live(at) for at, _ in op.writes):
                kept.append(op)
                for _, at in op.reads:
                    keep(at)
                for at, accumulates in op.writes:
                    if accumulates:  # it reads what it adds to
                        keep(at)
        halves.append(tuple(reversed(kept)))
    return replace(program, backward=halves[0], forward=halves[1])
