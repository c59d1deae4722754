"""``primitive(...)``: a user's own row gets all that the built-in rows have."""

from __future__ import annotations

import inspect
import itertools
import math
import traceback
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from mpmath import mp, mpf

import autograd
from autograd import (
    RULES,
    LengthError,
    OperandError,
    Value,
    gradients,
    parse,
    primitive,
)
from tests.autograd.conftest import table_state
from tests.identity import are

pytestmark = pytest.mark.usefixtures("table")


def mish() -> Callable[..., Any]:
    given = {"t": "tanh(log1p(exp(x)))", "s": "1 / (1 + exp(-x))"}
    return primitive("mish", "x", "x * t", "t + x * (1 - t*t) * s", given=given, summary="Mish (Misra 2019).")


def pseudo_huber() -> Callable[..., Any]:
    return primitive(
        "pseudo_huber",
        "x delta=1",
        "delta * delta * (r - 1)",
        ("x / r", "2 * delta * (r - 1) - x * x / (delta * r)"),
        given={"r": "hypot(1, x / delta)"},
        domain=((-5, 5), (0.5, 3)),
    )


def weighted_mean() -> Callable[..., Any]:
    return primitive(
        "weighted_mean",
        "*w *x prior=0",
        "(sum(w * x) + prior) / sum(w)",
        ("(x - y) / sum(w)", "w / sum(w)", "1 / sum(w)"),
        domain=((0.5, 2), (-3, 3), (-1, 1)),
    )


#: A row, what it computes, and operands.
ROWS: list[tuple[Callable[[], Callable[..., Any]], Callable[..., Any], list[Any]]] = [
    (mish, lambda x: x * mp.tanh(mp.log(1 + mp.exp(x))), [0.7]),
    (mish, lambda x: x * mp.tanh(mp.log(1 + mp.exp(x))), [-3.0]),
    (pseudo_huber, lambda x, d: d * d * (mp.sqrt(1 + (x / d) ** 2) - 1), [2.0, 1.5]),
    (weighted_mean, lambda w, x, p: (mp.fdot(w, x) + p) / mp.fsum(w), [[1.0, 0.5], [2.0, -3.0], 0.25]),
]


def flat(operands: list[Any]) -> list[Any]:
    return [x for operand in operands for x in (operand if isinstance(operand, list) else [operand])]


def regroup(operands: list[Any], numbers: Any) -> list[Any]:
    rest = iter(numbers)
    return [[next(rest) for _ in operand] if isinstance(operand, list) else next(rest) for operand in operands]


