"""Models as source: what is printed computes the same, in a process that has nothing of ours, and says so in LaTeX."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograd import OperandError, StorageError
from nn import MLP, Layer, activations, to_latex, to_python
from tests.nn.test_storage import CHANGED

X = np.random.default_rng(0).normal(size=(9, 2))


def run(model: MLP, rows: Any) -> Any:
    scope: dict[str, Any] = {}
    exec(to_python(model), scope)  # noqa: S102 - our own source
    return scope["outputs"](rows)


@pytest.mark.parametrize("activation", activations())
def test_every_activation_computes_the_same(activation: str) -> None:
    model = MLP(2, [4, 3, 2], activation, seed=0)
    np.testing.assert_allclose(run(model, X), model.outputs(X), rtol=1e-13, atol=1e-300)
    far = X * 300.0
    np.testing.assert_allclose(run(model, far), model.outputs(far), rtol=1e-12, atol=1e-300)


@pytest.mark.parametrize("make", CHANGED)
def test_whatever_a_perceptron_was_made_into(make: Any) -> None:
    rows = np.random.default_rng(0).normal(size=(5, 3))
    np.testing.assert_allclose(run(make(), rows), make().outputs(rows), rtol=1e-13)


def test_it_needs_numpy_alone(tmp_path: Path) -> None:
    model = MLP(2, [8, 3], "gelu", output_activation="silu", seed=0)
    (tmp_path / "model.py").write_text(to_python(model))
    script = (
        "import json, sys, model; print(json.dumps(model.outputs(json.loads(sys.argv[1])).tolist())); "
        "assert not {'autograd', 'nn', 'viz'} & set(sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, json.dumps(X.tolist())], cwd=tmp_path, env={"PATH": "/usr/bin"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    np.testing.assert_allclose(json.loads(done.stdout), model.outputs(X), rtol=1e-13)


def test_latex_says_the_same_layers() -> None:
    model = MLP(2, [2, 1], "tanh", bias=False, seed=0)
    model.layers[0].neurons[1].activation = "relu"
    first, second = to_latex(model).splitlines()[1:3]
    w = [weight.data for weight in model.layers[0].neurons[0].w]
    matrix = rf"\begin{{pmatrix}} {w[0]:.4g} & {w[1]:.4g} \\ "
    assert first.startswith(rf"a_{{1}} &= (\tanh, \operatorname{{relu}})\left({matrix}")
    assert first.endswith(r"\end{pmatrix} x\right) \\")
    assert second.startswith(r"a_{2} &= \begin{pmatrix} ")
    assert second.endswith(r"\end{pmatrix} a_{1}")
    assert to_latex(model).count("{") == to_latex(model).count("}")


def test_what_is_no_perceptron_as_it_comes_is_refused() -> None:
    model = MLP(2, [3, 1], seed=0)
    model.layers[0] = type("Doubling", (Layer,), {})(2, 3)
    for printer in (to_python, to_latex):
        with pytest.raises(StorageError, match=r"layers\.0 is a Doubling"):
            printer(model)
        with pytest.raises(OperandError, match="takes an MLP"):
            printer(Layer(2, 3))  # type: ignore[arg-type]
