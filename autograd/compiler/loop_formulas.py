"""The formulas of a row as loops: maps over their elements and rows, reductions over sequences, and their adjoints."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from autograd.compiler.loop_products import at_row
from autograd.compiler.program import Map, Positions, Reduce
from autograd.compiler.scalar_graph import COMPARISONS
from autograd.compiler.scalar_source import Reductions, nest, scalar_function
from autograd.formula import fill_in, needed
from autograd.formula_source import python_source
from autograd.rules import RULES, Rule

if TYPE_CHECKING:
    from autograd.compiler.loops import Loops

__all__ = ["formula_adjoint_loops", "formula_loops"]


def formula_loops(loops: Loops, block: Map | Reduce) -> list[str]:
    """Return the loops that compute a block, and what it keeps for its adjoints."""
    return _map(loops, block) if isinstance(block, Map) else _reduce(loops, block)


def formula_adjoint_loops(loops: Loops, block: Map | Reduce) -> list[str]:
    """Return the loops that add its adjoints to those of its operands."""
    return _map_adjoint(loops, block) if isinstance(block, Map) else _reduce_adjoint(loops, block)


def _reads(loops: Loops, block: Map, kept: Mapping[str, Positions]) -> tuple[list[str], list[str]]:
    """Lines that read operands, and what was kept: once for all rows, and row by row."""
    outer = [f"o = {_flat(loops, block.out)}"]
    inner: list[str] = []
    for name, at in [
        *zip(_names(block.op), block.operands, strict=True),
        *((f"x_{name}", at) for name, at in kept.items()),
    ]:
        outer.append(f"at_{name} = {_flat(loops, at)}")
        (inner if at.space == "row" else outer).append(f"{name} = {at_row(at, f'at_{name}')}")
    return outer, inner


def _flat(loops: Loops, at: Positions) -> str:
    return loops.place(at.reshape(-1), ["i"])


def _map(loops: Loops, block: Map) -> list[str]:
    per_row, rule = block.out.space == "row", _rule(block.op)
    outer, inner = _reads(loops, block, {})
    for name, text in needed(rule.given, [rule.forward]):
        inner.append(f"x_{name} = {_scalar(block.op, text)}")
        if name in block.kept:
            outer.append(f"at_x_{name} = {_flat(loops, block.kept[name])}")
            inner.append(f"{at_row(block.kept[name], f'at_x_{name}')} = x_{name}")
    result = f"{'V[o, r]' if per_row else 'U[o]'} = {_scalar(block.op, rule.forward)}"
    return _over_rows(block.out.index.size, outer, [*inner, result], per_row)


def _map_adjoint(loops: Loops, block: Map) -> list[str]:
    per_row, rule = block.out.space == "row", _rule(block.op)
    outer, inner = _reads(loops, block, block.kept)
    inner += [f"x_{name} = {_scalar(block.op, text)}" for name, text in _not_kept(block)]
    buffer = "V[o, r]" if per_row else "U[o]"
    inner += [f"y = {buffer}", f"adjoint = D{buffer}"]
    end: list[str] = []
    for name, at, partial in zip(_names(block.op), block.operands, rule.partials, strict=True):
        if not loops.needs.mask(at).any():
            continue
        slope = "adjoint" if partial == "1" else f"adjoint * ({_scalar(block.op, partial)})"
        if at.space == "row":
            inner.append(f"DV[at_{name}, r] {loops.store(at)} {slope}")
        elif per_row:
            outer.append(f"sum_{name} = 0.0")
            inner.append(f"sum_{name} += {slope}")
            end.append(f"DU[at_{name}] += sum_{name}")
        else:
            inner.append(f"DU[at_{name}] += {slope}")
    return _over_rows(block.out.index.size, outer, inner, per_row, end)


def _reduce(loops: Loops, block: Reduce) -> list[str]:
    nested, buffer, reads, elements, reductions = _reduction(loops, block)
    rule = RULES[block.op]
    for name, text in needed(rule.given, [rule.forward]):
        lines, source = reductions.lines(text)
        reads += lines
        found = [f"x_{name} = {source}"]
        if name in block.kept:
            at = block.kept[name]
            found += [f"at_x_{name} = {loops.place(at, ['i', 'j'])}", f"{at_row(at, f'at_x_{name}')} = x_{name}"]
        if name not in rule.sequences:
            reads += ["j = 0", *found] if name in block.kept else found
        elif name in block.kept:  # computed once, and read from then on
            reads += nest([("j", reductions.length)], [*elements, *found])
            elements += _read_kept(loops, name, block.kept[name])
        else:
            elements += found
    lines, text = reductions.lines(rule.forward)
    return nest(nested, [*reads, *lines, f"{buffer} = {text}"])


def _reduce_adjoint(loops: Loops, block: Reduce) -> list[str]:
    nested, buffer, reads, elements, reductions = _reduction(loops, block)
    rule = RULES[block.op]
    for name, at in block.kept.items():
        read = _read_kept(loops, name, at)
        elements.extend(read) if name in rule.sequences else reads.extend(["j = 0", *read])
    for name, text in _not_kept(block):
        lines, source = reductions.lines(text)
        reads += lines
        (elements if name in rule.sequences else reads).append(f"x_{name} = {source}")
    body = [*reads, f"y = {buffer}", f"adjoint = D{buffer}"]
    for operand, name, at, partial in zip(rule.operands, _names(block.op), block.operands, rule.partials, strict=True):
        if not loops.needs.mask(at).any():
            continue
        lines, text = reductions.lines(partial)
        add = f"D{at_row(at, f'at_{name}')} {loops.store(at) if at.space == 'row' else '+='} adjoint * ({text})"
        inner = nest([("j", reductions.length)], [*elements, add]) if operand.is_sequence else [add]
        body += [*lines, *inner]
    return nest(nested, body)


def _reduction(
    loops: Loops, block: Reduce
) -> tuple[list[tuple[str, int | str]], str, list[str], list[str], Reductions]:
    """The loops of a reduction, its result's place, the lines that come first, and those that read one element."""
    count, length = next(at.index.shape for at in block.operands if at.index.ndim == 2)
    reads: list[str] = []
    elements: list[str] = []
    for name, at in zip(_names(block.op), block.operands, strict=True):
        sequence = at.index.ndim == 2
        place = loops.place(at, ["i", "j"] if sequence else ["i"])
        (elements if sequence else reads).extend((f"at_{name} = {place}", f"{name} = {at_row(at, f'at_{name}')}"))
    reductions = Reductions(functools.partial(_scalar, block.op), length, elements)
    place = loops.place(block.out, ["i"])
    per_row = block.out.space == "row"
    nested: list[tuple[str, int | str]] = [("i", count), ("r", "rows")] if per_row else [("i", count)]
    return nested, f"V[{place}, r]" if per_row else f"U[{place}]", reads, elements, reductions


