"""The tests mirror the packages; this file makes `tests` a package of this repository, whatever else is installed."""

from pathlib import Path

#: The repository.
ROOT = Path(__file__).resolve().parent.parent
