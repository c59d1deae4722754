"""The cost C of one sample: from a model's output and the target to one Value.

Scores come in as they leave a linear layer (logits); the losses that need probabilities compute them inside, where it
can be done without overflow. Every loss takes Values or floats, so the same functions serve the eager engine,
transforms and plain numbers. The cost of a batch is the mean over its samples.

A target that is a plain number is checked; a Value, or a symbol while a function is compiled, is taken as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np

from autograd import LengthError, OperandError, UnknownNameError, dot, logsumexp, relu, softplus, where
from autograd import mean as average
from autograd.operand import Node, number
from autograd.operations import Operand

__all__ = ["LOSSES", "binary_cross_entropy", "cross_entropy", "hinge", "huber", "loss_named", "mae", "mse"]

#: How far from 1 a sum of probabilities may be: they may come from a network of 32-bit numbers.
_ROUNDED = 1e-4

Outputs: TypeAlias = "Operand | Sequence[Operand]"


def mse(output: Outputs, target: Outputs) -> Any:
    """Return the squared error ``(output - target)²``, its mean over several outputs.

    >>> mse(0.5, 1.0)
    0.25
    """

    def one(a: Any, t: Any) -> Any:
        error = a - t
        return error * error

    return _averaged(output, target, one)


def mae(output: Outputs, target: Outputs) -> Any:
    """Return the absolute error ``|output - target|``, its mean over several outputs.

    >>> mae(0.5, 1.0)
    0.5
    """
    return _averaged(output, target, lambda a, t: abs(a - t))


def huber(output: Outputs, target: Outputs, *, delta: float = 1.0) -> Any:
    """Return half the squared error up to `delta`, linear beyond (Huber 1964): outliers pull with a bounded force.

    Raises:
        OperandError: `delta` is not above 0.

    >>> huber(0.5, 1.0), huber(5.0, 1.0)
    (0.125, 3.5)
    """
    _check("huber", delta, "a delta above 0", lambda delta: delta > 0.0)

    def one(a: Any, t: Any) -> Any:
        error = abs(a - t)
        return where(error <= delta, 0.5 * error * error, delta * (error - 0.5 * delta))

    return _averaged(output, target, one)


def hinge(output: Operand, target: float) -> Any:
    """Return ``max(0, 1 - target · output)`` for a target of -1 or +1: 0 once the margin is 1.

    Raises:
        OperandError: another target.

    >>> hinge(0.25, 1.0), hinge(2.0, 1.0)
    (0.75, 0.0)
    """
    _check("hinge", target, "a target of -1 or +1 (of classes 0 and 1: 2 * target - 1)", lambda t: abs(t) == 1.0)
    score = _single("hinge", output)
    return relu(
        1.0 - score if _is_plain(target, 1.0) else 1.0 + score if _is_plain(target, -1.0) else 1.0 - target * score
    )


def binary_cross_entropy(logit: Operand, target: float) -> Any:
    """Return ``-log p(target)`` for a target of 0 or 1 (or a probability), with p = sigmoid(logit).

    Written as ``target · softplus(-logit) + (1 - target) · softplus(logit)``, which neither overflows nor loses digits.

    Raises:
        OperandError: a target that is no probability.

    >>> round(binary_cross_entropy(0.0, 1.0), 6)
    0.693147
    """
    z = _single("binary_cross_entropy", logit)
    _check("binary_cross_entropy", target, "a target from 0 to 1", lambda t: 0.0 <= t <= 1.0)
    if _is_plain(target, 1.0):
        return softplus(-z)
    if _is_plain(target, 0.0):
        return softplus(z)
    rest = 1.0 - target
    return target * _where_asked(target, softplus(-z)) + rest * _where_asked(rest, softplus(z))


def cross_entropy(logits: Sequence[Operand], target: int | Sequence[float]) -> Any:
    """Return ``-log p(target)`` with p = softmax(logits), as ``logsumexp(logits) - logits[target]``.

    Args:
        logits: one score per class.
        target: the class's index, or one probability per class (one-hot, or soft). What has probability 0 costs
            nothing, whatever its logit, also -inf (where targets are plain numbers: not in compiled programs).

    Raises:
        LengthError: `target` has not one probability per class, or is no class's index.
        OperandError: the probabilities are not of 0 to 1, or do not sum to 1.

    >>> round(cross_entropy([0.0, 0.0], 1), 6), round(cross_entropy([0.0, 0.0], [0.5, 0.5]), 6)
    (0.693147, 0.693147)
    """
    logits, target = _plain(logits), _plain(target)
    if not isinstance(logits, Sequence) or len(logits) < 2:
        raise LengthError("cross_entropy takes one logit per class, two at least; for one logit: binary_cross_entropy")
    if isinstance(target, Sequence):
        if len(target) != len(logits):
            raise LengthError(f"cross_entropy has {len(logits)} logits but {len(target)} target probabilities")
        _check_probabilities(target)
        return logsumexp(logits) - dot(target, list(map(_where_asked, target, logits)))
    if not isinstance(target, Node) and number(target) not in range(len(logits)):
        raise LengthError(
            f"class {target!r} does not exist: there are {len(logits)} logits, classes 0 to {len(logits) - 1}"
        )
    return logsumexp(logits) - logits[int(target)]


#: Every loss by name.
LOSSES: dict[str, Callable[..., Any]] = {
    "mse": mse,
    "mae": mae,
    "huber": huber,
    "hinge": hinge,
    "binary_cross_entropy": binary_cross_entropy,
    "cross_entropy": cross_entropy,
}


def loss_named(loss: str | Callable[..., Any]) -> Callable[..., Any]:
    """Return the loss of that name, or the function itself.

    >>> loss_named("mse") is mse
    True
    """
    if callable(loss):
        return loss
    if loss not in LOSSES:
        raise UnknownNameError("loss", loss, LOSSES)
    return LOSSES[loss]


def _single(name: str, output: Any) -> Any:
    if isinstance(output, list | tuple):
        if len(output) == 1:
            return output[0]
        raise OperandError(f"{name} takes one output, got {len(output)}; for several classes use cross_entropy")
    return output


def _is_plain(target: Any, number: float) -> bool:
    """Whether a target is this number, once and for all: then the graph of the cost has no × 1 and no + 0 in it."""
    return not isinstance(target, Node) and target == number


def _where_asked(probability: Any, x: Any) -> Any:
    """What is to be multiplied by a probability, 0 where that is 0: 0 times infinity would be no number.

    A Value may move away from 0, and its slope there is x. A traced target is taken as it is, too: to ask would cost
    every step of training as much as the rest of the loss, for logits that are infinite.
    """
    return x if isinstance(probability, Node) or probability != 0.0 else 0.0


def _check(loss: str, given: Any, expected: str, is_right: Callable[[float], bool]) -> None:
    if not isinstance(given, Node) and not is_right(number(given)):
        raise OperandError(f"{loss} takes {expected}, got {given!r}")


def _check_probabilities(target: Sequence[Any]) -> None:
    if any(isinstance(probability, Node) for probability in target):
        return
    for probability in target:
        _check("cross_entropy", probability, "probabilities from 0 to 1", lambda p: 0.0 <= p <= 1.0)
    if abs(sum(target) - 1.0) > _ROUNDED:
        raise OperandError(
            f"cross_entropy takes probabilities that sum to 1, got {list(target)!r}, which sum to {sum(target):.6g}: "
            "divide each by the sum"
        )


def _plain(numbers: Any) -> Any:
    """An array as a list; anything else as it is."""
    return numbers.tolist() if isinstance(numbers, np.ndarray) else numbers


def _averaged(output: Any, target: Any, one: Callable[[Any, Any], Any]) -> Any:
    output, target = _plain(output), _plain(target)
    outputs = output if isinstance(output, list | tuple) else [output]
    targets = target if isinstance(target, list | tuple) else [target]
    if len(outputs) != len(targets):
        raise LengthError(f"the model has {len(outputs)} outputs but the target has {len(targets)} numbers")
    terms = [one(a, t) for a, t in zip(outputs, targets, strict=True)]
    return terms[0] if len(terms) == 1 else average(terms)
