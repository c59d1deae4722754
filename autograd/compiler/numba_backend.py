"""The Numba backend: a block program as one compiled kernel, cached on disk between processes.

An extra: ``pip install "glassgrad[jit]"``. The source of :mod:`autograd.compiler.loops` is written to a folder of the
user's cache, under a name that is its own hash, and compiled by Numba, which keeps the machine code beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.compiler.flat import flat
from autograd.compiler.frontend.arguments import runs
from autograd.compiler.interpreter import Interpreter
from autograd.compiler.ir.blocks import Dot, Program
from autograd.compiler.loops import Loops
from autograd.compiler.needs import Needs
from autograd.compiler.numba_module import HEADER, indented, module
from autograd.compiler.scalar_source import nest
from autograd.compiler.training import OptimizerStage, Training
from autograd.compiler.updates import rate_table, update_lines

__all__ = ["is_irregular", "kernel"]

_Array = np.ndarray[Any, Any]


#: More blocks than this take half a minute to compile when they are written out, three times as many five minutes.
MANY_BLOCKS = 100
#: Products a block, in sums of products. Interpreted, they fall behind the NumPy backend's from some 5 on.
FEW_PRODUCTS = 4


def kernel(program: Program, rows: int, *, params: int, stages: Sequence[OptimizerStage] = ()) -> Training:
    """Return a program compiled for up to `rows` rows, with its buffers, and an optimiser's stages in it.

    The first output is the one that is differentiated.
    """
    form = Interpreter if is_irregular(program) else WrittenOut
    return form(program, rows, params, stages)


def is_irregular(program: Program) -> bool:
    """Whether a program has so many blocks, and those so small, that it is better interpreted than written out."""
    products = sum(
        block.out.index.size * block.left.index.shape[2] for block in program.blocks if isinstance(block, Dot)
    )
    return len(program.blocks) > MANY_BLOCKS and products < FEW_PRODUCTS * len(program.blocks)


class WrittenOut(Training):
    """A program as loops of its own, forward, backward and the optimiser's step in one function."""

    def __init__(self, program: Program, rows: int, params: int, stages: Sequence[OptimizerStage]) -> None:
        super().__init__([per_row for per_row, _ in program.inputs], rows, params, stages)
        self._program = own = program if rows > 1 else program.without_rows()
        loops = Loops(own, Needs(own, params, inputs=False))
        self._uniform = np.zeros(own.uniform_size)
        self.parameters = self._uniform[:params]
        stride = rows + 8 * (rows % 64 == 0)  # at distances of whole pages, places would share few lines of the cache
        row = np.zeros((own.row_size + loops.scratch) * stride)
        self._uniform[own.constant_places] = own.constants
        self._buffers = (self._uniform, row, np.zeros_like(self._uniform), np.zeros_like(row), loops.index)
        self._module = module(flat(_source(own, loops, params, stages), stride))

    def _differentiate(self, X: _Array) -> tuple[float, _Array]:
        self._program.read_held(self._uniform)
        return self._module.value_and_grad(*self._buffers, X), self._buffers[2][: len(self.parameters)]

    def _take(
        self, X: _Array, batches: Sequence[_Array], order: _Array, rates: list[list[float]], taken: int
    ) -> _Array:
        starts = np.cumsum([0, *map(len, batches)])
        self._program.read_held(self._uniform)
        step, losses = np.zeros(len(self.parameters)), np.zeros(len(batches))
        numbers = order.astype(np.int64, copy=False)
        self._module.train(*self._buffers, X, numbers, starts, rate_table(rates), taken, self._states, step, losses)
        return losses


def _source(program: Program, loops: Loops, params: int, stages: Sequence[OptimizerStage]) -> str:
    per_row, place = program.outputs[0]
    seed = ["for r in range(rows):", f"    DV[{place}, r] = 1.0 / rows"] if per_row else [f"DU[{place}] = 1.0"]
    mean = ["value = 0.0", *nest([("r", "rows")], [f"value += V[{place}, r]"]), "value /= rows"]
    value = mean if per_row else [f"value = U[{place}]"]
    clear = nest([("i", program.uniform_size)], ["DU[i] = 0.0"])
    both = [*loops.forward, *value, *clear, *seed, *loops.backward]
    source = HEADER + _TEMPLATE.format(load=indented(_load(program, "r"), 1), body=indented(both, 1))
    if stages:
        source += _TRAIN.format(
            load=indented(_load(program, "order[starts[step] + r]"), 2),
            body=indented(both, 2),
            update=indented(update_lines(params, stages), 2),
        )
    return source


def _load(program: Program, row: str) -> list[str]:
    """The lines that put rows of inputs where the blocks read them."""
    lines: list[str] = []
    for to, own in runs([place for _, place in program.inputs]):
        place = f"{to.start - own.start} + column"
        target = f"V[{place}, r]" if program.inputs[0][0] else f"U[{place}]"
        columns = nest([("column", range(own.start, own.stop))], [f"{target} = X[row, column]"])
        lines += ["for r in range(rows):", f"    row = {row}", *(f"    {line}" for line in columns)]
    return lines


_TEMPLATE = """\


@njit(**options)
def value_and_grad(U, V, DU, DV, index, X):
    rows = len(X)
    one = min(rows, 1)
{load}
{body}
    return value
"""

_TRAIN = """

@njit(**options)
def train(U, V, DU, DV, index, X, order, starts, rates, taken, S, G, losses):
    for step in range(len(starts) - 1):
        rows = starts[step + 1] - starts[step]
        one = min(rows, 1)
        t = taken + step + 1.0
{load}
{body}
        losses[step] = value
{update}
"""
