"""Folding: every value is in one box, the boxes' numbers are those of the graph, and any graph becomes readable."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import OperandError, Value, topological_order
from autograd import sum as total
from nn import MLP, Module, Neuron, Parameter, explain, losses
from viz import draw
from viz.folding.fold import COMPACT_LIMIT, fold
from viz.picture.dot import digraph
from viz.picture.picture import FULL_LIMIT, Fold, Node, Picture


def sizes(picture: Picture) -> list[int]:
    return [node.count if isinstance(node, Fold) else int(node.kind != "constant") for node in picture.nodes]


def folds(picture: Picture) -> dict[str, Fold]:
    return {node.label: node for node in picture.nodes if isinstance(node, Fold)}


def rows_of(model: MLP, count: int) -> tuple[Value, list[list[float]], list[float]]:
    """The mean cost over rows, after backward()."""
    X = np.random.default_rng(1).normal(size=(count, 2)).tolist()
    y = [float(x > 0.0) for x, _ in X]
    cost = sum(losses.mse(model(row), target) for row, target in zip(X, y, strict=True)) * (1.0 / count)
    assert isinstance(cost, Value)
    cost.backward()
    return cost, X, y


def random_graph(count: int, seed: int, nearest: int | None = None) -> Value:
    rng = random.Random(seed)
    values = [Value(rng.uniform(-1.0, 1.0)) for _ in range(10)]
    while len(values) < count:
        a = values[rng.randrange(max(0, len(values) - nearest) if nearest else 0, len(values))]
        b = values[rng.randrange(len(values))]
        values.append(rng.choice([a.__add__, a.__mul__, a.__sub__])(b).tanh())  # type: ignore[union-attr]
    used = {parent for value in values for parent in value.parents}
    return total([value for value in values if value not in used])


def is_acyclic(picture: Picture) -> bool:
    place = {node.id: place for place, node in enumerate(picture.nodes)}
    return all(place[edge.source] < place[edge.target] for edge in picture.edges)


@pytest.mark.parametrize("depth", [0, 1])
def test_neurons_over_rows_have_the_numbers_of_the_delta_report(depth: int) -> None:
    model = MLP(2, [5, 3, 1], activation="tanh", seed=0)
    cost, X, y = rows_of(model, 30)
    report = explain(model, X, targets=y, loss=losses.mse)
    drawn = fold(cost, model=model, depth=depth)
    found = folds(drawn)
    assert sum(sizes(drawn)) == len(topological_order(cost))
    if depth == 1:
        for name, neuron in report.neurons.items():
            box = found[name]
            assert (box.kind, box.uses, box.parameters) == ("neuron", 30, len(neuron.weights) + 1)
            assert box.total == pytest.approx(neuron.bias_gradient, rel=1e-12)
            assert box.grad == pytest.approx((abs(neuron.delta).min(), abs(neuron.delta).max()), rel=1e-12)
            assert box.data == pytest.approx((neuron.a.min(), neuron.a.max()), rel=1e-12)
    for name, layer in report.layers.items() if depth == 0 else ():
        box = found[name]
        assert (box.kind, box.uses) == ("layer", 30)
        assert box.total == pytest.approx(layer.bias_gradient.sum(), rel=1e-12)
        assert box.grad == pytest.approx((abs(layer.delta).min(), abs(layer.delta).max()), rel=1e-12)
        assert box.summary.startswith(f"{len(layer.neurons)} neuron")


def test_rows_fold_into_one_box_for_each_role() -> None:
    model = MLP(2, [4, 1], activation="tanh", seed=0)
    cost, X, _ = rows_of(model, 100)
    found = folds(fold(cost, model=model))
    assert found["x0"].count == found["x1"].count == 100
    # The sum adds 100 terms, the first to 0.
    assert {name: found[name].uses for name in ("-", "*", "+")} == {"-": 100, "*": 100, "+": 100}
    assert found["x0"].data == (min(x for x, _ in X), max(x for x, _ in X))
    assert found["layers.0.neurons.0"].uses == 100


def test_what_flows_along_an_edge_between_boxes_is_the_sum_over_its_edges() -> None:
    model = MLP(2, [4, 1], activation="tanh", seed=0)
    cost, X, y = rows_of(model, 20)
    drawn = fold(cost, model=model, depth=1)
    ids = {node.label: node.id for node in drawn.nodes if isinstance(node, Fold)}
    edges = {(edge.source, edge.target): edge for edge in drawn.edges}
    report = explain(model, X, targets=y, loss=losses.mse)
    for index in range(4):
        edge = edges[ids[f"layers.0.neurons.{index}"], ids["layers.1.neurons.0"]]
        weight = model.layers[1].neurons[0].w[index].data
        assert (edge.count, edge.derivative) == (20, weight)
        assert edge.flow == pytest.approx(report[f"layers.0.neurons.{index}"].contribution.sum(), rel=1e-12)


@given(st.integers(2, 400), st.integers(0, 5), st.sampled_from([0, 1, 2, None]), st.sampled_from([None, 3]))
def test_every_value_is_in_one_box_and_every_edge_in_one_line(
    count: int, seed: int, depth: int | None, nearest: int | None
) -> None:
    root = random_graph(count, seed, nearest)
    root.backward()
    order = topological_order(root)
    drawn = fold(root, depth=depth)
    assert sum(sizes(drawn)) == len(order)
    operations = Counter(value.op for value in order if value.op)
    shown: Counter[str] = Counter()
    for node in drawn.nodes:
        shown.update(node.operations if isinstance(node, Fold) else [node.symbol] if node.symbol else [])
    assert sorted(shown.values()) == sorted(operations.values())
    assert is_acyclic(drawn)
    inside = sum(len(value.parents) for value in order) - sum(edge.count for edge in drawn.edges)
    assert inside >= 0 if drawn.folded else inside == 0
    grads = [abs(value.grad) for value in order if value.op]
    ranges = [node.grad for node in drawn.nodes if isinstance(node, Fold) and node.operations and node.grad]
    ranges += [(abs(node.grad or 0.0),) * 2 for node in drawn.nodes if isinstance(node, Node) and node.operation]
    assert (min(low for low, _ in ranges), max(high for _, high in ranges)) == (min(grads), max(grads))


@pytest.mark.parametrize(
    ("make", "least"),
    [
        (lambda: random_graph(20_000, 0), 20_000),
        (lambda: random_graph(20_000, 0, nearest=5), 20_000),
        (lambda: rows_of(MLP(2, [16, 16, 1], "tanh", seed=0), 60)[0], 4_000),
        (lambda: MLP(40, [40] * 30, "relu", seed=0)([0.5] * 40)[0], 40_000),
        (lambda: total([Value(float(i)) for i in range(10_000)]), 10_000),
        (lambda: total([Value(float(i)).sin() for i in range(10_000)]), 20_000),
    ],
    ids=["wide", "deep", "rows", "layers", "one sum", "one sum of many"],
)
def test_any_graph_becomes_a_readable_picture(
    make: Callable[[], Value], least: int, svg: Callable[[str], dict[str, Any]]
) -> None:
    root = make()
    root.backward()
    count = len(topological_order(root))
    assert count >= least
    drawn = fold(root)
    assert sum(sizes(drawn)) == count
    assert len(drawn.nodes) <= 70
    assert len(drawn.edges) <= 700
    assert f"{count:,} values folded into" in svg(draw(root, format="svg"))[""].text


def test_a_chain_of_a_million_folds_into_ranges_of_levels() -> None:
    value = Value(1.0)
    for _ in range(1_000_000):
        value = value * 0.999999
    value.backward()
    drawn = fold(value)
    assert sum(sizes(drawn)) == 1_000_001
    first, *_, last = [node for node in drawn.nodes if isinstance(node, Fold)]
    assert last.grad is not None
    assert first.grad is not None
    assert last.grad[1] == pytest.approx(0.999999)  # next to the end
    assert first.grad[0] == pytest.approx(0.999999**999_999, rel=1e-6)  # of the first product
    assert is_acyclic(drawn)


def test_layers_beyond_what_a_picture_can_show_fold_by_levels() -> None:
    model = MLP(2, [2] * 400, activation="tanh", seed=0)
    outputs = model([0.5, -1.0])
    drawn = fold(outputs, model=model)
    assert len(drawn.nodes) <= 20
    assert sum(sizes(drawn)) == len(topological_order(total(outputs))) - 1


def test_depth_is_what_is_asked_or_the_picture_says_why_not() -> None:
    model = MLP(2, [4, 1], activation="tanh", seed=0)
    cost = losses.mse(model([0.5, -1.0]), 1.0)
    assert {node.label for node in fold(cost, model=model, depth=0).nodes if isinstance(node, Fold)} >= {"layers.0"}
    assert folds(fold(cost, model=model, depth=1)).keys() >= {f"layers.0.neurons.{i}" for i in range(4)}
    each = fold(cost, model=model, depth=2)
    assert each.folded == ""
    assert len(each.nodes) == len(topological_order(cost)) + 1  # the target is a constant
    wide = MLP(2, [400, 1], activation="tanh", seed=0)
    drawn = fold(wide([0.5, -1.0]), model=wide, depth=1)
    assert "depth=1 would be more than a picture can show" in drawn.folded
    assert "layers.0" in folds(drawn)
    assert len(fold(wide([0.5, -1.0]), model=wide, depth=2, limit=math.inf).nodes) > COMPACT_LIMIT


@pytest.mark.parametrize("depth", [3, -1, 0.5, True, "1"])
def test_another_depth_is_refused(depth: Any) -> None:
    with pytest.raises(OperandError, match=r"depth must be 0 .*, 1 .*, 2 .* or None, got"):
        fold(Value(1.0).tanh(), depth=depth)


def test_pictures_are_the_same_every_time() -> None:
    pictures = [digraph(fold(random_graph(5_000, 3))).source for _ in range(2)]
    assert pictures[0] == pictures[1]


def test_no_gradients_are_not_shown_as_zero() -> None:
    drawn = fold(random_graph(3_000, 0))
    assert all(node.grad is None for node in drawn.nodes)
    assert "backward() has not been called" in drawn.note


@pytest.mark.parametrize("odd", [math.nan, math.inf, -math.inf])
def test_nan_and_infinity_show_and_do_not_stop_the_picture(odd: float) -> None:
    value = Value(1.0)
    for index in range(3_000):
        value = value * (odd if index == 1_500 else 1.0)
    value.backward()
    drawn = fold(value)
    ends = [node.data for node in drawn.nodes if isinstance(node, Fold)]
    assert not all(map(math.isfinite, (number for pair in ends for number in pair)))
    assert "<svg" in draw(value, format="svg")


class Hostile(Module):
    """A model whose neuron, and so whose boxes, have a name that is no name."""

    def __init__(self, name: str) -> None:
        self.rooms = {name: Neuron(2, activation="tanh", seed=0)}

    def __call__(self, x: Any) -> Any:
        (neuron,) = self.rooms.values()
        return neuron(x)


@pytest.mark.parametrize("label", ["</script>", '"quoted" & <b>', "\\N \\G", "🙂 \ud800", "x" * 10_000, "two\nlines"])
@pytest.mark.parametrize("depth", [0, 1, 2])
def test_hostile_labels_stay_text(label: str, depth: int, svg: Callable[[str], dict[str, Any]]) -> None:
    model = Hostile(label)
    cost = total([model([Value(float(i), label=label), Value(1.0, label=label + "2")]) for i in range(3)])
    cost.backward()
    shown = svg(draw(cost, model=model, depth=depth, format="svg"))
    assert shown
    assert not any("script" in tag for element in shown.values() for tag in element.shapes)


def test_a_parameter_alone_is_a_picture() -> None:
    assert [node.kind for node in fold(Parameter(1.0)).nodes] == ["parameter"]
    assert fold([Value(1.0), Value(2.0)]).folded == ""
    assert FULL_LIMIT < COMPACT_LIMIT
