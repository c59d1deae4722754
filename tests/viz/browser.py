"""A real browser for the tests of pages: the one that is installed, watched for whatever a page must not do."""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

#: The gradients that a page shows, by the ids of the nodes.
GRADIENTS = """() => {
  const shown = [...document.querySelectorAll("[data-grad]")];
  return Object.fromEntries(shown.map((each) => [each.dataset.key, each.dataset.grad]));
}"""
PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}


@contextlib.contextmanager
def running_browser() -> Iterator[Any]:
    """Chromium without a window; the tests that need it are skipped where there is none."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        pytest.skip(f"the explorer was not opened in a browser: none of {', '.join(PROGRAMS)} is installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


def until(page: Any, expression: str) -> None:
    """Wait for an expression to hold; the page's own policy forbids Playwright's way of waiting inside it."""
    deadline = time.monotonic() + 10
    while not page.evaluate(expression):
        assert time.monotonic() < deadline, f"in vain: {expression}"
        page.wait_for_timeout(10)


@contextlib.contextmanager
def opened(browser: Any, path: Path, fragment: str = "", **settings: Any) -> Iterator[Any]:
    """The page in `path`; at the end it must have said nothing, failed nowhere and asked for nothing."""
    context = browser.new_context(**{"viewport": DESKTOP, "reduced_motion": "reduce", **settings})
    page = context.new_page()
    page.set_default_timeout(10_000)
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    page.on("pageerror", lambda error: told.append(str(error)))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    try:
        page.goto(path.as_uri() + fragment)
        yield page
        assert told == []
        assert all(url.startswith(path.as_uri()) for url in asked), asked
    finally:
        context.close()
