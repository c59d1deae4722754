"""From rows of the calculus table to Python source: the methods of ``Value`` and the functions beside them.

``python -m autograd --generate`` writes ``autograd/operations.py`` from :mod:`autograd.calculus.table`; a test keeps
them in step. :func:`autograd.primitive` compiles a user's row with the same templates at run time.

The source is written out, rather than built from closures, because it is the fastest form the formulas can take, and
because type checkers, debuggers, tracebacks and ``help()`` then see ordinary Python.
"""

from __future__ import annotations

import itertools
import math
import textwrap

from autograd.calculus.expr import FUNCTIONS, Expr, calls, functions, needed
from autograd.calculus.printing import python_source
from autograd.calculus.rule import Operand
from autograd.calculus.table import RULES, Rule
from autograd.calculus.template import ABS, MAKERS, PRELUDE

__all__ = ["function_source", "is_unary", "method_source", "operations_source", "values_source"]

_DUNDER = {"neg": "__neg__", "abs": "__abs__"}
#: Functions of ``math`` that never raise for a float: everything else runs under a guard.
_NEVER_RAISE = {"erf", "erfc", "tanh", "atan", "atan2", "hypot", "asinh", "cbrt", "copysign"}
_FLOATS = {"maximum", "minimum", "sign", "max", "sum"}
_IEEE = "except (ArithmeticError, ValueError):  # math raises where IEEE-754 has an answer"


def operations_source() -> str:
    """Return the whole text of ``autograd/operations.py``."""
    rows = list(RULES.values())
    methods = [source for row in rows for source in _methods(row)]
    functions = [function_source(row) for row in rows if row.symbol not in ("+", "-", "*", "/")]
    functions.append(values_source(RULES["dot"]))
    names = [row.name for row in rows if row.symbol not in ("+", "-", "*", "/")]
    exported = "".join(f'    "{name}",\n' for name in ["Operand", "Operations", *names])
    return "\n".join(
        (
            PRELUDE.format(exported=exported),
            *(textwrap.indent(source, "    ") for source in methods),
            MAKERS,
            "\n" + "\n\n".join(functions),
        )
    )


def is_unary(row: Rule) -> bool:
    """Whether the row has one operand, and that a single number: then Values have a method of their own for it."""
    return len(row.operands) == 1 and not row.operands[0].is_sequence


def method_source(row: Rule) -> str:
    """Return the ``Value`` method of a row with one operand."""
    (operand,) = row.operands
    x = operand.name
    return _fill(
        f"""
        def {_DUNDER.get(row.name, row.name)}(self) -> Value:
            {_docstring(row, 12)}
            {x} = self._data
            {_compute(row, ("y", "dx"), 12)}
            {_recorded(row, x="self", dx="dx", y="None", dy="None")}
        """
    )


def _methods(row: Rule) -> list[str]:
    if is_unary(row):
        source = method_source(row)
        return [source, _fill(ABS)] if row.name == "abs" else [source]
    if row.symbol:
        return [_infix_source(row), _reflected_source(row)]
    if row.operands[0].is_sequence:
        return []
    parameters = "".join(f", {_parameter(operand)}" for operand in row.operands[1:])
    arguments = "".join(f", {operand.name}" for operand in row.operands[1:])
    return [
        _fill(
            f"""
            def {row.name}(self{parameters}) -> Value:
                {_docstring(row, 16)}
                return {row.name}(self{arguments})
            """
        )
    ]


def _infix_source(row: Rule) -> str:
    a, b = (operand.name for operand in row.operands)
    return _fill(
        f"""
        def __{row.name}__(self, other: Operand) -> Value:
            {_docstring(row, 12)}
            {a} = self._data
            if isinstance(other, Value):
                {b} = other._data
                {_compute(row, ("y", "dx", "dy"), 16)}
            else:
                if other.__class__ is not float:
                    other = constant(other)
                    if other is NotImplemented:
                        return NotImplemented
                {b} = other
                {_compute(row, ("y", "dx", None), 16)}
                dy = None
            {_recorded(row, x="self", dx="dx", y="other", dy="dy")}
        """
    )


