"""One training step of a perceptron with any activation: in JAX, in NumPy by hand, and in ours.

All of them take the same steps: gradient descent on all rows, on the mean of squared errors where there is one output,
of softmax and cross-entropy where there are several.
"""

# ruff: noqa: N806 - matrices keep their capital letters
from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from _peers import HAND_NUMPY, JAX_LOOP, Peer, Run

from autograd import compile
from nn import MLP, losses, optim

Array = np.ndarray[Any, np.dtype[np.float64]]
RATE = 0.01


class Cell(NamedTuple):
    """A perceptron, its data, and how many rows a step takes.

    Attributes:
        sizes: inputs, hidden layers, outputs.
        rows: of every step.
        activation: of the hidden layers.
    """

    sizes: list[int]
    rows: int
    activation: str

    @property
    def name(self) -> str:
        return f"{'-'.join(map(str, self.sizes))} x {self.rows} {self.activation}"

    @property
    def classes(self) -> bool:
        """Whether the loss is softmax and cross-entropy."""
        return self.sizes[-1] > 1

    def data(self) -> tuple[Array, Array]:
        """Inputs (rows, inputs), and targets (rows, outputs): one-hot where there are classes."""
        random = np.random.default_rng(0)
        X = random.normal(size=(self.rows, self.sizes[0]))
        if self.classes:
            return X, np.eye(self.sizes[-1])[random.integers(self.sizes[-1], size=self.rows)]
        return X, np.sin(X.sum(1, keepdims=True))

    def model(self) -> MLP:
        return MLP(self.sizes[0], self.sizes[1:], activation=self.activation, seed=0)

    def vector(self) -> Array:
        """The parameters: per layer, per neuron, the weights and then the bias."""
        return np.array([parameter.data for parameter in self.model().parameters()])

    def layers(self, vector: Any) -> list[Any]:
        """Views of such a vector as one matrix a layer, (outputs, inputs + 1), the bias last."""
        shapes = [(n_out, n_in + 1) for n_in, n_out in itertools.pairwise(self.sizes)]
        ends = np.cumsum([0, *(a * b for a, b in shapes)])
        return [vector[a:b].reshape(shape) for (a, b), shape in zip(itertools.pairwise(ends), shapes, strict=True)]


def ours(cell: Cell, backend: str, name: str) -> Peer:
    """The scalar loss of one sample, compiled."""
    model = cell.model()
    parameters = model.parameters()

    def loss(x: Any, t: Any) -> Any:
        return losses.cross_entropy(model(x), t) if cell.classes else (model(x) - t[0]) ** 2

    X, T = cell.data()
    program = compile(loss, X[0].tolist(), T[0].tolist(), params=parameters)
    table, rows = np.column_stack([X, T]), np.arange(cell.rows)

    def start() -> Run:
        own = program.training(optim.sgd(RATE).stages, rows=cell.rows, backend=backend)
        own.parameters[:] = cell.vector()
        return lambda steps: own.train(table, [rows] * steps)

    return Peer(name, start)


def jax_loop(cell: Cell, jax: Any) -> Peer:
    """The whole loop in one jitted call; samples are columns, the parameters one vector."""
    jax.config.update("jax_enable_x64", True)
    jax.config.update("jax_cpu_enable_async_dispatch", False)
    jnp = jax.numpy
    activation = jax.nn.__dict__[cell.activation] if cell.activation != "gelu" else lambda x: jax.nn.gelu(x, False)
    X, T = (jnp.array(part.T) for part in cell.data())

    def cost(vector: Any) -> Any:
        *hidden, last = cell.layers(vector)
        x = X
        for layer in hidden:
            x = activation(layer[:, :-1] @ x + layer[:, -1:])
        scores = last[:, :-1] @ x + last[:, -1:]
        if cell.classes:
            return (jax.nn.logsumexp(scores, axis=0) - (T * scores).sum(0)).mean()
        return ((scores - T) ** 2).mean()

    @jax.jit
    def loop(vector: Any, steps: int) -> Any:
        def body(i: int, state: Any) -> Any:
            vector, found = state
            loss, gradient = jax.value_and_grad(cost)(vector)
            return vector - RATE * gradient, found.at[i].set(loss)

        return jax.lax.fori_loop(0, steps, body, (vector, jnp.zeros(1024)))

    def start() -> Run:
        numbers = jnp.array(cell.vector())

        def run(steps: int) -> Any:
            nonlocal numbers
            numbers, found = loop(numbers, steps)
            return found.block_until_ready()[:steps]

        return run

    return Peer(JAX_LOOP, start)


