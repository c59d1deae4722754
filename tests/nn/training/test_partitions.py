"""Training on Dask collections, in threads: the numbers of a training in memory, whatever the partitions; bad ones."""

from __future__ import annotations

import copy
import math
import threading
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograd import DataError, GlassgradError, LengthError, OperandError, UnknownNameError
from nn import MLP, Layer, Module, Parameter, data, fit
from nn.optim import adamw, chain, clip, sgd
from nn.training.partitions.epochs import PartitionEpochs
from nn.training.partitions.partitions import Partitions

da = pytest.importorskip("dask.array", reason="Dask is not installed: there are no collections to train on")
dd = pytest.importorskip("dask.dataframe", reason="Dask's data frames need pandas")
delayed = pytest.importorskip("dask").delayed

X, Y = data.moons(120, noise=0.2, seed=3)
X3, Y3 = data.blobs(90, noise=1.0, seed=1)


def small(seed: int = 0) -> MLP:
    return MLP(2, [5, 1], "tanh", seed=seed)


def parted(array: Any, *sizes: int) -> Any:
    """A Dask array of chunks with these sizes, each with all columns."""
    return da.from_array(array, chunks=(sizes, *((length,) for length in array.shape[1:])))


def uncounted(array: Any, *sizes: int) -> Any:
    """The same, of which Dask does not know the sizes."""
    collection = parted(array, *sizes)
    return collection[da.ones(len(array), chunks=(sizes,), dtype=bool)]


def same(one: Module, other: Module) -> None:
    ours, theirs = one.state_dict(), other.state_dict()
    assert ours.keys() == theirs.keys()
    np.testing.assert_allclose(list(ours.values()), list(theirs.values()), rtol=1e-10, atol=1e-12)


SIZES = [(120,), (60, 60), (50, 1, 0, 69), (1, 119), (17,) * 7 + (1,)]


@pytest.mark.parametrize("batch_size", [None, 16, 500])
@pytest.mark.parametrize("sizes", SIZES)
def test_a_training_in_memory_and_one_in_partitions_are_the_same(
    batch_size: int | None, sizes: tuple[int, ...]
) -> None:
    alone, model = small(), small()
    settings: dict[str, Any] = {"epochs": 4, "batch_size": batch_size, "seed": 7}
    expected = fit(alone, X, Y, **settings)
    history = fit(model, parted(X, *sizes), parted(Y, *sizes), **settings)
    same(model, alone)
    np.testing.assert_allclose(history["loss"], expected["loss"], rtol=1e-10)
    assert history["accuracy"] == expected["accuracy"]
    assert (history.best_epoch, history.ended) == (expected.best_epoch, expected.ended)


@pytest.mark.parametrize(
    ("model", "y", "settings"),
    [
        (MLP(2, [4, 3], "relu", seed=0), Y3, {}),
        (MLP(2, [4, 1], "relu", seed=0), Y3 % 2, {"loss": "hinge"}),
        (MLP(2, [4, 1], "gelu", seed=0), X3[:, 0] ** 2, {"loss": "mse"}),
        (MLP(2, [4, 2], "tanh", seed=0), X3**2, {"loss": "huber"}),
        (MLP(2, [4, 3], "tanh", seed=0), Y3, {"optimizer": chain(clip(0.1), adamw(0.05))}),
        (MLP(2, [4, 3], "tanh", seed=0), Y3, {"engine": "eager"}),
        (MLP(2, [4, 3], "tanh", seed=0), Y3, {"validation": (X3[:20], Y3[:20]), "patience": 2, "learning_rate": 0.5}),
    ],
)
@pytest.mark.parametrize("batch_size", [None, 32])
def test_whatever_is_trained(model: MLP, y: Any, settings: dict[str, Any], batch_size: int | None) -> None:
    twin = copy.deepcopy(model)
    alone = copy.deepcopy(model)
    given = {"epochs": 5, "batch_size": batch_size, **settings}
    expected = fit(alone, X3, y, **given)
    history = fit(twin, parted(X3, 40, 30, 20), parted(y, 40, 30, 20), **given)
    same(twin, alone)
    np.testing.assert_allclose(history["loss"], expected["loss"], rtol=1e-10)


