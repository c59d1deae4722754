"""One block of a program by itself: random places, random numbers, and its value and adjoints on both backends."""

import math

import numpy as np

from autograd.compiler.ir.blocks import Positions, Program
from autograd.compiler.ir.verify import verify
from autograd.compiler.kernel.kernel import Kernel
from autograd.compiler.kernel.machine_code import is_installed
from autograd.compiler.numpy.executable import Executable
from autograd.compiler.pipeline import array_program
from tests.autograd.compiler.reference import Reference


class SingleBlock:
    """A program whose leaves are `params` uniform places and `inputs` row places, and whose results are one block's.

    Attributes:
        uniform, row: the leaves' numbers.
        seed: the adjoints of the results.
    """

    def __init__(self, block, params, inputs, rows, rng):
        per_row, out = block.out.space == "row", block.out.index.ravel().tolist()
        self.block, self.params, self.rows = block, params, rows
        self.program = Program(
            uniform_size=params + (0 if per_row else len(out)),
            row_size=inputs + (len(out) if per_row else 0),
            inputs=[(True, place) for place in range(inputs)],
            constants=[],
            constants_start=params,
            held=[],
            held_start=params,
            blocks=[block],
            outputs=[(per_row, place) for place in out],
            ones=[],
            nodes=0,
        )
        self.uniform, self.row = rng.normal(size=params), rng.normal(size=(inputs, rows))
        self.seed = rng.normal(size=(len(out), rows) if per_row else len(out))
        self._out = out

    def read(self, at):
        """The numbers at these places, with an axis for the rows at the end."""
        found = np.empty((*at.index.shape, self.rows))
        found[at.per_row] = self.row[at.index[at.per_row]]
        found[~at.per_row] = self.uniform[at.index[~at.per_row]][:, None]
        return found

    def gathered(self, at, adjoint, uniform, row):
        """Add an adjoint (*places, rows) to those of the leaves, one number after the other."""
        for where in np.ndindex(*at.index.shape):
            if at.per_row[where]:
                row[at.index[where]] += adjoint[where]
            else:
                uniform[at.index[where]] += adjoint[where].sum()

    def lowered(self):
        """The array program, started from adjoints of the results."""
        return verify(array_program(self.program, self.params, inputs=True, mean=False))

    def by_numpy(self, *, guarded=False):
        """Results, and the leaves' adjoints, from the NumPy backend."""
        own = Executable(self.lowered(), self.rows, guarded=guarded)
        memory, program = own.memory, own.program
        own.load_parameters(self.uniform)
        own.load([(0, True, self.row)], slice(None))
        with np.errstate(all="ignore"):
            own.forward()
            for at, seed in zip(program.seeds, self.seed, strict=True):
                memory.view(at)[...] = seed
            own.backward()
        found = np.concatenate([memory.view(at) for at in program.outputs])
        slopes = np.concatenate([memory.view(at) for at in program.slopes])
        return found, memory.view(program.gradient), slopes

    def by_reference(self):
        """The same from the operations' definitions."""
        program = self.lowered()
        own = Reference(program, self.rows)
        own.write(program.params, self.uniform)
        for at, numbers in zip(program.inputs, self.row, strict=True):
            own.write(at, numbers)
        own.run((*program.setup, *program.forward))
        for at, seed in zip(program.seeds, self.seed, strict=True):
            own.write(at, seed)
        own.run(program.backward)
        found, slopes = (np.concatenate([own.read(at) for at in each]) for each in (program.outputs, program.slopes))
        return found, own.read(program.gradient), slopes

    def by_all(self, *, kernel=True):
        """From every backend that is installed; a kernel takes a tenth of a second."""
        found = [self.by_numpy(), self.by_numpy(guarded=True), self.by_reference()]
        return [*found, self.by_kernel()] if kernel and is_installed() else found

    def by_kernel(self):
        """The same from machine code; what is not written shows."""
        program = self.lowered()
        own = Kernel(program, self.rows)
        own.parameters[:] = self.uniform
        for at, seed in zip(program.seeds, self.seed, strict=True):
            own.numbers(at)[:, : self.rows if at.per_row else 1] = np.reshape(seed, (1, -1))
        own.value_and_grad(np.ascontiguousarray(self.row.T))

        def read(views):
            return np.concatenate(
                [own.numbers(at)[:, : self.rows] if at.per_row else own.numbers(at)[:, 0] for at in views]
            )

        return read(program.outputs), own.gradient, read(program.slopes)


def places(rng, shape, space, count):
    """Places of that shape among `count`: a view or not, of one buffer or of both."""
    size = math.prod(shape)
    if space == "mixed":
        return Positions(rng.integers(0, count, shape), rng.random(shape) < 0.5)
    index = rng.integers(0, count, shape)
    if space.endswith("view"):
        index = np.arange(size).reshape(shape) + int(rng.integers(0, count - size + 1))
    return Positions(index, np.full(shape, space.startswith("row")))


def slice_after(start, shape, per_row):
    """The places of a block's results."""
    return Positions(np.arange(start, start + math.prod(shape)).reshape(shape), np.full(shape, per_row))
