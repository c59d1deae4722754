"""Matrix products as loops over rows, a few products at a time, and their adjoints."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from autograd.compiler.program import Dot, Positions
from autograd.compiler.scalar_source import nest

if TYPE_CHECKING:
    from autograd.compiler.loops import Loops

__all__ = ["product_adjoint_loops", "product_loops"]

#: How many products are summed before a running sum is stored again.
UNROLL = 8


def product_loops(loops: Loops, block: Dot) -> list[str]:
    """Return the loops that compute a block of dot products."""
    batch, q_count, p_count = block.out.index.shape
    length = block.left.index.shape[2]
    target = loops.place(block.out, ["b", "q", "p"])
    singles = [at_row(at, loops.place(at, ["b", "q", "p"])) for at in block.singles]
    nested = [("b", batch), ("q", q_count), ("p", p_count)]
    if block.out.space != "row":
        product = f"{_side(loops, block.left, 'p', 'n')} * {_side(loops, block.right, 'q', 'n')}"
        total = ["total = 0.0", *nest([("n", length)], [f"total += {product}"])]
        return nest(nested, [*total, f"U[{target}] = {' + '.join(['total', *singles])}"])
    start = nest([("r", "rows")], [f"V[o, r] = {' + '.join(singles) or '0.0'}"])
    body = _products(length, "V[o, r]", lambda n: (_side(loops, block.left, "p", n), _side(loops, block.right, "q", n)))
    return nest(nested, [f"o = {target}", *start, *body])


def _side(loops: Loops, at: Positions, own: str, n: str) -> str:
    return at_row(at, loops.place(at, ["b", own, n]))


def _products(length: int, target: str, factors: object) -> list[str]:
    """``target += sum over n`` of products, a few at a time, so that the target is loaded and stored less often."""
    lines: list[str] = []
    whole = length - length % UNROLL
    for count, start, loop in ((UNROLL, 0, whole > 0), (1, whole, length > whole)):
        if not loop:
            continue
        outer, inner, terms = [], [], []
        for k in range(count):
            name = f"(n + {k})" if k else "n"
            for side, expression in zip("ab", factors(name), strict=True):  # type: ignore[operator]
                if expression.startswith("U"):
                    outer.append(f"{side}{k} = {expression}")
                else:  # the place is found once, the rows run over it
                    place = expression.removeprefix("V[").removesuffix(", r]")
                    outer.append(f"{side}{k}_at = {place}")
                    inner.append(f"{side}{k} = V[{side}{k}_at, r]" if expression.startswith("V") else "")
            terms.append(f"a{k} * b{k}")
        body = [*outer, *nest([("r", "rows")], [*filter(None, inner), f"{target} += {' + '.join(terms)}"])]
        lines += nest([("n", f"{start}, {whole}, {count}" if count > 1 else f"{start}, {length}")], body)
    return lines


def product_adjoint_loops(loops: Loops, block: Dot) -> list[str]:
    """Return the loops that add its adjoints to those of its operands."""
    batch, q_count, p_count = block.out.index.shape
    length = block.left.index.shape[2]
    target = loops.place(block.out, ["b", "q", "p"])
    per_row = block.out.space == "row"
    lines: list[str] = []
    sides = (
        (block.left, "p", p_count, block.right, "q", q_count),
        (block.right, "q", q_count, block.left, "p", p_count),
    )
    for at, own, own_count, other_at, other, other_count in sides:
        if not loops.needs.mask(at).any():
            continue
        mine = _side(loops, at, own, "n")
        theirs = _side(loops, other_at, other, "n")
        adjoint = f"DV[{target}, r]" if per_row else f"DU[{target}]"
        if not per_row:
            nested = [("b", batch), ("q", q_count), ("p", p_count)]
            lines += nest(nested, [f"d = {adjoint}", *nest([("n", length)], [f"D{mine} += d * {theirs}"])])
        elif at.space == "row":
            place = mine.removeprefix("V[").removesuffix(", r]")
            body = _adjoint_products(loops, other, other_count, target, other_at, loops.store(at))
            lines += nest([("b", batch), (own, own_count), ("n", length)], [f"x = {place}", *body])
        else:
            nested = [("b", batch), ("q", q_count), ("p", p_count)]
            lines += nest(nested, [f"o = {target}", *_sums_over_rows(loops, at, own, other_at, other, length)])
    for single in block.singles:
        if not loops.needs.mask(single).any():
            continue
        place = loops.place(single, ["b", "q", "p"])
        nested = [("b", batch), ("q", q_count), ("p", p_count)]
        if single.space == "uniform" and per_row:
            total = ["o = " + target, "total = 0.0", *nest([("r", "rows")], ["total += DV[o, r]"])]
            lines += nest(nested, [*total, f"DU[{place}] += total"])
        else:
            inner = [("r", "rows")] if per_row else []
            source = f"DV[{target}, r]" if per_row else f"DU[{target}]"
            store = loops.store(single) if single.space == "row" else "+="
            lines += nest([*nested, *inner], [f"D{at_row(single, place)} {store} {source}"])
    return lines


def _adjoint_products(loops: Loops, other: str, count: int, target: str, other_at: Positions, store: str) -> list[str]:
    """``DV[x, r] += sum over the other side's axis`` of adjoint times the other operand."""
    lines: list[str] = []
    whole = count - count % UNROLL
    if store == "=" and count not in (1, UNROLL):
        lines += nest([("r", "rows")], ["DV[x, r] = 0.0"])
        store = "+="
    for step, start, end in ((UNROLL, 0, whole), (1, whole, count)):
        if start >= end:
            continue
        outer, inner, terms = [], [], []
        for k in range(step):
            shifted = f"({other} + {k})" if k else other
            place = loops.place(other_at, ["b", shifted, "n"])
            outer.append(f"o{k} = {_substitute(target, other, shifted)}")
            if other_at.space == "uniform":
                outer.append(f"w{k} = U[{place}]")
            else:
                outer.append(f"w{k}_at = {place}")
                inner.append(f"w{k} = V[w{k}_at, r]")
            terms.append(f"w{k} * DV[o{k}, r]")
        body = [*outer, *nest([("r", "rows")], [*inner, f"DV[x, r] {store} {' + '.join(terms)}"])]
        lines += nest([(other, f"{start}, {end}, {step}" if step > 1 else f"{start}, {end}")], body)
    return lines


