"""Every row at 0, -0, infinities, nan, ties, the huge and the tiny: it never raises, and answers as IEEE-754 does.

The second half holds the conventions where a derivative does not exist: those of PyTorch and JAX.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import Value, gradients
from tests.autograd.calculus.oracle import EPS, ROWS, flat, regroup
from tests.autograd.calculus.test_rules import OPERATORS, apply, every_row

inf, nan = math.inf, math.nan
HUGE, TINY = 1e308, 5e-324
NUMBERS = (0.0, -0.0, 1.0, -1.0, 0.5, 2.0, -2.5, 3.0, 710.0, -745.2, HUGE, -HUGE, TINY, -TINY, 1e-310, inf, -inf, nan)
SOME = (0.0, -0.0, 1.0, -1.0, 0.5, -2.5, 3.0, HUGE, -HUGE, TINY, inf, -inf, nan)
FEW = (0.0, -0.0, 1.0, -1.5, HUGE, inf, nan)

#: The rows that NumPy has as a function of its own.
NUMPY: dict[str, Callable[..., Any]] = {
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "truediv": np.divide,
    "pow": lambda a, b: np.power([a, a], [b, b])[
        0
    ],  # for one exponent 0.5 it takes a square root, which IEEE's pow does not
    "neg": np.negative,
    "abs": np.absolute,
    "identity": np.positive,
    "exp": np.exp,
    "expm1": np.expm1,
    "log": np.log,
    "log1p": np.log1p,
    "log2": np.log2,
    "log10": np.log10,
    "sqrt": np.sqrt,
    "cbrt": np.cbrt,
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "asin": np.arcsin,
    "acos": np.arccos,
    "atan": np.arctan,
    "atan2": np.arctan2,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "tanh": np.tanh,
    "asinh": np.arcsinh,
    "acosh": np.arccosh,
    "atanh": np.arctanh,
    "maximum": np.maximum,
    "minimum": np.minimum,
    "clamp": np.clip,
    "where": np.where,
    "hypot": np.hypot,
    "sign": np.sign,
    "floor": np.floor,
    "ceil": np.ceil,
    "round": np.rint,
    "sum": np.sum,
    "mean": np.mean,
    "logsumexp": np.logaddexp.reduce,
    "softplus": lambda x: np.logaddexp(0.0, x),
    "dot": lambda w, x, b: np.dot(w, x) + b,
    "relu": lambda x: np.maximum(x, 0.0),
}
#: The others, by their limits.
LIMITS: dict[str, list[tuple[tuple[float, ...], float]]] = {
    "sigmoid": [((inf,), 1), ((-inf,), 0), ((HUGE,), 1), ((-HUGE,), 0), ((0,), 0.5), ((TINY,), 0.5), ((nan,), nan)],
    "leaky_relu": [((inf, 0.1), inf), ((-inf, 0.1), -inf), ((-inf, 0), nan), ((nan, 0.1), nan), ((-0.0, 0.1), 0)],
    "elu": [
        ((inf, 2), inf),
        ((-inf, 2), -2),
        ((-HUGE, 2), -2),
        ((HUGE, 2), HUGE),
        ((nan, 2), nan),
        ((-TINY, 1), -TINY),
    ],
    "gelu": [((inf,), inf), ((HUGE,), HUGE), ((-HUGE,), 0), ((0,), 0), ((nan,), nan)],
    "silu": [((inf,), inf), ((HUGE,), HUGE), ((-HUGE,), 0), ((0,), 0), ((nan,), nan)],
    "erf": [((inf,), 1), ((-inf,), -1), ((HUGE,), 1), ((0,), 0), ((nan,), nan)],
    "erfc": [((inf,), 0), ((-inf,), 2), ((HUGE,), 0), ((0,), 1), ((nan,), nan)],
}


def combinations(name: str) -> Iterator[list[Any]]:
    """Operands for a row: every combination of special numbers, in sequences of two."""
    operands = ROWS[name].operands
    sequences = sum(operand.is_sequence for operand in operands)
    shape = [[0.0, 0.0] if operand.is_sequence else 0.0 for operand in operands]
    count = len(operands) + sequences
    drawn_from = {1: NUMBERS, 2: SOME}.get(count, FEW)
    if count < 5:
        yield from (regroup(shape, numbers) for numbers in itertools.product(drawn_from, repeat=count))
    else:  # a dot of two and two and one: a special number in each place and in every two
        for i, j in itertools.combinations(range(count), 2):
            for x, y in itertools.product(FEW, repeat=2):
                yield regroup(shape, [x if k == i else y if k == j else 1.5 for k in range(count)])
    if sequences:
        yield from ([[x] if operand.is_sequence else 0.0 for operand in operands] for x in NUMBERS)


def same(found: float, expected: float) -> bool:
    """Equal to 8 ulps, or to the last bits of a subnormal; a nan is a nan."""
    if math.isnan(found) or math.isnan(expected):
        return math.isnan(found) and math.isnan(expected)
    return found == expected or math.isclose(found, expected, rel_tol=8 * EPS, abs_tol=8 * TINY)


def evaluate(name: str, operands: list[Any], is_value: tuple[bool, ...] | None = None) -> Value:
    numbers = flat(operands)
    chosen = is_value or (True,) * len(numbers)
    mixed = [Value(x) if c else x for x, c in zip(numbers, chosen, strict=True)]
    result: Value = apply(name, regroup(operands, mixed))
    return result


def slopes(name: str, operands: list[Any]) -> list[float]:
    """Return the derivatives that backward() leaves on the leaves."""
    leaves = list(map(Value, flat(operands)))
    apply(name, regroup(operands, leaves)).backward()
    return [leaf.grad for leaf in leaves]


@every_row
def test_never_raises_and_agrees_with_arrays(name: str) -> None:
    for operands in combinations(name):
        result = evaluate(name, operands)
        assert all(type(x) is float for x in (result.data, *result.partials)), (operands, result.partials)
        with np.errstate(all="ignore"):
            expected, *partials = ROWS[name].arrays(*map(np.array, operands))
        assert same(result.data, expected), operands
        spread = [np.broadcast_to(dx, np.shape(x)).ravel() for dx, x in zip(partials, operands, strict=True)]
        for found, of_arrays in zip(result.partials, np.concatenate(spread), strict=True):
            assert same(found, of_arrays), (operands, result.partials, partials)


@every_row
def test_constants_change_nothing(name: str) -> None:
    """The code for ``v ** 2.0`` is not that for ``v ** w``; their numbers are the same, infinities and all."""
    for operands in combinations(name):
        full = evaluate(name, operands)
        count = len(full.parents)
        for is_value in itertools.product([True, False], repeat=count):
            if any(is_value):
                result = evaluate(name, operands, is_value)
                assert same(result.data, full.data), operands
                for found, expected in zip(result.partials, itertools.compress(full.partials, is_value), strict=True):
                    assert type(found) is float
                    assert same(found, expected), (operands, is_value)
        if name not in OPERATORS:  # Python's own 1.0 / 0.0 is none of ours
            on_floats = apply(name, operands)
            assert type(on_floats) is float
            assert same(on_floats, full.data), operands


@pytest.mark.parametrize("name", sorted(NUMPY))
def test_results_are_numpys(name: str) -> None:
    for operands in combinations(name):
        with np.errstate(all="ignore"):
            expected = float(NUMPY[name](*map(np.array, operands)))
        assert same(evaluate(name, operands).data, expected), operands


@pytest.mark.parametrize("name", sorted(LIMITS))
def test_results_are_the_limits(name: str) -> None:
    for operands, expected in LIMITS[name]:
        assert same(evaluate(name, list(operands)).data, expected), operands


def test_every_row_is_compared_with_something() -> None:
    assert NUMPY.keys() | LIMITS.keys() == ROWS.keys()


@pytest.mark.parametrize(
    "name", ["floor", "ceil", "round", "neg", "sqrt", "cbrt", "sin", "tan", "tanh", "asinh", "log1p"]
)
def test_minus_zero_keeps_its_sign(name: str) -> None:
    """IEEE-754 5.3.1, 5.9, 9.2.1: and 1/x tells the two zeros apart."""
    for x in (0.0, -0.0):
        with np.errstate(all="ignore"):
            expected = float(NUMPY[name](x))
        assert math.copysign(1.0, apply(name, [x])) == math.copysign(1.0, expected)
    if name in ("ceil", "round"):
        assert math.copysign(1.0, apply(name, [-0.25])) == -1.0


def test_two_nans_or_a_nan_and_a_number_make_a_nan() -> None:
    """Python's own max and min give whichever comes first."""
    for name in ("maximum", "minimum", "hypot", "atan2"):
        assert math.isnan(evaluate(name, [nan, 1.0]).data)
        assert math.isnan(evaluate(name, [1.0, nan]).data)
    assert math.isnan(autograd.logsumexp([1.0, nan]))
    assert math.isnan(autograd.logsumexp([nan, 1.0]))
    assert autograd.hypot(inf, nan) == inf  # C99 F.9.4.3


