"""The NumPy backend: a block program as straight-line calls into buffers that are allocated once.

For each number of rows the program's blocks become Python source, one array operation a line, with every view and
buffer bound to a name beforehand. The backward half follows from the same blocks in reverse.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from autograd.compiler.needs import Needs
from autograd.compiler.numpy_calls import functions
from autograd.compiler.numpy_formulas import formula_adjoints, formula_lines
from autograd.compiler.products import product, product_adjoint, with_bias
from autograd.compiler.program import Block, Dot, Positions, Program
from autograd.compiler.workspace import Array, Workspace

__all__ = ["Executable", "is_finite"]


def is_finite(numbers: Array) -> bool:
    """Whether all are finite, and not so large that their squares are not: then asking again costs time only."""
    return math.isfinite(np.vdot(numbers, numbers))


class Executable:
    """A program for a fixed number of rows, with its buffers.

    Args:
        program: the blocks.
        rows: how many rows it runs over.
        params: how many of the uniform places are parameters, whose adjoints are wanted.
        inputs: whether the inputs' adjoints are wanted, too.
        guarded: let a zero stop even infinity and nan on every edge: needed, and used, only if without it a gradient
            came out that is not finite.

    Attributes:
        forward: computes everything from the leaves.
        memory: the buffers.
        outputs: the numbers of each, (rows,), or (1,) where all rows share one.
        gradient: the parameters' adjoints, (params,).
    """

    def __init__(
        self, program: Program, rows: int, *, params: int, inputs: bool = False, guarded: bool = False
    ) -> None:
        self.program = program if rows > 1 else program.without_rows()
        self.rows, self.inputs, self.guarded, self._params = rows, inputs, guarded, params
        self.memory = Workspace(self.program, rows, Needs(self.program, params, inputs), functions())
        if rows == 1:  # callers still find rows where they would be
            start = program.uniform_size
            self.memory.row = self.memory.uniform[start:, None]
            self.memory.row_adjoint = self.memory.uniform_adjoint[start:, None]
        program = self.program
        self._ones = set(self.program.ones)
        self._wanted = [(False, place) for place in range(params)] + (program.inputs if inputs else [])
        self.forward = self.memory.compile(
            "forward", [line for block in program.blocks for line in self._forward(block)]
        )
        self._backward: Callable[[], None] | None = None
        self._computed = self.memory.uniform[program.constants_start + len(program.constants) :]
        self.outputs = [self._at(*output) for output in program.outputs]
        self.gradient = self.memory.uniform_adjoint[:params]
        self._seeds = [self._at(*output, adjoint=True) for output in program.outputs]
        self._ones_each = np.ones(rows)

    def _at(self, per_row: bool, place: int, *, adjoint: bool = False) -> Array:
        """A place: its numbers, (rows,), or (1,) where all rows share one."""
        row, uniform = self.memory.row, self.memory.uniform
        if adjoint:
            row, uniform = self.memory.row_adjoint, self.memory.uniform_adjoint
        found: Array = row[place] if per_row else uniform[place : place + 1]
        return found

    def load(self, columns: Sequence[tuple[slice, bool, Array]], rows: slice, parameters: Array) -> None:
        """Put parameters, what is held, and inputs in place; of those that have rows, some `rows` of all."""
        memory, program = self.memory, self.program
        memory.uniform[: self._params] = parameters
        program.read_held(memory.uniform)
        for at, per_row, numbers in columns:
            if per_row:
                memory.row[at] = numbers[:, rows]
            else:
                memory.uniform[at] = numbers

    @property
    def can_be_trusted(self) -> bool:
        """After :attr:`forward`: whether nothing that was computed in vain can have spoilt anything."""
        return self.rows > 1 or self.guarded or is_finite(self._computed)

    @property
    def backward(self) -> Callable[[], None]:
        """Turn the adjoints of the outputs into those of everything behind them; made when first asked for."""
        if self._backward is None:
            written = self.memory.written
            for per_row, place in self.program.outputs:
                written["row" if per_row else "uniform"][place] = True
            for per_row, place in [*self._wanted, *self.program.outputs]:
                self.memory.fixed["row" if per_row else "uniform"][place] = True
            lines = [line for block in reversed(self.program.blocks) for line in self._reverse(block)]
            for per_row, place in self._wanted:  # nothing leads there, so nothing ever writes there
                if not written["row" if per_row else "uniform"][place]:
                    (self.memory.row_adjoint if per_row else self.memory.uniform_adjoint)[place] = 0.0
            self._backward = self.memory.compile("backward", lines)
        return self._backward

    def describe(self) -> str:
        """Return the source of both halves, with the shapes of the arrays that each line names."""
        return "\n".join(map(self.memory.source, (self.forward, self.backward)))

    def differentiate(self, output: int, *, mean: bool) -> tuple[float, Array, Array | None]:
        """Run both halves; return an output's mean, its gradient (a view), and its derivative by each input and row.

        With `mean`, derivatives are those of the mean over the rows, else of each row's own output.
        """
        self.forward()
        backward = self.backward
        for seed in self._seeds:
            seed.fill(0.0)
        seed, numbers = self._seeds[output], self.outputs[output]
        seed.fill(1.0 / len(seed) if mean else 1.0)
        value = float(numbers.dot(self._ones_each[: len(numbers)])) / len(numbers)
        backward()
        return value, self.gradient, self._slopes() if self.inputs else None

    def _slopes(self) -> Array:
        slopes = np.zeros((len(self.program.inputs), self.rows))
        for slope, (per_row, place) in zip(slopes, self.program.inputs, strict=True):
            own = self._at(per_row, place, adjoint=True)
            slope[: len(own)] = own  # one number is that of all rows together
        return slopes

    # Forward ----------------------------------------------------------------------------------------------------------

    def _forward(self, block: Block) -> list[str]:
        return self._forward_dot(block) if isinstance(block, Dot) else formula_lines(self.memory, block)

    def _forward_dot(self, block: Dot) -> list[str]:
        lines: list[str] = []
        out = self.memory.own(block.out)
        whole, inputs, singles = with_bias(block, self._ones)
        left, right = self.memory.read(whole, lines), self._inputs(block, inputs, lines)
        lines.append(product(self.memory, block, left, right, out))
        for single in singles:
            name = self.memory.lifted(single, lines, block.out.space == "row")
            lines.append(f"add({out}, {name}, {out})")
        return lines

    def _inputs(self, block: Dot, joined: Positions | None, lines: list[str]) -> str:
        """The right operands of a product, with a 1 behind them where it takes in a bias."""
        if joined is not None:
            return self.memory.read(joined, lines)
        return self.memory.with_ones(self.memory.read(block.right, lines), lines)

    # Reverse ----------------------------------------------------------------------------------------------------------

    def _reverse(self, block: Block) -> list[str]:
        lines: list[str] = []
        written = self.memory.written[block.out.space]
        if not written[block.out.index].any() or not self.memory.needs.mask(block.out).any():
            return lines
        self.memory.clear(block.out.index[~written[block.out.index]], block.out.space, lines)
        adjoint = self.memory.own(block.out, adjoint=True)
        if isinstance(block, Dot):
            self._reverse_dot(block, adjoint, lines)
        else:
            lines += formula_adjoints(self.memory, block, adjoint, guarded=self.guarded)
        return lines

    def _reverse_dot(self, block: Dot, adjoint: str, lines: list[str]) -> None:
        whole, joined, singles = with_bias(block, self._ones)
        left, inputs = self.memory.read(block.left, lines), self._inputs(block, joined, lines)
        per_row, own = block.out.space == "row", adjoint
        sides = [(whole, inputs, True), (block.right, left, False)]
        if block.is_square:
            doubled = self.memory.bind(np.empty_like(self.memory.scope[adjoint]))
            lines.append(f"add({adjoint}, {adjoint}, {doubled})")
            adjoint, sides = doubled, sides[:1]
        for at, other, swap in sides:
            if self.memory.needs.mask(at).any():
                call, is_per_row = product_adjoint(self.memory, block, adjoint, other, swap=swap, guarded=self.guarded)
                expression, place = f"{call[0]}({call[1]})", None if self.guarded else call
                self.memory.accumulate(at, expression, place, lines, is_per_row, whole=not per_row)
        for i, single in enumerate(singles):
            heir_of = block.out if i == len(singles) - 1 else None
            self.memory.accumulate(single, own, None, lines, per_row, heir_of=heir_of)
