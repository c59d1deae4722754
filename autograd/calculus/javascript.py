"""The calculus table as JavaScript: for every row its result, and one function per operand for the partial.

The numbers are IEEE-754 doubles there as here, so a page that carries these rows computes what the library computes.
What a formula may call and JavaScript lacks (erf, halves rounded to even, ...) is a small file of its own,
``viz/live/engine/runtime.js``; in the source printed here its functions are those of the object ``$``.
"""

from __future__ import annotations

import ast
import json
import math
from collections.abc import Collection, Iterable, Mapping, Sequence

from autograd.calculus.formula import NUMPY_FUNCTIONS, REDUCTIONS, callee, folded, needed
from autograd.calculus.rule import Rule

__all__ = ["javascript_expression", "javascript_function", "javascript_rule", "javascript_steps", "javascript_table"]

_SYMBOLS: Mapping[type, str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
    ast.Eq: "===", ast.NotEq: "!==",
}  # fmt: skip


def javascript_expression(text: str, sequences: Collection[str] = (), over: str = "") -> str:
    """Return a formula as one JavaScript expression.

    Args:
        text: the formula.
        sequences: the variables that are arrays; ``sum``, ``max`` and ``size`` reduce them.
        over: set when the result is an array, with one number for each element of this one.

    >>> javascript_expression("where(x > 0, 1, exp(x))")
    '(x_ > 0.0 ? 1.0 : $.exp(x_))'
    >>> javascript_expression("sum(w * x) + b", {"w", "x"})
    '($.sum(w_.length, (i) => (w_[i] * x_[i])) + b_)'
    """
    printed = _Printer(sequences).visit(folded(text))
    return f"$.each({_name(over)}.length, (i) => {printed})" if over else str(printed)


def javascript_function(
    arguments: Sequence[str],
    given: Iterable[tuple[str, str]],
    result: str,
    sequences: Collection[str] = (),
    over: str = "",
) -> str:
    """Return an arrow function of numbers, or of arrays for the `sequences` among them.

    >>> javascript_function(["x"], [("s", "exp(x)")], "s / (1 + s)")
    '(x_) => { const s_ = $.exp(x_); return (s_ / (1.0 + s_)); }'
    """
    lines = [
        f"const {_name(name)} = {javascript_expression(text, sequences, _over(text, name, sequences))};"
        for name, text in needed(list(given), [result])
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
    >>> print(javascript_rule(RULES["tanh"]))
    {name: "tanh", symbol: "", operands: [{name: "x", isSequence: false, standard: null}],
     result: (x_) => $.tanh(x_),
     partials: [(y_, x_) => (1.0 - (y_ * y_))]}
    """
    names = [operand.name for operand in rule.operands]
    operands = ", ".join(
        f"{{name: {json.dumps(o.name)}, isSequence: {json.dumps(o.is_sequence)}, "
        f"standard: {'null' if o.default is None else _literal(o.default)}}}"
        for o in rule.operands
    )
    partials = ",\n   ".join(
        javascript_function(["y", *names], rule.given, text, rule.sequences, o.name if o.is_sequence else "")
        for o, text in zip(rule.operands, rule.partials, strict=True)
    )
    return (
        f"{{name: {json.dumps(rule.name)}, symbol: {json.dumps(rule.symbol)}, operands: [{operands}],\n"
        f" result: {javascript_function(names, rule.given, rule.forward, rule.sequences)},\n"
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
    """Prints a syntax tree; inside a reduction, and in what is an array, a sequence is its element ``x_[i]``."""

    def __init__(self, sequences: Collection[str]) -> None:
        self.sequences = sequences

    def visit(self, node: ast.AST) -> str:
        match node:
            case ast.Constant(value=float(number)):
                return _literal(number)
            case ast.Attribute(attr=name):
                return _literal(getattr(math, name))
            case ast.Name(id=name):
                return f"{_name(name)}[i]" if name in self.sequences else _name(name)
            case ast.UnaryOp(op=operator, operand=operand):
                return f"(-{self.visit(operand)})" if isinstance(operator, ast.USub) else self.visit(operand)
            case ast.BinOp(left=left, op=operator, right=right):
                return f"({self.visit(left)} {_SYMBOLS[type(operator)]} {self.visit(right)})"
            case ast.Compare(left=left, ops=[operator], comparators=[right]):
                return f"{self.visit(left)} {_SYMBOLS[type(operator)]} {self.visit(right)}"
            case ast.Call():
                return self._call(callee(node), node.args)
        raise AssertionError(f"not part of a formula: {ast.dump(node)}")

    def _call(self, name: str, arguments: Sequence[ast.expr]) -> str:
        if name == "where":
            condition, chosen, otherwise = map(self.visit, arguments)
            if not isinstance(arguments[0], ast.Compare):
                condition += " !== 0"  # nan holds
            return f"({condition} ? {chosen} : {otherwise})"
        if name in REDUCTIONS:
            length = f"{_name(_first(arguments[0], self.sequences))}.length"
            return length if name == "size" else f"$.{name}({length}, (i) => {self.visit(arguments[0])})"
        printed = ", ".join(map(self.visit, arguments))
        return f"$.{name}({printed})" if name in NUMPY_FUNCTIONS else f"RULES.get({json.dumps(name)}).result({printed})"


def _over(text: str, name: str, sequences: Collection[str]) -> str:
    """For a given formula that is a sequence: one that it has an element for each element of."""
    return _first(folded(text), sequences) if name in sequences else ""


def _first(tree: ast.expr, sequences: Collection[str]) -> str:
    return next(node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id in sequences)


def _name(name: str) -> str:
    """No keyword of JavaScript, and no name of the page's own, ends so."""
    return f"{name}_"


def _literal(number: float) -> str:
    return repr(number) if math.isfinite(number) else repr(number).replace("inf", "Infinity").replace("nan", "NaN")