def _sums_over_rows(loops: Loops, at: Positions, own: str, other_at: Positions, other: str, length: int) -> list[str]:
    """``DU[...] += sum over rows`` of adjoint times the other operand, for a few n at a time."""
    if other_at.space == "uniform":
        total = ["total = 0.0", *nest([("r", "rows")], ["total += DV[o, r]"])]
        read, place = _side(loops, other_at, other, "n"), loops.place(at, ["b", own, "n"])
        return [*total, *nest([("n", length)], [f"DU[{place}] += total * {read}"])]
    lines: list[str] = []
    whole = length - length % UNROLL
    for step, start, end in ((UNROLL, 0, whole), (1, whole, length)):
        if start >= end:
            continue
        names = [f"(n + {k})" if k else "n" for k in range(step)]
        outer = [f"x{k} = {loops.place(other_at, ['b', other, name])}" for k, name in enumerate(names)]
        outer += [f"s{k} = 0.0" for k in range(step)]
        inner = ["d = DV[o, r]", *(f"s{k} += d * V[x{k}, r]" for k in range(step))]
        ends = [f"DU[{loops.place(at, ['b', own, name])}] += s{k}" for k, name in enumerate(names)]
        body = [*outer, *nest([("r", "rows")], inner), *ends]
        lines += nest([("n", f"{start}, {end}, {step}" if step > 1 else f"{start}, {end}")], body)
    return lines


def at_row(at: Positions, place: str) -> str:
    return f"V[{place}, r]" if at.space == "row" else f"U[{place}]"


def _substitute(place: str, variable: str, shifted: str) -> str:
    tree = ast.parse(place, mode="eval").body
    new = ast.parse(shifted, mode="eval").body

    class Shift(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.expr:
            return new if node.id == variable else node

    return ast.unparse(Shift().visit(tree))
