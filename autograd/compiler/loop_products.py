"""Matrix products as loops over rows, a few products at a time, and their adjoints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from autograd.compiler.ir.blocks import Dot, Positions
from autograd.compiler.scalar_source import nest

if TYPE_CHECKING:
    from autograd.compiler.loops import Loops

__all__ = ["product_adjoint_loops", "product_loops"]

#: How many products are summed before a running sum is stored again.
UNROLL = 4
#: How many running sums share what is read.
TILE = 4


def product_loops(loops: Loops, block: Dot) -> list[str]:
    """Return the loops that compute a block of dot products."""
    batch, q_count, p_count = block.out.index.shape
    length = block.left.index.shape[2]
    target = loops.place(block.out, ["b", "q", "p"])
    if block.out.space != "row":
        singles = [at_row(at, loops.place(at, ["b", "q", "p"])) for at in block.singles]
        product = f"{_side(loops, block.left, 'p', 'n')} * {_side(loops, block.right, 'q', 'n')}"
        total = ["total = 0.0", *nest([("n", length)], [f"total += {product}"])]
        nested = [("b", batch), ("q", q_count), ("p", p_count)]
        return nest(nested, [*total, f"U[{target}] = {' + '.join(['total', *singles])}"])
    lines: list[str] = []
    for p_range in tiles(p_count, TILE):
        outs = [shifted("p", k) for k in range(p_range.step)]
        lines += nest([("b", batch), ("q", q_count), ("p", p_range)], _products(loops, block, length, outs))
    return lines


def tiles(count: int, tile: int, start: int = 0) -> list[range]:
    """Ranges over `count` numbers that go `tile` at a time as far as they can, then one by one."""
    whole = start + count - count % tile
    return [rounds for rounds in (range(start, whole, tile), range(whole, start + count)) if rounds]


def first_apart(count: int, tile: int) -> list[range]:
    """The same, but the first step is a range of its own: it starts the sums that the others add to."""
    tile = min(tile, count)
    return [range(0, tile, tile), *tiles(count - tile, tile, start=tile)]


def shifted(name: str, k: int) -> str:
    """Source of a loop's variable, `k` further on."""
    return f"({name} + {k})" if k else name


def _side(loops: Loops, at: Positions, own: str, n: str) -> str:
    return at_row(at, loops.place(at, ["b", own, n]))


class _Reads:
    """Reads of numbers inside a loop over rows: of one that all rows share before it, of a place before it."""

    def __init__(self) -> None:
        self.outer: list[str] = []
        self.inner: list[str] = []
        self._names: dict[str, str] = {}

    def name(self, at: Positions, place: str, *, adjoint: str = "") -> str:
        """The name of the number at a place of `at`; the same for the same place."""
        source = adjoint + at_row(at, place)
        if source not in self._names:
            name = self._names[source] = f"x{len(self._names)}"
            if at.space == "row":
                if at.steps() is None:  # the table is read once for all rows
                    self.outer.append(f"{name}_at = {place}")
                    place = f"{name}_at"
                self.inner.append(f"{name} = {adjoint}V[{place}, r]")
            else:
                self.outer.append(f"{name} = {source}")
        return self._names[source]

    def over_rows(self, body: list[str]) -> list[str]:
        """The whole loop."""
        return [*self.outer, *nest([("r", "rows")], [*self.inner, *body])]


def _products(loops: Loops, block: Dot, length: int, outs: list[str]) -> list[str]:
    """Add to a few sums, a few products at a time: so each number is read for several sums, each sum kept for long."""
    lines: list[str] = []
    for number, n_range in enumerate(first_apart(length, UNROLL)):
        reads, sums = _Reads(), []
        for p in outs:
            terms = [] if number else [reads.name(at, loops.place(at, ["b", "q", p])) for at in block.singles]
            terms += [
                f"{reads.name(block.left, loops.place(block.left, ['b', p, n]))} * "
                f"{reads.name(block.right, loops.place(block.right, ['b', 'q', n]))}"
                for n in (shifted("n", i) for i in range(n_range.step))
            ]
            place = loops.place(block.out, ["b", "q", p])
            sums.append(f"V[{place}, r] {'+=' if number else '='} {' + '.join(terms)}")
        lines += nest([("n", n_range)], reads.over_rows(sums))
    return lines


