"""The Chinese README: its code and commands run as they are printed, and it names what the English one does."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

import nn.__main__
import viz.__main__
from tests import ROOT

README = (ROOT / "README.zh-CN.md").read_text(encoding="utf-8")
ENGLISH = (ROOT / "README.md").read_text(encoding="utf-8")
MAINS = {"nn": nn.__main__.main, "viz": viz.__main__.main}


def blocks(language: str, text: str = README) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)


def test_its_python_runs_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    scope: dict[str, object] = {}
    found = blocks("python")
    assert len(found) >= 4
    for block in found:
        exec(compile(block, "README.zh-CN.md", "exec"), scope)  # noqa: S102 - our own README


def test_its_commands_run_in_order_in_one_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    lines = [line.removeprefix("$ ") for block in blocks("console") for line in block.splitlines()]
    commands = [shlex.split(line)[2:] for line in lines if line.startswith("python -m ")]
    assert len(commands) >= 8
    for program, *arguments in commands:
        quick = ["--epochs", "2"] if program == "nn" and "." not in arguments[0][-5:] else []
        trains = program == "nn" and arguments[0] not in ("predict", "explain", "lesson")
        assert MAINS[program]([*arguments, *(quick if trains else [])]) == 0, arguments
    assert "准确率" in capsys.readouterr().out


def test_links_exist() -> None:
    targets = re.findall(r"\]\((?!http)([^)#]+)(?:#[^)]*)?\)", README)
    assert targets
    for target in targets:
        assert (ROOT / target).exists(), target


def test_both_say_the_same_code() -> None:
    def bare(text: str) -> list[str]:
        return re.findall(r"^(?:from|import) .*$", "\n".join(blocks("python", text)), flags=re.MULTILINE)

    assert set(bare(README)) <= set(bare(ENGLISH))
    assert "README.zh-CN.md" in ENGLISH
