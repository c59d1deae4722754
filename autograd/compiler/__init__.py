"""``compile``: a scalar function becomes a program over arrays, with the same numbers.

A Python function becomes a scalar graph (``frontend``), the graph blocks and those an array program (``passes``, whose
programs are described in ``ir``), and a backend prints that.
"""

from autograd.compiler.compiled import Compiled, compile

__all__ = ["Compiled", "compile"]
