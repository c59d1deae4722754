"""Graphs of Values as JSON and as networkx graphs: they come back to the last bit, or are refused by the node."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import (
    OperandError,
    StorageError,
    Value,
    dot,
    from_networkx,
    graph_from_json,
    graph_to_json,
    logsumexp,
    maximum,
    to_networkx,
    topological_order,
)
from nn import MLP, losses


def same(one: Value, other: Value) -> None:
    """Whether two graphs are the same, node by node, to the last bit."""
    first, second = topological_order(one), topological_order(other)
    places = [{id(node): place for place, node in enumerate(order)} for order in (first, second)]
    assert len(first) == len(second)
    for mine, theirs in zip(first, second, strict=True):
        assert [x.hex() for x in (mine.data, mine.grad, *mine.partials)] == [
            x.hex() for x in (theirs.data, theirs.grad, *theirs.partials)
        ]
        assert (mine.op, mine.label) == (theirs.op, theirs.label)
        operands = [
            [place.get(id(x), x) if isinstance(x, Value) else x for x in node.operands]
            for node, place in zip((mine, theirs), places, strict=True)
        ]
        assert operands[0] == operands[1]


def graphs() -> list[Value]:
    x, y = Value(0.7, label="x"), Value(-1.5, label="y\n<&>")
    cost = losses.cross_entropy(MLP(2, [3, 2], "gelu", seed=0)([x, y]), 1)
    cost.backward()
    return [
        cost,
        x,
        x * x + 2.0,
        2.0**x / y - 3.0,
        maximum(x, y) + maximum(y, 0.5),
        dot([x, 2.0, y], [1.0, x, y], 0.25),
        logsumexp([x, 1.0, x]),
        Value(-1.0).log() + Value(0.0).log() * 2.0,
    ]


@pytest.mark.parametrize("root", graphs())
def test_a_graph_comes_back(root: Value) -> None:
    text = graph_to_json(root)
    assert "NaN" not in text
    assert "Infinity" not in text
    json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    same(graph_from_json(text), root)
    pytest.importorskip("networkx", reason="networkx is not installed")
    same(from_networkx(to_networkx(root)), root)


@given(st.lists(st.floats(), min_size=2, max_size=2))
def test_any_numbers_come_back(numbers: list[float]) -> None:
    a, b = map(Value, numbers)
    root = a * b + a / 3.0
    root.backward()
    same(graph_from_json(graph_to_json(root)), root)


def test_gradients_go_on_from_what_came_back() -> None:
    x = Value(0.7, label="x")
    root = graph_from_json(graph_to_json((x * x).tanh()))
    root.backward()
    (leaf,) = [node for node in topological_order(root) if not node.op]
    (x * x).tanh().backward()
    assert leaf.grad == x.grad


def test_a_long_chain_comes_back() -> None:
    root = Value(1.0)
    for _ in range(20_000):
        root = root + 1.0
    assert graph_from_json(graph_to_json(root)).data == 20_001.0


def test_networkx_sees_edges_and_places() -> None:
    networkx = pytest.importorskip("networkx", reason="networkx is not installed")
    x, y = Value(2.0, label="x"), Value(3.0, label="y")
    graph = to_networkx(x * y + x * x)
    assert isinstance(graph, networkx.MultiDiGraph)
    assert networkx.is_directed_acyclic_graph(graph)
    by_label = {node["label"]: place for place, node in graph.nodes(data=True)}
    assert sorted(edge["partial"] for _, _, edge in graph.out_edges(by_label["x"], data=True)) == [2.0, 2.0, 3.0]
    product = math.prod(edge["partial"] for _, _, edge in graph.out_edges(by_label["y"], data=True))
    assert product == 2.0


def test_networkx_graphs_that_are_none() -> None:
    networkx = pytest.importorskip("networkx", reason="networkx is not installed")
    x = Value(2.0)
    cyclic = to_networkx(x * x + x)
    cyclic.add_edge(2, 0, place=0, partial=1.0)
    with pytest.raises(StorageError, match="has a cycle"):
        from_networkx(cyclic)
    two = to_networkx(x * x)
    two.add_node("alone", data=1.0)
    with pytest.raises(StorageError, match="leads to 2 results"):
        from_networkx(two)
    bare = networkx.MultiDiGraph()
    bare.add_node("a")
    with pytest.raises(StorageError, match="node 'a' of the graph is wrong: it lacks 'data'"):
        from_networkx(bare)
    with pytest.raises(OperandError, match=r"takes a networkx\.MultiDiGraph, got Graph"):
        from_networkx(networkx.Graph())


def changed(**parts: Any) -> str:
    document = json.loads(graph_to_json(Value(2.0) * Value(3.0) + 1.0))
    for name, part in parts.items():
        if name.startswith("node_"):
            document["nodes"][2][name.removeprefix("node_")] = part
        else:
            document[name] = part
    return json.dumps(document)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "truncated or not JSON"),
        (graph_to_json(Value(2.0) * 3.0)[:-5], "truncated or not JSON"),
        ("[" * 100_000, "truncated or not JSON"),
        ("{}", "no graph of ours"),
        (changed(version=2), "no graph of ours"),
        (changed(nodes={}), "no list of nodes"),
        (changed(nodes=[3]), "node 0 of the graph is wrong"),
        (changed(root=9), "root is the place of one of its 4 nodes"),
        (changed(root=True), "root is the place"),
        (changed(node_op="__import__"), "node 2 of the graph is wrong: unknown"),
        (changed(node_op=3), "node 2 of the graph is wrong"),
        (changed(node_operands=[0, 2]), "places of earlier nodes"),
        (changed(node_operands=[0, -1]), "places of earlier nodes"),
        (changed(node_operands=[0]), "partials for 1 operands|computed from"),
        (changed(node_operands=[0, 1, 1]), "2 partials for 3 operands"),
        (changed(node_partials=[1.0]), "1 partials for 2 operands"),
        (changed(node_partials=["x", 1.0]), "'x' is no number"),
        (changed(node_partials=None), "no list"),
        (changed(node_data=None), "None is no number"),
        (changed(node_label=3), "no text"),
        (changed(node_grad="1"), "'1' is no number"),
    ],
)
def test_what_is_no_graph_is_refused(text: str, message: str) -> None:
    with pytest.raises(StorageError, match=message):
        graph_from_json(text)
