"""Shared by the tests of pictures: both renderers, and an SVG read as XML."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.viz.browser import running_browser

SVG = "{http://www.w3.org/2000/svg}"
TITLE = "{http://www.w3.org/1999/xlink}title"


@dataclass(frozen=True)
class Element:
    """One node or edge of an SVG: its classes, the texts in it in order, its tooltip, and its shapes' tags."""

    classes: frozenset[str]
    texts: tuple[str, ...]
    tooltip: str
    shapes: tuple[str, ...]
    colours: frozenset[str]

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())


def read_svg(svg: str) -> dict[str, Element]:
    """Return the nodes and edges of an SVG by id; the whole graph under ``""``."""
    root = ElementTree.fromstring(svg)
    found = {"": _element(root)}
    for group in root.iter(f"{SVG}g"):
        classes = group.get("class", "").split()
        if {"node", "edge"} & set(classes):
            found[group.get("id", "")] = _element(group)
    return found


def _element(group: ElementTree.Element) -> Element:
    links = [link.get(TITLE, "") for link in group.iter(f"{SVG}a")]
    shapes = [
        child for child in group.iter() if child.tag.removeprefix(SVG) in ("polygon", "path", "ellipse", "polyline")
    ]
    return Element(
        frozenset(group.get("class", "").split()),
        tuple("".join(text.itertext()) for text in group.iter(f"{SVG}text")),
        links[0] if links else "",
        tuple(shape.tag.removeprefix(SVG) for shape in shapes),
        frozenset(shape.get(name, "none") for shape in shapes for name in ("stroke", "fill")),
    )


@pytest.fixture
def svg() -> Callable[[str], dict[str, Element]]:
    return read_svg


@pytest.fixture
def hide_dot(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine without Graphviz's programs."""
    folder = tmp_path / "no programs here"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))


@pytest.fixture(params=["dot", "pygraphviz"])
def renderer(request: pytest.FixtureRequest) -> str:
    """Each of the two renderers in turn, the other one hidden."""
    name: str = request.param
    if name == "dot" and shutil.which("dot") is None:
        pytest.skip("Graphviz's dot is not installed")
    if name == "pygraphviz":
        if importlib.util.find_spec("pygraphviz") is None:
            pytest.skip("pygraphviz is not installed")
        request.getfixturevalue("hide_dot")
    return name


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    with running_browser() as found:
        yield found
