"""One row of the calculus table: what it holds, what makes it wrong, and the table that rows are entered in.

The rows themselves are in :mod:`autograd.calculus.table`.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from autograd.calculus.formula import NUMPY_FUNCTIONS, REDUCTIONS, calls_in, check_formula, is_name, names_in
from autograd.calculus.printing import is_elementwise, numpy_function
from autograd.errors import FormulaError, LengthError, UnknownNameError

__all__ = ["RULES", "Interval", "Operand", "Rule", "rule_named"]

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


@dataclass(frozen=True)
class Rule:
    """One row of the calculus table.

    Args:
        name: the primitive's name, a Python identifier.
        signature: the operands, ``"a b"``; with defaults, ``"x slope=0.01"``; sequences, ``"*w *x b=0"``.
        forward: the formula of the result.
        partials: one formula per operand: the derivative of the result with respect to it.
        summary: one line of documentation.
        given: names for subformulas, as ``(("s", "1 / (1 + exp(-x))"),)``.
        domain: one ``(low, high)`` interval per operand, in which the row is smooth or its convention applies.
        kink: the convention where the derivative does not exist.
        symbol: the infix or prefix symbol, for operators.

    Raises:
        FormulaError: a formula is malformed or uses names that the row does not have.
        LengthError: there is not exactly one partial and one interval per operand.
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
    operands: tuple[Operand, ...] = field(init=False)

    def __post_init__(self) -> None:
        if not is_name(self.name):
            raise FormulaError(f"a primitive's name must be a Python identifier, got {self.name!r}")
        object.__setattr__(self, "operands", tuple(map(Operand.parse, self.signature.split())))
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
            self._check(name, text, known)
            known.add(name)
        self._check("forward", self.forward, known)
        for operand, partial in zip(self.operands, self.partials, strict=True):
            self._check(f"partial of {operand.name}", partial, known | {"y"})
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

    def _check(self, what: str, text: str, known: set[str]) -> None:
        names, functions = names_in(text)
        for name in sorted(names - known):
            raise FormulaError(f"{what} of {self.name!r} uses {name!r}, which is none of {', '.join(sorted(known))}")
        callable_ = NUMPY_FUNCTIONS.keys() | {name for name, row in RULES.items() if row.is_function}
        for name in sorted(functions - callable_ | functions & {"pi", "inf", "nan"}):
            raise UnknownNameError("function in a formula", name, callable_ - {"pi", "inf", "nan"})
        for name, arguments in calls_in(text):
            if name in RULES and not RULES[name].takes(len(arguments)):
                raise FormulaError(
                    f"{what} of {self.name!r}: {name} takes {RULES[name].signature!r}, got {len(arguments)} operands"
                )
            if name in RULES.keys() - NUMPY_FUNCTIONS.keys() and self.name in RULES[name].calls:
                raise FormulaError(f"{what} of {self.name!r} calls {name!r}, which leads back to {self.name!r} itself")
        check_formula(text)

    def _check_sequences(self) -> None:
        """Numbers stay numbers: only what goes over a sequence is reduced, and everything else comes out reduced."""
        for name, arguments in itertools.chain(*map(calls_in, self._formulas)):
            if name in REDUCTIONS and [is_elementwise(argument, self.sequences) for argument in arguments] != [True]:
                raise FormulaError(f"{self.name!r}: {name}({', '.join(arguments)}) needs one sequence, like *x")
        single = [partial for o, partial in zip(self.operands, self.partials, strict=True) if not o.is_sequence]
        for text in (self.forward, *single) if self.sequences else ():
            if is_elementwise(text, self.sequences):
                raise FormulaError(f"{self.name!r}: {text!r} is one number for each element: reduce it, as in sum(x)")

    @property
    def is_function(self) -> bool:
        """Whether formulas may call it by its name: not what has an operator, nor what takes sequences."""
        sequences = any(operand.is_sequence for operand in self.operands)
        return self.symbol not in ("+", "-", "*", "/") and (not sequences or self.name in NUMPY_FUNCTIONS)

    @cached_property
    def sequences(self) -> set[str]:
        """The names that stand for whole sequences: of operands, and of given formulas that go over their elements."""
        names = {operand.name for operand in self.operands if operand.is_sequence}
        for name, text in self.given:
            if is_elementwise(text, names):
                names.add(name)
        return names

    def takes(self, count: int) -> bool:
        """Whether it can be called with so many operands."""
        return sum(operand.default is None for operand in self.operands) <= count <= len(self.operands)

    @property
    def calls(self) -> set[str]:
        """Its own name, and the rows that its formulas call, directly or through others."""
        direct = set().union(*(names_in(text)[1] for text in self._formulas)) - NUMPY_FUNCTIONS.keys()
        return {self.name}.union(*(RULES[name].calls for name in direct))

    @cached_property
    def arrays(self) -> Callable[..., tuple[Any, ...]]:
        """The row over NumPy arrays: ``arrays(*operands) -> (result, *partials)``, IEEE-754 throughout."""
        functions = {name: _forward_of(name) for name in self.calls}
        return numpy_function((o.name for o in self.operands), self.given, (self.forward, *self.partials), functions)

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

    @property
    def _formulas(self) -> tuple[str, ...]:
        return (self.forward, *self.partials, *(text for _, text in self.given))


def _forward_of(name: str) -> Callable[..., Any]:
    return lambda *operands: RULES[name].arrays(*operands)[0]  # looked up at each call: rows may be replaced


#: The table: every primitive's row, by name; ``primitive()`` adds to it.
RULES: dict[str, Rule] = {}


def rule_named(name: str) -> Rule:
    """Return the row of that name; ``UnknownNameError`` with the nearest right one if there is none."""
    if name not in RULES:
        raise UnknownNameError("primitive", name, RULES)
    return RULES[name]
