"""The compiler's passes, each from program to program; :mod:`autograd.compiler.pipeline` lists them in order."""
