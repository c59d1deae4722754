"""Local derivatives as Values: the table's partials applied to a node's operands instead of to their numbers.

The result is a graph again, so it can be differentiated again, to any order.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Container
from typing import Any

from autograd import operations
from autograd.calculus.expr import Expr, needed
from autograd.calculus.printing import python_source
from autograd.calculus.table import RULES, Rule
from autograd.operations import Operand
from autograd.value import Value, primal

__all__ = ["forget_partials", "partials_as_values"]


def partials_as_values(node: Value, wrt: Container[Value] | None = None) -> list[Operand]:
    """Return the local derivative of `node` with respect to each of its parents, in order, as Values.

    A derivative that is the same number everywhere, like 1 for a sum, stays a float.

    Args:
        node: the value.
        wrt: those of its parents whose derivatives are asked for, all unless told; the others' are not computed: 0.0.

    >>> x = Value(3.0)
    >>> (derivative,) = partials_as_values(x.sin())
    >>> derivative.op
    'cos'
    """
    rule = RULES[node.op]
    derivatives: list[Operand] = []
    grouped = rule.grouped(node.operands)
    for index, operand in enumerate(rule.operands):
        members = grouped[index] if operand.is_sequence else [grouped[index]]
        parents = [member for member in members if isinstance(member, Value)]
        if not parents:
            continue
        if wrt is not None and not any(parent in wrt for parent in parents):
            derivatives += [0.0] * len(parents)
            continue
        partial = _partial(rule, index)(*grouped, node)
        elements = partial if operand.is_sequence else [partial]
        derivatives += [element for element, member in zip(elements, members, strict=True) if isinstance(member, Value)]
    return derivatives


@functools.cache
def _partial(rule: Rule, index: int) -> Callable[..., Any]:
    operand = rule.operands[index]
    trees = rule.expressions
    result, spread = trees.partials[index], operand.name if operand.is_sequence else ""

    def source(tree: Expr, spread_over: str = "") -> str:
        return python_source(tree, call=str, compare="primal", sequences=rule.sequences, spread_over=spread_over)

    body = [f"    {name} = {source(tree)}" for name, tree in needed(trees.given, [result])]
    body.append(f"    return {source(result, spread)}")
    parameters = ", ".join(each.name for each in rule.operands)
    scope = {**vars(operations), "primal": primal, "max": _largest}
    exec("\n".join([f"def partial({parameters}, y):", *body]), scope)  # noqa: S102 - formulas checked by their Rule
    partial: Callable[..., Any] = scope["partial"]
    return partial


def forget_partials() -> None:
    """Make the partials anew when they are next asked for: a function that they call has changed."""
    _partial.cache_clear()


def _largest(values: list[Operand]) -> Operand:
    return functools.reduce(operations.maximum, values)
