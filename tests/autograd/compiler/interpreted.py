"""The Numba backend's interpreter as ordinary Python: without numba, and without waiting for it."""

from types import SimpleNamespace
from unittest.mock import patch

import numpy as np

from autograd.compiler import interpreter


def as_python(source):
    """The module with this source, uncompiled."""
    scope = {"njit": lambda **options: lambda function: function}
    exec(source.replace("from numba import njit\n", ""), scope)  # noqa: S102 - our own source
    return SimpleNamespace(**scope)


def interpreted_gradient(program, X):
    """The mean and its gradient, by the second run: what it reads before it is written is left from the first."""
    with patch.object(interpreter, "module", as_python):
        own = interpreter.Interpreter(program.program, len(X), len(program.params), [])
    own.uniform[: len(program.params)] = [param.data for param in program.params]
    with np.errstate(all="ignore"):
        own.value_and_grad(X)
        return own.value_and_grad(X), own.gradient
