"""The formulas of a row as loops: maps over their elements and rows, reductions over sequences, and their adjoints."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from autograd.calculus.formula import fill_in, needed
from autograd.calculus.printing import python_source
from autograd.calculus.table import RULES, Rule
from autograd.compiler.ir.blocks import Map, Positions, Reduce
from autograd.compiler.ir.graph import rule_of
from autograd.compiler.loop_products import at_row
from autograd.compiler.scalar_source import Reductions, nest, scalar_function

if TYPE_CHECKING:
    from autograd.compiler.loops import Loops

__all__ = ["formula_adjoint_loops", "formula_loops"]


def formula_loops(loops: Loops, block: Map | Reduce) -> list[str]:
    """Return the loops that compute a block, and what it keeps for its adjoints."""
    return _map(loops, block) if isinstance(block, Map) else _reduce(loops, block)


def formula_adjoint_loops(loops: Loops, block: Map | Reduce) -> list[str]:
    """Return the loops that add its adjoints to those of its operands."""
    return _map_adjoint(loops, block) if isinstance(block, Map) else _reduce_adjoint(loops, block)


def _map(loops: Loops, block: Map) -> list[str]:
    rule, result, _, outer, inner = _elementwise(loops, block, {})
    for name, text in needed(rule.given, [rule.forward]):
        inner.append(f"x_{name} = {_scalar(block.op, text)}")
        if name in block.kept:
            kept = loops.found(block.kept[name].reshape(-1), ["i"], f"at_x_{name}", outer)
            inner.append(f"{kept} = x_{name}")
    inner.append(f"{result} = {_scalar(block.op, rule.forward)}")
    return _over_rows(block.out.index.size, outer, inner, block.out.space == "row")


def _map_adjoint(loops: Loops, block: Map) -> list[str]:
    rule, result, sources, outer, inner = _elementwise(loops, block, block.kept)
    inner += [f"x_{name} = {_scalar(block.op, text)}" for name, text in _not_kept(block)]
    inner += [f"y = {result}", f"adjoint = D{result}"]
    per_row = block.out.space == "row"
    end: list[str] = []
    for name, at, partial in zip(_names(block.op), block.operands, rule.partials, strict=True):
        if not loops.needs.mask(at).any():
            continue
        slope = "adjoint" if partial == "1" else f"adjoint * ({_scalar(block.op, partial)})"
        if at.space == "row":
            inner.append(f"D{sources[name]} {loops.store(at)} {slope}")
        elif per_row:
            outer.append(f"sum_{name} = 0.0")
            inner.append(f"sum_{name} += {slope}")
            end.append(f"D{sources[name]} += sum_{name}")
        else:
            inner.append(f"D{sources[name]} += {slope}")
    return _over_rows(block.out.index.size, outer, inner, per_row, end)


def _elementwise(
    loops: Loops, block: Map, kept: Mapping[str, Positions]
) -> tuple[Rule, str, dict[str, str], list[str], list[str]]:
    """The row of a map, sources of its result and of what is read, and the lines that read: once, and row by row."""
    outer: list[str] = []
    inner: list[str] = []
    sources: dict[str, str] = {}
    result = loops.found(block.out.reshape(-1), ["i"], "at_y", outer)
    read = dict(zip(_names(block.op), block.operands, strict=True)) | {f"x_{name}": at for name, at in kept.items()}
    for name, at in read.items():
        sources[name] = loops.found(at.reshape(-1), ["i"], f"at_{name}", outer)
        (inner if at.space == "row" else outer).append(f"{name} = {sources[name]}")
    return rule_of(block.op), result, sources, outer, inner


def _reduce(loops: Loops, block: Reduce) -> list[str]:
    nested, result, _, reads, elements, reductions = _reduction(loops, block)
    rule = RULES[block.op]
    for name, text in needed(rule.given, [rule.forward]):
        lines, source = reductions.lines(text)
        reads += lines
        found = [f"x_{name} = {source}"]
        kept = _kept(loops, block, name)
        if kept:
            found.append(f"{kept} = x_{name}")
        if name not in rule.sequences:
            reads += found
        elif kept:  # computed once, and read from then on
            reads += nest([("j", reductions.length)], [*elements, *found])
            elements.append(f"x_{name} = {kept}")
        else:
            elements += found
    lines, text = reductions.lines(rule.forward)
    return nest(nested, [*reads, *lines, f"{result} = {text}"])


def _reduce_adjoint(loops: Loops, block: Reduce) -> list[str]:
    nested, result, sources, reads, elements, reductions = _reduction(loops, block)
    rule = RULES[block.op]
    for name in block.kept:
        (elements if name in rule.sequences else reads).append(f"x_{name} = {_kept(loops, block, name)}")
    for name, text in _not_kept(block):
        lines, source = reductions.lines(text)
        reads += lines
        (elements if name in rule.sequences else reads).append(f"x_{name} = {source}")
    body = [*reads, f"y = {result}", f"adjoint = D{result}"]
    for operand, at, source, partial in zip(rule.operands, block.operands, sources, rule.partials, strict=True):
        if not loops.needs.mask(at).any():
            continue
        lines, text = reductions.lines(partial)
        add = f"D{source} {loops.store(at) if at.space == 'row' else '+='} adjoint * ({text})"
        inner = nest([("j", reductions.length)], [*elements, add]) if operand.is_sequence else [add]
        body += [*lines, *inner]
    return nest(nested, body)


def _reduction(
    loops: Loops, block: Reduce
) -> tuple[list[tuple[str, int | str]], str, list[str], list[str], list[str], Reductions]:
    """The loops of a reduction, sources of result and operands, lines that come first, and that read one element."""
    count, length = next(at.index.shape for at in block.operands if at.index.ndim == 2)
    sources: list[str] = []
    reads: list[str] = []
    elements: list[str] = []
    for name, at in zip(_names(block.op), block.operands, strict=True):
        lines = elements if at.index.ndim == 2 else reads
        sources.append(loops.found(at, ["i", "j"][: at.index.ndim], f"at_{name}", lines))
        lines.append(f"{name} = {sources[-1]}")
    reductions = Reductions(functools.partial(_scalar, block.op), length, elements)
    nested: list[tuple[str, int | str]] = [("i", count)]
    if block.out.space == "row":
        nested.append(("r", "rows"))
    return nested, at_row(block.out, loops.place(block.out, ["i"])), sources, reads, elements, reductions


def _kept(loops: Loops, block: Reduce, name: str) -> str:
    """Source of what a reduction keeps under a name; "" if it does not."""
    return at_row(block.kept[name], loops.place(block.kept[name], ["i", "j"])) if name in block.kept else ""


def _scalar(op: str, text: str) -> str:
    """A formula of a row as a scalar expression that Numba knows; its names get a prefix that loops do not use."""
    rule = rule_of(op)
    names = [*(operand.name for operand in rule.operands), *(name for name, _ in rule.given)]
    return python_source(fill_in(text, {name: f"x_{name}" for name in names}), call=scalar_function)


def _names(op: str) -> list[str]:
    return [f"x_{operand.name}" for operand in rule_of(op).operands]


def _not_kept(block: Map | Reduce) -> list[tuple[str, str]]:
    """The given formulas that the derivatives need beside those that were kept."""
    rule = rule_of(block.op)
    return needed([pair for pair in rule.given if pair[0] not in block.kept], rule.partials)


def _over_rows(count: int, start: list[str], body: list[str], per_row: bool, end: Sequence[str] = ()) -> list[str]:
    inner = nest([("r", "rows")], body) if per_row else body
    return nest([("i", count)], [*start, *inner, *end])