def _read_kept(loops: Loops, name: str, at: Positions) -> list[str]:
    return [f"at_x_{name} = {loops.place(at, ['i', 'j'])}", f"x_{name} = {at_row(at, f'at_x_{name}')}"]


def _rule(op: str) -> Rule:
    return Rule(op, "a b", f"where({COMPARISONS[op]}, 1, 0)", ("0", "0"), "") if op in COMPARISONS else RULES[op]


def _scalar(op: str, text: str) -> str:
    """A formula of a row as a scalar expression that Numba knows; its names get a prefix that loops do not use."""
    rule = _rule(op)
    names = [*(operand.name for operand in rule.operands), *(name for name, _ in rule.given)]
    return python_source(fill_in(text, {name: f"x_{name}" for name in names}), call=scalar_function)


def _names(op: str) -> list[str]:
    return [f"x_{operand.name}" for operand in _rule(op).operands]


def _not_kept(block: Map | Reduce) -> list[tuple[str, str]]:
    """The given formulas that the derivatives need beside those that were kept."""
    rule = _rule(block.op)
    return needed([pair for pair in rule.given if pair[0] not in block.kept], rule.partials)


def _over_rows(count: int, start: list[str], body: list[str], per_row: bool, end: Sequence[str] = ()) -> list[str]:
    inner = nest([("r", "rows")], body) if per_row else body
    return nest([("i", count)], [*start, *inner, *end])
