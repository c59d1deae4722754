"""Saving and loading: exact to the last bit, whole or not at all, and no file makes the program run anything."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograd import GlassgradError, StorageError, Value
from nn import MLP, Classifier, Layer, Module, Neuron, Parameter, Regressor, data, fit, load, save
from tests import ROOT

Change = Callable[[dict[str, Any]], Any]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "model.json"


def trained(classes: int = 3, **settings: Any) -> tuple[Classifier, Any]:
    X, y = data.blobs(30, centers=classes, seed=1)
    classifier = Classifier(**{"hidden": (4,), "activation": "tanh", "epochs": 3, **settings})
    return classifier.fit(X, np.array(["a", "b", "c", "d"])[y]), X


def changed(file: Path, change: Change) -> None:
    """Rewrite a model file with one thing in it changed."""
    document = json.loads(file.read_text(encoding="utf-8"))
    change(document)
    file.write_text(json.dumps(document), encoding="utf-8")


def refusal(file: Path, into: Module | None = None) -> str:
    """Return the message of the StorageError, which must name the file."""
    with pytest.raises(StorageError) as caught:
        load(file, into)
    message = str(caught.value)
    assert str(file) in message
    assert "\n" not in message
    return message


# Round trips.


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # the file is written anew by every example
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=9, max_size=9))
def test_every_number_comes_back_to_the_last_bit(file: Path, numbers: list[float]) -> None:
    model = MLP(1, [2, 1], "tanh", seed=0)
    for parameter, number in zip(model.parameters(), [*numbers, 5e-324, -0.0], strict=False):
        parameter.data = number
    save(model, file)
    rebuilt = load(file)
    filled = load(file, MLP(1, [2, 1], seed=7))
    for twin in (rebuilt, filled):
        assert [p.data.hex() for p in twin.parameters()] == [p.data.hex() for p in model.parameters()]


@pytest.mark.parametrize("number", [5e-324, -5e-324, 2.2e-308, -0.0, sys.float_info.max, 0.1, 1 / 3])
def test_numbers_at_the_edges_come_back_too(file: Path, number: float) -> None:
    neuron = Neuron(1, seed=0)
    neuron.w[0].data = number
    save(neuron, file)
    assert load(file, Neuron(1, seed=1)).w[0].data.hex() == number.hex()


@pytest.mark.parametrize(
    "model",
    [
        MLP(2, [3, 3, 2], "gelu", seed=0),
        MLP(2, [1], seed=0),
        MLP(1, [2, 1], "tanh", output_activation="sigmoid", bias=False, seed=0),
    ],
)
def test_a_perceptron_is_rebuilt(file: Path, model: MLP) -> None:
    save(model, str(file))
    twin = load(str(file))
    assert repr(twin) == repr(model)
    assert twin.state_dict() == model.state_dict()
    X = np.random.default_rng(0).normal(size=(5, model.layers[0].n_in))
    np.testing.assert_array_equal(twin.outputs(X), model.outputs(X))


def test_a_perceptron_whose_layers_were_put_together_by_hand(file: Path) -> None:
    model = MLP(2, [3, 3, 1], "tanh", seed=0)
    model.layers[1] = Layer(3, 3, "relu", seed=1)
    save(model, file)
    twin = load(file)
    X = np.random.default_rng(0).normal(size=(5, 2))
    np.testing.assert_array_equal(twin.outputs(X), model.outputs(X))


def test_parameters_of_a_module_of_ones_own_are_read_into_one(file: Path) -> None:
    class Scale(Module):
        def __init__(self, start: float) -> None:
            self.factor = Parameter(start)

    save(Scale(2.5), file)
    into = Scale(0.0)
    assert load(file, into) is into
    assert into.factor.data == 2.5
    assert "make one and load(path, into=it)" in refusal(file)


def tied() -> MLP:
    model = MLP(3, [3, 3, 2], "tanh", seed=0)
    model.layers[1].neurons[0].w[1] = model.layers[0].neurons[2].w[0]
    model.layers[1].neurons[2].b = model.layers[0].neurons[0].b
    return model


def one_layer_twice() -> MLP:
    model = MLP(3, [3, 3, 2], "tanh", seed=0)
    model.layers[1] = model.layers[0]
    return model


def one_neuron_twice() -> MLP:
    model = MLP(3, [3, 2], "tanh", seed=0)
    model.layers[0].neurons[1] = model.layers[0].neurons[0]
    return model


def frozen() -> MLP:
    model = MLP(3, [3, 2], "tanh", seed=0)
    model.layers[0].freeze()
    model.layers[1].neurons[1].w[2].requires_grad = False
    return model


def mixed() -> MLP:
    model = MLP(3, [3, 2], "tanh", output_activation="sigmoid", seed=0)
    model.layers[0].neurons[1].activation = "relu"
    model.layers[0].neurons[2].activation = "gelu"
    return model


def partly_without_bias() -> MLP:
    model = MLP(3, [3, 2], "tanh", seed=0)
    model.layers[0].neurons[1].b = None
    model.layers[1].neurons[0].b = None
    return model


def all_of_it() -> MLP:
    model = tied()
    model.layers[0].neurons[1].b = None
    model.layers[2].neurons[0].activation = "relu"
    model.layers[1].freeze()
    return model


CHANGED = [tied, one_layer_twice, one_neuron_twice, frozen, mixed, partly_without_bias, all_of_it]


@pytest.mark.parametrize("make", CHANGED)
def test_whatever_a_perceptron_was_made_into_comes_back(file: Path, make: Callable[[], MLP]) -> None:
    model = make()
    for i, parameter in enumerate(model.parameters()):
        parameter.data += 0.01 * i
    save(model, file)
    twin = load(file)
    X = np.random.default_rng(0).normal(size=(5, 3))
    np.testing.assert_array_equal(twin.outputs(X), model.outputs(X))
    assert [[a.data for a in twin(x)] for x in X.tolist()] == [[a.data for a in model(x)] for x in X.tolist()]
    assert [name for name, _ in twin.named_parameters()] == [name for name, _ in model.named_parameters()]
    assert list(map(float.hex, twin.state_dict().values())) == list(map(float.hex, model.state_dict().values()))
    # What is tied and frozen stays so: both learn alike.
    for each in (model, twin):
        fit(each, X, [0, 1, 1, 0, 1], epochs=2)
    assert twin.state_dict() == model.state_dict()
    assert len(twin.parameters()) == len(model.parameters())
    save(load(file), file.with_name("again.json"))
    assert file.with_name("again.json").read_bytes() == file.read_bytes()


def test_what_was_frozen_is_frozen_in_a_module_that_is_filled(file: Path) -> None:
    class Line(Module):
        def __init__(self) -> None:
            self.slope, self.offset = Parameter(0.0), Parameter(0.0)

    line = Line()
    line.offset = Parameter(2.0, requires_grad=False)
    save(line, file)
    filled = load(file, into=Line())
    assert filled.parameters() == [filled.slope]
    assert filled.offset.data == 2.0


def own_layer(model: MLP) -> None:
    class Doubling(Layer):
        def __call__(self, x: Any) -> Any:
            return [2.0 * a for a in super().__call__(x)]

    model.layers[0] = Doubling(3, 3, seed=0)


def own_neuron(model: MLP) -> None:
    class Doubling(Neuron):
        def __call__(self, x: Any) -> Any:
            return 2.0 * super().__call__(x)

    model.layers[1].neurons[1] = Doubling(3, seed=0)


def own_function(model: MLP) -> None:
    model.layers.append(lambda a: a)  # type: ignore[arg-type]


def own_preactivation(model: MLP) -> None:
    model.layers[0].neurons[1].preactivation = lambda x: x[0]  # type: ignore[method-assign]


def extra_parameter(model: MLP) -> None:
    model.scale = Parameter(2.0)  # type: ignore[attr-defined]


def extra_parameter_of_a_neuron(model: MLP) -> None:
    model.layers[0].neurons[1].slope = Parameter(2.0)  # type: ignore[attr-defined]


def plain_value(model: MLP) -> None:
    model.layers[0].neurons[1].w[0] = Value(2.0)


def plain_number(model: MLP) -> None:
    model.layers[0].neurons[1].b = 2.0  # type: ignore[assignment]


def computed_weight(model: MLP) -> None:
    neuron = model.layers[0].neurons[1]
    neuron.w[0] = neuron.w[1] * 2.0


def missing_neuron(model: MLP) -> None:
    model.layers[0].neurons.pop()


@pytest.mark.parametrize(
    ("change", "part"),
    [
        (own_layer, "layers.0 is a Doubling"),
        (own_neuron, "layers.1.neurons.1 is a Doubling"),
        (own_function, "layers.2 is a function"),
        (own_preactivation, "layers.0.neurons.1 has a preactivation"),
        (extra_parameter, "a parameter 'scale'"),
        (extra_parameter_of_a_neuron, "a parameter 'layers.0.neurons.1.slope'"),
        (plain_value, "layers.0.neurons.1.w.0 is a Value"),
        (plain_number, "layers.0.neurons.1.b is a float"),
        (computed_weight, "layers.0.neurons.1.w.0 is a Value"),
        (missing_neuron, "layers.1.neurons.0 has 3 inputs, but there are 2"),
    ],
)
def test_what_would_not_come_back_is_refused_by_name(file: Path, change: Callable[[MLP], None], part: str) -> None:
    model = MLP(3, [3, 2], seed=0)
    change(model)
    file.write_text("precious")
    assert part in fail_to_save(model, file, StorageError)


def test_the_same_model_as_a_class_of_ones_own_is_stored(file: Path) -> None:
    class Mine(MLP):
        def __init__(self) -> None:
            super().__init__(3, [3, 2], "tanh")
            own_layer(self)
            self.scale = Parameter(1.0)

        def __call__(self, x: Any) -> Any:
            return [self.scale * a for a in super().__call__(x)]

    model = Mine()
    model.scale.data = 3.0
    save(model, file)
    twin = load(file, into=Mine())
    X = np.random.default_rng(0).normal(size=(5, 3))
    np.testing.assert_array_equal(twin.outputs(X), model.outputs(X))


def test_a_value_that_is_learnt_but_has_no_name_is_refused(file: Path) -> None:
    class Line(Module):
        def __init__(self) -> None:
            self.slope = Value(2.0)

        def parameters(self) -> list[Value]:
            return [self.slope]

    assert "Line.parameters() lists a Value that is no Parameter" in fail_to_save(Line(), file, StorageError)


def test_files_of_version_1_are_read(file: Path) -> None:
    model = MLP(2, [2, 1], "tanh", bias=False, seed=0)
    layers = [
        {"neurons": 2, "activation": "tanh", "bias": False},
        {"neurons": 1, "activation": "linear", "bias": False},
    ]
    old = {"format": "glassgrad model", "version": 1, "kind": "MLP", "n_in": 2, "layers": layers}
    file.write_text(json.dumps({**old, "parameters": model.state_dict()}))
    assert repr(load(file)) == repr(model)
    assert load(file).state_dict() == model.state_dict()


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d["tied"].update({"layers.0.neurons.0.w.0": "layers.9.neurons.0.w.0"}),
        lambda d: d["tied"].update({"layers.9.neurons.0.w.0": "layers.0.neurons.0.w.0"}),
        lambda d: d["tied"].update({"layers.0.neurons.0.w.0": "layers.0.neurons.0.w.0"}),
        lambda d: d.update(tied=["layers.0.neurons.0.w.0"]),
        lambda d: d.update(tied={"layers.1.neurons.0.w.1": 3}),
        lambda d: d.update(frozen=["nothing"]),
        lambda d: d.update(frozen=3),
        lambda d: d["layers"][0].update(activation=["tanh"]),
        lambda d: d["layers"][0].update(activation=["tanh", "relu", "thanh"]),
        lambda d: d["layers"][0].update(bias=[True]),
        lambda d: d["layers"][0].update(bias=[True, True, "yes"]),
        lambda d: d["layers"][0].update(bias=10**9),
    ],
)
def test_ties_and_layers_that_do_not_hang_together_are_refused(file: Path, change: Change) -> None:
    save(tied(), file)
    changed(file, change)
    refusal(file)


@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize("standardize", [True, False])
def test_a_classifier_predicts_the_same(file: Path, classes: int, standardize: bool) -> None:
    classifier, X = trained(classes, standardize=standardize)
    save(classifier, file)
    twin = load(file)
    assert isinstance(twin, Classifier)
    np.testing.assert_array_equal(twin.predict_proba(X), classifier.predict_proba(X))
    np.testing.assert_array_equal(twin.predict(X), classifier.predict(X))
    assert twin.classes_.tolist() == classifier.classes_.tolist()
    assert twin.n_features_in_ == 2
    save(twin, file.with_name("again.json"))
    assert file.with_name("again.json").read_bytes() == file.read_bytes()


@pytest.mark.parametrize("names", [[3, 7], [False, True], [1.0, 2.0], ["α", "β\n"], np.array(["x", "y"], dtype=object)])
def test_classes_keep_their_kind(file: Path, names: Any) -> None:
    X, y = data.moons(20)
    classifier = Classifier((2,), epochs=1).fit(X, np.asarray(names)[y])
    save(classifier, file)
    twin = load(file)
    assert twin.classes_.tolist() == list(names)
    assert [type(name) for name in twin.classes_.tolist()] == [type(name) for name in list(names)]
    assert twin.score(X, np.asarray(names)[y]) == classifier.score(X, np.asarray(names)[y])


@pytest.mark.parametrize(
    "labels",
    [
        np.array([2**63 + 1, 2**64 - 1], dtype=np.uint64),
        np.array([1, 2**64 - 1], dtype=np.uint64),
        np.array([-(2**63), 2**63 - 1]),
        np.array([2**53, 2**53 + 1]),
        np.array([3, 7], dtype=np.int8),
        np.array([1.0, 2.0], dtype=np.float32),
        np.array([2**70, 1], dtype=object),
        np.array(["a", "b"], dtype=object),
        np.array(["a", "ccc"]),
        np.array([False, True]),
    ],
    ids=str,
)
def test_labels_keep_their_kind_to_the_last_bit(file: Path, labels: Any) -> None:
    X, y = data.moons(20)
    classifier = Classifier((2,), epochs=1).fit(X, labels[y])
    save(classifier, file)
    twin = load(file)
    assert twin.classes_.dtype == classifier.classes_.dtype
    assert twin.classes_.tolist() == classifier.classes_.tolist()
    assert twin.predict(X).tolist() == classifier.predict(X).tolist()


@pytest.mark.parametrize(
    "labels",
    [
        np.array(["2020-01-01", "2020-01-02"], dtype="datetime64[ns]"),
        np.array(["2020-01-01", "2020-01-02"], dtype="datetime64[D]"),
        np.array([b"x", b"y"]),
        np.array([(1, 2), (3, 4), None], dtype=object)[:2],
    ],
    ids=str,
)
def test_labels_that_would_come_back_as_others_are_refused(file: Path, labels: Any) -> None:
    X, y = data.moons(20)
    classifier = Classifier((2,), epochs=1).fit(X, np.array([0, 1])[y])
    classifier.classes_ = labels
    file.write_text("precious")
    assert "class" in fail_to_save(classifier, file, StorageError)


@pytest.mark.parametrize(
    ("kind", "classes"),
    [("uint8", [1, 300]), ("int64", [1, 2.5]), ("str", [1, 2]), ("float128", [1.0, 2.0]), ("U999999999", ["a", "b"]),
     ("uint64", [-1, 2]), ("bool", [0, 1]), (3, [0, 1])],
)  # fmt: skip
def test_labels_of_another_kind_than_their_file_says_are_refused(file: Path, kind: Any, classes: Any) -> None:
    classifier, _ = trained(2)
    save(classifier, file)
    changed(file, lambda document: document.update(labels=kind, classes=classes))
    assert "kind" in refusal(file)


def test_feature_names_come_back(file: Path) -> None:
    classifier, _ = trained()
    classifier.feature_names_in_ = np.array(["length", "breite in µm"], dtype=object)
    save(classifier, file)
    assert load(file).feature_names_in_.tolist() == ["length", "breite in µm"]


@pytest.mark.parametrize("targets", [None, 1, 3])
@pytest.mark.parametrize("standardize", [True, False])
def test_a_regressor_comes_back(file: Path, targets: int | None, standardize: bool) -> None:
    X, _ = data.blobs(30, seed=1)
    y = 100.0 + np.sin(X[:, 0]) if targets is None else 100.0 + np.sin(X[:, :1] * np.arange(1, targets + 1))
    regressor = Regressor((4,), "tanh", epochs=3, loss="huber", standardize=standardize, learning_rate=0.02).fit(X, y)
    save(regressor, file)
    twin = load(file)
    assert isinstance(twin, Regressor)
    assert (twin.n_targets_, twin.loss, twin.learning_rate) == (targets, "huber", 0.02)
    np.testing.assert_array_equal(twin.predict(X), regressor.predict(X))
    assert twin.predict(X).shape == y.shape
    with pytest.raises(StorageError, match="it holds a Regressor"):
        load(file, into=regressor.model_)
    for change in ({"targets": 7}, {"target_scaling": {"mean": [0.0] * 9, "scale": [1.0] * 9}}, {"settings": [1]}):
        save(regressor, file)
        changed(file, lambda document, change=change: document.update(change))
        refusal(file)


def test_settings_come_back_and_learning_goes_on(file: Path) -> None:
    classifier, X = trained(2, loss="hinge", weight_decay=0.25, patience=3, seed=5)
    save(classifier, file)
    twin = load(file)
    kept = ("hidden", "activation", "loss", "weight_decay", "patience", "seed", "epochs")
    assert [list(v) if isinstance(v := twin.get_params()[name], tuple | list) else v for name in kept] == [
        [4], "tanh", "hinge", 0.25, 3, 5, 3,
    ]  # fmt: skip
    before = twin.decision_function(X)
    twin.partial_fit(X[:8], twin.classes_[[0, 1] * 4])
    assert not np.array_equal(twin.decision_function(X), before)


def test_the_file_is_plain_json_that_names_every_parameter(file: Path) -> None:
    model = MLP(2, [2, 1], seed=0)
    save(model, file)
    document = json.loads(file.read_text(encoding="utf-8"))
    assert document["parameters"] == model.state_dict()
    assert all("NaN" not in line for line in file.read_text(encoding="utf-8").splitlines())


# Files that are no models.


def test_a_file_cut_short_anywhere_is_refused(file: Path) -> None:
    classifier, _ = trained()
    save(classifier, file)
    whole = file.read_bytes()
    end = len(whole.rstrip())
    for size in [*range(0, end, 37), end - 1]:
        file.write_bytes(whole[:size])
        assert "truncated" in refusal(file)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "truncated or not JSON"),
        (b"\x89PNG\r\n\x1a\n\0\xff", "truncated or not JSON"),
        (b"{}", "not a model file of ours"),
        (b"[1, 2]", "not a model file of ours"),
        (b"3", "not a model file of ours"),
        (b'{"format": "other model", "version": 1}', "not a model file of ours"),
        (b'{"format": "glassgrad model", "version": 1}', "not a whole model file"),
        (b"[" * 100_000, "truncated or not JSON"),
    ],
)
def test_a_file_of_another_kind_is_refused(file: Path, content: bytes, message: str) -> None:
    file.write_bytes(content)
    assert message in refusal(file)
    assert message in refusal(file, MLP(2, [1], seed=0))


@pytest.mark.parametrize("version", [0, 3, "1", True, None])
def test_another_version_is_refused(file: Path, version: Any) -> None:
    save(MLP(2, [1], seed=0), file)
    changed(file, lambda document: document.update(version=version))
    assert refusal(file).endswith(f"has version {version!r}, this program reads 1 and 2")


def test_a_model_of_another_shape_is_refused_and_nothing_is_changed(file: Path) -> None:
    save(MLP(2, [3, 1], seed=0), file)
    other = MLP(2, [4, 1], seed=1)
    before = other.state_dict()
    assert "13 numbers for 17 parameters; it lacks 'layers.0.neurons.3.b'" in refusal(file, other)
    assert other.state_dict() == before


def set_to(*path: Any, value: Any) -> Change:
    def change(document: Any) -> None:
        for key in path[:-1]:
            document = document[key]
        document[path[-1]] = value

    return change


def without(*path: Any) -> Change:
    def change(document: Any) -> None:
        for key in path[:-1]:
            document = document[key]
        del document[path[-1]]

    return change


@pytest.mark.parametrize(
    "change",
    [
        without("kind"),
        without("layers"),
        without("n_in"),
        without("parameters"),
        without("parameters", "layers.0.neurons.0.b"),
        without("layers", 0),
        set_to("layers", value=[]),
        set_to("layers", value=3),
        set_to("layers", 0, value="x"),
        set_to("layers", 0, "activation", value="thanh"),
        set_to("layers", 0, "neurons", value=7),
        set_to("layers", 0, "neurons", value="7"),
        set_to("layers", 0, "bias", value=False),
        set_to("n_in", value=3),
        set_to("n_in", value=-1),
        set_to("kind", value="CNN"),
        set_to("parameters", value=[0.5]),
        set_to("parameters", "layers.0.neurons.0.b", value="0.5"),
        set_to("parameters", "layers.0.neurons.0.b", value=None),
        set_to("parameters", "layers.0.neurons.0.b", value=math.nan),
        set_to("parameters", "layers.0.neurons.0.b", value=math.inf),
        set_to("parameters", "layers.0.neurons.0.b", value=10**400),
        set_to("parameters", "more", value=0.5),
    ],
)
def test_a_perceptron_that_does_not_hang_together_is_refused(file: Path, change: Change) -> None:
    save(MLP(2, [3, 1], seed=0), file)
    changed(file, change)
    refusal(file)


@pytest.mark.parametrize(
    ("change", "asked"),
    [
        (set_to("layers", 0, "neurons", value=10**15), 3 * 10**15 + 10**15 + 1),
        (set_to("n_in", value=10**15), 3 * (10**15 + 1) + 4),
        (set_to("layers", 1, "bias", value=False), 12),
    ],
)
def test_sizes_are_compared_with_what_is_stored_before_anything_is_made(file: Path, change: Change, asked: int) -> None:
    save(MLP(2, [3, 1], seed=0), file)
    changed(file, change)
    assert f"its layers have {asked} parameters, but it holds 13" in refusal(file)


@pytest.mark.parametrize(
    "change",
    [
        without("model"),
        without("classes"),
        without("scaling"),
        without("features"),
        without("scaling", "scale"),
        set_to("classes", value=["a", "b"]),
        set_to("classes", value=["a", "a", "b"]),
        set_to("classes", value=[["a"], ["b", "c"], "d"]),
        set_to("classes", value="abc"),
        set_to("features", value=["only one"]),
        set_to("scaling", "mean", value=[0.0]),
        set_to("scaling", "mean", value=["a", "b"]),
        set_to("scaling", "mean", value=[0.0, math.nan]),
        set_to("scaling", "scale", value=[1.0, 1.0, 1.0]),
        set_to("scaling", "scale", value=[0.0, 1.0]),
        set_to("scaling", "scale", value=[1.0, math.inf]),
    ],
)
def test_a_classifier_that_does_not_hang_together_is_refused(file: Path, change: Change) -> None:
    classifier, _ = trained()
    save(classifier, file)
    changed(file, change)
    refusal(file)


def test_a_classifiers_file_is_no_perceptrons(file: Path) -> None:
    classifier, _ = trained()
    save(classifier, file)
    assert "Classifier" in refusal(file, classifier.model_)


def test_loading_runs_nothing_that_the_file_says(file: Path) -> None:
    save(MLP(1, [1], seed=0), file)
    trap = file.with_name("sprung")
    code = f"__import__('pathlib').Path({str(trap)!r}).touch()"
    for change in (
        set_to("kind", value=code),
        set_to("layers", 0, "activation", value=code),
        set_to("n_in", value=code),
        set_to("parameters", "layers.0.neurons.0.b", value=code),
    ):
        save(MLP(1, [1], seed=0), file)
        changed(file, change)
        refusal(file)
    file.write_bytes(
        b"cpathlib\nPosixPath.touch\n(cpathlib\nPosixPath\n(S'" + os.fsencode(trap) + b"'\ntRtR."
    )  # a pickle
    refusal(file)
    assert not trap.exists()


def test_a_file_that_is_not_there_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "none.json")
    with pytest.raises(OSError, match="directory"):
        load(tmp_path)


# Writing, whole or not at all.


def fail_to_save(model: Any, path: Path, error: type[Exception]) -> str:
    """Return the message of a save that must leave its folder as it was."""
    before = {entry.name: entry.read_bytes() for entry in path.parent.iterdir()}
    with pytest.raises(error) as caught:
        save(model, path)
    assert {entry.name: entry.read_bytes() for entry in path.parent.iterdir()} == before
    return str(caught.value)


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_a_parameter_that_is_not_finite_is_named_and_the_old_file_stays(file: Path, number: float) -> None:
    model = MLP(1, [2, 1], seed=0)
    save(model, file)
    kept = model.state_dict()
    model.layers[0].neurons[1].b.data = number
    message = fail_to_save(model, file, ValueError)
    assert load(file).state_dict() == kept
    assert "layers.0.neurons.1.b" in message


def test_a_class_that_json_cannot_hold_leaves_the_old_file(file: Path) -> None:
    X, y = data.moons(20)
    classifier = Classifier((2,), epochs=1).fit(X, np.array([b"x", b"y"])[y])
    file.write_text("precious")
    fail_to_save(classifier, file, GlassgradError)


def test_what_is_not_fitted_is_not_saved(file: Path) -> None:
    assert "not fitted yet" in fail_to_save(Classifier(), file, StorageError)


def test_what_is_no_model_is_refused(file: Path) -> None:
    fail_to_save([1.0, 2.0], file, GlassgradError)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="none"):
        save(MLP(1, [1], seed=0), tmp_path / "none" / "model.json")
    (tmp_path / "file").write_text("x")
    with pytest.raises(OSError, match="file"):
        save(MLP(1, [1], seed=0), tmp_path / "file" / "model.json")
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["file"]


def test_a_folder_in_the_place_of_the_file_stays(tmp_path: Path) -> None:
    (tmp_path / "model.json").mkdir()
    with pytest.raises(OSError, match=r"model\.json"):
        save(MLP(1, [1], seed=0), tmp_path / "model.json")
    assert [entry.name for entry in tmp_path.iterdir()] == ["model.json"]


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written(file: Path) -> None:
    file.parent.chmod(0o500)
    try:
        with pytest.raises(PermissionError):
            save(MLP(1, [1], seed=0), file)
    finally:
        file.parent.chmod(0o700)


_FULL = """
import resource, sys
from nn import MLP, save

