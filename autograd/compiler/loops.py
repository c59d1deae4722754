"""A block program as plain loops: the source of one function that runs forward and backward over scalars of arrays.

The rows are the innermost loops and stand next to each other in memory, so a compiler makes vector instructions of
them. The source is ordinary Python over NumPy arrays; :mod:`autograd.compiler.numba_backend` compiles it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from autograd.compiler.ir.blocks import Block, Dot, Positions, Program
from autograd.compiler.ir.graph import COMPARISONS
from autograd.compiler.loop_formulas import formula_adjoint_loops, formula_loops
from autograd.compiler.loop_products import at_row, product_adjoint_loops, product_loops
from autograd.compiler.needs import Needs
from autograd.compiler.scalar_source import nest

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
        return formula_loops(self, block)

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
        return lines + formula_adjoint_loops(self, block)

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
        return replace(block, operands=[own(at) for at in block.operands]), copies

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
