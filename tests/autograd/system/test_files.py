"""Files are written whole or not at all, under the user's own name, and only files are ever replaced."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from autograd.system.files import write_whole
from tests import ROOT

posix = pytest.mark.skipif(os.name != "posix", reason="links, pipes and modes are POSIX's")


def test_text_is_utf8_and_bytes_are_bytes(tmp_path: Path) -> None:
    write_whole(tmp_path / "text", "σ'(z)\n")
    write_whole(str(tmp_path / "bytes"), b"\x00\xff")
    assert (tmp_path / "text").read_bytes() == b"\xcf\x83'(z)\n"
    assert (tmp_path / "bytes").read_bytes() == b"\x00\xff"


@posix
def test_a_link_stays_a_link_and_its_file_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    (tmp_path / "far" / "file").write_text("old")
    (tmp_path / "near").symlink_to("far/file")
    (tmp_path / "link").symlink_to("near")
    write_whole(tmp_path / "link", "new")
    assert (tmp_path / "far" / "file").read_text() == "new"
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "near").is_symlink()
    assert [path.name for path in (tmp_path / "far").iterdir()] == ["file"]


@posix
def test_a_link_to_what_is_not_there_yet_makes_it(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("file")
    write_whole(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "file").read_text() == "new"


@posix
def test_a_pipe_stays_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()), daemon=True)
    reader.start()
    write_whole(pipe, "content")
    reader.join(10)
    assert read == ["content"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@posix
@pytest.mark.parametrize("device", ["/dev/null", "/dev/stdout"])
def test_a_device_behind_a_link_stays_what_it_is(tmp_path: Path, device: str) -> None:
    (tmp_path / "link").symlink_to(device)  # not the device itself: what is tested might break the machine
    code = "import sys; from autograd.system.files import write_whole; write_whole(sys.argv[1], 'content')"
    command = [sys.executable, "-c", code, tmp_path / "link"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == ("content" if device == "/dev/stdout" else "")
    assert (tmp_path / "link").readlink() == Path(device)
    assert [path.name for path in tmp_path.iterdir()] == ["link"]


@pytest.mark.skipif(not Path("/dev/fd").exists(), reason="there are no names of open files here")
def test_an_open_file_is_written_to_not_replaced(tmp_path: Path) -> None:
    code = "from autograd.system.files import write_whole; write_whole('/dev/fd/1', 'content')"
    with (tmp_path / "out").open("w+") as out:
        subprocess.run([sys.executable, "-c", code], cwd=ROOT, stdout=out, check=True)
        out.seek(0)
        assert out.read() == "content"


def test_a_missing_folder_is_named_as_the_user_wrote_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileNotFoundError, match="no such folder: create it first") as caught:
        write_whole("missing/a.txt", "")
    assert caught.value.filename == "missing"


def test_a_name_that_is_too_long_is_named_itself(tmp_path: Path) -> None:
    path = tmp_path / ("x" * 300)
    with pytest.raises(OSError, match="x" * 300) as caught:
        write_whole(path, "")
    assert caught.value.filename == str(path)
    assert list(tmp_path.iterdir()) == []


def test_a_name_may_be_as_long_as_the_system_allows(tmp_path: Path) -> None:
    path = tmp_path / ("x" * 255)
    write_whole(path, "content")
    assert path.read_text() == "content"


def test_the_home_folder_has_its_short_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    write_whole("~/a.txt", "content")
    assert (tmp_path / "a.txt").read_text() == "content"


@posix
def test_the_process_keeps_its_mask_all_the_while(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The mask belongs to the whole process: another thread that makes a file meanwhile must not see it changed."""
    changes: list[int] = []
    monkeypatch.setattr(os, "umask", lambda mask: changes.append(mask) or 0o077)
    write_whole(tmp_path / "file", "")
    assert changes == []


def test_an_interrupt_leaves_the_old_file_and_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    (tmp_path / "file").write_text("old")
    monkeypatch.setattr(Path, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_whole(tmp_path / "file", "new")
    assert (tmp_path / "file").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
