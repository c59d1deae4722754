"""Cells of text: the number that one spells, and what to tell people whose cell spells none."""

from __future__ import annotations

import math
import re

__all__ = ["FLAGS", "comma_number", "finite", "is_missing", "problem", "proves_comma"]

#: What people and programs write for "no value". Not "none" or "-": those may well be classes.
MISSING = {"", "na", "n/a", "#n/a", "#na", "<na>", "nan", "#nan", "-nan", "null", "#null!", "nat", "?"}
#: The same in a column of numbers, where these mean nothing else.
NO_NUMBER = {"-", "--", "---", "–", "—", ".", "..", "*", "none", "nil", "n.a.", "missing", "unknown", "(null)", "\\n"}
#: Cells of a column of truth values, as programs write them.
FLAGS = {"true": 1.0, "false": 0.0}

_SHEET_ERROR = re.compile(r"#(value|div/0|ref|name|num|spill|calc)[!?]?", re.IGNORECASE)
_COMMA = re.compile(r"[+-]?(\d+,\d*|,\d+)(e[+-]?\d+)?", re.IGNORECASE)
_EITHER_WAY = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")  # 1,234: a comma between thousands, or a decimal one
_NUMBER = r"[+-]?(\d[\d,.]*|[.,]\d+)(e[+-]?\d+)?"
_SPACES = " \u00a0\u2009\u202f'’"
_GROUPED = re.compile(rf"[+-]?\d{{1,3}}([{_SPACES}]\d{{3}})+([.,]\d+)?")
_COMMAS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")
_POINTS = re.compile(r"[+-]?\d{1,3}(\.\d{3})+(,\d*)?")
_MONEY = "$€£¥₹₽₩₺₪฿"
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T].*)?|\d{1,2}:\d{2}(:\d{2})?([.,]\d+)?")


def finite(word: str, *, comma: bool = False) -> float | None:
    """Return the finite number that a cell spells, or None. Python's own ``1_000`` is not one.

    Args:
        word: the cell.
        comma: whether the file's numbers have decimal commas.

    >>> finite("−1.5"), finite("1_000"), finite("0,5", comma=True)
    (-1.5, None, 0.5)
    """
    word = word.replace("−", "-")  # the minus sign proper, as word processors set it
    if comma:
        if "." in word:
            return None
        word = word.replace(",", ".")
    try:
        number = float(word)
    except ValueError:
        return None
    return number if math.isfinite(number) and "_" not in word else None


def comma_number(word: str) -> bool:
    """Tell whether a cell may be a number with a decimal comma.

    >>> comma_number("0,5"), comma_number("1,234"), comma_number("0.5")
    (True, True, False)
    """
    return _COMMA.fullmatch(word.replace("−", "-")) is not None


def proves_comma(word: str) -> bool:
    """Tell whether a cell can be nothing but a number with a decimal comma: 1,234 may also be some thousand.

    >>> proves_comma("0,5"), proves_comma("1,234")
    (True, False)
    """
    return comma_number(word) and _EITHER_WAY.fullmatch(word.replace("−", "-")) is None


def is_missing(word: str, *, number: bool) -> bool:
    """Tell whether a cell says that there is no value; more words do where a number is expected.

    >>> is_missing("#N/A", number=False), is_missing("-", number=False), is_missing("-", number=True)
    (True, False, True)
    """
    return word.lower() in MISSING or (number and word.lower() in NO_NUMBER)


def problem(word: str) -> tuple[str, str]:
    """Return what is wrong with a cell that should be a number, and how to mend it.

    >>> problem("45%")
    ("'45%' has a percent sign", 'write 0.45, or 45 throughout the column')
    """
    if not word:
        return "the cell is empty", "fill it in or remove the row"
    if is_missing(word, number=True):
        return f"the value is missing: {word!r} is not a finite number", "fill it in or remove the row"
    if _SHEET_ERROR.fullmatch(word):
        return f"{word!r} is an error of the spreadsheet", "mend the formula there, or remove the row"
    return _misspelt(word) or (
        f"{word!r} is not a finite number",
        "correct it; a column of words can be dropped, one-hot encoded (a 0/1 column a word) or be the target",
    )


def _misspelt(word: str) -> tuple[str, str] | None:
    """The same for what people read as a number and a program does not."""
    plain = word.replace("−", "-")
    if _EITHER_WAY.fullmatch(plain):
        whole, point = plain.replace(",", ""), plain.replace(",", ".")
        what = f"{word!r} can be read two ways: a comma between thousands, or a decimal comma"
        return what, f"write {whole} or {point}, whichever it is"
    if comma_number(plain):
        what = f"{word!r} has a decimal comma, which the file's other numbers have not"
        return what, f"write {plain.replace(',', '.')}"
    if _COMMAS.fullmatch(plain):
        return f"{word!r} has commas between thousands", f"write {plain.replace(',', '')}"
    if _POINTS.fullmatch(plain):
        return f"{word!r} has points between thousands", f"write {plain.replace('.', '')}"
    if _GROUPED.fullmatch(plain):
        closed = re.sub(f"[{_SPACES}]", "", plain)
        return f"{word!r} has its thousands set apart", f"write {closed.replace(',', '.')}"
    if plain[:1] in "–—" and finite(plain[1:]) is not None:
        return f"{word!r} begins with a dash, not with a minus", f"write -{plain[1:]}"
    if plain.endswith("%") and (percent := finite(plain[:-1].strip())) is not None:
        return f"{word!r} has a percent sign", f"write {percent / 100:.12g}, or {percent:.12g} throughout the column"
    if any(sign in plain for sign in _MONEY):
        bare = re.sub(rf"[{re.escape(_MONEY)}\s]", "", plain)
        return f"{word!r} has a currency sign", f"write {bare.replace(',', '') if _COMMAS.fullmatch(bare) else bare}"
    if re.fullmatch(rf"\({_NUMBER}\)", plain):
        return f"{word!r} is in brackets, a bookkeeper's minus", f"write -{plain[1:-1]}"
    if _DATE.fullmatch(plain):
        return f"{word!r} is a date or a time", "write a number, such as days or seconds since some start"
    if word.lower() in ("true", "false", "yes", "no", "y", "n", "t", "f"):
        return f"{word!r} is not a number", "write 1 for yes and 0 for no throughout the column"
    if match := re.fullmatch(rf"[<>~≈±≤≥]\s*({_NUMBER})", plain):
        return f"{word!r} is not one number", f"write {match[1]}, or a number that stands for what is meant"
    if match := re.fullmatch(rf"({_NUMBER})\s*([^\W\d_][^\d]*|°.*)", plain, re.IGNORECASE):
        what, unit = f"{word!r} is a number and words, such as a unit", match[4].strip()
        return what, f"write {match[1]}, and {unit!r} into the column's name"
    return None
