"""The plots: decision boundaries and loss curves, with matplotlib (``pip install "glassgrad[plot]"``).

Both return matplotlib's axes: ``ax.figure.savefig("boundary.png")`` saves them, and in a notebook ``ax.figure`` shows
them.
"""

from viz.boundary import plot_decision_boundary
from viz.loss import plot_loss

__all__ = ["plot_decision_boundary", "plot_loss"]
