"""From operations of an array program to calls, one operation after the other."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from autograd.calculus.expr import Call, Expr
from autograd.compiler.ir.array import Contract, Fill, Map, Op, Reduce
from autograd.compiler.ir.views import View
from autograd.compiler.numpy.calls import Array, Calls
from autograd.compiler.numpy.contract import contract
from autograd.compiler.numpy.elementwise import Elementwise
from autograd.compiler.numpy.memory import Memory
from autograd.system.collector import collector_paused

__all__ = ["printed"]


def printed(ops: Iterable[Op], memory: Memory, *, guarded: bool) -> Calls:
    """Return the calls that carry out operations.

    Args:
        ops: in order.
        memory: the arrays of their program.
        guarded: let a zero stop infinity and nan also where that takes a look at every product.
    """
    with collector_paused():
        return _printed(ops, memory, guarded=guarded)


def _printed(ops: Iterable[Op], memory: Memory, *, guarded: bool) -> Calls:
    calls = Calls()
    for op in ops:
        if isinstance(op, Fill):
            _fill(op, memory, calls)
        elif isinstance(op, Contract):
            contract(op, memory, calls, guarded=guarded)
        elif isinstance(op, Map):
            _map(op, memory, calls, guarded=guarded)
        else:
            _reduce(op, memory, calls, guarded=guarded)
        memory.release()
    return calls


def _fill(op: Fill, memory: Memory, calls: Calls) -> None:
    number = memory.number(op.number / memory.rows if op.share else op.number)
    if op.out.listed is None:
        calls.add(np.copyto, memory.view(op.out), number)
    else:
        memory.write(op.out, number, calls, accumulate=False)


def _map(op: Map, memory: Memory, calls: Calls, *, guarded: bool) -> None:
    per_row = any(at.per_row for _, at in op.reads) or any(store.out.per_row for store in op.stores)
    shape = (*op.stores[0].out.shape, memory.rows) if per_row else op.stores[0].out.shape
    drop = tuple([axis for axis, n in enumerate(shape) if n == 1])
    small = tuple([n for n in shape if n != 1])

    def lifted(at: View) -> Array:
        array = memory.read(at, calls)
        array = array[..., None] if per_row and not at.per_row else array
        return array.squeeze(drop) if drop else array

    formulas = [*(value for _, value in op.given), *(store.value for store in op.stores)]
    names = {name: lifted(at) for name, at in op.reads}
    element = Elementwise(memory, calls, names, small, guarded=guarded, formulas=formulas)
    for name, value in op.given:
        element.name(name, element.value(value))
    for store in op.stores:
        at = store.out
        summed = per_row and not at.per_row
        if at.listed is None and not store.accumulate and not summed:
            is_read = any(read.overlaps(at) for _, read in op.reads)
            element.into(store.value, memory.view(at).reshape(small), is_read=is_read)
            continue
        if summed:
            _sum_of_rows(element, store.value, at, store.accumulate, memory, calls, small)
            continue
        found = element.value(store.value)
        full = memory.shape(at)
        found = np.broadcast_to(found, small).reshape(full) if found.shape != full else found
        if store.accumulate and at.listed is None and not at.repeats:
            target = memory.view(at)
            calls.add(np.add, target, found, target)
        else:
            memory.write(at, found, calls, accumulate=store.accumulate)


def _sum_of_rows(
    element: Elementwise,
    value: Expr,
    at: View,
    accumulate: bool,
    memory: Memory,
    calls: Calls,
    shape: tuple[int, ...],
) -> None:
    """A result of each row goes to places that all rows share: their sum does."""
    direct = not accumulate and at.listed is None
    out = memory.view(at) if direct else memory.scratch(at.shape)
    if memory.rows == 1:
        calls.add(np.copyto, out, np.broadcast_to(element.value(value), shape).reshape(at.shape))
    else:
        small = out.reshape(shape[:-1])
        sides = [element.value(each) for each in value.args] if isinstance(value, Call) and _is_product(value) else []
        if sides and all(side.shape == shape for side in sides) and not element.guarded:
            calls.add(np.vecdot, *sides, small)
        else:
            found = element.value(value)
            calls.add(np.add.reduce, np.broadcast_to(found, shape), -1, None, small)
    if not direct:
        memory.write(at, out, calls, accumulate=accumulate)


def _is_product(value: Call) -> bool:
    return value.function in ("times", "mul")


def _reduce(op: Reduce, memory: Memory, calls: Calls, *, guarded: bool) -> None:
    per_row = op.out.per_row
    inner = op.reads[0][1].shape
    shape = (*inner, memory.rows) if per_row else inner
    names = {}
    for name, at in op.reads:
        array = memory.read(at, calls)
        names[name] = array[..., None] if per_row and not at.per_row else array
    element = Elementwise(memory, calls, names, shape, guarded=guarded, formulas=[op.value])
    axis = -2 if per_row else -1
    out = memory.view(op.out) if op.out.listed is None else memory.scratch(memory.shape(op.out))
    if op.kind == "sum" and isinstance(op.value, Call) and op.value.function == "mul" and not per_row:
        sides = [element.value(each) for each in op.value.args]
        if all(side.shape == shape for side in sides):
            calls.add(np.vecdot, *sides, out)
            return
    found = np.broadcast_to(element.value(op.value), shape)
    calls.add(np.add.reduce if op.kind == "sum" else np.maximum.reduce, found, axis, None, out)
    if op.out.listed is not None:
        memory.write(op.out, out, calls, accumulate=False)
