"""Every row of the calculus table, in every form it is read, against mpmath at 50 digits: result and derivatives.

What the rows give at 0, infinities, nan and ties is in ``test_special_values.py``; the oracle and the tolerance, a few
ulps, are in ``oracle.py``.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from mpmath import mp, mpf

import autograd
from autograd import Value, gradients, hessian
from tests.autograd.calculus.oracle import (
    EPS,
    ORACLE,
    ROWS,
    differ,
    errors,
    exact,
    flat,
    misses,
    regroup,
    samples,
    tolerance,
)
from tests.identity import are

OPERATORS: dict[str, Callable[..., Any]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "truediv": operator.truediv,
    "neg": operator.neg,
}

#: Smooth points outside the table's domains: the other branch, far out, next to a pole, at 0.
BEYOND: dict[str, list[list[Any]]] = {
    "truediv": [[1.5, -2.0], [0.0, -1e-8], [3.0, 1e15]],
    "pow": [[1e-8, 0.5], [1e8, -2.5], [0.3, 40.0]],
    "abs": [[-1e300]],
    "exp": [[0.0], [700.0], [-700.0]],
    "expm1": [[0.0], [1e-10], [-1e-10], [-40.0], [700.0]],
    "log": [[1e-300], [1e300], [1.0]],
    "log1p": [[0.0], [1e-10], [-1e-10], [-0.999999], [1e15]],
    "log2": [[1e-300], [8.0]],
    "log10": [[1e-300], [1000.0]],
    "sqrt": [[1e-300], [1e300]],
    "cbrt": [[-3.5], [-1e-8], [1e200]],
    "sin": [[0.0], [100.0], [1e-10]],
    "cos": [[0.0], [100.0], [1e-10]],
    "tan": [[0.0], [1.57], [2.0], [-4.0]],
    "asin": [[0.0], [0.999999], [-0.999999], [1e-10]],
    "acos": [[0.0], [0.999999], [-0.999999], [1e-10]],
    "atan": [[0.0], [1e8], [-1e-10]],
    "atan2": [[1.0, -2.0], [-1.0, -2.0], [2.0, 0.0], [0.0, 2.0], [3e-9, 4e9], [1e200, 1e200]],
    "sinh": [[0.0], [700.0], [-1e-10]],
    "cosh": [[0.0], [700.0], [-20.0]],
    "tanh": [[0.0], [20.0], [-20.0], [1e-10]],
    "asinh": [[1e8], [-1e8], [1e-10], [1e200]],
    "acosh": [[1.0000001], [1e8]],
    "atanh": [[0.0], [0.999999], [-0.999999], [1e-10]],
    "sigmoid": [[0.0], [40.0], [-40.0], [-700.0], [700.0]],
    "softplus": [[0.0], [40.0], [-40.0], [-700.0], [700.0]],
    "leaky_relu": [[-3.0, -0.5], [3.0, 2.0], [-1e300, 0.1]],
    "elu": [[-40.0, 2.0], [-1e-10, 1.0], [3.0, -1.0]],
    "gelu": [[0.0], [-10.0], [-25.0], [10.0], [1e-10]],
    "silu": [[0.0], [40.0], [-40.0], [-700.0], [700.0]],
    "erf": [[0.0], [1e-10], [6.0], [-6.0]],
    "erfc": [[0.0], [20.0], [-6.0]],
    "maximum": [[1e300, -1e300]],
    "minimum": [[1e300, -1e300]],
    "clamp": [[3.0, 5.0, 4.0], [3.0, 2.0, 1.0], [1.5, 2.0, 1.0], [0.5, 2.0, 1.0]],
    "hypot": [[1e200, 1e200], [3e-200, 4e-200], [0.0, -3.0], [1e-10, 1.0]],
    "sum": [[[1e16, 1.0, -1e16]], [[4.0]]],
    "mean": [[[4.0]], [[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]]],
    "dot": [[[2.0], [3.0], 0.5], [[1.0] * 5, [2.0] * 5, -10.0]],
    "logsumexp": [[[1000.0, 999.0]], [[-1000.0, -1001.0]], [[0.0]], [[500.0, -500.0, 0.0]]],
}

every_row = pytest.mark.parametrize("name", sorted(ROWS))


def points(name: str) -> list[list[Any]]:
    return [*samples(ROWS[name]), *BEYOND.get(name, [])]


def apply(name: str, operands: list[Any]) -> Any:
    """The row by its operator if it has one, else by its function."""
    return OPERATORS.get(name, getattr(autograd, name, None))(*operands)  # type: ignore[misc]


def lift(operands: list[Any]) -> list[Any]:
    return regroup(operands, map(Value, flat(operands)))


def test_the_oracle_knows_every_row() -> None:
    assert ORACLE.keys() == ROWS.keys(), "a new row needs its definition in oracle.py"
    assert BEYOND.keys() <= ROWS.keys()


@every_row
def test_result_and_partials(name: str) -> None:
    for operands in points(name):
        result = apply(name, lift(operands))
        assert not errors(name, operands, result.data, list(result.partials))


@every_row
def test_second_derivatives(name: str) -> None:
    for operands in points(name):
        leaves = lift(operands)
        numbers = flat(leaves)
        first = gradients(apply(name, leaves), numbers, create_graph=True)
        for i, derivative in enumerate(first):
            assert not misses(derivative.data, name, operands, i)
            for j, second in enumerate(gradients(derivative, numbers)):
                assert not misses(second, name, operands, i, j)


@every_row
def test_hessian(name: str) -> None:
    """The transform goes the same way, through arguments it lifts itself."""
    operands = next(samples(ROWS[name]))
    rows = hessian(lambda numbers: apply(name, regroup(operands, numbers)))(flat(operands))
    for (i, row), j in itertools.product(enumerate(rows), range(len(rows))):
        assert not misses(row[j], name, operands, i, j)


@every_row
def test_third_derivative_of_rows_of_one_number(name: str) -> None:
    if len(flat(next(samples(ROWS[name], length=1)))) != 1:
        return
    third = autograd.grad(autograd.grad(autograd.grad(lambda x: apply(name, regroup(operands, [x])))))
    for operands in samples(ROWS[name], length=1):
        (x,) = flat(operands)
        with mp.workdps(50):
            expected = mp.diff(lambda moved: ORACLE[name](*regroup([operands[0]], [moved])), mpf(x), 3)  # noqa: B023
        # Half the digits: each differentiation of a quotient or a saturated 1 - y*y costs a few.
        assert math.isclose(third(x), expected, rel_tol=1e-8, abs_tol=1e-10)


@every_row
def test_function_on_floats(name: str) -> None:
    for operands in points(name):
        result = apply(name, operands)
        assert type(result) is float
        assert not misses(result, name, operands)


@every_row
def test_constants_in_any_position(name: str) -> None:
    """Each operand may be a Value or a number; only for the Values is a partial recorded, and it is the same one."""
    for operands in itertools.islice(points(name), 0, None, 4):
        leaves, numbers = flat(lift(operands)), flat(operands)
        for is_value in itertools.product([True, False], repeat=len(leaves)):
            mixed = [leaf if chosen else x for leaf, x, chosen in zip(leaves, numbers, is_value, strict=True)]
            result = apply(name, regroup(operands, mixed))
            if not any(is_value):
                assert type(result) is float
                continue
            assert are(result.operands, mixed)
            assert are(result.parents, itertools.compress(leaves, is_value))
            assert not misses(result.data, name, operands)
            wanted = list(itertools.compress(range(len(leaves)), is_value))
            assert len(result.partials) == len(wanted)
            for i, partial in zip(wanted, result.partials, strict=True):
                assert not misses(partial, name, operands, i)


@every_row
def test_constants_in_any_position_differentiate_twice(name: str) -> None:
    operands = next(samples(ROWS[name], length=2))
    for is_value in itertools.product([True, False], repeat=len(flat(operands))):
        if any(is_value):
            mixed = [Value(x) if chosen else x for x, chosen in zip(flat(operands), is_value, strict=True)]
            wanted = list(itertools.compress(range(len(mixed)), is_value))
            leaves = [mixed[i] for i in wanted]
            first = gradients(apply(name, regroup(operands, mixed)), leaves, create_graph=True)
            for i, derivative in zip(wanted, first, strict=True):
                for j, second in zip(wanted, gradients(derivative, leaves), strict=True):
                    assert not misses(second, name, operands, i, j)


@every_row
def test_constants_of_every_numeric_type(name: str) -> None:
    """int, bool and NumPy scalars beside a Value are the floats they equal."""
    operands = regroup(next(samples(ROWS[name])), itertools.repeat(1.0))
    numbers = flat(operands)
    for kind in (int, bool, np.float64, np.float32, np.int64, np.uint8, np.bool_):
        for at in range(len(numbers)):
            mixed = [Value(x) if i == at else kind(x) for i, x in enumerate(numbers)]
            same = [mixed[i] if i == at else x for i, x in enumerate(numbers)]
            result, expected = apply(name, regroup(operands, mixed)), apply(name, regroup(operands, same))
            assert (type(result), result.operands) == (Value, expected.operands)
            assert np.array_equal((result.data, *result.partials), (expected.data, *expected.partials), equal_nan=True)


@every_row
def test_methods_agree_with_functions(name: str) -> None:
    """``x.tanh()``, and ``x.clamp(-1, 1)`` for rows with more operands."""
    rule = ROWS[name]
    if rule.operands[0].is_sequence or (rule.symbol and name not in ("neg", "abs", "pow")):
        assert not hasattr(Value, name)
        return
    for operands in samples(rule):
        first, *rest = lift(operands)
        method = {"neg": Value.__neg__, "abs": Value.__abs__, "pow": Value.__pow__}.get(name) or getattr(Value, name)
        by_method, by_function = method(first, *rest), apply(name, [first, *rest])
        assert by_method.op == by_function.op == name
        assert are(by_method.operands, (first, *rest))
        assert are(by_function.operands, (first, *rest))
        assert (by_method.data, by_method.partials) == (by_function.data, by_function.partials)


def test_defaults_of_operands() -> None:
    x = Value(-2.0)
    for result, expected in (
        (x.leaky_relu(), autograd.leaky_relu(x, 0.01)),
        (x.elu(), autograd.elu(x, 1.0)),
        (x.clamp(), autograd.clamp(x, -math.inf, math.inf)),
        (x.clamp(high=-3.0), autograd.clamp(x, -math.inf, -3.0)),
        (autograd.dot([x], [3.0]), autograd.dot([x], [3.0], 0.0)),
    ):
        assert (result.data, result.partials, result.operands) == (expected.data, expected.partials, expected.operands)
    assert (autograd.leaky_relu(-2.0), autograd.elu(2.0), autograd.clamp(-2.0, -1.0)) == (-0.02, 2.0, -1.0)


@every_row
def test_arrays(name: str) -> None:
    """The row over arrays, many points at once where operands are numbers; NumPy's own functions are good to 4 ulps."""
    rule = ROWS[name]
    drawn = points(name)
    with np.errstate(all="ignore"):  # both branches of a choice are computed
        if any(operand.is_sequence for operand in rule.operands):
            batches = [(rule.arrays(*map(np.array, operands)), [operands]) for operands in drawn]
        else:
            batches = [(rule.arrays(*np.array(drawn).T), drawn)]
    for (result, *partials), batch in batches:
        results = np.broadcast_to(result, len(batch))
        for row, operands in enumerate(batch):
            assert not differ(float(results[row]), exact(name, operands), 2 * tolerance(name, operands))
            lengths = [len(x) if isinstance(x, list) else 1 for x in operands]
            shapes = [(n,) if o.is_sequence else (len(batch),) for n, o in zip(lengths, rule.operands, strict=True)]
            spread = [np.broadcast_to(dx, shape) for dx, shape in zip(partials, shapes, strict=True)]
            of_row = [dx if o.is_sequence else dx[row : row + 1] for dx, o in zip(spread, rule.operands, strict=True)]
            for i, partial in enumerate(np.concatenate(of_row)):
                assert not differ(float(partial), exact(name, operands, i), 2 * tolerance(name, operands, i))


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if row.exact])
def test_exact_forms_are_the_plain_ones(name: str) -> None:
    """What is computed is what is shown: where the plain form is good, they agree."""
    row = ROWS[name]
    plain = dataclasses.replace(row, exact=())
    rng = np.random.default_rng(0)
    domains = row.domain[: len(row.operands)]
    points = [rng.uniform(max(low, -2.0), min(high, 2.0), 100) for low, high in domains]
    with np.errstate(all="ignore"):
        for found, shown in zip(row.arrays(*points), plain.arrays(*points), strict=True):
            assert np.allclose(found, shown, rtol=1e-14, atol=1e-15)


