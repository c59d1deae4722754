"""One evaluation of a function on fresh Values, and the way from its outputs back to its arguments' structure."""

from __future__ import annotations

import contextlib
import contextvars
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from autograd import modes
from autograd.errors import LengthError, OperandError
from autograd.operand import Node, kind_of, number, tracing
from autograd.operations import Operand
from autograd.transforms.sweep import behind, dependents, pull_back
from autograd.transforms.tree import flatten
from autograd.value import Value

__all__ = ["Argnums", "Call"]

Argnums = int | Sequence[int]

#: Whether a transform is running: derivatives taken inside it must stay differentiable.
_inside = contextvars.ContextVar("inside", default=False)


class Call:
    """A function called for its derivatives.

    Args:
        f: the function.
        args: its arguments.
        kwargs: those that are given by name, which count as constants.
        argnums: which of `args` to differentiate with respect to.
        has_aux: `f` returns a pair, of which the second is only passed through.

    Attributes:
        inputs: a Value for each number in the arguments differentiated by.
        outputs: the numbers that came out, Values where they depend on anything.
        build: puts numbers into the outputs' structure; ``rebuild`` into the arguments'.
        aux: what was passed through.
        tracer: what traces a function around this call, if anything does; inputs and outputs are its symbols then.
    """

    def __init__(
        self, f: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], argnums: Argnums, *, has_aux: bool
    ) -> None:
        indices = _indices(argnums, len(args))
        leaves, self._rebuild = flatten(tuple(args[i] for i in indices))
        self.tracer = tracing.get()
        self._create_graph = self.tracer is not None or _inside.get() or any(isinstance(v, Value) for v in leaves)
        # A Value that comes in gets a node of its own, so that only this argument counts as the variable.
        self.inputs = list(map(self._variable, leaves))
        lifted = list(args)
        for index, argument in zip(indices, self._rebuild(self.inputs), strict=True):
            lifted[index] = argument
        with _running():
            returned = f(*lifted, **kwargs)
        self.aux = None
        if has_aux:
            if not isinstance(returned, tuple) or len(returned) != 2:
                raise OperandError(
                    f"has_aux=True: the function must return a pair, (result, aux), got {kind_of(returned)}"
                )
            returned, aux = returned
            self.aux = _released(aux, self.release)
        self.outputs, self.build = flatten(returned)
        for output in self.outputs:
            if not isinstance(output, Node):
                number(output)
        if self.tracer is None:
            self._sort()

    def _variable(self, leaf: Any) -> Any:
        if self.tracer is not None:
            return self.tracer.variable(leaf)
        return leaf.identity() if isinstance(leaf, Value) else Value(leaf)

    def _sort(self) -> None:
        self.order = dependents([out for out in self.outputs if isinstance(out, Value)], self.inputs)
        self._between = set(self.order)

    @property
    def create_graph(self) -> bool:
        """Whether derivatives must be Values: the caller may differentiate them again."""
        return self._create_graph

    def scalar(self, name: str) -> Any:
        """The one output; ``OperandError`` if there are more."""
        if len(self.outputs) != 1:
            raise OperandError(
                f"{name} needs a function that returns one number, got {len(self.outputs)}: "
                "use jacobian, or return their sum"
            )
        return self.outputs[0]

    def gradients(self, weights: Sequence[Operand]) -> list[Any]:
        """The derivatives of the outputs' sum, each times its weight, with respect to each input: one sweep."""
        seeds: dict[Any, Operand] = {}
        for output, weight in zip(self.outputs, weights, strict=True):
            if isinstance(output, Node) and (isinstance(weight, Node) or weight != 0.0):
                seeds[output] = seeds[output] + weight if output in seeds else weight
        if self.tracer is not None:
            traced: list[Any] = self.tracer.pull_back(seeds, self.inputs)
            return traced
        # For a row of a jacobian, what is behind this output alone.
        order = self.order if len(seeds) == len(self.outputs) else behind(seeds, self._between.__contains__)
        found = pull_back(seeds, order, self.inputs, create_graph=self._create_graph)
        return found if not self._create_graph else [x if isinstance(x, Value) else Value(x) for x in found]

    def rebuild(self, found: Sequence[Any]) -> tuple[Any, ...]:
        """Derivatives in the structure of the arguments."""
        rebuilt: tuple[Any, ...] = self._rebuild(found)
        return rebuilt

    def release(self, output: Any) -> Any:
        """An output for the caller: still a Value where it must stay differentiable."""
        return output if self._create_graph or not isinstance(output, Value) else output.data


def _released(aux: Any, release: Callable[[Any], Any]) -> Any:
    """What is passed through, with every Value in it released; whatever else it is stays as it is."""
    if isinstance(aux, dict):
        return {key: _released(branch, release) for key, branch in aux.items()}
    if isinstance(aux, list | tuple):
        branches = [_released(branch, release) for branch in aux]
        return type(aux)(*branches) if hasattr(aux, "_fields") else type(aux)(branches)
    if isinstance(aux, np.ndarray) and aux.dtype == object:
        leaves, rebuild = flatten(aux)
        return rebuild(list(map(release, leaves)))
    return release(aux)


@contextlib.contextmanager
def _running() -> Iterator[None]:
    """A transform at work: it records, also where the caller's own code does not."""
    token = _inside.set(True)
    try:
        with modes.recording():
            yield
    finally:
        _inside.reset(token)


def _indices(argnums: Argnums, count: int) -> tuple[int, ...]:
    indices = tuple(argnums) if isinstance(argnums, Sequence) else (argnums,)
    for index in indices:
        if not -count <= index < count:
            raise LengthError(f"argnums {index} is out of range: the call has {count} positional arguments")
    return tuple(index % count for index in indices)