class TestUse:
    """Values, floats, constants, second derivatives, infinities: as for the rows that come with the table."""

    @pytest.mark.parametrize(("make", "exactly", "operands"), ROWS)
    def test_derivatives(self, make: Callable[[], Any], exactly: Callable[..., Any], operands: list[Any]) -> None:
        f = make()
        count = len(flat(operands))

        def exact(*along: int) -> float:
            orders = tuple(map(along.count, range(count)))
            with mp.workdps(40):
                inputs = tuple(map(mpf, flat(operands)))
                return float(mp.diff(lambda *moved: exactly(*regroup(operands, moved)), inputs, orders))

        assert type(f(*operands)) is float
        assert f(*operands) == pytest.approx(exact(), rel=1e-14)
        for is_value in itertools.product([True, False], repeat=count):
            if not any(is_value):
                continue
            mixed = [Value(x) if chosen else x for x, chosen in zip(flat(operands), is_value, strict=True)]
            leaves, places = list(itertools.compress(mixed, is_value)), list(itertools.compress(range(count), is_value))
            result = f(*regroup(operands, mixed))
            assert (result.op, result.operands, result.parents) == (f.__name__, tuple(mixed), tuple(leaves))
            assert result.data == f(*operands)
            assert result.partials == pytest.approx([exact(i) for i in places], rel=1e-13)
            first = gradients(result, leaves, create_graph=True)
            for i, derivative in zip(places, first, strict=True):
                expected = [exact(i, j) for j in places]
                assert gradients(derivative, leaves) == pytest.approx(expected, rel=1e-12, abs=1e-14)

    def test_methods(self) -> None:
        mish()
        pseudo_huber()
        weighted_mean()
        x = Value(0.5)
        assert x.mish().op == "mish"
        assert are(x.mish().parents, (x,))
        assert are(x.pseudo_huber().operands, (x, 1.0))
        assert x.pseudo_huber(2.0).data == x.pseudo_huber(delta=2.0).data == autograd.operations.pseudo_huber(0.5, 2.0)
        assert not hasattr(Value, "weighted_mean")

    def test_defaults(self) -> None:
        assert pseudo_huber()(2.0) == pseudo_huber()(2.0, 1.0) == pseudo_huber()(x=2.0, delta=1)
        assert weighted_mean()([1.0], [2.0]) == 2.0

    def test_it_is_known_everywhere(self) -> None:
        f = mish()
        x = Value(0.5)
        assert parse("2 * mish(x)", x=0.5).data == 2 * f(0.5)
        assert autograd.grad(f)(0.5) == pytest.approx(0.8864238, rel=1e-6)
        assert autograd.hessian(f)(0.5) == pytest.approx(
            (autograd.grad(f)(0.5001) - autograd.grad(f)(0.4999)) / 2e-4, rel=1e-6
        )
        assert np.array([x, x]).tolist()[0].mish().data == f(0.5)
        with autograd.no_grad():
            assert not x.mish().parents
        huge = primitive("huge", "x", "x * x", "2 * x")
        with autograd.detect_anomaly(), pytest.raises(autograd.AnomalyError, match="huge gave inf"):
            huge(Value(1e300))

    def test_sequences_are_checked_like_ours(self) -> None:
        f = weighted_mean()
        with pytest.raises(LengthError, match=r"(?s)2.*3"):
            f([1.0, 1.0], [1.0, 2.0, 3.0])
        with pytest.raises(LengthError, match="empty"):
            f([], [])
        with pytest.raises(OperandError, match="str"):
            f([Value(1.0)], ["1"])

    def test_special_values(self) -> None:
        f = primitive("ratio", "x z", "log(x) / z", ("1 / (x * z)", "-y / z"), domain=((0.5, 3), (0.5, 3)))
        inf, nan = math.inf, math.nan
        for operands, result, partials in (
            ((0.0, 1.0), -inf, (inf, inf)),
            ((-1.0, 1.0), nan, (-1.0, nan)),
            ((2.0, 0.0), inf, (inf, -inf)),
            ((nan, 1.0), nan, (nan, nan)),
            ((inf, 2.0), inf, (0.0, -inf)),
        ):
            value = f(*map(Value, operands))
            assert (value.data, *value.partials) == pytest.approx((result, *partials), nan_ok=True)
            assert all(type(x) is float for x in (value.data, *value.partials, f(*operands)))
            assert f(*operands) == pytest.approx(result, nan_ok=True)
        assert primitive("boom", "x", "exp(x)", "y")(1000.0) == inf

    def test_rows_in_rows(self) -> None:
        primitive("inner", "x", "x * x * x", "3 * x * x")
        f = primitive("outer", "x", "inner(x) * tanh(x)", "3 * x * x * tanh(x) + inner(x) * (1 - tanh(x) * tanh(x))")
        with mp.workdps(30):
            for order, derivative in enumerate((f, autograd.grad(f), autograd.hessian(f))):
                expected = mp.diff(lambda x: x**3 * mp.tanh(x), 0.8, order)
                assert derivative(0.8) == pytest.approx(float(expected), rel=1e-13)

    def test_subformulas_of_subformulas(self) -> None:
        """However deep, and whichever formula asks for them."""
        given = {"square": "x * x", "cube": "square * x", "fourth": "cube * x"}
        for partial in ("4 * cube", "4 * x * x * x", "fourth * 4 / x"):
            f = primitive("mine", "x", "fourth", partial, given=given, domain=((0.5, 2),))
            assert (f(2.0), f(Value(2.0)).partials) == (16.0, (32.0,))
            assert autograd.hessian(f)(2.0) == pytest.approx(48.0)
            f = primitive(
                "yours", "x z", "fourth * z", (f"({partial}) * z", "fourth"), given=given, domain=((0.5, 2),) * 2
            )
            assert (f(2.0, 3.0), f(Value(2.0), 3.0).partials, f(2.0, Value(3.0)).partials) == (48.0, (96.0,), (16.0,))
            assert autograd.grad(autograd.grad(f, 1))(2.0, 3.0) == pytest.approx(32.0)

    def test_a_named_subformula_over_a_sequence(self) -> None:
        """Named once, used element by element: as in the arrays that check_primitive looks at, so in Values."""
        f = primitive("lse", "*x", "m + log(sum(e))", "e / sum(e)", given={"m": "max(x)", "e": "exp(x - m)"})
        x = list(map(Value, [0.3, -1.0, 2.0]))
        assert f(x).data == pytest.approx(autograd.logsumexp([0.3, -1.0, 2.0]), rel=1e-14)
        assert f(x).partials == pytest.approx(autograd.softmax([0.3, -1.0, 2.0]), rel=1e-14)

    def test_replacing_ones_own_row(self) -> None:
        primitive("mine", "x", "2 * x", "2")
        f = primitive("mine", "x", "3 * x", "3")
        x = Value(1.0)
        assert (f(1.0), x.mine().data, x.mine().partials, parse("mine(x)", x=1.0).data) == (3.0, 3.0, (3.0,), 3.0)
        assert gradients(x.mine(), [x], create_graph=True)[0].data == 3.0
        f = primitive("mine", "*x", "sum(x)", "1")
        assert f([1.0, 2.0]) == 3.0
        assert not hasattr(Value, "mine"), "a row over a sequence has no method; the old one is still there"


