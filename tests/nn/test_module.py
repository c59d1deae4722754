"""Modules: which Values are parameters, their names, states that go in whole or not at all, copies."""

from __future__ import annotations

import copy
import math
import pickle
from typing import Any

import numpy as np
import pytest

from autograd import GlassgradError, OperandError, StorageError, UnavailableNameError, Value
from nn import MLP, Layer, Module, Neuron, Parameter


class Nest(Module):
    """Parameters in every kind of place, besides things that are none."""

    def __init__(self) -> None:
        self.title = "nest"
        self.scale = Parameter(1.0)
        self.row = [Parameter(2.0), (Parameter(3.0), [Parameter(4.0)])]
        self.by_name = {"left": Parameter(5.0), "right": {"deep": Parameter(6.0)}}
        self.inner = Neuron(1, "tanh", init="zeros")
        self.parts = [Neuron(1, bias=False, init="zeros")]
        self.size = 3
        self.nothing = None


NAMES = ["scale", "row.0", "row.1.0", "row.1.1.0", "by_name.left", "by_name.right.deep"]
NAMES += ["inner.w.0", "inner.b", "parts.0.w.0"]


# Which Values are parameters.


def test_parameters_are_found_wherever_they_are_in_the_order_of_assignment() -> None:
    nest = Nest()
    assert [name for name, _ in nest.named_parameters()] == NAMES
    assert nest.parameters() == [parameter for _, parameter in nest.named_parameters()]
    assert nest.state_dict() == dict(zip(NAMES, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 0.0, 0.0, 0.0], strict=True))


def test_parameters_are_found_in_arrays_of_objects() -> None:
    class Grid(Module):
        def __init__(self) -> None:
            self.single = np.array(Parameter(0.0), dtype=object)
            self.w = np.array([[Parameter(1.0), Parameter(2.0)], [Parameter(3.0), None]], dtype=object)
            self.parts = np.array([Neuron(1, bias=False, init="zeros"), "no part"], dtype=object)
            self.numbers = np.zeros((2, 2))

    expected = {"single": 0.0, "w.0.0": 1.0, "w.0.1": 2.0, "w.1.0": 3.0, "parts.0.w.0": 0.0}
    assert Grid().state_dict() == expected
    assert list(Grid().state_dict()) == list(expected)


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        ({0: Parameter(1.0), "0": Parameter(2.0)}, "parts.0"),
        ({"a.b": Parameter(1.0), "a": {"b": Parameter(2.0)}}, "parts.a.b"),
        ({1: Neuron(1), "1": Neuron(1)}, "parts.1"),
    ],
)
def test_two_names_that_read_the_same_are_an_error(parts: dict[Any, Any], name: str) -> None:
    class Parts(Module):
        def __init__(self) -> None:
            self.parts = parts

    for find in (Module.parameters, Module.state_dict):
        with pytest.raises(UnavailableNameError, match=f"Parts has two parts named '{name}'"):
            find(Parts())


def test_modules_are_named_like_torchs() -> None:
    nest = Nest()
    modules = list(nest.named_modules())
    assert [name for name, _ in modules] == ["", "inner", "parts.0"]
    assert [module for _, module in modules] == [nest, nest.inner, nest.parts[0]]
    named = dict(nest.named_modules())
    assert all(named[name.rpartition(".w")[0]].w[0] is p for name, p in nest.named_parameters() if ".w." in name)


def test_a_shared_module_counts_once() -> None:
    model = MLP(1, [2, 1], seed=0)
    model.layers[1].neurons[0] = model.layers[0].neurons[1]
    names = [name for name, _ in model.named_modules()]
    assert names == ["", "layers.0", "layers.0.neurons.0", "layers.0.neurons.1", "layers.1"]


def test_a_shared_parameter_counts_once_and_gets_both_gradients() -> None:
    class Twice(Module):
        def __init__(self) -> None:
            self.first = Neuron(1, "linear", seed=0)
            self.second = self.first
            self.extra = [self.first.w[0], Parameter(1.0)]

        def __call__(self, x: Any) -> Any:
            return self.first(x) + 2.0 * self.second(x) + self.extra[0]

    twice = Twice()
    assert [name for name, _ in twice.named_parameters()] == ["first.w.0", "first.b", "extra.1"]
    twice([5.0]).backward()
    assert (twice.first.w[0].grad, twice.first.b.grad) == (5.0 + 10.0 + 1.0, 3.0)
    twice.zero_grad()
    assert [p.grad for p in twice.parameters()] == [0.0, 0.0, 0.0]


