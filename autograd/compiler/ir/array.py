"""The array program: operations on views of buffers, forward and backward alike. Backends print it, and only it.

A program is data. It says nothing of NumPy, loops or registers; a backend decides those. Its invariants, which
:func:`autograd.compiler.ir.verify.verify` checks:

1. A :class:`View` lies within its :class:`Buffer`.
2. The views of a :class:`Map` have one shape; those of a :class:`Reduce` have the result's shape and one more axis;
   those of a :class:`Contract` have the lengths that its letters say, each letter one length.
3. A place is read only after it was written: by the caller (parameters, inputs, held numbers, constants, ones) or by an
   operation before. An operation that accumulates reads what it adds to.
4. An operation that stores, rather than accumulates, writes each place once.
5. An operation that reads what it writes reads the same places in the same order, so that it may run in place.
6. The names in an expression are those that the operation reads or was given before; the functions are the table's,
   and ``times``, the product by the zero rule: 0 where either factor is 0, whatever the other one is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from autograd.calculus.expr import Expr, Name, substitute
from autograd.calculus.printing import text_of
from autograd.compiler.ir.views import Buffer, View
from autograd.value import Value

__all__ = ["ArrayProgram", "Contract", "Fill", "Map", "Op", "Reduce", "Store", "lines_of"]


@dataclass(frozen=True, eq=False)
class Store:
    """One result of a :class:`Map`.

    Attributes:
        out: where it goes. Where a row's result goes to a place without rows, the rows are summed.
        value: what it is.
        accumulate: whether it is added to what is there; then places may repeat.
    """

    out: View
    value: Expr
    accumulate: bool = False


@dataclass(frozen=True, eq=False)
class Map:
    """The same formulas for every element of some views.

    Attributes:
        reads: what its names stand for.
        given: names for subformulas, computed once for each element, in order.
        stores: its results.
    """

    reads: tuple[tuple[str, View], ...]
    given: tuple[tuple[str, Expr], ...]
    stores: tuple[Store, ...]

    @property
    def writes(self) -> Iterator[tuple[View, bool]]:
        """Where it writes, and whether it accumulates there."""
        return ((store.out, store.accumulate) for store in self.stores)


@dataclass(frozen=True, eq=False)
class Reduce:
    """``out[...] = sum (or largest) over n of value[..., n]``."""

    kind: str  # "sum" or "max"
    reads: tuple[tuple[str, View], ...]
    value: Expr
    out: View

    @property
    def writes(self) -> Iterator[tuple[View, bool]]:
        """Where it writes, and whether it accumulates there."""
        return iter(((self.out, False),))


@dataclass(frozen=True, eq=False)
class Contract:
    """A sum of products, as ``einsum`` writes it: ``out[bqp] = sum over n of left[bpn] * right[bqn]``.

    Letters that `out` lacks are summed over; so are the rows, where a side has them and `out` has not.

    Attributes:
        letters: of out, left and right.
        addends: further terms, views of the shape of `out`.
        accumulate: whether the sum is added to what is there; then places may repeat.
        zero_stops: whether the products are those of adjoints and partials, to which the zero rule applies. A backend
            may multiply plainly, and again by the rule where the gradient is not finite.
    """

    letters: tuple[str, str, str]
    left: View
    right: View
    out: View
    addends: tuple[View, ...] = ()
    accumulate: bool = False
    zero_stops: bool = False

    @property
    def reads(self) -> tuple[tuple[str, View], ...]:
        """What it reads."""
        return (("left", self.left), ("right", self.right), *(("addend", each) for each in self.addends))

    @property
    def writes(self) -> Iterator[tuple[View, bool]]:
        """Where it writes, and whether it accumulates there."""
        return iter(((self.out, self.accumulate),))


@dataclass(frozen=True, eq=False)
class Fill:
    """``out[...] = number``.

    Attributes:
        share: whether the number is divided by the number of rows, as the derivative of a mean over them is.
    """

    out: View
    number: float
    share: bool = False

    reads = ()

    @property
    def writes(self) -> Iterator[tuple[View, bool]]:
        """Where it writes, and whether it accumulates there."""
        return iter(((self.out, False),))


Op = Map | Reduce | Contract | Fill


@dataclass(frozen=True, eq=False)
class ArrayProgram:
    """Operations in order, and where numbers come from and go to.

    Attributes:
        params: the parameters' numbers, (params,).
        inputs: one view of one place for each input number; in a buffer with rows, or in one without.
        held: the places of Values from outside, read afresh in every run.
        constants: places and the numbers that always stand there; ones among inputs included.
        outputs: one view of one place for each result.
        forward: computes the outputs.
        backward: computes `gradient` and `slopes`, from the adjoints of the outputs.
        seeds: the adjoints of the outputs.
        gradient: the adjoints of the parameters.
        slopes: the adjoints of the inputs, if they were asked for.
        held_values: those Values.
        padded: whether lists were padded: then something is computed in vain, and must be finite.
        setup: what is the same in every run, computed once; it comes before both halves.
        blocks: the table's rows that the forward operations are made of: what ``differentiate`` reads.
    """

    params: View
    inputs: tuple[View, ...]
    held: View
    constants: tuple[tuple[View, tuple[float, ...]], ...]
    outputs: tuple[View, ...]
    forward: tuple[Op, ...]
    blocks: tuple[Any, ...]
    backward: tuple[Op, ...] = ()
    seeds: tuple[View, ...] = ()
    gradient: View | None = None
    slopes: tuple[View, ...] = ()
    setup: tuple[Op, ...] = ()
    held_values: tuple[Value, ...] = ()
    padded: bool = False
    nodes: int = 0

    @cached_property
    def buffers(self) -> tuple[Buffer, ...]:
        """Every buffer that is read or written."""
        found: dict[Buffer, None] = {}
        gradient = () if self.gradient is None else (self.gradient,)
        for at in (self.params, *self.inputs, self.held, *self.outputs, *self.seeds, *gradient, *self.slopes):
            found[at.buffer] = None
        for at, _ in self.constants:
            found[at.buffer] = None
        for op in (*self.setup, *self.forward, *self.backward):
            for _, at in op.reads:
                found[at.buffer] = None
            for at, _ in op.writes:
                found[at.buffer] = None
        return tuple(found)

    def describe(self) -> str:
        """Return the operations as text, one a line."""
        sections = (("setup", self.setup), ("forward", self.forward), ("backward", self.backward))
        return "\n".join(line for title, ops in sections for line in _section(title, ops))


def _section(title: str, ops: Sequence[Op]) -> list[str]:
    return [f"{title}:", *(f"    {line}" for op in ops for line in lines_of(op))] if ops else []


def lines_of(op: Op) -> list[str]:
    """Return an operation as text, one line a result."""
    sign = {True: "+=", False: "="}
    if isinstance(op, Fill):
        return [f"{op.out!r} = {op.number!r}{' / rows' if op.share else ''}"]
    if isinstance(op, Contract):
        out, left, right = op.letters
        added = "".join(f" + {each!r}" for each in op.addends)
        product = f"{left},{right}->{out} of {op.left!r}, {op.right!r}"
        return [f"{op.out!r} {sign[op.accumulate]} contract {product}{added}"]
    names = {name: Name(repr(at)) for name, at in op.reads}
    if isinstance(op, Reduce):
        return [f"{op.out!r} = {op.kind} of {_text(op.value, names)}"]
    lines = [f"{name} = {_text(value, names)}" for name, value in op.given]
    return lines + [f"{each.out!r} {sign[each.accumulate]} {_text(each.value, names)}" for each in op.stores]


def _text(value: Expr, names: dict[str, Name]) -> str:
    return text_of(substitute(value, names))
