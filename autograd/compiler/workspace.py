"""The buffers of the NumPy backend, and names for every view of them: what straight-line source is made of."""

from __future__ import annotations

import inspect
import itertools
import linecache
import re
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.compiler.needs import Needs
from autograd.compiler.program import Positions, Program

__all__ = ["Array", "Workspace", "function_of"]

Array = np.ndarray[Any, Any]
#: Reductions along the second axis, which stays.
_ALONG = {"sum_along": "add", "max_along": "maximum"}


class Workspace:
    """The buffers of a program for a fixed number of rows, and the source that is written about them.

    Attributes:
        uniform: the uniform buffer.
        row: the row buffer, (places, rows).
        uniform_adjoint: the adjoints of the uniform buffer.
        row_adjoint: the adjoints of the row buffer.
        scope: what the names in the source stand for.
        needs: which places need an adjoint.
        written: which places' adjoints have been written so far, by the order of the source.
        fixed: which places' adjoints are read from outside, and so must stand in their own place.
    """

    def __init__(self, program: Program, rows: int, needs: Needs, functions: dict[str, Any]) -> None:
        self.rows, self.needs = rows, needs
        self.uniform = np.zeros(program.uniform_size)
        self.row = np.zeros((program.row_size, rows))
        self.uniform_adjoint = np.zeros(program.uniform_size)
        self.row_adjoint = np.zeros((program.row_size, rows))
        start = program.constants_start
        self._constants = slice(start, start + len(program.constants))
        self.uniform[self._constants] = program.constants
        for per_row, place in program.ones:
            (self.row if per_row else self.uniform)[place] = 1.0
        self.written = {"uniform": np.zeros(program.uniform_size, bool), "row": np.zeros(program.row_size, bool)}
        self.fixed = {space: np.zeros(len(places), bool) for space, places in self.written.items()}
        self._home = {space: np.arange(len(places)) for space, places in self.written.items()}
        self._slices = {(out.space, int(out.index.flat[0]), out.index.size) for out in (b.out for b in program.blocks)}
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
        key = ("number", repr(number))
        if key not in self._names:
            self._names[key] = self.bind(np.array(number))
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

    def view(self, at: Positions, *, adjoint: bool = False) -> str | None:
        """The name of a view of these places, rows as the last axis; None if it takes a gather."""
        if adjoint and at.space != "mixed":
            at = Positions(self._home[at.space][at.index], at.per_row)
        steps = at.steps()
        if steps is None:
            return None
        key = (adjoint, at.space, int(at.index.flat[0]), at.index.shape, steps)
        if key not in self._names:
            buffer = getattr(self, f"{at.space}_adjoint" if adjoint else at.space)
            self._names[key] = self.bind(_strided(buffer, int(at.index.flat[0]), at.index.shape, steps))
        return self._names[key]

    def own(self, at: Positions, *, adjoint: bool = False) -> str:
        """The name of a view of places that a block has to itself, with rows if they have them."""
        name = self.view(at, adjoint=adjoint)
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
            key = (name, "lifted")
            if key not in self._names:
                self._names[key] = self.bind(self.scope[name][..., None])
            return self._names[key]
        return name

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
        if function in _ALONG:
            return f"{_ALONG[function]}.reduce({arguments}, 1, None, {out}, True)"
        if function == "zero_where":
            condition, kept = arguments.split(", ")
            return f"{'' if kept == out else f'{out}[...] = {kept}; '}putmask({out}, {condition}, 0.0)"
        if function in ("maximum", "minimum"):  # which have no vector loops for one number
            arguments = ", ".join(self._spread(name, out) for name in arguments.split(", "))
        return f"{function}({arguments}, out={out})"

    def _spread(self, name: str, out: str) -> str:
        """The name of the same operand, an array as large as `out` if it is a constant."""
        thing = self.scope.get(name)
        if not isinstance(thing, np.ndarray) or thing.ndim:
            return name
        return self.bind(np.full(self.scope[out].shape, thing))

    def accumulate(
        self,
        at: Positions,
        expression: str,
        call: tuple[str, str] | None,
        lines: list[str],
        per_row: bool,
        *,
        whole: bool = True,
        heir_of: Positions | None = None,
    ) -> None:
        """Add an expression to the adjoints at some places; it has their shape (and rows), or broadcasts to it.

        Args:
            at: the places.
            expression: what to add.
            call: the same as a function and its arguments, where the result can go straight into place.
            lines: the source so far.
            per_row: whether the expression has rows.
            whole: whether it has the whole shape.
            heir_of: places whose adjoints are not needed any more: `at` may take over theirs, if it is the first.
        """
        keep = self.needs.mask(at)
        if not keep.any():
            return
        repeated = at.repeated()
        if (repeated or at.space == "mixed" or not keep.all()) and not whole:
            expression = f"broadcast_to({expression}, {self.shape(at, per_row=per_row)})"
        if repeated:
            expression, call = f"add.reduce({expression}, {repeated})", ("add.reduce", f"{expression}, {repeated}")
            at, keep = at.once(repeated), keep[tuple(0 if a in repeated else slice(None) for a in range(keep.ndim))]
        if at.space == "mixed" or not keep.all():
            value = self.temporary(expression, lines)
            for chosen in (at.per_row & keep, ~at.per_row & keep):
                if chosen.any():
                    part = Positions(at.index[chosen], at.per_row[chosen])
                    self.accumulate(part, f"{value}[{self.bind(np.nonzero(chosen))}]", None, lines, per_row)
            return
        if per_row and at.space == "uniform":
            expression, call, per_row = f"add.reduce({expression}, -1)", ("add.reduce", f"{expression}, -1"), False
        written = self.written[at.space]
        unique = len(np.unique(at.index)) == at.index.size
        fresh = not written[at.index].any()
        if fresh and unique and heir_of is not None and self._can_inherit(at, heir_of):
            self._home[at.space][at.index] = self._home[at.space][heir_of.index]
        view = self.view(at, adjoint=True) if unique else None
        if not (fresh and unique):
            self.clear(at.index[~written[at.index]], at.space, lines)
        written[at.index] = True
        if view is not None:
            if fresh and call is not None:
                lines.append(self.stored(*call, view))
            elif not fresh or expression != view:
                lines.append(f"{view}[...] = {expression}" if fresh else f"add({view}, {expression}, {view})")
            return
        target = self.bind(getattr(self, f"{at.space}_adjoint"))
        if unique:
            lines.append(f"{target}[{self.bind(self._home[at.space][at.index])}] {'=' if fresh else '+='} {expression}")
        else:
            if not whole and not repeated:
                expression = f"broadcast_to({expression}, {self.shape(at, per_row=per_row)})"
            self._scatter(target, at, expression, lines)

    def _can_inherit(self, at: Positions, other: Positions) -> bool:
        first, size = int(at.index.flat[0]), at.index.size
        is_block = (at.space, first, size) in self._slices and bool((np.diff(at.index.ravel()) == 1).all())
        is_alike = at.space == other.space and at.index.shape == other.index.shape
        return is_block and is_alike and not self.fixed[at.space][at.index].any()

    def clear(self, places: Array, space: str, lines: list[str]) -> None:
        """Set adjoints to 0 that nothing has been written to yet."""
        if places.size:
            self.written[space][places] = True
            target = self.bind(getattr(self, f"{space}_adjoint"))
            lines.append(f"{target}[{self.bind(self._home[space][np.unique(places)])}] = 0.0")

    def _scatter(self, target: str, at: Positions, expression: str, lines: list[str]) -> None:
        """Add to places of which some repeat: sorted by place, and summed run by run."""
        flat = self._home[at.space][at.index].ravel()
        order = np.argsort(flat, kind="stable")
        places, starts = np.unique(flat[order], return_index=True)
        value = f"({expression})"
        if at.index.ndim > 1:
            value += f".reshape({(flat.size, -1) if at.space == 'row' else flat.size})"
        if len(places) == 1:
            lines.append(f"{target}[{int(places[0])}] += add.reduce({value}, 0)")
        else:
            runs = f"add.reduceat({value}[{self.bind(order)}], {self.bind(starts)}, 0)"
            lines.append(f"{target}[{self.bind(places)}] += {runs}")

    def temporary(self, expression: str, lines: list[str]) -> str:
        """Return a name for the value of an expression."""
        if expression.isidentifier():
            return expression
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


def _strided(buffer: Array, start: int, shape: tuple[int, ...], steps: tuple[int, ...]) -> Array:
    unit = buffer.strides[0]
    rows = buffer.shape[1:]
    return np.lib.stride_tricks.as_strided(
        buffer[start:], (*shape, *rows), (*(step * unit for step in steps), *buffer.strides[1:])
    )
