"""A user's own operations: a row of the table, or a single node."""

from __future__ import annotations

import builtins
import itertools
import linecache
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from autograd import operations
from autograd.calculus.expr import COMPARISONS, CONSTANTS, FUNCTIONS, OPERATORS
from autograd.calculus.generate import function_source, is_unary, method_source
from autograd.calculus.rule import Interval, rule_named
from autograd.calculus.table import RULES, Rule
from autograd.errors import LengthError, OperandError, UnavailableNameError
from autograd.operand import number
from autograd.operations import Operand
from autograd.transforms.check import check_primitive
from autograd.transforms.derive import forget_partials
from autograd.value import Value

__all__ = ["primitive", "record"]

_BUILT_IN = frozenset(RULES)
_RESERVED = {"self", "other", "out", "make", "operands", "symbol", "y", "dx", "dy"}
_serial = itertools.count(1)


def primitive(
    name: str,
    operands: str,
    forward: str,
    partials: str | Sequence[str],
    *,
    summary: str = "",
    given: Mapping[str, str] | None = None,
    domain: Sequence[Interval] | None = None,
    kink: str = "",
    check: bool = True,
) -> Callable[..., Any]:
    """Add a primitive to the calculus table and return its function; Values get it as a method.

    Args:
        name: its name, a Python identifier that is not taken.
        operands: their names, ``"a b"``; with defaults, ``"x slope=0.01"``; whole sequences, ``"*x"``.
        forward: the formula of the result: ``+ - * /``, comparisons, ``where(condition, a, b)``, ``pow(a, b)`` and the
            functions of one or two numbers that the table's own rows use.
        partials: one formula per operand, in which ``y`` is the result.
        summary: one line of documentation.
        given: names for subformulas.
        domain: one ``(low, high)`` interval per operand from which `check` draws; -5 to 5 unless told.
        kink: the convention where the derivative does not exist.
        check: compare the partials with central differences over the domain before accepting the row.

    Raises:
        ValueError: a malformed name or formula.
        OperandError: something that is no text, such as a function.
        UnavailableNameError: the name is taken by a built-in row or by Value; your own rows may be replaced.
        LengthError: not one partial per operand.
        GradientError: a partial disagrees with the differences of `forward`.

    >>> mish = primitive("mish", "x", "x * t", "t + x * (1 - t*t) * s",
    ...                  given={"t": "tanh(log1p(exp(x)))", "s": "1 / (1 + exp(-x))"}, summary="Mish (Misra 2019).")
    >>> x = Value(0.5); x.mish().backward(); round(x.grad, 6)
    0.886424
    """
    texts = tuple(partials) if isinstance(partials, Sequence) and not isinstance(partials, str) else (partials,)
    for text in (name, operands, forward, *texts):
        if not isinstance(text, str):
            raise OperandError(
                f"a primitive is text, such as 'x * x', from which all else follows; got {type(text).__name__} {text!r}"
            )
    count = len(operands.split())
    row = Rule(
        name,
        operands,
        forward,
        texts,
        summary or f"{name}, a primitive of the user's own.",
        tuple((given or {}).items()),
        tuple(domain) if domain is not None else ((-5.0, 5.0),) * count,
        kink,
    )
    row.check()
    _check_names(row)
    before = RULES.get(name)
    try:
        function = _install(row)
        for other in RULES.values():
            if name in other.calls:
                other.check()  # its formulas must make sense with the new row, too
        if check:
            check_primitive(name)
    except BaseException:
        _remove(name)
        if before is not None:
            _install(before)
        raise
    return function


def _check_names(row: Rule) -> None:
    """Refuse names that the generated source gives another meaning."""
    language = FUNCTIONS | CONSTANTS.keys() | OPERATORS.keys() | COMPARISONS.keys()
    taken = _RESERVED | vars(operations).keys() | vars(builtins).keys() | language
    if row.name in _BUILT_IN or (row.name not in RULES and (row.name in taken or hasattr(Value, row.name))):
        raise UnavailableNameError(f"{row.name!r} is taken by the table or by Value itself: choose another name")
    names = [*(operand.name for operand in row.operands), *(name for name, _ in row.given)]
    derived = {derived for name in names for derived in (f"{name}s", f"d{name}", f"{name}_i")}
    for name in names:
        if name in taken - {row.name} or name in derived:
            raise UnavailableNameError(
                f"{name!r} means something else in {row.name!r}'s generated code: choose another name"
            )


def _install(row: Rule) -> Callable[..., Any]:
    _remove(row.name)
    RULES[row.name] = row
    function = _compile(row, function_source(row))
    vars(operations)[row.name] = function  # where formulas of other rows look it up
    if is_unary(row):
        setattr(Value, row.name, _compile(row, method_source(row)))
    elif not row.operands[0].is_sequence:
        setattr(Value, row.name, function)
    return function


def _remove(name: str) -> None:
    RULES.pop(name, None)
    vars(operations).pop(name, None)
    if name in vars(Value):
        delattr(Value, name)
    forget_partials()


def _compile(row: Rule, source: str) -> Callable[..., Any]:
    """Run generated source beside the built-in operations, where debuggers and tracebacks can read it."""
    filename = f"<autograd primitive {row.name} {next(_serial)}>"
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    scope: dict[str, Any] = {}
    exec(compile(source, filename, "exec"), vars(operations), scope)  # noqa: S102 - made from a checked Rule
    function: Callable[..., Any] = scope[row.name]
    return function


def record(op: str, data: float, operands: Sequence[Operand], partials: Sequence[float]) -> Value | float:
    """Return a new Value computed from `operands`, some of which may be constants; the bare number if all are.

    Args:
        op: the name of a row of the calculus table.
        data: its result.
        operands: Values, and numbers for constants, in the row's order.
        partials: d result / d operand, as many as there are operands.

    Raises:
        UnknownNameError: there is no such row; :func:`autograd.primitive` adds one.
        LengthError: there are not as many operands as the row has, or not one partial for each.

    >>> x = Value(3.0)
    >>> record("mul", 6.0, (x, 2.0), (2.0, 3.0)).partials
    (2.0,)
    """
    rule = rule_named(op)
    if len(partials) != len(operands):
        raise LengthError(f"record({op!r}): {len(operands)} operands, {len(partials)} partials: give one for each")
    sequences = sum(operand.is_sequence for operand in rule.operands)
    rest = len(operands) - len(rule.operands) + sequences
    if (rest <= 0 or rest % sequences) if sequences else rest:
        raise LengthError(f"{op!r} is computed from {rule.signature!r}, got {len(operands)} operands")
    return operations.record(op, number(data), tuple(operands), tuple(map(number, partials)))