def test_labels_in_memory_and_in_other_chunks() -> None:
    alone = small()
    fit(alone, X, Y, epochs=2)
    for labels in (Y, Y.tolist(), parted(Y, 30, 90), parted(Y.astype(float), 120)):
        model = small()
        fit(model, da.from_array(X, chunks=(50, 1)), labels, epochs=2)
        same(model, alone)


@pytest.mark.parametrize("batch_size", [None, 16])
def test_data_frames_and_arrays_whose_rows_nobody_has_counted(batch_size: int | None) -> None:
    pandas = pytest.importorskip("pandas")
    alone = small()
    fit(alone, X, Y, epochs=3, batch_size=batch_size)
    table = pandas.DataFrame({"a": X[:, 0], "b": X[:, 1], "kind": Y})
    frame = dd.from_pandas(table, npartitions=4)
    for rows, labels in (
        (frame[["a", "b"]], frame["kind"]),
        (frame[["a", "b"]].to_dask_array(), frame["kind"].to_dask_array()),
        (uncounted(X, 50, 70), uncounted(Y, 50, 70)),
    ):
        model = small()
        fit(model, rows, labels, epochs=3, batch_size=batch_size)
        same(model, alone)


def test_rows_held_out_may_be_partitioned_too() -> None:
    held_out = data.moons(30, noise=0.2, seed=5)
    models = [small() for _ in range(3)]
    expected = fit(models[0], X, Y, validation=held_out, epochs=3)
    parts = parted(held_out[0], 10, 20), parted(held_out[1], 10, 20)
    histories = [
        fit(models[1], X, Y, validation=parts, epochs=3),
        fit(models[2], parted(X, 60, 60), Y, validation=parts, epochs=3),
    ]
    for history in histories:
        np.testing.assert_allclose(history["validation_loss"], expected["validation_loss"], rtol=1e-10)
        assert history["validation_accuracy"] == expected["validation_accuracy"]


def test_a_module_of_ones_own() -> None:
    class Doubling(Layer):
        def __call__(self, x: Any) -> Any:
            return [2.0 * a for a in super().__call__(x)]

    def make() -> MLP:
        model = small()
        model.layers[0] = Doubling(2, 5, "tanh", seed=1)
        return model

    alone, model = make(), make()
    fit(alone, X, Y, epochs=2)
    fit(model, parted(X, 60, 60), Y, epochs=2)
    same(model, alone)


def test_what_cannot_be_traced_is_run_row_by_row_and_says_why() -> None:
    class Branching(Module):
        def __init__(self) -> None:
            self.w = Parameter(0.5)

        def __call__(self, x: Any) -> Any:
            z = self.w * x[0]
            return z if z.data > 0 else z * 0.1

    alone, model = Branching(), Branching()
    fit(alone, X, Y, epochs=2, engine="eager")
    with pytest.warns(UserWarning, match="training with the eager engine, because"):
        fit(model, parted(X, 60, 60), Y, epochs=2)
    same(model, alone)


def test_frozen_parameters_stay() -> None:
    alone, model = small(), small()
    for each in (alone, model):
        each.layers[0].freeze()
    fit(alone, X, Y, epochs=2)
    fit(model, parted(X, 60, 60), Y, epochs=2)
    same(model, alone)


# Partitions as minibatches.


def by_hand(sizes: tuple[int, ...], batch_size: int, epochs: int, seed: int) -> MLP:
    """Steps over whole partitions, in an order that is new in each epoch, with rows in memory."""
    model, rng, state = small(), np.random.default_rng(seed), None
    ends = np.cumsum(sizes)
    optimizer = sgd(0.1, momentum=0.9)
    for _ in range(epochs):
        step: list[int] = []
        order = rng.permutation(np.flatnonzero(sizes))
        for place, i in enumerate(order):
            step += range(ends[i] - sizes[i], ends[i])
            if len(step) >= batch_size or place == len(order) - 1:
                twin = small()
                twin.load_state_dict(model.state_dict())
                vector = np.array([p.data for p in model.parameters()])
                fit(twin, X[step], Y[step], optimizer=sgd(1.0), batch_size=None, epochs=1)
                gradient = vector - np.array([p.data for p in twin.parameters()])
                change, state = optimizer.update(gradient, state or optimizer.init(vector), vector)
                for parameter, number in zip(model.parameters(), (vector + change).tolist(), strict=True):
                    parameter.data = number
                step = []
    return model


