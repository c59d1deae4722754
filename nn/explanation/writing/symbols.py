"""The symbols of backpropagation, in Unicode and in LaTeX, and the table's formula of any σ'."""

from __future__ import annotations

from autograd import RULES
from autograd.calculus.formula import names_in
from autograd.calculus.notation import latex_formula, unicode_formula
from nn.explanation.writing.blocks import Math

__all__ = [
    "ACTIVITY", "A_IN", "BACK", "BACK_OF_ROWS", "BIAS_GRADIENT", "BOTH_FACTORS", "CONTRIBUTION", "DELTA",
    "INPUT_GRADIENT", "ONES", "SUM_OF_DELTA", "SUM_OF_PRODUCTS",
    "TIMES_INPUT", "TIMES_ONE", "WEIGHT_GRADIENT", "A", "Z", "call", "derivative", "equal", "function",
]  # fmt: skip

Z, A = Math("z", "z"), Math("a", "a")
CONTRIBUTION = Math("∂C/∂a", r"\frac{\partial C}{\partial a}")
ACTIVITY = Math("σ'(z)", r"\sigma'(z)")
DELTA = Math("δ", r"\delta")
A_IN = Math("a_in", r"a_{\mathrm{in}}")
BIAS_GRADIENT = Math("∂C/∂b", r"\frac{\partial C}{\partial b}")
WEIGHT_GRADIENT = Math("∂C/∂w", r"\frac{\partial C}{\partial w}")
#: The three lines of backpropagation: for one sample, and summed over the rows of a batch.
BOTH_FACTORS = Math(f"{CONTRIBUTION.text} · {ACTIVITY.text}", rf"{CONTRIBUTION.latex} \cdot {ACTIVITY.latex}")
TIMES_ONE = Math("δ · 1", r"\delta \cdot 1")
TIMES_INPUT = Math(f"δ · {A_IN.text}", rf"\delta \cdot {A_IN.latex}")
INPUT_GRADIENT = Math(f"∂C/∂{A_IN.text}", rf"\frac{{\partial C}}{{\partial {A_IN.latex}}}")
BACK, BACK_OF_ROWS = Math("Σ w·δ", r"\textstyle\sum w\,\delta"), Math("Δ·W", r"\Delta W")
ONES = Math("Δᵀ·1", r"\Delta^{\mathsf{T}} \mathbf{1}")
SUM_OF_DELTA = Math("Σ δ", r"\textstyle\sum \delta")
SUM_OF_PRODUCTS = Math("Δᵀ·A", r"\Delta^{\mathsf{T}} A")


def equal(*parts: Math) -> Math:
    """Return ``a = b = c`` as one piece."""
    return Math(" = ".join(part.text for part in parts), " = ".join(part.latex for part in parts))


def call(name: str, argument: Math) -> Math:
    """Return a function's value as it is written: ``tanh(z)``."""
    escaped = name.replace("_", r"\_")
    return Math(f"{name}({argument.text})", rf"\operatorname{{{escaped}}}({argument.latex})")


def function(activation: str) -> Math:
    """Return σ(z): ``tanh(z)``, or ``z`` for a linear neuron."""
    return Z if activation in ("linear", "identity") else call(activation, Z)


def derivative(activation: str, *, z: float | None = None, a: float | None = None) -> Math | None:
    """Return σ'(z) as the calculus table has it, with z and a as names or as numbers.

    None for numbers if the formula needs others, which the table only names, or is a choice between cases.

    >>> derivative("tanh").text, derivative("tanh", z=0.0, a=0.0).text, derivative("linear").text
    ('1 − a²', '1 − 0²', '1')
    >>> derivative("silu").text
    's·(1 + z·(1 − s)), s = (e if z < 0 else 1)/(1 + e), e = exp(z if z < 0 else −z)'
    """
    if activation == "linear":
        return Math("1", "1")
    rule = RULES[activation]
    operand, *rest = rule.operands
    symbols: dict[str, str | float] = {each.name: each.default for each in rest if each.default is not None}
    numeric = z is not None and a is not None
    symbols |= {operand.name: z, "y": a} if numeric else {operand.name: "z", "y": "a"}  # type: ignore[dict-item]
    given, needed = dict(rule.given), []
    pending = [rule.partials[0]]
    while pending:
        for name in given.keys() & names_in(pending.pop())[0]:
            if name not in needed:
                needed.append(name)
                pending.append(given[name])
    if numeric and (needed or "where" in names_in(rule.partials[0])[1]):
        return None
    texts = [("", rule.partials[0]), *((f"{name} = ", given[name]) for name in needed)]
    return Math(
        ", ".join(f"{start}{unicode_formula(text, symbols)}" for start, text in texts),
        r",\ ".join(f"{start}{latex_formula(text, symbols)}" for start, text in texts),
    )
