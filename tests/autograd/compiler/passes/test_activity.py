"""Activity: what leads back to a parameter, and what does not."""

from autograd import Value, compile
from autograd.compiler.passes.activity import Activity
from autograd.compiler.passes.lower import lower


def test_only_what_depends_on_a_parameter_is_active():
    w = Value(0.5)
    program = lower(compile(lambda x: [x[0].exp(), x[1] * w, w.floor() * x[0]], [1.0, 1.0], params=[w]).program, 1)
    active = Activity(program, inputs=False)
    assert [active.any(at) for at in program.outputs] == [False, True, False]
    assert [active.any(at) for at in program.inputs] == [False, False]
    with_inputs = Activity(program, inputs=True)
    assert [with_inputs.any(at) for at in program.outputs] == [True, True, True]