@pytest.mark.parametrize("base", [-3.0, -0.5, -2.0])
@pytest.mark.parametrize("exponent", [-3, -1, 1, 2, 3, 6])
def test_negative_base_and_whole_exponent(base: float, exponent: int) -> None:
    """Outside the row's domain, and what most programs do with ``**``."""
    x = Value(base)
    (first,) = gradients(x**exponent, [x], create_graph=True)
    (second,) = gradients(first, [x])
    assert math.isclose((x**exponent).data, base**exponent, rel_tol=4 * EPS)
    assert math.isclose(first.data, exponent * base ** (exponent - 1), rel_tol=4 * EPS)
    assert math.isclose(second, exponent * (exponent - 1) * base ** (exponent - 2), rel_tol=8 * EPS)


def test_exponent_0_bends_with_the_base() -> None:
    """d/da a**b is 0 at b = 0, but not *near* it: the mixed derivative a**(b-1) (1 + b log a) is 1/a there."""
    for base in (0.5, 2.0):
        for second in (
            hessian(lambda p: p[0] ** p[1])([base, 0.0])[0][1],
            hessian(lambda p: p[1] ** p[0])([0.0, base])[0][1],
        ):
            assert math.isclose(second, 1 / base, rel_tol=8 * EPS)


def test_long_sequences() -> None:
    """A thousand operands are one node, with a partial each."""
    random = np.random.default_rng(0)
    w, x = random.uniform(-1, 1, (2, 1000)).tolist()
    for name, operands in (("sum", [x]), ("mean", [x]), ("logsumexp", [x]), ("dot", [w, x, 0.5])):
        result = apply(name, lift(operands))
        assert len(result.parents) == len(result.partials) == len(flat(operands))
        terms = sum(map(abs, flat(operands)))
        assert not differ(result.data, exact(name, operands), 4 * EPS * terms)
    softmax = np.exp(x) / np.sum(np.exp(x))
    assert np.allclose(autograd.logsumexp(list(map(Value, x))).partials, softmax, rtol=1e-13)


