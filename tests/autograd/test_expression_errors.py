"""``parse`` refuses: errors point at the wrong character, and whatever the text is, nothing in it is evaluated."""

from __future__ import annotations

import builtins
import math
import random
import re
import warnings
from typing import Any

import pytest

from autograd import ExpressionError, GlassgradError, OperandError, Value, parse
from autograd.expression import names

#: Texts that are not of the grammar, and where: the caret may stand on any of the marked characters.
WRONG = [
    ("a + $b", "    ^"),
    ("a + ?", "    ^"),
    ("   a + $", "       ^"),
    ("αβγ + $", "      ^"),
    ("a ^ b", "  ^"),
    ("αβγ ^ a", "    ^"),
    ("  a  ^   (b)", "     ^"),
    ("a ^\tb", "  ^"),
    ("a % b", "  ^"),
    ("a // b", "  ^^"),
    ("a @ b", "  ^"),
    ("a << b", "  ^^"),
    ("a & b", "  ^"),
    ("a + b % (a)", "      ^"),
    ("(a) % b", "    ^"),
    ("a + nope", "    ^"),
    ("αβγ * tanh(nope)", "           ^"),
    ("   nope + a", "   ^"),
    ("a * tanhh(b)", "    ^"),
    ("αβγ * tanhh(b)", "      ^"),
    ("a + tanh", "    ^"),
    ("a * tanh(a, b)", "    ^    ^ ^"),
    ("a * maximum(a)", "    ^"),
    ("a + tanh()", "    ^    ^"),
    ("a + sum()", "    ^   ^"),
    ("a * dot(a, b)", "    ^"),
    ("a + clamp(a, low=0)", "    ^        ^"),
    ("a + sum(*b)", "    ^   ^"),
    ("a + 'text'", "    ^"),
    ("a + True", "    ^"),
    ("a + None", "    ^"),
    ("a + ...", "    ^"),
    ("a + 1j", "    ^^"),
    ("a + [b]", "    ^"),
    ("a + {b}", "    ^"),
    ("a + ~b", "    ^"),
    ("a + (not b)", "     ^"),
    ("a + (lambda: b)", "     ^"),
    ("a + f'{b}'", "    ^"),
    ("a + `b`", "    ^"),
    ("a + 2x", "    ^^"),
    ("a + x²", "     ^"),
    ("a b", "  ^"),
    ("tanh a", "     ^"),
    ("tanh(a b)", "       ^"),
    ("a = b", "  ^"),
    ("a := b", "  ^"),
    ("a = = b", "  ^ ^"),
    ("a +", "  ^^"),
    ("a * (b +", "    ^  ^^"),
    ("a * * b", "    ^"),
    ("* a", "^"),
    ("tanh(a", "    ^ ^"),
    ("(a + (b)", "^      ^"),
    ("a + b)", "     ^"),
    ("(a]", "^ ^"),
    ("a + # b", "    ^"),
    ("a\n+ b", " ^"),
    ("a + \0b", "    ^"),
    ("", "^"),
    ("a + b.real", "     ^"),
    ("a.b.c", " ^ ^"),
    ("a + b[0]", "     ^"),
    ("a, b", " ^"),
    ("tanh((a, b))", "       ^"),
    ("a if b else a", "  ^"),
    ("a and b", "  ^"),
    ("a == b", "  ^"),
    ("a != b", "  ^"),
    ("a is b", "  ^"),
    ("where(a < b < a, 1, 2)", "        ^   ^"),
    ("where(a == b, 1, 2)", "        ^"),
    ("a + (b := 2)", "       ^"),
    ("(a)(b)", "^  ^"),
    ("a(b)", "^"),
    ("tanh(a)(b)", "^      ^"),
    ("a + (b < a)", "       ^"),
    ("a < b", "  ^"),
]


def problem(text: str, **values: Any) -> ExpressionError:
    with pytest.raises(ExpressionError) as caught:
        parse(text, **values)
    return caught.value


