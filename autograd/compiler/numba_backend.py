"""The Numba backend: a block program as one compiled kernel, cached on disk between processes.

An extra: ``pip install "glassgrad[jit]"``. The source of :mod:`autograd.compiler.loops` is written to a folder of the
user's cache, under a name that is its own hash, and compiled by Numba, which keeps the machine code beside it.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from autograd.compiler.flat import flat
from autograd.compiler.loops import Loops
from autograd.compiler.needs import Needs
from autograd.compiler.program import Program
from autograd.compiler.scalar_source import Reductions, nest, scalar_function
from autograd.compiler.training import OptimizerStage, Training
from autograd.files import write_whole
from autograd.formula import names_in
from autograd.formula_source import python_source

__all__ = ["Kernel"]

_Array = np.ndarray[Any, Any]


class Kernel(Training):
    """A program compiled for up to `rows` rows, with its buffers; see :class:`autograd.compiler.training.Training`.

    Args:
        program: the blocks; the first output is the one that is differentiated.
        rows: the most rows that run at once.
        params: how many parameters there are.
        stages: of an optimiser, if :meth:`train` is wanted.
    """

    def __init__(self, program: Program, rows: int, *, params: int, stages: Sequence[OptimizerStage] = ()) -> None:
        super().__init__(program, rows, params, stages)
        own = program if rows > 1 else program.without_rows()
        loops = Loops(own, Needs(own, params, inputs=False))
        self.uniform = np.zeros(own.uniform_size)
        self.parameters = self.uniform[:params]
        stride = rows + 8 * (rows % 64 == 0)  # at distances of whole pages, places would share few lines of the cache
        row = np.zeros((own.row_size + loops.scratch) * stride)
        start = own.constants_start
        self.uniform[start : start + len(own.constants)] = own.constants
        self._held_places = slice(own.held_start, own.held_start + len(own.held))
        self._buffers = (self.uniform, row, np.zeros_like(self.uniform), np.zeros_like(row), loops.index)
        self._module = _module(flat(_source(own, loops, params, stages), stride))

    def _differentiate(self, X: _Array) -> tuple[float, _Array]:
        self._read_held()
        return self._module.value_and_grad(*self._buffers, X), self._buffers[2][: len(self.parameters)]

    def _take(self, X: _Array, batches: Sequence[_Array] | None, rates: _Array, taken: int) -> _Array:
        batches = [np.arange(len(X))] if batches is None else batches
        order = np.concatenate(batches).astype(np.int64) if batches else np.zeros(0, np.int64)
        starts = np.cumsum([0, *map(len, batches)])
        self._read_held()
        step = np.zeros(len(self.parameters))
        losses: _Array = np.zeros(len(batches))
        self._module.train(*self._buffers, X, order, starts, rates, taken, self._states, step, losses)
        return losses

    def _read_held(self) -> None:
        self.uniform[self._held_places] = [value.data for value in self._held]


def _source(program: Program, loops: Loops, params: int, stages: Sequence[OptimizerStage]) -> str:
    per_row, place = program.outputs[0]
    seed = ["for r in range(rows):", f"    DV[{place}, r] = 1.0 / rows"] if per_row else [f"DU[{place}] = 1.0"]
    mean = ["value = 0.0", *nest([("r", "rows")], [f"value += V[{place}, r]"]), "value /= rows"]
    value = mean if per_row else [f"value = U[{place}]"]
    clear = nest([("i", program.uniform_size)], ["DU[i] = 0.0"])
    both = [*loops.forward, *value, *clear, *seed, *loops.backward]
    source = _TEMPLATE.format(load=_indented(_load(program, "r"), 1), body=_indented(both, 1))
    if stages:
        source += _TRAIN.format(
            load=_indented(_load(program, "order[starts[step] + r]"), 2),
            body=_indented(both, 2),
            update=_indented(_update(params, stages), 2),
        )
    return source


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


def _update(params: int, stages: Sequence[OptimizerStage]) -> list[str]:
    """The lines that turn the gradient in DU into a step and take it."""
    lines = nest([("i", params)], ["G[i] = DU[i]"])
    place = 0
    for number, stage in enumerate(stages):
        lines += [f"rate = rates[step, {number}]", *(f"{name} = {value!r}" for name, value in stage.constants)]
        reductions = Reductions(_scalar, params, ["g = G[j]", "p = U[j]"])
        inner = ["g = G[i]", "p = U[i]"]
        for name, text in stage.given:
            before, source = reductions.lines(text)
            (lines if before or "g" not in names_in(text)[0] else inner).extend([*before, f"{name} = {source}"])
        for offset, (name, _) in enumerate(stage.states):
            inner.append(f"{name} = S[{place + offset}, i]")
        for offset, (name, text) in enumerate(stage.states):
            inner += [f"{name} = {_scalar(text)}", f"S[{place + offset}, i] = {name}"]
        place += len(stage.states)
        lines += nest([("i", params)], [*inner, f"G[i] = {_scalar(stage.result)}"])
    return [*lines, *nest([("i", params)], ["U[i] += G[i]"])]


def _scalar(text: str) -> str:
    return python_source(text, call=scalar_function)


def _indented(lines: Sequence[str], depth: int) -> str:
    return "\n".join("    " * depth + line for line in lines)


# IEEE-754 throughout, but for the order of sums and fused multiply-add.
_TEMPLATE = """\
import math

import numpy as np
from numba import njit

options = dict(cache=True, error_model="numpy", fastmath={{"contract", "reassoc"}}, boundscheck=False)


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


def _module(source: str) -> ModuleType:
    """The module with this source, from the cache folder; Numba finds its machine code beside it."""
    name = f"glassgrad_{hashlib.sha256(source.encode()).hexdigest()[:24]}"
    if name in sys.modules:
        return sys.modules[name]
    folder = Path(os.environ.get("GLASSGRAD_CACHE") or Path.home() / ".cache" / "glassgrad")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.py"
    if not path.exists():
        write_whole(path, source)
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    sys.modules[name] = module
    return module
