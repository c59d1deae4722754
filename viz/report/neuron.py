"""The held-out row that costs most, and the neuron of the first layer that it asks most of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd import Value
from nn import Classifier
from nn.training.experiment import Experiment
from nn.training.task import Task

_Array = np.ndarray[Any, np.dtype[Any]]

__all__ = ["ExplainedNeuron", "costs_and_targets", "explain_neuron"]


@dataclass(frozen=True)
class ExplainedNeuron:
    """One neuron in the graph of one row's cost C, after ``C.backward()``.

    Attributes:
        name: such as ``layers.0.neurons.1``.
        function: the name of its σ.
        row: among the held-out rows.
        cost, mean_cost: of that row, and of all held-out rows.
        sample: the row as the model takes it.
        target: what the loss compares with.
        activation, preactivation: a and z.
        bias: b, or None.
    """

    name: str
    function: str
    row: int
    cost: float
    mean_cost: float
    sample: list[float]
    target: Any
    activation: Value
    preactivation: Value
    bias: Value | None


def costs_and_targets(experiment: Experiment, X: _Array, y: _Array) -> tuple[list[float], list[Any]]:
    """Return the cost of each row, and what its output is compared with."""
    estimator = experiment.estimator
    task = Task(estimator.loss, len(estimator.model_.layers[-1].neurons))
    targets = task.targets(_encoded(estimator, y))
    outputs = estimator.model_.outputs(estimator.scaled(X))
    return [task.cost(outputs[place : place + 1], targets[place : place + 1]) for place in range(len(X))], list(targets)


def explain_neuron(experiment: Experiment) -> ExplainedNeuron:
    """Pick the neuron of the first layer with the largest |δ|, on the held-out row that costs most."""
    estimator = experiment.estimator
    model = estimator.model_
    task = Task(estimator.loss, len(model.layers[-1].neurons))
    costs, targets = costs_and_targets(experiment, experiment.X_test, experiment.y_test)
    row = costs.index(max(costs))
    sample = estimator.scaled(experiment.X_test)[row].tolist()
    model.zero_grad()
    inputs = [Value(x, label=name) for x, name in zip(sample, experiment.feature_names, strict=True)]
    first, *rest = model.layers
    activations = output = first(inputs)
    for layer in rest:
        output = layer(output)
    cost = task.loss(output[0] if len(output) == 1 else output, targets[row])
    cost.backward()
    # A linear neuron's activation is its preactivation; any other was computed from it.
    preactivations = [a if a.op == "dot" else a.parents[0] for a in activations]
    index = max(range(len(activations)), key=lambda i: abs(preactivations[i].grad))
    chosen = first.neurons[index]
    activations[index].label, preactivations[index].label = "a", "z"
    return ExplainedNeuron(
        f"layers.0.neurons.{index}", chosen.activation, row, cost.data, float(np.mean(costs)), sample, targets[row],
        activations[index], preactivations[index], chosen.b,
    )  # fmt: skip


def _encoded(estimator: Any, y: _Array) -> _Array:
    """Labels as the loss wants them: classes counted from 0, numbers in the scale they were learnt in."""
    if isinstance(estimator, Classifier):
        return np.asarray(estimator.classes_.searchsorted(y))
    scale = estimator.target_standardizer_
    return y if scale is None else np.asarray(scale.transform(y.reshape(-1, 1)))[:, 0]
