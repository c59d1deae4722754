"""What may be watching while Values are made: ``no_grad()`` and ``detect_anomaly()``.

Every operation asks once whether :data:`hook` is set, and in ordinary use it is not, so watching costs nothing when
nobody watches. The modes themselves are context variables: they hold in the thread or task that entered them.
"""

from __future__ import annotations

import contextlib
import contextvars
import linecache
import math
import sys
import threading
import types
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, TypeVar

from autograd.calculus.choices import zero_by_choice
from autograd.calculus.rule import rule_named
from autograd.errors import AnomalyError, TraceError

if TYPE_CHECKING:
    from autograd.value import Value

T = TypeVar("T")

__all__ = ["detect_anomaly", "hook", "no_grad"]

#: Called with every new interior Value while any mode is entered anywhere; None otherwise.
hook: Callable[[Value], None] | None = None

_recording = contextvars.ContextVar("recording", default=True)
#: Why ``no_grad()`` cannot be entered here, if it cannot.
_refused = contextvars.ContextVar("refused", default="")
#: While watching: the source line that made each value.
_watching: contextvars.ContextVar[dict[Value, str] | None] = contextvars.ContextVar("watching", default=None)
_entered = 0
_lock = threading.Lock()


@contextlib.contextmanager
def no_grad() -> Iterator[None]:
    """Compute without recording: results are plain leaves, and nothing is kept alive for a backward pass.

    >>> from autograd import Value
    >>> with no_grad():
    ...     y = Value(2.0) * 3.0
    >>> y.data, y.parents
    (6.0, ())
    """
    if _refused.get():
        raise TraceError(_refused.get() + source_line())
    with _mode(_recording, False):
        yield


@contextlib.contextmanager
def recording(*, refusal: str = "") -> Iterator[None]:
    """Record, also inside ``no_grad()``, for derivatives asked for there; `refusal` says why none may be entered."""
    tokens = _recording.set(True), _refused.set(refusal or _refused.get())
    try:
        yield
    finally:
        _recording.reset(tokens[0])
        _refused.reset(tokens[1])


@contextlib.contextmanager
def detect_anomaly() -> Iterator[None]:
    """Stop at the first nan or infinity, forward or backward, naming the operation, its operands and the source line.

    Raises:
        AnomalyError: at the operation whose result is not finite though its operands are; or at the end of a
            ``backward()``, or of a transform's own sweep, that left a gradient or a tangent that is not finite,
            or took 0 times infinity as 0 elsewhere than where a selection left something out.

    >>> from autograd import Value
    >>> with detect_anomaly():
    ...     Value(-1.0, label="x").log()
    Traceback (most recent call last):
    autograd.errors.AnomalyError: log gave nan ...
    """
    with _mode(_watching, {}):
        yield


def is_watching() -> bool:
    """Whether ``detect_anomaly()`` holds here."""
    return _watching.get() is not None


@contextlib.contextmanager
def _mode(variable: contextvars.ContextVar[T], value: T) -> Iterator[None]:
    token = variable.set(value)
    _count(+1)
    try:
        yield
    finally:
        _count(-1)
        variable.reset(token)


def _count(change: int) -> None:
    global _entered, hook
    with _lock:
        _entered += change
        hook = _inspect if _entered else None


def _inspect(value: Value) -> None:
    lines = _watching.get()
    if lines is not None:
        lines[value] = source_line()
        primals = [getattr(operand, "data", operand) for operand in value.operands]
        if not math.isfinite(value.data) and all(map(math.isfinite, primals)):
            raise AnomalyError(f"{value.op} gave {value.data} for {_describe(value)}{lines[value]}")
    if not _recording.get():
        value.detach_()


def check_gradients(order: list[Value], gradient: Callable[[Value], float]) -> None:
    """Raise ``AnomalyError`` for the first value, in the order of the backward pass, whose gradient is not finite."""
    for node in reversed(order):
        for parent, partial in zip(node.parents, node.partials, strict=True):
            if not math.isfinite(gradient(parent)):
                raise AnomalyError(
                    f"the backward pass left a gradient of {gradient(parent)} on {parent!r}, an operand of {node.op} "
                    f"with local derivative {partial} and adjoint {gradient(node)}; {_origin(node)}"
                )


