"""The page that a training leaves: one section an experiment, its pictures held in the page itself."""

from __future__ import annotations

import base64
import html
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from string import Template
from typing import NamedTuple
from urllib.parse import quote

from autograd.calculus.notation import number
from nn import MLP, Finding, Regressor, diagnose_training, explain
from nn.training.experiment import Experiment
from viz.report.neuron import ExplainedNeuron, costs_and_targets
from viz.report.pictures import learnt_picture
from viz.report.wording import say
from viz.style import css_colours

__all__ = ["Links", "findings", "page", "section"]

_SCRIPTS = {"en": "en", "zh": "zh-Hans"}
_TYPES = {".png": "image/png", ".svg": "image/svg+xml"}
#: So many rows tell what is wrong with a model; more would only take longer.
_ROWS = 200
#: So many columns of a row are told.
_COLUMNS = 6


class Links(NamedTuple):
    """Which pages to touch there are beside the report."""

    explore: bool
    play: bool


def page(sections: Sequence[str], lang: str) -> str:
    """Return the whole page."""
    return Template(_resource("report.html")).substitute(
        lang=_SCRIPTS[lang], title=say("title", lang), lead=say("lead", lang), sections="\n".join(sections),
        style=Template(_resource("report.css")).substitute(colours=css_colours()),
    )  # fmt: skip


def findings(experiment: Experiment, lang: str) -> list[Finding]:
    """Return what is wrong with the training and with the model that it left, the training's first."""
    estimator = experiment.estimator
    X, y = experiment.X_train[:_ROWS], experiment.y_train[:_ROWS]
    _, targets = costs_and_targets(experiment, X, y)
    report = explain(estimator.model_, estimator.scaled(X), targets=targets, loss=estimator.loss, lang=lang)
    names = experiment.feature_names
    return [*diagnose_training(estimator.history_, experiment.X_train, names, lang=lang), *report.findings]


def section(experiment: Experiment, neuron: ExplainedNeuron, place: Path, folder: Path, links: Links, lang: str) -> str:
    """Return the part of one experiment, whose files are in `place`; the page itself is in `folder`."""
    validated = experiment.validated
    learnt = "boundary" if experiment.classifies else "fit"
    what = "boundary" if experiment.classifies else "fit_truth" if experiment.X_train.shape[1] > 1 else "fit_curve"
    here = "" if place == folder else f"{quote(str(place.relative_to(folder)))}/"
    loss = "loss_validated" if validated else "loss"
    figures = [
        _figure(place / learnt_picture(experiment), here, say(f"{learnt}_alt", lang, name=experiment.name),
                say(what, lang)),
        _figure(place / "loss.png", here, say("loss_alt", lang), say(loss, lang, validated=validated)),
    ]  # fmt: skip
    found = "".join(_finding(finding) for finding in findings(experiment, lang))
    return Template(_resource("section.html")).substitute(
        name=_text(experiment.name),
        facts=_facts(experiment, neuron, lang),
        findings=f"<h3>{_text(say('findings', lang))}</h3>{found}" if found else "",
        figures="".join(figures),
        neuron_title=_text(say("neuron_title", lang)),
        neuron_after=_text(say("neuron_after", lang)),
        neuron=_told(experiment, neuron, lang),
        equation=_text(_equation(neuron)),
        gradients=_text(_gradients(neuron, lang)),
        graph=_figure(place / "neuron.svg", here, say("graph_alt", lang, neuron=neuron.name), "", "graph"),
        links=_links(links, here, lang),
    )


def _facts(experiment: Experiment, neuron: ExplainedNeuron, lang: str) -> str:
    estimator, history, validated = experiment.estimator, experiment.estimator.history_, experiment.validated
    at = history.best_epoch - 1 if validated else -1
    rows = {"learnt": len(experiment.X_train), "validated": validated, "held": len(experiment.X_test)}
    costs = {"train": number(history["loss"][at]), "held": number(neuron.mean_cost)}
    if validated:
        costs["validated"] = number(history["validation_loss"][at])
    words = say("accuracy" if experiment.classifies else "r2", lang)
    score = f"{experiment.score:.1%}" if experiment.classifies else number(experiment.score)
    kept = {"epochs": len(history), "ended": say(history.ended, lang), "best": history.best_epoch}
    facts = {
        say("fact_score", lang, words=words): score,
        say("fact_rows", lang): say("rows_validated" if validated else "rows", lang, **rows),
        say("fact_cost", lang): say("cost_validated" if validated else "cost", lang, **costs),
        say("fact_epochs", lang): say("epochs" if validated else "epochs_last", lang, **kept),
    }
    if isinstance(estimator, Regressor):
        facts[say("fact_target", lang)] = say("target", lang, name=experiment.target_name)
    else:
        facts[say("fact_classes", lang)] = ", ".join(map(str, estimator.classes_))
    count = len(estimator.model_.parameters())
    facts[say("fact_model", lang)] = say("model", lang, shape=_shape(estimator.model_), count=f"{count:,}")
    return "".join(f"<tr><th>{_text(name)}</th><td>{_text(fact)}</td></tr>" for name, fact in facts.items())


