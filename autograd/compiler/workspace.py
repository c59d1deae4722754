"""The buffers of the NumPy backend, and names for every view of them: what straight-line source is made of."""

from __future__ import annotations

import inspect
import itertools
import linecache
import re
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.compiler.program import Positions, Program

__all__ = ["Array", "Workspace", "function_of", "strided"]

Array = np.ndarray[Any, Any]
#: Reductions along the second axis, which stays.
_ALONG = {"sum_along": "add", "max_along": "maximum"}


class Workspace:
    """The buffers of a program for a fixed number of rows, and the source that is written about them.

    Attributes:
        uniform: the uniform buffer.
        row: the row buffer, (places, rows).
        by_row: the inputs once more, (rows, places), where a product takes them so.
        scope: what the names in the source stand for.
    """

    def __init__(self, program: Program, rows: int, functions: dict[str, Any], uniform: Array | None = None) -> None:
        self.rows = rows
        self.uniform = np.zeros(program.uniform_size) if uniform is None else uniform
        self.row = np.zeros((program.row_size, rows))
        self.by_row: Array | None = None
        self._given = program.given
        start = program.constants_start
        self._constants = slice(start, start + len(program.constants))
        self.uniform[self._constants] = program.constants
        for per_row, place in program.ones:
            (self.row if per_row else self.uniform)[place] = 1.0
        self.scope: dict[str, Any] = dict(functions)
        self._names: dict[Any, str] = {}
        self._counter = itertools.count()

    def shape(self, at: Positions, *, per_row: bool) -> tuple[int, ...]:
        """The shape of an array of these places, with the rows as last axis if there are rows."""
        return (*at.index.shape, self.rows) if per_row else at.index.shape

    def bind(self, thing: Any) -> str:
        """Return a new name for a thing."""
        name = f"v{next(self._counter)}"
        self.scope[name] = thing
        return name

    def number(self, number: float) -> str:
        """Return the name of a constant, an array without axes: ufuncs take that faster than a float."""
        return self.named(("number", repr(number)), lambda: np.array(number))

    def named(self, key: Any, make: Callable[[], Any]) -> str:
        """The name of what `key` stands for, which is made when first asked for."""
        if key not in self._names:
            self._names[key] = self.bind(make())
        return self._names[key]

    def compile(self, name: str, lines: list[str]) -> Callable[[], None]:
        """Return the function with these lines."""
        return function_of(name, [], lines, self.scope)

    def source(self, function: Callable[[], None]) -> str:
        """The source of a function that :meth:`compile` made, with the shapes of the arrays that each line names."""
        head, *lines = inspect.getsource(function).splitlines()
        found = [head]
        for line in lines:
            line = re.sub(r"\bv\d+", self._as_number, line)
            things = [self.scope[name] for name in re.findall(r"\bv\d+", line)]
            shapes = ", ".join(str(thing.shape) for thing in things if isinstance(thing, np.ndarray))
            found.append(f"{line:38} # {shapes}" if shapes else line)
        return "\n".join(found)

    def _as_number(self, name: re.Match[str]) -> str:
        thing = self.scope[name[0]]
        return repr(float(thing)) if isinstance(thing, np.ndarray) and thing.ndim == 0 else name[0]

    def view(self, at: Positions) -> str | None:
        """The name of a view of these places, rows as the last axis; None if it takes a gather."""
        steps = at.steps()
        if steps is None:
            return None
        first, shape = int(at.index.flat[0]), at.index.shape
        buffer = self.row if at.space == "row" else self.uniform
        return self.named((at.space, first, shape, steps), lambda: strided(buffer, first, shape, steps))

    def view_by_row(self, at: Positions) -> Array | None:
        """A view, (rows, places), of a list of inputs and ones as they stand row by row; None for anything else.

        BLAS takes a product by this in two thirds of the time of one by a transposed view of the row buffer.
        """
        first, last = int(at.index.flat[0]), int(at.index.flat[-1])
        if at.space != "row" or last >= self._given or last - first != at.index.size - 1 or at.steps() is None:
            return None
        if self.by_row is None:
            self.by_row = self.row[: self._given].T.copy()
        return self.by_row[:, first : last + 1]

    def own(self, at: Positions) -> str:
        """The name of a view of places that a block has to itself, with rows if they have them."""
        name = self.view(at)
        assert name is not None  # they follow one another
        return name

    def read(self, at: Positions, lines: list[str]) -> str:
        """The name of the numbers at these places: a view, or a gather in `lines`."""
        view = self.view(at)
        if view is not None:
            return view
        key = (at.space, at.index.tobytes(), at.per_row.tobytes(), at.index.shape)
        if key not in self._names:
            out = self._names[key] = self.bind(np.empty(self.shape(at, per_row=at.space != "uniform")))
            if at.space == "mixed":
                row, uniform = np.nonzero(at.per_row), np.nonzero(~at.per_row)
                lines.append(f"{out}[{self.bind(row)}] = {self.bind(self.row)}[{self.bind(at.index[row])}]")
                chosen = f"{self.bind(self.uniform)}[{self.bind(at.index[uniform])}]"
                lines.append(f"{out}[{self.bind(uniform)}] = {chosen}[:, None]")
            else:
                take = self.bind(getattr(self, at.space).take)  # the method: NumPy's function costs as much again
                lines.append(f"{take}({self.bind(at.index)}, 0, {out}, 'clip')")
        return self._names[key]

    def constant(self, at: Positions) -> float | None:
        """The number that stands at all these places, if it is one and the same constant."""
        first = int(at.index.flat[0])
        inside = self._constants.start <= first < self._constants.stop
        if at.space == "uniform" and inside and (at.index == first).all():
            return float(self.uniform[first])
        return None

    def with_ones(self, name: str, lines: list[str]) -> str:
        """The name of a copy of numbers (..., n, rows) with a row of ones below: that carries a bias into a product."""
        key = (name, "ones")
        if key not in self._names:
            *outer, n, rows = self.scope[name].shape
            copy = np.ones((*outer, n + 1, rows))
            self._names[key] = self.bind(copy)
            lines.append(f"{self.bind(copy[..., :n, :])}[...] = {name}")
        return self._names[key]

    def lifted(self, at: Positions, lines: list[str], per_row: bool) -> str:
        """Like :meth:`read`, with an axis for the rows where the block has one and the operand has not."""
        name = self.read(at, lines)
        if per_row and at.space == "uniform":
            return self.named((name, "lifted"), lambda: self.scope[name][..., None])
        return name

    def is_constant(self, source: str) -> bool:
        """Whether an expression is about numbers only that :meth:`number` has named."""
        named = (self.scope.get(name) for name in re.findall(r"\b[tv]\d+\b", source))
        return all(isinstance(thing, np.ndarray) and thing.ndim == 0 for thing in named)

    def stored(self, function: str, arguments: str, out: str) -> str:
        """The line that calls a function whose result goes into `out`."""
        if function == "matmul" and arguments.replace(", ", "").isalnum():
            left, right, result = (self.scope[name] for name in (*arguments.split(", "), out))
            left, right = (side[0] if side.ndim == 3 and len(side) == 1 else side for side in (left, right))
            # np.dot has half of matmul's overhead; but of one number, if that is 0, it makes 0 even beside nan.
            are_matrices = left.ndim == right.ndim == 2 and 1 not in (left.size, right.size)
            if are_matrices and result.flags.c_contiguous:
                names = map(self.bind, (left, right, result.reshape(len(left), right.shape[1])))
                return f"dot({', '.join(names)})"
        if function == "sum_along" and (summed := self._summed(arguments, out)):
            return summed
        if function in _ALONG:
            return f"{_ALONG[function]}.reduce({arguments}, 1, None, {out}, True)"
        if function == "zero_where":
            condition, kept = arguments.split(", ")
            return f"{'' if kept == out else f'{out}[...] = {kept}; '}putmask({out}, {condition}, 0.0)"
        if function in ("maximum", "minimum"):  # which have no vector loops for one number
            arguments = ", ".join(self._spread(name, out) for name in arguments.split(", "))
        return f"{function}({arguments}, out={out})"

    def reduced(
        self, expression: str, call: tuple[str, str] | None, axes: tuple[int, ...]
    ) -> tuple[str, tuple[str, str]]:
        """The sum of an expression along some axes, also as a function and its arguments."""
        if call is not None and call[0] == "multiply" and axes == (1,):
            sides = [self.scope.get(name) for name in call[1].split(", ")]
            shapes = {side.shape if isinstance(side, np.ndarray) else () for side in sides}
            if len(shapes) == 1 and len(shapes.pop()) == 2:
                return f"vecdot({call[1]})", ("vecdot", call[1])
        return f"add.reduce({expression}, {axes})", ("add.reduce", f"{expression}, {axes}")

    def _summed(self, numbers: str, out: str) -> str | None:
        """The line that sums along the second axis as a product with ones, in half the time; None if it cannot."""
        terms, sums = self.scope.get(numbers), self.scope[out]
        if not isinstance(terms, np.ndarray) or not terms.flags.c_contiguous or not sums.flags.c_contiguous:
            return None
        ones = np.ones(terms.shape[1])
        if terms.ndim == 2:
            return f"dot({numbers}, {self.bind(ones)}, {self.bind(sums.reshape(-1))})"
        if len(terms) == 1:
            return f"dot({self.bind(ones)}, {self.bind(terms[0])}, {self.bind(sums.reshape(-1))})"
        return None

    def _spread(self, name: str, out: str) -> str:
        """The name of the same operand, an array as large as `out` if it is a constant."""
        thing = self.scope.get(name)
        if not isinstance(thing, np.ndarray) or thing.ndim:
            return name
        return self.bind(np.full(self.scope[out].shape, thing))

    def temporary(self, expression: str, lines: list[str]) -> str:
        """Return a name for the value of an expression."""
        if expression.isidentifier():
            return expression
        function, _, argument = expression.removesuffix(")").partition("(")
        along = self.scope.get(argument)
        if function in _ALONG and isinstance(along, np.ndarray):
            out = self.bind(np.empty_like(along[:, :1]))
            lines.append(self.stored(function, argument, out))
            return out
        name = f"t{next(self._counter)}"
        self.scope[name] = None
        lines.append(f"{name} = {expression}")
        return name


def function_of(name: str, arguments: list[str], lines: list[str], scope: dict[str, Any]) -> Callable[..., None]:
    """Return the function with these lines, whose names are those of `scope`; debuggers and tracebacks can read it."""
    head = f"def {name}({', '.join(arguments)}):"
    source = "\n".join([head, *(f"    {line}" for line in lines or ["pass"])]) + "\n"
    filename = f"<autograd program {id(scope)} {name}>"
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    exec(compile(source, filename, "exec"), scope)  # noqa: S102 - made from checked formulas, never from text of users
    function: Callable[..., None] = scope[name]
    return function


def strided(buffer: Array, start: int, shape: tuple[int, ...], steps: tuple[int, ...]) -> Array:
    """A view of a buffer that starts at a place, with so many places between neighbours along each axis."""
    unit = buffer.strides[0]
    rows = buffer.shape[1:]
    return np.lib.stride_tricks.as_strided(
        buffer[start:], (*shape, *rows), (*(step * unit for step in steps), *buffer.strides[1:])
    )
