"""``verify`` passes what the compiler makes, and names what is broken in programs broken on purpose."""

from dataclasses import replace

import numpy as np
import pytest

from autograd import Value, compile, logsumexp
from autograd.calculus.expr import Name, parse
from autograd.compiler.ir.array import Contract, Fill, Map, Reduce, Store
from autograd.compiler.ir.verify import InvariantError, verify
from autograd.compiler.ir.views import Buffer, View, gather, view


def made():
    W = [[Value(v) for v in row] for row in ((0.5, -1.0), (2.0, 0.25))]
    b = [Value(0.1), Value(-0.2)]

    def f(x):
        hidden = [(w[0] * x[0] + w[1] * x[1] + bias).tanh() for w, bias in zip(W, b, strict=True)]
        return logsumexp([*hidden, x[0], W[0][0]])

    params = [value for row, bias in zip(W, b, strict=True) for value in (*row, bias)]
    return compile(f, [1.0, 1.0], params=params)._lowered()


PROGRAM = made()


def with_op(kind, change, half="forward"):
    """The program with the first operation of a kind changed."""
    ops = list(getattr(PROGRAM, half))
    index = next(i for i, op in enumerate(ops) if isinstance(op, kind))
    ops[index] = change(ops[index])
    return replace(PROGRAM, **{half: tuple(ops)})


def without(kind, half="forward"):
    ops = list(getattr(PROGRAM, half))
    del ops[next(i for i, op in enumerate(ops) if isinstance(op, kind))]
    return replace(PROGRAM, **{half: tuple(ops)})


def far(at):
    return View(at.buffer, at.buffer.size, at.shape, at.steps, at.listed)


def renamed(op):
    return replace(op, stores=(Store(op.stores[0].out, Name("nobody")),))


BROKEN = {
    "a view leaves its buffer": (lambda: with_op(Contract, lambda op: replace(op, left=far(op.left))), "leaves"),
    "lengths disagree": (
        lambda: with_op(Contract, lambda op: replace(op, left=replace(op.left, shape=(1, 2, 2)))),
        "long",
    ),
    "letters are not the axes": (
        lambda: with_op(Contract, lambda op: replace(op, letters=("bq", "bpn", "bqn"))),
        "axes",
    ),
    "an addend has another shape": (
        lambda: with_op(Contract, lambda op: replace(op, addends=(op.left,))),
        "addend",
    ),
    "a map's shapes differ": (
        lambda: with_op(Map, lambda op: replace(op, reads=(("x", gather(PROGRAM.params.buffer, 0, 3)),))),
        "shape",
    ),
    "a name that is not read": (lambda: with_op(Map, renamed), "'nobody'"),
    "an operation is missing": (lambda: without(Contract), "before it was written"),
    "an adjoint is missing": (lambda: without(Fill, "backward"), "never written"),
    "an unknown reduction": (lambda: with_op(Reduce, lambda op: replace(op, kind="min")), "no reduction 'min'"),
    "a store repeats a place": (
        lambda: with_op(
            Map,
            lambda op: replace(
                op, stores=(Store(view(op.stores[0].out.buffer, op.stores[0].out.places * 0), op.stores[0].value),)
            ),
        ),
        "repeats",
    ),
    "it reads where it writes": (
        lambda: with_op(Contract, lambda op: replace(op, out=view(op.right.buffer, op.right.places[..., :2]))),
        "where it writes",
    ),
    "two buffers of one name": (
        lambda: replace(PROGRAM, forward=(*PROGRAM.forward, Fill(gather(Buffer("once", 1, False), 0, 1), 0.0))),
        "one name",
    ),
    "adding to nothing": (
        lambda: with_op(Map, lambda op: replace(op, stores=(replace(op.stores[0], accumulate=True),))),
        "never written",
    ),
}


def test_what_the_compiler_makes_is_right():
    assert verify(PROGRAM) is PROGRAM


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_is_named(name):
    make, message = BROKEN[name]
    with pytest.raises(InvariantError, match=message):
        verify(make())


def test_views():
    buffer = Buffer("b", 12, False)
    grid = view(buffer, np.arange(12).reshape(3, 4))
    assert grid.listed is None
    assert (grid.start, grid.steps, grid.size, grid.repeats) == (0, (4, 1), 12, False)
    assert np.array_equal(grid.places, np.arange(12).reshape(3, 4))
    assert grid.along(2).repeats
    assert view(buffer, [3, 1, 2]).listed is not None
    assert view(buffer, [3, 3]).repeats
    assert grid.overlaps(gather(buffer, 11, 1))
    assert not gather(buffer, 0, 4).overlaps(gather(buffer, 4, 4))
    assert not grid.overlaps(gather(Buffer("c", 12, False), 0, 4))
    marks = np.zeros(12, bool)
    gather(buffer, 2, 3).mark(marks)
    assert marks.nonzero()[0].tolist() == [2, 3, 4]
    assert gather(buffer, 4, 2).any(marks)
    assert not gather(buffer, 4, 2).all(marks)


def test_the_program_reads_as_formulas():
    assert parse("a") == Name("a")
    text = PROGRAM.describe()
    assert "contract bpn,bqn->bqp" in text
    assert "times(" in text
