"""The report of an experiment: its pictures, the model, and one page that shows them."""

from __future__ import annotations

import html
import io
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import quote

import numpy as np

from autograd import Value
from autograd.system.files import write_whole
from nn import MLP, Classifier, save
from nn.training.experiment import Experiment
from nn.training.task import Task
from viz.drawing import draw
from viz.picture.render import render
from viz.plots import plot_decision_boundary, plot_loss
from viz.plots.axes import new_axes

_Array = np.ndarray[Any, np.dtype[Any]]

__all__ = ["check_tools", "summary", "write_report"]


def summary(experiment: Experiment) -> str:
    """Return one line: what was learnt, from how many rows, and the accuracy on the held-out ones."""
    history = experiment.classifier.history_
    return (
        f"{experiment.name}: {len(experiment.X_train)} rows learnt from in {len(history)} epochs ({history.ended}); "
        f"accuracy on {len(experiment.X_test)} held-out rows {experiment.accuracy:.1%}"
    )


def check_tools() -> None:
    """Find out whether pictures can be made here, before there is a training to lose.

    Raises:
        ImportError: matplotlib is not installed.
        RenderError: nothing on this machine can lay out a graph.
    """
    new_axes()
    render("digraph { a }", format="svg")


def write_report(experiments: Sequence[Experiment], folder: Path) -> Path:
    """Write every experiment's artefacts and ``index.html`` into `folder`, and return the page's path.

    With several experiments each gets a folder of its own below. Each leaves ``boundary.png``, ``loss.png``,
    ``neuron.svg`` (the graph of one neuron after backward, local derivatives on the edges) and ``model.json``.

    Raises:
        OSError: the folder cannot be written.
        RenderError: nothing on this machine can lay out a graph.
    """
    sections = []
    for experiment in experiments:
        place = folder / experiment.name if len(experiments) > 1 else folder
        place.mkdir(parents=True, exist_ok=True)
        save(experiment.classifier, place / "model.json")
        neuron = _write_pictures(experiment, place)
        sections.append(_section(experiment, place.relative_to(folder), neuron))
    page = folder / "index.html"
    write_whole(page, Template(_resource("report.html")).substitute(sections="\n".join(sections)))
    return page


def _write_pictures(experiment: Experiment, place: Path) -> ExplainedNeuron:
    classifier = experiment.classifier
    X, y, names = experiment.X_train, experiment.y_train, experiment.feature_names
    if X.shape[1] == 1:  # a plane needs a second axis, on which nothing depends
        X, names = np.column_stack([X, np.zeros(len(X))]), (*names, "")
        boundary = plot_decision_boundary(_OneFeature(classifier), X, y, feature_names=names)
    else:
        boundary = plot_decision_boundary(classifier, X, y, features=_telling_features(X, y), feature_names=names)
    for name, axes in (("boundary.png", boundary), ("loss.png", plot_loss(classifier.history_))):
        picture = io.BytesIO()
        figure = axes.get_figure(root=True)
        assert figure is not None
        figure.savefig(picture, dpi=160)
        write_whole(place / name, picture.getvalue())
    neuron = _explain(experiment)
    title = f"{neuron.name} after C.backward()"
    write_whole(place / "neuron.svg", draw(neuron.activation, format="svg", title=title))
    return neuron


class _OneFeature:
    """A classifier of one column, asked about a plane."""

    def __init__(self, classifier: Classifier) -> None:
        self._classifier = classifier
        self.classes_ = classifier.classes_

    def predict_proba(self, X: _Array) -> _Array:
        return self._classifier.predict_proba(X[:, :1])

    def predict(self, X: _Array) -> _Array:
        return self._classifier.predict(X[:, :1])


def _telling_features(X: _Array, y: _Array) -> tuple[int, int]:
    """The two columns whose class means lie furthest apart, against the spread within the classes (Fisher's ratio)."""
    groups = [X[y == label] for label in np.unique(y)]
    between = np.var([group.mean(axis=0) for group in groups], axis=0)
    within = np.mean([group.var(axis=0) for group in groups], axis=0)
    first, second = sorted(np.argsort(-between / np.where(within > 0.0, within, 1.0), kind="stable")[:2].tolist())
    return first, second


def _shape(model: MLP) -> str:
    """A model in one line: 2 → 16 relu → 1 linear."""
    layers = (f"{len(layer.neurons)} {layer.activation}" for layer in model.layers)
    return " → ".join([str(model.layers[0].n_in), *layers])


@dataclass(frozen=True)
class ExplainedNeuron:
    """One neuron in the graph of one row's cost C, after ``C.backward()``."""

    name: str
    function: str
    cost: float
    activation: Value
    preactivation: Value
    bias: Value


def _explain(experiment: Experiment) -> ExplainedNeuron:
    """Pick the neuron of the first layer with the largest |δ|, on the held-out row that costs most."""
    classifier = experiment.classifier
    model = classifier.model_
    task = Task(classifier.loss, len(model.layers[-1].neurons))
    targets = task.targets(classifier.classes_.searchsorted(experiment.y_test))
    samples = classifier.scaled(experiment.X_test)
    outputs = model.outputs(samples)
    costs = [task.cost(outputs[i : i + 1], targets[i : i + 1]) for i in range(len(samples))]
    row = costs.index(max(costs))
    model.zero_grad()
    names = experiment.feature_names
    inputs = [Value(x, label=name) for x, name in zip(samples[row].tolist(), names, strict=True)]
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
        f"layers.0.neurons.{index}",
        chosen.activation,
        cost.data,
        activations[index],
        preactivations[index],
        chosen.b or Value(0.0),
    )


def _section(experiment: Experiment, place: Path, neuron: ExplainedNeuron) -> str:
    history, model = experiment.classifier.history_, experiment.classifier.model_
    facts = {
        "accuracy on held-out rows": f"{experiment.accuracy:.1%} of {len(experiment.X_test)}",
        "rows learnt from": f"{len(experiment.X_train)}, in {len(history)} epochs",
        "classes": ", ".join(map(str, experiment.classifier.classes_)),
        "model": f"{_shape(model)}, {len(model.parameters())} parameters",
    }
    rows = "".join(f"<tr><th>{_text(name)}</th><td>{_text(fact)}</td></tr>" for name, fact in facts.items())
    contribution, delta = neuron.activation.grad, neuron.preactivation.grad
    equation = (
        f"δ = ∂C/∂a · σ'(z) = {contribution:.4g} × {delta / contribution:.4g} = {delta:.4g}"
        if contribution and neuron.activation is not neuron.preactivation
        else f"δ = ∂C/∂z = {delta:.4g}"
    )
    here = "" if str(place) == "." else f"{quote(str(place))}/"
    return Template(_resource("section.html")).substitute(
        name=_text(experiment.name),
        facts=rows,
        here=here,
        neuron=_text(neuron.name),
        function=_text(neuron.function),
        cost=f"{neuron.cost:.4g}",
        equation=_text(equation),
        bias=f"{neuron.bias.grad:.4g}",
    )


def _text(text: object) -> str:
    return html.escape(str(text))


def _resource(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
