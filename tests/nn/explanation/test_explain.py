"""explain: every figure is what backward() leaves on the leaves, for any network, activation and loss."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd import DataError, GraphError, LengthError, OperandError, UnknownNameError, Value, mean, no_grad
from nn import MLP, Classifier, Layer, Module, Neuron, Parameter, activations, data, explain, losses
from nn.explanation.report import Report

#: One output, several outputs: the losses that take them, and targets for each.
ONE = {"mse": 0.7, "mae": -0.4, "huber": 3.0, "hinge": -1.0, "binary_cross_entropy": 1.0}
SEVERAL = {"mse": [0.2, -0.5, 1.0], "mae": [0.2, -0.5, 1.0], "huber": [0.2, 3.0, 1.0], "cross_entropy": 2}


def same(found: Any, expected: Any) -> bool:
    return bool(np.allclose(found, expected, rtol=1e-12, atol=1e-15, equal_nan=True))


def by_backward(model: Module, X: Any, targets: Any, loss: Any) -> dict[str, float]:
    """What backward() leaves on every parameter, from one graph of the mean cost over all rows."""
    model.zero_grad()
    mean([loss(model(list(x)), target) for x, target in zip(X, targets, strict=True)]).backward()
    found = {name: parameter.grad for name, parameter in model.named_parameters()}
    model.zero_grad()
    return found


def check_against_backward(report: Report, expected: dict[str, float]) -> None:
    assert report.gradients.keys() == expected.keys()
    for name, gradient in expected.items():
        assert same(report.gradients[name], gradient), name
    for name, neuron in report.neurons.items():
        weights = [expected[f"{name}.w.{k}"] for k in range(len(neuron.weights))]
        assert same(neuron.weight_gradients, weights), name
        if neuron.bias is not None:
            assert same(neuron.bias_gradient, expected[f"{name}.b"]), name


def check_identities(report: Report) -> None:
    for neuron in report.neurons.values():
        for use in neuron.uses:
            if use.contribution == 0.0 or use.activity == 0.0:
                assert use.delta == 0.0
            else:
                assert use.delta == use.contribution * use.activity or math.isnan(use.delta)
            if math.isfinite(use.contribution):
                assert same(math.fsum(term.product for term in use.pressure), use.contribution)


@st.composite
def networks(draw: st.DrawFn) -> tuple[MLP, str, list[list[float]], list[Any]]:
    n_in = draw(st.integers(1, 3))
    hidden = draw(st.lists(st.integers(1, 5), max_size=3))
    loss = draw(st.sampled_from([*ONE, *SEVERAL]))
    several = loss not in ONE or (loss in SEVERAL and draw(st.booleans()))
    target = SEVERAL[loss] if several else ONE[loss]
    model = MLP(
        n_in,
        [*hidden, 3 if several else 1],
        draw(st.sampled_from(activations())),
        output_activation=draw(st.sampled_from(["linear", "linear", "tanh", "leaky_relu"])),
        init=draw(st.sampled_from(["auto", "uniform", "xavier", "he"])),
        bias=draw(st.booleans()),
        seed=draw(st.integers(0, 1000)),
    )
    numbers = st.integers(-30, 30).map(lambda tenths: tenths / 10)
    rows = draw(st.lists(st.lists(numbers, min_size=n_in, max_size=n_in), min_size=1, max_size=4))
    return model, loss, rows, [target] * len(rows)


@settings(max_examples=200, deadline=None)
@given(networks())
def test_a_batch_is_what_backward_finds(network: Any) -> None:
    model, loss, rows, targets = network
    report = explain(model, rows, targets=targets, loss=loss)
    check_against_backward(report, by_backward(model, rows, targets, losses.LOSSES[loss]))
    check_identities(report)
    assert report.elsewhere == {}
    for layer in report.layers.values():
        if np.isfinite(layer.delta).all() and np.isfinite(layer.inputs).all():
            with np.errstate(all="ignore"):
                product = layer.delta.T @ layer.inputs
            if np.isfinite(product).all():
                assert np.allclose(layer.weight_gradient, product, rtol=1e-9, atol=1e-12)
            assert np.allclose(layer.delta.sum(axis=0), layer.bias_gradient, rtol=1e-9, atol=1e-12, equal_nan=True) or (
                not np.isfinite(layer.bias_gradient).any()
            )


@settings(max_examples=200, deadline=None)
@given(networks())
def test_one_sample_is_what_backward_finds(network: Any) -> None:
    model, loss, rows, targets = network
    report = explain(model, rows[0], target=targets[0], loss=loss)
    check_against_backward(report, by_backward(model, rows[:1], targets[:1], losses.LOSSES[loss]))
    check_identities(report)
    for neuron in report.neurons.values():
        assert isinstance(neuron.z, float)
        assert isinstance(neuron.weight_gradients, tuple)


def test_the_figures_of_the_issue() -> None:
    model = MLP(2, [3, 1], activation="tanh", seed=0)
    report = explain(model, [0.5, -1.0], target=1.0, loss=losses.mse)
    row = report["layers.0.neurons.1"]
    neuron, output = model.layers[0].neurons[1], model.layers[1].neurons[0]
    z = neuron.w[0].data * 0.5 - neuron.w[1].data
    a = model([0.5, -1.0]).data
    assert row.z == pytest.approx(z, rel=1e-15)
    assert row.a == math.tanh(row.z)
    assert row.activity == 1.0 - row.a * row.a
    assert row.contribution == pytest.approx(2.0 * (a - 1.0) * output.w[1].data, rel=1e-15)
    assert row.delta == row.contribution * row.activity
    assert row.bias_gradient == row.delta
    assert row.weight_gradients == (row.delta * 0.5, row.delta * -1.0)
    ((to, weight, delta, product),) = row.pressure
    assert (to, weight, delta) == ("layers.1.neurons.0", output.w[1].data, report["layers.1.neurons.0"].delta)
    assert product == weight * delta == row.contribution
    assert report.cost == pytest.approx((a - 1.0) ** 2)


def test_deltas_are_the_derivatives_of_the_cost_by_differences() -> None:
    """Independent of any backward pass: a small push on a bias pushes z by as much."""
    X, y = data.moons(10, seed=2)
    model = MLP(2, [3, 2, 1], "elu", seed=4)
    report = explain(model, X, targets=y)
    assert report.loss == "binary_cross_entropy"
    cost = lambda: explain(model, X, targets=y).cost  # noqa: E731
    for layer_index, layer in enumerate(model.layers):
        for index, neuron in enumerate(layer.neurons):
            assert neuron.b is not None
            neuron.b.data += 1e-6
            above = cost()
            neuron.b.data -= 2e-6
            below = cost()
            neuron.b.data += 1e-6
            row = report[f"layers.{layer_index}.neurons.{index}"]
            assert row.delta.sum() == pytest.approx((above - below) / 2e-6, rel=1e-5, abs=1e-9)


def test_a_batch_explains_the_gradient_that_training_takes() -> None:
    """fit descends the mean cost: one plain step moves every parameter by the report's gradient."""
    from nn import fit, optim

    X, y = data.moons(20, seed=0)
    model = MLP(2, [4, 1], "tanh", seed=0)
    before = model.state_dict()
    gradients = explain(model, X, targets=y).gradients
    fit(model, X, y, optimizer=optim.sgd(1.0), epochs=1, batch_size=None, progress=False)
    for name, number in model.state_dict().items():
        assert before[name] - number == pytest.approx(gradients[name], rel=1e-9, abs=1e-12)


