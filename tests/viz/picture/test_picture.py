"""A picture says what the graph is: every value once, every local derivative, what is a leaf, parameter or output."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import LengthError, OperandError, Value, topological_order
from nn import MLP, Neuron, Parameter
from viz.picture.picture import NO_GRADIENTS, Picture, picture


def lesson() -> tuple[Value, ...]:
    w, a_in, b = Value(0.7, label="w"), Value(-1.5, label="a_in"), Value(0.3, label="b")
    z = w * a_in + b
    a = z.tanh()
    z.label, a.label = "z", "a"
    return w, a_in, b, z, a


@st.composite
def graphs(draw: st.DrawFn) -> list[Value]:
    """Every value of a random graph, the last one its root."""
    numbers = st.floats(-3.0, 3.0)
    values = [Value(draw(numbers)) for _ in range(draw(st.integers(1, 4)))]
    for _ in range(draw(st.integers(1, 12))):
        a, b = draw(st.sampled_from(values)), draw(st.sampled_from(values))
        operations: list[Any] = [a + b, a * b, a - 2.0, 0.5 * b, a.tanh(), a.relu(), abs(b)]
        values.append(operations[draw(st.integers(0, len(operations) - 1))])
    return values


def test_kinds_labels_and_operations() -> None:
    *_, a = lesson()
    (a * 2.0).backward()
    drawn = picture(a * 2.0)
    assert [(node.kind, node.label, node.operation) for node in drawn.nodes] == [
        ("leaf", "w", ""),
        ("leaf", "a_in", ""),
        ("interior", "", "mul"),
        ("leaf", "b", ""),
        ("interior", "z", "add"),
        ("interior", "a", "tanh"),
        ("constant", "", ""),
        ("output", "", "mul"),
    ]


def test_the_bias_is_on_an_edge_of_derivative_1() -> None:
    a = lesson()[-1]
    drawn = picture(a)
    ids = {node.label: node.id for node in drawn.nodes}
    (bias,) = (edge for edge in drawn.edges if edge.source == ids["b"])
    assert (bias.target, bias.derivative, bias.numerator, bias.denominator) == (ids["z"], 1.0, "z", "b")


@given(graphs())
def test_every_value_is_one_node_and_every_operand_one_edge(values: list[Value]) -> None:
    root = values[-1]
    root.backward()
    order = topological_order(root)
    drawn = picture(root)
    nodes = {node.id: node for node in drawn.nodes}
    assert len(nodes) == len(drawn.nodes)
    assert len(drawn.nodes) - sum(node.kind == "constant" for node in drawn.nodes) == len(order)
    assert len({edge.id for edge in drawn.edges}) == len(drawn.edges) == sum(len(value.operands) for value in order)
    assert sorted(node.data for node in drawn.nodes if node.kind != "constant") == sorted(v.data for v in order)
    assert sorted(e.derivative for e in drawn.edges if e.derivative is not None) == sorted(
        itertools.chain.from_iterable(value.partials for value in order)
    )


@given(graphs())
def test_what_flows_back_into_a_node_is_its_gradient(values: list[Value]) -> None:
    root = values[-1]
    root.zero_grad()
    root.backward()
    drawn = picture(root)
    for node in drawn.nodes[:-1]:
        flows = [edge.flow for edge in drawn.edges if edge.source == node.id]
        if node.kind == "constant":
            assert flows == [None]
        else:
            assert sum(flow for flow in flows if flow is not None) == pytest.approx(node.grad)


@given(graphs())
def test_operands_come_before_results_and_pictures_are_reproducible(values: list[Value]) -> None:
    drawn = picture(values[-1])
    place = {node.id: index for index, node in enumerate(drawn.nodes)}
    assert all(place[edge.source] < place[edge.target] for edge in drawn.edges)
    assert picture(values[-1]) == drawn


def test_before_backward_there_are_no_gradients_to_show() -> None:
    *_, a = lesson()
    drawn = picture(a)
    assert drawn.note == NO_GRADIENTS
    assert {node.grad for node in drawn.nodes} == {None}
    assert {edge.flow for edge in drawn.edges} == {None}
    a.backward()
    assert picture(a).note == ""


def test_a_gradient_of_0_is_shown_once_backward_was_called() -> None:
    x = Value(-1.0)
    y = x.relu()
    y.backward()
    assert [node.grad for node in picture(y).nodes] == [0.0, 1.0]


def test_a_derivative_of_0_passes_nothing_on_even_of_an_infinite_gradient() -> None:
    x = Value(-1.0)
    y = x.relu()
    y.backward()
    y.grad = float("inf")  # as the zero rule has it: 0 times infinity is 0 here
    assert picture(y).edges[0].flow == 0.0


def test_an_infinite_derivative_behind_a_zero_gradient_passes_0() -> None:
    x = Value(0.0)
    y = x.sqrt() * 0.0
    y.backward()
    assert picture(y).edges[0].flow == 0.0


def test_a_repeated_operand_is_one_node_with_two_edges() -> None:
    a = Value(3.0, label="a")
    drawn = picture(a * a)
    assert [(edge.source, edge.target, edge.derivative) for edge in drawn.edges] == [("v0", "v1", 3.0)] * 2
    assert {edge.denominator for edge in drawn.edges} == {""}  # neither 3 is the derivative with respect to a


def test_parameters_are_told_from_inputs() -> None:
    neuron = Neuron(2, activation="tanh", seed=0)
    x = [Value(1.0, label="x0"), Value(-2.0, label="x1")]
    kinds = {node.label: node.kind for node in picture(neuron(x)).nodes if node.label}
    assert kinds == {"w0": "parameter", "w1": "parameter", "b": "parameter", "x0": "leaf", "x1": "leaf"}


def test_a_model_names_its_parameters() -> None:
    model = MLP(2, [2, 1], activation="tanh", seed=0)
    drawn = picture(model([0.5, -1.0]), model=model)
    named = {node.label for node in drawn.nodes if node.kind == "parameter"}
    assert named == {name for name, _ in model.named_parameters()}


def test_operands_left_at_their_default_are_not_drawn() -> None:
    assert [node.kind for node in picture(Value(1.0).leaky_relu()).nodes] == ["leaf", "output"]
    assert [node.kind for node in picture(Value(1.0).leaky_relu(0.2)).nodes] == ["leaf", "constant", "output"]


def test_several_outputs_share_one_picture() -> None:
    x = Value(0.5, label="x")
    outputs = [x.sin(), x.cos()]
    drawn = picture(outputs)
    assert [node.kind for node in drawn.nodes] == ["leaf", "output", "output"]
    assert picture(value for value in outputs) == drawn
    assert len(picture([x, x]).nodes) == 1


def test_a_leaf_is_a_picture_too() -> None:
    assert [node.kind for node in picture(Parameter(1.0)).nodes] == ["parameter"]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (3.0, "expected a Value or a list of Values, got float 3.0"),
        ([Value(1.0), 2.0], "got float 2.0: a plain number has no graph"),
        ("tanh(x)", "got str 'tanh\\(x\\)'"),
        (None, "got NoneType"),
        ([[Value(1.0)]], "expected a Value or a list of Values, got list"),
    ],
)
def test_what_is_no_value_is_refused(wrong: Any, message: str) -> None:
    with pytest.raises(OperandError, match=message):
        picture(wrong)


def test_no_values_and_no_model_are_refused() -> None:
    with pytest.raises(LengthError, match="at least one Value"):
        picture([])
    with pytest.raises(OperandError, match="model= takes the model"):
        picture(Value(1.0), model="MLP")  # type: ignore[arg-type]


def test_long_chains_are_described_without_recursion() -> None:
    value = Value(1.0)
    for _ in range(50_000):
        value = value + 1.0
    assert len(picture(value).nodes) == 100_001  # and a constant each


def test_a_model_says_which_layer_and_neuron_a_value_belongs_to() -> None:
    model = MLP(2, [2, 1], activation="tanh", seed=0)
    drawn = picture(model([0.5, -1.0]) * 2.0, model=model)
    found = {node.groups for node in drawn.nodes}
    layers = [("layers.0", f"layers.0.neurons.{i}") for i in range(2)] + [("layers.1", "layers.1.neurons.0")]
    assert found == {(), *layers}
    assert [node.groups for node in drawn.nodes if node.label in ("x0", "x1") or node.operation == "mul"] == [()] * 3


def test_labels_of_any_kind_become_one_line() -> None:
    value = Value(1.0)
    value.label = 7  # type: ignore[assignment]  # nobody checks
    drawn: Picture = picture([value, Value(1.0, label="two\nlines")])
    assert [node.label for node in drawn.nodes] == ["7", "two lines"]
