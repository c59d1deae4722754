"""Neurons, layers and perceptrons: the identities of backpropagation for every neuron, names, sizes, seeds, errors.

With z = w·x + b, a = σ(z) and δ = ∂C/∂a · σ'(z), a weight's gradient is δ·a_in, the bias's is δ·1 and an earlier
neuron's ∂C/∂a is Σ w·δ over the next layer. The σ' and ∂C/∂a of these tests are written here, with mpmath's functions.
"""

from __future__ import annotations

import itertools
import pickle
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp, mpf

from autograd import LengthError, OperandError, UnknownNameError, Value, primitive
from nn import MLP, Layer, Module, Neuron, activations, losses
from tests.identity import are

#: σ'(z), from the definitions; at kinks the conventions of PyTorch and JAX.
SLOPES: dict[str, Callable[[mpf], mpf]] = {
    "linear": lambda z: mpf(1),
    "relu": lambda z: mpf(z > 0),
    "leaky_relu": lambda z: mpf(1) if z > 0 else mpf(0.01),
    "elu": lambda z: mpf(1) if z > 0 else mp.exp(z),
    "tanh": lambda z: mp.sech(z) ** 2,
    "sigmoid": lambda z: (mp.sech(z / 2) / 2) ** 2,
    "softplus": lambda z: 1 / (1 + mp.exp(-z)),
    "silu": lambda z: 1 / (1 + mp.exp(-z)) + z * (mp.sech(z / 2) / 2) ** 2,
    "gelu": lambda z: mp.ncdf(z) + z * mp.npdf(z),
    "sin": lambda z: mp.cos(z),
}

#: ∂C/∂a for each output a, from the definitions.
PULLS: dict[str, Callable[[list[mpf], Any], list[mpf]]] = {
    "mse": lambda a, t: [2 * (x - y) / len(a) for x, y in zip(a, t, strict=True)],
    "mae": lambda a, t: [mp.sign(x - y) / len(a) for x, y in zip(a, t, strict=True)],
    "huber": lambda a, t: [max(min(x - y, mpf(1)), mpf(-1)) / len(a) for x, y in zip(a, t, strict=True)],
    "hinge": lambda a, t: [mpf(-t) if t * a[0] < 1 else mpf(0)],
    "binary_cross_entropy": lambda a, t: [1 / (1 + mp.exp(-a[0])) - t],
    "cross_entropy": lambda a, t: [mp.exp(x) / sum(map(mp.exp, a)) - (i == t) for i, x in enumerate(a)],
}


@dataclass
class Pass:
    """One sample's way through a network: per layer the inputs, the preactivations z and the activations a."""

    inputs: list[list[Value]]
    z: list[list[Value]]
    a: list[list[Value]]


def forward(model: MLP, x: list[float]) -> Pass:
    through = Pass([], [], [])
    values = [Value(number) for number in x]
    for layer in model.layers:
        through.inputs.append(values)
        values = layer(values)
        through.a.append(values)
        through.z.append([a if layer.activation == "linear" else a.parents[0] for a in values])
    return through


def cost_of(loss: str, outputs: list[Value], target: Any) -> Value:
    return losses.LOSSES[loss](outputs[0] if len(outputs) == 1 else outputs, target)


def close(found: float, expected: mpf, scale: Any = 1.0) -> bool:
    """Whether two numbers agree to rounding, where terms as large as `scale` were added up."""
    return abs(mpf(found) - expected) <= 1e-13 * abs(expected) + 1e-14 * abs(scale) + 1e-320  # subnormal numbers


