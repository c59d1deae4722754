"""What a value was computed from, written out: ``tanh(z)``, ``0.7·(−1.5)``, ``w0·x0 + w1·x1 + b``."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from autograd import RULES, Value
from autograd.calculus.notation import number, unicode_formula
from autograd.operations import Operand

__all__ = ["formula"]

#: The most terms of a sum, or operands of a function, that are written out; the count of the others is.
_TERMS = 6


def formula(value: Value, written: Callable[[Operand], str | float]) -> str:
    """Return the formula that computed `value`; ``""`` for a leaf.

    Args:
        value: one value of a graph.
        written: how each operand appears in it: by a name, or by its number.

    >>> z = Value(0.7, label="w") * Value(-1.5, label="a_in")
    >>> formula(z, lambda operand: operand.label), formula(z, lambda operand: operand.data)
    ('w·a_in', '0.7·(−1.5)')
    """
    rule = RULES.get(value.op)
    operands = value.operands
    if rule is None:
        return value.op and _call(value.op, operands, written)
    if rule.name == "dot":
        weights, inputs, bias = rule.grouped(operands)
        factors = ({"a": written(w), "b": written(x)} for w, x in zip(weights, inputs, strict=True))
        products = [unicode_formula("a * b", names) for names in factors]
        return _sum(products if bias == 0.0 and not isinstance(bias, Value) else [*products, _text(written(bias))])
    if rule.name == "sum":
        return _sum([_text(written(operand)) for operand in operands])
    if rule.symbol or rule.name == "where":
        names = {operand.name: written(x) for operand, x in zip(rule.operands, operands, strict=True)}
        return unicode_formula(rule.forward, names)
    given = list(operands)  # what was left at its default need not be said
    for operand in reversed(rule.operands):
        if operand.default is None or given[-1] != operand.default or isinstance(given[-1], Value):
            break
        given.pop()
    return _call(value.op, given, written)


def _call(name: str, operands: Sequence[Operand], written: Callable[[Operand], str | float]) -> str:
    return f"{name}({', '.join(_abridged([_text(written(operand)) for operand in operands]))})"


def _sum(terms: Sequence[str]) -> str:
    first, *rest = _abridged(terms)
    return first + "".join(f" − {term[1:]}" if term[0] == "−" else f" + {term}" for term in rest)


def _abridged(words: Sequence[str]) -> list[str]:
    if len(words) <= _TERMS:
        return list(words)
    return [*words[: _TERMS - 2], f"… {len(words) - _TERMS + 1} more …", words[-1]]


def _text(name: str | float) -> str:
    return number(name) if isinstance(name, float) else name
