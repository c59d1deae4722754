"""The demo as a process: what it leaves, and how it ends when it may not go on."""

import os
import subprocess
import sys

import pytest

from tests import ROOT

# Ctrl-C as the demo enters the function of this name for the first time.
INTERRUPTED = """
import os, runpy, signal, sys

signal.signal(signal.SIGINT, signal.default_int_handler)  # a test run in the background ignores it
demo, name = sys.argv.pop(1), sys.argv.pop(1)

def watch(frame, event, _):
    if event == "call" and frame.f_code.co_qualname == name:
        sys.setprofile(None)
        os.kill(os.getpid(), signal.SIGINT)

sys.setprofile(watch)
runpy.run_path(demo, run_name="__main__")
"""


def demo(folder, *before):
    return subprocess.run(
        [sys.executable, *before[:2], str(ROOT / "examples" / "demo.py"), *before[2:]],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_it_leaves_pictures_and_a_page_that_shows_them(tmp_path):
    done = demo(tmp_path)
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    for name in ("moons", "iris"):
        left = {path.name for path in (tmp_path / "out" / name).iterdir()}
        files = {"boundary.png", "loss.png", "neuron.svg", "model.json", "explore.html", "play.html", "gradients.html"}
        assert left == files
        assert all(f"{name}/{file}" in page for file in left)
    assert "open " in done.stdout


@pytest.mark.skipif(os.name != "posix", reason="Ctrl-C is sent as a POSIX signal")
@pytest.mark.parametrize("place", ["check_tools", "Epochs.run", "Figure.savefig"])
def test_ctrl_c_stops_it_in_one_line(place, tmp_path):
    done = demo(tmp_path, "-c", INTERRUPTED, place)
    assert (done.returncode, done.stdout) == (130, "")
    assert "Traceback" not in done.stderr
    assert done.stderr.splitlines()[-1] == "demo.py: interrupted"


def test_a_file_in_the_way_is_named_before_anything_is_trained(tmp_path):
    (tmp_path / "out").touch()
    done = demo(tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "demo.py: out: this is a file: name a folder instead\n"
