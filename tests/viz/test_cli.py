"""``python -m viz`` as a process: the picture, the table, and one clear message for whatever is wrong."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests import ROOT
from viz.__main__ import main


def run(*arguments: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "viz", *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"} | environment,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def test_it_draws_and_prints_the_gradients(tmp_path: Path) -> None:
    done = run("tanh(w*a + b)", "w=0.7", "a=-1.5", "b=0.3", "-o", "graph.svg", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    cells = {line.split()[0]: line.split()[1:] for line in done.stdout.splitlines() if len(line.split()) == 3}
    derivative = 1.0 - math.tanh(0.7 * -1.5 + 0.3) ** 2
    for name, value, gradient in (("w", 0.7, -1.5 * derivative), ("a", -1.5, 0.7 * derivative), ("b", 0.3, derivative)):
        assert list(map(float, cells[name])) == pytest.approx([value, gradient], rel=1e-9)
    assert float(cells["result"][1]) == 1.0
    assert "drawn in graph.svg" in done.stdout
    svg = "".join(ElementTree.parse(tmp_path / "graph.svg").getroot().itertext())
    assert "tanh(w*a + b)" in svg
    assert "∂ = 1" in " ".join(svg.split())


@pytest.mark.parametrize(("expression", "number"), [("-x", -3.0), ("-x**2 - 1", -10.0), ("-2*x", -6.0), ("-(x)", -3.0)])
def test_an_expression_may_begin_with_a_minus(
    tmp_path: Path, expression: str, number: float, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([expression, "x=3", "-o", str(tmp_path / "g.dot")]) == 0
    assert float(capsys.readouterr().out.split("result")[1].split()[0]) == number
    assert main(["-o", str(tmp_path / "h.dot"), expression, "x=3"]) == 0


def test_an_unknown_option_is_still_an_error(tmp_path: Path) -> None:
    done = run("x", "x=3", "--colour", folder=tmp_path)
    assert done.returncode == 2
    assert "--colour" in done.stderr


def test_without_an_output_it_is_graph_svg(tmp_path: Path) -> None:
    assert run("x**2", "x=3", folder=tmp_path).returncode == 0
    assert (tmp_path / "graph.svg").exists()


@pytest.mark.parametrize(("name", "start"), [("g.png", b"\x89PNG"), ("g.dot", b"digraph"), ("g.SVG", b"<?xml")])
def test_the_ending_says_which_format(tmp_path: Path, name: str, start: bytes) -> None:
    assert run("x**2", "x=3", "-o", name, folder=tmp_path).returncode == 0
    assert (tmp_path / name).read_bytes().startswith(start)


@pytest.mark.parametrize("ending", [["-o", "backprop.html"], ["-o", "page", "--format", "html"]])
def test_a_page_to_step_through(tmp_path: Path, ending: list[str]) -> None:
    done = run("tanh(w*a + b)", "w=0.7", "a=-1.5", "b=0.3", *ending, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert f"open {ending[1]} in a browser" in done.stdout
    page = (tmp_path / ending[1]).read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert "<title>tanh(w*a + b)</title>" in page


def test_options(tmp_path: Path) -> None:
    done = run(
        "x*y", "x=3", "y=-1e-3", "-o", "out", "--format", "dot", "--rankdir", "TB", "--title", "A & B", folder=tmp_path
    )
    assert done.returncode == 0
    text = (tmp_path / "out").read_text(encoding="utf-8")
    assert "rankdir=TB" in text
    assert "A &amp; B" in text


def test_help_is_enough_to_use_it(tmp_path: Path) -> None:
    done = run("--help", folder=tmp_path)
    assert done.returncode == 0
    for word in ("tanh(w*a + b)", "NAME=NUMBER", "--output", ".png", "where", "softplus", "parentheses"):
        assert word in done.stdout


def test_plain_output_without_rich(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.modules['rich'] = None\n")
    done = run("x*y", "x=3", "y=-1", folder=tmp_path, PYTHONPATH=f"{ROOT}{os.pathsep}{tmp_path}")
    assert done.stdout.splitlines()[:4] == [
        "name    value  gradient",
        "x           3        -1",
        "y          -1         3",
        "result     -3         1",
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "the following arguments are required: EXPRESSION"),
        (["tanh(w*a", "w=1", "a=1"], "\n  tanh(w*a\n  "),
        (["thanh(w)", "w=1"], "did you mean 'tanh'"),
        (["w*a", "w=1"], "'a' has no value; given: w\n  w*a\n    ^"),
        (["w", "w=1", "q=2"], "does not use 'q'"),
        (["w", "w"], "expected NAME=NUMBER, got 'w'"),
        (["w", "=1"], "expected NAME=NUMBER, got '=1'"),
        (["w", "w=one"], "'w' must be a number, got 'one'"),
        (["w", "w="], "'w' must be a number, got ''"),
        (["w", "w=1", "w=2"], "'w' is given twice"),
        (["w", "w=1", "-o", "missing/graph.svg"], "missing: no such folder: create it first"),
        (["w", "w=1", "-o", "."], "this is a folder"),
        (["w", "w=1", "-o", "missing/page.html"], "missing: no such folder: create it first"),
        (["w", "w=1", "-o", "graph.jpg"], "unknown picture format 'jpg'"),
        (["w", "w=1", "--format", "pgn"], "did you mean 'png'"),
        (["w", "w=1", "--rankdir", "up"], "unknown rankdir 'up'"),
        (["w", "w=1", "--timeout", "0"], "above 0"),
        (["w", "w=1", "--timeout", "soon"], "invalid float value"),
        (["__import__('os')", "w=1"], ""),
        (["w", "w=1", "--colour"], "unrecognized arguments: --colour"),
    ],
)
def test_mistakes_get_one_message_and_exit_code_2(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as end:
        sys.exit(main(arguments))
    assert end.value.code == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("python -m viz: ")
    assert message in printed.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "arguments", [["thanh(w)", "w=1"], ["w", "w=1", "-o", "missing/graph.svg"], ["w", "w=1", "--colour"]]
)
def test_a_mistake_is_no_traceback(tmp_path: Path, arguments: list[str]) -> None:
    done = run(*arguments, folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr


def test_without_a_renderer_the_gradients_are_printed_and_the_text_is_kept(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import importlib.util as util\n"
        "find = util.find_spec\n"
        "util.find_spec = lambda name, *more: None if name == 'pygraphviz' else find(name, *more)\n"
    )
    done = run("x**2", "x=3", folder=tmp_path, PYTHONPATH=f"{ROOT}{os.pathsep}{tmp_path}", PATH=str(tmp_path))
    assert done.returncode == 2
    assert "gradient" in done.stdout
    assert "pip install" in done.stderr
    assert "Traceback" not in done.stderr
    assert (tmp_path / "graph.dot").read_text(encoding="utf-8").startswith("digraph")
