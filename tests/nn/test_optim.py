"""Optimisers: trajectories against PyTorch's and against the papers' formulas, and that the pairs are pure."""

from __future__ import annotations

import copy
import math
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograd import OperandError, UnknownNameError
from nn import optim
from nn.optim import Optimizer, adam, adamw, chain, clip, constant, cosine, exponential, linear, sgd, weight_decay

START = np.array([1.0, -2.0, 0.5, 3.0])
CURVATURE = np.array([1.0, 10.0, 0.1, 4.0])


def slope(p: Any) -> Any:
    """The gradient of a function that is curved differently in each direction, and not quite quadratic."""
    return CURVATURE * p + np.sin(3.0 * p)


def trajectory(optimizer: Optimizer, steps: int = 60) -> Any:
    """Return the parameters after each step, (steps, p)."""
    p, state = START, optimizer.init(START)
    visited = []
    for _ in range(steps):
        step, state = optimizer.update(slope(p), state, p)
        p = p + step
        visited.append(p)
    return np.array(visited)


# Against the formulas, written out.


def test_gradient_descent() -> None:
    p, expected = START, []
    for _ in range(60):
        p = p - 0.05 * slope(p)
        expected.append(p)
    np.testing.assert_allclose(trajectory(sgd(0.05)), expected, rtol=1e-12)


@pytest.mark.parametrize("nesterov", [False, True])
def test_momentum(nesterov: bool) -> None:
    p, v, expected = START, 0.0, []
    for _ in range(60):
        g = slope(p)
        v = 0.8 * v + g
        p = p - 0.02 * (g + 0.8 * v if nesterov else v)
        expected.append(p)
    np.testing.assert_allclose(trajectory(sgd(0.02, momentum=0.8, nesterov=nesterov)), expected, rtol=1e-12)


@pytest.mark.parametrize("decay", [None, 0.0, 0.1])
def test_adam_is_algorithm_1_of_the_paper_and_adamw_decays_beside_it(decay: float | None) -> None:
    rate, beta1, beta2, eps = 0.05, 0.8, 0.95, 1e-6
    p, m, v, expected = START, 0.0, 0.0, []
    for t in range(1, 61):
        g = slope(p)
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        moved = rate * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps)
        p = p - moved - rate * (decay or 0.0) * p
        expected.append(p)
    settings = {"beta1": beta1, "beta2": beta2, "eps": eps}
    ours = adam(rate, **settings) if decay is None else adamw(rate, weight_decay=decay, **settings)
    np.testing.assert_allclose(trajectory(ours), expected, rtol=1e-11)


def test_the_first_step_of_adam_is_the_rate_whatever_the_gradient() -> None:
    for size in (1e-3, 1.0, 1e6):
        step, _ = adam(0.1).update(np.array([size, -size]), adam(0.1).init(np.zeros(2)), np.zeros(2))
        assert step == pytest.approx([-0.1, 0.1], rel=1e-4)


def test_weight_decay_adds_the_slope_of_the_penalty() -> None:
    p, expected = START, []
    for _ in range(60):
        p = p - 0.05 * (slope(p) + 0.3 * p)
        expected.append(p)
    np.testing.assert_allclose(trajectory(chain(weight_decay(0.3), sgd(0.05))), expected, rtol=1e-12)


@given(hnp.arrays(float, st.integers(1, 5), elements=st.floats(-1e6, 1e6)), st.floats(0.01, 100.0))
def test_clip_shortens_to_the_norm_and_keeps_the_direction(g: Any, norm: float) -> None:
    clipped, _ = clip(norm).update(g, clip(norm).init(g), np.zeros_like(g))
    length = math.hypot(*g)
    np.testing.assert_allclose(clipped, g * min(1.0, norm / max(length, 1e-300)), rtol=1e-12, atol=1e-300)
    assert math.hypot(*clipped) <= norm * (1 + 1e-12)


def test_clip_tames_gradients_that_have_exploded() -> None:
    clipped, _ = clip(1.0).update(np.array([3e200, -4e200]), clip(1.0).init(np.zeros(2)), np.zeros(2))
    assert clipped == pytest.approx([0.6, -0.8])


