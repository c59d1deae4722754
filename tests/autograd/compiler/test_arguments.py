"""What programs take as arguments and parameters, and what they refuse, against plain arithmetic."""

import sys
import threading

import numpy as np
import pytest

from autograd import LengthError, OperandError, TraceError, Value, compile
from autograd.compiler.numpy import runner

W = Value(2.0)


def scaled(x, s):
    return W * x * s


@pytest.mark.parametrize("rows", [1, 5, 1500])
def test_the_gradient_by_a_uniform_argument_is_one_number_however_many_chunks_run(rows):
    X = np.arange(1.0, rows + 1.0)
    _, (_, about_s) = compile(scaled, 1.0, 1.0, params=[W], uniform=[1]).value_and_grad(X, 3.0, wrt="inputs")
    assert about_s == pytest.approx(2.0 * X.mean(), rel=1e-12)


@pytest.mark.parametrize("rows", [1, 3, 1500])
def test_the_jacobian_by_a_uniform_argument_has_rows_too(rows):
    X = np.arange(1.0, rows + 1.0)
    program = compile(lambda x, s: [x * s[0], s[1] * s[1]], 1.0, np.ones(2), uniform=[1])
    (about_x, about_s), (_, about_square) = program.jacobian(X, np.array([3.0, 4.0]))
    assert np.array_equal(about_x, np.full(rows, 3.0))
    assert np.array_equal(about_s, np.column_stack([X, np.zeros(rows)]))
    assert np.array_equal(about_square, np.tile([0.0, 8.0], (rows, 1)))


def test_dictionaries_are_read_by_their_keys():
    program = compile(
        lambda d, u: d["a"] - d["b"] + 10 * u["c"] - u["d"], *[{"a": 1.0, "b": 1.0}, {"c": 1.0, "d": 1.0}], uniform=[1]
    )
    assert program([{"b": 1.0, "a": 5.0}], {"d": 2.0, "c": 3.0}).tolist() == [32.0]
    with pytest.raises(LengthError, match=r"dictionary of \['a', 'b'\], got {'a': 5.0, 'c': 1.0}"):
        program([{"a": 5.0, "c": 1.0}], {"d": 2.0, "c": 3.0})


@pytest.mark.parametrize(
    ("example", "rows"),
    [
        ([[1.0], [1.0, 2.0]], [[[1.0, 2.0], [3.0]]]),
        ([[1.0], [1.0, 2.0]], [[[1.0], [2.0], [3.0]]]),
        (np.ones((2, 3)), np.ones((4, 3, 2))),
    ],
)
def test_as_many_numbers_in_another_structure_are_an_error(example, rows):
    with pytest.raises(LengthError, match="argument 0 was traced with"):
        compile(lambda x: x[0][0] + x[1][0], example)(rows)


def test_rows_of_numbers_serve_any_structure():
    program = compile(lambda x: x[0][0] - x[1][1], np.ones((2, 3)))
    X = np.arange(12.0).reshape(2, 6)
    expected = X[:, 0] - X[:, 4]
    for form in (X, X.reshape(2, 2, 3), np.asfortranarray(X), np.repeat(X, 2, axis=0)[::2], X.astype(np.float32)):
        assert program(form).tolist() == expected.tolist()
    assert program(X.astype(int)).tolist() == expected.tolist()
    assert program(X.astype(object)).tolist() == expected.tolist()


@pytest.mark.parametrize("empty", [[], np.zeros(0), np.zeros((0, 1))])
def test_no_rows_are_an_error(empty):
    program = compile(scaled, 1.0, 1.0, params=[W], uniform=[1])
    for call in (program, program.value_and_grad, program.jacobian):
        with pytest.raises(LengthError, match="argument 0 has no rows"):
            call(empty, 1.0)


@pytest.mark.parametrize("bad", [None, "1.5", 1j, np.complex128(1.0), Value(1.0), np.datetime64("2020-01-01")])
def test_what_is_no_number_is_refused_not_converted(bad):
    program = compile(scaled, 1.0, 1.0, params=[W], uniform=[1])
    with pytest.raises(OperandError, match="argument 0 has something in it that is no number"):
        program([bad], 1.0)
    with pytest.raises(OperandError, match="argument 1 has something in it that is no number"):
        program([1.0], bad)
    with pytest.raises(OperandError, match="params has something in it that is no number"):
        program.value_and_grad([1.0], 1.0, params=[bad])


