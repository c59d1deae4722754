"""A lesson as a page of Markdown: its text with the numbers of a run in it, its picture, its sources."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from autograd.calculus.notation import number
from nn.explanation.writing.wording import LANGUAGES, check
from nn.lessons.lesson import Both, Lesson, Outcome

__all__ = ["COLON", "index", "page", "sources", "told", "word"]

_OTHER = {"en": ("[中文](zh/{name}.md)", ""), "zh": ("[English](../{name}.md)", "../")}
COLON = {"en": ": ", "zh": "："}
_WORDS: dict[str, Both] = {
    "claim": ("What this run shows", "这次运行说明了什么"),
    "sources": ("Sources", "参考文献"),
    "run": ("Run it yourself", "亲自运行"),
    "code": ("Its code", "源代码"),
    "index": ("Lessons that run", "可以运行的小课"),
    "about": (
        """
Each lesson is a short experiment with fixed seeds. It ends in one picture and in a claim that is checked while it runs,
so it could fail. The numbers on these pages come from those runs: a test writes the pages again and compares.
""",
        """
每一课都是一个固定了随机种子的小实验，以一幅图和一个论断收尾；论断在运行时当场检验，因此它有可能不成立。
这些页面上的数字都出自运行本身：有一个测试会重新生成页面并逐字比对。
""",
    ),
}


def told(text: Both, outcome: Outcome, lang: str) -> str:
    """Return a text of the lesson in a language, the numbers of the run in its fields."""
    fields = {name: number(x, 3) if isinstance(x, float) else x for name, x in outcome.numbers.items()}
    return _in(text, lang).format(**fields)


def page(lesson: Lesson, outcome: Outcome, lang: str = "en") -> str:
    """Return the whole page as Markdown."""
    link, up = _OTHER[lang]
    module = lesson.name.replace("-", "_")
    return "\n".join(
        [
            f"# {_in(lesson.title, lang)}",
            "",
            link.format(name=lesson.name),
            "",
            told(lesson.text, outcome, lang),
            "",
            f"![{told(lesson.caption, outcome, lang)}]({lesson.name}.svg)",
            "",
            f"*{told(lesson.caption, outcome, lang)}*",
            "",
            f"**{word('claim', lang)}{COLON[lang].strip()}** {told(lesson.claim, outcome, lang)}",
            "",
            f"{word('run', lang)}{COLON[lang]}`python -m nn lesson {lesson.name}`",
            "",
            f"[{word('code', lang)}]({up}../../nn/lessons/{module}.py)",
            "",
            f"## {word('sources', lang)}",
            "",
            *(f"- {source}" for source in sources(lesson, lang)),
            "",
        ]
    )


def sources(lesson: Lesson, lang: str) -> list[str]:
    """Return where to read on, a line each: its own sources; in Chinese, textbooks in that language first."""
    own = [" ".join(source.split()) for source in lesson.sources]
    return [*_CHINESE_SOURCES, *own] if lang == "zh" else own


_CHINESE_SOURCES = (
    "邱锡鹏，《神经网络与深度学习》，机械工业出版社，2020，第 4 章。",
    "周志华，《机器学习》，清华大学出版社，2016，第 5 章。",
)


def index(lessons: Iterable[tuple[Lesson, Outcome]], lang: str = "en") -> str:
    """Return the list of all lessons as Markdown."""
    link, _ = _OTHER[lang]
    lines = [f"# {word('index', lang)}", "", link.format(name="README"), "", word("about", lang), ""]
    for place, (lesson, outcome) in enumerate(lessons, start=1):
        title = _in(lesson.title, lang)
        lines.append(f"{place}. [{title}]({lesson.name}.md){COLON[lang]}{told(lesson.claim, outcome, lang)}")
    return "\n".join([*lines, ""])


_MARKS = "　-〿＀-￯“”—…"
_CHINESE = f"⺀-鿿{_MARKS}"


def _unwrapped(paragraphs: Iterable[str], lang: str) -> Iterator[str]:
    """Put each paragraph on one line: a line break reads as a space, which Chinese does not want."""
    for paragraph in paragraphs:
        if paragraph.startswith(("    ", "|")):
            yield paragraph
        elif lang == "zh":
            # Two Chinese characters, or a Chinese punctuation mark, want nothing between them; all else wants a space.
            joined = re.sub(rf"(?<=[{_CHINESE}])\n(?=[{_CHINESE}])|(?<=[{_MARKS}])\n|\n(?=[{_MARKS}])", "", paragraph)
            yield joined.replace("\n", " ")
        else:
            yield paragraph.replace("\n", " ")


def word(key: str, lang: str) -> str:
    """Return one of the words around a lesson."""
    return _in(_WORDS[key], lang)


def _in(text: Both, lang: str) -> str:
    return "\n\n".join(_unwrapped(text[LANGUAGES.index(check(lang))].strip().split("\n\n"), lang))
