"""``draw``: what it takes, what it returns, and what it refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import graphviz
import pytest

from autograd import GraphError, LengthError, OperandError, UnknownNameError, Value, no_grad
from nn import MLP, Classifier, losses
from viz import Drawing, draw, explore


def product() -> Value:
    z = Value(0.7, label="w") * Value(-1.5, label="a_in")
    z.backward()
    return z


def chain(n: int) -> Value:
    value = Value(0.5)
    for _ in range(n):
        value = value.tanh()
    return value


def test_without_a_format_it_is_a_digraph() -> None:
    drawn = draw(product())
    assert isinstance(drawn, graphviz.Digraph)
    assert "w" in drawn.source


def test_with_a_format_it_is_the_picture(renderer: str) -> None:
    assert draw(product(), format="svg").startswith("<?xml")
    assert draw(product(), format="png").startswith(b"\x89PNG")
    assert draw(product(), format="dot") == draw(product()).source


def test_a_path_is_written_either_way(renderer: str, tmp_path: Path) -> None:
    assert isinstance(draw(product(), path=tmp_path / "a.svg"), Drawing)
    assert draw(product(), path=tmp_path / "b.png", format="png") == (tmp_path / "b.png").read_bytes()
    assert (tmp_path / "a.svg").read_text(encoding="utf-8").startswith("<?xml")


def test_a_model_is_drawn_as_its_neurons() -> None:
    assert draw(MLP(2, [3, 1], seed=0), format="dot").count("class=neuron") == 4


def test_a_model_cannot_name_the_parameters_of_a_model() -> None:
    model = MLP(2, [3, 1], seed=0)
    with pytest.raises(OperandError, match="takes no other model"):
        draw(model, model=model)


@pytest.mark.parametrize("rankdir", ["left", "", None, 3])
def test_an_unknown_direction_is_refused(rankdir: Any) -> None:
    with pytest.raises(UnknownNameError, match=r"unknown rankdir .*known: BT, LR, RL, TB"):
        draw(product(), rankdir=rankdir)


def test_the_nearest_direction_and_format_are_named() -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'LR'"):
        draw(product(), rankdir="LRT")
    with pytest.raises(UnknownNameError, match="did you mean 'svg'"):
        draw(product(), format="svgs")


@pytest.mark.parametrize("wrong", [1.0, "x", None, [1.0], {1: 2}])
def test_what_is_no_value_is_refused(wrong: Any) -> None:
    with pytest.raises(OperandError, match="expected a Value"):
        draw(wrong)


def test_nothing_is_refused() -> None:
    with pytest.raises(LengthError, match="at least one Value"):
        draw([])


def test_a_graph_over_the_limits_is_folded_and_as_text_whole_if_asked(tmp_path: Path) -> None:
    value = chain(1600)
    for depth in (None, 2):
        drawn = draw(value, depth=depth)
        assert drawn.source.count("class=operand") < 20
        assert "1,601 values folded into" in drawn.source
    assert draw(value, format="dot") == draw(value).source
    assert draw(value, format="dot", depth=2).count("class=operand") == 1600
    draw(value, path=tmp_path / "large.dot", depth=2)
    assert (tmp_path / "large.dot").stat().st_size > 100_000


@pytest.mark.parametrize("target", [None, 1.0])
def test_a_sample_is_drawn_and_leaves_no_gradient_behind(target: float | None) -> None:
    model = MLP(2, [3, 1], activation="tanh", seed=0)
    for index, parameter in enumerate(model.parameters()):
        parameter.grad = float(index)
    source = draw(model, [0.5, -1.0], target=target, format="dot", loss="mse")
    assert [parameter.grad for parameter in model.parameters()] == list(map(float, range(13)))
    assert ("grad = " in source) == (target is not None)
    assert "layers.0.neurons.2" in source


def test_a_samples_gradients_are_those_of_backward() -> None:
    model = MLP(2, [3, 1], activation="tanh", seed=0)
    source = draw(model, [0.5, -1.0], target=1.0, loss="mse", format="dot")
    losses.mse(model([0.5, -1.0]), 1.0).backward()
    for name, parameter in model.named_parameters():
        assert rf"{name}\nparameter\ndata = {parameter.data!r}\ngrad = {parameter.grad!r}" in source.replace(
            "\n", r"\n"
        )


def test_what_does_not_go_together_is_refused() -> None:
    model = MLP(2, [3, 1], seed=0)
    with pytest.raises(OperandError, match=r"draw\(model, x, target=...\)"):
        draw(model, target=1.0)
    with pytest.raises(OperandError, match=r"draw\(model, x, focus=...\)"):
        draw(model, focus="layers.0.neurons.1")
    with pytest.raises(OperandError, match=r"a sample for a model.*got a Value"):
        draw(product(), [1.0, 2.0])
    with pytest.raises(OperandError, match=r"depth of a model's picture is 0 .* or 1 .*, got 2"):
        draw(model, depth=2)
    with pytest.raises(LengthError, match=r"got the shape \(1, 2\): give one row"):
        draw(model, [[1.0, 2.0]])
    with pytest.raises(GraphError, match=r"inside no_grad\(\) nothing is"), no_grad():
        draw(model, [1.0, 2.0])


def test_a_missing_folder_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no such folder"):
        draw(product(), path=tmp_path / "missing" / "g.svg")


def test_a_drawing_shows_itself_in_jupyter_with_either_renderer(renderer: str) -> None:
    bundle = draw(product())._repr_mimebundle_()
    assert bundle["image/svg+xml"].startswith("<svg")
    assert "max-width: 100%" in bundle["image/svg+xml"].partition(">")[0]


def test_a_drawing_without_a_renderer_says_why(hide_dot: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    bundle = draw(product())._repr_mimebundle_()
    assert bundle.keys() == {"text/plain"}
    assert "pip install" in bundle["text/plain"]


@pytest.mark.parametrize("show", [draw, explore])
def test_a_classifier_is_told_where_its_model_is(show: Any) -> None:
    with pytest.raises(OperandError, match=r"Classifier.*: pass classifier\.model_, and classifier\.scaled\(X\)"):
        show(Classifier(), [0.0, 1.0], target=1.0)


def test_a_drawing_says_how_it_is_written() -> None:
    drawing = draw(Value(1.0))
    assert ".render(name, format='svg')" in repr(drawing)
    assert str(drawing) == drawing.source
