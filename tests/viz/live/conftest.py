"""A browser page that holds the engine and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from viz.live.script import engine
from viz.single_file import joined

_EXPORTED = "window.engine = { $, LOSSES, Network, Optimizer, RULES, Value, apply, interior };\n"


@pytest.fixture(scope="module")
def js(browser: Any) -> Iterator[Any]:
    """Evaluates JavaScript beside the engine: ``js("(x) => ...", x)``."""
    page = browser.new_page()
    page.add_script_tag(content=joined([*engine(), _EXPORTED]))
    yield page.evaluate
    page.close()
