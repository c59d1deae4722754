"""``compile``: a scalar function becomes a program over arrays, with the same numbers.

The way there: :mod:`~autograd.compiler.trace` runs the function once on symbols, :mod:`~autograd.compiler.reroll` folds
the scalar graph into blocks, :mod:`~autograd.compiler.numpy_backend` or :mod:`~autograd.compiler.numba_backend` runs
them.
"""

from autograd.compiler.compiled import Compiled, compile

__all__ = ["Compiled", "compile"]
