"""What explain writes: text that fits, HTML and LaTeX that are well formed and hold the numbers, strict JSON."""

from __future__ import annotations

import io
import json
import re
import shutil
import string
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from autograd import Value
from autograd.calculus.notation import number
from nn import MLP, Module, Neuron, data, explain
from nn.explanation.writing.text import columns, wrap
from nn.explanation.writing.wording import LANGUAGES, TEXTS, say
from tests import ROOT

X, Y = data.moons(30, noise=0.1, seed=0)
SMALL = explain(MLP(2, [3, 2, 1], "tanh", seed=0), [0.5, -1.0], target=1.0, loss="mse")
CASES: list[Module] = []


class Named(Module):
    """Neurons under names that try to break out."""

    def __init__(self, name: str) -> None:
        self.parts = {name: Neuron(2, "tanh", seed=0)}

    def __call__(self, x: Any) -> Any:
        return next(iter(self.parts.values()))(x)


def reports() -> list[Any]:
    batch = explain(MLP(2, [24, 5, 1], "relu", seed=0), X, targets=Y)
    odd = [
        explain(MLP(2, [3, 1], name, seed=0), [0.5, -1.0], target=1.0, loss="mse") for name in ("leaky_relu", "gelu")
    ]
    hidden = explain(MLP(2, [3, 1], "relu", seed=3), [0.0, 0.0], target=1.0, loss="mse")
    nan = explain(MLP(2, [3, 1], "tanh", seed=0), [float("nan"), 1.0], target=1.0, loss="mse")
    neurons = [SMALL["layers.0.neurons.1"], batch["layers.1.neurons.0"], batch["layers.2.neurons.0"]]
    bare = explain(MLP(2, [2, 1], "tanh", bias=False, seed=0), X, targets=Y)
    return [SMALL, batch, *odd, hidden, nan, *neurons, bare]


REPORTS = reports()


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("report", REPORTS, ids=repr)
def test_text_fits_80_columns_and_says_the_numbers(report: Any, lang: str) -> None:
    written = report.to_text(lang)
    assert max(map(columns, written.splitlines())) <= 80
    assert "{" not in written
    assert written == report.to_text(lang, width=80)


def test_the_table_of_one_sample_shows_every_figure() -> None:
    written = str(SMALL)
    for row in SMALL.neurons.values():
        for figure in (row.z, row.a, row.contribution, row.activity, row.delta, *row.weight_gradients):
            assert number(figure) in written
    assert "δ     = ∂C/∂a · σ'(z)" in written
    assert "σ'(z) = 1 − a²" in written


def test_the_derivation_of_one_neuron_is_its_arithmetic() -> None:
    row = SMALL["layers.0.neurons.1"]
    written = str(row)
    terms = " + ".join(f"{number(t.weight)} × {t_delta(t.delta)}" for t in row.pressure)
    assert f"∂C/∂a = Σ w·δ = {terms} = {number(row.contribution)}" in written
    assert (
        f"δ     = ∂C/∂a · σ'(z) = {number(row.contribution)} × {number(row.activity)} = {number(row.delta)}" in written
    )
    assert f"∂C/∂b = δ · 1 = {number(row.delta)}" in written


def t_delta(delta: float) -> str:
    return f"({number(delta)})" if delta < 0.0 else number(delta)


def test_the_rows_of_a_batch_and_the_others_add_up_to_the_total() -> None:
    row = REPORTS[1]["layers.2.neurons.0"]
    lines = str(row).splitlines()
    assert any(line.startswith("18 others") for line in lines)
    assert lines[-1].startswith("sum")
    assert number(row.bias_gradient) in lines[-1]


