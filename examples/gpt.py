"""A character GPT in plain scalar code: it reads names, one a line, and makes up new ones.

Every number in the model is one scalar, and every layer is a loop over lists of them. The same functions train with the
eager engine, one number at a time, or compiled: ``autograd.compile`` runs them once on symbols and finds the matrix
products by itself. Both give the same losses.

    python examples/gpt.py                                  2,000 steps, compiled: some seconds
    python examples/gpt.py --engine eager --steps 200       the same losses from the scalar engine
    python examples/gpt.py --text FILE                      any text: each line is a document

``names.txt`` is of our own making: 1,500 words that a script with a fixed seed put together from syllables; some are
names by chance. A word keeps either to the vowels a, e, i, y or to a, o, u: the samples show whether that was learnt.
"""

from __future__ import annotations

import argparse
import functools
import itertools
import math
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from autograd import DataError, GlassgradError, LengthError, Value, compile, dot, mean, no_grad, softmax
from nn import Layer, Module, Parameter, optim
from nn.init import generator
from nn.losses import cross_entropy

Vector = Any  # of numbers or Values: one token, or what the model makes of it
Array = np.ndarray[Any, np.dtype[np.float64]]

NAMES = Path(__file__).with_name("names.txt")
tell = functools.partial(print, file=sys.stderr)
BOUNDARY = 0  # the token before a document's first character and after its last; the characters follow from 1


class GPT(Module):
    """One transformer block between an embedding of `tokens` different tokens and a layer of scores for each of them.

    A position is a list of `width` numbers, the model sees at most `context` of them, `heads` divides the width.
    """

    def __init__(self, tokens: int, width: int, heads: int, context: int, rng: np.random.Generator) -> None:
        self.token = linear(tokens, width, rng)
        self.position = [[Parameter(x) for x in row] for row in rng.normal(0.0, 0.2, (context, width)).tolist()]
        self.attention = Attention(width, heads, rng)
        self.expand = Layer(width, 4 * width, "relu", bias=False, seed=rng)
        self.contract = linear(4 * width, width, rng)
        self.scores = linear(width, tokens, rng)

    def __call__(self, document: Sequence[Vector]) -> list[Vector]:
        """Return one score per token for what follows each position of `document`, a list of one-hot rows."""
        if len(document) > len(self.position):
            raise LengthError(f"the model sees {len(self.position)} positions, the document has {len(document)}")
        # A one-hot row times a matrix picks out one column: an embedding is a linear layer. So which tokens a document
        # has is data, like the pixels of an image, and one compiled program serves every document of its length.
        stream = [add(self.token(token), place) for token, place in zip(document, self.position, strict=False)]
        stream = [add(x, seen) for x, seen in zip(stream, self.attention(list(map(rms_norm, stream))), strict=True)]
        stream = [add(x, self.contract(self.expand(rms_norm(x)))) for x in stream]
        return [self.scores(rms_norm(x)) for x in stream]

    def loss(self, document: Sequence[Vector]) -> Value:
        """Return the mean surprise, in nats, at each token of `document` after the first, given those before it."""
        predicted, actual = self(document[:-1]), document[1:]
        return mean([cross_entropy(scores, token) for scores, token in zip(predicted, actual, strict=True)])


class Attention(Module):
    """Causal attention (Vaswani et al. 2017): each position takes in a mixture of itself and those before it."""

    def __init__(self, width: int, heads: int, rng: np.random.Generator) -> None:
        self.heads = heads
        self.query, self.key, self.value, self.merge = (linear(width, width, rng) for _ in range(4))

    def __call__(self, stream: list[Vector]) -> list[Vector]:
        """Return what each position takes in."""
        queries, keys, values = (list(map(layer, stream)) for layer in (self.query, self.key, self.value))
        size = len(queries[0]) // self.heads
        shares = [slice(start, start + size) for start in range(0, len(queries[0]), size)]
        seen = []
        for now, query in enumerate(queries):
            mixture: Vector = []
            for share in shares:
                weights = softmax([dot(query[share], key[share]) / math.sqrt(size) for key in keys[: now + 1]])
                columns = zip(*(value[share] for value in values[: now + 1]), strict=True)
                mixture += [dot(weights, column) for column in columns]
            seen.append(self.merge(mixture))
        return seen


def linear(n_in: int, n_out: int, rng: np.random.Generator) -> Layer:
    return Layer(n_in, n_out, "linear", bias=False, seed=rng)


def add(x: Vector, y: Vector) -> Vector:
    return [a + b for a, b in zip(x, y, strict=True)]


def rms_norm(x: Vector) -> Vector:
    """Scale `x` to a mean square of 1 (Zhang and Sennrich 2019); the layers behind it do the work of a gain."""
    scale = (dot(x, x) / len(x) + 1e-5) ** -0.5
    return [scale * a for a in x]


# Training: two engines, one loop.


class Eager:
    """Builds each document's graph anew, walks it backward, and has the optimiser make a step of the gradient.

    `numbers` are the parameters' numbers after the last step; the model gets them at the next.
    """

    def __init__(self, model: GPT, optimizer: optim.Optimizer) -> None:
        self.model, self.parameters, self.optimizer = model, model.parameters(), optimizer
        self.numbers = np.array([parameter.data for parameter in self.parameters])
        self.state = optimizer.init(self.numbers)

    def __call__(self, document: Array) -> float:
        """Take a step on `document`, one-hot rows; return the loss before it."""
        put(self.parameters, self.numbers)
        self.model.zero_grad()
        loss = self.model.loss(document.tolist())
        loss.backward()
        gradient = np.array([parameter.grad for parameter in self.parameters])
        change, self.state = self.optimizer.update(gradient, self.state, self.numbers)
        self.numbers = self.numbers + change
        return loss.data


