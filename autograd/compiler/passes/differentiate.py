"""Differentiation, once for all backends: the backward half of an array program, from the partials of the table's rows.

Blocks are visited in reverse. Each gives its operands its own adjoint times their partials; the adjoint of a sum of
products is two sums of products. An adjoint is complete when its block comes up, as all that reads a block stands
behind it.

The zero rule is part of what is emitted: an adjoint meets a partial in ``times``, which is 0 where either is. Sums of
products say that it applies to them (``zero_stops``): a backend may multiply plainly, and look at every product only
where the gradient came out not finite.
"""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import Any

import numpy as np

from autograd.calculus import expr
from autograd.calculus.expr import Call, Expr, Name, Number, elements
from autograd.compiler.ir.array import ArrayProgram, Contract, Fill, Map, Op, Store
from autograd.compiler.ir.formulas import Formulas, Given
from autograd.compiler.ir.views import Buffer, View, gather, view
from autograd.compiler.passes.activity import Activity
from autograd.compiler.passes.lower import Applied, Copied, Emitter, Multiplied

__all__ = ["ADJOINT", "differentiate", "times"]

#: The name of a result's adjoint in expressions; no operand can have it.
ADJOINT = "adjoint of y"


def differentiate(program: ArrayProgram, *, inputs: bool = False, mean: bool = True) -> ArrayProgram:
    """Return the program with its backward half.

    Args:
        program: the forward half, with its blocks.
        inputs: whether the inputs' adjoints are wanted, beside the parameters'.
        mean: differentiate the mean of the first output over the rows; else every run starts from the adjoints that the
            caller puts into ``seeds``.
    """
    return _Reverse(program, inputs=inputs, mean=mean).program()


def times(adjoint: Expr, partial: Expr) -> Expr:
    """The product of an adjoint and a partial, simplified: by the zero rule, where the partial is not a number."""
    if isinstance(partial, Number):
        if partial.value == 1.0:
            return adjoint
        if partial.value == -1.0:
            return Call("neg", (adjoint,))
        if partial.value != 0.0 and np.isfinite(partial.value):
            return Call("mul", (adjoint, partial))
    if isinstance(partial, Call) and partial.function == "neg":
        return Call("neg", (times(adjoint, partial.args[0]),))
    return Call("times", (adjoint, partial))