def test_torch_agrees() -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    X, y = data.blobs(12, seed=1, centers=3)
    model = MLP(2, [5, 4, 3], "gelu", seed=0)
    report = explain(model, X, targets=y)
    weights = [
        torch.tensor([[w.data for w in n.w] for n in layer.neurons], dtype=torch.float64, requires_grad=True)
        for layer in model.layers
    ]
    biases = [torch.zeros(len(layer.neurons), dtype=torch.float64, requires_grad=True) for layer in model.layers]
    a, zs = torch.tensor(X), []
    for index, (w, b) in enumerate(zip(weights, biases, strict=True)):
        z = a @ w.T + b
        z.retain_grad()
        zs.append(z)
        a = z if index == 2 else torch.nn.functional.gelu(z)
    torch.nn.functional.cross_entropy(a, torch.tensor(y)).backward()
    for layer, z, w, b in zip(report.layers.values(), zs, weights, biases, strict=True):
        assert np.allclose(layer.delta, z.grad.numpy(), rtol=1e-10, atol=1e-14)
        assert np.allclose(layer.weight_gradient, w.grad.numpy(), rtol=1e-10, atol=1e-14)
        assert np.allclose(layer.bias_gradient, b.grad.numpy(), rtol=1e-10, atol=1e-14)


def test_a_users_own_activation() -> None:
    from autograd import primitive
    from autograd.calculus.table import RULES

    primitive("bent", "x bend=0.5", "x + bend * (sqrt(x * x + 1) - 1)",
              ("1 + bend * x / sqrt(x * x + 1)", "sqrt(x * x + 1) - 1"))  # fmt: skip
    try:
        model = MLP(2, [3, 1], "bent", seed=0)
        report = explain(model, [[0.5, -1.0], [2.0, 0.1]], targets=[1.0, 0.0], loss="mse")
        check_against_backward(report, by_backward(model, [[0.5, -1.0], [2.0, 0.1]], [1.0, 0.0], losses.mse))
        z = report["layers.0.neurons.0"].z
        assert same(report["layers.0.neurons.0"].activity, 1.0 + 0.5 * z / np.sqrt(z * z + 1.0))
        assert "σ'(z) = 1 + 0.5·z/√(z² + 1)" in str(report)
    finally:
        del RULES["bent"]


