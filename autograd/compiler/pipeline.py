"""The compiler's passes, in order.

============================  ==========================================================================================
``trace``                     frontend: a function of one sample becomes a scalar graph; constants are folded and common
                              subexpressions shared while it grows
``collect_sums``              chains of ``+`` over products become sums of products
``group``                     nodes of one level that do the same become one block
``place``                     layout: every block writes places that follow one another: views, not gathers
``fold_biases``               a bias becomes one more column of its layer's weights
``lower``                     blocks become operations of the array program
``differentiate``             the backward half, from the partials of the table's rows, where there is activity
``eliminate_dead_code``       what nobody reads is not computed
``hoist``                     what no row and no step changes is computed once
============================  ==========================================================================================
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

from autograd.compiler.ir.array import ArrayProgram
from autograd.compiler.ir.blocks import Program
from autograd.compiler.ir.verify import verify
from autograd.compiler.passes.bias import fold_biases
from autograd.compiler.passes.dead_code import eliminate_dead_code
from autograd.compiler.passes.differentiate import differentiate
from autograd.compiler.passes.hoist import hoist
from autograd.compiler.passes.lower import lower
from autograd.system.collector import collector_paused

__all__ = ["PASSES", "after_each_pass", "array_program", "forward_program"]

#: The passes over array programs, in order.
PASSES = ("lower", "differentiate", "eliminate_dead_code", "hoist")


def array_program(program: Program, params: int, *, inputs: bool = False, mean: bool = True) -> ArrayProgram:
    """Return the array program of placed blocks, forward and backward.

    Under the environment variable ``GLASSGRAD_VERIFY`` the invariants are checked after every pass.

    Args:
        program: the blocks.
        params: how many parameters it takes.
        inputs: whether the adjoints of the inputs are wanted, too.
        mean: see :func:`~autograd.compiler.passes.differentiate.differentiate`.
    """
    with collector_paused():
        *_, (_, last) = after_each_pass(program, params, inputs=inputs, mean=mean)
    return last


def after_each_pass(
    program: Program, params: int, *, inputs: bool = False, mean: bool = True
) -> Iterator[tuple[str, ArrayProgram]]:
    """Yield the name of each pass over array programs and what it leaves, in order; see :func:`array_program`."""
    check = bool(os.environ.get("GLASSGRAD_VERIFY"))
    found = lower(fold_biases(program), params)
    passes: tuple[tuple[str, Callable[[ArrayProgram], ArrayProgram]], ...] = (
        ("lower", lambda lowered: lowered),
        ("differentiate", lambda forward: differentiate(forward, inputs=inputs, mean=mean)),
        ("eliminate_dead_code", eliminate_dead_code),
        ("hoist", hoist),
    )
    for name, own in passes:
        found = own(found)
        yield name, verify(found) if check else found


def forward_program(program: Program, params: int) -> ArrayProgram:
    """Return the array program that computes the outputs alone."""
    return eliminate_dead_code(lower(fold_biases(program), params))
