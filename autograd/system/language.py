"""The language that commands and pages speak: English or Chinese, by ``--lang`` or by the environment."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping

from autograd.errors import UnknownNameError

__all__ = ["LANGUAGES", "add_language", "check", "preferred"]

#: English first: what stands in pairs, in two languages, stands in this order.
LANGUAGES = ("en", "zh")


def check(lang: str) -> str:
    """Return `lang` if there is such a language; else ``UnknownNameError``."""
    if lang not in LANGUAGES:
        raise UnknownNameError("language", lang, LANGUAGES)
    return lang


def preferred(environment: Mapping[str, str]) -> str:
    """Return the language that an environment asks for, by the first that is set of LC_ALL, LC_MESSAGES and LANG.

    >>> preferred({"LANG": "zh_CN.UTF-8"}), preferred({"LANG": "de_DE.UTF-8"}), preferred({})
    ('zh', 'en', 'en')
    """
    asked = next(filter(None, map(environment.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    return asked[:2] if asked[:2] in LANGUAGES else LANGUAGES[0]


def add_language(parser: argparse.ArgumentParser) -> None:
    """Give a command line the option ``--lang``."""
    parser.add_argument(
        "--lang", choices=LANGUAGES, default=preferred(os.environ), help="of what is said, drawn and written: en or zh "
        "(default: that of LANG, here %(default)s)"
    )  # fmt: skip