def product_adjoint_loops(loops: Loops, block: Dot) -> list[str]:
    """Return the loops that add its adjoints to those of its operands."""
    batch, q_count, p_count = block.out.index.shape
    length = block.left.index.shape[2]
    per_row = block.out.space == "row"
    lines: list[str] = []
    sides = (
        (block.left, "p", p_count, block.right, "q", q_count),
        (block.right, "q", q_count, block.left, "p", p_count),
    )
    singles = [single for single in block.singles if loops.needs.mask(single).any()]
    for at, own, own_count, other_at, other, other_count in sides:
        if not loops.needs.mask(at).any():
            continue
        if not per_row:
            nested = [("b", batch), ("q", q_count), ("p", p_count)]
            adjoint = f"DU[{loops.place(block.out, ['b', 'q', 'p'])}]"
            inner = f"D{_side(loops, at, own, 'n')} += d * {_side(loops, other_at, other, 'n')}"
            lines += nest(nested, [f"d = {adjoint}", *nest([("n", length)], [inner])])
        elif at.space == "row":
            for n_range in tiles(length, TILE):
                ns = [shifted("n", k) for k in range(n_range.step)]
                body = _adjoints_by_row(loops, block, (at, own), (other_at, other, other_count), ns)
                lines += nest([("b", batch), (own, own_count), ("n", n_range)], body)
        elif other_at.space == "uniform":
            total = [f"o = {loops.place(block.out, ['b', 'q', 'p'])}", "total = 0.0"]
            total += nest([("r", "rows")], ["total += DV[o, r]"])
            read, place = _side(loops, other_at, other, "n"), loops.place(at, ["b", own, "n"])
            body = [*total, *nest([("n", length)], [f"DU[{place}] += total * {read}"])]
            lines += nest([("b", batch), ("q", q_count), ("p", p_count)], body)
        else:
            for own_range in tiles(own_count, TILE):
                owns = [shifted(own, k) for k in range(own_range.step)]
                body = _sums_over_rows(loops, block, at, (other_at, other), owns)
                lines += nest([("b", batch), (other, other_count), (own, own_range)], body)
    target = loops.place(block.out, ["b", "q", "p"])
    for single in singles:
        place = loops.place(single, ["b", "q", "p"])
        nested = [("b", batch), ("q", q_count), ("p", p_count)]
        if single.space == "uniform" and per_row:
            total = ["o = " + target, "total = 0.0", *nest([("r", "rows")], ["total += DV[o, r]"])]
            lines += nest(nested, [*total, f"DU[{place}] += total"])
        else:
            inner_loop = [("r", "rows")] if per_row else []
            source = f"DV[{target}, r]" if per_row else f"DU[{target}]"
            store = loops.store(single) if single.space == "row" else "+="
            lines += nest([*nested, *inner_loop], [f"D{at_row(single, place)} {store} {source}"])
    return lines


def _out(loops: Loops, block: Dot, **names: str) -> str:
    return loops.place(block.out, ["b", names["q"], names["p"]])


def _adjoints_by_row(
    loops: Loops, block: Dot, mine: tuple[Positions, str], theirs: tuple[Positions, str, int], ns: list[str]
) -> list[str]:
    """``DV[mine, r] += sum over the other side's axis`` of adjoint times the other operand, for a few of mine."""
    (at, own), (other_at, other, count) = mine, theirs
    store, lines = loops.store(at), list[str]()
    for other_range in first_apart(count, UNROLL):
        reads, sums = _Reads(), []
        steps = [shifted(other, i) for i in range(other_range.step)]
        for n in ns:
            terms = [
                f"{reads.name(other_at, loops.place(other_at, ['b', o, n]))} * "
                f"{reads.name(block.out, _out(loops, block, **{own: own, other: o}), adjoint='D')}"
                for o in steps
            ]
            sums.append(f"DV[{loops.place(at, ['b', own, n])}, r] {store} {' + '.join(terms)}")
        lines += nest([(other, other_range)], reads.over_rows(sums))
        store = "+="
    return lines


def _sums_over_rows(
    loops: Loops,
    block: Dot,
    at: Positions,
    theirs: tuple[Positions, str],
    owns: list[str],
) -> list[str]:
    """``DU[...] += sum over rows`` of adjoint times the other operand, for a few n and a few lists at a time."""
    other_at, other = theirs
    own = "p" if other == "q" else "q"
    lines: list[str] = []
    for n_range in tiles(block.left.index.shape[2], UNROLL):
        reads, start, body, end = _Reads(), [], [], []
        for k, mine in enumerate(owns):
            adjoint = reads.name(block.out, _out(loops, block, **{own: mine, other: other}), adjoint="D")
            for i in range(n_range.step):
                n, name = shifted("n", i), f"s{k}_{i}"
                start.append(f"{name} = 0.0")
                body.append(f"{name} += {adjoint} * {reads.name(other_at, loops.place(other_at, ['b', other, n]))}")
                end.append(f"DU[{loops.place(at, ['b', mine, n])}] += {name}")
        lines += nest([("n", n_range)], [*start, *reads.over_rows(body), *end])
    return lines


def at_row(at: Positions, place: str) -> str:
    """Source of the number at a place."""
    return f"V[{place}, r]" if at.space == "row" else f"U[{place}]"