def test_values_computed_from_others_are_not_parameters() -> None:
    neuron = Neuron(2, "tanh", seed=0)
    neuron.last = neuron([1.0, 2.0])  # type: ignore[attr-defined]
    neuron.seen = [neuron.last * 2.0]  # type: ignore[attr-defined]
    assert [name for name, _ in neuron.named_parameters()] == ["w.0", "w.1", "b"]


def test_an_output_that_a_module_keeps_does_not_become_a_parameter() -> None:
    class Keeps(Module):
        def __init__(self) -> None:
            self.neuron = Neuron(1, "tanh", seed=0)

        def __call__(self, x: Any) -> Any:
            self.last = self.neuron(x)  # to look at later
            return self.last

    model = Keeps()
    before = model.state_dict()
    model([1.0])
    assert model.state_dict() == before
    model.outputs([[1.0], [2.0]])  # without graphs, where every result is a leaf
    assert model.state_dict() == before


def test_modules_that_refer_to_each_other_are_walked_once() -> None:
    class Child(Module):
        def __init__(self, parent: Module) -> None:
            self.parent, self.w = parent, Parameter(2.0)

    class Parent(Module):
        def __init__(self) -> None:
            self.child, self.b = Child(self), Parameter(1.0)

    parent = Parent()
    assert [name for name, _ in parent.named_parameters()] == ["child.w", "b"]


def test_a_module_without_call_says_what_to_define() -> None:
    with pytest.raises(OperandError, match="Nest does not define __call__"):
        Nest()([1.0])


def test_a_module_without_parameters_has_none() -> None:
    assert Module().parameters() == []
    assert Module().state_dict() == {}
    Module().load_state_dict({})


# zero_grad.


def test_zero_grad_clears_every_parameter_and_nothing_else() -> None:
    model, x = MLP(2, [3, 1], "tanh", seed=0), [Value(1.0), Value(-2.0)]
    model(x).backward()
    before = [value.grad for value in x]
    assert any(parameter.grad for parameter in model.parameters())
    model.zero_grad()
    assert not any(parameter.grad for parameter in model.parameters())
    assert [value.grad for value in x] == before


# Outputs.


def test_outputs_of_a_module_of_ones_own() -> None:
    class Pair(Module):
        def __init__(self) -> None:
            self.w = Parameter(3.0)

        def __call__(self, x: Any) -> Any:
            return [self.w * x[0], x[1] + 1.0]  # a Value and a plain number

    outputs = Pair().outputs([[1, 2], [3, 4]])
    np.testing.assert_array_equal(outputs, [[3.0, 3.0], [9.0, 5.0]])
    assert outputs.dtype == np.float64


def test_outputs_of_one_value_are_a_column() -> None:
    neuron = Neuron(2, "tanh", seed=0)
    X = [[1.0, 2.0], [0.5, -1.0], [0.0, 0.0]]
    np.testing.assert_array_equal(neuron.outputs(X), [[neuron(x).data] for x in X])


# States.


def test_a_state_goes_out_and_in() -> None:
    source, target = MLP(2, [3, 2], "tanh", seed=0), MLP(2, [3, 2], "tanh", seed=1)
    kept = target.parameters()
    state = source.state_dict()
    target.load_state_dict(state)
    assert target.state_dict() == state
    assert all(a is b for a, b in zip(target.parameters(), kept, strict=True))  # the Values stay, numbers change
    source.layers[0].neurons[0].b.data = 9.0
    assert target.state_dict() == state  # a copy, not a view


def test_the_order_of_a_state_does_not_matter_and_integers_are_numbers() -> None:
    neuron = Neuron(2, seed=0)
    neuron.load_state_dict({"b": 3, "w.1": np.float64(-2.0), "w.0": 0.5})
    assert neuron.state_dict() == {"w.0": 0.5, "w.1": -2.0, "b": 3.0}
    assert all(type(parameter.data) is float for parameter in neuron.parameters())


