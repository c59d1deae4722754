"""Rendering: by either renderer, whole files or none, never without end, and clear words where it cannot be."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import graphviz
import pytest

from autograd import OperandError, RenderError, UnknownNameError
from viz import render
from viz import render as render_function

SOURCE = 'digraph { w -> z [label="1"] }'
posix = pytest.mark.skipif(os.name != "posix", reason="needs a POSIX shell")


def fake_dot(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Put a program named dot first on the PATH."""
    program = folder / "dot"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}/usr/bin{os.pathsep}/bin")


def is_running(pid: int) -> bool:
    state = Path(f"/proc/{pid}/stat")
    if Path("/proc").is_dir():
        return state.exists() and state.read_text().rpartition(")")[2].split()[0] != "Z"
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def wait_for(condition: Any, seconds: float = 5.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return False


def test_svg_is_text_and_png_bytes(renderer: str) -> None:
    svg, png = render(SOURCE), render(SOURCE, format="png")
    assert isinstance(svg, str)
    assert "<svg" in svg
    assert isinstance(png, bytes)
    assert png.startswith(b"\x89PNG")


def test_a_digraph_renders_like_its_text(renderer: str) -> None:
    graph = graphviz.Digraph()
    graph.edge("w", "z")
    assert render(graph) == render(graph.source)


@pytest.mark.parametrize(
    ("name", "start"), [("g.svg", b"<?xml"), ("g.png", b"\x89PNG"), ("g.dot", b"digraph"), ("g", b"<?xml")]
)
def test_the_ending_of_a_file_says_which_format(renderer: str, tmp_path: Path, name: str, start: bytes) -> None:
    returned = render(SOURCE, tmp_path / name)
    content = (tmp_path / name).read_bytes()
    assert content.startswith(start)
    assert content == (returned if isinstance(returned, bytes) else returned.encode())


def test_a_format_given_is_stronger_than_the_ending(tmp_path: Path) -> None:
    render(SOURCE, tmp_path / "g.txt", "dot")
    assert (tmp_path / "g.txt").read_text() == SOURCE


@pytest.mark.parametrize(("path", "format"), [(None, "svgz"), ("graph.jpeg", None), (None, "")])
def test_an_unknown_format_is_named_with_the_known_ones(path: str | None, format: str | None) -> None:
    with pytest.raises(UnknownNameError, match=r"unknown picture format.*known: dot, png, svg"):
        render(SOURCE, path, format)


def test_the_nearest_format_is_named() -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'png'"):
        render(SOURCE, format="pgn")


@pytest.mark.parametrize("wrong", [None, 3, b"digraph {}", ["digraph {}"]])
def test_what_is_no_graph_is_refused(wrong: Any) -> None:
    with pytest.raises(OperandError, match=r"takes a graphviz\.Digraph or its text"):
        render(wrong)


def test_text_that_is_no_graph_says_what_is_wrong(renderer: str) -> None:
    with pytest.raises(RenderError, match=r"the renderer failed: .+"):
        render("digraph { w -> ")


@pytest.mark.parametrize("timeout", [0, -1, float("nan")])
def test_a_time_limit_is_positive(timeout: float) -> None:
    with pytest.raises(OperandError, match="above 0"):
        render(SOURCE, timeout=timeout)


# Files.


def test_a_missing_folder_is_named_before_any_work(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no such folder") as caught:
        render(SOURCE, tmp_path / "missing" / "g.svg")
    assert caught.value.filename == str(tmp_path / "missing")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError, match="this is a folder"):
        render(SOURCE, tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(FileNotFoundError, match="not a folder"):
        render(SOURCE, tmp_path / "file" / "g.svg")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="everything may be written to here")
def test_a_folder_that_may_not_be_written_to_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(PermissionError, match="another folder"):
        render(SOURCE, tmp_path / "g.svg")


def test_a_failure_leaves_the_old_file_and_nothing_else(renderer: str, tmp_path: Path) -> None:
    (tmp_path / "g.svg").write_text("old")
    with pytest.raises(RenderError):
        render("digraph {", tmp_path / "g.svg")
    assert (tmp_path / "g.svg").read_text() == "old"
    assert {path.name for path in tmp_path.iterdir()} <= {"g.svg", "g.dot", "no programs here"}


@posix
def test_files_get_ordinary_permissions_and_links_stay_links(tmp_path: Path) -> None:
    (tmp_path / "link.dot").symlink_to(tmp_path / "g.dot")
    render(SOURCE, tmp_path / "link.dot")
    (tmp_path / "plain").touch()
    assert (tmp_path / "link.dot").is_symlink()
    assert (tmp_path / "g.dot").read_text() == SOURCE
    assert stat.S_IMODE((tmp_path / "g.dot").stat().st_mode) == stat.S_IMODE((tmp_path / "plain").stat().st_mode)


@posix
def test_a_device_stays_a_device(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.dot"
    os.mkfifo(pipe)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()
    render(SOURCE, pipe)
    reader.join(5)
    assert read == [SOURCE]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


# Without a renderer.


@pytest.fixture
def no_renderer(hide_dot: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)


def test_without_a_renderer_the_error_says_what_to_install(no_renderer: None) -> None:
    with pytest.raises(RenderError, match=r"no renderer is installed.*glassgrad\[render\].*apt install graphviz"):
        render(SOURCE)


def test_without_a_renderer_the_text_is_still_written(no_renderer: None, tmp_path: Path) -> None:
    with pytest.raises(RenderError, match=r"kept as text in .*graph\.dot"):
        render(SOURCE, tmp_path / "graph.png")
    assert (tmp_path / "graph.dot").read_text() == SOURCE
    assert not (tmp_path / "graph.png").exists()


def test_text_needs_no_renderer(no_renderer: None) -> None:
    assert render(SOURCE, format="dot") == SOURCE


@posix
def test_a_dot_that_does_not_run_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "dot").write_bytes(b"\x7fELF nothing")
    (tmp_path / "dot").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RenderError, match="does not run"):
        render(SOURCE)


