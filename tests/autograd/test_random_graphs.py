"""Random programs over the whole table: gradients against 50-digit derivatives, differences, PyTorch, and each other.

A wrong partial, a lost or doubled edge, an operand out of order, a sign: each is gross beside the tolerance here, which
only has to cover what rounding does to ten random operations in a row. The rows' last digits are test_rules.py's care.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import assume, given, settings
from mpmath import mp, mpf

import autograd
from autograd import Value, gradients
from tests.autograd.calculus.oracle import ORACLE, ROWS
from tests.autograd.calculus.test_rules import OPERATORS
from tests.strategies import Program, programs

FUNCTIONS: dict[str, Callable[..., Any]] = {name: OPERATORS.get(name) or getattr(autograd, name) for name in ROWS}
#: The rows whose derivative is a constant almost everywhere, or a step; the others bend.
SMOOTH = sorted(ROWS.keys() - {"floor", "ceil", "round", "sign", "where"})

many = settings(max_examples=150, deadline=None)
some = settings(max_examples=60, deadline=None)


def tame(found: Sequence[float]) -> bool:
    """Whether rounding cannot have grown into the digits that are compared."""
    return all(math.isfinite(x) and abs(x) < 1e5 for x in found)


def close(found: Sequence[float], expected: Sequence[Any]) -> bool:
    """Equal to 8 digits of the largest."""
    scale = max(map(abs, expected), default=0) + 1
    return all(abs(x - y) <= 1e-8 * scale for x, y in zip(found, expected, strict=True))


def backward(program: Program) -> tuple[Value, list[float]]:
    leaves = list(map(Value, program.inputs))
    root = program.run(FUNCTIONS, leaves)
    if not isinstance(root, Value):  # every operand was a constant
        return Value(root), [0.0] * len(leaves)
    root.backward()
    return root, [leaf.grad for leaf in leaves]


def exact(program: Program, *along: int) -> Any:
    orders = tuple(along.count(i) for i in range(len(program.inputs)))
    with mp.workdps(40):
        return mp.diff(lambda *inputs: program.run(ORACLE, inputs), tuple(map(mpf, program.inputs)), orders)


@many
@given(programs(FUNCTIONS))
def test_backward_is_the_derivative(program: Program) -> None:
    root, found = backward(program)
    assume(tame([root.data, *found]))
    with mp.workdps(40):
        assert close([root.data], [program.run(ORACLE, list(map(mpf, program.inputs)))])
    assert close(found, [exact(program, i) for i in range(len(found))])


@many
@given(programs(FUNCTIONS))
def test_values_and_floats_compute_the_same(program: Program) -> None:
    """Every intermediate number, whether the inputs are Values, floats, or some of each."""
    floats = program.trace(FUNCTIONS, program.inputs)
    for values in (
        program.trace(FUNCTIONS, list(map(Value, program.inputs))),
        program.trace(FUNCTIONS, [Value(program.inputs[0]), *program.inputs[1:]]),
    ):
        for x, value in zip(floats, values, strict=True):
            assert x == (value.data if isinstance(value, Value) else value)


@some
@given(programs(FUNCTIONS, SMOOTH))
def test_backward_is_the_central_difference(program: Program) -> None:
    """The same, against the functions on floats: what a user would check by hand."""
    root, found = backward(program)
    assume(tame([root.data, *found]))
    for i, derivative in enumerate(found):
        estimates = []
        for h in (1e-4, 1e-5):
            moved = [[x + (sign * h if j == i else 0.0) for j, x in enumerate(program.inputs)] for sign in (1, -1)]
            up, down = (program.run(FUNCTIONS, inputs) for inputs in moved)
            estimates.append((up - down) / (2 * h))
        scale = 1e-5 * (1 + abs(derivative) + abs(root.data))
        assume(abs(estimates[0] - estimates[1]) < scale)  # else it bends or jumps too much here for differences
        assert abs(derivative - estimates[1]) <= 4 * scale


@many
@given(programs(FUNCTIONS))
def test_every_way_gives_the_same_gradient(program: Program) -> None:
    _, found = backward(program)
    assume(tame(found))
    leaves = list(map(Value, program.inputs))
    root = program.run(FUNCTIONS, leaves)
    if isinstance(root, Value):
        assert gradients(root, leaves) == found
        symbolic = gradients(root, leaves, create_graph=True)
        assert all(isinstance(derivative, Value) for derivative in symbolic)
        assert close([derivative.data for derivative in symbolic], found)
    assert all(leaf.grad == 0.0 for leaf in leaves)

    def f(inputs: list[Any]) -> Any:
        return program.run(FUNCTIONS, inputs)

    inputs = list(program.inputs)
    assert autograd.grad(f)(inputs) == found
    assert autograd.vjp(f, inputs)[1](1.0) == (found,)
    assert autograd.jacobian(f)(inputs) == found
    along = [autograd.jvp(f, (inputs,), ([float(i == j) for j in range(len(inputs))],))[1] for i in range(len(inputs))]
    assert close(along, found)


@some
@given(programs(FUNCTIONS, max_steps=7))
def test_second_derivatives(program: Program) -> None:
    leaves = list(map(Value, program.inputs))
    root = program.run(FUNCTIONS, leaves)
    assume(isinstance(root, Value))
    first = gradients(root, leaves, create_graph=True)
    second = [gradients(derivative, leaves) for derivative in first]
    assume(tame([root.data, *(d.data for d in first), *(d for row in second for d in row)]))
    for i, row in enumerate(second):
        assert close(row, [exact(program, i, j) for j in range(len(row))])


@some
@given(programs(FUNCTIONS, SMOOTH, max_steps=7))
def test_second_derivatives_are_differences_of_first_ones(program: Program) -> None:
    second = autograd.hessian(lambda inputs: program.run(FUNCTIONS, inputs))(list(program.inputs))
    _, first = backward(program)
    assume(tame([*first, *(d for row in second for d in row)]))
    for i in range(len(first)):
        estimates = []
        for h in (1e-4, 1e-5):
            moved = [[x + (sign * h if j == i else 0.0) for j, x in enumerate(program.inputs)] for sign in (1, -1)]
            up, down = (backward(Program(tuple(inputs), program.steps))[1] for inputs in moved)
            estimates.append([(a - b) / (2 * h) for a, b in zip(up, down, strict=True)])
        for found, rough, fine in zip(second[i], *estimates, strict=True):
            scale = 1e-5 * (1 + abs(found) + max(map(abs, first)))
            assume(abs(rough - fine) < scale)
            assert abs(found - fine) <= 4 * scale


@some
@given(programs(FUNCTIONS, max_steps=7))
def test_a_hessian_is_symmetric_and_hvp_is_its_product(program: Program) -> None:
    def f(inputs: list[Any]) -> Any:
        return program.run(FUNCTIONS, inputs)

    inputs = list(program.inputs)
    rows = autograd.hessian(f)(inputs)
    assume(tame([x for row in rows for x in row]))
    for row, column in zip(rows, zip(*rows, strict=True), strict=True):
        assert close(row, column)
    direction = [1.0, -2.0, 0.5][: len(inputs)]
    expected = [math.fsum(x * d for x, d in zip(row, direction, strict=True)) for row in rows]
    assert close(autograd.hvp(f, (inputs,), (direction,)), expected)


@many
@given(programs(FUNCTIONS))
def test_gradients_are_torchs(program: Program) -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: random graphs are not compared with it")
    real = torch.float64
    functions: dict[str, Callable[..., Any]] = {
        **{name: getattr(torch, name) for name in ROWS if hasattr(torch, name)},
        "truediv": torch.div,
        "identity": lambda x: x * 1,
        "cbrt": lambda x: torch.pow(x, 1 / 3),
        "silu": torch.nn.functional.silu,
        "gelu": torch.nn.functional.gelu,
        "softplus": lambda x: torch.logaddexp(x, torch.zeros_like(x)),
        "leaky_relu": lambda x, slope: torch.where(x > 0, x, slope * x),
        "elu": lambda x, alpha: torch.where(x > 0, x, alpha * torch.expm1(x)),
        "clamp": lambda x, low, high: torch.minimum(torch.maximum(x, low), high),
        "where": lambda condition, a, b: torch.where(condition != 0, a, b),
        "sum": lambda x: torch.stack(x).sum(),
        "mean": lambda x: torch.stack(x).mean(),
        "logsumexp": lambda x: torch.stack(x).logsumexp(0),
        "dot": lambda w, x, b: torch.stack(w) @ torch.stack(x) + b,
    }

    def lifted(function: Callable[..., Any]) -> Callable[..., Any]:
        def tensor(x: Any) -> Any:
            return list(map(tensor, x)) if isinstance(x, list) else torch.as_tensor(x, dtype=real)

        return lambda *operands: function(*map(tensor, operands))

    root, found = backward(program)
    assume(tame([root.data, *found]))
    tensors = [torch.tensor(x, dtype=real, requires_grad=True) for x in program.inputs]
    expected = program.run({name: lifted(function) for name, function in functions.items()}, tensors)
    assert close([root.data], [expected.item()])
    if expected.requires_grad:
        expected.backward()
    assert close(found, [0.0 if tensor.grad is None else tensor.grad.item() for tensor in tensors])


def test_the_programs_reach_every_row() -> None:
    """That the strategy draws each row, with Values and with constants, is what the tests above rest on."""
    seen: dict[str, set[bool]] = {name: set() for name in ROWS}

    @settings(max_examples=1500, deadline=None, database=None, derandomize=True)
    @given(programs(FUNCTIONS))
    def draw(program: Program) -> None:
        for name, references in program.steps:
            for each in references:
                seen[name].update(isinstance(x, int) for x in (each if isinstance(each, tuple) else [each]))

    draw()
    assert {name: kinds for name, kinds in seen.items() if len(kinds) < 2} == {}