@pytest.mark.parametrize("batch_size", [1, 45, 1000])
@pytest.mark.filterwarnings("ignore:training made the loss larger")
def test_partitions_are_put_to_steps_in_an_order_of_their_own(batch_size: int) -> None:
    sizes = (30, 20, 0, 40, 30)
    model = small()
    fit(
        model, parted(X, *sizes), Y, optimizer=sgd(0.1, momentum=0.9), batch_size=batch_size, shuffle="partitions",
        epochs=3, seed=4,
    )  # fmt: skip
    same(model, by_hand(sizes, batch_size, 3, 4))


def test_shuffling_is_checked() -> None:
    with pytest.raises(UnknownNameError, match=r"unknown shuffle 'partition' .did you mean 'partitions'"):
        fit(small(), parted(X, 120), Y, shuffle="partition", epochs=1)
    with pytest.raises(OperandError, match="shuffle='partitions' is for Dask collections"):
        fit(small(), X, Y, shuffle="partitions", epochs=1)


def test_very_many_steps_are_advised_against() -> None:
    model = small()
    many = Partitions("X", da.zeros((1500, 2), chunks=(750, 2)), np.arange(1500) % 2, model, "auto")
    with pytest.warns(UserWarning, match="batch_size=1 makes 1500 steps an epoch"):
        PartitionEpochs(model, many, sgd(), 1, "rows")
    PartitionEpochs(model, many, sgd(), 1, "partitions")
    PartitionEpochs(model, many, sgd(), 100, "rows")


# Rows stay where they are.


def test_no_rows_are_gathered_and_partitions_are_made_when_they_are_needed() -> None:
    seen: list[int] = []
    held = threading.Semaphore(8)

    def rows(i: int) -> Any:
        seen.append(i)
        assert held.acquire(blocking=False), "too many partitions at once"
        held.release()
        rng = np.random.default_rng(i)
        return rng.normal(size=(50, 2))

    class NeverGathered(da.Array):  # type: ignore[misc]
        def compute(self, **_: Any) -> Any:
            raise AssertionError("rows were gathered")

        __array__ = compute  # type: ignore[assignment]

    parts = [da.from_delayed(delayed(rows)(i), (50, 2), float) for i in range(30)]
    lazy = da.concatenate(parts)
    table = NeverGathered(lazy.dask, lazy.name, lazy.chunks, dtype=float)
    labels = (table[:, 0] > 0).astype(int)
    model = small()
    history = fit(model, table, labels, epochs=3, batch_size=None, learning_rate=0.1)
    assert history["loss"][-1] < history["loss"][0]
    assert set(seen) == set(range(30))


def test_checkpoints_and_resuming(tmp_path: Path) -> None:
    rows = parted(X, 50, 70)
    for settings in ({"batch_size": None}, {"batch_size": 16}, {"batch_size": 1, "shuffle": "partitions"}):
        file = tmp_path / f"{len(settings)}-{settings['batch_size']}.json"
        alone, model = small(), small(seed=5)
        expected = fit(alone, rows, Y, epochs=5, **settings)  # type: ignore[arg-type]
        fit(small(), rows, Y, epochs=2, checkpoint=file, **settings)  # type: ignore[arg-type]
        history = fit(model, rows, Y, epochs=5, checkpoint=file, resume=True, **settings)  # type: ignore[arg-type]
        assert history == expected
        assert model.state_dict() == alone.state_dict()
        with pytest.raises(GlassgradError, match="of another training: rows was"):
            fit(model, parted(X, 60, 60), Y, epochs=5, checkpoint=file, resume=True, **settings)  # type: ignore[arg-type]


# Bad input: a clear error, and the model as it was.


def refused(error: type[Exception], message: str, rows: Any, labels: Any, **given: Any) -> None:
    model = given.pop("model", None) or small()
    before = model.state_dict()
    for batch_size in (None, 16):
        with pytest.raises(error, match=message) as caught:
            fit(model, rows, labels, **{"epochs": 2, "batch_size": batch_size, **given})
        assert isinstance(caught.value, GlassgradError)
        assert model.state_dict() == before


