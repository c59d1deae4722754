"""An array program as C99, for one row: plain loops over one array of numbers.

The file has ``void f(const double *params, const double *inputs, double *outputs)`` and, where there is one output,
``double f_value_and_grad(const double *params, const double *inputs, double *gradient)``. Both keep the numbers of the
eager engine, special values and the zero rule included.
"""

from __future__ import annotations

import keyword
from collections.abc import Sequence

import numpy as np

from autograd.calculus.expr import Expr, Name, Number, needed
from autograd.compiler.c.language import CONSTANTS, HELPERS, INFIX, RENAMED, RESERVED, flat, is_comparison, number
from autograd.compiler.ir.array import ArrayProgram, Contract, Fill, Map, Op, Reduce
from autograd.compiler.ir.views import Buffer, View
from autograd.errors import OperandError

__all__ = ["c_source"]

#: Numbers that still fit on any thread's stack; beyond that they stand in static memory.
_STACK = 1 << 16


def c_source(
    name: str, forward: ArrayProgram, both: ArrayProgram | None, held: Sequence[float], *, title: str = ""
) -> str:
    """Return the text of the file.

    Args:
        name: of the function.
        forward: the outputs alone.
        both: with the backward half, if there is one output to differentiate.
        held: the numbers of Values from outside, which are written into the file.
        title: a line for the head of the file.

    Raises:
        OperandError: `name` is no name in C.
    """
    if not (name.isidentifier() and name.isascii()) or name in RESERVED or keyword.iskeyword(name):
        raise OperandError(f"name must be one that C takes for a function, such as 'model', got {name!r}")
    params, inputs = forward.params.size, len(forward.inputs)
    head = [
        f"/* {title or name}: written by glassgrad; C99, needs the mathematics library (-lm).",
        " *",
        f" * {name} computes {len(forward.outputs)} output(s) of one row.",
        f" *     params   {params} number(s), in the order of program.params",
        f" *     inputs   {inputs} number(s), the arguments' in order",
    ]
    if both is not None:
        head.append(
            f" * {name}_value_and_grad returns the output; gradient is {params} number(s), in the order of params."
        )
    functions = [_Function(name, forward, held, backward=False)]
    functions += [_Function(name, both, held, backward=True)] if both is not None else []
    bodies = [function.text() for function in functions]
    if any(function.is_static for function in functions):
        head.append(" * Their numbers stand in static memory: only one thread at a time may call them.")
    used = set().union(*(function.helpers for function in functions))
    helpers = [
        f"static double {name}_{own}({arguments})\n{{\n    return {value};\n}}\n"
        for own, (arguments, value) in HELPERS.items()
        if own in used
    ]
    return "\n".join([*head, " */", "#include <math.h>", "", *helpers, *bodies])


