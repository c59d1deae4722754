"""Tracing: run a scalar function once on symbols, and keep what it did as a graph of rows of the table.

A symbol holds no number, so nothing about the example it was traced with can be baked in: reading ``.data``, comparing
to branch, or converting to float stops with the line that did it. The same holds for every Value that the function
reaches by itself, parameters and others: see :mod:`autograd.compiler.frontend.guard`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

from autograd.calculus.table import RULES
from autograd.compiler.frontend.derivative import pull_back, push_forward
from autograd.compiler.frontend.guard import MEND, guarded
from autograd.compiler.ir.graph import COMPARISONS, Graph
from autograd.errors import TraceError
from autograd.graph import topological_order
from autograd.modes import source_line
from autograd.numpy_methods import NumpyMethods
from autograd.operand import Node, Symbol, constant, number
from autograd.transforms.tree import flatten
from autograd.value import Value
from autograd.vectors import logical_and, logical_not, logical_or

__all__ = ["trace"]


class _Recorder(NumpyMethods, Symbol):
    """The operators of a symbol, all of which record; and what a symbol cannot do."""

    __slots__ = ()

    @property
    def data(self) -> NoReturn:
        """Not there: a symbol stands for every number its node will have."""
        raise TraceError(MEND.format("reading .data") + source_line())

    @property
    def grad(self) -> NoReturn:
        """Not there: gradients come from the compiled program."""
        raise TraceError("a traced value has no .grad: call program.value_and_grad(...)" + source_line())

    def _convert(self) -> NoReturn:
        raise TraceError(MEND.format("turning it into a plain number") + source_line())

    __float__ = __int__ = __index__ = __complex__ = _convert

    def __bool__(self) -> bool:
        raise TraceError(MEND.format("branching") + source_line())

    def __hash__(self) -> int:
        return id(self)

    def __pos__(self) -> Any:
        return self

    def __and__(self, other: Any) -> Any:
        return logical_and(self, other)

    def __or__(self, other: Any) -> Any:
        return logical_or(self, other)

    def __invert__(self) -> Any:
        return logical_not(self)

    __rand__, __ror__ = __and__, __or__

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


def _method(op: str) -> Any:
    defaults = [operand.default for operand in RULES[op].operands]

    def method(self: Symbol, *operands: Any) -> Any:
        rest = [default for default in defaults[1 + len(operands) :] if default is not None]
        return self.record(op, (self, *operands, *rest))

    return method


def _infix(op: str, *, reflected: bool = False) -> Any:
    def method(self: Symbol, other: Any) -> Any:
        lifted = other if isinstance(other, Node) else constant(other)
        if lifted is NotImplemented:
            return NotImplemented
        return self.record(op, (lifted, self) if reflected else (self, lifted))

    return method


for _rule in RULES.values():
    if not _rule.operands[0].is_sequence:
        setattr(_Recorder, _rule.name, _method(_rule.name))
for _name in ("add", "sub", "mul", "truediv", "pow"):
    setattr(_Recorder, f"__{_name}__", _infix(_name))
    setattr(_Recorder, f"__r{_name}__", _infix(_name, reflected=True))
for _name in COMPARISONS:
    setattr(_Recorder, f"__{_name}__", _infix(_name))
for _name in ("abs", "neg"):
    setattr(_Recorder, f"__{_name}__", _method(_name))


class Traced(_Recorder):
    """The symbol for one node of the graph being traced."""

    __slots__ = ("_tracer", "index")

    def __init__(self, tracer: Tracer, index: int) -> None:
        self._tracer = tracer
        self.index = index

    def record(self, op: str, operands: tuple[Any, ...]) -> Traced:
        return self._tracer.record(op, operands)

    def __getattr__(self, name: str) -> Any:
        if name in RULES:  # a primitive of the user's own
            return functools.partial(_method(name), self)
        raise AttributeError(f"a traced value has no attribute {name!r}{source_line()}")


class Tracer:
    """Makes the graph while the function runs; finds it made already if the function does the same once more."""

    def __init__(self, graph: Graph, params: Sequence[Value]) -> None:
        self.graph = graph
        self.held: list[Value] = []
        self._nodes = {id(param): graph.leaf("param", place) for place, param in enumerate(params)}
        self._alive: list[Value] = list(params)  # an id is a name only as long as its object lives
        self._variables = 0

    def record(self, op: str, operands: tuple[Any, ...]) -> Traced:
        return Traced(self, self.graph.apply(op, *map(self.node, operands)))

    def node(self, operand: Any) -> int:
        """The node of whatever may stand beside a symbol."""
        if isinstance(operand, Traced):
            if operand._tracer is not self:
                raise TraceError(
                    "a value from another trace came in: do not keep traced values between calls" + source_line()
                )
            return operand.index
        if isinstance(operand, Value):
            return self._lift(operand)
        return self.graph.const(number(operand))

    # What the transforms ask for: a derivative of a function of symbols is a symbol.

    def variable(self, operand: Any) -> Traced:
        """A symbol of its own for what is differentiated by: equal to `operand`, and yet another variable."""
        self._variables += 1
        return Traced(self, self.graph.variable(self.node(operand), self._variables))

    def pull_back(self, seeds: Mapping[Any, Any], wrt: Sequence[Any]) -> list[Any]:
        """The derivative of the sum of ``seed * root`` with respect to each of `wrt`."""
        found = pull_back(
            self.graph, [(self.node(r), self.node(s)) for r, s in seeds.items()], list(map(self.node, wrt))
        )
        return [0.0 if node is None else Traced(self, node) for node in found]

    def push_forward(self, tangents: Mapping[Any, Any], outputs: Sequence[Any]) -> list[Any]:
        """The derivative of each output along the tangents of symbols."""
        moving = {self.node(value): self.node(tangent) for value, tangent in tangents.items()}
        found = push_forward(self.graph, moving, list(map(self.node, outputs)))
        return [0.0 if node is None else Traced(self, node) for node in found]

    def _lift(self, root: Value) -> int:
        """The node of a parameter, or of a Value from outside: that is read, or computed, afresh in every run."""
        if id(root) in self._nodes:
            return self._nodes[id(root)]
        for value in topological_order(root):
            if id(value) in self._nodes:
                continue
            if value.op:
                node = self.graph.apply(value.op, *(self.node(operand) for operand in value.operands))
            else:
                node = self.graph.leaf("held", len(self.held))
                self.held.append(value)
            self._nodes[id(value)] = node
            self._alive.append(value)
        return self._nodes[id(root)]


def trace(
    f: Callable[..., Any], examples: Sequence[Any], params: Sequence[Value], uniform: Sequence[int] = ()
) -> tuple[Graph, Callable[[Sequence[Any]], Any]]:
    """Run `f` on symbols shaped like `examples`; return its graph, and how to rebuild its outputs.

    Args:
        f: a scalar function of one sample.
        examples: arguments of one sample: numbers, or lists, tuples, dictionaries or arrays of them.
        params: Values that the program reads as parameters.
        uniform: the places of arguments that are the same for all rows of a batch.

    Raises:
        TraceError: `f` looked at a number, or does something else each time it runs.
        OperandError: an example or a result is no number.
    """
    graph = Graph()
    graph.outputs, graph.held, build = _traced(graph, f, examples, params, uniform)
    nodes = len(graph)
    outputs, held, _ = _traced(graph, f, examples, params, uniform)
    numbers, again = ([repr(value.data) for value in values] for values in (graph.held, held))  # nan equals nan
    if len(graph) > nodes or outputs != graph.outputs or again != numbers:
        raise TraceError(
            "the function does something else each time it runs (it draws at random, or counts), and one of these "
            "would be baked into the program: pass what changes as an argument"
        )
    graph.forward_variables()
    return graph, build


def _traced(
    graph: Graph, f: Callable[..., Any], examples: Sequence[Any], params: Sequence[Value], uniform: Sequence[int]
) -> tuple[list[int], list[Value], Callable[[Sequence[Any]], Any]]:
    """Run `f` once, into the graph; return the nodes of its outputs, what it holds, and how to rebuild its outputs."""
    tracer = Tracer(graph, params)
    arguments, count = [], 0
    for place, example in enumerate(examples):
        leaves, rebuild = flatten(example)
        for leaf in leaves:
            number(leaf)
        nodes = [graph.leaf("input", count + i, per_row=place not in uniform) for i in range(len(leaves))]
        count += len(leaves)
        arguments.append(rebuild([Traced(tracer, node) for node in nodes]))
    with guarded(tracer):
        outputs, build = flatten(f(*arguments))
    return [tracer.node(output) for output in outputs], tracer.held, build