class _Reverse:
    def __init__(self, program: ArrayProgram, *, inputs: bool, mean: bool) -> None:
        self._program, self._inputs, self._mean = program, inputs, mean
        self._active = Activity(program, inputs=inputs)
        self._adjoints: dict[Buffer, Buffer] = {}
        self._written: dict[Buffer, np.ndarray[Any, Any]] = {}
        self._temporaries = 0
        self._ops: list[Op] = []

    def program(self) -> ArrayProgram:
        program = self._program
        seeds = tuple(self.adjoint(at) for at in program.outputs)
        for i, (output, seed) in enumerate(zip(program.outputs, seeds, strict=True)):
            first = i == 0 and self._mean
            if self._mean and not seed.all(self._written[seed.buffer]):
                self._ops.append(Fill(seed, 1.0 if first else 0.0, share=first and output.per_row))
            self._set_done(seed)
        for block in reversed(program.blocks):
            if isinstance(block, Copied):
                self._copied(block)
            elif self._flows(block.out):
                if isinstance(block, Multiplied):
                    self._multiplied(block)
                else:
                    self._applied(block)
        gradient = self.adjoint(program.params)
        slopes = tuple(self.adjoint(at) for at in program.inputs) if self._inputs else ()
        for at in (gradient, *slopes):
            self._clear(at)
        return replace(program, backward=tuple(self._ops), seeds=seeds, gradient=gradient, slopes=slopes)

    # Adjoints ---------------------------------------------------------------------------------------------------------

    def adjoint(self, at: View) -> View:
        """The adjoints of some places."""
        buffer = self._adjoints.get(at.buffer)
        if buffer is None:
            buffer = self._adjoints[at.buffer] = Buffer(f"{at.buffer.name}'", at.buffer.size, at.buffer.per_row)
            self._written[buffer] = np.zeros(buffer.size, bool)
        return at.within(buffer)

    def temporary(self, shape: tuple[int, ...], per_row: bool) -> View:
        """A view of a new buffer of that shape."""
        self._temporaries += 1
        size = int(np.prod(shape))
        buffer = Buffer(f"d{self._temporaries}", size, per_row)
        return gather(buffer, 0, size) if len(shape) == 1 else view(buffer, np.arange(size).reshape(shape))

    def _set_done(self, at: View) -> None:
        at.mark(self._written[at.buffer])

    def _clear(self, at: View) -> None:
        """Set those adjoints to 0 that nothing has been written to."""
        if not at.size:
            return
        written = self._written[at.buffer]
        if at.all(written):
            return
        places = np.unique(at.places[~written[at.places]])
        self._ops.append(Fill(view(at.buffer, places), 0.0))
        self._set_done(at)

    def _flows(self, out: View) -> bool:
        """Whether anything flows back through a block; then what nothing came to has adjoints of 0."""
        if not self._active.any(out):
            return False
        at = self.adjoint(out)
        if not at.any(self._written[at.buffer]):
            return False
        self._clear(at)
        return True

    def _target(self, at: View, uses: int = 1) -> tuple[View, bool]:
        """The adjoints that a block adds to, and whether it must add: not where it is the first to write."""
        target = self.adjoint(at)
        fresh = uses == 1 and not target.any(self._written[target.buffer]) and not target.repeats
        if not fresh:
            self._clear(target)
        self._set_done(target)
        return target, not fresh

    # Blocks -----------------------------------------------------------------------------------------------------------

    def _copied(self, block: Copied) -> None:
        for source, copy in block.pairs:
            if self._flows(copy) and self._active.any(source):
                target, accumulate = self._target(source)
                read = ((ADJOINT, self.adjoint(copy)),)
                self._ops.append(Map(read, (), (Store(target, Name(ADJOINT), accumulate),)))

    def _multiplied(self, block: Multiplied) -> None:
        flow = self.adjoint(block.out)
        left, right, addends = block.left, block.right, block.addends
        for side, letters, other, other_letters in ((left, "bpn", right, "bqn"), (right, "bqn", left, "bpn")):
            if self._active.any(side):
                target, accumulate = self._target(side)
                letters3 = (letters, "bqp", other_letters)
                self._ops.append(Contract(letters3, flow, other, target, accumulate=accumulate, zero_stops=True))
        for addend in addends:
            if self._active.any(addend):
                target, accumulate = self._target(addend)
                self._ops.append(Map(((ADJOINT, flow),), (), (Store(target, Name(ADJOINT), accumulate),)))

    def _applied(self, block: Applied) -> None:
        formulas = block.formulas
        wanted = {
            name: at
            for name, at in block.operands.items()
            if formulas.partials[name] != Number(0.0) and self._active.any(at)
        }
        if not wanted:
            return
        if block.length:
            self._along(block, wanted)
            return
        known = {ADJOINT: self.adjoint(block.out), "y": block.out, **block.operands, **block.residuals}
        given, values, used = _pullback(formulas, tuple(wanted))
        stores = []
        ranges = [self.adjoint(at) for at in wanted.values()]
        alone = not any(a.overlaps(b) for i, a in enumerate(ranges) for b in ranges[:i])
        for at, value in zip(wanted.values(), values, strict=True):
            target, accumulate = self._target(at, 1 if alone else 2)
            stores.append(Store(target, value, accumulate))
        reads = tuple((name, at) for name, at in known.items() if name in used)
        self._ops.append(Map(reads, given, tuple(stores)))

    def _along(self, block: Applied, wanted: dict[str, View]) -> None:
        """A row over sequences: what its partials need is computed in buffers of its own."""
        formulas, shape = block.formulas, block.out.shape
        known: dict[str, View] = {"y": block.out, **block.operands, **block.residuals}
        known[ADJOINT] = self.adjoint(block.out)
        emit = Emitter(self._ops, self.temporary, known, formulas.all_sequences, block.length, block.out.per_row)
        not_kept = tuple(pair for pair in formulas.given if pair[0] not in known)
        for name, value in expr.needed(not_kept, [formulas.partials[name] for name in wanted]):
            known[name] = emit.materialised(value, shape)
        for name, at in wanted.items():
            partial = formulas.partials[name]
            value = times(Name(ADJOINT), partial)
            if _is_quotient(partial, formulas.all_sequences):  # one number of each sequence is divided, not all
                over, under = partial.args  # type: ignore[union-attr]
                known["quotient"] = emit.materialised(Call("div", (Name(ADJOINT), under)), shape)
                value = times(Name("quotient"), over)
            target, accumulate = self._target(at)
            emit.store(value, target, accumulate=accumulate)


@functools.lru_cache(maxsize=4096)  # an irregular graph asks for few, thousands of times
def _pullback(formulas: Formulas, wanted: tuple[str, ...]) -> tuple[Given, list[Expr], frozenset[str]]:
    """What a row without sequences gives its operands: given formulas, a value for each, and the names in them."""
    partials = [formulas.partials[name] for name in wanted]
    given = tuple(expr.needed([pair for pair in formulas.given if pair[0] not in formulas.residuals], partials))
    values = [times(Name(ADJOINT), partial) for partial in partials]
    return given, values, frozenset().union(*map(expr.names, values), *(expr.names(value) for _, value in given))


def _is_quotient(partial: Expr, sequences: frozenset[str]) -> bool:
    if not (isinstance(partial, Call) and partial.function == "div"):
        return False
    over, under = partial.args
    return bool(elements(over, sequences)) and not elements(under, sequences)
