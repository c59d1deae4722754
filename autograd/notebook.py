"""How Jupyter shows a Value or a model: as a picture, drawn by the package above this one."""

from __future__ import annotations

from typing import Any

__all__ = ["Notebook"]


class Notebook:
    """Shows itself in a notebook."""

    __slots__ = ()

    def _repr_mimebundle_(self: Any, **_: Any) -> dict[str, str]:
        from viz import mimebundle  # a door: only a notebook that shows the object opens it

        bundle: dict[str, str] = mimebundle(self)
        return bundle
