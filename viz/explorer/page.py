"""One HTML file out of the parts beside this module: nothing in it is loaded from elsewhere, and nothing else may run.

The content security policy names the one script and the one style sheet by their hashes, so that a label that got
past all escaping would still not run. The graph stands in the page as JSON, which is data to a browser, never markup.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
from importlib import resources
from string import Template
from typing import Any

from viz import style
from viz.explorer.graph_data import plain
from viz.explorer.wording import texts

__all__ = ["page"]

#: The scripts, in the order in which they build on each other; together they are one.
_SCRIPTS = (
    "dom", "numbers", "graph", "playback", "paths", "folding", "layers", "rows", "layout", "cards", "scene", "camera",
    "writing", "tables", "neuron", "panel", "tip", "search", "controls", "address", "main",
)  # fmt: skip
_HTML_LANG = {"en": "en", "zh": "zh-Hans"}


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
    sheet = Template(_resource("page.css")).substitute(colours=style.css_colours())
    script = '"use strict";{\n' + "\n".join(_resource(f"{name}.js") for name in _SCRIPTS) + "}\n"
    return Template(_resource("page.html")).substitute(
        {key: html.escape(text) for key, text in words.items()},
        html_lang=_HTML_LANG[lang],
        page_title=html.escape(title),
        style_hash=_hash(sheet),
        script_hash=_hash(script),
        sheet=sheet,
        script=script,
        json=_json({**data, "texts": words}),
    )


def _json(data: dict[str, Any]) -> str:
    """`data` as JSON in which no tag can end or begin."""
    text = json.dumps(plain(data), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c")


def _hash(content: str) -> str:
    return base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()


def _resource(name: str) -> str:
    return resources.files(__package__).joinpath("page", name).read_text(encoding="utf-8")
