"""How weights start: the distributions of the papers, biases of 0, and randomness from the seed that is given only."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import numpy as np
import pytest
from scipy import stats

from autograd import OperandError, UnknownNameError
from nn import MLP, Layer, activations, init

SIZES = [(1, 1), (3, 200), (64, 16), (300, 100)]


def weights(scheme: str, n_in: int, n_out: int, total: int = 20_000) -> Any:
    """Draw some `total` weights, neuron by neuron, from one generator."""
    rng = init.generator(12)
    neurons = math.ceil(total / n_in)
    return np.concatenate([init.draw(scheme, n_in, n_out, activation="tanh", seed=rng) for _ in range(neurons)])


def drawn_from(sample: Any, distribution: Any) -> bool:
    """Kolmogorov and Smirnov's test: whether the sample looks like the distribution (one false alarm in 1000)."""
    return bool(stats.kstest(sample, distribution.cdf).pvalue > 1e-3)


# The schemes.


@pytest.mark.parametrize(("n_in", "n_out"), SIZES)
def test_xavier_is_uniform_with_the_variance_of_glorot_and_bengio(n_in: int, n_out: int) -> None:
    sample = weights("xavier", n_in, n_out)
    limit = math.sqrt(6 / (n_in + n_out))
    assert sample.var() == pytest.approx(2 / (n_in + n_out), rel=0.04)
    assert np.abs(sample).max() <= limit
    assert drawn_from(sample, stats.uniform(-limit, 2 * limit))


@pytest.mark.parametrize(("n_in", "n_out"), SIZES)
def test_he_is_normal_with_the_variance_of_he_et_al(n_in: int, n_out: int) -> None:
    sample = weights("he", n_in, n_out)
    assert sample.var() == pytest.approx(2 / n_in, rel=0.05)
    assert drawn_from(sample, stats.norm(0.0, math.sqrt(2 / n_in)))


@pytest.mark.parametrize(("n_in", "n_out"), SIZES)
def test_uniform_is_that_of_micrograd_whatever_the_size(n_in: int, n_out: int) -> None:
    assert drawn_from(weights("uniform", n_in, n_out), stats.uniform(-1.0, 2.0))


def test_zeros_are_zeros() -> None:
    assert not weights("zeros", 10, 10, 100).any()


def test_he_keeps_the_size_of_the_signal_through_relu_layers() -> None:
    X = np.random.default_rng(99).normal(size=(50, 150))
    signal = {}
    for scheme in ("he", "xavier"):
        model = MLP(150, [150] * 4, "relu", output_activation="relu", init=scheme, seed=0)
        signal[scheme] = np.mean(model.outputs(X) ** 2) / np.mean(X**2)
    assert 0.5 < signal["he"] < 2.0
    assert signal["xavier"] < 0.2 * signal["he"]  # half the variance in each of four layers


# Which scheme.


@pytest.mark.parametrize("activation", activations())
def test_auto_is_he_for_activations_that_are_off_half_of_the_time(activation: str) -> None:
    scheme = "he" if activation in {"relu", "leaky_relu", "elu", "gelu", "silu"} else "xavier"
    ours, expected = (init.draw(name, 20, 30, activation=activation, seed=3).tolist() for name in ("auto", scheme))
    assert ours == expected


def test_a_layers_number_of_neurons_reaches_the_scheme() -> None:
    layer = Layer(10, 500, "tanh", seed=0)
    sample = [w.data for neuron in layer.neurons for w in neuron.w]
    assert np.var(sample) == pytest.approx(2 / 510, rel=0.05)


@pytest.mark.parametrize("scheme", [*init.SCHEMES, "auto"])
def test_biases_start_at_zero_with_every_scheme(scheme: str) -> None:
    model = MLP(3, [4, 2], init=scheme, seed=0)
    biases = [number for name, number in model.state_dict().items() if name.endswith(".b")]
    assert biases == [0.0] * 6


def test_an_unknown_scheme_names_the_nearest() -> None:
    with pytest.raises(
        UnknownNameError, match=r"unknown initialisation 'hee' \(did you mean 'he'\?\); known: auto, he"
    ):
        init.draw("hee", 1, 1, activation="relu", seed=0)


# Randomness.


@pytest.mark.parametrize("scheme", ["uniform", "xavier", "he"])
def test_weights_follow_from_the_seed_and_nothing_else(scheme: str) -> None:
    before = repr(np.random.get_state())  # noqa: NPY002 - any use of the global state would move it
    first, again, other = (
        init.draw(scheme, 50, 5, activation="tanh", seed=seed).tolist() for seed in (5, np.random.default_rng(5), 6)
    )
    assert repr(np.random.get_state()) == before  # noqa: NPY002
    assert first == again
    assert first != other
    assert max(Counter(first).values()) == 1


def test_a_generator_is_used_as_it_is_and_moves_on() -> None:
    rng = np.random.default_rng(0)
    assert init.generator(rng) is rng
    first, second = (init.draw("he", 3, 3, activation="relu", seed=rng).tolist() for _ in range(2))
    assert first != second


def test_no_seed_is_another_start_each_time() -> None:
    assert init.generator(None).random() != init.generator(None).random()


@pytest.mark.parametrize("seed", [-1, 0.0, True, "0", np.random])
def test_what_is_no_seed_is_refused(seed: Any) -> None:
    with pytest.raises(
        OperandError, match="a seed is an integer of at least 0, a numpy Generator or RandomState, or None, got"
    ):
        init.generator(seed)
