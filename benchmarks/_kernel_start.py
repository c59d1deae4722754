"""What a kernel takes before the first step of the two moons, compiled and found on disk, beside ``jax.jit``.

Each time is that of a process of its own, which this file is: from the trace to the end of one training step, without
the imports, which every program pays. JAX compiles the same loop, ``fori_loop`` in one jitted call.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def kernel_start(pairs: int = 5) -> None:
    """Print the medians of a cold start, one from the cache and JAX's, and of their ratios, taken in turn."""
    cold, cached, jax = [], [], []
    for _ in range(pairs):
        with tempfile.TemporaryDirectory() as folder:
            cold.append(_in_a_process("kernel", folder))
            jax.append(_in_a_process("jax", folder))
            cached.append(_in_a_process("kernel", folder))
    print("\nkernel of the two moons, seconds from the trace to the end of the first step")
    print(f"  {'jax.jit of the same loop':28} {statistics.median(jax):8.2f}")
    for name, own, most in (("kernel, cold", cold, 2.0), ("kernel, from the cache", cached, 0.3)):
        ratio = statistics.median(a / b for a, b in zip(own, jax, strict=True))
        reached = "yes" if ratio <= most else "NOT YET"
        print(f"  {name:28} {statistics.median(own):8.2f}   {ratio:.2f} of JAX's   to reach <= {most:g}  {reached}")


def _in_a_process(which: str, folder: str) -> float:
    path = [str(Path(__file__).parent.parent), os.environ.get("PYTHONPATH", "")]
    environment = {**os.environ, "GLASSGRAD_CACHE": folder, "PYTHONPATH": os.pathsep.join(filter(None, path))}
    command = [sys.executable, __file__, which]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return float(done.stdout.splitlines()[-1])


def _first_step(which: str) -> float:
    import _peers
    import numpy as np
    from _mlp import Problem, jax_peers
    from _mlp_ours import descent, program_of

    from nn import data

    X, y = data.moons(100, noise=0.1, seed=1337)
    problem = Problem([2, 16, 16, 1], X[None], (2.0 * y - 1.0)[None], rate=0.05, decay=2e-4)
    if which == "jax":
        jax = _peers.library("jax")
        jax.numpy.zeros(3).block_until_ready()  # its own start
        started = time.perf_counter()
        jax_peers(problem, jax)[1].start()(1)
        return time.perf_counter() - started
    import llvmlite.binding  # noqa: F401 - its import is not compiling

    import autograd.compiler.kernel.training  # noqa: F401

    started = time.perf_counter()
    kernel = program_of(problem).training(descent(problem).stages, rows=len(X), backend="kernel")
    kernel.train(np.column_stack([X, problem.T[0]]), [np.arange(len(X))])
    return time.perf_counter() - started


if __name__ == "__main__":
    print(_first_step(sys.argv[1]))
