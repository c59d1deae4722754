"""The limit for the GPT: the whole step in NumPy, gradients derived by hand, every buffer made once for each length."""

# ruff: noqa: N806 - matrices keep their capital letters, and T for transposed
from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
from _gpt import BETA1, BETA2, DOCUMENTS, EPS, HEADS, RATE, TOKENS, WIDTH, Array, documents, parts, vector
from _peers import HAND_NUMPY, Peer, Run

dot, matmul, multiply, add, subtract, divide = np.dot, np.matmul, np.multiply, np.add, np.subtract, np.divide
sqrt, exp, log, einsum, maximum, less_equal = np.sqrt, np.exp, np.log, np.einsum, np.maximum, np.less_equal
putmask = np.putmask


def numpy_gpt() -> Peer:
    """All positions at once; for all but attention one BLAS call a product."""
    one_hot = np.eye(TOKENS)
    given = [(len(d) - 1, one_hot[d[:-1]].T.copy(), one_hot[d[1:]]) for d in documents]

    def start() -> Run:
        numbers = vector()
        gradient, scratch, mean, square = (np.zeros_like(numbers) for _ in range(4))
        p, g = parts(numbers), parts(gradient)
        lengths = {length: _differentiated(p, g, length) for length, _, _ in given}
        order, taken = itertools.cycle(given), 0

        def run(steps: int) -> list[float]:
            nonlocal taken
            found = []
            for length, inputs, targets in itertools.islice(order, steps):
                found.append(lengths[length](inputs, targets))
                taken += 1
                multiply(mean, BETA1, mean)
                multiply(gradient, 1 - BETA1, scratch)
                add(mean, scratch, mean)
                multiply(square, BETA2, square)
                multiply(gradient, gradient, scratch)
                multiply(scratch, 1 - BETA2, scratch)
                add(square, scratch, square)
                # mean / (1 - BETA1^t) / (sqrt(square / (1 - BETA2^t)) + EPS), with the scalars taken out of the vectors
                root = math.sqrt(1 - BETA2**taken)
                sqrt(square, scratch)
                add(scratch, EPS * root, scratch)
                divide(mean, scratch, scratch)
                multiply(scratch, RATE * root / (1 - BETA1**taken), scratch)
                subtract(numbers, scratch, numbers)
            return found

        return run

    return Peer(HAND_NUMPY, start, DOCUMENTS)


