"""The exceptions this project raises, and how they name the mend.

Every exception is a :class:`GlassgradError` and also the built-in exception a Python programmer would expect
(``TypeError`` for a wrong kind of operand, ``ValueError`` for a wrong length, ...), so both ``except`` styles work.
"""

from __future__ import annotations

from collections.abc import Iterable

__all__ = [
    "AnomalyError",
    "ClaimError",
    "ClusterError",
    "DataError",
    "ExpressionError",
    "FormulaError",
    "GlassgradError",
    "GradientError",
    "GraphError",
    "LengthError",
    "OperandError",
    "RenderError",
    "StorageError",
    "TraceError",
    "UnavailableNameError",
    "UnknownNameError",
    "nearest",
]


class GlassgradError(Exception):
    """Root of every exception the project raises on purpose."""


class OperandError(GlassgradError, TypeError):
    """A value of a kind that the operation cannot take."""


class LengthError(GlassgradError, ValueError):
    """Two sequences whose lengths must agree do not; both lengths are in the message."""


class UnknownNameError(GlassgradError, ValueError):
    """A name (activation, loss, data set, ...) that does not exist; the message has the nearest right one."""

    def __init__(self, kind: str, name: object, choices: Iterable[str]) -> None:
        known = sorted(choices)
        super().__init__(f"unknown {kind} {name!r}{nearest(str(name), known)}; known: {', '.join(known)}")


class UnavailableNameError(GlassgradError, ValueError):
    """A name that is already taken."""


class FormulaError(GlassgradError, ValueError):
    """A formula of the calculus table, or of a user's own row of it, that does not make sense."""


class ExpressionError(GlassgradError, ValueError):
    """Text that is not of the expression grammar; the message has a caret under the wrong character."""

    def __init__(self, problem: str, text: str, position: int) -> None:
        self.text, self.position = text, position
        shown = "".join(character if character.isprintable() else " " for character in text)
        super().__init__(f"{problem}\n  {shown}\n  {' ' * position}^")


class AnomalyError(GlassgradError, ArithmeticError):
    """A nan or an infinity appeared while ``detect_anomaly()`` was watching."""


class TraceError(GlassgradError, TypeError):
    """A function that is being compiled looked at a number; the message has the line and the mend."""


class GradientError(GlassgradError, ArithmeticError):
    """A derivative that disagrees with the differences of its function; the message gives both numbers."""


class ClaimError(GlassgradError, AssertionError):
    """What a lesson claims is not borne out by its own run."""


class ClusterError(GlassgradError, ConnectionError):
    """Other machines or processes that were to compute did not answer; the message says what to do."""


class GraphError(GlassgradError, ValueError):
    """A graph that lacks what was asked about: a value that does not lie behind the root, a model without neurons."""


class DataError(GlassgradError, ValueError):
    """A table that cannot be learned from as it is; the message names line and column."""


class StorageError(GlassgradError, ValueError):
    """A model file that is truncated, of another shape, or not a model file."""


class RenderError(GlassgradError, RuntimeError):
    """A picture that could not be laid out; the message says what to install or how to make the graph smaller."""


def nearest(name: str, choices: Iterable[str]) -> str:
    """Return ``" (did you mean 'x'?)"`` for the closest of `choices`, whatever its case, or ``""`` when none is close.

    >>> nearest("thanh", ["tanh", "relu"])
    " (did you mean 'tanh'?)"
    >>> nearest("Relu", ["elu", "relu"])
    " (did you mean 'relu'?)"
    >>> nearest("zzz", ["tanh", "relu"])
    ''
    """
    import difflib  # only where something is wrong

    known = {choice.lower(): choice for choice in reversed(list(choices))}  # reversed: the first of several spellings
    close = difflib.get_close_matches(name.lower(), known, n=1)
    return f" (did you mean {known[close[0]]!r}?)" if close else ""
