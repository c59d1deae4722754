"""The formulas of a row as the compiler reads them: trees, simplified for operands that are known numbers."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from autograd.calculus import expr
from autograd.calculus.expr import (
    COMPARISONS,
    FUNCTIONS,
    OPERATORS,
    Call,
    Expr,
    Name,
    Number,
    elements,
    fold,
    substitute,
)
from autograd.calculus.rule import Rule
from autograd.calculus.table import RULES

__all__ = ["Formulas", "Given", "formulas_of"]

Given = tuple[tuple[str, Expr], ...]


@dataclass(frozen=True, eq=False)
class Formulas:
    """A row's formulas.

    Attributes:
        operands: the names of the operands, in order.
        sequences: those that stand for whole sequences.
        given: names for subformulas, in order.
        forward: the result.
        partials: one an operand; in them ``y`` is the result.
    """

    operands: tuple[str, ...]
    sequences: frozenset[str]
    given: Given
    forward: Expr
    partials: Mapping[str, Expr]

    @functools.cached_property
    def all_sequences(self) -> frozenset[str]:
        """The names of sequences, and of given formulas that are one number for each element."""
        found = set(self.sequences)
        for name, value in self.given:
            if elements(value, found):
                found.add(name)
        return frozenset(found)

    @functools.cached_property
    def residuals(self) -> frozenset[str]:
        """The given formulas that both the result and a partial use: what the forward half keeps for the backward."""
        forward = {name for name, _ in self.needed[0]}
        used = frozenset().union(*map(expr.names, self.partials.values()))
        return frozenset(forward & used)

    @functools.cached_property
    def needed(self) -> tuple[Given, frozenset[str]]:
        """The given formulas that the result needs, and the names in these and in it."""
        given = tuple(expr.needed(self.given, [self.forward]))
        return given, expr.names(self.forward).union(*(expr.names(value) for _, value in given))

    @functools.lru_cache(maxsize=1024)  # noqa: B019 - rows are few, and live as long as the table
    def simplified(self, constants: tuple[tuple[str, float], ...]) -> Formulas:
        """The same, with some operands known; what they leave constant is computed."""
        if not constants:
            return self
        known = {name: Number(number) for name, number in constants}

        def simpler(value: Expr) -> Expr:
            return fold(substitute(value, known))

        return Formulas(
            self.operands,
            self.sequences,
            tuple((name, simpler(value)) for name, value in self.given),
            simpler(self.forward),
            {name: simpler(value) for name, value in self.partials.items()},
        )

    @staticmethod
    def of_sum(names: Sequence[str], total: Expr) -> Formulas:
        """The formulas of a sum of single numbers."""
        return Formulas(tuple(names), frozenset(), (), total, dict.fromkeys(names, Number(1.0)))


def formulas_of(op: str) -> Formulas:
    """The formulas of a row, or of a comparison, whose derivative is 0."""
    if op in COMPARISONS:
        return _of_comparison(op)
    return _of_rule(RULES[op])


@functools.cache
def _of_comparison(op: str) -> Formulas:
    chosen = Call("where", (Call(op, (Name("a"), Name("b"))), Number(1.0), Number(0.0)))
    return Formulas(("a", "b"), frozenset(), (), chosen, {"a": Number(0.0), "b": Number(0.0)})


@functools.cache  # a replaced row is another one
def _of_rule(rule: Rule) -> Formulas:
    names = tuple(operand.name for operand in rule.operands)
    return Formulas(
        names,
        frozenset(operand.name for operand in rule.operands if operand.is_sequence),
        tuple((name, _inlined(tree)) for name, tree in rule.expressions.given),
        _inlined(rule.expressions.forward),
        {name: _inlined(tree) for name, tree in zip(names, rule.expressions.partials, strict=True)},
    )


#: What every backend computes by itself; all else that formulas call are rows, and are written out.
_KNOWN = FUNCTIONS.union(OPERATORS, COMPARISONS)


def _inlined(tree: Expr) -> Expr:
    """A formula with the rows that it calls written out, and constant parts computed."""
    return fold(_inline(tree))


def _inline(value: Expr) -> Expr:
    if not isinstance(value, Call):
        return value
    arguments = tuple(map(_inline, value.args))
    if value.function in _KNOWN:
        return Call(value.function, arguments)
    rule = RULES[value.function]
    defaults = [operand.default for operand in rule.operands[len(arguments) :]]
    numbers = [Number(float(default)) for default in defaults if default is not None]
    scope = dict(zip((operand.name for operand in rule.operands), (*arguments, *numbers), strict=True))
    for name, tree in rule.expressions.given:
        scope[name] = substitute(_inline(tree), scope)
    return substitute(_inline(rule.expressions.forward), scope)