@pytest.mark.parametrize("wrong", [math.nan, math.inf])
def test_a_cell_that_is_not_finite_is_named_with_its_partition(wrong: float) -> None:
    poisoned = X.copy()
    poisoned[70, 1] = wrong
    refused(DataError, rf"partition 1 of X: X has {wrong} in row 20, column 1", parted(poisoned, 50, 70), Y)
    labels = parted(X[:, 0], 50, 70)
    refused(DataError, "partition 1 of X: .* finite", parted(X, 50, 70), da.where(labels == X[60, 0], wrong, labels),
            loss="mse")  # fmt: skip
    refused(
        DataError, "partition 1 of validation X: X has", X, Y, validation=(parted(poisoned, 50, 70), parted(Y, 50, 70))
    )


def test_a_partition_that_turns_bad_while_training() -> None:
    calls = []

    def rows() -> Any:
        calls.append(1)
        return X if len(calls) < 3 else X * math.nan

    refused(
        DataError, "partition 0 of X: X has nan in row 0", da.from_delayed(delayed(rows)(), X.shape, float), Y, epochs=9
    )


def test_a_partition_that_cannot_be_computed() -> None:
    def rows() -> Any:
        raise FileNotFoundError("part-3.parquet")

    broken = da.concatenate([parted(X[:50], 50), da.from_delayed(delayed(rows)(), (70, 2), float)])
    refused(GlassgradError, r"FileNotFoundError: part-3\.parquet; the model is as it was", broken, Y)


def test_ragged_partitions() -> None:
    narrow = da.concatenate([parted(X[:50], 50), da.from_delayed(delayed(lambda: X[50:, :1])(), (70, 2), float)])
    refused(DataError, "partition 1 of X: X has 1 columns, other partitions have 2", narrow, Y)
    short = da.concatenate([parted(X[:50], 50), da.from_delayed(delayed(lambda: X[60:])(), (70, 2), float)])
    refused(DataError, "partition 1 of X: X has 60 rows but there are 70 labels", short, Y)
    refused(DataError, "partition [01] of X: X has .* rows but there are", uncounted(X, 50, 70), uncounted(Y, 40, 80))


def test_partitions_that_do_not_go_together() -> None:
    refused(LengthError, "X has 120 rows but its labels are 119", parted(X, 120), Y[1:])
    refused(LengthError, "X has 120 rows but its labels are 119", parted(X, 120), parted(Y[1:], 119))
    refused(DataError, "X has 2 partitions and the labels 1, of unknown sizes", uncounted(X, 50, 70), uncounted(Y, 120))
    refused(DataError, "its rows uncounted, but the labels are a ndarray", uncounted(X, 50, 70), Y)
    refused(GlassgradError, "X is a ndarray in memory, but its labels are a Dask", X, parted(Y, 120))


def test_no_rows_at_all() -> None:
    refused(DataError, r"at least \(1, 1\), got \(0, 2\)", parted(X[:0], 0), Y[:0])
    none = da.zeros(120, chunks=((50, 70),), dtype=bool)
    nothing, labels = parted(X, 50, 70)[none], parted(Y, 50, 70)[none]
    refused(DataError, "X has no rows: all of its 2 partitions are empty", nothing, labels)


def test_shapes_and_columns() -> None:
    refused(DataError, r"must have the shape \(rows, inputs\), got \(120,\)", parted(X[:, 0], 120), Y)
    refused(LengthError, "expected rows of 2 inputs", parted(X[:, :1], 120), Y)
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame({"a": X[:, 0], "name": ["x"] * 120, "kind": Y})
    frame = dd.from_pandas(table, npartitions=2)
    refused(DataError, "partition [01] of X: .*column 'name'.*", frame[["a", "name"]], frame["kind"])


def test_classes_that_the_model_does_not_have() -> None:
    refused(DataError, "partition 1 of X: binary_cross_entropy with 1 outputs takes classes 0 to 1", parted(X, 50, 70),
            np.where(np.arange(120) == 80, 2, Y))  # fmt: skip


def test_what_partitions_do_not_take() -> None:
    refused(OperandError, "sample_weight is for rows in memory", parted(X, 120), Y, sample_weight=np.ones(120))
    refused(OperandError, 'engine="compiled" or "eager"', parted(X, 120), Y, engine="kernel")


def test_diverging_is_told_as_in_memory() -> None:
    model = small()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(ArithmeticError, match=r"the loss became (inf|nan) in epoch 1"):
            fit(model, parted(X, 50, 70), Y, loss="mse", optimizer=sgd(1e300), epochs=5)
    assert model.state_dict() == small().state_dict()
