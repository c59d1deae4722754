"""compile() as users call it: the issue's example, structures in and out, gradients by inputs, errors, pickling."""

import pickle

import numpy as np
import pytest

import autograd
from autograd import LengthError, OperandError, TraceError, UnknownNameError, Value, compile
from nn import MLP, data, losses


def moons_program():
    model = MLP(2, [16, 16, 1], activation="relu", seed=0)
    X, y = data.moons(100, noise=0.1, seed=1337)
    t = 2.0 * y - 1.0

    def loss(x, t):
        return (1 - t * model(x)).relu()

    return model, X, t, loss, compile(loss, X[0], t[0], params=model.parameters())


def test_two_moons_have_the_eager_engines_numbers():
    model, X, t, loss, program = moons_program()
    per_row = program(X, t)
    assert np.allclose(per_row, [loss(x, s).data for x, s in zip(X, t, strict=True)], rtol=1e-12, atol=1e-14)
    eager = sum((loss(x, s) for x, s in zip(X, t, strict=True)), start=0.0) * (1 / len(X))
    model.zero_grad()
    eager.backward()
    for _ in range(3):  # a run must leave nothing behind
        value, gradient = program.value_and_grad(X, t)
        assert abs(value - eager.data) < 1e-12
        assert np.allclose(gradient, [p.grad for p in model.parameters()], rtol=1e-10, atol=1e-14)


def test_new_numbers_of_parameters_need_no_new_trace():
    model, X, t, loss, program = moons_program()
    for parameter in model.parameters():
        parameter.data *= 0.5
    assert program(X[:1], t[:1])[0] == pytest.approx(loss(X[0], t[0]).data, rel=1e-12)
    vector = np.array([p.data for p in model.parameters()])
    other = program.value_and_grad(X, t, params=2.0 * vector)
    for parameter in model.parameters():
        parameter.data *= 2.0
    assert program.value_and_grad(X, t)[0] == other[0]


def test_many_rows_run_in_chunks_with_the_same_numbers():
    w = Value(0.3)
    program = compile(lambda x: (w * x[0] - x[1]).tanh(), [1.0, 1.0], params=[w])
    X = np.random.default_rng(0).normal(size=(5000, 2))
    value, gradient = program.value_and_grad(X)
    y = np.tanh(0.3 * X[:, 0] - X[:, 1])
    assert value == pytest.approx(y.mean(), rel=1e-12)
    assert gradient[0] == pytest.approx(((1 - y * y) * X[:, 0]).mean(), rel=1e-11)
    assert np.allclose(program(X), y, rtol=1e-13)


def test_structures_of_arguments_and_outputs():
    def f(sample, scale):
        return {"sum": sample["a"] + scale * sample["b"][1], "parts": (sample["b"][0], 7.0)}

    program = compile(f, {"a": 1.0, "b": [1.0, 1.0]}, 1.0, uniform=[1])
    rows = [{"a": 1.0, "b": [2.0, 3.0]}, {"a": 10.0, "b": [20.0, 30.0]}]
    found = program(rows, 2.0)
    assert found["sum"].tolist() == [7.0, 70.0]
    assert found["parts"][0].tolist() == [2.0, 20.0]
    assert found["parts"][1] == 7.0


def test_gradients_by_inputs_and_by_both():
    w = Value(2.0)
    program = compile(lambda x, s: w * x[0] * x[1] + s, np.ones(2), 1.0, params=[w], uniform=[1])
    X = np.array([[1.0, 2.0], [3.0, 4.0]])
    value, (about_x, about_s) = program.value_and_grad(X, 5.0, wrt="inputs")
    assert value == 2.0 * (2.0 + 12.0) / 2 + 5.0
    assert about_x.tolist() == [[2.0, 1.0], [4.0, 3.0]]  # of the mean: half of each row's own
    assert about_s == 1.0
    _, (about_params, (again, _)) = program.value_and_grad(X, 5.0, wrt="both")
    assert about_params.tolist() == [7.0]
    assert np.array_equal(again, about_x)


def test_the_jacobian_row_by_row():
    program = compile(lambda x: [x[0] * x[1], autograd.sin(x[0])], np.ones(2))
    X = np.array([[1.0, 2.0], [3.0, 4.0]])
    (about_product,), (about_sine,) = program.jacobian(X)
    assert np.array_equal(about_product, [[2.0, 1.0], [4.0, 3.0]])
    assert np.allclose(about_sine, np.column_stack([np.cos(X[:, 0]), [0.0, 0.0]]), atol=1e-15)


