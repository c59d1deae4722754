"""How a contraction is cut into tiles: which letter goes through the lanes, and how many sums a tile has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from autograd.compiler.kernel.writer import Name, Writer

__all__ = ["ROWS", "Plan", "Side", "planned"]

#: The letter of the rows.
ROWS = "r"
#: Sums in a tile: with the numbers that they are made of they fill sixteen registers.
_SUMS = 12


@dataclass(frozen=True)
class Side:
    """Numbers with letters for axes.

    Attributes:
        pointer: the address of the first.
        steps: the distance between neighbours, by letter; what is not there does not change the place.
    """

    pointer: Name
    steps: Mapping[str, int]

    def shifted(self, writer: Writer, letter: str, count: Name | int) -> Side:
        """The same from a later place on."""
        return replace(self, pointer=writer.at(self.pointer, writer.times(count, self.steps.get(letter, 0))))


@dataclass(frozen=True)
class Plan:
    """How a contraction is carried out: which letter goes through the lanes, which two make tiles, which are summed."""

    lanes: str
    width: int
    chunks: int
    left: str
    right: str
    tile: tuple[int, int]
    outer: tuple[str, ...]
    summed: tuple[str, ...]


def planned(lengths: Mapping[str, Name | int], out: Side, left: Side, right: Side, width: int) -> Plan:
    """Return how a contraction is carried out.

    Args:
        lengths: of every letter; a name where only a run knows it.
        out: the result.
        left: a factor.
        right: the other.
        width: lanes of a register, at most.
    """
    sides = (out, left, right)
    known = {letter: length for letter, length in lengths.items() if isinstance(length, int)}
    lanes = ROWS if ROWS in lengths else ""
    if not lanes:
        fit = [x for x in lengths if all(side.steps.get(x, 1) == 1 or x not in side.steps for side in sides)]
        fit = [x for x in fit if known[x] >= 2 and (x in left.steps or x in right.steps)]
        lanes = max(fit, key=lambda x: (known[x] >= width, x in out.steps, known[x]), default="")
    if not lanes:
        width = 1
    elif lanes != ROWS:
        while width > known[lanes]:
            width //= 2
    stored = lanes in out.steps
    only = [
        [x for x in out.steps if x != lanes and x in side.steps and x not in other.steps and known.get(x, 1) > 1]
        for side, other in ((left, right), (right, left))
    ]
    # The longest of each side; a letter that stands on both sides makes no tile.
    first, second = (max(own, key=known.__getitem__, default="") for own in only)
    chunks = min(2, 8 // width) if stored and lanes == ROWS and not (first and second) else 1  # rows come in eights
    tile = _tile(known.get(first, 1), known.get(second, 1), _SUMS // chunks)
    outer = tuple(x for x in out.steps if x not in (lanes, first, second))
    return Plan(lanes, width, chunks, first, second, tile, outer, tuple(x for x in lengths if x not in out.steps))


def _tile(m: int, n: int, most: int) -> tuple[int, int]:
    """Lengths of a tile of at most so many sums: few loads a product, and little left over at the edges."""

    def cost(sizes: tuple[int, int]) -> float:
        a, b = sizes
        loads = sum(
            count_a * count_b * (max(size_a * size_b, 6) + 0.7 * (size_a + size_b))
            for size_a, count_a in _cuts(m, a)
            for size_b, count_b in _cuts(n, b)
        )
        return loads * (1 + 0.02 * (len(_cuts(m, a)) * len(_cuts(n, b)) - 1))

    sizes = [(a, b) for a in range(1, min(m, most) + 1) for b in range(1, min(n, most // a) + 1)]
    return min(sizes, key=cost)


def _cuts(length: int, size: int) -> list[tuple[int, int]]:
    """Sizes of parts, and how many there are of each."""
    whole, rest = divmod(length, size)
    return [(size, whole)] * (whole > 0) + [(rest, 1)] * (rest > 0)
