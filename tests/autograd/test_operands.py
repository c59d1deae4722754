"""What may stand beside a Value: numbers of every kind, NumPy's too, and clear errors for everything else."""

from __future__ import annotations

import operator
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import GlassgradError, LengthError, OperandError, Value
from tests.identity import are

BINARY = [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow]


class TestLifting:
    """Numbers of every kind are constants; everything else is an error that names its type and the mend."""

    @pytest.mark.parametrize(
        "number", [2, 2.0, True, np.float64(2), np.float32(2), np.float16(2), np.int64(2), np.uint8(2), np.bool_(True)]
    )
    def test_numbers(self, number: Any) -> None:
        leaf = Value(number)
        assert (type(leaf.data), leaf.data) == (float, float(number))
        for apply in BINARY:
            for result, expected in (
                (apply(Value(3.0), number), apply(3.0, float(number))),
                (apply(number, Value(3.0)), apply(float(number), 3.0)),
            ):
                assert type(result) is Value
                assert type(result.data) is float
                assert result.data == pytest.approx(expected, rel=1e-15)
                assert len(result.parents) == 1

    @pytest.mark.parametrize(
        ("operand", "named", "mend"),
        [
            ("3.0", "str", r"float\("),
            (b"3.0", "bytes", r"float\("),
            (1j, "complex", "real"),
            (np.complex128(1j), "complex", "real"),
            ([1.0], "list", "Value"),
            ((1.0,), "tuple", "Value"),
            (None, "NoneType", ""),
            ({}, "dict", ""),
            (10**400, "integer", ""),
            (-(10**400), "integer", ""),
        ],
    )
    def test_other_types(self, operand: Any, named: str, mend: str) -> None:
        v = Value(2.0)
        calls: list[Callable[[], Any]] = [
            lambda: Value(operand),
            lambda: autograd.tanh(operand),
            lambda: autograd.maximum(v, operand),
            lambda: autograd.maximum(operand, v),
            lambda: autograd.maximum(operand, 1.0),
            lambda: autograd.where(operand, v, v),
            lambda: autograd.sum([v, operand]),
            lambda: autograd.dot([v], [operand]),
            lambda: autograd.dot([v], [v], operand),
            lambda: v < operand,
            lambda: v >= operand,
        ]
        calls += [lambda apply=apply: apply(v, operand) for apply in BINARY]  # type: ignore[misc]
        calls += [lambda apply=apply: apply(operand, v) for apply in BINARY]  # type: ignore[misc]
        for call in calls:
            with pytest.raises(OperandError, match=f"(?s){named}.*{mend}"):
                call()
        assert issubclass(OperandError, TypeError)
        assert issubclass(OperandError, GlassgradError)

    def test_a_value_of_a_value(self) -> None:
        with pytest.raises(OperandError, match=r"Value.*detach"):
            Value(Value(1.0))  # type: ignore[arg-type]

    @pytest.mark.parametrize("array", [np.array(1.0), np.array([1.0]), np.ones((2, 2))])
    def test_a_value_of_an_array(self, array: Any) -> None:
        for call in (Value, autograd.tanh, lambda a: autograd.maximum(Value(1.0), a)):
            with pytest.raises(OperandError, match=r"(?s)ndarray.*Value per element"):
                call(array)

    @pytest.mark.parametrize("stranger", [object(), Decimal(1), range(3), iter([])])
    def test_strangers(self, stranger: Any) -> None:
        for apply in BINARY:
            with pytest.raises(TypeError):
                apply(Value(1.0), stranger)
            with pytest.raises(TypeError):
                apply(stranger, Value(1.0))
        with pytest.raises(OperandError, match=type(stranger).__name__):
            Value(stranger)

    @pytest.mark.parametrize("name", ["sum", "mean", "logsumexp", "softmax", "log_softmax"])
    def test_sequences(self, name: str) -> None:
        function = getattr(autograd, name)
        for wrong in (Value(1.0), 3.0, None):
            with pytest.raises(OperandError, match=rf"{name}.*{type(wrong).__name__}"):
                function(wrong)
        with pytest.raises(LengthError, match="empty"):
            function([])
        with pytest.raises(OperandError, match="str"):
            function("12")
        with pytest.raises(OperandError, match="ndarray"):
            function(np.ones((2, 2)))
        once = [Value(1.0), 2.0, np.float64(3.0)]
        for sequence in (tuple(once), iter(once), (x for x in once), np.array(once, dtype=object)):
            results = function(sequence), function(once)
            for found, expected in zip(*map(np.atleast_1d, results), strict=True):
                assert found.data == expected.data

    def test_lengths_that_differ(self) -> None:
        for w, x in (([1.0, 2.0, 3.0], [1.0, 2.0]), ([Value(1.0)], [Value(1.0)] * 2), (np.ones(4), [Value(1.0)] * 5)):
            with pytest.raises(LengthError, match=rf"(?s){len(w)}.*{len(x)}"):
                autograd.dot(w, x)
        assert issubclass(LengthError, ValueError)