class Recurrent(Module):
    """One neuron used once for each input."""

    def __init__(self) -> None:
        self.cell = Neuron(2, "tanh", seed=1)
        self.out = Neuron(1, "linear", seed=2)

    def __call__(self, x: Any) -> Value:
        state: Any = Value(0.0)
        for element in x:
            state = self.cell([element, state])
        return self.out([state])


class Residual(Module):
    """Neurons whose outputs are added to their inputs, between two layers."""

    def __init__(self) -> None:
        self.first, self.second, self.out = Layer(2, 2, "tanh", seed=0), Layer(2, 2, "relu", seed=1), Neuron(2, seed=2)
        self.scale = Parameter(0.5)

    def __call__(self, x: Any) -> Value:
        h = self.first(x)
        h = [self.scale * (a + b) for a, b in zip(h, self.second(h), strict=True)]
        return self.out(h)


class Tied(Module):
    """An autoencoder whose decoder reads the encoder's weight."""

    def __init__(self) -> None:
        self.encoder, self.decoder = Neuron(1, "tanh", seed=0), Neuron(1, "linear", seed=1)
        self.decoder.w = self.encoder.w

    def __call__(self, x: Any) -> Value:
        return self.decoder([self.encoder(x)])


class Unusual(Module):
    """Goes on from a preactivation in a way of its own, and holds a neuron that it never uses."""

    def __init__(self) -> None:
        self.parts = {"own": Neuron(2, "relu", seed=0), "idle": Neuron(2, "relu", seed=1)}

    def __call__(self, x: Any) -> Value:
        z = self.parts["own"].preactivation(x)
        return z.sin() + z * z


@pytest.mark.parametrize("model", [Recurrent(), Residual(), Tied(), Unusual()])
def test_networks_of_other_shapes(model: Module) -> None:
    rows, targets = [[0.5, -1.0], [1.5, 0.25]], [1.0, -0.5]
    if isinstance(model, Tied):
        rows = [row[:1] for row in rows]
    expected = by_backward(model, rows, targets, losses.mse)
    report = explain(model, rows, targets=targets, loss="mse")
    check_identities(report)
    for name, gradient in expected.items():
        assert same(report.gradients[name], gradient), name


def test_a_neuron_that_is_used_twice_has_a_row_for_each_use() -> None:
    model = Recurrent()
    report = explain(model, [0.5, -1.0, 2.0], target=1.0, loss="mse")
    expected = by_backward(model, [[0.5, -1.0, 2.0]], [1.0], losses.mse)
    check_against_backward(report, expected)
    cell = report["cell"]
    assert cell.rows == (0, 0, 0)
    assert len(cell.delta) == 3
    assert {term.to for term in cell.pressure[0]} == {"cell"}


def test_an_operation_between_neurons_is_named_in_the_pressure() -> None:
    report = explain(Residual(), [0.5, -1.0], target=1.0, loss="mse")
    to = [term.to for term in report["first.neurons.0"].pressure]
    assert to == ["second.neurons.0", "second.neurons.1", "add"]
    assert [term.to for term in report["out"].pressure] == ["C"]


def test_what_reaches_a_weight_by_another_way_is_told() -> None:
    model = MLP(2, [2, 1], "tanh", seed=0)
    first = model.layers[0].neurons[0].w[0]
    report = explain(model, [0.5, -1.0], target=1.0, loss=lambda a, t: losses.mse(a, t) + 0.1 * first * first)
    assert report.elsewhere == {"layers.0.neurons.0.w.0": pytest.approx(0.2 * first.data)}
    assert "layers.0.neurons.0.w.0 also receives" in str(report)
    # A weight that two neurons share gets all of its gradient from the two of them.
    assert explain(Tied(), [0.5], target=1.0, loss="mse").elsewhere == {}


