"""The generated data sets have the shapes they claim; standardising, splitting and batching keep their promises."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from autograd.errors import DataError, LengthError, OperandError, UnknownNameError
from nn import data
from nn.data import generated

NAMES = ["moons", "circles", "blobs", "xor", "spiral", "yin-yang"]
CLASSES = {"moons": 2, "circles": 2, "blobs": 3, "xor": 2, "spiral": 2, "yin-yang": 3}


def as_set(X: NDArray[np.float64], y: NDArray[np.int64]) -> list[tuple[int, float, float]]:
    """Rows with their labels, in an order that does not depend on how they were shuffled."""
    return sorted((int(label), *np.round(row, 9).tolist()) for row, label in zip(X + 0.0, y, strict=True))


# Generators.


def test_the_names_are_those_of_the_command_line() -> None:
    assert list(data.GENERATORS) == NAMES


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("n", [3, 10, 100, 101])
def test_shapes_types_and_equal_classes(name: str, n: int) -> None:
    X, y = data.generate(name, n)
    assert X.shape == (n, 2)
    assert X.dtype == np.float64
    assert y.shape == (n,)
    assert y.dtype == np.int64
    counts = np.bincount(y)
    assert len(counts) == CLASSES[name]
    assert counts.max() - counts.min() <= 1


@pytest.mark.parametrize("name", NAMES)
def test_rows_follow_from_the_seed_and_nothing_else(name: str) -> None:
    before = repr(np.random.get_state())  # noqa: NPY002 - any use of the global state would move it
    X, y = data.generate(name, 60, seed=5)
    assert repr(np.random.get_state()) == before  # noqa: NPY002
    again, labels = data.generate(name, 60, seed=np.random.default_rng(5))
    assert np.array_equal(X, again)
    assert np.array_equal(y, labels)
    assert not np.array_equal(X, data.generate(name, 60, seed=6)[0])


@pytest.mark.parametrize("name", NAMES)
def test_noise_is_the_standard_deviation_in_every_direction(name: str) -> None:
    exact, labels = data.generate(name, 4000, noise=0.0, seed=3)
    noisy, same = data.generate(name, 4000, noise=0.25, seed=3)
    assert np.array_equal(labels, same)
    push = noisy - exact
    assert push.std(axis=0) == pytest.approx([0.25, 0.25], rel=0.05)
    assert push.mean(axis=0) == pytest.approx([0.0, 0.0], abs=0.02)
    assert np.mean(push[:, 0] * push[:, 1]) == pytest.approx(0.0, abs=0.06 * 0.25**2)
    twice, _ = data.generate(name, 4000, noise=0.5, seed=3)
    assert twice - exact == pytest.approx(2 * push, abs=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_generate_keeps_the_own_noise_of_the_data_set(name: str) -> None:
    assert np.array_equal(data.generate(name, 30)[0], data.GENERATORS[name](30)[0])
    assert not np.array_equal(data.generate(name, 30, noise=0.7)[0], data.generate(name, 30)[0])


@pytest.mark.parametrize("name", NAMES)
def test_rows_are_shuffled(name: str) -> None:
    _, y = data.generate(name, 300)
    assert set(y[:50]) == set(range(CLASSES[name]))


def test_labels_stay_with_their_points_when_shuffled() -> None:
    X, y = data.moons(200, noise=0.0, seed=9)
    assert np.hypot(*X[y == 0].T) == pytest.approx(1.0)
    assert np.hypot(*(X[y == 1] - [1.0, 0.5]).T) == pytest.approx(1.0)


@pytest.mark.parametrize("n", [2, 3, 20, 101])
def test_moons_are_those_of_scikit_learn(n: int) -> None:
    reference = pytest.importorskip("sklearn.datasets").make_moons(n, shuffle=False)
    assert as_set(*data.moons(n, noise=0)) == as_set(*reference)


@pytest.mark.parametrize("n", [2, 3, 20, 101])
@pytest.mark.parametrize("factor", [0.0, 0.3, 0.8])
def test_circles_are_those_of_scikit_learn(n: int, factor: float) -> None:
    reference = pytest.importorskip("sklearn.datasets").make_circles(n, shuffle=False, factor=factor)
    assert as_set(*data.circles(n, noise=0, factor=factor)) == as_set(*reference)


def test_circles_have_the_same_default_as_scikit_learn() -> None:
    reference = pytest.importorskip("sklearn.datasets").make_circles(20, shuffle=False)
    assert as_set(*data.circles(20, noise=0)) == as_set(*reference)


def test_blobs_lie_around_their_centres() -> None:
    centers = np.array([[0.0, 0.0, 9.0], [5.0, -5.0, 0.0]])
    X, y = data.blobs(6000, noise=0.5, centers=centers, seed=2)
    for label, center in enumerate(centers):
        assert X[y == label].mean(axis=0) == pytest.approx(center, abs=0.05)
        assert X[y == label].std(axis=0) == pytest.approx(0.5, rel=0.05)


@pytest.mark.parametrize("seed", range(20))
def test_blobs_drawn_at_random_do_not_overlap(seed: int) -> None:
    X, y = data.blobs(90, noise=0.0, seed=seed, centers=4, n_features=3)
    middles = np.array([X[y == label][0] for label in range(4)])
    assert X.shape == (90, 3)
    assert np.abs(middles).max() <= 10.0
    assert min(np.linalg.norm(a - b) for i, a in enumerate(middles) for b in middles[:i]) > 6.0


def test_a_single_blob_is_allowed() -> None:
    assert set(data.blobs(5, centers=1)[1]) == {0}


def test_xor_is_the_sign_of_the_product_and_fills_four_quadrants() -> None:
    X, y = data.xor(4000, noise=0.0)
    assert np.array_equal(y == 1, X[:, 0] * X[:, 1] < 0)
    assert np.abs(X).max() <= 1.0
    quadrant = 2 * (X[:, 0] > 0) + (X[:, 1] > 0)
    assert np.bincount(quadrant).tolist() == [1000] * 4
    assert np.abs(X).mean(axis=0) == pytest.approx([0.5, 0.5], abs=0.02)


@pytest.mark.parametrize("classes", [2, 3, 5])
def test_spiral_arms_are_rotations_of_the_first(classes: int) -> None:
    X, y = data.spiral(40 * classes, noise=0.0, classes=classes, turns=1.5)
    arms = []
    for label in range(classes):
        arm = X[y == label]
        arms.append(arm[np.argsort(np.hypot(*arm.T))])
    first = arms[0] @ np.array([1.0, 1j])
    assert np.abs(first) == pytest.approx(np.linspace(0.1, 1.0, 40))
    assert np.unwrap(np.angle(first))[-1] == pytest.approx(2 * np.pi * 1.5)
    for label, arm in enumerate(arms):
        turned = first * np.exp(2j * np.pi * label / classes)
        assert arm @ np.array([1.0, 1j]) == pytest.approx(turned)


def test_yin_yang_regions_are_those_of_the_sign() -> None:
    X, y = data.yin_yang(9000, seed=4)
    u = X - 0.5
    assert np.hypot(*u.T).max() <= 0.5
    to_left, to_right = np.hypot(u[:, 0] + 0.25, u[:, 1]), np.hypot(u[:, 0] - 0.25, u[:, 1])
    assert np.array_equal(y == 2, (to_left <= 0.1) | (to_right <= 0.1))
    body = y != 2
    outside = (to_left > 0.25) & (to_right > 0.25) & body
    assert np.array_equal(y[outside] == 1, u[outside, 1] > 0)  # outside the two heads, yang is above
    assert set(y[(to_left <= 0.25) & body]) == {1}  # each head belongs to the body it sits on
    assert set(y[(to_right <= 0.25) & body]) == {0}


def test_yin_and_yang_have_equal_areas_by_half_a_turn() -> None:
    grid = np.random.default_rng(0).uniform(-1, 1, (5000, 2))
    here, there = generated._yin_yang_region(grid), generated._yin_yang_region(-grid)
    assert np.array_equal(there, np.select([here == 0, here == 1], [1, 0], here))
    assert np.array_equal(here == -1, np.hypot(*grid.T) > 1)


def test_yin_yang_dots_are_filled_evenly() -> None:
    X, y = data.yin_yang(9000, seed=1)
    dots = X[y == 2]
    assert (dots[:, 0] < 0.5).mean() == pytest.approx(0.5, abs=0.03)
    radius = np.minimum(np.hypot(*(dots - [0.25, 0.5]).T), np.hypot(*(dots - [0.75, 0.5]).T))
    assert (radius < 0.05).mean() == pytest.approx(0.25, abs=0.03)  # half the radius holds a quarter of the area


def test_an_unknown_name_is_met_with_the_nearest_one() -> None:
    with pytest.raises(UnknownNameError, match=r"unknown data set 'mooons' \(did you mean 'moons'\?\).*yin-yang"):
        data.generate("mooons")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("noise", [-0.1, float("nan"), float("inf")])
def test_impossible_noise_is_refused(name: str, noise: float) -> None:
    with pytest.raises(DataError, match="noise is a standard deviation"):
        data.generate(name, noise=noise)


@pytest.mark.parametrize("name", NAMES)
def test_too_few_rows_for_the_classes_are_refused(name: str) -> None:
    with pytest.raises(DataError, match=f"n_samples must be at least {CLASSES[name]}; got 1"):
        data.generate(name, 1)
    with pytest.raises(OperandError, match=r"n_samples must be a whole number; got 10\.5 \(float\)"):
        data.generate(name, 10.5)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", NAMES)
def test_a_seed_must_be_given_and_be_repeatable(name: str) -> None:
    with pytest.raises(OperandError, match="seed must be a whole number; got None"):
        data.generate(name, seed=None)  # type: ignore[arg-type]
    with pytest.raises(DataError, match="seed must be at least 0; got -1"):
        data.generate(name, seed=-1)


@pytest.mark.parametrize("factor", [-0.1, 1.0, float("nan")])
def test_a_ring_that_is_not_inside_is_refused(factor: float) -> None:
    with pytest.raises(DataError, match="factor"):
        data.circles(factor=factor)


def test_centers_of_a_wrong_kind_are_refused() -> None:
    with pytest.raises(DataError, match=r"centers must be .* the shape \(2,\)"):
        data.blobs(centers=[1.0, 2.0])
    with pytest.raises(DataError, match="centers must be at least 1; got 0"):
        data.blobs(centers=0)
    with pytest.raises(DataError, match="n_features must be at least 1; got 0"):
        data.blobs(n_features=0)


# Standardizer.

tables = hnp.arrays(
    np.float64,
    hnp.array_shapes(min_dims=2, max_dims=2, max_side=12),
    elements=st.floats(-1e9, 1e9, allow_subnormal=False),
)


@given(tables)
def test_standardised_columns_have_mean_0_and_deviation_1(X: NDArray[np.float64]) -> None:
    Z = data.Standardizer.fit(X).transform(X)
    for column, standard in zip(X.T, Z.T, strict=True):
        if column.min() == column.max():
            assert np.array_equal(standard, np.zeros_like(standard))
        elif np.ptp(column) > 1e-6 * np.abs(column).max():  # otherwise rounding of the numbers themselves shows
            assert standard.mean() == pytest.approx(0.0, abs=1e-8)
            assert standard.std() == pytest.approx(1.0, rel=1e-8)


@given(tables)
def test_inverse_undoes_transform(X: NDArray[np.float64]) -> None:
    s = data.Standardizer.fit(X)
    assert s.inverse(s.transform(X)) == pytest.approx(X, rel=1e-12, abs=1e-12 * float(np.abs(X).max()) + 1e-300)


@given(st.floats(-1e9, 1e9), st.integers(1, 30))
def test_a_constant_column_is_shifted_and_left_in_its_units(value: float, n: int) -> None:
    s = data.Standardizer.fit(np.full((n, 1), value))
    assert s.mean.tolist() == [value]
    assert s.scale.tolist() == [1.0]


@pytest.mark.parametrize("unit", [1e-200, 1e200])
def test_no_unit_is_too_small_or_too_large(unit: float) -> None:
    Z = data.Standardizer.fit([[-unit], [0.0], [unit]]).transform([[-unit], [0.0], [unit]])
    assert Z.ravel() == pytest.approx([-np.sqrt(1.5), 0.0, np.sqrt(1.5)])


def test_new_rows_are_measured_with_the_fitted_ruler() -> None:
    s = data.Standardizer.fit([[0.0, 10.0], [2.0, 30.0]])
    assert s.mean.tolist() == [1.0, 20.0]
    assert s.scale.tolist() == [1.0, 10.0]
    assert s.transform([[5.0, 0.0]]).tolist() == [[4.0, -2.0]]
    assert s.transform([5.0, 0.0]).tolist() == [4.0, -2.0]
    assert s.inverse([4.0, -2.0]).tolist() == [5.0, 0.0]


def test_standardizer_names_what_is_wrong() -> None:
    with pytest.raises(DataError, match=r"not empty; got the shape \(0, 3\)"):
        data.Standardizer.fit(np.empty((0, 3)))
    with pytest.raises(DataError, match=r"must be a table .* the shape \(3,\)"):
        data.Standardizer.fit([1.0, 2.0, 3.0])
    with pytest.raises(DataError, match=r"X\[1, 0\] is nan"):
        data.Standardizer.fit([[1.0], [np.nan]])
    s = data.Standardizer.fit([[1.0, 2.0], [3.0, 4.0]])
    for method in (s.transform, s.inverse):
        with pytest.raises(LengthError, match=r"fitted to 2 columns, but X has the shape \(1, 3\)"):
            method([[1.0, 2.0, 3.0]])
        with pytest.raises(LengthError, match="fitted to 2 columns"):
            method(1.0)
    with pytest.raises(AttributeError):
        s.mean = np.zeros(2)  # type: ignore[misc]


# train_test_split.

labels = st.lists(st.sampled_from([0, 1, 2, 7]), min_size=2, max_size=80)
fractions = st.floats(0.01, 0.99)


@given(labels, fractions, st.integers(0, 9), st.booleans())
def test_a_split_loses_nothing_and_doubles_nothing(y: list[int], fraction: float, seed: int, stratify: bool) -> None:
    rows = np.arange(len(y))
    if stratify and len(set(y)) == len(y):
        return
    X_train, X_test, y_train, y_test = data.train_test_split(
        rows[:, None], y, test_fraction=fraction, seed=seed, stratify=stratify
    )
    assert sorted([*X_train.ravel(), *X_test.ravel()]) == rows.tolist()
    assert len(X_train) == len(y_train) > 0
    assert len(X_test) == len(y_test) > 0
    assert np.array_equal(np.array(y)[X_train.ravel()], y_train)
    assert np.array_equal(np.array(y)[X_test.ravel()], y_test)


@given(labels, fractions, st.integers(0, 9))
def test_each_class_has_its_share_of_both_parts(y: list[int], fraction: float, seed: int) -> None:
    if len(set(y)) == len(y):
        return
    *_, y_test = data.train_test_split(y, y, test_fraction=fraction, seed=seed)
    for label in set(y):
        size, held_out = y.count(label), int(np.sum(y_test == label))
        if size == 1:
            assert held_out == 0
        else:
            assert 1 <= held_out <= size - 1
            assert abs(held_out - fraction * size) < 1 + 1e-9


def test_the_test_part_has_the_fraction_of_all_rows() -> None:
    y = np.repeat([0, 1, 2], 50)
    *_, y_train, y_test = data.train_test_split(y, y, test_fraction=0.25)
    assert (len(y_train), len(y_test)) == (112, 38)
    assert sorted(np.bincount(y_test)) == [12, 13, 13]
    *_, y_test = data.train_test_split(y, y, test_fraction=0.2, stratify=False)
    assert len(y_test) == 30


def test_a_split_follows_from_its_seed_and_is_shuffled() -> None:
    rows, y = np.arange(60), np.tile([0, 1, 2], 20)
    first, second, other = (data.train_test_split(rows, y, seed=seed) for seed in (1, 1, 2))
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))
    assert not np.array_equal(first[1], other[1])
    for part in first[:2]:
        assert not np.array_equal(part, np.sort(part))
    sorted_labels = np.repeat([0, 1], 30)
    _, _, y_train, _ = data.train_test_split(rows, sorted_labels)
    assert 0 < y_train[:15].sum() < 15  # classes are mixed within a part


def test_every_row_can_be_held_out() -> None:
    rows = np.arange(8)
    held_out = {int(r) for seed in range(60) for r in data.train_test_split(rows, rows // 4, seed=seed)[1]}
    assert held_out == set(range(8))


def test_words_and_measurements_can_be_split_too() -> None:
    *_, y_test = data.train_test_split([[1.0]] * 4, ["a", "b", "a", "b"])
    assert sorted(y_test) == ["a", "b"]
    *_, y_test = data.train_test_split([[1.0]] * 4, [0.1, 0.2, 0.3, 0.4], stratify=False)
    assert y_test.shape == (1,)


@pytest.mark.parametrize("fraction", [0.0, 1.0, -0.5, 1.5, 25, float("nan")])
def test_a_fraction_outside_0_to_1_is_refused(fraction: float) -> None:
    with pytest.raises(DataError, match=f"test_fraction must be above 0 and below 1 .*; got {fraction!r}"):
        data.train_test_split([[1.0]] * 4, [0, 1, 0, 1], test_fraction=fraction)


@pytest.mark.parametrize(
    ("X", "y", "error", "message"),
    [
        ([[1.0]] * 5, [0, 1, 0, 1], LengthError, "X has 5 rows, but y has 4"),
        ([], [], DataError, "at least 2 rows; got 0"),
        ([[1.0]], [0], DataError, "at least 2 rows; got 1"),
        ([[1.0]] * 3, [0, 1, 2], DataError, r"every class has a single row \(3 in all\).*stratify=False"),
        ([[1.0]] * 2, [[0], [1]], DataError, r"y \(n,\); got the shapes \(2, 1\) and \(2, 1\)"),
        (1.0, [0, 1], DataError, r"got the shapes \(\) and \(2,\)"),
    ],
)
def test_rows_that_cannot_be_split(X: Any, y: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        data.train_test_split(X, y)


# batches.


@given(st.integers(1, 70), st.integers(1, 80), st.integers(0, 5))
def test_an_epoch_visits_every_row_once(n: int, size: int, seed: int) -> None:
    epoch = list(data.batches(n, size, np.random.default_rng(seed)))
    assert sorted(np.concatenate(epoch)) == list(range(n))
    assert [len(batch) for batch in epoch[:-1]] == [size] * (len(epoch) - 1)
    assert len(epoch) == -(-n // size)


def test_epochs_differ_but_repeat_with_the_seed() -> None:
    rng = np.random.default_rng(0)
    first, second = (np.concatenate(list(data.batches(50, 8, rng))) for _ in range(2))
    again = np.concatenate(list(data.batches(50, 8, np.random.default_rng(0))))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, second)
    assert not np.array_equal(first, np.arange(50))


def test_batches_complain_at_the_call() -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(DataError, match="batch_size must be at least 1; got 0"):
        data.batches(10, 0, rng)
    with pytest.raises(DataError, match="n_rows must be at least 1; got 0"):
        data.batches(0, 5, rng)
    with pytest.raises(OperandError, match="batch_size must be a whole number"):
        data.batches(10, 2.5, rng)  # type: ignore[arg-type]
    with pytest.raises(OperandError, match=r"rng must be a numpy Generator; got 0: .*default_rng\(seed\)"):
        data.batches(10, 2, 0)  # type: ignore[arg-type]
