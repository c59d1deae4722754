"""The scalar GPT as scripts in micrograd's style write it: Values that know their children, in lists.

The garbage collector is off while it runs: its graphs have no cycles, and looking for some took most of the time.
"""

from __future__ import annotations

import gc
import itertools
import math
from typing import Any

from _gpt import BETA1, BETA2, EPS, HEADS, RATE, SCRIPT, WIDTH, documents, parts, vector
from _peers import Peer, Run


class Value:
    """A number that knows what it was made of, and how fast it changes with each of those."""

    __slots__ = ("children", "data", "grad", "slopes")

    def __init__(self, data: float, children: tuple[Value, ...] = (), slopes: tuple[float, ...] = ()) -> None:
        self.data, self.grad, self.children, self.slopes = data, 0.0, children, slopes

    def __add__(self, other: Any) -> Value:
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other: Any) -> Value:
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, (self, other), (other.data, self.data))

    def __pow__(self, power: float) -> Value:
        return Value(self.data**power, (self,), (power * self.data ** (power - 1),))

    def exp(self) -> Value:
        data = math.exp(self.data)
        return Value(data, (self,), (data,))

    def log(self) -> Value:
        return Value(math.log(self.data), (self,), (1.0 / self.data,))

    def relu(self) -> Value:
        return Value(max(self.data, 0.0), (self,), (float(self.data > 0),))

    def __neg__(self) -> Value:
        return self * -1.0

    def __sub__(self, other: Any) -> Value:
        return self + -other

    __radd__, __rmul__ = __add__, __mul__

    def backward(self) -> None:
        order: list[Value] = []
        seen: set[Value] = set()

        def visit(value: Value) -> None:
            if value not in seen:
                seen.add(value)
                for child in value.children:
                    visit(child)
                order.append(value)

        visit(self)
        self.grad = 1.0
        for value in reversed(order):
            for child, slope in zip(value.children, value.slopes, strict=True):
                child.grad += slope * value.grad


Matrices = dict[str, list[list[Value]]]


def script() -> Peer:
    """All of it, Adam included, one number at a time."""

    def start() -> Run:
        p = {name: [list(map(Value, row)) for row in part.tolist()] for name, part in parts(vector()).items()}
        every = [x for part in p.values() for row in part for x in row]
        means, squares, order, taken = [0.0] * len(every), [0.0] * len(every), itertools.cycle(documents), 0

        def run(steps: int) -> list[float]:
            nonlocal taken
            found = []
            gc.disable()
            for document in itertools.islice(order, steps):
                cost = document_loss(p, document)
                cost.backward()
                taken += 1
                for i, x in enumerate(every):
                    means[i] = BETA1 * means[i] + (1 - BETA1) * x.grad
                    squares[i] = BETA2 * squares[i] + (1 - BETA2) * x.grad**2
                    mean, square = means[i] / (1 - BETA1**taken), squares[i] / (1 - BETA2**taken)
                    x.data -= RATE * mean / (math.sqrt(square) + EPS)
                    x.grad = 0.0
                found.append(cost.data)
            gc.enable()
            return found

        return run

    return Peer(SCRIPT, start, check=3)


def document_loss(p: Matrices, document: list[int]) -> Value:
    """The mean surprise at each token after the first; attention looks back at the keys and values kept so far."""
    keys: list[list[Value]] = []
    values: list[list[Value]] = []
    costs, size = [], WIDTH // HEADS
    for place, (token, following) in enumerate(itertools.pairwise(document)):
        x = [row[token] + b for row, b in zip(p["token"], p["position"][place], strict=True)]
        y = norm(x)
        query = linear(y, p["query"])
        keys.append(linear(y, p["key"]))
        values.append(linear(y, p["value"]))
        mixture = []
        for i in range(0, WIDTH, size):
            own = slice(i, i + size)
            weights = softmax([dot(query[own], key[own]) * (1 / math.sqrt(size)) for key in keys])
            mixture += [sum(w * v[j] for w, v in zip(weights, values, strict=True)) for j in range(i, i + size)]
        x = [a + b for a, b in zip(x, linear(mixture, p["merge"]), strict=True)]
        hidden = [a.relu() for a in linear(norm(x), p["expand"])]
        x = [a + b for a, b in zip(x, linear(hidden, p["contract"]), strict=True)]
        costs.append(-softmax(linear(norm(x), p["scores"]))[following].log())
    return sum(costs) * (1.0 / len(costs))


def dot(x: list[Value], y: list[Value]) -> Any:
    return sum(a * b for a, b in zip(x, y, strict=True))


def linear(x: list[Value], matrix: list[list[Value]]) -> list[Any]:
    return [dot(row, x) for row in matrix]


def norm(x: list[Value]) -> list[Value]:
    scale = (dot(x, x) * (1.0 / len(x)) + 1e-5) ** -0.5
    return [a * scale for a in x]


def softmax(x: list[Value]) -> list[Value]:
    top = max(each.data for each in x)
    powers: list[Any] = [(each - top).exp() for each in x]
    total = sum(powers) ** -1
    return [power * total for power in powers]
