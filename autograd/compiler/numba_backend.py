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

from autograd.compiler.arguments import floats
from autograd.compiler.flat import flat
from autograd.compiler.loops import Loops
from autograd.compiler.needs import Needs
from autograd.compiler.program import Program
from autograd.compiler.scalar_source import Reductions, nest, scalar_function
from autograd.errors import LengthError, OperandError
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

    Attributes:
        parameters: their numbers, (params,); to be read, and to be written to.

    Raises:
        OperandError: the program has inputs that are the same for all rows: a kernel takes rows only.
    """

    def __init__(self, program: Program, rows: int, *, params: int, stages: Sequence[OptimizerStage] = ()) -> None:
        if not all(per_row for per_row, _ in program.inputs):
            raise OperandError("a kernel takes rows only: compile without uniform=, or use the NumPy backend")
        own = program if rows > 1 else program.without_rows()
        loops = Loops(own, Needs(own, params, inputs=False))
        self.stages, self._rows, self._inputs = stages, rows, len(own.inputs)
        self.uniform = np.zeros(own.uniform_size)
        self.parameters = self.uniform[:params]
        stride = rows + 8 * (rows % 64 == 0)  # at distances of whole pages, places would share few lines of the cache
        row = np.zeros((own.row_size + loops.scratch) * stride)
        start = own.constants_start
        self.uniform[start : start + len(own.constants)] = own.constants
        self._buffers = (self.uniform, row, np.zeros_like(self.uniform), np.zeros_like(row), loops.index)
        self._states = np.zeros((sum(len(stage.states) for stage in stages), params))
        self._steps = np.zeros(1, int)
        self._module = _module(flat(_source(own, loops, params, stages), stride))

    def value_and_grad(self, X: _Array) -> tuple[float, _Array]:
        """Return the mean output over rows X, (rows, inputs) in the program's order, and its gradient, (params,)."""
        X = self._checked(X)
        self._check_count(len(X))
        value = self._module.value_and_grad(*self._buffers, X)
        return value, self._buffers[2][: len(self.parameters)].copy()

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
        step = np.zeros(len(self.parameters))
        self._module.train(*self._buffers, X, order.astype(np.int64), starts, rates, taken, self._states, step)
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


def _source(program: Program, loops: Loops, params: int, stages: Sequence[OptimizerStage]) -> str:
    per_row, place = program.outputs[0]
    seed = ["for r in range(rows):", f"    DV[{place}, r] = 1.0 / rows"] if per_row else [f"DU[{place}] = 1.0"]
    mean = ["value = 0.0", "for r in range(rows):", f"    value += V[{place}, r]", "return value / rows"]
    clear = nest([("i", program.uniform_size)], ["DU[i] = 0.0"])
    both = [*loops.forward, *clear, *seed, *loops.backward]
    result = mean if per_row else [f"return U[{place}]"]
    source = _TEMPLATE.format(
        load=_indented(_load(program, "r"), 1), body=_indented(both, 1), result=_indented(result, 1)
    )
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
            columns = nest([("column", range(run[0], run[-1] + 1))], [f"{target} = X[row, column]"])
            lines += ["for r in range(rows):", f"    row = {row}", *(f"    {line}" for line in columns)]
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
{result}
"""

_TRAIN = """

@njit(**options)
def train(U, V, DU, DV, index, X, order, starts, rates, taken, S, G):
    for step in range(len(starts) - 1):
        rows = starts[step + 1] - starts[step]
        one = min(rows, 1)
        t = taken + step + 1.0
{load}
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
