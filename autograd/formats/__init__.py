"""Graphs of Values as plain data, and as what other programs read."""