@pytest.mark.parametrize(
    ("name", "operands", "expected"),
    [
        ("relu", [0.0], [0.0]),
        ("relu", [-0.0], [0.0]),
        ("abs", [0.0], [0.0]),
        ("abs", [-0.0], [0.0]),
        ("maximum", [2.0, 2.0], [0.5, 0.5]),
        ("minimum", [2.0, 2.0], [0.5, 0.5]),
        ("maximum", [0.0, -0.0], [0.5, 0.5]),
        ("minimum", [0.0, -0.0], [0.5, 0.5]),
        ("maximum", [inf, inf], [0.5, 0.5]),
        ("minimum", [-inf, -inf], [0.5, 0.5]),
        ("sqrt", [0.0], [inf]),
        ("cbrt", [0.0], [inf]),
        ("log", [0.0], [inf]),
        ("asin", [1.0], [inf]),
        ("asin", [-1.0], [inf]),
        ("acos", [1.0], [-inf]),
        ("acosh", [1.0], [inf]),
        ("atanh", [1.0], [inf]),
        ("leaky_relu", [0.0, 0.25], [0.25, 0.0]),
        ("elu", [0.0, 2.0], [2.0, 0.0]),
        ("hypot", [0.0, 0.0], [0.0, 0.0]),
        ("sign", [0.0], [0.0]),
        ("floor", [3.0], [0.0]),
        ("ceil", [3.0], [0.0]),
        ("round", [2.5], [0.0]),
        ("clamp", [-1.0, -1.0, 1.0], [1.0, 0.0, 0.0]),
        ("clamp", [1.0, -1.0, 1.0], [1.0, 0.0, 0.0]),
        ("pow", [0.0, 0.5], [inf, 0.0]),
        ("pow", [0.0, 1.0], [1.0, 0.0]),
        ("pow", [0.0, 2.0], [0.0, 0.0]),
        ("pow", [0.0, 0.0], [0.0, 0.0]),
        ("pow", [0.0, -1.0], [-inf, -inf]),
        ("pow", [-2.0, 0.0], [0.0, nan]),
        ("pow", [-2.0, 3.0], [12.0, nan]),
        ("pow", [-8.0, 1 / 3], [nan, nan]),
        ("where", [0.0, 5.0, 7.0], [0.0, 0.0, 1.0]),
        ("where", [-0.0, 5.0, 7.0], [0.0, 0.0, 1.0]),
        ("where", [nan, 5.0, 7.0], [0.0, 1.0, 0.0]),
    ],
)
def test_conventions_at_kinks(name: str, operands: list[float], expected: list[float]) -> None:
    assert all(map(same, evaluate(name, operands).partials, expected)), evaluate(name, operands).partials
    assert all(map(same, slopes(name, operands), expected))
    leaves = list(map(Value, operands))
    symbolic = gradients(apply(name, leaves), leaves, create_graph=True)
    assert all(map(same, [derivative.data for derivative in symbolic], expected))


