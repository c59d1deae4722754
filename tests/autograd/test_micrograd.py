"""Programs written for micrograd run with only their import changed, and give micrograd's numbers."""

from __future__ import annotations

import importlib.util
import random
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import make_moons

import autograd

#: The README's expression, https://github.com/karpathy/micrograd#example-usage, and the numbers printed there.
README = """
a = Value(-4.0)
b = Value(2.0)
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
"""


class Dual:
    """A number and its derivatives with respect to every parameter: forward mode, to hold backward mode against."""

    def __init__(self, data: float, slopes: Any = 0.0) -> None:
        self.data, self.slopes = float(data), slopes

    def __add__(self, other: Any) -> Dual:
        other = other if isinstance(other, Dual) else Dual(other)
        return Dual(self.data + other.data, self.slopes + other.slopes)

    def __mul__(self, other: Any) -> Dual:
        other = other if isinstance(other, Dual) else Dual(other)
        return Dual(self.data * other.data, self.slopes * other.data + other.slopes * self.data)

    def __neg__(self) -> Dual:
        return self * -1.0

    __radd__, __rmul__ = __add__, __mul__

    def relu(self) -> Dual:
        return self if self.data > 0 else Dual(0.0)


def run(program: str, value_class: type) -> dict[str, Any]:
    scope: dict[str, Any] = {"Value": value_class}
    exec(program, scope)  # noqa: S102 - the text above
    return scope


def network(parameters: list[Any], row: Iterable[Any], sizes: tuple[int, ...]) -> Any:
    """The score of an MLP, in the words of micrograd's nn.py; neurons take their weights, then their bias, in order."""
    rest = iter(parameters)
    x = list(row)
    for size in sizes:
        out = []
        for _ in range(size):
            act = sum((next(rest) * xi for xi in x), 0.0)
            out.append(act + next(rest))
        x = out if size == sizes[-1] else [act.relu() for act in out]
    return x[0]


def loss(parameters: list[Any], X: Any, y: Any, sizes: tuple[int, ...]) -> Any:
    """The demo's max-margin loss and L2 penalty."""
    scores = [network(parameters, row, sizes) for row in X]
    losses = [(1 + -yi * score).relu() for yi, score in zip(y.tolist(), scores, strict=True)]
    return sum(losses) * (1.0 / len(losses)) + 1e-4 * sum(p * p for p in parameters)


def moons(count: int) -> tuple[Any, Any]:
    X, y = make_moons(n_samples=count, noise=0.1, random_state=0)
    return X, y * 2 - 1


def test_the_readme_expression() -> None:
    ours = run(README, autograd.Value)
    assert f"{ours['g'].data:.4f}" == "24.7041"
    assert f"{ours['a'].grad:.4f}" == "138.8338"
    assert f"{ours['b'].grad:.4f}" == "645.5773"


def test_the_readme_expression_is_microgads_to_the_bit() -> None:
    theirs = run(README, pytest.importorskip("micrograd.engine", reason="micrograd is not installed").Value)
    ours = run(README, autograd.Value)
    for name in "abcdefg":
        assert ours[name].data == pytest.approx(theirs[name].data, rel=1e-15)
        assert ours[name].grad == pytest.approx(theirs[name].grad, rel=1e-14)


def test_the_graph_can_be_walked_as_micrograds() -> None:
    """``trace`` of micrograd's notebook: nodes and edges by ``_prev`` and ``_op``."""
    ours = run(README, autograd.Value)
    nodes: set[Any] = set()
    edges: set[Any] = set()

    def build(v: Any) -> None:
        if v not in nodes:
            nodes.add(v)
            for child in v._prev:
                edges.add((child, v))
                build(child)

    build(ours["g"])
    assert {ours["a"], ours["b"]} == {node for node in nodes if not node._op} == nodes - {b for _, b in edges}
    assert (ours["e"]._op, ours["e"]._prev) == ("-", {ours["c"], ours["d"]})


def test_training_on_moons() -> None:
    """Five steps of gradient descent, against forward mode."""
    X, y = moons(20)
    sizes = (4, 3, 1)
    count = 2 * 4 + 4 + 4 * 3 + 3 + 3 + 1
    rng = random.Random(1)
    start = [rng.uniform(-1, 1) for _ in range(count)]
    ours = [autograd.Value(p) for p in start]
    reference = np.array(start)
    losses = []
    for _ in range(5):
        total = loss(ours, X, y, sizes)
        for p in ours:
            p.grad = 0.0
        total.backward()
        expected = loss([Dual(p, row) for p, row in zip(reference, np.eye(count), strict=True)], X, y, sizes)
        assert total.data == pytest.approx(expected.data, rel=1e-12)
        assert [p.grad for p in ours] == pytest.approx(expected.slopes.tolist(), rel=1e-10, abs=1e-14)
        for p in ours:
            p.data -= 0.1 * p.grad
        reference -= 0.1 * expected.slopes
        losses.append(total.data)
    assert losses[-1] < losses[0]


def test_micrograds_own_networks_run_on_our_values() -> None:
    """The installed micrograd/nn.py with its one import changed: same start, same steps, same losses."""
    pytest.importorskip("micrograd", reason="micrograd is not installed")
    spec = importlib.util.find_spec("micrograd.nn")
    assert spec is not None
    assert spec.origin is not None
    text = Path(spec.origin).read_text(encoding="utf-8")
    assert "from micrograd.engine import Value" in text
    X, y = moons(15)

    def train(source: str) -> list[float]:
        module = ModuleType("nn_under_test")
        exec(source, vars(module))  # noqa: S102 - the installed package's own file
        random.seed(1337)
        model = module.MLP(2, [5, 4, 1])
        losses = []
        for _ in range(3):
            scores = [model(list(map(module.Value, row))) for row in X]
            terms = [(1 + -yi * score).relu() for yi, score in zip(y.tolist(), scores, strict=True)]
            total = sum(terms) * (1.0 / len(terms)) + 1e-4 * sum(p * p for p in model.parameters())
            model.zero_grad()
            total.backward()
            for p in model.parameters():
                p.data -= 0.3 * p.grad
            losses.append(total.data)
        return losses

    ours = train(text.replace("from micrograd.engine import Value", "from autograd import Value"))
    assert ours == pytest.approx(train(text), rel=1e-12)
