"""The plots, with matplotlib (``pip install "glassgrad[plot]"``): decision boundaries, losses, gradients, activity.

Each returns matplotlib's axes, or the figure where there are several: ``ax.figure.savefig("boundary.png")`` saves them,
and in a notebook they show themselves.
"""

from viz.plots.activity import plot_activity
from viz.plots.boundary import plot_decision_boundary
from viz.plots.fit import plot_fit
from viz.plots.gradient_flow import plot_gradient_flow
from viz.plots.loss import plot_loss
from viz.plots.training import Recorder, plot_training

__all__ = [
    "Recorder",
    "plot_activity",
    "plot_decision_boundary",
    "plot_fit",
    "plot_gradient_flow",
    "plot_loss",
    "plot_training",
]
