"""The scalar graph alone: what it folds and shares has the numbers of the expression as it was written."""

import math

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from autograd.compiler.ir.graph import LEAVES, Graph

PLAIN = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "truediv": np.divide,
    "pow": np.power,
    "identity": lambda a: a,
    "tanh": np.tanh,
    "lt": lambda a, b: float(a < b),
}
NUMBERS = [0.0, 1.0, 2.0, -1.5, math.inf, -math.inf, math.nan]


def evaluated(graph, inputs):
    """The numbers of all nodes, one after the other, by NumPy's own functions."""
    found = []
    for op, operands, number in zip(graph.ops, graph.operands, graph.numbers, strict=True):
        if op in LEAVES:
            found.append(np.float64(number if op == "const" else inputs[int(number)]))
        else:
            found.append(np.float64(PLAIN[op](*(found[i] for i in operands))))
    return found


@given(
    steps=st.lists(st.tuples(st.sampled_from(sorted(PLAIN)), st.integers(0, 99), st.integers(0, 99)), max_size=12),
    constants=st.lists(st.sampled_from(NUMBERS), min_size=1, max_size=4),
    inputs=st.lists(st.sampled_from([*NUMBERS, 0.7]), min_size=2, max_size=2),
)
@settings(max_examples=300, deadline=None)
def test_what_is_folded_has_the_numbers_of_what_was_written(steps, constants, inputs):
    graph = Graph()
    nodes = [graph.leaf("input", i, per_row=True) for i in range(2)] + [graph.const(number) for number in constants]
    written = [np.float64(number) for number in (*inputs, *constants)]
    with np.errstate(all="ignore"):
        for op, *places in steps:
            operands = [place % len(nodes) for place in places][: 1 if op in ("identity", "tanh") else 2]
            nodes.append(graph.apply(op, *(nodes[i] for i in operands)))
            written.append(np.float64(PLAIN[op](*(written[i] for i in operands))))
        found = evaluated(graph, inputs)
    # Leaving out + 0 may turn the sign of a zero, which 1 / x then shows.
    assume(not any(number == 0.0 and np.signbit(number) for number in (*written, *found)))
    assert np.allclose([found[node] for node in nodes], written, rtol=1e-13, atol=0.0, equal_nan=True), graph.describe()


def test_operands_stand_before_their_node_and_none_is_there_twice():
    graph = Graph()
    x, y = (graph.leaf("input", i, per_row=True) for i in range(2))
    graph.apply("sub", graph.apply("mul", x, y), graph.apply("mul", x, y))
    assert all(operand < node for node, operands in enumerate(graph.operands) for operand in operands)
    assert len(set(zip(graph.ops, graph.operands, graph.numbers, strict=True))) == len(graph)


def test_zeros_of_both_signs_are_two_constants_and_nan_is_one():
    graph = Graph()
    assert graph.const(0.0) != graph.const(-0.0)
    assert graph.const(math.nan) == graph.const(-float("nan"))  # nan is not equal to itself, nor one object


def test_operands_in_another_order_are_another_operation():
    graph = Graph()
    x, y = (graph.leaf("input", i, per_row=True) for i in range(2))
    assert graph.apply("sub", x, y) != graph.apply("sub", y, x)


def test_a_node_is_per_row_if_one_of_its_operands_is():
    graph = Graph()
    w, u, x = graph.leaf("param", 0), graph.leaf("input", 0), graph.leaf("input", 1, per_row=True)
    assert [graph.per_row[graph.apply("mul", *pair)] for pair in ((w, u), (w, x), (x, x))] == [False, True, True]


def test_describe_has_one_line_for_each_node():
    graph = Graph()
    x = graph.leaf("input", 0, per_row=True)
    graph.outputs = [graph.apply("tanh", graph.apply("mul", graph.leaf("param", 0), x))]
    text = graph.describe().splitlines()
    assert [line.split()[1:] for line in text] == [
        ["input", "0", "per", "row"],
        ["param", "0", "once"],
        ["mul", "of", "1,", "0", "per", "row"],
        ["tanh", "of", "2", "per", "row", "output"],
    ]
