"""Which neuron a value belongs to: in networks of `nn`, in neurons written by hand, and in nothing else."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from autograd import Value, relu, tanh, topological_order
from autograd import sum as total
from nn import MLP, Module, Neuron, losses
from viz.picture.groups import groups, members


def test_every_value_of_an_mlp_is_its_neurons_or_nobodys() -> None:
    model = MLP(3, [4, 2], activation="tanh", seed=0)
    x = [Value(0.1), Value(0.2), Value(0.3)]
    hidden = model.layers[0](x)
    outputs = model.layers[1](hidden)
    cost = losses.mse(outputs, [1.0, 0.0])
    expected: dict[Value, str] = {}
    for depth, activations in enumerate((hidden, outputs)):
        for index, a in enumerate(activations):
            name = f"layers.{depth}.neurons.{index}"
            neuron = model.layers[depth].neurons[index]
            expected |= dict.fromkeys([*neuron.w, a, *([] if depth else a.parents)], name)
            assert neuron.b is not None
            expected[neuron.b] = name
    assert groups(topological_order(cost), model) == expected


def test_a_neuron_used_for_several_rows_has_several_preactivations() -> None:
    model = MLP(2, [3, 1], activation="relu", seed=0)
    cost = total([losses.mse(model(row), 1.0) for row in ([0.0, 1.0], [2.0, 3.0], [4.0, 5.0])])
    found = members(topological_order(cost), model)
    assert Counter(found.preactivations.values()) == {f"layers.0.neurons.{i}": 3 for i in range(3)} | {
        "layers.1.neurons.0": 3
    }
    # A hidden neuron: 2 weights, a bias, and per row z and a. The output is linear: its z is its a.
    assert Counter(found.owners.values())["layers.0.neurons.0"] == 3 + 2 * 3
    assert Counter(found.owners.values())["layers.1.neurons.0"] == 4 + 3


class ByHand(Neuron):
    """Written as on a blackboard."""

    def __init__(self, *args: Any, way: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.way = way

    def preactivation(self, x: Any) -> Value:
        products = [w * each for w, each in zip(self.w, x, strict=True)]
        bias = [] if self.b is None else [self.b]
        z: Any
        if self.way == "python's sum":
            z = sum(products + bias)
        elif self.way == "bias first":
            z = sum(products, *bias)
        else:
            z = total(products + bias)
        return z  # type: ignore[no-any-return]


@pytest.mark.parametrize("way", ["python's sum", "bias first", "one sum"])
@pytest.mark.parametrize("bias", [True, False])
def test_products_and_sums_over_a_neurons_parameters_are_its_preactivation(way: str, bias: bool) -> None:
    if way == "bias first" and not bias:
        way = "python's sum"
    neuron = ByHand(3, activation="tanh", bias=bias, seed=0, way=way)
    x = [Value(0.5), Value(1.5), Value(2.5)]
    a = neuron(x)
    found = members(topological_order((a - 1.0) ** 2), neuron)
    inside = [value for value in topological_order(a) if value not in x]
    assert found.owners == dict.fromkeys(inside, "neuron")
    assert found.preactivations == {a.parents[0]: "neuron"}


def test_penalties_on_weights_belong_to_the_loss() -> None:
    model = MLP(2, [2, 1], activation="tanh", seed=0)
    parameters = model.parameters()
    penalties = [w * w for w in parameters] + [abs(w) for w in parameters] + [w * 0.1 for w in parameters]
    penalty = total(penalties) + sum(parameters)
    found = groups(topological_order(model([1.0, 2.0]) + penalty), model)
    assert not {value for value in topological_order(penalty) if value.op} & found.keys()


def test_a_preactivation_that_goes_two_ways_has_no_activation() -> None:
    neuron = Neuron(2, activation="relu", seed=0)
    z = neuron.preactivation([1.0, 2.0])
    outputs = relu(z) + tanh(z)
    assert members(topological_order(outputs), neuron).preactivations == {z: "neuron"}
    assert (
        not {value for value in topological_order(outputs) if value.op in ("relu", "tanh")}
        & groups(topological_order(outputs), neuron).keys()
    )


class Twice(Module):
    """Two names for one neuron, and one more with the same parameters."""

    def __init__(self) -> None:
        self.one = Neuron(1, activation="tanh", seed=0)
        self.same = self.one
        self.tied = Neuron(1, activation="tanh", seed=0)
        self.tied.w, self.tied.b = self.one.w, self.one.b

    def __call__(self, x: Any) -> Any:
        return self.tied([self.one(x)])


def test_what_is_shared_belongs_to_the_first() -> None:
    model = Twice()
    assert set(groups(topological_order(model([1.0])), model).values()) == {"one"}


def test_without_a_model_or_neurons_nothing_belongs_to_anything() -> None:
    value = Value(1.0)
    for _ in range(100_000):
        value = value * 1.0
    order = topological_order(value)
    assert groups(order, None) == groups(order, Module()) == groups(order, MLP(2, [1], seed=0)) == {}