@st.composite
def problems(draw: st.DrawFn) -> tuple[MLP, str, list[list[float]], list[Any]]:
    """A random network, a loss that fits it, a few samples and their targets."""
    loss = draw(st.sampled_from(sorted(PULLS)))
    n_in, hidden = draw(st.integers(1, 4)), draw(st.lists(st.integers(1, 4), max_size=2))
    n_out = {"hinge": st.just(1), "binary_cross_entropy": st.just(1), "cross_entropy": st.integers(2, 4)}.get(
        loss, st.integers(1, 3)
    )
    model = MLP(
        n_in,
        [*hidden, draw(n_out)],
        draw(st.sampled_from(sorted(SLOPES))),
        output_activation=draw(st.sampled_from(sorted(SLOPES))),
        init=draw(st.sampled_from(["auto", "uniform", "xavier", "he"])),
        seed=draw(st.integers(0, 2**32)),
    )
    number = st.floats(-3.0, 3.0, allow_subnormal=False)
    for neuron in itertools.chain.from_iterable(layer.neurons for layer in model.layers):
        neuron.b.data = draw(number)
    outputs = len(model.layers[-1].neurons)
    target = {
        "hinge": st.sampled_from([-1.0, 1.0]),
        "binary_cross_entropy": st.sampled_from([0.0, 0.25, 1.0]),
        "cross_entropy": st.integers(0, outputs - 1),
    }.get(loss, st.lists(number, min_size=outputs, max_size=outputs))
    samples = draw(st.lists(st.lists(number, min_size=n_in, max_size=n_in), min_size=1, max_size=3))
    return model, loss, samples, [draw(target) for _ in samples]


# The identities.


def test_the_neuron_of_the_issue() -> None:
    n = Neuron(2, activation="tanh", seed=0)
    x = [Value(1.0), Value(-2.0)]
    z = n.preactivation(x)
    assert are(z.parents, (*n.w, *x, n.b))
    assert z.partials == (1.0, -2.0, n.w[0].data, n.w[1].data, 1.0)


@given(problems())
def test_delta_carries_every_gradient(problem: Any) -> None:
    model, loss, samples, targets = problem
    through = forward(model, samples[0])
    cost = cost_of(loss, through.a[-1], targets[0])
    cost.backward()
    outputs = [mpf(a.data) for a in through.a[-1]]
    for a, pull in zip(through.a[-1], PULLS[loss](outputs, targets[0]), strict=True):
        assert close(a.grad, pull)
    for depth, layer in enumerate(model.layers):
        slope = SLOPES[layer.activation]
        for neuron, z, a in zip(layer.neurons, through.z[depth], through.a[depth], strict=True):
            delta = z.grad
            assert close(delta, a.grad * slope(mpf(z.data)), a.grad)
            for w, a_in in zip(neuron.w, through.inputs[depth], strict=True):
                assert w.grad == delta * a_in.data
            assert neuron.b.grad == delta * 1.0
        for i, a_in in enumerate(through.inputs[depth]):
            terms = [mpf(n.w[i].data) * mpf(z.grad) for n, z in zip(layer.neurons, through.z[depth], strict=True)]
            assert close(a_in.grad, sum(terms), sum(map(abs, terms)))


@given(problems())
def test_over_a_batch_the_bias_gradient_is_the_sum_of_the_deltas(problem: Any) -> None:
    model, loss, samples, targets = problem
    passes = [forward(model, x) for x in samples]
    costs = [cost_of(loss, through.a[-1], t) for through, t in zip(passes, targets, strict=True)]
    sum(costs).backward()  # one graph over the batch
    together = [parameter.grad for parameter in model.parameters()]
    for depth, layer in enumerate(model.layers):
        for j, neuron in enumerate(layer.neurons):
            deltas = [mpf(through.z[depth][j].grad) for through in passes]
            assert close(neuron.b.grad, sum(deltas), sum(map(abs, deltas)))
            for i, w in enumerate(neuron.w):
                terms = [d * mpf(p.inputs[depth][i].data) for d, p in zip(deltas, passes, strict=True)]
                assert close(w.grad, sum(terms), sum(map(abs, terms)))
    model.zero_grad()
    for x, t in zip(samples, targets, strict=True):  # one graph a sample: the leaves add up
        cost_of(loss, forward(model, x).a[-1], t).backward()
    assert [parameter.grad for parameter in model.parameters()] == pytest.approx(together, rel=1e-12, abs=1e-13)


@given(problems())
def test_calling_the_model_is_calling_its_layers(problem: Any) -> None:
    model, _, samples, _ = problem
    for x in samples:
        output = model(x)
        listed = output if isinstance(output, list) else [output]
        assert [a.data for a in listed] == [a.data for a in forward(model, x).a[-1]]
    assert isinstance(output, list) == (len(listed) > 1)


@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "linear", "softplus"])
def test_with_all_inputs_zero_the_bias_learns_and_the_weights_do_not(activation: str) -> None:
    neuron = Neuron(3, activation, seed=4)
    losses.mse(neuron([0.0, 0.0, 0.0]), 2.0).backward()
    assert [w.grad for w in neuron.w] == [0.0, 0.0, 0.0]
    assert neuron.b.grad != 0.0


