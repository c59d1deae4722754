"""``playground``: one call from a model and data, or from nothing, to a page in which every number can be touched."""

from __future__ import annotations

import os
from dataclasses import asdict
from importlib import resources
from typing import Any

import numpy as np

from autograd import RULES, DataError, OperandError, UnknownNameError
from autograd.calculus.notation import unicode_formula
from autograd.system.files import writable, write_whole
from nn import MLP, Classifier, Module
from nn import data as datasets
from nn.checks import pair, rows_of_numbers, whole
from nn.data.rows import Standardizer, batches
from nn.data.table import Table
from nn.explanation.diagnose import Thresholds, slopes
from nn.layers import activations
from nn.training.experiment import read_table
from nn.training.task import Task
from viz.live.script import OPTIMIZERS, engine
from viz.live.wording import all_texts, texts
from viz.single_file import Page, joined, single_file

__all__ = ["Playground", "playground"]

_Array = np.ndarray[Any, np.dtype[Any]]
_Path = str | os.PathLike[str]

#: The page's scripts, in the order in which they build on each other.
_SCRIPTS = (
    "random", "data", "dom", "datasets", "csv", "init", "decide", "session", "link", "exports", "presets", "scrub",
    "paint", "plane", "points", "lines", "bars", "drawing", "charts", "training", "stepper", "diagnoses", "findings",
    "inspector", "why", "batch", "settings", "film", "controls", "main", "console",
)  # fmt: skip
_ROWS, _NEURONS, _LAYERS, _INPUTS, _CLASSES = 2000, 64, 12, 16, 10
#: So many steps' batches are carried; after them the page orders the rows by itself.
_STEPS = 128


class Playground(Page):
    """The page of a playground; in Jupyter it shows itself.

    Attributes:
        html: the whole page, one file that loads nothing.
        title: its title.
    """

    height = 860
    sandbox = "allow-scripts allow-downloads"


def playground(
    model: MLP | Classifier | None = None,
    data: Any = "moons",
    *,
    path: _Path | None = "playground.html",
    lang: str = "en",
    loss: str = "auto",
    optimizer: str = "adam",
    learning_rate: float = 0.03,
    batch_size: int = 16,
    test_fraction: float = 0.25,
    seed: int = 0,
    standardize: bool | None = None,
    film: dict[str, Any] | None = None,
) -> Playground:
    """Make one HTML file in which a model can be trained and every number of it touched.

    The file opens offline anywhere, loads nothing, and holds the engine: the calculus table as JavaScript. What is
    trained there goes the steps that :func:`nn.fit` would go with the same arguments: the page carries the data, the
    weights and the order of the first batches.

    Args:
        model: an MLP, or a fitted Classifier with its scale; a small new MLP that fits the data unless given.
        data: a name of :data:`nn.data.GENERATORS`, a CSV file, a Table, or ``(X, y)``: X (rows, inputs), y (rows,)
            classes.
        path: the file to write; None writes none.
        lang: the language that the page begins in, ``"en"`` or ``"zh"``.
        loss: as for :func:`nn.fit`.
        optimizer: ``"sgd"``, ``"momentum"`` (0.9) or ``"adam"``.
        learning_rate: of each step.
        batch_size: rows a step.
        test_fraction: the share of rows that are held out and only judged by; 0 holds out none.
        seed: of generated data, of the split, of new weights and of the batches.
        standardize: bring the columns to mean 0 and standard deviation 1, and show them so; unless told, that is done
            for a new model where their scale is far from 1. A Classifier has a scale of its own.
        film: the epochs of a training to look through; :func:`viz.export_film` gives them.

    Returns:
        The page; it has ``html`` and ``save(path)``, and shows itself in Jupyter.

    Raises:
        DataError: the data are no classes, or more than a page can hold.
        OperandError: `model` is of another kind, or its layers do not fit the page or the data.
        UnknownNameError: no such data set, loss, optimiser or language.
        OSError: `path` cannot be written, or the file cannot be read.

    >>> playground(data="xor", path=None).html.startswith("<!doctype html>")
    True
    """
    words = texts(lang)
    target = writable(path) if path is not None else None
    if optimizer not in OPTIMIZERS:
        raise UnknownNameError("optimiser of a playground", optimizer, OPTIMIZERS)
    whole("batch_size", batch_size)
    table, scaling = _scaled(_table(data, seed), model, standardize)
    rows, held = _split(table, test_fraction, seed)
    mlp = _model(model, table, seed)
    task = Task(loss, len(mlp.layers[-1].neurons))
    plan = {
        "data": {
            "set": data if isinstance(data, str) and data in datasets.GENERATORS else f"csv:{table.target_name}",
            "count": len(table.y), "noise": _noise(data), "heldOut": test_fraction, "seed": seed,
        },
        "points": {"X": table.X[rows].tolist(), "y": table.y[rows].tolist(), "held": held.tolist()},
        "features": list(table.feature_names),
        "classes": list(table.class_names),
        "scaling": scaling and {"mean": scaling.mean.tolist(), "scale": scaling.scale.tolist()},
        "layers": [
            {"neurons": len(layer.neurons), "activation": layer.activation, "bias": layer.neurons[0].b is not None}
            for layer in mlp.layers
        ],
        "init": "auto", "seed": seed, "loss": task.name, "optimizer": optimizer, "rate": learning_rate,
        "batch": batch_size, "decay": 0, "frozen": [], "orders": _orders(int((~held).sum()), batch_size, seed),
        "parameters": [parameter.data for parameter in mlp.parameters()],
        "step": 0, "states": [], "preset": "",
    }  # fmt: skip
    page = Playground(_html(plan, words, lang, film), words["title"])
    if target is not None:
        write_whole(target, page.html)
    return page


