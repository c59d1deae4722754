"""The limit for a Numba backend: the whole training loop of one model in one kernel, gradients derived by hand.

IEEE-754, no fastmath. The matrix products are ``np.dot`` into buffers, so BLAS (Numba takes SciPy's): three to five
times as fast as the best loops that were tried. All else is fused into loops whose inner one runs along the columns,
one sample each, and vectorises.
"""

# ruff: noqa: N803, N806 - matrices keep their capital letters, and T for transposed
from __future__ import annotations

from typing import Any

import numpy as np
from _mlp import Problem
from _mlp_by_hand import with_ones
from _peers import HAND_NUMBA, Peer, Run


def numba_moons(problem: Problem, numba: Any) -> Peer:
    """2-16-16-1 with the hinge loss, all rows in one batch."""
    inputs, width = problem.sizes[:2]
    first, last = width * (inputs + 1), problem.vector().size - width - 1

    @numba.njit(error_model="numpy")
    def train(steps: int, v: Any, A0: Any, A0T: Any, t: Any, rate: float, decay: float) -> Any:
        rows = len(t)
        found, g = np.empty(steps), np.empty_like(v)
        W1, W2 = v[:first].reshape((width, inputs + 1)), v[first:last].reshape((width, width + 1))
        G1, G2 = g[:first].reshape((width, inputs + 1)), g[first:last].reshape((width, width + 1))
        w3, g3 = v[last:], g[last:]
        A1, A2 = np.ones((width + 1, rows)), np.ones((width + 1, rows))
        H1, H2, A1T = A1[:width], A2[:width], A1.T
        D1, D2, d, V2T = np.empty((width, rows)), np.empty((width, rows)), np.empty(rows), np.empty((width, width))
        for step in range(steps):
            np.dot(W1, A0, H1)
            for i in range(width):
                for r in range(rows):
                    H1[i, r] = max(H1[i, r], 0.0)
            np.dot(W2, A1, H2)
            for r in range(rows):
                d[r] = w3[width]
            for i in range(width):
                for r in range(rows):
                    H2[i, r] = max(H2[i, r], 0.0)
                    d[r] += w3[i] * H2[i, r]
            total = 0.0
            for r in range(rows):
                margin = 1.0 - t[r] * d[r]
                total += max(margin, 0.0)
                d[r] = -t[r] / rows if margin > 0.0 else 0.0
            found[step] = total / rows
            np.dot(A2, d, g3)
            for i in range(width):
                for r in range(rows):
                    D2[i, r] = w3[i] * d[r] if H2[i, r] > 0.0 else 0.0
            np.dot(D2, A1T, G2)
            for i in range(width):
                for j in range(width):
                    V2T[j, i] = W2[i, j]
            np.dot(V2T, D2, D1)
            for i in range(width):
                for r in range(rows):
                    D1[i, r] = D1[i, r] if H1[i, r] > 0.0 else 0.0
            np.dot(D1, A0T, G1)
            for k in range(v.size):
                v[k] -= rate * (g[k] + decay * v[k])
        return found

    A0 = with_ones(problem.X.swapaxes(1, 2))[0]
    A0T = A0.T.copy()

    def start() -> Run:
        v = problem.vector()
        return lambda steps: train(steps, v, A0, A0T, problem.T[0], problem.rate, problem.decay)

    return Peer(HAND_NUMBA, start)


def numba_digits(problem: Problem, numba: Any) -> Peer:
    """One hidden layer, softmax and cross-entropy, a batch a step."""
    inputs, width, classes = problem.sizes
    first = width * (inputs + 1)

    @numba.njit(error_model="numpy")
    def train(steps: int, done: int, v: Any, A0: Any, A0T: Any, T: Any, rate: float, decay: float) -> Any:
        batches, _, rows = A0.shape
        found, g = np.empty(steps), np.empty_like(v)
        W1, W2 = v[:first].reshape((width, inputs + 1)), v[first:].reshape((classes, width + 1))
        G1, G2 = g[:first].reshape((width, inputs + 1)), g[first:].reshape((classes, width + 1))
        A1 = np.ones((width + 1, rows))
        H1, A1T = A1[:width], A1.T
        D1, Z, V2T = np.empty((width, rows)), np.empty((classes, rows)), np.empty((width, classes))
        top, total, right = np.empty(rows), np.empty(rows), np.empty(rows)
        for step in range(steps):
            b = (done + step) % batches
            np.dot(W1, A0[b], H1)
            for i in range(width):
                for r in range(rows):
                    H1[i, r] = max(H1[i, r], 0.0)
            np.dot(W2, A1, Z)
            for r in range(rows):
                top[r], total[r], right[r] = Z[0, r], 0.0, 0.0
            for i in range(1, classes):
                for r in range(rows):
                    top[r] = max(top[r], Z[i, r])
            for i in range(classes):
                for r in range(rows):
                    z = Z[i, r] - top[r]
                    right[r] += T[b, i, r] * z
                    e = np.exp(z)
                    Z[i, r] = e
                    total[r] += e
            cost = 0.0
            for r in range(rows):
                cost += np.log(total[r]) - right[r]
                total[r] = 1.0 / (rows * total[r])
            found[step] = cost / rows
            for i in range(classes):
                for r in range(rows):
                    Z[i, r] = Z[i, r] * total[r] - T[b, i, r] / rows
            np.dot(Z, A1T, G2)
            for i in range(classes):
                for j in range(width):
                    V2T[j, i] = W2[i, j]
            np.dot(V2T, Z, D1)
            for i in range(width):
                for r in range(rows):
                    D1[i, r] = D1[i, r] if H1[i, r] > 0.0 else 0.0
            np.dot(D1, A0T[b], G1)
            for k in range(v.size):
                v[k] -= rate * (g[k] + decay * v[k])
        return found

    A0 = with_ones(problem.X.swapaxes(1, 2))
    A0T, T = np.ascontiguousarray(A0.swapaxes(1, 2)), np.ascontiguousarray(problem.T.swapaxes(1, 2))

    def start() -> Run:
        v, done = problem.vector(), 0

        def run(steps: int) -> Any:
            nonlocal done
            found = train(steps, done, v, A0, A0T, T, problem.rate, problem.decay)
            done += steps
            return found

        return run

    return Peer(HAND_NUMBA, start)
