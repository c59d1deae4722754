"""Rows that ``primitive(...)`` must refuse leave no trace; odd names and constants work, or are refused at once."""

from __future__ import annotations

import contextlib
import math
from typing import Any

import pytest

import autograd
from autograd import (
    RULES,
    GlassgradError,
    GradientError,
    LengthError,
    OperandError,
    UnavailableNameError,
    UnknownNameError,
    Value,
    check_primitive,
    gradients,
    parse,
    primitive,
)
from tests.autograd.conftest import table_state
from tests.identity import are

pytestmark = pytest.mark.usefixtures("table")

#: What may not become a row: the arguments, the exception, and what its message says.
WRONG: dict[str, tuple[tuple[Any, ...], type[Exception], str]] = {
    "partial": (("mine", "x", "x * x", "x"), GradientError, r"mine.*partial of x"),
    "second partial": (("mine", "a b", "a * b", ("b", "b")), GradientError, r"partial of b"),
    "partial of a sequence": (("mine", "*x", "sum(x * x)", "x"), GradientError, r"partial of x"),
    "partial nan": (("mine", "x", "x * x", "log(-1 - x * x)"), GradientError, r"nan"),
    "unknown name": (("mine", "x", "x * z", "z"), ValueError, r"forward of 'mine' uses 'z'"),
    "unknown name in a partial": (("mine", "x", "x * x", "2 * w"), ValueError, r"partial of x.*'w'"),
    "y in forward": (("mine", "x", "x * y", "y"), ValueError, r"'y'"),
    "unknown function": (("mine", "x", "tanhh(x)", "1"), UnknownNameError, r"tanhh.*did you mean 'tanh'"),
    "itself": (("mine", "x", "mine(x)", "1"), UnknownNameError, r"mine"),
    "too many partials": (("mine", "x", "x", ("1", "1")), LengthError, r"1 operands.*2 partials"),
    "too few partials": (("mine", "a b", "a * b", ("b",)), LengthError, r"2 operands.*1 partials"),
    "no name": (("", "x", "x", "1"), ValueError, r"identifier"),
    "name with a space": (("my row", "x", "x", "1"), ValueError, r"identifier.*my row"),
    "keyword as name": (("lambda", "x", "x", "1"), ValueError, r"lambda"),
    "not a formula": (("mine", "x", "x +", "1"), ValueError, r"x \+"),
    "power operator": (("mine", "x", "x ** 2", "2 * x"), ValueError, r"pow\(a, b\)"),
    "attribute": (("mine", "x", "x.real", "1"), ValueError, r"Attribute"),
    "call of a call": (("mine", "x", "exp(x)(x)", "1"), ValueError, r"exp"),
    "string": (("mine", "x", "'text'", "1"), ValueError, r"text"),
    "import": (("mine", "x", "__import__('os')", "1"), ValueError, r""),
    "keyword argument": (("mine", "x", "exp(x=x)", "1"), ValueError, r""),
    "too many arguments": (("mine", "x", "exp(x, x)", "1"), ValueError, r""),
    "constant called": (("mine", "x", "pi(x)", "1"), ValueError, r"pi"),
    "no operands": (("mine", "", "1", ()), ValueError, r"operand"),
    "operand twice": (("mine", "x x", "x", ("1", "1")), ValueError, r"x"),
    "operand no identifier": (("mine", "2x", "1", "0"), ValueError, r"2x"),
    "operand a keyword": (("mine", "lambda", "1", "0"), ValueError, r"lambda"),
    "default before none": (("mine", "a=1 b", "a * b", ("b", "a")), ValueError, r"b"),
    "default no number": (("mine", "a b=two", "a * b", ("b", "a")), ValueError, r"two"),
    "division by 0": (("mine", "x", "x + 1 / 0", "1"), GlassgradError, r""),
    "log of 0": (("mine", "x", "x + log(0)", "1"), GlassgradError, r""),
}


