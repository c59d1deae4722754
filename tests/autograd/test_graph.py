"""Topological order and the backward pass: each value once, operands first, and only the leaves remember."""

from __future__ import annotations

import gc
import itertools
import math
import random
import sys
import weakref
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings

import autograd
from autograd import Value, topological_order
from autograd.graph import interior
from tests.strategies import Dag, dags

LENGTH = 1_000_000


def build(dag: Dag, numbers: list[float]) -> list[Value]:
    values = [Value(x) for x in numbers]
    for kind, indices in dag.nodes:
        operands = [values[i] for i in indices]
        values.append(
            autograd.sum(operands) if kind == "sum"
            else -operands[0] if kind == "neg"
            else operands[0] + operands[1] if kind == "add"
            else operands[0] * operands[1] * 0.5
        )  # fmt: skip
    return values


def behind(root: Value) -> set[Value]:
    """Everything that `root` depends on, by the plainest walk there is."""
    found, frontier = {root}, [root]
    while frontier:
        frontier = [parent for node in frontier for parent in node.parents if parent not in found]
        found.update(frontier)
    return found


@settings(deadline=None)
@given(dags())
def test_topological_order(dag: Dag) -> None:
    values = build(dag, [1.1, -0.9, 1.05, 0.95][: dag.leaves])
    for root in (values[-1], values[len(values) // 2]):
        order = topological_order(root)
        place = {node: i for i, node in enumerate(order)}
        assert len(place) == len(order)
        assert set(place) == behind(root)
        assert order[-1] is root
        assert all(place[parent] < place[node] for node in order for parent in node.parents)
        assert interior(root) == [node for node in order if node.op]


@settings(deadline=None)
@given(dags(max_nodes=12))
def test_backward_sums_over_every_path(dag: Dag) -> None:
    """The chain rule as it is defined: over all paths, the product of the local derivatives on the way."""
    values = build(dag, [1.1, -0.9, 1.05, 0.95][: dag.leaves])
    root, leaves = values[-1], values[: dag.leaves]
    paths: dict[Value, list[float]] = {node: [] for node in topological_order(root)}
    frontier = [(root, 1.0)]
    while frontier:
        node, product = frontier.pop()
        paths[node].append(product)
        frontier += [(parent, product * dx) for parent, dx in zip(node.parents, node.partials, strict=True)]
        if len(frontier) > 20_000:
            return  # paths multiply; graphs that large are checked otherwise
    root.backward()
    for node, products in paths.items():
        assert math.isclose(node.grad, math.fsum(products), rel_tol=1e-12, abs_tol=1e-12)
    assert all(leaf.grad == 0.0 for leaf in leaves if leaf not in paths)


class TestBackward:
    """What one call sets, and what the next adds."""

    def test_repeated_operands(self) -> None:
        a = Value(3.0)
        b = a + a
        c = b + b
        c.backward()
        assert (a.grad, b.grad, c.grad) == (4.0, 2.0, 1.0)

    def test_a_diamond(self) -> None:
        a = Value(2.0)
        b, c = a * 3.0, a * 5.0
        d = b * c
        d.backward()
        assert (a.grad, b.grad, c.grad, d.grad) == (60.0, 10.0, 6.0, 1.0)

    def test_the_long_and_the_short_way(self) -> None:
        """An operand that is also far behind the other one must wait for it."""
        a = Value(2.0)
        b = a * a
        far = ((b * 1.0) * 1.0) * 1.0
        (b + far).backward()
        assert (b.grad, a.grad) == (2.0, 8.0)
        a.zero_grad()
        (far + b).backward()
        assert (b.grad, a.grad) == (2.0, 8.0)

    def test_a_second_call_doubles_the_leaves_and_nothing_else(self) -> None:
        x, y = Value(2.0), Value(3.0)
        product = x * y
        root = autograd.sum([product, product.tanh(), x])
        root.backward()
        first = [node.grad for node in (x, y, product, root)]
        for times in (2, 3):
            root.backward()
            assert [node.grad for node in (x, y, product, root)] == [times * first[0], times * first[1], *first[2:]]

    def test_leaves_accumulate_over_roots_and_interiors_do_not(self) -> None:
        x = Value(2.0)
        shared = x * 3.0
        first, second = shared * 5.0, shared * 7.0
        first.backward()
        second.backward()
        assert (x.grad, shared.grad, first.grad, second.grad) == (36.0, 7.0, 1.0, 1.0)
        first.backward()
        assert (x.grad, shared.grad, second.grad) == (51.0, 5.0, 1.0)

    def test_an_interior_value_can_be_the_root_too(self) -> None:
        x = Value(2.0)
        middle = x * 3.0
        whole = middle * middle
        whole.backward()
        middle.backward()
        assert (x.grad, middle.grad, whole.grad) == (39.0, 1.0, 1.0)

    def test_whatever_lay_on_an_interior_value_does_not_count(self) -> None:
        x = Value(2.0)
        y = x * 3.0
        z = y * 5.0
        y.grad = z.grad = 1e9
        z.backward()
        assert (x.grad, y.grad, z.grad) == (15.0, 5.0, 1.0)

    def test_a_leaf(self) -> None:
        leaf = Value(2.0)
        leaf.backward()
        leaf.backward()
        assert leaf.grad == 2.0
        assert topological_order(leaf) == [leaf]

    def test_zero_grad_reaches_everything_behind(self) -> None:
        x, aside = Value(2.0), Value(3.0)
        y = x * x
        root = y * x
        (root * aside).backward()
        root.zero_grad()
        assert (x.grad, y.grad, root.grad) == (0.0, 0.0, 0.0)
        assert aside.grad == 8.0
        root.backward()
        assert x.grad == 12.0

    def test_gradients_leave_grad_alone(self) -> None:
        x = Value(2.0)
        y = x * x
        y.backward()
        autograd.gradients(y * y, [x, y])
        autograd.gradients(y * y, [x, y], create_graph=True)
        assert (x.grad, y.grad) == (4.0, 1.0)


def _backward(f: Callable[[Any], Any], at: float) -> float:
    leaf = Value(at)
    f(leaf).backward()
    return leaf.grad


def _gradients(f: Callable[[Any], Any], at: float, *, create_graph: bool) -> float:
    leaf = Value(at)
    (found,) = autograd.gradients(f(leaf), [leaf], create_graph=create_graph)
    return found.data if create_graph else found  # type: ignore[no-any-return]


#: Every way to the derivative of a function of one number.
WAYS: dict[str, Callable[[Callable[[Any], Any], float], float]] = {
    "backward": _backward,
    "gradients": lambda f, at: _gradients(f, at, create_graph=False),
    "gradients, create_graph": lambda f, at: _gradients(f, at, create_graph=True),
    "grad": lambda f, at: autograd.grad(f)(at),
    "jacobian": lambda f, at: autograd.jacobian(f)(at),
    "jvp": lambda f, at: autograd.jvp(f, (at,), (1.0,))[1],
    "vjp": lambda f, at: autograd.vjp(f, at)[1](1.0)[0],
}


class TestZeroAdjointStops:
    """Where nothing flows back, an infinite or undefined derivative contributes exactly 0."""

    @pytest.mark.parametrize("x", [0.0, -1.0, math.inf, math.nan])
    @pytest.mark.parametrize(
        "branch",
        [
            autograd.log,
            autograd.sqrt,
            lambda x: 1 / x,
            lambda x: x.log() * x.sqrt(),
            lambda x: x**0.5 / x,
            autograd.acosh,
        ],
    )
    def test_the_branch_not_taken(self, x: float, branch: Callable[[Any], Any]) -> None:
        v, w = Value(x), Value(3.0)
        autograd.where(False, branch(v), w * 2.0).backward()
        assert (v.grad, w.grad) == (0.0, 2.0)
        v, w = Value(x), Value(3.0)
        autograd.where(True, w * 2.0, branch(v)).backward()
        assert (v.grad, w.grad) == (0.0, 2.0)

    def test_a_factor_0(self) -> None:
        v = Value(0.0)
        (v.sqrt() * 0.0).backward()
        assert v.grad == 0.0

    @pytest.mark.parametrize(
        "unused",
        [
            lambda v, w: autograd.where(False, v, w),
            lambda v, w: autograd.where(True, w, v),
            lambda v, w: autograd.maximum(v - 1.0, w),
            lambda v, w: autograd.relu(v - 1.0) + w,
            lambda v, w: autograd.clamp(v - 1.0, 0.0, 1.0) + w,
        ],
    )
    def test_an_infinite_adjoint_does_not_reach_what_was_not_used(self, unused: Callable[[Any, Any], Any]) -> None:
        """sqrt'(0) = inf, and inf * 0 would be nan. PyTorch gives 0 in each of these, so do we."""
        v, w = Value(0.0), Value(0.0)
        unused(v, w).sqrt().backward()
        assert (v.grad, w.grad) == (0.0, math.inf)

    def test_a_nan_adjoint_does_not_reach_what_was_not_used(self) -> None:
        v, w = Value(0.0), Value(-1.0)
        autograd.where(False, v, w).log().sqrt().backward()
        assert math.isnan(w.grad)
        assert v.grad == 0.0

    @pytest.mark.parametrize("way", sorted(WAYS))
    @pytest.mark.parametrize(
        ("f", "expected"),
        [
            (lambda x: autograd.where(x > 0.0, autograd.log(x), x), 1.0),
            (lambda x: autograd.where(x > 0.0, x, 2.0 * x) + autograd.relu(autograd.log(x)), 2.0),
            (lambda x: autograd.sqrt(x) * 0.0 + x, 1.0),
            (lambda x: autograd.sqrt(x) * x, 0.0),
        ],
        ids=["where", "relu of -inf", "times constant 0", "times a 0"],
    )
    def test_however_the_derivative_is_asked_for(self, f: Callable[[Any], Any], expected: float, way: str) -> None:
        assert WAYS[way](f, 0.0) == expected

    def test_a_cotangent_of_0(self) -> None:
        """Nothing flows back from an output whose weight is 0."""
        _, back = autograd.vjp(lambda x: [x.sqrt(), x * 2.0], 0.0)
        assert back([0.0, 1.0]) == (2.0,)


class TestLongGraphs:
    """A million nodes at the default recursion limit: built, walked, differentiated, and freed."""

    def test_a_chain(self) -> None:
        assert sys.getrecursionlimit() < 20_000
        x = Value(1.0)
        y = x
        for _ in range(LENGTH // 2):
            y = y + 1.0
            y = y * 1.0
        y.backward()
        assert (y.data, x.grad) == (1.0 + LENGTH // 2, 1.0)
        del y  # and down comes the chain: a recursive free would crash here
        gc.collect()

    def test_a_chain_with_two_ways_at_every_node(self) -> None:
        """2 to the 200,000 paths."""
        x = Value(1.0)
        y = x
        for _ in range(200_000):
            y = (y + y) * 0.5
        y.backward()
        assert (y.data, x.grad) == (1.0, 1.0)
        assert len(topological_order(y)) == 400_001
        y.zero_grad()
        assert x.grad == 0.0

    def test_a_chain_of_sequences_and_functions(self) -> None:
        x = Value(0.5)
        y = x
        for _ in range(15_000):
            y = autograd.sum([autograd.maximum(y, -1.0), 0.0, y * 0.0]).identity()
        (first,) = autograd.gradients(y, [x], create_graph=True)
        assert (first.data, autograd.gradients(y, [x])) == (1.0, [1.0])
        assert autograd.jvp(lambda v: y * v, (2.0,), (1.0,))[1] == 0.5

    def test_a_wide_node(self) -> None:
        leaves = [Value(1.0) for _ in range(200_000)]
        autograd.sum(leaves).backward()
        assert all(leaf.grad == 1.0 for leaf in leaves)

    def test_a_graph_is_freed_without_the_collector(self) -> None:
        """No cycles: the last reference to a root takes the whole graph with it."""

        class Tracked(Value):
            __slots__ = ("__weakref__",)

        gc.collect()
        gc.disable()
        try:
            x = Tracked(1.0)
            y = autograd.dot([x, x.tanh()], [x, 2.0], x) ** 2
            y.backward()
            autograd.gradients(y, [x], create_graph=True)
            gone = weakref.ref(x)
            del x, y
            assert gone() is None
        finally:
            gc.enable()


def test_random_order_of_construction() -> None:
    """A large shared graph, whose gradient is known: a sum of random sums, each linear in the leaves."""
    rng = random.Random(0)
    leaves = [Value(1.0) for _ in range(10)]
    weights = {leaf: [float(i == j) for j in range(10)] for i, leaf in enumerate(leaves)}
    values = list(leaves)
    for _ in range(3000):
        a, b = rng.choice(values[-60:]), rng.choice(values[-60:])
        c = 0.5 * a + b * 0.5
        weights[c] = [0.5 * p + 0.5 * q for p, q in zip(weights[a], weights[b], strict=True)]
        values.append(c)
    values[-1].backward()
    for leaf, expected in zip(leaves, weights[values[-1]], strict=True):
        assert math.isclose(leaf.grad, expected, abs_tol=1e-12)
    assert math.isclose(sum(itertools.islice((leaf.grad for leaf in leaves), 10)), 1.0)
