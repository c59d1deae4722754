"""Contractions against ``numpy.einsum``: every role of a letter, lengths that fill no register, and zeros."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np
import pytest

pytest.importorskip("llvmlite")

from autograd.compiler.kernel.contraction import Side, contract
from autograd.compiler.kernel.machine_code import load
from autograd.compiler.kernel.writer import Writer


def run(letters: str, arrays: list[Any], *, width: int = 4, rows: bool = False, **settings: Any) -> None:
    """Carry out ``"left,right->out"`` on C-ordered arrays ``[out, left, right, *addends]``, changing the first."""
    sides, out = letters.split("->")
    left, right = sides.split(",")
    own = [out, left, right, *[out] * (len(arrays) - 3)]
    writer, steps, lengths = Writer(), [], {}
    for names, array in zip(own, arrays, strict=True):
        assert array.flags.c_contiguous
        steps.append(dict(zip(names, (step // 8 for step in array.strides), strict=True)))
        lengths |= dict(zip(names, array.shape, strict=True))
    count = lengths.get("r", 1)
    if rows:
        lengths["r"] = "%rows"
    arguments = [f"ptr %p{i}" for i in range(len(arrays))]
    with writer.function("f", [*arguments, "i64 %rows"]):
        parts = [Side(f"%p{i}", step) for i, step in enumerate(steps)]
        contract(writer, lengths, *parts[:3], width=width, addends=parts[3:], **settings)
    function = load(writer.text()).function("f", None, *[ctypes.c_void_p] * len(arrays), ctypes.c_long)
    function(*(array.ctypes.data for array in arrays), count)


@pytest.mark.parametrize(
    ("letters", "shapes"),
    [
        ("pn,nr->pr", "p1 n1 r8"),
        ("pn,nr->pr", "p7 n3 r24"),
        ("pn,nr->pr", "p16 n17 r104"),
        ("pn,nr->pr", "p5 n700 r16"),
        ("pr,nr->pn", "p16 n17 r104"),
        ("pr,nr->pn", "p1 n9 r8"),
        ("pr,nr->pn", "p11 n4 r16"),
        ("pn,pr->nr", "p10 n7 r8"),
        ("bpnr,bqnr->bpqr", "b2 p3 q5 n4 r8"),
        ("pr,r->p", "p5 r16"),
        ("r,nr->n", "n6 r16"),
        ("pnr,n->pr", "p3 n5 r8"),
        ("pr,pqr->q", "p3 q6 r8"),
    ],
)
@pytest.mark.parametrize("width", [2, 4, 8])
def test_with_rows(letters: str, shapes: str, width: int) -> None:
    _agrees(letters, shapes, width, rows=True)


@pytest.mark.parametrize(
    ("letters", "shapes"),
    [
        ("pn,n->p", "p16 n17"),
        ("pn,p->n", "p16 n17"),
        ("p,n->pn", "p5 n7"),
        ("pn,n->p", "p3 n1"),
        ("bpn,bqn->bqp", "b4 p5 q3 n9"),
        ("bpn,bqp->bqn", "b4 p5 q3 n9"),
        ("n,n->", "n13"),
        ("np,nq->pq", "n6 p5 q4"),
        ("bpn,bpn->p", "b3 p5 n6"),
        ("pn,qn->pq", "p1 q1 n1"),
        ("pn,pn->pn", "p3 n5"),
    ],
)
@pytest.mark.parametrize("width", [2, 4])
def test_without_rows(letters: str, shapes: str, width: int) -> None:
    _agrees(letters, shapes, width, rows=False)


def _agrees(letters: str, shapes: str, width: int, *, rows: bool) -> None:
    random = np.random.default_rng(0)
    lengths = {part[0]: int(part[1:]) for part in shapes.split()}
    sides, out = letters.split("->")
    names = [out, *sides.split(",")]
    arrays = [random.normal(size=[lengths[x] for x in own]) for own in names]
    start, more = arrays[0].copy(), random.normal(size=arrays[0].shape)
    product = np.einsum(letters, *arrays[1:])
    for settings, wanted in (({}, product), ({"guarded": True}, product), ({"accumulate": True}, start + product)):
        arrays[0][...] = start
        run(letters, arrays, width=width, rows=rows, **settings)
        np.testing.assert_allclose(arrays[0], wanted, rtol=1e-13, atol=1e-13)
    run(letters, [*arrays, more], width=width, rows=rows)
    np.testing.assert_allclose(arrays[0], product + more, rtol=1e-13, atol=1e-13)


def test_guarded_products_of_zero_are_zero() -> None:
    left, right = np.array([[0.0, 1.0], [np.inf, 0.0]]), np.zeros((2, 8))
    right[0], right[1] = [np.inf, np.nan, 1, 0, 2, 0, 0, 0], 3.0
    out = np.zeros((2, 8))
    run("pn,nr->pr", [out, left, right], rows=True, guarded=True)
    np.testing.assert_array_equal(out[0], np.full(8, 3.0))
    np.testing.assert_array_equal(out[1], [np.inf, np.nan, np.inf, 0, np.inf, 0, 0, 0])
