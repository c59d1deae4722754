"""Derivatives within derivatives, written once for three libraries: inner derivatives, and gradbench's two problems.

``python benchmarks/_nested_work.py LIBRARY WORK SIZE`` prints the seconds of one call and its answer; HIPS autograd
has this package's import name, so each library runs in a process of its own. The problems are those of Pearlmutter and
Siskind (2008), as gradbench has them: a saddle point found by gradient descent within gradient descent, and a charged
particle steered to the origin through an Euler integration of a gradient.
"""

from __future__ import annotations

import json
import math
import sys
import time
from collections.abc import Callable
from typing import Any


def library(name: str) -> tuple[Callable[..., Any], Callable[[Any], Any], Callable[[Any], float]]:
    """Return a library's grad, its square root, and what gives the number behind its values."""
    if name == "jax":
        import jax

        jax.config.update("jax_enable_x64", True)
        return jax.grad, jax.numpy.sqrt, lambda x: float(jax.lax.stop_gradient(x))
    import autograd

    if name == "hips":
        import autograd.numpy as np

        def number(x: Any) -> float:
            while hasattr(x, "_value"):
                x = x._value
            return float(x)

        return autograd.grad, np.sqrt, number
    return autograd.grad, autograd.sqrt, lambda x: float(getattr(x, "data", x))


def inner_derivatives(name: str, count: int) -> float:
    """A derivative of a function that takes `count` derivatives, each with all before it in its closure."""
    grad, _, _ = library(name)

    def f(x: Any) -> Any:
        result = x
        for _ in range(count):
            before = result
            result = result + 0.001 * grad(lambda y, before=before: y * y * before)(x)
        return result

    return float(grad(f)(0.7))


def argmin(f: Any, gradient: Any, x: Any, below: Callable[[Any, Any], bool], size: Any) -> Any:
    """Gradbench's gradient descent, with a step that grows and shrinks."""
    fx, gx, eta, count = f(x), gradient(x), 1e-5, 0
    while True:
        if below(size(gx), 1e-5):
            return x
        if count == 10:
            eta, count = 2 * eta, 0
        moved = [a - eta * b for a, b in zip(x, gx, strict=True)]
        if below(size([a - b for a, b in zip(x, moved, strict=True)]), 1e-5):
            return x
        f_moved = f(moved)
        if below(f_moved, fx) and f_moved is not fx:
            x, fx, gx, count = moved, f_moved, gradient(moved), count + 1
        else:
            eta, count = eta / 2, 0


def saddle(name: str, _: int) -> list[float]:
    """Min over a, b of max over c, d of a² + b² - c² - d², from (1, 1)."""
    grad, sqrt, number = library(name)

    def below(a: Any, b: Any) -> bool:
        return number(a) <= number(b)

    def size(v: Any) -> Any:
        return sqrt(sum((a * a for a in v), start=1e-300))

    def argmax(f: Any, x: Any) -> Any:
        slope = grad(lambda v: -f(v))
        return argmin(lambda v: -f(v), slope, x, below, size)

    def f(p: Any, q: Any) -> Any:
        return (p[0] * p[0] + p[1] * p[1]) - (q[0] * q[0] + q[1] * q[1])

    start = [1.0, 1.0]

    def outer(p: Any) -> Any:
        return f(p, argmax(lambda q: f(p, q), start))

    first = argmin(outer, grad(outer), start, below, size)
    return [number(x) for x in (*first, *argmax(lambda q: f(first, q), start))]


def particle(name: str, _: int) -> float:
    """The control parameter that steers the particle to the origin."""
    grad, sqrt, number = library(name)

    def fall(w: Any) -> Any:
        charges = [(10.0, 10.0 - w[0]), (10.0, 0.0)]

        def potential(p: Any) -> Any:
            distances = [sqrt((p[0] - a) * (p[0] - a) + (p[1] - b) * (p[1] - b)) for a, b in charges]
            return 1.0 / distances[0] + 1.0 / distances[1]

        slope = grad(potential)
        x, v = [0.0, 8.0], [0.75, 0.0]
        while True:
            force = slope(x)
            moved = [a + 0.1 * b for a, b in zip(x, v, strict=True)]
            if number(moved[1]) <= 0:
                break
            x, v = moved, [a - 0.1 * b for a, b in zip(v, force, strict=True)]
        end = x[0] - x[1] / v[1] * v[0]
        return end * end

    def size(v: Any) -> Any:
        return math.hypot(*map(number, v))

    found = argmin(fall, grad(fall), [0.0], lambda a, b: number(a) <= number(b), size)
    return number(found[0])


WORKS: dict[str, Callable[[str, int], Any]] = {"inner": inner_derivatives, "saddle": saddle, "particle": particle}


if __name__ == "__main__":
    _, _name, _work, _size = sys.argv
    library(_name)
    _start = time.perf_counter()
    _answer = WORKS[_work](_name, int(_size))
    print(json.dumps([time.perf_counter() - _start, _answer]))
