"""The playground as its readers meet it: any width, light and dark, two languages, keyboard, files of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import viz
from nn import MLP
from nn.layers import activations
from tests.viz.browser import PHONE, opened, until

HOSTILE = '<img src=x onerror="alert(1)">'
SIZES = {"desktop": {"width": 1440, "height": 900}, "projector": {"width": 1920, "height": 1080}, "phone": PHONE}
SCRIPT = "</script><script>alert(2)</script>"
TABLE = "\n".join([
    f'size,"weight; ""net""",{HOSTILE}', f"1.0,2.0,{HOSTILE}", f"1.5,2.5,{SCRIPT}", f"3.0,0.5,{HOSTILE}",
    f"3.5,0.25,{SCRIPT}", f"2.0,1.0,{HOSTILE}",
])  # fmt: skip
DROP = """([name, text]) => {
  const transfer = new DataTransfer();
  transfer.items.add(new File([text], name, { type: "text/csv" }));
  document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
}"""
#: The smallest letters on the page, in pixels.
SMALLEST = """() => Math.min(...[...document.querySelectorAll("body *")]
  .filter((each) => each.checkVisibility() && [...each.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
  .filter((each) => !each.closest("noscript, #told, script"))
  .map((each) => parseFloat(getComputedStyle(each).fontSize)))"""


