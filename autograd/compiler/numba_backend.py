"""The Numba backend: a block program as one compiled kernel, cached on disk between processes.

An extra: ``pip install "glassgrad[jit]"``. The source of :mod:`autograd.compiler.loops` is written to a folder of the
user's cache, under a name that is its own hash, and compiled by Numba, which keeps the machine code beside it. A
program of many small blocks would take minutes to compile: :mod:`autograd.compiler.interpreter` runs it instead.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.compiler.arguments import floats
from autograd.compiler.interpreter import Interpreter
from autograd.compiler.loops import Loops
from autograd.compiler.needs import Needs
from autograd.compiler.numba_module import HEADER, indented, module
from autograd.compiler.program import Dot, Program
from autograd.compiler.updates import OptimizerStage, update_lines
from autograd.errors import LengthError, OperandError

__all__ = ["Kernel"]

_Array = np.ndarray[Any, Any]

#: More blocks than this take half a minute to compile when they are written out, three times as many five minutes.
MANY_BLOCKS = 100
#: Products a block, in sums of products. Interpreted, they fall behind the NumPy backend's from some 5 on.
FEW_PRODUCTS = 4


def is_irregular(program: Program) -> bool:
    """Whether a program has so many blocks, and those so small, that it is better interpreted than written out."""
    products = sum(
        block.out.index.size * block.left.index.shape[2] for block in program.blocks if isinstance(block, Dot)
    )
    return len(program.blocks) > MANY_BLOCKS and products < FEW_PRODUCTS * len(program.blocks)


class Kernel:
    """A program compiled for up to `rows` rows, with its buffers.

    Args:
        program: the blocks; the first output is the one that is differentiated.
        rows: the most rows that run at once.
        params: how many parameters there are.
        stages: of an optimiser, if :meth:`train` is wanted.

    Attributes:
        parameters: their numbers, (params,); to be read, and to be written to.

    Raises:
        OperandError: the program has inputs that are the same for all rows: a kernel takes rows only.
    """

    def __init__(self, program: Program, rows: int, *, params: int, stages: Sequence[OptimizerStage] = ()) -> None:
        if not all(per_row for per_row, _ in program.inputs):
            raise OperandError("a kernel takes rows only: compile without uniform=, or use the NumPy backend")
        form = Interpreter if is_irregular(program) else WrittenOut
        self._form = form(program, rows, params, stages)
        self.stages, self._rows, self._inputs = stages, rows, len(program.inputs)
        self.uniform = self._form.uniform
        self.parameters = self.uniform[:params]
        self._states = np.zeros((sum(len(stage.states) for stage in stages), params))
        self._steps = np.zeros(1, int)

    def value_and_grad(self, X: _Array) -> tuple[float, _Array]:
        """Return the mean output over rows X, (rows, inputs) in the program's order, and its gradient, (params,)."""
        X = self._checked(X)
        self._check_count(len(X))
        return self._form.value_and_grad(X), self._form.gradient.copy()

    @property
    def state(self) -> Any:
        """The optimiser's state, in the form that ``nn.optim.from_stages`` gives it."""
        states = iter(self._states.copy())
        return int(self._steps[0]), tuple(tuple(next(states) for _ in stage.states) for stage in self.stages)

    def train(self, X: _Array, batches: Sequence[_Array]) -> _Array:
        """Take one optimiser's step for each batch of rows of `X`; return the parameters.

        Args:
            X: (rows, inputs), the inputs in the program's order.
            batches: the rows of each step.

        Raises:
            LengthError: a step has no rows or more than the kernel was compiled for, or `X` has no such row.
        """
        X = self._checked(X)
        for batch in batches:
            self._check_count(len(batch))
        order = np.concatenate(batches) if len(batches) else np.zeros(0, int)
        if order.dtype.kind not in "iu" or (order.size and not 0 <= order.min() <= order.max() < len(X)):
            raise LengthError(f"batches are lists of the numbers of rows, 0 to {len(X) - 1}, got {order}")
        starts = np.cumsum([0, *map(len, batches)])
        taken = int(self._steps[0])
        rates = np.array([[stage.rate(taken + i) for stage in self.stages] for i in range(len(batches))], dtype=float)
        rates = rates.reshape(len(batches), len(self.stages))
        self._form.train(X, order.astype(np.int64), starts, rates, taken, self._states)
        self._steps += len(batches)
        return self.parameters.copy()

    def go_on_from(self, other: Kernel) -> None:
        """Take over the parameters of a kernel of the same model, and share its optimiser's state from now on.

        So programs for inputs of different lengths train one model, step by step in any order.
        """
        if other is not self:
            self.parameters[:] = other.parameters
            self._states, self._steps = other._states, other._steps

    def _check_count(self, rows: int) -> None:
        if not 0 < rows <= self._rows:
            raise LengthError(f"the kernel was compiled for 1 to {self._rows} rows, got {rows}")

    def _checked(self, X: _Array) -> _Array:
        X = np.ascontiguousarray(floats("X", X))
        if X.ndim != 2 or X.shape[1] != self._inputs:
            raise LengthError(f"the kernel takes rows of {self._inputs} inputs, got the shape {X.shape}")
        return X


