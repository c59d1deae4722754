"""An array program as a module of LLVM's: one function gives the mean of its output and the gradient, one trains.

``evaluate(memory, X, columns, order, rows, load)`` returns the mean of the first output over rows ``order[0]``,
``order[1]``... of X and leaves the gradient in the memory. ``train`` takes an optimiser's steps one after the other,
and stops early, before the update, at a gradient that is not finite.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from autograd.compiler.ir.array import ArrayProgram, Contract, Fill, Map, Op
from autograd.compiler.ir.views import View
from autograd.compiler.kernel.contraction import ROWS, Side, contract
from autograd.compiler.kernel.lanes import Lanes
from autograd.compiler.kernel.machine_code import lanes
from autograd.compiler.kernel.nests import Nests
from autograd.compiler.kernel.schedule import Schedule
from autograd.compiler.kernel.storage import GROUP, Storage
from autograd.compiler.kernel.update import write_update
from autograd.compiler.kernel.writer import Name, Writer
from autograd.compiler.passes.update import Update

__all__ = ["module_text"]

#: Where the tables of instructions are, if there are any: ``interpret``, and its arguments.
_TABLES = ["ptr %interpret", "ptr %steps", "ptr %code", "ptr %bounds"]
_EVALUATE = ["ptr noalias %memory", "ptr noalias %X", "i64 %columns", "ptr noalias %order", "i64 %rows", "i1 %load"]
_EVALUATE += _TABLES


def module_text(
    program: ArrayProgram, own: Schedule, storage: Storage, update: Update | None = None, *, guarded: bool = False
) -> str:
    """Return the text of a program's module.

    Args:
        program: forward and backward.
        own: its operations in order.
        storage: where its numbers stand.
        update: an optimiser's step, unless it only evaluates.
        guarded: whether products in the backward half keep the zero rule, too.
    """
    writer = Writer()
    with writer.function("evaluate", _EVALUATE, "double"):
        writer.leave("double", _Evaluation(writer, program, own, storage, guarded).write())
    if update is not None:
        assert program.gradient is not None
        write_update(writer, storage, update, storage.start(program.gradient), program.params.size)
    return writer.text()


class _Evaluation:
    def __init__(self, writer: Writer, program: ArrayProgram, own: Schedule, storage: Storage, guarded: bool) -> None:
        self._writer, self._program, self._own, self._storage = writer, program, own, storage
        self._guarded, self._segments = guarded, itertools.count()

    def write(self) -> Name:
        """The body of the function; its result."""
        writer, own = self._writer, self._own
        rows = writer.pure("sitofp i64 %rows to double")
        share = Lanes(writer, 1).div(Lanes(writer, 1).number(1.0), rows)
        output = self._program.outputs[0]
        if not own.block:
            self._load("0", "1", "1")
            self._ops(0, "1", "1", share)
            return Lanes(writer, 1).load(self._storage.address(writer, output, [0] * len(output.shape)))
        single = Lanes(writer, 1)
        self._ops(0, "0", "0", share)
        with writer.counted("0", "%rows", own.block, [("double", single.number(0.0))]) as (start, (total,), following):
            left = writer.pure(f"sub nsw i64 %rows, {start}")
            count = writer.call("i64", "llvm.smin.i64", [("i64", left), ("i64", str(own.block))])
            padded = writer.pure(f"and i64 {writer.plus(count, GROUP - 1)}, {-GROUP}")
            self._load(start, count, padded)
            self._ops(1, padded, count, share)
            nests = Nests(writer, self._storage, padded, count, share)
            following.append(nests.mean(output, total) if output.per_row else total)
        self._ops(2, "0", "0", share)
        if output.per_row:
            return single.div(following[0], rows)
        return single.load(self._storage.address(writer, output, [0] * len(output.shape)))

    def _ops(self, part: int, rows: Name, count: Name, share: Name) -> None:
        for in_tables, ops in self._own.parts[part]:
            if in_tables:
                self._interpret(rows)
            else:
                self._written_out(ops, rows, count, share)

    def _interpret(self, rows: Name) -> None:
        """Carry out the next segment of the tables."""
        writer, segment = self._writer, next(self._segments)
        places = [writer.pure(f"getelementptr inbounds i64, ptr %bounds, i64 {segment + i}") for i in (0, 1)]
        first, last = (writer.result(f"load i64, ptr {place}, align 8") for place in places)
        given = f"ptr %memory, ptr %steps, ptr %code, i64 {first}, i64 {last}, i64 {rows}"
        writer.do(f"call void %interpret({given})")

    def _written_out(self, ops: Sequence[Op], rows: Name, count: Name, share: Name) -> None:
        nests = Nests(self._writer, self._storage, rows, count, share)
        for op in ops:
            if isinstance(op, Contract):
                self._contract(op, rows)
            elif isinstance(op, Map):
                nests.map(op)
            elif isinstance(op, Fill):
                nests.fill(op)
            else:
                nests.reduce(op)

    def _contract(self, op: Contract, rows: Name) -> None:
        """Letters of one place and steps of 0 are left out; a result that stands still along a letter sums over it."""
        lengths: dict[str, Name | int] = {}
        for letters, at in zip(op.letters, (op.out, op.left, op.right), strict=True):
            lengths |= {letter: length for letter, length in zip(letters, at.shape, strict=True) if length > 1}
        views = (op.out, op.left, op.right, *op.addends)
        if any(self._storage.has_rows(at) for at in views):
            lengths[ROWS] = rows
        sides = [
            self._side(at, letters)
            for at, letters in zip(views, (*op.letters, *[op.letters[0]] * len(op.addends)), strict=True)
        ]
        contract(
            self._writer, lengths, *sides[:3], width=min(lanes(), GROUP), addends=sides[3:], accumulate=op.accumulate,
            guarded=self._guarded and op.zero_stops,
        )  # fmt: skip

    def _side(self, at: View, letters: str) -> Side:
        unit = self._storage.unit(at.buffer)
        axes = zip(letters, at.shape, at.steps, strict=True)
        steps = {letter: step * unit for letter, length, step in axes if length > 1 and step}
        if self._storage.has_rows(at):
            steps[ROWS] = 1
        return Side(self._storage.address(self._writer, at, [0] * len(at.shape)), steps)

    # Inputs -----------------------------------------------------------------------------------------------------------

    def _load(self, start: Name, count: Name, padded: Name) -> None:
        """Put rows of X where the operations read them, the last one again and again to fill up the last group.

        What is loaded already may stay where all rows are one block: then the same rows are not read again.
        """
        writer = self._writer
        reading, behind = writer.label(), writer.label()
        writer.do(f"br i1 %load, label {reading}, label {behind}")
        writer.begin(reading)
        with writer.scope():
            for column, places in _runs([at.start for at in self._program.inputs]):
                first = self._storage.start(self._program.inputs[column])
                if self._own.block:
                    self._load_run(column, first, len(places), start, count, padded)
                else:
                    self._copy_run(column, first, len(places))
        writer.do(f"br label {behind}")
        writer.begin(behind)

    def _row(self, number: Name) -> Name:
        """Where a row of X begins."""
        writer = self._writer
        place = writer.pure(f"getelementptr inbounds i64, ptr %order, i64 {number}")
        row = writer.result(f"load i64, ptr {place}, align 8")
        return writer.at("%X", writer.times(row, "%columns"))

    def _copy_run(self, column: int, first: int, length: int) -> None:
        single, row = Lanes(self._writer, 1), self._row("0")
        with self._writer.loop(0, length) as i:
            value = single.load(self._writer.at(row, self._writer.plus(i, column)))
            single.store(value, self._writer.at("%memory", self._writer.plus(i, first)))

    def _load_run(self, column: int, first: int, length: int, start: Name, count: Name, padded: Name) -> None:
        """Four rows and four columns at a time, turned over in registers."""
        writer, stride, v = self._writer, self._storage.stride, Lanes(self._writer, 4)
        last = writer.plus(count, -1)
        with writer.loop("0", padded, 4) as row:
            sources = []
            for i in range(4):
                own = writer.call("i64", "llvm.smin.i64", [("i64", writer.plus(row, i)), ("i64", last)])
                sources.append(writer.at(self._row(writer.plus(start, own)), column))
            target = writer.at("%memory", writer.plus(row, first))
            whole = length - length % 4
            if whole:
                with writer.loop(0, whole, 4) as turn:
                    columns = v.transposed([v.load(writer.at(source, turn)) for source in sources])
                    for j, value in enumerate(columns):
                        v.store(value, writer.at(target, writer.times(writer.plus(turn, j), stride)))
            single = Lanes(writer, 1)
            for rest in range(whole, length):
                for j, source in enumerate(sources):
                    value = single.load(writer.at(source, rest))
                    single.store(value, writer.at(target, rest * stride + j))


def _runs(places: Sequence[int]) -> list[tuple[int, list[int]]]:
    """Runs of inputs whose places follow one another: the first input of each, and the places."""
    numbered = enumerate(places)
    groups = itertools.groupby(numbered, key=lambda pair: pair[1] - pair[0])
    return [(own[0][0], [place for _, place in own]) for own in (list(group) for _, group in groups)]
