"""A perceptron as source that needs NumPy alone, or as mathematics: to leave with what was trained."""

from __future__ import annotations

import re
from typing import Any

from autograd import RULES, OperandError, StorageError
from autograd.calculus import expr
from autograd.calculus.notation import latex_formula, latex_number
from autograd.calculus.printing import text_of
from nn.formats.structure import describe
from nn.layers import MLP

__all__ = ["to_latex", "to_python"]

#: Where NumPy or the standard library has what formulas call, where that is not NumPy's function of that name.
_ELSEWHERE = {
    "abs": "np.absolute",
    "pow": "np.power",
    "round": "np.round",
    **{
        name: f"np.arc{name.removeprefix('a')}" for name in ("asin", "acos", "atan", "atan2", "asinh", "acosh", "atanh")
    },
    **{name: f"np.vectorize(math.{name}, otypes=[float])" for name in ("erf", "erfc")},
    **{name: f"math.{name}" for name in expr.CONSTANTS},
}


def to_python(model: MLP) -> str:
    """Return a Python module with one function, ``outputs(X)``, that computes what ``model.outputs(X)`` does.

    It imports NumPy and nothing of ours; its numbers are exact.

    Raises:
        OperandError: it is no MLP.
        StorageError: a part of it is of a class of one's own.

    >>> import numpy as np
    >>> model, scope = MLP(2, [3, 1], "tanh", seed=0), {}
    >>> exec(to_python(model), scope)
    >>> bool(abs(scope["outputs"]([[0.5, -1.0]]) - model.outputs([[0.5, -1.0]])).max() < 1e-12)
    True
    """
    document = _described(model, "to_python")
    used = dict.fromkeys(neuron.activation for layer in model.layers for neuron in layer.neurons)
    rows = _rows([name for name in used if name != "linear"])
    functions = [_function(row) for row in rows]
    words = set(re.findall(r"[a-z]\w*", "\n".join(line for body in functions for line in body)))
    called = sorted(words & (expr.FUNCTIONS | expr.CONSTANTS.keys()))
    lines = [
        f'"""outputs(X) of an MLP with {document["n_in"]} inputs, printed by glassgrad."""',
        "",
        "import math",
        "",
        "import numpy as np",
        "",
        *(f"{name} = {_ELSEWHERE.get(name, f'np.{name}')}" for name in called),
    ]
    for row, body in zip(rows, functions, strict=True):
        lines += ["", "", *body]
        if row in words - set(called):  # another row's formula calls it
            lines += ["", "", f"{row} = {_applied(row)}"]
    lines += ["", "", "def outputs(X):"]
    lines += [f'    """Return the outputs, (rows, {len(model.layers[-1].neurons)}), for rows of inputs."""']
    lines += ["    a = np.asarray(X, dtype=float)", '    with np.errstate(all="ignore"):']
    for layer in model.layers:
        weights = [[w.data for w in neuron.w] for neuron in layer.neurons]
        biases = [0.0 if neuron.b is None else neuron.b.data for neuron in layer.neurons]
        lines += [f"        a = a @ np.array({weights!r}).T + np.array({biases!r})"]
        names = [neuron.activation for neuron in layer.neurons]
        if len(set(names)) > 1:
            taken = [(f"a[:, {j}]", name) for j, name in enumerate(names)]
            columns = [column if name == "linear" else f"{_applied(name)}({column})" for column, name in taken]
            lines += [f"        a = np.column_stack([{', '.join(columns)}])"]
        elif names[0] != "linear":
            lines += [f"        a = {_applied(names[0])}(a)"]
    return "\n".join([*lines, "    return a", ""])


def to_latex(model: MLP, *, digits: int = 4) -> str:
    r"""Return what the model computes as LaTeX, one line a layer: weights as matrices, numbers to so many digits.

    Raises:
        OperandError: it is no MLP.
        StorageError: a part of it is of a class of one's own.

    >>> print(to_latex(MLP(1, [1], init="zeros")))
    \begin{aligned}
    a_{1} &= \begin{pmatrix} 0 \end{pmatrix} x + \begin{pmatrix} 0 \end{pmatrix}
    \end{aligned}
    """
    _described(model, "to_latex")
    lines = []
    for i, layer in enumerate(model.layers, 1):
        before = f"a_{{{i - 1}}}" if i > 1 else "x"
        weights = _matrix([[w.data for w in neuron.w] for neuron in layer.neurons], digits)
        z = f"{weights} {before}"
        if any(neuron.b is not None for neuron in layer.neurons):
            z += f" + {_matrix([[0.0 if n.b is None else n.b.data] for n in layer.neurons], digits)}"
        names = list(dict.fromkeys(neuron.activation for neuron in layer.neurons))
        if names != ["linear"]:
            each = ", ".join(_word(neuron.activation) for neuron in layer.neurons)
            z = f"{_word(names[0]) if len(names) == 1 else f'({each})'}\\left({z}\\right)"
        lines.append(f"a_{{{i}}} &= {z}")
    return "\n".join(["\\begin{aligned}", " \\\\\n".join(lines), "\\end{aligned}"])


def _described(model: MLP, asked: str) -> dict[str, Any]:
    if type(model) is not MLP:
        raise OperandError(f"{asked} takes an MLP, got {type(model).__name__}")
    document = describe(model)
    if not document["layers"]:
        raise StorageError("the MLP has no layers")
    return document


def _rows(names: list[str]) -> list[str]:
    """These rows of the table and those that their formulas call, what is called first."""
    found: dict[str, None] = {}

    def visit(name: str) -> None:
        trees = RULES[name].expressions
        for other in sorted(set().union(*map(expr.functions, (trees.forward, *dict(trees.given).values())))):
            if other not in expr.FUNCTIONS and other not in found:
                visit(other)
        found[name] = None

    for name in names:
        visit(name)
    return list(found)


def _applied(name: str) -> str:
    return f"_{name}"


def _function(name: str) -> list[str]:
    rule = RULES[name]
    operands = [o.name if o.default is None else f"{o.name}={o.default!r}" for o in rule.operands]
    lines = [f"    {text} = {text_of(tree)}" for text, tree in rule.expressions.given]
    return [f"def {_applied(name)}({', '.join(operands)}):", *lines, f"    return {text_of(rule.expressions.forward)}"]


def _matrix(rows: list[list[float]], digits: int) -> str:
    inside = " \\\\ ".join(" & ".join(latex_number(x, digits) for x in row) for row in rows)
    return f"\\begin{{pmatrix}} {inside} \\end{{pmatrix}}"


def _word(name: str) -> str:
    return "\\mathrm{id}" if name == "linear" else latex_formula(f"{name}(x)").partition("(")[0].partition("\\left")[0]
