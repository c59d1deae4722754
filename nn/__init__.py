"""Neurons out of Values: modules, layers, losses, optimisers, data, training.

>>> from nn import MLP, data, fit
>>> X, y = data.moons(40, noise=0.05, seed=0)
>>> history = fit(MLP(2, [8, 1], activation="tanh", seed=0), X, y, epochs=20, learning_rate=0.1)
>>> history["loss"][-1] < history["loss"][0]
True
"""

try:
    from autograd import Value as _OurValue  # noqa: F401 - asks whether the package is ours
except ImportError as error:
    import autograd as _found

    raise ImportError(
        f"nn needs glassgrad's package autograd, but found another one at {getattr(_found, '__file__', '?')}: "
        "HIPS autograd has the same import name; install glassgrad in an environment of its own"
    ) from error

from typing import TYPE_CHECKING

from autograd.system.lazy import lazy as _lazy
from nn import init
from nn.layers import MLP, Layer, Neuron, activations
from nn.module import Module, Parameter

if TYPE_CHECKING:
    from nn import data, losses, optim
    from nn.data.csv_file import load_csv
    from nn.data.table import Table
    from nn.estimators import Classifier, Regressor
    from nn.explanation.diagnose import Finding, Thresholds, diagnose
    from nn.explanation.diagnose_training import diagnose_training
    from nn.explanation.explain import explain
    from nn.formats.python_source import to_latex, to_python
    from nn.formats.pytorch import from_torch, to_torch
    from nn.storage import load, save
    from nn.training.fit import History, fit
    from nn.training.recording import Recording

#: What is imported when it is first asked for: a program that only builds networks does without.
__getattr__, __dir__ = _lazy(
    __name__,
    {
        "nn": "data losses optim",
        "nn.data.csv_file": "load_csv",
        "nn.data.table": "Table",
        "nn.estimators": "Classifier Regressor",
        "nn.explanation.diagnose": "Finding Thresholds diagnose",
        "nn.explanation.diagnose_training": "diagnose_training",
        "nn.explanation.explain": "explain",
        "nn.formats.python_source": "to_latex to_python",
        "nn.formats.pytorch": "from_torch to_torch",
        "nn.storage": "load save",
        "nn.training.fit": "History fit",
        "nn.training.recording": "Recording",
    },
)

__all__ = [
    "MLP",
    "Classifier",
    "Finding",
    "History",
    "Layer",
    "Module",
    "Neuron",
    "Parameter",
    "Recording",
    "Regressor",
    "Table",
    "Thresholds",
    "activations",
    "data",
    "diagnose",
    "diagnose_training",
    "explain",
    "fit",
    "from_torch",
    "init",
    "load",
    "load_csv",
    "losses",
    "optim",
    "save",
    "to_latex",
    "to_python",
    "to_torch",
]
