"""``Value``: a number that remembers how it was computed.

Every operation on Values makes a new Value that keeps its operands and the *local derivative* with respect to each,
as plain floats, at the moment it is computed: for ``z = w * a_in + b`` that is ``dz/dw = a_in`` and ``dz/db = 1``.
``backward()`` multiplies them along every path, and adds up.

The operators and functions themselves (``+``, ``tanh``, ...) are rows of the calculus table,
:mod:`autograd.calculus.table`; :mod:`autograd.operations` is their source, generated from the rows.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any, NoReturn

from autograd import graph, modes, operations
from autograd.calculus.table import RULES
from autograd.errors import OperandError
from autograd.operand import Symbol, number
from autograd.operations import Operand, Operations

__all__ = ["Value", "primal", "record"]


class Value(Operations):
    """One number in a computation graph.

    Args:
        data: the number; int, float, bool or a NumPy scalar.
        label: a name for pictures, tables and messages.

    Attributes:
        data: the number, a float; assign to it to change a leaf.
        grad: after ``root.backward()``, d root / d self; leaves add up until ``zero_grad()``.
        op: the name of the row that computed this value, ``""`` for a leaf.
        label: its name.

    Raises:
        OperandError: `data` is not a real number.

    >>> w, a_in, b = Value(0.7, label="w"), Value(-1.5, label="a_in"), Value(0.3, label="b")
    >>> z = w * a_in + b
    >>> z.backward()
    >>> w.grad, b.grad
    (-1.5, 1.0)
    """

    # An operator's one or two operands sit in _x and _y and their partials in _dx and _dy; a constant operand is kept
    # as a float with the partial None. A node with any number of operands keeps them all in the tuple _x, the Values
    # among them in _y, and one partial for each of those in the tuple _dx.
    __slots__ = ("_dx", "_dy", "_x", "_y", "data", "grad", "label", "op")

    data: float
    grad: float
    op: str
    label: str
    _x: Any
    _dx: Any
    _y: Any
    _dy: Any

    def __init_subclass__(cls) -> None:
        if not issubclass(cls, Symbol):
            _VALUE_TYPES.add(cls)

    def __init__(self, data: float, *, label: str = "") -> None:
        self.data = data if data.__class__ is float else number(data)
        self.grad = 0.0
        self.op = ""
        self.label = label
        self._x = self._dx = self._y = self._dy = None

    @property
    def operands(self) -> tuple[Operand, ...]:
        """What the operation was applied to, in order: Values, and floats for constants."""
        if isinstance(self._dx, tuple):
            return tuple(self._x)
        return tuple(operand for operand in (self._x, self._y) if operand is not None)

    @property
    def parents(self) -> tuple[Value, ...]:
        """The operands that are Values, in operand order, repeats kept."""
        if isinstance(self._dx, tuple):
            return tuple(self._y)
        if self._dx is None:
            return () if self._dy is None else (self._y,)
        return (self._x,) if self._dy is None else (self._x, self._y)

    @property
    def partials(self) -> tuple[float, ...]:
        """The local derivative of this value with respect to each parent, in the same order."""
        if isinstance(self._dx, tuple):
            return self._dx
        if self._dx is None:
            return () if self._dy is None else (self._dy,)
        return (self._dx,) if self._dy is None else (self._dx, self._dy)

    def backward(self) -> None:
        """Add d self / d leaf to ``leaf.grad`` for every leaf behind this value; see :func:`autograd.graph.backward`.

        >>> a = Value(3.0)
        >>> (a * a).backward(); a.grad
        6.0
        """
        graph.backward(self)

    def zero_grad(self) -> None:
        """Set the gradient of this value, and of everything behind it, to 0."""
        for node in graph.topological_order(self):
            node.grad = 0.0

    def detach(self) -> Value:
        """Return a new leaf with the same number and label: nothing flows back through it."""
        return Value(self.data, label=self.label)

    def _forget(self) -> None:
        """Become a leaf: under ``no_grad()``."""
        self.op = ""
        self._x = self._dx = self._y = self._dy = None

    def __repr__(self) -> str:
        label = f", label={self.label!r}" if self.label else ""
        return f"{type(self).__name__}(data={self.data!r}, grad={self.grad!r}{label})"

    def __format__(self, spec: str) -> str:
        return format(self.data, spec) if spec else str(self)

    # A Value compares by its number and is equal only to itself: graphs keep Values in sets and dictionaries. Beside a
    # symbol, it is the symbol that answers: it records.
    def __lt__(self, other: Operand) -> bool:
        return NotImplemented if isinstance(other, Symbol) else self.data < primal(other)

    def __le__(self, other: Operand) -> bool:
        return NotImplemented if isinstance(other, Symbol) else self.data <= primal(other)

    def __gt__(self, other: Operand) -> bool:
        return NotImplemented if isinstance(other, Symbol) else self.data > primal(other)

    def __ge__(self, other: Operand) -> bool:
        return NotImplemented if isinstance(other, Symbol) else self.data >= primal(other)

    def __bool__(self) -> bool:
        return self.data != 0.0

    def __float__(self) -> NoReturn:
        raise OperandError(
            "float(value) would lose the gradient without a word: use autograd's functions on Values "
            "(autograd.tanh, not math.tanh), and value.data for the number alone"
        )

    def __pos__(self) -> Value:
        return self

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        from viz import mimebundle  # a door: only a notebook that shows the value opens it

        bundle: dict[str, str] = mimebundle(self)
        return bundle

    # The names that notebooks written for micrograd read.
    @property
    def _prev(self) -> set[Value]:
        return set(self.parents)

    @property
    def _op(self) -> str:
        return RULES[self.op].symbol or self.op if self.op else ""


def node(
    op: str, data: float, operands: tuple[Any, ...], partials: tuple[float, ...], parents: tuple[Any, ...] | None = None
) -> Value:
    """Return a new Value computed from `operands`; `parents` are the Values among them, all unless told."""
    out = object.__new__(Value)
    out.data = data
    out.grad = 0.0
    out.op = op
    out.label = ""
    out._x = operands
    out._y = operands if parents is None else parents
    out._dx = partials
    out._dy = None
    if modes.hook is not None:
        modes.hook(out)
    return out


def record(op: str, data: float, operands: tuple[Operand, ...], partials: tuple[float, ...]) -> Value | float:
    """Return a new Value computed from `operands`, some of which may be constants; the bare number if all are.

    Args:
        op: the name of a row of the calculus table.
        data: its result.
        operands: Values, and numbers for constants, in the row's order.
        partials: d result / d operand, as many as there are operands.
    """
    are_values = [isinstance(operand, Value) for operand in operands]
    if not any(are_values):
        return data
    numbers = tuple(x if is_value else number(x) for x, is_value in zip(operands, are_values, strict=True))
    parents = tuple(itertools.compress(operands, are_values))
    return node(op, data, numbers, tuple(itertools.compress(partials, are_values)), parents)


def primal(operand: Operand) -> float:
    """Return the number that a Value holds, or the number itself."""
    return operand.data if isinstance(operand, Value) else number(operand)


def primals(operands: Sequence[Operand]) -> list[float]:
    """Return the number behind each operand."""
    return [operand.data if isinstance(operand, Value) else number(operand) for operand in operands]


_VALUE_TYPES: set[type] = {Value}
#: Whether every type of an iterable is Value or a subclass of it.
all_values = _VALUE_TYPES.issuperset

# The generated module stands below this one, and makes Values.
vars(operations).update(Value=Value, all_values=all_values, node=node, primal=primal, primals=primals, record=record)