def test_without_a_bias_a_zero_input_teaches_nothing() -> None:
    neuron = Neuron(2, "tanh", bias=False, seed=4)
    assert neuron.b is None
    assert len(neuron.parameters()) == 2
    z = neuron.preactivation([Value(0.0), Value(0.0)])
    assert len(z.parents) == 4
    losses.mse(neuron([0.0, 0.0]), 2.0).backward()
    assert [p.grad for p in neuron.parameters()] == [0.0, 0.0]


@pytest.mark.parametrize(
    ("activation", "bias"), [("tanh", 400.0), ("tanh", -400.0), ("sigmoid", 800.0), ("sigmoid", -800.0), ("relu", -9.0)]
)
def test_a_saturated_neuron_freezes_weights_and_bias_alike(activation: str, bias: float) -> None:
    neuron = Neuron(2, activation, seed=1)
    neuron.b.data = bias
    (neuron([1.0, -2.0]) * 3.0).backward()
    assert [p.grad for p in neuron.parameters()] == [0.0, 0.0, 0.0]


def test_a_nearly_saturated_neuron_slows_both_by_the_same_factor() -> None:
    gradients = []
    for bias in (0.0, 8.0):
        neuron = Neuron(1, "tanh", init="zeros", seed=1)
        neuron.b.data = bias
        neuron([0.5]).backward()
        gradients.append([p.grad for p in neuron.parameters()])
    (w, b), (w_slow, b_slow) = gradients
    assert w_slow / w == b_slow / b == pytest.approx(float(mp.sech(8) ** 2), rel=1e-8)


@given(st.lists(st.floats(-3, 3), min_size=2, max_size=2), st.integers(0, 1000))
def test_relu_passes_delta_on_unchanged_where_it_is_on(x: list[float], seed: int) -> None:
    neuron = Neuron(2, "relu", seed=seed)
    a = neuron(x)
    (a * -1.75).backward()
    z = a.parents[0]
    assert z.grad == (-1.75 if z.data > 0.0 else 0.0)


# Breaking symmetry.


def descend(model: MLP, steps: int = 30) -> float:
    """Plain gradient descent on four points of XOR; return the last cost."""
    points = [([0.0, 0.0], 0.0), ([0.0, 1.0], 1.0), ([1.0, 0.0], 1.0), ([1.0, 1.0], 0.0)]
    for _ in range(steps):
        cost = sum(losses.binary_cross_entropy(model(x), t) for x, t in points)
        model.zero_grad()
        cost.backward()
        for parameter in model.parameters():
            parameter.data -= 0.5 * parameter.grad
    return float(cost.data)


@pytest.mark.parametrize("weight", [0.0, 0.3])
@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu"])
def test_equal_weights_never_part(weight: float, activation: str) -> None:
    model = MLP(2, [4, 3, 1], activation, init="zeros")
    for neuron in itertools.chain.from_iterable(layer.neurons for layer in model.layers):
        for w in neuron.w:
            w.data = weight
    descend(model)
    for layer in model.layers:
        first, *others = [tuple(p.data for p in neuron.parameters()) for neuron in layer.neurons]
        assert all(other == first for other in others)
    assert model.layers[-1].neurons[0].b.grad != 0.0 or weight == 0.0


def test_random_weights_part_and_zero_biases_do_no_harm() -> None:
    model = MLP(2, [8, 1], "tanh", seed=0)
    assert all(neuron.b.data == 0.0 for layer in model.layers for neuron in layer.neurons)
    assert descend(model, 400) < 0.1
    biases = [neuron.b.data for neuron in model.layers[0].neurons]
    assert len(set(biases)) == len(biases)
    assert descend(MLP(2, [8, 1], "tanh", init="zeros"), 400) == pytest.approx(4 * np.log(2), rel=1e-6)


# Against PyTorch.


