"""A glass-box scalar autograd engine: every operation on a ``Value`` is recorded with its local derivatives.

>>> from autograd import Value
>>> w, a_in, b = Value(0.7), Value(-1.5), Value(0.3)
>>> z = w * a_in + b
>>> z.backward()
>>> w.grad, b.grad          # dz/dw = a_in, dz/db = 1
(-1.5, 1.0)
"""

from typing import TYPE_CHECKING

from autograd.calculus.table import RULES, Rule
from autograd.errors import *  # noqa: F403 - every exception
from autograd.errors import __all__ as _errors
from autograd.graph import topological_order
from autograd.modes import detect_anomaly, no_grad
from autograd.operations import *  # noqa: F403 - one function per row of the table
from autograd.operations import __all__ as _operations
from autograd.system.lazy import lazy as _lazy
from autograd.value import Value
from autograd.vectors import *  # noqa: F403
from autograd.vectors import __all__ as _vectors

if TYPE_CHECKING:
    from autograd.compiler import Compiled, compile
    from autograd.expression import parse
    from autograd.formats.document import graph_from_json, graph_to_json
    from autograd.formats.networkx_graph import from_networkx, to_networkx
    from autograd.primitives import primitive, record
    from autograd.transforms.check import check_primitive, gradcheck
    from autograd.transforms.derive import partials_as_values
    from autograd.transforms.grad import grad, gradients, hessian, hvp, jacobian, jvp, value_and_grad, vjp
    from autograd.transforms.paths import trace_gradient

#: What is imported when it is first asked for: a program that only builds graphs does without.
__getattr__, __dir__ = _lazy(
    __name__,
    {
        "autograd.compiler": "Compiled compile",
        "autograd.expression": "parse",
        "autograd.formats.document": "graph_from_json graph_to_json",
        "autograd.formats.networkx_graph": "from_networkx to_networkx",
        "autograd.primitives": "primitive record",
        "autograd.transforms.check": "check_primitive gradcheck",
        "autograd.transforms.derive": "partials_as_values",
        "autograd.transforms.grad": "grad gradients hessian hvp jacobian jvp value_and_grad vjp",
        "autograd.transforms.paths": "trace_gradient",
    },
)

__all__ = [
    "RULES",
    "Compiled",
    "Rule",
    "Value",
    "check_primitive",
    "compile",
    "detect_anomaly",
    "from_networkx",
    "grad",
    "gradcheck",
    "gradients",
    "graph_from_json",
    "graph_to_json",
    "hessian",
    "hvp",
    "jacobian",
    "jvp",
    "no_grad",
    "parse",
    "partials_as_values",
    "primitive",
    "record",
    "to_networkx",
    "topological_order",
    "trace_gradient",
    "value_and_grad",
    "vjp",
]
__all__ += _errors  # noqa: PLE0605 - a list, under another name
__all__ += _operations  # noqa: PLE0605
__all__ += _vectors  # noqa: PLE0605

__version__ = "0.1.0"
