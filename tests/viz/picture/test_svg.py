"""What Graphviz makes of a graph, with either renderer: every number and name in its place, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograd import Value, parse
from autograd.calculus.notation import number
from nn import MLP, Neuron
from viz import draw, picture
from viz.picture.labels import FILL
from viz.picture.picture import FULL_LIMIT
from viz.style import NEGATIVE, POSITIVE, clean, mix, shorten

Read = Callable[[str], dict[str, Any]]

slow = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def neuron() -> Value:
    w, a_in, b = Value(0.7, label="w"), Value(-1.5, label="a_in"), Value(0.3, label="b")
    z = w * a_in + b
    z.label = "z"
    a = z.tanh()
    a.label = "a"
    return a


def large(n: int) -> Value:
    value = Value(0.5, label="x")
    for _ in range(n - 1):
        value = value.tanh()
    return value


def test_every_node_shows_label_data_and_gradient(renderer: str, svg: Read) -> None:
    a = neuron()
    a.backward()
    shown = svg(draw(a, format="svg"))
    assert shown["v0"].text == "w 0.7 grad −0.8949"
    assert shown["v4"].text == "z + data −0.75 grad 0.5966"
    assert shown["v5"].text == "a tanh data −0.6351 grad 1"


def test_every_edge_shows_the_local_derivative(renderer: str, svg: Read) -> None:
    a = neuron()
    a.backward()
    shown = svg(draw(a, format="svg"))
    assert shown["e2_0"].text == "∂ = a_in = −1.5"
    assert shown["e4_1"].text == "∂z/∂b = 1"
    assert shown["e5_0"].text == "∂a/∂z = 1 − a² = 0.5966"
    drawn = picture(a)
    for edge in drawn.edges:
        assert edge.derivative is not None
        assert shown[edge.id].text.endswith(f"= {number(edge.derivative)}")


def test_tooltips_have_every_digit(renderer: str, svg: Read) -> None:
    a = neuron()
    a.backward()
    shown = svg(draw(a, format="svg"))
    assert shown["v5"].tooltip == f"a\noutput: tanh\ndata = {a.data!r}\ngrad = 1.0"
    assert shown["e5_0"].tooltip == f"∂a/∂z = 1 − a² = {a.partials[0]!r}\npassed back = {a.partials[0]!r}"


def test_kinds_differ_by_class_shape_and_colour(renderer: str, svg: Read) -> None:
    n = Neuron(1, activation="tanh", seed=0)
    a = (n([Value(1.0, label="x")]) * 3.0).relu()
    a.backward()
    shown = svg(draw(a, format="svg"))
    looks = {}
    for kind in ("leaf", "parameter", "constant", "interior", "output"):
        element = next(e for e in shown.values() if kind in e.classes)
        assert "node" in element.classes
        assert ("value" in element.classes) == (kind != "constant")
        looks[kind] = element
    assert len({element.colours for element in looks.values()}) == 5
    assert looks["leaf"].shapes[0] == "path"  # round
    assert looks["output"].shapes.count("polygon") == looks["interior"].shapes.count("polygon") + 1  # two frames
    assert looks["constant"].text == "3"


def test_no_derivative_and_no_gradient_on_a_constant(renderer: str, svg: Read) -> None:
    y = Value(2.0, label="x") ** 3.0
    y.backward()
    shown = svg(draw(y, format="svg"))
    assert shown["e1_1"].text == ""
    assert "nothing flows back" in shown["e1_1"].tooltip
    assert shown["c1_1"].text == "3"


def test_before_backward_the_picture_says_so_and_shows_no_zeros(renderer: str, svg: Read) -> None:
    shown = svg(draw(neuron(), format="svg"))
    assert "backward() has not been called" in shown[""].text
    assert "grad" not in shown["v0"].text
    assert "grad" not in shown["v0"].tooltip


def test_signs_have_different_hues(svg: Read) -> None:
    x, y = Value(1.0, label="x"), Value(1.0, label="y")
    (x - y).backward()
    shown = svg(draw(x - y, format="svg"))
    assert mix(POSITIVE, FILL) in shown["v0"].colours - shown["v1"].colours
    assert mix(NEGATIVE, FILL) in shown["v1"].colours - shown["v0"].colours


@pytest.mark.parametrize("rankdir", ["LR", "TB", "RL", "BT", "tb"])
def test_values_flow_the_way_they_are_told_to(rankdir: str) -> None:
    assert f"rankdir={rankdir.upper()}" in draw(neuron(), rankdir=rankdir).source


def test_the_title_is_above(renderer: str, svg: Read) -> None:
    assert svg(draw(neuron(), format="svg", title="One <neuron> & more"))[""].text.startswith("One <neuron> & more")


@slow
@given(labels=st.lists(st.text(max_size=60), min_size=8, max_size=8))
def test_labels_stay_text(renderer: str, svg: Read, labels: list[str]) -> None:
    check_labels(svg, labels)


def test_hostile_labels_stay_text(renderer: str, svg: Read) -> None:
    check_labels(
        svg,
        ["</script><script>alert(1)</script>", "<b>&amp;</b>", "]]>", '"', "'", "\\", "\\N", "\\G\\l\\n", "%s", "{a|b}",
         "<", ">", "<>", "&", "&lt;", "&#0;", "", " ", "\n", "\x00\x07", "\ud800", "\ufffe", "é", "日本語", "😀",
         "x" * 10_000, "\\" * 50, "<table>", "-->", "a\tb\r\nc", "\u202e", "\u200b"],
    )  # fmt: skip


def check_labels(svg: Read, labels: list[str]) -> None:
    leaves = [Value(1.0, label=label) for label in labels]
    shown = svg(draw(leaves, format="svg", title=labels[0]))
    assert len(shown) == len(labels) + 1
    for index, label in enumerate(labels):
        element = shown[f"v{index}"]
        whole = clean(label)
        assert element.text == (" ".join(f"{shorten(whole, 26)} 1".split()) if whole else "leaf data 1")
        lines = [shorten(whole, 600), "leaf", "data = 1.0"]
        assert element.tooltip == "\n".join(line for line in lines if line)


@pytest.mark.parametrize("data", [float("nan"), float("inf"), float("-inf"), 1e300, 5e-324])
def test_numbers_out_of_the_ordinary_are_drawn(data: float, svg: Read) -> None:
    x = Value(data, label="x")
    y = x * 2.0
    y.backward()
    x.grad = data
    assert svg(draw(y, format="svg"))["v0"].text == f"x {number(data)} grad {number(data)}"


def test_all_at_once_in_a_network(renderer: str, svg: Read) -> None:
    model = MLP(2, [4, 1], activation="tanh", seed=0)
    cost = (model([0.5, -1.0]) - 1.0) ** 2
    cost.backward()
    drawn = picture(cost, model=model)
    shown = svg(draw(cost, format="svg", model=model))
    assert shown.keys() == {"", *(node.id for node in drawn.nodes), *(edge.id for edge in drawn.edges)}
    for node in drawn.nodes:
        assert number(node.data) in shown[node.id].text
        assert node.name in shown[node.id].text  # its frame has the rest
        assert node.label in shown[node.id].tooltip
        assert node.grad is None or number(node.grad) in shown[node.id].text


def test_a_large_graph_is_compact_with_the_numbers_in_tooltips(renderer: str, svg: Read) -> None:
    value = large(FULL_LIMIT + 1)
    value.backward()
    shown = svg(draw(value, format="svg"))
    assert len(shown) == 1 + (FULL_LIMIT + 1) + FULL_LIMIT
    last = shown[f"v{FULL_LIMIT}"]
    assert last.text == ""
    assert last.tooltip == f"output: tanh\ndata = {value.data!r}\ngrad = 1.0"
    assert f"local derivative = {value.partials[0]!r}" in shown[f"e{FULL_LIMIT}_0"].tooltip


def test_the_picture_of_an_expression_is_that_of_the_same_python(svg: Read) -> None:
    parsed = parse("tanh(w*a_in + b)", w=0.7, a_in=-1.5, b=0.3)
    written = neuron()
    for value in (parsed, *parsed.parents, written, *written.parents):
        value.label = "" if value.op else value.label
    assert draw(parsed, format="dot") == draw(written, format="dot")


def test_a_neurons_error_is_named_and_the_symbols_are_whole(renderer: str, svg: Read) -> None:
    shown = svg(draw(Neuron(2, "tanh", seed=0), [0.5, -1.0], target=1.0, loss="mse", format="svg"))
    texts = [element.text for element in shown.values()]
    assert any(text.startswith("z w·x + b data") and "δ = ∂C/∂z" in text for text in texts)
    assert any(text.startswith("w1 ") and "∂C/∂w1" in text for text in texts)
    assert any(text.startswith("∂z/∂w1 = x1 = −1") for text in texts)
    assert not any("∂/" in text for text in texts)
    for word in ("input", "parameter", "constant", "computed", "result", "δ: a neuron's error, ∂C/∂z"):
        assert word in shown[""].text


def test_where_nan_begins_the_picture_says(renderer: str, svg: Read) -> None:
    x = Value(-1.0, label="x")
    y = x.log() * 2.0
    y.backward()
    assert "log(x) = log(−1) is nan" in svg(draw(y, format="svg"))[""].text
    shown = svg(draw(Value(0.0, label="x").sqrt() * 2.0, format="svg"))
    assert "nan" not in shown[""].text
    x = Value(0.0, label="x")
    y = x.sqrt()
    y.backward()
    assert "the gradient of x is ∞" in svg(draw(y, format="svg"))[""].text
