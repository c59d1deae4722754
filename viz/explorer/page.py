"""The explorer's page: its parts beside this module, as one HTML file."""

from __future__ import annotations

from importlib import resources
from typing import Any

from viz.explorer.wording import texts
from viz.single_file import joined, single_file

__all__ = ["page"]

#: The scripts, in the order in which they build on each other; together they are one.
_SCRIPTS = (
    "dom", "graph", "playback", "paths", "folding", "layers", "rows", "layout", "cards", "scene", "camera",
    "writing", "tables", "neuron", "panel", "tip", "search", "controls", "address", "main",
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
    numbers = resources.files("viz.live").joinpath("engine", "numbers.js").read_text(encoding="utf-8")
    return single_file(
        _resource("page.html"),
        sheet=_resource("page.css"),
        script=joined([numbers, *(_resource(f"{name}.js") for name in _SCRIPTS)]),
        data={**data, "texts": words},
        words=words,
        title=title,
        lang=lang,
    )


def _resource(name: str) -> str:
    return resources.files(__package__).joinpath("page", name).read_text(encoding="utf-8")
