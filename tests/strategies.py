"""Hypothesis strategies: random programs over the calculus table, and random graphs.

A :class:`Program` is a list of steps, each a row of the table applied to inputs, earlier results and constants, so that
values are shared, repeated and left unused as real programs do. It is data, not code: the same program runs on Values,
floats, mpmath's numbers or tensors, whichever functions it is given.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from autograd import RULES, Rule

ROWS = dict(RULES)

#: A step's operand: the index of an input or earlier result, a constant, or a sequence of those.
Reference = int | float | tuple[Any, ...]
Functions = Mapping[str, Callable[..., Any]]

#: How far the operands of a row are from where its derivative jumps.
_TO_KINK: dict[str, Callable[..., float]] = {
    **dict.fromkeys(("abs", "relu", "sign"), abs),
    **dict.fromkeys(("leaky_relu", "elu"), lambda x, _: abs(x)),
    **dict.fromkeys(("maximum", "minimum"), lambda a, b: abs(a - b)),
    **dict.fromkeys(("floor", "ceil"), lambda x: abs(x - math.floor(x + 0.5))),
    "round": lambda x: abs(x - 0.5 - math.floor(x)),
    "clamp": lambda x, low, high: min(abs(x - low), abs(x - high)),
    "where": lambda condition, a, b: abs(condition),
    "hypot": math.hypot,
}


@dataclass(frozen=True)
class Program:
    """Steps that end in one number; :meth:`run` is the same for every kind of number."""

    inputs: tuple[float, ...]
    steps: tuple[tuple[str, tuple[Reference, ...]], ...]

    def run(self, functions: Functions, inputs: Sequence[Any]) -> Any:
        """Return the sum of the last few results."""
        results = self.trace(functions, inputs)
        total = results[-1]
        for result in results[-3:-1]:
            total = functions["add"](total, result)
        return total

    def trace(self, functions: Functions, inputs: Sequence[Any]) -> list[Any]:
        """Return every input and result."""
        results = list(inputs)
        for name, references in self.steps:
            results.append(functions[name](*(resolve(each, results) for each in references)))
        return results


def resolve(reference: Reference, results: Sequence[Any]) -> Any:
    """Return what a step's operand stands for."""
    if isinstance(reference, tuple):
        return [resolve(each, results) for each in reference]
    return results[reference] if isinstance(reference, int) else reference


@st.composite
def programs(draw: st.DrawFn, functions: Functions, names: Sequence[str] = tuple(ROWS), max_steps: int = 10) -> Program:
    """Programs whose every step has operands inside its row's domain and off its kinks.

    Args:
        draw: Hypothesis's.
        functions: the rows on floats, to know where the numbers are.
        names: the rows to draw from.
        max_steps: how long a program may be.
    """
    numbers = [draw(_between(-3.0, 3.0)) for _ in range(draw(st.integers(1, 3)))]
    count = len(numbers)
    steps: list[tuple[str, tuple[Reference, ...]]] = []
    for _ in range(draw(st.integers(1, max_steps))):
        name = draw(st.sampled_from(names))
        references = _operands(draw, ROWS[name], numbers)
        operands = [resolve(each, numbers) for each in references]
        if _TO_KINK.get(name, lambda *_: 1.0)(*operands) < 1e-3:
            name, references = "sin", (draw(st.integers(0, len(numbers) - 1)),)
            operands = [numbers[references[0]]]
        steps.append((name, references))
        numbers.append(float(functions[name](*operands)))
    return Program(tuple(numbers[:count]), tuple(steps))


def _operands(draw: st.DrawFn, rule: Rule, numbers: list[float]) -> tuple[Reference, ...]:
    length = draw(st.integers(1, 4)) if any(operand.is_sequence for operand in rule.operands) else 1
    references: list[Reference] = []
    for operand, (low, high) in zip(rule.operands, rule.domain, strict=False):
        inside = [i for i, x in enumerate(numbers) if low <= x <= high]
        one = _between(low, high) | st.sampled_from(inside) if inside else _between(low, high)
        drawn = tuple(draw(one) for _ in range(length if operand.is_sequence else 1))
        references.append(drawn if operand.is_sequence else drawn[0])
    return tuple(references)


def _between(low: float, high: float) -> st.SearchStrategy[float]:
    """Numbers of a few digits: as good as any, and readable when a test fails."""
    return st.integers(math.ceil(low * 1000), math.floor(high * 1000)).map(lambda thousandths: thousandths / 1000)


@dataclass(frozen=True)
class Dag:
    """A graph of sums and products: each node adds or multiplies two or more of the nodes before it."""

    leaves: int
    nodes: tuple[tuple[str, tuple[int, ...]], ...]


@st.composite
def dags(draw: st.DrawFn, max_nodes: int = 40) -> Dag:
    """Graphs with any amount of sharing; operands may repeat, and some nodes lead nowhere."""
    leaves = draw(st.integers(1, 4))
    nodes = []
    for i in range(draw(st.integers(1, max_nodes))):
        kind = draw(st.sampled_from(["add", "mul", "neg", "sum"]))
        arity = {"neg": 1, "sum": draw(st.integers(1, 4))}.get(kind, 2)
        nodes.append((kind, tuple(draw(st.integers(0, leaves + i - 1)) for _ in range(arity))))
    return Dag(leaves, tuple(nodes))


#: Text of expressions that Python and ``parse`` both read, over the names a, b and c.
def expressions() -> st.SearchStrategy[str]:
    """Draw nested expressions with every operator, redundant parentheses and spaces."""
    number = st.sampled_from(["0.5", "2", "3.", ".25", "1e-2", "1.5E0", "pi"])
    atom = st.sampled_from(["a", "b", "c"]) | number

    def extend(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        return st.one_of(
            st.tuples(inner, st.sampled_from(["+", "-", "*", "/", " + ", " - ", " * ", "  /"]), inner).map("".join),
            st.tuples(st.sampled_from(["-", "+", "- ", "--"]), inner).map("".join),
            st.tuples(inner, st.sampled_from(["**2", " ** 3", "**-1", "**-2", "**2**.5", "**a"])).map("".join),
            inner.map("({})".format),
            st.tuples(st.sampled_from(["tanh", "exp", "sin", "abs", "relu", "sigmoid", "atan"]), inner).map(
                lambda pair: f"{pair[0]}({pair[1]})"
            ),
            st.tuples(st.sampled_from(["maximum", "hypot"]), inner, inner).map(lambda t: f"{t[0]}({t[1]}, {t[2]})"),
            st.tuples(inner, st.sampled_from(["<", "<=", ">", ">="]), inner, inner, inner).map(
                lambda t: f"where({t[0]} {t[1]} {t[2]}, {t[3]}, {t[4]})"
            ),
        )

    return st.recursive(atom, extend, max_leaves=12)
