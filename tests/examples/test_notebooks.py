"""The notebooks, executed: no cell fails, figures and pictures appear, and the page that nbconvert makes has them."""

from __future__ import annotations

import os
from typing import Any

import pytest

from tests import ROOT

FOLDER = ROOT / "examples" / "notebooks"
#: How many pictures each must show: matplotlib's as PNG, graphs as SVG, reports and pages as HTML.
SHOWN = {
    "expressions": {"image/svg+xml": 1, "text/html": 1},
    "training": {"image/png": 4},
    "explaining": {"image/png": 2, "text/html": 2},
}


def test_there_is_a_test_of_each() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.ipynb")) == sorted(SHOWN)


@pytest.mark.filterwarnings("ignore")  # of Jupyter's own packages
@pytest.mark.parametrize("name", SHOWN)
def test_it_runs_and_shows_its_figures(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    nbformat = pytest.importorskip("nbformat", reason="nbformat is not installed")
    nbclient = pytest.importorskip("nbclient", reason="nbclient is not installed")
    nbconvert = pytest.importorskip("nbconvert", reason="nbconvert is not installed")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH")))))
    notebook: Any = nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)
    assert not any(cell.get("outputs") for cell in notebook.cells)  # kept without what a run leaves
    nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert not [output for output in outputs if output.output_type == "stream" and output.name == "stderr"]
    found = [kind for output in outputs for kind in output.get("data", {})]
    for kind, count in SHOWN[name].items():
        assert found.count(kind) == count, kind
    page, _ = nbconvert.HTMLExporter(template_name="lab").from_notebook_node(notebook)
    assert page.count("data:image/png;base64,") >= SHOWN[name].get("image/png", 0)