@pytest.mark.parametrize("params", [1.0, [[1.0]], np.ones((1, 3))])
def test_parameters_of_another_shape_are_an_error(params):
    program = compile(scaled, 1.0, 1.0, params=[W], uniform=[1])
    with pytest.raises(LengthError, match=r"params has the shape .*, the program has 1 parameters"):
        program.value_and_grad([1.0], 1.0, params=params)


@pytest.mark.parametrize("place", [-1, 2, "x"])
def test_uniform_names_places_that_there_are(place):
    with pytest.raises(LengthError, match=f"uniform has {place!r}, but the places of the 2 arguments start at 0"):
        compile(scaled, 1.0, 1.0, params=[W], uniform=[place])


def test_a_function_without_arguments_and_an_argument_without_numbers():
    program = compile(lambda: W * W, params=[W])
    value, (gradient, about) = program.value_and_grad(wrt="both")
    assert (value, gradient.tolist(), about, program.jacobian()) == (4.0, [4.0], (), ())
    about_x, about_nothing = compile(lambda x, _: x * x, 1.0, np.zeros(0)).jacobian([1.0, 2.0], np.zeros((2, 0)))
    assert about_x.tolist() == [2.0, 4.0]
    assert about_nothing.shape == (2, 0)


def test_a_value_made_of_another_number_each_time_is_not_baked_in():
    drawn = iter(range(10))
    with pytest.raises(TraceError, match="something else each time"):
        compile(lambda x: x * Value(next(drawn)), 1.0)


def test_a_value_from_outside_compares_with_a_traced_one_on_either_side():
    bound = Value(1.5)
    for below in (lambda x: bound > x, lambda x: x < bound):
        program = compile(lambda x, below=below: below(x).where(x * 10.0, x), 1.0)
        assert program([1.0, 2.0]).tolist() == [10.0, 2.0]
    for at_least in (lambda x: bound <= x, lambda x: x >= bound):
        program = compile(lambda x, at_least=at_least: at_least(x).where(x * 10.0, x), 1.0)
        assert program([1.0, 1.5]).tolist() == [1.0, 15.0]
    assert compile(lambda x: (bound < x).where(1.0, 0.0) + (bound >= x).where(2.0, 0.0), 1.0)([1.0, 2.0]).tolist() == [
        2.0,
        1.0,
    ]


def test_threads_share_programs_and_parameters():
    """One program run, and others traced over the same parameters, from many threads at once."""
    w = [Value(1.0 + i / 10) for i in range(20)]

    def f(x):
        return sum(a * (x + i) for i, a in enumerate(w)).tanh()

    program = compile(f, 1.0, params=w)
    inputs = [np.linspace(-1.0, 1.0, 1000) * scale for scale in (1e-3, 2e-3, 3e-3, 4e-3)]
    expected = [program.value_and_grad(X) for X in inputs]
    wrong: list[object] = []

    def work(X, value, gradient):
        try:
            for i in range(60):
                found = (program if i % 20 else compile(f, 1.0, params=w)).value_and_grad(X)
                if found[0] != value or not np.array_equal(found[1], gradient):
                    wrong.append(found[0] - value)
        except Exception as error:
            wrong.append(error)

    threads = [threading.Thread(target=work, args=(X, *each)) for X, each in zip(inputs, expected, strict=True)]
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)  # they come between each other's lines as often as can be
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(usual)
    assert not wrong
    assert {type(p) for p in w} == {Value}


def test_buffers_for_many_numbers_of_rows_are_not_all_kept(monkeypatch):
    monkeypatch.setattr(runner, "KEPT", 3)
    w = Value(2.0)
    program = compile(lambda x: w * x, 1.0, params=[w])
    for rows in [1, 2, 3, 4, 5, 2, 1, 5]:
        assert program.value_and_grad(np.ones(rows))[0] == pytest.approx(2.0)
        assert program(np.full(rows, 3.0)).tolist() == [6.0] * rows
        assert len(program._runner._executables) <= 3