def test_chain_feeds_each_result_to_the_next_and_keeps_every_state() -> None:
    p, v, expected = START, 0.0, []
    for _ in range(60):
        g = slope(p)
        g = g * min(1.0, 2.0 / math.hypot(*g)) + 0.1 * p  # clipped, then decayed: the order matters
        v = 0.5 * v + g
        p = p - 0.05 * v
        expected.append(p)
    ours = chain(clip(2.0), weight_decay(0.1), sgd(0.05, momentum=0.5))
    np.testing.assert_allclose(trajectory(ours), expected, rtol=1e-12, atol=1e-15)
    nested = chain(chain(clip(2.0), weight_decay(0.1)), sgd(0.05, momentum=0.5))
    np.testing.assert_array_equal(trajectory(nested), trajectory(ours))


@pytest.mark.parametrize("make", [sgd, adam, adamw])
def test_a_rate_may_be_a_schedule_of_the_steps_index(make: Callable[..., Optimizer]) -> None:
    asked = []

    def rate(index: int) -> float:
        asked.append(index)
        return 0.05 / (1 + index)

    scheduled = trajectory(make(rate), 5)
    assert sorted(set(asked)) == [0, 1, 2, 3, 4]
    p, state = START, make(0.05).init(START)
    for index in range(5):
        step, state = make(0.05 / (1 + index)).update(slope(p), state, p)
        p = p + step
        np.testing.assert_allclose(scheduled[index], p, rtol=1e-13)


# Against PyTorch.

#: Our optimiser, PyTorch's class and its arguments.
PAIRS: dict[str, tuple[Optimizer, str, dict[str, Any]]] = {
    "sgd": (sgd(0.05), "SGD", {"lr": 0.05}),
    "momentum": (sgd(0.02, momentum=0.9), "SGD", {"lr": 0.02, "momentum": 0.9}),
    "nesterov": (
        sgd(0.02, momentum=0.9, nesterov=True),
        "SGD",
        {"lr": 0.02, "momentum": 0.9, "nesterov": True},
    ),
    "decayed sgd": (
        chain(weight_decay(0.1), sgd(0.02, momentum=0.9)),
        "SGD",
        {"lr": 0.02, "momentum": 0.9, "weight_decay": 0.1},
    ),
    "adam": (adam(0.05), "Adam", {"lr": 0.05}),
    "adam by default": (adam(), "Adam", {}),
    "adam, other betas": (
        adam(0.05, beta1=0.5, beta2=0.9, eps=1e-3),
        "Adam",
        {"lr": 0.05, "betas": (0.5, 0.9), "eps": 1e-3},
    ),
    "decayed adam": (chain(weight_decay(0.1), adam(0.05)), "Adam", {"lr": 0.05, "weight_decay": 0.1}),
    "adamw": (adamw(0.05, weight_decay=0.1), "AdamW", {"lr": 0.05, "weight_decay": 0.1}),
    "adamw by default": (adamw(), "AdamW", {}),
}


def torch_trajectory(
    name: str, arguments: dict[str, Any], *, schedule: Callable[..., Any] | None = None, norm: float | None = None
) -> Any:
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: no comparison with its optimisers")
    p = torch.tensor(START, requires_grad=True)
    optimizer = getattr(torch.optim, name)([p], **arguments)
    scheduler = schedule(torch.optim.lr_scheduler, optimizer) if schedule else None
    visited = []
    for _ in range(60):
        optimizer.zero_grad()
        p.grad = torch.tensor(slope(p.detach().numpy()))
        if norm is not None:
            torch.nn.utils.clip_grad_norm_([p], norm)
        optimizer.step()
        if scheduler:
            scheduler.step()
        visited.append(p.detach().numpy().copy())
    return np.array(visited)


@pytest.mark.parametrize("pair", PAIRS)
def test_trajectories_are_those_of_torch(pair: str) -> None:
    ours, name, arguments = PAIRS[pair]
    np.testing.assert_allclose(trajectory(ours), torch_trajectory(name, arguments), rtol=1e-9, atol=1e-12)


def test_clipping_is_that_of_torch() -> None:
    theirs = torch_trajectory("SGD", {"lr": 0.05}, norm=2.0)
    np.testing.assert_allclose(trajectory(chain(clip(2.0), sgd(0.05))), theirs, rtol=1e-5)  # theirs adds 1e-6


