"""A training step of a multilayer perceptron in PyTorch, JAX, CasADi and micrograd.

Every step takes the next batch, computes the mean loss and its gradient, and moves the parameters by
``-rate * (gradient + decay * parameters)``: gradient descent with the penalty ``decay / 2 * sum of squares``.
The loss reported is that of the data.
"""

from __future__ import annotations

import itertools
from typing import Any, NamedTuple

import numpy as np
from _peers import JAX_LOOP, JAX_STEP, TORCH, Peer, Run

from nn import MLP

Array = np.ndarray[Any, np.dtype[np.float64]]


class Problem(NamedTuple):
    """A perceptron to train.

    Attributes:
        sizes: inputs, hidden layers (relu), outputs.
        X: (batches, rows, inputs).
        T: (batches, rows) of -1 and 1 for the hinge loss, (batches, rows, classes) one-hot for softmax.
        rate, decay: of the descent.
    """

    sizes: list[int]
    X: Array
    T: Array
    rate: float
    decay: float

    @property
    def hinge(self) -> bool:
        """Whether the loss is the hinge; else softmax and cross-entropy."""
        return self.T.ndim == 2

    def model(self) -> MLP:
        """The untrained model."""
        return MLP(self.sizes[0], self.sizes[1:], activation="relu", seed=0)

    def vector(self) -> Array:
        """Its parameters: per layer, per neuron, the weights and then the bias."""
        return np.array([parameter.data for parameter in self.model().parameters()])

    def layers(self, vector: Array) -> list[Array]:
        """Views of such a vector as one matrix a layer, (outputs, inputs + 1), the bias last."""
        shapes = [(n_out, n_in + 1) for n_in, n_out in itertools.pairwise(self.sizes)]
        ends = np.cumsum([0, *(a * b for a, b in shapes)])
        return [vector[a:b].reshape(shape) for (a, b), shape in zip(itertools.pairwise(ends), shapes, strict=True)]


def micrograd(problem: Problem, engine: Any) -> Peer:
    """Micrograd's Value, written as in its demo; the hinge loss only."""

    def start() -> Run:
        matrices = [layer.tolist() for layer in problem.layers(problem.vector())]
        layers = [[list(map(engine.Value, row)) for row in matrix] for matrix in matrices]
        parameters = [p for layer in layers for row in layer for p in row]
        X, T = problem.X[0].tolist(), problem.T[0].tolist()

        def score(x: list[float]) -> Any:
            for layer in layers:
                z = [sum((w * a for w, a in zip(row, x, strict=False)), row[-1]) for row in layer]
                x = [each.relu() for each in z] if layer is not layers[-1] else z
            return x[0]

        def run(steps: int) -> list[float]:
            found = []
            for _ in range(steps):
                costs = [(1 + -t * score(list(map(engine.Value, x)))).relu() for x, t in zip(X, T, strict=True)]
                total = sum(costs) * (1.0 / len(costs))
                for p in parameters:
                    p.grad = 0.0
                total.backward()
                for p in parameters:
                    p.data -= problem.rate * (p.grad + problem.decay * p.data)
                found.append(total.data)
            return found

        return run

    return Peer("micrograd", start, check=2)


def pytorch(problem: Problem, torch: Any) -> list[Peer]:
    """Eager and torch.compile; gradients by ``torch.autograd.grad`` and one fused descent: faster than torch.optim."""
    torch.set_num_threads(1)
    linear, rate, shrink = torch.nn.functional.linear, problem.rate, 1.0 - problem.rate * problem.decay
    targets = problem.T if problem.hinge else problem.T.argmax(-1)
    batches = list(zip(torch.tensor(problem.X), torch.tensor(targets), strict=True))

    def cost(parameters: list[Any], x: Any, t: Any) -> Any:
        for w, b in zip(parameters[:-2:2], parameters[1:-2:2], strict=True):
            x = torch.relu(linear(x, w, b))
        scores = linear(x, *parameters[-2:])
        return (
            torch.relu(1.0 - t * scores[:, 0]).mean() if problem.hinge else torch.nn.functional.cross_entropy(scores, t)
        )

    def peer(name: str, cost: Any) -> Peer:
        def start() -> Run:
            pairs = [(layer[:, :-1], layer[:, -1]) for layer in problem.layers(problem.vector())]
            parameters = [torch.tensor(p.copy(), requires_grad=True) for pair in pairs for p in pair]
            order = itertools.cycle(batches)

            def run(steps: int) -> list[Any]:
                found = []
                for x, t in itertools.islice(order, steps):
                    loss = cost(parameters, x, t)
                    gradients = torch.autograd.grad(loss, parameters)
                    with torch.no_grad():
                        torch._foreach_mul_(parameters, shrink)
                        torch._foreach_add_(parameters, gradients, alpha=-rate)
                    found.append(loss.detach())
                return found

            return run

        return Peer(name, start)

    return [peer(TORCH, cost), peer("torch.compile", torch.compile(cost))]


