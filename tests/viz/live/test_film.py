"""A training recorded, and its film: a page that a browser plays, a GIF."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import viz
from autograd import DataError, OperandError
from nn import MLP, Neuron, Recording, data, fit
from tests.viz.browser import opened, until


@pytest.fixture(scope="module")
def recording() -> Recording:
    X, y = data.moons(40, noise=0.1, seed=0)
    recording = Recording()
    fit(MLP(2, [3, 1], "tanh", seed=0), X, y, epochs=12, learning_rate=0.05, record=recording)
    return recording


def test_every_epoch_is_kept_as_it_was(recording: Recording) -> None:
    model = MLP(2, [3, 1], "tanh", seed=0)
    start = [parameter.data for parameter in model.parameters()]
    history = fit(model, recording.X, recording.y, epochs=12, learning_rate=0.05)
    assert recording.epochs == list(range(13))
    assert recording.parameters[0].tolist() == start
    assert recording.parameters[-1].tolist() == [parameter.data for parameter in model.parameters()]
    assert [record["loss"] for record in recording.records[1:]] == history["loss"]
    with pytest.raises(OperandError, match="another model"):
        fit(model, recording.X, recording.y, epochs=1, record=recording)


def test_a_page_with_a_time_slider(browser: Any, tmp_path: Path, recording: Recording) -> None:
    assert recording.model is not None
    trained = recording.model.state_dict()
    viz.export_film(recording, tmp_path / "film.html", lang="zh")
    assert recording.model.state_dict() == trained
    names = list(trained)
    with opened(browser, tmp_path / "film.html") as page:
        for epoch in (0, 7, 12):
            page.locator("#film-slider").fill(str(epoch))
            found = page.evaluate("glassgrad.state()")
            shown = [found["parameters"][name] for name in names]
            np.testing.assert_allclose(shown, recording.parameters[epoch], rtol=1e-6)
            if epoch:
                assert found["loss"] == pytest.approx(recording.records[epoch]["loss"], rel=1e-5)
        assert page.text_content("#film-at") == "第 12 轮，共 12 轮"
        page.click("#film-play")
        until(page, "document.getElementById('film-slider').value === '12'")


def test_a_gif_has_a_picture_an_epoch(tmp_path: Path, recording: Recording) -> None:
    from PIL import Image

    assert viz.export_film(recording, tmp_path / "film.gif") is None
    with Image.open(tmp_path / "film.gif") as film:
        assert film.n_frames == 13


def test_what_is_no_film_is_refused(tmp_path: Path, recording: Recording) -> None:
    with pytest.raises(DataError, match="nothing was recorded"):
        viz.export_film(Recording(), tmp_path / "film.html")
    with pytest.raises(OperandError, match=r"\.mp4"):
        viz.export_film(recording, tmp_path / "film.mp4")
    other = Recording()
    fit(Neuron(2, "linear", seed=0), recording.X, recording.y, epochs=1, record=other)
    with pytest.raises(OperandError, match="MLP"):
        viz.export_film(other, tmp_path / "film.html")
    assert list(tmp_path.iterdir()) == []
