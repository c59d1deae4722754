"""The calculus table as JavaScript: for every row its result, and one function per operand for the partial.

The numbers are IEEE-754 doubles there as here, so a page that carries these rows computes what the library computes.
What a formula may call and JavaScript lacks (erf, halves rounded to even, ...) is a small file of its own,
``viz/live/engine/runtime.js``; in the source printed here its functions are those of the object ``$``.
"""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Iterable, Sequence

from autograd.calculus.expr import COMPARISONS, FUNCTIONS, REDUCTIONS, Call, Expr, Name, Number, elements, fold, needed
from autograd.calculus.printing import Formula, parsed
from autograd.calculus.rule import Rule

__all__ = ["javascript_expression", "javascript_function", "javascript_rule", "javascript_steps", "javascript_table"]

_SYMBOLS = {
    "add": "+", "sub": "-", "mul": "*", "div": "/",
    "lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "===", "ne": "!==",
}  # fmt: skip


def javascript_expression(formula: Formula, sequences: Collection[str] = (), over: str = "") -> str:
    """Return a formula as one JavaScript expression.

    Args:
        formula: the formula.
        sequences: the variables that are arrays; ``sum``, ``max`` and ``size`` reduce them.
        over: set when the result is an array, with one number for each element of this one.

    >>> javascript_expression("where(x > 0, 1, exp(x))")
    '(x_ > 0.0 ? 1.0 : $.exp(x_))'
    >>> javascript_expression("sum(w * x) + b", {"w", "x"})
    '($.sum(w_.length, (i) => (w_[i] * x_[i])) + b_)'
    """
    printed = _Printer(sequences).print(fold(parsed(formula)))
    return f"$.each({_name(over)}.length, (i) => {printed})" if over else str(printed)


def javascript_function(
    arguments: Sequence[str],
    given: Iterable[tuple[str, Formula]],
    result: Formula,
    sequences: Collection[str] = (),
    over: str = "",
) -> str:
    """Return an arrow function of numbers, or of arrays for the `sequences` among them.

    >>> javascript_function(["x"], [("s", "exp(x)")], "s / (1 + s)")
    '(x_) => { const s_ = $.exp(x_); return (s_ / (1.0 + s_)); }'
    """
    lines = [
        f"const {_name(name)} = {javascript_expression(tree, sequences, _over(tree, name, sequences))};"
        for name, tree in needed([(name, parsed(formula)) for name, formula in given], [parsed(result)])
    ]
    returned = javascript_expression(result, sequences, over)
    head = f"({', '.join(map(_name, arguments))}) =>"
    return f"{head} {{ {' '.join(lines)} return {returned}; }}" if lines else f"{head} {returned}"


def javascript_steps(arguments: Sequence[str], lines: Iterable[tuple[str, str]], results: Sequence[str]) -> str:
    """Return an arrow function that assigns formulas to names, one after the other, and returns several results.

    >>> javascript_steps(["g", "v"], [("v", "0.9 * v + g")], ["-0.1 * v", "v"])
    '(g_, v_) => { v_ = ((0.9 * v_) + g_); return [(-0.1 * v_), v_]; }'
    """
    known, statements = set(arguments), []
    for name, text in lines:
        statements.append(f"{'' if name in known else 'let '}{_name(name)} = {javascript_expression(text)};")
        known.add(name)
    statements.append(f"return [{', '.join(map(javascript_expression, results))}];")
    return f"({', '.join(map(_name, arguments))}) => {{ {' '.join(statements)} }}"


def javascript_rule(rule: Rule) -> str:
    """Return a row as a JavaScript object: its name, symbol, operands, ``result`` and ``partials``.

    A partial is a function of the result and the operands, and of a sequence gives an array.

    >>> from autograd.calculus.table import RULES
    >>> print(javascript_rule(RULES["log"]))
    {name: "log", symbol: "", operands: [{name: "x", isSequence: false, standard: null}],
     result: (x_) => $.log(x_),
     partials: [(y_, x_) => (1.0 / x_)]}
    """
    names = [operand.name for operand in rule.operands]
    trees = rule.expressions
    operands = ", ".join(
        f"{{name: {json.dumps(o.name)}, isSequence: {json.dumps(o.is_sequence)}, "
        f"standard: {'null' if o.default is None else _literal(o.default)}}}"
        for o in rule.operands
    )
    partials = ",\n   ".join(
        javascript_function(["y", *names], trees.given, tree, rule.sequences, o.name if o.is_sequence else "")
        for o, tree in zip(rule.operands, trees.partials, strict=True)
    )
    return (
        f"{{name: {json.dumps(rule.name)}, symbol: {json.dumps(rule.symbol)}, operands: [{operands}],\n"
        f" result: {javascript_function(names, trees.given, trees.forward, rule.sequences)},\n"
        f" partials: [{partials}]}}"
    )


def javascript_table(rules: Iterable[Rule]) -> str:
    """Return the statement that declares ``RULES``, a map from names to rows.

    >>> from autograd.calculus.table import RULES
    >>> javascript_table([RULES["exp"]]).startswith('const RULES = new Map([{name: "exp"')
    True
    """
    rows = ",\n".join(map(javascript_rule, rules))
    return f"const RULES = new Map([{rows}].map((row) => [row.name, row]));\n"


class _Printer:
    """Prints a tree; inside a reduction, and in what is an array, a sequence is its element ``x_[i]``."""

    def __init__(self, sequences: Collection[str]) -> None:
        self.sequences = sequences

    def print(self, tree: Expr) -> str:
        match tree:
            case Number(value):
                return _literal(value)
            case Name(name):
                return f"{_name(name)}[i]" if name in self.sequences else _name(name)
            case Call("neg", (operand,)):
                return f"(-{self.print(operand)})"
            case Call(function, (left, right)) if function in _SYMBOLS:
                printed = f"{self.print(left)} {_SYMBOLS[function]} {self.print(right)}"
                return printed if function in COMPARISONS else f"({printed})"
            case Call("where", (condition, chosen, otherwise)):
                is_comparison = isinstance(condition, Call) and condition.function in COMPARISONS
                test = self.print(condition) + ("" if is_comparison else " !== 0")  # nan holds
                return f"({test} ? {self.print(chosen)} : {self.print(otherwise)})"
            case Call(function, (argument,)) if function in REDUCTIONS:
                length = f"{_name(elements(argument, self.sequences)[0])}.length"
                return length if function == "size" else f"$.{function}({length}, (i) => {self.print(argument)})"
            case Call(function, arguments):
                printed = ", ".join(map(self.print, arguments))
                row = f"RULES.get({json.dumps(function)}).result"
                return f"{row if function not in FUNCTIONS else f'$.{function}'}({printed})"
        raise AssertionError(f"not part of a formula: {tree}")


def _over(tree: Expr, name: str, sequences: Collection[str]) -> str:
    """For a given formula that is a sequence: one that it has an element for each element of."""
    return elements(tree, sequences)[0] if name in sequences else ""


def _name(name: str) -> str:
    """No keyword of JavaScript, and no name of the page's own, ends so."""
    return f"{name}_"


def _literal(number: float) -> str:
    return repr(number) if math.isfinite(number) else repr(number).replace("inf", "Infinity").replace("nan", "NaN")
