"""The formulas of a row over a block of numbers, as lines of the NumPy backend: the result, and the adjoints.

An array of operands has the shape (k[, rows]), or (k, n[, rows]) where it holds sequences; beside sequences, one number
for each of them is (k, 1[, rows]).
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterable

import numpy as np

from autograd.calculus.formula import needed, parse_formula
from autograd.calculus.printing import is_elementwise
from autograd.compiler.adjoints import Adjoints
from autograd.compiler.ir.blocks import Map, Reduce
from autograd.compiler.ir.graph import rule_of
from autograd.compiler.numpy_calls import OPPOSITE, lowered
from autograd.compiler.workspace import Workspace

__all__ = ["formula_adjoints", "formula_lines"]


def formula_lines(memory: Workspace, block: Map | Reduce) -> list[str]:
    """Return the lines that compute a block, and what it keeps for its adjoints."""
    lines: list[str] = []
    scope = _operands(memory, block, lines)
    out = _beside(memory, block, memory.own(block.out))
    rule, write = rule_of(block.op), _writer(memory, block, scope)
    _compute(memory, block, needed(rule.given, [rule.forward]), write, scope, lines)
    return [*lines, *memory.assigned(write(rule.forward), out)]


def formula_adjoints(memory: Workspace, adjoints: Adjoints, block: Map | Reduce, *, guarded: bool) -> list[str]:
    """Return the lines that add to the adjoints of a block's operands.

    Args:
        memory: the buffers.
        adjoints: theirs.
        block: the block.
        guarded: let a zero stop even infinity and nan.
    """
    lines: list[str] = []
    rule, per_row, reduced = rule_of(block.op), block.out.space == "row", isinstance(block, Reduce)
    wanted = [
        (at, operand, partial)
        for at, operand, partial in zip(block.operands, rule.operands, rule.partials, strict=True)
        if partial != "0" and adjoints.needs.mask(at).any()
    ]
    scope = _operands(memory, block, lines)
    scope |= {"y": _beside(memory, block, memory.own(block.out))}
    scope |= {name: memory.own(at) for name, at in block.kept.items()}
    flowing, write = _beside(memory, block, adjoints.own(block.out)), _writer(memory, block, scope)
    not_kept = [pair for pair in rule.given if pair[0] not in block.kept]
    _compute(memory, block, needed(not_kept, [partial for _, _, partial in wanted]), write, scope, lines)
    steady = adjoints.is_steady(block.out)
    for i, (at, operand, partial) in enumerate(wanted):
        source = write(partial)
        condition = memory.call_of(source)
        if partial == "1":
            expression, call = flowing, None
        elif partial == "-1":
            expression, call = f"negative({flowing})", ("negative", flowing)
        elif guarded:
            expression, call = f"stopped({flowing}, {source})", None
        elif condition is not None and condition[0] in OPPOSITE:
            mask = memory.bind(np.empty(memory.shape(at, per_row=per_row), bool))
            # Where nan is compared both ways are false: the result is nan then, too, and all is run again, guarded.
            lines.append(f"{OPPOSITE[condition[0]]}({condition[1]}, out={mask})")
            expression = f"where({mask}, {memory.number(0.0)}, {flowing})"
            call = ("zero_where", f"{mask}, {flowing}")
        elif reduced and (quotient := _quotient(partial, rule.sequences)):
            over, under = map(write, quotient)  # one number of each sequence is divided, not all
            expression = f"multiply({over}, divide({flowing}, {under}))"
            call = ("multiply", f"{over}, divide({flowing}, {under})")
        else:
            factor = flowing
            if memory.has_shape(source, memory.shape(at, per_row=per_row)):
                factor = adjoints.number(block.out) or flowing
            expression, call = f"multiply({factor}, {source})", ("multiply", f"{factor}, {source}")
        if reduced and not operand.is_sequence:
            expression, call = f"({expression})[:, 0]", None
        heir_of = None if reduced or i < len(wanted) - 1 else block.out
        whole = not reduced or is_elementwise(partial, rule.sequences)
        always = steady and memory.is_constant(source)
        adjoints.accumulate(at, expression, call, lines, per_row, whole=whole, heir_of=heir_of, steady=always)
    return lines


def _compute(
    memory: Workspace,
    block: Map | Reduce,
    given: Iterable[tuple[str, str]],
    write: Callable[[str], str],
    scope: dict[str, str],
    lines: list[str],
) -> None:
    """Put the lines that compute given formulas into `lines`, and the names of the results into `scope`."""
    for name, text in given:
        source = write(text)
        if name in block.kept:
            scope[name] = memory.own(block.kept[name])
            lines += memory.assigned(source, scope[name])
        else:
            scope[name] = memory.temporary(source, lines)


def _quotient(partial: str, sequences: Collection[str]) -> tuple[str, str] | None:
    """The two sides of a formula that divides each element of sequences by one number."""
    tree = parse_formula(partial)
    if isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Div):
        over, under = ast.unparse(tree.left), ast.unparse(tree.right)
        if is_elementwise(over, sequences) and not is_elementwise(under, sequences):
            return over, under
    return None


def _operands(memory: Workspace, block: Map | Reduce, lines: list[str]) -> dict[str, str]:
    """What the names of operands stand for; gathers are put into `lines`."""
    found = {}
    for operand, at in zip(rule_of(block.op).operands, block.operands, strict=True):
        read = memory.lifted(at, lines, block.out.space == "row")
        found[operand.name] = read if operand.is_sequence else _beside(memory, block, read)
    return found


def _beside(memory: Workspace, block: Map | Reduce, name: str) -> str:
    """The name of one number for each result, in the shape that it has beside sequences."""
    return memory.bind(memory.scope[name][:, None]) if isinstance(block, Reduce) else name


def _writer(memory: Workspace, block: Map | Reduce, scope: dict[str, str]) -> Callable[[str], str]:
    """What turns the formulas of a block into source, with the names of `scope` for their variables."""
    pairs = zip(rule_of(block.op).operands, block.operands, strict=True)
    found = {operand.name: memory.constant(at) for operand, at in pairs if not operand.is_sequence}
    constants = {name: number for name, number in found.items() if number}  # of 0 the sign would be lost
    length = max(at.index.shape[-1] for at in block.operands) if isinstance(block, Reduce) else 0

    def write(text: str) -> str:
        template, numbers = lowered(text, tuple(scope), tuple(constants.items()), length)
        return template.format(*map(memory.number, numbers), **scope)

    return write
