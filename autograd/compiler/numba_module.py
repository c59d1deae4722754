"""Modules of generated source that Numba compiles, cached on disk between processes."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

from autograd.system.files import write_whole

__all__ = ["HEADER", "indented", "module"]

#: How modules begin. IEEE-754 throughout, but for the order of sums and fused multiply-add.
HEADER = """\
import math

import numpy as np
from numba import njit

options = dict(cache=True, error_model="numpy", fastmath={"contract", "reassoc"}, boundscheck=False)
"""


def indented(lines: Sequence[str], depth: int) -> str:
    """Return lines as the text of a block, `depth` blocks deep."""
    return "\n".join("    " * depth + line for line in lines)


def module(source: str) -> ModuleType:
    """Return the module with this source, from the cache folder; Numba finds its machine code beside it."""
    name = f"glassgrad_{hashlib.sha256(source.encode()).hexdigest()[:24]}"
    if name in sys.modules:
        return sys.modules[name]
    folder = Path(os.environ.get("GLASSGRAD_CACHE") or Path.home() / ".cache" / "glassgrad")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.py"
    if not path.exists():
        write_whole(path, source)
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    sys.modules[name] = module
    return module
