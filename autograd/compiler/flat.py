"""Loops over places and rows as loops over flat arrays, in a form that compiles fast.

Numba types and lowers every sum and product in an index on its own: what places next to each other have in common is
therefore computed once, under a name. LLVM would write out every loop of few rounds, also around loops over rows, which
takes it three times as long and gains nothing there: so it is told only a power of two that the rounds stay below, by
which it knows what does not overlap.
"""

from __future__ import annotations

import ast

__all__ = ["flat"]

#: A sum of names and other expressions, each with a number that it is multiplied by; "" stands for 1.
Linear = dict[str, int]

UNIFORM, ROW = {"U", "DU", "index"}, {"V", "DV"}


def flat(source: str, stride: int) -> str:
    r"""Return the source with places of the row buffers at a fixed distance, a number that LLVM can count on.

    The result reads the name ``one``: it has to hold 1, and LLVM must not be able to see that.

    >>> print(flat("for n in range(0, 6):\n  for r in range(rows):\n    V[n + 1, r] = V[n + 2, r] + U[3 * n]", 10))
    for n in range(0, 6 * one):
        n = n & 7
        for r in range(rows):
            at0 = 10 * n + r
            at1 = 3 * n
            V[10 + at0] = V[20 + at0] + U[at1]
    """
    return ast.unparse(_Flat(stride).visit(ast.parse(source)))


class _Flat(ast.NodeTransformer):
    def __init__(self, stride: int) -> None:
        self._stride = stride
        self._count = 0
        self._known: dict[str, str] = {}  # by what they stand for, the names that hold in this block
        self._new: list[ast.stmt] = []

    def generic_visit(self, node: ast.AST) -> ast.AST:
        """Visit the parts; a block of statements one by one, each behind the names that it needs."""
        if not isinstance(node, ast.Module | ast.FunctionDef | ast.For):
            return super().generic_visit(node)
        outer, self._known = self._known, {}
        body: list[ast.stmt] = []
        for statement in node.body:
            visited = self.visit(statement)
            body += [*self._new, visited]
            self._new = []
            if self._known:
                written = _names(statement, ast.Store)
                self._known = {text: name for text, name in self._known.items() if not written & _names(_parsed(text))}
        node.body, self._known = body, outer
        return node

    def visit_For(self, node: ast.For) -> ast.AST:
        self.generic_visit(node)
        match node:
            case ast.For(ast.Name(name), ast.Call(args=[start, ast.Constant(int(stop)), *step]), body) if any(
                isinstance(statement, ast.For) for statement in body
            ):
                rounds = ", ".join([ast.unparse(start), f"{stop} * one", *map(ast.unparse, step)])
                node.iter = _parsed(f"range({rounds})")
                node.body = [*ast.parse(f"{name} = {name} & {2 ** (stop - 1).bit_length() - 1}").body, *body]
        return node

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        super().generic_visit(node)
        buffer = node.value.id if isinstance(node.value, ast.Name) else ""
        if buffer in UNIFORM and not isinstance(node.slice, ast.Slice):
            place = _linear(node.slice)
        elif buffer in ROW and isinstance(node.slice, ast.Tuple):
            at, row = map(_linear, node.slice.elts)
            place = _sum(_times(at, self._stride), row)
        else:
            return node
        start = place.pop("", 0)
        terms = [self._named(place)] if place else []
        node.slice = _parsed(" + ".join([str(start), *terms] if start or not terms else terms))
        return node

    def _named(self, place: Linear) -> str:
        text = _source(place)
        if text in place:
            return text
        if text not in self._known:
            name = self._known[text] = f"at{self._count}"
            self._count += 1
            self._new += ast.parse(f"{name} = {text}").body
        return self._known[text]


def _linear(node: ast.expr) -> Linear:
    match node:
        case ast.Name(name):
            return {name: 1}
        case ast.Constant(value=int(number)):
            return {"": number}
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _sum(_linear(left), _linear(right))
        case ast.BinOp(left=ast.Constant(value=int(number)), op=ast.Mult(), right=right):
            return _times(_linear(right), number)
    return {ast.unparse(node): 1}


def _sum(a: Linear, b: Linear) -> Linear:
    return {name: a.get(name, 0) + b.get(name, 0) for name in a | b}


def _times(a: Linear, number: int) -> Linear:
    return {name: number * times for name, times in a.items()}


def _source(place: Linear) -> str:
    return " + ".join(f"{times} * {name}" if times != 1 else name for name, times in place.items())


def _parsed(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def _names(tree: ast.AST, context: type[ast.expr_context] = ast.Load) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, context)}
