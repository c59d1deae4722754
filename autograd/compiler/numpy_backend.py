"""The NumPy backend: a block program as straight-line calls into buffers that are allocated once.

For each number of rows the program's blocks become Python source, one array operation a line, with every view and
buffer bound to a name beforehand. The backward half follows from the same blocks in reverse.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence

import numpy as np

from autograd.compiler.adjoints import Adjoints
from autograd.compiler.ir.blocks import Block, Dot, Positions, Program
from autograd.compiler.needs import Needs
from autograd.compiler.numpy_calls import functions, is_finite
from autograd.compiler.numpy_formulas import formula_adjoints, formula_lines
from autograd.compiler.products import product, product_adjoint, with_bias
from autograd.compiler.workspace import Array, Workspace

__all__ = ["Executable"]


class Executable:
    """A program for a fixed number of rows, with its buffers.

    Args:
        program: the blocks.
        rows: how many rows it runs over.
        params: how many of the uniform places are parameters, whose adjoints are wanted.
        inputs: whether the inputs' adjoints are wanted, too.
        guarded: let a zero stop even infinity and nan on every edge: needed, and used, only if without it a gradient
            came out that is not finite.
        mean: whether derivatives are those of the first output's mean over the rows, else of each row's own output.
        uniform: the uniform buffer of another executable, if they share it.

    Attributes:
        forward: computes everything from the leaves.
        memory: the buffers.
        adjoints: theirs.
        outputs: the numbers of each, (rows,), or (1,) where all rows share one.
        parameters: where their numbers stand, (params,).
        gradient: the parameters' adjoints, (params,).
    """

    def __init__(
        self,
        program: Program,
        rows: int,
        *,
        params: int,
        inputs: bool = False,
        guarded: bool = False,
        mean: bool = True,
        uniform: Array | None = None,
    ) -> None:
        self.rows, self.inputs, self.guarded = rows, inputs, guarded
        start = program.uniform_size
        self.program = program = program if rows > 1 else program.without_rows()
        self.memory = Workspace(program, rows, functions(), uniform)
        self.adjoints = Adjoints(program, self.memory, Needs(program, params, inputs))
        if rows == 1:  # callers still find rows where they would be
            self.memory.row = self.memory.uniform[start:, None]
            self.adjoints.row = self.adjoints.uniform[start:, None]
        self._ones = set(self.program.ones)
        self._wanted = [(False, place) for place in range(params)] + (program.inputs if inputs else [])
        self.forward = self.memory.compile(
            "forward", [line for block in program.blocks for line in self._forward(block)]
        )
        self._computed = self.memory.uniform[program.constant_places.stop :]
        self.outputs = [self._at(self.memory, *output) for output in program.outputs]
        self.parameters = self.memory.uniform[:params]
        self.gradient = self.adjoints.uniform[:params]
        self._seeds = [self._at(self.adjoints, *output) for output in program.outputs]
        self._mean = mean
        self._ones_each = [np.ones(len(numbers)) for numbers in self.outputs]

    def _at(self, numbers: Workspace | Adjoints, per_row: bool, place: int) -> Array:
        """What stands in a place, (rows,), or (1,) where all rows share one."""
        found: Array = numbers.row[place] if per_row else numbers.uniform[place : place + 1]
        return found

    def load_parameters(self, parameters: Array) -> None:
        """Put parameters, and what is held, in place."""
        if parameters is not self.parameters:
            self.parameters[:] = parameters
        self.program.read_held(self.memory.uniform)

    def load(self, columns: Sequence[tuple[slice, bool, Array]], rows: slice) -> None:
        """Put inputs in place, (numbers, rows) or (numbers,); of those that have rows, some `rows` of all."""
        memory = self.memory
        for at, per_row, numbers in columns:
            if per_row:
                memory.row[at] = numbers[:, rows]
            else:
                memory.uniform[at] = numbers
        if memory.by_row is not None:
            memory.by_row[...] = memory.row[: memory.by_row.shape[1]].T

    def loader(self, table: Array, columns: Array) -> Callable[[Array], None]:
        """Return what puts some rows of inputs, and of ones among them, in place, by their numbers.

        Args:
            table: the first of them, in the order in which they stand, (all rows, places): as many as :attr:`split`
                says, unless that is 0.
            columns: the others, (places, all rows).
        """
        split, row = table.shape[1], self.memory.row
        by_row = self.memory.by_row if self.split else None
        first, others = row[:split], row[split : split + len(columns)]
        take, take_others = table.take, columns.take

        def load(rows: Array) -> None:
            if split:
                first[...] = take(rows, 0, by_row, "clip").T
            take_others(rows, 1, others, "clip")

        return load

    @functools.cached_property
    def split(self) -> int:
        """How many of the first inputs, and ones among them, stand row by row as well."""
        self.backward  # noqa: B018 - has it made
        return 0 if self.memory.by_row is None else self.memory.by_row.shape[1]

    @property
    def can_be_trusted(self) -> bool:
        """After :attr:`forward`: whether nothing that was computed in vain can have spoilt anything."""
        return self.rows > 1 or self.guarded or is_finite(self._computed)

    @functools.cached_property
    def backward(self) -> Callable[[], None]:
        """Turn the adjoints of the outputs into those of everything behind them; made when first asked for."""
        adjoints = self.adjoints
        share = 1.0 / len(self._seeds[0]) if self._seeds else 0.0
        for i, output in reversed(list(enumerate(self.program.outputs))):  # one may be there twice
            adjoints.seed(*output, (0.0 if i else share) if self._mean else None)
        for per_row, place in self._wanted:
            adjoints.fixed["row" if per_row else "uniform"][place] = True
        lines = [line for block in reversed(self.program.blocks) for line in self._reverse(block)]
        for per_row, place in self._wanted:  # nothing leads there, so nothing ever writes there
            if not adjoints.written["row" if per_row else "uniform"][place]:
                (adjoints.row if per_row else adjoints.uniform)[place] = 0.0
        return self.memory.compile("backward", lines)

    def describe(self) -> str:
        """Return the source of both halves, with the shapes of the arrays that each line names."""
        return "\n".join(map(self.memory.source, (self.forward, self.backward)))

    def differentiate(self, output: int = 0) -> tuple[float, Array, Array | None]:
        """Run both halves; return an output's mean, a gradient (a view), and derivatives by each input and row."""
        self.forward()
        backward, numbers = self.backward, self.outputs[output]
        if not self._mean:
            for seed in self._seeds:
                seed.fill(0.0)
            self._seeds[output].fill(1.0)
        value = numbers.dot(self._ones_each[output]) / len(numbers)
        backward()
        return float(value), self.gradient, self._slopes() if self.inputs else None

    def _slopes(self) -> Array:
        slopes = np.zeros((len(self.program.inputs), self.rows))
        for slope, (per_row, place) in zip(slopes, self.program.inputs, strict=True):
            own = self._at(self.adjoints, per_row, place)
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
        adjoints, written = self.adjoints, self.adjoints.written[block.out.space]
        if not written[block.out.index].any() or not adjoints.needs.mask(block.out).any():
            return lines
        adjoints.clear(block.out.index[~written[block.out.index]], block.out.space, lines)
        if isinstance(block, Dot):
            self._reverse_dot(block, lines)
        else:
            lines += formula_adjoints(self.memory, adjoints, block, guarded=self.guarded)
        return lines

    def _reverse_dot(self, block: Dot, lines: list[str]) -> None:
        memory, adjoints, per_row = self.memory, self.adjoints, block.out.space == "row"
        whole, joined, singles = with_bias(block, self._ones)
        left, inputs = memory.read(block.left, lines), self._inputs(block, joined, lines)
        own = adjoint = adjoints.own(block.out)
        sides = [(whole, inputs, joined, True), (block.right, left, block.left, False)]
        if block.is_square:
            adjoint = memory.bind(np.empty_like(memory.scope[own]))
            lines.append(f"add({own}, {own}, {adjoint})")
            sides = sides[:1]
        for at, other, stands, swap in sides:
            if adjoints.needs.mask(at).any():
                call, has_rows = product_adjoint(memory, block, adjoint, other, stands, swap, guarded=self.guarded)
                expression, place = f"{call[0]}({call[1]})", None if self.guarded else call
                adjoints.accumulate(at, expression, place, lines, has_rows, whole=not per_row)
        steady = adjoints.is_steady(block.out)
        for i, single in enumerate(singles):
            heir_of = block.out if i == len(singles) - 1 else None
            adjoints.accumulate(single, own, None, lines, per_row, heir_of=heir_of, steady=steady)
