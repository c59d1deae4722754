"""The character GPT: its formula against arrays, its gradients against differences, both engines, the command line."""

from __future__ import annotations

import importlib.util
import itertools
import math
import os
import re
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from autograd import LengthError
from nn import optim
from tests import ROOT

SCRIPT = ROOT / "examples" / "gpt.py"

_spec = importlib.util.spec_from_file_location("gpt", SCRIPT)
gpt = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(gpt)


def tiny(seed=0):
    return gpt.GPT(tokens=5, width=4, heads=2, context=6, rng=np.random.default_rng(seed))


def one_hot(tokens, n=5):
    return np.eye(n)[tokens]


def matrices(numbers):
    """Numbers by parameter name as one array per layer, (outputs, inputs)."""
    cells = {}
    for name, number in numbers.items():
        layer, row, column = re.fullmatch(r"(.+?)\.(?:neurons\.)?(\d+)\.(?:w\.)?(\d+)", name).groups()
        cells.setdefault(layer, {})[int(row), int(column)] = number
    return {layer: np.array(list(cell.values())).reshape(np.add(list(cell)[-1], 1)) for layer, cell in cells.items()}


def loss_with_arrays(weights, tokens, heads=2):
    """The same transformer, in array notation and with a mask of -inf."""

    def rms_norm(x):
        return x / np.sqrt((x * x).mean(axis=1, keepdims=True) + 1e-5)

    def softmax(x):
        e = np.exp(x - x.max(axis=-1, keepdims=True))
        return e / e.sum(axis=-1, keepdims=True)

    inputs, targets = tokens[:-1], tokens[1:]
    n = len(inputs)
    x = weights["token"].T[inputs] + weights["position"][:n]
    q, k, v = (
        (rms_norm(x) @ weights[f"attention.{name}"].T).reshape(n, heads, -1).swapaxes(0, 1)
        for name in ("query", "key", "value")
    )
    mask = np.triu(np.full((n, n), -np.inf), 1)
    shares = softmax(q @ k.swapaxes(1, 2) / math.sqrt(q.shape[2]) + mask)
    x = x + (shares @ v).swapaxes(0, 1).reshape(n, -1) @ weights["attention.merge"].T
    x = x + np.maximum(rms_norm(x) @ weights["expand"].T, 0.0) @ weights["contract"].T
    chances = softmax(rms_norm(x) @ weights["scores"].T)
    return -np.log(chances[np.arange(n), targets]).mean()


# The model.


@pytest.mark.parametrize("tokens", [[0, 3], [0, 1, 1, 0], [0, 4, 2, 2, 1, 3, 0]])
def test_the_loss_is_that_of_the_array_formula(tokens):
    model = tiny()
    expected = loss_with_arrays(matrices(model.state_dict()), tokens)
    assert model.loss(one_hot(tokens).tolist()).data == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("engine", gpt.ENGINES)
def test_gradients_agree_with_central_differences_of_the_array_formula(engine):
    model, tokens, h = tiny(seed=1), [0, 2, 4, 2, 1, 0], 1e-5
    state = model.state_dict()
    weights, slopes = matrices(state), {}
    for layer, matrix in weights.items():
        slopes[layer] = np.empty_like(matrix)
        for place, middle in np.ndenumerate(matrix):
            matrix[place] = middle + h
            above = loss_with_arrays(weights, tokens)
            matrix[place] = middle - h
            slopes[layer][place] = (above - loss_with_arrays(weights, tokens)) / (2 * h)
            matrix[place] = middle
    for _ in range(2):  # the second run must find nothing left over from the first
        run = gpt.ENGINES[engine](model, optim.sgd(1.0))
        run(one_hot(tokens))
        gradient = np.array(list(state.values())) - run.numbers
        for layer, found in matrices(dict(zip(state, gradient, strict=True))).items():
            np.testing.assert_allclose(found, slopes[layer], rtol=1e-5, atol=1e-9, err_msg=layer)


