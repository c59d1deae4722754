"""``Module``: something with parameters, and ``Parameter``, a leaf that training changes.

A module's parameters are the Parameters among its attributes, in the order in which they were assigned, also those
inside lists, dictionaries, NumPy arrays of objects and other modules; the path to each is its name, as in
``layers.0.neurons.3.w.1``. Other Values, such as an output that is kept to be looked at, are none.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from autograd import OperandError, StorageError, UnavailableNameError, Value, no_grad
from autograd.notebook import Notebook
from autograd.operand import number as lift
from autograd.value import primal

__all__ = ["Module", "Parameter"]


class Parameter(Value):
    """A leaf that training changes: a weight or a bias.

    Args:
        data, label: as for a Value.
        requires_grad: False freezes it: it stays part of the model, with a gradient as every leaf has one, but is not
            among ``model.parameters()``, so nothing trains it.

    >>> w = Parameter(0.7, label="w")
    >>> (w * 2.0).backward(); w.grad
    2.0
    """

    __slots__ = ("requires_grad",)

    def __init__(self, data: float, *, label: str = "", requires_grad: bool = True) -> None:
        super().__init__(data, label=label)
        self.requires_grad = requires_grad


class Module(Notebook):
    """A function with parameters; subclasses define ``__call__`` on one sample.

    >>> class Scale(Module):
    ...     def __init__(self):
    ...         self.factor = Parameter(2.0)
    ...     def __call__(self, x):
    ...         return self.factor * x[0]
    >>> dict(Scale().named_parameters())
    {'factor': Parameter(data=2.0, grad=0.0)}
    """

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Where what one sample gives is said anew, an inherited shortcut for rows no longer holds."""
        super().__init_subclass__(**kwargs)
        said = next(base for base in cls.__mro__ if vars(base).keys() & {"__call__", "outputs"})
        if "outputs" not in vars(said):
            cls.outputs = Module.outputs  # type: ignore[method-assign]

    def __call__(self, x: Any) -> Any:
        """Compute the output for one sample."""
        raise OperandError(f"{type(self).__name__} does not define __call__: say there what it computes for one sample")

    def named_parameters(self) -> Iterator[tuple[str, Parameter]]:
        """Yield ``(name, parameter)``, each parameter once, frozen ones too.

        Raises:
            UnavailableNameError: two of them would have the same name, as behind the keys 0 and "0" of a dictionary.
        """
        for name, found in _walk(self):
            if isinstance(found, Parameter):
                yield name, found

    def named_modules(self) -> Iterator[tuple[str, Module]]:
        """Yield ``(name, module)`` for this module, whose name is ``""``, and every one inside, each once.

        Raises:
            UnavailableNameError: as for :meth:`named_parameters`.

        >>> from nn import MLP
        >>> [name for name, _ in MLP(2, [1]).named_modules()]
        ['', 'layers.0', 'layers.0.neurons.0']
        """
        for name, found in _walk(self):
            if isinstance(found, Module):
                yield name, found

    def parameters(self) -> list[Value]:
        """Return the parameters that training changes, no frozen one, in the order of :meth:`named_parameters`."""
        return [parameter for _, parameter in self.named_parameters() if parameter.requires_grad]

    def freeze(self) -> None:
        """Take every parameter in here out of training: ``model.layers[0].freeze()``; :meth:`unfreeze` is the way back.

        >>> from nn import MLP
        >>> model = MLP(2, [3, 1], seed=0)
        >>> model.layers[0].freeze()
        >>> len(model.parameters()), len(model.state_dict())
        (4, 13)
        """
        self._require_grad(False)

    def unfreeze(self) -> None:
        """Let every parameter in here be trained again."""
        self._require_grad(True)

    def _require_grad(self, required: bool) -> None:
        for _, parameter in self.named_parameters():
            parameter.requires_grad = required

    def zero_grad(self) -> None:
        """Set every parameter's gradient to 0, of frozen ones too."""
        for parameter in (*self.parameters(), *(parameter for _, parameter in self.named_parameters())):
            parameter.grad = 0.0

    def state_dict(self) -> dict[str, float]:
        """Return every parameter's number by name."""
        return {name: parameter.data for name, parameter in self.named_parameters()}

    def load_state_dict(self, state: Mapping[str, float]) -> None:
        """Set every parameter from `state`; all of them or, on an error, none.

        Raises:
            StorageError: a name is missing or left over, or a number is not finite.
        """
        if not isinstance(state, Mapping):
            raise StorageError(f"a state is a mapping from parameters' names to numbers, got {type(state).__name__}")
        named = dict(self.named_parameters())
        missing, extra = named.keys() - state.keys(), state.keys() - named.keys()
        if missing or extra:
            problem = f"it lacks {_some(missing)}" if missing else f"it has {_some(extra)} that the model does not"
            raise StorageError(
                f"the state is of another shape: {len(state)} numbers for {len(named)} parameters; {problem}"
            )
        numbers = {name: _finite(name, state[name]) for name in named}
        for name, parameter in named.items():
            parameter.data = numbers[name]

    def outputs(self, X: Any) -> np.ndarray[Any, np.dtype[np.float64]]:
        """Return the outputs for rows of inputs, without building graphs.

        Args:
            X: (rows, inputs) numbers.

        Returns:
            (rows, outputs) floats.
        """
        with no_grad():
            rows = [self(row) for row in np.asarray(X, dtype=float).tolist()]
        listed = [row if isinstance(row, list | tuple) else [row] for row in rows]
        return np.array([list(map(primal, row)) for row in listed], dtype=float)


def _walk(module: Module) -> Iterator[tuple[str, Value | Module]]:
    """Every module and Parameter in `module` by name, each once, before what is inside it."""
    walked: set[int] = set()  # parameters may be shared, and modules may refer to each other
    names: set[str] = set()
    stack: list[tuple[str, Any]] = [("", module)]
    while stack:
        name, found = stack.pop()
        if id(found) in walked:
            continue
        walked.add(id(found))
        is_parameter = isinstance(found, Parameter)
        if is_parameter or isinstance(found, Module):
            if name in names:
                raise UnavailableNameError(
                    f"{type(module).__name__} has two parts named {name!r}: rename one (0 and '0' read alike)"
                )
            names.add(name)
            yield name, found
        children = [] if is_parameter else _children(found)
        if children:
            stack += [(f"{name}.{key}".strip("."), child) for key, child in reversed(children)]


def _children(found: Any) -> list[tuple[Any, Any]]:
    """What is directly inside, by attribute, key or index."""
    if isinstance(found, Module):
        return list(vars(found).items())
    if isinstance(found, list | tuple):
        return list(enumerate(found))
    if isinstance(found, np.ndarray) and found.dtype == object:
        return [(".".join(map(str, index)), child) for index, child in np.ndenumerate(found)]
    return list(found.items()) if isinstance(found, Mapping) else []


def _some(names: set[str]) -> str:
    shown = sorted(names)[:3]
    return ", ".join(map(repr, shown)) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _finite(name: str, number: Any) -> float:
    try:
        found = math.nan if isinstance(number, bool) else lift(number)
    except OperandError:
        found = math.nan
    if not math.isfinite(found):
        raise StorageError(f"parameter {name!r} must be a finite number, got {number!r}"[:200])
    return found
