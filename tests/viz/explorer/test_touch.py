"""A leaf of the explorer is given another number: all that follows from it is the library's, in a real browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from autograd import Value, logsumexp, maximum, mean, parse, tanh
from autograd import sum as summed
from tests.viz.browser import opened
from viz import explore

SHOWN = """() => Object.fromEntries([...document.querySelectorAll("#world [data-key]")].map((card) =>
  [card.dataset.key, [card.querySelector(".data").textContent, card.dataset.grad]]))"""


def gradients_of(page: Any) -> list[float]:
    page.keyboard.press("End")
    grads = page.eval_on_selector_all("#world [data-grad]", "all => all.map((each) => Number(each.dataset.grad))")
    return sorted(grads)


def library(root: Value, leaves: list[Value]) -> list[float]:
    from autograd.graph import topological_order

    root.backward()
    return sorted(node.grad for node in topological_order(root))


@pytest.mark.parametrize("x", [0.5, -2.0])
def test_every_gradient_follows_a_touched_leaf(browser: Any, tmp_path: Path, x: float) -> None:
    def build(a: float) -> tuple[Value, list[Value]]:
        w = [Value(a, label="a"), Value(0.5, label="b"), Value(-1.0, label="c")]
        root = logsumexp([tanh(w[0] * w[1]), maximum(w[0], w[2]) ** 3, mean(w)]) + summed(w) * w[0]
        return root, w

    root, _ = build(1.25)
    explore(root, path=tmp_path / "page.html")
    with opened(browser, tmp_path / "page.html", "#at=v0") as page:
        number = page.locator("#touch .scrub")
        number.focus()
        page.keyboard.press("Enter")
        page.keyboard.type(str(x))
        page.keyboard.press("Enter")
        page.locator("#world").click(position={"x": 1, "y": 1}, force=True)
        root, leaves = build(x)
        assert gradients_of(page) == pytest.approx(library(root, leaves), rel=1e-9)
        page.wait_for_timeout(250)
        link = page.evaluate("location.hash")
    assert "set=" in link
    with opened(browser, tmp_path / "page.html", link) as page:
        assert gradients_of(page) == pytest.approx(library(*build(x)), rel=1e-9)


def test_a_leaf_is_dragged_and_moved_by_key(browser: Any, tmp_path: Path) -> None:
    explore(parse("tanh(w*a + b)", w=0.7, a=-1.5, b=0.3), path=tmp_path / "page.html")
    with opened(browser, tmp_path / "page.html", "#at=v0") as page:
        box = page.locator("#touch .scrub").bounding_box()
        page.mouse.move(box["x"] + 8, box["y"] + 8)
        page.mouse.down()
        page.mouse.move(box["x"] + 28, box["y"] + 8, steps=5)
        page.mouse.up()
        assert float(page.get_attribute("#touch .scrub", "aria-valuenow")) == pytest.approx(0.8)
        page.focus("#touch .scrub")
        page.keyboard.press("ArrowUp")
        assert float(page.get_attribute("#touch .scrub", "aria-valuenow")) == pytest.approx(0.82)
        w = Value(0.82)
        root = tanh(w * -1.5 + 0.3)
        root.backward()
        page.keyboard.press("Escape")
        assert any(grad == pytest.approx(w.grad) for grad in gradients_of(page))


def test_what_a_comparison_decided_cannot_be_touched(browser: Any, tmp_path: Path) -> None:
    explore(parse("where(x > 0, x, 0.01*x)", x=2.0), path=tmp_path / "page.html")
    with opened(browser, tmp_path / "page.html", "#at=v0") as page:
        assert page.locator("#touch").is_hidden()
