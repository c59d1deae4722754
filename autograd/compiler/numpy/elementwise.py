"""Formulas over arrays as calls of ufuncs, each with its result in an array that is there already."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from autograd.calculus import expr
from autograd.calculus.arrays import NUMPY_FUNCTIONS
from autograd.calculus.expr import Call, Expr, Name, Number
from autograd.compiler.numpy.calls import Array, Calls
from autograd.compiler.numpy.memory import Memory

__all__ = ["Elementwise", "stopped"]

_UFUNCS: dict[str, Any] = {
    **NUMPY_FUNCTIONS,
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "div": np.divide,
    "neg": np.negative,
    "lt": np.less,
    "le": np.less_equal,
    "gt": np.greater,
    "ge": np.greater_equal,
    "eq": np.equal,
    "ne": np.not_equal,
    "round": np.rint,
}
_COMPARISONS = frozenset(("lt", "le", "gt", "ge", "eq", "ne"))


def stopped(adjoint: Any, partial: Any) -> Any:
    """The product by the zero rule: 0 where either factor is 0."""
    return np.where((np.asarray(adjoint) == 0.0) | (np.asarray(partial) == 0.0), 0.0, np.multiply(adjoint, partial))


class Elementwise:
    """The formulas of one operation.

    Args:
        memory: gives scratch arrays and constants.
        calls: where the calls go.
        names: what variables stand for, arrays that broadcast to `shape`.
        shape: of the results.
        guarded: let a zero stop infinity and nan in ``times``; else it is an ordinary product.
        formulas: all that will be asked for: what occurs in them twice is computed once.
    """

    def __init__(
        self,
        memory: Memory,
        calls: Calls,
        names: Mapping[str, Array],
        shape: tuple[int, ...],
        *,
        guarded: bool,
        formulas: Iterable[Expr],
    ) -> None:
        self._memory, self._calls, self._shape, self.guarded = memory, calls, shape, guarded
        self._known: dict[Expr, Any] = {Name(name): array for name, array in names.items()}
        self._shared = _shared(tuple(formulas))

    def name(self, name: str, array: Array) -> None:
        """Let a variable stand for an array."""
        self._known[Name(name)] = array

    def value(self, formula: Expr, free: Array | None = None) -> Array:
        """The array that holds a formula's value; `free`, if it is given, may be written to for it."""
        found = self._known.get(formula)
        if found is not None:
            return found  # type: ignore[no-any-return]
        if isinstance(formula, Number):
            return self._memory.number(formula.value)
        assert isinstance(formula, Call), formula
        shared = formula in self._shared
        out = self._memory.scratch(self._shape, bool) if formula.function in _COMPARISONS else free
        if out is None or (shared and out is free):
            out = self._memory.scratch(self._shape)
        found = self._into(formula, out)
        if shared:
            self._known[formula] = found
        return found

    def into(self, formula: Expr, out: Array, *, is_read: bool) -> None:
        """Compute a formula into an array; `is_read` says whether the formula reads it, too."""
        if is_read and isinstance(formula, Call) and isinstance(_UFUNCS.get(formula.function), np.ufunc):
            operands = [self.value(each) for each in formula.args]
            self._calls.add(_UFUNCS[formula.function], *operands, out)
            return
        found = self.value(formula, None if is_read else out)
        if found is not out:
            self._calls.add(np.copyto, out, found)

    def _into(self, call: Call, out: Array) -> Array:
        """Compute a call, into `out` where it needs an array at all; return where the result is."""
        function, args = call.function, call.args
        if function == "where":
            return self._choice(args, out)
        if function == "times":
            if self.guarded:
                self._calls.add(_store, out, stopped, *(self.value(each) for each in args))
                return out
            function = "mul"
        if function == "pow" and args[1] == Number(2.0):
            function, args = "mul", (args[0], args[0])
        if function in ("add", "mul") and isinstance(args[0], Number):
            args = args[::-1]
        operands = self._operands(args, out)
        if function in ("maximum", "minimum"):
            operands = [
                self._spread(each) if isinstance(each, Number) else o for each, o in zip(args, operands, strict=True)
            ]
        ufunc = _UFUNCS[function]
        if isinstance(ufunc, np.ufunc):
            self._calls.add(ufunc, *operands, out)
        else:
            self._calls.add(_store, out, ufunc, *operands)
        return out

    def _operands(self, args: tuple[Expr, ...], out: Array) -> list[Array]:
        """The arguments' arrays; the last that takes computing may use `out`, as nothing is computed after it."""
        spare = out if out.dtype != bool else None
        last = max((i for i, each in enumerate(args) if isinstance(each, Call) and each not in self._known), default=-1)
        return [self.value(each, spare if i == last else None) for i, each in enumerate(args)]

    def _spread(self, number: Number) -> Array:
        """A constant as a row of numbers: some ufuncs have no vector loops for one number beside many."""
        return self._memory.row_of(number.value, self._shape[-1]) if self._shape else self._memory.number(number.value)

    def _choice(self, args: tuple[Expr, ...], out: Array) -> Array:
        condition, chosen, otherwise = args
        if chosen == Number(0.0) and condition == Call("le", (otherwise, Number(0.0))):  # relu
            self._calls.add(np.maximum, self.value(otherwise, out), self._spread(Number(0.0)), out)
            return out
        if isinstance(condition, Call) and condition.function in _COMPARISONS:
            mask = self.value(condition)
        else:
            mask = self._memory.scratch(self._shape, bool)
            self._calls.add(np.not_equal, self.value(condition), self._memory.number(0.0), mask)
        if chosen == Number(1.0) and otherwise == Number(0.0):
            return mask  # True and False serve as 1 and 0
        first = self.value(chosen)
        second = self.value(otherwise, out)
        if second is not out:
            self._calls.add(np.copyto, out, second)
        self._calls.add(np.copyto, out, first, "same_kind", mask)
        return out


@functools.lru_cache(maxsize=4096)  # an irregular graph asks for few, thousands of times
def _shared(formulas: tuple[Expr, ...]) -> frozenset[Expr]:
    """The calls that occur more than once."""
    uses = Counter(call for formula in formulas for call in expr.calls(formula))
    return frozenset(call for call, count in uses.items() if count > 1)


def _store(out: Array, function: Callable[..., Any], *operands: Any) -> None:
    out[...] = function(*operands)
