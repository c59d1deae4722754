"""The backends against the eager engine: random programs over the whole table, special values, sharing, repetition."""

import math
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd
from autograd import RULES, Value, compile
from autograd.compiler.ir.verify import verify
from autograd.compiler.kernel import schedule
from autograd.compiler.kernel.machine_code import is_installed
from autograd.compiler.pipeline import array_program
from tests.autograd.compiler.reference import Reference
from tests.strategies import Program, dags, programs

OPERATORS = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "truediv": lambda a, b: a / b,
    "neg": lambda a: -a,
}
FUNCTIONS = {name: OPERATORS.get(name) or getattr(autograd, name) for name in RULES}


def on_floats(name):
    def function(*operands):
        lifted = [[Value(v) for v in x] if isinstance(x, list) else Value(x) for x in operands]
        return FUNCTIONS[name](*lifted).data

    return function


def kernel_gradients(program, X):
    """Machine code, written out for an odd number of rows, by tables of instructions for an even one."""
    if not is_installed():
        return []
    with patch.object(schedule, "MANY", schedule.MANY if len(X) % 2 else 0):
        return [program.training(rows=len(X), backend="kernel").value_and_grad(X)]


def reference_gradient(program, X):
    """Run the array program one operation after the other, its invariants checked after every pass."""
    lowered = verify(array_program(program.program, len(program.params)))
    return Reference(lowered, len(X)).value_and_grad([p.data for p in program.params], X)


def agree(f, X, params):
    """All backends give the eager engine's numbers, at every run."""
    program = compile(lambda x: f(list(x)), [0.0] * X.shape[1], params=params)
    for param in params:
        param.grad = 0.0
    costs = []
    for row in X:
        cost = f([Value(x) for x in row])
        costs.append(cost.data if isinstance(cost, Value) else cost)
        if isinstance(cost, Value):
            (cost * (1.0 / len(X))).backward()
    expected = np.array([param.grad for param in params])
    scale = max(1.0, float(np.max(np.abs(expected), initial=0.0)), float(np.max(np.abs(costs))))
    with np.errstate(all="ignore"):
        assert np.allclose(program(X), costs, rtol=1e-10, atol=1e-10 * scale)
    found = [program.value_and_grad(X), program.value_and_grad(X), *kernel_gradients(program, X)]
    found.append(reference_gradient(program, X))
    for value, gradient in found:
        assert value == pytest.approx(np.mean(costs), rel=1e-10, abs=1e-10 * scale)
        assert np.allclose(gradient, expected, rtol=1e-10, atol=1e-10 * scale)


@given(program=programs({name: on_floats(name) for name in RULES}), data=st.data())
@settings(max_examples=60, deadline=None)
def test_random_programs_over_the_whole_table(program: Program, data):
    count = len(program.inputs)
    kinds = data.draw(st.lists(st.booleans(), min_size=count, max_size=count))
    params = [Value(x) for x, is_param in zip(program.inputs, kinds, strict=True) if is_param]
    own = [x for x, is_param in zip(program.inputs, kinds, strict=True) if not is_param]

    def f(x):
        given, free = iter(params), iter(x)
        return program.run(FUNCTIONS, [next(given) if is_param else next(free) for is_param in kinds])

    agree(f, np.array([own, own, own]).reshape(3, len(own)), params)


def test_a_formula_over_constants_alone_within_another():
    agree(lambda x: autograd.clamp(0.001, -1.0, x[0] + 1.0), np.zeros((3, 1)), [])


@given(dag=dags(), data=st.data())
@settings(max_examples=40, deadline=None)
def test_random_graphs_with_sharing(dag, data):
    leaves = [data.draw(st.integers(-9, 9)) / 10 for _ in range(dag.leaves)]
    params = [Value(x) for x in leaves]

    def f(x):
        results = [p + x[0] if i % 2 else p for i, p in enumerate(params)]
        for kind, references in dag.nodes:
            operands = [results[i] for i in references]
            results.append(autograd.sum(operands) if kind == "sum" else OPERATORS[kind](*operands))
        return autograd.tanh(results[-1]) + x[0]

    agree(f, np.array([[0.1], [0.2]]), params)


