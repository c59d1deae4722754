"""PyTorch both ways, against PyTorch itself: outputs, gradients, names, what is frozen; what has no counterpart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograd import OperandError, StorageError
from nn import MLP, Classifier, Layer, Neuron, Parameter, from_torch, load, losses, save, to_torch

torch = pytest.importorskip("torch", reason="PyTorch is not installed: there is nothing to convert from and to")
nn = torch.nn

ACTIVATIONS = ["relu", "tanh", "sigmoid", "gelu", "silu", "elu", "leaky_relu", "softplus", "linear"]
X = np.random.default_rng(0).normal(scale=4.0, size=(9, 3))


def theirs(sequential: Any, rows: Any = X) -> Any:
    return sequential(torch.tensor(rows)).detach().numpy()


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_outputs_and_gradients_are_the_same_there(activation: str, bias: bool) -> None:
    model = MLP(3, [4, 5, 2], activation, output_activation="tanh", bias=bias, seed=1)
    for parameter in model.parameters():
        parameter.data += 0.1
    sequential = to_torch(model)
    np.testing.assert_allclose(theirs(sequential), model.outputs(X), rtol=1e-12, atol=1e-13)
    far = X * 40.0  # where PyTorch's softplus would take a short cut
    np.testing.assert_allclose(theirs(sequential, far), model.outputs(far), rtol=1e-12, atol=1e-13)
    (sequential(torch.tensor(X)) ** 2).mean().backward()
    model.zero_grad()
    sum(losses.mse(model(x), [0.0, 0.0]) / 9.0 for x in X.tolist()).backward()
    found = np.concatenate([p.grad.numpy().ravel() for p in sequential.parameters()])
    ours = np.array([p.grad for p in model.parameters()])
    np.testing.assert_allclose(np.sort(found), np.sort(ours), rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_and_come_back_bit_by_bit(activation: str, bias: bool) -> None:
    model = MLP(3, [4, 2], activation, output_activation="sigmoid", bias=bias, seed=1)
    twin = from_torch(to_torch(model))
    assert repr(twin) == repr(model)
    assert twin.state_dict() == model.state_dict()


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "bfloat16"])
def test_a_network_of_theirs_in_any_precision(dtype: str) -> None:
    torch.manual_seed(0)
    sequential = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Identity(), nn.Linear(4, 4), nn.Linear(4, 2), nn.GELU())
    sequential = sequential.to(getattr(torch, dtype))
    model = from_torch(sequential)
    np.testing.assert_allclose(model.outputs(X), theirs(sequential.double()), rtol=1e-12)


def test_nested_ones_and_a_layer_alone() -> None:
    inner = nn.Sequential(nn.Linear(4, 4), nn.SiLU())
    sequential = nn.Sequential(nn.Sequential(nn.Linear(3, 4), nn.Tanh()), inner, nn.Linear(4, 1)).double()
    np.testing.assert_allclose(from_torch(sequential).outputs(X), theirs(sequential), rtol=1e-12)
    linear = nn.Linear(3, 2).double()
    np.testing.assert_allclose(from_torch(linear).outputs(X), theirs(linear), rtol=1e-12)


def test_the_names_are_those_of_sequential() -> None:
    model = MLP(3, [4, 2], "tanh", seed=0)
    assert list(to_torch(model).state_dict()) == ["0.weight", "0.bias", "2.weight", "2.bias"]
    linear = MLP(3, [4, 2], "linear", seed=0)
    assert list(to_torch(linear).state_dict()) == ["0.weight", "0.bias", "1.weight", "1.bias"]


def test_what_is_frozen_is_frozen_there_and_back() -> None:
    model = MLP(3, [4, 2], "tanh", seed=0)
    model.layers[0].freeze()
    sequential = to_torch(model)
    assert [p.requires_grad for p in sequential.parameters()] == [False, False, True, True]
    assert len(from_torch(sequential).parameters()) == len(model.parameters()) == 2 * 5


def mixed(model: MLP) -> None:
    model.layers[0].neurons[1].activation = "relu"


def without_bias(model: MLP) -> None:
    model.layers[1].neurons[1].b = None


def tied(model: MLP) -> None:
    model.layers[1].neurons[0].w[1] = model.layers[0].neurons[0].w[0]


def partly_frozen(model: MLP) -> None:
    model.layers[1].neurons[0].w[1].requires_grad = False


def unknown(model: MLP) -> None:
    for neuron in model.layers[1].neurons:
        neuron.activation = "sin"


def own(model: MLP) -> None:
    class Doubling(Layer):
        pass

    model.layers[0] = Doubling(3, 4)


def extra(model: MLP) -> None:
    model.scale = Parameter(1.0)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (mixed, "the neurons of layers.0 differ in activation"),
        (without_bias, "the neurons of layers.1 differ in bias"),
        (tied, r"layers.1.neurons.0.w.1 is tied to layers.0.neurons.0.w.0"),
        (partly_frozen, "some of layers.1's weights are frozen and some are not"),
        (unknown, "layers.1 has the activation 'sin'; PyTorch has relu, "),
        (own, "layers.0 is a Doubling"),
        (extra, "a parameter 'scale'"),
    ],
)
def test_what_they_have_not_is_refused_by_name(change: Callable[[MLP], None], message: str) -> None:
    model = MLP(3, [4, 2], "tanh", seed=0)
    change(model)
    with pytest.raises(StorageError, match=message):
        to_torch(model)


@pytest.mark.parametrize("model", [Neuron(2), Layer(2, 3), Classifier(), None])
def test_only_a_perceptron_goes_over(model: Any) -> None:
    with pytest.raises(OperandError, match="to_torch takes an MLP"):
        to_torch(model)


@pytest.mark.parametrize(
    ("modules", "message"),
    [
        (lambda: [nn.Linear(3, 4), nn.Dropout()], "1 is a Dropout, which has no counterpart here"),
        (lambda: [nn.Linear(3, 4), nn.BatchNorm1d(4)], "1 is a BatchNorm1d"),
        (lambda: [nn.Conv1d(3, 4, 1)], "0 is a Conv1d"),
        (lambda: [nn.Linear(3, 4), nn.Softmax(1)], "1 is a Softmax.*cross_entropy takes logits"),
        (lambda: [nn.ReLU(), nn.Linear(3, 4)], "0 is a ReLU that follows no Linear"),
        (lambda: [nn.Linear(3, 4), nn.ReLU(), nn.Tanh()], "2 is a Tanh that follows no Linear"),
        (lambda: [nn.Linear(3, 4), nn.GELU(approximate="tanh")], "1 is a GELU with approximate='tanh'"),
        (lambda: [nn.Linear(3, 4), nn.ELU(alpha=0.5)], "1 is a ELU with alpha=0.5"),
        (lambda: [nn.Linear(3, 4), nn.LeakyReLU(0.2)], "1 is a LeakyReLU with negative_slope=0.2"),
        (lambda: [nn.Linear(3, 4), nn.Softplus(beta=2)], "1 is a Softplus with beta=2"),
        (lambda: [nn.Linear(3, 4), nn.Sequential(nn.Dropout())], "1.0 is a Dropout"),
        (lambda: [nn.Linear(3, 4), nn.Linear(5, 2)], "1 takes 5 inputs, but 4 come from before"),
        (lambda: [nn.Linear(3, 3)] * 2, "1 is used twice"),
        (list, "no Linear layer"),
    ],
)
def test_what_we_have_not_is_refused_by_name(modules: Callable[[], Any], message: str) -> None:
    with pytest.raises(StorageError, match=message):
        from_torch(nn.Sequential(*modules()))


def test_a_number_that_is_not_finite_and_what_is_no_network() -> None:
    sequential = nn.Sequential(nn.Linear(3, 2))
    sequential[0].bias.data[1] = float("nan")
    with pytest.raises(StorageError, match=r"0\.bias has numbers that are not finite"):
        from_torch(sequential)
    for wrong in (MLP(2, [1]), nn.ReLU(), sequential.state_dict(), "model.pt"):
        with pytest.raises(OperandError, match=r"from_torch takes a torch\.nn\.Sequential"):
            from_torch(wrong)


def test_a_subclass_may_compute_something_else() -> None:
    class Mine(nn.Linear):
        def forward(self, x: Any) -> Any:
            return super().forward(x) * 2.0

    with pytest.raises(StorageError, match="0 is a Mine"):
        from_torch(nn.Sequential(Mine(3, 2)))


def test_safetensors_files_go_both_ways(tmp_path: Any) -> None:
    theirs_file = pytest.importorskip("safetensors.torch", reason="safetensors is not installed")
    model = MLP(3, [4, 2], "tanh", seed=0)
    save(model, tmp_path / "ours.safetensors")
    sequential = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2)).double()
    sequential.load_state_dict(theirs_file.load_file(tmp_path / "ours.safetensors"))
    np.testing.assert_allclose(theirs(sequential), model.outputs(X), rtol=1e-12)
    torch.manual_seed(1)
    other = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2))
    theirs_file.save_file(other.state_dict(), tmp_path / "theirs.safetensors")
    load(tmp_path / "theirs.safetensors", into=model)
    np.testing.assert_allclose(model.outputs(X), theirs(other.double()), rtol=1e-12)
