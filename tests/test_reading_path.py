"""Four files that a newcomer reads in one sitting: the table, a number that remembers, the graph, the layers."""

from __future__ import annotations

import re

import pytest

from autograd import Value
from tests import ROOT

PATH = ("autograd/calculus/table.py", "autograd/value.py", "autograd/graph.py", "nn/layers.py")
TEXTS = {path: (ROOT / path).read_text(encoding="utf-8") for path in PATH}


def test_one_sitting() -> None:
    assert sum(len(text.splitlines()) for text in TEXTS.values()) <= 720


@pytest.mark.parametrize("path", PATH)
def test_nothing_else_is_spoken_of(path: str) -> None:
    assert not re.search(r"compil|estimator|viz\b|tracing|traced|kernel", TEXTS[path])


def test_the_method_that_is_shown_is_what_is_run() -> None:
    """The product's method in value.py's docstring does what the generated one does."""
    shown = re.search(r"    def __mul__.*?return out\n", TEXTS["autograd/value.py"], re.DOTALL)
    assert shown
    source = "\n".join(line.removeprefix("    ") for line in shown[0].splitlines())
    scope = {"Value": Value, "blank": lambda: object.__new__(Value), "constant": float}
    exec(source, scope)  # noqa: S102 - our own docstring
    product = scope["__mul__"]
    for other in (Value(-3.0), 2):
        found, expected = product(Value(2.0), other), Value(2.0) * other  # type: ignore[operator]
        assert (found.data, found.partials, found.op) == (expected.data, expected.partials, expected.op)
        assert len(found.parents) == len(expected.parents)
