"""Checkpoints: all that a training needs to go on as if nothing had happened, in one JSON file.

The parameters, the optimiser's state, the generator that orders the rows, the history. Numbers come back to the last
bit, files are written whole or not at all, and nothing in one is ever run.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from autograd import StorageError
from autograd.system.files import writable, write_whole
from nn.module import Module
from nn.optim import Optimizer
from nn.training.history import History
from nn.training.partitions.partitions import Partitions
from nn.training.progress import Progress
from nn.training.rows import Rows

__all__ = ["Checkpoint", "settings_of"]

_FORMAT = "glassgrad checkpoint"
_VERSION = 1
#: The kinds of numbers that states may have.
_KINDS = ("float64", "float32", "int64", "int32", "uint64", "uint32", "bool")


#: The parts of a :class:`Progress` that are stored as they are.
_PARTS = ("parameters", "best", "first_cost", "best_cost", "improved", "improved_cost", "optimizer", "generator")


class Checkpoint:
    """A file that a training can be taken up from.

    Args:
        path: the file; an old one is replaced only once the new one is whole.
        settings: what has to be the same when training goes on; see :func:`settings_of`.

    Raises:
        OSError: it cannot be written.
    """

    def __init__(self, path: str | os.PathLike[str], settings: Mapping[str, Any]) -> None:
        self._path, self._settings = Path(path), json.loads(json.dumps(settings))
        writable(path)

    def save(self, at: Progress, optimizer: Any, rng: np.random.Generator) -> None:
        """Write where a training stands, with the states that its next epoch starts from.

        Raises:
            StorageError: the optimiser's state is not made of numbers and vectors.
            OSError: the disk is full, say.
        """
        at.optimizer, at.generator = optimizer, rng.bit_generator.state
        state = {name: _plain(name, getattr(at, name)) for name in _PARTS}
        history = {"records": at.history.records, "best_epoch": at.history.best_epoch}
        document = {"format": _FORMAT, "version": _VERSION, "settings": self._settings, **history, **state}
        write_whole(self._path, json.dumps(document) + "\n")

    def load(self, form: Any, rng: np.random.Generator) -> Progress | None:
        """Return what the file holds; None where there is none. `rng` is brought to the state it had.

        Args:
            form: a state of the same optimiser, before its first step.
            rng: the generator that orders the rows.

        Raises:
            StorageError: it is truncated, no checkpoint, or of a training with other settings, which are named.
        """
        try:
            text = self._path.expanduser().read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return None
        path = os.fspath(self._path)
        try:
            document = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise StorageError(f"{path} is truncated or not JSON: {error}") from None
        if not isinstance(document, dict) or document.get("format") != _FORMAT or document.get("version") != _VERSION:
            raise StorageError(f"{path} is not a checkpoint of ours: it has no format {_FORMAT!r}, version {_VERSION}")
        stored = document.get("settings")
        if not isinstance(stored, dict):
            raise StorageError(f"{path} is not a whole checkpoint: it has no settings")
        for name, setting in self._settings.items():
            if stored.get(name) != setting:
                raise StorageError(
                    f"{path} is of another training: {name} was {_shown(stored.get(name))}, and is {_shown(setting)} "
                    "now; go on with the same, or start anew with another file"
                )
        try:
            records, best_epoch = list(map(dict, document["records"])), document["best_epoch"]
            history = History(records, best_epoch, start=document["first_cost"])
            at = Progress(history=history, **{name: _built(document[name]) for name in _PARTS})
            _check(at, self._settings)
            if self._settings["optimizer"]:  # one that is not made of stages has a state of its own kind
                _check_form(at.optimizer, form)
            rng.bit_generator.state = at.generator
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            raise StorageError(f"{path} is not a whole checkpoint: {type(error).__name__}: {error}") from None
        return at


def settings_of(
    model: Module, optimizer: Optimizer, train: Rows | Partitions, held_out: Rows | Partitions | None, **others: Any
) -> dict[str, Any]:
    """Return what has to be the same for a training to go on: names, loss, rows, formulas and constants, and `others`.

    A learning rate or an optimiser that is a function of one's own cannot be compared: it is taken to be the same.
    """
    names = {id(parameter): name for name, parameter in model.named_parameters()}
    return {
        **others,
        "parameters": [names.get(id(parameter), f"parameter {i}") for i, parameter in enumerate(model.parameters())],
        "loss": train.task.name,
        "optimizer": [{**asdict(stage), "schedule": _numbers(stage.schedule)} for stage in optimizer.stages],
        "rows": train.fingerprint(),
        "validation rows": held_out and held_out.fingerprint(),
    }


def _numbers(schedule: Any) -> list[Any]:
    """Those that a schedule of nn.optim is made of."""
    return list(getattr(schedule, "args", ()))


def _plain(name: str, part: Any) -> Any:
    """A state as JSON has it."""
    if isinstance(part, np.ndarray) and part.dtype.name in _KINDS:
        return {"numbers": part.tolist(), "kind": part.dtype.name}
    if isinstance(part, np.generic):
        return part.item()
    if part is None or isinstance(part, bool | int | float | str):
        return part
    if isinstance(part, list | tuple):
        return [_plain(name, each) for each in part]
    if isinstance(part, Mapping) and all(isinstance(key, str) for key in part):
        return {"items": {key: _plain(name, each) for key, each in part.items()}}
    raise StorageError(
        f"a checkpoint holds numbers, vectors, tuples and dictionaries: {name} has a {type(part).__name__}"
    )


def _built(part: Any) -> Any:
    if isinstance(part, list):
        return tuple(map(_built, part))
    if isinstance(part, dict) and "items" in part:
        return {key: _built(each) for key, each in part["items"].items()}
    if isinstance(part, dict):
        if part["kind"] not in _KINDS:
            raise ValueError(f"{part['kind']!r} is no kind of numbers")
        return np.array(part["numbers"], dtype=part["kind"])
    return part


def _check(at: Progress, settings: Mapping[str, Any]) -> None:
    names, epochs = settings["parameters"], len(at.history)
    for vector in (at.parameters, at.best):
        if vector.shape != (len(names),) or not np.isfinite(vector).all():
            raise ValueError(f"it must have {len(names)} finite parameters, got the shape {vector.shape}")
    for number in (at.history.best_epoch, at.improved):
        if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number <= epochs:
            raise ValueError(f"it has {epochs} records, but speaks of epoch {number!r}")
    for record in at.history.records:
        if not {"epoch", "loss"} <= record.keys():
            raise ValueError("a record of its history has no loss")
    measured = (number for record in at.history.records for number in record.values())
    for cost in (at.best_cost, at.improved_cost, at.first_cost, *measured):
        if isinstance(cost, bool) or not isinstance(cost, int | float):
            raise TypeError(f"{cost!r} is no number")


def _check_form(state: Any, form: Any) -> None:
    """Raise ValueError unless a state has the parts, and their kinds, that another of the same optimiser has."""
    if isinstance(form, tuple):
        if not isinstance(state, tuple) or len(state) != len(form):
            raise ValueError("the optimiser's state lacks parts")
        for part, own in zip(state, form, strict=True):
            _check_form(part, own)
    elif type(state) is not type(form) or np.shape(state) != np.shape(form):
        raise ValueError(f"the optimiser's state has a {type(state).__name__} {np.shape(state)} in it")


def _shown(setting: Any) -> str:
    text = repr(setting)
    return text if len(text) < 60 else f"{text[:56]} ..."
