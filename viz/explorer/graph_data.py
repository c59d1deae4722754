"""A graph as the page reads it: plain data, with what ``backward()`` needs to be repeated there step by step."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from autograd import RULES, Value
from autograd.graph import interior
from autograd.operations import Operand
from autograd.system.collector import collector_paused
from nn import Module
from nn.explanation.diagnose import Thresholds, usual_slope
from viz.explorer.parts import parts_of
from viz.explorer.stack import Stack
from viz.picture.derivative import edge_formulas
from viz.picture.formulas import formula
from viz.picture.labels import WRITTEN
from viz.picture.picture import defaults, kind_of, symbol
from viz.picture.view import View
from viz.style import clean

__all__ = ["graph_data"]


def graph_data(stack: Stack, model: Module | None = None) -> dict[str, Any]:
    """Return a graph, and the numbers of all its rows, as dictionaries, lists and strings.

    Returns:
        ``nodes``, each ``[kind, op, name, label, formula, group, part]``, after those it was computed from, where
        ``op`` and ``formula`` are places in ``ops`` and ``formulas``; ``edges``, each ``[source, target, formula]``,
        by target and in operand order; ``data`` and ``derivatives``, the numbers of the nodes and of the edges row by
        row, doubles in base64; ``forms``, which of the lists in ``absent``, of nodes that are not in it, holds for each
        row; ``order``, the computed nodes as they are computed, and ``back``, in the order in which
        ``backward()`` leaves them; ``groups``, each with the one it lies in; ``neurons``, with their activations.

    In a formula ``⟨1⟩`` stands for the second operand and ``⟨y⟩`` for the result: for their names or their numbers.

    Raises:
        OperandError: `model` is not a model.

    >>> from viz.explorer.stack import stacked
    >>> z = Value(0.7, label="w") * Value(-1.5, label="a_in")
    >>> data = graph_data(stacked(z))
    >>> [node[2] for node in data["nodes"]], data["formulas"][data["nodes"][2][4]], data["order"]
    (['w', 'a_in', 'v1'], '⟨0⟩·⟨1⟩', [2])
    """
    with collector_paused():
        return _Writer(stack, model).data()


class _Writer:
    def __init__(self, stack: Stack, model: Module | None) -> None:
        self.stack = stack
        self.values = stack.values
        self.ends = list(dict.fromkeys(max(row) for row in stack.rows))
        self.view = View([self.values[end] for end in self.ends], model, order=self.values)
        self.parts = parts_of(self.view, self.values, stack.operands)
        self.names = self._names()
        self.formulas: dict[str, int] = {"": 0}
        self.ops: dict[str, int] = {"": 0}
        self.known: dict[object, tuple[int, list[int]]] = {}
        self.hidden = [defaults(value) for value in self.values]

    def data(self) -> dict[str, Any]:
        nodes: list[list[Any]] = []
        edges: list[list[int]] = []
        places: list[int] = []
        for place, value in enumerate(self.values):
            said, along = self._formulas(value, place)
            slopes = iter(along)
            sources: list[tuple[int, int]] = []
            for operand_place, operand in enumerate(self.stack.operands[place]):
                if operand is not None:
                    sources.append((places[operand], next(slopes, 0)))
                elif operand_place not in self.hidden[place]:
                    sources.append((len(nodes), 0))
                    home = self.parts.home[value] if self.parts.is_large else ""  # no part of its neuron
                    nodes.append(["constant", 0, "", "", 0, home, ""])
            places.append(len(nodes))
            nodes.append(self._node(value, said))
            edges += [[source, places[place], text] for source, text in sources]
        numbers, derivatives = self._numbers(nodes, edges, places)
        order = [place for place, value in zip(places, self.values, strict=True) if value.op]
        back = list(dict.fromkeys(places[place] for end in reversed(self.ends) for place in self._back(end)))
        if self.stack.seeds:  # the rows' results come together in one more node
            nodes.append(["output", self.ops.setdefault("mean", len(self.ops)), self._total_name(), "", 0, "", ""])
            edges += [[places[end], len(nodes) - 1, 0] for end in self.ends]
            order, back = [*order, len(nodes) - 1], [*back, len(nodes) - 1]
        forms: dict[tuple[int, ...], int] = {}
        row_forms = [forms.setdefault(tuple(row), len(forms)) for row in self.stack.rows]
        return {
            "nodes": nodes,
            "edges": edges,
            "ops": [[op, WRITTEN.get(symbol(op), symbol(op))] for op in self.ops],
            "formulas": list(self.formulas),
            "rows": len(self.stack.rows),
            "forms": row_forms,
            "absent": [[places[place] for place in set(range(len(places))).difference(form)] for form in forms],
            "data": _packed(numbers),
            "derivatives": _packed(derivatives),
            "order": order,
            "back": back,
            "groups": {path: list(about) for path, about in self.parts.groups.items()},
            "neurons": {name: self._neuron(name) for name in self.parts.groups if name in self.view.functions},
        }

    def _back(self, end: int) -> list[int]:
        """The places of the computed values behind one, in the order in which ``backward()`` leaves them."""
        row = next(row for row in self.stack.rows if max(row) == end)
        at = {value: place for place, value in row.items()}
        return [at[value] for value in interior(row[end])]

    def _total_name(self) -> str:
        name = clean(self.stack.label) or "C"
        return name if name not in self.names.values() else f"mean {name}"

    def _node(self, value: Value, said: int) -> list[Any]:
        label = clean(self.view.parameters.get(value, value.label))
        name = self.names[value]
        op = self.ops.setdefault(value.op, len(self.ops))
        part = self.view.parts.get(value, "")
        kind = kind_of(value, self.view, value is self.values[-1] and not self.stack.seeds)
        return [kind, op, name, label if label != name else "", said, self.parts.home[value], part]

    def _names(self) -> dict[Value, str]:
        """What each value is called on the page: its name, else v1, v2, ... in order."""
        names = dict(self.view.names)
        taken = set(names.values())
        number = 0
        for value in self.values:
            if not names[value]:
                number += 1
                while f"v{number}" in taken:
                    number += 1
                names[value] = f"v{number}"
        return names

    def _formulas(self, value: Value, at: int) -> tuple[int, list[int]]:
        """The formula of `value` and those of its partials, of which there are few kinds however large the graph."""
        operands = value.operands
        first: dict[object, int] = {}
        pattern: list[object] = []
        for place, operand in enumerate(operands):
            if isinstance(operand, Value):
                pattern.append(first.setdefault(operand, place))
            else:
                is_same = all(row[at].operands[place] == operand for row in self.stack.rows if at in row)
                pattern.append(operand if is_same else None)
        key = (value.op, *pattern)
        if key not in self.known:
            # A constant that differs from row to row is a place too; it is found by its identity, as it has no name.
            varying = {id(operand): place for place, operand in enumerate(operands) if pattern[place] is None}

            def called(operand: Operand) -> str | float:
                if isinstance(operand, Value):
                    return "⟨y⟩" if operand is value else f"⟨{first[operand]}⟩"
                return f"⟨{varying[id(operand)]}⟩" if id(operand) in varying else float(operand)

            along = edge_formulas(value, lambda operand: str(called(operand))) if value.op in RULES else []
            self.known[key] = self._text(formula(value, called)), [self._text(text) for text in along]
        return self.known[key]

    def _text(self, text: str) -> int:
        return self.formulas.setdefault(text, len(self.formulas))

    def _numbers(
        self, nodes: Sequence[Any], edges: Sequence[Any], places: Sequence[int]
    ) -> tuple[list[Any], list[Any]]:
        """The numbers of the nodes and the derivatives on the edges, a list for each row; 0 for what it lacks."""
        data, slopes = [], []
        for number, row in enumerate(self.stack.rows):
            numbers, derivatives = [0.0] * len(nodes), [0.0] * len(edges)
            edge = 0
            before = -1
            for place, at in enumerate(places):
                width = len(self.values[place].operands) - len(self.hidden[place])
                value = row.get(place)
                if value is not None:
                    numbers[at] = value.data
                    partials = iter(value.partials)
                    constant = before + 1  # a value's constants stand just before it
                    for offset, operand in enumerate(value.operands[:width]):
                        if isinstance(operand, Value):
                            derivatives[edge + offset] = next(partials)
                        else:
                            numbers[constant] = operand
                            constant += 1
                edge += width
                before = at
            if self.stack.seeds:
                numbers.append(self.stack.total)
                end = max(row)
                derivatives += [self.stack.seeds[number] if each == end else 0.0 for each in self.ends]
            data.append(numbers)
            slopes.append(derivatives)
        return data, slopes

    def _neuron(self, name: str) -> dict[str, Any]:
        activation = self.view.functions[name]
        return {"activation": activation, "flat": Thresholds.flat * usual_slope(activation)}


def _packed(rows: Iterable[Any]) -> str:
    """Numbers as doubles, little end first, in base64: exact, and quick to read."""
    return base64.b64encode(np.asarray([number for row in rows for number in row], dtype="<f8").tobytes()).decode()
