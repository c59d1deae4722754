"""``detect_anomaly`` names the edge where 0 times infinity was taken as 0, but not what a selection left out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from autograd import (
    AnomalyError,
    Value,
    clamp,
    detect_anomaly,
    elu,
    grad,
    leaky_relu,
    maximum,
    minimum,
    relu,
    sqrt,
    where,
)

TAKEN = {
    "a zero adjoint": lambda x: sqrt(x) ** 2,
    "a factor of 0": lambda x: sqrt(x) * 0.0,
    "deeper": lambda x: (sqrt(x) + 1.0) * 0.0 + x,
}
CHOSEN = {
    "where": lambda x: where(x > 0, sqrt(x), 3.0 * x),
    "relu": lambda x: relu(sqrt(x)),
    "maximum": lambda x: maximum(sqrt(x), 1.0),
    "minimum": lambda x: minimum(sqrt(x), -1.0),
    "clamp": lambda x: clamp(sqrt(x), 1.0, 2.0),
    "leaky_relu": lambda x: leaky_relu(1.0 + x, sqrt(x)),
    "elu": lambda x: elu(x, 1.0),
}


@pytest.mark.parametrize("name", TAKEN)
def test_the_edge_is_named(name: str) -> None:
    function: Callable[[Any], Any] = TAKEN[name]
    x = Value(0.0, label="here")
    function(x).backward()
    assert x.grad == x.grad
    with detect_anomaly():
        root = function(x)
        with pytest.raises(AnomalyError, match=r"(?s)0 times .* to its operand .*test_anomaly_edges"):
            root.backward()
        with pytest.raises(AnomalyError, match="0 times"):
            grad(function)(0.0)


@pytest.mark.parametrize("name", CHOSEN)
def test_what_a_selection_left_out_is_none(name: str) -> None:
    function: Callable[[Any], Any] = CHOSEN[name]
    with detect_anomaly():
        function(Value(0.0)).backward()
        grad(function)(0.0)
