"""The explorer: one HTML file in which to step through a computation graph, forward and backward, with every number."""

from viz.explorer.explore import Explorer, explore

__all__ = ["Explorer", "explore"]
