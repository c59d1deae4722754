"""Re-rolling, each pass alone: sums, levels, groups, and where everything is placed."""

import itertools
import operator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd
from autograd import Value, dot
from autograd.compiler.frontend.trace import trace
from autograd.compiler.ir.blocks import Dot, Map, Reduce
from autograd.compiler.ir.graph import LEAVES
from autograd.compiler.passes.layout import place
from autograd.compiler.passes.sums import collect_sums, operands_of
from autograd.compiler.passes.vectorise import group, levels
from nn import MLP
from tests.strategies import dags

OPERATORS = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "truediv": operator.truediv,
    "neg": operator.neg,
}


def traced(f, inputs, params=()):
    return trace(f, ([0.5] * inputs,), params)[0]


def function_of(dag):
    def f(x):
        results = list(x)
        for kind, references in dag.nodes:
            operands = [results[i] for i in references]
            results.append(autograd.sum(operands) if kind == "sum" else OPERATORS[kind](*operands))
        return [results[-1], results[len(results) // 2]]

    return f


# Sums -----------------------------------------------------------------------------------------------------------------


@given(terms=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.booleans()), min_size=1, max_size=9))
@settings(max_examples=100, deadline=None)
def test_a_sum_has_every_term_of_the_chain_once(terms):
    """However the chain is bracketed: here from the left, from the right, and in halves."""
    chains = [
        lambda parts: sum(parts[1:], start=parts[0]),
        lambda parts: parts[0] if len(parts) == 1 else parts[0] + chains[1](parts[1:]),
        lambda parts: (
            parts[0] if len(parts) == 1 else chains[2](parts[: len(parts) // 2]) + chains[2](parts[len(parts) // 2 :])
        ),
    ]
    rng = np.random.default_rng(0)
    numbers = rng.normal(size=4)
    expected = sum(numbers[a] * numbers[b] if product else numbers[a] for a, b, product in terms)
    for chain in chains:
        graph = traced(lambda x, chain=chain: chain([x[a] * x[b] if product else x[a] for a, b, product in terms]), 4)
        found = by_hand(graph, numbers)
        assert found == pytest.approx(expected, rel=1e-12, abs=1e-12)


def by_hand(graph, inputs):
    """The first output, computed from the sums alone where there are any."""
    sums, found = collect_sums(graph), {}
    for node, op in enumerate(graph.ops):
        if op in LEAVES:
            found[node] = graph.numbers[node] if op == "const" else inputs[int(graph.numbers[node])]
        elif node in sums:
            pairs = sum(found[a] * found[b] for a, b in sums[node].pairs)
            found[node] = pairs + sum(found[i] for i in sums[node].singles)
        else:
            found[node] = OPERATORS[op](*(found[i] for i in graph.operands[node]))
    return found[graph.outputs[0]]


def test_an_interior_sum_that_others_use_is_kept():
    def f(x):
        shared = x[0] * x[1] + x[2] * x[3]
        return shared * shared + x[0] * x[2] + shared

    graph = traced(f, 4)
    sums = collect_sums(graph)
    assert sorted((len(each.pairs), len(each.singles)) for each in sums.values()) == [(2, 0), (2, 1)]


def test_what_is_computed_once_is_not_drawn_into_what_is_computed_for_each_row():
    w = [Value(1.0), Value(2.0)]
    graph = traced(lambda x: w[0] * w[0] + w[1] * w[1] + x[0] * x[0] + x[1] * x[1], 2, w)
    sums = collect_sums(graph)
    assert {graph.per_row[node] for node in sums} == {True, False}
    for node, total in sums.items():
        assert all(graph.per_row[i] == graph.per_row[node] for pair in total.pairs for i in pair)


def test_a_long_chain_is_one_sum():
    n = 3000
    graph = traced(lambda x: sum((x[i] * x[i + 1] for i in range(n)), start=x[n]), n + 1)
    (only,) = collect_sums(graph).values()
    assert (len(only.pairs), only.singles) == (n, [n])


# Levels and groups ----------------------------------------------------------------------------------------------------


@given(dag=dags())
@settings(max_examples=100, deadline=None)
def test_levels_and_groups_are_an_order_in_which_everything_can_be_computed(dag):
    graph = traced(function_of(dag), dag.leaves)
    sums = collect_sums(graph)
    level = levels(graph, sums)
    ready = {node for node in level if graph.ops[node] in LEAVES}
    for nodes in group(graph, sums, level):
        assert len({(graph.ops[node] if node not in sums else "sum", graph.per_row[node]) for node in nodes}) == 1
        for node in nodes:
            assert set(operands_of(graph, sums, node)) <= ready
            assert level[node] == 1 + max(level[i] for i in operands_of(graph, sums, node))
        assert ready.isdisjoint(nodes)
        ready |= set(nodes)
    assert ready == set(level)
    assert set(graph.outputs) <= ready


def test_what_no_output_needs_has_no_level():
    def f(x):
        x[0].exp()
        return x[1].sin()

    graph = traced(f, 2)
    level = levels(graph, collect_sums(graph))
    assert [graph.ops[node] for node in level if graph.ops[node] not in LEAVES] == ["sin"]


# Placement ------------------------------------------------------------------------------------------------------------


def check_placement(program, params=0):
    """Every block reads what is there, and writes a slice of its own."""
    there = {
        False: set(range(params))
        | set(range(program.constants_start, program.constants_start + len(program.constants))),
        True: set(),
    }
    there[False] |= set(range(program.held_start, program.held_start + len(program.held)))
    for per_row, at in program.inputs:
        there[per_row].add(at)
    for block in program.blocks:
        reads = [block.left, block.right, *block.singles] if isinstance(block, Dot) else block.operands
        for at in reads:
            for index, per_row in zip(at.index.ravel(), at.per_row.ravel(), strict=True):
                assert index in there[bool(per_row)]
        out = block.out.index.ravel()
        assert out.tolist() == list(range(out[0], out[0] + out.size))
        own = there[block.out.space == "row"]
        assert own.isdisjoint(out.tolist())
        own |= set(out.tolist())
    assert there[False] <= set(range(program.uniform_size))
    assert there[True] <= set(range(program.row_size))
    assert all(at in there[per_row] for per_row, at in program.outputs)


@given(dag=dags())
@settings(max_examples=100, deadline=None)
def test_every_block_reads_what_is_there_and_writes_a_slice_of_its_own(dag):
    check_placement(place(traced(function_of(dag), dag.leaves), 0))


def test_a_layer_is_a_product_of_views():
    model = MLP(3, [5, 2], activation="tanh", seed=0)
    program = place(traced(lambda x: model(x)[1], 3, model.parameters()), len(model.parameters()))
    check_placement(program, len(model.parameters()))
    product, squashed, last = program.blocks
    assert isinstance(product, Dot)
    assert product.out.index.shape == (1, 1, 5)
    assert [at.steps() for at in (product.left, product.right, *product.singles)] == [(0, 4, 1), (0, 0, 1), (0, 0, 4)]
    assert (type(squashed), squashed.op, squashed.out.index.size) == (Map, "tanh", 5)
    assert last.out.index.size == 1  # one output was asked for, so the other neuron is not there


def shapes(f, inputs):
    return [block.out.index.shape for block in place(traced(f, inputs), 0).blocks]


def test_dots_of_all_lefts_with_all_rights_are_one_product():
    """(grids, rights, lefts): two times three lists; two such grids apart; and a grid that lacks one."""
    parts = [slice(i, i + 2) for i in range(0, 20, 2)]

    def grid(x, lefts, rights):
        return [dot(x[a], x[b]) for a, b in itertools.product(lefts, rights)]

    assert shapes(lambda x: grid(x, parts[:2], parts[2:5]), 20) == [(1, 3, 2)]
    assert shapes(lambda x: [*grid(x, parts[:2], parts[2:5]), *grid(x, parts[5:7], parts[7:])], 20) == [(2, 3, 2)]
    assert shapes(lambda x: grid(x, parts[:2], parts[2:5])[:5], 20) == [(5, 1, 1)]


def test_a_sum_of_singles_is_a_reduction():
    (block,) = place(traced(lambda x: x[0] + x[1] + x[2], 3), 0).blocks
    assert (type(block), block.op) == (Reduce, "sum")


def test_parameters_that_the_function_does_not_use_keep_their_places():
    w = [Value(1.0), Value(2.0), Value(3.0)]
    program = place(traced(lambda x: x[0] * w[2], 1, w), len(w))
    (block,) = program.blocks
    assert {int(at.index[0]) for at in block.operands if at.space == "uniform"} == {2}
