"""A graph as the page reads it: plain data, with what ``backward()`` needs to be repeated there step by step."""

from __future__ import annotations

from collections import Counter
from typing import Any

from autograd import GraphError, Value, topological_order
from autograd.graph import fresh_gradients, interior
from autograd.operations import Operand
from autograd.value import primal
from nn import Module
from nn.explanation.collect import Reader, Use, named_neurons
from nn.explanation.report import NeuronReport, layer_of
from nn.explanation.writing.blocks import Note
from nn.explanation.writing.derivation import derivation
from viz.picture.formulas import formula
from viz.picture.groups import Members, members
from viz.picture.labels import WRITTEN
from viz.picture.picture import Node, picture
from viz.picture.view import reading_order
from viz.style import clean, shorten

__all__ = ["LIMIT", "graph_data"]

#: The most values a page holds: a browser still steps through them without a wait.
LIMIT = 5000

_NAME = 24  # characters of a name in a formula; the whole label stands in the details


def graph_data(root: Value, *, model: Module | None = None, lang: str = "en") -> dict[str, Any]:
    """Return the graph behind `root` as dictionaries, lists, numbers and strings.

    Returns:
        ``nodes``, each after those it was computed from; ``edges`` between their places, by target and in operand
        order; ``order``, the computed nodes in the order that ``backward()`` walks in reverse; ``groups``, each
        neuron and layer with what it lies in; ``neurons``, the figures of each use of a neuron.

    Raises:
        GraphError: the graph has more than :data:`LIMIT` values.
        OperandError: `model` is not a model.

    >>> z = Value(0.7, label="w") * Value(-1.5, label="a_in")
    >>> data = graph_data(z)
    >>> [node["name"] for node in data["nodes"]], data["nodes"][2]["formula"], data["order"]
    (['w', 'a_in', 'v1'], 'w·a_in', [2])
    """
    count = len(topological_order(root))
    if count > LIMIT:
        raise GraphError(
            f"the graph has {count:,} values, more than the {LIMIT:,} that a page can step through: explore one neuron "
            "or one layer of it, explore(neuron(x)), or a smaller model; trace_gradient(leaf, root) has no limit"
        )
    with fresh_gradients(topological_order(root)):
        root.backward()
        described = picture(root, model=model)
        uses = _uses(root, model)
    drawn = [node for node in described.nodes if isinstance(node, Node)]  # all of them: nothing is folded here
    order = reading_order([root])
    nodes = dict(zip(order, (node for node in drawn if node.kind != "constant"), strict=True))
    neurons = members(order, model)
    group, parts = neurons.owners, _parts(order, neurons)
    names = _names(order, nodes, parts)

    def name(operand: Operand) -> str | float:
        return shorten(names[operand], _NAME) if isinstance(operand, Value) else primal(operand)

    places = {node.id: place for place, node in enumerate(drawn)}
    values = {node.id: value for value, node in nodes.items()}
    return {
        "nodes": [
            {
                "id": node.id,
                "kind": node.kind,
                "data": node.data,
                **_about(node, values[node.id], names, name),
                **_place(values[node.id], group, parts),
            }
            if node.id in values
            else {"id": node.id, "kind": node.kind, "data": node.data}
            for node in drawn
        ],
        "edges": [[places[e.source], places[e.target], e.derivative, e.formula] for e in described.edges],
        "order": [places[nodes[value].id] for value in interior(root)],
        "groups": _parents(dict.fromkeys(group.values())),
        "neurons": {name: [_figures(use, lang) for use in found] for name, found in uses.items()},
    }


def _parts(order: list[Value], neurons: Members) -> dict[Value, str]:
    """Which values are some neuron's preactivation z, and which its activation a."""
    z = neurons.preactivations
    parts = dict.fromkeys(z, "z")
    for value in order:
        if value in neurons.owners and len(value.parents) == 1 and value.parents[0] in z:
            parts[value] = "a"
    return parts


def _place(value: Value, group: dict[Value, str], parts: dict[Value, str]) -> dict[str, str]:
    """The neuron that a value belongs to, and what it is in it."""
    found = {"group": group.get(value, ""), "part": parts.get(value, "")}
    return {key: text for key, text in found.items() if text}


def _names(order: list[Value], nodes: dict[Value, Node], parts: dict[Value, str]) -> dict[Value, str]:
    """What each value is called on the page: by its label, in a neuron z or a, else v1, v2, ... in order."""
    names = {value: clean(value.label) for value in order}
    taken = set(names.values())
    count = 0
    for value in order:
        if names[value]:
            continue
        if value in parts:
            names[value] = parts[value]
            continue
        if nodes[value].label:  # a parameter without a label of its own has the model's name for it
            names[value] = nodes[value].label
            continue
        count += 1
        while f"v{count}" in taken:
            count += 1
        names[value] = f"v{count}"
    return names


def _about(node: Node, value: Value, names: dict[Value, str], name: Any) -> dict[str, str]:
    """What a node says besides its number, nothing that is empty or the same again."""
    said = {
        "name": names[value],
        "label": node.label if node.label != names[value] else "",
        "op": node.operation,
        "symbol": WRITTEN.get(node.symbol, node.symbol),
        "formula": formula(value, name),
        "numbers": formula(value, primal),
    }
    return {key: text for key, text in said.items() if text}


def _parents(neurons: dict[str, None]) -> dict[str, str]:
    """Every neuron with its layer, every layer with ``""``; a neuron alone in its layer, or that is one, has none."""
    layers = {neuron: layer_of(neuron) for neuron in neurons}
    size = Counter(layers.values())
    found = {neuron: layer if layer != neuron and size[layer] > 1 else "" for neuron, layer in layers.items()}
    return {**dict.fromkeys(filter(None, found.values()), ""), **found}


def _uses(root: Value, model: Module | None) -> dict[str, list[Use]]:
    """The figures of every neuron, read off the graph after ``backward()``."""
    if model is None or not root.op:
        return {}
    reader = Reader(list(named_neurons(model)), {value: name for name, value in model.named_parameters()})
    found: dict[str, list[Use]] = {}
    for use in reader.read(0, root, [])[0]:
        found.setdefault(use.neuron, []).append(use)
    return found


def _figures(use: Use, lang: str) -> dict[str, Any]:
    """One use of a neuron: its figures, their derivation line by line, and remarks on a δ that is 0 or nearly."""
    report = NeuronReport(use.neuron, use.activation, (use,), lang)
    lines = [[part.text for part in chain] for chain, _ in derivation(report).lines]
    remarks = [block.text for block in report.blocks(lang) if isinstance(block, Note)]
    return {**report.to_dict(), "derivation": lines, "remarks": remarks}