def test_no_position_sees_what_comes_after_it():
    model = tiny()
    one, other = (model(one_hot(tokens).tolist()) for tokens in ([0, 1, 2, 3], [0, 1, 4, 4]))
    scores = [[[score.data for score in row] for row in rows] for rows in (one, other)]
    assert scores[0][:2] == scores[1][:2]
    assert scores[0][2] != scores[1][2]


def test_a_document_beyond_the_context_is_refused():
    with pytest.raises(LengthError, match="sees 6 positions, the document has 7"):
        tiny()(one_hot([0] * 7).tolist())


def test_parameters_have_readable_names():
    names = list(tiny().state_dict())
    assert {"token.neurons.3.w.4", "position.5.0", "attention.query.neurons.0.w.1", "scores.neurons.4.w.3"} <= set(
        names
    )
    assert len(names) == 5 * 4 + 6 * 4 + 4 * 4 * 4 + 2 * 4 * 16 + 4 * 5


# Training.


def documents_of_many_lengths():
    lines = gpt.read_lines(gpt.NAMES)
    characters = sorted(set("".join(lines)))
    chosen = [[line for line in lines if len(line) == length][:2] for length in range(3, 12)]
    documents = [[0, *(1 + characters.index(letter) for letter in line), 0] for pair in chosen for line in pair]
    return documents, 1 + len(characters)


def test_both_engines_take_the_same_steps_with_one_trace_per_length():
    documents, tokens = documents_of_many_lengths()
    losses, ends, traces, steps = {}, {}, [], 3 * len(documents)
    for name, engine in gpt.ENGINES.items():
        rng = np.random.default_rng(3)
        model = gpt.GPT(tokens, width=16, heads=4, context=16, rng=rng)
        if name == "compiled":
            loss = model.loss
            model.loss = lambda document, loss=loss: traces.append(len(document)) or loss(document)
        losses[name] = gpt.train(model, documents, steps, engine(model, gpt.adam(steps)), rng)
        ends[name] = list(model.state_dict().values())
    assert len(losses["eager"]) == steps
    np.testing.assert_allclose(losses["compiled"], losses["eager"], rtol=0, atol=1e-9)
    np.testing.assert_allclose(ends["compiled"], ends["eager"], rtol=0, atol=1e-9)
    lengths = {len(document) for document in documents}
    assert sorted(traces) == sorted([*lengths, *lengths])  # each twice: to see that it is the same both times


def test_training_learns_an_alphabet():
    documents = [[0, 1, 2, 3, 4, 0]]
    model, rng = tiny(), np.random.default_rng(0)
    losses = gpt.train(model, documents, 200, gpt.Compiled(model, gpt.adam(200)), rng)
    assert losses[0] > 1.0  # of about log(5)
    assert losses[-1] < 0.2
    assert gpt.sample(model, rng, longest=20, temperature=0.1) == [1, 2, 3, 4]


def test_samples_end_at_the_longest_even_beyond_the_context():
    model, rng = tiny(), np.random.default_rng(0)
    gpt.train(model, [[1, 1, 1, 1, 1, 1, 1], [0, 1]], 200, gpt.Compiled(model, gpt.adam(200)), rng)
    assert gpt.sample(model, rng, longest=9, temperature=0.1) == [1] * 9


def test_ctrl_c_keeps_the_steps_taken():
    model = tiny()
    calls = iter(range(50))

    class Interrupted(gpt.Compiled):
        def __call__(self, document):
            if next(calls) == 5:
                raise KeyboardInterrupt
            return super().__call__(document)

    before, engine = model.state_dict(), Interrupted(model, gpt.adam(50))
    assert len(gpt.train(model, [[0, 1, 2, 0]], 50, engine, np.random.default_rng(0))) == 5
    assert model.state_dict() != before


# The names, and the command line as a process.


