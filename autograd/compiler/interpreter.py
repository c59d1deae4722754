"""A loop that carries out instructions: the Numba backend's form for programs of too many blocks to write out.

The loop has a branch for each kind of instruction, which goes over the rows, so choosing a branch costs little. It
depends on the operations that programs use, not on their graphs: one that was compiled serves all with the same.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from autograd.calculus.formula import calls_in, names_in
from autograd.calculus.printing import python_source
from autograd.compiler.instructions import Instructions, Kind, Tape
from autograd.compiler.ir.blocks import Program
from autograd.compiler.needs import Needs
from autograd.compiler.numba_module import HEADER, indented, module
from autograd.compiler.scalar_source import nest, scalar_function
from autograd.compiler.training import OptimizerStage, Training
from autograd.compiler.updates import rate_table, update_lines
from autograd.compiler.vector_functions import REACH, SOURCE, vector_function

__all__ = ["Interpreter"]

_Array = np.ndarray[Any, Any]

#: The most rows at a time: enough for instructions not to count, few enough for the buffer to stay in the cache.
TILE = 128


class Interpreter(Training):
    """A program as instructions, with its buffers."""

    def __init__(self, program: Program, rows: int, params: int, stages: Sequence[OptimizerStage]) -> None:
        super().__init__([per_row for per_row, _ in program.inputs], rows, params, stages)
        self._program = program
        own = Instructions(program, Needs(program, params, inputs=False))
        self._uniform = np.zeros(own.uniform.places)
        self.parameters = self._uniform[:params]
        self._gradient = self._uniform[program.uniform_size :][:params]
        self._adjoints = self._uniform[program.uniform_size : 2 * program.uniform_size]
        self._row = np.zeros((own.row.places, -(-rows // -(-rows // TILE))))  # tiles of the same size
        self._uniform[program.constant_places] = program.constants
        self._uniform[list(own.uniform.constants.values())] = list(own.uniform.constants)
        self._row[list(own.row.constants.values())] = np.array(list(own.row.constants))[:, None]

        kinds = sorted(own.kinds)
        codes = [_table(tape, [kinds.index(kind) for kind in own.kinds]) for tape in (own.uniform, own.row)]
        self._before, self._after = np.split(codes[0], [own.middle])
        self._code = codes[1]
        self._input_places, self._output, self._seed = np.array(own.inputs, int), own.output, own.seed
        self._spread = np.array(own.spread, int)
        end = own.spread_at + len(own.spread)
        self._values, self._slopes = self._row[own.spread_at : end], self._row[end : end + len(own.spread)]
        self._run = module(_run(kinds)).run
        self._update = module(_update(params, stages)).update if stages else None

    def _differentiate(self, X: _Array) -> tuple[float, _Array]:
        self._program.read_held(self._uniform)
        column = self._uniform[:, None]
        self._adjoints[:] = 0.0
        self._run(self._before, column, 1)
        self._values[:] = column[self._spread]
        self._slopes[:] = 0.0
        total, tile = 0.0, self._row.shape[1]
        with np.errstate(all="ignore"):
            for start in range(0, len(X), tile):
                part = X[start : start + tile]
                self._row[self._input_places, : len(part)] = part.T
                self._row[self._seed] = 1.0 / len(X)
                self._run(self._code, self._row, len(part))
                total += float(self._row[self._output, : len(part)].sum())
            self._adjoints[self._spread] += self._slopes.sum(axis=1)
        self._run(self._after, column, 1)
        return total / len(X), self._gradient

    def _take(
        self, X: _Array, batches: Sequence[_Array], order: _Array, rates: list[list[float]], taken: int
    ) -> _Array:
        assert self._update is not None
        losses, table = np.zeros(len(rates)), rate_table(rates)
        for step, batch in enumerate(batches):
            losses[step], gradient = self._differentiate(X[batch])
            self._update(self._uniform, gradient, table, step, taken, self._states)
        return losses


def _table(tape: Tape, numbers: Sequence[int]) -> _Array:
    """The instructions of a tape as the rows of an array: the number of the kind, the target, the operands."""
    table = np.zeros((len(tape.code), max(map(len, tape.code), default=1)), np.int32)
    for row, (kind, *places) in zip(table, tape.code, strict=True):
        row[0], row[1 : 1 + len(places)] = numbers[kind], places
    return table


def _run(kinds: Iterable[Kind]) -> str:
    """Source of the loop."""
    lines: list[str] = []
    for number, kind in enumerate(kinds):
        lines += [f"{'elif' if number else 'if'} kind == {number}:", *(f"    {line}" for line in _branch(*kind))]
    return HEADER + SOURCE + _RUN.format(branches=indented(lines, 2))


def _branch(write: str, formula: str) -> list[str]:
    """The lines that carry out instructions of a kind."""
    names = [f"x{k}" for k in range(len(names_in(formula)[0]))]
    reads = [f"{name} = B[{name}_at, r]" for name in names]

    def over_rows(call: Callable[[str], str]) -> list[str]:
        result = python_source(formula, call=call)
        line = f"B[o, r] = np.maximum(B[o, r], {result})" if write == "max" else f"B[o, r] {write} {result}"
        return nest([("r", "rows")], [*reads, line])

    lines = [f"{name}_at = code[i, {2 + k}]" for k, name in enumerate(names)]
    beyond = [
        f"beyond += not abs({python_source(argument, call=scalar_function)}) <= {REACH[name]!r}"
        for name, (argument, *_) in calls_in(formula)
        if REACH.get(name, math.inf) < math.inf
    ]
    if not beyond:
        return [*lines, *over_rows(_function)]
    lines += ["beyond = 0", *nest([("r", "rows")], [*reads, *beyond])]
    vector, scalar = over_rows(_function), over_rows(scalar_function)
    return [*lines, "if beyond:", *(f"    {line}" for line in scalar), "else:", *(f"    {line}" for line in vector)]


def _function(name: str) -> str:
    return vector_function(name) if name in REACH else scalar_function(name)


def _update(params: int, stages: Sequence[OptimizerStage]) -> str:
    return HEADER + _UPDATE.format(params=params, update=indented(update_lines(params, stages), 1))


_RUN = """

@njit(**options)
def run(code, B, rows):
    for i in range(len(code)):
        kind = code[i, 0]
        o = code[i, 1]
{branches}
"""

_UPDATE = """

@njit(**options)
def update(U, DU, rates, step, taken, S):
    G = np.zeros({params})
    t = taken + step + 1.0
{update}
"""
