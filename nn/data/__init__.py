"""Data to learn from: generated sets, standardising, splitting, minibatches, and tables from CSV and Parquet files."""

from nn.data.csv_file import load_csv
from nn.data.frames import load_parquet
from nn.data.generated import (
    GENERATORS,
    blobs,
    circles,
    generate,
    moons,
    spiral,
    xor,
    yin_yang,
)
from nn.data.rows import Standardizer, batches, train_test_split
from nn.data.table import Table

__all__ = [
    "GENERATORS",
    "Standardizer",
    "Table",
    "batches",
    "blobs",
    "circles",
    "generate",
    "load_csv",
    "load_parquet",
    "moons",
    "spiral",
    "train_test_split",
    "xor",
    "yin_yang",
]