@pytest.mark.parametrize("x", [[0.3, -1.2, 2.0], [1000.0, 999.0], [-1e5, 3.0], [5.0]])
def test_softmax_and_log_softmax(x: list[float]) -> None:
    with mp.workdps(50):
        total = mp.fsum(mp.exp(mpf(each)) for each in x)
        expected = [mp.exp(mpf(each)) / total for each in x]
        logs = [mpf(each) - mp.log(total) for each in x]
    size = max(map(abs, x))
    for on_floats, on_values, exactly in (
        (autograd.softmax(x), autograd.softmax(map(Value, x)), expected),
        (autograd.log_softmax(x), autograd.log_softmax(map(Value, x)), logs),
    ):
        assert all(type(y) is float for y in on_floats)
        assert on_floats == [y.data for y in on_values]
        for y, exact_y in zip(on_floats, exactly, strict=True):
            assert not differ(y, exact_y, 8 * EPS * (size + 1) * (1 + abs(exact_y)))
    leaves = list(map(Value, x))
    for i, y in enumerate(autograd.softmax(leaves)):  # d softmax_i / d x_j = p_i ([i = j] - p_j)
        for j, slope in enumerate(gradients(y, leaves)):
            assert not differ(slope, expected[i] * ((i == j) - expected[j]), 1e-12 * size)
