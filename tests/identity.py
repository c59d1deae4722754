"""Values compare by number; these ask whether they are the same objects."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["are"]


def are(found: Iterable[object], expected: Iterable[object]) -> bool:
    """Whether two sequences hold the same objects, in the same order; numbers among them, the same numbers."""
    pairs = list(zip(list(found), list(expected), strict=True))
    return all(a is b or (type(a) is type(b) is float and a == b) for a, b in pairs)