def test_schedules_are_those_of_torch() -> None:
    schedules: dict[str, tuple[Any, Callable[..., Any]]] = {
        "linear": (
            linear(0.05, 0.005, 20),
            lambda lrs, o: lrs.LinearLR(o, start_factor=1.0, end_factor=0.1, total_iters=20),
        ),
        "cosine": (cosine(0.05, 60, end=0.001), lambda lrs, o: lrs.CosineAnnealingLR(o, T_max=60, eta_min=0.001)),
        "exponential": (exponential(0.05, 0.5**10, 10), lambda lrs, o: lrs.ExponentialLR(o, gamma=0.5)),
    }
    for name, (ours, theirs) in schedules.items():
        expected = torch_trajectory("SGD", {"lr": 0.05}, schedule=theirs)
        np.testing.assert_allclose(trajectory(sgd(ours)), expected, rtol=1e-9, err_msg=name)


# Schedules.


@given(st.integers(0, 500))
def test_schedules_follow_their_formulas(step: int) -> None:
    assert constant(0.3)(step) == 0.3
    assert linear(1.0, 0.2, 100)(step) == pytest.approx(1.0 - 0.8 * min(step / 100, 1.0))
    assert exponential(2.0, 0.5, 10)(step) == pytest.approx(2.0 * 0.5 ** (step / 10))
    rising = cosine(1.0, 110, end=0.1, warmup=10)(step)
    if step < 10:
        assert rising == pytest.approx((step + 1) / 10)
    else:
        done = min((step - 10) / 100, 1.0)
        assert rising == pytest.approx(0.1 + 0.9 * (1.0 + math.cos(math.pi * done)) / 2)


def test_schedules_meet_their_ends() -> None:
    assert [linear(0.1, 0.01, 50)(step) for step in (0, 50, 999)] == pytest.approx([0.1, 0.01, 0.01], rel=1e-15)
    assert cosine(0.1, 50)(0) == 0.1
    assert cosine(0.1, 50)(50) == cosine(0.1, 50)(999) == pytest.approx(0.0, abs=1e-18)
    warming = cosine(0.1, 50, warmup=5)
    assert [warming(step) for step in range(6)] == pytest.approx([0.02, 0.04, 0.06, 0.08, 0.1, 0.1])
    assert warming(50) == pytest.approx(0.0, abs=1e-18)


@pytest.mark.parametrize(
    "make", [lambda: linear(0.1, 0.01, 0), lambda: exponential(0.1, 0.5, 0), lambda: cosine(0.1, 0)]
)
def test_a_schedule_over_no_steps_is_refused_or_goes_to_its_end(make: Callable[[], Any]) -> None:
    try:
        schedule = make()
    except OperandError:
        return
    assert math.isfinite(schedule(0))


# Purity.


@pytest.mark.parametrize(
    "optimizer",
    [sgd(0.1), sgd(0.1, momentum=0.9, nesterov=True), adam(0.1), adamw(0.1), clip(0.5), weight_decay(0.1),
     chain(clip(0.5), weight_decay(0.1), adam(0.1))],
)  # fmt: skip
def test_nothing_that_goes_in_is_changed_and_a_state_can_be_used_again(optimizer: Optimizer) -> None:
    gradient, parameters = np.array([3.0, -4.0, 0.0]), np.array([1.0, 2.0, 3.0])
    _, state = optimizer.update(gradient, optimizer.init(parameters), parameters)
    kept = copy.deepcopy((gradient, state, parameters))
    first, following = optimizer.update(gradient, state, parameters)
    second, again = optimizer.update(gradient, state, parameters)
    assert repr((gradient, state, parameters)) == repr(kept)
    assert repr((first, following)) == repr((second, again))
    first += 1.0  # the step is the caller's own
    assert repr((gradient, state, parameters)) == repr(kept)


def test_one_optimiser_serves_many_models() -> None:
    optimizer = chain(clip(1.0), adam(0.1))
    alone = trajectory(optimizer, 5)
    states = [optimizer.init(np.zeros(2)), optimizer.init(np.zeros(3))]
    for _ in range(3):
        states = [optimizer.update(np.ones(n), s, np.zeros(n))[1] for n, s in zip((2, 3), states, strict=True)]
    np.testing.assert_array_equal(trajectory(optimizer, 5), alone)


# Names and errors.


