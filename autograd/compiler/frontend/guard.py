"""While a function is traced, no number of a Value may decide anything: it would be frozen in the program.

The function may reach Values by itself: parameters, and any others. Computing with them is recorded; reading one's
number stops with the line that did it. Other threads and tasks, tracing or not, notice nothing.
"""

from __future__ import annotations

import contextlib
import functools
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

from autograd import modes
from autograd.compiler.ir.graph import COMPARISONS
from autograd.errors import TraceError
from autograd.modes import source_line
from autograd.operand import Node, is_number, tracing
from autograd.value import Value

__all__ = ["MEND", "guarded"]

MEND = (
    "{} would bake this one sample's number into the program, which runs on all of them: use where(condition, a, b), "
    "maximum, minimum, abs or relu instead of deciding in Python"
)

_lock = threading.Lock()
_entered = 0
#: What a Value does where nobody traces, while somebody does elsewhere.
_originals: dict[str, Any] = {}


@contextlib.contextmanager
def guarded(tracer: Any) -> Iterator[None]:
    """Trace in this thread or task: ``tracing`` says so, and Values keep their numbers to themselves."""
    token = tracing.set(tracer)
    _count(+1)
    try:
        with modes.recording(refusal=MEND.format("no_grad()")):
            yield
    finally:
        _count(-1)
        tracing.reset(token)


def _count(change: int) -> None:
    global _entered
    with _lock:
        if not _entered:
            _originals.update({name: vars(Value)[name] for name in _GUARDS})
        _entered += change
        for name, guard in _GUARDS.items() if _entered else ():
            setattr(Value, name, guard)
        for name, original in _originals.items() if not _entered else ():
            setattr(Value, name, original)


def _is_own(depth: int) -> bool:
    """Whether the caller is the engine itself, which computes with numbers; nn and users do not while tracing."""
    return str(sys._getframe(depth).f_globals.get("__name__")).partition(".")[0] == "autograd"


def _read(name: str, what: str) -> property:
    def read(self: Value) -> Any:
        if tracing.get() is not None and not _is_own(2):
            raise TraceError(what + source_line())
        return _originals[name].fget(self)

    def write(self: Value, number: Any) -> None:
        _originals[name].fset(self, number)

    return property(read, write)


def _refuse(name: str, what: str) -> Callable[..., Any]:
    def method(self: Value, *arguments: Any) -> Any:
        if tracing.get() is not None:
            raise TraceError(what + source_line())
        return _originals[name](self, *arguments)

    return functools.wraps(vars(Value)[name])(method)


def _compare(op: str) -> Callable[..., Any]:
    def method(self: Value, other: Any) -> Any:
        tracer = tracing.get()
        if tracer is not None and (isinstance(other, Node) or is_number(other)):
            return tracer.record(op, (self, other))
        return _originals[f"__{op}__"](self, other)

    return method


_GUARDS: dict[str, Any] = {
    "data": _read("data", MEND.format("reading .data")),
    "grad": _read("grad", "a traced value has no .grad: call program.value_and_grad(...)"),
    "__bool__": _refuse("__bool__", MEND.format("branching")),
    "detach": _refuse("detach", MEND.format("detaching a Value")),
    **{f"__{op}__": _compare(op) for op in COMPARISONS},
}
