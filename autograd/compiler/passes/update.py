"""An optimiser's step as operations: the formulas of its stages, over the gradient, the parameters and its states."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from autograd.calculus import expr
from autograd.calculus.expr import Name, Number, parse, substitute
from autograd.compiler.ir.array import ArrayProgram, Map, Op, Store
from autograd.compiler.ir.views import Buffer, View, gather
from autograd.compiler.passes.lower import Emitter
from autograd.compiler.training import OptimizerStage

__all__ = ["Update", "update"]


@dataclass(frozen=True, eq=False)
class Update:
    """What takes an optimiser's step.

    Attributes:
        ops: they turn the gradient into a step, take it, and change the states in place.
        states: one vector for each state of each stage, in order.
        rates: one number for each stage: its learning rate.
        step: one number: how many steps have been taken, this one included.
    """

    ops: tuple[Op, ...]
    states: tuple[View, ...]
    rates: tuple[View, ...]
    step: View


def update(program: ArrayProgram, stages: Sequence[OptimizerStage]) -> Update:
    """Return the operations of an optimiser's step for a program's parameters.

    Args:
        program: with its backward half.
        stages: each turns what the one before gave into another vector, the first one the gradient.
    """
    assert program.gradient is not None
    count = program.params.size
    vectors = [
        gather(Buffer(f"state {i}", count, False), 0, count) for i in range(sum(len(each.states) for each in stages))
    ]
    rates = tuple(gather(Buffer(f"rate {i}", 1, False), 0, 1) for i in range(len(stages)))
    step = gather(Buffer("step", 1, False), 0, 1)
    ops: list[Op] = []
    made = 0

    def temporary(shape: tuple[int, ...], per_row: bool) -> View:
        nonlocal made
        made += 1
        size = count if len(shape) == 2 else 1
        at = gather(Buffer(f"u{made}", size, per_row), 0, size)
        return _row(at) if len(shape) == 2 else at

    flow, states = _row(program.gradient), iter(vectors)
    for stage, rate in zip(stages, rates, strict=True):
        constants = {name: Number(value) for name, value in stage.constants}
        own = {name: _row(next(states)) for name, _ in stage.states}
        known: dict[str, View] = {"g": flow, "p": _row(program.params), "rate": rate, "t": step, **own}
        sequences = frozenset(("g", "p", *own))
        given = {name: substitute(parse(text), constants) for name, text in stage.given}
        for name, formula in given.items():
            if expr.elements(formula, sequences):
                sequences |= {name}
        emit = Emitter(ops, temporary, known, sequences, count, False)
        for name, formula in given.items():
            known[name] = emit.materialised(formula, (1,))
        for name, text in stage.states:
            emit.store(substitute(parse(text), constants), own[name], accumulate=False)
        flow = emit.materialised(substitute(parse(stage.result), constants), (1,))
    ops.append(Map((("step", flow),), (), (Store(_row(program.params), Name("step"), accumulate=True),)))
    return Update(tuple(ops), tuple(vectors), rates, step)


def _row(at: View) -> View:
    """A vector as one sequence, (1, n)."""
    return replace(at, shape=(1, *at.shape), steps=(0, *at.steps))
