"""Lowering: rows of the table become maps, reductions and contractions, with the numbers that the rows have."""

import numpy as np

from autograd import Value, clamp, compile, logsumexp, silu, where
from autograd.compiler.ir.array import Contract, Map, Reduce
from autograd.compiler.passes.lower import lower
from tests.autograd.compiler.reference import Reference


def lowered(f, *examples, params=()):
    program = compile(f, *examples, params=params)
    return lower(program.program, len(params))


def outputs(program, params, X):
    reference = Reference(program, len(X))
    reference.write(program.params, np.asarray(params, float))
    for at, column in zip(program.inputs, np.asarray(X, float).T, strict=True):
        reference.write(at, column)
    reference.run(program.forward)
    return [reference.read(at)[0] for at in program.outputs]


def test_a_row_is_one_map_of_its_formula():
    program = lowered(lambda x: (x * 2.0).tanh(), 1.0)
    assert [type(op) for op in program.forward] == [Map, Map]
    assert np.allclose(outputs(program, [], [[0.25], [1.0]]), np.tanh([0.5, 2.0]))


def test_a_row_over_sequences_is_reductions_and_maps():
    program = lowered(lambda x: logsumexp([x[0], x[1], 0.5]), [1.0, 1.0])
    kinds = [op.kind for op in program.forward if isinstance(op, Reduce)]
    assert kinds == ["max", "sum"]
    assert np.allclose(
        outputs(program, [], [[1000.0, 1000.0], [0.0, 0.0]]), [1000.0 + np.log(2.0), np.log(2 + np.e**0.5)]
    )


def test_a_constant_operand_becomes_part_of_the_formula():
    (op,) = lowered(lambda x: clamp(x, -1.0, 1.0), 0.5).forward
    assert [name for name, _ in op.reads] == ["x"]


def test_what_a_result_and_its_partial_share_is_a_residual():
    program = lowered(lambda x: silu(x), 0.5)
    (op,) = program.forward
    (block,) = program.blocks
    assert "s" in block.residuals
    assert [store.out for store in op.stores] == [*block.residuals.values(), block.out]


def test_numbers_of_both_kinds_are_copied_into_one_buffer():
    w = Value(2.0)
    program = lowered(lambda x: [(x[0] + w).exp(), (w * 3.0).exp() + x[1]], [1.0, 1.0], params=[w])
    assert np.allclose(outputs(program, [2.0], [[0.5, 0.0]]), [[np.exp(2.5)], [np.exp(6.0)]])


def test_a_comparison_is_a_choice_of_1_and_0():
    program = lowered(lambda x: where(x > 1.0, x, -x), 0.5)
    assert np.allclose(outputs(program, [], [[0.5], [2.0]]), [[-0.5, 2.0]])


def test_dot_products_are_contractions():
    w = [Value(1.0), Value(2.0), Value(3.0)]
    program = lowered(lambda x: w[0] * x[0] + w[1] * x[1] + w[2], [1.0, 1.0], params=w)
    assert [type(op) for op in program.forward] == [Contract]
    assert np.allclose(outputs(program, [1.0, 2.0, 3.0], [[10.0, 100.0]]), [[213.0]])
