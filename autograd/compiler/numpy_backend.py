"""The NumPy backend: a block program as straight-line calls into buffers that are allocated once.

For each number of rows the program's blocks become Python source, one array operation a line, with every view and
buffer bound to a name beforehand. The backward half follows from the same blocks in reverse.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from autograd.compiler.needs import Needs
from autograd.compiler.numpy_calls import OPPOSITE, as_call, functions, lowered
from autograd.compiler.products import product, product_adjoint, with_bias
from autograd.compiler.program import Block, Dot, Map, Positions, Program, Reduce
from autograd.compiler.scalar_graph import COMPARISONS
from autograd.compiler.workspace import Array, Workspace
from autograd.formula import needed
from autograd.formula_source import numpy_source
from autograd.rules import RULES

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

    Attributes:
        forward: computes everything from the leaves.
        memory: the buffers.
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

    @property
    def can_be_trusted(self) -> bool:
        """After :attr:`forward`: whether nothing that was computed in vain can have spoilt anything."""
        return self.rows > 1 or self.guarded or bool(np.isfinite(self._computed).all())

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

    def differentiate(self, output: int, *, mean: bool) -> tuple[float, Array, Array]:
        """Run both halves; return an output's mean, its gradient (a view), and its derivative by each input and row.

        With `mean`, derivatives are those of the mean over the rows, else of each row's own output.
        """
        memory, rows = self.memory, self.rows
        self.forward()
        backward = self.backward
        for per_row, place in self.program.outputs:
            (memory.row_adjoint if per_row else memory.uniform_adjoint)[place] = 0.0
        per_row, place = self.program.outputs[output]
        if per_row:
            memory.row_adjoint[place] = 1.0 / rows if mean else 1.0
            value = float(np.add.reduce(memory.row[place])) / rows
        else:
            memory.uniform_adjoint[place] = 1.0
            value = float(memory.uniform[place])
        backward()
        slopes = np.zeros((len(self.program.inputs) if self.inputs else 0, rows))
        for slope, (per_row, place) in zip(slopes, self.program.inputs, strict=self.inputs):
            if per_row:
                slope[:] = memory.row_adjoint[place]
            else:
                slope[0] = memory.uniform_adjoint[place]  # of all rows together
        return value, memory.uniform_adjoint[: self._params], slopes

    # Forward ----------------------------------------------------------------------------------------------------------

    def _forward(self, block: Block) -> list[str]:
        lines: list[str] = []
        out = self.memory.view(block.out)
        assert out is not None  # a block's places are a slice
        if isinstance(block, Dot):
            self._forward_dot(block, out, lines)
        elif isinstance(block, Map):
            lines += self._formulas(block, self._operands(block, lines), out)
        else:
            names = self._aligned(block, lines)
            lines += self._formulas(block, names, out)
        return lines

    def _operands(self, block: Map, lines: list[str]) -> list[str]:
        """Operands of a map, all of its shape."""
        return [self.memory.lifted(at, lines, block.out.space == "row") for at in block.operands]

    def _aligned(self, block: Reduce, lines: list[str]) -> list[str]:
        """Operands of a reduction as (k, n[, rows]); those that are no sequences as (k, 1[, rows])."""
        per_row = block.out.space == "row"
        names = []
        for at, operand in zip(block.operands, RULES[block.op].operands, strict=True):
            name = self.memory.lifted(at, lines, per_row)
            names.append(name if operand.is_sequence else f"{name}[:, None]")
        return names

    def _formulas(self, block: Map | Reduce, names: list[str], out: str) -> list[str]:
        if block.op in COMPARISONS:
            return [f"{out}[...] = {numpy_source(COMPARISONS[block.op], dict(zip('ab', names, strict=True)))}"]
        rule = RULES[block.op]
        lines, write = self._given(block, names, [rule.forward])
        result = write(rule.forward)
        reduced = isinstance(block, Reduce)
        call = None if reduced or lines else as_call(result)
        if call is not None:
            return [self.memory.stored(*call, out)]
        return [*lines, f"{out}[...] = {f'({result})[:, 0]' if reduced else result}"]

    def _given(
        self, block: Map | Reduce, names: list[str], texts: Iterable[str], result: str = ""
    ) -> tuple[list[str], Callable[[str], str]]:
        """Lines for the given formulas that `texts` need, and what turns each of those into source."""
        rule, memory = RULES[block.op], self.memory
        scope = {operand.name: name for operand, name in zip(rule.operands, names, strict=True)} | {"y": result}
        found = {o.name: memory.constant(at) for o, at in zip(rule.operands, block.operands, strict=True)}
        constants = {name: number for name, number in found.items() if number}  # of 0 the sign would be lost
        reduced = isinstance(block, Reduce)

        def write(text: str) -> str:
            template, numbers = lowered(text, tuple(scope), tuple(constants.items()), reduced)
            return template.format(*map(memory.number, numbers), **scope)

        lines = []
        for name, text in needed(rule.given, texts):
            source = write(text)
            scope[name] = memory.bind(None)
            lines.append(f"{scope[name]} = {source}")
        return lines, write

    def _forward_dot(self, block: Dot, out: str, lines: list[str]) -> None:
        whole, inputs, singles = with_bias(block, self._ones)
        left, right = self.memory.read(whole, lines), self._inputs(block, inputs, lines)
        lines.append(product(self.memory, block, left, right, out))
        for single in singles:
            name = self.memory.lifted(single, lines, block.out.space == "row")
            lines.append(f"add({out}, {name}, {out})")

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
        adjoint = self.memory.view(block.out, adjoint=True)
        assert adjoint is not None
        if isinstance(block, Dot):
            self._reverse_dot(block, adjoint, lines)
        elif block.op not in COMPARISONS:
            self._reverse_formulas(block, adjoint, lines)
        return lines

    def _reverse_formulas(self, block: Map | Reduce, adjoint: str, lines: list[str]) -> None:
        rule = RULES[block.op]
        per_row = block.out.space == "row"
        reduced = isinstance(block, Reduce)
        names = self._aligned(block, lines) if isinstance(block, Reduce) else self._operands(block, lines)
        out = self.memory.view(block.out)
        flowing = f"{adjoint}[:, None]" if reduced else adjoint
        wanted = [
            (at, operand, partial)
            for at, operand, partial in zip(block.operands, rule.operands, rule.partials, strict=True)
            if partial != "0" and self.memory.needs.mask(at).any()
        ]
        given, write = self._given(
            block, names, [partial for _, _, partial in wanted], f"{out}[:, None]" if reduced else str(out)
        )
        lines += given
        for i, (at, operand, partial) in enumerate(wanted):
            source = write(partial)
            condition = as_call(source)
            if partial == "1":
                expression, call = flowing, None
            elif partial == "-1":
                expression, call = f"negative({flowing})", ("negative", flowing)
            elif self.guarded:
                expression, call = f"stopped({flowing}, {source})", None
            elif condition is not None and condition[0] in OPPOSITE:
                mask = self.memory.bind(np.empty(self.memory.shape(at, per_row=per_row), bool))
                # Where nan is compared both ways are false: the result is nan then, too, and all is run again, guarded.
                lines.append(f"{OPPOSITE[condition[0]]}({condition[1]}, out={mask})")
                expression = f"where({mask}, {self.memory.number(0.0)}, {flowing})"
                call = ("zero_where", f"{mask}, {flowing}")
            else:
                expression, call = f"multiply({flowing}, {source})", ("multiply", f"{flowing}, {source}")
            if reduced and not operand.is_sequence:
                expression, call = f"({expression})[:, 0]", None
            heir_of = None if reduced or i < len(wanted) - 1 else block.out
            self.memory.accumulate(at, expression, call, lines, per_row, whole=not reduced, heir_of=heir_of)

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
        for single in singles:
            heir_of = block.out if single is singles[-1] else None
            self.memory.accumulate(single, own, None, lines, per_row, heir_of=heir_of)
