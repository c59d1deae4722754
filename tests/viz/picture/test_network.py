"""A model's picture: every neuron and weight when there are few, layers when there are many."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from nn import MLP, Layer, Module, Neuron, Parameter
from viz import draw

Read = Callable[[str], dict[str, Any]]


def by_class(shown: dict[str, Any], role: str) -> dict[str, Any]:
    return {id: element for id, element in shown.items() if role in element.classes}


def test_every_neuron_weight_and_input_is_there(renderer: str, svg: Read) -> None:
    model = MLP(2, [4, 3], activation="tanh", seed=0)
    shown = svg(draw(model, format="svg"))
    assert [len(by_class(shown, role)) for role in ("input", "neuron", "weight")] == [2, 7, 20]
    assert shown[""].text.startswith("2 → 4 → 3 · 27 parameters")


def test_numbers_and_names_are_in_tooltips(svg: Read) -> None:
    model = MLP(2, [2, 1], activation="tanh", seed=0)
    neuron = model.layers[0].neurons[1]
    assert neuron.b is not None
    neuron.b.data = 0.25
    neuron.b.grad = -2.0
    shown = svg(draw(model, format="svg"))
    assert shown["n1_1"].text == "tanh b 0.25"
    assert shown["n1_1"].tooltip == "layers.0.neurons.1.b\ndata = 0.25\ngrad = -2.0"
    assert shown["w1_1_0"].tooltip == f"layers.0.neurons.1.w.0\ndata = {neuron.w[0].data!r}"


def test_the_sign_of_a_weight_is_a_hue_and_its_size_a_width() -> None:
    neuron = Neuron(3, seed=0)
    for weight, data in zip(neuron.w, (1.0, -1.0, 0.1), strict=True):
        weight.data = data
    lines = [line for line in draw(neuron, format="dot").splitlines() if "class=weight" in line]
    colours = [line.split('color="')[1][:7] for line in lines]
    widths = [float(line.split("penwidth=")[1].split()[0].rstrip("]")) for line in lines]
    assert len(set(colours)) == 3
    assert widths[0] == widths[1] > widths[2]


def test_layers_and_neurons_are_models_too(svg: Read) -> None:
    assert len(by_class(svg(draw(Layer(3, 2, seed=0), format="svg")), "neuron")) == 2
    assert len(by_class(svg(draw(Neuron(3, seed=0), format="svg")), "weight")) == 3


def test_a_neuron_without_a_bias_shows_none(svg: Read) -> None:
    shown = svg(draw(Neuron(2, activation="relu", bias=False, seed=0), format="svg"))
    assert shown["n1_0"].text == "relu"


@pytest.mark.parametrize("sizes", [[128, 128, 3], [33, 1]])
def test_wide_layers_are_folded_and_the_picture_says_how_many(sizes: list[int], renderer: str, svg: Read) -> None:
    shown = svg(draw(MLP(4, sizes, activation="relu", seed=0), format="svg"))
    layers = list(by_class(shown, "layer").values())
    assert len(layers) == len(sizes)
    assert not by_class(shown, "weight")
    assert layers[0].text == f"{sizes[0]} neurons relu weights {4 * sizes[0]} biases {sizes[0]}"


@pytest.mark.parametrize("rankdir", ["LR", "TB", "RL", "BT"])
def test_every_direction_draws(rankdir: str) -> None:
    assert "<svg" in draw(MLP(2, [2, 1], seed=0), format="svg", rankdir=rankdir)


@pytest.mark.parametrize("weight", [0.0, float("nan"), float("inf")])
def test_weights_out_of_the_ordinary_are_drawn(weight: float) -> None:
    neuron = Neuron(2, seed=0)
    for parameter in neuron.w:
        parameter.data = weight
    assert "<svg" in draw(neuron, format="svg")


class Scale(Module):
    """A module of the user's own."""

    def __init__(self, count: int) -> None:
        self.factors = [Parameter(float(i)) for i in range(count)]


def test_another_module_lists_its_parameters(svg: Read) -> None:
    (listing,) = by_class(svg(draw(Scale(30), format="svg")), "module").values()
    assert listing.text.startswith("Scale factors.0 0 factors.1 1 factors.2 2 ")
    assert listing.text.endswith("… and 18 more")
    assert svg(draw(Scale(0), format="svg"))["n0"].text == "Scale"