def _differentiated(p: dict[str, Array], g: dict[str, Array], n: int) -> Callable[[Array, Array], float]:
    """Return the function that computes the loss of a document of n predictions, and its gradient into `g`.

    Positions are rows, (n, width); the heads' share of a buffer is a view of it, (heads, n, size).
    """
    size = WIDTH // HEADS

    def made(width: int = WIDTH) -> Any:
        return np.empty((n, width))

    def heads(x: Any) -> Any:
        return x.reshape(n, HEADS, size).transpose(1, 0, 2)

    W3, G3 = _together(p), _together(g)
    W3T, mergeT, expandT = W3.T, p["merge"].T, p["expand"].T
    contractT, scoresT, positions = p["contract"].T, p["scores"].T, p["position"][:n]
    tokenT = p["token"].T
    x1, y1, a, x2, y2, x3, y3 = (made() for _ in range(7))
    dx, dy, t16, da = (made() for _ in range(4))
    qkv, dqkv, h, dh, z, e = (made(width) for width in (*[3 * WIDTH] * 2, *[4 * WIDTH] * 2, *[TOKENS] * 2))
    q, k, v = (heads(qkv[:, i * WIDTH : (i + 1) * WIDTH]) for i in range(3))
    dq, dk, dv = (heads(dqkv[:, i * WIDTH : (i + 1) * WIDTH]) for i in range(3))
    ah, dah = heads(a), heads(da)
    w, dw = np.empty((HEADS, n, n)), np.empty((HEADS, n, n))
    wT, dwT, kT, vT = w.swapaxes(1, 2), dw.swapaxes(1, 2), k.swapaxes(1, 2), v.swapaxes(1, 2)
    mask = np.broadcast_to(np.where(np.tri(n, dtype=bool), 0.0, -np.inf), w.shape).copy()
    zero, off = np.zeros_like(h), np.empty(h.shape, bool)
    ones_tokens, ones_n, top, total = np.ones(TOKENS), np.ones(n), np.empty((n, 1)), np.empty(n)
    head_top = np.empty((HEADS, n, 1))
    s1, s2, s3, along = (np.empty((n, 1)) for _ in range(4))
    along_row = along[:, 0]

    def norm(x: Any, s: Any, y: Any) -> None:
        einsum("ij,ij->i", x, x, out=s[:, 0])
        multiply(s, 1.0 / WIDTH, s)
        add(s, 1e-5, s)
        sqrt(s, s)
        divide(1.0, s, s)
        multiply(x, s, y)

    def norm_adjoint(s: Any, y: Any) -> None:
        """Add to dx what flows back from dy: s * (dy - y * mean(dy * y))."""
        einsum("ij,ij->i", dy, y, out=along_row)
        multiply(along, 1.0 / WIDTH, along)
        multiply(y, along, t16)
        subtract(dy, t16, t16)
        multiply(t16, s, t16)
        add(dx, t16, dx)

    def step(inputs: Array, targets: Array) -> float:
        dot(inputs.T, tokenT, x1)
        add(x1, positions, x1)
        norm(x1, s1, y1)
        dot(y1, W3T, qkv)
        matmul(q, kT, out=w)
        multiply(w, 1.0 / math.sqrt(size), w)
        add(w, mask, w)
        maximum.reduce(w, 2, None, head_top, True)
        subtract(w, head_top, w)
        exp(w, w)
        add.reduce(w, 2, None, head_top, True)
        divide(w, head_top, w)
        matmul(w, v, out=ah)
        dot(a, mergeT, x2)
        add(x2, x1, x2)
        norm(x2, s2, y2)
        dot(y2, expandT, h)
        maximum(h, zero, out=h)
        dot(h, contractT, x3)
        add(x3, x2, x3)
        norm(x3, s3, y3)
        dot(y3, scoresT, z)
        maximum.reduce(z, 1, None, top, True)
        subtract(z, top, z)
        exp(z, e)
        dot(e, ones_tokens, total)
        loss = (log(total).dot(ones_n) - np.vdot(z, targets)) / n
        # Backward: z's adjoint is (softmax - target) / n.
        divide(e, total[:, None], e)
        subtract(e, targets, e)
        multiply(e, 1.0 / n, e)
        dot(e.T, y3, g["scores"])
        dot(e, p["scores"], dy)
        dx[:] = 0.0
        norm_adjoint(s3, y3)
        dot(dx.T, h, g["contract"])
        dot(dx, p["contract"], dh)
        less_equal(h, zero, off)
        putmask(dh, off, 0.0)
        dot(dh.T, y2, g["expand"])
        dot(dh, p["expand"], dy)
        norm_adjoint(s2, y2)
        dot(dx.T, a, g["merge"])
        dot(dx, p["merge"], da)
        matmul(dah, vT, out=dw)
        matmul(wT, dah, out=dv)
        einsum("hij,hij->hi", dw, w, out=head_top[:, :, 0])
        subtract(dw, head_top, dw)
        multiply(dw, w, dw)
        multiply(dw, 1.0 / math.sqrt(size), dw)
        matmul(dw, k, out=dq)
        matmul(dwT, q, out=dk)
        dot(dqkv.T, y1, G3)
        dot(dqkv, W3, dy)
        norm_adjoint(s1, y1)
        g["position"][:n] = dx
        g["position"][n:] = 0.0
        dot(dx.T, inputs.T, g["token"])
        return float(loss)

    return step


def _together(named: dict[str, Array]) -> Array:
    """Query, key and value stand one behind the other: one matrix, so one product."""
    first = named["query"]
    return np.lib.stride_tricks.as_strided(first, (3 * WIDTH, WIDTH), first.strides)
