"""The picture of a model is placed as a textbook would: nothing overlaps, no line runs behind a box, all in order."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd import Value
from nn import MLP, Module, Neuron, losses
from viz.folding.fold import fold
from viz.picture import labels
from viz.picture.boxes import edge_label, node_rows
from viz.picture.picture import Fold, Picture, picture
from viz.picture.placement import Corners, Placement, placed
from viz.picture.sample import sampled

DIRECTIONS = ["LR", "TB", "RL", "BT"]


def place(described: Picture, rankdir: str = "LR") -> Placement:
    found = placed(
        described,
        lambda node: (90.0, 40.0) if isinstance(node, Fold) else labels.extent(node_rows(node, described, 1.0)),
        lambda edge: (labels.extent([edge_label(edge)], 9.0)[0], 13.0) if edge_label(edge) else (0.0, 0.0),
        rankdir,
    )
    assert found is not None
    return found


def described(model: Module, x: list[float], depth: int | None = 2) -> Picture:
    with sampled(model, x, 1.0, losses.mse) as view:
        return fold(view, depth=depth)


def overlap(one: Corners, other: Corners) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def along_the_line(points: list[Any]) -> list[Any]:
    """Points on the level parts of a line, where it passes boxes."""
    return [
        (x0 + t * (x1 - x0), y0 + t * (y1 - y0))
        for (x0, y0), (x1, y1) in itertools.pairwise(points)
        if abs(x1 - x0) < 1e-6 or abs(y1 - y0) < 1e-6
        for t in (0.01, 0.25, 0.5, 0.75, 0.99)
    ]


@settings(max_examples=25, deadline=None)
@given(
    sizes=st.lists(st.integers(1, 4), min_size=1, max_size=3),
    n_in=st.integers(1, 4),
    rankdir=st.sampled_from(DIRECTIONS),
    depth=st.sampled_from([1, 2]),
    bias=st.booleans(),
)
def test_nothing_overlaps_and_no_line_runs_behind_a_box(
    sizes: list[int], n_in: int, rankdir: str, depth: int, bias: bool
) -> None:
    drawn = described(MLP(n_in, [*sizes, 1], activation="tanh", bias=bias, seed=0), [0.5] * n_in, depth)
    found = place(drawn, rankdir)
    for one, other in itertools.combinations(found.boxes.values(), 2):
        assert not overlap(one, other)
    for node in drawn.nodes:
        for path, frame in found.frames.items():
            assert overlap(frame, found.boxes[node.id]) == (node.groups[: len(path)] == path)
    for edge in drawn.edges:
        for x, y in along_the_line(found.routes[edge.id]):
            for id, box in found.boxes.items():
                assert id in (edge.source, edge.target) or not overlap((x, y, x, y), box), (edge, id)


def test_inputs_stand_before_the_layers_and_each_weight_above_its_input() -> None:
    drawn = described(MLP(3, [2, 1], activation="tanh", seed=0), [0.5, -1.0, 2.0])
    found = place(drawn)
    first = found.frames["layers.0",]
    inputs = [found.boxes[node.id] for node in drawn.nodes if node.label in ("x0", "x1", "x2")]
    assert all(box[2] < first[0] for box in inputs)
    assert inputs == sorted(inputs, key=lambda box: -box[1])
    assert first[2] < found.frames["layers.1",][0]
    neuron = found.frames["layers.0", "layers.0.neurons.0"]
    assert neuron[1] > found.frames["layers.0", "layers.0.neurons.1"][3]  # neurons from top to bottom
    dot = next(node.id for node in drawn.nodes if node.groups[-1:] == ("layers.0.neurons.0",) and node.part == "z")
    arriving = [edge for edge in drawn.edges if edge.target == dot]
    heights = {edge.denominator: found.routes[edge.id][-1][1] for edge in arriving}
    assert sorted(heights, key=lambda name: -heights[name]) == ["w0", "x0", "w1", "x1", "w2", "x2", "b"]


def test_a_value_has_one_name_in_its_box_and_on_its_lines() -> None:
    drawn = described(MLP(2, [2, 1], activation="tanh", seed=0), [0.5, -1.0])
    names = {node.id: node.name for node in drawn.nodes}
    named = [edge for edge in drawn.edges if edge.denominator]
    assert len(named) == 2 * (5 + 1) + 5 + 1
    for edge in named:
        assert (edge.numerator, edge.denominator) in {
            (names[edge.target], names[edge.source]),
            ("", names[edge.source]),
        }


def test_a_ring_of_frames_is_left_to_graphviz() -> None:
    class Twice(Module):
        def __init__(self) -> None:
            self.neuron = Neuron(1, "tanh", seed=0)

        def __call__(self, x: list[Value]) -> Value:
            between = self.neuron(x) * 2.0
            return self.neuron([between])

    drawn = described(Twice(), [0.5])
    assert placed(drawn, lambda _: (90.0, 40.0), lambda _: (0.0, 0.0), "LR") is None


def test_a_plain_expression_is_left_to_graphviz() -> None:
    assert placed(picture(Value(1.0).tanh()), lambda _: (90.0, 40.0), lambda _: (0.0, 0.0), "LR") is None


@pytest.mark.parametrize(
    ("loss", "target", "operations"),
    [
        ("mse", 1.0, ["sub", "mul"]),
        ("binary_cross_entropy", 1.0, ["neg", "softplus"]),
        ("binary_cross_entropy", 0.0, ["softplus"]),
        ("hinge", 1.0, ["sub", "relu"]),
        ("hinge", 0.0, ["add", "relu"]),
        ("mae", 1.0, ["sub", "abs"]),
    ],
)
def test_a_loss_has_no_node_that_does_nothing(loss: str, target: float, operations: list[str]) -> None:
    model = Neuron(1, "linear", seed=0)
    with sampled(model, [0.5], target, loss) as view:
        assert [value.op for value in view.order if value.op] == ["dot", *operations]
