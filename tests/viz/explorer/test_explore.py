"""``explore``: what it takes, what it writes, and that nothing in the page can run or be loaded but its own script."""

from __future__ import annotations

import base64
import hashlib
import json
import math
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from autograd import GraphError, LengthError, OperandError, UnknownNameError, Value, dot, logsumexp, parse
from autograd import sum as summed
from nn import MLP, Module, Neuron, Parameter, explain, losses
from viz import Explorer, explore
from viz.explorer.graph_data import LIMIT

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
    graph = graph_in(explore(root))
    by_name = {node["name"]: node for node in graph["nodes"] if "name" in node}
    assert by_name["w"]["data"] == 0.7
    assert by_name["C"]["data"] == root.data
    assert [graph["nodes"][place]["op"] for place in graph["order"]] == ["mul", "add", "tanh", "sub", "pow"]
    assert by_name["C"]["formula"] == "v4²"
    constants = [node["data"] for node in graph["nodes"] if node["kind"] == "constant"]
    assert constants == [1.0, 2.0]


A, B, D = Value(0.7, label="a"), Value(-1.5, label="b"), Value(2.0, label="d")


@pytest.mark.parametrize(
    ("value", "names", "numbers"),
    [
        (A - B, "a − b", "0.7 − (−1.5)"),
        (-B, "−b", "−(−1.5)"),
        (1.0 / A, "1/a", "1/0.7"),
        (A**2, "a²", "0.7²"),
        (B.tanh(), "tanh(b)", "tanh(−1.5)"),
        (B.leaky_relu(), "leaky_relu(b)", "leaky_relu(−1.5)"),
        (B.leaky_relu(0.2), "leaky_relu(b, 0.2)", "leaky_relu(−1.5, 0.2)"),
        (dot([A, B], [B, D], D), "a·b + b·d + d", "0.7·(−1.5) − 1.5·2 + 2"),
        (dot([A], [B]), "a·b", "0.7·(−1.5)"),
        (summed([A, B, D]), "a + b + d", "0.7 − 1.5 + 2"),
        (summed([A] * 9), "a + a + a + a + … 4 more … + a", "0.7 + 0.7 + 0.7 + 0.7 + … 4 more … + 0.7"),
        (logsumexp([A, B]), "logsumexp(a, b)", "logsumexp(0.7, −1.5)"),
    ],
)
def test_every_operation_is_written_out(value: Value, names: str, numbers: str) -> None:
    (computed,) = (node for node in graph_in(explore(value))["nodes"] if "op" in node)
    assert (computed["formula"], computed["numbers"]) == (names, numbers)


def test_numbers_that_json_lacks_arrive() -> None:
    x = Value(-1.0, label="x")
    graph = graph_in(explore(x.log() + x / 0.0))
    assert {node["data"] for node in graph["nodes"] if isinstance(node["data"], str)} == {"NaN", "-Infinity"}


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


def test_a_neuron_has_the_figures_of_its_delta_report() -> None:
    model = MLP(2, [3, 1], activation="tanh", seed=0)
    report = explain(model, [0.5, -1.0], target=1.0, loss=losses.mse)
    graph = graph_in(explore(model, [0.5, -1.0], target=1.0, loss=losses.mse))
    assert list(graph["groups"]) == ["layers.0", *report]
    for name, row in report.neurons.items():
        (use,) = graph["neurons"][name]
        for figure, number in row.to_dict().items():
            assert use[figure] == number, (name, figure)


def test_a_value_is_grouped_by_its_model() -> None:
    neuron = Neuron(2, "tanh", seed=0)
    graph = graph_in(explore(neuron([0.5, -1.0]), model=neuron))
    assert graph["groups"] == {"neuron": ""}
    assert [node["name"] for node in graph["nodes"] if node.get("group")] == ["w0", "w1", "b", "z", "a"]
    assert graph_in(explore(neuron([0.5, -1.0])))["groups"] == {}


def test_a_model_without_neurons_can_be_explored() -> None:
    class Scale(Module):
        def __init__(self) -> None:
            self.factor = Parameter(2.0)

        def __call__(self, x: Any) -> Value:
            return self.factor * x[0]

    graph = graph_in(explore(Scale(), [3.0], target=1.0, loss="mse"))
    assert {"factor", "x0", "C"} <= {node.get("name") for node in graph["nodes"]}


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


def test_a_graph_over_the_limit_is_refused() -> None:
    value = Value(0.5)
    for _ in range(LIMIT):
        value = value.tanh()
    with pytest.raises(GraphError, match=rf"{LIMIT + 1:,} values, more than the {LIMIT:,}.*explore one neuron"):
        explore(value)


def test_a_thousand_nodes_stay_below_the_size_that_is_promised() -> None:
    value = Value(0.5, label="x")
    for _ in range(500):
        value = value * 1.01 + math.pi
    assert len(graph_in(page := explore(value))["nodes"]) > 1000
    assert len(page.html.encode()) < 1_500_000
