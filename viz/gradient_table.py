"""The gradients of an expression as a table in the terminal: with rich where it is installed, plain elsewhere."""

from __future__ import annotations

import importlib.util

from autograd import Value, topological_order
from viz.style import clean

__all__ = ["print_gradients"]

_HEAD = ("name", "value", "gradient")


def print_gradients(root: Value) -> None:
    """Print the number and the gradient of every leaf behind `root`, and of `root` itself.

    >>> x = Value(3.0, label="x")
    >>> y = x * x
    >>> y.backward()
    >>> print(_plain(_rows(y)))
    name    value  gradient
    x           3         6
    result      9         1
    """
    rows = _rows(root)
    if importlib.util.find_spec("rich") is not None:
        _print_rich(rows)
    else:
        print(_plain(rows))


def _rows(root: Value) -> list[tuple[str, str, str]]:
    values = [value for value in topological_order(root) if not value.op and value is not root]
    named = [(clean(value.label) or "leaf", value) for value in values] + [(clean(root.label) or "result", root)]
    return [(name, f"{value.data:.10g}", f"{value.grad:.10g}") for name, value in named]


def _plain(rows: list[tuple[str, str, str]]) -> str:
    table = [_HEAD, *rows]
    first, *others = (max(map(len, column)) for column in zip(*table, strict=True))
    return "\n".join(
        "  ".join([name.ljust(first), *(cell.rjust(width) for cell, width in zip(cells, others, strict=True))])
        for name, *cells in table
    )


def _print_rich(rows: list[tuple[str, str, str]]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD)
    for head in _HEAD:
        table.add_column(head, justify="left" if head == "name" else "right", overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))  # as text: a name may hold rich's own markup
    Console().print(table)
