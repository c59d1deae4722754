"""``fit``: training, epoch by epoch: steps over minibatches, a record of each epoch, the best weights, checkpoints."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from tqdm import tqdm

from autograd import AnomalyError, DataError, OperandError
from nn.checks import pair, whole
from nn.init import Seed, generator
from nn.module import Module
from nn.optim import Optimizer, Rate, optimizer_named
from nn.training.checkpoint import Checkpoint, settings_of
from nn.training.engine import Epochs, write
from nn.training.history import History
from nn.training.progress import Progress
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
    seed: Seed = 0,
    engine: str = "compiled",
    checkpoint: str | os.PathLike[str] | None = None,
    checkpoint_every: int = 1,
    resume: bool = False,
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
        checkpoint: a file that is written, whole or not at all, with all that is needed to go on: parameters, the
            optimiser's state, the generator, the history.
        checkpoint_every: how many epochs from one writing of it to the next; it is written at the end, too.
        resume: go on from `checkpoint`, if there is such a file, to the same numbers, bit by bit, as if nothing had
            happened; `seed` and the model's own numbers then do not count. `epochs` is the number in all.
        progress: show a bar; None shows it where there is a terminal.
        callback: called with each epoch's record; returning something true stops the training.

    Returns:
        The history. With `validation` or `patience` the model ends with the weights of ``history.best_epoch``, without
        them with those of the last epoch: whether the epochs ran out, patience did, `callback` stopped, or Ctrl-C,
        which ends the training after the last whole epoch.

    Raises:
        DataError, LengthError, OperandError, UnknownNameError: whatever of the arguments is wrong.
        StorageError: the checkpoint is no whole one, or of another training.
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
    traced = engine != "eager"
    train = Rows("X", X, y, model, loss, sample_weight, traced=traced)
    held_out = None if validation is None else Rows("validation X", *pair(validation), model, loss, traced=traced)
    size = len(train.X) if batch_size is None else batch_size
    whole("batch_size", size)
    rng = generator(seed)
    taken = optimizer_named(optimizer, learning_rate)
    steps = Epochs(engine, model, train, taken, size)
    file, at = None, None
    if checkpoint is not None:
        settings = settings_of(
            model,
            taken,
            train,
            held_out,
            engine=engine,
            batch_size=size,
            generator=rng.bit_generator.state["bit_generator"],
        )
        file = Checkpoint(checkpoint, settings)
        at = file.load(steps.state, rng) if resume else None
    if at is None:
        at = Progress.start(steps.vector, train.evaluate()["loss"])
    else:
        steps.go_on_from(at.parameters, at.optimizer)
    keeps_best = validation is not None or patience is not None
    history = at.history
    try:
        with tqdm(
            total=epochs,
            initial=len(history),
            unit="epoch",
            leave=False,
            disable=None if progress is None else not progress,
        ) as bar:
            for record in _epochs(steps, train, held_out, rng, at, epochs, patience):
                if file is not None and len(history) % checkpoint_every == 0:
                    file.save(at, steps.state, rng)
                shown = {name: f"{number:.4g}" for name, number in record.items() if name != "epoch"}
                bar.set_postfix(shown, refresh=False)  # the bar refreshes by the clock: epochs may take microseconds
                bar.update()
                if callback is not None and callback(record):
                    history.ended = "stopped early"
                    break
        if file is not None:
            file.save(at, steps.state, rng)
    except KeyboardInterrupt:
        history.ended = "interrupted"
    except AnomalyError:
        keeps_best = True  # the last are those that went wrong
        raise
    finally:
        write(parameters, at.best if keeps_best else at.parameters)
    if history.records:
        _warn_of_harm(at, keeps_best)
    return history


def _epochs(
    steps: Epochs,
    train: Rows,
    held_out: Rows | None,
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
        record = {"epoch": float(epoch), **train.evaluate()}
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
