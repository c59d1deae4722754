"""Rows that compute the same, laid one upon the other: one graph to look at, with the numbers of every row.

A cost over a batch is a sum or a mean of costs of single rows. Where these are computed much alike, from parameters
that they share and inputs of their own, the page shows them as one graph, and a slider chooses the row. What only some
rows compute, such as the loss of one class, stands beside what the others do instead.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from autograd import Value
from autograd.graph import topological_order
from autograd.transforms.fresh import fresh_gradients
from viz.picture.view import reading_order

__all__ = ["Stack", "alike", "stacked"]

#: The operations that put rows together; a product and a quotient do where one factor is a constant.
_SUMS = frozenset({"add", "sum", "mean", "mul", "truediv"})
#: Rows whose graphs together are so many times as large as one of them have little in common.
_MOST = 3


@dataclass(frozen=True)
class Stack:
    """The rows of a graph, one upon the other.

    Attributes:
        values: one value for each place, after its operands; each stands for those of all rows that have this place.
        operands: for each place, those of its operands, None for a constant.
        rows: for each row, its values by their place.
        seeds: the derivative of the whole with respect to the result of each row; none where there is but one row.
        total: the number that the whole comes to.
        label: its name.
    """

    values: Sequence[Value]
    operands: Sequence[tuple[int | None, ...]]
    rows: Sequence[Mapping[int, Value]]
    seeds: Sequence[float]
    total: float
    label: str


def stacked(root: Value) -> Stack:
    """Return the rows of the graph behind `root`; the whole as one row where it is not a sum of rows that are alike.

    >>> from nn import Neuron
    >>> neuron = Neuron(1, "tanh", seed=0)
    >>> stack = stacked(sum((neuron([x]) - 1.0) ** 2 for x in (0.5, 1.0, 2.0)) / 3.0)
    >>> len(stack.rows), [value.op for value in stack.values if value.op], [round(seed, 3) for seed in stack.seeds]
    (3, ['dot', 'tanh', 'sub', 'pow'], [0.333, 0.333, 0.333])
    """
    terms = _terms(root)
    if len(terms) > 1 and (found := _aligned(terms)) is not None:
        with fresh_gradients(topological_order(root)):
            root.backward()
            seeds = [term.grad for term in terms]
        return Stack(*found, seeds, root.data, root.label)
    order = reading_order([root])
    at = {value: place for place, value in enumerate(order)}
    return Stack(order, [_places(value, at) for value in order], [dict(enumerate(order))], (), root.data, root.label)


def _places(value: Value, at: Mapping[Value, int]) -> tuple[int | None, ...]:
    return tuple(at[operand] if isinstance(operand, Value) else None for operand in value.operands)


def alike(roots: Sequence[Value]) -> Stack | None:
    """Return the mean of `roots`, costs of rows, as a stack; None where they have too little in common."""
    found = _aligned(roots)
    if found is None:
        return None
    share = 1.0 / len(roots)
    return Stack(*found, [share] * len(roots), sum(root.data for root in roots) * share, roots[0].label)


def _terms(root: Value) -> list[Value]:
    """What `root` is a weighted sum of, from left to right."""
    terms: list[Value] = []
    stack = [root]
    while stack:
        value = stack.pop()
        parents = value.parents
        is_sum = value.op in _SUMS and (value.op not in ("mul", "truediv") or len(parents) == 1)
        if is_sum and not (value.op == "truediv" and not isinstance(value.operands[0], Value)):
            stack += reversed(parents)
        else:
            terms.append(value)
    return terms


def _aligned(terms: Sequence[Value]) -> tuple[list[Value], list[tuple[int | None, ...]], list[dict[int, Value]]] | None:
    """A place for every value of every term; None where the terms share more than leaves, or have little in common."""
    if len(set(terms)) < len(terms) or not all(term.op for term in terms):
        return None
    orders = [reading_order([term]) for term in terms]
    occurrences = Counter(value for order in orders for value in order)
    if not all(any(_is_own(value, occurrences) for value in order) for order in orders):
        return None  # a penalty on parameters, say: no row of data
    places: dict[object, int] = {}
    values: list[Value] = []
    operands: list[tuple[int | None, ...]] = []
    rows: list[dict[int, Value]] = []
    for order in orders:
        row: dict[int, Value] = {}
        at: dict[Value, int] = {}
        times: Counter[object] = Counter()  # the same computed again in a row is another place
        for value in order:
            if value.op:
                if occurrences[value] > 1:
                    return None
                form: object = (value.op, *_places(value, at))
            else:
                form = value if occurrences[value] > 1 else value.label
            times[form] += 1
            place = places.setdefault((form, times[form]), len(places))
            if place == len(values):
                values.append(value)
                operands.append(_places(value, at))
            at[value] = place
            row[place] = value
        rows.append(row)
        if len(values) > _MOST * len(orders[0]):
            return None
    return values, operands, rows


def _is_own(value: Value, occurrences: Mapping[Value, int]) -> bool:
    """Whether a value brings a number to its row that the others do not have: an input, a target."""
    if not value.op:
        return occurrences[value] == 1
    return value.op != "pow" and any(not isinstance(operand, Value) for operand in value.operands)
