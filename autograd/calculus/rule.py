"""One row of the calculus table: what it holds, what makes it wrong, and the table that rows are entered in.

The rows themselves are in :mod:`autograd.calculus.table`.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from autograd.calculus import expr
from autograd.calculus.expr import FUNCTIONS, OPERATORS, REDUCTIONS, Expr, parse
from autograd.calculus.formula import check_formula, is_name
from autograd.calculus.printing import numpy_function, text_of
from autograd.errors import FormulaError, LengthError, UnknownNameError

__all__ = ["RULES", "Expressions", "Interval", "Operand", "Rule", "rule_named"]

Interval = tuple[float, float]


@dataclass(frozen=True)
class Operand:
    """One operand of a row, parsed from ``"x"``, ``"slope=0.01"`` or ``"*x"``."""

    name: str
    is_sequence: bool = False
    default: float | None = None

    @classmethod
    def parse(cls, text: str) -> Operand:
        """Read one word of a row's operands."""
        name, _, default = text.removeprefix("*").partition("=")
        try:
            return cls(name, text.startswith("*"), float(default) if default else None)
        except ValueError:
            raise FormulaError(f"the default of operand {name!r} must be a number, got {default!r}") from None


class Expressions(NamedTuple):
    """The formulas of a row as trees: the result, one partial per operand, and the subformulas that have names."""

    forward: Expr
    partials: tuple[Expr, ...]
    given: tuple[tuple[str, Expr], ...]

    @property
    def all(self) -> tuple[Expr, ...]:
        """Every formula of the row."""
        return (self.forward, *self.partials, *(tree for _, tree in self.given))


