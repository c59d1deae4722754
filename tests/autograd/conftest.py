"""Fixtures of the autograd tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from autograd import RULES, Value, operations

__all__ = ["table", "table_state"]


def table_state() -> tuple[dict[str, object], dict[str, object], set[str]]:
    """Return all that a new row touches: the table, the functions, the names of Value's methods."""
    return dict(RULES), dict(vars(operations)), set(vars(Value))


@pytest.fixture
def table() -> Iterator[None]:
    """Take back whatever rows a test adds, replaces or breaks."""
    rows, functions, methods = table_state()
    bodies = {name: vars(Value)[name] for name in methods if callable(vars(Value)[name])}
    yield
    for name in set(vars(Value)) - methods:
        delattr(Value, name)
    for name, body in bodies.items():
        if vars(Value)[name] is not body:
            setattr(Value, name, body)
    for namespace, before in ((RULES, rows), (vars(operations), functions)):
        namespace.clear()
        namespace.update(before)
