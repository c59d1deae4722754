"""The scalar graph that tracing makes: every node one operation on numbers, in order, none twice.

While it grows, equal operations on equal operands become one node, operations on constants are carried out, and what
costs nothing to leave out (adding 0, multiplying by 1) is left out.
"""

from __future__ import annotations

import copy
import math
from typing import Any

import numpy as np

from autograd.calculus import expr
from autograd.calculus.table import RULES, Rule
from autograd.value import Value

__all__ = ["COMPARISONS", "LEAVES", "Graph", "rule_of"]

LEAVES = ("const", "param", "input", "held")
#: Comparisons give conditions for ``where``; they have no derivative, so they are no rows of the table.
COMPARISONS = {"lt": "a < b", "le": "a <= b", "gt": "a > b", "ge": "a >= b", "eq": "a == b", "ne": "a != b"}


def rule_of(op: str) -> Rule:
    """The row of an operation; of a comparison, what it would be."""
    return Rule(op, "a b", f"where({COMPARISONS[op]}, 1, 0)", ("0", "0"), "") if op in COMPARISONS else RULES[op]


class Graph:
    """A scalar graph in order: node i has an operation and the indices of its operands, all below i.

    Attributes:
        ops: ``"const"``, ``"param"``, ``"input"``, ``"held"``, a comparison, or the name of a row.
        operands: per node, the indices of its operands.
        numbers: per node: of a constant, its number; of a parameter, input or held Value, its place among them.
        per_row: per node, whether it depends on an input that has one number per row.
        held: Values that the function used though they are no parameters: read afresh whenever the program runs.
        outputs: the indices of the results.
    """

    def __init__(self) -> None:
        self.ops: list[str] = []
        self.operands: list[tuple[int, ...]] = []
        self.numbers: list[float] = []
        self.per_row: list[bool] = []
        self.held: list[Value] = []
        self.outputs: list[int] = []
        self._known: dict[Any, int] = {}

    def __len__(self) -> int:
        return len(self.ops)

    def describe(self) -> str:
        """Return the nodes as text, one a line: what it is, and whether each row has a number of its own.

        >>> graph = Graph()
        >>> x = graph.leaf("input", 0, per_row=True)
        >>> graph.outputs = [graph.apply("mul", x, graph.const(3.0))]
        >>> print(graph.describe())
           0  input 0                   per row
           1  const 3.0                 once
           2  mul of 0, 1               per row  output
        """
        lines = []
        for node, (op, operands, number) in enumerate(zip(self.ops, self.operands, self.numbers, strict=True)):
            what = f"{op} of {', '.join(map(str, operands))}"
            if op in LEAVES:
                what = f"{op} {number if op == 'const' else int(number)}"
            per_row = "per row" if self.per_row[node] else "once"
            lines.append(f"{node:4}  {what:24}  {per_row}{'  output' if node in self.outputs else ''}")
        return "\n".join(lines)

    def without_rows(self) -> Graph:
        """The same graph for one single row: every number is there once."""
        alone = copy.copy(self)
        alone.per_row = [False] * len(self.per_row)
        return alone

    def const(self, number: float) -> int:
        """The node of a constant; -0.0 and 0.0 are two, nan is one."""
        key = ("const", math.copysign(1.0, number), number) if number == number else ("const", "nan")
        if key not in self._known:
            self._known[key] = self._add("const", (), number)
        return self._known[key]

    def leaf(self, op: str, place: int, *, per_row: bool = False) -> int:
        """The node of parameter, input or held Value number `place`."""
        key = (op, place)
        if key not in self._known:
            self._known[key] = self._add(op, (), place, per_row=per_row)
        return self._known[key]

    def apply(self, op: str, *operands: int) -> int:
        """The node of a row applied to nodes: an old one if there is an equal one, a constant if all operands are."""
        key = (op, operands)
        node = self._known.get(key)
        if node is None:
            node = self._known[key] = self._applied(op, operands)
        return node

    def variable(self, node: int, serial: int) -> int:
        """A node equal to another one that counts as a variable of its own: what a derivative is taken by."""
        key = ("variable", serial, node)
        if key not in self._known:
            self._known[key] = self._add("identity", (node,), 0.0, per_row=self.per_row[node])
        return self._known[key]

    def forward_variables(self) -> None:
        """Let whatever reads a variable read what it is equal to: derivatives have been taken."""
        equal = list(range(len(self)))
        for node, op in enumerate(self.ops):
            self.operands[node] = tuple([equal[operand] for operand in self.operands[node]])
            if op == "identity":
                equal[node] = self.operands[node][0]
        self.outputs = [equal[node] for node in self.outputs]

    def _applied(self, op: str, operands: tuple[int, ...]) -> int:
        if all(self.ops[i] == "const" for i in operands):
            return self.const(_evaluate(op, [self.numbers[i] for i in operands]))
        simpler = self._simpler(op, operands)
        if simpler is not None:
            return simpler
        return self._add(op, operands, 0.0, per_row=any(self.per_row[i] for i in operands))

    def _add(self, op: str, operands: tuple[int, ...], number: float, *, per_row: bool = False) -> int:
        self.ops.append(op)
        self.operands.append(operands)
        self.numbers.append(number)
        self.per_row.append(per_row)
        return len(self.ops) - 1

    def _is(self, index: int, number: float) -> bool:
        return self.ops[index] == "const" and self.numbers[index] == number

    def _simpler(self, op: str, operands: tuple[int, ...]) -> int | None:
        """An equal node that costs less. Exact in IEEE-754 arithmetic but for the sign of a zero."""
        if op in ("add", "mul"):
            neutral = 0.0 if op == "add" else 1.0
            for one, other in (operands, operands[::-1]):
                if self._is(one, neutral):
                    return other
        elif op in ("sub", "truediv", "pow"):
            first, second = operands
            if self._is(second, 0.0 if op == "sub" else 1.0):
                return first
            if op == "pow" and self._is(second, 2.0):
                return self.apply("mul", first, first)
        elif op == "identity":
            return operands[0]
        return None


def _evaluate(op: str, numbers: list[float]) -> float:
    if op in COMPARISONS:
        return float(expr.COMPARISONS[op](*numbers))
    rule = RULES[op]
    with np.errstate(all="ignore"):
        return float(rule.arrays(*rule.grouped([np.float64(x) for x in numbers]))[0])
