"""What a subclass, or somebody's own hand, says that a part computes is what it computes: everywhere it is used."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograd import Value
from nn import MLP, Layer, Module, Neuron, explain, fit, losses

X = np.random.default_rng(0).normal(size=(7, 2))


class DoublingNeuron(Neuron):
    def __call__(self, x: Any) -> Value:
        return super().__call__(x) * 2.0


class ShiftedNeuron(Neuron):
    def preactivation(self, x: Any) -> Value:
        return super().preactivation(x) + 1.0


class NeuronOfProducts(Neuron):
    """One that never calls what it inherits."""

    def __call__(self, x: Any) -> Value:
        z = self.b
        for w, a in zip(self.w, x, strict=True):
            z = z + w * a
        return z.tanh() * 3.0


class DoublingLayer(Layer):
    def __call__(self, x: Any) -> list[Value]:
        return [2.0 * a for a in super().__call__(x)]


class Doubled:
    """Mixed in before a layer, a perceptron or a neuron."""

    def __call__(self, x: Any) -> Any:
        output = super().__call__(x)  # type: ignore[misc]
        return [2.0 * a for a in output] if isinstance(output, list) else 2.0 * output


class MixedLayer(Doubled, Layer):
    pass


class MixedNeuron(Doubled, Neuron):
    pass


class MixedMLP(Doubled, MLP):
    pass


class FarMLP(MixedMLP):
    """A subclass of a subclass that says nothing itself."""


def with_neurons(kind: type[Neuron]) -> MLP:
    model = MLP(2, [3, 2], "tanh", seed=0)
    model.layers[0].neurons = [kind(2, "tanh", seed=i) for i in range(3)]
    return model


def with_layer(kind: type[Layer]) -> MLP:
    model = MLP(2, [3, 2], "tanh", seed=0)
    model.layers[0] = kind(2, 3, "tanh", seed=0)
    return model


def by_hand() -> MLP:
    model = MLP(2, [3, 2], "tanh", seed=0)
    neuron = model.layers[0].neurons[1]
    own = neuron.preactivation
    neuron.preactivation = lambda x: own(x) * 3.0  # type: ignore[method-assign]
    return model


def with_a_function() -> MLP:
    model = MLP(2, [3, 2], "tanh", seed=0)
    model.layers.insert(1, lambda a: [3.0 * each for each in a])  # type: ignore[arg-type]
    return model


MODELS: dict[str, Callable[[], MLP]] = {
    **{
        kind.__name__: lambda kind=kind: with_neurons(kind)  # type: ignore[misc]
        for kind in (DoublingNeuron, ShiftedNeuron, NeuronOfProducts, MixedNeuron)
    },
    **{kind.__name__: lambda kind=kind: with_layer(kind) for kind in (DoublingLayer, MixedLayer)},  # type: ignore[misc]
    "MixedMLP": lambda: MixedMLP(2, [3, 2], "tanh", seed=0),
    "FarMLP": lambda: FarMLP(2, [3, 2], "tanh", seed=0),
    "by_hand": by_hand,
    "with_a_function": with_a_function,
}


def outputs_by_hand(name: str, model: MLP) -> list[list[float]]:
    """What the model is to compute, with NumPy."""
    first, second = (
        (np.array([[w.data for w in n.w] for n in layer.neurons]), np.array([n.b.data for n in layer.neurons]))
        for layer in (model.layers[0], model.layers[-1])
    )
    z = X @ first[0].T + first[1]
    if name == "ShiftedNeuron":
        z += 1.0
    if name == "by_hand":
        z[:, 1] *= 3.0
    factor = {"NeuronOfProducts": 3.0, "with_a_function": 3.0, "ShiftedNeuron": 1.0, "by_hand": 1.0}.get(name, 2.0)
    whole = "MLP" in name
    out = np.tanh(z) * (1.0 if whole else factor) @ second[0].T + second[1]
    return (out * (factor if whole else 1.0)).tolist()


@pytest.mark.parametrize("name", MODELS)
def test_a_call_and_outputs_give_what_was_said(name: str) -> None:
    model = MODELS[name]()
    expected = outputs_by_hand(name, model)
    np.testing.assert_allclose([[a.data for a in model(x)] for x in X.tolist()], expected, rtol=1e-12)
    np.testing.assert_allclose(model.outputs(X), expected, rtol=1e-12)


@pytest.mark.parametrize("name", MODELS)
def test_training_follows_it_and_the_history_measures_it(name: str) -> None:
    y = np.array([0, 1, 1, 0, 1, 0, 0])
    engines = {engine: MODELS[name]() for engine in ("eager", "compiled")}
    histories = [fit(model, X, y, epochs=3, batch_size=3, engine=engine) for engine, model in engines.items()]
    np.testing.assert_allclose(histories[0]["loss"], histories[1]["loss"], rtol=1e-10)
    for model in engines.values():
        scores = np.array(outputs_by_hand(name, model))
        expected = np.mean(np.log(np.exp(scores).sum(axis=1)) - scores[np.arange(7), y])
        assert histories[0]["loss"][-1] == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("name", [name for name in MODELS if name != "NeuronOfProducts"])
def test_explain_tells_of_it(name: str) -> None:
    model = MODELS[name]()
    report = explain(model, X[0], target=[1.0, -1.0], loss="mse")
    np.testing.assert_allclose(report.outputs[0], outputs_by_hand(name, model)[0], rtol=1e-12)
    model.zero_grad()
    losses.mse(model(X[0].tolist()), [1.0, -1.0]).backward()
    assert report.gradients == {name: parameter.grad for name, parameter in model.named_parameters()}
    row = report["layers.0.neurons.1"]
    first = model.layers[0].neurons[1]
    assert row.delta == pytest.approx(first.b.grad)
    np.testing.assert_allclose(row.weight_gradients, [w.grad for w in first.w])


def test_an_explicit_shortcut_is_kept() -> None:
    class Told(MLP):
        def __call__(self, x: Any) -> Any:
            raise AssertionError("outputs was said to do without")

        outputs = MLP.outputs

    class Below(Told):
        pass

    plain = MLP(2, [3, 2], seed=0)
    np.testing.assert_array_equal(Below(2, [3, 2], seed=0).outputs(X), plain.outputs(X))


def test_a_module_between_a_mixin_and_its_base_has_its_way_with_rows() -> None:
    class Rows(Module):
        def outputs(self, X: Any) -> Any:
            return "rows"

    class One:
        def __call__(self, x: Any) -> Any:
            return Value(1.0)

    class OneOfRows(One, Rows):
        pass

    class RowsOfOne(Rows, One):
        pass

    assert OneOfRows().outputs(X).tolist() == [[1.0]] * 7
    assert RowsOfOne().outputs(X) == "rows"
