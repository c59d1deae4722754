"""A lesson as a page for the browser: its text with the numbers of a run in it, its picture, its sources."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from importlib import resources

from nn.lessons.lesson import Lesson, Outcome
from nn.lessons.pages import COLON, sources, told, word

__all__ = ["web_index", "web_page"]

_SCRIPTS = {"en": "en", "zh": "zh-Hans"}
_OTHER = {"en": ("中文", "zh/{name}.html"), "zh": ("English", "../{name}.html")}


def web_page(lesson: Lesson, outcome: Outcome, lang: str, picture: str, *, linked: bool = False) -> str:
    """Return the whole page as HTML, which loads nothing but its picture.

    Args:
        lesson: what is told.
        outcome: the numbers of a run.
        lang: ``"en"`` or ``"zh"``.
        picture: the address of the picture, a file beside the page or a ``data:`` address.
        linked: whether the other lessons and the other language have pages beside it.
    """
    title, caption = told(lesson.title, outcome, lang), told(lesson.caption, outcome, lang)
    claim = f"{word('claim', lang)}{COLON[lang].strip()}"
    body = [
        _links(lesson.name, lang) if linked else "",
        f"<h1>{_text(title)}</h1>",
        *_blocks(told(lesson.text, outcome, lang).split("\n\n")),
        f'<figure><img src="{picture}" alt="{_text(caption)}"><figcaption>{_text(caption)}</figcaption></figure>',
        f'<p class="claim"><strong>{claim}</strong> {_text(told(lesson.claim, outcome, lang))}</p>',
        f"<p>{word('run', lang)}{COLON[lang]}<code>python -m nn lesson {lesson.name}</code></p>",
        f"<h2>{word('sources', lang)}</h2>",
        f"<ul>{''.join(f'<li>{_emphasised(source)}</li>' for source in sources(lesson, lang))}</ul>",
    ]
    return _document(title, "\n".join(filter(None, body)), lang)


def web_index(lessons: Iterable[tuple[Lesson, Outcome]], lang: str) -> str:
    """Return the list of all lessons as HTML."""
    listed = [
        f'<li><a href="{lesson.name}.html">{_text(told(lesson.title, outcome, lang))}</a>{COLON[lang]}'
        f"{_text(told(lesson.claim, outcome, lang))}</li>"
        for lesson, outcome in lessons
    ]
    other, place = _OTHER[lang]
    links = f'<nav><a href="{place.format(name="index")}">{other}</a></nav>'
    title = word("index", lang)
    return _document(
        title, f"{links}\n<h1>{title}</h1>\n<p>{_text(word('about', lang))}</p>\n<ol>{''.join(listed)}</ol>", lang
    )


def _document(title: str, body: str, lang: str) -> str:
    style = resources.files(__package__).joinpath("lesson.css").read_text(encoding="utf-8")
    policy = "default-src 'none'; img-src data: 'self' file:; style-src 'unsafe-inline'"
    return (
        f'<!doctype html>\n<html lang="{_SCRIPTS[lang]}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        f"<title>{_text(title)}</title><style>\n{style}</style></head>\n<body>\n{body}\n</body></html>\n"
    )


def _links(name: str, lang: str) -> str:
    other, place = _OTHER[lang]
    return (
        f'<nav><a href="index.html">{word("index", lang)}</a> · <a href="{place.format(name=name)}">{other}</a></nav>'
    )


def _blocks(paragraphs: Iterable[str]) -> Iterator[str]:
    """Paragraphs, formulas (indented) and tables (between bars) of the text."""
    for paragraph in paragraphs:
        if paragraph.startswith("    "):
            yield f"<pre>{_text(re.sub('^    ', '', paragraph, flags=re.MULTILINE))}</pre>"
        elif paragraph.startswith("|"):
            head, _, *rows = [[cell.strip() for cell in line.strip("| ").split("|")] for line in paragraph.split("\n")]
            yield f"<table>{_row(head, 'th')}{''.join(_row(row, 'td') for row in rows)}</table>"
        else:
            yield f"<p>{_emphasised(paragraph)}</p>"


def _row(cells: Iterable[str], tag: str) -> str:
    return f"<tr>{''.join(f'<{tag}>{_text(cell)}</{tag}>' for cell in cells)}</tr>"


def _emphasised(words: str) -> str:
    bold = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", _text(words))
    return re.sub(r"\*(.+?)\*", r"<em>\1</em>", bold)


def _text(words: str) -> str:
    return html.escape(words).replace("a_in", "a<sub>in</sub>")