def test_a_neuron_that_nothing_uses_is_named() -> None:
    report = explain(Unusual(), [0.5, -1.0], target=1.0, loss="mse")
    assert report.unused == ("parts.idle",)
    assert "parts.idle" in str(report)
    assert report["parts.own"].activation == "linear"
    with pytest.raises(GraphError, match="no sample reached"):
        report["parts.idle"]


def test_the_models_own_gradients_stay() -> None:
    model = MLP(2, [3, 1], "tanh", seed=0)
    for index, parameter in enumerate(model.parameters()):
        parameter.grad = float(index)
    explain(model, [[0.5, -1.0]], targets=[1.0], loss="mse")

    def broken(output: Any, target: Any) -> Any:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        explain(model, [0.5, -1.0], target=1.0, loss=broken)
    assert [parameter.grad for parameter in model.parameters()] == list(map(float, range(13)))


def test_a_zero_error_passes_nothing_through_a_vertical_tangent() -> None:
    model = Neuron(1, "sqrt", seed=0)
    row = explain(model, [0.0], target=0.0, loss="mse")["neuron"]  # sqrt'(0) = inf, and the error is 0
    assert row.activity == math.inf
    assert row.contribution == row.delta == row.bias_gradient == 0.0


def test_a_class_of_0_is_hinges_target_of_minus_1() -> None:
    model = MLP(2, [3, 1], "tanh", seed=0)
    by_class = explain(model, [[0.5, -1.0], [1.0, 1.0]], targets=np.array([0, 1]), loss="hinge")
    by_sign = explain(model, [[0.5, -1.0], [1.0, 1.0]], targets=[-1.0, 1.0], loss="hinge")
    assert by_class.gradients == by_sign.gradients
    assert by_class.cost > 0.0


def test_a_layer_and_a_neuron_are_models_too() -> None:
    assert list(explain(Layer(2, 3, seed=0), [0.5, 1.0], target=[0.0, 0.0, 1.0], loss="mse")) == [
        "neurons.0", "neurons.1", "neurons.2"
    ]  # fmt: skip
    assert list(explain(Neuron(2, seed=0), [0.5, 1.0], target=0.0, loss="mse")) == ["neuron"]


def test_inputs_have_gradients_too() -> None:
    model = MLP(2, [3, 1], "tanh", seed=0)
    x = [Value(0.5), Value(-1.0)]
    losses.mse(model(x), 1.0).backward()
    report = explain(model, [0.5, -1.0], target=1.0, loss="mse")
    assert report.input_gradients.tolist() == [[x[0].grad, x[1].grad]]


MODEL = MLP(2, [3, 1], "tanh", seed=0)


class Empty(Module):
    """No neurons."""

    def __init__(self) -> None:
        self.w = Parameter(1.0)

    def __call__(self, x: Any) -> Any:
        return self.w * x[0]


class Detached(Module):
    """Its neurons do not reach its output."""

    def __init__(self) -> None:
        self.w, self.neuron = Parameter(1.0), Neuron(2, seed=0)

    def __call__(self, x: Any) -> Any:
        return self.w * self.neuron(x).data


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((MODEL, [0.5, -1.0]), OperandError, "give either target=.*or targets="),
        ((MODEL, [0.5, -1.0], 1.0, [1.0]), OperandError, "give either target=.*or targets="),
        ((MODEL, [[0.5, -1.0]], 1.0), LengthError, r"shape \(1, 2\).*for rows give targets="),
        ((MODEL, [0.5, -1.0], None, [1.0]), LengthError, r"shape \(2,\).*for one sample give target="),
        ((MODEL, [0.5], 1.0), LengthError, "2 inputs, got 1"),
        ((MODEL, [[0.5, -1.0]], None, [1.0, 0.0]), LengthError, "1 rows but there are 2 targets"),
        ((MODEL, np.zeros((0, 2)), None, []), LengthError, "empty"),
        ((MODEL, [[1.0], [1.0, 2.0]], None, [1.0, 0.0]), DataError, "rows of equal length"),
        ((MODEL, ["a", "b"], 1.0), DataError, "must be numbers"),
        ((MODEL, [[0.5, -1.0]], None, 1.0), LengthError, "one target per row"),
        ((Empty(), [0.5], 1.0, None, "mse"), GraphError, "Empty has no neurons.*trace_gradient"),
        ((Detached(), [0.5, 1.0], 1.0, None, "mse"), GraphError, "no neuron lies between"),
        ((Classifier(), [0.5], 1.0), OperandError, "takes a Module such as MLP, got Classifier: .*classifier.model_"),
        ((abs, [0.5], 1.0), OperandError, "takes a Module"),
        ((MODEL, [0.5, -1.0], 1.0, None, "msee"), UnknownNameError, "did you mean 'mse'"),
        ((MODEL, [0.5, -1.0], 1.0, None, lambda a, t: a.data), OperandError, "must return one Value per sample"),
        ((MODEL, [0.5, -1.0], [1.0, 2.0], None, "mse"), LengthError, "1 outputs but the target has 2"),
        ((MODEL, [0.5, -1.0], 1, None, "cross_entropy"), LengthError, "needs one output per class"),
    ],
)
def test_what_is_wrong_is_said(arguments: Any, error: type[Exception], message: str) -> None:
    names = ("target", "targets", "loss")
    model, x, *rest = arguments
    with pytest.raises(error, match=message):
        explain(model, x, **{name: value for name, value in zip(names, rest, strict=False) if value is not None})


