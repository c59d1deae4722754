"""Folding: a graph of any size becomes a readable picture, many values to a box."""
