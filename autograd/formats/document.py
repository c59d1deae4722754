"""A graph of Values as JSON, and back: every number and every local derivative, to the last bit.

The document is ``{"format": "glassgrad graph", "version": 1, "nodes": [...], "root": 7}``. A node is
``{"data": 0.7, "grad": 0.0, "label": "w"}``, and one that was computed also has ``"op"``, the name of a row of the
calculus table, ``"operands"``, each the place of an earlier node or ``{"constant": 2.0}``, and ``"partials"``, the
local derivative by each operand that is a node. Numbers that JSON has not are the texts ``"nan"``, ``"inf"`` and
``"-inf"``. Nothing in a document is run.
"""

from __future__ import annotations

import json
import math
from typing import Any

from autograd.errors import GlassgradError, StorageError
from autograd.graph import topological_order
from autograd.primitives import record
from autograd.value import Value

__all__ = ["document_of", "graph_from_json", "graph_to_json", "value_of"]

_FORMAT = "glassgrad graph"
_VERSION = 1


def graph_to_json(root: Value) -> str:
    """Return the graph behind a Value as JSON.

    >>> w = Value(0.7, label="w")
    >>> graph_from_json(graph_to_json(w * 2.0)).parents[0].label
    'w'
    """
    return json.dumps(document_of(root), allow_nan=False)


def graph_from_json(text: str | bytes) -> Value:
    """Return the Value whose graph is in a JSON document; leaves come back as plain Values.

    Raises:
        StorageError: it is truncated, no such document, or does not hang together.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError, TypeError) as error:
        raise StorageError(f"the graph is truncated or not JSON: {error}") from None
    return value_of(document)


def document_of(root: Value) -> dict[str, Any]:
    """Return the graph behind a Value as plain data."""
    order = topological_order(root)
    places = {id(node): place for place, node in enumerate(order)}
    nodes = []
    for node in order:
        said: dict[str, Any] = {"data": _plain(node.data), "grad": _plain(node.grad), "label": node.label}
        if node.op:
            said["op"] = node.op
            said["operands"] = [
                places[id(operand)] if isinstance(operand, Value) else {"constant": _plain(operand)}
                for operand in node.operands
            ]
            said["partials"] = list(map(_plain, node.partials))
        nodes.append(said)
    return {"format": _FORMAT, "version": _VERSION, "nodes": nodes, "root": places[id(root)]}


def value_of(document: Any) -> Value:
    """Return the Value whose graph the plain data describes.

    Raises:
        StorageError: it describes none; the message says which node is wrong.
    """
    if not isinstance(document, dict) or document.get("format") != _FORMAT or document.get("version") != _VERSION:
        raise StorageError(f"this is no graph of ours: it has no format {_FORMAT!r}, version {_VERSION}")
    nodes = document.get("nodes")
    if not isinstance(nodes, list):
        raise StorageError("the graph has no list of nodes")
    made: list[Value] = []
    for place, said in enumerate(nodes):
        try:
            made.append(_node(said, made))
        except (KeyError, TypeError, ValueError, AttributeError, GlassgradError) as error:
            reason = f"it lacks {error}" if isinstance(error, KeyError) else str(error)
            raise StorageError(f"node {place} of the graph is wrong: {reason}") from None
    root = document.get("root")
    if isinstance(root, bool) or not isinstance(root, int) or not 0 <= root < len(made):
        raise StorageError(f"the graph's root is the place of one of its {len(made)} nodes, not {root!r}")
    return made[root]


def _node(said: Any, made: list[Value]) -> Value:
    data, label = _number(said["data"]), said.get("label", "")
    if not isinstance(label, str):
        raise TypeError(f"its label is {label!r}, no text")
    if "op" in said:
        operands = [_operand(operand, made) for operand in said["operands"]]
        if not isinstance(said["partials"], list):
            raise TypeError("its partials are no list")
        own = [_number(partial) for partial in said["partials"]]
        asked = sum(isinstance(operand, Value) for operand in operands)
        if len(own) != asked or not asked:
            raise ValueError(f"it has {len(own)} partials for {asked} operands that are nodes")
        given = iter(own)
        node = record(said["op"], data, operands, [next(given) if isinstance(x, Value) else 0.0 for x in operands])
        assert isinstance(node, Value)
        node.label = label
    else:
        node = Value(data, label=label)
    node.grad = _number(said.get("grad", 0.0))
    return node


def _operand(operand: Any, made: list[Value]) -> Value | float:
    if isinstance(operand, dict):
        return _number(operand["constant"])
    if isinstance(operand, bool) or not isinstance(operand, int) or not 0 <= operand < len(made):
        raise ValueError(f"its operands are places of earlier nodes, 0 to {len(made) - 1}, not {operand!r}")
    return made[operand]


def _plain(number: float) -> float | str:
    return number if math.isfinite(number) else str(number)


def _number(number: Any) -> float:
    if number in ("nan", "inf", "-inf"):
        return float(number)
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise TypeError(f"{number!r} is no number")
    return float(number)
