"""Optimisers: pure pairs of functions on flat vectors, put together with ``chain``.

``init(parameters)`` gives a state; ``update(gradient, state, parameters)`` gives the step to add to the parameters and
the next state. Nothing is changed in place, so a state can be kept, compared and saved, and one optimiser can serve
many models; optimisers and schedules can be pickled. A learning rate is a number, or a schedule: a function of the
step's index, counted from 0.

Like the calculus table, an optimiser is data: a few stages, each some formulas over vectors. NumPy evaluates them here;
the compiler writes them into its loops.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from autograd import OperandError, UnknownNameError
from autograd.calculus.printing import numpy_function
from nn.schedules import Schedule, check_between, constant, cosine, exponential, linear

__all__ = [
    "OPTIMIZERS",
    "Optimizer",
    "Stage",
    "adam",
    "adamw",
    "chain",
    "clip",
    "constant",
    "cosine",
    "exponential",
    "from_stages",
    "linear",
    "optimizer_named",
    "sgd",
    "weight_decay",
]

Vector = np.ndarray[Any, np.dtype[np.float64]]
Rate = float | Schedule


@dataclass(frozen=True)
class Stage:
    """One stage of an optimiser, as formulas over vectors.

    In the formulas ``g`` is the gradient, or what the stage before made of it, ``p`` the parameters, ``rate`` the
    learning rate of this step, ``t`` the number of the step from 1; the rest are states, constants and given names.

    Attributes:
        result: what goes on to the next stage, or is added to the parameters.
        states: vectors that are kept from step to step, each with the formula of its next value; all start at 0.
        given: names for subformulas, which see the states before the step.
        constants: numbers by name.
        schedule: the learning rate of each step, counted from 0; None for a stage that has none.
    """

    result: str
    states: tuple[tuple[str, str], ...] = ()
    given: tuple[tuple[str, str], ...] = ()
    constants: tuple[tuple[str, float], ...] = ()
    schedule: Schedule | None = None

    def rate(self, step: int) -> float:
        """The learning rate of a step, counted from 0."""
        return 0.0 if self.schedule is None else self.schedule(step)

    def __getstate__(self) -> dict[str, Any]:
        return {name: found for name, found in vars(self).items() if name != "arrays"}  # made anew where it is needed

    @functools.cached_property
    def arrays(self) -> Callable[..., tuple[Any, ...]]:
        """``arrays(g, p, rate, t, *states) -> (result, *next states)``, over NumPy vectors."""
        names = ["g", "p", "rate", "t", *(f"old_{name}" for name, _ in self.states)]
        constants = [(name, repr(number)) for name, number in self.constants]
        before = [(name, f"old_{name}") for name, _ in self.states]
        # A state's next value takes its name, so that the result sees the new one.
        lines = [*constants, *before, *self.given, *self.states]
        return numpy_function(names, lines, [self.result, *(name for name, _ in self.states)], {})


class Optimizer(NamedTuple):
    """An optimiser as a pure pair, and the stages it follows from.

    Attributes:
        init: ``parameters (p,) -> state``.
        update: ``(gradient (p,), state, parameters (p,)) -> (step (p,), next state)``; the step is to be added.
        stages: the formulas.
    """

    init: Callable[[Vector], Any]
    update: Callable[[Vector, Any, Vector], tuple[Vector, Any]]
    stages: tuple[Stage, ...] = ()


def from_stages(*stages: Stage) -> Optimizer:
    """Return the optimiser that runs these stages one after the other.

    >>> step, _ = from_stages(Stage("-0.1 * g")).update(np.array([2.0]), (0, ((),)), np.zeros(1))
    >>> step
    array([-0.2])
    """
    return Optimizer(functools.partial(_init_stages, stages), functools.partial(_update_stages, stages), stages)


def _init_stages(stages: tuple[Stage, ...], parameters: Vector) -> Any:
    return 0, tuple(tuple(np.zeros_like(parameters) for _ in stage.states) for stage in stages)


def _update_stages(stages: tuple[Stage, ...], gradient: Vector, state: Any, parameters: Vector) -> tuple[Vector, Any]:
    count, states = state
    following = []
    with np.errstate(all="ignore"):  # a gradient of 0 has no direction, one of inf no length
        for stage, own in zip(stages, states, strict=True):
            gradient, *new = stage.arrays(gradient, parameters, stage.rate(count), count + 1, *own)
            following.append(tuple(new))
    return gradient, (count + 1, tuple(following))


def sgd(learning_rate: Rate = 0.01, *, momentum: float = 0.0, nesterov: bool = False) -> Optimizer:
    """Gradient descent: ``v <- momentum·v + g``, ``p <- p - rate·v`` (PyTorch's form of momentum).

    >>> step, _ = sgd(0.1).update(np.array([2.0]), sgd(0.1).init(np.zeros(1)), np.zeros(1))
    >>> step
    array([-0.2])
    """
    check_between("momentum", momentum, 0.0, 1.0)
    if momentum == 0.0:
        return from_stages(Stage("-rate * g", schedule=_schedule(learning_rate)))
    direction = "g + momentum * velocity" if nesterov else "velocity"
    velocity = (("velocity", "momentum * velocity + g"),)
    constants = (("momentum", float(momentum)),)
    return from_stages(
        Stage(f"-rate * ({direction})", velocity, constants=constants, schedule=_schedule(learning_rate))
    )


def adam(learning_rate: Rate = 0.001, *, beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8) -> Optimizer:
    """Adam (Kingma and Ba 2015, algorithm 1): steps scaled by running means of the gradient and of its square.

    >>> optimizer = adam(0.1)
    >>> step, _ = optimizer.update(np.array([2.0]), optimizer.init(np.zeros(1)), np.zeros(1))
    >>> step.round(6)
    array([-0.1])
    """
    return from_stages(_adam(learning_rate, beta1, beta2, eps))


def adamw(
    learning_rate: Rate = 0.001,
    *,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
    weight_decay: float = 0.01,
) -> Optimizer:
    """Adam with decoupled weight decay (Loshchilov and Hutter 2019): the decay is not rescaled by Adam.

    >>> optimizer = adamw(0.1, weight_decay=0.5)
    >>> step, _ = optimizer.update(np.zeros(1), optimizer.init(np.ones(1)), np.ones(1))
    >>> step
    array([-0.05])
    """
    check_between("weight_decay", weight_decay, 0.0, math.inf)
    return from_stages(_adam(learning_rate, beta1, beta2, eps, weight_decay))


def _adam(rate: Rate, beta1: float, beta2: float, eps: float, decay: float = 0.0) -> Stage:
    check_between("beta1", beta1, 0.0, 1.0)
    check_between("beta2", beta2, 0.0, 1.0)
    check_between("eps", eps, 0.0, math.inf)
    # The means' corrections, taken out of the vectors: mean / (1 - beta1^t) / (sqrt(square / (1 - beta2^t)) + eps).
    step = "-rate * root / (1 - pow(beta1, t)) * mean / (sqrt(square) + eps * root)"
    return Stage(
        f"{step} - rate * decay * p" if decay else step,
        (("mean", "beta1 * mean + (1 - beta1) * g"), ("square", "beta2 * square + (1 - beta2) * g * g")),
        given=(("root", "sqrt(1 - pow(beta2, t))"),),
        constants=(("beta1", float(beta1)), ("beta2", float(beta2)), ("eps", float(eps)), ("decay", float(decay))),
        schedule=_schedule(rate),
    )


def clip(norm: float) -> Optimizer:
    """Shorten a gradient longer than `norm` (Euclidean) to that length; put it before an optimiser with :func:`chain`.

    >>> clip(1.0).update(np.array([3.0, 4.0]), clip(1.0).init(np.zeros(2)), np.zeros(2))[0]
    array([0.6, 0.8])
    """
    check_between("norm", norm, 0.0, math.inf)
    shortened = "where(length > limit, g * (limit / length), g)"
    # Scaled by the largest element first: the squares of a gradient that has exploded would overflow.
    length = (("largest", "max(abs(g))"), ("length", "largest * sqrt(sum((g / largest) * (g / largest)))"))
    return from_stages(Stage(shortened, given=length, constants=(("limit", float(norm)),)))


def weight_decay(decay: float) -> Optimizer:
    """Add ``decay · parameters`` to the gradient: that of the penalty ``decay/2 · Σp²``.

    >>> weight_decay(0.1).update(np.zeros(1), weight_decay(0.1).init(np.zeros(1)), np.array([2.0]))[0]
    array([0.2])
    """
    check_between("decay", decay, 0.0, math.inf)
    return from_stages(Stage("g + decay * p", constants=(("decay", float(decay)),)))


def chain(*optimizers: Optimizer) -> Optimizer:
    """Feed the result of each update to the next: ``chain(clip(1.0), weight_decay(1e-4), sgd(0.1))``.

    >>> both = chain(clip(1.0), sgd(0.1))
    >>> both.update(np.array([3.0, 4.0]), both.init(np.zeros(2)), np.zeros(2))[0]
    array([-0.06, -0.08])
    """
    if all(optimizer.stages for optimizer in optimizers):
        return from_stages(*(stage for optimizer in optimizers for stage in optimizer.stages))

    return Optimizer(functools.partial(_init_all, optimizers), functools.partial(_update_all, optimizers))


def _init_all(optimizers: tuple[Optimizer, ...], parameters: Vector) -> Any:
    return tuple(optimizer.init(parameters) for optimizer in optimizers)


def _update_all(
    optimizers: tuple[Optimizer, ...], gradient: Vector, state: Any, parameters: Vector
) -> tuple[Vector, Any]:
    following = []
    for optimizer, own in zip(optimizers, state, strict=True):
        gradient, own = optimizer.update(gradient, own, parameters)
        following.append(own)
    return gradient, tuple(following)


#: Every optimiser that makes steps, by name.
OPTIMIZERS: dict[str, Callable[..., Optimizer]] = {"sgd": sgd, "adam": adam, "adamw": adamw}


def optimizer_named(optimizer: str | Optimizer, learning_rate: Rate | None = None) -> Optimizer:
    """Return the optimiser of that name with that learning rate, or the optimiser itself.

    >>> optimizer_named("adam", 0.05) is not None
    True
    """
    if isinstance(optimizer, Optimizer):
        if learning_rate is not None:
            raise OperandError("the learning rate is the optimiser's own: give it there, as in adam(0.05)")
        return optimizer
    if optimizer not in OPTIMIZERS:
        raise UnknownNameError("optimiser", optimizer, OPTIMIZERS)
    return OPTIMIZERS[optimizer]() if learning_rate is None else OPTIMIZERS[optimizer](learning_rate)


def _schedule(learning_rate: Rate) -> Schedule:
    if callable(learning_rate):
        return learning_rate
    check_between("learning_rate", learning_rate, 0.0, math.inf)
    return constant(float(learning_rate))
