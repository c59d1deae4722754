"""A graph of Values as a networkx graph, and back.

Nodes are the places of :mod:`autograd.formats.document`, in topological order, with ``data``, ``grad``, ``label`` and
``op`` (``""`` for a leaf) as attributes, and ``operands``, where a constant operand stands as a number and a node as
None. An edge leads from an operand to what was computed from it, with ``place``, which operand it is, and ``partial``,
the local derivative.
"""

from __future__ import annotations

from typing import Any

from autograd.errors import OperandError, StorageError
from autograd.formats.document import document_of, value_of
from autograd.value import Value

__all__ = ["from_networkx", "to_networkx"]


def to_networkx(root: Value) -> Any:
    """Return the graph behind a Value as a ``networkx.MultiDiGraph``; an operand that is used twice has two edges.

    Raises:
        OperandError: networkx is not installed.

    >>> graph = to_networkx(Value(3.0, label="x") ** 2)
    >>> [(node["op"], node["data"]) for _, node in graph.nodes(data=True)]
    [('', 3.0), ('pow', 9.0)]
    """
    graph = _library().MultiDiGraph()
    for place, said in enumerate(document_of(root)["nodes"]):
        operands = said.get("operands", [])
        graph.add_node(
            place,
            data=float(said["data"]),
            grad=float(said["grad"]),
            label=said["label"],
            op=said.get("op", ""),
            operands=[float(x["constant"]) if isinstance(x, dict) else None for x in operands],
        )
        partials = iter(said.get("partials", []))
        for which, operand in enumerate(operands):
            if not isinstance(operand, dict):
                graph.add_edge(operand, place, place=which, partial=float(next(partials)))
    return graph


def from_networkx(graph: Any) -> Value:
    """Return the Value that such a graph leads to.

    Raises:
        StorageError: it has a cycle, several results or none, or lacks an attribute.
    """
    library = _library()
    if not isinstance(graph, library.DiGraph):
        raise OperandError(f"from_networkx takes a networkx.MultiDiGraph, got {type(graph).__name__}")
    try:
        order = list(library.topological_sort(graph))
    except library.NetworkXUnfeasible:
        raise StorageError("the graph has a cycle: what is computed cannot lead to its own operands") from None
    results = [node for node in order if graph.out_degree(node) == 0]
    if len(results) != 1:
        raise StorageError(f"the graph leads to {len(results)} results, {results[:3]!r}: one Value needs exactly one")
    places = {node: place for place, node in enumerate(order)}
    nodes = []
    for node in order:
        said = graph.nodes[node]
        try:
            own: dict[str, Any] = {"data": said["data"], "grad": said.get("grad", 0.0), "label": said.get("label", "")}
            if said.get("op"):
                into = graph.in_edges(node, data=True)
                edges = {edge["place"]: (places[source], edge["partial"]) for source, _, edge in into}
                ways = [(edges[i][0] if x is None else {"constant": x}) for i, x in enumerate(said["operands"])]
                own |= {"op": said["op"], "operands": ways, "partials": [edges[i][1] for i in sorted(edges)]}
        except (KeyError, TypeError) as error:
            raise StorageError(f"node {node!r} of the graph is wrong: it lacks {error}") from None
        nodes.append({name: _told(part) for name, part in own.items()})
    return value_of({"format": "glassgrad graph", "version": 1, "nodes": nodes, "root": places[results[0]]})


def _told(part: Any) -> Any:
    """A number that JSON has not as the text that stands for it."""
    if isinstance(part, list):
        return [_told(each) for each in part]
    if isinstance(part, dict):
        return {name: _told(each) for name, each in part.items()}
    return str(part) if isinstance(part, float) and part - part != 0.0 else part


def _library() -> Any:
    try:
        import networkx
    except ImportError:
        raise OperandError("this needs networkx: pip install networkx") from None
    return networkx