class Compiled:
    """Traces the loss once for each length of document; all these programs train the same numbers."""

    def __init__(self, model: GPT, optimizer: optim.Optimizer) -> None:
        self.model, self.parameters, self.optimizer = model, model.parameters(), optimizer
        self.numbers = np.array([parameter.data for parameter in self.parameters])
        self.trainings: dict[int, Any] = {}
        self.last: Any = None

    def __call__(self, document: Array) -> float:
        """Do what `Eager` does."""
        if len(document) not in self.trainings:
            self.trainings[len(document)] = self.training(document)
        training = self.trainings[len(document)]
        training.go_on_from(self.last or training)
        self.last, self.numbers = training, training.parameters
        return float(training.train(document.reshape(1, -1))[0])

    def training(self, document: Array) -> Any:
        """Return the training of documents of that length."""
        program = compile(self.model.loss, document.tolist(), params=self.parameters)
        return program.training(self.optimizer.stages, rows=1)


ENGINES: dict[str, Callable[[GPT, optim.Optimizer], Any]] = {"eager": Eager, "compiled": Compiled}


def adam(steps: int) -> optim.Optimizer:
    return optim.adam(optim.linear(0.01, 0.0, steps))


def train(model: GPT, documents: list[list[int]], steps: int, engine: Any, rng: np.random.Generator) -> list[float]:
    """Take a step per document, in an order that `rng` shuffles; return the losses, fewer after Ctrl-C."""
    one_hot = np.eye(model.token.n_in)
    losses: list[float] = []
    shuffled = (documents[i] for _ in itertools.count() for i in rng.permutation(len(documents)))
    try:
        with tqdm(itertools.islice(shuffled, steps), total=steps, unit="step", disable=None, leave=False) as bar:
            for document in bar:
                losses.append(engine(one_hot[document]))
                bar.set_postfix_str(f"loss {np.mean(losses[-100:]):.3f}", refresh=False)
    except KeyboardInterrupt:
        tell(f"stopped after {len(losses)} of {steps} steps")
    put(model.parameters(), engine.numbers)
    return losses


def put(parameters: list[Value], numbers: Array) -> None:
    for parameter, number in zip(parameters, numbers.tolist(), strict=True):
        parameter.data = number


def sample(model: GPT, rng: np.random.Generator, longest: int, temperature: float = 0.7) -> list[int]:
    """Return at most `longest` tokens, each drawn from what the model expects next: a low `temperature` is cautious."""
    one_hot, tokens = np.eye(model.token.n_in), [BOUNDARY]
    for _ in range(longest):
        with no_grad():
            scores = model(one_hot[tokens[-len(model.position) :]].tolist())[-1]
        token = int(rng.choice(len(scores), p=softmax([score.data / temperature for score in scores])))
        if token == BOUNDARY:
            break
        tokens.append(token)
    return tokens[1:]


# From a file to documents, and the command line.


def read_lines(path: Path) -> list[str]:
    """Return the lines of a text file that are not blank; DataError if there are none, or it is no text."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path} is no readable text file: {getattr(error, 'strerror', error)}") from None
    if "\0" in text:
        raise DataError(f"{path} is no text file: it has NUL characters; if it is UTF-16, save it as UTF-8")
    lines = [line.rstrip() for line in text.split("\n") if line.strip()]
    if not lines:
        raise DataError(f"{path} has no text; expected one document a line")
    return lines


def run(text: Path, engine: str, steps: int, samples: int, seed: int, context: int = 16) -> None:
    rng, lines = generator(seed), read_lines(text)
    characters = sorted(set("".join(lines)))
    token_of = {character: token for token, character in enumerate(characters, start=BOUNDARY + 1)}
    whole = [[BOUNDARY, *(token_of[character] for character in line), BOUNDARY] for line in lines]
    # Pieces of at most `context` predictions; the last token of one is the first of the next.
    documents = [tokens[i : i + context + 1] for tokens in whole for i in range(0, len(tokens) - 1, context)]
    model = GPT(1 + len(characters), width=16, heads=4, context=context, rng=rng)
    tell(f"{len(lines)} lines of {len(characters)} different characters, {len(model.parameters())} parameters")
    if len(documents) > len(whole):
        tell(f"lines of more than {context - 1} characters are cut: {len(documents)} windows of at most {context}")
    losses = train(model, documents, steps, ENGINES[engine](model, adam(steps)), rng)
    if losses:
        tell(f"loss {np.mean(losses[:100]):.3f} at first, {np.mean(losses[-100:]):.3f} at last")
    for _ in range(samples):
        print("".join(characters[token - 1] for token in sample(model, rng, longest=2 * context)))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description="Train a small character GPT on lines of text, in scalar code; then let it write lines of its own.",
        epilog="Ctrl-C ends the training early; the samples still come. Samples go to stdout, all else to stderr.",
    )
    option = parser.add_argument
    option("--text", type=Path, default=NAMES, metavar="FILE", help="UTF-8, one document a line (default: our names)")
    option("--engine", choices=ENGINES, default="compiled", help="the losses are the same (default: %(default)s)")
    option("--steps", type=count, default=2000, help="documents to learn from, one a step (default: %(default)s)")
    option("--samples", type=count, default=20, help="lines to write at the end (default: %(default)s)")
    option("--seed", type=int, default=0, help="of weights, order and samples (default: %(default)s)")
    try:
        run(**vars(parser.parse_args(arguments)))
    except GlassgradError as error:
        tell(f"gpt.py: {error}")
        return 2
    except KeyboardInterrupt:  # a second one, in the samples
        return 130
    return 0


def count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of at least 0")
    return int(text)


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="replace")  # a terminal may lack some of the text's characters
    sys.exit(main())
