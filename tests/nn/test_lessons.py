"""The lessons: their claims hold and can fail, the pages in docs are those of this run, the command line works."""

from __future__ import annotations

import os
import re
import string
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from autograd import ClaimError, UnknownNameError
from nn.explanation.writing.wording import LANGUAGES
from nn.lessons import LESSONS, index, lesson_named, page
from nn.lessons.lesson import check
from nn.lessons.web import web_page
from tests import ROOT

DOCS = ROOT / "docs" / "lessons"
NAMES = ["batch-sum", "bias-one", "pressure", "relu-keeps-active", "saturation", "symmetry"]


@pytest.fixture(scope="module")
def outcomes() -> dict[str, object]:
    return {name: lesson.run() for name, lesson in LESSONS.items()}


def folder(lang: str) -> Path:
    return DOCS if lang == "en" else DOCS / lang


def test_there_are_six() -> None:
    assert sorted(LESSONS) == NAMES


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_the_page_in_docs_is_that_of_this_run(name: str, lang: str, outcomes: dict[str, object]) -> None:
    written = page(LESSONS[name], outcomes[name], lang)  # type: ignore[arg-type]
    found = (folder(lang) / f"{name}.md").read_text(encoding="utf-8")
    assert found == written, "run: python -m nn lesson --docs docs/lessons"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_index_in_docs_is_that_of_these_runs(lang: str, outcomes: dict[str, object]) -> None:
    runs = [(lesson, outcomes[name]) for name, lesson in LESSONS.items()]
    assert (folder(lang) / "README.md").read_text(encoding="utf-8") == index(runs, lang)  # type: ignore[arg-type]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_the_web_page_in_docs_is_that_of_this_run(name: str, lang: str, outcomes: dict[str, object]) -> None:
    written = web_page(LESSONS[name], outcomes[name], lang, f"{name}.svg", linked=True)  # type: ignore[arg-type]
    found = (folder(lang) / f"{name}.html").read_text(encoding="utf-8")
    assert found == written, "run: python -m nn lesson --docs docs/lessons"
    links = re.findall(r'(?:href|src)="([^"]+)"', written)
    assert len(links) == 3
    assert all((folder(lang) / link).exists() for link in links)
    assert "{" not in re.sub(r"<style>.*?</style>", "", written, flags=re.DOTALL)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", [*NAMES, "README"])
def test_links_and_pictures_of_the_pages_exist(name: str, lang: str) -> None:
    text = (folder(lang) / f"{name}.md").read_text(encoding="utf-8")
    targets = re.findall(r"\]\((?!http)([^)#]+)\)", text)
    assert targets
    for target in targets:
        assert (folder(lang) / target).exists(), target


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_tell_the_same_numbers(name: str) -> None:
    lesson = LESSONS[name]

    def fields(text: str) -> set[str]:
        return {found for _, found, _, _ in string.Formatter().parse(text) if found}

    for english, chinese in (lesson.title, lesson.claim, lesson.text, lesson.caption):
        assert fields(english) == fields(chinese)


def test_a_run_is_the_same_every_time() -> None:
    assert LESSONS["pressure"].run().numbers == LESSONS["pressure"].run().numbers


@pytest.mark.parametrize(
    ("name", "broken"),
    [("saturation", "sigmoid"), ("symmetry", "tanh"), ("bias-one", "tanh"), ("pressure", "tanh"),
     ("relu-keeps-active", "relu")],
)  # fmt: skip
def test_a_claim_can_fail(name: str, broken: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With another activation under that name the experiment comes out differently, and the lesson says so."""
    from autograd import operations
    from nn import activation, layers

    other = {"sigmoid": "silu", "tanh": "cos", "relu": "sigmoid"}[broken]
    chosen = activation.activation_function

    def swapped(wanted: str) -> Any:
        return getattr(operations, other) if wanted == broken else chosen(wanted)

    monkeypatch.setattr(layers, "activation_function", swapped)
    with pytest.raises(ClaimError, match="does not bear out"):
        LESSONS[name].run()


def test_a_claim_is_an_assertion_that_no_option_of_python_switches_off() -> None:
    assert issubclass(ClaimError, AssertionError)
    with pytest.raises(ClaimError, match="does not bear out that 1 = 2"):
        check(1 == 2, "1 = 2")


def test_unknown_lessons_have_a_nearest_name() -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'symmetry'"):
        lesson_named("simmetry")


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "nn", "lesson", *arguments]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=120, check=False)


def test_the_command_line(tmp_path: Path) -> None:
    listed = run(cwd=tmp_path)
    assert listed.returncode == 0
    assert all(name in listed.stdout for name in NAMES)
    done = run("bias-one", "--lang", "zh", "--out", "pictures", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "偏置" in done.stdout
    assert "偏置" in (tmp_path / "pictures" / "bias-one.html").read_text(encoding="utf-8")
    assert (tmp_path / "pictures" / "bias-one.png").read_bytes().startswith(b"\x89PNG")
    wrong = run("bias", cwd=tmp_path)
    assert wrong.returncode == 2
    assert "did you mean 'bias-one'" in wrong.stderr
    (tmp_path / "file").touch()
    blocked = run("bias-one", "--out", "file/below", cwd=tmp_path)
    assert (blocked.returncode, blocked.stdout) == (2, "")  # before the lesson is told
    assert blocked.stderr == "python -m nn lesson: file: this is a file: name a folder instead\n"
    choice = run("bias-one", "--lang", "fr", cwd=tmp_path)
    assert (choice.returncode, choice.stderr.count("\n")) == (2, 1)
    assert "'zh'" in choice.stderr


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_every_lesson_has_its_picture(name: str, lang: str, outcomes: dict[str, object]) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    from viz.plots.lessons import plot_lesson, written

    figure = plot_lesson(name, outcomes[name].picture, lang=lang)  # type: ignore[attr-defined]
    assert all(axes.get_title(loc="left") for axes in figure.axes)
    svg = written(figure, "svg").decode()
    assert "<dc:date>" not in svg
    assert svg.count("<path") > 20
