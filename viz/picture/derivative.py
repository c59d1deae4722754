"""The local derivative on an edge in words: ``a_in`` on the way from w to ``z = w * a_in``.

The calculus table writes a partial with the names of its row, ``1 - y*y``. Here the labels of a graph take their
place, and constants become numbers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from autograd import RULES, Value
from autograd.calculus.formula import REDUCTIONS, fill_in, names_in
from autograd.operations import Operand

__all__ = ["edge_formulas", "short_name"]

#: Labels that can stand in a formula without being mistaken for one.
_NAME = re.compile(r"[^\W\d][\w.'′]{0,9}")
_LONGEST = 20


def short_name(name: str) -> str:
    """Return `name` if it can stand in a formula, else ``""``."""
    return name if _NAME.fullmatch(name) else ""


def _by_label(value: Value) -> str:
    return short_name(str(value.label))


def edge_formulas(value: Value, name: Callable[[Value], str] = _by_label) -> list[str]:
    """Return, for each parent of `value`, the formula of its local derivative; ``""`` where the number says it all.

    Args:
        value: the result.
        name: what a value is called in formulas, its label unless told; ``""`` where it has no name.

    >>> z = Value(0.7, label="w") * Value(-1.5, label="a_in")
    >>> a = z.tanh()
    >>> z.label, a.label = "z", "a"
    >>> edge_formulas(z), edge_formulas(a), edge_formulas(z.relu())
    (['a_in', 'w'], ['1 − a²'], [''])
    """
    if value.op not in RULES:
        return ["" for _ in value.parents]
    return [_formula(partial, operands, name) for partial, operands in _partials(value)]


def _partials(value: Value) -> Iterator[tuple[str, dict[str, Operand]]]:
    """For each operand that is a Value: its partial in the table, and what the names in that stand for."""
    rule = RULES[value.op]
    groups = [each if isinstance(each, list) else [each] for each in rule.grouped(value.operands)]
    for partial, group in zip(rule.partials, groups, strict=True):
        for place, member in enumerate(group):
            if isinstance(member, Value):
                pairs = zip(rule.operands, groups, strict=True)  # sequences go side by side, element by element
                elements = {o.name: g[place if o.is_sequence else 0] for o, g in pairs}
                yield partial, {**elements, "y": value}


def _formula(partial: str, operands: Mapping[str, Operand], called: Callable[[Value], str]) -> str:
    mentioned, functions = names_in(partial)
    filled: dict[str, str | float] = {}
    for name in mentioned & operands.keys():
        operand = operands[name]
        filled[name] = called(operand) if isinstance(operand, Value) else operand
    if not any(isinstance(name, str) for name in filled.values()) or "" in filled.values():
        return ""  # a number only, or without a name for something in it
    if mentioned - operands.keys() or functions & {"where", "pow", *REDUCTIONS}:
        return ""  # a case distinction or a sum: longer than the number is worth
    squared = re.sub(r"\b([a-z]) ?\* ?\1\b", r"pow(\1, 2)", partial)
    written = re.sub(r"pow\((\S+), 2\)", r"\1²", fill_in(squared, filled))
    written = written.replace(" * ", "·").replace("-", "−")
    return written if len(written) <= _LONGEST else ""
