"""Maps and reductions alone, on both backends, however their operands are read; against derivatives written by hand."""

import numpy as np
import pytest

from autograd import Value, compile
from autograd.compiler.ir.blocks import Map, Reduce
from tests.autograd.compiler.single_block import SingleBlock, places, slice_after

COUNT = 40
SPACES = ("uniform view", "uniform", "row view", "row", "mixed")
#: The value, and one partial for each operand.
MAPS = {
    "mul": (lambda a, b: a * b, lambda a, b: (b, a)),
    "truediv": (lambda a, b: a / b, lambda a, b: (1 / b, -a / b**2)),
    "neg": (lambda a: -a, lambda a: (-np.ones_like(a),)),
    "relu": (lambda a: a.clip(0), lambda a: (1.0 * (a > 0),)),
    "tanh": (np.tanh, lambda a: (1 / np.cosh(a) ** 2,)),
    "where": (
        lambda c, a, b: np.where(c, a, b),
        lambda c, a, b: (np.zeros_like(c), 1.0 * (c != 0), 1.0 * (c == 0)),
    ),
}
REDUCTIONS = {
    "sum": (lambda x: x.sum(1), np.ones_like),
    "mean": (lambda x: x.mean(1), lambda x: np.ones_like(x) / x.shape[1]),
    "logsumexp": (lambda x: np.log(np.exp(x).sum(1)), lambda x: np.exp(x) / np.exp(x).sum(1, keepdims=True)),
}


def check(case, value, slopes):
    """Results and adjoints of a block, of whose operands the partials are `slopes`, each (*places, rows)."""
    per_row = case.block.out.space == "row"
    seed = case.seed if per_row else np.repeat(case.seed[:, None] / case.rows, case.rows, axis=1)
    uniform, row = np.zeros_like(case.uniform), np.zeros_like(case.row)
    for at, slope in zip(case.block.operands, slopes, strict=True):
        case.gathered(at, (seed if at.index.ndim == 1 else seed[:, None]) * slope, uniform, row)
    for found in case.by_all():
        for own, other in zip(found, (value if per_row else value[:, 0], uniform, row), strict=True):
            assert np.allclose(own, other, rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("rows", [1, 4])
@pytest.mark.parametrize("op", MAPS)
def test_maps(op, rows):
    rng = np.random.default_rng(0)
    value, partials = MAPS[op]
    for k in (1, 3, 12):
        for shift in range(len(SPACES)):
            spaces = [
                SPACES[(shift + 2 * i) % len(SPACES)] for i in range(value.__code__.co_argcount if op != "tanh" else 1)
            ]
            operands = [places(rng, (k,), space, COUNT) for space in spaces]
            per_row = any(at.space != "uniform" for at in operands)
            case = SingleBlock(Map(op, operands, slice_after(COUNT, (k,), per_row)), COUNT, COUNT, rows, rng)
            if op == "where":
                case.uniform[::2], case.row[::2] = 0.0, 0.0
            read = [case.read(at) for at in operands]
            check(case, value(*read), partials(*read))


@pytest.mark.parametrize("rows", [1, 4])
@pytest.mark.parametrize("space", SPACES)
@pytest.mark.parametrize("op", REDUCTIONS)
def test_reductions(op, space, rows):
    rng = np.random.default_rng(0)
    value, partial = REDUCTIONS[op]
    for shape in ((1, 1), (1, 7), (5, 3)):
        sequence = places(rng, shape, space, COUNT)
        out = slice_after(COUNT, shape[:1], sequence.space != "uniform")
        case = SingleBlock(Reduce(op, [sequence], out), COUNT, COUNT, rows, rng)
        read = case.read(sequence)
        check(case, value(read), [partial(read)])


def numpy_lines(f):
    return compile(f, 1.0, params=[W]).describe("numpy").splitlines()


W = Value(0.5)


def test_constants_become_part_of_the_formula():
    """A division by 4 is a product with 1/4 on the way back, and a power loses the cases of other exponents."""
    assert sum("divide" in line for line in numpy_lines(lambda x: (W * x) / 4.0)) == 1  # on the way there
    assert not [line for line in numpy_lines(lambda x: (W * x) ** -0.5) if "copyto" in line]
    assert [line for line in numpy_lines(lambda x: (W * x) ** W) if "copyto" in line]


@pytest.mark.parametrize("constant", [0.0, -0.0, -1.0, 0.5, 3.0, np.inf, -np.inf, np.nan])
def test_constants_that_make_no_formula_s_part_have_the_eager_engine_s_numbers(constant):
    for f in (lambda x: W * x / constant, lambda x: (W * x) ** constant, lambda x: constant / (W * x)):
        program = compile(f, 1.0, params=[W])
        for x in (2.0, 0.0):
            W.grad = 0.0
            eager = f(Value(x))
            eager.backward()
            value, gradient = program.value_and_grad(np.array([x]))
            assert np.allclose([value, gradient[0]], [eager.data, W.grad], rtol=1e-13, atol=0.0, equal_nan=True)


def test_what_is_not_above_zero_stops_relu_s_adjoint_even_where_it_is_nan():
    program = compile(lambda x: (W * x[0]).relu() * x[1], [1.0, 1.0], params=[W])
    rows = np.array([[2.0, 3.0], [-2.0, 5.0], [np.nan, 7.0], [0.0, 9.0]])
    assert program.value_and_grad(rows)[1].tolist() == [2.0 * 3.0 / 4]