def by_hand(cell: Cell) -> Peer:
    """NumPy, derived by hand: samples are columns, biases ride on a row of ones, every buffer is made once."""
    X, T = cell.data()
    rows, forward = cell.rows, _ACTIVATIONS[cell.activation]

    def start() -> Run:
        vector = cell.vector()
        gradient = np.empty_like(vector)
        W, G = cell.layers(vector), cell.layers(gradient)
        inputs = [np.ones((n + 1, rows)) for n in cell.sizes[:-1]]
        inputs[0][:-1] = X.T
        first_T = inputs[0].T.copy()
        slopes = [np.empty((n, rows)) for n in cell.sizes[1:-1]]
        adjoints = [np.empty((n, rows)) for n in cell.sizes[1:]]
        Z, D = np.empty((cell.sizes[-1], rows)), adjoints[-1]
        targets, top, total = np.ascontiguousarray(T.T), np.empty(rows), np.empty(rows)
        works = [forward(n, rows) for n in cell.sizes[1:-1]]

        def run(steps: int) -> list[float]:
            found = []
            for _ in range(steps):
                for k, work in enumerate(works):
                    out = inputs[k + 1][:-1]
                    np.dot(W[k], inputs[k], out)
                    work(out, slopes[k])
                np.dot(W[-1], inputs[-1], Z)
                if cell.classes:
                    np.maximum.reduce(Z, 0, None, top)
                    np.subtract(Z, top, Z)
                    np.exp(Z, D)
                    np.add.reduce(D, 0, None, total)
                    right = np.vdot(Z, targets)
                    np.log(total, top)
                    found.append((top.sum() - right) / rows)
                    np.divide(D, total, D)
                    np.subtract(D, targets, D)
                    np.multiply(D, RATE / rows, D)
                else:
                    np.subtract(Z, targets, D)
                    found.append(np.vdot(D, D) / rows)
                    np.multiply(D, 2.0 * RATE / rows, D)
                for k in range(len(W) - 1, -1, -1):
                    np.dot(adjoints[k], inputs[k].T if k else first_T, G[k])
                    if k:
                        np.dot(W[k][:, :-1].T, adjoints[k], adjoints[k - 1])
                        np.multiply(adjoints[k - 1], slopes[k - 1], adjoints[k - 1])
                np.subtract(vector, gradient, vector)
            return found

        return run

    return Peer(HAND_NUMPY, start)


# An activation by hand: given the sums, it leaves the result in their place, and its derivative in the second array.
Work = Callable[[Array, Array], Any]


def _tanh(n: int, rows: int) -> Work:
    def work(z: Array, slope: Array) -> None:
        np.tanh(z, z)
        np.multiply(z, z, slope)
        np.subtract(1.0, slope, slope)

    return work


def _relu(n: int, rows: int) -> Work:
    zero, positive = np.zeros((n, rows)), np.empty((n, rows), bool)

    def work(z: Array, slope: Array) -> None:
        np.maximum(z, zero, out=z)
        np.greater(z, zero, out=positive)
        np.copyto(slope, positive)

    return work


def _sigmoid(n: int, rows: int) -> Work:
    def work(z: Array, slope: Array) -> None:
        np.negative(z, z)
        np.exp(z, z)
        np.add(z, 1.0, z)
        np.reciprocal(z, z)
        np.multiply(z, z, slope)
        np.subtract(z, slope, slope)

    return work


def _silu(n: int, rows: int) -> Work:
    s = np.empty((n, rows))

    def work(z: Array, slope: Array) -> None:
        np.negative(z, s)
        np.exp(s, s)
        np.add(s, 1.0, s)
        np.reciprocal(s, s)
        np.multiply(z, s, z)
        np.subtract(1.0, s, slope)
        np.multiply(slope, z, slope)
        np.add(slope, s, slope)

    return work


def _softplus(n: int, rows: int) -> Work:
    e = np.empty((n, rows))

    def work(z: Array, slope: Array) -> None:
        np.abs(z, e)
        np.negative(e, e)
        np.exp(e, e)
        np.add(e, 1.0, slope)
        np.reciprocal(slope, slope)
        np.copyto(slope, 1.0 - slope, where=z < 0)
        np.log1p(e, e)
        np.maximum(z, 0.0, out=z)
        np.add(z, e, z)

    return work


def _gelu(n: int, rows: int) -> Work:
    from scipy.special import erf

    c, density = np.empty((n, rows)), np.empty((n, rows))

    def work(z: Array, slope: Array) -> None:
        np.multiply(z, np.sqrt(0.5), c)
        np.multiply(c, c, density)
        np.negative(density, density)
        np.exp(density, density)
        np.multiply(density, 1 / np.sqrt(2 * np.pi), density)
        erf(c, c)
        np.add(c, 1.0, c)
        np.multiply(c, 0.5, c)
        np.multiply(z, density, slope)
        np.add(slope, c, slope)
        np.multiply(z, c, z)

    return work


_ACTIVATIONS: dict[str, Callable[[int, int], Work]] = {
    "tanh": _tanh, "relu": _relu, "sigmoid": _sigmoid, "silu": _silu, "softplus": _softplus, "gelu": _gelu,
}  # fmt: skip
