"""Derivatives of functions, under JAX's names: grad, value_and_grad, jacobian, hessian, jvp, vjp, hvp.

A transform takes a scalar function of floats, lists, tuples, dictionaries or arrays, and returns a function of the same
arguments. Transforms nest: inside another one, a derivative is itself a graph of Values, and costs what its own work
costs, however much was computed before.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from autograd import modes
from autograd.errors import LengthError
from autograd.operand import Node, number
from autograd.operations import Operand
from autograd.transforms.call import Argnums, Call
from autograd.transforms.derive import partials_as_values
from autograd.transforms.sweep import gradients, times, total
from autograd.transforms.tree import flatten
from autograd.value import Value, primal

__all__ = ["grad", "gradients", "hessian", "hvp", "jacobian", "jvp", "value_and_grad", "vjp"]


def value_and_grad(
    f: Callable[..., Any], argnums: Argnums = 0, has_aux: bool = False
) -> Callable[..., tuple[Any, Any]]:
    """Return a function that gives ``(f(*args), df/darg)``.

    Args:
        f: a function that returns one number.
        argnums: which positional argument to differentiate, or several: then a tuple comes back.
        has_aux: `f` returns a pair: the number, and anything else, which is passed through: what comes back is
            ``((value, aux), gradient)``.

    Raises:
        OperandError: `f` returned something other than one number.

    >>> value_and_grad(lambda x: x * x)(3.0)
    (9.0, 6.0)
    >>> value_and_grad(lambda x: (x * x, {"half": x / 2}), has_aux=True)(3.0)
    ((9.0, {'half': 1.5}), 6.0)
    """

    @functools.wraps(f)
    def wrapped(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
        call = Call(f, args, kwargs, argnums, has_aux=has_aux)
        output = call.release(call.scalar("grad"))
        found = call.rebuild(call.gradients([1.0]))
        value = (output, call.aux) if has_aux else output
        return value, found if isinstance(argnums, Sequence) else found[0]

    return wrapped


def grad(f: Callable[..., Any], argnums: Argnums = 0, has_aux: bool = False) -> Callable[..., Any]:
    """Return the function that computes the derivative of `f` with respect to its argument `argnums`.

    With `has_aux`, `f` returns a pair, (number, anything else), and so does the derivative: ``(gradient, aux)``.

    >>> from autograd import tanh
    >>> round(grad(tanh)(0.5), 6), round(grad(grad(tanh))(0.5), 6)
    (0.786448, -0.726862)
    >>> grad(lambda p: p["w"] * p["x"])({"w": 2.0, "x": 3.0})
    {'w': 3.0, 'x': 2.0}
    """
    both = value_and_grad(f, argnums, has_aux)

    @functools.wraps(f)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        value, found = both(*args, **kwargs)
        return (found, value[1]) if has_aux else found

    return wrapped


def jacobian(f: Callable[..., Any], argnums: Argnums = 0, has_aux: bool = False) -> Callable[..., Any]:
    """Return the function that computes every derivative of every output of `f`.

    The outputs' structure comes outside, the argument's (or a tuple of several) inside; arrays in arrays make one array
    of shape ``output + argument``. With `has_aux`, `f` returns a pair, and ``(jacobian, aux)`` comes back.

    >>> jacobian(lambda x: [x[0] * x[1], x[0]])([2.0, 3.0])
    [[3.0, 2.0], [1.0, 0.0]]
    """

    @functools.wraps(f)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        call = Call(f, args, kwargs, argnums, has_aux=has_aux)
        count = len(call.outputs)
        units = ([1.0 if i == row else 0.0 for i in range(count)] for row in range(count))
        rows = [call.rebuild(call.gradients(unit)) for unit in units]
        several = isinstance(argnums, Sequence)
        nested = _nest(call.build(call.outputs), iter([row if several else row[0] for row in rows]))
        return (nested, call.aux) if has_aux else nested

    return wrapped


def hessian(f: Callable[..., Any], argnums: int = 0, has_aux: bool = False) -> Callable[..., Any]:
    """Return the function that computes the second derivatives of `f`, exactly.

    >>> hessian(lambda x: x[0] * x[0] * x[1])([2.0, 3.0])
    [[6.0, 4.0], [4.0, 0.0]]
    """
    return jacobian(grad(f, argnums, has_aux), argnums, has_aux)


def jvp(
    f: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any], has_aux: bool = False
) -> tuple[Any, ...]:
    """Return ``f(*primals)`` and its derivative along `tangents`, by one forward sweep (forward mode).

    With `has_aux`, `f` returns a pair, and what is passed through comes third.

    Raises:
        LengthError: `tangents` does not match `primals`.

    >>> jvp(lambda x, y: x * y, (2.0, 3.0), (1.0, 10.0))
    (6.0, 23.0)
    """
    call = Call(f, tuple(primals), {}, range(len(primals)), has_aux=has_aux)
    directions, _ = flatten(tuple(tangents))
    if len(directions) != len(call.inputs):
        raise LengthError(f"jvp() needs one tangent per primal: {len(call.inputs)} primals, {len(directions)} tangents")
    moving: dict[Any, Any] = {
        value: direction if isinstance(direction, Node) else number(direction)
        for value, direction in zip(call.inputs, directions, strict=True)
    }
    results = call.tracer.push_forward(moving, call.outputs) if call.tracer is not None else _moved(call, moving)
    found = call.build(list(map(call.release, call.outputs))), call.build(list(map(call.release, results)))
    return (*found, call.aux) if has_aux else found


def _moved(call: Call, moving: dict[Any, Any]) -> list[Operand]:
    """The tangents of the outputs, from those of the inputs."""
    for node in call.order:
        partials = partials_as_values(node, moving) if call.create_graph else node.partials
        edges = zip(node.parents, partials, strict=True)
        moving[node] = total(times(moving[parent], partial) for parent, partial in edges if parent in moving)
    if modes.is_watching():
        modes.check_products(call.order, lambda value: primal(moving.get(value, 0.0)))
    for output in call.outputs if modes.is_watching() else ():
        if isinstance(output, Value):
            modes.check_tangent(output, lambda value: primal(moving.get(value, 0.0)))
    return [moving.get(output, 0.0) if isinstance(output, Value) else 0.0 for output in call.outputs]


def vjp(f: Callable[..., Any], *primals: Any, has_aux: bool = False) -> tuple[Any, ...]:
    """Return ``f(*primals)`` and a function that takes cotangents of the outputs back to the arguments, in one sweep.

    With `has_aux`, `f` returns a pair, and what is passed through comes third.

    >>> value, back = vjp(lambda x, y: x * y, 2.0, 3.0)
    >>> value, back(10.0)
    (6.0, (30.0, 20.0))
    """
    call = Call(f, primals, {}, range(len(primals)), has_aux=has_aux)

    def back(cotangents: Any) -> tuple[Any, ...]:
        weights, _ = flatten(cotangents)
        if len(weights) != len(call.outputs):
            raise LengthError(f"vjp: {len(call.outputs)} outputs need as many cotangents, got {len(weights)}")
        own: list[Any] = [weight if isinstance(weight, Node) else number(weight) for weight in weights]
        return call.rebuild(call.gradients(own))

    value = call.build(list(map(call.release, call.outputs)))
    return (value, back, call.aux) if has_aux else (value, back)


def hvp(f: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any]) -> Any:
    """Return the Hessian of `f` times `tangents`, without forming the Hessian: the jvp of the gradient.

    >>> hvp(lambda x: x[0] * x[0] * x[1], ([2.0, 3.0],), ([1.0, 0.0],))
    [6.0, 4.0]
    """
    return jvp(grad(f), primals, tangents)[1]


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
