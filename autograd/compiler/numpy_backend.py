"""The NumPy backend: a block program as straight-line calls into buffers that are allocated once.

For each number of rows the program's blocks become Python source, one array operation a line, with every view and
buffer bound to a name beforehand. The backward half follows from the same blocks in reverse.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from autograd.compiler.needs import Needs
from autograd.compiler.products import blocked_product, product, product_adjoint, stopped, with_bias
from autograd.compiler.program import Block, Dot, Map, Program, Reduce
from autograd.compiler.scalar_graph import COMPARISONS
from autograd.compiler.workspace import Workspace
from autograd.formula import NUMPY_FUNCTIONS, fill_in, names_in
from autograd.formula_source import is_elementwise, numpy_source
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
        self.program, self.rows, self.inputs, self.guarded = program, rows, inputs, guarded
        self.memory = Workspace(program, rows, Needs(program, params, inputs), _functions())
        self._wanted = [(False, place) for place in range(params)] + (program.inputs if inputs else [])
        self.forward = self.memory.compile(
            "forward", [line for block in program.blocks for line in self._forward(block)]
        )
        self._backward: Callable[[], None] | None = None

    @property
    def backward(self) -> Callable[[], None]:
        """Turn the adjoints of the outputs into those of everything behind them; made when first asked for."""
        if self._backward is None:
            written = self.memory.written
            for per_row, place in self.program.outputs:
                written["row" if per_row else "uniform"][place] = True
            lines = [line for block in reversed(self.program.blocks) for line in self._reverse(block)]
            for per_row, place in self._wanted:  # nothing leads there, so nothing ever writes there
                if not written["row" if per_row else "uniform"][place]:
                    (self.memory.row_adjoint if per_row else self.memory.uniform_adjoint)[place] = 0.0
            self._backward = self.memory.compile("backward", lines)
        return self._backward

    def describe(self) -> str:
        """Return the source of both halves, with the shapes of the arrays that each line names."""
        return "\n".join(map(self.memory.source, (self.forward, self.backward)))

    # Forward ----------------------------------------------------------------------------------------------------------

    def _forward(self, block: Block) -> list[str]:
        lines: list[str] = []
        out = self.memory.view(block.out)
        assert out is not None  # a block's places are a slice
        if isinstance(block, Dot):
            self._forward_dot(block, out, lines)
        elif isinstance(block, Map):
            names = self._operands(block, lines)
            lines += self._formulas(block.op, names, out)
        else:
            names = self._aligned(block, lines)
            lines += self._formulas(block.op, names, out, reduced=True)
        return lines

    def _operands(self, block: Map, lines: list[str]) -> list[str]:
        """Operands of a map as (k[, rows]); what is one and the same constant as that number."""
        per_row = block.out.space == "row"
        constants = [self.memory.constant(at) for at in block.operands]
        return [
            self.memory.lifted(at, lines, per_row) if number is None else repr(number)
            for at, number in zip(block.operands, constants, strict=True)
        ]

    def _aligned(self, block: Reduce, lines: list[str]) -> list[str]:
        """Operands of a reduction as (k, n[, rows]); those that are no sequences as (k, 1[, rows])."""
        per_row = block.out.space == "row"
        names = []
        for at, operand in zip(block.operands, RULES[block.op].operands, strict=True):
            name = self.memory.lifted(at, lines, per_row)
            names.append(name if operand.is_sequence else f"{name}[:, None]")
        return names

    def _formulas(self, op: str, names: list[str], out: str, *, reduced: bool = False) -> list[str]:
        if op in COMPARISONS:
            return [f"{out}[...] = {_source(COMPARISONS[op], dict(zip('ab', names, strict=True)))}"]
        rule = RULES[op]
        scope = {operand.name: name for operand, name in zip(rule.operands, names, strict=True)}
        lines = self._given(rule.given, [rule.forward], scope, reduced)
        result = _source(rule.forward, scope, reduced=reduced)
        call = None if reduced or lines else _as_call(result)
        if call is not None:
            function, arguments = call
            if arguments.endswith(", 0.0") and function == "maximum":  # which has no vector loop for one number
                arguments = f"{arguments[:-3]}{self.memory.bind(np.zeros(self.memory.scope[out].shape))}"
            return [self.memory.stored(function, arguments, out)]
        return [*lines, f"{out}[...] = {f'({result})[:, 0]' if reduced else result}"]

    def _given(
        self, given: Sequence[tuple[str, str]], used_in: Sequence[str], scope: dict[str, str], reduced: bool
    ) -> list[str]:
        """Name the parts of a row that `used_in` mentions."""
        lines: list[str] = []
        for i, (name, text) in enumerate(given):
            if not any(name in names_in(later)[0] for later in (*used_in, *(text for _, text in given[i + 1 :]))):
                continue
            source = _source(text, scope, reduced=reduced)
            scope[name] = self.memory.temporary(source, lines)
        return lines

    def _forward_dot(self, block: Dot, out: str, lines: list[str]) -> None:
        whole, singles = with_bias(block)
        left, right = self.memory.read(whole, lines), self.memory.read(block.right, lines)
        if whole is not block.left:
            right = self.memory.with_ones(right, lines)
        lines.append(product(self.memory, block, left, right, out))
        for single in singles:
            name = self.memory.lifted(single, lines, block.out.space == "row")
            lines.append(f"add({out}, {name}, {out})")

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
        scope = {operand.name: name for operand, name in zip(rule.operands, names, strict=True)}
        wanted = [
            partial
            for partial, at in zip(rule.partials, block.operands, strict=True)
            if self.memory.needs.mask(at).any()
        ]
        lines += self._given(rule.given, wanted, scope, reduced)
        out = self.memory.view(block.out)
        scope["y"] = f"{out}[:, None]" if reduced else str(out)
        flowing = f"{adjoint}[:, None]" if reduced else adjoint
        for at, operand, partial in zip(block.operands, rule.operands, rule.partials, strict=True):
            if partial == "0" or not self.memory.needs.mask(at).any():
                continue
            source = _source(partial, scope, reduced=reduced)
            condition = _as_call(source)
            if partial == "1":
                expression, call = flowing, None
            elif partial == "-1":
                expression, call = f"negative({flowing})", ("negative", flowing)
            elif self.guarded:
                expression, call = f"stopped({flowing}, {source})", None
            elif condition is not None and condition[0] in _COMPARED:
                mask = self.memory.bind(np.empty(self.memory.shape(at, per_row=per_row), bool))
                lines.append(f"{condition[0]}({condition[1]}, out={mask})")
                expression, call = f"multiply({flowing}, {mask})", ("kept_where", f"{flowing}, {mask}")
            else:
                expression, call = f"multiply({flowing}, {source})", ("multiply", f"{flowing}, {source}")
            if reduced and operand.is_sequence and not self.guarded and is_elementwise(partial, rule.sequences):
                pass  # of the sequence's shape as it is
            elif reduced and operand.is_sequence:
                shape = self.memory.shape(at, per_row=per_row)
                expression, call = f"broadcast_to({expression}, {shape})", None
            elif reduced:
                expression, call = f"({expression})[:, 0]", None
            self.memory.accumulate(at, expression, call, lines, per_row)

    def _reverse_dot(self, block: Dot, adjoint: str, lines: list[str]) -> None:
        whole, singles = with_bias(block)
        left, right = self.memory.read(block.left, lines), self.memory.read(block.right, lines)
        inputs = right if whole is block.left else self.memory.with_ones(right, lines)
        per_row = block.out.space == "row"
        for at, other, swap in ((whole, inputs, True), (block.right, left, False)):
            if self.memory.needs.mask(at).any():
                call, is_per_row = product_adjoint(self.memory, block, adjoint, other, swap=swap, guarded=self.guarded)
                self.memory.accumulate(at, f"{call[0]}({call[1]})", None if self.guarded else call, lines, is_per_row)
        for single in singles:
            self.memory.accumulate(single, adjoint, None, lines, per_row)


def _functions() -> dict[str, Any]:
    """What formulas may call: NumPy's functions, and any row of the table, also of a user's own."""
    return {name: functools.partial(_forward_of, name) for name in RULES} | _FUNCTIONS


def _forward_of(name: str, *operands: Any) -> Any:
    return RULES[name].arrays(*operands)[0]


def _source(text: str, names: Mapping[str, str], *, reduced: bool = False) -> str:
    """A formula as NumPy calls; what follows from operands that are constants is carried out, if it has a value."""
    constants = {name: source for name, source in names.items() if not source.partition("[")[0].isidentifier()}
    return _template(text, tuple(names), tuple(constants.items()), reduced).format_map(names)


@functools.lru_cache(maxsize=4096)  # an irregular graph asks for few formulas, thousands of times
def _template(text: str, names: Sequence[str], constants: Sequence[tuple[str, str]], reduced: bool) -> str:
    places = {name: f"{{{name}}}" for name in names}
    if constants:
        with contextlib.suppress(ArithmeticError, ValueError):
            return numpy_source(fill_in(text, dict(constants)), places, reduced=reduced)
    return numpy_source(text, places, reduced=reduced)


def _as_call(expression: str) -> tuple[str, str] | None:
    """Take ``f(a, b)`` apart, if the expression is one ufunc call that can write into place."""
    name, bracket, rest = expression.partition("(")
    if bracket and rest.endswith(")") and isinstance(_FUNCTIONS.get(name), np.ufunc):
        depth = 0
        for i, character in enumerate(rest):
            depth += (character == "(") - (character == ")")
            if depth < 0:
                return (name, rest[:-1]) if i == len(rest) - 1 else None
    return None


def _kept_where(flowing: Any, keep: Any, *, out: Any) -> None:
    """The adjoint where `keep` is true, else 0; `keep` is used up."""
    out[...] = flowing
    np.putmask(out, np.logical_not(keep, keep), 0.0)


def _sum_along(x: Any) -> Any:
    return np.add.reduce(x, 1, keepdims=True)


def _max_along(x: Any) -> Any:
    return np.maximum.reduce(x, 1, keepdims=True)


def _size_along(x: Any) -> int:
    return int(x.shape[1])


_COMPARED = ("less", "greater", "less_equal", "greater_equal", "equal", "not_equal")
_CALLED = """add subtract multiply divide negative matmul einsum take broadcast_to
less greater less_equal greater_equal equal not_equal dot"""
_FUNCTIONS: dict[str, Any] = (
    NUMPY_FUNCTIONS
    | {name: getattr(np, name) for name in _CALLED.split()}
    | {"stopped": stopped, "blocked_product": blocked_product}
    | {"kept_where": _kept_where, "sum_along": _sum_along, "max_along": _max_along, "size_along": _size_along}
)
