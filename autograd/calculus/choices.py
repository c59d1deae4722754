"""Zeros among local derivatives that are choices: what `where`, `relu` or `maximum` left out has the partial 0."""

from __future__ import annotations

from collections.abc import Mapping

from autograd.calculus.expr import Call, Expr, Number, fold
from autograd.calculus.rule import Rule

__all__ = ["zero_by_choice"]


def zero_by_choice(rule: Rule, index: int, numbers: Mapping[str, float]) -> bool:
    """Whether the partial of operand `index` is 0 because the row says so, and not because a factor happens to be 0.

    Args:
        rule: the row.
        index: of the operand.
        numbers: the operands that are single numbers, and the result ``y``.

    >>> from autograd.calculus.table import RULES
    >>> zero_by_choice(RULES["relu"], 0, {"x": -1.0, "y": 0.0}), zero_by_choice(RULES["mul"], 0, {"a": 1.0, "b": 0.0})
    (True, False)
    """
    scope = dict(numbers)
    for name, formula in rule.expressions.given:
        value = fold(formula, scope)
        if isinstance(value, Number):
            scope[name] = value.value
    tree: Expr = rule.expressions.partials[index]
    while isinstance(tree, Call) and tree.function == "where":
        condition = fold(tree.args[0], scope)
        if not isinstance(condition, Number):  # it goes over a sequence
            return True
        tree = tree.args[1 if condition.value != 0.0 else 2]
    return tree == Number(0.0)
