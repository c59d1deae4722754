"""The pictures of an experiment: what was learnt, how the loss fell, and the graph of one neuron."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.system.files import write_whole
from nn import Classifier
from nn.training.experiment import Experiment
from viz.drawing import draw
from viz.plots import plot_decision_boundary, plot_fit, plot_loss
from viz.report.neuron import ExplainedNeuron
from viz.report.wording import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_Array = np.ndarray[Any, np.dtype[Any]]

__all__ = ["learnt_picture", "write_pictures"]


def learnt_picture(experiment: Experiment) -> str:
    """Return the name of the picture that shows what was learnt."""
    return "boundary.png" if experiment.classifies else "fit.png"


def write_pictures(experiment: Experiment, neuron: ExplainedNeuron, place: Path, lang: str) -> None:
    """Write ``boundary.png`` or ``fit.png``, ``loss.png`` and ``neuron.svg`` into the folder `place`."""
    learnt = _boundary(experiment, lang) if experiment.classifies else _fit(experiment, lang)
    losses = plot_loss(experiment.estimator.history_, lang=lang)
    for name, axes in ((learnt_picture(experiment), learnt), ("loss.png", losses)):
        picture = io.BytesIO()
        figure = axes.get_figure(root=True)
        assert figure is not None
        figure.savefig(picture, dpi=160)
        write_whole(place / name, picture.getvalue())
    title = say("after", lang, neuron=neuron.name)
    write_whole(place / "neuron.svg", draw(neuron.activation, format="svg", title=title))


def _boundary(experiment: Experiment, lang: str) -> Axes:
    classifier = experiment.classifier
    X, y, names = experiment.X_train, experiment.y_train, experiment.feature_names
    held_out = experiment.X_test, experiment.y_test
    if X.shape[1] == 1:  # a plane needs a second axis, on which nothing depends
        X, names = _beside_nothing(X), (*names, "")
        held_out = _beside_nothing(experiment.X_test), experiment.y_test
        one = _OneFeature(classifier)
        return plot_decision_boundary(one, X, y, held_out=held_out, feature_names=names, lang=lang)
    return plot_decision_boundary(
        classifier, X, y, held_out=held_out, features=_telling_features(X, y), feature_names=names, lang=lang
    )


def _fit(experiment: Experiment, lang: str) -> Axes:
    held_out = experiment.X_test, experiment.y_test
    return plot_fit(
        experiment.estimator, experiment.X_train, experiment.y_train, held_out=held_out,
        feature_name=experiment.feature_names[0], target_name=experiment.target_name, lang=lang,
    )  # fmt: skip


def _beside_nothing(X: _Array) -> _Array:
    return np.column_stack([X, np.zeros(len(X))])


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
