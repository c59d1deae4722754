"""Training in machine code: evaluate, look whether the gradient is finite, take the optimiser's step, again and again.

``train`` takes steps `first` to `last` - 1 and returns how far it came.
"""

from __future__ import annotations

from collections.abc import Iterator

from autograd.compiler.ir.array import Map, Reduce
from autograd.compiler.kernel.lanes import Lanes
from autograd.compiler.kernel.nests import Nests
from autograd.compiler.kernel.storage import GROUP, Storage
from autograd.compiler.kernel.writer import Name, Writer
from autograd.compiler.passes.update import Update

__all__ = ["write_update"]

_TRAIN = [
    "ptr noalias %memory", "ptr noalias %X", "i64 %columns", "ptr noalias %order", "ptr noalias %begins",
    "ptr noalias %ends", "ptr noalias %fresh", "ptr noalias %rates", "i64 %taken", "ptr noalias %states",
    "ptr noalias %losses",
    "i64 %first", "i64 %last", "i1 %check", "ptr %interpret", "ptr %table", "ptr %code", "ptr %bounds",
]  # fmt: skip
_EVALUATED = (
    "ptr %memory, ptr %X, i64 %columns, ptr {}, i64 {}, i1 {}, ptr %interpret, ptr %table, ptr %code, ptr %bounds"
)


def write_update(writer: Writer, storage: Storage, update: Update, gradient: int, params: int) -> None:
    """Write ``train``.

    Args:
        writer: where to; its module has ``evaluate``.
        storage: where numbers stand.
        update: the optimiser's operations.
        gradient: where the gradient begins.
        params: how long it is.
    """
    one, stages = Lanes(writer, 1), len(update.rates)
    with writer.function("train", _TRAIN, "i64"):
        with writer.loop("%first", "%last") as step:
            begin, end = (_whole(writer, table, step) for table in ("%begins", "%ends"))
            rows = writer.pure(f"sub nsw i64 {end}, {begin}")
            fresh = writer.pure(f"icmp ne i64 {_whole(writer, '%fresh', step)}, 0")
            order = writer.pure(f"getelementptr inbounds i64, ptr %order, i64 {begin}")
            loss = writer.result(f"call double @evaluate({_EVALUATED.format(order, rows, fresh)})")
            one.store(loss, writer.at("%losses", step))
            _leave_unless_finite(writer, step, params, gradient)
            for number, at in enumerate(update.rates):
                rate = one.load(writer.at("%rates", writer.plus(writer.times(step, stages), number)))
                one.store(rate, storage.address(writer, at, ["0"] * len(at.shape)))
            taken = writer.pure(f"sitofp i64 {writer.plus('%taken', step, 1)} to double")
            one.store(taken, storage.address(writer, update.step, ["0"] * len(update.step.shape)))
            nests = Nests(writer, storage, "0", "0", "0.0")
            for op in update.ops:
                if isinstance(op, Map):
                    nests.map(op)
                else:
                    assert isinstance(op, Reduce)
                    nests.reduce(op)
        writer.leave("i64", "%last")


def _whole(writer: Writer, table: Name, index: Name) -> Name:
    place = writer.pure(f"getelementptr inbounds i64, ptr {table}, i64 {index}")
    return writer.result(f"load i64, ptr {place}, align 8")


def _leave_unless_finite(writer: Writer, step: Name, params: int, gradient: int) -> None:
    """Return before the update, if that is asked for, at a gradient in which 0 times some number is not 0."""
    total = "0.0"
    for v, start, stop in _strips(writer, params):
        with writer.counted(str(start), str(stop), v.width, [(v.kind, v.number(0.0))]) as (i, (own,), following):
            value = v.load(writer.at("%memory", writer.plus(i, gradient)))
            following.append(v.fma(value, v.number(0.0), own))
        total = Lanes(writer, 1).add(total, v.total(following[0]))
    broken = writer.pure(f"and i1 {writer.pure(f'fcmp uno double {total}, {total}')}, %check")
    leaving, going = writer.label(), writer.label()
    writer.do(f"br i1 {broken}, label {leaving}, label {going}")
    writer.begin(leaving)
    writer.leave("i64", step)
    writer.begin(going)


def _strips(writer: Writer, length: int) -> Iterator[tuple[Lanes, int, int]]:
    whole = length - length % GROUP
    if whole:
        yield Lanes(writer, GROUP), 0, whole
    if whole < length:
        yield Lanes(writer, 1), whole, length
