"""``explain``: where every gradient of a model comes from, for one sample or a batch.

For each neuron, δ = ∂C/∂a · σ'(z): how much it contributes to the total error, times how active it is. The bias's
gradient is δ · 1, a weight's is δ · a_in. The report has every factor as a number, equal to those of ``backward()``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from autograd import DataError, GraphError, LengthError, OperandError, Value
from autograd.transforms.fresh import fresh_gradients
from autograd.transforms.paths import total
from autograd.value import primal
from nn.estimators import model_of
from nn.explanation.collect import Reader, Use, named_neurons
from nn.explanation.report import NeuronReport, Report
from nn.explanation.writing.wording import check
from nn.layers import Neuron
from nn.module import Module, Parameter
from nn.training.task import Task

__all__ = ["batch_costs", "explain", "sample_cost"]

_Array = np.ndarray[Any, np.dtype[np.float64]]
_Loss = str | Callable[..., Any]


def explain(
    model: Module, x: Any, *, target: Any = None, targets: Any = None, loss: _Loss = "auto", lang: str = "en"
) -> Report:
    """Explain every gradient of `model`, for one sample or for a batch of rows.

    The numbers are those of ``backward()``; afterwards the model's own ``grad`` are again what they were.

    Args:
        model: with neurons somewhere in it; it is called with one sample at a time, a list of Values.
        x: one sample, (inputs,) numbers, with `target`; or rows, (rows, inputs), with `targets`.
        target: what the loss compares the output with.
        targets: one target per row, as for :func:`nn.training.fit`; the cost C is then the mean over the rows.
        loss: a name, a function ``(output, target) -> cost`` of one sample, or ``"auto"``; see
            :class:`nn.training.task.Task`. For hinge the class 0 is taken as the target -1.
        lang: the language in which the report shows itself, ``"en"`` or ``"zh"``.

    Returns:
        A report; ``report["layers.0.neurons.1"]`` is one neuron.

    Raises:
        OperandError: `model` is not a Module, or both or neither of `target` and `targets` are given.
        LengthError: wrong shapes.
        UnknownNameError: no such loss or language.
        GraphError: the model has no neurons, or none of them reaches the cost.

    >>> from nn import MLP, losses
    >>> model = MLP(2, [3, 1], activation="tanh", seed=0)
    >>> report = explain(model, [0.5, -1.0], target=1.0, loss=losses.mse)
    >>> row = report["layers.0.neurons.1"]
    >>> row.delta == row.contribution * row.activity
    True
    """
    neurons = _neurons(model)
    check(lang)
    batch = targets is not None
    if (target is None) != batch:
        raise OperandError("give either target=..., for one sample, or targets=..., one per row, for a batch")
    X, wanted = _samples(x, targets if batch else [target], batch)
    names: dict[Value, str] = {parameter: name for name, parameter in model.named_parameters()}
    frozen = _frozen(neurons)
    reader = Reader(neurons, names)
    uses: defaultdict[str, list[Use]] = defaultdict(list)
    costs, outputs, input_gradients, oddities = [], [], [], []
    task = None
    with fresh_gradients([*names, *(part for _, part in frozen if isinstance(part, Value))]):
        for row, (sample, wants) in enumerate(zip(X.tolist(), wanted, strict=True)):
            inputs, output, listed = _run(model, sample)
            task = task or Task(loss, len(listed))
            cost = _cost(task, output, wants)
            costs.append(cost.data)
            outputs.append([primal(value) for value in listed])
            share = cost * (1.0 / len(X)) if len(X) > 1 else cost
            share.backward()
            found, oddity = reader.read(row, share, inputs)
            for use in found:
                uses[use.neuron].append(use)
            oddities.append(oddity)
            input_gradients.append([value.grad for value in inputs])
        gradients = {parameter: parameter.grad for parameter in names}
    assert task is not None
    reports, unused = _reports(neurons, uses, lang, batch)
    return Report(
        cost=total(costs) / len(costs),
        costs=tuple(costs),
        loss=task.name if task.name != "custom" else getattr(task.loss, "__name__", "custom"),
        inputs=X,
        outputs=np.array(outputs, dtype=float),
        neurons=reports,
        unused=unused,
        gradients={name: gradients[parameter] for parameter, name in names.items()},
        elsewhere=_elsewhere(neurons, reports, gradients, names),
        input_gradients=np.array(input_gradients),
        oddity=next(filter(None, oddities), None),
        batch=batch,
        lang=lang,
        frozen=tuple(name for name, _ in frozen),
    )


def sample_cost(model: Module, x: Any, target: Any, loss: _Loss = "auto") -> Value:
    """Return the cost of one sample as a Value labelled ``C``, over inputs labelled ``x0``, ``x1``, ...

    Arguments and errors are those of :func:`explain`, but the model needs no neurons.

    >>> from nn import MLP, losses
    >>> model = MLP(2, [3, 1], activation="tanh", seed=0)
    >>> sample_cost(model, [0.5, -1.0], 1.0, losses.mse).label
    'C'
    """
    (cost,) = _costs(model, *_samples(x, [target], False), loss)
    return cost


def batch_costs(model: Module, X: Any, targets: Any, loss: _Loss = "auto") -> list[Value]:
    """Return the cost of every row of a batch, as :func:`sample_cost` does that of one sample.

    >>> from nn import MLP
    >>> model = MLP(2, [3, 1], activation="tanh", seed=0)
    >>> [cost.label for cost in batch_costs(model, [[0.5, -1.0], [1.0, 2.0]], [1.0, 0.0], "mse")]
    ['C', 'C']
    """
    return _costs(model, *_samples(X, targets, True), loss)


def _costs(model: Module, X: _Array, wanted: Sequence[Any], loss: _Loss) -> list[Value]:
    costs = []
    for sample, wants in zip(X.tolist(), wanted, strict=True):
        _, output, listed = _run(model, sample)
        cost = _cost(Task(loss, len(listed)), output, wants)
        cost.label = cost.label or "C"
        costs.append(cost)
    return costs


def _run(model: Module, sample: Sequence[float]) -> tuple[list[Value], Any, list[Any]]:
    """The inputs as Values, the model's output as it is, and the same as a list."""
    inputs = [Value(number, label=f"x{index}") for index, number in enumerate(sample)]
    output = model(inputs)
    return inputs, output, list(output) if isinstance(output, list | tuple) else [output]


