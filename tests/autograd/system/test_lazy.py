"""Importing the packages loads what builds graphs and networks, and nothing else; every public name is there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import autograd
import nn

ROOT = Path(__file__).parents[3]


def loaded(program: str) -> set[str]:
    code = f"{program}; import sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    return set(done.stdout.split())


def test_what_is_not_used_is_not_loaded() -> None:
    found = loaded("import autograd, nn; nn.MLP(2, [2, 1])([1.0, 2.0]).backward()")
    for name in (
        "autograd.compiler",
        "autograd.transforms",
        "nn.data",
        "nn.estimators",
        "nn.training",
        "tqdm",
        "numpy.ma",
    ):
        assert name not in found
    assert "autograd.compiler" in loaded("from autograd import compile")


def test_every_public_name_is_there() -> None:
    for package in (autograd, nn):
        for name in package.__all__:
            assert getattr(package, name) is not None
            assert name in dir(package)
    assert not hasattr(autograd, "no_such_name")
    assert callable(nn.explain)
    assert callable(autograd.compile)


def test_submodules_do_not_hide_functions() -> None:
    program = "import nn.explanation.explain, nn.training.fit, autograd.transforms.grad, autograd, nn; "
    loaded(program + "assert callable(nn.fit) and callable(nn.explain) and callable(autograd.grad)")
