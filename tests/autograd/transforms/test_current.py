"""A graph whose leaves have been changed is not differentiated as if they had not."""

from __future__ import annotations

import pytest

from autograd import GraphError, Value, dot, gradients, where


def test_changed_numbers_are_named() -> None:
    x, w = Value(2.0, label="x"), Value(3.0, label="w")
    y = (x * w).tanh()
    x.data = 5.0
    with pytest.raises(GraphError, match=r"x or w .*mul.*6\.0.*15\.0"):
        gradients(y, [w], create_graph=True)


def test_also_where_the_result_stays() -> None:
    x, zero = Value(2.0), Value(0.0)
    y = x * zero
    x.data = 5.0
    with pytest.raises(GraphError, match="mul"):
        gradients(y, [zero], create_graph=True)


def test_what_was_not_changed_is_differentiated() -> None:
    x, y = Value(2.0), Value(float("nan"))
    root = where(x > 0, dot([x, x], [x, y], 1.0) * 0.0 + abs(x) ** 3 - 1.0 / x, y)
    x.data = 2.0
    gradients(root, [x], create_graph=True)
    (second,) = gradients(abs(x) ** 3, [x], create_graph=True)
    assert gradients(second, [x]) == [12.0]


def test_numbers_of_the_moment_of_computing_are_all_old() -> None:
    x = Value(2.0)
    y = x * x
    x.data = 5.0
    assert gradients(y, [x]) == [4.0]
