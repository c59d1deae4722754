"""An optimiser's steps in machine code: its stages' formulas over the parameters, gradients and states.

``train`` evaluates, looks whether the gradient is finite, and takes the step, again and again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from autograd.calculus.expr import Call, Expr, names, parse
from autograd.calculus.expr import Name as Variable
from autograd.compiler.kernel.formulas import evaluate
from autograd.compiler.kernel.storage import GROUP
from autograd.compiler.kernel.writer import Lanes, Name, Writer
from autograd.compiler.training import OptimizerStage

__all__ = ["Stages", "write_update"]

Stages = Sequence[OptimizerStage]

_TRAIN = [
    "ptr noalias %memory", "ptr noalias %X", "i64 %columns", "ptr noalias %order", "ptr noalias %starts",
    "ptr noalias %fresh", "ptr noalias %rates", "i64 %taken", "ptr noalias %states", "ptr noalias %steps",
    "ptr noalias %losses", "i64 %first", "i64 %last", "i1 %check", "ptr %interpret", "ptr %table", "ptr %code",
    "ptr %bounds",
]  # fmt: skip
_EVALUATED = (
    "ptr %memory, ptr %X, i64 %columns, ptr {}, i64 {}, i1 {}, ptr %interpret, ptr %table, ptr %code, ptr %bounds"
)


def write_update(writer: Writer, stages: Stages, params: int, parameters: int, gradient: int) -> None:
    """Write ``train``: steps `first` to `last` - 1; it returns how far it came.

    Args:
        writer: where to; its module has ``evaluate``.
        stages: of the optimiser.
        params: how many parameters there are.
        parameters: where they begin in the memory.
        gradient: where that begins.
    """
    one = Lanes(writer, 1)
    with writer.function("train", _TRAIN, "i64"):
        with writer.loop("%first", "%last") as step:
            begin, end = (_whole(writer, "%starts", writer.plus(step, i)) for i in (0, 1))
            rows = writer.pure(f"sub nsw i64 {end}, {begin}")
            fresh = writer.pure(f"icmp ne i64 {_whole(writer, '%fresh', step)}, 0")
            order = writer.pure(f"getelementptr inbounds i64, ptr %order, i64 {begin}")
            loss = writer.result(f"call double @evaluate({_EVALUATED.format(order, rows, fresh)})")
            one.store(loss, writer.at("%losses", step))
            _leave_unless_finite(writer, step, params, gradient)
            _Update(writer, stages, params, parameters, gradient, step).write()
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


@dataclass
class _Stage:
    """A stage being written: its formulas, where its states begin, what is known as one number, and what is not."""

    stage: OptimizerStage
    place: int
    scalars: dict[str, Name]
    given: list[tuple[str, Expr]] = field(default_factory=list)


class _Update:
    """The stages, as few loops as their reductions allow: what follows from the whole gradient needs one before it."""

    def __init__(self, writer: Writer, stages: Stages, params: int, parameters: int, gradient: int, step: Name) -> None:
        self._writer, self._stages, self._params = writer, stages, params
        self._parameters, self._gradient, self._step = parameters, gradient, step
        self._one = Lanes(writer, 1)

    def write(self) -> None:
        """The loops of one step."""
        writer = self._writer
        t = writer.pure(f"sitofp i64 {writer.plus('%taken', self._step, 1)} to double")
        pending: list[_Stage] = []
        first, place = True, 0
        for number, stage in enumerate(self._stages):
            at = writer.plus(writer.times(self._step, len(self._stages)), number)
            scalars = {name: self._one.number(value) for name, value in stage.constants}
            scalars |= {"rate": self._one.load(writer.at("%rates", at)), "t": t}
            if pending and any(_reduces(parse(text)) for _, text in stage.given):
                self._loop(pending, first=first, last=False)
                pending, first = [], False
            pending.append(self._prepared(_Stage(stage, place, scalars), first=first))
            place += len(stage.states)
        self._loop(pending, first=first, last=True)

    def _prepared(self, own: _Stage, *, first: bool) -> _Stage:
        """The stage with all that is one number for all parameters computed."""
        for name, text in own.stage.given:
            formula = self._reduced(parse(text), own, first=first)
            if names(formula) <= own.scalars.keys():
                own.scalars[name] = evaluate(self._one, formula, own.scalars)
            else:
                own.given.append((name, formula))
        return own

    def _reduced(self, formula: Expr, own: _Stage, *, first: bool) -> Expr:
        """The formula with its reductions computed: each is a name of the stage."""
        if not isinstance(formula, Call):
            return formula
        if formula.function in ("sum", "max"):
            name = f"reduction {len(own.scalars)}"
            own.scalars[name] = self._reduction(formula, own, first=first)
            return Variable(name)
        return Call(formula.function, tuple(self._reduced(arg, own, first=first) for arg in formula.args))

    def _reduction(self, formula: Call, own: _Stage, *, first: bool) -> Name:
        v, (inner,) = self._one, formula.args
        adds = formula.function == "sum"
        start = v.number(0.0 if adds else float("-inf"))
        with self._writer.counted("0", str(self._params), 1, [(v.kind, start)]) as (i, (total,), following):
            value = evaluate(v, inner, self._numbers(v, own, i, self._incoming(v, i, first=first)))
            if adds:
                following.append(v.add(total, value))
            else:
                keep = v.either(v.compare("oge", total, value), v.compare("uno", total, total))
                following.append(v.select(keep, total, value))
        return following[0]

    def _incoming(self, v: Lanes, i: Name, *, first: bool) -> Name:
        """What the first stage of a loop starts from."""
        writer = self._writer
        return v.load(writer.at("%memory", writer.plus(i, self._gradient)) if first else writer.at("%steps", i))

    def _numbers(self, v: Lanes, own: _Stage, i: Name, g: Name) -> dict[str, Name]:
        """The parameter, its gradient as it comes in, its states as they were, and what is given."""
        writer = self._writer
        found = {name: v.of(value) for name, value in own.scalars.items()}
        found |= {"g": g, "p": v.load(writer.at("%memory", writer.plus(i, self._parameters)))}
        for offset, (name, _) in enumerate(own.stage.states):
            found[name] = v.load(self._state(own, offset, i))
        for name, formula in own.given:
            found[name] = evaluate(v, formula, found)
        return found

    def _state(self, own: _Stage, offset: int, i: Name) -> Name:
        return self._writer.at("%states", self._writer.plus(i, (own.place + offset) * self._params))

    def _loop(self, stages: Sequence[_Stage], *, first: bool, last: bool) -> None:
        """Go over all parameters: the result of each stage is the next one's gradient, the last one's the step."""
        writer = self._writer
        for v, start, stop in _strips(writer, self._params):
            with writer.loop(str(start), str(stop), v.width) as i:
                g = self._incoming(v, i, first=first)
                for own in stages:
                    found = self._numbers(v, own, i, g)
                    for offset, (name, text) in enumerate(own.stage.states):
                        found[name] = evaluate(v, parse(text), found)
                        v.store(found[name], self._state(own, offset, i))
                    g = evaluate(v, parse(own.stage.result), found)
                if last:
                    address = writer.at("%memory", writer.plus(i, self._parameters))
                    v.store(v.add(v.load(address), g), address)
                else:
                    v.store(g, writer.at("%steps", i))


def _reduces(formula: Expr) -> bool:
    return isinstance(formula, Call) and (formula.function in ("sum", "max") or any(map(_reduces, formula.args)))