@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid", "gelu", "silu", "elu", "leaky_relu", "softplus"])
def test_outputs_and_gradients_are_those_of_torch(activation: str) -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: no comparison with its networks")
    model = MLP(3, [5, 4, 3], activation, seed=2)
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(6, 3)), rng.integers(0, 3, 6)
    theirs = {name: torch.tensor(number, dtype=torch.float64, requires_grad=True)
              for name, number in model.state_dict().items()}  # fmt: skip
    h = torch.tensor(X)
    for depth, layer in enumerate(model.layers):
        names = [f"layers.{depth}.neurons.{j}" for j in range(len(layer.neurons))]
        W = torch.stack([torch.stack([theirs[f"{name}.w.{i}"] for i in range(layer.n_in)]) for name in names])
        h = h @ W.T + torch.stack([theirs[f"{name}.b"] for name in names])
        if depth < 2:
            h = getattr(torch.nn.functional, activation, getattr(torch, activation, None))(h)
    torch.nn.functional.cross_entropy(h, torch.tensor(y)).backward()
    sum(losses.cross_entropy(model(x), int(t)) / 6 for x, t in zip(X.tolist(), y, strict=True)).backward()
    np.testing.assert_allclose(model.outputs(X), h.detach().numpy(), rtol=1e-12, atol=1e-13)
    for name, parameter in model.named_parameters():
        assert parameter.grad == pytest.approx(theirs[name].grad.item(), rel=1e-11, abs=1e-14), name


# Outputs over arrays.


@pytest.mark.parametrize("activation", activations())
def test_outputs_agree_with_the_scalar_graph(activation: str) -> None:
    model = MLP(2, [3, 3, 2], activation, output_activation=activation, seed=3)
    for parameter in model.parameters():
        parameter.data += 0.25  # biases too, and some preactivations of each sign
    X = np.random.default_rng(1).uniform(-1.0, 1.0, (7, 2))
    scalar = [[value.data for value in model(row)] for row in X.tolist()]
    np.testing.assert_allclose(model.outputs(X), scalar, rtol=1e-11, atol=1e-14)


def test_a_users_own_primitive_is_an_activation() -> None:
    primitive("squareplus", "x", "(x + sqrt(x * x + 4)) / 2", "(1 + x / sqrt(x * x + 4)) / 2")
    assert "squareplus" in activations()
    model = MLP(2, [3, 1], "squareplus", seed=0)
    x = np.array([0.5, -1.0])
    W = np.array([[w.data for w in neuron.w] for neuron in model.layers[0].neurons])
    hidden = (W @ x + np.sqrt((W @ x) ** 2 + 4)) / 2
    expected = float(np.dot([w.data for w in model.layers[1].neurons[0].w], hidden))
    assert model(x).data == pytest.approx(expected, rel=1e-14)
    assert model.outputs([x])[0, 0] == pytest.approx(expected, rel=1e-14)
    assert pickle.loads(pickle.dumps(model))(x).data == model(x).data  # noqa: S301 - its own pickle


@pytest.mark.parametrize("bias", [True, False])
def test_outputs_have_one_row_per_sample(bias: bool) -> None:
    model = MLP(2, [4, 1], bias=bias, seed=0)
    outputs = model.outputs([[1, 2], [3, 4], [0, 0]])
    assert outputs.shape == (3, 1)
    assert outputs.dtype == np.float64
    assert [row[0] for row in outputs] == pytest.approx([model(x).data for x in ([1, 2], [3, 4], [0, 0])])


@pytest.mark.parametrize("X", [[1.0, 2.0], [[1.0]], [[1.0, 2.0, 3.0]], [[[1.0, 2.0]]]])
def test_outputs_of_another_shape_are_refused(X: Any) -> None:
    with pytest.raises(LengthError, match=r"expected rows of 2 inputs.*got shape"):
        MLP(2, [1], seed=0).outputs(X)


# Names, sizes, representation.


def test_parameters_have_paths_for_names() -> None:
    model = MLP(2, [4, 1], seed=0)
    names = [name for name, _ in model.named_parameters()]
    expected = [f"layers.0.neurons.{j}.{p}" for j in range(4) for p in ("w.0", "w.1", "b")]
    assert names == [*expected, *(f"layers.1.neurons.0.{p}" for p in ("w.0", "w.1", "w.2", "w.3", "b"))]
    assert dict(model.named_parameters())["layers.0.neurons.3.w.1"] is model.layers[0].neurons[3].w[1]