def test_optimisers_by_name() -> None:
    for name, make in optim.OPTIMIZERS.items():
        np.testing.assert_array_equal(trajectory(optim.optimizer_named(name, 0.03), 5), trajectory(make(0.03), 5))
        np.testing.assert_array_equal(trajectory(optim.optimizer_named(name), 5), trajectory(make(), 5))
        np.testing.assert_array_equal(
            trajectory(optim.optimizer_named(name, linear(0.1, 0.0, 5)), 5), trajectory(make(linear(0.1, 0.0, 5)), 5)
        )
    own = sgd(0.1)
    assert optim.optimizer_named(own) is own


def test_an_unknown_optimiser_names_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match=r"unknown optimiser 'adamm' \(did you mean 'adam'\?\)"):
        optim.optimizer_named("adamm")


def test_two_learning_rates_are_one_too_many() -> None:
    with pytest.raises(OperandError, match="the learning rate is the optimiser's own"):
        optim.optimizer_named(sgd(0.1), 0.2)


@pytest.mark.parametrize("make", [sgd, adam, adamw])
@pytest.mark.parametrize("rate", [-0.1, math.nan, math.inf, "0.1", None, True])
def test_a_rate_is_a_number_or_a_schedule(make: Callable[..., Optimizer], rate: Any) -> None:
    with pytest.raises(OperandError, match="rate must be a number of at least 0"):
        make(rate)


@pytest.mark.parametrize("rate", [np.float64(0.1), np.float32(0.5), np.int64(1), 1])
def test_a_rate_may_be_any_kind_of_number(rate: Any) -> None:
    np.testing.assert_allclose(trajectory(sgd(rate), 3), trajectory(sgd(float(rate)), 3))


@pytest.mark.parametrize("number", [-0.1, math.nan, "x"])
@pytest.mark.parametrize(
    "make",
    [
        lambda x: sgd(0.1, momentum=x),
        lambda x: adam(0.1, beta1=x),
        lambda x: adam(0.1, beta2=x),
        lambda x: adam(0.1, eps=x),
        lambda x: adamw(0.1, weight_decay=x),
        lambda x: weight_decay(x),
        lambda x: clip(x),
    ],
)
def test_a_setting_that_is_no_number_is_refused_at_the_call(make: Callable[[Any], Optimizer], number: Any) -> None:
    with pytest.raises(OperandError, match="must be a number"):
        make(number)


@pytest.mark.parametrize("make", [lambda: sgd(momentum=1.0), lambda: adam(beta1=1.0), lambda: adam(beta2=1.0)])
def test_a_mean_that_never_forgets_is_refused(make: Callable[[], Optimizer]) -> None:
    with pytest.raises(OperandError, match=r"below 1, got 1.0"):
        make()


SCHEDULES = [constant(0.1), linear(1.0, 0.1, 3), cosine(1.0, 10, end=0.1, warmup=2), exponential(1.0, 0.5, 10)]


@pytest.mark.parametrize("schedule", [0.1, *SCHEDULES])
@pytest.mark.parametrize("make", [sgd, adam, adamw, lambda rate: chain(clip(1.0), weight_decay(0.1), sgd(rate))])
def test_optimisers_and_schedules_can_be_pickled_and_copied(make: Callable[..., Optimizer], schedule: Any) -> None:
    optimizer = make(schedule)
    expected = trajectory(optimizer, 5)
    for twin in (pickle.loads(pickle.dumps(optimizer)), copy.deepcopy(optimizer)):  # noqa: S301 - its own pickle
        np.testing.assert_array_equal(trajectory(twin, 5), expected)


def test_a_chain_with_an_update_of_ones_own_can_be_pickled() -> None:
    optimizer = chain(clip(1.0), Optimizer(np.zeros_like, _step))
    twin = pickle.loads(pickle.dumps(optimizer))  # noqa: S301 - its own pickle
    np.testing.assert_array_equal(trajectory(twin, 3), trajectory(optimizer, 3))


def _step(gradient: Any, state: Any, parameters: Any) -> Any:
    return -0.1 * gradient, state


def test_arguments_have_the_names_of_the_field() -> None:
    assert trajectory(adam(learning_rate=0.1), 3) == pytest.approx(trajectory(adam(0.1), 3))
    assert trajectory(sgd(learning_rate=0.1, momentum=0.9), 3) == pytest.approx(trajectory(sgd(0.1, momentum=0.9), 3))
    decayed = adamw(learning_rate=0.1, weight_decay=0.5)
    assert decayed.update(np.zeros(1), decayed.init(np.ones(1)), np.ones(1))[0] == pytest.approx(-0.05)
