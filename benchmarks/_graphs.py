"""Graphs that are no neural network: a random irregular one, and families of growing size for compile time."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from _peers import EAGER, KERNEL, NUMPY, Peer

from autograd import OperandError, Value, compile, mean
from nn import MLP, losses

INPUTS, PARAMS = 10, 40


def irregular_function(nodes: int, recent: int) -> tuple[list[Value], Callable[[Any], Any]]:
    """Return parameters and a scalar function of some `nodes` operations whose operands are drawn at random.

    Args:
        nodes: how many.
        recent: an operand is one of so many last results. All of them gives a shallow graph, a few a deep one.
    """
    rng = np.random.default_rng(0)
    params = [Value(number) for number in rng.uniform(-1.0, 1.0, PARAMS)]
    # All operations keep results within [-2, 2], so that no depth overflows.
    ops: list[Callable[[Any, Any], Any]] = [
        lambda a, b: (a * b).tanh(),
        lambda a, b: a.sin() - 0.5 * b,
        lambda a, b: (a + b).tanh(),
        lambda a, b: a.sigmoid() * b.cos(),
        lambda a, b: (a - b).relu().tanh(),
        lambda a, b: a.maximum(b).sin(),
    ]
    first = INPUTS + PARAMS
    counts = nodes * 5 // 12  # each of these is some 2.4 nodes
    steps = [
        (int(rng.integers(len(ops))), *map(int, rng.integers(max(0, first + i - recent), first + i, 2)))
        for i in range(counts)
    ]

    def function(x: Any) -> Any:
        made = [*x, *params]
        used = [False] * (first + counts)
        for op, i, j in steps:
            made.append(ops[op](made[i], made[j]))
            used[i] = used[j] = True
        return mean([each for each, seen in zip(made[first:], used[first:], strict=True) if not seen])

    return params, function


def irregular(nodes: int, recent: int, rows: int) -> list[Peer]:
    """Value and gradient of such a function on some rows: our eager engine and our backends."""
    params, function = irregular_function(nodes, recent)
    X = np.random.default_rng(1).uniform(-1.0, 1.0, (rows, INPUTS))
    program = compile(function, X[0].tolist(), params=params)

    def by_eager(steps: int) -> list[float]:
        found = []
        for _ in range(steps):
            total = 0.0
            for param in params:
                param.grad = 0.0
            for x in X.tolist():
                value = function(list(map(Value, x)))
                value.backward()
                total += value.data
            found.append(sum([total / rows, *(param.grad / rows for param in params)]))
        return found

    def by_numpy(steps: int) -> list[float]:
        found = []
        for _ in range(steps):
            value, gradient = program.value_and_grad(X)
            found.append(value + gradient.sum())
        return found

    peers = [Peer(NUMPY, lambda: by_numpy), Peer(EAGER, lambda: by_eager, check=1)]
    started = time.perf_counter()
    try:
        kernel = program.training(rows=rows, backend="kernel")
    except OperandError as error:
        print(f"{KERNEL} is left out: {error}")
        return peers
    kernel.value_and_grad(X)
    print(f"\n{KERNEL}: {time.perf_counter() - started:.2f} s to its first gradient")

    def by_kernel(steps: int) -> list[float]:
        found = []
        for _ in range(steps):
            value, gradient = kernel.value_and_grad(X)
            found.append(value + gradient.sum())
        return found

    return [*peers, Peer(KERNEL, lambda: by_kernel)]


# How compile time grows -----------------------------------------------------------------------------------------------


def growth() -> None:
    """Print what compile and the first gradient take for 1k, 10k and 100k nodes, and the ratio from size to size."""
    print("\ncompile time in seconds: trace and re-roll, then the first gradient (NumPy source made, 100 rows run)")
    families: dict[str, Callable[[int], tuple[list[Value], Callable[[Any], Any], int]]] = {
        "perceptron, wider": lambda nodes: _perceptron([round(nodes**0.5 - 3)] * 2),
        "perceptron, deeper, 16 wide": lambda nodes: _perceptron([16] * max(2, nodes // 304)),
        "the same with * and +": lambda nodes: _perceptron([16] * max(2, nodes // 800), plain=True),
        "random, shallow": lambda nodes: (*irregular_function(nodes, nodes), INPUTS),
        "random, deep (last 50)": lambda nodes: (*irregular_function(nodes, 50), INPUTS),
        "chain": _chain,
    }
    for name, family in families.items():
        last = 0.0
        for size in (1_000, 10_000, 100_000):
            own = [_compiled_in(*family(size)) for _ in range(3 if size < 100_000 else 1)]
            nodes, blocks = own[0][2:]
            compiling, first = (statistics.median(times[i] for times in own) for i in range(2))
            both = compiling + first
            ratio = f"{both / last:6.1f}x the last" if last else ""
            reach = f"   to reach <= 2  {'yes' if compiling <= 2 else 'NOT YET'}" if size == 100_000 else ""
            print(f"  {name:28} {nodes:8,} nodes {blocks:7,} blocks {compiling:8.3f} + {first:.3f}  {ratio}{reach}")
            last = both


def _perceptron(hidden: list[int], *, plain: bool = False) -> tuple[list[Value], Callable[[Any], Any], int]:
    model = MLP(2, [*hidden, 1], activation="relu", seed=0)

    def by_hand(x: Any) -> Any:
        for layer in model.layers:
            x = [sum((w * a for w, a in zip(n.w, x, strict=True)), n.b) for n in layer.neurons]
            x = [z.relu() for z in x] if layer is not model.layers[-1] else x
        return losses.hinge(x[0], 1.0)

    return model.parameters(), by_hand if plain else lambda x: losses.hinge(model(x), 1.0), 2


def _chain(nodes: int) -> tuple[list[Value], Callable[[Any], Any], int]:
    """A function without any two nodes that could be computed together: every node is a block."""
    params = [Value(number) for number in np.random.default_rng(0).uniform(-1.0, 1.0, PARAMS)]

    def function(x: Any) -> Any:
        (y,) = x
        for i in range(nodes // 3):
            y = y.sin() * params[i % PARAMS] + params[(i + 1) % PARAMS]
        return y

    return params, function, 1


def _compiled_in(params: list[Value], function: Callable[[Any], Any], inputs: int) -> tuple[float, float, int, int]:
    """Return the seconds to compile, those to the first gradient, and how many nodes and blocks there are."""
    X = np.random.default_rng(1).uniform(-1.0, 1.0, (100, inputs))
    gc.collect()
    started = time.perf_counter()
    program = compile(function, X[0].tolist(), params=params)
    compiled = time.perf_counter()
    program.value_and_grad(X)
    done = time.perf_counter()
    return compiled - started, done - compiled, program.program.nodes, len(program.program.blocks)
