"""``python -m nn lesson``: list the lessons, run one, or write the pages in ``docs/lessons``."""

from __future__ import annotations

import argparse
import base64
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from autograd.system.command_line import Parser, answer
from autograd.system.files import make_folder, write_whole
from autograd.system.language import LANGUAGES, add_language
from nn.explanation.writing.text import columns, terminal_width, wrap
from nn.lessons import LESSONS, index, lesson_named, page
from nn.lessons.lesson import Lesson, Outcome
from nn.lessons.pages import told
from nn.lessons.web import web_index, web_page

__all__ = ["main"]

_PROGRAM = "python -m nn lesson"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return its exit code: 1 for a claim that does not hold, else see :func:`answer`."""
    return answer(_PROGRAM, lambda: _tell(_parser().parse_args(arguments)))


def _tell(options: argparse.Namespace) -> int:
    try:
        if options.docs:
            return _write_docs(Path(options.docs))
        if options.name is None:
            for lesson in LESSONS.values():
                print(f"{lesson.name:18} {_in(lesson.title, options.lang)}")
            return 0
        lesson = lesson_named(options.name)
        make_folder(Path(options.out))
        outcome = lesson.run()
        print(_narrated(lesson, outcome, options.lang))
        picture = _write_picture(lesson, outcome, options.lang, Path(options.out), "png")
        held = f"data:image/png;base64,{base64.b64encode(picture.read_bytes()).decode()}"
        page_file = picture.with_suffix(".html")
        write_whole(page_file, web_page(lesson, outcome, options.lang, held))
        print(f"\n{picture}\n{page_file}")
    except AssertionError as error:
        print(f"{_PROGRAM}: {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog=_PROGRAM,
        description="Short experiments that end in a picture and in a claim that is checked while they run.",
    )
    add = parser.add_argument
    add("name", nargs="?", metavar="NAME", help=f"{', '.join(LESSONS)} (default: list them)")
    add_language(parser)
    add("--out", default="out/lessons", metavar="DIR", help="folder for page and picture (default: %(default)s)")
    add("--docs", metavar="DIR", help="write every lesson's pages and pictures, in all languages, to this folder")
    return parser


def _narrated(lesson: Lesson, outcome: Outcome, lang: str) -> str:
    """The lesson for a terminal: its text, and what the run showed."""
    width = min(terminal_width(), 88)
    title = _in(lesson.title, lang)
    paragraphs = told(lesson.text, outcome, lang).replace("**", "").split("\n\n")
    claim = f"✓ {told(lesson.claim, outcome, lang)}"
    told_lines = [
        paragraph if paragraph.startswith(("    ", "|")) else "\n".join(wrap(paragraph, width))
        for paragraph in (*paragraphs, claim)
    ]
    return "\n\n".join([f"{title}\n{'=' * columns(title)}", *told_lines])


def _write_docs(folder: Path) -> int:
    runs = [(lesson, lesson.run()) for lesson in LESSONS.values()]
    for lang, place in zip(LANGUAGES, (folder, folder / "zh"), strict=True):
        make_folder(place)
        write_whole(place / "README.md", index(runs, lang))
        write_whole(place / "index.html", web_index(runs, lang))
        for lesson, outcome in runs:
            write_whole(place / f"{lesson.name}.md", page(lesson, outcome, lang))
            picture = f"{lesson.name}.svg"
            write_whole(place / f"{lesson.name}.html", web_page(lesson, outcome, lang, picture, linked=True))
            print(_write_picture(lesson, outcome, lang, place, "svg"))
    return 0


def _write_picture(lesson: Lesson, outcome: Outcome, lang: str, folder: Path, kind: str) -> Path:
    from viz.plots.lessons import plot_lesson, written  # a door: only here do nn's lessons meet viz

    figure: Any = plot_lesson(lesson.name, outcome.picture, lang=lang)
    path = folder / f"{lesson.name}.{kind}"
    write_whole(path, written(figure, kind))
    return path


def _in(text: tuple[str, str], lang: str) -> str:
    return text[LANGUAGES.index(lang)]


if __name__ == "__main__":
    sys.exit(main())
