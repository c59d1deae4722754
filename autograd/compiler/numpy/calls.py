"""Calls: a list of functions and the arrays they are called with, run one after the other."""

from __future__ import annotations

import linecache
from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = ["Array", "Calls"]

Array = np.ndarray[Any, Any]

#: So many calls are written out as source, which saves a look at each of them; more take longer to compile than to run.
_WRITTEN_OUT = 400


def _maximum(a: Array, b: Array, out: Array) -> None:
    np.maximum(a, b, out=out)


def _minimum(a: Array, b: Array, out: Array) -> None:
    np.minimum(a, b, out=out)


#: What takes ``out`` by keyword only, and the same with ``out`` in the last place.
_KEYWORD: dict[Any, Callable[..., Any]] = {np.maximum: _maximum, np.minimum: _minimum}


class Calls:
    """Functions with their arguments, all positional but for ``out`` where NumPy insists; results go into arrays."""

    def __init__(self) -> None:
        self.listed: list[tuple[Callable[..., Any], tuple[Any, ...]]] = []

    def add(self, function: Callable[..., Any], *arguments: Any) -> None:
        """Append a call."""
        self.listed.append((function, arguments))

    def compile(self, name: str) -> Callable[[], None]:
        """Return a function that makes all calls."""
        if len(self.listed) > _WRITTEN_OUT:
            return self._loop()
        scope: dict[str, Any] = {}
        known: dict[int, str] = {}

        def bind(thing: Any) -> str:
            if id(thing) not in known:
                known[id(thing)] = f"v{len(known)}"
                scope[known[id(thing)]] = thing
            return known[id(thing)]

        lines = []
        for function, arguments in self.listed:
            given = list(map(bind, arguments))
            if function in _KEYWORD:
                given[-1] = f"out={given[-1]}"
            lines.append(f"    {bind(function)}({', '.join(given)})")
        source = "\n".join([f"def {name}():", *(lines or ["    pass"])]) + "\n"
        filename = f"<autograd program {id(self)} {name}>"
        linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
        exec(compile(source, filename, "exec"), scope)  # noqa: S102 - names and commas alone
        compiled: Callable[[], None] = scope[name]
        return compiled

    def _loop(self) -> Callable[[], None]:
        listed = tuple((_KEYWORD.get(function, function), arguments) for function, arguments in self.listed)

        def run() -> None:
            for function, arguments in listed:
                function(*arguments)

        return run

    def describe(self, title: str) -> str:
        """Return the calls as text, one a line: the function, and the shapes or numbers that it is given."""
        lines = [f"{title}:"]
        for function, arguments in self.listed:
            shown = ", ".join(map(_shown, arguments))
            lines.append(f"    {_name(function)}({shown})")
        return "\n".join(lines)


def _name(function: Callable[..., Any]) -> str:
    owner = getattr(function, "__self__", None)
    name = getattr(function, "__name__", "") or type(function).__name__
    return f"{owner.__name__}.{name}" if isinstance(owner, np.ufunc) else name.strip("_")


def _shown(argument: Any) -> str:
    if isinstance(argument, np.ndarray):
        return f"{float(argument):g}" if argument.ndim == 0 else "x".join(map(str, argument.shape))
    return getattr(argument, "__name__", "") or repr(argument)