def test_the_jacobian_of_an_output_that_is_there_twice():
    program = compile(lambda x: [x[0] * x[1], x[0], x[0] * x[1]], [1.0, 1.0])
    (first,), (second,), (third,) = program.jacobian(np.array([[2.0, 3.0]]))
    assert first == third == [3.0, 2.0]
    assert second == [1.0, 0.0]


def test_a_program_can_be_pickled_with_its_parameters():
    model, X, t, _, program = moons_program()
    expected = program.value_and_grad(X, t)
    again = pickle.loads(pickle.dumps(program))  # noqa: S301 - our own, made one line before
    value, gradient = again.value_and_grad(X, t)
    assert value == expected[0]
    assert np.array_equal(gradient, expected[1])
    assert [p.data for p in again.params] == [p.data for p in model.parameters()]


def test_values_from_outside_are_read_afresh():
    scale = Value(2.0)
    program = compile(lambda x: scale * x, 1.0)
    assert program(np.array([3.0])).tolist() == [6.0]
    scale.data = 5.0
    assert program(np.array([3.0])).tolist() == [15.0]


def test_what_no_row_has_a_part_in_is_computed_once():
    w = [Value(float(i)) for i in range(5)]
    program = compile(lambda x: x + sum(v * v for v in w), 1.0, params=w)
    assert "once" in program.describe()
    value, gradient = program.value_and_grad(np.zeros(10))
    assert value == 30.0
    assert gradient.tolist() == [0.0, 2.0, 4.0, 6.0, 8.0]


def test_digits_are_six_blocks():
    model = MLP(64, [32, 10], seed=0)
    example = ([0.0] * 64, [0.0] * 10)
    program = compile(lambda x, t: losses.cross_entropy(model(x), t), *example, params=model.parameters())
    assert len(program.program.blocks) <= 6
    assert program.program.nodes > 2000
    assert "(32 x 64) . (64 x 1)" in program.describe()


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda p: p(np.zeros((3, 3)), np.zeros(3)), LengthError, "traced with 2 numbers for a row, got 3"),
        (lambda p: p(np.zeros((3, 2)), np.zeros(4)), LengthError, "4 rows, an earlier one has 3"),
        (lambda p: p(np.zeros((3, 2))), LengthError, "takes 2 arguments, got 1"),
        (lambda p: p(np.zeros((3, 2)), 1.0), LengthError, "leading axis of rows"),
        (lambda p: p([["a", "b"]], [1.0]), OperandError, "no number"),
        (lambda p: p.value_and_grad(np.zeros((3, 2)), np.zeros(3), wrt="input"), UnknownNameError, "inputs"),
    ],
)
def test_wrong_arguments(call, error, said):
    program = compile(lambda x, t: x[0] * x[1] * t, [1.0, 1.0], 1.0)
    with pytest.raises(error, match=said):
        call(program)


def test_wrong_parameters():
    w = Value(1.0)
    with pytest.raises(OperandError, match="leaf Values"):
        compile(lambda x: x, 1.0, params=[w * 2.0])
    with pytest.raises(OperandError, match="twice"):
        compile(lambda x: x, 1.0, params=[w, w])
    with pytest.raises(OperandError, match="one output"):
        compile(lambda x: [x, x], 1.0).value_and_grad(np.zeros(3))


def test_a_user_s_primitive_compiles_like_any_row():
    autograd.primitive(
        "compile_test_cube", "x", "x * x * sigmoid(x)", "2 * x * y0 + x * x * y0 * (1 - y0)", given={"y0": "sigmoid(x)"}
    )
    w = Value(0.7)
    program = compile(lambda x: (w * x).compile_test_cube(), 1.0, params=[w])
    value, gradient = program.value_and_grad(np.array([0.5]))
    eager = (w * 0.5).compile_test_cube()
    eager.backward()
    assert (value, gradient[0]) == pytest.approx((eager.data, w.grad), rel=1e-13)


def test_a_trace_that_fails_leaves_the_parameters_as_they_were():
    model = MLP(2, [1], seed=0)
    kinds = [type(p) for p in model.parameters()]
    with pytest.raises(TraceError):
        compile(lambda x: model(x).data, [1.0, 1.0], params=model.parameters())
    assert [type(p) for p in model.parameters()] == kinds
    assert isinstance(model.parameters()[0].data, float)


@pytest.mark.parametrize("count", [1, 3])
def test_numbers_for_the_parameters_are_counted(count):
    program = compile(lambda x: Value(2.0) * x, 1.0, params=[Value(1.0), Value(2.0)])
    with pytest.raises(LengthError, match=f"params has {count} numbers, the program has 2 parameters"):
        program.value_and_grad(np.array([1.0]), params=np.ones(count))
