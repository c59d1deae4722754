"""The explorer in a real browser: labels stay text, keys are enough, folding, searching, light and dark, any width."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from autograd import Value, parse
from nn import MLP, Neuron, explain, losses
from tests.viz.browser import DESKTOP, GRADIENTS, PHONE, opened, until
from tests.viz.explorer.test_explore import HOSTILE
from viz import explore

NUMBERS = [0.5, -1.0]


@pytest.fixture
def expression(tmp_path: Path) -> Path:
    explore(parse("tanh(w*a + b)", w=0.7, a=-1.5, b=0.3), path=tmp_path / "expression.html")
    return tmp_path / "expression.html"


@pytest.fixture
def network(tmp_path: Path) -> Path:
    model = MLP(2, [3, 1], activation="tanh", seed=0)
    explore(model, NUMBERS, target=1.0, loss=losses.mse, path=tmp_path / "network.html")
    return tmp_path / "network.html"


def position(page: Any) -> int:
    return int(page.input_value("#slider"))


def cards(page: Any) -> set[str]:
    return set(page.eval_on_selector_all("[data-key]", "cards => cards.map(card => card.dataset.key)"))


@pytest.mark.parametrize("label", HOSTILE)
def test_a_hostile_label_is_shown_as_it_is(browser: Any, tmp_path: Path, label: str) -> None:
    x = Value(2.0, label=label)
    explore(x * x, path=tmp_path / "page.html", title=label)
    shown = " ".join(label.split()).replace("\ud800", "\ufffd")
    with opened(browser, tmp_path / "page.html", "#at=v0") as page:
        assert page.text_content("#panel h2") == shown
        assert page.text_content("h1") == shown
        assert page.title() == shown
        page.hover("[data-key=v0]")
        assert page.text_content("#tip b") == "".join(list(shown)[:120])
        page.fill("#search", shown[:20])
        assert page.locator("#matches [role=option]").count() >= 1
        assert page.locator("#panel script, #tip img, #panel img, #world image").count() == 0
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_buttons(browser: Any, expression: Path) -> None:
    with opened(browser, expression) as page:
        last = int(page.get_attribute("#slider", "max"))
        assert last == 3 + 1 + 5  # three operations, the seed, five edges
        assert position(page) == 0
        page.click("#next")
        page.click("#next")
        page.click("#previous")
        assert position(page) == 1
        page.click("#last")
        assert position(page) == last
        page.fill("#slider", "4")
        assert page.inner_text("#line") == "v3.grad = 1"


def test_playing_ends_at_the_last_step(browser: Any, expression: Path) -> None:
    with opened(browser, expression) as page:
        for _ in range(3):
            page.click("#speed")
        page.click("#play")
        until(page, "document.getElementById('slider').value === document.getElementById('slider').max")
        until(page, "document.getElementById('play').dataset.playing === 'false'")
        page.click("#first")
        page.click("#speed")  # back to the slowest, so that it is still playing when it is asked
        page.click("#play")
        assert page.get_attribute("#play", "aria-label") == "Pause"
        page.click("#play")
        assert page.get_attribute("#play", "aria-label") == "Play"


def test_the_keyboard_alone_is_enough(browser: Any, network: Path) -> None:
    with opened(browser, network) as page:
        press = page.keyboard.press
        press("Home")
        assert position(page) == 0
        press("ArrowRight")
        press("ArrowRight")
        press("ArrowLeft")
        assert position(page) == 1
        press("End")
        assert page.get_attribute("#slider", "max") == str(position(page))
        press("/")
        page.keyboard.type("neurons.1")
        press("Enter")
        assert page.inner_text("#panel h2") == "layers.0.neurons.1"
        assert page.evaluate("document.activeElement.dataset.key") == "layers.0.neurons.1"
        press("f")
        assert "layers.0.neurons.1" not in cards(page)
        assert page.evaluate("document.activeElement.dataset.key").startswith("v")
        press("f")
        assert "layers.0.neurons.1" in cards(page)
        press("Escape")
        assert page.locator("[data-key][aria-pressed=true]").count() == 0
        before = page.evaluate("document.activeElement.dataset.key")
        press("ArrowDown")
        after = page.evaluate("document.activeElement.dataset.key")
        assert after not in (None, before)
        press("Enter")
        assert page.locator("[data-key][aria-pressed=true]").get_attribute("data-key") == after
        press("?")
        assert page.locator("dialog[open]").count() == 1
        press("Escape")
        assert page.locator("dialog[open]").count() == 0
        transform = page.get_attribute("#world", "transform")
        press("+")
        assert page.get_attribute("#world", "transform") != transform
        press("0")
        assert page.get_attribute("#world", "transform") == transform


def test_every_control_can_be_reached_and_has_a_name(browser: Any, network: Path) -> None:
    with opened(browser, network) as page:
        controls = page.eval_on_selector_all(
            "button:not([hidden]), input, [role=button]",
            "all => all.filter(e => e.checkVisibility()).map(e => (e.ariaLabel || e.innerText || '').trim())",
        )
        assert controls
        assert all(controls)
        reached = set()
        page.keyboard.press("Tab")
        for _ in range(60):
            reached.add(page.evaluate("document.activeElement.id || document.activeElement.dataset.key || ''"))
            page.keyboard.press("Tab")
        assert {"search", "theme", "help", "fit", "first", "previous", "play", "next", "last", "slider"} <= reached
        assert reached & cards(page)
        assert page.get_attribute("#told", "aria-live") == "polite"


def test_folding_and_unfolding_in_place(browser: Any, network: Path) -> None:
    with opened(browser, network) as page:
        for _ in range(2):
            page.click("#fold-all")
        folded = cards(page)
        assert "layers.0" in folded
        page.click("#fit")
        page.click("[data-fold='layers.0']")
        assert {f"layers.0.neurons.{i}" for i in range(3)} <= cards(page)
        page.click("[data-fold='layers.0.neurons.2']")
        assert len(cards(page)) == len(folded) - 1 + 2 + 5  # the layer gone, two neurons, five values of the third
        page.click(".frame [data-fold='layers.0.neurons.2']")
        page.click(".frame [data-fold='layers.0']")
        assert cards(page) == folded
        page.click("#unfold-all")
        page.click("#unfold-all")
        assert not any(key.startswith("layers") for key in cards(page))
        page.click("#last")
        shown = page.evaluate(GRADIENTS)
        assert shown
        page.click("#first")
        page.click("#fold-all")
        page.click("#last")
        page.click("#unfold-all")
        assert shown == page.evaluate(GRADIENTS)


def test_a_neuron_shows_its_delta_report(browser: Any, network: Path) -> None:
    report = explain(MLP(2, [3, 1], activation="tanh", seed=0), NUMBERS, target=1.0, loss=losses.mse)
    row = report["layers.0.neurons.1"]
    with opened(browser, network, "#step=999&folded=layers.0.neurons.1") as page:
        page.click("[data-key='layers.0.neurons.1']")
        numbers = page.locator(".product .number").all_inner_texts()
        words = page.inner_text(".product")
        learns = page.locator(".report > table").nth(1).inner_text()
    assert [float(text.replace("−", "-")) for text in numbers] == pytest.approx(
        [row.contribution, row.activity, row.delta], rel=1e-3
    )
    assert "how much this neuron contributes to the total error" in words
    assert "how active it is now" in words
    gradients = [float(line.split("\t")[-1].replace("−", "-")) for line in learns.splitlines()]
    assert gradients == pytest.approx([*row.weight_gradients, row.bias_gradient], rel=1e-3)


def test_a_neuron_of_which_only_parameters_are_used(browser: Any, tmp_path: Path) -> None:
    model = MLP(1, [2, 1], seed=0)
    explore(model.layers[0].neurons[0].w[0] ** 2, model=model, path=tmp_path / "page.html")
    with opened(browser, tmp_path / "page.html", "#folded=layers.0.neurons.0&at=layers.0.neurons.0") as page:
        assert page.text_content("[data-key='layers.0.neurons.0'] .data") == "1 values"
        assert page.inner_text("#panel h2") == "layers.0.neurons.0"


def test_a_neuron_written_by_hand_and_used_twice(browser: Any, tmp_path: Path) -> None:
    neuron = Neuron(1, "tanh", seed=0)
    w, b = neuron.w[0], neuron.b
    first = (w * 0.5 + b).tanh()
    root = (w * first + b).tanh()
    explore(root, model=neuron, path=tmp_path / "page.html")
    with opened(browser, tmp_path / "page.html", "#folded=&step=0") as page:
        names = page.locator(".card .name").all_text_contents()
        assert sorted(filter(None, names)) == ["a", "a", "b", "v1", "v2", "w0", "z", "z"]
        page.click("#fold-all")
        assert cards(page) == {"c1_1", "neuron"}  # the input 0.5 is no part of it


def test_searching_unfolds_what_hides_the_value(browser: Any, network: Path) -> None:
    with opened(browser, network, "#folded=layers.0,layers.0.neurons.0,layers.0.neurons.1,layers.0.neurons.2") as page:
        page.fill("#search", "layers.0.neurons.2.w.1")
        assert page.locator("#matches [role=option]").count() == 1
        page.press("#search", "Enter")
        assert page.inner_text("#panel h2") == "layers.0.neurons.2.w.1"
        assert page.locator("[data-key][aria-pressed=true]").count() == 1
        page.fill("#search", "there is no such thing")
        assert page.inner_text("#matches") == "No value has that name."


def test_the_address_keeps_the_place(browser: Any, network: Path) -> None:
    with opened(browser, network) as page:
        page.click("#unfold-all")
        page.fill("#slider", "17")
        page.click("#zoom-out")
        page.click("[data-key=v5]", force=True)
        page.click("#theme")
        until(page, "location.hash.includes('at=v5') && location.hash.includes('theme=')")
        seen = page.evaluate("[location.hash, document.getElementById('world').getAttribute('transform')]")
        line, dark = page.inner_text("#line"), page.evaluate("document.documentElement.dataset.theme")
        shown = cards(page)
    with opened(browser, network, seen[0]) as page:
        assert page.get_attribute("#world", "transform") == seen[1]
        assert (page.inner_text("#line"), position(page), cards(page)) == (line, 17, shown)
        assert page.get_attribute("[data-key=v5]", "aria-pressed") == "true"
        assert page.evaluate("document.documentElement.dataset.theme") == dark


@pytest.mark.parametrize(
    "fragment", ["#step=1e9", "#step=x&view=1,2&at=v99&folded=nothing&theme=pink", "#%E0%A4%A", "#view=NaN,,"]
)
def test_a_damaged_address_does_no_harm(browser: Any, network: Path, fragment: str) -> None:
    with opened(browser, network, fragment) as page:
        assert page.inner_text("#line")
        assert cards(page)


def test_light_and_dark(browser: Any, expression: Path) -> None:
    colour = "getComputedStyle(document.body).backgroundColor"
    found = {}
    for scheme in ("light", "dark"):
        with opened(browser, expression, color_scheme=scheme) as page:
            found[scheme] = page.evaluate(colour)
            page.click("#theme")
            found[f"not {scheme}"] = page.evaluate(colour)
    assert found["light"] == found["not dark"] == "rgb(246, 248, 250)"
    assert found["dark"] == found["not light"] == "rgb(18, 23, 29)"


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_everything_fits_the_width(browser: Any, network: Path, size: dict[str, int]) -> None:
    with opened(browser, network, viewport=size, has_touch=True) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        for selector in ("#play", "#last", "#slider", "#search", "#help", "#fit"):
            box = page.locator(selector).bounding_box()
            assert 0 <= box["x"] <= box["x"] + box["width"] <= size["width"]
        page.fill("#search", "w")
        found = page.locator("#matches").bounding_box()
        assert 0 <= found["x"] <= found["x"] + found["width"] <= size["width"]
        world = page.locator("#world").bounding_box()
        stage = page.locator("#stage").bounding_box()
        assert stage["x"] <= world["x"]
        assert world["x"] + world["width"] <= stage["x"] + stage["width"]
        assert world["y"] + world["height"] <= stage["y"] + stage["height"]


def test_what_is_seen_whole_stays_so_when_the_window_changes(browser: Any, network: Path) -> None:
    with opened(browser, network) as page:
        page.click("#last")
        page.set_viewport_size({"width": 900, "height": 500})
        until(
            page,
            """(() => {
              const [world, stage] = ["world", "stage"].map((id) =>
                document.getElementById(id).getBoundingClientRect());
              return stage.left <= world.left && world.right <= stage.right && world.bottom <= stage.bottom;
            })()""",
        )
        until(page, "location.hash.includes('step=') && !location.hash.includes('view=')")


def test_dragging_pans_and_the_wheel_zooms(browser: Any, expression: Path) -> None:
    with opened(browser, expression) as page:
        read = "document.getElementById('world').transform.baseVal.consolidate().matrix"
        before = page.evaluate(f"({{...(m => ({{a: m.a, e: m.e, f: m.f}}))({read})}})")
        page.mouse.move(300, 200)
        page.mouse.down()
        page.mouse.move(350, 230, steps=4)
        page.mouse.up()
        moved = page.evaluate(f"({{...(m => ({{a: m.a, e: m.e, f: m.f}}))({read})}})")
        assert (moved["e"] - before["e"], moved["f"] - before["f"]) == pytest.approx((50, 30))
        page.mouse.wheel(0, -200)
        until(page, f"{read}.a > {moved['a']}")


def test_on_paper_the_whole_graph_is_there(browser: Any, network: Path) -> None:
    with opened(browser, network) as page:
        page.click("#zoom-in")
        before = page.get_attribute("#world", "transform")
        assert len(page.pdf()) > 10_000
        assert page.get_attribute("#world", "transform") == before
        page.emulate_media(media="print")
        assert not page.is_visible("#player")
        assert page.is_visible("#line")


def test_in_jupyter_the_frame_works(browser: Any, expression: Path, tmp_path: Path) -> None:
    explorer = explore(parse("w*a", w=0.7, a=-1.5))
    (tmp_path / "notebook.html").write_text(f"<!doctype html><body>{explorer._repr_html_()}", encoding="utf-8")
    with opened(browser, tmp_path / "notebook.html") as page:
        frame = page.frame_locator("iframe")
        frame.locator("#last").click()
        frame.locator("#previous").click()
        assert frame.locator("#line").inner_text() == "w.grad += 1 × (−1.5)"


def test_chinese(browser: Any, tmp_path: Path) -> None:
    model = MLP(2, [3, 1], activation="tanh", seed=0)
    explore(model, NUMBERS, target=1.0, loss=losses.mse, path=tmp_path / "zh.html", lang="zh")
    with opened(browser, tmp_path / "zh.html", "#at=layers.0.neurons.1") as page:
        assert page.get_attribute("#play", "aria-label") == "播放"
        assert "该神经元对总误差的贡献" in page.inner_text("#panel")


def test_a_leaf_alone(browser: Any, tmp_path: Path) -> None:
    explore(Value(2.0, label="x"), path=tmp_path / "page.html")
    with opened(browser, tmp_path / "page.html") as page:
        page.click("#last")
        assert page.inner_text("#line") == "x.grad = 1"
        page.click("#first")
        assert "nothing was computed" in page.inner_text("#line")


def test_the_texts_on_a_card_never_touch(browser: Any, tmp_path: Path) -> None:
    """The longest that four digits get, −0.0001234, as data and as gradient; in a value, and in a folded neuron."""
    model = MLP(2, [8, 8, 1], "tanh", seed=0)
    explore(model, [0.5, -1.0], target=1.0, loss="mse", path=tmp_path / "model.html")
    explore(model, [[0.5, -1.0], [1.0, 2.0]], targets=[1.0, 0.0], loss="mse", path=tmp_path / "batch.html")
    w, x = Value(-0.00012344, label="w"), Value(-0.00012344, label="x")
    explore(w * x, path=tmp_path / "values.html")
    touching = """() => [...document.querySelectorAll(".card:not(.constant)")].flatMap((card) => {
      const body = card.querySelector(".body").getBBox();
      const boxes = [...card.querySelectorAll("text")].filter((text) => text.textContent).map((text) => text.getBBox());
      const out = boxes.filter((box) => box.x < body.x || box.x + box.width > body.x + body.width);
      const pairs = boxes.flatMap((a, i) => boxes.slice(i + 1).filter((b) =>
        a.x < b.x + b.width && b.x < a.x + a.width && a.y + 3 < b.y + b.height && b.y + 3 < a.y + a.height));
      return [...out, ...pairs].map(() => card.getAttribute("aria-label"));
    })"""
    for name in ("model", "batch", "values"):
        with opened(browser, tmp_path / f"{name}.html", "#step=99999") as page:
            assert page.evaluate(touching) == []


@pytest.fixture
def batch(tmp_path: Path) -> Path:
    model = MLP(2, [3, 1], activation="tanh", seed=0)
    explore(model, ROWS, targets=TARGETS, loss=losses.binary_cross_entropy, path=tmp_path / "batch.html")
    return tmp_path / "batch.html"


ROWS, TARGETS = [[0.5, -1.0], [1.0, 2.0], [-0.3, 0.1], [0.2, 0.4]], [1.0, 0.0, 1.0, 0.0]


def shown_gradients(page: Any) -> dict[str, float]:
    """The gradients on the cards by what they are called, each with its neuron before it."""
    data = json.loads(page.text_content("#graph-data"))
    values = [node for node in data["nodes"] if node[0] != "constant"]
    names = {f"v{place}": f"{group}.{name}" for place, (_, _, name, _, _, group, _) in enumerate(values)}
    return {names[key]: float(gradient) for key, gradient in page.evaluate(GRADIENTS).items()}


def numbers_in(text: str) -> list[float]:
    return [float(word.replace("−", "-")) for word in text.split() if word.replace("−", "-").lstrip("-")[:1].isdigit()]


def test_a_batch_shows_its_sums_and_each_of_its_rows(browser: Any, batch: Path) -> None:
    model = MLP(2, [3, 1], activation="tanh", seed=0)
    report = explain(model, ROWS, targets=TARGETS, loss=losses.binary_cross_entropy)
    neuron = report["layers.0.neurons.1"]
    with opened(browser, batch, "#step=9999&at=layers.0.neurons.1&folded=") as page:
        assert page.inner_text("#row-name") == "all 4 rows, summed"
        tables = page.locator(".report table")
        rows = [numbers_in(line)[2:] for line in tables.nth(0).inner_text().splitlines()[1:-1]]
        sums = [numbers_in(line)[-1] for line in tables.nth(1).inner_text().splitlines()]
        total = numbers_in(tables.nth(0).locator("tfoot").inner_text())
        assert [row[-1] for row in rows] == pytest.approx(neuron.delta.tolist(), rel=1e-3)
        assert total == pytest.approx([neuron.bias_gradient], rel=1e-3)
        assert sums == pytest.approx([*neuron.weight_gradients, neuron.bias_gradient], rel=1e-3)
        for row in range(len(ROWS)):
            page.fill("#row", str(row + 1))
            page.click("#last")
            assert page.inner_text("#row-name") == f"row {row + 1} of 4"
            found = numbers_in(page.inner_text(".product"))
            figures = [neuron.contribution[row], neuron.activity[row], neuron.delta[row]]
            assert found == pytest.approx(figures, rel=1e-3)
            assert page.locator(".card.absent").count() > 0  # the loss of the other class


def test_steps_by_neuron_by_layer_and_by_row_come_to_the_same(browser: Any, batch: Path) -> None:
    model = MLP(2, [3, 1], activation="tanh", seed=0)
    report = explain(model, ROWS, targets=TARGETS, loss=losses.binary_cross_entropy)
    expected = {}
    for name, neuron in report.neurons.items():
        expected |= {f"{name}.w{place}": gradient for place, gradient in enumerate(neuron.weight_gradients)}
        expected[f"{name}.b"] = neuron.bias_gradient
    counts = []
    with opened(browser, batch, "#folded=") as page:
        for stride in ("value", "neuron", "layer", "row"):
            page.click(f"#stride-{stride}")
            counts.append(int(page.get_attribute("#slider", "max")))
            page.click("#first")
            for _ in range(counts[-1]):
                page.click("#next")
            found = shown_gradients(page)
            assert {name: found[name] for name in expected} == pytest.approx(expected, rel=1e-12)
    assert counts == sorted(counts, reverse=True)
    assert counts[-1] == len(ROWS)


def test_forward_a_neuron_at_a_time_goes_from_the_first_to_the_last(browser: Any, network: Path) -> None:
    with opened(browser, network, "#by=neuron") as page:
        seen = []
        for _ in range(4):
            page.click("#next")
            seen.append((page.inner_text("#line"), page.inner_text("#note")))
    assert [line for line, _ in seen] == [*(f"layers.0.neurons.{i}" for i in range(3)), "z = w0·a0 + w1·a1 + w2·a2 + b"]
    model = MLP(2, [3, 1], activation="tanh", seed=0)
    a = model.layers[0](NUMBERS)[1].data
    assert seen[1][1].endswith(f"a = {a:.4g}")


def test_it_opens_at_step_0_and_shows_nothing_that_is_still_to_come(browser: Any, network: Path) -> None:
    with opened(browser, network, "#at=layers.0.neurons.1&folded=") as page:
        assert position(page) == 0
        assert page.evaluate(GRADIENTS) == {}
        assert numbers_in(page.inner_text("#panel .product")) == []
        page.fill("#search", "x0")
        page.press("#search", "Enter")
        assert "so far\t–" in page.inner_text("#panel dl").replace("\n", "\t")
        assert page.locator(".paths").count() == 0


@pytest.mark.parametrize(("width", "height"), [(390, 844), (1440, 900), (1920, 1080)])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read_and_the_drawing_fills_the_stage(
    browser: Any, network: Path, batch: Path, width: int, height: int, scheme: str
) -> None:
    for path in (network, batch):
        with opened(
            browser,
            path,
            "#step=9999&at=layers.0.neurons.1",
            viewport={"width": width, "height": height},
            color_scheme=scheme,
        ) as page:
            world, stage = (page.locator(name).bounding_box() for name in ("#world", "#stage"))
            share = max(world["width"] / stage["width"], world["height"] / stage["height"])
            assert share > 0.8
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert page.evaluate(CONTRASTS) == []


#: Texts whose colour differs too little from what is behind them: less than 4.5 to 1 (WCAG 2.1, AA).
CONTRASTS = """() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgb = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const [r, g, b, a] = rgb(getComputedStyle(at).backgroundColor);
      if (a === 255) return [r, g, b];
    }
    return [255, 255, 255];
  };
  return [...document.querySelectorAll("#panel *, #dock *, #top *")].filter((element) =>
    element.checkVisibility() && [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
    .map((element) => [light(rgb(getComputedStyle(element).color)), light(behind(element)), element.textContent])
    .filter(([x, y]) => (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05) < 4.5)
    .map(([x, y, text]) => `${text}: ${((Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05)).toFixed(2)}`);
}"""


def test_a_delta_that_has_not_arrived_is_no_0(browser: Any, network: Path) -> None:
    with opened(browser, network, "#by=neuron&at=layers.0.neurons.1&folded=") as page:
        seed = 6  # four neurons and two operations of the loss
        page.fill("#slider", str(seed + 2))
        assert len(numbers_in(page.inner_text(".product"))) == 1  # σ'(z) alone
        page.click("#last")
        assert len(numbers_in(page.inner_text(".product"))) == 3
