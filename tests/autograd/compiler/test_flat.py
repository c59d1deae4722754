"""Flat loops do what the loops over places and rows do."""

import numpy as np
import pytest

from autograd.compiler.flat import flat

PLACES, ROWS, STRIDE = 40, 5, 7
SOURCES = {
    "steps": """
for p in range(2, 8, 2):
    for r in range(rows):
        V[3 + 2 * (p + 1), r] = V[p, r] + U[3 * p + 1] * V[0, r]
""",
    "adjoints": """
for p in range(0, 6):
    DU[p + 1] += U[2 * p]
    for r in range(rows):
        DV[p + 9, r] += V[p + 8, r]
""",
    "a name that changes": """
n = 1
U[2 * n + 1] = 5.0
n = 2
U[2 * n + 1] = 6.0
for n in range(3, 5):
    U[2 * n + 1] = 7.0
U[2 * n + 1] += 8.0
""",
    "a table": """
for i in range(0, 4):
    at = index[2 * i + 1]
    for r in range(rows):
        V[at, r] = V[index[1 + i], r] + 1.0
""",
    "all at once": """
DU[:] = 0.0
for r in range(rows):
    DV[39, r] = U[0] + r
""",
}


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_flat_loops_write_the_same_numbers(source):
    rng = np.random.default_rng(0)
    index = rng.permutation(PLACES)
    uniform, row = rng.normal(size=(2, PLACES)), rng.normal(size=(2, PLACES, STRIDE))
    flat_uniform, flat_row = uniform.copy(), row.reshape(2, -1).copy()
    names = {"rows": ROWS, "index": index, "one": 1}
    exec(source, {**names, "U": uniform[0], "DU": uniform[1], "V": row[0], "DV": row[1]})  # noqa: S102
    arrays = {"U": flat_uniform[0], "DU": flat_uniform[1], "V": flat_row[0], "DV": flat_row[1]}
    exec(flat(source, STRIDE), {**names, **arrays})  # noqa: S102
    assert np.array_equal(flat_uniform, uniform)
    assert np.array_equal(flat_row, row.reshape(2, -1))