def jax_peers(problem: Problem, jax: Any) -> list[Peer]:
    """One jitted step, and the whole loop in one jitted call.

    Samples are columns, the parameters one vector, dispatch is synchronous: the fastest of the forms that were tried.
    """
    jax.config.update("jax_enable_x64", True)
    jax.config.update("jax_cpu_enable_async_dispatch", False)
    jnp = jax.numpy
    X = jnp.array(problem.X.swapaxes(1, 2))
    T = jnp.array(problem.T if problem.hinge else problem.T.swapaxes(1, 2))
    vector = jnp.array(problem.vector())

    def cost(vector: Any, x: Any, t: Any) -> Any:
        *hidden, last = problem.layers(vector)
        for layer in hidden:
            x = jax.nn.relu(layer[:, :-1] @ x + layer[:, -1:])
        scores = last[:, :-1] @ x + last[:, -1:]
        if problem.hinge:
            return jax.nn.relu(1.0 - t * scores[0]).mean()
        return (jax.nn.logsumexp(scores, axis=0) - (t * scores).sum(0)).mean()

    def step(vector: Any, x: Any, t: Any) -> Any:
        loss, gradient = jax.value_and_grad(cost)(vector, x, t)
        return vector - problem.rate * (gradient + problem.decay * vector), loss

    @jax.jit
    def loop(vector: Any, first: int, steps: int) -> Any:
        def body(i: int, state: Any) -> Any:
            vector, found = state
            batch = (first + i) % len(X)
            vector, loss = step(vector, X[batch], T[batch])
            return vector, found.at[i].set(loss)

        return jax.lax.fori_loop(0, steps, body, (vector, jnp.zeros(1024)))

    jitted, batches = jax.jit(step), list(zip(X, T, strict=True))

    def by_step() -> Run:
        numbers, order = vector, itertools.cycle(batches)

        def run(steps: int) -> list[Any]:
            nonlocal numbers
            found = []
            for x, t in itertools.islice(order, steps):
                numbers, loss = jitted(numbers, x, t)
                found.append(loss)
            numbers.block_until_ready()
            return found

        return run

    def by_loop() -> Run:
        numbers, done = vector, 0

        def run(steps: int) -> Any:
            nonlocal numbers, done
            numbers, found = loop(numbers, done, steps)
            done += steps
            return found.block_until_ready()[:steps]

        return run

    return [Peer(JAX_STEP, by_step), Peer(JAX_LOOP, by_loop)]


def casadi_map(problem: Problem, casadi: Any) -> Peer:
    """CasADi: the scalar loss of one sample, mapped over the rows, its gradient by CasADi; the hinge loss only."""
    size, rows = problem.vector().size, problem.T.shape[1]
    p, x, t = casadi.SX.sym("p", size), casadi.SX.sym("x", problem.sizes[0]), casadi.SX.sym("t")
    activations, first = x, 0
    for n_in, n_out in itertools.pairwise(problem.sizes):
        matrix = casadi.reshape(p[first : first + n_out * (n_in + 1)], n_in + 1, n_out).T
        first += n_out * (n_in + 1)
        z = matrix[:, :-1] @ activations + matrix[:, -1]
        activations = casadi.fmax(z, 0) if first < size else z
    loss = casadi.fmax(1 - t * activations, 0)
    sample = casadi.Function("sample", [p, x, t], [loss, casadi.gradient(loss, p)])
    # The parameters are the same for all rows (the first [0]); losses and gradients are summed ([0, 1]).
    mapped = sample.map("mapped", "serial", rows, [0], [0, 1], {})
    p, x, t = casadi.MX.sym("p", size), casadi.MX.sym("x", problem.sizes[0], rows), casadi.MX.sym("t", 1, rows)
    loss, gradient = mapped(p, x, t)
    shrink = 1.0 - problem.rate * problem.decay
    step = casadi.Function("step", [p, x, t], [loss / rows, shrink * p - problem.rate / rows * gradient])
    X, T = casadi.DM(problem.X[0].T), casadi.DM(problem.T[:1])

    def start() -> Run:
        vector = casadi.DM(problem.vector())

        def run(steps: int) -> list[float]:
            nonlocal vector
            found = []
            for _ in range(steps):
                loss, vector = step(vector, X, T)
                found.append(float(loss))
            return found

        return run

    return Peer("CasADi map", start)
