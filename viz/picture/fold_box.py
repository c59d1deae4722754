"""What stands in the box of a fold: what it is, how many values it holds, the range of their numbers and gradients."""

from __future__ import annotations

import math

from autograd.calculus.notation import number
from viz.picture import labels
from viz.picture.labels import WRITTEN
from viz.picture.picture import Fold
from viz.style import GREY, ODD, markup, mix, shorten, signed_colour, strength

__all__ = ["fold_rows"]

_LABEL = 26  # characters
_SHOWN = 3  # operations


def fold_rows(fold: Fold, largest: float, stub: str = "") -> list[str]:
    """Return the rows of a fold's box.

    Args:
        fold: what to describe.
        largest: the largest gradient of the picture, which has the strongest colour.
        stub: a last row.

    >>> len(fold_rows(Fold("f0", "part", "tanh", 1000, uses=1000, operations={"tanh": 1000}), 1.0))
    3
    """
    head = labels.within(fold.groups, fold.label)
    summary = markup(fold.summary, "I")
    rows = [labels.row(markup(shorten(_written(fold, head), _LABEL), "B"), labels.small(summary, GREY), _BAR)]
    if fold.kind == "part":
        rows += _contents(fold)
    elif fold.uses > 1:
        rows.append(labels.row(labels.small("uses"), f"× {fold.uses:,}"))
    is_neuron = fold.kind != "part"
    rows.append(labels.row(labels.small("a" if is_neuron else "data"), _range(*fold.data)))
    if fold.grad is not None:
        what = "δ" if is_neuron else "grad"
        is_one = fold.kind == "neuron" and fold.uses == 1
        if not is_one:
            rows.append(labels.row(labels.small(f"|{what}|"), _range(*fold.grad), _shade(fold.grad[1], largest)))
        if fold.total is not None and fold.kind != "layer":
            rows.append(_signed(what if is_one else f"Σ {what}", fold.total, largest))
    return [*rows, stub] if stub else rows


#: Behind the name of a fold: so that nobody takes it for one value.
_BAR = "#e4e8ed"


def _contents(fold: Fold) -> list[str]:
    if fold.uses:
        leaves = fold.count - fold.uses
        rows = [labels.row(labels.small("values"), f"× {fold.uses:,}")]
        return rows + ([labels.row(labels.small("leaves"), f"{leaves:,}")] if leaves else [])
    rows = [labels.row(labels.small("values"), f"{fold.count:,}")]
    most = list(fold.operations.items())[:_SHOWN]
    written = "  ".join(f"{WRITTEN.get(name, name)} {count:,}" for name, count in most)
    more = f"  and {len(fold.operations) - _SHOWN} more" if len(fold.operations) > _SHOWN else ""
    return [*rows, labels.row(labels.small(markup(written + more), GREY))]


def _written(fold: Fold, head: str) -> str:
    if fold.kind != "part" or not fold.operations:
        return head
    return ", ".join(WRITTEN.get(operation, operation) for operation in head.split(", "))


def _signed(what: str, x: float, largest: float) -> str:
    return labels.row(labels.small(what), number(x), signed_colour(x, largest, fullest=labels.FILL))


def _range(low: float, high: float) -> str:
    return number(low) if low == high else f"{number(low)} … {number(high)}"


def _shade(size: float, largest: float) -> str:
    """Sizes have no sign, hence no hue: the larger, the darker."""
    return mix(GREY, 0.5 * strength(size, largest)) if math.isfinite(size) else ODD
