"""The README's code runs as it is printed: Python blocks in order, commands as processes."""

import os
import re
import shlex
import shutil
import subprocess
import sys

import pytest

from tests import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL)


COMMANDS = [
    line.removeprefix("$ ").partition("  #")[0].strip() for block in blocks("console") for line in block.splitlines()
]
MODULES = [command for command in COMMANDS if command.startswith("python -m ")]


def test_python_blocks_run_in_order(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = blocks("python")
    assert len(found) >= 4
    scope = {}
    for block in found:
        exec(compile(block, "README.md", "exec"), scope)  # noqa: S102 - our own README


@pytest.mark.parametrize("command", MODULES)
def test_commands_run_and_leave_what_they_name(command, tmp_path):
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    arguments = [sys.executable, *shlex.split(command)[1:]]
    done = subprocess.run(arguments, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    made = {path.name for path in tmp_path.rglob("*") if "examples" not in path.parts}
    if "-o" in arguments:
        assert arguments[arguments.index("-o") + 1] in made
    elif "lesson" in arguments:
        assert made >= {f"{name}.png" for name in arguments[4:]}
    else:
        assert made >= {"boundary.png", "loss.png", "neuron.svg", "model.json", "index.html"}


def test_the_command_lines_were_found():
    assert len(MODULES) >= 3
    assert "make demo" in COMMANDS
    assert "make test" in COMMANDS


def test_links_and_pictures_exist():
    targets = re.findall(r"\]\((?!http)([^)#]+)\)", README)
    assert targets
    for target in targets:
        assert (ROOT / target).exists(), target


def test_lines_fit_a_screen():
    assert not [line for line in README.splitlines() if len(line) > 120]
