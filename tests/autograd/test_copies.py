"""Pickles and deep copies of Values."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest

import autograd
from autograd import Value
from nn import MLP


def pickled(what: Any) -> Any:
    return pickle.loads(pickle.dumps(what))  # noqa: S301 - our own


class TestCopies:
    """Pickles and deep copies, however deep the graph."""

    @pytest.mark.parametrize("copied", [copy.deepcopy, pickled])
    def test_a_deep_graph(self, copied: Callable[[Any], Any]) -> None:
        a = Value(0.5, label="a")
        x = middle = a
        for i in range(20_000):
            x = autograd.sum([x * 0.5, a]) if i % 2 else x.tanh() + 1.0
            middle = x if i == 10_000 else middle
        x.backward()
        twin, twin_a, twin_middle = copied([x, a, middle])
        order = autograd.topological_order(twin)
        assert (twin_a is order[0], any(node is twin_middle for node in order)) == (True, True)
        expected = autograd.topological_order(x)
        assert [(n.op, n.data, n.grad, n.partials) for n in order] == [
            (n.op, n.data, n.grad, n.partials) for n in expected
        ]
        twin_a.grad = 0.0
        twin.backward()
        assert twin_a.grad == a.grad

    @pytest.mark.parametrize("copied", [copy.deepcopy, pickled])
    def test_a_model_that_keeps_its_last_loss(self, copied: Callable[[Any], Any]) -> None:
        model = MLP(2, [3, 1], activation="tanh", seed=0)
        loss = Value(0.0)
        for i in range(2000):
            loss = loss + model([0.1 * i, 1.0])
        model.last = loss  # type: ignore[attr-defined]
        twin = copied(model)
        twin.last.backward()
        assert all(p.grad == 0.0 for p in model.parameters())
        loss.backward()
        assert [p.grad for p in twin.parameters()] == [p.grad for p in model.parameters()]

    def test_a_shallow_copy_shares_its_operands(self) -> None:
        a = Value(2.0)
        twin = copy.copy(a * a)
        assert twin.parents[0] is a

    def test_it_may_lead_back_to_itself(self) -> None:
        a = Value(2.0)
        a.me = a  # type: ignore[attr-defined]
        for twin in (copy.deepcopy(a), pickled(a)):
            assert twin.me is twin
            assert twin is not a