@pytest.mark.parametrize("number", [np.float32(0.5), np.int64(2)])
def test_numpys_scalars_are_numbers_too(number: Any) -> None:
    neuron = Neuron(1, bias=False, seed=0)
    neuron.load_state_dict({"w.0": number})
    assert neuron.w[0].data == float(number)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"b": None}, "it lacks 'b'"),
        ({"w.0": None, "w.1": None}, "it lacks 'w.0', 'w.1'"),
        ({"c": 1.0}, "it has 'c' that the model does not"),
        ({"b": None, "bias": 1.0}, "it lacks 'b'"),
    ],
)
def test_a_state_of_another_shape_names_what_differs(change: dict[str, Any], message: str) -> None:
    neuron = Neuron(2, seed=0)
    before = neuron.state_dict()
    state = {name: number for name, number in {**before, "w.0": 7.0, **change}.items() if number is not None}
    with pytest.raises(StorageError, match=message):
        neuron.load_state_dict(state)
    assert neuron.state_dict() == before


def test_only_some_of_many_missing_names_are_listed() -> None:
    with pytest.raises(
        StorageError, match=r"0 numbers for 337 parameters; it lacks ('[^']*', ){2}'[^']*' and 334 more"
    ):
        MLP(2, [16, 16, 1]).load_state_dict({})


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf, "0.5", None, True, [1.0], 1j, 10**400])
def test_a_number_that_is_none_names_its_parameter_and_changes_nothing(number: Any) -> None:
    neuron = Neuron(2, seed=0)
    before = neuron.state_dict()
    with pytest.raises(StorageError, match="parameter 'b' must be a finite number"):
        neuron.load_state_dict({"w.0": 7.0, "w.1": 8.0, "b": number})
    assert neuron.state_dict() == before


@pytest.mark.parametrize("state", [None, [0.5, 1.0, 2.0], "w.0", 3])
def test_a_state_is_a_mapping(state: Any) -> None:
    neuron = Neuron(2, seed=0)
    before = neuron.state_dict()
    with pytest.raises(GlassgradError):
        neuron.load_state_dict(state)
    assert neuron.state_dict() == before


# Copies.


@pytest.mark.parametrize("how", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])  # noqa: S301 - ours
@pytest.mark.parametrize(
    "model", [MLP(2, [3, 2], "tanh", output_activation="gelu", seed=0), Layer(2, 2, "linear", seed=0), Nest()]
)
def test_a_copy_has_the_same_numbers_and_a_life_of_its_own(how: Any, model: Module) -> None:
    twin = how(model)
    assert type(twin) is type(model)
    assert twin.state_dict() == model.state_dict()
    assert not set(map(id, twin.parameters())) & set(map(id, model.parameters()))
    before = model.state_dict()
    for parameter in twin.parameters():
        parameter.data += 1.0
    assert model.state_dict() == before
    assert type(twin.parameters()[0]) is Parameter


def test_a_copy_computes_and_learns_like_the_original() -> None:
    model = MLP(2, [3, 1], "tanh", seed=0)
    twin = pickle.loads(pickle.dumps(copy.deepcopy(model)))  # noqa: S301 - its own pickle
    for one in (model, twin):
        one([0.5, -1.0]).backward()
    assert [p.grad for p in twin.parameters()] == [p.grad for p in model.parameters()]
    assert any(p.grad for p in model.parameters())


def test_sharing_survives_a_copy() -> None:
    class Shared(Module):
        def __init__(self) -> None:
            self.a = Parameter(1.0)
            self.b = [self.a]

    twin = copy.deepcopy(Shared())
    assert twin.b[0] is twin.a
    assert len(twin.parameters()) == 1


# Frozen parameters.


def test_frozen_parameters_are_part_of_the_model_but_not_of_training() -> None:
    model = MLP(2, [3, 1], seed=0)
    model.layers[0].freeze()
    names = [name for name, _ in model.named_parameters()]
    assert len(names) == len(model.state_dict()) == 13
    assert model.parameters() == model.layers[1].parameters()
    model([1.0, 2.0]).backward()
    model.zero_grad()
    assert all(parameter.grad == 0.0 for _, parameter in model.named_parameters())
    model.layers[0].neurons[1].unfreeze()
    assert len(model.parameters()) == 4 + 3
    model.unfreeze()
    assert len(model.parameters()) == 13


def test_whether_a_parameter_is_frozen_is_copied_and_pickled() -> None:
    parameter = Parameter(2.0, label="w", requires_grad=False)
    twins = copy.copy(parameter), copy.deepcopy(parameter), pickle.loads(pickle.dumps(parameter))  # noqa: S301
    for twin in twins:
        assert (twin.data, twin.label, twin.requires_grad) == (2.0, "w", False)
    assert Parameter(2.0).requires_grad
