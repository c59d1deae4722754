"""A training step of a multilayer perceptron in glassgrad: eager, compiled, in one kernel, and through ``nn.fit``."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
from _mlp import Problem
from _peers import EAGER, KERNEL, NUMPY, Peer, Run

from autograd import compile, dot
from nn import MLP, fit, losses, optim


def loss_of(problem: Problem, model: MLP) -> Any:
    """The loss of one sample, in scalar code."""
    cost = losses.hinge if problem.hinge else losses.cross_entropy
    return lambda x, t: cost(model(x), t)


def program_of(problem: Problem, *, penalty: bool = False) -> Any:
    """The compiled loss; with `penalty`, the weights' squares are part of the scalar code."""
    model = problem.model()
    loss, parameters = loss_of(problem, model), model.parameters()
    whole = (lambda x, t: loss(x, t) + 0.5 * problem.decay * dot(parameters, parameters)) if penalty else loss
    return compile(whole, problem.X[0][0].tolist(), problem.T[0][0].tolist(), params=parameters)


def compiled(problem: Problem, *, penalty: bool = False) -> Peer:
    """Our compiler, and the descent in NumPy, as a user would write it."""
    program, shrink = program_of(problem, penalty=penalty), 1.0 - (0.0 if penalty else problem.rate * problem.decay)
    batches = list(zip(problem.X, problem.T, strict=True))

    def start() -> Run:
        vector, order = problem.vector(), itertools.cycle(batches)

        def run(steps: int) -> list[float]:
            nonlocal vector
            found = []
            for X, t in itertools.islice(order, steps):
                value, gradient = program.value_and_grad(X, t, params=vector)
                found.append(value - 0.5 * problem.decay * vector.dot(vector) if penalty else value)
                gradient *= problem.rate
                vector *= shrink
                vector -= gradient
            return found

        return run

    return Peer(f"{NUMPY}, {'penalty in the scalar code' if penalty else 'value_and_grad'}", start)


def training(problem: Problem, backend: str) -> Peer:
    """Our backends with the optimiser in them: many steps in a call, as ``nn.fit`` takes them."""
    program, optimizer = program_of(problem), descent(problem)
    batches, rows = problem.X.shape[:2]
    table = np.column_stack([part.reshape(batches * rows, -1) for part in (problem.X, problem.T)])
    numbers = list(np.arange(batches * rows).reshape(batches, rows))

    def start() -> Run:
        own, order = program.training(optimizer.stages, rows=rows, backend=backend), itertools.cycle(numbers)
        own.parameters[:] = problem.vector()
        return lambda steps: own.train(table, list(itertools.islice(order, steps)))

    return Peer({"numpy": NUMPY, "kernel": KERNEL}[backend], start)


def descent(problem: Problem) -> optim.Optimizer:
    return optim.chain(optim.weight_decay(problem.decay), optim.sgd(problem.rate))


def fitted(problem: Problem, engine: str) -> Peer:
    """``nn.fit`` on one batch, tracing included; after each step it also judges the model, as it does for any user."""
    labels = (problem.T[0] > 0).astype(int)

    def start() -> Run:
        model = problem.model()
        cost = loss_of(problem, model)
        pairs = zip(problem.X[0].tolist(), problem.T[0].tolist(), strict=True)
        first = sum(cost(x, t).data for x, t in pairs) / len(labels)

        def run(steps: int) -> list[float]:
            settings: dict[str, Any] = {"loss": "hinge", "optimizer": descent(problem), "engine": engine}
            history = fit(model, problem.X[0], labels, epochs=steps, batch_size=None, progress=False, **settings)
            return [first, *history["loss"][:-1]]

        return run

    return Peer(f'nn.fit, engine="{engine}", 1000 epochs', start, least=1000)


def eager(problem: Problem) -> Peer:
    """Our eager engine, sample by sample."""

    def start() -> Run:
        model = problem.model()
        cost, parameters = loss_of(problem, model), model.parameters()
        batches = itertools.cycle([(X.tolist(), T.tolist()) for X, T in zip(problem.X, problem.T, strict=True)])

        def run(steps: int) -> list[float]:
            found = []
            for X, T in itertools.islice(batches, steps):
                model.zero_grad()
                total = 0.0
                for x, t in zip(X, T, strict=True):
                    value = cost(x, t) * (1.0 / len(X))
                    value.backward()
                    total += value.data
                for p in parameters:
                    p.data -= problem.rate * (p.grad + problem.decay * p.data)
                found.append(total)
            return found

        return run

    return Peer(EAGER, start, check=2)