def _cost(task: Task, output: Any, wants: Any) -> Value:
    cost = task.loss(output, -1.0 if task.name == "hinge" and wants == 0 else wants)
    if not isinstance(cost, Value):
        raise OperandError(f"the loss must return one Value per sample, got {type(cost).__name__}")
    return cost


def _neurons(model: Module) -> list[tuple[str, Neuron]]:
    if not isinstance(model, Module):
        raise OperandError(f"explain takes a Module such as MLP, got {type(model).__name__}{model_of(model)}")
    neurons = list(named_neurons(model))
    if not neurons:
        raise GraphError(
            f"{type(model).__name__} has no neurons to explain: it must hold an MLP, a Layer or a Neuron in its "
            "attributes; for any other expression use trace_gradient(leaf, root)"
        )
    return neurons


def _samples(x: Any, targets: Any, batch: bool) -> tuple[_Array, list[Any]]:
    """Rows of inputs and as many targets, as plain numbers."""
    if np.ma.is_masked(x):
        raise DataError("x is a masked array with numbers masked out: fill them, x.filled(0.0), or leave such rows out")
    try:
        X = np.asarray(x, dtype=float)
    except (TypeError, ValueError) as error:
        raise DataError(f"x must be numbers, rows of equal length: {error}") from None
    if X.ndim != 1 + batch:
        given = f"x has the shape {X.shape}"
        if batch:
            raise LengthError(f"{given}, but targets=... explains rows, (rows, inputs): for one sample give target=...")
        raise LengthError(f"{given}, but target=... explains one sample, (inputs,): for rows give targets=...")
    if 0 in X.shape:
        raise LengthError(f"x is empty, it has the shape {X.shape}: give at least one row and one input")
    if not isinstance(targets, Iterable) or isinstance(targets, str):
        raise LengthError(f"targets must be a sequence, one target per row, got {targets!r}")
    wanted = [each.tolist() if hasattr(each, "tolist") else each for each in targets]
    rows = X if batch else X[np.newaxis]
    if len(wanted) != len(rows):
        raise LengthError(f"x has {len(rows)} rows but there are {len(wanted)} targets: give one target per row")
    return rows, wanted


def _reports(
    neurons: Sequence[tuple[str, Neuron]], uses: Mapping[str, list[Use]], lang: str, batch: bool
) -> tuple[dict[str, NeuronReport], tuple[str, ...]]:
    """One report a neuron, the layers in the order in which they compute, and the neurons that were never used."""
    if not uses:
        raise GraphError(
            "no neuron lies between the parameters and the cost: the model does not use its neurons for its output, or "
            "this runs inside no_grad(), where nothing is recorded"
        )
    found = {
        name: NeuronReport(name, uses[name][0].activation, tuple(uses[name]), lang, batch)
        for name, _ in neurons
        if name in uses
    }
    place = {layer: index for index, layer in enumerate(dict.fromkeys(found[name].layer for name in uses))}
    ordered = dict(sorted(found.items(), key=lambda item: place[item[1].layer]))
    return ordered, tuple(name for name, _ in neurons if name not in uses)


def _frozen(neurons: Sequence[tuple[str, Neuron]]) -> list[tuple[str, Any]]:
    """The weights and biases that training leaves as they are: frozen Parameters, numbers, other Values."""
    parts = ((f"{name}.w.{place}", weight) for name, neuron in neurons for place, weight in enumerate(neuron.w))
    biases = ((f"{name}.b", neuron.b) for name, neuron in neurons if neuron.b is not None)
    return [(name, p) for name, p in (*parts, *biases) if not (isinstance(p, Parameter) and p.requires_grad)]


def _elsewhere(
    neurons: Sequence[tuple[str, Neuron]],
    reports: Mapping[str, NeuronReport],
    gradients: Mapping[Value, float],
    names: Mapping[Value, str],
) -> dict[str, float]:
    """What reached a neuron's parameters by other ways than through that neuron, beyond rounding."""
    through: defaultdict[Value, float] = defaultdict(float)
    for name, neuron in neurons:
        if name in reports:
            report = reports[name]
            for weight, gradient in zip(neuron.w, report.weight_gradients, strict=True):
                if isinstance(weight, Value) and weight in names:
                    through[weight] += float(gradient)
            if isinstance(neuron.b, Value) and neuron.b in names and report.bias_gradient is not None:
                through[neuron.b] += report.bias_gradient
    rest = {names[leaf]: gradients[leaf] - gradient for leaf, gradient in through.items()}
    size = max(map(abs, gradients.values()), default=0.0)
    return {name: x for name, x in rest.items() if abs(x) > 1e-9 * size}
