"""What importing viz costs and needs: no extra, no pyplot, and an ``autograd`` that is ours."""

from __future__ import annotations

import importlib
import os
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import viz
from tests import ROOT


def python(code: str, *paths: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, (*paths, ROOT)))}
    return subprocess.run(
        [sys.executable, "-P", "-c", code], env=environment, capture_output=True, text=True, timeout=120, check=False
    )


def test_all_is_complete() -> None:
    public = {name for name in vars(viz) if not name.startswith("_")}
    modules = {module.name for module in pkgutil.iter_modules(viz.__path__)}
    assert (public - modules) | {"picture", "render"} == set(viz.__all__)
    assert viz.__all__ == sorted(viz.__all__)


@pytest.mark.parametrize("name", [m.name for m in pkgutil.iter_modules(viz.__path__) if not m.name.startswith("__")])
def test_every_module_says_what_it_lets_you_do_and_what_it_offers(name: str) -> None:
    module = importlib.import_module(f"viz.{name}")
    assert module.__doc__
    for offered in getattr(module, "__all__", ()):
        assert hasattr(module, offered)


def test_importing_viz_loads_no_extra() -> None:
    done = python("import sys, viz; print({'matplotlib', 'pygraphviz', 'rich', 'IPython'} & sys.modules.keys())")
    assert done.stdout.strip() == "set()", done.stderr


def test_plots_never_touch_pyplot() -> None:
    done = python(
        "import io, sys, viz\n"
        "viz.plot_loss([1.0, 0.5]).figure.savefig(io.BytesIO())\n"
        "viz.plot_decision_boundary(lambda X: X[:, 0], [[0, 0], [1, 1]], [0, 1]).figure.savefig(io.BytesIO())\n"
        "print('matplotlib.pyplot' in sys.modules)"
    )
    assert done.stdout.strip() == "False", done.stderr


@pytest.mark.parametrize(
    "call", ["viz.plot_loss([1.0])", "viz.plot_decision_boundary(lambda X: X[:, 0], [[0, 0], [1, 1]])"]
)
def test_without_matplotlib_plots_say_what_to_install(call: str) -> None:
    done = python(
        f"import sys; sys.modules['matplotlib'] = sys.modules['matplotlib.figure'] = None\nimport viz\n{call}"
    )
    assert done.returncode == 1
    assert done.stderr.strip().splitlines()[-1] == 'ImportError: plots need matplotlib: pip install "glassgrad[plot]"'


def test_without_matplotlib_graphs_are_drawn() -> None:
    done = python(
        "import sys; sys.modules['matplotlib'] = None\n"
        "import viz, autograd\n"
        "print(viz.draw(autograd.Value(1.0)).source)"
    )
    assert done.stdout.startswith("digraph"), done.stderr


def test_another_autograd_is_named(tmp_path: Path) -> None:
    package = tmp_path / "autograd"
    package.mkdir()
    (package / "__init__.py").write_text("def grad(f): ...\n")
    done = python("import viz", tmp_path)
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith(f"ImportError: viz needs glassgrad's package autograd, but found another one at {package}")
    assert "environment of its own" in last
