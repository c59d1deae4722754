"""What Jupyter shows for a Value and a model, and that it never fails for being shown something."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from autograd import Value
from nn import MLP
from viz import mimebundle


def test_a_value_shows_its_graph(renderer: str, svg: Callable[[str], dict[str, Any]]) -> None:
    z = Value(0.7, label="w") * Value(-1.5)
    z.backward()
    bundle = z._repr_mimebundle_()
    assert bundle["text/plain"] == repr(z)
    assert svg(bundle["image/svg+xml"])["e2_0"].text == "∂ = −1.5"


def test_a_model_shows_its_neurons(renderer: str) -> None:
    model = MLP(2, [3, 1], seed=0)
    bundle = model._repr_mimebundle_()
    assert bundle["text/plain"] == repr(model)
    assert bundle["image/svg+xml"].count('class="node neuron"') == 4


def test_a_large_graph_is_folded(renderer: str) -> None:
    value = Value(0.5)
    for _ in range(2000):
        value = value.tanh()
    assert "2,001 values folded into" in mimebundle(value)["image/svg+xml"]


def test_without_a_renderer_it_is_text(hide_dot: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert mimebundle(Value(1.0)) == {"text/plain": "Value(data=1.0, grad=0.0)"}