@pytest.mark.parametrize("base", [0.0, -0.0, 3.0, -3.0, inf, -inf, nan])
def test_constant_exponent_0(base: float) -> None:
    x = Value(base)
    y = x**0
    assert (y.data, y.partials) == (1.0, (0.0,))


@pytest.mark.parametrize("name", ["maximum", "minimum"])
def test_a_value_against_itself(name: str) -> None:
    """A tie of one Value with itself: 1/2 + 1/2."""
    x = Value(3.0)
    apply(name, [x, x]).backward()
    assert x.grad == 1.0


@pytest.mark.parametrize(
    "name", ["softplus", "silu", "gelu", "sigmoid", "tanh", "erf", "expm1", "asinh", "sinh", "log1p"]
)
def test_smooth_rows_have_no_kink_at_0(name: str) -> None:
    """However it is computed, by ``exp(-abs(x))`` for instance: on both sides of 0 and at it, derivatives agree."""
    derivative = autograd.grad(autograd.grad(getattr(autograd, name)))
    assert math.isclose(derivative(0.0), derivative(1e-9), abs_tol=1e-8)
    assert math.isclose(derivative(0.0), derivative(-1e-9), abs_tol=1e-8)


TORCH_POINTS: dict[str, list[list[float]]] = {
    "relu": [[0.0], [-0.0], [inf], [-inf]],
    "abs": [[0.0], [-0.0], [inf], [-inf]],
    "maximum": [[2.0, 2.0], [0.0, -0.0], [inf, inf], [1.0, -inf]],
    "minimum": [[2.0, 2.0], [0.0, -0.0], [-inf, -inf], [1.0, inf]],
    "sqrt": [[0.0], [inf], [-1.0]],
    "log": [[0.0], [inf], [-1.0]],
    "pow": [[0.0, 0.0], [0.0, 1.0], [0.0, 2.0], [0.0, 0.5], [0.0, -1.0], [-2.0, 3.0], [-2.0, 0.0], [-8.0, 1 / 3]],
    "leaky_relu": [[0.0], [-0.0], [inf]],
    "elu": [[0.0], [inf], [-inf]],
    "clamp": [[-1.0, -1.0, 1.0], [1.0, -1.0, 1.0], [-inf, -1.0, 1.0], [inf, -1.0, 1.0]],
    "sign": [[0.0], [inf]],
    "floor": [[3.0], [-0.5]],
    "ceil": [[3.0], [-0.5]],
    "round": [[2.5], [3.5], [-0.5]],
    "sigmoid": [[inf], [-inf], [1e308], [-1e308]],
    "softplus": [[0.0], [inf], [-inf]],
    "tanh": [[inf], [-inf]],
    "exp": [[inf], [-inf], [1000.0], [-1000.0]],
    "atan": [[inf], [-inf]],
    "asin": [[1.0], [-1.0], [2.0]],
    "acos": [[1.0], [-1.0], [2.0]],
    "erf": [[inf], [-inf]],
    "truediv": [[1.0, 0.0], [0.0, 0.0], [-1.0, inf]],
    "mul": [[0.0, inf], [inf, -inf]],
    "sum": [[inf, 1.0], [inf, -inf]],
    "logsumexp": [[0.0, -inf], [1000.0, 1000.0]],
}