def _html(plan: dict[str, Any], words: dict[str, str], lang: str, film: dict[str, Any] | None) -> str:
    carried = {
        "plan": plan,
        "lang": lang,
        "texts": all_texts(),
        "activations": activations(),
        "symbols": {name: _symbols(name) for name in activations()},
        "thresholds": asdict(Thresholds()),
        "film": film,
        "usual": {name: slopes(name) for name in activations()},
    }
    return single_file(
        _resource("page.html"),
        sheet=_resource("page.css") + _resource("scrub.css"),
        script=joined([*engine(), *(_resource(f"{name}.js") for name in _SCRIPTS)]),
        data=carried,
        words={"no_script": words["no_script"]},
        title=words["title"],
        lang=lang,
    )


def _symbols(name: str) -> tuple[str, str]:
    """σ(z) and σ'(z) of an activation, written with z and a."""
    if name == "linear":
        return "z", "1"
    rule = RULES[name]
    names = {"x": "z", "y": "a"} | {o.name: o.default for o in rule.operands[1:] if o.default is not None}
    return unicode_formula(rule.forward, names), unicode_formula(rule.partials[0], names)


def _table(data: Any, seed: int) -> Table:
    if isinstance(data, Table):
        table = data
    elif isinstance(data, str | os.PathLike):
        name = os.fspath(data)
        table = read_table(name, seed=seed, noise=0.0 if name == "xor" else None)
        if name in datasets.GENERATORS:
            names = tuple(f"x{i}" for i in range(table.X.shape[1]))
            table = Table(table.X, table.y, names, table.class_names, name)
    else:
        X, y = pair(data)
        rows, labels = rows_of_numbers("X", X), np.asarray(y)
        if rows.ndim != 2 or labels.shape != (len(rows),):
            raise DataError(
                f"data is (X, y): X (rows, inputs) and y (rows,); got the shapes {rows.shape}, {labels.shape}"
            )
        classes, places = np.unique(labels, return_inverse=True)
        table = Table(rows, places, tuple(f"x{i}" for i in range(rows.shape[1])), tuple(map(str, classes)), "y")
    if table.task != "classification":
        raise DataError("a playground learns classes, and these targets are measurements: give classes, such as y > 0")
    sizes = {"rows": (len(table.y), _ROWS), "inputs": (table.X.shape[1], _INPUTS)}
    for what, (count, most) in {**sizes, "classes": (len(table.class_names), _CLASSES)}.items():
        if count > most:
            raise DataError(f"the data have {count} {what}, and a page holds {most}: give fewer, such as X[:{most}]")
    return table


