"""What the commands about saved models say, in English and Chinese, side by side."""

from __future__ import annotations

from typing import Any

from autograd.system.language import LANGUAGES, check

__all__ = ["say"]

_TEXTS: dict[str, tuple[str, str]] = {
    "own_answer": (
        "(the target is the model's own answer, {answer}; --target names another)",
        "（目标取模型自己的回答 {answer}；可用 --target 另行指定）",
    ),
    "written": ("written to {file}", "已写入 {file}"),
    "accuracy_of": ("accuracy {accuracy} on {rows} rows", "{rows} 行上的准确率为 {accuracy}"),
    "r2_of": ("R² {r2} on {rows} rows", "{rows} 行上的 R² 为 {r2}"),
}


def say(key: str, lang: str, **fields: Any) -> str:
    """Return a text in a language, with its fields filled in.

    >>> say("written", "en", file="report.html")
    'written to report.html'
    """
    return _TEXTS[key][LANGUAGES.index(check(lang))].format(**fields)