@pytest.mark.parametrize("name", sorted(TORCH_POINTS))
def test_conventions_are_torchs(name: str) -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: its conventions are not compared")
    functions: dict[str, Callable[..., Any]] = {
        "leaky_relu": torch.nn.functional.leaky_relu,
        "elu": torch.nn.functional.elu,
        "softplus": lambda x: torch.logaddexp(x, torch.zeros_like(x)),
        "truediv": torch.div,
        "sum": lambda *x: torch.stack(x).sum(),
        "logsumexp": lambda *x: torch.stack(x).logsumexp(0),
        "clamp": lambda x, low, high: torch.clamp(x, low.item(), high.item()),
    }
    for numbers in TORCH_POINTS[name]:
        tensors = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in numbers]
        expected = functions.get(name, getattr(torch, name, None))(*tensors)  # type: ignore[misc]
        expected.backward()
        operands = [numbers] if ROWS[name].operands[0].is_sequence else numbers
        leaves = list(map(Value, numbers))
        result = apply(name, regroup(operands, leaves))
        assert agrees(result.data, expected.item()), numbers
        for i, tensor in enumerate(tensors):
            if tensor.grad is not None:
                assert agrees(result.partials[i], tensor.grad.item()), (numbers, i)


def agrees(ours: float, theirs: float) -> bool:
    """The same special value, or the same number as far as peers compute it: torch's logsumexp loses seven bits."""
    return same(ours, theirs) or math.isclose(ours, theirs, rel_tol=1e-12)
