"""The page of a training: readable everywhere, true, and its own whatever is written later."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograd.calculus.notation import number
from nn import Classifier, Regressor
from nn.data.table import Table
from nn.training.experiment import Experiment, read_table, run
from tests.viz.looks import faults
from viz.report.experiment import free_folder, write_report


@pytest.fixture(scope="module")
def moons() -> Experiment:
    table = read_table("moons", samples=80, noise=0.2)
    return run("moons", table, Classifier((4,), "tanh", epochs=10, learning_rate=0.05, progress=False))


@pytest.fixture(scope="module")
def wave() -> Experiment:
    x = np.linspace(-3.0, 3.0, 40)
    table = Table(x[:, None], 3.0 * np.sin(x), ("x",), (), "height")
    return run("wave", table, Regressor((4,), "tanh", epochs=10, progress=False))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_it_is_readable_everywhere(
    lang: str, moons: Experiment, wave: Experiment, browser: Any, tmp_path: Path
) -> None:
    assert faults(browser, write_report([moons, wave], tmp_path, lang)) == []
    assert faults(browser, tmp_path / "moons" / "gradients.html") == []


def test_its_numbers_are_those_of_the_training(moons: Experiment, tmp_path: Path) -> None:
    page = write_report([moons], tmp_path).read_text(encoding="utf-8")
    classifier, history = moons.classifier, moons.classifier.history_
    picked = classifier.predict_proba(moons.X_test)[np.arange(20), classifier.classes_.searchsorted(moons.y_test)]
    costs = -np.log(picked)
    assert f"whose mean cost is {number(float(costs.mean()))}, this one costs most" in page
    assert f"C = {number(float(costs.max()))}" in page
    assert f"{number(history['validation_loss'][history.best_epoch - 1])} on those that chose the epoch" in page
    assert "48 learnt from, 12 to choose the epoch by, 20 held out and never seen" in page
    assert "on 12 validation rows, by which the best epoch was chosen" in page
    assert "held out" not in re.findall(r"<figcaption>(The mean cost[^;]*)", page)[0]


def test_it_never_shows_another_runs_pictures(moons: Experiment, tmp_path: Path) -> None:
    page = write_report([moons], tmp_path)
    before = page.read_bytes()
    assert not re.findall(rb'src="(?!data:)', before)  # every picture stands in the page itself
    links = set(re.findall(r'href="([^"]+)"', before.decode()))
    assert {"explore.html", "play.html", "gradients.html", "model.json"} <= links
    assert all((tmp_path / link).exists() for link in links)


def test_a_run_takes_a_folder_of_its_own(tmp_path: Path) -> None:
    assert free_folder(tmp_path / "moons") == tmp_path / "moons"
    (tmp_path / "moons").mkdir()
    assert free_folder(tmp_path / "moons") == tmp_path / "moons"  # empty
    (tmp_path / "moons" / "index.html").touch()
    (tmp_path / "moons-2").touch()
    assert free_folder(tmp_path / "moons") == tmp_path / "moons-3"
