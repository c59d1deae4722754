"""Machine code: what is kept on disk, and what happens to files that are not what was written."""

from __future__ import annotations

import ctypes
import threading
import time
from pathlib import Path

import pytest

pytest.importorskip("llvmlite")

from autograd.compiler.kernel import machine_code
from autograd.compiler.kernel.machine_code import load

_SQUARE = "define double @f(double %x) {{ %y = fmul double %x, %x %z = fadd double %y, {} ret double %z }}"


def square(number: float) -> float:
    text = _SQUARE.format(f"{number:.1f}")
    return float(load(text).function("f", ctypes.c_double, ctypes.c_double)(3.0))


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GLASSGRAD_CACHE", str(tmp_path / "cache"))
    machine_code._load.cache_clear()
    return tmp_path / "cache"


def test_object_code_is_kept_and_used_again(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert square(1.0) == 10.0
    (file,) = cache.iterdir()
    machine_code._load.cache_clear()
    monkeypatch.setattr(machine_code, "_compiled", lambda *_: pytest.fail("compiled again"))
    assert square(1.0) == 10.0
    assert list(cache.iterdir()) == [file]


@pytest.mark.parametrize("damage", [b"", b"other", None])
def test_a_broken_file_is_made_again(cache: Path, damage: bytes | None) -> None:
    square(2.0)
    (file,) = cache.iterdir()
    whole = file.read_bytes()
    file.write_bytes(whole[:-1] if damage is None else damage)
    machine_code._load.cache_clear()
    assert square(2.0) == 11.0
    assert file.read_bytes() == whole


def test_a_folder_that_cannot_be_made_costs_time_only(cache: Path) -> None:
    cache.write_text("a file in the place of the folder")
    assert square(3.0) == 12.0


def test_other_threads_run_meanwhile(cache: Path) -> None:
    """A kernel that waits for another thread's store would wait for ever, did it hold the interpreter."""
    text = """
define void @wait(ptr %flag) {
entry:
  br label %again
again:
  %seen = load atomic i64, ptr %flag seq_cst, align 8
  %done = icmp ne i64 %seen, 0
  br i1 %done, label %end, label %again
end:
  ret void
}
"""
    wait = load(text).function("wait", None, ctypes.c_void_p)
    flag = ctypes.c_int64(0)
    waiting = threading.Thread(target=wait, args=(ctypes.addressof(flag),), daemon=True)
    waiting.start()
    time.sleep(0.01)
    flag.value = 1
    waiting.join(10)
    assert not waiting.is_alive()


def test_text_that_is_wrong_is_refused() -> None:
    with pytest.raises(RuntimeError):
        load("define double @f(double %x) { ret double %y }")
