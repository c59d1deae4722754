"""The names that programs written for micrograd use."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NoReturn

from autograd import graph
from autograd.calculus.table import RULES
from autograd.errors import OperandError

__all__ = ["MicrogradNames"]


class MicrogradNames:
    """``_prev``, ``_op`` and ``_backward`` as they are in micrograd."""

    __slots__ = ()

    @property
    def _prev(self: Any) -> set[Any]:
        return set(self.parents)

    @property
    def _op(self: Any) -> str:
        return RULES[self.op].symbol or self.op if self.op else ""

    @property
    def _backward(self: Any) -> Callable[[], None]:
        return partial(graph.pass_back, [self])

    @_backward.setter
    def _backward(self, function: object) -> NoReturn:
        raise OperandError(
            "what flows back is told by the partials of the calculus table: add the operation as a row of it, "
            'primitive("cube", "x", "x * x * x", "3 * x * x"), in place of a _backward of its own'
        )
