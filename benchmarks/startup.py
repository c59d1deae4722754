"""How long ``import autograd, nn`` takes, beside ``import numpy`` alone: whole processes, in turn.

``make bench``, or ``python benchmarks/startup.py``.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time

PAIRS = 15
REACH = 1.5


def main() -> None:
    seconds("import autograd, nn")  # writes what is compiled
    pairs = [(seconds("import autograd, nn"), seconds("import numpy")) for _ in range(PAIRS)]
    ours, peer = (statistics.median(times) for times in zip(*pairs, strict=True))
    ratio = statistics.median(own / other for own, other in pairs)
    print(
        f"import autograd, nn: {ours * 1e3:.0f} ms; import numpy: {peer * 1e3:.0f} ms; ratio {ratio:.2f} (<= {REACH})"
    )


def seconds(program: str) -> float:
    started = time.perf_counter()
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run([sys.executable, "-c", program], check=True, env=environment)
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