# Time.


@posix
def test_when_time_is_up_every_process_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pids = tmp_path / "pids"
    fake_dot(tmp_path, monkeypatch, f"sleep 60 &\necho $$ $! > {pids}\nwait")  # a script around the real program
    started = time.monotonic()
    with pytest.raises(RenderError, match=r"not done after 0\.5 seconds"):
        render(SOURCE, timeout=0.5)
    assert time.monotonic() - started < 5
    for pid in map(int, pids.read_text().split()):
        assert wait_for(lambda pid=pid: not is_running(pid))


def test_the_wheel_has_a_time_limit_too(hide_dot: None) -> None:
    pytest.importorskip("pygraphviz")
    lines = "\n".join(f"{a} -> {b}" for a in range(80) for b in range(a + 1, 80))
    started = time.monotonic()
    with pytest.raises(RenderError, match="not done after"):
        render(f"digraph {{ {lines} }}", timeout=0.4)
    assert time.monotonic() - started < 5


@posix
def test_ctrl_c_kills_the_layout(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    program = tmp_path / "dot"
    program.write_text(f"#!/bin/sh\necho $$ > {pid_file}\nexec sleep 60\n")
    program.chmod(0o755)
    environment = os.environ | {"PATH": f"{tmp_path}:/usr/bin:/bin", "PYTHONPATH": str(Path.cwd())}
    code = f"from viz import render\nrender({SOURCE!r})"
    user = subprocess.Popen([sys.executable, "-c", code], env=environment, stderr=subprocess.PIPE, text=True)
    try:
        assert wait_for(lambda: pid_file.exists() and pid_file.read_text().strip(), 20)
        user.send_signal(signal.SIGINT)
        _, complaint = user.communicate(timeout=10)
    finally:
        user.kill()
    assert "KeyboardInterrupt" in complaint
    assert wait_for(lambda: not is_running(int(pid_file.read_text())))


def test_rendering_works_in_threads(renderer: str) -> None:
    found: list[Any] = []
    threads = [threading.Thread(target=lambda: found.append(render_function(SOURCE))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(found) == 4
    assert len(set(found)) == 1
