"""What the engine answers where a derivative does not exist or numbers end, beside PyTorch's and JAX's answers.

``python -m tests.autograd.calculus.conventions`` writes docs/conventions.md, where both peers are installed;
``test_conventions.py`` compares every answer on the page with that of the engine it is ascribed to.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import autograd
from autograd import Value, gradients

PAGE = Path(__file__).parents[3] / "docs" / "conventions.md"
inf, nan = math.inf, math.nan


class Case(NamedTuple):
    """A function of numbers, written once for all engines: the first argument has their functions."""

    text: str
    f: Callable[..., Any]
    points: tuple[tuple[float, ...], ...]
    order: int = 1


def _of(name: str) -> Callable[..., Any]:
    return lambda m, *x: getattr(m, name)(*x)


def _case(name: str, *points: tuple[float, ...], order: int = 1) -> Case:
    letters = ("x",) if len(points[0]) == 1 else tuple("abc"[: len(points[0])])
    return Case(f"{name}({', '.join(letters)})", _of(name), points, order)


CASES = (
    _case("relu", (0.0,), (-inf,), (nan,)),
    _case("leaky_relu", (0.0,)),
    _case("elu", (0.0,), (-inf,)),
    _case("abs", (0.0,)),
    _case("sign", (0.0,)),
    _case("floor", (2.0,)),
    _case("round", (2.5,)),
    _case("maximum", (1.0, 1.0), (nan, 1.0)),
    _case("minimum", (1.0, 1.0)),
    Case("maximum(x, x)", lambda m, x: m.maximum(x, x), ((1.0,),)),
    Case("clamp(x, -1, 1)", lambda m, x: m.clamp(x, -1.0, 1.0), ((1.0,), (-1.0,), (2.0,))),
    _case("sqrt", (0.0,), (-1.0,), (inf,)),
    _case("cbrt", (0.0,)),
    _case("cbrt", (0.0,), order=2),
    _case("log", (0.0,), (-1.0,)),
    _case("log1p", (-1.0,)),
    _case("asin", (1.0,)),
    _case("atanh", (1.0,)),
    _case("hypot", (0.0, 0.0), (inf, 1.0)),
    _case("atan2", (0.0, 0.0)),
    _case("pow", (0.0, 0.0), (0.0, 2.0), (0.0, 0.5), (0.0, -1.0), (-2.0, 2.0), (-8.0, 1 / 3), (0.0, nan), (-inf, 0.5),
          (1.0, inf)),
    Case("x ** 0", lambda m, x: x**0, ((0.0,), (nan,))),
    Case("x ** 0.5", lambda m, x: x**0.5, ((0.0,), (-0.0,), (-inf,))),
    _case("tanh", (inf,), (27.7,)),
    _case("sigmoid", (40.0,), (-800.0,)),
    _case("gelu", (-32.0,), (inf,), (-inf,)),
    _case("silu", (-inf,)),
    _case("exp", (1000.0,), (-inf,)),
    Case("x / a at a = 0", lambda m, x, a: x / a, ((1.0, 0.0), (0.0, 0.0))),
    Case("softmax([a, b])[0]", lambda m, a, b: m.softmax([a, b])[0], ((inf, 0.0), (-inf, 0.0), (1000.0, 0.0))),
    Case("log_softmax([a, b])[0]", lambda m, a, b: m.log_softmax([a, b])[0], ((inf, 0.0), (-inf, 0.0), (-1000.0, 0.0))),
    Case("logsumexp([a, b])", lambda m, a, b: m.logsumexp([a, b]), ((inf, 0.0), (-inf, -inf), (inf, inf))),
    Case("where(x > 0, log(x), 0)", lambda m, x: m.where(x > 0, m.log(x), 0.0 * x), ((-1.0,), (0.0,))),
    Case("where(x > 0, sqrt(x), 0)", lambda m, x: m.where(x > 0, m.sqrt(x), 0.0 * x), ((0.0,),)),
    Case("relu(sqrt(x) - 1)", lambda m, x: m.relu(m.sqrt(x) - 1.0), ((0.0,),)),
    Case("sqrt(x * x)", lambda m, x: m.sqrt(x * x), ((0.0,),)),
    Case("sqrt(x) ** 2", lambda m, x: m.sqrt(x) ** 2, ((0.0,),)),
    Case("sqrt(a*a + b*b)", lambda m, a, b: m.sqrt(a * a + b * b), ((0.0, 0.0),)),
    Case("x * log(x)", lambda m, x: x * m.log(x), ((0.0,),)),
    Case("exp(-1 / x)", lambda m, x: m.exp(-1.0 / x), ((0.0,),)),
    Case("0 * log(x)", lambda m, x: 0.0 * m.log(x), ((0.0,),)),
)  # fmt: skip


def ours() -> Any:
    """This engine's functions."""
    return autograd


def torch_functions() -> Any:
    """PyTorch's, by our names."""
    import torch

    names = "relu abs sign floor round maximum minimum sqrt log log1p asin atanh hypot atan2 pow tanh sigmoid exp where"
    stack = torch.stack
    nn = torch.nn.functional
    return SimpleNamespace(
        **{name: getattr(torch, name) for name in names.split()},
        leaky_relu=lambda x: nn.leaky_relu(x, 0.01),
        elu=nn.elu,
        gelu=nn.gelu,
        silu=nn.silu,
        clamp=torch.clamp,
        softmax=lambda x: torch.softmax(stack(x), 0),
        log_softmax=lambda x: torch.log_softmax(stack(x), 0),
        logsumexp=lambda x: torch.logsumexp(stack(x), 0),
    )


