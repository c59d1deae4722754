"""Training: minibatches through the scalar engine, gradients through an optimiser, a record of every epoch."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from tqdm import tqdm

from autograd import AnomalyError, DataError, LengthError
from nn.checks import pair, rows_of_numbers, weights_of, whole
from nn.data.rows import batches
from nn.init import Seed, generator
from nn.module import Module
from nn.optim import Optimizer, Rate, optimizer_named
from nn.training.engine import TABLE, Epochs, write
from nn.training.task import Task, chosen, weighted

__all__ = ["History", "fit"]

_Array = np.ndarray[Any, np.dtype[Any]]
Pair = tuple[Any, Any]

#: How much lower, against itself, a loss must become for patience to count it: the limit of rounding is no progress.
_IMPROVEMENT = 1e-4
#: A loss that has grown by more than this share of what it was before the first step: training has done harm.
_HARM = 0.5


@dataclass(repr=False)
class History:
    """What happened in training, epoch by epoch.

    Attributes:
        records: one dictionary per epoch: ``epoch`` (from 1), ``loss``, ``accuracy`` for classifiers, and
            ``validation_loss``, ``validation_accuracy`` where rows were held out.
        best_epoch: the epoch whose loss (the validation's, if there is one) was lowest; with `validation` or `patience`
            the model has the weights of that epoch.
        ended: ``"finished"``, ``"stopped early"`` or ``"interrupted"``.

    >>> history = History([{"epoch": 1, "loss": 0.7}, {"epoch": 2, "loss": 0.5}])
    >>> history["loss"]
    [0.7, 0.5]
    """

    records: list[dict[str, float]] = field(default_factory=list)
    best_epoch: int = 0
    ended: str = "finished"

    def __getitem__(self, name: str) -> list[float]:
        """Return one column, such as ``history["loss"]``."""
        return [record[name] for record in self.records]

    def __len__(self) -> int:
        return len(self.records)

    def __repr__(self) -> str:
        last = self.records[-1] if self.records else {}
        shown = [f"{name} {number:.4g}" for name, number in last.items() if name != "epoch"]
        return f"<History: {', '.join([f'{len(self)} epochs ({self.ended})', *shown])}>"


def fit(
    model: Module,
    X: Any,
    y: Any,
    *,
    loss: str | Callable[..., Any] = "auto",
    optimizer: str | Optimizer = "adam",
    learning_rate: Rate | None = None,
    epochs: int = 100,
    batch_size: int | None = 32,
    sample_weight: Any = None,
    validation: Pair | None = None,
    patience: int | None = None,
    seed: Seed = 0,
    engine: str = "compiled",
    progress: bool | None = None,
    callback: Callable[[dict[str, float]], Any] | None = None,
) -> History:
    """Train `model` in place on rows of inputs and their labels.

    Args:
        model: computes one sample's output from a list of inputs.
        X: (rows, inputs) numbers, finite.
        y: (rows,) classes counted from 0; or numbers, for the losses of regression.
        loss: see :class:`nn.training.task.Task`.
        optimizer: a name of :data:`nn.optim.OPTIMIZERS` or an optimiser.
        learning_rate: for an optimiser given by name.
        epochs: how often every row is seen.
        batch_size: rows per step; None takes all of them in one step.
        sample_weight: (rows,) how much each row counts, at least 0; the losses of training are then weighted means.
        validation: ``(X, y)`` rows to judge by, never learnt from.
        patience: stop after so many epochs in which the loss (the validation's, if there is one) has not become lower
            by a ten-thousandth of itself.
        seed: orders the rows of each epoch.
        engine: ``"compiled"`` traces model and loss once and runs the rows of a step together; ``"numba"`` (extra
            ``jit``) makes one kernel of whole epochs; ``"eager"`` builds every sample's graph. All give the same
            numbers, to rounding. What cannot be traced falls back to eager, with a warning that says why.
        progress: show a bar; None shows it where there is a terminal.
        callback: called with each epoch's record; returning something true stops the training.

    Returns:
        The history. With `validation` or `patience` the model ends with the weights of ``history.best_epoch``, without
        them with those of the last epoch: whether the epochs ran out, patience did, `callback` stopped, or Ctrl-C,
        which ends the training after the last whole epoch.

    Raises:
        DataError, LengthError, OperandError, UnknownNameError: whatever of the arguments is wrong.
        AnomalyError: the loss became nan or infinite; the model has the best weights before that.

    Warns:
        UserWarning: the training loss ends far above what it was before the first step.

    >>> from nn import MLP, data
    >>> X, y = data.moons(40, noise=0.05, seed=0)
    >>> history = fit(MLP(2, [8, 1], activation="tanh", seed=0), X, y, epochs=20, learning_rate=0.1)
    >>> history["loss"][-1] < history["loss"][0]
    True
    """
    whole("epochs", epochs)
    if patience is not None:
        whole("patience", patience)
    parameters = model.parameters()
    if not parameters:
        mend = (
            "all are frozen: unfreeze() some"
            if any(model.named_parameters())
            else "assign Parameters to its attributes"
        )
        raise DataError(f"{type(model).__name__} has no parameters to train: {mend}")
    train = _Rows("X", X, y, model, loss, sample_weight)
    held_out = None if validation is None else _Rows("validation X", *pair(validation), model, loss)
    size = len(train.X) if batch_size is None else batch_size
    whole("batch_size", size)
    rng = generator(seed)
    history = History()
    steps = Epochs(engine, model, train.loss, train.X, train.targets, optimizer_named(optimizer, learning_rate))
    vector = np.array([parameter.data for parameter in parameters])
    first_cost = train.evaluate(model)["loss"]
    if not math.isfinite(first_cost):
        raise AnomalyError(
            f"the loss is {first_cost} before the first step: the starting weights or the data are too large, or the "
            "activation does not take every number"
        )
    keeps_best = validation is not None or patience is not None
    last, best, best_cost = vector, vector, math.inf
    improved, improved_cost = 0, math.inf  # as patience sees it
    try:
        with tqdm(total=epochs, unit="epoch", disable=None if progress is None else not progress, leave=False) as bar:
            for epoch in range(1, epochs + 1):
                vector = steps.run(list(batches(len(train.X), size, rng)))
                record = {"epoch": float(epoch), **train.evaluate(model)}
                if held_out is not None:
                    record |= {f"validation_{name}": number for name, number in held_out.evaluate(model).items()}
                cost = record.get("validation_loss", record["loss"])
                if not math.isfinite(cost + record["loss"]):
                    raise AnomalyError(
                        f"the loss became {cost} in epoch {epoch}: lower the learning rate, clip the gradient "
                        "(chain(clip(1.0), ...)), or find the first nan with detect_anomaly()"
                    )
                history.records.append(record)
                last = vector
                if cost < best_cost:
                    best, best_cost, history.best_epoch = last, cost, epoch
                if cost + _IMPROVEMENT * abs(cost) < improved_cost:
                    improved, improved_cost = epoch, cost
                shown = {name: f"{number:.4g}" for name, number in record.items() if name != "epoch"}
                bar.set_postfix(shown, refresh=False)  # the bar refreshes by the clock: epochs may take microseconds
                bar.update()
                if callback is not None and callback(record):
                    history.ended = "stopped early"
                    break
                if patience is not None and epoch - improved >= patience:
                    history.ended = "stopped early"
                    break
    except KeyboardInterrupt:
        history.ended = "interrupted"
    except AnomalyError:
        keeps_best = True  # the last are those that went wrong
        raise
    finally:
        write(parameters, best if keeps_best else last)
    if history.records:
        left = history["loss"][history.best_epoch - 1 if keeps_best else -1]
        if left - first_cost > _HARM * abs(first_cost):
            warnings.warn(
                f"training made the loss larger, from {first_cost:.4g} before the first step to {left:.4g}: lower the "
                "learning rate, or clip the gradient (chain(clip(1.0), ...))",
                stacklevel=2,
            )
    return history


class _Rows:
    """Rows to train on or to judge by, checked once."""

    def __init__(
        self, name: str, X: Any, y: Any, model: Module, loss: str | Callable[..., Any], sample_weight: Any = None
    ) -> None:
        self.X = _matrix(name, X)
        if np.ma.is_masked(y):
            raise DataError(f"the labels of {name} are a masked array with values masked out: drop those rows first")
        self.y = np.asarray(y)
        if self.y.ndim == 0:
            raise DataError(f"the labels of {name} must be a sequence, one for each row, got {y!r}")
        if len(self.y) != len(self.X):
            raise LengthError(f"{name} has {len(self.X)} rows but its labels are {len(self.y)}: give one label per row")
        self.weights = weights_of(sample_weight, len(self.X))
        if self.weights is not None:
            self.weights = self.weights * (len(self.X) / self.weights.sum())
        n_outputs = model.outputs(self.X[:1]).shape[1]
        self.task = Task(loss, n_outputs)
        self.loss = self.task.loss if self.weights is None else weighted(self.task.loss)
        self._chunk = max(TABLE // (self.X.shape[1] + n_outputs), 1)
        for rows in self._chunks():
            self.task.targets(self.y[rows])  # whatever is wrong with them is said before training

    def targets(self, rows: Any) -> _Array:
        """Return the targets of some rows as the loss takes them, with their weights, if there are weights."""
        own = self.task.targets(self.y[rows])
        return own if self.weights is None else np.column_stack([own, self.weights[rows]])

    def evaluate(self, model: Module) -> dict[str, float]:
        """Return the mean loss over all rows, and the accuracy where there are classes."""
        losses, right = [], []
        for rows in self._chunks():
            outputs = model.outputs(self.X[rows])
            losses.append(self.task.costs(outputs, self.task.targets(self.y[rows])))
            if self.task.classifies:
                right.append(chosen(outputs) == self.y[rows])
        found = {"loss": float(np.average(np.concatenate(losses), weights=self.weights))}
        return found | {"accuracy": float(np.average(np.concatenate(right), weights=self.weights))} if right else found

    def _chunks(self) -> list[slice]:
        """All rows, in parts whose outputs and targets do not fill the memory."""
        return [slice(start, start + self._chunk) for start in range(0, len(self.X), self._chunk)]


def _matrix(name: str, X: Any) -> _Array:
    matrix = rows_of_numbers(name, X)
    if matrix.ndim != 2 or 0 in matrix.shape:
        raise DataError(f"{name} must have the shape (rows, inputs), at least (1, 1), got {matrix.shape}")
    if not np.isfinite(matrix).all():
        row, column = np.argwhere(~np.isfinite(matrix))[0]
        raise DataError(
            f"{name} has {matrix[row, column]} in row {row}, column {column}: fill in or drop such rows first"
        )
    return matrix
