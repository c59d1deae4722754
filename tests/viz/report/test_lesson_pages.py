"""The lessons' pages in a browser: readable at any width, in light and dark."""

from __future__ import annotations

from typing import Any

import pytest

from tests import ROOT
from tests.viz.looks import faults


@pytest.mark.parametrize("page", ["index", "saturation", "zh/symmetry", "zh/pressure"])
def test_they_are_readable_everywhere(page: str, browser: Any) -> None:
    assert faults(browser, ROOT / "docs" / "lessons" / f"{page}.html") == []
