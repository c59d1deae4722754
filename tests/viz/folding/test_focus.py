"""Focus: what lies within a few edges of one value, and how much is left out."""

from __future__ import annotations

from typing import Any

import pytest

from autograd import GraphError, OperandError, UnknownNameError, Value, topological_order
from nn import MLP, losses
from viz import draw
from viz.folding.fold import fold
from viz.picture.picture import Node


def near(root: Value, focus: set[Value], radius: int) -> set[Value]:
    """By the definition: repeat the neighbours."""
    order = topological_order(root)
    for _ in range(radius):
        focus = focus | {p for v in order if v in focus for p in v.parents} | {
            v for v in order if focus & set(v.parents)
        }  # fmt: skip
    return focus


@pytest.mark.parametrize("radius", [0, 1, 2, 3, 50])
def test_what_is_within_a_radius_is_shown_and_the_rest_counted(radius: int) -> None:
    model = MLP(2, [3, 1], activation="tanh", seed=0)
    cost = losses.mse(model([0.5, -1.0]), 1.0)
    cost.backward()
    focus = model.layers[0].neurons[1].w[0]
    wanted = near(cost, {focus}, radius)
    drawn = fold(cost, focus=focus, radius=radius)
    nodes = [node for node in drawn.nodes if isinstance(node, Node) and node.kind != "constant"]
    assert sorted((node.data, node.grad) for node in nodes) == sorted((value.data, value.grad) for value in wanted)
    order = topological_order(cost)
    entering = sum(parent not in wanted for value in wanted for parent in value.parents)
    leaving = sum(parent in wanted for value in order if value not in wanted for parent in value.parents)
    counts = drawn.left_out.values()
    assert (sum(before for before, _ in counts), sum(after for _, after in counts)) == (entering, leaving)


@pytest.mark.parametrize(("focus", "members"), [("layers.0.neurons.1", 5), ("layers.0", 15)])
def test_a_neuron_or_a_layer_is_a_focus_by_name(focus: str, members: int) -> None:
    model = MLP(2, [3, 1], activation="tanh", seed=0)
    drawn = fold(model([0.5, -1.0]), model=model, focus=focus, radius=0)
    assert len(drawn.nodes) == members
    assert all(focus in node.groups for node in drawn.nodes)


def test_a_part_of_a_large_graph_is_shown_in_full_with_what_is_left_out() -> None:
    value = middle = Value(1.0)
    for index in range(100_000):
        value = value.sin()
        middle = value if index == 50_000 else middle
    source = draw(value, focus=middle, radius=1, format="dot")
    assert source.count("class=operand") == 2
    assert source.count("1 in") == source.count("1 out") == 1


def test_a_focus_that_is_everywhere_is_folded() -> None:
    b = Value(1.0, label="b")
    root = b
    for index in range(3_000):
        root = root + b * float(index)
    root.backward()
    drawn = fold(root, focus=b, radius=1)
    assert "folded" in drawn.folded
    assert len(drawn.nodes) < 20


def test_a_focus_that_is_not_there_says_so() -> None:
    model = MLP(2, [3, 1], activation="tanh", seed=0)
    cost = losses.mse(model([0.5, -1.0]), 1.0)
    with pytest.raises(GraphError, match="is not in this graph: give a Value that the drawn one was computed from"):
        fold(cost, focus=Value(1.0, label="other"))
    with pytest.raises(UnknownNameError, match=r"did you mean 'layers\.0\.neurons\.1'"):
        fold(cost, model=model, focus="layers.0.neuron.1")
    with pytest.raises(GraphError, match=r"the neuron 'layers\.1\.neurons\.0' is not in this graph"):
        fold(model.layers[0]([0.5, -1.0]), model=model, focus="layers.1.neurons.0")
    with pytest.raises(OperandError, match="say of which model with model="):
        fold(cost, focus="layers.0")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"radius": 2}, "give the focus too"),
        ({"focus": 3}, "focus must be a Value of the graph or a neuron's name, got int"),
        ({"focus": "here", "radius": -1}, "radius must be a whole number of at least 0, got -1"),
        ({"focus": "here", "radius": 1.5}, r"radius must be a whole number of at least 0, got 1\.5"),
    ],
)
def test_wrong_arguments_are_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(OperandError, match=message):
        fold(Value(1.0).tanh(), **arguments)