class TestErrors:
    """The text, a caret under the wrong character, and what would be right."""

    @pytest.mark.parametrize(("text", "marks"), WRONG)
    def test_the_caret(self, text: str, marks: str) -> None:
        words = set(re.findall(r"\w+", text))
        error = problem(text, **{name: 1.0 for name in ("a", "b", "αβγ") if name in words})
        allowed = [i for i, mark in enumerate(marks) if mark == "^"]
        assert error.position in allowed, f"\n  {text}\n  {' ' * error.position}^ found\n  {marks} wanted"

    def test_the_message_ends_in_text_and_caret(self) -> None:
        error = problem("  αβ + $", αβ=1.0)
        *_, text, caret = str(error).splitlines()
        assert (text.strip(), text.index("$")) == ("αβ + $", caret.index("^"))
        assert caret.strip() == "^"
        assert error.text == "  αβ + $"
        assert issubclass(ExpressionError, ValueError)
        assert issubclass(ExpressionError, GlassgradError)

    @pytest.mark.parametrize(
        ("text", "mend"),
        [
            ("thanh(a)", "tanh"),
            ("a ^ 2", r"\*\*"),
            ("a // 2", r"\+ - \* /"),
            ("a if a > 0 else 1", "where"),
            ("a + alpa + alpha", r"alpa.*alpha"),
            ("a + tanh", r"tanh\(...\)"),
            ("maximum(a)", "maximum"),
            ("a == 2", "<"),
            ("", "empty"),
        ],
    )
    def test_the_message_says_what_would_be_right(self, text: str, mend: str) -> None:
        with pytest.raises(ExpressionError, match=mend):
            parse(text, **({"a": 1.0, "alpha": 2.0} if "alpa" in text else {"a": 1.0} if text else {}))

    def test_unbound_names(self) -> None:
        error = problem("w*a + b", w=1.0, b=2.0)
        assert error.position == 2
        assert "'a'" in str(error)
        assert "w, b" in str(error)
        assert "none" in str(problem("x"))

    def test_unused_names(self) -> None:
        error = problem("w*a + b", w=1.0, a=2.0, b=3.0, weigth=4.0)
        assert "weigth" in str(error)
        assert "'w'" in str(problem("w*a", w=1.0, a=2.0, W=2.0)) or "W" in str(problem("w*a", w=1.0, a=2.0, W=2.0))
        assert "tanh" in str(problem("tanh(a)", a=1.0, tanh=2.0))

    @pytest.mark.parametrize("value", ["3", None, [1.0], 1j, 10**400])
    def test_values_that_are_no_numbers(self, value: Any) -> None:
        with pytest.raises(OperandError):
            parse("a", a=value)

    @pytest.mark.parametrize("text", [None, 3, b"a + b", ["a"]])
    def test_text_that_is_no_text(self, text: Any) -> None:
        with pytest.raises(OperandError, match=type(text).__name__):
            parse(text)

    @pytest.mark.parametrize("digits", ["1" * 400, "9" * 5000, "0x" + "f" * 300])
    def test_a_number_too_large(self, digits: str) -> None:
        """As ``1e400`` it is inf, or it is refused with a caret; it is not an error about something else."""
        assert parse("1e400").data == math.inf
        try:
            position, data = 4, parse(f"2 * {digits}").data
        except ExpressionError as error:
            position, data = error.position, math.inf
        assert (position, data) == (4, math.inf)

    @pytest.mark.parametrize(
        "text", ["(a > 0) / (a < 0)", "(a > 0) ** (0 - 1)", "-(a > 0)", "tanh(a > 0)", "0 ** -(a > 0)"]
    )
    def test_a_condition_is_no_number(self, text: str) -> None:
        """Comparisons stand in ``where``; elsewhere it would be True and False that are divided."""
        with pytest.raises(ExpressionError, match="where"):
            parse(text, a=1.0)


