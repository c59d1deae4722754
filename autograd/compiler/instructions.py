"""A block program as instructions, for one loop that carries out any of them.

Loops that are written out take longer to compile the more blocks there are, and in a graph without structure every few
nodes are a block. Here a program becomes arrays of instructions, its forward pass and its backward pass alike. Each
evaluates one formula of the calculus table, or one times an adjoint, and stores the result at a place or adds it there.
:mod:`autograd.compiler.interpreter` carries them out.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from autograd.calculus.formula import fill_in, names_in, needed
from autograd.calculus.table import Rule
from autograd.compiler.ir.blocks import Block, Dot, Map, Positions, Program
from autograd.compiler.ir.graph import rule_of
from autograd.compiler.needs import Needs
from autograd.compiler.scalar_source import Reductions

__all__ = ["Instructions"]

#: A number of the program: whether it is in the row buffer, and its place there.
Number = tuple[bool, int]
#: The places, in one buffer, of what a formula names; a list of places for a sequence.
Scope = dict[str, Any]
#: How a result is written, ``"="``, ``"+="`` or ``"max"``, and the formula, with operands ``x0``, ``x1``...
Kind = tuple[str, str]


class Tape:
    """Instructions over one buffer.

    Args:
        places: of the program's numbers; more are added for adjoints and whatever else comes up.
        kinds: of instructions, and their numbers.

    Attributes:
        code: the instructions: its kind's number, the place that it writes, those that it reads.
        adjoints: the places of the adjoints that hold something, by the place of the number.
        constants: the places of numbers that formulas need.
    """

    def __init__(self, places: int, kinds: dict[Kind, int]) -> None:
        self.places = places
        self.code: list[tuple[int, ...]] = []
        self.adjoints: dict[int, int] = {}
        self.constants: dict[float, int] = {}
        self._kinds = kinds
        self._free: list[int] = []

    def new(self) -> int:
        """Return a new place."""
        self.places += 1
        return self.places - 1

    def constant(self, number: float) -> int:
        """Return the place of a number."""
        if number not in self.constants:
            self.constants[number] = self.new()
        return self.constants[number]

    def emit(self, text: str, scope: Scope, out: int, write: str = "=") -> None:
        """Add an instruction: evaluate a formula of single numbers."""
        names, formula = _numbered(text)
        kind = self._kinds.setdefault((write, formula), len(self._kinds))
        self.code.append((kind, out, *(scope[name] for name in names)))

    def add_adjoint(self, text: str, scope: Scope, of: int) -> None:
        """Add what a formula gives to the adjoint of a place."""
        write = "+=" if of in self.adjoints else "="
        if of not in self.adjoints:
            self.adjoints[of] = self._free.pop() if self._free else self.new()
        self.emit(text, scope, self.adjoints[of], write)

    def release(self, place: int) -> None:
        """Let another adjoint have the place of this one's adjoint."""
        self._free.append(self.adjoints.pop(place))

    def define(self, rule: Rule, text: str, scope: Scope) -> str:
        """Compute what a rule's formula needs beforehand, into `scope`; return what is left of it."""
        if not rule.given and not rule.sequences:
            return text
        for name, given in needed(rule.given, [text]):
            if name not in scope:
                left = _Totals(self, scope).lines(given)[1]
                if name in rule.sequences:
                    scope[name] = [self.new() for _ in range(_length(scope))]
                    for place, element in zip(scope[name], _elements(scope), strict=True):
                        self.emit(left, element, place)
                else:
                    scope[name] = self.new()
                    self.emit(left, scope, scope[name])
        return _Totals(self, scope).lines(text)[1]


class _Totals(Reductions):
    """Takes reductions out of formulas, and computes them in instructions."""

    def __init__(self, tape: Tape, scope: Scope) -> None:
        super().__init__(lambda text: text, 0, [])
        self._tape, self._scope = tape, scope

    def loop(self, name: str, text: str, lines: list[str]) -> str:
        total = f"{name}{len(self._scope)}_"
        if name == "size":
            self._scope[total] = self._tape.constant(float(_length(self._scope)))
            return total
        place = self._tape.new()
        for j, element in enumerate(_elements(self._scope)):
            self._tape.emit(text, element, place, "=" if j == 0 else "+=" if name == "sum" else "max")
        self._scope[total] = place
        return total


class _Term(NamedTuple):
    """An operation on single numbers: its result is the first at its place, or is added to what is there."""

    op: str
    operands: list[Any]  # each a Number, or a list of them
    out: Number
    is_first: bool = True