class _Function:
    """One function being written.

    Attributes:
        helpers: of :data:`HELPERS`, those that it calls.
        is_static: whether its numbers stand in static memory.
    """

    def __init__(self, name: str, program: ArrayProgram, held: Sequence[float], *, backward: bool) -> None:
        self._name, self._program, self._held, self._backward = name, program, held, backward
        self.helpers: set[str] = set()
        self._lines: list[str] = []
        self._tables: list[str] = []
        self._start: dict[Buffer, int] = {}
        size = 0
        for buffer in program.buffers:
            self._start[buffer] = size
            size += buffer.size
        self._size = max(size, 1)
        self.is_static = size > _STACK

    def text(self) -> str:
        """The whole function."""
        program, name = self._program, self._name
        self._given()
        for op in (*program.setup, *program.forward, *(program.backward if self._backward else ())):
            self._op(op)
        if self._backward:
            assert program.gradient is not None
            self._copy("gradient[{}] = {};", program.gradient)
            self._lines.append(f"    return {self._at(program.outputs[0], ['0'] * len(program.outputs[0].shape))};")
            head = f"double {name}_value_and_grad(const double *params, const double *inputs, double *gradient)"
        else:
            for i, at in enumerate(program.outputs):
                self._lines.append(f"    outputs[{i}] = {self._at(at, ['0'] * len(at.shape))};")
            head = f"void {name}(const double *params, const double *inputs, double *outputs)"
        static = "static " if self.is_static else ""
        unused = [] if program.params.size else ["    (void)params;"]
        unused += [] if program.inputs else ["    (void)inputs;"]
        unused += ["    (void)gradient;"] if self._backward and not program.params.size else []
        body = [*self._tables, f"    {static}double m[{self._size}];", "", *unused, *self._lines]
        return "\n".join([head, "{", *body, "}", ""])

    def _given(self) -> None:
        """Put what the caller gives, and what is constant, in its places."""
        program = self._program
        self._copy("{1} = params[{0}];", program.params)
        for i, at in enumerate(program.inputs):
            self._lines.append(f"    {self._at(at, ['0'] * len(at.shape))} = inputs[{i}];")
        for at, numbers in ((program.held, self._held), *program.constants):
            for place, own in zip(at.places.ravel().tolist() if at.size else (), numbers, strict=True):
                self._lines.append(f"    m[{self._start[at.buffer] + place}] = {number(own)};")

    def _copy(self, line: str, at: View) -> None:
        if at.size:
            self._lines.append(f"    for (int i = 0; i < {at.size}; i++) {line.format('i', self._at(at, ['i']))}")

    # Operations -------------------------------------------------------------------------------------------------------

    def _op(self, op: Op) -> None:
        if isinstance(op, Map):
            self._map(op)
        elif isinstance(op, Reduce):
            self._reduce(op)
        elif isinstance(op, Contract):
            self._contract(op)
        else:
            self._fill(op)

    def _nest(self, shape: Sequence[int], prefix: str = "i", depth: int = 1) -> tuple[list[str], int]:
        """Open a loop for every axis that has more than one place; return the counters, and how deep it is."""
        counters = []
        for axis, length in enumerate(shape):
            if length == 1:
                counters.append("0")
                continue
            counter = f"{prefix}{axis}"
            self._lines.append(f"{'    ' * depth}for (int {counter} = 0; {counter} < {length}; {counter}++) {{")
            counters.append(counter)
            depth += 1
        return counters, depth

    def _close(self, depth: int, outer: int = 1) -> None:
        self._lines += [f"{'    ' * level}}}" for level in range(depth - 1, outer - 1, -1)]

    def _map(self, op: Map) -> None:
        counters, depth = self._nest(op.stores[0].out.shape)
        block = depth == 1
        if block:
            self._lines.append("    {")
            depth = 2
        names = {name: self._at(at, counters) for name, at in op.reads}
        pad = "    " * depth
        for i, (name, value) in enumerate(needed(op.given, [store.value for store in op.stores])):
            self._lines.append(f"{pad}const double g{i} = {self._value(value, names)};")
            names[name] = f"g{i}"
        for i, store in enumerate(op.stores):
            self._lines.append(f"{pad}const double r{i} = {self._value(store.value, names)};")
        for i, store in enumerate(op.stores):
            self._lines.append(f"{pad}{self._at(store.out, counters)} {'+=' if store.accumulate else '='} r{i};")
        self._close(depth)

    def _reduce(self, op: Reduce) -> None:
        counters, depth = self._nest(op.out.shape)
        outer = depth
        if depth == 1:
            self._lines.append("    {")
            depth = 2
        pad, length = "    " * depth, op.reads[0][1].shape[-1]
        self._lines.append(f"{pad}double total = {'0.0' if op.kind == 'sum' else '-INFINITY'};")
        self._lines.append(f"{pad}for (int n = 0; n < {length}; n++) {{")
        names = {name: self._at(at, [*counters, "n"]) for name, at in op.reads}
        value = self._value(op.value, names)
        joined = f"total + {value}" if op.kind == "sum" else self._help("maximum", "total", value)
        self._lines += [f"{pad}    total = {joined};", f"{pad}}}", f"{pad}{self._at(op.out, counters)} = total;"]
        self._close(max(depth, outer))

    def _contract(self, op: Contract) -> None:
        lengths: dict[str, int] = {}
        for letters, at in zip(op.letters, (op.out, op.left, op.right), strict=True):
            lengths |= dict(zip(letters, at.shape, strict=True))
        out = op.letters[0]
        counters, depth = self._nest([lengths[letter] for letter in out])
        if depth == 1:
            self._lines.append("    {")
            depth = 2
        place = dict(zip(out, counters, strict=True))
        pad, summed = "    " * depth, [letter for letter in lengths if letter not in out]
        self._lines.append(f"{pad}double total = 0.0;")
        inner, deeper = self._nest([lengths[letter] for letter in summed], "n", depth)
        place |= dict(zip(summed, inner, strict=True))
        left, right = (
            self._at(at, [place[letter] for letter in letters])
            for at, letters in ((op.left, op.letters[1]), (op.right, op.letters[2]))
        )
        product = self._help("times", left, right) if op.zero_stops else f"{left} * {right}"
        self._lines.append(f"{'    ' * deeper}total += {product};")
        self._close(deeper, depth)
        terms = "".join(f" + {self._at(at, counters)}" for at in op.addends)
        self._lines.append(f"{pad}{self._at(op.out, counters)} {'+=' if op.accumulate else '='} total{terms};")
        self._close(depth)

    def _fill(self, op: Fill) -> None:
        counters, depth = self._nest(op.out.shape)
        self._lines.append(f"{'    ' * depth}{self._at(op.out, counters)} = {number(op.number)};")
        self._close(depth)

    # Places and formulas ----------------------------------------------------------------------------------------------

    def _at(self, at: View, counters: Sequence[str]) -> str:
        start = self._start[at.buffer]
        if at.listed is None:
            terms = [
                counter if step == 1 else f"{step} * {counter}"
                for counter, step in zip(counters, at.steps, strict=True)
                if step and counter != "0"
            ]
            return f"m[{' + '.join([*terms, *([str(start + at.start)] if start + at.start or not terms else [])])}]"
        place = counters[0] if len(counters) == 1 < len(at.shape) else flat(counters, at.shape)
        table = f"t{len(self._tables)}"
        numbers = ", ".join(map(str, (np.ravel(at.listed) + start).tolist()))
        self._tables.append(f"    static const int {table}[{at.size}] = {{{numbers}}};")
        return f"m[{table}[{place}]]"

    def _value(self, formula: Expr, names: dict[str, str]) -> str:
        if isinstance(formula, Number):
            return number(formula.value)
        if isinstance(formula, Name):
            return names[formula.id] if formula.id in names else CONSTANTS[formula.id]
        function, args = formula.function, [self._value(arg, names) for arg in formula.args]
        if function in INFIX:
            return f"({args[0]} {INFIX[function]} {args[1]})"
        if function == "neg":
            return f"(-{args[0]})"
        if function == "where":
            condition = args[0] if is_comparison(formula.args[0]) else f"{args[0]} != 0.0"
            return f"({condition} ? {args[1]} : {args[2]})"
        if function in HELPERS:
            return self._help(function, *args)
        return f"{RENAMED.get(function, function)}({', '.join(args)})"

    def _help(self, helper: str, *args: str) -> str:
        self.helpers.add(helper)
        return f"{self._name}_{helper}({', '.join(args)})"
