"""The eager engine against micrograd, pure Python on both sides: build and backward, memory, very long chains.

``make bench``, or ``python benchmarks/eager.py`` where micrograd is installed. Both run the same program text on their
own Value; the garbage collector is on.
"""

from __future__ import annotations

import platform
import sys
import time
import tracemalloc
from typing import Any

import micrograd.engine
from _timing import compare

from autograd import Value, dot
from nn import MLP, data, losses

N_ROWS, SIZES = 100, [2, 16, 16, 1]


def main() -> None:
    sys.setrecursionlimit(100_000)  # for micrograd, whose topological sort is recursive
    print(f"Python {platform.python_version()}, {platform.machine()}")
    print(f"{'work':52} {'glassgrad':>11} {'micrograd':>11} {'ratio':>7}  {'reach':>7}")
    row("README expression, build + backward", readme(Value), readme(micrograd.engine.Value), repeat=500, reach=2.5)
    peer = moons_step(micrograd.engine.Value)
    row(f"moons {N_ROWS} x MLP {SIZES}, one step, * and +", moons_step(Value), peer, repeat=1, reach=7)
    row(f"moons {N_ROWS} x MLP {SIZES}, one step, nn", moons_step_nn(), peer, repeat=1, reach=40)
    ours, theirs = bytes_per_node(Value, 100_000), bytes_per_node(micrograd.engine.Value, 400)
    print(f"{'bytes for each node of a */+ chain, built':52} {ours[0]:11.0f} {theirs[0]:11.0f} {'':7}  {'<= 200':>7}")
    print(f"{'the same after backward':52} {ours[1]:11.0f} {theirs[1]:11.0f}")
    sys.setrecursionlimit(1000)
    for nodes in (250_000, 500_000, 1_000_000):
        build, backward, free = long_chain(nodes)
        print(f"chain of {nodes:9,} nodes: build {build:.3f} s, backward {backward:.3f} s, free {free:.3f} s")


def row(name: str, ours: Any, peer: Any, *, repeat: int, reach: float) -> None:
    own, other, ratio = compare(ours, peer, repeat=repeat)
    print(f"{name:52} {own * 1e6:8.1f} us {other * 1e6:8.1f} us {ratio:6.1f}x  {reach:6.1f}x")


def readme(value: Any) -> Any:
    """The example of micrograd's README."""

    def work() -> Any:
        a, b = value(-4.0), value(2.0)
        c = a + b
        d = a * b + b**3
        c += c + 1
        c += 1 + c + (-a)
        d += d * 2 + (b + a).relu()
        d += 3 * d + (b - a).relu()
        e = c - d
        f = e**2
        g = f / 2.0
        g += 10.0 / f
        g.backward()
        return g

    return work


def moons() -> tuple[list[list[float]], list[float]]:
    X, y = data.moons(N_ROWS, noise=0.1, seed=1337)
    return X.tolist(), (2.0 * y - 1.0).tolist()


def moons_step(value: Any) -> Any:
    """One full training step of the demo, every product and sum a node of its own."""
    X, t = moons()
    start = [[(list(map(value, weights)), value(0.0)) for weights in layer] for layer in initial_weights()]
    parameters = [p for layer in start for weights, bias in layer for p in (*weights, bias)]

    def work() -> Any:
        costs = []
        for x, target in zip(X, t, strict=True):
            activations = list(map(value, x))
            for layer in start:
                z = [sum((w * a for w, a in zip(weights, activations, strict=True)), bias) for weights, bias in layer]
                activations = [each.relu() for each in z] if layer is not start[-1] else z
            costs.append((1 + -target * activations[0]).relu())
        total = sum(costs) * (1.0 / len(costs)) + 1e-4 * sum(p * p for p in parameters)
        for parameter in parameters:
            parameter.grad = 0.0
        total.backward()
        descend(parameters)

    return work


def moons_step_nn() -> Any:
    """The same step with nn's neurons, one node for each preactivation, and sample by sample, as ``nn.fit`` does it."""
    X, t = moons()
    model = MLP(SIZES[0], SIZES[1:], activation="relu", seed=0)
    parameters = model.parameters()
    for parameter, number in zip(
        parameters, [p for layer in initial_weights() for w in layer for p in (*w, 0.0)], strict=True
    ):
        parameter.data = number

    def work() -> Any:
        model.zero_grad()
        for x, target in zip(X, t, strict=True):
            (losses.hinge(model(x), target) * (1.0 / len(X))).backward()
        (1e-4 * dot(parameters, parameters)).backward()
        descend(parameters)

    return work


def descend(parameters: list[Any]) -> None:
    for parameter in parameters:
        parameter.data -= 1e-3 * parameter.grad


def initial_weights() -> list[list[list[float]]]:
    model = MLP(SIZES[0], SIZES[1:], init="uniform", seed=0)
    return [[[w.data for w in neuron.w] for neuron in layer.neurons] for layer in model.layers]


def bytes_per_node(value: Any, nodes: int) -> tuple[float, float]:
    """Return the bytes that each node of ``x = x * a + b`` takes, built and after backward."""
    a, b, x = value(1.0001), value(0.001), value(1.0)
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for _ in range(nodes // 2):
        x = x * a + b
    built = tracemalloc.get_traced_memory()[0]
    x.backward()
    after = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return (built - before) / nodes, (after - before) / nodes


def long_chain(nodes: int) -> tuple[float, float, float]:
    """Return the seconds to build, differentiate and free a chain."""
    a, b, x = Value(1.0), Value(1e-6), Value(1.0)
    started = time.perf_counter()
    for _ in range(nodes // 2):
        x = x * a + b
    built = time.perf_counter()
    x.backward()
    done = time.perf_counter()
    del x
    return built - started, done - built, time.perf_counter() - done


if __name__ == "__main__":
    main()
