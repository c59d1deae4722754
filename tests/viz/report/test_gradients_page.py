"""The δ report in a browser: as a whole page, as a piece that was saved to a file, and inside of Jupyter's style."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from nn import MLP, data, explain
from tests.viz.looks import faults, ground

MODEL = MLP(2, [8, 3, 1], "tanh", seed=0)
X, y = data.moons(30, seed=0)
REPORTS = {
    "sample": explain(MODEL, [0.5, -1.0], target=1),
    "batch": explain(MLP(2, [8, 8, 1], "sigmoid", init="zeros", seed=0), X, targets=y),
}
#: What JupyterLab's own style says about tables.
JUPYTER = """
.jp-RenderedHTMLCommon table { margin: 0 auto; border: none; font-size: 12px; table-layout: fixed }
.jp-RenderedHTMLCommon td, .jp-RenderedHTMLCommon th, .jp-RenderedHTMLCommon tr {
  text-align: right; vertical-align: middle; padding: 0.5em; line-height: normal; white-space: normal; max-width: none }
.jp-RenderedHTMLCommon tbody tr:nth-child(odd) { background: rgb(1, 2, 3) }
.jp-RenderedHTMLCommon p { text-align: right }
"""


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("kind", REPORTS)
def test_it_is_readable_everywhere(kind: str, lang: str, browser: Any, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    page.write_text(REPORTS[kind].to_html(lang, standalone=True), encoding="utf-8")
    assert faults(browser, page) == []


@pytest.mark.parametrize("standalone", [True, False])
def test_opened_from_a_file_it_follows_the_theme(standalone: bool, browser: Any, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    page.write_text(REPORTS["sample"].to_html(standalone=standalone), encoding="utf-8")
    assert ground(browser, page, "light") == "rgb(255, 255, 255)"
    assert ground(browser, page, "dark") == "rgb(18, 23, 29)"
    assert faults(browser, page) == []


def test_on_a_phone_every_figure_is_on_the_screen_beside_its_name(browser: Any, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    page.write_text(REPORTS["sample"].to_html(standalone=True), encoding="utf-8")
    context = browser.new_context(viewport={"width": 390, "height": 844})
    opened = context.new_page()
    opened.goto(page.as_uri())
    rows = opened.locator("table:not(.equations) >> nth=0").locator("tbody tr")
    assert rows.count() == 8
    words = rows.first.inner_text().split("\n")
    assert [words[0], *words[1::2]] == ["neurons.0", "z", "a", "∂C/∂a", "σ'(z)", "δ = ∂C/∂b", "∂C/∂w = δ · ain"]
    context.close()


def test_inside_a_notebook_it_keeps_its_own_style_and_leaves_the_page_alone(browser: Any, tmp_path: Path) -> None:
    page = tmp_path / "notebook.html"
    page.write_text(
        f"<!doctype html><style>{JUPYTER}</style><body><div class=jp-RenderedHTMLCommon><p id=other>x</p>"
        f"{REPORTS['sample']._repr_html_()}</div>",
        encoding="utf-8",
    )
    context = browser.new_context(color_scheme="dark")
    opened = context.new_page()
    opened.goto(page.as_uri())
    style = "(element, name) => getComputedStyle(element)[name]"

    def shown(selector: str, name: str) -> str:
        found: str = opened.locator(selector).first.evaluate(f"(element) => ({style})(element, {name!r})")
        return found

    assert shown(".glassgrad-report p", "textAlign") == "left"
    assert shown(".glassgrad-report tbody th", "textAlign") == "left"
    assert shown(".glassgrad-report td.n", "textAlign") == "right"
    assert shown(".glassgrad-report tbody tr", "backgroundColor") == "rgba(0, 0, 0, 0)"
    assert shown("#other", "textAlign") == "right"
    assert shown("html", "backgroundColor") == "rgba(0, 0, 0, 0)"
    context.close()