class WrittenOut:
    """A program as loops of its own, forward, backward and the optimiser's step in one function.

    Attributes:
        uniform: the uniform buffer; parameters come first.
        gradient: of the last run, (params,).
    """

    def __init__(self, program: Program, rows: int, params: int, stages: Sequence[OptimizerStage]) -> None:
        own = program if rows > 1 else program.without_rows()
        loops = Loops(own, Needs(own, params, inputs=False))
        self.uniform = np.zeros(own.uniform_size)
        adjoints = np.zeros_like(self.uniform)
        self.gradient = adjoints[:params]
        stride = rows + 8 * (rows % 64 == 0)  # at distances of whole pages, places would share few lines of the cache
        row = np.zeros((own.row_size + loops.scratch) * stride)
        start = own.constants_start
        self.uniform[start : start + len(own.constants)] = own.constants
        self._buffers = (self.uniform, row, adjoints, np.zeros_like(row), loops.index)
        self._module = module(_flat(_source(own, loops, params, stages), stride))

    def value_and_grad(self, X: _Array) -> float:
        """Return the mean output over rows `X`; its gradient is in :attr:`gradient`."""
        value: float = self._module.value_and_grad(*self._buffers, X)
        return value

    def train(self, X: _Array, order: _Array, starts: _Array, rates: _Array, taken: int, states: _Array) -> None:
        """Take one step for each batch: `starts` says where in `order`, the numbers of rows, it begins."""
        self._module.train(*self._buffers, X, order, starts, rates, taken, states)


def _source(program: Program, loops: Loops, params: int, stages: Sequence[OptimizerStage]) -> str:
    per_row, place = program.outputs[0]
    seed = ["for r in range(rows):", f"    DV[{place}, r] = 1.0 / rows"] if per_row else [f"DU[{place}] = 1.0"]
    mean = ["value = 0.0", "for r in range(rows):", f"    value += V[{place}, r]", "return value / rows"]
    both = [*loops.forward, "DU[:] = 0.0", *seed, *loops.backward]
    result = mean if per_row else [f"return U[{place}]"]
    source = HEADER + _TEMPLATE.format(
        load=indented(_load(program, "r"), 1), body=indented(both, 1), result=indented(result, 1)
    )
    if stages:
        source += _TRAIN.format(
            load=indented(_load(program, "order[starts[step] + r]"), 2),
            body=indented(both, 2),
            params=params,
            update=indented(update_lines(params, stages), 2),
        )
    return source


def _flat(source: str, stride: int) -> str:
    """The source with flat row buffers: how far it is from place to place is then a number that LLVM can count on."""
    return re.sub(r"\b(D?V)\[(.+?), r\]", rf"\1[(\2) * {stride} + r]", source)


def _load(program: Program, row: str) -> list[str]:
    """The lines that put rows of inputs where the blocks read them."""
    lines: list[str] = []
    places = np.array([place for _, place in program.inputs])
    for run in np.split(np.arange(len(places)), np.flatnonzero(np.diff(places) != 1) + 1):
        if len(run):
            place = f"{places[run[0]] - run[0]} + column"
            target = f"V[{place}, r]" if program.inputs[0][0] else f"U[{place}]"
            line = f"{target} = X[{row}, column]"
            lines += [f"for column in range({run[0]}, {run[-1] + 1}):", "    for r in range(rows):", f"        {line}"]
    return lines


_TEMPLATE = """

@njit(**options)
def value_and_grad(U, V, DU, DV, index, X):
    rows = len(X)
{load}
{body}
{result}
"""

_TRAIN = """

@njit(**options)
def train(U, V, DU, DV, index, X, order, starts, rates, taken, S):
    G = np.zeros({params})
    for step in range(len(starts) - 1):
        rows = starts[step + 1] - starts[step]
        t = taken + step + 1.0
{load}
{body}
{update}
"""
