"""Checkpoints: a training that was broken off, in whatever way, ends with the numbers of one that was not."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograd import GlassgradError, OperandError, StorageError
from nn import MLP, Module, data, fit, load, save
from nn.optim import Optimizer, adam, adamw, chain, clip, cosine, sgd
from tests import ROOT

X, Y = data.moons(40, noise=0.2, seed=3)
HELD_OUT = data.moons(20, noise=0.2, seed=4)


class Broken(Exception):
    pass


def small(seed: int = 0) -> MLP:
    return MLP(2, [4, 1], "tanh", seed=seed)


def stop_after(epoch: int, error: type[BaseException] = Broken) -> Callable[[dict[str, float]], None]:
    def callback(record: dict[str, float]) -> None:
        if record["epoch"] == epoch:
            raise error

    return callback


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "training.json"


def bits(model: Module) -> list[str]:
    return [number.hex() for number in model.state_dict().values()]


WAYS: dict[str, dict[str, Any]] = {
    "adam": {},
    "all rows": {"batch_size": None},
    "momentum": {"optimizer": sgd(0.1, momentum=0.9, nesterov=True)},
    "clipped, with a schedule": {"optimizer": chain(clip(1.0), adamw(cosine(0.05, 40, warmup=5)))},
    "eager": {"engine": "eager"},
    "validation": {"validation": HELD_OUT},
    "patience": {"validation": HELD_OUT, "patience": 3, "learning_rate": 0.3, "epochs": 40},
    "an optimiser of one's own": {"optimizer": Optimizer(np.zeros_like, lambda g, m, p: (-(0.9 * m + g), 0.9 * m + g))},
    "another generator": {"seed": np.random.Generator(np.random.MT19937(5))},
    "mse": {"loss": "mse"},
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("broken_at", [1, 6])
def test_a_training_that_was_broken_off_goes_on_bit_by_bit(file: Path, way: str, broken_at: int) -> None:
    def settings() -> dict[str, Any]:
        own = {"epochs": 12, "batch_size": 16, **WAYS[way]}
        return own | {"seed": np.random.Generator(np.random.MT19937(5))} if "seed" in own else own

    unbroken, model, again = small(), small(), small(seed=9)
    expected = fit(unbroken, X, Y, **settings())
    with pytest.raises(Broken):
        fit(model, X, Y, checkpoint=file, callback=stop_after(broken_at), **settings())
    history = fit(again, X, Y, checkpoint=file, resume=True, **settings())
    assert bits(again) == bits(unbroken)
    assert history == expected
    assert [record.keys() for record in history.records] == [record.keys() for record in expected.records]
    # Once more, when there is nothing left to do.
    assert fit(small(seed=8), X, Y, checkpoint=file, resume=True, **settings()) == expected


def test_more_epochs_can_be_added(file: Path) -> None:
    unbroken, model = small(), small()
    fit(unbroken, X, Y, epochs=9)
    for epochs in (2, 5, 9):
        fit(model, X, Y, epochs=epochs, checkpoint=file, resume=True)
    assert bits(model) == bits(unbroken)


@pytest.mark.parametrize("ended", [1, 2, 3, 4, 5, 6])
def test_every_so_many_epochs_and_at_the_end(file: Path, ended: int) -> None:
    fit(small(), X, Y, epochs=ended, checkpoint=file, checkpoint_every=4)
    assert len(json.loads(file.read_text())["records"]) == ended
    file.unlink()
    with pytest.raises(Broken):
        fit(small(), X, Y, epochs=9, checkpoint=file, checkpoint_every=4, callback=stop_after(ended))
    assert file.exists() == (ended >= 4)


def test_an_interrupt_leaves_the_last_whole_epoch_to_go_on_from(file: Path) -> None:
    unbroken, model = small(), small()
    expected = fit(unbroken, X, Y, epochs=10)
    history = fit(model, X, Y, epochs=10, checkpoint=file, callback=stop_after(4, KeyboardInterrupt))
    assert history.ended == "interrupted"
    assert fit(model, X, Y, epochs=10, checkpoint=file, resume=True) == expected
    assert bits(model) == bits(unbroken)


def test_without_resume_a_training_starts_anew(file: Path) -> None:
    fit(small(), X, Y, epochs=3, checkpoint=file)
    model, fresh = small(), small()
    fit(model, X, Y, epochs=2, checkpoint=file)
    fit(fresh, X, Y, epochs=2)
    assert bits(model) == bits(fresh)


def test_frozen_parameters_are_not_touched(file: Path) -> None:
    models = [small(), small()]
    for model in models:
        model.layers[0].freeze()
    fit(models[0], X, Y, epochs=6)
    fit(models[1], X, Y, epochs=3, checkpoint=file)
    fit(models[1], X, Y, epochs=6, checkpoint=file, resume=True)
    assert bits(models[0]) == bits(models[1])


# Other trainings, other files.


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"X": X + 1e-9}, "rows"),
        ({"y": 1 - Y}, "rows"),
        ({"validation": HELD_OUT}, "validation rows"),
        ({"loss": "hinge"}, "loss"),
        ({"batch_size": 7}, "batch_size"),
        ({"engine": "eager"}, "engine"),
        ({"learning_rate": 0.5}, "optimizer"),
        ({"optimizer": "adamw"}, "optimizer"),
        ({"optimizer": adam(cosine(0.1, 10))}, "optimizer"),
        ({"model": MLP(2, [5, 1], "tanh", seed=0)}, "parameters"),
        ({"seed": np.random.Generator(np.random.MT19937(5))}, "generator"),
    ],
)
def test_a_checkpoint_of_another_training_is_refused(file: Path, change: dict[str, Any], name: str) -> None:
    fit(small(), X, Y, epochs=2, checkpoint=file)
    kept = file.read_bytes()
    given = {"model": small(), "X": X, "y": Y, **change}
    before = bits(given["model"])
    with pytest.raises(StorageError, match=f"of another training: {name} was .*, and is "):
        fit(**given, epochs=4, checkpoint=file, resume=True)
    assert file.read_bytes() == kept
    assert bits(given["model"]) == before


def changed(file: Path, **parts: Any) -> None:
    file.write_text(json.dumps(json.loads(file.read_text()) | parts))


@pytest.mark.parametrize(
    "change",
    [
        lambda file: file.write_bytes(file.read_bytes()[:100]),
        lambda file: file.write_bytes(file.read_bytes()[:-30]),
        lambda file: file.write_bytes(b""),
        lambda file: file.write_bytes(b"\x80\x04\x95"),
        lambda file: file.write_bytes(b"[" * 100_000),
        lambda file: file.write_text("{}"),
        lambda file: file.write_text('{"format": "glassgrad checkpoint", "version": 1}'),
        lambda file: save(small(), file),
        lambda file: changed(file, version=2),
        lambda file: changed(file, parameters=3),
        lambda file: changed(file, parameters={"numbers": [1.0], "kind": "float64"}),
        lambda file: changed(file, parameters={"numbers": [float("nan")] * 17, "kind": "float64"}),
        lambda file: changed(file, parameters={"numbers": [1.0] * 17, "kind": "object"}),
        lambda file: changed(file, best={"numbers": ["a"] * 17, "kind": "float64"}),
        lambda file: changed(file, records=[{"epoch": 1}]),
        lambda file: changed(file, records=[{"epoch": 1, "loss": "x"}]),
        lambda file: changed(file, records="abc"),
        lambda file: changed(file, best_epoch=77),
        lambda file: changed(file, improved=None),
        lambda file: changed(file, best_cost="0"),
        lambda file: changed(file, generator=None),
        lambda file: changed(file, generator={"items": {"bit_generator": "PCG64"}}),
        lambda file: changed(file, optimizer=[3]),
        lambda file: changed(file, optimizer=[0, [[{"numbers": [1.0], "kind": "float64"}] * 2]]),
    ],
)
def test_a_file_that_is_no_whole_checkpoint_is_refused(file: Path, change: Callable[[Path], Any]) -> None:
    fit(small(), X, Y, epochs=2, checkpoint=file)
    change(file)
    kept = file.read_bytes()
    model = small()
    before = bits(model)
    with pytest.raises(StorageError, match=str(file)):
        fit(model, X, Y, epochs=4, checkpoint=file, resume=True)
    assert file.read_bytes() == kept
    assert bits(model) == before


def test_a_state_that_json_cannot_hold(file: Path) -> None:
    strange = Optimizer(lambda p: object(), lambda g, state, p: (-0.1 * g, state))
    with pytest.raises(StorageError, match="optimizer has a object"):
        fit(small(), X, Y, optimizer=strange, epochs=2, checkpoint=file)
    assert not file.exists()


def test_wrong_arguments(file: Path, tmp_path: Path) -> None:
    with pytest.raises(OperandError, match="resume=True goes on from a checkpoint"):
        fit(small(), X, Y, resume=True)
    with pytest.raises(OperandError, match="checkpoint_every must be a whole number"):
        fit(small(), X, Y, checkpoint=file, checkpoint_every=0)
    model = small()
    before = bits(model)
    with pytest.raises(OSError, match="no such folder"):  # before any time is spent
        fit(model, X, Y, checkpoint=tmp_path / "none" / "file")
    assert bits(model) == before
    assert issubclass(StorageError, GlassgradError)


# Real processes, killed.

_TRAINS = """
import sys
from nn import MLP, data, fit

