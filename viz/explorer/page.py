"""The explorer's page: its parts beside this module, as one HTML file."""

from __future__ import annotations

from importlib import resources
from typing import Any

from autograd import RULES
from viz.explorer.wording import texts
from viz.live.script import rows, shared
from viz.single_file import joined, single_file

__all__ = ["page"]

#: The scripts, in the order in which they build on each other; together they are one.
_SCRIPTS = (
    "dom", "graph", "playback", "paths", "folding", "layers", "rows", "layout", "cards", "scene", "camera",
    "writing", "tables", "neuron", "panel", "scrub", "touch", "tip", "search", "controls", "address", "main",
)  # fmt: skip


def page(data: dict[str, Any], *, title: str, lang: str) -> str:
    """Return the whole page for a graph.

    Args:
        data: as from :func:`viz.explorer.graph_data.graph_data`.
        title: of the page, any text.
        lang: ``"en"`` or ``"zh"``.

    Raises:
        UnknownNameError: no such language.
    """
    words = texts(lang)
    used = [op for op, _ in data["ops"] if op in RULES]
    return single_file(
        _resource("page.html"),
        sheet=_resource("page.css") + shared("scrub.css"),
        script=joined([shared("numbers.js"), rows(used), *map(_script, _SCRIPTS)]),
        data={**data, "texts": words},
        words=words,
        title=title,
        lang=lang,
    )


def _script(name: str) -> str:
    return shared("scrub.js") if name == "scrub" else _resource(f"{name}.js")


def _resource(name: str) -> str:
    return resources.files(__package__).joinpath("page", name).read_text(encoding="utf-8")
