"""What a lesson is made of, and the few things its experiments share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeAlias

from autograd import ClaimError
from nn.explanation.explain import explain
from nn.explanation.report import Report
from nn.module import Module

__all__ = ["Lesson", "Outcome", "check", "descend"]

#: The same in English and in Chinese.
Both: TypeAlias = tuple[str, str]


class Outcome(NamedTuple):
    """What one run found.

    Attributes:
        numbers: for the text, by the names of its fields.
        picture: the curves and bars of the picture.
    """

    numbers: dict[str, Any]
    picture: dict[str, Any]


class Lesson(NamedTuple):
    """A short experiment, told.

    Attributes:
        name: on the command line.
        title, claim, text, caption: in both languages; fields in braces are numbers of the run.
        sources: where to read on.
        run: does the experiment, anew but with fixed seeds, and checks the claim; ``ClaimError`` if it does not hold.
    """

    name: str
    title: Both
    claim: Both
    text: Both
    caption: Both
    sources: tuple[str, ...]
    run: Callable[[], Outcome]


def check(holds: bool, claim: str) -> None:
    """Raise ``ClaimError`` unless the claim holds."""
    if not holds:
        raise ClaimError(f"this run does not bear out that {claim}")


def descend(
    model: Module, X: Any, targets: Sequence[Any], *, loss: str, rate: float, steps: int
) -> tuple[list[float], list[Report]]:
    """Take plain gradient steps, each from a report's own gradients; return the costs and reports, first to last.

    >>> from nn import Neuron
    >>> costs, _ = descend(Neuron(1, "linear", seed=0), [[1.0]], [2.0], loss="mse", rate=0.1, steps=20)
    >>> len(costs), costs[-1] < 0.01 * costs[0]
    (21, True)
    """
    reports = []
    for step in range(steps + 1):
        reports.append(explain(model, X, targets=targets, loss=loss))
        if step < steps:
            for name, parameter in model.named_parameters():
                parameter.data -= rate * reports[-1].gradients[name]
    return [report.cost for report in reports], reports
