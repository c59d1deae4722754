"""Data frames of every make give the same numbers and names, and errors that name the column."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograd import DataError, OperandError, UnknownNameError
from nn import MLP, fit
from nn.checks import rows_of_numbers
from nn.data.frames import frame_of, load_parquet, names_of, table_of

pandas = pytest.importorskip("pandas")
polars = pytest.importorskip("polars")
pyarrow = pytest.importorskip("pyarrow")
dask = pytest.importorskip("dask.dataframe")

COLUMNS = {"width": [1.5, 2.5, -3.0, 4.0], "count": [1, 2, 3, 4], "flag": [True, False, True, True]}
MAKES: dict[str, Callable[..., Any]] = {
    "pandas": pandas.DataFrame,
    "polars": polars.DataFrame,
    "lazy polars": polars.LazyFrame,
    "pyarrow": pyarrow.table,
    "dask": lambda columns: dask.from_pandas(pandas.DataFrame(columns), npartitions=2),
}
makes = pytest.mark.parametrize("make", MAKES.values(), ids=MAKES.keys())


@makes
def test_numbers_and_names_of_every_make(make: Callable[..., Any]) -> None:
    frame = frame_of(make(COLUMNS))
    assert frame is not None
    names = names_of(frame)
    assert names is not None
    assert (names.tolist(), names.dtype) == (["width", "count", "flag"], np.dtype(object))
    numbers = rows_of_numbers("X", make(COLUMNS))
    assert numbers.dtype == np.float64
    assert numbers.tolist() == [[1.5, 1.0, 1.0], [2.5, 2.0, 0.0], [-3.0, 3.0, 1.0], [4.0, 4.0, 1.0]]


@pytest.mark.parametrize("given", [[[1.0]], np.zeros((2, 2)), pandas.Series([1.0]), polars.Series([1.0]), None, "text"])
def test_what_is_no_frame(given: Any) -> None:
    assert frame_of(given) is None


@makes
def test_fit_and_outputs_take_frames(make: Callable[..., Any]) -> None:
    frame, array = make(COLUMNS), rows_of_numbers("X", make(COLUMNS))
    if hasattr(frame, "__dask_graph__"):  # its labels would have to be partitioned as it is
        frame = frame.compute()
    models = [MLP(3, [4, 1], "tanh", seed=0) for _ in range(2)]
    histories = [fit(model, X, [0, 1, 0, 1], epochs=3)["loss"] for model, X in zip(models, (frame, array), strict=True)]
    assert histories[0] == histories[1]
    np.testing.assert_array_equal(models[0].outputs(frame), models[1].outputs(array))


@makes
@pytest.mark.parametrize(
    ("column", "message"),
    [
        (["red", "blue", "red", "red"], r"X, column 'c': row 0 has 'red', not a number; drop the column, encode it"),
        (["1.5", "2", "3", "4"], r"X, column 'c': row 0 has '1\.5', not a number; .*df\.astype\(float\)"),
        ([1.0, None, 2.0, 3.0], r"X, column 'c': row 1 has nan \(NaN, infinity or no value\)"),
        ([1, 2, None, 3], r"X, column 'c': row 2 has nan"),
        ([True, None, False, True], r"X, column 'c': row (1 has nan|0 has 'True')"),  # Dask makes text of it
        ([1.0, 2.0, 3.0, float("inf")], r"X, column 'c': row 3 has inf"),
        (np.array(["2024-01-01"] * 4, dtype="datetime64[us]"), r"X, column 'c': row 0 has .*; subtract a start"),
    ],
)
def test_a_column_that_is_no_numbers_is_named(make: Callable[..., Any], column: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        rows_of_numbers("X", make({"a": [1.0, 2.0, 3.0, 4.0], "c": column}))


def test_columns_of_pandas_that_hold_any_object() -> None:
    frame = pandas.DataFrame({"a": pandas.Series([1, 2.5, Decimal("0.5")], dtype=object)})
    assert rows_of_numbers("X", frame).tolist() == [[1.0], [2.5], [0.5]]
    for bad, what in (({"k": 1}, r"\{'k': 1\} \(dict\)"), ("x", "'x'"), (1j, r"1j \(complex\)")):
        frame = pandas.DataFrame({"a": [1.0, 2.0], "b": pandas.Series([1, bad], dtype=object)})
        with pytest.raises(DataError, match=f"column 'b': row 1 has {what}"):
            rows_of_numbers("X", frame)
    nullable = pandas.DataFrame({"a": pandas.array([1, None], dtype="Int64")})
    with pytest.raises(DataError, match="column 'a': row 1 has nan"):
        rows_of_numbers("X", nullable)
    with pytest.raises(DataError, match="column 'a': row 0 has 'u', not a number"):
        rows_of_numbers("X", pandas.DataFrame({"a": pandas.Categorical(["u", "v"])}))


def test_names_that_repeat_or_are_no_text() -> None:
    with pytest.raises(DataError, match=r"columns need names that differ: .*'a' 2 times"):
        rows_of_numbers("X", pandas.DataFrame([[1.0, 2.0]], columns=["a", "a"]))
    with pytest.raises(DataError, match=r"columns need names that differ: .*'a' 2 times"):
        rows_of_numbers("X", pyarrow.table([[1], [2]], names=["a", "a"]))
    assert names_of(frame_of(pandas.DataFrame([[1.0, 2.0]]))) is None  # type: ignore[arg-type]
    with pytest.raises(OperandError, match=r"only supported if all .* string names, .*\['int', 'str'\]"):
        names_of(frame_of(pandas.DataFrame([[1.0, 2.0]], columns=["a", 1])))  # type: ignore[arg-type]


# Tables out of frames and Parquet files.


@makes
def test_a_frame_as_a_table(make: Callable[..., Any]) -> None:
    columns = {"a": [1.0, 2.0, 3.0, 4.0], "kind": ["y", "x", "y", "x"], "price": [0.5, 1.5, 2.5, 3.5]}
    frame = frame_of(make(columns))
    assert frame is not None
    with pytest.raises(DataError, match="column 'kind': row 0 has 'y', not a number"):
        table_of(frame)
    numbers = table_of(frame.drop("kind"))
    assert (numbers.task, numbers.y.tolist(), numbers.target_name) == ("regression", [0.5, 1.5, 2.5, 3.5], "price")
    assert (numbers.X.tolist(), numbers.feature_names) == ([[1.0], [2.0], [3.0], [4.0]], ("a",))
    classes = table_of(frame, "kind")
    assert (classes.class_names, classes.y.tolist()) == (("x", "y"), [1, 0, 1, 0])
    as_told = table_of(frame.drop("kind"), task="classification")
    assert as_told.labels.tolist() == ["0.5", "1.5", "2.5", "3.5"]


@pytest.mark.parametrize("write", ["pandas", "polars", "pyarrow"])
def test_parquet_of_every_writer(tmp_path: Path, write: str) -> None:
    columns = {"a": [1.0, 2.0, 3.0], "n": [1, 2, 3], "kind": ["x", "y", "x"]}
    path = tmp_path / "flowers.parquet"
    if write == "pandas":
        pandas.DataFrame(columns).to_parquet(path)
    elif write == "polars":
        polars.DataFrame(columns).write_parquet(path)
    else:
        pytest.importorskip("pyarrow.parquet").write_table(pyarrow.table(columns), path)
    table = load_parquet(path)
    assert (table.X.tolist(), table.feature_names) == ([[1.0, 1.0], [2.0, 2.0], [3.0, 3.0]], ("a", "n"))
    assert (table.labels.tolist(), table.target_name) == (["x", "y", "x"], "kind")


def test_files_and_frames_that_are_no_tables(tmp_path: Path) -> None:
    good = tmp_path / "iris.parquet"
    pandas.DataFrame({"a": [1.0, 2.0], "kind": ["x", None]}).to_parquet(good)
    with pytest.raises(DataError, match=r"irs\.parquet: there is no such file \(did you mean 'iris\.parquet'\?\)"):
        load_parquet(tmp_path / "irs.parquet")
    with pytest.raises(DataError, match=r"iris\.parquet, column 'kind': row 1 has no value"):
        load_parquet(good)
    with pytest.raises(DataError, match=r"has no column 'kinds' \(did you mean 'kind'\?\); columns: 'a', 'kind'"):
        load_parquet(good, "kinds")
    with pytest.raises(UnknownNameError, match="unknown task 'guess'"):
        load_parquet(good, task="guess")
    cut = tmp_path / "cut.parquet"
    cut.write_bytes(good.read_bytes()[:-20])
    with pytest.raises(DataError, match=r"cut\.parquet: cannot be read as a Parquet file"):
        load_parquet(cut)
    for columns, message in (
        ({"a": [1.0, 2.0], "kind": ["x", "x"]}, "2 rows hold 1 different classes"),
        ({"a": [1.0], "kind": ["x"]}, "1 rows and 2 columns; expected at least 2 of each"),
        ({"a": [float(i) for i in range(30)], "kind": [f"n{i}" for i in range(30)]}, "30 rows hold 30 different"),
    ):
        with pytest.raises(DataError, match=message):
            table_of(frame_of(pandas.DataFrame(columns)))  # type: ignore[arg-type]