class TestSource:
    """Generated code is real code: it can be read, stepped through, and shows in tracebacks."""

    def test_getsource(self) -> None:
        f = pseudo_huber()
        source = inspect.getsource(f)
        assert "def pseudo_huber(" in source
        assert "math.hypot(1.0, x / delta)" in source
        mish()
        source = inspect.getsource(Value.mish)  # type: ignore[attr-defined]
        assert "def mish(self)" in source
        assert "math.tanh(math.log1p(math.exp(x)))" in source

    def test_tracebacks_show_it(self) -> None:
        f = weighted_mean()
        with pytest.raises(OperandError) as caught:
            f([1.0], [None])
        text = "".join(traceback.format_exception(caught.value))
        assert "primals(xs)" in text or "primals(x" in text

    def test_two_rows_of_a_name_keep_their_own_source(self) -> None:
        first = primitive("mine", "x", "2 * x", "2")
        second = primitive("mine", "x", "sin(x)", "cos(x)")
        assert "def mine" in inspect.getsource(first)
        assert "math.sin" not in inspect.getsource(first)
        assert "math.sin" in inspect.getsource(Value.mine)  # type: ignore[attr-defined]
        assert second.__name__ == "mine"

    def test_docstrings(self) -> None:
        f = mish()
        for documented in (f, Value.mish):  # type: ignore[attr-defined]
            assert documented.__doc__ is not None
            assert "Misra 2019" in documented.__doc__
            assert "x * t" in documented.__doc__
        assert "where" not in inspect.signature(f).parameters
        assert list(inspect.signature(f).parameters) == ["x"]
        assert inspect.signature(pseudo_huber()).parameters["delta"].default == 1.0

    @pytest.mark.parametrize(
        "summary", ['says """hi"""', r"\sigma(x) = \frac12", "two\nlines", 'ends in "', "{braces}", "π²"]
    )
    def test_any_summary(self, summary: str) -> None:
        f = primitive("mine", "x", "x * 2", "2", summary=summary)
        assert f(1.5) == 3.0
        assert f.__doc__ is not None
        assert f.__doc__.split()[: len(summary.split())] == summary.split()


@pytest.mark.parametrize(
    ("constant", "expected"),
    [
        ("maximum(0.5, 0.25)", 0.5),
        ("minimum(0.5, 0.25)", 0.25),
        ("sigmoid(0)", 0.5),
        ("abs(2)", 2.0),
        ("abs(-2)", 2.0),
        ("sign(3)", 1.0),
        ("round(2.5)", 2.0),
        ("where(1 > 0, 3, 4)", 3.0),
        ("pow(2, 3)", 8.0),
        ("sqrt(4)", 2.0),
        ("2 / 4", 0.5),
    ],
)
def test_constants_in_formulas(constant: str, expected: float) -> None:
    """A function of numbers is a number, whichever function of the table it is."""
    f = primitive("mine", "x", f"x * {constant}", constant)
    assert (f(3.0), f(Value(3.0)).partials) == (3.0 * expected, (expected,))


NUMBERS_ONLY = sorted(name for name, row in RULES.items() if not any(operand.is_sequence for operand in row.operands))


@pytest.mark.parametrize("name", NUMBERS_ONLY)
def test_formulas_may_use_every_row(name: str) -> None:
    """Each row of numbers can stand in a user's formula, on floats and Values; those with a symbol may be refused."""
    row = RULES[name]
    x, *rest = (sum(interval) / 2 + 0.125 for interval in row.domain[: len(row.operands)])
    before = table_state()
    try:
        f = primitive("mine", "x", f"{name}({', '.join(['x', *map(repr, rest)])})", "0", check=False)
    except ValueError:
        assert row.symbol
        assert table_state() == before
        return
    assert f(x) == pytest.approx(float(row.arrays(x, *rest)[0]), rel=1e-14)
    assert f(Value(x)).data == f(x)
