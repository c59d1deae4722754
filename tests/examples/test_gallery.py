"""The gallery: every picture and page can still be made, and has the form that it had."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from examples.gallery import ARTEFACTS, OUT, Artefact, index, structure

KEPT = json.loads((OUT / "structure.json").read_text(encoding="utf-8"))


@pytest.fixture(autouse=True)
def no_window(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "MPLBACKEND", "Agg")


@pytest.mark.parametrize("artefact", ARTEFACTS, ids=[artefact.name for artefact in ARTEFACTS])
def test_it_has_the_form_that_it_had(artefact: Artefact, tmp_path: Path) -> None:
    """After a change that is meant: make gallery, look at it, and commit its structure.json."""
    artefact.make(tmp_path / artefact.name)
    assert structure(tmp_path / artefact.name) == KEPT[artefact.name]


def test_the_page_shows_each_of_them() -> None:
    page = index(ARTEFACTS)
    assert KEPT.keys() == {name for name, _, _ in ARTEFACTS}
    for name, _, _ in ARTEFACTS:
        assert f'src="{name}"' in page
