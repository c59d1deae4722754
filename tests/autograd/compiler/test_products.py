"""Matrix products alone: every way to read the two sides, against NumPy's einsum."""

import dataclasses
import itertools

import numpy as np
import pytest

from autograd.compiler.ir.blocks import Dot, Positions
from autograd.compiler.passes.bias import fold_biases
from tests.autograd.compiler.single_block import SingleBlock, places, slice_after

SPACES = ("uniform view", "uniform", "row view", "row", "mixed")
COUNT = 60


def dot_of(rng, left_space, right_space, single_space, shape, rows):
    grids, rights, lefts, n = shape
    left = places(rng, (grids, lefts, n), left_space, COUNT)
    right = places(rng, (grids, rights, n), right_space, COUNT)
    singles = [places(rng, (grids, rights, lefts), single_space, COUNT)] if single_space else []
    per_row = any(at.space != "uniform" for at in (left, right, *singles))
    out = slice_after(COUNT, (grids, rights, lefts), per_row)
    return SingleBlock(Dot(left, right, singles, out), COUNT, COUNT, rows, rng)


def expected(case):
    block = case.block
    left, right = case.read(block.left), case.read(block.right)
    value = np.einsum("bpnr,bqnr->bqpr", left, right) + sum(map(case.read, block.singles))
    seed = case.seed.reshape(*block.out.index.shape, -1)
    uniform, row = np.zeros_like(case.uniform), np.zeros_like(case.row)
    if block.out.space != "row":  # every row of `read` is the same one
        value, seed = value[..., :1], np.broadcast_to(seed / case.rows, (*seed.shape[:3], case.rows))
    case.gathered(block.left, np.einsum("bqpr,bqnr->bpnr", seed, right), uniform, row)
    case.gathered(block.right, np.einsum("bqpr,bpnr->bqnr", seed, left), uniform, row)
    for single in block.singles:
        case.gathered(single, seed, uniform, row)
    return value.reshape(case.seed.shape), uniform, row


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("spaces", list(itertools.product(SPACES, SPACES)), ids=" . ".join)
def test_every_pair_of_sides_against_einsum(spaces, rows):
    rng = np.random.default_rng(0)
    for shape in [(1, 1, 1, 4), (1, 1, 3, 4), (1, 2, 3, 2), (2, 1, 1, 3), (2, 2, 3, 2), (2, 1, 3, 9), (3, 2, 1, 1)]:
        for single in (None, "uniform", "row", "mixed"):
            case = dot_of(rng, *spaces, single, shape, rows)
            wanted = expected(case)
            for found in case.by_all(kernel=shape == (2, 2, 3, 2) and single == "mixed"):
                for own, other in zip(found, wanted, strict=True):
                    assert np.allclose(own, other, rtol=1e-11, atol=1e-12), (shape, single)


def layer(bias_at, rights=1):
    """3 neurons of 4 weights; the bias of each stands at `bias_at` from its first weight."""
    left = Positions(np.array([[[5 * p + n for n in range(4)] for p in range(3)]]), np.zeros((1, 3, 4), bool))
    bias = np.broadcast_to([5 * p + bias_at for p in range(3)], (1, rights, 3))
    return Dot(
        left,
        Positions(np.arange(4 * rights).reshape(1, rights, 4), np.ones((1, rights, 4), bool)),
        [Positions(bias, np.zeros(bias.shape, bool))],
        slice_after(COUNT, (1, rights, 3), True),
    )


def program_of(block, ones):
    case = SingleBlock(block, COUNT, COUNT, 7, np.random.default_rng(0))
    case.program = dataclasses.replace(case.program, ones=ones)
    return case


def test_a_bias_right_behind_its_weights_is_one_more_column():
    case = program_of(layer(bias_at=4), [(True, 4)])
    case.row[4] = 1.0
    (joined,) = fold_biases(case.program).blocks
    assert joined.left.index[0].tolist() == np.arange(15).reshape(3, 5).tolist()
    assert joined.right.index.ravel().tolist() == [0, 1, 2, 3, 4]
    assert joined.singles == []
    for found in (case.by_numpy(), case.by_reference()):
        for own, other in zip(found[:2], expected(case)[:2], strict=True):
            assert np.allclose(own, other, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize(("bias_at", "rights", "ones"), [(20, 1, [(True, 4)]), (4, 2, [(True, 4)]), (4, 1, [])])
def test_any_other_single_term_stays_one(bias_at, rights, ones):
    block = layer(bias_at, rights)
    assert fold_biases(program_of(block, ones).program).blocks == [block]
