"""``fit``: training, epoch by epoch: steps over minibatches, a record of each epoch, the best weights, checkpoints."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from tqdm import tqdm

from autograd import AnomalyError, ClusterError, DataError, OperandError
from nn.checks import pair, whole
from nn.init import Seed, generator
from nn.module import Module
from nn.optim import Optimizer, Rate, optimizer_named
from nn.training.checkpoint import Checkpoint, settings_of
from nn.training.engine import Epochs, chosen, write
from nn.training.history import History
from nn.training.partitions.collections import is_partitioned
from nn.training.partitions.epochs import PartitionEpochs
from nn.training.partitions.partitions import Partitions
from nn.training.progress import Progress
from nn.training.recording import Recording
from nn.training.rows import Rows

__all__ = ["History", "fit"]

Pair = tuple[Any, Any]

#: A loss that has grown by more than this share of what it was before the first step: training has done harm.
_HARM = 0.5


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
    shuffle: str = "rows",
    seed: Seed = 0,
    engine: str = "auto",
    checkpoint: str | os.PathLike[str] | None = None,
    checkpoint_every: int = 1,
    resume: bool = False,
    progress: bool | None = None,
    callback: Callable[[dict[str, float]], Any] | None = None,
    record: Recording | None = None,
) -> History:
    """Train `model` in place on rows of inputs and their labels.

    Args:
        model: computes one sample's output from a list of inputs.
        X: (rows, inputs) numbers, finite: an array, a data frame, or a Dask array or data frame, whose partitions then
            compute where they lie (extra ``dask``, see docs/cluster.md).
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
        shuffle: ``"rows"``; of Dask collections also ``"partitions"``: an epoch takes the partitions in an order of its
            own, each step so many of them that it has `batch_size` rows.
        seed: orders the rows of each epoch.
        engine: ``"compiled"`` traces model and loss once and runs the rows of a step together; ``"kernel"`` (extra
            ``jit``) makes machine code of whole epochs; ``"eager"`` builds every sample's graph; ``"auto"`` takes the
            kernel where it is installed and pays, else ``"compiled"``. All give the same numbers, to rounding. What
            cannot be traced falls back to eager, with a warning that says why.
        checkpoint: a file that is written, whole or not at all, with all that is needed to go on: parameters, the
            optimiser's state, the generator, the history.
        checkpoint_every: how many epochs from one writing of it to the next; it is written at the end, too.
        resume: go on from `checkpoint`, if there is such a file, to the same numbers, bit by bit, as if nothing had
            happened; `seed` and the model's own numbers then do not count. `epochs` is the number in all.
        progress: show a bar; None shows it where there is a terminal.
        callback: called with each epoch's record; returning something true stops the training.
        record: a :class:`nn.Recording` that keeps the parameters of every epoch, for a film.

    Returns:
        The history. With `validation` or `patience` the model ends with the weights of ``history.best_epoch``, without
        them with those of the last epoch: whether the epochs ran out, patience did, `callback` stopped, or Ctrl-C,
        which ends the training after the last whole epoch.

    Raises:
        DataError, LengthError, OperandError, UnknownNameError: whatever of the arguments is wrong.
        StorageError: the checkpoint is no whole one, or of another training.
        ClusterError: the workers of a Dask cluster do not answer; the model is as it was.
        AnomalyError: the loss became nan or infinite; the model has the best weights before that.

    Warns:
        UserWarning: the training loss ends far above what it was before the first step.

    >>> from nn import MLP, data
    >>> X, y = data.moons(40, noise=0.05, seed=0)
    >>> history = fit(MLP(2, [8, 1], activation="tanh", seed=0), X, y, epochs=20, learning_rate=0.1)
    >>> history["loss"][-1] < history["loss"][0]
    True
    """
    for name, number in (("epochs", epochs), ("checkpoint_every", checkpoint_every)):
        whole(name, number)
    if patience is not None:
        whole("patience", patience)
    if resume and checkpoint is None:
        raise OperandError("resume=True goes on from a checkpoint: give its path, checkpoint=...")
    parameters = model.parameters()
    if not parameters:
        frozen = any(model.named_parameters())
        mend = "all are frozen: unfreeze() some" if frozen else "assign Parameters to its attributes"
        raise DataError(f"{type(model).__name__} has no parameters to train: {mend}")
    if batch_size is not None:
        whole("batch_size", batch_size)
    rng = generator(seed)
    taken = optimizer_named(optimizer, learning_rate)
    held_out = None if validation is None else _judge(*pair(validation), model, loss, engine)
    train: Rows | Partitions
    steps: Epochs | PartitionEpochs
    if is_partitioned(X):
        if sample_weight is not None:
            raise OperandError("sample_weight is for rows in memory, not for Dask collections: weigh the loss instead")
        train = Partitions("X", X, y, model, loss, engine)
        steps = PartitionEpochs(model, train, taken, batch_size, shuffle)
    elif is_partitioned(y):
        raise DataError(
            f"X is a {type(X).__name__} in memory, but its labels are a Dask collection: y.compute() gathers them"
        )
    elif shuffle != "rows":
        raise OperandError(f"shuffle={shuffle!r} is for Dask collections: rows in memory are shuffled one by one")
    else:
        train = Rows("X", X, y, model, loss, sample_weight, traced=engine != "eager")
        engine = chosen(engine, len(train.X), model, taken)
        steps = Epochs(engine, model, train, taken, len(train.X) if batch_size is None else batch_size)
    file, at = None, None
    if checkpoint is not None:
        settings = settings_of(
            model,
            taken,
            train,
            held_out,
            engine=engine,
            batch_size=batch_size,
            shuffle=shuffle,
            generator=rng.bit_generator.state["bit_generator"],
        )
        file = Checkpoint(checkpoint, settings)
        at = file.load(steps.state, rng) if resume else None
    if at is None:
        at = Progress.start(steps.vector, steps.evaluate()["loss"])
    else:
        steps.go_on_from(at.parameters, at.optimizer)
    keeps_best = validation is not None or patience is not None
    history, start = at.history, at.parameters
    film = None if record is None else record.start(model, X, y, loss)
    try:
        with tqdm(
            total=epochs,
            initial=len(history),
            unit="epoch",
            leave=False,
            disable=None if progress is None else not progress,
        ) as bar:
            for entry in _epochs(steps, held_out, rng, at, epochs, patience):
                if file is not None and len(history) % checkpoint_every == 0:
                    file.save(at, steps.state, rng)
                if film is not None:
                    film.add(entry)
                shown = {name: f"{number:.4g}" for name, number in entry.items() if name != "epoch"}
                bar.set_postfix(shown, refresh=False)  # the bar refreshes by the clock: epochs may take microseconds
                bar.update()
                if callback is not None and callback(entry):
                    history.ended = "stopped early"
                    break
        if file is not None:
            file.save(at, steps.state, rng)
    except KeyboardInterrupt:
        history.ended = "interrupted"
    except AnomalyError:
        keeps_best = True  # the last are those that went wrong
        raise
    except (ClusterError, DataError):  # partitions that became unreadable, or workers that went away
        at.parameters = at.best = start
        raise
    finally:
        write(parameters, at.best if keeps_best else at.parameters)
    if history.records:
        _warn_of_harm(at, keeps_best)
    return history


def _judge(X: Any, y: Any, model: Module, loss: str | Callable[..., Any], engine: str) -> Rows | Partitions:
    """The rows held out, to judge by."""
    if is_partitioned(X):
        return Partitions("validation X", X, y, model, loss, engine)
    return Rows("validation X", X, y, model, loss, traced=engine != "eager")


def _epochs(
    steps: Epochs | PartitionEpochs,
    held_out: Rows | Partitions | None,
    rng: np.random.Generator,
    at: Progress,
    epochs: int,
    patience: int | None,
) -> Iterator[dict[str, float]]:
    """Take epochs until they or patience run out; yield the record of each, with `at` brought up to date."""
    for epoch in range(len(at.history) + 1, epochs + 1):
        if at.has_lost(patience):
            break
        vector = steps.run(rng)
        record = {"epoch": float(epoch), **steps.evaluate()}
        if held_out is not None:
            record |= {f"validation_{name}": number for name, number in held_out.evaluate().items()}
        at.take(vector, record)
        yield record
    if at.has_lost(patience):
        at.history.ended = "stopped early"


def _warn_of_harm(at: Progress, keeps_best: bool) -> None:
    left = at.history["loss"][at.history.best_epoch - 1 if keeps_best else -1]
    if left - at.first_cost > _HARM * abs(at.first_cost):
        warnings.warn(
            f"training made the loss larger, from {at.first_cost:.4g} before the first step to {left:.4g}: lower the "
            "learning rate, or clip the gradient (chain(clip(1.0), ...))",
            stacklevel=3,
        )