def jax_functions() -> Any:
    """JAX's, by our names, in double precision."""
    import jax
    import jax.numpy as jnp

    names = "abs sign floor round maximum minimum sqrt cbrt log log1p hypot pow tanh exp where"
    stack = jnp.stack
    return SimpleNamespace(
        **{name: getattr(jnp, name) for name in names.split()},
        asin=jnp.arcsin,
        atanh=jnp.arctanh,
        atan2=jnp.arctan2,
        relu=jax.nn.relu,
        leaky_relu=jax.nn.leaky_relu,
        elu=jax.nn.elu,
        silu=jax.nn.silu,
        sigmoid=jax.nn.sigmoid,
        gelu=lambda x: jax.nn.gelu(x, approximate=False),
        clamp=jnp.clip,
        softmax=lambda x: jax.nn.softmax(stack(x)),
        log_softmax=lambda x: jax.nn.log_softmax(stack(x)),
        logsumexp=lambda x: jax.nn.logsumexp(stack(x)),
    )


Answer = tuple[float, ...]  #: the value, and the derivative of the given order in each argument


def ours_at(case: Case, point: tuple[float, ...]) -> Answer:
    """This engine's answer."""
    leaves = list(map(Value, point))
    result = case.f(autograd, *leaves)
    slopes = gradients(result, leaves, create_graph=case.order == 2)
    if case.order == 2:
        slopes = [gradients(slope, [leaf])[0] for slope, leaf in zip(slopes, leaves, strict=True)]
    return (result.data, *slopes)


def torch_at(case: Case, point: tuple[float, ...]) -> Answer | None:
    """PyTorch's answer; None where it has no such function."""
    import torch

    leaves = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in point]
    try:
        result = case.f(torch_functions(), *leaves)
    except AttributeError:
        return None
    slopes = torch.autograd.grad(result, leaves, create_graph=case.order == 2, allow_unused=True)
    if case.order == 2:
        pairs = zip(slopes, leaves, strict=True)
        slopes = tuple(torch.autograd.grad(slope, leaf, allow_unused=True)[0] for slope, leaf in pairs)
    return (result.item(), *(0.0 if slope is None else slope.item() for slope in slopes))


def jax_at(case: Case, point: tuple[float, ...]) -> Answer:
    """JAX's answer."""
    import jax

    with jax.enable_x64(True), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        m = jax_functions()
        value = case.f(m, *map(jax.numpy.float64, point))
        slopes = []
        for i in range(len(point)):
            derivative: Any = lambda *x: case.f(m, *x)  # noqa: E731
            for _ in range(case.order):
                derivative = jax.grad(derivative, i)
            slopes.append(float(derivative(*map(jax.numpy.float64, point))))
        return (float(value), *slopes)


def written(answer: Answer | None) -> str:
    """An answer as the page has it: ``value; derivatives``."""
    if answer is None:
        return "-"
    value, *slopes = (f"{x:.4g}" for x in answer)
    return f"{value}; {', '.join(slopes)}"


def rows() -> list[tuple[Case, tuple[float, ...], str, str]]:
    """Every case at every point: with what stands in the first two columns."""
    return [
        (case, point, _named(case), ", ".join(f"{x:.4g}" for x in point)) for case in CASES for point in case.points
    ]


def _named(case: Case) -> str:
    return f"`{case.text}`{', second derivative' if case.order == 2 else ''}"


HEAD = """# Conventions at kinks and special values

Where a derivative does not exist, or numbers run out, an engine has to decide. These are the decisions, beside those of
PyTorch and JAX: `value; derivative with respect to each argument`. A difference from either peer is in bold.

The rules behind them:

- Numbers are IEEE-754 doubles: no operation raises for a value.
- **What a selection did not choose contributes exactly 0**: the other branch of `where`, the smaller operand of
  `maximum`, what `relu` cut off. A nan or infinity over there never reaches the gradient, as it does in both peers.
- **Elsewhere, too, 0 × ∞ counts as 0** on an edge of the backward pass: `sqrt(x * x)` has the derivative 0 at 0, where
  peers have nan. That is a convention, not a limit: `sqrt(x) ** 2` has slope 1 everywhere but gets 0 at 0.
  Inside `detect_anomaly()` such an edge is an error that names it.
- Ties are shared, 1/n to each. On a limit of `clamp`, x keeps its derivative.

Written by `python -m tests.autograd.calculus.conventions`; the tests compare each column with its engine.

| function | at | here | PyTorch | JAX |
|---|---|---|---|---|
"""


def page() -> str:
    """Return docs/conventions.md; it needs both peers."""
    lines = []
    for case, point, text, at in rows():
        here, torch, jax = (written(answer(case, point)) for answer in (ours_at, torch_at, jax_at))
        differs = [peer for peer in (torch, jax) if peer not in ("-", here)]
        lines.append(f"| {text} | {at} | {f'**{here}**' if differs else here} | {torch} | {jax} |")
    return HEAD + "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