@dataclass(frozen=True, eq=False)
class Rule:
    """One row of the calculus table.

    Args:
        name: the primitive's name, a Python identifier.
        signature: the operands, ``"a b"``; with defaults, ``"x slope=0.01"``; sequences, ``"*w *x b=0"``.
        forward: the formula of the result.
        partials: one formula per operand: the derivative of the result with respect to it.
        summary: one line of documentation.
        given: names for subformulas, as ``(("s", "1 / (1 + exp(-x))"),)``.
        exact: forms of these formulas that keep every bit where the plain ones lose some, as where tanh saturates:
            what is computed, while the plain ones are what is shown. ``("y", formula)`` stands for the result,
            ``("dx", formula)`` for the partial of x, any other name for a given formula, the row's or one more.
        domain: one ``(low, high)`` interval per operand, in which the row is smooth or its convention applies.
        kink: the convention where the derivative does not exist.
        symbol: the infix or prefix symbol, for operators.

    A row is not looked at until it is used; :meth:`check` does.
    """

    name: str
    signature: str
    forward: str
    partials: tuple[str, ...]
    summary: str
    given: tuple[tuple[str, str], ...] = ()
    domain: tuple[Interval, ...] = ((-5.0, 5.0), (-5.0, 5.0), (-5.0, 5.0))
    kink: str = ""
    symbol: str = ""
    exact: tuple[tuple[str, str], ...] = ()
    operands: tuple[Operand, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "operands", tuple(map(Operand.parse, self.signature.split())))

    @cached_property
    def expressions(self) -> Expressions:
        """The row's formulas as trees, in their exact forms, parsed when they are first asked for."""
        exact = dict(self.exact)
        forward = parse(exact.pop("y", self.forward))
        names = [f"d{operand.name}" for operand in self.operands]
        partials = [parse(exact.pop(name, plain)) for name, plain in zip(names, self.partials, strict=True)]
        given = exact | {name: text for name, text in self.given if name not in exact}
        return Expressions(forward, tuple(partials), tuple((name, parse(text)) for name, text in given.items()))

    def check(self) -> None:
        """Refuse a row that makes no sense. Whoever enters a row asks this; the table's own pass in the tests.

        Raises:
            FormulaError: a formula is malformed or uses names that the row does not have.
            LengthError: there is not exactly one partial and one interval per operand.

        >>> Rule("half", "x", "x / 2", ("0.5", "0.5"), "Half.").check()
        Traceback (most recent call last):
        autograd.errors.LengthError: 'half' has 1 operands (x), 2 partials: give one for each
        """
        if not is_name(self.name):
            raise FormulaError(f"a primitive's name must be a Python identifier, got {self.name!r}")
        self._check_operands()
        if len(self.partials) != len(self.operands):
            raise LengthError(
                f"{self.name!r} has {len(self.operands)} operands ({self.signature}), {len(self.partials)} partials: "
                "give one for each"
            )
        if len(self.domain) < len(self.operands):
            raise LengthError(f"{self.name!r} has {len(self.operands)} operands but {len(self.domain)} domains")
        known = {operand.name for operand in self.operands}
        for name, text in self.given:
            if not is_name(name) or name in known:
                raise FormulaError(f"a given name must be a new Python identifier, got {name!r}")
            self._check_formula(name, text, known)
            known.add(name)
        self._check_formula("forward", self.forward, known)
        for operand, partial in zip(self.operands, self.partials, strict=True):
            self._check_formula(f"partial of {operand.name}", partial, known | {"y"})
        for name, text in self.exact:
            self._check_formula(f"exact {name}", text, known | {"y"})
            known |= {name}
        self._check_sequences()

    def _check_operands(self) -> None:
        names = [operand.name for operand in self.operands]
        for name in names:
            if not is_name(name) or name.startswith("_") or names.count(name) > 1:
                raise FormulaError(
                    f"{self.name!r}: an operand's name must be a Python identifier of its own, got {name!r}"
                )
        if not names:
            raise FormulaError(f"{self.name!r} has no operands: a constant needs no row")
        for before, operand in itertools.pairwise(self.operands):
            if before.default is not None and operand.default is None:
                raise FormulaError(f"{self.name!r}: operand {operand.name!r} needs a default, like the one before it")

    def _check_formula(self, what: str, text: str, known: set[str]) -> None:
        tree = parse(text)
        for name in sorted(expr.names(tree) - known):
            raise FormulaError(f"{what} of {self.name!r} uses {name!r}, which is none of {', '.join(sorted(known))}")
        callable_ = FUNCTIONS | {name for name, row in RULES.items() if row.is_function}
        for name in sorted(expr.functions(tree) - callable_):
            raise UnknownNameError("function in a formula", name, callable_)
        for call in expr.calls(tree):
            row = RULES.get(call.function)
            if row is None or call.function in OPERATORS:
                continue
            if not row.takes(len(call.args)):
                raise FormulaError(
                    f"{what} of {self.name!r}: {row.name} takes {row.signature!r}, got {len(call.args)} operands"
                )
            if row.name not in FUNCTIONS and self.name in row.calls:
                raise FormulaError(
                    f"{what} of {self.name!r} calls {row.name!r}, which leads back to {self.name!r} itself"
                )
        check_formula(text)

    def _check_sequences(self) -> None:
        """Numbers stay numbers: only what goes over a sequence is reduced, and everything else comes out reduced."""
        trees = self.expressions
        for call in itertools.chain.from_iterable(map(expr.calls, trees.all)):
            elementwise = [bool(expr.elements(arg, self.sequences)) for arg in call.args]
            if call.function in REDUCTIONS and elementwise != [True]:
                raise FormulaError(f"{self.name!r}: {text_of(call)} needs one sequence, like *x")
        single = [partial for o, partial in zip(self.operands, trees.partials, strict=True) if not o.is_sequence]
        for tree in (trees.forward, *single) if self.sequences else ():
            if expr.elements(tree, self.sequences):
                raise FormulaError(
                    f"{self.name!r}: {text_of(tree)!r} is one number for each element: reduce it, as in sum(x)"
                )

    @property
    def is_function(self) -> bool:
        """Whether formulas may call it by its name: not what has an operator, nor what takes sequences."""
        sequences = any(operand.is_sequence for operand in self.operands)
        return self.symbol not in ("+", "-", "*", "/") and (not sequences or self.name in FUNCTIONS)

    @cached_property
    def sequences(self) -> frozenset[str]:
        """The names that stand for whole sequences: of operands, and of given formulas that go over their elements."""
        names = {operand.name for operand in self.operands if operand.is_sequence}
        for name, tree in self.expressions.given:
            if expr.elements(tree, names):
                names.add(name)
        return frozenset(names)

    def takes(self, count: int) -> bool:
        """Whether it can be called with so many operands."""
        return sum(operand.default is None for operand in self.operands) <= count <= len(self.operands)

    @property
    def calls(self) -> set[str]:
        """Its own name, and the rows that its formulas call, directly or through others."""
        direct = set().union(*map(expr.functions, self.expressions.all)) - FUNCTIONS
        return {self.name}.union(*(RULES[name].calls for name in direct))

    @cached_property
    def arrays(self) -> Callable[..., tuple[Any, ...]]:
        """The row over NumPy arrays: ``arrays(*operands) -> (result, *partials)``, IEEE-754 throughout."""
        functions = {name: _forward_of(name) for name in self.calls}
        trees = self.expressions
        operands = (operand.name for operand in self.operands)
        return numpy_function(operands, trees.given, (trees.forward, *trees.partials), functions)

    def grouped(self, operands: Sequence[Any]) -> list[Any]:
        """Gather the flat operands of a node into one list per sequence operand; those are of equal length.

        >>> RULES["dot"].grouped([1.0, 2.0, 3.0, 4.0, 5.0])
        [[1.0, 2.0], [3.0, 4.0], 5.0]
        """
        sequences = sum(operand.is_sequence for operand in self.operands)
        length = (len(operands) - len(self.operands) + sequences) // sequences if sequences else 0
        rest, groups = list(operands), []
        for operand in self.operands:
            if operand.is_sequence:
                groups.append(rest[:length])
                del rest[:length]
            else:
                groups.append(rest.pop(0))
        return groups


def _forward_of(name: str) -> Callable[..., Any]:
    return lambda *operands: RULES[name].arrays(*operands)[0]  # looked up at each call: rows may be replaced


#: The table: every primitive's row, by name; ``primitive()`` adds to it.
RULES: dict[str, Rule] = {}


def rule_named(name: str) -> Rule:
    """Return the row of that name; ``UnknownNameError`` with the nearest right one if there is none."""
    if name not in RULES:
        raise UnknownNameError("primitive", name, RULES)
    return RULES[name]