class TestErrors:
    """At the call, before anything has changed."""

    @pytest.mark.parametrize("case", sorted(WRONG))
    def test_refused_rows_leave_nothing_behind(self, case: str) -> None:
        arguments, error, message = WRONG[case]
        before = table_state()
        with pytest.raises(error, match=f"(?s){message}"):
            primitive(*arguments)
        assert table_state() == before

    @pytest.mark.parametrize(
        ("options", "error"),
        [
            ({"given": {"g": "z"}}, ValueError),
            ({"given": {"g": "x +"}}, ValueError),
            ({"given": {"not a name": "x"}}, ValueError),
            ({"given": {"lambda": "x"}}, ValueError),
            ({"given": {"x": "2 * x"}}, GlassgradError),
            ({"domain": ()}, LengthError),
        ],
    )
    def test_wrong_options(self, options: dict[str, Any], error: type[Exception]) -> None:
        before = table_state()
        with pytest.raises(error):
            primitive("mine", "x", "x", "1", **options)
        assert table_state() == before

    @pytest.mark.parametrize(
        "name", ["tanh", "add", "dot", "where", "grad", "data", "backward", "parents", "__add__", "_x"]
    )
    def test_taken_names(self, name: str) -> None:
        before = table_state()
        with pytest.raises(UnavailableNameError, match=name):
            primitive(name, "x", "x * 2", "2")
        assert table_state() == before
        assert Value(0.5).tanh().data == math.tanh(0.5)

    @pytest.mark.parametrize(
        "name",
        [
            "node",
            "record",
            "primal",
            "primals",
            "new",
            "Value",
            "Operand",
            "Operations",
            "constant",
            "ieee",
            "aslist",
            "unequal",
            "all_values",
            "modes",
            "floats",
            "math",
            "mul",
            "overload",
            "Iterable",
            "isinstance",
            "len",
            "list",
            "map",
            "zip",
            "type",
            "float",
        ],
    )
    def test_names_that_the_engines_own_code_uses(self, name: str) -> None:
        """A row called ``node`` is refused, or the engine goes on working with it."""
        before = table_state()
        with contextlib.suppress(UnavailableNameError):
            primitive(name, "x", "x * 2", "2")
            before = table_state()
        assert table_state() == before
        x, y = Value(0.5), Value(-2.0)
        results = (
            x * y + x / 2.0,
            autograd.dot([x, y], [1.0, x], y),
            autograd.mean([x, y]),
            autograd.maximum(x, 1.0),
            y.log(),
        )
        assert [result.data for result in results[:-1]] == [-0.75, -2.5, -0.75, 1.0]
        assert math.isnan(results[-1].data)
        assert gradients(results[1], [x, y], create_graph=True)[0].data == -1.0
        assert (autograd.tanh(0.5), autograd.sum([0.5, 1.0])) == (math.tanh(0.5), 1.5)
        assert primitive("mine", "x", "x * x", "2 * x")(Value(3.0)).partials == (6.0,)

    @pytest.mark.parametrize("case", sorted(case for case, ((name, *_), *_) in WRONG.items() if name == "mine"))
    def test_refused_replacements_leave_the_old_row(self, case: str) -> None:
        arguments, error, _ = WRONG[case]
        f = primitive("mine", "x", "3 * x", "3")
        row = RULES["mine"]
        with pytest.raises(
            ValueError if case == "itself" else error
        ):  # there is such a function now, and it is this one
            primitive(*arguments)
        x = Value(2.0)
        assert RULES["mine"] is row
        assert (f(2.0), parse("mine(x)", x=2.0).data) == (6.0, 6.0)
        assert (x.mine().data, x.mine().partials) == (6.0, (3.0,))  # type: ignore[attr-defined]
        assert gradients(x.mine(), [x], create_graph=True)[0].data == 3.0  # type: ignore[attr-defined]

    def test_a_refused_replacement_leaves_the_old_row(self) -> None:
        f = primitive("mine", "x", "2 * x", "2")
        row = RULES["mine"]
        with pytest.raises(GradientError):
            primitive("mine", "x", "x * x", "x")
        with pytest.raises(ValueError, match="uses 'z'"):
            primitive("mine", "x", "z", "1")
        x = Value(3.0)
        assert RULES["mine"] is row
        assert (f(3.0), x.mine().data, x.mine().partials, parse("mine(x)", x=3.0).data) == (6.0, 6.0, (2.0,), 6.0)
        assert check_primitive("mine")

    def test_unchecked_rows_are_the_users_own_risk(self) -> None:
        f = primitive("mine", "x", "x * x", "x", check=False)
        assert f(Value(3.0)).partials == (3.0,)
        with pytest.raises(GradientError):
            check_primitive("mine")


@pytest.mark.parametrize(
    "operand",
    [
        "self",
        "math",
        "floats",
        "modes",
        "Value",
        "Node",
        "record",
        "node",
        "make",
        "operands",
        "out",
        "new",
        "ieee",
        "primal",
        "xs",
        "dx",
        "dy",
        "y",
        "other",
        "symbol",
        "len",
        "pi",
        "inf",
        "sum",
        "max",
        "exp",
        "e",
    ],
)
def test_operands_of_any_name(operand: str) -> None:
    """A row works whatever its operands are called, or says at once that they must be called otherwise."""
    before = table_state()
    for operands, forward, partials, numbers in (
        (
            operand,
            f"{operand} * tanh({operand}) / 2",
            f"tanh({operand}) / 2 + {operand} * (1 - pow(tanh({operand}), 2)) / 2",
            [0.5],
        ),
        (f"{operand} b", f"{operand} * exp(b)", ("exp(b)", f"{operand} * exp(b)"), [0.5, 0.25]),
    ):
        try:
            f = primitive("mine", operands, forward, partials)
        except ValueError as error:
            refused = str(error)
        else:
            refused = ""
        if refused:
            assert operand in refused
            assert table_state() == before
            continue
        leaves = list(map(Value, numbers))
        result = f(*leaves)
        assert are(result.parents, leaves)
        assert type(f(*numbers)) is float
        assert f(*numbers) == result.data
        assert gradients(result, leaves, create_graph=True)[0].data == result.partials[0]
        assert leaves[0].mine(*leaves[1:]).data == result.data  # type: ignore[attr-defined]
        result.backward()
        assert [leaf.grad for leaf in leaves] == list(result.partials)
        before = table_state()


def test_functions_in_place_of_formulas() -> None:
    with pytest.raises(OperandError, match=r"a primitive is text.*got function"):
        primitive("squared", "x", lambda x: x * x, lambda x: 2 * x)  # type: ignore[arg-type]
    with pytest.raises(OperandError, match=r"got int 2"):
        primitive("squared", "x", "x * x", ["2 * x", 2])  # type: ignore[list-item]
