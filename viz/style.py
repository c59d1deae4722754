"""How pictures look and how they write: one visual language, text that cannot break a picture.

Three things are told, each in a way of its own, in plots, pictures, pages and lessons alike:

- the **sign** of a number by orange (above 0) and blue (below 0), and by nothing else: no class is orange or blue;
- the **class** of a point by the hues of :data:`CLASSES`, and by the shape of its mark;
- the **kind** of a node by its form, drawn in ink and grey: a leaf is round, a parameter a folder, a constant dashed,
  the output doubly outlined.

The two signs are hues of Okabe and Ito (2008, "Color Universal Design"), which people with any common kind of colour
blindness tell apart; nothing is told by colour alone.
"""

from __future__ import annotations

import html
import math
import re

__all__ = [
    "CLASSES", "CURVES", "FONT", "GREY", "INK", "KINDS", "NEGATIVE", "ODD", "POSITIVE", "RULE", "attribute", "clean",
    "css_colours", "markup", "mix", "shorten", "signed_colour", "strength",
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
#: Of classes, in this order: neighbours differ in lightness too.
CLASSES = (
    "#7b3fa0", "#1a9e77", "#d6337c", "#8a7a00", "#7d1d3f", "#86b817", "#b07cc6", "#6b4a32", "#6fc3a0", "#7f8793",
)  # fmt: skip
#: Of curves: what was learnt from, what was held out, and others.
CURVES = (INK, "#8a94a1", *CLASSES[2:])
#: Outlines of the kinds of nodes: the form tells them apart, ink only stresses it.
KINDS = {"leaf": GREY, "parameter": INK, "constant": RULE, "interior": "#8a94a1", "output": INK}

#: Gradients this many powers of ten below the largest look alike.
_DECADES = 3.0

#: The same colours on a dark page: lighter, and as far apart.
_DARK = {
    INK: "#e8ecf1", GREY: "#9aa6b4", RULE: "#4a5563", POSITIVE: "#ef9a3d", NEGATIVE: "#58a9de",
    CLASSES[0]: "#b98ade", CLASSES[1]: "#3ecf9f", CLASSES[2]: "#f472a8", CLASSES[3]: "#cdbb3a", CLASSES[4]: "#d2688f",
    CLASSES[5]: "#a9d84a", CLASSES[6]: "#d9b3ea", CLASSES[7]: "#b58d70", CLASSES[8]: "#a4e6cb", CLASSES[9]: "#aab2bd",
}  # fmt: skip

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


def css_colours() -> str:
    """Return the colours of a page as CSS custom properties, each for light and dark, for its ``:root``.

    >>> css_colours().splitlines()[3]
    '--positive: light-dark(#e07b12, #ef9a3d);'
    """
    names = {"ink": INK, "grey": GREY, "rule": RULE, "positive": POSITIVE, "negative": NEGATIVE}
    names |= {f"class-{index}": colour for index, colour in enumerate(CLASSES)}
    names |= {kind: KINDS[kind] for kind in ("leaf", "parameter")}
    lines = [f"--{name}: light-dark({colour}, {_DARK[colour]});" for name, colour in names.items()]
    return "\n".join([*lines, f"--odd: light-dark(#b8a800, {ODD});"])
