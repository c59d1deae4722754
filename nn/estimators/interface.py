"""What scikit-learn asks of an estimator: parameters, tags, metadata routing, a picture in notebooks, its exceptions.

scikit-learn itself is imported only where it is the one who asks.
"""

from __future__ import annotations

import functools
import html
import inspect
import sys
from typing import Any, Self

from autograd import DataError, OperandError

__all__ = ["Interface", "NotFittedError", "from_sklearn", "model_of"]

#: Methods to which scikit-learn's routing can hand more than rows and targets.
_ROUTED = ("fit", "partial_fit", "score")
#: As in scikit-learn: a request that is not changed.
_UNCHANGED = "$UNCHANGED$"


class NotFittedError(DataError, AttributeError):
    """An estimator that has not been fitted was asked for what fitting gives."""


class Interface:
    """What of scikit-learn's interface does not depend on what is learnt; the constructor only stores its arguments."""

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the constructor's arguments, as scikit-learn's model selection asks for them."""
        return {name: getattr(self, name) for name in inspect.signature(type(self)).parameters}

    def set_params(self, **params: Any) -> Self:
        """Set constructor arguments by name."""
        known = inspect.signature(type(self)).parameters
        for name, value in params.items():
            if name not in known:
                own = type(self).__name__
                raise OperandError(f"Invalid parameter {name!r} for {own}; valid ones: {', '.join(known)}")
            setattr(self, name, value)
        return self

    def __repr__(self) -> str:
        defaults = {name: p.default for name, p in inspect.signature(type(self)).parameters.items()}
        given = self.get_params().items()
        changed = [f"{name}={value!r}" for name, value in given if repr(value) != repr(defaults[name])]
        return f"{type(self).__name__}({', '.join(changed)})"

    def _repr_html_(self) -> str:
        """Return what a notebook shows: scikit-learn's diagram where it is installed, else the same as text."""
        try:
            from sklearn.utils import estimator_html_repr
        except ImportError:
            return f"<pre>{html.escape(repr(self))}</pre>"
        return str(estimator_html_repr(self))

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "n_features_in_")

    def _check_fitted(self) -> None:
        if not self.__sklearn_is_fitted__():
            theirs: Any = from_sklearn("NotFittedError", NotFittedError)
            raise _not_fitted(theirs)(f"this {type(self).__name__} is not fitted yet: call fit(X, y) first")

    # Metadata routing: which of a method's further arguments scikit-learn's pipelines and searches hand on.

    def get_metadata_routing(self) -> Any:
        """Return scikit-learn's record of the metadata that each method asks for."""
        from sklearn.utils.metadata_routing import MetadataRequest, get_routing_for_object

        if hasattr(self, "_metadata_request"):
            return get_routing_for_object(self._metadata_request)
        requests = MetadataRequest(owner=self)
        for method in _ROUTED:
            for name in list(inspect.signature(getattr(self, method)).parameters)[2:]:
                getattr(requests, method).add_request(param=name, alias=None)
        return requests

    def _request(self, method: str, asked: dict[str, Any]) -> Self:
        from sklearn import get_config

        if not get_config().get("enable_metadata_routing"):
            raise RuntimeError("metadata routing is off: sklearn.set_config(enable_metadata_routing=True) first")
        requests = self.get_metadata_routing()
        for name, alias in asked.items():
            if alias != _UNCHANGED:
                getattr(requests, method).add_request(param=name, alias=alias)
        self._metadata_request = requests
        return self

    def set_fit_request(
        self, *, sample_weight: bool | str | None = _UNCHANGED, validation: bool | str | None = _UNCHANGED
    ) -> Self:
        """Say whether, and under which name, ``fit`` is handed sample_weight and validation."""
        return self._request("fit", {"sample_weight": sample_weight, "validation": validation})

    def set_score_request(self, *, sample_weight: bool | str | None = _UNCHANGED) -> Self:
        """Say whether, and under which name, ``score`` is handed sample_weight."""
        return self._request("score", {"sample_weight": sample_weight})


def model_of(given: object) -> str:
    """Return the mend, for an error's end, where an estimator was given instead of its model; else nothing.

    >>> model_of(3)
    ''
    """
    name = type(given).__name__.lower()
    return f": pass {name}.model_, and {name}.scaled(X) for X" if isinstance(given, Interface) else ""


@functools.cache
def _not_fitted(theirs: Any) -> type[NotFittedError]:
    """Our exception, which is scikit-learn's, too, where scikit-learn is loaded: its tools look for it."""
    return NotFittedError if theirs is NotFittedError else type("NotFittedError", (NotFittedError, theirs), {})


def from_sklearn(name: str, otherwise: type[Any]) -> type[Any]:
    """Return scikit-learn's own exception where scikit-learn is loaded, else `otherwise`."""
    found: type[Any] = getattr(sys.modules.get("sklearn.exceptions"), name, otherwise)
    return found