def test_biases_start_at_zero_and_weights_do_not() -> None:
    for layer in MLP(3, [5, 2], seed=9).layers:
        for neuron in layer.neurons:
            assert neuron.b.data == 0.0
            assert all(w.data != 0.0 for w in neuron.w)


def test_sizes_and_activations_can_be_read() -> None:
    model = MLP(np.int64(2), [np.int64(3), 1], "tanh", output_activation="sigmoid", seed=0)
    assert [(layer.n_in, len(layer.neurons), layer.activation) for layer in model.layers] == [
        (2, 3, "tanh"),
        (3, 1, "sigmoid"),
    ]
    assert repr(model) == "MLP of [Layer(2, 3, activation='tanh'), Layer(3, 1, activation='sigmoid')]"
    assert repr(model.layers[0].neurons[0]) == "Neuron(2, activation='tanh')"


def test_samples_may_be_any_iterable_of_numbers_or_values() -> None:
    model = MLP(2, [3, 1], "tanh", seed=0)
    expected = model([0.5, -1.0]).data
    for x in ((0.5, -1.0), np.array([0.5, -1.0]), iter([0.5, -1.0]), [np.float32(0.5), -1], [Value(0.5), -1.0]):
        assert model(x).data == expected


def test_inputs_that_are_values_get_gradients() -> None:
    x = [Value(0.5), Value(-1.0)]
    MLP(2, [3, 1], "tanh", seed=0)(x).backward()
    assert all(value.grad != 0.0 for value in x)


# Seeds.


@pytest.mark.parametrize("seed", [0, 7, np.int64(7)])
def test_the_same_seed_gives_the_same_weights(seed: int) -> None:
    first, second = (MLP(2, [4, 3, 1], seed=seed).state_dict() for _ in range(2))
    assert first == second
    assert first != MLP(2, [4, 3, 1], seed=8).state_dict()


def test_one_generator_goes_on_from_model_to_model() -> None:
    rng = np.random.default_rng(7)
    first, second = MLP(2, [4, 1], seed=rng).state_dict(), MLP(2, [4, 1], seed=rng).state_dict()
    assert first == MLP(2, [4, 1], seed=7).state_dict()
    assert first != second


def test_neurons_of_a_layer_and_layers_of_a_model_differ() -> None:
    weights = [w for name, w in MLP(3, [3, 3, 3], seed=0).state_dict().items() if ".w." in name]
    assert len(set(weights)) == len(weights) == 27


def test_global_random_state_is_neither_touched_nor_used() -> None:
    before = random.getstate(), repr(np.random.get_state())  # noqa: NPY002 - any use of it would move it
    MLP(2, [3, 1], seed=0)
    MLP(2, [3, 1])
    assert (random.getstate(), repr(np.random.get_state())) == before  # noqa: NPY002
    seen = []
    for _ in range(2):
        random.seed(1)
        np.random.seed(1)  # noqa: NPY002 - to show that it changes nothing
        seen.append(MLP(2, [3, 1]).state_dict())
    assert seen[0] != seen[1]


# micrograd's way of using it.


def test_micrograds_training_loop() -> None:
    model = MLP(3, [4, 4, 1], "tanh", seed=1)
    xs = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]]
    ys = [1.0, -1.0, -1.0, 1.0]
    costs = []
    for _ in range(40):
        loss = sum((out - y) ** 2 for y, out in zip(ys, [model(x) for x in xs], strict=True))
        model.zero_grad()
        loss.backward()
        for p in model.parameters():
            p.data += -0.05 * p.grad
        costs.append(loss.data)
    assert costs[-1] < 0.1 * costs[0]


def test_sizes_of_micrograds_examples() -> None:
    assert len(MLP(3, [4, 4, 1]).parameters()) == 41
    layer, neuron = Layer(3, 4), Neuron(3)
    assert len(layer([1.0, 2.0, 3.0])) == 4
    assert len(layer.parameters()) == 16
    assert isinstance(neuron([1.0, 2.0, 3.0]), Value)
    neuron([1.0, 2.0, 3.0]).backward()
    neuron.zero_grad()
    assert [p.grad for p in neuron.parameters()] == [0.0] * 4


