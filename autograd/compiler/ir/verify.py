"""The invariants of an array program, checked: a pass that breaks one is named by what it left behind."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.calculus import expr
from autograd.calculus.expr import Expr
from autograd.compiler.ir.array import ArrayProgram, Contract, Fill, Map, Op, Reduce
from autograd.compiler.ir.views import Buffer, View
from autograd.errors import GlassgradError

__all__ = ["InvariantError", "verify"]

_Written = dict[Buffer, np.ndarray[Any, np.dtype[np.bool_]]]


class InvariantError(GlassgradError, AssertionError):
    """An array program that breaks an invariant; the message has the operation and what is wrong with it."""


def verify(program: ArrayProgram) -> ArrayProgram:
    """Check every invariant of :mod:`autograd.compiler.ir.array`; return the program.

    Raises:
        InvariantError: one does not hold.
    """
    written: _Written = {buffer: np.zeros(buffer.size, bool) for buffer in program.buffers}
    names = [buffer.name for buffer in program.buffers]
    if len(set(names)) < len(names):
        raise InvariantError(f"two buffers have one name: {sorted(names)}")
    for at in (program.params, *program.inputs, program.held, *(at for at, _ in program.constants)):
        _inside(at, "the caller's numbers")
        if at.size:
            written[at.buffer][at.places] = True
    _section(program.setup, written)
    _section(program.forward, written)
    for at in program.outputs:
        if not written[at.buffer][at.places].all():
            raise InvariantError(f"the output {at!r} is never written")
    if program.backward:
        for at in program.seeds:
            written[at.buffer][at.places] = True
        _section(program.backward, written)
        wanted = program.slopes if program.gradient is None else (program.gradient, *program.slopes)
        for at in wanted:
            if at.size and not written[at.buffer][at.places].all():
                raise InvariantError(f"the gradient {at!r} is never written")
    return program


def _section(ops: tuple[Op, ...], written: _Written) -> None:
    for op in ops:
        _shapes(op)
        for name, at in op.reads:
            _inside(at, op)
            if not written[at.buffer][at.places].all():
                raise InvariantError(f"{op!r} reads {name} = {at!r} before it was written")
        for at, accumulates in op.writes:
            _inside(at, op)
            if accumulates and not written[at.buffer][at.places].all():
                raise InvariantError(f"{op!r} adds to {at!r}, which was never written")
            if not accumulates and at.repeats:
                raise InvariantError(f"{op!r} stores to {at!r}, in which a place repeats")
            _in_place(op, at)
            written[at.buffer][at.places] = True


def _inside(at: View, where: object) -> None:
    if at.size and not (at.places.min() >= 0 and at.places.max() < at.buffer.size):
        raise InvariantError(f"{at!r} in {where!r} leaves its buffer of {at.buffer.size} places")
    if at.listed is None and len(at.steps) != len(at.shape):
        raise InvariantError(f"{at!r} has {len(at.shape)} axes and {len(at.steps)} steps")


def _shapes(op: Op) -> None:
    if isinstance(op, Fill):
        return
    if isinstance(op, Contract):
        lengths: dict[str, int] = {}
        for letters, at in zip(op.letters, (op.out, op.left, op.right), strict=True):
            if len(letters) != len(at.shape):
                raise InvariantError(f"{op!r}: {letters!r} is not the {len(at.shape)} axes of {at!r}")
            for letter, length in zip(letters, at.shape, strict=True):
                if lengths.setdefault(letter, length) != length:
                    raise InvariantError(f"{op!r}: {letter!r} is {lengths[letter]} and {length} long")
        wrong = [at for at in op.addends if at.shape != op.out.shape]
        if wrong:
            raise InvariantError(f"{op!r}: the addend {wrong[0]!r} has not the shape of the result")
        return
    shape = op.stores[0].out.shape if isinstance(op, Map) else (*op.out.shape, op.reads[0][1].shape[-1])
    for at in (*(at for _, at in op.reads), *((store.out for store in op.stores) if isinstance(op, Map) else ())):
        if at.shape != shape:
            raise InvariantError(f"{op!r}: {at!r} has the shape {at.shape}, not {shape}")
    known = {name for name, _ in op.reads}
    for name, value in op.given if isinstance(op, Map) else ():
        _known(op, value, known)
        known.add(name)
    for value in (store.value for store in op.stores) if isinstance(op, Map) else (op.value,):
        _known(op, value, known)
    if isinstance(op, Reduce) and op.kind not in ("sum", "max"):
        raise InvariantError(f"{op!r}: there is no reduction {op.kind!r}")


def _known(op: Op, value: Expr, known: set[str]) -> None:
    unknown = sorted(expr.names(value) - known)
    if unknown:
        raise InvariantError(f"{op!r} mentions {unknown[0]!r}, which it does not read")


def _in_place(op: Op, out: View) -> None:
    """What an operation both reads and writes stands at the same places, in the same order."""
    for name, at in op.reads:
        if at.buffer is not out.buffer or not np.intersect1d(at.places, out.places).size:
            continue
        if isinstance(op, Map) and at.shape == out.shape and (at.places == out.places).all():
            continue
        raise InvariantError(f"{op!r} reads {name} = {at!r} where it writes {out!r}")
