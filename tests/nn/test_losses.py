"""Losses: their values and gradients against mpmath, SciPy and scikit-learn, from everyday scores to ±1000."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from mpmath import mp, mpf
from scipy import special
from sklearn import metrics

from autograd import GlassgradError, LengthError, OperandError, UnknownNameError, Value, compile, grad, mean
from nn import Parameter
from nn.losses import LOSSES, binary_cross_entropy, cross_entropy, hinge, huber, loss_named, mae, mse

SCORES = [-1000.0, -745.5, -40.0, -30.0, -5.0, -1.0, -1e-3, 0.0, 1e-9, 0.5, 1.0, 3.0, 20.0, 36.0, 40.0, 745.5, 1000.0]
numbers = st.floats(-50.0, 50.0)


def exactly(formula: Callable[[], mpf]) -> mpf:
    """Evaluate with digits enough for differences of numbers as small as exp(-1000)."""
    with mp.workdps(1000):
        return formula()


def value_and_slope(loss: Callable[..., Any], output: float, target: Any) -> tuple[float, float]:
    leaf = Value(output)
    cost = loss(leaf, target)
    cost.backward()
    return cost.data, leaf.grad


# Regression.


@given(numbers, numbers)
@example(0.25, 0.25)
def test_squared_and_absolute_error(a: float, t: float) -> None:
    error = mpf(a) - mpf(t)
    for loss, expected, slope in ((mse, error**2, 2 * error), (mae, abs(error), mp.sign(error))):
        found = value_and_slope(loss, a, t)
        assert found == pytest.approx((float(expected), float(slope)), rel=1e-13, abs=1e-13)
        assert loss(a, t) == found[0]


@given(numbers, numbers, st.floats(0.1, 10.0))
@example(3.0, 1.0, 2.0)
@example(1.5, 1.5, 1.0)
def test_huber_is_that_of_scipy(a: float, t: float, delta: float) -> None:
    value, slope = value_and_slope(lambda a, t: huber(a, t, delta=delta), a, t)
    assert value == pytest.approx(special.huber(delta, a - t), rel=1e-13, abs=1e-300)
    assert slope == pytest.approx(max(min(a - t, delta), -delta), rel=1e-13, abs=1e-300)
    assert huber(a, t, delta=delta) == value


@pytest.mark.parametrize("error", [1000.0, -1000.0, 1e200, -1e200])
def test_huber_pulls_with_a_bounded_force(error: float) -> None:
    assert value_and_slope(huber, error, 0.0) == (abs(error) - 0.5, math.copysign(1.0, error))


@given(st.lists(st.tuples(numbers, numbers), min_size=2, max_size=5))
def test_over_several_outputs_it_is_the_mean(pairs: list[tuple[float, float]]) -> None:
    outputs, targets = (list(column) for column in zip(*pairs, strict=True))
    leaves = [Value(a) for a in outputs]
    assert mse(outputs, targets) == pytest.approx(metrics.mean_squared_error(targets, outputs), rel=1e-12, abs=1e-12)
    assert mae(outputs, targets) == pytest.approx(metrics.mean_absolute_error(targets, outputs), rel=1e-12, abs=1e-12)
    assert mse(leaves, tuple(targets)).data == mse(outputs, targets)
    mse(leaves, targets).backward()
    expected = [2 * (a - t) / len(pairs) for a, t in pairs]
    assert [leaf.grad for leaf in leaves] == pytest.approx(expected, rel=1e-12, abs=1e-12)


# Hinge.


@pytest.mark.parametrize("t", [-1.0, 1.0])
@pytest.mark.parametrize("z", SCORES)
def test_hinge_and_its_slope(z: float, t: float) -> None:
    assert value_and_slope(hinge, z, t) == (max(0.0, 1.0 - t * z), -t if t * z < 1.0 else 0.0)
    assert hinge(z, t) == max(0.0, 1.0 - t * z)


def test_mean_hinge_is_that_of_scikit_learn() -> None:
    rng = np.random.default_rng(0)
    scores, targets = rng.normal(size=200) * 2, rng.choice([-1.0, 1.0], 200)
    ours = np.mean([hinge(z, t) for z, t in zip(scores.tolist(), targets.tolist(), strict=True)])
    assert ours == pytest.approx(metrics.hinge_loss(targets, scores), rel=1e-13)


# Binary cross-entropy.


@pytest.mark.parametrize("t", [0.0, 1.0, 0.25, 1e-3])
@pytest.mark.parametrize("z", SCORES)
def test_binary_cross_entropy_loses_no_digits(z: float, t: float) -> None:
    expected = exactly(lambda: mpf(t) * mp.log1p(mp.exp(-mpf(z))) + (1 - mpf(t)) * mp.log1p(mp.exp(mpf(z))))
    slope = exactly(lambda: 1 / (1 + mp.exp(-mpf(z))) - mpf(t))
    value, found = value_and_slope(binary_cross_entropy, z, t)
    assert math.isfinite(value)
    assert value == pytest.approx(float(expected), rel=1e-13, abs=1e-300)
    assert binary_cross_entropy(z, t) == pytest.approx(float(expected), rel=1e-13, abs=1e-300)
    assert found == pytest.approx(float(slope), abs=1e-15)


@given(st.floats(-1000.0, 1000.0), st.sampled_from([0.0, 1.0]))
def test_binary_cross_entropy_is_never_negative_and_its_slope_has_the_right_sign(z: float, t: float) -> None:
    value, slope = value_and_slope(binary_cross_entropy, z, t)
    assert value >= 0.0
    assert slope <= 0.0 if t == 1.0 else slope >= 0.0


def test_mean_binary_cross_entropy_is_the_log_loss_of_scikit_learn() -> None:
    rng = np.random.default_rng(1)
    scores, targets = rng.normal(size=200) * 4, rng.integers(0, 2, 200)
    ours = np.mean([binary_cross_entropy(z, t) for z, t in zip(scores.tolist(), targets.tolist(), strict=True)])
    assert ours == pytest.approx(metrics.log_loss(targets, special.expit(scores)), rel=1e-12)


# Cross-entropy.


def check_cross_entropy(logits: list[float], target: Any, probabilities: list[float]) -> None:
    with mp.workdps(80):
        powers = [mp.exp(mpf(z)) for z in logits]
        logs = [mp.log(power / sum(powers)) for power in powers]
        expected = -sum(mpf(p) * log for p, log in zip(probabilities, logs, strict=True))
        slopes = [power / sum(powers) - mpf(p) for p, power in zip(probabilities, powers, strict=True)]
    leaves = [Value(z) for z in logits]
    cost = cross_entropy(leaves, target)
    cost.backward()
    # Logits of size s are differences of numbers with an absolute error of s · 2^-53.
    scale = 1e-15 * max(1.0, *map(abs, logits))
    assert cost.data == pytest.approx(float(expected), rel=1e-14, abs=scale)
    assert cross_entropy(logits, target) == pytest.approx(cost.data, rel=1e-15, abs=1e-15)
    assert [leaf.grad for leaf in leaves] == pytest.approx(list(map(float, slopes)), rel=1e-12, abs=scale)


@given(st.lists(numbers, min_size=2, max_size=5))
def test_cross_entropy_of_a_class(logits: list[float]) -> None:
    for target in range(len(logits)):
        one_hot = [float(i == target) for i in range(len(logits))]
        check_cross_entropy(logits, target, one_hot)
        check_cross_entropy(logits, one_hot, one_hot)


@given(st.lists(st.tuples(numbers, st.integers(1, 9)), min_size=2, max_size=5))
def test_cross_entropy_of_soft_targets(pairs: list[tuple[float, int]]) -> None:
    logits, shares = zip(*pairs, strict=True)
    probabilities = [share / sum(shares) for share in shares]
    check_cross_entropy(list(logits), probabilities, probabilities)


@pytest.mark.parametrize("logits", [[1000.0, -1000.0], [1000.0, 1000.0], [-1000.0, -1000.0, 0.0], [1e300, -1e300]])
def test_cross_entropy_of_huge_logits_is_exact(logits: list[float]) -> None:
    for target in range(len(logits)):
        top = max(logits)
        expected = top - logits[target] + math.log(logits.count(top))
        leaves = [Value(z) for z in logits]
        cost = cross_entropy(leaves, target)
        cost.backward()
        assert cost.data == pytest.approx(expected, rel=1e-14)
        softmax = [float(z == top) / logits.count(top) for z in logits]
        assert [leaf.grad for leaf in leaves] == pytest.approx(
            [p - (i == target) for i, p in enumerate(softmax)], abs=1e-12
        )


@pytest.mark.parametrize("target", [0, [1.0, 0.0, 0.0], [0.75, 0.0, 0.25], [0.0, 1.0, 0.0]])
def test_a_class_that_is_ruled_out_costs_only_who_asks_for_it(target: Any) -> None:
    logits = [0.5, -math.inf, 2.0]
    wanted = [1.0, 0.0, 0.0] if target == 0 else target
    expected = -float(np.sum(special.xlogy(wanted, special.softmax(logits))))
    slopes = special.softmax(logits) - wanted
    leaves = [Value(z) for z in logits]
    cost = cross_entropy(leaves, target)
    cost.backward()
    assert cost.data == pytest.approx(expected, rel=1e-14)
    assert cross_entropy(logits, target) == pytest.approx(expected, rel=1e-14)
    if expected < math.inf:
        assert [leaf.grad for leaf in leaves] == pytest.approx(slopes, abs=1e-14)


@pytest.mark.parametrize(("z", "t", "cost"), [(math.inf, 1.0, 0.0), (-math.inf, 0.0, 0.0), (-math.inf, 0.5, math.inf)])
def test_binary_cross_entropy_of_a_certainty(z: float, t: float, cost: float) -> None:
    assert binary_cross_entropy(z, t) == binary_cross_entropy(Value(z), t).data == cost


def test_compiled_losses_are_the_eager_ones() -> None:
    """Values and slopes over rows, one of them with a probability of 0 and one with a logit out of all bounds."""
    weights = [Parameter(0.5), Parameter(-1.5), Parameter(0.25)]

    def several(x: Any, target: Any) -> Any:
        return cross_entropy([w * x for w in weights], target)

    def one(x: Any, target: Any) -> Any:
        return binary_cross_entropy(weights[0] * x, target)

    rows = [0.5, -2.0, 1e305]
    for loss, targets in ((several, [[0.0, 1.0, 0.0], [0.2, 0.3, 0.5], [1.0, 0.0, 0.0]]), (one, [1.0, 0.3, 1.0])):
        cost, slopes = compile(loss, rows[0], targets[0], params=weights).value_and_grad(rows, targets)
        for weight in weights:
            weight.grad = 0.0
        eager = mean([loss(x, t) for x, t in zip(rows, targets, strict=True)])
        eager.backward()
        assert cost == pytest.approx(eager.data, rel=1e-13)
        np.testing.assert_allclose(slopes, [weight.grad for weight in weights], rtol=1e-13)


def test_mean_cross_entropy_is_the_log_loss_of_scikit_learn() -> None:
    rng = np.random.default_rng(2)
    logits, targets = rng.normal(size=(100, 4)) * 3, rng.integers(0, 4, 100)
    ours = np.mean([cross_entropy(row, t) for row, t in zip(logits.tolist(), targets.tolist(), strict=True)])
    assert ours == pytest.approx(metrics.log_loss(targets, special.softmax(logits, axis=1)), rel=1e-12)


def test_two_logits_are_one_logit_and_zero() -> None:
    for z in (-3.0, 0.0, 1.25, 7.0):
        assert cross_entropy([0.0, z], 1) == pytest.approx(binary_cross_entropy(z, 1.0), rel=1e-12)
        assert cross_entropy([0.0, z], 0) == pytest.approx(binary_cross_entropy(z, 0.0), rel=1e-12)


@pytest.mark.parametrize("target", [1, np.int64(1), 1.0, True, [0, 1, 0], (0.0, 1.0, 0.0), [False, True, False]])
def test_a_class_may_be_given_in_many_ways(target: Any) -> None:
    assert cross_entropy([0.5, -1.0, 2.0], target) == pytest.approx(cross_entropy([0.5, -1.0, 2.0], 1), rel=1e-15)


def test_a_target_may_be_an_array() -> None:
    logits = [0.5, -1.0, 2.0]
    expected = cross_entropy(logits, [0.0, 1.0, 0.0])
    assert cross_entropy(logits, np.array([0.0, 1.0, 0.0])) == pytest.approx(expected, rel=1e-15)
    assert cross_entropy(np.array(logits), 1) == pytest.approx(expected, rel=1e-15)
    assert mse(logits, np.array([1.0, 2.0, 3.0])) == pytest.approx(mse(logits, [1.0, 2.0, 3.0]), rel=1e-15)


def test_losses_serve_transforms_on_lists_and_arrays() -> None:
    logits = [0.5, -1.0, 2.0]
    powers = np.exp(logits)
    expected = powers / powers.sum() - [0.0, 1.0, 0.0]
    np.testing.assert_allclose(grad(lambda z: cross_entropy(z, 1))(logits), expected, rtol=1e-13)
    np.testing.assert_allclose(grad(lambda z: mse(z, [1.0, 2.0, 3.0]))(logits), [-1 / 3, -2, -2 / 3], rtol=1e-13)
    np.testing.assert_allclose(grad(lambda z: cross_entropy(z, 1))(np.array(logits)), expected, rtol=1e-13)
    np.testing.assert_allclose(grad(lambda z: mse(z, [1.0, 2.0, 3.0]))(np.array(logits)), [-1 / 3, -2, -2 / 3])


# What comes in and what goes out.


@pytest.mark.parametrize("name", LOSSES)
def test_floats_give_a_float_and_values_a_value(name: str) -> None:
    loss = LOSSES[name]
    output: Any = [0.5, -0.25] if name == "cross_entropy" else 0.5
    cost = loss(output, 1)
    assert type(cost) is float
    lifted = [Value(z) for z in output] if isinstance(output, list) else Value(output)
    assert isinstance(loss(lifted, 1), Value)
    assert loss(lifted, 1).data == pytest.approx(cost, rel=1e-15)


@pytest.mark.parametrize("name", ["mse", "mae", "huber", "hinge", "binary_cross_entropy"])
def test_a_list_of_one_output_is_one_output(name: str) -> None:
    assert LOSSES[name]([0.5], 1.0) == LOSSES[name](0.5, 1.0)


def test_targets_may_be_values_and_learn() -> None:
    target = Value(0.25)
    mse(1.0, target).backward()
    assert target.grad == pytest.approx(-1.5)


# Errors.


@pytest.mark.parametrize("loss", [mse, mae, huber])
@pytest.mark.parametrize(("outputs", "targets"), [([1.0, 2.0], [1.0]), ([1.0, 2.0], 1.0), (1.0, [1.0, 2.0])])
def test_unequal_lengths_are_both_named(loss: Any, outputs: Any, targets: Any) -> None:
    k, n = (len(x) if isinstance(x, list) else 1 for x in (outputs, targets))
    with pytest.raises(LengthError, match=rf"{k} outputs but the target has {n} numbers"):
        loss(outputs, targets)


@pytest.mark.parametrize("loss", [hinge, binary_cross_entropy])
def test_several_outputs_need_cross_entropy(loss: Any) -> None:
    with pytest.raises(OperandError, match=rf"{loss.__name__} takes one output, got 2.*use cross_entropy"):
        loss([1.0, 2.0], 1.0)


@pytest.mark.parametrize("logits", [0.5, [0.5], []])
def test_cross_entropy_needs_two_logits(logits: Any) -> None:
    with pytest.raises(LengthError, match=r"two at least; for one logit: binary_cross_entropy"):
        cross_entropy(logits, 0)


@pytest.mark.parametrize("target", [-1, 3, 0.5, math.nan, math.inf])
def test_a_class_that_does_not_exist(target: Any) -> None:
    with pytest.raises(LengthError, match=r"class .* does not exist: there are 3 logits, classes 0 to 2"):
        cross_entropy([1.0, 2.0, 3.0], target)


def test_a_probability_is_missing() -> None:
    with pytest.raises(LengthError, match="3 logits but 2 target probabilities"):
        cross_entropy([1.0, 2.0, 3.0], [0.5, 0.5])


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ([0.5, 0.2], r"sum to 1, got \[0.5, 0.2\], which sum to 0.7: divide each by the sum"),
        ([2.0, -1.0], "probabilities from 0 to 1, got 2.0"),
        ([1.0, 1.0], "which sum to 2"),
        ([0.0, 0.0], "which sum to 0"),
        ([math.nan, 1.0], "probabilities from 0 to 1, got nan"),
        (np.array([0.9, 0.2]), "which sum to 1.1"),
    ],
)
def test_probabilities_are_probabilities(target: Any, message: str) -> None:
    for logits in ([0.5, 1.0], [Value(0.5), Value(1.0)]):
        with pytest.raises(OperandError, match=message):
            cross_entropy(logits, target)


def test_probabilities_may_come_from_a_network_of_32_bit_numbers() -> None:
    shares = np.random.default_rng(0).random((50, 1000), dtype=np.float32)
    for row in shares / shares.sum(axis=1, keepdims=True):
        assert math.isfinite(cross_entropy([0.0] * 1000, row))


@pytest.mark.parametrize("target", [0, 0.5, 2, -1.5, math.nan, False])
def test_hinge_takes_minus_and_plus_one(target: Any) -> None:
    with pytest.raises(OperandError, match=r"hinge takes a target of -1 or \+1 .*2 \* target - 1.*, got"):
        hinge(Value(0.5), target)


@pytest.mark.parametrize("target", [-1, 2, 1.0000001, math.nan])
def test_a_binary_target_is_a_probability(target: Any) -> None:
    with pytest.raises(OperandError, match="binary_cross_entropy takes a target from 0 to 1, got"):
        binary_cross_entropy(Value(0.5), target)


@pytest.mark.parametrize("delta", [0.0, -1.0, math.nan])
def test_the_bound_of_huber_is_positive(delta: float) -> None:
    with pytest.raises(OperandError, match="huber takes a delta above 0, got"):
        huber(Value(0.5), 1.0, delta=delta)


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("wrong", ["a", None, 1j])
def test_what_is_no_number_is_refused(name: str, wrong: Any) -> None:
    output: Any = [Value(0.5), Value(1.0)] if name == "cross_entropy" else Value(0.5)
    with pytest.raises(GlassgradError):
        LOSSES[name](output, wrong)


def test_losses_by_name() -> None:
    for name, loss in LOSSES.items():
        assert loss_named(name) is loss
        assert loss.__name__ == name
    assert loss_named(max) is max
    with pytest.raises(UnknownNameError, match=r"unknown loss 'cross_entrpy' \(did you mean 'cross_entropy'\?\)"):
        loss_named("cross_entrpy")
