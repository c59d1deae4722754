"""A model's graph for one sample, with gradients while it is looked at and none left behind."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from autograd import GraphError, LengthError, OperandError, Value
from autograd.transforms.fresh import fresh_gradients
from nn import Module
from nn.checks import rows_of_numbers
from nn.explanation.explain import sample_cost
from viz.picture.view import View, view_of

__all__ = ["sampled"]


@contextlib.contextmanager
def sampled(model: Module, x: Any, target: Any, loss: str | Callable[..., Any]) -> Iterator[View]:
    """Run `model` on one sample, and give the graph that makes; every ``grad`` is put back afterwards.

    Args:
        model: called with a list of Values, labelled x0, x1, ...
        x: (inputs,) numbers.
        target: for the loss; None stops at the output, and all gradients are 0.
        loss: as for :func:`nn.explanation.explain`.

    Raises:
        LengthError: x is not one sample.
        GraphError: the model did not record a graph.

    >>> from nn import MLP
    >>> model = MLP(2, [1], seed=0)
    >>> with sampled(model, [0.5, -1.0], 1.0, "mse"):
    ...     model.parameters()[0].grad == 0.0
    False
    >>> model.parameters()[0].grad
    0.0
    """
    sample = rows_of_numbers("x", x)
    if sample.ndim != 1 or sample.size == 0:
        raise LengthError(f"x is one sample, (inputs,) numbers, got the shape {sample.shape}: give one row")
    if target is not None:
        ends = [sample_cost(model, sample, target, loss)]
    else:
        output = model([Value(number, label=f"x{index}") for index, number in enumerate(sample.tolist())])
        ends = list(output) if isinstance(output, list | tuple) else [output]
        for end in ends:
            if not isinstance(end, Value):
                raise OperandError(f"the model must return Values, got {type(end).__name__}")
    if not any(end.op for end in ends):
        raise GraphError("the model recorded no graph: inside no_grad() nothing is, draw it outside")
    view = view_of(ends, model, ends[0].label if target is not None else "")
    with fresh_gradients(view.order):
        if target is not None:
            ends[0].backward()
        yield view
