"""The graph behind a Value: what each node keeps, the topological order, and the backward pass in reverse.

All of it is iterative, so a chain of a million operations needs no more stack than one of ten.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from autograd import modes
from autograd.operand import Node

if TYPE_CHECKING:
    from autograd.value import Value

__all__ = ["Vertex", "backward", "interior", "pass_back", "topological_order"]


_NONE: tuple[Any, Any, Any] = ((), (), ())


class Vertex(Node):
    """One node: its number and adjoint, and the edges to what it was computed from.

    An operator has one or two operands, x and y: each is a Value and has the partial dx or dy, or it is a constant and
    has the partial None. What is not there is None. A node of any number of operands has none of these four, and
    ``_many``: all its operands, the Values among them, and one partial for each of those.
    """

    __slots__ = ("__dict__", "_data", "_dx", "_dy", "_grad", "_x", "_y", "op")

    op: str
    _data: float
    _grad: float
    _x: Any
    _dx: float | None
    _y: Any
    _dy: float | None
    #: Its place in a topological order of all that derivatives were taken of; set by :mod:`autograd.transforms.sweep`.
    _rank: int
    _many: tuple[tuple[Value | float, ...], tuple[Value, ...], tuple[float, ...]] | None = None

    @property
    def operands(self) -> tuple[Value | float, ...]:
        """What the operation was applied to, in order: Values, and floats for constants."""
        if self._many is not None:
            return self._many[0]
        return tuple(operand for operand in (self._x, self._y) if operand is not None)

    @property
    def parents(self) -> tuple[Value, ...]:
        """The operands that are Values, in operand order, repeats kept."""
        if self._many is not None:
            return self._many[1]
        if self._dx is None:
            return () if self._dy is None else (self._y,)
        return (self._x,) if self._dy is None else (self._x, self._y)

    @property
    def partials(self) -> tuple[float, ...]:
        """The local derivative of this value with respect to each parent, in the same order."""
        if self._many is not None:
            return self._many[2]
        if self._dx is None:
            return () if self._dy is None else (self._dy,)
        return (self._dx,) if self._dy is None else (self._dx, self._dy)

    def detach_(self) -> None:
        """Become a leaf, in place: the number stays, what it was computed from is let go."""
        self.op = ""
        self._x = self._dx = self._y = self._dy = None
        if self._many is not None:
            self._many = None


def interior(root: Value) -> list[Value]:
    """Return the computed values that `root` depends on, itself last, each after all of its operands; no leaves.

    Depth-first: a value goes on the stack a second time below a ``None``, and is placed when that comes up again, by
    which time everything it depends on has been placed.
    """
    order: list[Value] = []
    seen: set[Value] = set()
    stack: list[Value | None] = [root] if root.op else []
    while stack:
        node = stack.pop()
        if node is None:
            order.append(stack.pop())  # type: ignore[arg-type]
        elif node not in seen:
            seen.add(node)
            stack.append(node)
            stack.append(None)
            if node._x is None:
                stack.extend([parent for parent in node._many[1] if parent.op and parent not in seen])  # type: ignore[index]
            else:
                if node._dx is not None and node._x.op:
                    stack.append(node._x)
                if node._dy is not None and node._y.op:
                    stack.append(node._y)
    return order


def topological_order(root: Value) -> list[Value]:
    """Return every value that `root` depends on, itself last, each after all of its operands: leaves first.

    >>> from autograd import Value
    >>> a = Value(2.0, label="a"); b = a + a; c = b * a
    >>> [node.op or node.label for node in topological_order(c)]
    ['a', 'add', 'mul']
    """
    computed = interior(root)
    leaves = dict.fromkeys(parent for node in computed for parent in node.parents if not parent.op)
    return [*leaves, *computed] if computed else [root]


def backward(root: Value) -> None:
    """Add to every leaf's ``grad`` the derivative of `root` with respect to it.

    In reverse topological order an adjoint is complete before it is passed on. Interior gradients are set afresh; leaf
    gradients accumulate until they are zeroed.
    """
    order = interior(root)
    for node in order:
        node._grad = 0.0
    root._grad = 1.0 if order else root._grad + 1.0
    pass_back(reversed(order))
    if modes.is_watching():
        modes.check_gradients(order, lambda value: value.grad)
        modes.check_zeros(order, lambda value: value.grad)


def pass_back(nodes: Iterable[Value]) -> None:
    """Have each node add to the gradients of its operands: the chain rule, one edge at a time.

    An operand gets the node's own adjoint times the local derivative on the edge. Where either is exactly 0, nothing
    passes: so what was not used gets no nan from 0 times infinity.
    """
    for node in nodes:
        adjoint = node._grad
        if adjoint == 0.0:
            continue
        x = node._x
        if x is None:
            _, parents, partials = node._many or _NONE
            for parent, partial in zip(parents, partials):  # noqa: B905 - as many as each other, by construction
                if partial:
                    parent._grad += adjoint * partial
        else:
            dx = node._dx
            if dx:
                x._grad += adjoint * dx
            dy = node._dy
            if dy:
                node._y._grad += adjoint * dy
