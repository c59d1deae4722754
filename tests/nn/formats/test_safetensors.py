"""safetensors: models come back to the last bit; files that are cut, huge, hostile or of another shape are refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograd import StorageError
from nn import MLP, Classifier, Module, Neuron, Parameter, data, load, save
from tests.nn.test_storage import CHANGED

library = pytest.importorskip("safetensors.numpy", reason="safetensors is not installed")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "model.safetensors"


@pytest.mark.parametrize("make", [lambda: MLP(3, [4, 2], "gelu", bias=False, seed=0), *CHANGED])
def test_a_perceptron_comes_back_to_the_last_bit(file: Path, make: Any) -> None:
    model = make()
    model.parameters()[0].data = 5e-324
    save(model, file)
    twin = load(file)
    assert repr(twin) == repr(model)
    assert {k: x.hex() for k, x in twin.state_dict().items()} == {k: x.hex() for k, x in model.state_dict().items()}
    assert len(twin.parameters()) == len(model.parameters())
    save(twin, file.with_name("again.safetensors"))
    assert file.with_name("again.safetensors").read_bytes() == file.read_bytes()


def test_modules_of_ones_own_and_estimators(file: Path) -> None:
    class Scale(Module):
        def __init__(self, start: float) -> None:
            self.factor, self.inner = Parameter(start), Neuron(2, seed=int(start))

    save(Scale(3.0), file)
    assert load(file, into=Scale(0.0)).state_dict() == Scale(3.0).state_dict()
    X, y = data.blobs(30, seed=1)
    classifier = Classifier((4,), epochs=2).fit(X, np.array(["a", "b", "c"])[y])
    save(classifier, file)
    assert load(file).predict(X).tolist() == classifier.predict(X).tolist()


def test_tensors_alone_fill_a_model(file: Path) -> None:
    model = MLP(3, [4, 2], "tanh", seed=0)
    tensors = {"0.weight": np.ones((4, 3), np.float32), "0.bias": np.zeros(4), "2.weight": np.ones((2, 4)),
               "2.bias": np.array([5, 6])}  # fmt: skip
    file.write_bytes(library.save(tensors))
    assert load(file, into=model) is model
    assert model.layers[1].neurons[1].b is not None
    assert model.layers[1].neurons[1].b.data == 6.0
    with pytest.raises(StorageError, match="holds tensors alone: make the model"):
        load(file)
    other = MLP(3, [5, 2], seed=0)
    before = other.state_dict()
    with pytest.raises(StorageError, match=r"tensor '0.weight' has the shape \(4, 3\), the model's \(5, 3\)"):
        load(file, into=other)
    assert other.state_dict() == before


def whole() -> bytes:
    from nn.formats.safetensors_file import to_bytes
    from nn.formats.structure import describe

    return to_bytes({"version": 2, **describe(MLP(2, [3, 1], "tanh", seed=0))})


def with_header(change: Any) -> bytes:
    content = whole()
    end = 8 + int.from_bytes(content[:8], "little")
    header = json.loads(content[8:end])
    change(header)
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + content[end:]


def with_document(**parts: Any) -> bytes:
    def change(header: Any) -> None:
        header["__metadata__"]["glassgrad"] = json.dumps(json.loads(header["__metadata__"]["glassgrad"]) | parts)

    return with_header(change)


LAYERS = [{"neurons": 3, "activation": "tanh", "bias": True}, {"neurons": 1, "activation": "linear", "bias": True}]

HOSTILE = {
    "empty": b"",
    "short": b"abc",
    "a header that is said to be endless": (2**63).to_bytes(8, "little") + b"{}",
    "a header that is longer than the file": (1000).to_bytes(8, "little") + b"{}",
    "no JSON": (4).to_bytes(8, "little") + b"abcd",
    "a pickle": b"\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00\x8c\x08builtins",
    "nested": (60_000).to_bytes(8, "little") + b"[" * 60_000,
    "offsets outside": with_header(lambda h: h["0.weight"].update(data_offsets=[0, 10**9])),
    "a huge shape": with_header(lambda h: h["0.weight"].update(shape=[10**9, 10**9])),
    "another shape": with_header(lambda h: h["0.weight"].update(shape=[2, 3])),
    "no tensor": with_header(lambda h: h.pop("2.bias")),
    "an unknown kind": with_header(lambda h: h["0.bias"].update(dtype="X7")),
    "no text": with_header(lambda h: h["__metadata__"].update(glassgrad="{")),
    "no document": with_header(lambda h: h["__metadata__"].update(glassgrad="[1]")),
    "another version": with_document(version=3),
    "huge layers": with_document(layers=[{"neurons": 10**12, "activation": "tanh", "bias": True}]),
    "huge inputs": with_document(n_in=10**15),
    "no layers": with_document(layers=[]),
    "an activation that is none": with_document(layers=[LAYERS[0] | {"activation": "__import__('os')"}, LAYERS[1]]),
    "another kind": with_document(kind="CNN"),
    "tied to nothing": with_document(tied={"layers.0.neurons.0.b": "layers.9.b"}),
    "frozen nothing": with_document(frozen=["x"]),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_what_is_no_whole_model_is_refused(file: Path, case: str) -> None:
    file.write_bytes(HOSTILE[case])
    with pytest.raises(StorageError, match=str(file)):
        load(file)


def test_a_file_cut_short_anywhere_is_refused(file: Path) -> None:
    content = whole()
    for size in range(0, len(content), 13):
        file.write_bytes(content[:size])
        with pytest.raises(StorageError, match=str(file)):
            load(file)


def test_numbers_that_are_not_finite(file: Path) -> None:
    tensors = {"0.weight": np.array([[1.0, np.nan]]), "0.bias": np.zeros(1)}
    file.write_bytes(library.save(tensors))
    model = MLP(2, [1], seed=0)
    before = model.state_dict()
    with pytest.raises(StorageError, match="must be a finite number"):
        load(file, into=model)
    assert model.state_dict() == before


def test_an_old_file_stays_when_saving_fails(file: Path) -> None:
    file.write_text("precious")
    model = MLP(2, [1], seed=0)
    model.layers[0].neurons[0].b = 3.0  # type: ignore[assignment]
    with pytest.raises(StorageError):
        save(model, file)
    assert file.read_text() == "precious"
