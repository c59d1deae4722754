"""A block program as plain loops: the source of one function that runs forward and backward over scalars of arrays.

The rows are the innermost loops and stand next to each other in memory, so a compiler makes vector instructions of
them. The source is ordinary Python over NumPy arrays; :mod:`autograd.compiler.numba_backend` compiles it.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.compiler.loop_products import at_row, product_adjoint_loops, product_loops
from autograd.compiler.needs import Needs
from autograd.compiler.program import Block, Dot, Map, Positions, Program, Reduce
from autograd.compiler.scalar_graph import COMPARISONS
from autograd.compiler.scalar_source import Reductions, nest, scalar_function
from autograd.formula import fill_in
from autograd.formula_source import python_source
from autograd.rules import RULES, Rule

__all__ = ["Loops"]

#: Places in both buffers, and the rows of one buffer that they are copied into.
Copy = tuple[Positions, Positions]


class Loops:
    """The two halves of a program as lines of source.

    The lines use the arrays ``U``, ``V`` (uniform and row buffers), ``DU``, ``DV`` (their adjoints), ``index`` (the
    places that no view describes) and the number ``rows``.

    Attributes:
        forward: computes everything from the leaves.
        backward: turns adjoints of the outputs into adjoints of the leaves; adds to them.
        index: the array the lines look places up in.
        scratch: how many places beyond the program's own the row buffer needs.
    """

    def __init__(self, program: Program, needs: Needs) -> None:
        self.needs = needs
        self._index: list[int] = []
        self._base = program.row_size
        self.scratch = 0
        self.forward: list[str] = []
        self.backward: list[str] = []
        settled = [self._settled(block) for block in program.blocks]
        self._written = np.zeros(program.row_size + self.scratch, bool)
        self._written[[place for per_row, place in program.outputs if per_row]] = True
        for block, copies in settled:
            self.forward += [*self._copy(copies), *self._forward(block)]
        for block, copies in reversed(settled):
            backward = self._backward(block)
            self.backward += [*backward, *(self._copy_adjoints(copies) if backward else [])]
        self.index = np.array(self._index, dtype=np.int64)

    def _forward(self, block: Block) -> list[str]:
        if isinstance(block, Dot):
            return product_loops(self, block)
        return self._map(block) if isinstance(block, Map) else self._reduce(block)

    def _backward(self, block: Block) -> list[str]:
        if not self.needs.mask(block.out).any() or (not isinstance(block, Dot) and block.op in COMPARISONS):
            return []
        lines: list[str] = []
        if block.out.space == "row":
            places = block.out.index
            if not self._written[places].any():
                return []
            lines += self._clear(places[~self._written[places]])
        reads = [block.left, block.right, *block.singles] if isinstance(block, Dot) else block.operands
        self._stores = self._first_stores(reads, lines)
        if isinstance(block, Dot):
            return lines + product_adjoint_loops(self, block)
        return lines + (self._map_adjoint(block) if isinstance(block, Map) else self._reduce_adjoint(block))

    def _first_stores(self, reads: Sequence[Positions], lines: list[str]) -> dict[int, str]:
        """Where a block's adjoints are the first to be written ("="); clears what is only partly so, in `lines`."""
        targets = [at for at in reads if at.space == "row" and self.needs.mask(at).any()]
        stores: dict[int, str] = {}
        uses = np.zeros(len(self._written), int)
        for at in targets:
            np.add.at(uses, at.index, 1)
        for at in targets:
            if not self._written[at.index].any() and (uses[at.index] == 1).all():
                stores[id(at)] = "="
            else:
                lines += self._clear(np.unique(at.index[~self._written[at.index]]))
            self._written[at.index] = True
        return stores

    def _clear(self, places: np.ndarray[Any, Any]) -> list[str]:
        if not places.size:
            return []
        self._written[places] = True
        place = self.place(Positions(places, np.ones(places.shape, bool)), ["i"])
        return nest([("i", places.size), ("r", "rows")], [f"DV[{place}, r] = 0.0"])

    def store(self, at: Positions) -> str:
        """How the current block writes adjoints there: ``"="`` if it is the first, else ``"+="``."""
        return self._stores.get(id(at), "+=")

    # Places -----------------------------------------------------------------------------------------------------------

    def _settled(self, block: Block) -> tuple[Block, list[Copy]]:
        """The block with each operand in one buffer; a mixture of both is copied into rows of its own."""
        copies: list[Copy] = []

        def own(at: Positions) -> Positions:
            if at.space != "mixed":
                return at
            start = self._base + self.scratch
            self.scratch += at.index.size
            places = np.arange(start, start + at.index.size).reshape(at.index.shape)
            self.needs.add_rows(places, self.needs.mask(at))
            copies.append((at, Positions(places, np.ones(at.index.shape, bool))))
            return copies[-1][1]

        if isinstance(block, Dot):
            left, right, *singles = map(own, (block.left, block.right, *block.singles))
            return Dot(left, right, singles, block.out), copies
        return type(block)(block.op, [own(at) for at in block.operands], block.out), copies

    def _copy(self, copies: list[Copy]) -> list[str]:
        lines: list[str] = []
        for at, own in copies:
            for per_row in (True, False):
                chosen = at.per_row == per_row
                source, target = self._part(at, chosen), self._part(own, chosen)
                read = f"V[{source}, r]" if per_row else f"U[{source}]"
                lines += nest([("i", int(chosen.sum())), ("r", "rows")], [f"V[{target}, r] = {read}"])
        return lines

    def _copy_adjoints(self, copies: list[Copy]) -> list[str]:
        """Add the adjoints of copies to those of what was copied."""
        lines: list[str] = []
        for at, own in copies:
            for per_row in (True, False):
                chosen = (at.per_row == per_row) & self.needs.mask(at)
                if not chosen.any():
                    continue
                if per_row:
                    places = np.unique(at.index[chosen])
                    lines += self._clear(places[~self._written[places]])
                source, target = self._part(at, chosen), self._part(own, chosen)
                write = f"DV[{source}, r]" if per_row else f"DU[{source}]"
                lines += nest([("i", int(chosen.sum())), ("r", "rows")], [f"{write} += DV[{target}, r]"])
        return lines

    def _part(self, at: Positions, chosen: np.ndarray[Any, Any]) -> str:
        return self.place(Positions(at.index[chosen], at.per_row[chosen]), ["i"])

    def place(self, at: Positions, variables: Sequence[str]) -> str:
        """Source of the place for loop variables, one per axis."""
        steps = at.steps()
        start = int(at.index.flat[0])
        if steps is not None:
            terms = [
                f"{step} * {name}" if step != 1 else name for step, name in zip(steps, variables, strict=True) if step
            ]
            return " + ".join([str(start), *terms] if start or not terms else terms)
        offset = len(self._index)
        self._index += at.index.ravel().tolist()
        strides = [math.prod(at.index.shape[axis + 1 :]) for axis in range(at.index.ndim)]
        terms = [f"{stride} * {name}" for stride, name in zip(strides, variables, strict=True)]
        return f"index[{offset} + {' + '.join(terms)}]"

    def found(self, at: Positions, variables: Sequence[str], name: str, lines: list[str]) -> str:
        """Source of the number at a place; one that stands in the index is looked up in `lines`, under a name."""
        place = self.place(at, variables)
        if at.steps() is None:
            lines.append(f"{name} = {place}")
            place = name
        return at_row(at, place)

    # Element by element -----------------------------------------------------------------------------------------------

    def _reads(self, block: Map) -> tuple[list[str], list[str], list[str]]:
        """Lines that read operands once for all rows, and row by row; sources of the operands and the result."""
        outer: list[str] = []
        inner: list[str] = []
        sources = [self.found(block.out.reshape(-1), ["i"], "at_y", outer)]
        for name, at in zip(_names(block.op), block.operands, strict=True):
            sources.append(self.found(at.reshape(-1), ["i"], f"at_{name}", outer))
            (inner if at.space == "row" else outer).append(f"{name} = {sources[-1]}")
        return outer, inner + _given(block.op), sources

    def _map(self, block: Map) -> list[str]:
        outer, inner, (result, *_) = self._reads(block)
        inner.append(f"{result} = {_scalar(block.op, _rule(block.op).forward)}")
        return _over_rows(block.out.index.size, outer, inner, block.out.space == "row")

    def _map_adjoint(self, block: Map) -> list[str]:
        per_row = block.out.space == "row"
        outer, inner, (result, *sources) = self._reads(block)
        inner += [f"y = {result}", f"adjoint = D{result}"]
        end: list[str] = []
        partials = _rule(block.op).partials
        for name, at, source, partial in zip(_names(block.op), block.operands, sources, partials, strict=True):
            if not self.needs.mask(at).any():
                continue
            slope = "adjoint" if partial == "1" else f"adjoint * ({_scalar(block.op, partial)})"
            if at.space == "row":
                inner.append(f"D{source} {self.store(at)} {slope}")
            elif per_row:
                outer.append(f"sum_{name} = 0.0")
                inner.append(f"sum_{name} += {slope}")
                end.append(f"D{source} += sum_{name}")
            else:
                inner.append(f"D{source} += {slope}")
        return _over_rows(block.out.index.size, outer, inner, per_row, end)

    def _reduce(self, block: Reduce) -> list[str]:
        loops, buffer, _, reads, _, reductions = self._reduction(block)
        lines, text = reductions.lines(RULES[block.op].forward)
        return nest(loops, [*reads, *lines, f"{buffer} = {text}"])

    def _reduce_adjoint(self, block: Reduce) -> list[str]:
        loops, buffer, sources, reads, elements, reductions = self._reduction(block)
        body = [*reads, f"y = {buffer}", f"adjoint = D{buffer}"]
        rule = RULES[block.op]
        for operand, at, source, partial in zip(rule.operands, block.operands, sources, rule.partials, strict=True):
            if not self.needs.mask(at).any():
                continue
            lines, text = reductions.lines(partial)
            add = f"D{source} {self.store(at) if at.space == 'row' else '+='} adjoint * ({text})"
            inner = nest([("j", reductions.length)], [*elements, add]) if operand.is_sequence else [add]
            body += [*lines, *inner]
        return nest(loops, body)

    def _reduction(
        self, block: Reduce
    ) -> tuple[list[tuple[str, int | str]], str, list[str], list[str], list[str], Reductions]:
        """The loops of a reduction, sources of result and operands, lines that come first, that read one element."""
        count, length = next(at.index.shape for at in block.operands if at.index.ndim == 2)
        sources: list[str] = []
        reads: list[str] = []
        elements: list[str] = []
        for name, at in zip(_names(block.op), block.operands, strict=True):
            lines = elements if at.index.ndim == 2 else reads
            sources.append(self.found(at, ["i", "j"][: at.index.ndim], f"at_{name}", lines))
            lines.append(f"{name} = {sources[-1]}")
        reductions = Reductions(functools.partial(_scalar, block.op), length, elements)
        for name, text in RULES[block.op].given:
            lines, source = reductions.lines(text)
            elementwise = name in RULES[block.op].sequences
            (elements if elementwise else reads).extend([*lines, f"x_{name} = {source}"])
        loops: list[tuple[str, int | str]] = [("i", count)]
        if block.out.space == "row":
            loops.append(("r", "rows"))
        return loops, at_row(block.out, self.place(block.out, ["i"])), sources, reads, elements, reductions


def _rule(op: str) -> Rule:
    return Rule(op, "a b", f"where({COMPARISONS[op]}, 1, 0)", ("0", "0"), "") if op in COMPARISONS else RULES[op]


def _scalar(op: str, text: str) -> str:
    """A formula of a row as a scalar expression that Numba knows; its names get a prefix that loops do not use."""
    rule = _rule(op)
    names = [*(operand.name for operand in rule.operands), *(name for name, _ in rule.given)]
    return python_source(fill_in(text, {name: f"x_{name}" for name in names}), call=scalar_function)


def _names(op: str) -> list[str]:
    return [f"x_{operand.name}" for operand in _rule(op).operands]


def _given(op: str) -> list[str]:
    return [f"x_{name} = {_scalar(op, text)}" for name, text in _rule(op).given]


def _over_rows(count: int, start: list[str], body: list[str], per_row: bool, end: Sequence[str] = ()) -> list[str]:
    inner = nest([("r", "rows")], body) if per_row else body
    return nest([("i", count)], [*start, *inner, *end])
