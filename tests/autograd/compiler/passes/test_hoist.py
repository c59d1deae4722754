"""Hoisting: what is the same in every run moves to the setup, and nothing else does."""

from autograd import Value, compile
from autograd.compiler.ir.array import Fill
from autograd.compiler.ir.verify import verify
from autograd.compiler.passes.differentiate import differentiate
from autograd.compiler.passes.hoist import hoist
from autograd.compiler.passes.lower import lower


def hoisted(f, *examples, params=()):
    program = compile(f, *examples, params=params)
    return verify(hoist(differentiate(lower(program.program, len(params)))))


def test_the_adjoint_of_a_mean_and_what_follows_from_it_by_constants_alone():
    w = Value(0.5)
    program = hoisted(lambda x: 1.0 - (w * x) / 4.0, 1.0, params=[w])
    assert isinstance(program.setup[0], Fill)
    assert len(program.setup) == 3  # the mean's, through 1 - ..., through / 4
    assert len(program.backward) == 1


def test_what_is_added_to_later_stays():
    w = Value(0.5)
    program = hoisted(lambda x: -(w * x) + -(w * x) * (w * x), 1.0, params=[w])
    written = [at for op in program.setup for at, _ in op.writes]
    added = [at for op in program.backward for at, accumulates in op.writes if accumulates]
    assert not any(a.overlaps(b) for a in written for b in added)


def test_what_depends_on_a_parameter_stays():
    w = Value(0.5)
    program = hoisted(lambda x: w.exp() * x, 1.0, params=[w])
    reads = [at for op in program.setup for _, at in op.reads]
    assert not any(at.buffer is program.params.buffer and at.start == 0 for at in reads)
