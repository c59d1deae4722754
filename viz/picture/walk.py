"""What users give to be drawn, checked, and the order in which a graph is read."""

from __future__ import annotations

from collections.abc import Iterable

from autograd import LengthError, OperandError, Value
from autograd.operand import kind_of
from nn import Module

__all__ = ["names_of", "reading_order", "roots_of"]


def roots_of(values: Value | Iterable[Value]) -> list[Value]:
    """Return the ends of a graph as a list, each once.

    Raises:
        OperandError, LengthError: as :func:`picture`.
    """
    if isinstance(values, Value):
        return [values]
    try:
        roots = list(dict.fromkeys(values)) if not isinstance(values, str | bytes) else [values]
    except TypeError:
        raise OperandError(f"expected a Value or a list of Values, got {kind_of(values)}") from None
    if not roots:
        raise LengthError("there is nothing to draw: give at least one Value")
    for root in roots:
        if not isinstance(root, Value):
            raise OperandError(f"expected a Value or a list of Values, got {kind_of(root)}{_mend(root)}")
    return [root for root in roots if isinstance(root, Value)]


def names_of(model: Module | None) -> dict[Value, str]:
    """Return the names of a model's parameters; none without a model.

    Raises:
        OperandError: it is not a model.
    """
    if model is None:
        return {}
    if not isinstance(model, Module):
        raise OperandError(f"model= takes the model whose parameters are to be named, got {kind_of(model)}")
    return {value: name for name, value in model.named_parameters()}


def reading_order(roots: list[Value]) -> list[Value]:
    """Every value once, after its operands, those from left to right: a layout starts from the order it is given."""
    order: dict[Value, None] = {}
    stack: list[Value | None] = [*reversed(roots)]
    while stack:
        value = stack.pop()
        if value is None:
            order[stack.pop()] = None  # type: ignore[index]  # what lies below a None is a value
        elif value not in order:
            if value.op:
                stack += [value, None]
                stack += [parent for parent in reversed(value.parents) if parent not in order]
            else:
                order[value] = None
    return list(order)


def _mend(thing: object) -> str:
    if isinstance(thing, int | float):
        return ": a plain number has no graph; compute it from Values"
    return ""
