"""From formulas to source: scalar Python over floats or Values, and NumPy over arrays."""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from autograd.calculus.formula import NUMPY_FUNCTIONS, REDUCTIONS, callee, folded, names_in, parse_formula

__all__ = ["is_elementwise", "numpy_function", "numpy_source", "python_source"]


def is_elementwise(text: str, sequences: Collection[str]) -> bool:
    """Whether `text` is one number for each element of the sequences it uses.

    >>> is_elementwise("exp(x - m)", {"x"}), is_elementwise("sum(x)", {"x"})
    (True, False)
    """
    return bool(_elements(_Pythonic(str, "", sequences).visit(parse_formula(text)), sequences))


def python_source(
    text: str, *, call: Callable[[str], str], compare: str = "", sequences: Collection[str] = (), spread_over: str = ""
) -> str:
    """Return Python source that evaluates `text`.

    Args:
        text: the formula.
        call: maps a function's name to the source of the function to call, ``"exp" -> "math.exp"``.
        compare: a function put around both sides of a comparison (Values compare by the number they hold).
        sequences: the names that stand for whole sequences; arithmetic on them goes element by element.
        spread_over: set when the result is one number for each element of this sequence.

    >>> python_source("where(x > 0, 1, exp(x))", call="math.{}".format)
    '1.0 if x > 0.0 else math.exp(x)'
    >>> python_source("exp(x - y)", call="math.{}".format, sequences={"x"}, spread_over="x")
    '[math.exp(x_i - y) for x_i in x]'
    """
    tree = folded(text)
    tree = _Pythonic(call, compare, sequences).visit(tree)
    if spread_over and not _elements(tree, sequences):
        return f"[{ast.unparse(tree)}] * len({spread_over})"
    return ast.unparse(_each(tree, sequences))


def numpy_function(
    operands: Iterable[str],
    given: Iterable[tuple[str, str]],
    results: Iterable[str],
    functions: Mapping[str, Callable[..., Any]],
) -> Callable[..., tuple[Any, ...]]:
    """Return a function of arrays that evaluates `results` in order; the first is named ``y`` for those after it.

    `functions` are those that the formulas call beside :data:`NUMPY_FUNCTIONS`. NumPy's arithmetic is IEEE-754's: it
    never raises for a value, so this reader also settles what the ``math`` module refuses (``log(-1)``, ``1/0``).
    """
    source = [f"def evaluate({', '.join(operands)}):"]
    source += [f"    {name} = {text}" for name, text in given]
    first, *rest = results
    source += [f"    y = {first}", f"    return (y, {''.join(f'{text}, ' for text in rest)})"]
    scope = {**functions, **NUMPY_FUNCTIONS}
    exec("\n".join(source), scope)  # noqa: S102 - the formulas passed parse_formula when the row was made
    evaluate: Callable[..., tuple[Any, ...]] = scope["evaluate"]
    return evaluate


def numpy_source(
    text: str,
    names: Mapping[str, str],
    *,
    constants: Mapping[str, float] | None = None,
    number: Callable[[float], str] = repr,
    length: int = 0,
    scalars: Collection[str] = (),
) -> str:
    """Return `text` as one expression of NumPy calls on arrays.

    Args:
        text: the formula.
        names: what its variables are called.
        constants: those of them that are one number, which the formula is simplified for.
        number: how a number is written.
        length: of the sequences, if there are any: ``sum`` and ``max`` go along the second axis and keep it.
        scalars: variables that are single numbers: among them and numbers, arithmetic is Python's own.

    >>> numpy_source("1 - y*y", {"y": "a"})
    'subtract(1.0, multiply(a, a))'
    >>> numpy_source("where(x <= 0, 0, x)", {"x": "z"}), numpy_source("where(x > 0, 1, 0)", {"x": "z"})
    ('maximum(z, 0.0)', 'greater(z, 0.0)')
    >>> numpy_source("where(abs(x) == inf, 0, x)", {"x": "z"})
    'finite(z)'
    >>> numpy_source("where(b == 0, 0, b * pow(a, b - 1))", {"a": "a", "b": "b"}, constants={"b": 3.0})
    'multiply(3.0, pow(a, 2.0))'
    >>> numpy_source("v / (1 - pow(beta, t))", {"v": "v", "beta": "b", "t": "t"}, scalars={"beta", "t"})
    'divide(v, 1.0 - b ** t)'
    """
    return ast.unparse(_Calls(names, number, length, scalars).visit(folded(text, constants or {})))


class _Pythonic(ast.NodeTransformer):
    """Rewrite ``where``, function names, comparisons and reductions; name the element of each sequence ``x_i``."""

    def __init__(self, call: Callable[[str], str], compare: str, sequences: Collection[str]) -> None:
        self.call, self.compare, self.sequences = call, compare, sequences

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return ast.Name(node.id + _ELEMENT) if node.id in self.sequences else node

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        self.generic_visit(node)
        if self.compare:
            node.left = ast.Call(ast.Name(self.compare), [node.left], [])
            node.comparators = [ast.Call(ast.Name(self.compare), [side], []) for side in node.comparators]
        return node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        name = callee(node)
        arguments = [self.visit(argument) for argument in node.args]
        if name == "where":
            condition, chosen, otherwise = arguments
            return ast.IfExp(condition, chosen, otherwise)
        if name in REDUCTIONS:
            sequences = self.sequences
            arguments = [_products(argument, sequences) or _each(argument, sequences) for argument in arguments]
        return ast.Call(ast.Name("len" if name == "size" else self.call(name)), arguments, [])


