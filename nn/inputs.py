"""One sample as a layer takes it: Values, whose numbers are read once for all of its neurons."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from autograd import OperandError, Value, operations
from autograd.operand import Node
from autograd.operations import Operand

__all__ = ["Inputs", "inputs_of"]


class Inputs(list[Any]):
    """A sample of nothing but Values, with their numbers: neurons take it without a look of their own."""

    __slots__ = ("numbers",)

    numbers: list[float]


def inputs_of(x: Iterable[Operand]) -> list[Any]:
    """One Value per input, so that every neuron of a layer refers to the same leaves."""
    if not isinstance(x, Iterable):
        raise OperandError(f"expected one sample, a sequence of numbers or Values, got {type(x).__name__}")
    inputs = Inputs([value if isinstance(value, Node) else Value(value, label=f"x{i}") for i, value in enumerate(x)])
    try:
        inputs.numbers = operations.numbers_of(inputs)
    except AttributeError:  # a symbol
        return [*inputs]
    return inputs
