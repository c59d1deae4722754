"""Pictures: the graph behind a Value with every number in it, a model's neurons, decision boundaries, training.

>>> from autograd import parse
>>> from viz import draw
>>> a = parse("tanh(w*a_in + b)", w=0.7, a_in=-1.5, b=0.3)
>>> a.backward()
>>> svg = draw(a, format="svg")
"""

try:
    from autograd import Value as _Ours  # noqa: F401
except ImportError as error:
    import autograd as _found

    raise ImportError(
        f"viz needs glassgrad's package autograd, but found another one at {getattr(_found, '__file__', '?')}: "
        "HIPS autograd has the same import name; install glassgrad in an environment of its own"
    ) from error

from viz.drawing import draw
from viz.explorer import Explorer, explore
from viz.live.film import export_film
from viz.live.playground import playground
from viz.notebook import mimebundle
from viz.picture.picture import Edge, Fold, Node, Picture, picture
from viz.picture.render import Drawing, render
from viz.plots import (
    Recorder,
    plot_activity,
    plot_decision_boundary,
    plot_fit,
    plot_gradient_flow,
    plot_loss,
    plot_training,
)

__all__ = [
    "Drawing",
    "Edge",
    "Explorer",
    "Fold",
    "Node",
    "Picture",
    "Recorder",
    "draw",
    "explore",
    "export_film",
    "mimebundle",
    "picture",
    "playground",
    "plot_activity",
    "plot_decision_boundary",
    "plot_fit",
    "plot_gradient_flow",
    "plot_loss",
    "plot_training",
    "render",
]