class Parser(HTMLParser):
    """Collects tags, and fails where they do not close in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def parsed(html: str) -> Parser:
    parser = Parser()
    parser.feed(html)
    parser.close()
    assert parser.open == []
    return parser


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("report", REPORTS, ids=repr)
def test_html_is_one_well_formed_piece_that_loads_nothing(report: Any, lang: str) -> None:
    html = report.to_html(lang)
    parser = parsed(html)
    assert {tag for tag, _ in parser.tags} <= {
        "section", "style", "h3", "h4", "p", "strong", "div", "table", "caption", "thead", "tbody", "tfoot", "tr", "th",
        "td", "i", "sub", "span", "details", "summary",
    }  # fmt: skip
    for _, attributes in parser.tags:
        assert attributes.keys() <= {"class", "lang", "scope", "title", "style", "tabindex"}
    assert "url(" not in html
    assert "@import" not in html
    assert report._repr_html_() == report.to_html()


HOSTILE = [
    "</script><script>alert(1)</script>",
    "a\"b'c",
    "&amp; <b>",
    "\\input{x} $ % # _ ^ ~ {",
    "神经元 🙂",
    "x" * 300,
]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_stay_text(name: str) -> None:
    report = explain(Named(name), [0.5, -1.0], target=1.0, loss="mse")
    parser = parsed(report.to_html())
    assert f"parts.{name}" in "".join(parser.words)
    assert not {"script", "b"} & {tag for tag, _ in parser.tags}
    latex = re.sub(r"\\[{}]", "", report.to_latex().replace(r"\textbackslash{}", ""))
    assert latex.count("{") == latex.count("}")
    assert r"\input" not in latex
    json.loads(report.to_json())
    assert name in str(report)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("report", REPORTS, ids=repr)
def test_latex_is_balanced(report: Any, lang: str) -> None:
    written = report.to_latex(lang)
    bare = re.sub(r"\\[{}]", "", written)
    assert bare.count("{") == bare.count("}")
    begun, ended = re.findall(r"\\begin\{(\w+\*?)\}", written), re.findall(r"\\end\{(\w+\*?)\}", written)
    assert sorted(begun) == sorted(ended)
    assert set(begun) <= {"tabular", "align*", "cases"}
    assert len(re.findall(r"(?<!\\)\$", written)) % 2 == 0
    assert not re.search(r"[σδΔΣ∂×·−²]", written)  # all of it became commands
    for table in re.findall(r"\\begin\{tabular\}\{((?:[^{}]|\{[^{}]*\})*)\}(.*?)\\end\{tabular\}", written, re.DOTALL):
        wide = len(re.findall(r"[lrp]", re.sub(r"@?\{[^{}]*\}", "", table[0])))
        for row in table[1].split(r"\\"):
            cells = len(re.findall(r"(?<!\\)&", re.sub(r"\\begin\{cases\}.*?\\end\{cases\}", "", row, flags=re.DOTALL)))
            assert cells in (0, wide - 1)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_latex_compiles(lang: str, tmp_path: Path) -> None:
    program = {"en": "pdflatex", "zh": "xelatex"}[lang]
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    kpsewhich = subprocess.run(["kpsewhich", "ctexart.cls"], capture_output=True, check=False)
    if lang == "zh" and not kpsewhich.stdout:
        pytest.skip("the LaTeX package ctex is not installed")
    for index, report in enumerate(REPORTS):
        file = tmp_path / f"{index}.tex"
        file.write_text(report.to_latex(lang, standalone=True), encoding="utf-8")
        done = subprocess.run(
            [program, "-interaction=nonstopmode", "-halt-on-error", file.name], cwd=tmp_path, capture_output=True,
            text=True, errors="replace", timeout=100, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout[-2000:]
        assert "Missing character" not in done.stdout


@pytest.mark.parametrize("report", REPORTS, ids=repr)
def test_json_is_strict_and_exact(report: Any) -> None:
    def refuse(constant: str) -> Any:
        raise AssertionError(constant)

    found = json.loads(report.to_json(), parse_constant=refuse)
    if "neurons" in found:
        for name, row in found["neurons"].items():
            deltas = [row["delta"]] if report[name].single else row["delta"]
            assert [str(float(x)) for x in deltas] == [str(use.delta) for use in report[name].uses]
    assert json.loads(report.to_json("zh"), parse_constant=refuse).keys() == found.keys()


def test_rich_shows_the_same_numbers() -> None:
    console_module = pytest.importorskip("rich.console", reason="rich is not installed")
    for report in REPORTS:
        console = console_module.Console(file=io.StringIO(), width=80, force_terminal=False)
        console.print(report)
        shown = console.file.getvalue()
        assert max(map(columns, shown.splitlines())) <= 80
        numbers = set(re.findall(r"−?\d+\.\d+", report.to_text()))
        assert numbers <= set(re.findall(r"−?\d+\.\d+", shown))


_WITHOUT_RICH = """
import importlib.abc, sys

class Absent(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "rich":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Absent())
sys.modules["rich"] = None  # as if it were not installed, for who only asks
from nn import MLP, explain