def test_the_names_are_many_different_and_keep_to_one_set_of_vowels():
    names = gpt.read_lines(gpt.NAMES)
    assert 1000 <= len(names) <= 2000
    assert names == sorted(set(names))
    assert all(re.fullmatch("[a-z]{3,15}", name) for name in names)
    assert all(not (set(name) & set("eiy") and set(name) & set("ou")) for name in names)


def command(*arguments):
    return [sys.executable, str(SCRIPT), *map(str, arguments)]


def run(*arguments):
    return subprocess.run(command(*arguments), env=environment(), capture_output=True, text=True, timeout=100)


def environment():
    return {**os.environ, "PYTHONPATH": str(ROOT)}


def test_the_same_seed_writes_the_same_lines_with_both_engines():
    one, other = (run("--steps", 5, "--samples", 2, "--seed", 7, "--engine", engine) for engine in gpt.ENGINES)
    assert one.returncode == other.returncode == 0, one.stderr + other.stderr
    assert one.stdout == other.stdout
    assert len(one.stdout.splitlines()) == 2
    assert "1500 lines of 23 different characters" in one.stderr


def test_long_lines_are_cut_and_it_says_so(tmp_path):
    text = tmp_path / "song.txt"
    text.write_bytes("\ufeffein längerer Satz, der in kein Fenster passt\r\n\r\nkurz\r\n".encode())
    done = run("--text", text, "--steps", 8, "--samples", 1)
    assert done.returncode == 0, done.stderr
    assert "2 lines of" in done.stderr
    assert "lines of more than 15 characters are cut: 4 windows of at most 16" in done.stderr


def test_windows_hold_every_pair_of_neighbours_once(tmp_path, monkeypatch):
    text, seen = tmp_path / "text.txt", []
    text.write_text("abcdefghijkl\n\nabc\nabcde\n")
    monkeypatch.setattr(gpt, "train", lambda model, documents, *_: seen.extend(documents) or [1.0])
    gpt.run(text, "eager", steps=1, samples=0, seed=0, context=4)
    lines = [[0, *range(1, 13), 0], [0, 1, 2, 3, 0], [0, 1, 2, 3, 4, 5, 0]]
    assert max(map(len, seen)) == 5
    assert [pair for window in seen for pair in itertools.pairwise(window)] == [
        pair for line in lines for pair in itertools.pairwise(line)
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "No such file"),
        (b"", "has no text"),
        (b" \n\t\n\r\n", "has no text"),
        (b"caf\xe9\n", "can't decode byte 0xe9"),
        ("name\n".encode("utf-16"), "can't decode byte 0xff"),
        ("name\n".encode("utf-16-le"), "NUL"),
    ],
)
def test_a_bad_text_is_one_line_of_complaint(tmp_path, content, message):
    text = tmp_path / "text.txt"
    if content is not None:
        text.write_bytes(content)
    done = run("--text", text)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"gpt.py: {text}")
    assert message in line


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--text", ROOT], "directory"),
        (["--steps", "-1"], "'-1' is not a whole number"),
        (["--steps", "many"], "'many' is not a whole number"),
        (["--samples", "1.5"], "'1.5' is not a whole number"),
        (["--seed", "-1"], "a seed is an integer of at least 0"),
        (["--engine", "steam"], "invalid choice: 'steam'"),
    ],
)
def test_bad_arguments_are_refused_at_once(arguments, message):
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="sends SIGINT")
@pytest.mark.parametrize("engine", gpt.ENGINES)
def test_ctrl_c_still_writes_samples(engine):
    arguments = command("--engine", engine, "--steps", 10**8, "--samples", 3)
    with subprocess.Popen(arguments, env=environment(), stdout=-1, stderr=-1, text=True) as process:
        assert "1500 lines" in process.stderr.readline()  # training starts
        time.sleep(1.0)
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == 0, stderr
    assert "stopped after" in stderr
    assert len(stdout.splitlines()) == 3
