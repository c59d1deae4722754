"""docs/conventions.md: each column of answers is what that engine gives; the peers' where they are installed."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

from autograd import AnomalyError, Value, detect_anomaly, grad, jvp, maximum, where
from tests.autograd.calculus.conventions import HEAD, PAGE, Answer, Case, jax_at, ours_at, rows, torch_at

REWRITE = "run: python -m tests.autograd.calculus.conventions"


def recorded(column: int) -> list[str]:
    """A column of the page."""
    text = PAGE.read_text(encoding="utf-8")
    assert text.startswith(HEAD), REWRITE
    lines = text.removeprefix(HEAD).splitlines()
    assert [line.split(" | ")[:2] for line in lines] == [[f"| {text}", at] for _, _, text, at in rows()], REWRITE
    return [line.removesuffix(" |").split(" | ")[column].replace("**", "") for line in lines]


def answers_are(column: int, answer: Callable[[Case, tuple[float, ...]], Answer | None]) -> None:
    for (case, point, text, at), line in zip(rows(), recorded(column), strict=True):
        found = answer(case, point)
        if found is None:
            assert line == "-", (text, at)
            continue
        value, _, slopes = line.partition("; ")
        for number, shown in zip(found, [value, *slopes.split(", ")], strict=True):
            same = number == float(shown) or math.isclose(number, float(shown), rel_tol=1e-3)
            assert same or (math.isnan(number) and shown == "nan"), (text, at, found)


def test_ours() -> None:
    answers_are(2, ours_at)


def test_pytorchs() -> None:
    pytest.importorskip("torch", reason="PyTorch is not installed: its answers are as recorded")
    answers_are(3, torch_at)


def test_jaxs() -> None:
    pytest.importorskip("jax", reason="JAX is not installed: its answers are as recorded")
    answers_are(4, jax_at)


#: At 0, the square root has an infinite slope that is multiplied by 0.
ZERO_TIMES_INFINITY: dict[str, Callable[[Any], Any]] = {
    "a power": lambda x: x.sqrt() ** 2,
    "a product of itself": lambda x: x.sqrt() * x.sqrt(),
    "a constant 0": lambda x: x.sqrt() * 0.0,
    "further on": lambda x: (x.sqrt() * 0.0 + 1.0).tanh(),
}
LEFT_OUT: dict[str, Callable[[Any], Any]] = {
    "relu": lambda x: (x.sqrt() - 1.0).relu(),
    "where": lambda x: where(x > 0, x.sqrt(), 0.0),
    "maximum": lambda x: maximum(x.sqrt(), 1.0),
    "clamp": lambda x: (x.sqrt() - 2.0).clamp(-1.0, 1.0),
    "floor": lambda x: (x.sqrt() + 0.5).floor(),
    "further on": lambda x: (x.sqrt() - 1.0).relu() * 3.0,
}


def backward(f: Callable[[Any], Any]) -> float:
    x = Value(0.0)
    f(x).backward()
    return x.grad


WAYS = {"backward": backward, "grad": lambda f: grad(f)(0.0), "jvp": lambda f: jvp(f, (0.0,), (1.0,))[1]}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("case", ZERO_TIMES_INFINITY)
def test_zero_times_infinity_is_named_when_asked(case: str, way: str) -> None:
    f = ZERO_TIMES_INFINITY[case]
    assert WAYS[way](f) == 0.0
    with (
        detect_anomaly(),
        pytest.raises(AnomalyError, match=r"0 times a .* of inf was taken as 0 on the edge"),
    ):
        WAYS[way](f)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("case", LEFT_OUT)
def test_what_a_selection_left_out_is_no_anomaly(case: str, way: str) -> None:
    with detect_anomaly():
        assert WAYS[way](LEFT_OUT[case]) == 0.0


def test_a_sum_that_cancels_is_no_choice() -> None:
    with detect_anomaly(), pytest.raises(AnomalyError, match="0 times"):
        backward(lambda x: (root := x.sqrt()) - root)