resource.setrlimit(resource.RLIMIT_FSIZE, (200, 200))
try:
    save(MLP(9, [9, 1], seed=1), sys.argv[1])
except OSError:
    print("refused")
"""


@pytest.mark.skipif(os.name != "posix", reason="a limit on the size of files stands for a full disk, and is POSIX's")
def test_a_disk_that_fills_up_while_writing_leaves_the_old_file(file: Path) -> None:
    model = MLP(1, [1], seed=0)
    save(model, file)
    done = subprocess.run([sys.executable, "-c", _FULL, file], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "refused\n"
    assert load(file).state_dict() == model.state_dict()
    assert [entry.name for entry in file.parent.iterdir()] == ["model.json"]


def test_a_save_replaces_the_file_and_leaves_nothing_beside_it(file: Path) -> None:
    for seed in (0, 1):
        save(MLP(1, [1], seed=seed), file)
    assert load(file).state_dict() == MLP(1, [1], seed=1).state_dict()
    assert [entry.name for entry in file.parent.iterdir()] == ["model.json"]


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX's")
@pytest.mark.parametrize("mask", [0o022, 0o077, 0o002])
def test_the_mode_is_that_of_any_new_file(file: Path, mask: int) -> None:
    script = f"import os, sys; os.umask({mask}); from nn import MLP, save; save(MLP(1, [1], seed=0), sys.argv[1])"
    subprocess.run([sys.executable, "-c", script, file], cwd=ROOT, check=True)
    assert file.stat().st_mode & 0o777 == 0o666 & ~mask
