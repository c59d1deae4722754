"""The adjoints of the NumPy backend: where they stand, and the lines that add to them."""

from __future__ import annotations

import numpy as np

from autograd.compiler.ir.blocks import Positions, Program
from autograd.compiler.needs import Needs
from autograd.compiler.workspace import Array, Workspace, strided

__all__ = ["Adjoints"]


class Adjoints:
    """The adjoints of a program's buffers, and the source that is written about them.

    Some are *steady*: they are the same numbers in every run, such as the 1 / rows that each row's output has in the
    mean. Those are computed while the source is written, and have no line in it.

    Args:
        program: the blocks.
        memory: their buffers.
        needs: which places need an adjoint.

    Attributes:
        uniform: those of the uniform buffer.
        row: those of the row buffer, (places, rows).
        needs: which places need an adjoint.
        written: which places' adjoints have been written so far, by the order of the source.
        fixed: which places' adjoints are read from outside, and so must stand in their own place.
    """

    def __init__(self, program: Program, memory: Workspace, needs: Needs) -> None:
        self._memory, self.needs = memory, needs
        self.uniform, self.row = np.zeros_like(memory.uniform), np.zeros_like(memory.row)
        sizes = {"uniform": program.uniform_size, "row": program.row_size}
        self.written = {space: np.zeros(size, bool) for space, size in sizes.items()}
        self.fixed = {space: np.zeros(size, bool) for space, size in sizes.items()}
        self._steady = {space: np.zeros(size, bool) for space, size in sizes.items()}
        self._home = {space: np.arange(size) for space, size in sizes.items()}
        self._slices = {(out.space, int(out.index.flat[0]), out.index.size) for out in (b.out for b in program.blocks)}

    def seed(self, per_row: bool, place: int, number: float | None) -> None:
        """Say that the adjoints of an output come from outside; what `number` they always are, if they are steady."""
        space = "row" if per_row else "uniform"
        self.written[space][place] = self.fixed[space][place] = True
        if number is not None:
            self._steady[space][place] = True
            self._buffer(space)[place] = number

    def is_steady(self, at: Positions) -> bool:
        """Whether adjoints are the same in every run, by the source so far."""
        return at.space != "mixed" and bool(self._steady[at.space][at.index].all())

    def number(self, at: Positions) -> str | None:
        """The name of the number that all adjoints of some places always are, if they are one: ufuncs are faster so."""
        if not self.is_steady(at):
            return None
        numbers = self._buffer(at.space)[self._home[at.space][at.index]]
        first = float(numbers.flat[0])
        return self._memory.number(first) if (numbers == first).all() else None

    def own(self, at: Positions) -> str:
        """The name of a view of the adjoints of a block's own places."""
        name = self._view(at)
        assert name is not None  # they follow one another
        return name

    def _view(self, at: Positions) -> str | None:
        """The name of a view of adjoints, rows as the last axis; None if it takes a gather."""
        at = Positions(self._home[at.space][at.index], at.per_row)
        steps = at.steps()
        if steps is None:
            return None
        first = int(at.index.flat[0])
        key = ("adjoints", at.space, first, at.index.shape, steps)
        return self._memory.named(key, lambda: strided(self._buffer(at.space), first, at.index.shape, steps))

    def _buffer(self, space: str) -> Array:
        return self.row if space == "row" else self.uniform

    def accumulate(
        self,
        at: Positions,
        expression: str,
        call: tuple[str, str] | None,
        lines: list[str],
        per_row: bool,
        *,
        whole: bool = True,
        heir_of: Positions | None = None,
        steady: bool = False,
    ) -> None:
        """Add an expression to the adjoints at some places; it has their shape (and rows), or broadcasts to it.

        Args:
            at: the places.
            expression: what to add.
            call: the same as a function and its arguments, where the result can go straight into place.
            lines: the source so far.
            per_row: whether the expression has rows.
            whole: whether it has the whole shape.
            heir_of: places whose adjoints are not needed any more: `at` may take over theirs, if it is the first.
            steady: whether the expression is the same in every run.
        """
        memory, keep = self._memory, self.needs.mask(at)
        if not keep.any():
            return
        repeated = at.repeated()
        if (repeated or at.space == "mixed" or not keep.all()) and not whole:
            expression = f"broadcast_to({expression}, {memory.shape(at, per_row=per_row)})"
        if repeated:
            expression, call = memory.reduced(expression, call, repeated)
            at, keep = at.once(repeated), keep[tuple(0 if a in repeated else slice(None) for a in range(keep.ndim))]
        if at.space == "mixed" or not keep.all():
            value = memory.temporary(expression, lines)
            for chosen in (at.per_row & keep, ~at.per_row & keep):
                if chosen.any():
                    part = Positions(at.index[chosen], at.per_row[chosen])
                    self.accumulate(part, f"{value}[{memory.bind(np.nonzero(chosen))}]", None, lines, per_row)
            return
        if per_row and at.space == "uniform":
            expression, call, per_row = f"add.reduce({expression}, -1)", ("add.reduce", f"{expression}, -1"), False
        written = self.written[at.space]
        unique = len(np.unique(at.index)) == at.index.size
        fresh = not written[at.index].any()
        if fresh and unique and heir_of is not None and self._can_inherit(at, heir_of):
            self._home[at.space][at.index] = self._home[at.space][heir_of.index]
        view = self._view(at) if unique else None
        if not (fresh and unique):
            self._unsettle(at.index, at.space, lines)
            self.clear(at.index[~written[at.index]], at.space, lines)
        written[at.index] = True
        if view is not None:
            if not fresh:
                lines.append(f"add({view}, {memory.passing(expression, lines)}, {view})")
            elif call is not None or expression != view:
                own: list[str] = []
                if call is None:
                    own.append(f"{view}[...] = {expression}")
                else:
                    function, _, arguments = memory.unnested(f"{call[0]}({call[1]})", own, view).partition("(")
                    own.append(memory.stored(function, arguments[:-1], view))
                if steady:
                    self._steady[at.space][at.index] = True
                    memory.compile("once", own)()
                else:
                    lines += own
            return
        target = memory.bind(self._buffer(at.space))
        if unique:
            home = memory.bind(self._home[at.space][at.index])
            lines.append(f"{target}[{home}] {'=' if fresh else '+='} {expression}")
        else:
            if not whole and not repeated:
                expression = f"broadcast_to({expression}, {memory.shape(at, per_row=per_row)})"
            self._scatter(target, at, expression, lines)

    def _can_inherit(self, at: Positions, other: Positions) -> bool:
        first, size = int(at.index.flat[0]), at.index.size
        is_block = (at.space, first, size) in self._slices and bool((np.diff(at.index.ravel()) == 1).all())
        is_alike = at.space == other.space and at.index.shape == other.index.shape
        is_free = not self.fixed[at.space][at.index].any()
        return is_block and is_alike and is_free and not self._steady[other.space][other.index].any()

    def clear(self, places: Array, space: str, lines: list[str]) -> None:
        """Set adjoints to 0 that nothing has been written to yet."""
        if places.size:
            self.written[space][places] = True
            self._set(np.unique(places), space, "0.0", lines)

    def _unsettle(self, places: Array, space: str, lines: list[str]) -> None:
        """Have steady adjoints written at every run, as something is going to be added to them."""
        steady = np.unique(places[self._steady[space][places]])
        if steady.size:
            self._steady[space][steady] = False
            self._set(steady, space, self._memory.bind(self._buffer(space)[steady]), lines)

    def _set(self, places: Array, space: str, numbers: str, lines: list[str]) -> None:
        target = self._memory.bind(self._buffer(space))
        lines.append(f"{target}[{self._memory.bind(self._home[space][places])}] = {numbers}")

    def _scatter(self, target: str, at: Positions, expression: str, lines: list[str]) -> None:
        """Add to places of which some repeat: sorted by place, and summed run by run."""
        memory, flat = self._memory, self._home[at.space][at.index].ravel()
        order = np.argsort(flat, kind="stable")
        places, starts = np.unique(flat[order], return_index=True)
        value = f"({expression})"
        if at.index.ndim > 1:
            value += f".reshape({(flat.size, -1) if at.space == 'row' else flat.size})"
        if len(places) == 1:
            lines.append(f"{target}[{int(places[0])}] += add.reduce({value}, 0)")
        else:
            runs = f"add.reduceat({value}[{memory.bind(order)}], {memory.bind(starts)}, 0)"
            lines.append(f"{target}[{memory.bind(places)}] += {runs}")
