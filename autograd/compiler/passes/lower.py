"""Lowering: blocks, which are rows of the table over many places, become operations of the array program.

A row's formulas become the expressions of a map. A row over sequences becomes reductions and maps, one for each given
name. What a row's result and its partials both use is a *residual*: it is stored, for the backward half to read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from autograd.calculus import expr
from autograd.calculus.expr import Call, Expr, Name, Number, elements, fold
from autograd.compiler.ir.array import ArrayProgram, Contract, Map, Op, Reduce, Store
from autograd.compiler.ir.blocks import Dot, Positions, Program
from autograd.compiler.ir.blocks import Map as MapBlock
from autograd.compiler.ir.blocks import Reduce as ReduceBlock
from autograd.compiler.ir.formulas import Formulas, formulas_of
from autograd.compiler.ir.views import Buffer, View, gather, view

__all__ = ["Applied", "Copied", "Multiplied", "lower"]


@dataclass(frozen=True, eq=False)
class Applied:
    """A row of the table, applied: what its pullback needs to know.

    Attributes:
        formulas: the row's, simplified for operands that are constants.
        operands: by name; those of a sequence have one axis more than the result.
        out: the result.
        residuals: given formulas that stand in a buffer.
        length: of the sequences, 0 without.
    """

    formulas: Formulas
    operands: Mapping[str, View]
    out: View
    residuals: Mapping[str, View] = field(default_factory=dict)
    length: int = 0


@dataclass(frozen=True, eq=False)
class Multiplied:
    """Sums of products, ``out[bqp] = sum over n of left[bpn] * right[bqn]``, plus addends."""

    left: View
    right: View
    addends: tuple[View, ...]
    out: View


@dataclass(frozen=True, eq=False)
class Copied:
    """Numbers gathered from places in both buffers into one: pairs of source and target."""

    pairs: tuple[tuple[View, View], ...]


def lower(program: Program, params: int) -> ArrayProgram:
    """Return the array program of a program of blocks, without its backward half.

    Args:
        program: the blocks.
        params: how many of the first places are parameters.
    """
    lowering = _Lowering(program)
    for block in program.blocks:
        if isinstance(block, Dot):
            lowering.dot(block)
        elif isinstance(block, MapBlock):
            lowering.map(block)
        else:
            lowering.reduce(block)
    once, rows = lowering.once, lowering.rows
    ones = tuple((gather(rows if per_row else once, place, 1), (1.0,)) for per_row, place in program.ones)
    constants = gather(once, program.constants_start, len(program.constants))
    return ArrayProgram(
        params=gather(once, 0, params),
        inputs=tuple(gather(rows if per_row else once, place, 1) for per_row, place in program.inputs),
        held=gather(once, program.held_start, len(program.held)),
        constants=((constants, tuple(program.constants)), *ones),
        outputs=tuple(gather(rows if per_row else once, place, 1) for per_row, place in program.outputs),
        forward=tuple(lowering.ops),
        blocks=tuple(lowering.blocks),
        nodes=program.nodes,
        held_values=tuple(program.held),
        padded=program.padded,
    )


class _Lowering:
    def __init__(self, program: Program) -> None:
        self.once = Buffer("once", program.uniform_size, False)
        self.rows = Buffer("rows", program.row_size, True)
        self.ops: list[Op] = []
        self.blocks: list[Applied | Multiplied | Copied] = []
        start = program.constants_start
        self._constants = {start + i: number for i, number in enumerate(program.constants)}
        self._temporaries = 0

    def temporary(self, shape: tuple[int, ...], per_row: bool) -> View:
        """A view of a new buffer of that shape."""
        self._temporaries += 1
        size = int(np.prod(shape))
        buffer = Buffer(f"t{self._temporaries}", size, per_row)
        return gather(buffer, 0, size) if len(shape) == 1 else view(buffer, np.arange(size).reshape(shape))

    def read(self, at: Positions) -> View:
        """A view of places; if they are in both buffers, they are copied into one with rows."""
        if at.space != "mixed":
            return self.plain(at)
        copy = self.temporary(at.index.shape, True)
        pairs = []
        for buffer, chosen in ((self.rows, at.per_row), (self.once, ~at.per_row)):
            source, target = view(buffer, at.index[chosen]), view(copy.buffer, copy.places[chosen])
            pairs.append((source, target))
            self.ops.append(Map((("x", source),), (), (Store(target, Name("x")),)))
        self.blocks.append(Copied(tuple(pairs)))
        return copy

    def plain(self, at: Positions) -> View:
        """A view of places of one buffer."""
        buffer = self.rows if at.space == "row" else self.once
        steps = at.steps()
        if steps is None:
            return View(buffer, int(at.index.flat[0]), at.index.shape, (), at.index)
        return View(buffer, int(at.index.flat[0]), at.index.shape, steps)

    def constant(self, at: Positions) -> float | None:
        """The number that stands at all these places, if it is one constant; not 0, whose sign would be lost."""
        first = int(at.index.flat[0])
        if at.space == "uniform" and first in self._constants and (at.index == first).all():
            return self._constants[first] or None
        return None

    def dot(self, block: Dot) -> None:
        left, right, *addends = map(self.read, (block.left, block.right, *block.singles))
        out = self.plain(block.out)
        if out.per_row and not left.per_row and not right.per_row:  # only an addend differs from row to row
            product = self.temporary(out.shape, False)
            self.multiply(left, right, (), product)
            names = [f"x{i}" for i in range(len(addends) + 1)]
            total: Expr = Name("x0")
            for name in names[1:]:
                total = Call("add", (total, Name(name)))
            self.apply(Formulas.of_sum(names, total), dict(zip(names, (product, *addends), strict=True)), out)
            return
        self.multiply(left, right, tuple(addends), out)

    def multiply(self, left: View, right: View, addends: tuple[View, ...], out: View) -> None:
        self.ops.append(Contract(("bqp", "bpn", "bqn"), left, right, out, addends))
        self.blocks.append(Multiplied(left, right, addends, out))

    def map(self, block: MapBlock) -> None:
        formulas, operands = self.operands(block)
        self.apply(formulas, operands, self.plain(block.out))

    def operands(self, block: MapBlock | ReduceBlock) -> tuple[Formulas, dict[str, View]]:
        formulas = formulas_of(block.op)
        pairs = list(zip(formulas.operands, block.operands, strict=True))
        found = {name: self.constant(at) for name, at in pairs if name not in formulas.sequences}
        constants = {name: number for name, number in found.items() if number is not None}
        return formulas.simplified(tuple(constants.items())), {
            n: self.read(at) for n, at in pairs if n not in constants
        }

    def apply(self, formulas: Formulas, operands: Mapping[str, View], out: View) -> None:
        """Apply a row without sequences: one map."""
        given, used = formulas.needed
        residuals = {name: self.temporary(out.shape, out.per_row) for name, _ in given if name in formulas.residuals}
        stores = [Store(at, Name(name)) for name, at in residuals.items()]
        reads = tuple((name, at) for name, at in operands.items() if name in used)
        self.ops.append(Map(reads, given, (*stores, Store(out, formulas.forward))))
        self.blocks.append(Applied(formulas, operands, out, residuals))

    def reduce(self, block: ReduceBlock) -> None:
        """Apply a row over sequences: each given formula, and each reduction, in a buffer of its own."""
        formulas, operands = self.operands(block)
        out = self.plain(block.out)
        length = next(at.shape[-1] for name, at in operands.items() if name in formulas.sequences)
        known: dict[str, View] = dict(operands)
        emit = Emitter(self.ops, self.temporary, known, formulas.all_sequences, length, out.per_row)
        for name, value in formulas.needed[0]:
            known[name] = emit.materialised(value, out.shape)
        emit.store(formulas.forward, out, accumulate=False)
        residuals = {name: known[name] for name in formulas.residuals if name in known}
        self.blocks.append(Applied(formulas, operands, out, residuals, length))


class Emitter:
    """Emits the operations that compute a formula over sequences.

    Args:
        ops: where they go.
        temporary: makes a view of a new buffer.
        known: what names stand for: of sequences, views with one axis more than the others'.
        sequences: the names of sequences.
        length: of the sequences.
        per_row: whether what is computed has rows.
    """

    def __init__(
        self,
        ops: list[Op],
        temporary: Callable[[tuple[int, ...], bool], View],
        known: dict[str, View],
        sequences: frozenset[str],
        length: int,
        per_row: bool,
    ) -> None:
        self.ops, self.temporary, self.known = ops, temporary, known
        self.sequences, self.length, self.per_row = sequences, length, per_row
        self._sums = 0

    def materialised(self, value: Expr, shape: tuple[int, ...]) -> View:
        """The view of a new buffer that holds a formula's value: of a sequence, if it is one number an element."""
        if isinstance(value, Name):
            return self.known[value.id]
        if elements(value, self.sequences):
            shape = (*shape, self.length)
        if isinstance(value, Call) and value.function in ("sum", "max"):
            return self.reduction(value, shape)
        out = self.temporary(shape, self.per_row)
        self.store(value, out, accumulate=False)
        return out

    def store(self, value: Expr, out: View, *, accumulate: bool) -> None:
        """Emit the map that computes a formula; reductions inside of it come before."""
        if isinstance(value, Call) and value.function in ("sum", "max") and not accumulate:
            self.ops.append(self.reduce_op(value, out))
            return
        value = self.without_reductions(value, out.shape)
        self.ops.append(Map(self.reads(value, out.shape), (), (Store(out, value, accumulate),)))

    def reads(self, value: Expr, shape: tuple[int, ...]) -> tuple[tuple[str, View], ...]:
        """What a formula reads, in one shape."""
        found = []
        for name in sorted(expr.names(value)):
            at = self.known[name]
            found.append((name, at if len(at.shape) == len(shape) else at.along(shape[-1])))
        return tuple(found)

    def without_reductions(self, value: Expr, shape: tuple[int, ...]) -> Expr:
        """The same formula with every reduction computed beforehand, under a name."""
        if not isinstance(value, Call):
            return value
        if value.function == "size":
            return Number(float(self.length))
        if value.function in ("sum", "max"):
            self._sums += 1
            name = f"reduced {self._sums}"
            self.known[name] = self.reduction(value, shape[:1])
            return Name(name)
        return fold(Call(value.function, tuple(self.without_reductions(each, shape) for each in value.args)))

    def reduction(self, value: Call, shape: tuple[int, ...]) -> View:
        """The view of a new buffer with the sum, or the largest, of a formula along sequences."""
        out = self.temporary(shape, self.per_row)
        self.ops.append(self.reduce_op(value, out))
        return out

    def reduce_op(self, value: Call, out: View) -> Reduce:
        inner = self.without_reductions(value.args[0], (*out.shape, self.length))
        return Reduce(value.function, self.reads(inner, (*out.shape, self.length)), inner, out)
