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
from typing import Any, Protocol

import numpy as np

from autograd.compiler.loops import Loops
from autograd.compiler.needs import Needs
from autograd.compiler.program import Program
from autograd.compiler.scalar_source import Reductions, nest, scalar_function
from autograd.files import write_whole
from autograd.formula import names_in
from autograd.formula_source import python_source

__all__ = ["Kernel"]

_Array = np.ndarray[Any, Any]


class Kernel:
    """A program compiled for up to `rows` rows, with its buffers.

    Args:
        program: the blocks; the first output is the one that is differentiated.
        rows: the most rows that run at once.
        params: how many parameters there are.
        stages: of an optimiser, if :meth:`train` is wanted.
    """

    def __init__(self, program: Program, rows: int, *, params: int, stages: Sequence[OptimizerStage] = ()) -> None:
        own = program if rows > 1 else program.without_rows()
        loops = Loops(own, Needs(own, params, inputs=False))
        self.program, self.params, self.stages = program, params, stages
        self.uniform = np.zeros(own.uniform_size)
        self.row = np.zeros((own.row_size + loops.scratch, rows))
        self._uniform_adjoint = np.zeros_like(self.uniform)
        self._row_adjoint = np.zeros_like(self.row)
        if rows == 1:  # inputs still go where the rows would be
            self.row = self.uniform[program.uniform_size :, None]
        start = program.constants_start
        self.uniform[start : start + len(program.constants)] = program.constants
        self._index = loops.index
        inputs = sum(per_row for per_row, _ in program.inputs)
        self._states = np.zeros((sum(len(stage.states) for stage in stages), params))
        self._steps = 0
        self._module = _module(_source(own, loops, params, stages, inputs))

    def value_and_grad(self, rows: int) -> tuple[float, _Array]:
        """Run both halves over the first `rows` rows of the buffers; return the mean output and its gradient."""
        value = self._module.value_and_grad(
            self.uniform, self.row, self._uniform_adjoint, self._row_adjoint, self._index, rows
        )
        return value, self._uniform_adjoint[: self.params].copy()

    @property
    def state(self) -> Any:
        """The optimiser's state, in the form that ``nn.optim.from_stages`` gives it."""
        states = iter(self._states.copy())
        return self._steps, tuple(tuple(next(states) for _ in stage.states) for stage in self.stages)

    def train(self, X: _Array, batches: Sequence[_Array]) -> _Array:
        """Take one optimiser's step for each batch of rows of `X`; return the parameters.

        Args:
            X: (rows, inputs), the inputs in the program's order.
            batches: the rows of each step.
        """
        order = np.concatenate(batches).astype(np.int64)
        starts = np.cumsum([0, *map(len, batches)])
        rates = np.array([[stage.rate(self._steps + i) for stage in self.stages] for i in range(len(batches))])
        buffers = (self.uniform, self.row, self._uniform_adjoint, self._row_adjoint, self._index)
        self._module.train(*buffers, X, order, starts, rates, self._steps, self._states)
        self._steps += len(batches)
        return self.uniform[: self.params].copy()


class OptimizerStage(Protocol):
    """What the kernel needs to know of an optimiser's stage: formulas over vectors, see ``nn.optim.Stage``."""

    @property
    def result(self) -> str: ...
    @property
    def states(self) -> tuple[tuple[str, str], ...]: ...
    @property
    def given(self) -> tuple[tuple[str, str], ...]: ...
    @property
    def constants(self) -> tuple[tuple[str, float], ...]: ...
    def rate(self, step: int) -> float: ...


def _source(program: Program, loops: Loops, params: int, stages: Sequence[OptimizerStage], inputs: int) -> str:
    per_row, place = program.outputs[0]
    seed = ["for r in range(rows):", f"    DV[{place}, r] = 1.0 / rows"] if per_row else [f"DU[{place}] = 1.0"]
    mean = ["value = 0.0", "for r in range(rows):", f"    value += V[{place}, r]", "return value / rows"]
    both = [*loops.forward, "DU[:] = 0.0", *seed, *loops.backward]
    source = _TEMPLATE.format(body=_indented(both, 1), result=_indented(mean if per_row else [f"return U[{place}]"], 1))
    if stages:
        source += _TRAIN.format(
            inputs=inputs, body=_indented(both, 2), params=params, update=_indented(_update(params, stages), 2)
        )
    return source


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
def value_and_grad(U, V, DU, DV, index, rows):
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
        for column in range({inputs}):
            for r in range(rows):
                V[column, r] = X[order[starts[step] + r], column]
{body}
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