@pytest.fixture(scope="module")
def moons(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("playground") / "page.html"
    viz.playground(path=path)
    return path


def state(page: Any) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate("glassgrad.state()")
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_every_width_in_light_and_dark(browser: Any, moons: Path, size: str, scheme: str) -> None:
    with opened(browser, moons, viewport=SIZES[size], color_scheme=scheme, has_touch=size == "phone") as page:
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        light = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (sum(map(int, light[4:-1].split(","))) > 380) == (scheme == "light")
        page.click("#step-epoch")
        assert state(page)["step"] == 10
        page.click("#play")
        until(page, "glassgrad.state().step > 100")
        page.click("#play")
        before = state(page)["step"]
        page.wait_for_timeout(60)
        assert state(page)["step"] == before
        page.click("#reset")
        assert state(page)["step"] == 0


def test_a_projector_has_large_letters_and_begins_at_the_start(browser: Any, moons: Path) -> None:
    with opened(browser, moons, viewport=SIZES["projector"]) as page:
        page.evaluate("glassgrad.train(30)")
        page.click("#projector")
        assert state(page)["step"] == 0
        assert page.evaluate(SMALLEST) >= 24
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.wait_for_timeout(300)
        link = page.evaluate("location.hash")
    with opened(browser, moons, link) as page:
        assert page.get_attribute("#projector", "aria-pressed") == "true"


def test_two_languages_by_one_switch(browser: Any, moons: Path) -> None:
    with opened(browser, moons) as page:
        assert page.text_content("#step-batch") == "Batch"
        page.click("#language")
        assert page.text_content("#step-batch") == "一批"
        assert page.get_attribute("html", "lang") == "zh-Hans"
        assert "损失" in (page.text_content("#meters") or "")
        page.click("#language")
        assert page.text_content("#step-batch") == "Batch"


def test_a_file_is_dropped_and_stays_text(browser: Any, moons: Path) -> None:
    with opened(browser, moons) as page:
        page.on("dialog", lambda dialog: pytest.fail(dialog.message))
        page.evaluate(DROP, ["<b>mine</b>.csv", TABLE])
        until(page, "glassgrad.state().classes.length === 2 && glassgrad.state().X.length < 10")
        found = state(page)
        assert found["classes"] == [SCRIPT, HOSTILE]
        assert found["sizes"][0] == 2
        assert 'weight; "net"' in (page.text_content("#network") or "")
        assert page.locator("#settings img, #network img, #brushes img, #settings b").count() == 0
        assert page.evaluate("Number.isFinite(glassgrad.train(20))")
        page.wait_for_timeout(300)
        link = page.evaluate("location.hash")
        page.evaluate(DROP, ["words.csv", "a,b\nx,y\nz,w\n"])
        until(page, "document.getElementById('csv-note').textContent.includes('numbers only')")
        page.evaluate(DROP, ["one.csv", "a,b,c\n1,2,x\n3,4,x\n"])
        until(page, "document.getElementById('csv-note').textContent.includes('one value only')")
    with opened(browser, moons, link) as page:
        assert state(page)["classes"] == found["classes"]


def test_points_are_added_moved_and_removed(browser: Any, moons: Path) -> None:
    with opened(browser, moons, viewport=SIZES["desktop"]) as page:
        before = state(page)
        box = page.locator("#plane").bounding_box()
        page.click('[data-brush="1"]')
        page.mouse.click(box["x"] + 6, box["y"] + 6)
        added = state(page)
        assert len(added["y"]) == len(before["y"]) + 1
        assert added["y"][-1] == 1
        assert added["loss"] != before["loss"]
        page.mouse.move(box["x"] + 6, box["y"] + 6)
        page.mouse.down()
        page.mouse.move(box["x"] + 60, box["y"] + 80, steps=5)
        page.mouse.up()
        moved = state(page)
        assert moved["X"][-1][0] > added["X"][-1][0]
        assert moved["X"][-1][1] < added["X"][-1][1]
        page.keyboard.press("z")
        assert state(page)["X"] == added["X"]
        page.click('[data-brush="2"]')  # a class that there was not
        page.mouse.click(box["x"] + box["width"] - 8, box["y"] + 8)
        found = state(page)
        assert found["sizes"][-1] == 3
        assert found["lossName"] == "cross_entropy"


def test_layers_neurons_activations_and_frozen_parameters(browser: Any, moons: Path) -> None:
    with opened(browser, moons) as page:
        page.click("text=+ layer")
        assert state(page)["sizes"] == [2, 4, 4, 4, 1]
        page.click('[aria-label="One neuron more in layer 1"]')
        page.click('[aria-label="One neuron fewer in layer 0"]')
        assert state(page)["sizes"] == [2, 3, 5, 4, 1]
        page.select_option('[aria-label="Activation of layer 1"]', "softplus")
        assert state(page)["activations"] == ["tanh", "softplus", "tanh", "linear"]
        choice = '[aria-label="Activation of layer 1"] option'
        assert page.eval_on_selector_all(choice, "all => all.map((each) => each.value)") == activations()
        page.check('[aria-label="Freeze layers.0.neurons.0.w.0"]')
        before = state(page)["parameters"]
        page.click("#step-epoch")
        after = state(page)["parameters"]
        kept = [name for name in before if before[name] == after[name]]
        assert kept == ["layers.0.neurons.0.w.0"]
        page.click("text=− layer")
        page.keyboard.press("z")
        assert state(page)["parameters"] == after


def test_a_keyboard_is_enough(browser: Any, moons: Path) -> None:
    with opened(browser, moons) as page:
        reached = set()
        for _ in range(70):
            page.keyboard.press("Tab")
            reached.add(page.evaluate("document.activeElement.id || document.activeElement.className.split(' ')[0]"))
        assert {"play", "step-edge", "undo", "scrub", "unit", "tiny", "plane", "brush", "set-init"} <= reached
        page.keyboard.press("e")
        page.keyboard.press("b")
        page.keyboard.press("s")
        assert state(page)["step"] == 12
        for _ in range(4):
            page.keyboard.press("ArrowLeft")
        assert "edge 4" in (page.text_content("#edge-count") or "")
        page.focus("#plane")
        before = len(state(page)["y"])
        page.keyboard.press("Delete")
        page.keyboard.press("1")
        assert len(state(page)["y"]) == before
        page.focus("#set-rate")
        page.keyboard.type("0.5")
        page.keyboard.press("Enter")
        assert state(page)["learningRate"] == 0.5
        page.keyboard.press("?")
        assert page.locator("#help-page").is_visible()


def test_what_goes_wrong_is_named_beside_the_neuron_and_mended(browser: Any, moons: Path) -> None:
    with opened(browser, moons) as page:
        page.click("#presets summary")
        page.click('[data-preset="symmetry"]')
        page.wait_for_selector('#findings [data-kind="twins"]')
        assert page.locator("#network .badge:visible").count() == 4
        page.click('#findings [data-kind="twins"] button')
        assert page.locator('#findings [data-kind="twins"]').count() == 0
        page.evaluate("glassgrad.set('layers.0.neurons.1.b', 40)")
        page.wait_for_selector('#findings [data-kind="saturated"]')
        page.click('#findings [data-kind="saturated"] button')
        assert page.locator('#findings [data-kind="saturated"]').count() == 0
        page.evaluate("location.hash = document.querySelector('[data-preset=rate]').hash")
        page.wait_for_timeout(100)
        first = state(page)["loss"]
        page.evaluate("glassgrad.train(8)")
        page.wait_for_selector('#findings [data-kind="rate_high"]')
        page.click('#findings [data-kind="rate_high"] button')
        assert state(page)["loss"] <= first
        assert state(page)["learningRate"] == 6


def test_where_a_gradient_comes_from(browser: Any, tmp_path: Path) -> None:
    viz.playground(MLP(2, [3, 1], "tanh", seed=0), "moons", loss="mse", path=tmp_path / "page.html")
    with opened(browser, tmp_path / "page.html") as page:
        page.click('#neuron [data-parameter="layers.0.neurons.0.b"] .gradient')
        why = page.text_content("#why") or ""
        assert "2(a − t)" in why
        assert "δ · 1" in why
        assert "C ← 1.0 ← 0.0" in why
        assert "Δᵀ1" in (page.text_content("#batch") or "")
        page.click('[data-neuron="layers.1.neurons.0"]')
        assert "layers.1.neurons.0" in (page.text_content("#neuron h2") or "")


def test_in_a_notebook_it_is_a_frame_of_its_own(browser: Any, tmp_path: Path) -> None:
    page_html = f"<!doctype html><title>notebook</title>{viz.playground(path=None)._repr_html_()}"
    (tmp_path / "notebook.html").write_text(page_html, encoding="utf-8")
    with opened(browser, tmp_path / "notebook.html", viewport=SIZES["desktop"]) as page:
        frame = page.frames[1]
        frame.click("#step-epoch")
        assert frame.evaluate("glassgrad.state().step") == 10
        assert frame.text_content("#told").startswith("step 10, loss ")
        frame.click("#presets summary")
        frame.click('[data-preset="relu"]')
        assert frame.evaluate("glassgrad.state().preset") == "relu"
        frame.focus('#neuron [data-parameter="layers.0.neurons.0.b"] .scrub')
        page.keyboard.press("ArrowUp")
        assert frame.evaluate("glassgrad.state().parameters['layers.0.neurons.0.b']") == pytest.approx(0.12)