#: Ends the name of a sequence's element inside the comprehension that runs over it.
_ELEMENT = "_i"


class _Calls(ast.NodeTransformer):
    """Rewrite operators as NumPy's functions, and some choices as the faster functions they are equal to."""

    def __init__(
        self, names: Mapping[str, str], number: Callable[[float], str], length: int, scalars: Collection[str]
    ) -> None:
        self.names = names
        self.number = number
        self.length = length
        self.scalars = scalars

    def visit(self, node: ast.AST) -> Any:
        is_arithmetic = isinstance(node, ast.BinOp | ast.UnaryOp) or (
            isinstance(node, ast.Call) and callee(node) == "pow"
        )
        if self.scalars and is_arithmetic and names_in(ast.unparse(node))[0] <= set(self.scalars):
            return _Arithmetic(self.names).visit(node)
        return super().visit(node)

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return ast.Name(self.names[node.id])

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        assert isinstance(node.value, float)
        return ast.Name(self.number(node.value))

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        return ast.Name(node.attr)

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        return ast.Call(ast.Name(_UFUNCS[type(node.op)]), [node.left, node.right], [])

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        return ast.Call(ast.Name("negative"), [self.visit(node.operand)], [])

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        self.generic_visit(node)
        return ast.Call(ast.Name(_UFUNCS[type(node.ops[0])]), [node.left, node.comparators[0]], [])

    def visit_Call(self, node: ast.Call) -> ast.expr:
        if ast.unparse(node) == "where(x <= 0.0, 0.0, x)":
            return ast.Call(ast.Name("maximum"), [self.visit(node.args[2]), self.visit(node.args[1])], [])
        if ast.unparse(node) == "where(abs({0}) == math.inf, 0.0, {0})".format(ast.unparse(node.args[-1])):
            return ast.Call(ast.Name("finite"), [self.visit(node.args[2])], [])
        name = callee(node)
        arguments = [self.visit(argument) for argument in node.args]
        if name == "where" and [ast.unparse(choice) for choice in node.args[1:]] == ["1.0", "0.0"]:
            is_comparison = isinstance(node.args[0], ast.Compare)  # True and False serve as 1 and 0
            return arguments[0] if is_comparison else ast.Call(ast.Name("not_equal"), [arguments[0], arguments[2]], [])
        if self.length and name in REDUCTIONS:
            return ast.Call(ast.Name(f"{name}_along"), arguments, [])
        return ast.Call(ast.Name(name), arguments, [])


class _Arithmetic(ast.NodeTransformer):
    """Rename variables, and write powers as Python does."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return ast.Name(self.names[node.id])

    def visit_Call(self, node: ast.Call) -> ast.expr:
        arguments = [self.visit(argument) for argument in node.args]
        if callee(node) == "pow":
            return ast.BinOp(arguments[0], ast.Pow(), arguments[1])
        return ast.Call(node.func, arguments, [])


_UFUNCS: dict[type, str] = {
    ast.Add: "add",
    ast.Sub: "subtract",
    ast.Mult: "multiply",
    ast.Div: "divide",
    ast.Lt: "less",
    ast.LtE: "less_equal",
    ast.Gt: "greater",
    ast.GtE: "greater_equal",
    ast.Eq: "equal",
    ast.NotEq: "not_equal",
}


def _elements(tree: ast.AST, sequences: Collection[str]) -> list[str]:
    """The sequences whose elements `tree` uses, reductions left out: those are one number already."""
    if isinstance(tree, ast.Name):
        name = tree.id.removesuffix(_ELEMENT)
        return [name] if name != tree.id and name in sequences else []
    if isinstance(tree, ast.ListComp):
        return []
    found = [name for child in ast.iter_child_nodes(tree) for name in _elements(child, sequences)]
    return list(dict.fromkeys(found))


def _products(tree: ast.expr, sequences: Collection[str]) -> ast.expr | None:
    """``map(mul, w, x)`` for the product of two sequences: the line on which a neural network spends its time."""
    if isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Mult):
        sides = [side for side in (tree.left, tree.right) if isinstance(side, ast.Name)]
        factors = [_each(side, sequences) for side in sides if _elements(side, sequences)]
        if len(factors) == 2:
            return ast.Call(ast.Name("map"), [ast.Name("mul"), *factors], [])
    return None


def _each(tree: ast.expr, sequences: Collection[str]) -> ast.expr:
    """Wrap `tree` in a comprehension over the sequences it uses; a sequence by itself stays itself."""
    used = _elements(tree, sequences)
    if not used:
        return tree
    if isinstance(tree, ast.Name):
        return ast.Name(used[0])
    elements: list[ast.expr] = [ast.Name(name + _ELEMENT) for name in used]
    whole: list[ast.expr] = [ast.Name(name) for name in used]
    if len(used) == 1:
        target, iterated = elements[0], whole[0]
    else:  # lengths were checked when the operands came in
        target, iterated = ast.Tuple(elements), ast.Call(ast.Name("zip"), whole, [])
    return ast.ListComp(tree, [ast.comprehension(target, iterated, [], 0)])
