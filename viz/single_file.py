"""One HTML file out of its parts: nothing in it is loaded from elsewhere, and nothing else may run.

The content security policy names the one script and the one style sheet by their hashes, so that a label that got
past all escaping would still not run. Data stand in the page as JSON, which is data to a browser, never markup.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import math
import os
import re
from collections.abc import Iterable, Mapping
from string import Template
from typing import Any

from autograd.system.files import write_whole
from viz import style

__all__ = ["HTML_LANG", "Page", "joined", "plain", "single_file"]

_Path = str | os.PathLike[str]

#: What a page says of its language, by ours.
HTML_LANG = {"en": "en", "zh": "zh-Hans"}

_IMPORT = re.compile(r"""^import [^;"`]* from "\.[^"]*";\n""", re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(const|let|function|async function|class)\b)", re.MULTILINE)


class Page:
    """A page as one HTML file; in Jupyter it shows itself.

    Attributes:
        html: the whole page, one file that loads nothing.
        title: its title.
    """

    #: How high it is in a notebook, in pixels, and what its frame may do there.
    height = 640
    sandbox = "allow-scripts"

    def __init__(self, html: str, title: str) -> None:
        self.html, self.title = html, title

    def save(self, path: _Path) -> None:
        """Write the page to a file, whole or not at all.

        Raises:
            OSError: `path` cannot be written.
        """
        write_whole(path, self.html)

    def _repr_html_(self) -> str:
        """The page in a frame of its own, from which its script reaches nothing of the notebook."""
        return (
            f'<iframe title="{html.escape(self.title)}" sandbox="{self.sandbox}" width="100%" '
            f'height="{self.height}" style="border:0;border-radius:8px" srcdoc="{html.escape(self.html)}"></iframe>'
        )

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.title}, {len(self.html):,} characters; .save(path) writes the page>"


def joined(modules: Iterable[str]) -> str:
    r"""Return JavaScript modules as one script in a scope of its own; each stands after those it imports from.

    A browser loads no module from a disk. As one script they need no imports: every name is in the one scope.

    >>> print(joined(["export const a = 1;\n", 'import { a } from "./a.js";\nconst b = a;\n']))
    "use strict";{
    const a = 1;
    <BLANKLINE>
    const b = a;
    }
    <BLANKLINE>
    """
    return '"use strict";{\n' + "\n".join(_EXPORT.sub("", _IMPORT.sub("", module)) for module in modules) + "}\n"


def single_file(
    template: str, *, sheet: str, script: str, data: Mapping[str, Any], words: Mapping[str, str], title: str, lang: str
) -> str:
    """Return the whole page.

    Args:
        template: HTML with ``$names``: those of `words`, ``$page_title``, ``$html_lang``, and ``$sheet``, ``$script``,
            ``$json`` with their ``$style_hash`` and ``$script_hash``.
        sheet: CSS with ``$colours`` in it.
        script: one script, as from :func:`joined`.
        data: what the script reads, plain data.
        words: texts by name, to be escaped.
        title: of the page, any text.
        lang: ``"en"`` or ``"zh"``.
    """
    sheet = Template(sheet).substitute(colours=style.css_colours())
    return Template(template).substitute(
        {key: html.escape(text) for key, text in words.items()},
        html_lang=HTML_LANG[lang],
        page_title=html.escape(title),
        style_hash=_hash(sheet),
        script_hash=_hash(script),
        sheet=sheet,
        script=script,
        json=_json(data),
    )


def plain(data: Any) -> Any:
    """Return `data` with nan and infinities, which JSON lacks, as the strings from which JavaScript reads them.

    >>> plain([1.0, -math.inf])
    [1.0, '-Infinity']
    """
    if isinstance(data, Mapping):
        return {key: plain(each) for key, each in data.items()}
    if isinstance(data, list | tuple):
        return [plain(each) for each in data]
    if isinstance(data, float) and not math.isfinite(data):
        return "NaN" if data != data else "Infinity" if data > 0 else "-Infinity"
    return data


def _json(data: Mapping[str, Any]) -> str:
    """`data` as JSON in which no tag can end or begin."""
    try:
        text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except ValueError:  # a nan or an infinity somewhere
        text = json.dumps(plain(data), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c")


def _hash(content: str) -> str:
    return base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