HOSTILE = [
    "canary()",
    "canary(a)",
    "a + canary()",
    "__import__('os')",
    "__import__('os').system('true')",
    "().__class__.__bases__[0].__subclasses__()",
    "a.__class__",
    "tanh.__globals__",
    "[canary() for _ in (1,)]",
    "[canary()]",
    "{canary()}",
    "(canary() for _ in a)",
    "{canary(): 1}",
    "(lambda: canary())()",
    "(x := canary())",
    "f'{canary()}'",
    "f'{a!r:>{canary()}}'",
    "canary() if a else a",
    "a and canary()",
    "a or canary()",
    "a[canary()]",
    "a[canary():]",
    "tanh(canary())",
    "tanh(*canary())",
    "tanh(**canary())",
    "tanh(x=canary())",
    "where(canary(), a, a)",
    "where(a < canary(), a, a)",
    "print('x')",
    "exec('canary()')",
    "eval('canary()')",
    "(yield canary())",
    "(await canary())",
    "canary",
    "breakpoint()",
    "a; canary()",
    "import os",
    "def f(): pass",
    "'%s' % canary()",
    "a @ canary()",
    "open('/etc/passwd')",
    "record(canary(), a)",
    "getattr(a, 'data')",
    "Value(1)",
    "a\ncanary()",
    "a\rcanary()",
    "a\\\ncanary()",
    "a\x0ccanary()",
    "#coding: rot13\ncanary()",
    "a \N{ZERO WIDTH SPACE} b",
    "\ufeffa",
    "\ud800",
    "\u202ea",
    "'\\d'",
    "0x1for x in a",
    "1if a else 2",
    "1_000_",
    "0777",
    "0b2",
    "\0",
    "tanh(\0)",
    "'" * 3,
    '"""',
    "\\",
]


#: Of the openings that are nested below, those that are no part of the grammar.
REFUSED = {"[", "a.", "not ", "a if a else ", "lambda:", "a(", "a<", "1,"}


class TestHostileText:
    """Whatever the text is, the answer is a Value or an ExpressionError, soon, and nothing in it has run."""

    @pytest.fixture
    def hits(self, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
        hits: list[Any] = []
        monkeypatch.setattr(builtins, "canary", lambda *x: hits.append(x) or 1.0, raising=False)
        return hits

    @pytest.mark.parametrize("text", HOSTILE)
    def test_nothing_is_evaluated(self, text: str, hits: list[Any]) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # Python's parser warns of some of these; our users should not see that
            given = {"a": 1.0} if text.startswith(("a ", "a\n", "tanh(a", "\ufeffa")) else {}
            with pytest.raises(ExpressionError):
                parse(text, **given)
        assert not hits

    @pytest.mark.parametrize("depth", [50, 150, 400, 950, 2000, 4000, 50_000])
    @pytest.mark.parametrize(
        ("opening", "closing"),
        [
            ("(", ")"),
            ("-", ""),
            ("- ", ""),
            ("+-", ""),
            ("a**", ""),
            ("2**-", ""),
            ("(a+", ")"),
            ("a+(", ")"),
            ("tanh(", ")"),
            ("tanh(1-", ")"),
            ("where(a<1,", ",2)"),
            ("[", "]"),
            ("a.", ""),
            ("not ", ""),
            ("a if a else ", ""),
            ("lambda:", ""),
            ("a(", ")"),
            ("a<", ""),
            ("(-(", "))"),
            ("1,", ""),
        ],
    )
    def test_deep_nesting(self, opening: str, closing: str, depth: int) -> None:
        text = opening * depth + "a" + closing * depth
        try:
            result = parse(text, a=1.0)
        except ExpressionError:
            assert depth > 50 or opening in REFUSED
        else:
            assert isinstance(result, Value)

    @pytest.mark.parametrize("terms", [10, 1000, 2500, 10_000])
    @pytest.mark.parametrize("joint", [" + ", " * ", " - ", "/"])
    def test_many_terms(self, joint: str, terms: int) -> None:
        a = Value(1.0)
        try:
            result = parse(joint.join(["a"] * terms), a=a)
        except ExpressionError:
            assert terms > 1000
            return
        result.backward()
        expected = {" + ": (terms, terms), " * ": (1, terms), " - ": (2 - terms, 2 - terms), "/": (1, 2 - terms)}[joint]
        assert (result.data, a.grad) == expected

    def test_many_arguments(self) -> None:
        assert parse(f"sum({', '.join(['a'] * 5000)})", a=1.0).data == 5000.0

    def test_random_text(self) -> None:
        """Ten thousand scraps of grammar, shuffled."""
        rng = random.Random(0)
        scraps = [*"ab1+-*/(),<$^.'π ", "2.5", "**", "tanh", "where"]
        accepted, positions = 0, []
        for _ in range(10_000):
            text = "".join(rng.choices(scraps, k=rng.randint(1, 9)))
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                try:
                    given = {"a": 1.0, "b": 2.0}
                    parse(text, **{name: given[name] for name in names(text) if name in given})
                    accepted += 1
                except ExpressionError as error:
                    positions.append((error.position, len(text)))
        assert accepted > 100
        assert all(0 <= position <= length for position, length in positions)
