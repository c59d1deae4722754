"""``compile(f, *examples)``: what users call, and the program they get."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.compiler.c.printer import c_source
from autograd.compiler.frontend.arguments import Arguments, floats
from autograd.compiler.frontend.trace import trace
from autograd.compiler.ir.array import ArrayProgram
from autograd.compiler.kernel.kernel import described
from autograd.compiler.kernel.training import KernelTraining
from autograd.compiler.numpy.executable import Executable
from autograd.compiler.numpy.runner import Load, Runner
from autograd.compiler.numpy.training import NumpyTraining
from autograd.compiler.passes.activity import Activity
from autograd.compiler.passes.layout import place
from autograd.compiler.pipeline import PASSES, after_each_pass, array_program, forward_program
from autograd.compiler.training import Training
from autograd.errors import LengthError, OperandError, UnknownNameError
from autograd.system.files import write_whole
from autograd.transforms.tree import flatten
from autograd.value import Value

__all__ = ["Compiled", "compile"]

_Array = np.ndarray[Any, Any]


def compile(
    f: Callable[..., Any], *examples: Any, params: Sequence[Value] = (), uniform: Sequence[int] = ()
) -> Compiled:
    """Trace a scalar function of one sample once, and return a program that runs it on many rows at array speed.

    Args:
        f: a function of one sample: its arguments are numbers, or lists, tuples, dictionaries or arrays of them.
        examples: one sample's arguments; their numbers do not matter, their structure does.
        params: Values whose numbers the program reads at every run, and for which it gives gradients.
        uniform: the places of arguments that are the same for all rows, from 0.

    Raises:
        LengthError: `uniform` has the place of no argument.
        TraceError: `f` looked at a number, to branch on it or to bake it in.
        OperandError: an example or a result is no number, or `params` has something other than leaves, or one twice.

    >>> w = Value(2.0)
    >>> program = compile(lambda x: (w * x).tanh(), 0.5, params=[w])
    >>> program(np.array([0.0, 0.5])).round(6)
    array([0.      , 0.761594])
    >>> value, gradient = program.value_and_grad(np.array([0.0, 0.5]))
    >>> round(value, 6), gradient.round(6)
    (0.380797, array([0.104994]))
    """
    for i in uniform:
        if i not in range(len(examples)):
            raise LengthError(f"uniform has {i!r}, but the places of the {len(examples)} arguments start at 0")
    return Compiled(f, examples, tuple(params), tuple(uniform))


class Compiled:
    """A compiled function; see :func:`compile`. It can be pickled, with its parameters.

    Attributes:
        params: the Values it gives gradients for.
        program: its blocks.
    """

    def __init__(
        self, f: Callable[..., Any], examples: Sequence[Any], params: Sequence[Value], uniform: Sequence[int]
    ) -> None:
        for param in params:
            if not isinstance(param, Value) or param.op:
                raise OperandError(f"params are leaf Values, got {param!r}")
        if len(set(map(id, params))) != len(params):
            raise OperandError("params has a Value twice: give each once")
        graph, build = trace(f, examples, params, uniform)
        self.params = tuple(params)
        self._graph = graph
        self.program = place(graph, len(params))
        self._programs: dict[tuple[bool, bool, bool], ArrayProgram] = {}
        self._arguments = Arguments(examples, uniform)
        self._outputs = build(range(len(graph.outputs)))  # the structure of a result, with the numbers of its parts
        self._runner = Runner(self._lowered, len(self.params))

    def _lowered(self, *, alone: bool = False, inputs: bool = False, mean: bool = True) -> ArrayProgram:
        """The array program: for one row alone, or for many; with the inputs' adjoints or without."""
        key = (alone, inputs, mean)
        if key not in self._programs:
            blocks = place(self._graph.without_rows(), len(self.params), even=True) if alone else self.program
            self._programs[key] = array_program(blocks, len(self.params), inputs=inputs, mean=mean)
        return self._programs[key]

    @property
    def depends_on_params(self) -> bool:
        """Whether any output depends on a parameter."""
        program = self._lowered()
        active = Activity(program, inputs=False)
        return any(map(active.any, program.outputs))

    def describe(self, stage: str = "blocks", *, rows: int = 100) -> str:
        """Return the program as text.

        Args:
            stage: ``"trace"`` for the scalar graph; ``"blocks"``; the name of a pass, ``"lower"``, ``"differentiate"``,
                ``"eliminate_dead_code"`` or ``"hoist"``, for the array program after it; ``"array"`` for the one that
                backends print; ``"numpy"`` for the NumPy backend's calls and the shapes of their arrays;
                ``"kernel"`` for the operations of a kernel, by blocks of rows.
            rows: of the batch that the NumPy calls or the kernel are for.

        Raises:
            UnknownNameError: there is no such stage.

        >>> w = Value(2.0)
        >>> program = compile(lambda x: (w * x).tanh(), 0.5, params=[w])
        >>> print(program.describe("array"))
        setup:
            rows'[2] = 1.0 / rows
        forward:
            rows[1] = once[0] * rows[0]
            rows[2] = tanh(rows[1])
        backward:
            ...
            once'[0] = times(rows'[1], rows[0])
        """
        if stage == "trace":
            return self._graph.describe()
        if stage == "blocks":
            return self.program.describe()
        if stage == "array":
            return self._lowered().describe()
        if stage == "numpy":
            return Executable(self._lowered(alone=rows == 1), rows).describe()
        if stage == "kernel":
            return described(self._lowered(), rows)
        if stage in PASSES:
            return dict(after_each_pass(self.program, len(self.params)))[stage].describe()
        raise UnknownNameError("stage", stage, ("trace", "blocks", *PASSES, "array", "numpy", "kernel"))

    def __call__(self, *args: Any) -> Any:
        """Run on rows: every argument gets a leading axis of rows, all of one length, but for the uniform ones.

        Returns:
            The function's output, each number an array (rows,); a plain float where no row has a part in it.
        """
        return self._build(self._runner.outputs(*self._loading(args, self._vector())))

    def value_and_grad(self, *args: Any, params: _Array | None = None, wrt: str = "params") -> tuple[float, Any]:
        """Return the mean of the output over the rows, and its gradient.

        Args:
            args: as for a call.
            params: numbers for the parameters, (params,); the Values' own unless given.
            wrt: ``"params"`` gives one float per parameter, in their order; ``"inputs"`` a tuple of gradients shaped
                like the arguments; ``"both"`` a pair of those.

        Raises:
            OperandError: the function has not one single output, or `params` has something other than numbers.
            LengthError: `params` has not one number per parameter, or there are no rows to take the mean of.
        """
        if wrt not in ("params", "inputs", "both"):
            raise UnknownNameError("wrt", wrt, ("params", "inputs", "both"))
        self._check_single()
        vector = self._vector() if params is None else floats("params", params)
        if vector.shape != (len(self.params),):
            given = f"{len(vector)} numbers" if vector.ndim == 1 else f"the shape {vector.shape}"
            raise LengthError(f"params has {given}, the program has {len(self.params)} parameters: one number for each")
        load, rows = self._loading(args, vector)
        if wrt == "params":
            with np.errstate(all="ignore"):
                value, gradient = self._runner.value_and_grad(load, rows)
            return value, gradient.copy()
        value, gradient, slopes = self._runner.value_and_slopes(load, rows)
        about_inputs = self._arguments.rebuild(slopes, summed=True)
        return value, about_inputs if wrt == "inputs" else (gradient, about_inputs)

    def jacobian(self, *args: Any) -> Any:
        """Return the derivatives of every output with respect to the inputs, row by row.

        Returns:
            The function's output structure; in the place of each number a tuple shaped like the arguments, with the
            leading axis of rows, which the derivatives by uniform arguments have, too.

        >>> program = compile(lambda x: [x[0] * x[1], x[0]], [1.0, 1.0])
        >>> (d_product,), (d_first,) = program.jacobian(np.array([[2.0, 3.0]]))
        >>> d_product, d_first
        ([array([3.]), array([2.])], [array([1.]), array([0.])])
        """
        load, rows = self._loading(args, self._vector())
        slopes = self._runner.jacobian(load, rows, one_by_one=not all(per_row for per_row, _ in self.program.inputs))
        return self._build([self._arguments.rebuild(parts, summed=False) for parts in slopes])

    def training(self, stages: Sequence[Any] = (), *, rows: int, backend: str = "numpy") -> Training:
        """Return the program with its parameters' numbers and an optimiser's state, to train many steps in a call.

        Args:
            stages: of an optimiser, see ``nn.optim.Stage``.
            rows: the most rows of a step.
            backend: ``"numpy"``, or ``"kernel"`` (extra ``jit``) for machine code that has the optimiser in it.

        Raises:
            OperandError: llvmlite is not installed, the function has not one single output or has uniform arguments.
            UnknownNameError: there is no such backend.
            LengthError: `rows` is no whole number from 1.

        >>> from nn import optim
        >>> w = Value(0.0)
        >>> program = compile(lambda x, y: (w * x - y) ** 2, 1.0, 1.0, params=[w])
        >>> training = program.training(optim.sgd(0.1).stages, rows=2)
        >>> data = np.array([[1.0, 3.0], [2.0, 6.0]])
        >>> training.train(data, [np.array([0, 1])] * 20)[-1] < 1e-9, training.parameters.round(6)
        (np.True_, array([3.]))
        """
        self._check_single()
        if backend == "numpy":
            runner = Runner(self._lowered, len(self.params), shared=True)
            return NumpyTraining(self._lowered(), rows, runner, self._vector(), stages)
        if backend != "kernel":
            raise UnknownNameError("backend", backend, ("numpy", "kernel"))
        return KernelTraining(self._lowered(), rows, self._vector(), stages)

    def to_c(self, path: str | os.PathLike[str], name: str = "f") -> None:
        """Write the program for one row as a file of C99 that needs the mathematics library alone.

        It has ``void f(const double *params, const double *inputs, double *outputs)`` and, where there is one output,
        ``double f_value_and_grad(const double *params, const double *inputs, double *gradient)``: parameters and
        gradient in the order of :attr:`params`, inputs in the arguments'. Values from outside, which are no
        parameters, are written into the file with the numbers that they have now.

        Args:
            path: of the file.
            name: of the function.

        Raises:
            OperandError: `name` is no name in C.
            OSError: the file cannot be written.

        >>> import pathlib, tempfile
        >>> w = Value(2.0)
        >>> path = pathlib.Path(tempfile.mkdtemp(), "model.c")
        >>> compile(lambda x: (w * x).tanh(), 0.5, params=[w]).to_c(path, "model")
        >>> "void model(const double *params, const double *inputs, double *outputs)" in path.read_text()
        True
        """
        forward = forward_program(self.program, len(self.params))
        both = self._lowered() if len(self.program.outputs) == 1 else None
        held = [value.data for value in forward.held_values]
        write_whole(path, c_source(name, forward, both, held))

    def _loading(self, args: Sequence[Any], vector: _Array) -> tuple[Load, int]:
        """What puts arguments and parameters into an executable, and how many rows there are."""
        columns, rows = self._arguments.columns(args)

        def load(executable: Executable, own: slice) -> None:
            executable.load_parameters(vector)
            executable.load(columns, own)

        return load, rows

    def _build(self, outputs: Sequence[Any]) -> Any:
        return flatten(self._outputs)[1](outputs)

    def _check_single(self) -> None:
        if len(self.program.outputs) != 1:
            raise OperandError(f"a gradient needs one output, the function has {len(self.program.outputs)}")

    def _vector(self) -> _Array:
        return np.array([param.data for param in self.params])
