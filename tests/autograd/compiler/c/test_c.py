"""C99 against the eager engine: compiled without a warning, loaded, run."""

from __future__ import annotations

import ctypes
import math
import operator
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from autograd import OperandError, Value, dot, logsumexp, maximum, minimum, operations
from autograd.calculus.table import RULES
from autograd.compiler.c.printer import c_source
from autograd.compiler.frontend.trace import trace
from autograd.compiler.passes.layout import place
from autograd.compiler.pipeline import array_program, forward_program
from nn import MLP, losses

COMPILER = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
FLAGS = ["-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic", "-O1"]
needs_compiler = pytest.mark.skipif(COMPILER is None, reason="there is no C compiler")


def source(f: Callable[..., Any], inputs: int, params: Sequence[Value], name: str = "f") -> str:
    graph, _ = trace(f, ([0.5] * inputs,), params)
    blocks = place(graph, len(params))
    forward = forward_program(blocks, len(params))
    both = array_program(blocks, len(params)) if len(blocks.outputs) == 1 else None
    return c_source(name, forward, both, [])


class Library:
    """Functions of a C file."""

    def __init__(self, text: str, folder: Path, params: int, outputs: int = 1, name: str = "f") -> None:
        assert COMPILER is not None
        path = folder / f"f{len(list(folder.iterdir()))}.c"  # a library of the same name would be taken for the same
        path.write_text(text, encoding="utf-8")
        command = [COMPILER, *FLAGS, "-shared", "-fPIC", path.name, "-o", f"{path.stem}.so", "-lm"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        self._library = ctypes.CDLL(str(path.with_suffix(".so")))
        self.params, self._outputs, self.name = params, outputs, name

    def __call__(self, params: Sequence[float], inputs: Sequence[float]) -> list[float]:
        outputs = (ctypes.c_double * self._outputs)()
        getattr(self._library, self.name)(self._array(params), self._array(inputs), outputs)
        return list(outputs)

    def value_and_grad(self, params: Sequence[float], inputs: Sequence[float]) -> tuple[float, list[float]]:
        function = getattr(self._library, f"{self.name}_value_and_grad")
        function.restype = ctypes.c_double
        gradient = (ctypes.c_double * self.params)()
        return function(self._array(params), self._array(inputs), gradient), list(gradient)

    @staticmethod
    def _array(numbers: Sequence[float]) -> Any:
        return (ctypes.c_double * len(numbers))(*numbers)


def agree(f: Callable[..., Any], rows: Sequence[Sequence[float]], params: Sequence[Value], folder: Path) -> None:
    library = Library(source(f, len(rows[0]), params), folder, len(params))
    numbers = [param.data for param in params]
    for row in rows:
        for param in params:
            param.grad = 0.0
        wanted = f(list(row))
        wanted.backward()
        assert library(numbers, row) == pytest.approx([wanted.data], rel=1e-12, abs=1e-14, nan_ok=True)
        value, gradient = library.value_and_grad(numbers, row)
        assert value == pytest.approx(wanted.data, rel=1e-12, abs=1e-14, nan_ok=True)
        assert gradient == pytest.approx([param.grad for param in params], rel=1e-11, abs=1e-13, nan_ok=True)


@needs_compiler
@pytest.mark.parametrize("activation", ["tanh", "relu", "gelu", "softplus"])
@pytest.mark.parametrize("sizes", [[2, 4, 3, 1], [3, 5, 3]])
def test_perceptrons(activation: str, sizes: list[int], tmp_path: Path) -> None:
    model, n = MLP(sizes[0], sizes[1:], activation=activation, seed=1), sizes[0]

    def loss(x: Any) -> Any:
        return losses.cross_entropy(model(x[:n]), x[n:]) if sizes[-1] > 1 else (model(x[:n]) - x[n]) ** 2

    targets = [1.0, 0.0, 0.0][: sizes[-1]]
    rows = [[0.3, -1.2, 2.0][:n] + targets, [-0.5, 0.1, 0.4][:n] + targets]
    agree(loss, rows, model.parameters(), tmp_path)


SPECIAL = [0.0, -0.0, 1.0, -1.0, 2.5, -0.5, 1e-300, 1e300, math.inf, -math.inf, math.nan]
SMALL = [name for name, rule in RULES.items() if not any(operand.is_sequence for operand in rule.operands)]


@needs_compiler
def test_every_row_at_special_values(tmp_path: Path) -> None:
    """One file has all rows: what each gives at special values, and its gradient there."""
    w = [Value(1.0), Value(1.0), Value(1.0)]
    texts = []
    for name in SMALL:
        count = len(RULES[name].operands)

        def f(x: Any, name: str = name, count: int = count) -> Any:
            operands = [w[i] * x[i] for i in range(count)]
            if hasattr(operator, name):
                return getattr(operator, name)(*operands)
            return getattr(operations, name)(*operands)

        texts.append((name, f, source(f, count, w[:count], f"f_{name}")))
    library = Library("\n".join(text for *_, text in texts), tmp_path, 3)
    for name, f, _ in texts:
        count = len(RULES[name].operands)
        library.name, library.params = f"f_{name}", count
        for i, a in enumerate(SPECIAL):
            row = [a, SPECIAL[(3 * i + 4) % len(SPECIAL)], SPECIAL[(5 * i + 2) % len(SPECIAL)]][:count]
            for param in w:
                param.grad = 0.0
            wanted = f(row)
            wanted.backward()
            value, gradient = library.value_and_grad([1.0] * count, row)
            own = [param.grad for param in w[:count]]
            assert value == pytest.approx(wanted.data, rel=1e-12, nan_ok=True), (name, row)
            assert gradient == pytest.approx(own, rel=1e-11, abs=1e-300, nan_ok=True), (name, row)


@needs_compiler
def test_the_zero_rule_in_sums_of_products(tmp_path: Path) -> None:
    w = [Value(1.0), Value(2.0), Value(3.0), Value(0.0)]

    def f(x: Any) -> Any:
        return (dot(w[:2], x[:2], w[2]) * x[2]).relu() + (w[3] * x[1]).sqrt() * 0.0

    agree(f, [[math.inf, 1.0, -1.0], [1.0, 1.0, 2.0]], w, tmp_path)


@needs_compiler
def test_gathers_reductions_and_several_outputs(tmp_path: Path) -> None:
    w = [Value(0.1 * i + 0.3) for i in range(7)]

    def f(x: Any) -> Any:
        a = [w[i] * x[j] for i, j in ((0, 3), (5, 1), (2, 2), (6, 0))]
        return (
            logsumexp([a[2], a[0], w[3]]) + maximum(a[0], a[1]) + dot([a[3], a[0]], [w[1], w[4]]) + minimum(a[2], 0.1)
        )

    agree(f, [[0.3, -1.0, 2.0, 0.7], [math.inf, 1.0, -1.0, 2.0]], w, tmp_path)

    def several(x: Any) -> Any:
        return [w[0] * x[0], w[1] * x[1] * x[0], 3.0]

    library = Library(source(several, 2, w), tmp_path, 7, 3)
    assert library([param.data for param in w], [2.0, -1.0]) == pytest.approx([0.6, -0.8, 3.0], rel=1e-12)


@pytest.mark.parametrize("name", ["", "1f", "a b", "double", "while", "σ", "f;"])
def test_names_that_c_does_not_take(name: str) -> None:
    w = [Value(1.0)]
    with pytest.raises(OperandError, match="name must be one that C takes"):
        source(lambda x: w[0] * x[0], 1, w, name)