explain(MLP(2, [3, 2, 1], "tanh", seed=0), [0.5, -1.0], target=1.0, loss="mse").show("zh")
print(*sorted(name for name, module in sys.modules.items() if module and name.partition(".")[0] == "rich"))
"""


def test_show_prints_without_rich_too(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("COLUMNS", "80"), ("PYTHONIOENCODING", "utf-8")):
        monkeypatch.setenv(name, value)
    command = [sys.executable, "-c", _WITHOUT_RICH]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    assert done.stdout == SMALL.to_text("zh") + "\n\n"
    assert done.stderr == ""


def test_the_reports_own_language_is_the_default() -> None:
    chinese = explain(MLP(2, [3, 1], "tanh", seed=0), [0.5, -1.0], target=1.0, lang="zh")
    assert str(chinese).startswith("每个梯度从何而来")
    assert 'lang="zh-Hans"' in chinese._repr_html_()
    assert str(chinese["layers.0.neurons.0"]).startswith("逐步推导")


def test_why_a_gradient_is_zero_is_told() -> None:
    model = MLP(2, [3, 1], "relu", seed=3)
    model.layers[1].neurons[0].w[0].data = 0.0
    for neuron in model.layers[0].neurons:
        neuron.b.data = 1.0  # type: ignore[union-attr]
    model.layers[0].neurons[2].b.data = -9.0  # type: ignore[union-attr]
    written = str(explain(model, [0.0, 0.0], target=5.0, loss="mse"))
    assert "neurons.0: no error arrives" in written
    assert "neurons.1: all its inputs are 0" in written
    assert "neurons.2: off at z = −9" in written
    saturated = str(explain(Neuron(1, "tanh", seed=0), [90.0], target=0.0, loss="mse"))
    assert "saturated" in saturated or "off at" in saturated


def test_both_columns_of_every_text_have_the_same_fields() -> None:
    def fields(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    for key, (english, chinese) in TEXTS.items():
        assert fields(english) | {"total", "count"} == fields(chinese) | {"total", "count"}, key
        assert english != chinese or not re.search(r"[a-z]{3}", english), key


def test_every_text_is_used() -> None:
    folder = ROOT / "nn"
    code = "".join(path.read_text(encoding="utf-8") for path in folder.glob("explanation/**/*.py"))
    code = code.replace((folder / "explanation/writing/wording.py").read_text(encoding="utf-8"), "")
    for key in TEXTS:
        kind, _, part = key.partition(".")
        known = key.removesuffix("_in_words").removesuffix("_sum")
        assert f'"{key}"' in code or (part and f'"{kind}"' in code) or f'f"{known}' in code, key


def test_wrapping_counts_chinese_as_two_columns() -> None:
    lines = wrap("神经元的误差信号 δ 沿着权重往回传递，每一层都要乘以斜率。", 20)
    assert all(columns(line) <= 21 for line in lines)  # a closing mark may hang over
    assert "".join(lines).replace(" ", "") == "神经元的误差信号δ沿着权重往回传递，每一层都要乘以斜率。"
    assert say("row", "zh") == "样本"


def test_equal_terms_of_the_pressure_are_each_counted_once() -> None:
    """One neuron read 20 times over with equal weights: 12 terms are shown, 8 are the others."""

    class Echo(Module):
        def __init__(self) -> None:
            self.first, self.second = Neuron(1, "tanh", seed=0), Neuron(1, "linear", seed=1)

        def __call__(self, x: list[Value]) -> Value:
            a = self.first(x)
            terms = [self.second([a]) for _ in range(20)]
            return sum(terms[1:], terms[0])

    row = explain(Echo(), [0.5], target=1.0, loss="mse")["first"]
    assert len(set(row.pressure)) == 1
    text = str(row)
    assert "8 others" in text
    assert sum(line.startswith("second") for line in text.splitlines()) == 12


def test_a_row_whose_delta_is_0_adds_nothing_even_where_its_input_is_infinite() -> None:
    neuron = Neuron(1, activation="relu", bias=False, seed=0)
    neuron.w[0].data = 1.0
    report = explain(neuron, [[float("-inf")], [1.0]], targets=[0.0, 2.0], loss="mse")
    assert report["neuron"].weight_gradients.tolist() == [-1.0]
    assert "nan" not in report["neuron"].to_text()
