"""Everything that can be read in several forms: as terminal text, HTML, LaTeX, plain data and JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from nn.explanation.writing import html as page
from nn.explanation.writing import latex, rich_text, text
from nn.explanation.writing.blocks import Block
from nn.explanation.writing.wording import check

__all__ = ["Written"]


class Written:
    """A mixin for reports; a subclass has a language, its content as blocks, and its figures as data.

    Every ``lang`` is ``"en"``, ``"zh"``, or None for the report's own, and anything else an ``UnknownNameError``.
    """

    lang: str

    def blocks(self, lang: str) -> list[Block]:
        """Return the content, piece by piece."""
        raise NotImplementedError

    def data(self, lang: str) -> dict[str, Any]:
        """Return the figures as plain data."""
        raise NotImplementedError

    def to_text(self, lang: str | None = None, *, width: int = 80) -> str:
        """Return text for a terminal of `width` columns, without colours."""
        return text.write(self.blocks(self._language(lang)), width)

    def to_html(self, lang: str | None = None, *, standalone: bool = False) -> str:
        """Return HTML with its own style, for light and dark: a piece of a page, or a whole page to open by itself.

        Everything in it is escaped, and nothing is loaded. On a narrow screen a table's rows become cards.
        """
        language = self._language(lang)
        written = page.document if standalone else page.write
        return written(self.blocks(language), language)

    def to_latex(self, lang: str | None = None, *, standalone: bool = False) -> str:
        """Return LaTeX: a piece for a document that loads amsmath, or a whole document of its own.

        Chinese needs the ctex package, and XeLaTeX or LuaLaTeX.
        """
        language = self._language(lang)
        return latex.write(self.blocks(language), language, standalone=standalone)

    def to_dict(self, lang: str | None = None) -> dict[str, Any]:
        """Return every figure as plain dictionaries, lists, floats and strings, at full precision."""
        return self.data(self._language(lang))

    def to_json(self, lang: str | None = None, *, indent: int | None = None) -> str:
        """Return :meth:`to_dict` as strict JSON: nan and infinities, which it cannot write, as strings."""
        return json.dumps(_strict(self.to_dict(lang)), ensure_ascii=False, allow_nan=False, indent=indent)

    def show(self, lang: str | None = None) -> None:
        """Print to the terminal, in colour where rich is installed."""
        blocks = self.blocks(self._language(lang))
        if rich_text.installed():
            rich_text.show(blocks)
        else:
            print(text.write(blocks, text.terminal_width()))

    def __str__(self) -> str:
        return self.to_text()

    def __rich_console__(self, console: Any, options: Any) -> Iterator[Any]:
        yield rich_text.renderable(self.blocks(self.lang), options.max_width)

    def _repr_html_(self) -> str:
        return self.to_html()

    def _language(self, lang: str | None) -> str:
        return check(self.lang if lang is None else lang)


def _strict(data: Any) -> Any:
    if isinstance(data, Mapping):
        return {name: _strict(value) for name, value in data.items()}
    if isinstance(data, list | tuple):
        return [_strict(value) for value in data]
    if isinstance(data, float) and not abs(data) < float("inf"):
        return str(data)
    return data
