"""Diagnoses of a training: a rate that does harm, a column that only numbers the rows."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from nn.checks import rows_of_numbers
from nn.explanation.diagnose import Finding
from nn.explanation.writing.wording import check
from nn.training.history import History

__all__ = ["diagnose_training"]

#: A loss that has grown by more than this share of what it was before the first step: training has done harm.
_HARM = 0.5
#: Names of columns that number the rows.
_NUMBERING = re.compile(
    r"(.*[\s_-])?(id|uid|uuid|index|idx|row|row.?number|no|nr|number|序号|编号|行号)", re.IGNORECASE
)
#: So many rows at least say something about a column, and so much of their range do the numbers of a part of them fill.
_ROWS, _FILLED = 10, 0.25


def diagnose_training(
    history: History, X: Any, feature_names: Sequence[str] | None = None, *, lang: str = "en"
) -> tuple[Finding, ...]:
    """Return what is wrong with a training; empty when nothing is.

    Args:
        history: what :func:`nn.fit` returned.
        X: (rows, columns) the rows that were learnt from, as they stand in the table.
        feature_names: one per column; x0, x1, ... unless given.
        lang: of the findings.

    >>> X = np.column_stack([np.arange(100.0, 130.0), np.random.default_rng(0).normal(size=30)])
    >>> [str(finding) for finding in diagnose_training(History(start=0.7), X, ["id", "size"])]
    ['Numbers the rows: id has a different whole number in each of the 30 rows. ...']
    """
    rows = rows_of_numbers("X", X)
    names = [f"x{place}" for place in range(rows.shape[1])] if feature_names is None else list(feature_names)
    found = []
    losses = history["loss"] if history.records else []
    end = losses[history.best_epoch - 1 if "validation_loss" in history.records[-1] else -1] if losses else math.nan
    if end - history.start > _HARM * abs(history.start):
        found.append(Finding("diverged", (), {"start": history.start, "end": end, "epochs": len(losses)}, check(lang)))
    for place, name in enumerate(names):
        column = rows[:, place]
        if _numbers_rows(column, str(name)):
            found.append(Finding("identifier", (), {"column": str(name), "rows": len(column)}, check(lang)))
    return tuple(found)


def _numbers_rows(column: Any, name: str) -> bool:
    """Whether all are different whole numbers that lie close, or that a column of this name has."""
    if len(column) < _ROWS or not np.array_equal(column, np.floor(column)) or len(np.unique(column)) < len(column):
        return False
    filled = len(column) / (np.ptp(column) + 1.0)
    return bool(_NUMBERING.fullmatch(name.strip())) or bool(filled > _FILLED)
