"""Sums of products as tiles of registers: matrix products in all their forms, by one scheme.

One letter goes through the lanes of registers: the rows if there are any, else one whose numbers are neighbours. What
has that letter is loaded as it stands, what has not is one number in all lanes. A tile holds the sums of a few places
of the left side by a few of the right; inside, the summed letters run. Where the lanes' letter is itself summed, as in
the gradient of weights, the lanes are added up at the end (Goto and van de Geijn 2008, for the idea of the tiles).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager

from autograd.compiler.kernel.lanes import Lanes
from autograd.compiler.kernel.tiling import ROWS, Plan, Side, planned
from autograd.compiler.kernel.writer import Name, Writer

__all__ = ["ROWS", "Side", "contract"]

#: Summed letters longer than this are cut: a strip of the right side stays in the nearest cache, a panel of the left
#: in the next one.
_LONGEST = 256


def contract(
    writer: Writer,
    lengths: Mapping[str, Name | int],
    out: Side,
    left: Side,
    right: Side,
    *,
    width: int,
    addends: Sequence[Side] = (),
    accumulate: bool = False,
    guarded: bool = False,
) -> None:
    """Write ``out = (out +) sum of left * right + addends``, the sum over the letters that `out` lacks.

    Args:
        writer: where it is written.
        lengths: of every letter; that of the rows is only known at run time, and a multiple of eight.
        out: where the sums go.
        left: the first factors.
        right: the second ones.
        addends: what is added to a sum.
        width: doubles in a register.
        accumulate: whether it is added to what is there.
        guarded: whether a product is 0 where a factor is, whatever the other one is.
    """
    summed = [letter for letter in lengths if letter not in out.steps]
    for letter in summed:
        length = lengths[letter]
        if letter != ROWS and isinstance(length, int) and length > _LONGEST * 3 // 2:
            # Cut into equal parts: the first one stores, the others add.
            parts = -(-length // _LONGEST)
            size = -(-length // parts)
            for start in range(0, length, size):
                own = {**lengths, letter: min(size, length - start)}
                sides = left.shifted(writer, letter, start), right.shifted(writer, letter, start)
                first = start == 0
                contract(
                    writer, own, out, *sides, width=width, addends=addends if first else (),
                    accumulate=accumulate or not first, guarded=guarded,
                )  # fmt: skip
            return
    plan = planned(lengths, out, left, right, width)
    _Tiles(writer, plan, lengths, addends, accumulate, guarded).write(out, left, right)


class _Tiles:
    """A contraction being written."""

    def __init__(
        self,
        writer: Writer,
        plan: Plan,
        lengths: Mapping[str, Name | int],
        addends: Sequence[Side],
        accumulate: bool,
        guarded: bool,
    ) -> None:
        self.writer, self.plan, self.lengths = writer, plan, lengths
        self.addends, self.accumulate, self.guarded = addends, accumulate, guarded

    def write(self, out: Side, left: Side, right: Side) -> None:
        plan = self.plan
        with ExitStack() as loops:
            sides = [out, left, right, *self.addends]
            for letter in plan.outer:
                sides = self._along(letter, 1, sides, loops)
            if plan.lanes in out.steps:
                for width, chunks, moved in self._lanes(sides):
                    self._tiles(Lanes(self.writer, width), chunks, moved)
            else:
                self._tiles(Lanes(self.writer, plan.width), 1, sides)

    def _along(self, letter: str, step: int, sides: Sequence[Side], loops: ExitStack) -> list[Side]:
        counter = loops.enter_context(self.writer.loop(0, self.lengths[letter], step))
        return [side.shifted(self.writer, letter, counter) for side in sides]

    def _lanes(self, sides: Sequence[Side]) -> Iterator[tuple[int, int, list[Side]]]:
        """The lanes' letter in strips; what remains at the end in narrower ones."""
        plan, writer, length = self.plan, self.writer, self.lengths[self.plan.lanes]
        strip = plan.width * plan.chunks
        if not isinstance(length, int):
            with writer.loop(0, length, strip) as counter:
                yield plan.width, plan.chunks, [side.shifted(writer, plan.lanes, counter) for side in sides]
            return
        start, width = 0, plan.width
        while start < length:
            stop = length - (length - start) % width
            if start < stop:
                with writer.loop(start, stop, width) as counter:
                    yield width, 1, [side.shifted(writer, plan.lanes, counter) for side in sides]
                start = stop
            width //= 2

    def _tiles(self, v: Lanes, chunks: int, sides: Sequence[Side]) -> None:
        plan = self.plan
        for (b, *right_range), (a, *left_range) in itertools.product(
            self._parts(plan.right, plan.tile[1]), self._parts(plan.left, plan.tile[0])
        ):
            with ExitStack() as loops:
                moved = loops.enter_context(self._moved(plan.right, right_range, b, sides))
                out, left, right, *addends = loops.enter_context(self._moved(plan.left, left_range, a, moved))
                sums = self._sums(v, chunks, a, b, left, right)
                self._store(v, chunks, a, b, sums, out, addends)

    def _parts(self, letter: str, size: int) -> list[tuple[int, int, int]]:
        """Sizes of tiles along a letter, and from where to where they reach."""
        if not letter:
            return [(1, 0, 1)]
        length = self.lengths[letter]
        assert isinstance(length, int)
        whole = length - length % size
        return [(size, 0, whole)] * (whole > 0) + [(length - whole, whole, length)] * (whole < length)

    @contextmanager
    def _moved(self, letter: str, reach: Sequence[int], size: int, sides: Sequence[Side]) -> Iterator[list[Side]]:
        start, stop = reach
        with self.writer.loop(start, stop, size) as counter:
            yield [side.shifted(self.writer, letter, counter) for side in sides] if letter else list(sides)

    def _sums(self, v: Lanes, chunks: int, a: int, b: int, left: Side, right: Side) -> list[Name]:
        """The sums of one tile: left places, right places, chunks, the last one fastest."""
        start = [v.number(0.0)] * (a * b * chunks)
        return self._summed(list(self.plan.summed), v, chunks, a, b, left, right, start)

    def _summed(
        self, letters: list[str], v: Lanes, chunks: int, a: int, b: int, left: Side, right: Side, sums: list[Name]
    ) -> list[Name]:
        """Go through the summed letters, the lanes' one innermost."""
        if not letters:
            return self._products(v, chunks, a, b, left, right, sums)
        # What is longest runs innermost; the lanes' letter most of all.
        letter = letters[0] if letters[0] != self.plan.lanes or len(letters) == 1 else letters[1]
        rest, length, writer = [x for x in letters if x != letter], self.lengths[letter], self.writer
        if letter != self.plan.lanes and isinstance(length, int) and length * len(sums) <= 48 and not rest:
            for place in range(length):
                sides = left.shifted(writer, letter, place), right.shifted(writer, letter, place)
                sums = self._summed(rest, v, chunks, a, b, *sides, sums)
            return sums
        step = v.width if letter == self.plan.lanes else 1
        whole = length - length % step if isinstance(length, int) else length
        with writer.counted(0, whole, step, [(v.kind, each) for each in sums]) as (turn, carried, following):
            sides = left.shifted(writer, letter, turn), right.shifted(writer, letter, turn)
            following += self._summed(rest, v, chunks, a, b, *sides, carried)
        if isinstance(length, int) and isinstance(whole, int) and whole < length:
            following = self._remainder(letter, whole, v, a, b, left, right, following)
        return following

    def _remainder(
        self, letter: str, start: int, v: Lanes, a: int, b: int, left: Side, right: Side, sums: list[Name]
    ) -> list[Name]:
        """What of the lanes' letter fills no register, number by number, into the first lane."""
        one = Lanes(self.writer, 1)
        length = self.lengths[letter]
        assert isinstance(length, int)
        write = self.writer.pure
        firsts = [write(f"extractelement {v.kind} {each}, i32 0") if v.width > 1 else each for each in sums]
        for turn in range(start, length):
            sides = left.shifted(self.writer, letter, turn), right.shifted(self.writer, letter, turn)
            firsts = self._products(one, 1, a, b, *sides, firsts)
        if v.width == 1:
            return firsts
        pairs = zip(sums, firsts, strict=True)
        return [write(f"insertelement {v.kind} {each}, double {first}, i32 0") for each, first in pairs]

    def _products(
        self, v: Lanes, chunks: int, a: int, b: int, left: Side, right: Side, sums: Sequence[Name]
    ) -> list[Name]:
        # The side with fewer numbers stays in registers; one number of the other at a time meets all of them.
        found = list(sums)
        few, many = ((self.plan.left, a, left), (self.plan.right, b, right))[:: 1 if a <= b else -1]
        kept = [self._numbers(v, chunks, few[0], i, few[2]) for i in range(few[1])]
        for j in range(many[1]):
            others = self._numbers(v, chunks, many[0], j, many[2])
            for i, k in itertools.product(range(few[1]), range(chunks)):
                number = ((i * b + j) if a <= b else (j * b + i)) * chunks + k
                found[number] = self._product(v, kept[i][k], others[k], found[number])
        return found

    def _product(self, v: Lanes, x: Name, y: Name, total: Name) -> Name:
        if not self.guarded:
            return v.intrinsic("fmuladd", x, y, total)
        zero = v.number(0.0)
        nothing = v.either(v.compare("oeq", x, zero), v.compare("oeq", y, zero))
        return v.add(total, v.select(nothing, zero, v.mul(x, y)))

    def _numbers(self, v: Lanes, chunks: int, letter: str, place: int, side: Side) -> list[Name]:
        """One place of a side, a name for each chunk."""
        own = side.shifted(self.writer, letter, place) if letter else side
        if self.plan.lanes in side.steps:
            return [v.load(self.writer.at(own.pointer, k * v.width)) for k in range(chunks)]
        return [v.spread(own.pointer)] * chunks

    def _store(
        self, v: Lanes, chunks: int, a: int, b: int, sums: Sequence[Name], out: Side, addends: Sequence[Side]
    ) -> None:
        plan = self.plan
        places = list(itertools.product(range(a), range(b)))
        if plan.lanes in out.steps:
            for number, (i, j, k) in enumerate(itertools.product(range(a), range(b), range(chunks))):
                self._finish(v, sums[number], [self._place(side, i, j, k * v.width) for side in (out, *addends)])
            return
        # Neighbours among the results are added up, and stored, together.
        beside = next((x for x in (plan.right, plan.left) if x and out.steps[x] == 1), "")
        size = v.width if beside and (b if beside == plan.right else a) >= v.width and not addends else 1
        if size == 1:
            one = Lanes(self.writer, 1)
            for (i, j), each in zip(places, sums, strict=True):
                self._finish(one, v.total(each), [self._place(side, i, j, 0) for side in (out, *addends)])
            return
        numbers = dict(zip(places, sums, strict=True))
        for i, j in places:
            along, across = (j, i) if beside == plan.right else (i, j)
            if along % size:
                continue
            group = [(across, along + k) if beside == plan.right else (along + k, across) for k in range(size)]
            group = [at for at in group if at in numbers]
            if len(group) == size:
                self._finish(v, v.totals([numbers[at] for at in group]), [self._place(out, i, j, 0)])
                continue
            for at in group:
                self._finish(Lanes(self.writer, 1), v.total(numbers[at]), [self._place(out, *at, 0)])

    def _place(self, side: Side, i: int, j: int, lane: int) -> Side:
        for letter, count in ((self.plan.left, i), (self.plan.right, j), (self.plan.lanes, lane)):
            side = side.shifted(self.writer, letter, count) if letter else side
        return side

    def _finish(self, v: Lanes, value: Name, sides: Sequence[Side]) -> None:
        out, *addends = sides
        for side in addends:
            spread = v.width > 1 and self.plan.lanes not in side.steps
            value = v.add(value, v.spread(side.pointer) if spread else v.load(side.pointer))
        if self.accumulate:
            value = v.add(v.load(out.pointer), value)
        v.store(value, out.pointer)
