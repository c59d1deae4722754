"""Array programs run one operation after the other, as their definition says: what backends are compared with."""

import math

import numpy as np

from autograd.calculus.expr import Call, Name, Number
from autograd.calculus.formula import NUMPY_FUNCTIONS
from autograd.compiler.ir.array import Contract, Fill, Map

ARITHMETIC = {
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "div": np.divide,
    "neg": np.negative,
    "lt": np.less,
    "le": np.less_equal,
    "gt": np.greater,
    "ge": np.greater_equal,
    "eq": np.equal,
    "ne": np.not_equal,
    "times": lambda d, p: np.where((np.asarray(d) == 0) | (np.asarray(p) == 0), 0.0, np.multiply(d, p)),
}


def value_of(value, names):
    match value:
        case Number(number):
            return np.float64(number)
        case Name(name):
            return names[name]
        case Call(function, arguments):
            return (ARITHMETIC.get(function) or NUMPY_FUNCTIONS[function])(
                *(value_of(each, names) for each in arguments)
            )


class Reference:
    """An array program with its buffers, for some number of rows."""

    def __init__(self, program, rows):
        self.program, self.rows = program, rows
        self.arrays = {b: np.full((b.size, rows) if b.per_row else b.size, np.nan) for b in program.buffers}
        for at, numbers in program.constants:
            if at.size:
                self.write(at, np.array(numbers)[:, None] if at.per_row else np.array(numbers))

    def read(self, at, *, lifted=False):
        found = self.arrays[at.buffer][at.places]
        return found[..., None] if lifted and not at.per_row else found

    def write(self, at, numbers, accumulate=False):
        array = self.arrays[at.buffer]
        shape = (*at.shape, self.rows) if at.per_row else at.shape
        numbers = np.broadcast_to(numbers, shape)
        if accumulate:
            np.add.at(array, at.places, numbers)
        else:
            array[at.places] = numbers

    def run(self, ops):
        with np.errstate(all="ignore"):
            for op in ops:
                self.step(op)

    def step(self, op):
        if isinstance(op, Fill):
            self.write(op.out, op.number / self.rows if op.share else op.number)
        elif isinstance(op, Contract):
            letters = [
                letters + "z" * at.per_row for letters, at in zip(op.letters, (op.out, op.left, op.right), strict=True)
            ]
            left, right = self.read(op.left), self.read(op.right)
            every = sorted(set("".join(letters)))

            def spread(array, own):
                order = np.argsort([every.index(letter) for letter in own])
                shape = [array.shape[own.index(letter)] if letter in own else 1 for letter in every]
                return array.transpose(order).reshape(shape)

            product = ARITHMETIC["times" if op.zero_stops else "mul"](
                spread(left, letters[1]), spread(right, letters[2])
            )
            lengths = dict(
                zip("".join(letters), (*self.full(op.out), *self.full(op.left), *self.full(op.right)), strict=True)
            )
            product = np.broadcast_to(product, [lengths[letter] for letter in every])
            total = product.sum(axis=tuple(i for i, letter in enumerate(every) if letter not in letters[0]))
            rest = [letter for letter in every if letter in letters[0]]
            total = total.transpose([rest.index(letter) for letter in letters[0]])
            for addend in op.addends:
                total = total + self.read(addend, lifted=op.out.per_row)
            self.write(op.out, total, op.accumulate)
        elif isinstance(op, Map):
            per_row = any(at.per_row for _, at in op.reads) or any(store.out.per_row for store in op.stores)
            names = {name: self.read(at, lifted=per_row) for name, at in op.reads}
            for name, value in op.given:
                names[name] = value_of(value, names)
            results = [value_of(store.value, names) for store in op.stores]
            for store, result in zip(op.stores, results, strict=True):
                if per_row and not store.out.per_row:
                    result = np.broadcast_to(result, (*store.out.shape, self.rows)).sum(axis=-1)
                self.write(store.out, result, store.accumulate)
        else:
            per_row = op.out.per_row
            names = {name: self.read(at, lifted=per_row) for name, at in op.reads}
            value = value_of(op.value, names)
            shape = (*op.reads[0][1].shape, self.rows) if per_row else op.reads[0][1].shape
            value = np.broadcast_to(value, shape)
            axis = -2 if per_row else -1
            self.write(op.out, value.sum(axis=axis) if op.kind == "sum" else value.max(axis=axis))

    def full(self, at):
        return (*at.shape, self.rows) if at.per_row else at.shape

    def value_and_grad(self, params, X):
        """The mean of the first output, and the gradient by the parameters; X is (rows, inputs)."""
        program = self.program
        self.write(program.params, np.asarray(params, float))
        for at, column in zip(program.inputs, np.asarray(X, float).T, strict=True):
            self.write(at, column if at.per_row else column[:1])
        self.run((*program.setup, *program.forward, *program.backward))
        return float(np.mean(self.read(program.outputs[0]))), self.read(program.gradient).copy()


__all__ = ["Reference", "math"]
