"""From Graphviz's language to a picture: by the ``dot`` program if there is one, else by the pygraphviz wheel.

The wheel carries Graphviz itself, so ``pip`` alone can render. Either works in a process of its own with a time limit:
a layout can take minutes, and neither listens while it works.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import graphviz

from autograd import OperandError, RenderError, UnknownNameError
from autograd.system.files import writable, write_whole

__all__ = ["FORMATS", "Drawing", "format_for", "render"]

#: The formats a picture can have.
FORMATS = ("svg", "png", "dot")

#: A PNG is sharp on a slide, 192 dots per inch, and at most 40 inches wide and high, or it would fill the memory.
_PNG = {"dpi": "192", "size": "40,40"}
_INSTALL = (
    'install one with pip install "glassgrad[render]", or Graphviz with the system\'s package manager '
    "(apt install graphviz, brew install graphviz)"
)

# Limits its own processor time too, so that it ends even if we are killed before we can end it.
_PYGRAPHVIZ = """
import sys
form, seconds, *attributes = sys.argv[1:]
try:
    import resource
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds)))
except (ImportError, OSError, ValueError):
    pass
import pygraphviz
graph = pygraphviz.AGraph(string=sys.stdin.buffer.read().decode())
graph.graph_attr.update(attribute.split("=") for attribute in attributes)
picture = graph.draw(format=form, prog="dot")
sys.stdout.buffer.write(picture.encode() if isinstance(picture, str) else picture)
"""


def render(
    source: str | graphviz.Digraph,
    path: str | os.PathLike[str] | None = None,
    format: str | None = None,
    *,
    timeout: float = 30.0,
) -> str | bytes:
    """Lay out a graph and return the picture; write it to a file too if there is a `path`.

    Args:
        source: the graph, or its text in Graphviz's language.
        path: the file, written whole or not at all.
        format: ``"svg"``, ``"png"`` or ``"dot"``; from the ending of `path` unless given, else ``"svg"``.
        timeout: seconds after which the layout is given up.

    Returns:
        Text for SVG and DOT, bytes for PNG.

    Raises:
        UnknownNameError: no such format.
        OSError: the file cannot be written.
        RenderError: no renderer is installed, the text is not a graph, or time is up. With a `path`, the text is kept
            beside it, in a file that ends in ``.dot``.

    >>> render("digraph { w -> z }", format="dot")
    'digraph { w -> z }'
    """
    form = format_for(path, format)
    target = writable(path) if path is not None else None  # before time is spent on a layout
    text = source if isinstance(source, str) else getattr(source, "source", None)
    if not isinstance(text, str):
        raise OperandError(f"render() takes a graphviz.Digraph or its text, got {type(source).__name__}: see draw()")
    if not timeout > 0:
        raise OperandError(f"timeout must be a number of seconds above 0, got {timeout!r}")
    try:
        picture = text if form == "dot" else _laid_out(text, form, timeout)
    except RenderError as error:
        if target is None:
            raise
        kept = target.with_suffix(".dot")
        write_whole(kept, text)
        raise RenderError(f"{error}; the graph is kept as text in {kept}") from None
    if target is not None:
        write_whole(target, picture)
    return picture


def format_for(path: str | os.PathLike[str] | None, format: str | None) -> str:
    """Return the format to use: the one given, else by the ending of `path`, else ``"svg"``.

    >>> format_for("graph.PNG", None), format_for(None, None)
    ('png', 'svg')
    """
    if format is None:
        format = Path(path).suffix[1:].lower() if path is not None else "svg"
        if not format:
            format = "svg"
    if format not in FORMATS:
        raise UnknownNameError("picture format", format, FORMATS)
    return format


def _laid_out(text: str, form: str, timeout: float) -> str | bytes:
    program = shutil.which("dot")
    attributes = [f"{name}={value}" for name, value in _PNG.items()] if form == "png" else []
    if program is not None:
        command = [program, f"-T{form}", *(f"-G{attribute}" for attribute in attributes)]
    elif importlib.util.find_spec("pygraphviz") is not None and sys.executable:
        # -P: a file of the user's that happens to be called pygraphviz.py stays out of it.
        command = [sys.executable, "-P", "-c", _PYGRAPHVIZ, form, str(int(timeout) + 1), *attributes]
    else:
        raise RenderError(f"no renderer is installed: {_INSTALL}")
    output, complaint, code = _run(command, text.encode(), timeout)
    if code != 0 or not output:
        raise RenderError(f"the renderer failed: {_first_cause(complaint)}")
    return output if form == "png" else output.decode()


def _run(command: list[str], text: bytes, timeout: float) -> tuple[bytes, bytes, int]:
    try:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
        )
    except OSError as error:
        raise RenderError(f"{command[0]} does not run ({error.strerror}): {_INSTALL}") from None
    with process:
        try:
            output, complaint = process.communicate(text, timeout)
        except BaseException as reason:  # time is up, or Ctrl-C: either way nothing may go on working
            _end(process)
            if isinstance(reason, subprocess.TimeoutExpired):
                raise RenderError(
                    f"the layout was not done after {timeout:g} seconds: draw a smaller part of the graph, "
                    "or allow more time with timeout="
                ) from None
            raise
    return output, complaint, process.returncode


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill the process and whatever it started: ``dot`` may be a script around the real one."""
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()


def _first_cause(stderr: bytes) -> str:
    """The line that says what went wrong: Graphviz's first, or a traceback's last."""
    lines = [line for line in stderr.decode(errors="replace").splitlines() if line.strip()]
    if not lines:
        return "without a word"
    return lines[-1] if lines[0].startswith("Traceback") else lines[0]


class Drawing(graphviz.Digraph):  # type: ignore[misc]  # it publishes no types
    """A :class:`graphviz.Digraph` that shows itself in Jupyter with either renderer, not only where ``dot`` is."""

    def __repr__(self) -> str:
        return "<Drawing: .render(name, format='svg') writes it, .source is its text in Graphviz's language>"

    def svg(self, timeout: float = 10.0) -> str:
        """Return the picture for a page: no wider than the page, and without the preamble of a file.

        Raises:
            RenderError: no renderer is installed, or time is up.
        """
        picture = render(self, format="svg", timeout=timeout)
        assert isinstance(picture, str)
        return "<svg" + picture.partition("<svg")[2].replace(">", ' style="max-width: 100%; height: auto">', 1)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None, **_: Any) -> dict[str, str]:
        try:
            return {"image/svg+xml": self.svg(), "text/plain": repr(self)}
        except RenderError as error:
            return {"text/plain": f"{error}\n{self!r}"}
