"""The GPT of ``examples/gpt.py``: a step of Adam on one document, by everyone but those who write it by hand.

The model, its first numbers and the documents come from the example itself; each peer runs through the same documents.
``PARTS`` says how the example's parameters stand in one vector: whoever changes the model changes it there.
"""

from __future__ import annotations

import importlib.util
import itertools
import math
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from _peers import EAGER, JAX_STEP, KERNEL, NUMPY, TORCH, Peer, Run

from autograd import compile
from nn import optim

Array = np.ndarray[Any, np.dtype[np.float64]]

DOCUMENTS, WIDTH, HEADS, CONTEXT = 16, 16, 4, 16
RATE, BETA1, BETA2, EPS = 0.01, 0.9, 0.999, 1e-8
SCRIPT = "scalar script, micrograd style"


def _example() -> Any:
    path = Path(__file__).parent.parent / "examples" / "gpt.py"
    spec = importlib.util.spec_from_file_location("gpt", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["gpt"] = module
    spec.loader.exec_module(module)
    return module


gpt = _example()
_lines = gpt.read_lines(gpt.NAMES)
_characters = sorted(set("".join(_lines)))
TOKENS = 1 + len(_characters)
#: Lists of tokens, from boundary to boundary.
documents = [
    [0, *(1 + _characters.index(character) for character in _lines[i]), 0]
    for i in np.random.default_rng(1).permutation(len(_lines))[:DOCUMENTS]
]
#: Name and shape of each part of the parameter vector, in order; a layer's rows are its neurons.
PARTS = {
    "token": (WIDTH, TOKENS),
    "position": (CONTEXT, WIDTH),
    "query": (WIDTH, WIDTH),
    "key": (WIDTH, WIDTH),
    "value": (WIDTH, WIDTH),
    "merge": (WIDTH, WIDTH),
    "expand": (4 * WIDTH, WIDTH),
    "contract": (WIDTH, 4 * WIDTH),
    "scores": (TOKENS, WIDTH),
}


def model() -> Any:
    return gpt.GPT(TOKENS, WIDTH, HEADS, CONTEXT, np.random.default_rng(0))


def vector() -> Array:
    return np.array([parameter.data for parameter in model().parameters()])


def parts(numbers: Any) -> dict[str, Any]:
    """Views of a parameter vector, by name."""
    ends = np.cumsum([0, *(a * b for a, b in PARTS.values())])
    pairs = zip(PARTS.items(), itertools.pairwise(ends), strict=True)
    return {name: numbers[a:b].reshape(shape) for (name, shape), (a, b) in pairs}


def _trained(name: str, engine: Callable[[], Callable[[Array], float]], check: int = DOCUMENTS) -> Peer:
    """One of the example's engines."""
    rows = [np.eye(TOKENS)[document] for document in documents]

    def start() -> Run:
        step, order = engine(), itertools.cycle(rows)
        return lambda steps: [step(document) for document in itertools.islice(order, steps)]

    return Peer(name, start, check)


def compiled() -> Peer:
    """Our compiler: one program for each length of document, all of which train the same numbers."""
    return _trained(NUMPY, _engine("numpy"))


def kernel() -> Peer:
    """Our kernel, Adam inside: one kernel for each length of document, all with the same numbers and state."""
    return _trained(KERNEL, _engine("kernel"))


def _engine(backend: str) -> Callable[[], Callable[[Array], float]]:
    """Return what makes the example's engine, with programs that were traced once."""
    first, optimizer = model(), optim.adam(RATE)
    traced: dict[int, Any] = {}

    class Engine(gpt.Compiled):  # type: ignore[misc, name-defined]
        def training(self, document: Array) -> Any:
            length = len(document)
            if length not in traced:
                traced[length] = compile(first.loss, document.tolist(), params=first.parameters())
            return traced[length].training(optimizer.stages, rows=1, backend=backend)

    return lambda: Engine(first, optimizer)


def eager() -> Peer:
    """Our eager engine, the same scalar code."""
    return _trained(EAGER, lambda: gpt.Eager(model(), optim.adam(RATE)), check=2)


def pytorch(torch: Any) -> list[Peer]:
    """PyTorch eager, all positions and heads at once, its fused Adam."""
    torch.set_num_threads(1)
    linear, rms_norm = torch.nn.functional.linear, torch.nn.functional.rms_norm
    tokens = [(torch.tensor(d[:-1]), torch.tensor(d[1:])) for d in documents]
    masks = {len(x): torch.full((len(x), len(x)), -math.inf, dtype=torch.float64).triu(1) for x, _ in tokens}

    def norm(x: Any) -> Any:
        return rms_norm(x, (WIDTH,), eps=1e-5)

    def loss(p: dict[str, Any], inputs: Any, targets: Any) -> Any:
        n = len(inputs)
        x = p["token"].t()[inputs] + p["position"][:n]
        y = norm(x)
        q, k, v = (linear(y, p[name]).view(n, HEADS, -1).transpose(0, 1) for name in ("query", "key", "value"))
        weights = torch.softmax(q @ k.transpose(1, 2) / math.sqrt(WIDTH // HEADS) + masks[n], -1)
        x = x + linear((weights @ v).transpose(0, 1).reshape(n, WIDTH), p["merge"])
        x = x + linear(torch.relu(linear(norm(x), p["expand"])), p["contract"])
        return torch.nn.functional.cross_entropy(linear(norm(x), p["scores"]), targets)

    def start() -> Run:
        p = {name: torch.tensor(part.copy(), requires_grad=True) for name, part in parts(vector()).items()}
        optimizer = torch.optim.Adam(p.values(), lr=RATE, betas=(BETA1, BETA2), eps=EPS, fused=True)
        order = itertools.cycle(tokens)

        def run(steps: int) -> list[Any]:
            found = []
            for inputs, targets in itertools.islice(order, steps):
                cost = loss(p, inputs, targets)
                optimizer.zero_grad()
                cost.backward()
                optimizer.step()
                found.append(cost.detach())
            return found

        return run

    return [Peer(TORCH, start, DOCUMENTS)]


def jitted(jax: Any) -> Peer:
    """JAX, one jitted step for each length of document."""
    jax.config.update("jax_enable_x64", True)
    jax.config.update("jax_cpu_enable_async_dispatch", False)
    jnp = jax.numpy
    tokens = [(jnp.array(np.eye(TOKENS)[d[:-1]]), jnp.array(np.eye(TOKENS)[d[1:]])) for d in documents]

    def norm(x: Any) -> Any:
        return x * ((x * x).mean(1, keepdims=True) + 1e-5) ** -0.5

    def loss(numbers: Any, inputs: Any, targets: Any) -> Any:
        p, n = parts(numbers), len(inputs)
        x = inputs @ p["token"].T + p["position"][:n]
        y = norm(x)
        q, k, v = ((y @ p[name].T).reshape(n, HEADS, -1).swapaxes(0, 1) for name in ("query", "key", "value"))
        scores = jnp.where(np.tri(n, dtype=bool), q @ k.swapaxes(1, 2) / math.sqrt(WIDTH // HEADS), -jnp.inf)
        x = x + (jax.nn.softmax(scores) @ v).swapaxes(0, 1).reshape(n, WIDTH) @ p["merge"].T
        x = x + jax.nn.relu(norm(x) @ p["expand"].T) @ p["contract"].T
        logits = norm(x) @ p["scores"].T
        return (jax.nn.logsumexp(logits, axis=1) - (targets * logits).sum(1)).mean()

    @jax.jit
    def step(state: Any, inputs: Any, targets: Any) -> Any:
        numbers, mean, square, t = state
        cost, gradient = jax.value_and_grad(loss)(numbers, inputs, targets)
        mean, square, t = BETA1 * mean + (1 - BETA1) * gradient, BETA2 * square + (1 - BETA2) * gradient**2, t + 1.0
        change = mean / (1 - BETA1**t) / (jnp.sqrt(square / (1 - BETA2**t)) + EPS)
        return (numbers - RATE * change, mean, square, t), cost

    def start() -> Run:
        numbers, order = jnp.array(vector()), itertools.cycle(tokens)
        state = (numbers, jnp.zeros_like(numbers), jnp.zeros_like(numbers), jnp.array(0.0))

        def run(steps: int) -> list[Any]:
            nonlocal state
            found = []
            for inputs, targets in itertools.islice(order, steps):
                state, cost = step(state, inputs, targets)
                found.append(cost)
            state[0].block_until_ready()
            return found

        return run

    return Peer(JAX_STEP, start, DOCUMENTS)
