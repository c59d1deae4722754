"""Dask's arrays and data frames as pairs of partitions: inputs, and labels of the same rows."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import DataError, LengthError

__all__ = ["aligned", "is_partitioned"]

_Array = np.ndarray[Any, np.dtype[Any]]


def is_partitioned(X: Any) -> bool:
    """Return whether X is a Dask collection."""
    return hasattr(X, "__dask_graph__")


def aligned(name: str, X: Any, y: Any) -> tuple[Any, Any, _Array | None]:
    """X and y with the same partitions, each with all columns, and the rows of each partition where they are known."""
    is_frame = hasattr(X, "columns")
    if not is_frame and getattr(X, "ndim", 0) != 2:
        raise DataError(f"{name} must have the shape (rows, inputs), got {getattr(X, 'shape', type(X).__name__)}")
    if not is_frame and np.isnan(X.shape[1]):
        raise DataError(f"{name} has an unknown number of columns: X.compute_chunk_sizes() finds it")
    if not is_frame and 0 in X.shape:
        raise DataError(f"{name} must have the shape (rows, inputs), at least (1, 1), got {X.shape}")
    if not is_frame and len(X.chunks[1]) > 1:
        X = X.rechunk({1: -1})
    sizes = None if is_frame or np.isnan(X.chunks[0]).any() else X.chunks[0]
    if not is_partitioned(y):
        if sizes is None:
            raise DataError(
                f"{name} is partitioned, its rows uncounted, but the labels are a {type(y).__name__}: give them as a "
                "Dask collection with the same partitions, or count the rows first (X.compute_chunk_sizes(), "
                "df.to_dask_array(lengths=True))"
            )
        import dask.array

        y = np.asarray(y)
        if y.ndim == 0:
            raise DataError(f"the labels of {name} must be a sequence, one for each row, got {y!r}")
        if len(y) != sum(sizes):
            raise LengthError(f"{name} has {sum(sizes)} rows but its labels are {len(y)}: give one label per row")
        y = dask.array.from_array(y, chunks=(sizes, *((length,) for length in y.shape[1:])))  # type: ignore[no-untyped-call]
    known = None if not hasattr(y, "chunks") or np.isnan(y.chunks[0]).any() else y.chunks[0]
    if sizes is not None and known is not None:
        if sum(sizes) != sum(known):
            raise LengthError(f"{name} has {sum(sizes)} rows but its labels are {sum(known)}: give one label per row")
        y = y.rechunk({0: sizes, **dict.fromkeys(range(1, y.ndim), -1)})
    elif X.npartitions != y.npartitions:
        raise DataError(
            f"{name} has {X.npartitions} partitions and the labels {y.npartitions}, of unknown sizes: give both the "
            "same partitions (columns of one data frame have), or count their rows (X.compute_chunk_sizes())"
        )
    return X, y, None if sizes is None else np.array(sizes)