def _reflected_source(row: Rule) -> str:
    a, b = (operand.name for operand in row.operands)
    return _fill(
        f"""
        def __r{row.name}__(self, other: float) -> Value:
            if other.__class__ is not float:
                other = constant(other)
                if other is NotImplemented:
                    return NotImplemented
            {a} = other
            {b} = self._data
            {_compute(row, ("y", None, "dy"), 12)}
            {_recorded(row, x="other", dx="None", y="self", dy="dy")}
        """
    )


def _recorded(row: Rule, **slots: str) -> str:
    """The lines that make the new Value, written out in every method: a call would cost a fifth of the operation."""
    lines = ["out = blank()", "out._data = y", "out._grad = 0.0", f'out.op = "{row.name}"']
    lines += [f"out._{slot} = {source}" for slot, source in slots.items()]
    lines += ["if modes.hook is not None:", "    modes.hook(out)", "return out"]
    return ("\n" + " " * 12).join(lines)


def function_source(row: Rule) -> str:
    """Return the function of a row, which takes Values and plain numbers alike, with its typed overloads."""
    if is_unary(row):
        name = row.operands[0].name
        method = _DUNDER.get(row.name, row.name)
        body = f"return {name}.{method}() if isinstance({name}, Node) else Value({name}).{method}()._data"
    else:
        body = _general_body(row)
    plain = ", ".join(_parameter(operand, value_type="float") for operand in row.operands)
    mixed = ", ".join(_parameter(operand) for operand in row.operands)
    return _fill(
        f"""
        @overload
        def {row.name}({plain}) -> float: ...
        @overload
        def {row.name}({mixed}) -> Value: ...
        def {row.name}({mixed}) -> Value | float:
            {_docstring(row, 12)}
            {textwrap.indent(body, " " * 12).lstrip()}
        """
    )


def values_source(row: Rule) -> str:
    """Return the function of a row over sequences for operands that are known to be Values, for nn's inner loop."""
    *firsts, last = [o.name for o in row.operands if o.is_sequence]
    parameters = ", ".join(f"{o.name}: Sequence[Value]" if o.is_sequence else f"{o.name}: Value" for o in row.operands)
    starred = [f"*{o.name}" if o.is_sequence else o.name for o in row.operands]
    singles = [o.name for o in row.operands if not o.is_sequence]
    partials = [f"*d{o.name}" if o.is_sequence else f"d{o.name}" for o in row.operands]
    body = [
        f"operands = ({_listed(starred)})",
        *(f"{name} = [v._data for v in {name}]" for name in firsts),
        f"{last} = numbers",
        *(f"{name} = {name}._data" for name in singles),
        *_compute(row, ("y", *(f"d{operand.name}" for operand in row.operands)), 0).split("\n"),
        "out = blank()",
        "out._data = y",
        "out._grad = 0.0",
        f'out.op = "{row.name}"',
        "out._x = None",
        f"out._many = (operands, operands, ({_listed(partials)}))",
        "if modes.hook is not None:",
        "    modes.hook(out)",
        "return out",
    ]
    lines = "\n".join(f"    {line}" for line in body)
    summary = f"The same as :func:`{row.name}`, of Values and equal lengths only, with the numbers behind `{last}`."
    signature = f"{parameters}, numbers: Sequence[float]"
    return f'def {row.name}_of_values({signature}) -> Value:\n    """{summary}"""\n{lines}\n'


