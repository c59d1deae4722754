"""Text that XML can hold, colours that say sign and size."""

from __future__ import annotations

import math
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from viz import style


@given(st.text())
def test_markup_of_clean_text_is_xml_that_reads_as_the_text(text: str) -> None:
    cleaned = style.clean(text)
    read = "".join(ElementTree.fromstring(f"<x>{style.markup(cleaned, 'B')}</x>").itertext())
    assert read == cleaned.replace("\\", "\\\\")  # Graphviz takes the second backslash away again


@given(st.text(), st.integers(1, 30))
def test_shortened_text_says_that_it_was(text: str, length: int) -> None:
    short = style.shorten(text, length)
    assert len(short) <= length
    assert short == text or (short.endswith("…") and text.startswith(short[:-1]))


def test_the_sign_is_a_hue_and_the_size_a_strength() -> None:
    large, small, negative = (style.signed_colour(x, 1.0) for x in (1.0, 0.01, -1.0))
    assert len({large, small, negative, style.signed_colour(0.0, 1.0)}) == 4
    assert style.signed_colour(math.nan, 1.0) == style.signed_colour(math.inf, 1.0) == style.ODD


@given(st.floats(1e-300, 1e300), st.floats(1e-300, 1e300))
def test_strength_grows_with_size_and_stays_between_0_and_1(x: float, largest: float) -> None:
    assert 0.0 < style.strength(x, largest) <= style.strength(2.0 * x, largest) <= 1.0
