"""An optimiser's step as operations against the optimiser's own arithmetic on vectors."""

import numpy as np
import pytest

from autograd import Value, compile
from autograd.compiler.passes.update import update
from nn import optim
from tests.autograd.compiler.reference import Reference

OPTIMIZERS = {
    "sgd": optim.sgd(0.1),
    "momentum": optim.sgd(0.1, momentum=0.9),
    "adam": optim.adam(0.1),
    "decay, shortened": optim.chain(optim.clip(0.5), optim.weight_decay(0.01), optim.adam(0.05)),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_steps(name):
    optimizer = OPTIMIZERS[name]
    rng = np.random.default_rng(0)
    w = [Value(v) for v in rng.normal(size=5)]
    program = compile(lambda x: sum(p * p * x for p in w), 1.0, params=w)._lowered()
    made = update(program, optimizer.stages)
    own = Reference.__new__(Reference)
    own.rows, own.program = 1, program
    buffers = {at.buffer for op in made.ops for at in (*(at for _, at in op.reads), *(at for at, _ in op.writes))}
    buffers |= {at.buffer for at in (*made.rates, made.step, *made.states)}
    own.arrays = {buffer: np.zeros(buffer.size) for buffer in buffers}
    vector = np.array([p.data for p in w])
    own.write(program.params, vector)
    state = optimizer.init(vector)
    for count in range(3):
        gradient = rng.normal(size=5)
        step, state = optimizer.update(gradient, state, vector)
        vector = vector + step
        own.write(program.gradient, gradient)
        for at, stage in zip(made.rates, optimizer.stages, strict=True):
            own.write(at, stage.rate(count))
        own.write(made.step, count + 1.0)
        own.run(made.ops)
        assert np.allclose(own.read(program.params), vector, rtol=1e-13, atol=1e-15)
