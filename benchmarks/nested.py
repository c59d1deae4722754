"""Derivatives within derivatives: how the cost of n inner derivatives grows, beside JAX and HIPS autograd; gradbench.

``python benchmarks/nested.py``. HIPS autograd has our import name; it takes part from a directory of its own,
``pip install --target DIRECTORY autograd``, and ``HIPS=DIRECTORY`` in the environment. The growth is the time of n over
that of n / 4: 4 is linear, 16 quadratic. JAX works without jit here, as the others do. saddle and particle are
gradbench's, reverse mode in reverse mode.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
COUNTS = {"ours": (100, 400, 1600), "hips": (100, 400, 1600), "jax": (25, 100)}
#: gradbench's own answers.
ANSWERS = {"saddle": [8.246324826140356e-06] * 4, "particle": 0.2071918746486116}


def main() -> None:
    print("inner derivatives: seconds for each count")
    for name, counts in COUNTS.items():
        if name == "hips" and "HIPS" not in os.environ:
            print("  hips   left out: set HIPS to the directory where it is installed")
            continue
        seconds = [run(name, "inner", count)[0] for count in counts]
        shown = "  ".join(f"{count}: {second:.3f}" for count, second in zip(counts, seconds, strict=True))
        print(f"  {name:5}  {shown}   growth for four times as many: {seconds[-1] / seconds[-2]:.1f}")
    for work, expected in ANSWERS.items():
        seconds, answer = run("ours", work, 0)
        print(f"gradbench's {work}: {seconds:.1f} s, answer {answer}, expected {expected}")


def run(name: str, work: str, size: int) -> tuple[float, object]:
    """One measurement, in a process of its own."""
    path = os.environ["HIPS"] if name == "hips" else str(HERE.parent)
    command = [sys.executable, "-P", str(HERE / "_nested_work.py"), name, work, str(size)]
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=True)
    seconds, answer = json.loads(done.stdout)
    return float(seconds), answer


if __name__ == "__main__":
    main()