def _shape(model: MLP) -> str:
    """A model in one line: 2 → 16 relu → 1 linear."""
    layers = (f"{len(layer.neurons)} {layer.activation}" for layer in model.layers)
    return " → ".join([str(model.layers[0].n_in), *layers])


def _told(experiment: Experiment, neuron: ExplainedNeuron, lang: str) -> str:
    """Which row costs most, and what is asked of which neuron there."""
    row = experiment.X_test[neuron.row]
    shown = list(zip(experiment.feature_names, row.tolist(), strict=True))[:_COLUMNS]
    columns = ", ".join(f"{name} = {number(x)}" for name, x in shown) + (", …" if len(row) > _COLUMNS else "")
    truth, answer = experiment.y_test[neuron.row], experiment.estimator.predict(row[None])[0]
    if experiment.classifies:
        told = say("row_class", lang, columns=columns, truth=truth, answer=answer)
    else:
        target = experiment.target_name
        numbers = {"truth": number(float(truth)), "answer": number(float(answer))}
        told = say("row_number", lang, columns=columns, target=target, **numbers)
    words = say(
        "neuron", lang, held=len(experiment.X_test), mean=number(neuron.mean_cost), cost=number(neuron.cost), row=told,
        neuron="\0", function="\1",
    )  # fmt: skip
    names = {"\0": neuron.name, "\1": neuron.function}
    return "".join(f"<code>{_text(names[part])}</code>" if part in names else _text(part) for part in _split(words))


def _split(words: str) -> list[str]:
    """The text, apart at the places of names."""
    parts = [""]
    for letter in words:
        if letter in "\0\1":
            parts += [letter, ""]
        else:
            parts[-1] += letter
    return parts


def _equation(neuron: ExplainedNeuron) -> str:
    """z, a and δ in numbers, a line each: what the picture shows, at any width of the page."""
    contribution, delta = neuron.activation.grad, neuron.preactivation.grad
    z, a = neuron.preactivation.data, neuron.activation.data
    if neuron.activation is neuron.preactivation:
        return f"z = a = w·x + b = {number(z)}\nδ = ∂C/∂z = {number(delta)}"
    formulas = f"z = w·x + b = {number(z)}\na = {neuron.function}(z) = {number(a)}\n"
    if not contribution:
        return f"{formulas}δ = ∂C/∂z = {number(delta)}"
    slope = delta / contribution
    return f"{formulas}δ = ∂C/∂a · σ'(z) = {number(contribution)} × {number(slope)} = {number(delta)}"


def _gradients(neuron: ExplainedNeuron, lang: str) -> str:
    if neuron.bias is None:
        return say("no_bias", lang)
    return say("gradients", lang, bias=number(neuron.preactivation.grad))


def _finding(finding: Finding) -> str:
    words = str(finding)
    return f'<p class="finding"><strong>{_text(finding.title)}</strong>{_text(words.removeprefix(finding.title))}</p>'


def _figure(file: Path, here: str, alt: str, caption: str, kind: str = "picture") -> str:
    """A picture, held in the page; a click opens the file itself."""
    held = f"data:{_TYPES[file.suffix]};base64,{base64.b64encode(file.read_bytes()).decode()}"
    image = f'<a href="{here}{file.name}"><img src="{held}" alt="{_text(alt)}"></a>'
    told = f"<figcaption>{_text(caption)}</figcaption>" if caption else ""
    return f'<figure class="{kind}">{image}{told}</figure>'


def _links(links: Links, here: str, lang: str) -> str:
    """Where to go on from here."""
    shown = [name for name, there in (("explore", links.explore), ("play", links.play), ("report", True)) if there]
    files = {"explore": "explore.html", "play": "play.html", "report": "gradients.html"}
    listed = [
        f'<li><a href="{here}{files[name]}">{_text(say(name, lang))}</a>{_text(say(f"{name}_why", lang))}</li>'
        for name in shown
    ]
    load, shell = f'nn.load("{here}model.json").predict(rows)', f"python -m nn predict {here}model.json FILE.csv"
    saved = f'<a href="{here}model.json">{_text(say("saved", lang))}</a>{_text(say("use", lang))}'
    codes = f"<code>{_text(load)}</code> <code>{_text(shell)}</code>"
    return f"<ul>{''.join(listed)}<li>{saved}<br>{codes}</li></ul>"


def _text(text: object) -> str:
    return html.escape(str(text))


def _resource(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
