"""Pictures: the graph behind a Value with every number in it, a model's neurons, decision boundaries, loss curves.

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

from viz.explorer import Explorer, explore
from viz.graph import draw
from viz.notebook import mimebundle
from viz.picture import Edge, Node, Picture, picture
from viz.plots import plot_decision_boundary, plot_loss
from viz.render import Drawing, render

__all__ = [
    "Drawing",
    "Edge",
    "Explorer",
    "Node",
    "Picture",
    "draw",
    "explore",
    "mimebundle",
    "picture",
    "plot_decision_boundary",
    "plot_loss",
    "render",
]
