"""What the command lines share: how each of them ends, and what it says then."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from autograd import DataError
from autograd.system.command_line import answer
from tests import ROOT


def ends_with(error: BaseException) -> int:
    def work() -> int:
        raise error

    return answer("python -m x", work)


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (DataError("the table is empty"), 2, "the table is empty"),
        (FileNotFoundError(2, "No such file or directory", "a.csv"), 2, "a.csv: No such file or directory"),
        (ImportError("install matplotlib"), 2, "install matplotlib"),
        (KeyboardInterrupt(), 130, "interrupted"),
    ],
)
def test_what_a_user_can_mend_gets_one_line(
    error: BaseException, code: int, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ends_with(error) == code
    assert capsys.readouterr() == ("", f"python -m x: {line}\n")


def test_what_only_we_can_mend_keeps_its_traceback() -> None:
    with pytest.raises(ZeroDivisionError):
        ends_with(ZeroDivisionError())


def test_the_code_of_the_work_is_returned() -> None:
    assert answer("python -m x", lambda: 1) == 1


def run(*arguments: str) -> list[str]:
    return [sys.executable, "-m", *arguments]


@pytest.mark.parametrize("arguments", [["autograd"], ["nn", "lesson"], ["viz", "x", "x=1", "-o", "x.dot"]])
@pytest.mark.skipif(os.name != "posix", reason="a pipe without a reader has another error on Windows")
def test_a_reader_who_leaves_gets_no_traceback(arguments: list[str], tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(
            run(*arguments),
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=writer,
            stderr=subprocess.PIPE,
            text=True,
            timeout=120,
            check=False,
        )
    finally:
        os.close(writer)
    assert (done.returncode, done.stderr) == (1, "")


@pytest.mark.parametrize("door", [["autograd"], ["nn"], ["nn", "lesson"], ["viz"]])
def test_every_door_answers_a_wrong_option_in_one_line(door: list[str]) -> None:
    done = subprocess.run(run(*door, "--wrong"), cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    name = " ".join(door)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"python -m {name}: ")
    assert done.stderr.endswith(f"(python -m {name} --help)\n")
    assert done.stderr.count("\n") == 1
