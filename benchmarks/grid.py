"""The compiler on a grid of shapes, sizes and activations, against JAX's jitted loop and NumPy written by hand.

    python benchmarks/grid.py               all cells
    python benchmarks/grid.py tanh 784      those whose names hold one of these
    make bench                              all cells, peers installed

One thread, double precision, steps of gradient descent on all rows. In each cell all take their turns in one run,
after their losses were compared; a ratio is the median of those of seven rounds, and above 1 where ours is faster.
The geometric mean and the worst cell are the last lines.
"""

from __future__ import annotations

import statistics
import sys

from _peers import HAND_NUMPY, JAX_LOOP, KERNEL, NUMPY, Peer, library, measure  # isort: skip

import _grid_peers
from _grid_peers import Cell

CELLS = [
    Cell([2, 8, 8, 1], 16, "tanh"),
    Cell([2, 16, 16, 1], 100, "relu"),
    Cell([30, 16, 1], 569, "sigmoid"),
    Cell([16, 32, 32, 4], 128, "gelu"),
    Cell([4, 24, 3], 150, "softplus"),
    Cell([2, 64, 64, 1], 4096, "tanh"),
    Cell([64, 128, 10], 256, "silu"),
    Cell([784, 128, 10], 256, "relu"),
]
RATIOS = {
    "kernel / JAX": (JAX_LOOP, KERNEL),
    "NumPy / JAX": (JAX_LOOP, NUMPY),
    "NumPy / by hand": (HAND_NUMPY, NUMPY),
    "kernel / by hand": (HAND_NUMPY, KERNEL),
}


def main(words: list[str], backend: str = "kernel") -> None:
    jax, jit = library("jax"), library("llvmlite")
    head = "".join(f"{name:>10}" for name in ("NumPy", "kernel", "JAX", "by hand"))
    print(f"{'µs a step':32}{head}   {''.join(f'{name:>18}' for name in RATIOS)}")
    ratios: dict[str, dict[str, float]] = {name: {} for name in RATIOS}
    for cell in CELLS:
        if words and not any(word in cell.name for word in words):
            continue
        peers: list[Peer] = [_grid_peers.by_hand(cell), _grid_peers.ours(cell, "numpy", NUMPY)]
        peers += [_grid_peers.ours(cell, backend, KERNEL)] if jit else []
        peers += [_grid_peers.jax_loop(cell, jax)] if jax else []
        times = measure(peers)
        for name, (over, under) in RATIOS.items():
            if over in times and under in times:
                pairs = zip(times[over], times[under], strict=True)
                ratios[name][cell.name] = statistics.median(a / b for a, b in pairs)
        order = (NUMPY, KERNEL, JAX_LOOP, HAND_NUMPY)
        micro = "".join(f"{statistics.median(times.get(peer, [float('nan')])) * 1e6:10,.1f}" for peer in order)
        own = "".join(f"{ratios[name].get(cell.name, float('nan')):18.2f}" for name in RATIOS)
        print(f"{cell.name:32}{micro}   {own}", flush=True)
    for name, found in ratios.items():
        if found:
            worst = min(found, key=found.__getitem__)
            mean = statistics.geometric_mean(found.values())
            print(f"{name}: geometric mean {mean:.2f}, worst {found[worst]:.2f} ({worst})")


if __name__ == "__main__":
    main(sys.argv[1:])
