"""The graph behind a Value: its topological order, and the backward pass that walks it in reverse.

Both are iterative, so a chain of a million operations needs no more stack than one of ten.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from autograd import modes

if TYPE_CHECKING:
    from autograd.value import Value

__all__ = ["backward", "fresh_gradients", "interior", "topological_order"]


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
            if node._dx.__class__ is tuple:
                stack.extend([parent for parent in node._y if parent.op and parent not in seen])
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

    The chain rule, one edge at a time: walking from `root` back to the leaves, each value passes to each operand its
    own adjoint times the local derivative on that edge. In reverse topological order an adjoint is complete before it
    is passed on. Interior gradients are set afresh; leaf gradients accumulate until they are zeroed. Where the adjoint
    or the local derivative is exactly 0, nothing passes: so what was not used gets no nan from 0 times infinity.
    """
    order = interior(root)
    for node in order:
        node.grad = 0.0
    root.grad = 1.0 if order else root.grad + 1.0
    for node in reversed(order):
        adjoint = node.grad
        if adjoint == 0.0:
            continue
        dx = node._dx
        if dx.__class__ is tuple:
            for parent, partial in zip(node._y, dx):  # noqa: B905 - as many as each other, by construction
                if partial:
                    parent.grad += adjoint * partial
        else:
            if dx:
                node._x.grad += adjoint * dx
            dy = node._dy
            if dy:
                node._y.grad += adjoint * dy
    if modes.is_watching():
        modes.check_gradients(order, lambda value: value.grad)


@contextlib.contextmanager
def fresh_gradients(values: Iterable[Value]) -> Iterator[None]:
    """Start from gradients of 0, and give `values` back those that they had."""
    before = {value: value.grad for value in values}
    for value in before:
        value.grad = 0.0
    try:
        yield
    finally:
        for value, gradient in before.items():
            value.grad = gradient
