"""``draw``: what it takes, what it returns, and what it refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import graphviz
import pytest

from autograd import LengthError, OperandError, RenderError, UnknownNameError, Value
from nn import MLP
from viz import Drawing, draw


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


def test_a_graph_over_the_limits_is_text_only(tmp_path: Path) -> None:
    value = chain(1600)
    for format in (None, "svg", "png"):
        with pytest.raises(RenderError, match="1,601 nodes"):
            draw(value, format=format)
    assert draw(value, format="dot").count("class=operand") == 1600
    draw(value, path=tmp_path / "large.dot")
    assert (tmp_path / "large.dot").stat().st_size > 100_000


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