def check_zeros(order: Iterable[Value], gradient: Callable[[Value], float]) -> None:
    """Raise ``AnomalyError`` where a backward pass took 0 times infinity as 0, but for what a selection left out.

    Args:
        order: the nodes that were passed, in topological order.
        gradient: what the pass left on each.
    """
    passed: set[Value] = set()  # if theirs is 0, that is no choice: a factor, or a sum, happened to be 0
    for node in reversed(list(order)):
        adjoint = gradient(node)
        if adjoint == 0.0 and node not in passed:
            continue
        for place, (parent, partial) in enumerate(zip(node.parents, node.partials, strict=True)):
            if adjoint == 0.0 and not math.isfinite(partial):
                raise _zero_times(partial, "local derivative", node, parent)
            if partial != 0.0 or not _left_out(node, place):
                passed.add(parent)


def check_products(order: Iterable[Value], tangent: Callable[[Value], float]) -> None:
    """Raise ``AnomalyError`` where a forward sweep took 0 times infinity as 0, but for what a selection left out."""
    for node in order:
        for place, (parent, partial) in enumerate(zip(node.parents, node.partials, strict=True)):
            if partial == 0.0 and not math.isfinite(tangent(parent)) and not _left_out(node, place):
                raise _zero_times(tangent(parent), "tangent", node, parent)


def _zero_times(infinite: float, what: str, node: Value, parent: Value) -> AnomalyError:
    return AnomalyError(
        f"0 times a {what} of {infinite} was taken as 0 on the edge from {node.op} to its operand {parent!r}; "
        f"{_origin(node)}"
    )


def _left_out(node: Value, place: int) -> bool:
    """Whether the parent at `place` has the partial 0 because a selection left it out."""
    rule = rule_named(node.op)
    index = count = 0
    numbers: dict[str, float] = {"y": node.data}
    for i, (operand, group) in enumerate(zip(rule.operands, rule.grouped(node.operands), strict=True)):
        members = group if operand.is_sequence else [group]
        if not operand.is_sequence:
            numbers[operand.name] = getattr(group, "data", group)
        values = sum(hasattr(member, "data") for member in members)
        if count <= place < count + values:
            index = i
        count += values
    return zero_by_choice(rule, index, numbers)


def check_tangent(output: Value, tangent: Callable[[Value], float]) -> None:
    """Raise ``AnomalyError`` if the tangent of `output` is not finite, for the value with which that began."""
    if math.isfinite(tangent(output)):
        return
    cause: Value | None = output
    while cause is not None:  # back over the edges that count: a branch not taken may have an infinity of its own
        node = cause
        edges = zip(node.parents, node.partials, strict=True)
        cause = next((parent for parent, dx in edges if dx and not math.isfinite(tangent(parent))), None)
    if node.op:  # what came in is not what went wrong
        raise AnomalyError(
            f"the forward sweep gave {node.op} a tangent of {tangent(node)}; its local derivatives are "
            f"{', '.join(map(str, node.partials))}, {_origin(node)}"
        )


def _origin(node: Value) -> str:
    return f"the operands were {_describe(node)}{(_watching.get() or {}).get(node, '')}"


def _describe(value: Value) -> str:
    return ", ".join(repr(operand) for operand in value.operands)


def source_line() -> str:
    """The line of the caller's own code that is behind the call: outside this package, and outside nn."""
    frame: types.FrameType | None = sys._getframe(1)
    while frame is not None and str(frame.f_globals.get("__name__")).partition(".")[0] in ("autograd", "nn"):
        frame = frame.f_back
    if frame is None:
        return ""
    name, line = frame.f_code.co_filename, frame.f_lineno
    return f"\n  at {name}:{line}: {linecache.getline(name, line).strip()}"
