"""What the Numba backend takes before the first step of the two moons: compiled, and found on disk.

Each time is that of a process of its own, which this file is: from the trace to the end of one training step, without
the imports, which every program pays.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def kernel_start(processes: int = 5) -> None:
    """Print the seconds of one cold start and the median of `processes` from the cache."""
    with tempfile.TemporaryDirectory() as folder:
        times = [_in_a_process(folder) for _ in range(1 + processes)]
    cached = sorted(times[1:])[processes // 2]
    print("\nNumba kernel of the two moons, seconds from the trace to the end of the first step")
    for name, seconds, most in (("cold", times[0], 5.0), ("from the cache", cached, 0.5)):
        print(f"  {name:28} {seconds:8.2f}   to reach <= {most:g}  {'yes' if seconds <= most else 'NOT YET'}")


def _in_a_process(folder: str) -> float:
    path = [str(Path(__file__).parent.parent), os.environ.get("PYTHONPATH", "")]
    environment = {**os.environ, "GLASSGRAD_CACHE": folder, "PYTHONPATH": os.pathsep.join(filter(None, path))}
    done = subprocess.run([sys.executable, __file__], env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return float(done.stdout)


def _first_step() -> float:
    import _peers  # noqa: F401 - one thread
    import numba  # noqa: F401 - its import is not compiling
    import numpy as np
    from _mlp import Problem
    from _mlp_ours import descent, program_of

    import autograd.compiler.numba_backend  # noqa: F401
    from nn import data

    X, y = data.moons(100, noise=0.1, seed=1337)
    problem = Problem([2, 16, 16, 1], X[None], (2.0 * y - 1.0)[None], rate=0.05, decay=2e-4)
    started = time.perf_counter()
    kernel = program_of(problem).training(descent(problem).stages, rows=len(X), backend="numba")
    kernel.train(np.column_stack([X, problem.T[0]]), [np.arange(len(X))])
    return time.perf_counter() - started


if __name__ == "__main__":
    print(_first_step())
