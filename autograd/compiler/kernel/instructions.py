"""Programs of many small operations, carried out by tables: what is compiled is one loop for each kind of operation.

Loops that are written out take longer to compile the more operations there are, and in a graph without structure every
few numbers are one. Here an operation becomes rows of a table, the places of an element's operands and results; its
formulas make its kind. The kinds are compiled once for all programs that use the same ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, NamedTuple

import numpy as np

from autograd.calculus.expr import Expr
from autograd.compiler.ir.array import Fill, Map, Op, Reduce
from autograd.compiler.ir.views import View
from autograd.compiler.kernel.formulas import evaluate
from autograd.compiler.kernel.lanes import Lanes
from autograd.compiler.kernel.storage import GROUP, Storage
from autograd.compiler.kernel.writer import Name, Writer

__all__ = ["INTERPRET", "Instructions"]

INTERPRET = ["ptr noalias %memory", "ptr noalias %steps", "ptr noalias %code", "i64 %first", "i64 %last", "i64 %rows"]
#: What stands in a row of the table of steps: the kind, how many elements, where their places are, how many summands.
_STEP = 4


class _Kind(NamedTuple):
    """What operations have in common that differ in places only.

    Attributes:
        what: ``"map"``, ``"sum"``, ``"max"``, ``"contract"`` or ``"fill"``.
        names: of what is read.
        rows: whether there are rows, for each that is read, and then for each result.
        given: names for subformulas.
        values: the results.
        accumulate: for each result, whether it is added.
        rule: whether the zero rule applies to products.
    """

    what: str
    names: tuple[str, ...]
    rows: tuple[bool, ...]
    given: tuple[tuple[str, Expr], ...] = ()
    values: tuple[Expr | float, ...] = ()
    accumulate: tuple[bool, ...] = ()
    rule: bool = False


class Instructions:
    """The tables of some operations.

    Args:
        storage: where numbers stand.
        segments: operations in their order; each segment is carried out by itself.
        guarded: whether products keep the zero rule where it applies.
    """

    def __init__(self, storage: Storage, segments: Sequence[Sequence[Op]], guarded: bool) -> None:
        self._storage = storage
        rows = [[(self._kind(op, guarded), op) for op in segment] for segment in segments]
        self._kinds = sorted({kind for segment in rows for kind, _ in segment}, key=repr)
        numbers = {kind: number for number, kind in enumerate(self._kinds)}
        steps: list[tuple[int, int, int, int]] = []
        code: list[np.ndarray[Any, Any]] = []
        size = 0
        bounds = [0]
        for segment in rows:
            for kind, op in segment:
                table, summands = self._table(op)
                steps.append((numbers[kind], len(table), size, summands))
                code.append(table.ravel())
                size += table.size
            bounds.append(len(steps))
        #: The tables, as ``interpret`` takes them, and where each segment begins.
        self.steps = np.array(steps, np.int32).reshape(-1, _STEP)
        self.code = np.concatenate(code or [np.zeros(0)]).astype(np.int32)
        self.bounds = bounds

    def _kind(self, op: Op, guarded: bool) -> _Kind:
        if isinstance(op, Fill):
            assert not op.share
            return _Kind("fill", (), (self._storage.has_rows(op.out),), values=(op.number,))
        names = tuple(name for name, _ in op.reads)
        outs = [store.out for store in op.stores] if isinstance(op, Map) else [op.out]
        rows = tuple(self._storage.has_rows(at) for at in (*(at for _, at in op.reads), *outs))
        if isinstance(op, Map):
            values, accumulate = zip(*((store.value, store.accumulate) for store in op.stores), strict=True)
            return _Kind("map", names, rows, op.given, values, accumulate)
        if isinstance(op, Reduce):
            return _Kind(op.kind, names, rows, values=(op.value,), accumulate=(False,))
        return _Kind("contract", names, rows, accumulate=(op.accumulate,), rule=guarded and op.zero_stops)

    def _table(self, op: Op) -> tuple[np.ndarray[Any, Any], int]:
        """A row for each element: the places that are read, then those that are written; and how many summands."""
        if isinstance(op, Fill):
            return self._places(op.out).reshape(-1, 1), 1
        if isinstance(op, Map):
            views = [*(at for _, at in op.reads), *(store.out for store in op.stores)]
            return np.column_stack([self._places(at).ravel() for at in views]), 1
        if isinstance(op, Reduce):
            reads = [self._places(at).reshape(op.out.size, -1) for _, at in op.reads]
            summed = np.stack(reads, axis=2)
            return np.column_stack([summed.reshape(op.out.size, -1), self._places(op.out).ravel()]), summed.shape[1]
        lengths: dict[str, int] = {}
        for letters, at in zip(op.letters, (op.out, op.left, op.right), strict=True):
            lengths |= dict(zip(letters, at.shape, strict=True))
        order = [*op.letters[0], *(letter for letter in lengths if letter not in op.letters[0])]
        sides = []
        for letters, at in ((op.letters[1], op.left), (op.letters[2], op.right)):
            own = [letters.index(letter) for letter in order if letter in letters]
            shape = [lengths[letter] if letter in letters else 1 for letter in order]
            places = self._places(at).transpose(own).reshape(shape)
            sides.append(np.broadcast_to(places, [lengths[letter] for letter in order]).reshape(op.out.size, -1))
        summed = np.stack(sides, axis=2)
        rest = [self._places(at).ravel() for at in (*op.addends, op.out)]
        return np.column_stack([summed.reshape(op.out.size, -1), *rest]), summed.shape[1]

    def _places(self, at: View) -> np.ndarray[Any, Any]:
        return self._storage.start(at) + (at.places - at.start) * self._storage.unit(at.buffer)

    def text(self) -> str:
        """The module with ``interpret(memory, steps, code, first, last, rows)``."""
        writer = Writer()
        for number, kind in enumerate(self._kinds):
            arguments = ["ptr noalias %memory", "ptr noalias %code", "i64 %elements", "i64 %summands", "i64 %rows"]
            with writer.function(f"kind{number}", arguments):
                _Loop(writer, kind).write()
        with writer.function("interpret", INTERPRET), writer.loop("%first", "%last") as step:
            fields = [_entry(writer, "%steps", writer.plus(writer.times(step, _STEP), i)) for i in range(_STEP)]
            code = writer.pure(f"getelementptr inbounds i32, ptr %code, i64 {fields[2]}")
            labels, behind = [writer.label() for _ in self._kinds], writer.label()
            cases = " ".join(f"i64 {i}, label {label}" for i, label in enumerate(labels))
            writer.do(f"switch i64 {fields[0]}, label {behind} [ {cases} ]")
            for number, label in enumerate(labels):
                writer.begin(label)
                given = f"ptr %memory, ptr {code}, i64 {fields[1]}, i64 {fields[3]}, i64 %rows"
                writer.do(f"call void @kind{number}({given})")
                writer.do(f"br label {behind}")
            writer.begin(behind)
        return writer.text()

    def describe(self) -> str:
        """One line for each kind, and how often it is carried out."""
        counts = np.bincount(self.steps[:, 0], weights=self.steps[:, 1], minlength=len(self._kinds)).astype(int)
        lines = []
        for kind, count in zip(self._kinds, counts.tolist(), strict=True):
            lines.append(f"{count:8} x {kind.what} of {', '.join(kind.names) or 'nothing'}")
        return "\n".join(lines)


def _entry(writer: Writer, table: Name, index: Name) -> Name:
    """An entry of a table of i32, as i64."""
    place = writer.pure(f"getelementptr inbounds i32, ptr {table}, i64 {index}")
    return writer.pure(f"sext i32 {writer.result(f'load i32, ptr {place}, align 4')} to i64")


class _Loop:
    """The loop over the elements of one kind."""

    def __init__(self, writer: Writer, kind: _Kind) -> None:
        self._writer, self._kind = writer, kind
        self._has_rows = any(kind.rows)
        self._v = Lanes(writer, GROUP if self._has_rows else 1)

    def write(self) -> None:
        writer, kind = self._writer, self._kind
        # What is summed is read once for each summand, by so many places; the rest stands behind.
        summed = {"map": 0, "fill": 0, "contract": 2}.get(kind.what, len(kind.names))
        rest = len(kind.rows) - summed
        width = writer.plus(writer.times("%summands", summed), rest)
        with writer.loop("0", "%elements") as element:
            base = writer.times(element, width)
            behind = writer.plus(base, writer.times("%summands", summed))
            places = [_entry(writer, "%code", writer.plus(behind, i)) for i in range(rest)]
            pointers = [writer.at("%memory", place) for place in places]
            results = max(len(kind.values), 1)
            totals = [0 if kind.rows[len(kind.rows) - results + i] else 1 for i in range(results)]
            lone = [i for i, alone in enumerate(totals) if alone and self._has_rows]
            with self._over_rows(len(lone)) as (row, carried, following):
                values = self._values(base, pointers, row)
                for i, value in enumerate(values):
                    address = pointers[len(pointers) - results + i]
                    if i in lone:
                        following.append(self._v.add(carried[lone.index(i)], value))
                    else:
                        self._put(self._v, value, writer.at(address, row), i)
            one = Lanes(writer, 1)
            for i, total in zip(lone, following, strict=True):
                self._put(one, self._v.total(total), pointers[len(pointers) - results + i], i)

    def _over_rows(self, sums: int) -> AbstractContextManager[tuple[Name, list[Name], list[Name]]]:
        if self._has_rows:
            v = self._v
            return self._writer.counted("0", "%rows", GROUP, [(v.kind, v.number(0.0))] * sums)
        return nullcontext(("0", [], []))

    def _put(self, v: Lanes, value: Name, address: Name, number: int) -> None:
        adds = bool(self._kind.accumulate) and self._kind.accumulate[number]
        v.store(v.add(v.load(address), value) if adds else value, address)

    def _load(self, pointer: Name, has_rows: bool, row: Name) -> Name:
        v = self._v
        if has_rows:
            return v.load(self._writer.at(pointer, row))
        return v.spread(pointer) if self._has_rows else v.load(pointer)

    def _values(self, base: Name, pointers: Sequence[Name], row: Name) -> list[Name]:
        kind, v = self._kind, self._v
        if kind.what == "fill":
            return [v.number(float(value)) for value in kind.values if isinstance(value, float)]
        if kind.what == "map":
            loaded = [self._load(at, rows, row) for at, rows in zip(pointers, kind.rows, strict=False)]
            names = dict(zip(kind.names, loaded, strict=False))
            for name, formula in kind.given:
                names[name] = evaluate(v, formula, names)
            return [evaluate(v, value, names) for value in kind.values if not isinstance(value, float)]
        return [self._sum(base, pointers, row)]

    def _sum(self, base: Name, pointers: Sequence[Name], row: Name) -> Name:
        kind, v, writer = self._kind, self._v, self._writer
        width = 2 if kind.what == "contract" else len(kind.names)
        first = v.number(float("-inf") if kind.what == "max" else 0.0)
        with writer.counted("0", "%summands", 1, [(v.kind, first)]) as (n, (total,), following):
            own = writer.plus(base, writer.times(n, width))
            places = [_entry(writer, "%code", writer.plus(own, i)) for i in range(width)]
            loaded = [
                self._load(writer.at("%memory", place), rows, row)
                for place, rows in zip(places, kind.rows, strict=False)
            ]
            if kind.what == "contract":
                x, y = loaded
                product = v.mul(x, y)
                if kind.rule:
                    zero = v.number(0.0)
                    nothing = v.either(v.compare("oeq", x, zero), v.compare("oeq", y, zero))
                    product = v.select(nothing, zero, product)
                following.append(v.add(total, product))
            else:
                (formula,) = kind.values
                assert not isinstance(formula, float)
                value = evaluate(v, formula, dict(zip(kind.names, loaded, strict=True)))
                if kind.what == "sum":
                    following.append(v.add(total, value))
                else:
                    keep = v.either(v.compare("oge", total, value), v.compare("uno", total, total))
                    following.append(v.select(keep, total, value))
        found = following[0]
        if kind.what == "contract":
            for pointer, rows in zip(pointers[:-1], kind.rows[2:-1], strict=True):
                found = v.add(found, self._load(pointer, rows, row))
        return found
