"""Derivatives of functions and graphs: ``grad`` and its kin, the reverse sweep, checks against differences, paths."""
