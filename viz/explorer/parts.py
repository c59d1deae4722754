"""What a page folds to begin with: neurons in their layers, and long graphs in parts of parts, by their levels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count

from autograd import Value
from viz.picture.view import View

__all__ = ["Parts", "parts_of"]

#: A box holds its values themselves up to so many, else so many parts.
_VALUES, _PARTS = 60, 8
#: So many inputs beside each other are folded together.
_INPUTS = 6
#: A graph that is small enough to be drawn whole has no parts.
_SMALL = 400

#: The path of each group to what it lies in and what kind of group it is.
Groups = dict[str, tuple[str, str]]


class Parts:
    """The groups of a graph.

    Attributes:
        groups: by path, each after the one it lies in: that one's path and the kind, inputs, neuron, layer or part.
        home: the path of the group that each value is in itself, ``""`` for none.
        is_large: whether it is too long to be drawn, and so has parts.
    """

    def __init__(self, groups: Groups, home: Mapping[Value, str], is_large: bool) -> None:
        self.groups, self.home, self.is_large = groups, home, is_large


def parts_of(view: View, values: Sequence[Value], operands: Sequence[tuple[int | None, ...]]) -> Parts:
    """Return the neurons and layers that `values` belong to, and parts of whatever is too long to be drawn.

    Args:
        view: says which value belongs to which neuron.
        values: after their operands.
        operands: the places of these among `values`.

    >>> from viz.picture.view import view_of
    >>> value = Value(0.5)
    >>> for _ in range(1000):
    ...     value = value.tanh()
    >>> view = view_of(value)
    >>> found = parts_of(view, view.order, [(), *((place,) for place in range(1000))])
    >>> len(found.groups), len({part for part, (outer, _) in found.groups.items() if outer == ""})
    (72, 8)
    """
    groups: Groups = {}
    home: dict[Value, str] = {}
    members: dict[str, list[Value]] = {"": []}
    sizes: dict[str, set[str]] = {}
    for value in values:
        path = view.groups(value)
        if path:
            sizes.setdefault(path[0], set()).add(path[-1])
    inputs = {value for value in values if not value.op and value not in view.parameters} - view.members.owners.keys()
    has_inputs = bool(view.functions) and len(inputs) > _INPUTS
    if has_inputs:
        groups["inputs"] = ("", "inputs")
    for value in values:
        path = view.groups(value)
        path = path if path and len(sizes[path[0]]) > 1 else path[-1:]  # a neuron alone in its layer needs no other box
        if has_inputs and value in inputs:
            path = ("inputs",)
        elif path and path[-1] not in groups:
            if len(path) > 1:
                groups.setdefault(path[0], ("", "layer"))
            groups[path[-1]] = (path[0] if len(path) > 1 else "", "neuron")
        home[value] = path[-1] if path else ""
        members.setdefault(home[value], []).append(value)
    is_large = len(values) > _SMALL
    if is_large:
        level = _levels(values, operands)
        numbers = count()
        for outer, inside in list(members.items()):
            _split(outer, sorted(inside, key=level.__getitem__), groups, home, numbers)
    places = {name: place for place, name in enumerate(view.functions)}
    ordered = sorted(groups, key=lambda path: (groups[path][1] != "layer", places.get(path, -1)))
    return Parts({path: groups[path] for path in ordered}, home, is_large)


def _split(path: str, inside: Sequence[Value], groups: Groups, home: dict[Value, str], numbers: count[int]) -> None:
    """Give the values of a box to parts in it, by their levels, so that no two parts need each other."""
    if len(inside) <= _VALUES:
        for value in inside:
            home[value] = path
        return
    size = -(-len(inside) // _PARTS)
    for start in range(0, len(inside), size):
        part = f"part {next(numbers)}"
        groups[part] = (path, "part")
        _split(part, inside[start : start + size], groups, home, numbers)


def _levels(values: Sequence[Value], operands: Sequence[tuple[int | None, ...]]) -> dict[Value, int]:
    """The longest way from a leaf to each value; a leaf stands just before the first that needs it."""
    level: list[int] = []
    first: dict[int, int] = {}
    for places in operands:
        before = [place for place in places if place is not None]
        level.append(1 + max(level[place] for place in before) if before else 0)
        for place in before:
            if not values[place].op:
                first[place] = min(first.get(place, level[-1]), level[-1])
    return {value: first.get(place, level[place] + 1) - 1 for place, value in enumerate(values)}
