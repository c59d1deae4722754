"""Derivatives of functions, under JAX's names: grad, value_and_grad, jacobian, hessian, jvp, vjp, hvp.

A transform takes a scalar function of floats, lists, tuples, dictionaries or arrays, and returns a function of the same
arguments. Transforms nest: inside another one, a derivative is itself a graph of Values.
"""

from __future__ import annotations

import contextlib
import contextvars
import functools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from autograd import modes
from autograd.errors import LengthError, OperandError
from autograd.graph import interior
from autograd.operand import number
from autograd.operations import Operand
from autograd.transforms.derive import partials_as_values
from autograd.transforms.sweep import gradients, partials, times, total
from autograd.transforms.tree import flatten
from autograd.value import Value, primal

__all__ = ["grad", "gradients", "hessian", "hvp", "jacobian", "jvp", "value_and_grad", "vjp"]

Argnums = int | Sequence[int]

#: Whether a transform is running: derivatives taken inside it must stay differentiable.
_inside = contextvars.ContextVar("inside", default=False)


def value_and_grad(f: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., tuple[Any, Any]]:
    """Return a function that gives ``(f(*args), df/darg)``.

    Args:
        f: a function that returns one number.
        argnums: which positional argument to differentiate, or several: then a tuple comes back.

    Raises:
        OperandError: `f` returned something other than one number.

    >>> value_and_grad(lambda x: x * x)(3.0)
    (9.0, 6.0)
    """

    @functools.wraps(f)
    def wrapped(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
        call = _Call(f, args, kwargs, _indices(argnums, len(args)))
        (output,) = call.scalars("grad")
        found = call.rebuild(call.gradients(output))
        return call.release(output), found if isinstance(argnums, Sequence) else found[0]

    return wrapped


def grad(f: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """Return the function that computes the derivative of `f` with respect to its argument `argnums`.

    >>> from autograd import tanh
    >>> round(grad(tanh)(0.5), 6), round(grad(grad(tanh))(0.5), 6)
    (0.786448, -0.726862)
    >>> grad(lambda p: p["w"] * p["x"])({"w": 2.0, "x": 3.0})
    {'w': 3.0, 'x': 2.0}
    """
    both = value_and_grad(f, argnums)

    @functools.wraps(f)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        return both(*args, **kwargs)[1]

    return wrapped


def jacobian(f: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """Return the function that computes every derivative of every output of `f`.

    The outputs' structure comes outside, the argument's (or a tuple of several) inside; arrays in arrays make one array
    of shape ``output + argument``.

    >>> jacobian(lambda x: [x[0] * x[1], x[0]])([2.0, 3.0])
    [[3.0, 2.0], [1.0, 0.0]]
    """

    @functools.wraps(f)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        call = _Call(f, args, kwargs, _indices(argnums, len(args)))
        rows = iter([call.rebuild(call.gradients(output)) for output in call.outputs])
        several = isinstance(argnums, Sequence)
        return _nest(call.build(call.outputs), iter([row if several else row[0] for row in rows]))

    return wrapped


def hessian(f: Callable[..., Any], argnums: int = 0) -> Callable[..., Any]:
    """Return the function that computes the second derivatives of `f`, exactly.

    >>> hessian(lambda x: x[0] * x[0] * x[1])([2.0, 3.0])
    [[6.0, 4.0], [4.0, 0.0]]
    """
    return jacobian(grad(f, argnums), argnums)


def jvp(f: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
    """Return ``f(*primals)`` and its derivative along `tangents`, by one forward sweep (forward mode).

    Raises:
        LengthError: `tangents` does not match `primals`.

    >>> jvp(lambda x, y: x * y, (2.0, 3.0), (1.0, 10.0))
    (6.0, 23.0)
    """
    call = _Call(f, tuple(primals), {}, tuple(range(len(primals))))
    directions, _ = flatten(tuple(tangents))
    if len(directions) != len(call.inputs):
        raise LengthError(f"jvp() needs one tangent per primal: {len(call.inputs)} primals, {len(directions)} tangents")
    moving: dict[Value, Operand] = {
        value: direction if isinstance(direction, Value) else number(direction)
        for value, direction in zip(call.inputs, directions, strict=True)
    }
    partials_of = partials_as_values if call.create_graph else partials
    results = []
    for output in call.outputs:
        for node in interior(output) if isinstance(output, Value) else ():
            if node in moving:
                continue
            edges = zip(node.parents, partials_of(node), strict=True)
            moved = (times(moving[parent], partial) for parent, partial in edges if parent in moving)
            moving[node] = total(moved)
        if modes.is_watching() and isinstance(output, Value):
            modes.check_tangent(output, lambda value: primal(moving.get(value, 0.0)))
        results.append(moving.get(output, 0.0) if isinstance(output, Value) else 0.0)
    return call.build(list(map(call.release, call.outputs))), call.build(list(map(call.release, results)))


def vjp(f: Callable[..., Any], *primals: Any) -> tuple[Any, Callable[[Any], tuple[Any, ...]]]:
    """Return ``f(*primals)`` and a function that takes cotangents of the outputs back to the arguments.

    >>> value, back = vjp(lambda x, y: x * y, 2.0, 3.0)
    >>> value, back(10.0)
    (6.0, (30.0, 20.0))
    """
    call = _Call(f, primals, {}, tuple(range(len(primals))))

    def back(cotangents: Any) -> tuple[Any, ...]:
        weights, _ = flatten(cotangents)
        if len(weights) != len(call.outputs):
            raise LengthError(f"vjp: {len(call.outputs)} outputs need as many cotangents, got {len(weights)}")
        columns = zip(*map(call.gradients, call.outputs), strict=True)
        return call.rebuild([total(map(times, weights, column)) for column in columns])

    return call.build(list(map(call.release, call.outputs))), back


def hvp(f: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any]) -> Any:
    """Return the Hessian of `f` times `tangents`, without forming the Hessian: the jvp of the gradient.

    >>> hvp(lambda x: x[0] * x[0] * x[1], ([2.0, 3.0],), ([1.0, 0.0],))
    [6.0, 4.0]
    """
    return jvp(grad(f), primals, tangents)[1]


class _Call:
    """One evaluation of a function on fresh Values, and the way from its outputs back to its arguments' structure."""

    def __init__(
        self, f: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], indices: tuple[int, ...]
    ) -> None:
        leaves, self._rebuild = flatten(tuple(args[i] for i in indices))
        self.indices = indices
        self.create_graph = _inside.get() or any(isinstance(leaf, Value) for leaf in leaves)
        # A Value that comes in gets a node of its own, so that only this argument counts as the variable.
        self.inputs = [leaf.identity() if isinstance(leaf, Value) else Value(leaf) for leaf in leaves]
        lifted = list(args)
        for index, argument in zip(indices, self._rebuild(self.inputs), strict=True):
            lifted[index] = argument
        with _running():
            self.outputs, self.build = flatten(f(*lifted, **kwargs))
        for output in self.outputs:
            if not isinstance(output, Value):
                number(output)

    def scalars(self, name: str) -> list[Any]:
        if len(self.outputs) != 1:
            raise OperandError(
                f"{name} needs a function that returns one number, got {len(self.outputs)}: "
                "use jacobian, or return their sum"
            )
        return self.outputs

    def gradients(self, output: Any) -> list[Any]:
        if not isinstance(output, Value):  # it does not depend on the arguments
            return [0.0] * len(self.inputs)
        return gradients(output, self.inputs, create_graph=self.create_graph)

    def rebuild(self, found: list[Any]) -> tuple[Any, ...]:
        rebuilt: tuple[Any, ...] = self._rebuild(found)
        return rebuilt

    def release(self, output: Any) -> Any:
        """An output for the caller: still a Value where it must stay differentiable."""
        return output if self.create_graph or not isinstance(output, Value) else output.data


@contextlib.contextmanager
def _running() -> Iterator[None]:
    """A transform at work: it records, also where the caller's own code does not."""
    token = _inside.set(True)
    try:
        with modes.recording():
            yield
    finally:
        _inside.reset(token)


def _nest(outputs: Any, rows: Iterator[Any]) -> Any:
    """Put one row of derivatives in the place of each number of the outputs."""
    if isinstance(outputs, dict):
        return {key: _nest(output, rows) for key, output in outputs.items()}
    if isinstance(outputs, list | tuple):
        nested = [_nest(output, rows) for output in outputs]
        return type(outputs)(*nested) if hasattr(outputs, "_fields") else type(outputs)(nested)
    if isinstance(outputs, np.ndarray):
        return _stack([next(rows) for _ in range(outputs.size)], outputs.shape)
    return next(rows)


def _stack(rows: list[Any], shape: tuple[int, ...]) -> Any:
    """Make rows of one structure into that structure of arrays, with `shape` as their first axes."""
    first = rows[0]
    if isinstance(first, dict):
        return {key: _stack([row[key] for row in rows], shape) for key in first}
    if isinstance(first, list | tuple):
        return type(first)(_stack([row[i] for row in rows], shape) for i in range(len(first)))
    stacked = np.array(rows)
    return stacked.reshape(shape + stacked.shape[1:])


def _indices(argnums: Argnums, count: int) -> tuple[int, ...]:
    indices = tuple(argnums) if isinstance(argnums, Sequence) else (argnums,)
    for index in indices:
        if not -count <= index < count:
            raise LengthError(f"argnums {index} is out of range: the call has {count} positional arguments")
    return tuple(index % count for index in indices)
