"""Pickles and deep copies of Values with all that is behind them, without a call for each step of depth.

By themselves both would go from a node to its operands, and from there on, one call inside the other, and end with a
RecursionError after some hundred. Here the nodes behind one are saved, or copied, before it: operands first.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, cast

from autograd.graph import interior

if TYPE_CHECKING:
    from autograd.value import Value

__all__ = ["Copies"]

#: The nodes that are being saved in the right order, so that none needs to care for those behind it.
_in_order: ContextVar[frozenset[Any]] = ContextVar("in_order", default=frozenset())


class Copies:
    """Pickles and deep copies."""

    __slots__ = ()

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        node = cast("Value", self)
        attributes, slots = _state(node)
        behind = None if not node.op or node in _in_order.get() else _Behind(node)
        return _rebuilt, (behind, type(node), slots), attributes

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        root = cast("Value", self)
        copied = []
        for node in interior(root) or [root]:
            if id(node) not in memo:
                attributes, slots = _state(node)
                twin = _rebuilt(None, type(node), {name: _twin(slot, memo) for name, slot in slots.items()})
                memo[id(node)] = twin
                memo.setdefault(id(memo), []).append(node)  # an id is a name as long as its object lives
                copied.append((twin, attributes))
        for twin, attributes in copied:
            if attributes:
                vars(twin).update(copy.deepcopy(attributes, memo))
        return memo[id(root)]


class _Behind:
    """What is behind a node, operands first; as a list it is saved one by one."""

    def __init__(self, root: Value) -> None:
        self.root = root

    def __reduce__(self) -> tuple[Any, ...]:
        return list, (), None, self._nodes()

    def _nodes(self) -> Iterator[Any]:
        order = interior(self.root)
        before = _in_order.get()
        _in_order.set(before.union(order))
        yield from order[:-1]
        yield _Then(lambda: _in_order.set(before))


class _Then:
    """Does something at the moment when it is saved, and leaves nothing."""

    def __init__(self, work: Callable[[], object]) -> None:
        self._work = work

    def __reduce__(self) -> tuple[Any, ...]:
        self._work()
        return int, ()


def _state(node: Value) -> tuple[dict[str, Any] | None, dict[str, Any]]:
    """What it was given, and what is in its slots; but no rank: where a copy is, others were given."""
    state: Any = object.__getstate__(node)
    attributes, slots = state
    return {name: each for name, each in (attributes or {}).items() if name != "_rank"} or None, slots


def _rebuilt(_: object, kind: type, slots: dict[str, Any]) -> Any:
    node: Any = object.__new__(kind)
    for name, slot in slots.items():
        setattr(node, name, slot)
    return node


def _twin(slot: Any, memo: dict[int, Any]) -> Any:
    """A slot's content for the copy: the copies of Values, which have been made unless they are leaves."""
    if isinstance(slot, tuple):
        return tuple(_twin(each, memo) for each in slot)
    return copy.deepcopy(slot, memo) if isinstance(slot, Copies) else slot
