"""Training as it went: the decision boundary at some epochs, above the sizes of the gradients at all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import LengthError, OperandError, TraceError, Value, compile
from nn import Module
from nn.checks import rows_of_numbers, whole
from nn.explanation.collect import named_neurons
from nn.explanation.report import layer_of
from nn.training.task import Task
from viz.plots.axes import curve_colour, legible, new_figure
from viz.plots.boundary import plot_decision_boundary
from viz.plots.response import Array
from viz.plots.wording import speaker
from viz.style import GREY, INK, RULE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["Recorder", "plot_training"]

#: What is in no layer.
_OTHER = "other"


class Recorder:
    """Remembers a model's parameters and gradients after every epoch: ``fit(..., callback=recorder)``.

    The gradients are those of the mean loss over all rows; the model's own ``grad`` are left alone.

    Args:
        model: the one that is trained.
        X: (rows, inputs) numbers.
        y: (rows,) labels, as for :func:`nn.training.fit`.
        loss: as for :func:`nn.training.fit`.

    Attributes:
        epochs: the number of each epoch; the first is 0, before any step.
        parameters: one vector for each epoch, in the order of ``model.parameters()``.
        gradients: the same of the gradients.

    >>> from nn import MLP, data, fit
    >>> X, y = data.moons(20, noise=0.1, seed=0)
    >>> model = MLP(2, [4, 1], activation="tanh", seed=0)
    >>> recorder = Recorder(model, X, y)
    >>> history = fit(model, X, y, epochs=3, callback=recorder)
    >>> recorder.epochs, recorder.sizes("weights")["layers.0"].shape
    ([0, 1, 2, 3], (4,))
    """

    def __init__(self, model: Module, X: Any, y: Any, *, loss: str | Callable[..., Any] = "auto") -> None:
        if not isinstance(model, Module):
            raise OperandError(f"a Recorder takes the Module that is trained, got {type(model).__name__}")
        self.model, self.y = model, np.asarray(y)
        self.X = rows_of_numbers("X", X)
        if self.X.ndim != 2 or 0 in self.X.shape or self.y.shape[:1] != self.X.shape[:1]:
            raise LengthError(f"X has the shape {self.X.shape} and y {self.y.shape}: give rows, and one label per row")
        task = Task(loss, model.outputs(self.X[:1]).shape[1])
        self._cost: Callable[[Any, Any], Any] = lambda x, target: task.loss(model(x), target)
        self._samples, self._targets = self.X.tolist(), task.targets(self.y)
        self.epochs: list[int] = []
        self.parameters: list[Array] = []
        self.gradients: list[Array] = []
        self._program = self._compiled()
        self._remember(0)

    def __call__(self, record: Mapping[str, float]) -> None:
        """Remember the model as it is after the epoch of `record`."""
        self._remember(int(record["epoch"]))

    def sizes(self, what: str) -> dict[str, Array]:
        """Return the size (Euclidean norm) of the gradients of a layer's ``"weights"`` or ``"biases"`` by epoch."""
        biases = {neuron.b for _, neuron in named_neurons(self.model) if neuron.b is not None}
        layers: dict[Value, str] = {
            parameter: layer_of(name)
            for name, neuron in named_neurons(self.model)
            for parameter in (*neuron.w, neuron.b)
            if parameter is not None
        }
        columns: dict[str, list[int]] = {}
        for column, parameter in enumerate(self.model.parameters()):
            if (parameter in biases) == (what == "biases"):
                columns.setdefault(layers.get(parameter, _OTHER), []).append(column)
        table = np.array(self.gradients)
        return {layer: np.linalg.norm(table[:, chosen], axis=1) for layer, chosen in columns.items()}

    def _remember(self, epoch: int) -> None:
        self.epochs.append(epoch)
        self.parameters.append(np.array([parameter.data for parameter in self.model.parameters()]))
        self.gradients.append(self._program())

    def _compiled(self) -> Callable[[], Array]:
        """The gradient of the mean cost; row by row where the model cannot be traced."""
        parameters = self.model.parameters()
        try:
            program = compile(self._cost, self._samples[0], self._targets[0], params=parameters)
        except (TraceError, OperandError):
            return self._row_by_row
        rows, targets = np.array(self._samples), np.array(self._targets)
        return lambda: np.array(program.value_and_grad(rows, targets, params=self.parameters[-1])[1], dtype=float)

    def _row_by_row(self) -> Array:
        parameters = self.model.parameters()
        before = [parameter.grad for parameter in parameters]
        self.model.zero_grad()
        for x, target in zip(self._samples, self._targets, strict=True):
            self._cost(x, target).backward()
        found = np.array([parameter.grad for parameter in parameters]) / len(self._samples)
        for parameter, gradient in zip(parameters, before, strict=True):
            parameter.grad = gradient
        return found