class Instructions:
    """The instructions of a program whose first output is differentiated: its mean over rows, by the parameters.

    What rows read of the uniform buffer is *spread*: it stands in the row buffer, too, the same for every row.

    Attributes:
        uniform, row: the two tapes. Adjoints of uniform numbers stand behind them all, in their order.
        middle: how many of the uniform instructions are to be carried out before those of the rows.
        kinds: of instructions, in the order of their numbers.
        spread: the uniform places that are spread.
        spread_at: where they are spread to in the row buffer, in the same order; their adjoints follow.
        inputs: the places of the inputs in the row buffer.
        output: the place of the output there.
        seed: that of its adjoint.
    """

    def __init__(self, program: Program, needs: Needs) -> None:
        kinds: dict[Kind, int] = {}
        self.uniform, self.row = Tape(2 * program.uniform_size, kinds), Tape(program.row_size, kinds)
        self.uniform.adjoints = {place: program.uniform_size + place for place in range(program.uniform_size)}
        self.inputs = [place for _, place in program.inputs]
        sizes = {False: program.uniform_size, True: program.row_size}
        self._needed = {
            per_row: needs.mask(Positions(np.arange(size), np.full(size, per_row))) for per_row, size in sizes.items()
        }
        terms = [term for block in program.blocks for term in _terms(block)]
        per_row, self.output = program.outputs[0]
        if not per_row:
            terms.append(_Term("identity", [(False, self.output)], (True, self.row.new())))
            self.output = terms[-1].out[1]
        read = (number for term in terms if term.out[0] for number in _flat(term.operands))
        self.spread = list(dict.fromkeys(place for per_row, place in read if not per_row))
        self.spread_at = self.row.places
        self._spread_to = {place: self.row.new() for place in self.spread}
        adjoints = {self._spread_to[place]: self.row.new() for place in self.spread}
        self.row.adjoints = {to: adjoints[to] for place, to in self._spread_to.items() if self._needed[False][place]}
        scopes = [self._forward(term) for term in terms]
        self.middle = len(self.uniform.code)
        self.seed = self.row.adjoints[self.output] = self.row.new()
        for term, scope in zip(reversed(terms), reversed(scopes), strict=True):
            self._backward(term, scope)
        self.kinds = list(kinds)

    def describe(self) -> str:
        """Return the instructions as text, in order: the target's place, what is done, the places it is done with."""
        parts = {
            "once": self.uniform.code[: self.middle],
            "for every row": self.row.code,
            "once again": self.uniform.code[self.middle :],
        }
        lines = []
        for title, code in parts.items():
            if code:
                lines.append(f"{title}:")
                lines += [f"{to:5} {' '.join(self.kinds[kind])} {operands}" for kind, to, *operands in code]
        return "\n".join(lines)

    def _forward(self, term: _Term) -> Scope:
        """Compute a term; return what the names of its formulas stand for."""
        rule, (per_row, place) = rule_of(term.op), term.out
        tape = self.row if per_row else self.uniform
        scope: Scope = {"y": place}
        for operand, number in zip(rule.operands, term.operands, strict=True):
            scope[operand.name] = (
                [self._read(each, per_row) for each in number]
                if isinstance(number, list)
                else self._read(number, per_row)
            )
        tape.emit(tape.define(rule, rule.forward, scope), scope, place, "=" if term.is_first else "+=")
        return scope

    def _backward(self, term: _Term, scope: Scope) -> None:
        """Pass the adjoint of a term on to its operands."""
        rule, (per_row, place) = rule_of(term.op), term.out
        tape = self.row if per_row else self.uniform
        if place not in tape.adjoints:
            return
        scope["dy"] = tape.adjoints[place]
        for operand, number, partial in zip(rule.operands, term.operands, rule.partials, strict=True):
            numbers = number if isinstance(number, list) else [number]
            places = scope[operand.name] if isinstance(number, list) else [scope[operand.name]]
            wanted = [self._needed[space][at] for space, at in numbers]
            if partial == "0" or not any(wanted):
                continue
            text = tape.define(rule, "dy" if partial == "1" else f"dy * ({partial})", scope)
            elements = _elements(scope) if isinstance(number, list) else [scope]
            for is_wanted, at, element in zip(wanted, places, elements, strict=True):
                if is_wanted:
                    tape.add_adjoint(text, element, at)
        if per_row and term.is_first:
            tape.release(place)

    def _read(self, number: Number, by_row: bool) -> int:
        """The place of a number in the buffer of what reads it."""
        per_row, place = number
        return place if per_row == by_row else self._spread_to[place]


def _terms(block: Block) -> Iterator[_Term]:
    """The operations of a block, one after the other."""
    if isinstance(block, Dot):
        left, right, out, *singles = map(_numbers, (block.left, block.right, block.out, *block.singles))
        for b, q, p in np.ndindex(*block.out.index.shape):
            target = out[b][q][p]
            terms = [_Term("mul", [x, y], target, False) for x, y in zip(left[b][p], right[b][q], strict=True)]
            terms += [_Term("identity", [single[b][q][p]], target, False) for single in singles]
            yield terms[0]._replace(is_first=True)
            yield from terms[1:]
    else:
        operands = [_numbers(at.reshape(-1) if isinstance(block, Map) else at) for at in block.operands]
        for number, *own in zip(_numbers(block.out.reshape(-1)), *operands, strict=True):
            yield _Term(block.op, own, number)


def _flat(operands: list[Any]) -> Iterator[Number]:
    for operand in operands:
        yield from operand if isinstance(operand, list) else [operand]


def _numbers(at: Positions) -> Any:
    """Nested lists of numbers, of the shape of `at`."""
    flat: list[Any] = list(zip(at.per_row.ravel().tolist(), at.index.ravel().tolist(), strict=True))
    for length in reversed(at.index.shape[1:]):
        flat = [flat[i : i + length] for i in range(0, len(flat), length)]
    return flat


def _elements(scope: Scope) -> Iterator[Scope]:
    """For every element of the sequences in `scope`, what names stand for there."""
    for j in range(_length(scope)):
        yield {name: at[j] if isinstance(at, list) else at for name, at in scope.items()}


def _length(scope: Scope) -> int:
    return next(len(at) for at in scope.values() if isinstance(at, list))


@functools.cache
def _numbered(text: str) -> tuple[tuple[str, ...], str]:
    """The names in a formula in the order in which they come, and the formula with ``x0``, ``x1``... for them.

    >>> _numbered("dy * (1 - y * y)")
    (('dy', 'y'), 'x0 * (1 - x1 * x1)')
    """
    own = names_in(text)[0]
    names = tuple(dict.fromkeys(name for name in re.findall(r"\w+", text) if name in own))
    return names, fill_in(text, {name: f"x{i}" for i, name in enumerate(names)})
