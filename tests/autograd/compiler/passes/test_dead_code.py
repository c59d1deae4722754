"""Dead code: what leads to no output and no wanted gradient goes, and what does stays."""

from dataclasses import replace

from autograd import Value, compile, silu
from autograd.calculus.expr import Number
from autograd.compiler.ir.array import Map, Store
from autograd.compiler.ir.verify import verify
from autograd.compiler.ir.views import Buffer, gather
from autograd.compiler.passes.dead_code import eliminate_dead_code
from autograd.compiler.passes.differentiate import differentiate
from autograd.compiler.passes.lower import lower


def program_of(f, *examples, params=()):
    return lower(compile(f, *examples, params=params).program, len(params))


def test_an_operation_that_nobody_reads_goes():
    program = program_of(lambda x: x.exp(), 1.0)
    idle = Map((), (), (Store(gather(Buffer("idle", 1, False), 0, 1), Number(1.0)),))
    assert eliminate_dead_code(replace(program, forward=(*program.forward, idle))).forward == program.forward


def test_a_residual_goes_where_there_is_no_backward_half():
    program = program_of(lambda x: silu(x), 1.0)
    (op,) = eliminate_dead_code(program).forward
    assert len(op.stores) == 1
    w = Value(0.5)
    both = differentiate(program_of(lambda x: silu(x * w), 1.0, params=[w]))
    assert len(eliminate_dead_code(both).forward[-1].stores) > 1


def test_what_others_add_to_stays():
    w = [Value(0.5), Value(1.5)]
    program = differentiate(program_of(lambda x: w[0] * x + (w[0] * x).exp() + w[1] * w[1], 1.0, params=w))
    verify(eliminate_dead_code(program))
