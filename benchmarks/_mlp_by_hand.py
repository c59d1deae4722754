"""The limits for a NumPy backend: one training step of one model, gradients derived by hand, as fast as it gets.

What made them fast, measured: samples are columns, and a row of ones below each layer's inputs carries the bias through
the matrix product; everything is written into buffers made once; ``np.dot`` has half the overhead of ``np.matmul``; an
array of zeros beside ``maximum`` is three times as fast as the number 0.0, which has no vector loop; masking with
``putmask`` is faster than multiplying by booleans; and OpenBLAS takes a product by a transposed copy of the inputs in a
third of the time of one by a transposed view.
"""

# ruff: noqa: N806 - matrices keep their capital letters, and T for transposed
from __future__ import annotations

import itertools
from typing import Any

import numpy as np
from _mlp import Problem
from _peers import HAND_NUMPY, Peer, Run


def with_ones(columns: Any) -> Any:
    """(batches, n, rows) -> (batches, n + 1, rows), the last row ones."""
    return np.ascontiguousarray(np.concatenate([columns, np.ones_like(columns[:, :1])], axis=1))


def numpy_moons(problem: Problem) -> Peer:
    """2-16-16-1 with the hinge loss, all rows in one batch."""
    dot, maximum, less_equal, putmask = np.dot, np.maximum, np.less_equal, np.putmask
    multiply, add, subtract = np.multiply, np.add, np.subtract
    rate, shrink, width, rows = problem.rate, 1.0 - problem.rate * problem.decay, problem.sizes[1], problem.T.shape[1]

    def start() -> Run:
        vector = problem.vector()
        gradient = np.empty_like(vector)
        (W1, W2, W3), (G1, G2, G3) = problem.layers(vector), problem.layers(gradient)
        A0 = with_ones(problem.X.swapaxes(1, 2))[0]
        A1, A2 = (np.ones((width + 1, rows)) for _ in range(2))
        H1, H2, A0T, A1T = A1[:-1], A2[:-1], A0.T.copy(), A1.T  # the layers without their row of ones
        w3, g3, V2T, V3T = W3[0], G3[0], W2[:, :-1].T, W3[:, :-1].T
        D1, D2, zero, off = np.empty_like(H1), np.empty_like(H2), np.zeros_like(H1), np.empty(H1.shape, bool)
        margin, ones, none, no = np.empty(rows), np.ones(rows), zero[0], off[0]
        minus_t, d = -problem.T[0], np.empty((1, rows))
        slope, d_row = minus_t * (rate / rows), d[0]  # with the rate in it: the gradient comes out as the step

        def run(steps: int) -> list[float]:
            found = []
            for _ in range(steps):
                dot(W1, A0, H1)
                maximum(H1, zero, out=H1)
                dot(W2, A1, H2)
                maximum(H2, zero, out=H2)
                dot(w3, A2, margin)
                multiply(margin, minus_t, margin)
                add(margin, ones, margin)
                d_row[:] = slope
                less_equal(margin, none, no)
                putmask(d_row, no, 0.0)
                maximum(margin, none, out=margin)
                found.append(margin.dot(ones) / rows)
                dot(A2, d_row, g3)
                dot(V3T, d, D2)
                less_equal(H2, zero, off)
                putmask(D2, off, 0.0)
                dot(D2, A1T, G2)
                dot(V2T, D2, D1)
                less_equal(H1, zero, off)
                putmask(D1, off, 0.0)
                dot(D1, A0T, G1)
                multiply(vector, shrink, vector)
                subtract(vector, gradient, vector)
            return found

        return run

    return Peer(HAND_NUMPY, start)


def numpy_digits(problem: Problem) -> Peer:
    """One hidden layer, softmax and cross-entropy, a batch a step."""
    dot, maximum, less_equal, putmask, exp, log = np.dot, np.maximum, np.less_equal, np.putmask, np.exp, np.log
    multiply, divide, subtract, top_of = np.multiply, np.divide, np.subtract, np.maximum.reduce
    rate, shrink, width, rows = problem.rate, 1.0 - problem.rate * problem.decay, problem.sizes[1], problem.T.shape[1]
    targets = np.ascontiguousarray(problem.T.swapaxes(1, 2))
    A = with_ones(problem.X.swapaxes(1, 2))
    AT = np.ascontiguousarray(A.swapaxes(1, 2))
    # The adjoints have the rate in them: the gradient comes out as the step.
    batches = list(zip(A, AT, targets.reshape(len(targets), -1), targets * (rate / rows), strict=True))

    def start() -> Run:
        vector, order = problem.vector(), itertools.cycle(batches)
        gradient = np.empty_like(vector)
        (W1, W2), (G1, G2) = problem.layers(vector), problem.layers(gradient)
        A1 = np.ones((width + 1, rows))
        H1, A1T, V2T = A1[:-1], A1.T, W2[:, :-1].T
        D1, zero, off = np.empty_like(H1), np.zeros_like(H1), np.empty(H1.shape, bool)
        Z, P = (np.empty((problem.sizes[-1], rows)) for _ in range(2))
        Z_flat, top, total = Z.ravel(), np.empty(rows), np.empty(rows)
        ones, one_each = np.ones(rows), np.ones(problem.sizes[-1])

        def run(steps: int) -> list[float]:
            found = []
            for A0, A0T, T, share in itertools.islice(order, steps):
                dot(W1, A0, H1)
                maximum(H1, zero, out=H1)
                dot(W2, A1, Z)
                top_of(Z, 0, None, top)
                subtract(Z, top, Z)
                exp(Z, P)
                dot(one_each, P, total)
                right = Z_flat.dot(T)
                log(total, top)
                found.append((top.dot(ones) - right) / rows)
                multiply(total, rows / rate, total)
                divide(P, total, P)
                subtract(P, share, P)
                dot(P, A1T, G2)
                dot(V2T, P, D1)
                less_equal(H1, zero, off)
                putmask(D1, off, 0.0)
                dot(D1, A0T, G1)
                multiply(vector, shrink, vector)
                subtract(vector, gradient, vector)
            return found

        return run

    return Peer(HAND_NUMPY, start)
