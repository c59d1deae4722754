"""How pictures look and how they write: one palette, text that cannot break a picture.

The colours are those of Okabe and Ito (2008, "Color Universal Design"), which people with any common kind of colour
blindness tell apart; a sign or a kind is never told by colour alone.
"""

from __future__ import annotations

import html
import math
import re

__all__ = [
    "FONT", "GREY", "INK", "NEGATIVE", "ODD", "PALETTE", "POSITIVE", "RULE", "attribute", "clean", "markup", "mix",
    "shorten", "signed_colour", "strength",
]  # fmt: skip

#: Helvetica's widths are also those of Arial and Liberation Sans, so a label fits its box on every system.
FONT = "Helvetica,Arial,sans-serif"

INK = "#1d2733"
GREY = "#5f6b7a"
RULE = "#b4bcc7"
POSITIVE = "#e07b12"
NEGATIVE = "#1f78b4"
#: For nan and the infinities.
ODD = "#f0e442"
#: For classes and curves, in this order.
PALETTE = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7a5195", "#6b6b6b")

#: Gradients this many powers of ten below the largest look alike.
_DECADES = 3.0

# Control characters, lone surrogates and the two non-characters: nothing that XML may hold.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def clean(text: object) -> str:
    r"""Return `text` as one line that XML can hold: white space as spaces, what cannot be printed as U+FFFD.

    >>> clean("two\nlines"), clean("bell" + chr(7))
    ('two lines', 'bell�')
    """
    return _UNPRINTABLE.sub("\ufffd", " ".join(str(text).split()))


def shorten(text: str, length: int) -> str:
    """Return at most `length` characters of `text`, the last one ``…`` if any were left out.

    >>> shorten("activation", 6)
    'activ…'
    """
    return text if len(text) <= length else text[: length - 1] + "…"


def markup(text: str, tag: str = "") -> str:
    r"""Return `text` for an HTML-like label, all that is special in it escaped, inside `tag`; no text gives no tag.

    Even there Graphviz reads ``\N`` as the name of the node, and it forbids empty tags.

    >>> markup("a < b", "B"), markup("", "B")
    ('<B>a &lt; b</B>', '')
    """
    escaped = html.escape(text).replace("\\", "\\\\")
    return f"<{tag}>{escaped}</{tag}>" if tag and text else escaped


def attribute(text: str) -> str:
    r"""Return `text` for a tooltip, in which Graphviz reads ``\N`` and ``&amp;`` as its own, the former twice.

    >>> print(attribute(r"\N & more"))
    \\\\N &amp; more
    """
    return text.replace("\\", "\\" * 4).replace("&", "&amp;")


def mix(colour: str, share: float, base: str = "#ffffff") -> str:
    """Return `share` of `colour` over `base`, both ``#rrggbb``.

    >>> mix("#000000", 0.5)
    '#808080'
    """
    pairs = zip(bytes.fromhex(base[1:]), bytes.fromhex(colour[1:]), strict=True)
    return "#" + "".join(f"{round(below + share * (above - below)):02x}" for below, above in pairs)


def strength(x: float, largest: float) -> float:
    """Return how strongly to colour `x`, 0 to 1, logarithmically below `largest`; only 0 has no colour at all.

    >>> strength(2.0, 2.0), strength(0.002, 2.0), strength(0.0, 2.0)
    (1.0, 0.1, 0.0)
    """
    if x == 0.0 or largest == 0.0:
        return 0.0
    return min(1.0, max(0.1, 1.0 + (math.log10(abs(x)) - math.log10(largest)) / _DECADES))


def signed_colour(x: float, largest: float, *, fullest: float = 0.7, base: str = "#ffffff") -> str:
    """Return the colour of a gradient: orange above 0, blue below, paler the smaller it is beside `largest`.

    >>> signed_colour(0.0, 1.0), signed_colour(math.nan, 1.0) == ODD
    ('#ffffff', True)
    """
    if not math.isfinite(x):
        return ODD
    return mix(POSITIVE if x > 0.0 else NEGATIVE, fullest * strength(x, largest), base)