def _scaled(table: Table, model: Any, standardize: bool | None) -> tuple[Table, Standardizer | None]:
    """The table as the model reads it: on a Classifier's own scale, or standardised where its scale is far from 1."""
    if isinstance(model, Classifier):
        scaling = getattr(model, "standardizer_", None)
    else:
        sizes = table.X.std(axis=0)
        near = ((sizes > 0.2) & (sizes < 5.0)).all() and (np.abs(table.X.mean(axis=0)) < 5.0).all()
        wanted = model is None and not near if standardize is None else standardize and not near
        scaling = Standardizer.fit(table.X) if wanted else None
    if scaling is None:
        return table, None
    return (
        Table(scaling.transform(table.X), table.y, table.feature_names, table.class_names, table.target_name),
        scaling,
    )


def _split(table: Table, fraction: float, seed: int) -> tuple[_Array, _Array]:
    """The rows in their order, those to learn from first, and which are held out."""
    places = np.arange(len(table.y))
    if fraction == 0.0 or len(places) < 4:
        return places, np.zeros(len(places), dtype=bool)
    train, test, _, _ = datasets.train_test_split(places, table.y, test_fraction=fraction, seed=seed)
    return np.concatenate([train, test]), np.arange(len(places)) >= len(train)


def _model(model: Any, table: Table, seed: int) -> MLP:
    outputs = 1 if len(table.class_names) == 2 else len(table.class_names)
    if model is None:
        return MLP(table.X.shape[1], [4, 4, outputs], "tanh", seed=seed)
    if isinstance(model, Classifier):
        if not hasattr(model, "model_"):
            raise OperandError("the Classifier is not fitted yet: fit it first, or give an MLP")
        model = model.model_
    if type(model) is not MLP:
        hint = "" if isinstance(model, Module) else ": data comes second, playground(None, data)"
        raise OperandError(f"a playground shows an MLP or a Classifier, got {type(model).__name__}{hint}")
    sizes = [len(layer.neurons) for layer in model.layers]
    if model.layers[0].n_in != table.X.shape[1]:
        raise OperandError(f"the model has {model.layers[0].n_in} inputs, the data {table.X.shape[1]} columns")
    if sizes[-1] != outputs:
        raise OperandError(f"{len(table.class_names)} classes take {outputs} outputs, the model has {sizes[-1]}")
    if max(sizes) > _NEURONS or len(sizes) > _LAYERS:
        raise OperandError(f"a page draws up to {_LAYERS} layers of {_NEURONS} neurons, the model has {sizes}")
    for layer in model.layers:
        kinds = {(neuron.activation, neuron.b is None) for neuron in layer.neurons}
        if len(kinds) > 1 or layer.activation not in activations():
            raise OperandError("a page shows layers whose neurons have one activation, and a bias all or none")
    return model


def _noise(data: Any) -> float:
    """The noise of a generated set as it came, by which the page draws it anew."""
    defaults = {"moons": 0.1, "circles": 0.03, "blobs": 0.25, "xor": 0.0, "spiral": 0.02, "yin-yang": 0.0}
    return defaults.get(data, 0.0) if isinstance(data, str) else 0.0


def _orders(count: int, size: int, seed: int) -> list[list[int]] | None:
    """The rows of the first epochs in the order in which :func:`nn.fit` would see them."""
    if size >= count:
        return None
    rng = np.random.default_rng(seed)
    epochs = -(-_STEPS // -(-count // size))
    return [np.concatenate(list(batches(count, size, rng))).tolist() for _ in range(epochs)]


def _resource(name: str) -> str:
    return resources.files(__package__).joinpath("page", name).read_text(encoding="utf-8")