def test_a_module_may_list_its_own_parameters() -> None:
    class Line(Module):
        def __init__(self) -> None:
            self.slope, self.offset = Value(2.0), Value(1.0)

        def __call__(self, x: Any) -> Any:
            return self.slope * x[0] + self.offset

        def parameters(self) -> list[Value]:
            return [self.slope]

    line = Line()
    line([3.0]).backward()
    line.zero_grad()
    assert (line.slope.grad, line.offset.grad) == (0.0, 1.0)


# Errors.


@pytest.mark.parametrize("x", [[], [1.0], [1.0, 2.0, 3.0]])
@pytest.mark.parametrize("make", [lambda: Neuron(2, seed=0), lambda: Layer(2, 3, seed=0), lambda: MLP(2, [3], seed=0)])
def test_a_sample_of_another_length_names_both_lengths(make: Callable[[], Any], x: list[float]) -> None:
    with pytest.raises(LengthError, match=rf"2 inputs, got {len(x)}"):
        make()(x)


@pytest.mark.parametrize(
    "make",
    [
        lambda name: Neuron(2, name),
        lambda name: Layer(2, 3, name),
        lambda name: MLP(2, [3, 1], name),
        lambda name: MLP(2, [3, 1], output_activation=name),
    ],
)
def test_an_unknown_activation_names_the_nearest(make: Callable[[str], Any]) -> None:
    with pytest.raises(UnknownNameError, match=r"unknown activation 'thanh' \(did you mean 'tanh'\?\)"):
        make("thanh")
    with pytest.raises(UnknownNameError, match="unknown activation 'hypot'"):  # a row, but of two operands
        make("hypot")


def test_an_unknown_initialisation_names_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match=r"unknown initialisation 'xavyer' \(did you mean 'xavier'\?\)"):
        MLP(2, [1], init="xavyer")


@pytest.mark.parametrize("size", [0, -1, 2.0, True, "3", None])
def test_sizes_are_whole_and_positive(size: Any) -> None:
    for make in (
        lambda: Neuron(size),
        lambda: Layer(size, 2),
        lambda: Layer(2, size),
        lambda: MLP(size, [1]),
        lambda: MLP(2, [size, 1]),
        lambda: MLP(2, [3, size]),
    ):
        with pytest.raises(OperandError, match="must be a whole number of at least 1, got"):
            make()


def test_a_perceptron_needs_a_list_of_sizes() -> None:
    with pytest.raises(LengthError, match="sizes is empty"):
        MLP(2, [])
    for sizes in (3, "16", None):
        with pytest.raises(OperandError, match=r"sizes must be a list of neurons per layer, like \[16, 16, 1\]"):
            MLP(2, sizes)  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", [-1, 1.5, True, "0", [1]])
def test_a_seed_is_a_whole_number_or_a_generator(seed: Any) -> None:
    with pytest.raises(OperandError, match="a seed is an integer of at least 0"):
        MLP(2, [1], seed=seed)


@pytest.mark.parametrize("x", [3.0, Value(3.0), None])
def test_one_number_is_no_sample(x: Any) -> None:
    with pytest.raises(OperandError, match="expected one sample, a sequence of numbers or Values"):
        MLP(1, [1], seed=0)(x)


@pytest.mark.parametrize("x", [["a", "b"], "ab", [None, 1.0], [[1.0], [2.0]], [1j, 2.0]])
def test_what_is_no_number_is_refused(x: Any) -> None:
    for model in (Neuron(2, seed=0), Layer(2, 2, seed=0), MLP(2, [2], seed=0)):
        with pytest.raises(OperandError, match="expected a number or a Value, got"):
            model(x)


def test_the_arguments_of_micrograd() -> None:
    assert [Neuron(2, nonlin=False).activation, Neuron(2, True).activation, Neuron(2, False).activation] == [
        "linear",
        "relu",
        "linear",
    ]
    n = Neuron(2, nonlin=True)
    assert n.nonlin
    n.nonlin = False
    assert (n.activation, Layer(2, 3, nonlin=False).activation) == ("linear", "linear")


@pytest.mark.parametrize("activation", [["tanh", "relu"], ("relu",), None, 3])
def test_an_activation_is_a_name(activation: Any) -> None:
    for make in (lambda: Neuron(2, activation), lambda: Layer(2, 3, activation), lambda: MLP(2, [3, 1], activation)):
        with pytest.raises(OperandError, match=r"activation is a name such as 'tanh', got .*Layer\(16, 8\)"):
            make()
