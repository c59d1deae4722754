"""Differentiation: one backward half for all backends; the whole table is compared in test_backends.py."""

import numpy as np
import pytest

from autograd import Value, compile, logsumexp
from autograd.calculus.expr import Call, Name, Number, parse
from autograd.compiler.ir.array import Contract, Fill, Map
from autograd.compiler.ir.verify import verify
from autograd.compiler.passes.differentiate import ADJOINT, differentiate, times
from autograd.compiler.passes.lower import lower
from tests.autograd.compiler.reference import Reference


def made(f, *examples, params=(), **kinds):
    program = compile(f, *examples, params=params)
    return verify(differentiate(lower(program.program, len(params)), **kinds))


def test_the_product_by_the_zero_rule_is_simplified_only_where_that_changes_nothing():
    d = Name(ADJOINT)
    assert times(d, Number(1.0)) == d
    assert times(d, Number(-1.0)) == Call("neg", (d,))
    assert times(d, Number(2.0)) == Call("mul", (d, Number(2.0)))
    assert times(d, Number(float("inf"))).function == "times"
    assert times(d, parse("1 - y")).function == "times"


def test_the_adjoint_of_a_contraction_is_two_contractions():
    w = [Value(1.0), Value(2.0)]
    program = made(lambda x: (w[0] * x[0] + w[1] * x[1]).tanh() * w[0], [1.0, 1.0], params=w)
    contractions = [op for op in program.backward if isinstance(op, Contract)]
    assert len(contractions) == 1  # nobody wants the inputs' adjoints
    assert all(op.zero_stops for op in contractions)
    both = made(lambda x: (w[0] * x[0] + w[1] * x[1]).tanh() * w[0], [1.0, 1.0], params=w, inputs=True)
    assert len([op for op in both.backward if isinstance(op, Contract)]) == 2


def test_the_first_to_write_stores_and_the_next_accumulates():
    w = Value(0.5)
    program = made(lambda x: (w * x).tanh() + (w * x).exp(), 1.0, params=[w])
    stores = [store for op in program.backward if isinstance(op, Map) for store in op.stores]
    assert [store.accumulate for store in stores].count(True) == 1


def test_a_parameter_that_nothing_depends_on_has_a_gradient_of_0():
    w = [Value(1.0), Value(2.0)]
    program = made(lambda x: w[0] * x, 1.0, params=w)
    assert [op.number for op in program.backward if isinstance(op, Fill) and not op.share] == [0.0]
    value, gradient = Reference(program, 2).value_and_grad([1.0, 2.0], [[3.0], [5.0]])
    assert (value, gradient.tolist()) == (4.0, [4.0, 0.0])


def test_a_zero_adjoint_stops_infinity_in_every_kind_of_operation():
    w = [Value(0.0), Value(0.0)]
    program = made(lambda x: w[0].sqrt() * 0.0 * x + logsumexp([w[1], x]), 1.0, params=w)
    _, gradient = Reference(program, 1).value_and_grad([0.0, 0.0], [[0.0]])
    assert gradient.tolist() == [0.0, 0.5]


def test_adjoints_may_start_from_what_the_caller_gives():
    program = made(lambda x: [x[0] * x[1], x[0]], [1.0, 1.0], inputs=True, mean=False)
    own = Reference(program, 1)
    for at, number in zip(program.inputs, (2.0, 3.0), strict=True):
        own.write(at, number)
    own.run(program.forward)
    for at, seed in zip(program.seeds, (1.0, 10.0), strict=True):
        own.write(at, seed)
    own.run(program.backward)
    assert [own.read(at).item() for at in program.slopes] == [13.0, 2.0]


@pytest.mark.parametrize("rows", [1, 3])
def test_a_result_that_rows_share_is_summed_over_them(rows):
    w = Value(2.0)
    program = made(lambda x: w.exp() * x, 1.0, params=[w])
    X = np.arange(1.0, rows + 1.0)[:, None]
    _, gradient = Reference(program, rows).value_and_grad([2.0], X)
    assert gradient == pytest.approx([np.exp(2.0) * X.mean()])
