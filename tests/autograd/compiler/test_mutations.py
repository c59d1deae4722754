"""Break one rule of one pass, and the check against the eager engine must fail: so it can."""

import dataclasses

import numpy as np
import pytest

import autograd
from autograd import RULES, Value, dot
from autograd.compiler import pipeline
from autograd.compiler.ir.graph import Graph
from autograd.compiler.ir.views import view
from autograd.compiler.kernel import elementary, fuse, module
from autograd.compiler.kernel import schedule as kernel_schedule
from autograd.compiler.kernel.instructions import Instructions
from autograd.compiler.kernel.machine_code import is_installed
from autograd.compiler.numpy import contract, elementwise
from autograd.compiler.numpy.memory import Memory
from autograd.compiler.passes import hoist, layout, sums
from autograd.compiler.passes.activity import Activity
from autograd.compiler.passes.differentiate import _Reverse
from autograd.compiler.passes.lower import _Lowering
from tests.autograd.compiler.test_backends import agree


def check():
    """A program with every kind of block, on rows and on none, against the eager engine."""
    rng = np.random.default_rng(0)
    W = [[Value(v) for v in row] for row in rng.normal(size=(3, 4))]
    b = [Value(v) for v in rng.normal(size=3)]
    params = [v for weights, bias in zip(W, b, strict=True) for v in (*weights, bias)]

    def f(x):
        hidden = [(dot(w, x[:4]) + bias).tanh() for w, bias in zip(W, b, strict=True)]
        others = [dot(w, x[4:]).relu() for w in W]
        second = [dot(w[1:], hidden) + bias for w, bias in zip(W, b, strict=True)]
        overlapping = [dot(w[1:], x[2:5]) + bias for w, bias in zip(W, b, strict=True)]
        grid = [dot(p, q) for p in (hidden, others) for q in (hidden, others)]
        once = W[0][0] * W[1][1] + W[2][2] * b[0]
        last = [(v - once).exp() / 3.0 for v in hidden] + [autograd.sum(hidden), x[0] - b[1], hidden[0] * hidden[0]]
        crossed = [hidden[i] / (others[j] + 2.0) for i, j in ((0, 1), (2, 2), (0, 0), (1, 0), (2, 1))]
        mixed = dot([*W[0][:2], x[0]], [x[1], W[2][0], hidden[1]])
        return (
            mixed
            + autograd.logsumexp([*last, *grid, *crossed, *second, *overlapping, mixed.tanh()])
            - autograd.where(x[1] > 0.0, hidden[2], others[2] * b[2])
        )

    X = rng.normal(size=(5, 8))
    agree(f, X, params)
    agree(f, X[:4], params)  # an even number of rows: a kernel by tables


def test_nothing_is_broken():
    check()


def wrong_row(name, **changes):
    return lambda patch: patch.setitem(RULES, name, dataclasses.replace(RULES[name], **changes))


def wrong(owner, name, change):
    """Replace a function by what `change` makes of it."""
    return lambda patch: patch.setattr(owner, name, change(getattr(owner, name)))


MUTATIONS = {
    "a row's value": wrong_row("exp", forward="exp(x) + x"),
    "a row's partial": wrong_row("relu", partials=("where(x > 0, 2, 0)",)),
    "a reduction's partial": wrong_row("logsumexp", partials=("s / e",)),
    "residuals": wrong(_Lowering, "temporary", lambda old: lambda self, *args: one_place(old(self, *args))),
    "a simplification": wrong(
        Graph, "_simpler", lambda _: lambda self, op, operands: operands[0] if op == "sub" else None
    ),
    "a shared node": wrong(Graph, "apply", lambda old: lambda self, op, *operands: old(self, op, *sorted(operands))),
    "a sum's terms": wrong(
        layout,
        "collect_sums",
        lambda old: lambda graph: {n: sums.Sum(s.pairs, s.singles[1:]) for n, s in old(graph).items()},
    ),
    "a product's sides": wrong(layout, "_sides", lambda old: lambda graph, pairs: (old(graph, pairs)[0],) * 2),
    "activity": wrong(Activity, "any", lambda old: lambda self, at: old(self, at) and at.start % 5 != 1),
    "differentiate: who stores first": wrong(
        _Reverse, "_target", lambda old: lambda self, at, uses=1: (old(self, at, uses)[0], False)
    ),
    "differentiate: who clears": wrong(_Reverse, "_clear", lambda _: lambda self, at: self._set_done(at)),
    "differentiate: a product's adjoint": wrong(
        _Reverse, "_multiplied", lambda old: lambda self, block: old(self, dataclasses.replace(block, addends=()))
    ),
    "differentiate: copies": wrong(_Reverse, "_copied", lambda _: lambda self, block: None),
    "hoisting": wrong(hoist, "_any", lambda _: lambda places, at: False),
    "dead code": wrong(
        pipeline,
        "eliminate_dead_code",
        lambda old: lambda program: dataclasses.replace(old(program), backward=old(program).backward[:-1]),
    ),
    "a bias": wrong(
        pipeline,
        "fold_biases",
        lambda old: lambda program: dataclasses.replace(old(program), ones=[]),
    ),
    "NumPy: a ufunc": lambda patch: patch.setitem(elementwise._UFUNCS, "div", np.multiply),
    "NumPy: relu's adjoint": lambda patch: patch.setitem(elementwise._UFUNCS, "gt", np.less),
    "NumPy: a product": wrong(contract, "_squeezed", lambda old: lambda own, array: old(own, -array)),
    "NumPy: a scatter": wrong(
        Memory,
        "_scatter",
        lambda old: lambda self, at, *rest: old(self, view(at.buffer, np.roll(at.places, 1)), *rest),
    ),
    "kernel: a function": lambda patch: patch.setitem(elementary.FUNCTIONS, "tanh", elementary.sin),
    "kernel: a product": wrong(
        module, "contract", lambda old: lambda *args, **settings: old(*args, **{**settings, "addends": ()})
    ),
    "kernel: neighbours that need each other": wrong(fuse, "_apart", lambda _: lambda a, b: True),
    "kernel: what nobody reads": wrong(
        kernel_schedule, "without_dead_stores", lambda old: lambda ops, visible: old(ops[1:], visible)
    ),
    "kernel: tables": wrong(
        Instructions,
        "_places",
        lambda old: lambda self, at: np.roll(old(self, at), 1) if at.size > 2 else old(self, at),
    ),
}


def one_place(at):
    return dataclasses.replace(at, steps=(0,) * len(at.shape))


@pytest.mark.parametrize("name", [name for name in MUTATIONS if is_installed() or not name.startswith("kernel")])
def test_a_broken_rule_is_seen(name, monkeypatch):
    MUTATIONS[name](monkeypatch)
    with pytest.raises(AssertionError):
        check()