@pytest.mark.parametrize("name", [name for name in RULES if not any(o.is_sequence for o in RULES[name].operands)])
def test_special_values_agree_with_the_eager_engine(name):
    special = [0.0, -0.0, 1.0, -1.0, math.inf, -math.inf, math.nan, 1e308, 5e-324, 0.5]
    rng = np.random.default_rng(0)
    rows = rng.choice(special, size=(60, len(RULES[name].operands)))
    for row in rows:
        params = [Value(x) for x in row]
        program = compile(lambda x, params=params: FUNCTIONS[name](*params) * x[0], [1.0], params=params)
        value, gradient = program.value_and_grad(np.ones((1, 1)))
        eager = FUNCTIONS[name](*params) * 1.0
        eager.backward()
        from_array_program = reference_gradient(program, np.ones((1, 1)))
        assert np.allclose([value], [eager.data], rtol=1e-14, atol=0.0, equal_nan=True), (row, value, eager.data)
        expected = [p.grad for p in params]
        assert np.allclose(gradient, expected, rtol=1e-12, atol=0.0, equal_nan=True), (row, gradient, expected)
        if name == "pow" and row[0] in (-math.inf, 0.0):
            continue  # the eager power of -inf and -0.0 is not yet IEEE's
        assert np.allclose(from_array_program[0], eager.data, rtol=1e-14, atol=0.0, equal_nan=True)
        assert np.allclose(from_array_program[1], expected, rtol=1e-12, atol=0.0, equal_nan=True), row


def test_a_zero_stops_infinity_and_nan_as_in_the_eager_engine():
    w = [Value(0.0), Value(-1.0), Value(3.0)]
    program = compile(lambda x: autograd.where(x > 0.0, w[2] * x, w[1].log() + w[0].sqrt() * 0.0), 1.0, params=w)
    _, gradient = program.value_and_grad(np.array([1.0, 2.0]))
    assert gradient.tolist() == [0.0, 0.0, 1.5]


def test_matrix_products_of_every_kind():
    """Shared by parameters, by inputs, by both; batches of grids; single terms that differ from row to row."""
    rng = np.random.default_rng(0)
    W = [[Value(v) for v in row] for row in rng.normal(size=(3, 4))]
    params = [v for row in W for v in row]

    def f(x):
        first = [x[:4], x[4:]]
        hidden = [[autograd.dot(w, part, part[0]) for w in W] for part in first]  # 2 x 3
        scores = [[autograd.dot(a, b) for b in hidden] for a in hidden]  # rows times rows
        mixed = autograd.dot(W[0], W[1], x[0]) + autograd.dot([*W[0][:2], x[0]], [x[1], W[2][0], x[2]])
        return autograd.logsumexp([*scores[0], *scores[1]]) + mixed

    for rows in (1, 5):
        agree(f, rng.normal(size=(rows, 8)), params)


def test_sequences_of_one_constant():
    """They are no single number, though all their elements are the same."""
    w = [Value(0.5), Value(-0.25)]

    def f(x):
        constants = [autograd.logsumexp([2.0, 2.0, x[0]]), autograd.dot([2.0], [3.0], x[0]) + x[0]]
        return sum([*constants, autograd.mean([w[0], w[1], w[0]]), autograd.dot([2.0], [3.0], w[0]) * x[0]])

    agree(f, np.array([[0.3], [-1.2]]), w)


@pytest.mark.parametrize("rows", [1, 5])
def test_the_same_products_in_several_sums_are_all_computed(rows):
    """With other single terms, or written another way: a grid of products has one place for them."""
    w = [Value(v) for v in (0.5, -1.5, 2.0, 0.25)]

    def f(x):
        ways = [autograd.dot([a], [b]) for a, b in [(w[0], x[0]), (w[1], x[0]), (w[0], x[1])]]
        ways += [autograd.dot([w[0], w[1]], x[:2], w[i]) for i in (0, 1, 2)]
        ways += [autograd.dot([w[2], w[3]], x[:2], w[i]) for i in (0, 1)]
        ways += [autograd.dot([w[2], w[3]], x[1:], w[0])]
        twice = [autograd.dot(w[:2], x[:2]), w[0] * x[0] + w[1] * x[1], autograd.dot(w[:2], x[1:])]
        return autograd.logsumexp([*ways, *twice, autograd.dot(w[2:], x[:2])])

    agree(f, np.array([[0.3, -0.7, 1.1]] * rows) * np.arange(1.0, rows + 1.0)[:, None], w)


@pytest.mark.parametrize("rows", [1, 2, 5])
def test_a_product_with_one_number_lets_nan_and_infinity_through(rows):
    for special in (math.nan, math.inf, -math.inf):
        w, a, b = Value(0.0), Value(special), Value(2.0)
        program = compile(lambda x, a=a, b=b, w=w: [autograd.dot([a], [w]), autograd.dot([b], [w]), x], 1.0)
        assert math.isnan(program(np.ones(rows))[0])
        by_row = compile(lambda x, w=w: autograd.dot([w], [x[0]]) + autograd.dot([w], [x[1]]), [1.0, 1.0])
        assert np.isnan(by_row(np.array([[special, 1.0]] * rows))).all()
        alone = compile(lambda x, w=w: autograd.dot([w], [x]), 1.0)
        assert np.isnan(alone(np.full(rows, special))).all()
