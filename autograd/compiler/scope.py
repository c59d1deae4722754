"""Names for arrays, and lines of source that are written about them."""

from __future__ import annotations

import functools
import inspect
import itertools
import linecache
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

__all__ = ["Array", "Scope"]

Array = np.ndarray[Any, Any]
#: Reductions along the second axis, which stays.
_ALONG = {"sum_along": "add", "max_along": "maximum"}


class Scope:
    """What the names in a source stand for, and lines that compute expressions into arrays made once.

    Args:
        functions: what expressions may call.

    Attributes:
        scope: the things, by name.
        shapes: of those that only a run knows.
    """

    def __init__(self, functions: Mapping[str, Any]) -> None:
        self.scope: dict[str, Any] = dict(functions)
        self._names: dict[Any, str] = {}
        self._counter = itertools.count()
        self._spares: set[str] = set()
        self.shapes: dict[str, tuple[int, ...]] = {}

    def bind(self, thing: Any) -> str:
        """Return a new name for a thing."""
        name = f"v{next(self._counter)}"
        self.scope[name] = thing
        return name

    def number(self, number: float) -> str:
        """Return the name of a constant, an array without axes."""
        return self.named(("number", repr(number)), lambda: np.array(number))

    def named(self, key: Any, make: Callable[[], Any]) -> str:
        """The name of what `key` stands for, which is made when first asked for."""
        if key not in self._names:
            self._names[key] = self.bind(make())
        return self._names[key]

    def compile(self, name: str, lines: list[str], arguments: str = "") -> Callable[..., None]:
        """Return the function with these lines; debuggers and tracebacks can read it."""
        source = "\n".join([f"def {name}({arguments}):", *(f"    {line}" for line in lines or ["pass"])]) + "\n"
        filename = f"<autograd program {id(self.scope)} {name}>"
        linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
        exec(compile(source, filename, "exec"), self.scope)  # noqa: S102 - of checked formulas, never of users' text
        function: Callable[..., None] = self.scope[name]
        return function

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

    def has_shape(self, name: str, shape: tuple[int, ...]) -> bool:
        """Whether a name stands for an array of that shape."""
        return name.isidentifier() and self._shape(name) == shape

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
        if function in ("maximum", "minimum") or not isinstance(self.scope.get(function), np.ufunc):
            return f"{function}({arguments}, out={out})"
        set_before, arguments = self._with_cells(arguments)
        return f"{set_before}{function}({arguments}, {out})"

    def _with_cells(self, arguments: str) -> tuple[str, str]:
        """The same arguments, but numbers in arrays without axes, which ufuncs take faster, and what sets those."""
        parts = arguments.split(", ")
        if any(part.count("(") != part.count(")") for part in parts):  # within a call
            return "", arguments
        before, found = "", []
        for part in parts:
            if isinstance(self.scope.get(part), float):
                part = self.number(self.scope[part])
            elif not part.isidentifier() and self._shape(part) == ():
                cell = self.named(("cell", part), lambda: np.empty(()))
                before += f"{cell}[()] = {part}; "
                part = cell
            found.append(part)
        return before, ", ".join(found)

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

    def call_of(self, expression: str) -> tuple[str, str] | None:
        """The function and the arguments of an expression, if it is one call that can write into place."""
        function, arguments = _taken_apart(expression)
        if isinstance(self.scope.get(function), np.ufunc) or function in _ALONG:
            return function, ", ".join(arguments)
        return None

    def assigned(self, expression: str, out: str) -> list[str]:
        """Return the lines that compute an expression into an array, through others that were made once."""
        lines: list[str] = []
        expression = self.unnested(expression, lines, out)
        call = self.call_of(expression)
        return [*lines, f"{out}[...] = {expression}" if call is None else self.stored(*call, out)]

    def temporary(self, expression: str, lines: list[str]) -> str:
        """Return a name for the value of an expression: of an array made once, if its shape is known."""
        if expression.isidentifier():
            return expression
        expression = self.unnested(expression, lines)
        found = self._computed(expression, "", lines, lambda shape: self.bind(np.empty(shape)), keep=True)
        if found is not None:
            return found
        name = f"t{next(self._counter)}"
        self.scope[name] = None
        function, _, argument = expression.partition("(")
        if function == "finite" and (shape := self._shape(argument[:-1])):
            self.shapes[name] = shape
        lines.append(f"{name} = {expression}")
        return name

    def unnested(self, expression: str, lines: list[str], out: str = "") -> str:
        """Return a call whose arguments are no calls any more where that can be: those are computed in `lines`.

        Args:
            expression: calls of NumPy functions.
            lines: the source so far.
            out: an array that is free, unless the expression itself names it.
        """
        if expression.count("(") < 2:
            return expression
        return self._flat(expression, lines, out, functools.partial(self._spare, itertools.count()))

    def _spare(self, taken: Iterator[int], shape: tuple[int, ...]) -> str:
        """The name of an array that is read by the next line only, so that any may use it."""
        name = self.named(("spare", shape, next(taken)), lambda: np.empty(shape))
        self._spares.add(name)
        return name

    def passing(self, expression: str, lines: list[str]) -> str:
        """Like :meth:`temporary`, for the next line only: others may use the array after that."""
        expression = self.unnested(expression, lines)
        spare = functools.partial(self._spare, itertools.count(1000))
        return self._computed(expression, "", lines, spare) or expression

    def _flat(self, expression: str, lines: list[str], out: str, spare: Callable[[tuple[int, ...]], str]) -> str:
        function, arguments = _taken_apart(expression)
        if not function:
            return expression
        for i, argument in enumerate(arguments):
            if "(" in argument:
                others = ", ".join([*arguments[:i], *arguments[i + 1 :]])
                free = "" if re.search(rf"\b{out}\b", others) else out
                source = self._flat(argument, lines, free, spare)
                arguments[i] = self._computed(source, free, lines, spare) or source
        return f"{function}({', '.join(arguments)})"

    def _computed(
        self,
        expression: str,
        out: str,
        lines: list[str],
        make: Callable[[tuple[int, ...]], str],
        *,
        keep: bool = False,
    ) -> str | None:
        """Compute a call of names into `out`, if it has the shape, or into another array; None if it is no array."""
        call = self.call_of(expression)
        shape = None if call is None else self._shape_of_call(*call)
        if call is None or not shape:
            return None
        if not out or self._shape(out) != shape:
            spares = [name for name in call[1].split(", ") if name in self._spares and self._shape(name) == shape]
            out = make(shape) if keep or not spares else spares[0]
        lines.append(self.stored(*call, out))
        return out

    def _shape_of_call(self, function: str, arguments: str) -> tuple[int, ...] | None:
        """The shape of what a call returns, an array of floats; None if that is not known."""
        shapes = [self._shape(argument) for argument in arguments.split(", ")]
        known = [shape for shape in shapes if shape is not None]
        if len(known) < len(shapes):
            return None
        if function in _ALONG:
            return (known[0][0], 1, *known[0][2:])
        ufunc = self.scope[function]
        if ufunc.signature or not {"d->d", "dd->d"} & set(ufunc.types):
            return None
        return np.broadcast_shapes(*known)

    def _shape(self, source: str) -> tuple[int, ...] | None:
        """The shape of an array or of a number, which may be computed from others; None if that is not known."""
        if source.isidentifier():
            thing = self.scope.get(source)
            return np.shape(thing) if isinstance(thing, np.ndarray | float) else self.shapes.get(source)
        return () if all(self._shape(name) == () for name in re.findall(r"[A-Za-z_]\w*", source)) else None


def _taken_apart(expression: str) -> tuple[str, list[str]]:
    """The function and the arguments of a call; no function if the expression is none."""
    function, bracket, rest = expression.partition("(")
    if not bracket or rest[-1] != ")" or not function.replace(".", "").isidentifier():
        return "", []
    arguments, depth, start = list[str](), 0, 0
    for found in re.finditer(r"[()]|, ", rest):
        if found[0] == "(":
            depth += 1
        elif found[0] == ")":
            depth -= 1
        elif depth == 0:
            arguments.append(rest[start : found.start()])
            start = found.end()
        if depth < 0:
            break
    if depth == 0 or found.end() < len(rest):  # the bracket that closes it is not the last character
        return "", []
    return function, [*arguments, rest[start:-1]]