def test_names_and_languages_are_checked() -> None:
    with pytest.raises(UnknownNameError, match=r"did you mean 'layers\.0\.neurons\.2'"):
        explain(MODEL, [0.5, -1.0], target=1.0)["layers.0.neuron.2"]
    with pytest.raises(UnknownNameError, match="unknown language 'fr'"):
        explain(MODEL, [0.5, -1.0], target=1.0, lang="fr")
    with pytest.raises(UnknownNameError, match="unknown language"):
        explain(MODEL, [0.5, -1.0], target=1.0).to_html("de")


def test_nothing_can_be_explained_where_nothing_is_recorded() -> None:
    with no_grad(), pytest.raises(GraphError, match=r"inside no_grad\(\)"):
        explain(MODEL, [0.5, -1.0], target=1.0)


@pytest.mark.parametrize("rows", [False, True])
@pytest.mark.parametrize("frozen", [Value(0.5), 0.5])
def test_a_frozen_weight_is_explained_and_said_to_be_frozen(frozen: Any, rows: bool) -> None:
    """A weight that is no Parameter has a gradient as others have; only training leaves it alone."""
    model = MLP(2, [3, 1], "tanh", seed=0)
    twin = MLP(2, [3, 1], "tanh", seed=0)
    model.layers[0].neurons[0].w[0] = frozen
    twin.layers[0].neurons[0].w[0].data = 0.5
    given: dict[str, Any] = {"targets": [0, 1], "x": [[0.5, -1.0], [1.0, 2.0]]} if rows else {"target": 1, "x": [2, 3]}
    report, other = explain(model, **given), explain(twin, **given)
    name = "layers.0.neurons.0"
    assert same(report[name].weight_gradients, other[name].weight_gradients)
    assert report.frozen == (f"{name}.w.0",)
    assert other.frozen == ()
    assert f"{name}.w.0" not in report.gradients
    assert report.elsewhere == {}
    assert f"Frozen: {name}.w.0." in report.to_text()
    assert "已冻结" in report.to_html("zh")
    assert not isinstance(frozen, Value) or frozen.grad == 0.0


@pytest.mark.parametrize("place", ["w", "b"])
@pytest.mark.parametrize("frozen", ["value", "parameter", "number"])
def test_a_neuron_with_a_frozen_number_is_explained(place: str, frozen: str) -> None:
    model = MLP(2, [2, 1], "tanh", seed=0)
    neuron = model.layers[0].neurons[1]
    constant = {"value": Value(0.5), "parameter": Parameter(0.5, requires_grad=False), "number": 0.5}[frozen]
    if place == "w":
        neuron.w[1] = constant
    else:
        neuron.b = constant
    report = explain(model, [0.5, -1.0], target=1.0, loss="mse")
    losses.mse(model([0.5, -1.0]), 1.0).backward()
    assert report.elsewhere == {}
    assert report.gradients == {name: parameter.grad for name, parameter in model.named_parameters()}
    row = report["layers.0.neurons.1"]
    assert row.delta * 0.5 == pytest.approx(neuron.w[0].grad)
    assert report.frozen == (f"layers.0.neurons.1.{'w.1' if place == 'w' else 'b'}",)
    assert "Frozen: layers.0.neurons.1." in report.to_text()
