"""The report of an experiment: its pictures, the model, pages to touch it, and one page that shows them all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from autograd import GlassgradError
from autograd.calculus.notation import number
from autograd.system.files import write_whole
from nn import Classifier, explain, save
from nn.training.experiment import Experiment
from viz.explorer import explore
from viz.live.playground import playground
from viz.picture.render import render
from viz.plots.axes import new_axes
from viz.report.neuron import ExplainedNeuron, explain_neuron
from viz.report.page import Links, page, section
from viz.report.pictures import write_pictures
from viz.report.wording import say

__all__ = ["check_tools", "free_folder", "seen", "summary", "write_report"]


def seen(page: Path, lang: str) -> str:
    """Return the line that says where the page is."""
    return say("see", lang, page=page)


def summary(experiment: Experiment, lang: str = "en") -> str:
    """Return one line: what was learnt, from how many rows, and how well it does on the held-out ones."""
    history = experiment.estimator.history_
    return say(
        "summary", lang, name=experiment.name, rows=len(experiment.X_train), epochs=len(history),
        ended=say(history.ended, lang), held=len(experiment.X_test),
        score_words=say("accuracy" if experiment.classifies else "r2", lang),
        score=f"{experiment.score:.1%}" if experiment.classifies else number(experiment.score),
    )  # fmt: skip


def check_tools() -> None:
    """Find out whether pictures can be made here, before there is a training to lose.

    Raises:
        ImportError: matplotlib is not installed.
        RenderError: nothing on this machine can lay out a graph.
    """
    new_axes()
    render("digraph { a }", format="svg")


def free_folder(folder: Path) -> Path:
    """Return `folder`, or the first of ``folder-2``, ``folder-3``, ... that is free: a run overwrites no other.

    >>> free_folder(Path("there-is-no-such-folder")).name
    'there-is-no-such-folder'
    """
    number, found = 1, folder
    while found.exists() and (not found.is_dir() or any(found.iterdir())):
        number += 1
        found = folder.with_name(f"{folder.name}-{number}")
    return found


def write_report(experiments: Sequence[Experiment], folder: Path, lang: str = "en") -> Path:
    """Write every experiment's artefacts and ``index.html`` into `folder`, and return the page's path.

    With several experiments each gets a folder of its own below. Each leaves ``model.json``; ``boundary.png`` (of a
    regression ``fit.png``), ``loss.png`` and ``neuron.svg`` (the graph of one neuron after backward, local derivatives
    on the edges); ``explore.html``, in which to step through the graph of the costliest held-out row, and
    ``gradients.html``, every gradient of it; and, where the model and its data fit one, the playground ``play.html``.
    The page holds copies of its pictures: whatever is written later, it never shows another run's.

    Raises:
        OSError: the folder cannot be written.
        RenderError: nothing on this machine can lay out a graph.
    """
    sections = []
    for experiment in experiments:
        place = folder
        if len(experiments) > 1:
            place = folder / experiment.name
            place = free_folder(place) if (place / "index.html").exists() else place  # that is another run's
        place.mkdir(parents=True, exist_ok=True)
        save(experiment.estimator, place / "model.json")
        neuron = explain_neuron(experiment)
        write_pictures(experiment, neuron, place, lang)
        links = _write_pages(experiment, neuron, place, lang)
        sections.append(section(experiment, neuron, place, folder, links, lang))
    index = folder / "index.html"
    write_whole(index, page(sections, lang))
    return index


def _write_pages(experiment: Experiment, neuron: ExplainedNeuron, place: Path, lang: str) -> Links:
    """Write the pages that a reader can touch, and return which there are."""
    estimator, model = experiment.estimator, experiment.estimator.model_
    title = f"{experiment.name}: {neuron.name}"
    told = {"target": neuron.target, "loss": estimator.loss}
    report = explain(model, neuron.sample, lang=lang, **told)
    write_whole(place / "gradients.html", report.to_html(standalone=True))
    links = Links(play=False, explore=False)
    try:
        explore(model, neuron.sample, path=place / "explore.html", title=title, lang=lang, **told)
        links = links._replace(explore=True)
    except GlassgradError:  # larger than a page can show
        (place / "explore.html").unlink(missing_ok=True)  # of an earlier run
    try:
        if isinstance(estimator, Classifier):
            data = experiment.X_train, experiment.y_train
            playground(estimator, data, path=place / "play.html", lang=lang)
            links = links._replace(play=True)
    except GlassgradError:  # more than the playground holds
        (place / "play.html").unlink(missing_ok=True)
    return links