def _general_body(row: Rule) -> str:
    """The body for any number of operands; the primal of operand ``x`` is the formula's own name, ``x``."""
    sequences = [operand.name for operand in row.operands if operand.is_sequence]
    lines = [f"{name}s = aslist({row.name!r}, {name})" for name in sequences]
    lines += ["condition = checked_condition(condition)" for operand in row.operands if operand.name == "condition"]
    for first, second in itertools.pairwise(sequences):
        lines += [
            f"if len({first}s) != len({second}s):",
            f"    raise unequal({row.name!r}, {first}={first}s, {second}={second}s)",
        ]
    starred = [f"*{o.name}s" if o.is_sequence else o.name for o in row.operands]
    lines.append(f"operands = ({_listed(starred)})")
    lines += ["if all_values(map(type, operands)):", "    make = node"]
    lines += [
        f"    {o.name} = [v._data for v in {o.name}s]" if o.is_sequence else f"    {o.name} = {o.name}._data"
        for o in row.operands
    ]
    lines += [
        "elif (symbol := symbol_among(operands)) is not None:",
        f"    return symbol.record({row.name!r}, operands)",
        "else:",
        "    make = record",
    ]
    lines += [
        f"    {o.name} = primals({o.name}s)" if o.is_sequence else f"    {o.name} = primal({o.name})"
        for o in row.operands
    ]
    lines += _compute(row, ("y", *(f"d{operand.name}" for operand in row.operands)), 0).split("\n")
    partials = [f"*d{o.name}" if o.is_sequence else f"d{o.name}" for o in row.operands]
    lines.append(f"return make({row.name!r}, y, operands, ({_listed(partials)}))")
    return "\n".join(lines).replace("'", '"')


def _listed(elements: list[str]) -> str:
    return elements[0] + "," if len(elements) == 1 else ", ".join(elements)


def _compute(row: Rule, targets: tuple[str | None, ...], indent: int) -> str:
    """Assignments of the result and the wanted partials, guarded where ``math`` would raise instead of answering."""
    trees = row.expressions
    formulas = (trees.forward, *trees.partials)
    wanted = [tree for target, tree in zip(targets, formulas, strict=True) if target]
    sequences = row.sequences
    spread = ("", *(operand.name if operand.is_sequence else "" for operand in row.operands))
    used = needed(trees.given, wanted)

    def source(tree: Expr, over: str = "") -> str:
        return python_source(tree, call=_float_function, sequences=sequences, spread_over=over)

    lines = [f"{name} = {source(tree)}" for name, tree in used]
    lines += [
        f"{target} = {source(tree, over)}"
        for target, tree, over in zip(targets, formulas, spread, strict=True)
        if target
    ]
    if any(_may_raise(tree) for tree in (*wanted, *(tree for _, tree in used))):
        names = ", ".join(target or "_" for target in targets)
        fallback = f"{names} = ieee({row.name!r}, {', '.join(o.name for o in row.operands)})".replace("'", '"')
        lines = ["try:", *(f"    {line}" for line in lines), _IEEE, f"    {fallback}"]
    return ("\n" + " " * indent).join(lines)


def _may_raise(tree: Expr) -> bool:
    divides = any(call.function == "div" for call in calls(tree))
    return divides or bool(functions(tree) - _NEVER_RAISE - _FLOATS - {"abs", "where", "size"})


def _float_function(name: str) -> str:
    if name == "abs":
        return "math.fabs"
    if name in RULES and name not in FUNCTIONS:
        return name  # a row that formulas use like any function; beside the methods stands its function on floats
    own = name in _FLOATS or name in ("floor", "ceil", "round")  # math's floor and ceil return integers
    return f"floats.{name}" if own or not hasattr(math, name) else f"math.{name}"


def _parameter(operand: Operand, value_type: str = "Operand") -> str:
    if operand.is_sequence:
        return f"{operand.name}: Iterable[{value_type}]"
    if operand.default is None:
        return f"{operand.name}: {value_type}"
    default = str(operand.default).replace("inf", "math.inf")
    return f"{operand.name}: {value_type} = {default}"


def _docstring(row: Rule, indent: int) -> str:
    formulas = [f"y = {row.forward}", *(f"{name} = {text}" for name, text in row.given)]
    formulas += [f"dy/d{operand.name} = {partial}" for operand, partial in zip(row.operands, row.partials, strict=True)]
    lines = [f'"""{_prose(row.summary)}', "", *formulas]
    lines += ["", f"At kinks: {_prose(row.kink)}."] if row.kink else []
    return "\n".join([lines[0], *(" " * indent + line if line else "" for line in lines[1:]), " " * indent + '"""'])


def _prose(text: str) -> str:
    """One line of text as it is written in a docstring's source."""
    return " ".join(text.split()).replace("\\", "\\\\").replace('"', '\\"')


def _fill(template: str) -> str:
    return textwrap.dedent(template).strip("\n") + "\n"