class TestNumPy:
    """Arrays and NumPy scalars beside Values, and Values inside arrays."""

    array = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])

    @pytest.mark.parametrize("apply", BINARY)
    def test_arrays_work_element_by_element(self, apply: Callable[[Any, Any], Any]) -> None:
        v = Value(1.5)
        for result, expected in (
            (apply(self.array, v), apply(self.array, 1.5)),
            (apply(v, self.array), apply(1.5, self.array)),
        ):
            assert (type(result), result.shape, result.dtype) == (np.ndarray, (2, 3), object)
            for found, number in zip(result.flat, expected.flat, strict=True):
                assert type(found) is Value
                assert are(found.parents, (v,))
                assert found.data == pytest.approx(number, rel=1e-15)

    @pytest.mark.parametrize("apply", BINARY)
    def test_scalars_give_values(self, apply: Callable[[Any, Any], Any]) -> None:
        for scalar in (np.float64(2.0), np.int64(2), np.array(2.0)):
            assert type(apply(scalar, Value(3.0))) is Value
            assert type(apply(Value(3.0), scalar)) is Value

    @pytest.mark.parametrize(
        "name",
        ["exp", "expm1", "log", "log1p", "log2", "log10", "sqrt", "cbrt", "sin", "cos", "tan", "sinh", "cosh", "tanh"],
    )
    def test_ufuncs(self, name: str) -> None:
        v = Value(0.5)
        result = getattr(np, name)(v)
        assert (type(result), result.op, result.parents) == (Value, name, (v,))
        elements = getattr(np, name)(np.array([v, v]))
        assert [element.data for element in elements] == [result.data] * 2

    def test_ufuncs_that_are_operators(self) -> None:
        v = Value(-0.5)
        for result, expected in (
            (np.abs(v), 0.5),
            (np.negative(v), 0.5),
            (np.square(v), 0.25),
            (np.reciprocal(v), -2.0),
            (np.add(v, 1.0), 0.5),
            (np.hypot(v, Value(1.2)), 1.3),
        ):
            assert (type(result), result.data) == (Value, pytest.approx(expected, rel=1e-15))

    def test_object_arrays(self) -> None:
        x = np.array([Value(1.0), Value(-2.0), Value(0.5)])
        y = self.array @ x
        assert [value.data for value in y] == [-1.5, -3.0]
        np.sum(y * np.array([1.0, 10.0])).backward()
        assert [value.grad for value in x] == [41.0, 52.0, 63.0]
        W = np.array([[Value(float(w)) for w in row] for row in self.array])
        assert [value.data for value in W @ np.array([1.0, -2.0, 0.5])] == [-1.5, -3.0]
        assert ((W @ x)[1].data, np.sum(W).data, np.mean(W).data, np.dot(x, x).data) == (-3.0, 21.0, 3.5, 5.25)
        assert are(autograd.dot(W[0], x).parents, (*W[0], *x))

    def test_an_array_of_values_is_not_quietly_made_numbers(self) -> None:
        with pytest.raises((TypeError, ValueError)):
            np.array([Value(1.0)], dtype=float)
        with pytest.raises((TypeError, ValueError)):
            np.zeros(2)[0] = Value(1.0)