def plot_training(
    recorder: Recorder, *, epochs: Sequence[int] | None = None, lang: str = "en", **boundary: Any
) -> Figure:
    """Draw the decision boundary at some epochs, and below it the gradients of weights and biases at all of them.

    Args:
        recorder: that has been the ``callback=`` of a training.
        epochs: at which to draw the boundary, at most six; four from the first to the last unless given.
        lang: of the words in it, ``"en"`` or ``"zh"``.
        boundary: further arguments for :func:`viz.plot_decision_boundary`.

    Returns:
        A figure, matplotlib's own: ``figure.savefig("training.png")``.

    Raises:
        ImportError: matplotlib is not installed.
        OperandError: `recorder` is none, or an epoch was not recorded.

    >>> from nn import MLP, data, fit
    >>> X, y = data.moons(20, noise=0.1, seed=0)
    >>> model = MLP(2, [4, 1], activation="tanh", seed=0)
    >>> recorder = Recorder(model, X, y)
    >>> history = fit(model, X, y, epochs=8, callback=recorder)
    >>> [axes.get_title(loc="left") for axes in plot_training(recorder, epochs=[0, 8]).axes]
    ['epoch 0', 'epoch 8', 'gradients of weights', 'gradients of biases']
    """
    if not isinstance(recorder, Recorder):
        raise OperandError(f"plot_training takes the Recorder of a training, got {type(recorder).__name__}")
    chosen = _chosen(recorder.epochs, epochs)
    figure, say = new_figure(max(3.0 * len(chosen), 7.0), 5.6), speaker(lang)
    above, below = np.asarray(figure.subfigures(2, 1, height_ratios=[1.15, 1.0]), dtype=object)
    for epoch, axes in zip(chosen, above.subplots(1, len(chosen), squeeze=False)[0], strict=True):
        plot_decision_boundary(_as_it_was(recorder, epoch), recorder.X, recorder.y, ax=axes, lang=lang, **boundary)
        _styled(axes, say("epoch {epoch}", epoch=epoch))
        if legend := axes.get_legend():
            legend.remove()
        axes.tick_params(labelsize=7)
    left, right = below.subplots(1, 2, sharey=True)
    for what, axes in (("weights", left), ("biases", right)):
        for index, (layer, sizes) in enumerate(recorder.sizes(what).items()):
            axes.plot(recorder.epochs, np.where(sizes > 0.0, sizes, np.nan), color=curve_colour(index), label=layer)
        for epoch in chosen:
            axes.axvline(epoch, color=GREY, linewidth=0.8, linestyle=":")
        axes.set_yscale("log")
        axes.set_xlabel(say("epoch"), color=INK)
        axes.grid(axis="y", color=RULE, linewidth=0.5, alpha=0.6)
        _styled(axes, say(f"gradients of {what}"))
    left.set_ylabel(say("size over all rows"), color=INK)
    left.legend(frameon=False, fontsize=8, labelcolor=INK)
    legible(figure)
    return figure


def _as_it_was(recorder: Recorder, epoch: int) -> Callable[[Array], Array]:
    """The model's outputs with the parameters of an epoch, which it has for as long as it is asked."""
    vector = recorder.parameters[recorder.epochs.index(epoch)]
    model = recorder.model

    def outputs(points: Array) -> Array:
        parameters = model.parameters()
        now = [parameter.data for parameter in parameters]
        try:
            for parameter, number in zip(parameters, vector.tolist(), strict=True):
                parameter.data = number
            return model.outputs(points)
        finally:
            for parameter, number in zip(parameters, now, strict=True):
                parameter.data = number

    return outputs


def _chosen(known: Sequence[int], epochs: Sequence[int] | None) -> list[int]:
    if epochs is None:
        places = np.unique(np.linspace(0, len(known) - 1, _PANELS).round().astype(int))
        return [known[place] for place in places.tolist()]
    chosen = list(dict.fromkeys(epochs))
    for epoch in chosen:
        whole("an epoch", epoch, 0)
        if epoch not in known:
            raise OperandError(f"epoch {epoch} was not recorded: there are {known[0]} to {known[-1]}")
    if not 1 <= len(chosen) <= _MOST:
        raise OperandError(f"epochs must be one to {_MOST} of those that were recorded, got {len(chosen)}")
    return chosen


#: Boundaries that are drawn unless told, and at most.
_PANELS, _MOST = 4, 6


def _styled(axes: Axes, title: str) -> None:
    axes.set_title(title, loc="left", fontsize=10, color=INK)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(RULE)
    axes.tick_params(colors=GREY, labelsize=8)
