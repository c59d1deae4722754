"""Every example in a help text runs, in the order in which they stand, from a folder that has the examples."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

import nn.__main__
import viz.__main__
from tests import ROOT

MAINS: dict[str, Callable[[Sequence[str]], int]] = {"nn": nn.__main__.main, "viz": viz.__main__.main}
#: Each command's own help; the first leaves the models that the others take.
HELPS = [["nn"], ["nn", "predict"], ["nn", "explain"], ["viz"], ["viz", "play"]]
#: So that examples take no longer than they must; what they show is the way to call.
QUICK = ["--epochs", "2", "--hidden", "4"]


def examples(command: list[str], capsys: pytest.CaptureFixture[str]) -> list[list[str]]:
    with pytest.raises(SystemExit):
        MAINS[command[0]]([*command[1:], "--help"])
    lines = re.findall(r"^  python -m (.*?)(?:   .*)?$", capsys.readouterr().out, re.MULTILINE)
    return [shlex.split(line) for line in lines]


def test_every_example_of_every_help_text_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LANG", "C")
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    run: set[tuple[str, ...]] = set()
    for command in HELPS:
        found = examples(command, capsys)
        assert len(found) >= 3, command
        for program, *arguments in found:
            if tuple(arguments) in run or "--help" in arguments or arguments == ["lesson"]:
                continue
            run.add(tuple(arguments))
            trains = program == "nn" and arguments[0] not in ("predict", "explain", "lesson")
            assert MAINS[program]([*arguments, *(QUICK if trains else [])]) == 0, (program, arguments)
    capsys.readouterr()
