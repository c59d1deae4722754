"""``Value``: a number that remembers how it was computed.

Every operation on Values makes a new Value that keeps its operands and the *local derivative* with respect to each,
as plain floats, at the moment it is computed: for ``z = w * a_in + b`` that is ``dz/dw = a_in`` and ``dz/db = 1``.
``backward()`` multiplies them along every path, and adds up.

The operators and functions themselves (``+``, ``tanh``, ...) are rows of the calculus table,
:mod:`autograd.calculus.table`, from which their methods are generated, :mod:`autograd.operations`. The product's is::

    def __mul__(self, other):
        a = self._data
        if isinstance(other, Value):
            b = other._data
            y = a * b                            # the row's formula, and its partials
            dx = b
            dy = a
        else:                                    # a constant: nothing flows back to it
            b = constant(other)
            y = a * b
            dx = b
            dy = None
        out = blank()                            # an empty Value
        out._data, out._grad, out.op = y, 0.0, "mul"
        out._x, out._dx = self, dx               # the edges to the operands
        out._y, out._dy = other, dy
        return out
"""

from __future__ import annotations

from typing import NoReturn

from autograd import graph, operations
from autograd.copies import Copies
from autograd.errors import OperandError
from autograd.micrograd_names import MicrogradNames
from autograd.notebook import Notebook
from autograd.numpy_methods import NumpyMethods
from autograd.operand import beside, equal_to, number, primal, primals
from autograd.operations import Operand, Operations

__all__ = ["Value", "primal", "primals"]


class Value(Operations, Copies, MicrogradNames, NumpyMethods, Notebook):
    """One number in a computation graph.

    Args:
        data: the number; int, float, bool or a NumPy scalar.
        label: a name for pictures, tables and messages.

    Attributes:
        op: the name of the row that computed this value, ``""`` for a leaf.
        label: its name.

    Attributes of your own, such as an optimiser's moments, may be added.

    Raises:
        OperandError: `data` is not a real number.

    >>> w, a_in, b = Value(0.7, label="w"), Value(-1.5, label="a_in"), Value(0.3, label="b")
    >>> z = w * a_in + b
    >>> z.backward()
    >>> w.grad, b.grad
    (-1.5, 1.0)
    """

    __slots__ = ()

    label: str = ""  # one that is given is kept as all that users add: in a dictionary of those that have any

    def __init__(self, data: float, *, label: str = "") -> None:
        self._data = data if data.__class__ is float else number(data)
        self._grad = 0.0
        self.op = ""
        self._x = self._dx = self._y = self._dy = None
        if label:
            self.label = label

    @property
    def data(self) -> float:
        """The number, a float; assign to it to change a leaf."""
        return self._data

    @data.setter
    def data(self, data: float) -> None:
        self._data = data if data.__class__ is float else number(data)

    @property
    def grad(self) -> float:
        """After ``root.backward()``, d root / d self; leaves add up until ``zero_grad()``."""
        return self._grad

    @grad.setter
    def grad(self, grad: float) -> None:
        if grad is None:
            raise OperandError("a gradient is a number: value.grad = 0.0 clears it, and so does zero_grad()")
        self._grad = grad if grad.__class__ is float else number(grad)

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
            node._grad = 0.0

    def detach(self) -> Value:
        """Return a new leaf with the same number and label: nothing flows back through it."""
        return Value(self._data, label=self.label)

    def __repr__(self) -> str:
        label = f", label={self.label!r}" if self.label else ""
        return f"{type(self).__name__}(data={self.data!r}, grad={self.grad!r}{label})"

    def __format__(self, spec: str) -> str:
        return format(self.data, spec) if spec else str(self)

    # Values compare by their numbers; the hash is the object's, so that graphs keep Values in sets and dictionaries.
    # Beside a symbol, which records the comparison, or an array, which compares each element, that other one answers.
    def __eq__(self, other: object) -> bool:
        return NotImplemented if (number := equal_to(other)) is NotImplemented else self._data == number

    def __ne__(self, other: object) -> bool:
        return NotImplemented if (number := equal_to(other)) is NotImplemented else self._data != number

    def __lt__(self, other: Operand) -> bool:
        return NotImplemented if (number := beside(other)) is NotImplemented else self._data < number

    def __le__(self, other: Operand) -> bool:
        return NotImplemented if (number := beside(other)) is NotImplemented else self._data <= number

    def __gt__(self, other: Operand) -> bool:
        return NotImplemented if (number := beside(other)) is NotImplemented else self._data > number

    def __ge__(self, other: Operand) -> bool:
        return NotImplemented if (number := beside(other)) is NotImplemented else self._data >= number

    __hash__ = object.__hash__

    def __bool__(self) -> bool:
        return self._data != 0.0

    def __float__(self) -> NoReturn:
        raise OperandError(
            "float(value) would lose the gradient without a word: use autograd's functions on Values "
            "(autograd.tanh, not math.tanh), arrays of dtype=object to hold them, and value.data for the number alone"
        )

    __int__ = __float__

    def __pos__(self) -> Value:
        return self


# CPython 3.11 and 3.12 set room aside in each object for the attributes that its class has been seen to get, and for
# some more, fewer with each object made. These are made for that: later ones have room for ``_many`` and nothing else.
for _ in range(32):
    Value(0.0)
operations.sum([Value(0.0)])
