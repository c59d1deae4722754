"""``explore``: what it takes, what it writes, and that nothing in the page can run or be loaded but its own script."""

from __future__ import annotations

import base64
import hashlib
import json
import math
import re
import struct
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from autograd import LengthError, OperandError, UnknownNameError, Value, dot, logsumexp, parse
from autograd import sum as summed
from nn import MLP, Module, Neuron, Parameter, losses
from viz import Explorer, explore

HOSTILE = [
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\"'`&amp; &lt;b&gt;",
    "<!--",
    "]]>",
    "$page_title ${json}",
    "\u202eright to left\u202c",
    "two\nlines",
    "👩‍👩‍👧‍👦 emoji",
    "x" * 10_000,
    "\ud800 half a character",
]


def cost() -> Value:
    root = parse("(tanh(w*a + b) - 1)**2", w=0.7, a=-1.5, b=0.3)
    root.label = "C"
    return root


class Page(HTMLParser):
    """The tags of a page, and what stands in each script and style sheet."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.inside: list[tuple[str, dict[str, str | None], str]] = []
        self.title = ""
        self.open: tuple[str, dict[str, str | None]] = ("", {})
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.open = (tag, dict(attributes))
        self.tags.append(self.open)

    def handle_endtag(self, tag: str) -> None:
        self.open = ("", {})

    def handle_data(self, data: str) -> None:
        tag, attributes = self.open
        if tag in ("script", "style"):
            self.inside.append((tag, attributes, data))
        if tag == "title":
            self.title += data

    def content(self, tag: str, kind: str | None = None) -> str:
        """The text of the only script or style sheet of that kind, whole: a parser may hand it over in pieces."""
        return "".join(text for name, about, text in self.inside if name == tag and about.get("type") == kind)

    @property
    def policy(self) -> dict[str, list[str]]:
        (content,) = [about["content"] for _, about in self.tags if "http-equiv" in about]
        return {name: rest for name, *rest in (part.split() for part in str(content).split(";"))}


def graph_in(explorer: Explorer) -> Any:
    return json.loads(Page(explorer.html).content("script", "application/json"))


def nodes_in(explorer: Explorer, row: int = 0) -> list[dict[str, Any]]:
    """The nodes of a page with their names, operations, formulas and numbers, each under its name."""
    graph = graph_in(explorer)
    numbers = doubles(graph["data"])[row * len(graph["nodes"]) :]
    return [
        {"kind": kind, "op": graph["ops"][op][0], "name": name, "label": label, "data": number,
         "formula": graph["formulas"][formula], "group": group, "part": part}
        for (kind, op, name, label, formula, group, part), number in zip(graph["nodes"], numbers, strict=False)
    ]  # fmt: skip


def doubles(text: str) -> list[float]:
    packed = base64.b64decode(text)
    return list(struct.unpack(f"<{len(packed) // 8}d", packed))


def sha256(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_only_its_own_script_and_style_may_run() -> None:
    page = Page(explore(cost()).html)
    assert page.policy["default-src"] == ["'none'"]
    assert page.policy["script-src"] == [sha256(page.content("script"))]
    assert page.policy["style-src"] == [sha256(page.content("style"))]
    assert page.policy.keys() == {"default-src", "script-src", "style-src", "base-uri", "form-action"}


def test_the_policy_stands_before_all_that_it_governs() -> None:
    names = [tag for tag, _ in Page(explore(cost()).html).tags]
    assert names.index("meta") < names.index("style") < names.index("script")


def test_nothing_refers_to_another_place() -> None:
    text = explore(cost()).html
    for _, attributes in Page(text).tags:
        assert not attributes.keys() & {"src", "srcset", "href", "action", "data", "style", "background"}
        assert not any(name.startswith("on") for name in attributes)
    assert not re.findall(r"https?://(?!www\.w3\.org/)", text)
    assert "url(#" in text
    assert not re.findall(r"url\((?!#)|@import|fetch\(|XMLHttpRequest|innerHTML|eval\(", text)


@pytest.mark.parametrize("label", HOSTILE)
def test_a_hostile_label_or_title_changes_no_tag(label: str) -> None:
    def page(text: str) -> Page:
        x = Value(2.0, label=text)
        return Page(explore(x * x, title=text).html)

    harmless, hostile = page("harmless"), page(label)
    assert [tag for tag, _ in hostile.tags] == [tag for tag, _ in harmless.tags]
    assert hostile.content("script") == harmless.content("script")
    assert hostile.title == " ".join(label.split()).replace("\ud800", "\ufffd")


def test_the_data_are_the_graph() -> None:
    root = cost()
    explorer = explore(root)
    graph, nodes = graph_in(explorer), nodes_in(explorer)
    by_name = {node["name"]: node for node in nodes if node["name"]}
    assert by_name["w"]["data"] == 0.7
    assert by_name["C"]["data"] == root.data
    assert [nodes[place]["op"] for place in graph["order"]] == ["mul", "add", "tanh", "sub", "pow"]
    assert by_name["C"]["formula"] == "⟨0⟩²"
    assert [node["data"] for node in nodes if node["kind"] == "constant"] == [1.0, 2.0]
    slopes = dict(
        zip([(source, target) for source, target, _ in graph["edges"]], doubles(graph["derivatives"]), strict=True)
    )
    names = [node["name"] for node in nodes]
    assert slopes[names.index("w"), names.index("v1")] == -1.5
    assert slopes[names.index("b"), names.index("v2")] == 1.0


A, B, D = Value(0.7, label="a"), Value(-1.5, label="b"), Value(2.0, label="d")


@pytest.mark.parametrize(
    ("value", "formula"),
    [
        (A - B, "⟨0⟩ − ⟨1⟩"),
        (-B, "−⟨0⟩"),
        (1.0 / A, "1/⟨1⟩"),
        (A**2, "⟨0⟩²"),
        (B.leaky_relu(), "leaky_relu(⟨0⟩)"),
        (B.leaky_relu(0.2), "leaky_relu(⟨0⟩, 0.2)"),
        (dot([A, B], [B, D], D), "⟨0⟩·⟨1⟩ + ⟨1⟩·⟨3⟩ + ⟨3⟩"),
        (dot([A], [B]), "⟨0⟩·⟨1⟩"),
        (A * A, "⟨0⟩·⟨0⟩"),
        (summed([A, B, D]), "⟨0⟩ + ⟨1⟩ + ⟨2⟩"),
        (summed([A] * 9), "⟨0⟩ + ⟨0⟩ + ⟨0⟩ + ⟨0⟩ + … 4 more … + ⟨0⟩"),
        (logsumexp([A, B]), "logsumexp(⟨0⟩, ⟨1⟩)"),
    ],
)
def test_every_operation_is_written_out(value: Value, formula: str) -> None:
    (computed,) = (node for node in nodes_in(explore(value)) if node["op"])
    assert computed["formula"] == formula


def test_numbers_that_json_lacks_arrive() -> None:
    x = Value(-1.0, label="x")
    numbers = [node["data"] for node in nodes_in(explore(x.log() + x / 0.0))]
    assert -math.inf in numbers
    assert any(map(math.isnan, numbers))


def test_no_gradient_is_changed() -> None:
    root = cost()
    root.backward()
    leaf = root.parents[0].parents[0]
    leaf.grad = 123.0
    model = MLP(2, [3, 1], seed=0)
    model.parameters()[0].grad = 7.0
    explore(root)
    explore(model, [0.5, -1.0], target=1.0)
    assert leaf.grad == 123.0
    assert root.grad == 1.0
    assert [p.grad for p in model.parameters()] == [7.0] + [0.0] * (len(model.parameters()) - 1)


def test_rows_that_compute_the_same_are_stacked() -> None:
    model = MLP(2, [3, 1], activation="tanh", seed=0)
    X, targets = [[0.5, -1.0], [1.0, 2.0], [-0.3, 0.1]], [1.0, 0.0, 1.0]
    explorer = explore(model, X, targets=targets, loss="binary_cross_entropy")
    graph = graph_in(explorer)
    assert graph["rows"] == 3
    assert graph["forms"] == [0, 1, 0]  # the losses of the two classes are different formulas
    for row, sample in enumerate(X):
        found = {node["name"]: node["data"] for node in nodes_in(explorer, row)}
        assert [found["x0"], found["x1"]] == sample
    expected = [losses.binary_cross_entropy(model(x), t).data for x, t in zip(X, targets, strict=True)]
    assert nodes_in(explorer)[-1]["data"] == pytest.approx(sum(expected) / 3, rel=1e-14)
    one = explore(model, X[0], target=1.0, loss="binary_cross_entropy")
    assert len(nodes_in(explorer)) == len(nodes_in(one)) + 2  # the other class's loss, and the mean


def test_a_cost_over_a_batch_is_stacked_too() -> None:
    model = MLP(2, [3, 1], activation="tanh", seed=0)
    costs = [losses.mse(model(x), t) for x, t in (([0.5, -1.0], 1.0), ([1.0, 2.0], 0.0))]
    assert graph_in(explore(summed(costs) / 2.0, model=model))["rows"] == 2
    assert graph_in(explore(costs[0] + 0.5 * costs[1], model=model))["rows"] == 2
    # A penalty on parameters is no row, and what shares a hidden value is none either.
    assert graph_in(explore(summed([*costs, model.parameters()[0] ** 2]), model=model))["rows"] == 1
    hidden = Value(0.5, label="x").tanh()
    assert graph_in(explore(hidden * 2.0 + hidden.sin()))["rows"] == 1


@pytest.mark.parametrize("count", [500, 20_000])
def test_a_graph_of_any_size_begins_folded_in_few_boxes(count: int) -> None:
    value = Value(0.5)
    for _ in range(count):
        value = value.tanh()
    graph = graph_in(explore(value))
    assert len(graph["nodes"]) == count + 1
    outermost = [path for path, (outer, kind) in graph["groups"].items() if not outer and kind == "part"]
    assert len(outermost) <= 8
    held: dict[str, int] = {}
    for *_, group, _part in graph["nodes"]:
        held[group] = held.get(group, 0) + 1
    inner: dict[str, int] = {}
    for outer, _ in graph["groups"].values():
        inner[outer] = inner.get(outer, 0) + 1
    assert "" not in held
    assert max(held.values()) <= 60
    assert max(inner.values()) <= 8


def test_a_value_is_grouped_by_its_model() -> None:
    neuron = Neuron(2, "tanh", seed=0)
    explorer = explore(neuron([0.5, -1.0]), model=neuron)
    assert graph_in(explorer)["groups"] == {"neuron": ["", "neuron"]}
    assert [node["name"] for node in nodes_in(explorer) if node["group"]] == ["w0", "w1", "b", "z", "a"]
    assert graph_in(explore(neuron([0.5, -1.0])))["groups"] == {}
    many = explore(MLP(8, [2, 1], "tanh", seed=0), [0.5] * 8, target=1.0, loss="mse")
    assert list(graph_in(many)["groups"].items()) == [
        ("layers.0", ["", "layer"]), ("inputs", ["", "inputs"]), ("layers.0.neurons.0", ["layers.0", "neuron"]),
        ("layers.0.neurons.1", ["layers.0", "neuron"]), ("layers.1.neurons.0", ["", "neuron"]),
    ]  # fmt: skip


def test_a_model_without_neurons_can_be_explored() -> None:
    class Scale(Module):
        def __init__(self) -> None:
            self.factor = Parameter(2.0)

        def __call__(self, x: Any) -> Value:
            return self.factor * x[0]

    nodes = nodes_in(explore(Scale(), [3.0], target=1.0, loss="mse"))
    assert {"factor", "x0", "C"} <= {node["name"] for node in nodes}


def test_languages() -> None:
    english, chinese = (explore(cost(), lang=lang).html for lang in ("en", "zh"))
    assert '<html lang="en">' in english
    assert '<html lang="zh-Hans">' in chinese
    assert "Step back" in english
    assert "上一步" in chinese
    assert "Step back" not in chinese
    with pytest.raises(UnknownNameError, match="unknown language 'fr'; known: en, zh"):
        explore(cost(), lang="fr")


def test_it_is_written_whole(tmp_path: Path) -> None:
    path = tmp_path / "backprop.html"
    explorer = explore(cost(), path=path)
    assert path.read_text(encoding="utf-8") == explorer.html
    explorer.save(tmp_path / "again.html")
    assert (tmp_path / "again.html").read_bytes() == path.read_bytes()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["again.html", "backprop.html"]


def test_a_path_that_cannot_be_written_is_told_before_any_work(tmp_path: Path) -> None:
    for path, message in ((tmp_path, "add a file name"), (tmp_path / "missing" / "a.html", "create it first")):
        with pytest.raises(OSError, match=message):
            explore(cost(), path=path)
        with pytest.raises(OSError, match=message):
            explore(cost()).save(path)
    assert list(tmp_path.iterdir()) == []


def test_in_jupyter_it_is_a_frame_that_reaches_nothing() -> None:
    explorer = explore(cost(), title='"><script>')
    (frame,) = Page(explorer._repr_html_()).tags
    tag, attributes = frame
    assert tag == "iframe"
    assert attributes["sandbox"] == "allow-scripts"
    assert attributes["srcdoc"] == explorer.html
    assert attributes["title"] == '"><script>'


def test_what_is_no_graph_is_refused() -> None:
    model = MLP(2, [1], seed=0)
    for wrong in (1.0, "x", None, [cost()]):
        with pytest.raises(OperandError, match="expected a Value, or a model"):
            explore(wrong)  # type: ignore[arg-type]
    with pytest.raises(OperandError, match="give one sample and its target"):
        explore(model)
    with pytest.raises(OperandError, match="give one sample and its target"):
        explore(model, [0.5, -1.0])
    with pytest.raises(OperandError, match="rows and their targets"):
        explore(model, [[0.5, -1.0]], target=1.0, targets=[1.0])
    with pytest.raises(LengthError, match="1 rows but there are 2 targets"):
        explore(model, [[0.5, -1.0]], targets=[1.0, 0.0])
    with pytest.raises(OperandError, match="go with a model"):
        explore(cost(), [0.5])
    with pytest.raises(OperandError, match="takes no other model"):
        explore(model, [0.5, -1.0], target=1.0, model=model)
    with pytest.raises(OperandError, match="model= takes the model"):
        explore(cost(), model="tanh")  # type: ignore[arg-type]
    with pytest.raises(LengthError, match="the neuron has 2 inputs, got 3"):
        explore(model, [0.5, -1.0, 2.0], target=1.0)
    with pytest.raises(LengthError, match="one sample"):
        explore(model, [[0.5, -1.0]], target=1.0)
    with pytest.raises(UnknownNameError, match="unknown loss"):
        explore(model, [0.5, -1.0], target=1.0, loss="msee")


def test_a_link_leads_to_a_place_in_the_page() -> None:
    assert Explorer.fragment() == "#step=0"
    assert Explorer.fragment(at="layers.0", step=3, row=0, by="layer") == "#step=3&at=layers.0&row=1&by=layer"


def test_a_thousand_nodes_stay_below_the_size_that_is_promised() -> None:
    value = Value(0.5, label="x")
    for _ in range(500):
        value = value * 1.01 + math.pi
    assert len(graph_in(page := explore(value))["nodes"]) > 1000
    assert len(page.html.encode()) < 1_500_000