X, y = data.moons(40, noise=0.2, seed=3)
model = MLP(2, [4, 1], "tanh", seed=0)
tell = lambda record: print(int(record["epoch"]), flush=True)
history = fit(model, X, y, epochs=int(sys.argv[2]), checkpoint=sys.argv[1], resume=True, callback=tell)
print(history.ended, *map(float.hex, model.state_dict().values()))
"""


def start(script: str, *arguments: Any) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a test run in the background ignores it
    )


@pytest.mark.skipif(os.name != "posix", reason="signals are POSIX's")
@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGINT])
def test_a_process_that_is_killed_again_and_again_ends_with_the_same_bits(file: Path, sent: signal.Signals) -> None:
    unbroken = small()
    fit(unbroken, X, Y, epochs=400)
    for stop in (5, 90, 200):
        child = start(_TRAINS, file, 400)
        assert child.stdout is not None
        for line in child.stdout:  # well on its way, in the middle of whatever it does
            if int(line) >= stop:
                child.send_signal(sent)
                break
        child.communicate(timeout=60)
        assert child.returncode == (-sent if sent == signal.SIGKILL else 0)
        stored = json.loads(file.read_text())
        assert stop - 1 <= len(stored["records"]) < 400
    out, _ = start(_TRAINS, file, 400).communicate(timeout=60)
    assert out.splitlines()[-1].split() == ["finished", *bits(unbroken)]


_SAVES = """
import itertools, sys
from nn import MLP, save

models = [MLP(9, [60, 1], "tanh", seed=seed) for seed in (0, 1)]
save(models[0], sys.argv[1])
print("ready", flush=True)
for i in itertools.count():
    save(models[i % 2], sys.argv[1])
"""


@pytest.mark.skipif(os.name != "posix", reason="signals are POSIX's")
@pytest.mark.parametrize("wait", [0.0, 0.02])
def test_a_process_that_is_killed_while_it_saves_leaves_a_whole_file(tmp_path: Path, wait: float) -> None:
    file = tmp_path / "model.json"
    child = start(_SAVES, file)
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    time.sleep(wait)
    child.kill()
    child.communicate(timeout=60)
    states = [MLP(9, [60, 1], "tanh", seed=seed).state_dict() for seed in (0, 1)]
    assert load(file).state_dict() in states
