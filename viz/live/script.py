"""The engine as one script: the calculus table and the optimisers printed as JavaScript, and what runs them."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import resources

from autograd import RULES
from autograd.calculus.javascript import javascript_steps, javascript_table
from nn import optim
from nn.optim import Optimizer

__all__ = ["OPTIMIZERS", "engine", "rows", "shared"]

#: The optimisers that a page offers, as they are written in Python; the learning rate is given step by step.
OPTIMIZERS = {"sgd": "sgd({rate})", "momentum": "sgd({rate}, momentum=0.9)", "adam": "adam({rate})"}

_MODULES = ("numbers", "runtime", "value", "losses", "network", "optimizer")
_STEPS = {"sgd": optim.sgd(1.0), "momentum": optim.sgd(1.0, momentum=0.9), "adam": optim.adam(1.0)}


def engine() -> list[str]:
    """Return the engine's modules as source, each after those it imports from.

    >>> any("class Value" in module for module in engine())
    True
    """
    numbers, runtime, *rest = (_resource(f"{name}.js") for name in _MODULES)
    stages = ",\n".join(f"{name}: {_stage(optimizer)}" for name, optimizer in _STEPS.items())
    return [numbers, runtime, javascript_table(RULES.values()), f"const STAGES = {{{stages}}};\n", *rest]


def rows(names: Iterable[str]) -> str:
    """Return rows of the table, with those that they call, as a script that brings what they need: ``RULES``.

    >>> "const RULES = new Map" in rows(["tanh"])
    True
    """
    needed = sorted(set().union(*(RULES[name].calls for name in names)))
    runtime = f"const $$ = (() => {{\n{_resource('runtime.js')}return $;\n}})();\n".replace("$$", "$")
    return runtime + javascript_table(RULES[name] for name in needed)


def shared(name: str) -> str:
    """Return one of the playground's files that other pages use: a script, or a part of a style sheet."""
    folder = "engine" if name == "numbers.js" else "page"
    return resources.files(__package__).joinpath(folder, name).read_text(encoding="utf-8")


def _stage(optimizer: Optimizer) -> str:
    (stage,) = optimizer.stages
    states = [name for name, _ in stage.states]
    constants = [(name, repr(number)) for name, number in stage.constants]
    step = javascript_steps(
        ["g", "p", "rate", "t", *states], [*constants, *stage.given, *stage.states], [stage.result, *states]
    )
    return f"{{states: {len(states)}, step: {step}}}"


def _resource(name: str) -> str:
    return resources.files(__package__).joinpath("engine", name).read_text(encoding="utf-8")
