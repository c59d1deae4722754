"""``Value``: what it holds and remembers, how it compares, and how it forgets: ``detach()`` and ``no_grad()``."""

from __future__ import annotations

import copy
import math
import pickle
import threading
import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import OperandError, Value, no_grad
from tests.identity import are


def test_the_ten_line_example() -> None:
    w, a_in, b = Value(0.7, label="w"), Value(-1.5, label="a_in"), Value(0.3, label="b")
    z = w * a_in + b
    a = z.tanh()
    C = (a - 1.0) ** 2
    C.backward()
    sigma_prime = 1 - a.data**2
    delta = 2 * (a.data - 1.0) * sigma_prime
    assert abs(w.grad - delta * a_in.data) < 1e-15
    assert abs(b.grad - delta * 1.0) < 1e-15
    assert (z.grad, a.grad) == (delta, 2 * (a.data - 1.0))


def test_a_neurons_sum_is_one_node() -> None:
    """``w·x + b`` is one node: the bias is just another leaf, on a constant-1 edge."""
    w, x, b = [Value(0.5), Value(-0.25)], [Value(1.0), Value(-2.0)], Value(0.75)
    z = autograd.dot(w, x, b)
    assert (z.data, z.op) == (1.75, "dot")
    assert are(z.parents, (*w, *x, b))
    assert are(z.operands, (*w, *x, b))
    assert z.partials == (1.0, -2.0, 0.5, -0.25, 1.0)


class TestAttributes:
    """What a Value says about itself."""

    def test_a_leaf(self) -> None:
        leaf = Value(3, label="x")
        assert (leaf.data, leaf.grad, leaf.op, leaf.label) == (3.0, 0.0, "", "x")
        assert type(leaf.data) is float
        assert leaf.parents == leaf.partials == leaf.operands == ()
        assert Value(1.0).label == ""

    def test_operands_are_in_order_and_constants_are_floats(self) -> None:
        v = Value(4.0)
        for result, operands, partials in (
            (v - 1, (v, 1.0), (1.0,)),
            (1 - v, (1.0, v), (-1.0,)),
            (v / 2, (v, 2.0), (0.5,)),
            (2 / v, (2.0, v), (-0.125,)),
            (v**2, (v, 2.0), (8.0,)),
            (2**v, (2.0, v), (16 * math.log(2),)),
            (autograd.maximum(1, v), (1.0, v), (1.0,)),
            (autograd.where(True, v, 9), (1.0, v, 9.0), (1.0,)),
            (autograd.dot([2, v], [v, 3], 1), (2.0, v, v, 3.0, 1.0), (3.0, 2.0)),
            (autograd.sum([v, 5, v]), (v, 5.0, v), (1.0, 1.0)),
        ):
            assert are(result.operands, operands)
            assert [type(x) for x in result.operands] == [type(x) for x in operands]
            assert are(result.parents, (v,) * len(partials))
            assert result.partials == partials

    def test_repeated_operands_are_repeated(self) -> None:
        v = Value(3.0)
        for result, partials, grad in (
            (v + v, (1.0, 1.0), 2.0),
            (v * v, (3.0, 3.0), 6.0),
            (v - v, (1.0, -1.0), 0.0),
            (v / v, (1 / 3, -1 / 3), 0.0),
            (v**v, (27.0, 27 * math.log(3)), 27 + 27 * math.log(3)),
            (autograd.dot([v, v], [v, v], v), (3.0, 3.0, 3.0, 3.0, 1.0), 13.0),
        ):
            assert set(result.parents) == {v}
            assert len(result.parents) == len(partials)
            assert result.partials == pytest.approx(partials, rel=1e-15)
            v.zero_grad()
            result.backward()
            assert v.grad == pytest.approx(grad, rel=1e-15)

    def test_op_is_the_rows_name(self) -> None:
        v = Value(0.5)
        for result, op in (
            (v + 1, "add"),
            (1 - v, "sub"),
            (-v, "neg"),
            (abs(v), "abs"),
            (v.tanh(), "tanh"),
            (v**2, "pow"),
        ):
            assert result.op == op

    def test_abs_and_sign_operators(self) -> None:
        v = Value(-2.0)
        assert (abs(v).data, v.abs().data, (-v).data, (+v) is v) == (2.0, 2.0, 2.0, True)

    def test_assigning_data_changes_a_leaf(self) -> None:
        v = Value(2.0)
        before = v * v
        v.data = 5.0
        assert ((v * v).data, before.data) == (25.0, 4.0)

    def test_copies_are_values_of_their_own(self) -> None:
        v = Value(2.0, label="v")
        y = v * v
        for twin in (copy.deepcopy(y), pickle.loads(pickle.dumps(y))):  # noqa: S301 - our own bytes
            twin.backward()
            assert (twin.data, twin.parents[0].label, twin.parents[0].grad) == (4.0, "v", 4.0)
        assert v.grad == 0.0


class TestNumberProtocol:
    """Comparison by number, equality by identity, and no silent way out of the graph."""

    def test_comparisons(self) -> None:
        two, three = Value(2.0), Value(3.0)
        for other in (three, 3.0, 3, np.float64(3)):
            assert two < other
            assert two <= other
            assert not two > other
            assert not two >= other
            assert other > two
            assert other >= two
            assert not other < two
            assert not other <= two
        assert two <= Value(2.0)
        assert two >= 2
        nan = Value(math.nan)
        assert not (nan < 1.0)
        assert not (nan > 1.0)
        assert not (nan <= nan)
        assert not (nan >= nan)
        assert max(two, three) is three
        assert sorted([three, two]) == [two, three]

    def test_equality_is_of_numbers(self) -> None:
        one, nan = Value(1.0), Value(math.nan)
        for other in (one, Value(1.0), 1, 1.0, True, np.float32(1.0), np.int8(1)):
            assert (one == other, one != other, other == one, other != one) == (True, False, True, False)
        for other in (Value(2.0), 2, nan, "1", None, [1.0], {}):
            assert (one == other, one != other, other == one, other != one) == (False, True, False, True)
        assert (nan == nan, nan != nan) == (False, True)
        assert Value(2.0**53) != 2**53 + 1
        assert Value(0.1) != np.float32(0.1)
        assert autograd.grad(lambda x: 2 * x if x == 1 else 5 * x)(1.0) == 2.0
        assert autograd.grad(lambda x: autograd.where(x == 0, x, 3 * x))(0.0) == 1.0

    def test_the_hash_is_of_the_object(self) -> None:
        a, b = Value(1.0), Value(1.0)
        assert len({a, b, a}) == 2
        assert {a: 1, b: 2}[b] == 2
        assert b not in {a}
        x = a * b
        x.backward()
        assert (a.grad, b.grad) == (1.0, 1.0)
        assert (x.parents[0] is a, x.parents[1] is b) == (True, True)

    def test_arrays_compare_each_element(self) -> None:
        v = Value(1.0)
        assert (v < np.array([0.5, 2.0])).tolist() == [False, True]
        assert (np.array([0.5, 1.0]) == v).tolist() == (v == np.array([0.5, 1.0])).tolist() == [False, True]
        assert (v >= np.array([Value(0.5), Value(2.0)])).tolist() == [True, False]

    def test_truth(self) -> None:
        assert Value(0.1)
        assert Value(-1.0)
        assert Value(math.nan)
        assert not Value(0.0)
        assert not Value(-0.0)

    @pytest.mark.parametrize("escape", [float, int, complex, math.tanh, math.sqrt, math.isnan])
    def test_a_value_does_not_become_a_plain_number(self, escape: Callable[[Any], Any]) -> None:
        with pytest.raises(TypeError):
            escape(Value(0.5))

    def test_the_error_says_what_to_use(self) -> None:
        for escape in (float, math.tanh):
            with pytest.raises(OperandError, match=r"autograd.*\.data"):
                escape(Value(0.5))  # type: ignore[operator]

    def test_subclasses(self) -> None:
        class Parameter(Value):
            __slots__ = ()

        class Weight(Parameter):
            __slots__ = ()

        p, w = Parameter(2.0, label="p"), Weight(3.0)
        for result in (p * w, autograd.dot([p], [w]), autograd.maximum(p, w), autograd.sum([p, w]), p.tanh() + w):
            assert type(result) is Value
            p.zero_grad()
            result.backward()
        assert are((p * w).parents, (p, w))
        assert are(autograd.dot([p], [w]).parents, (p, w))
        assert autograd.gradients(autograd.dot([p], [w], 1.0), [p, w]) == [3.0, 2.0]


class TestDetachAndNoGrad:
    """Numbers without history."""

    def test_detach(self) -> None:
        x = Value(2.0, label="x")
        y = x * 3.0
        cut = y.detach()
        assert (cut.data, cut.parents, cut.op, cut is y) == (6.0, (), "", False)
        assert x.detach().label == "x"
        (cut * x).backward()
        assert (x.grad, cut.grad, y.grad) == (6.0, 2.0, 0.0)

    def test_no_grad_makes_leaves(self) -> None:
        v, w = Value(0.5), Value(2.0)
        with no_grad():
            results = [
                *(v + w, v + 1.0, 1.0 - v, -v, v.tanh(), v**w, 2**v),
                *(autograd.maximum(v, w), autograd.dot([v], [w], 1.0), autograd.sum([v, w]), autograd.sigmoid(v)),
            ]
        kept = [
            *(v + w, v + 1.0, 1.0 - v, -v, v.tanh(), v**w, 2**v),
            *(autograd.maximum(v, w), autograd.dot([v], [w], 1.0), autograd.sum([v, w]), autograd.sigmoid(v)),
        ]
        for result, same in zip(results, kept, strict=True):
            assert (result.data, result.op, result.parents, result.partials, result.operands) == (
                same.data,
                "",
                (),
                (),
                (),
            )
            assert same.parents
            result.backward()
        assert v.grad == 0.0

    def test_no_grad_ends(self) -> None:
        v = Value(1.0)
        with pytest.raises(ZeroDivisionError), no_grad(), no_grad():
            raise ZeroDivisionError
        assert (v + 1).parents
        with no_grad():
            with no_grad():
                assert not (v + 1).parents
            assert not (v + 1).parents

        @no_grad()
        def predict() -> Value:
            return v * 2.0

        assert not predict().parents
        assert (v * 2.0).parents
        assert autograd.modes.hook is None, "nobody watches, and every operation pays for it"

    def test_no_grad_holds_in_its_thread_only(self) -> None:
        v = Value(2.0)
        inside, done = threading.Event(), threading.Event()
        seen: dict[str, int] = {}

        def quiet() -> None:
            with no_grad():
                inside.set()
                done.wait(10)
                seen["quiet"] = len((v * v).parents)
            seen["quiet, after"] = len((v * v).parents)

        def recording() -> None:
            inside.wait(10)
            seen["recording"] = len((v * v).parents)
            with no_grad():
                pass
            seen["recording, after its own"] = len((v * v).parents)
            done.set()

        threads = [threading.Thread(target=run) for run in (quiet, recording)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        assert seen == {"quiet": 0, "quiet, after": 2, "recording": 2, "recording, after its own": 2}

    def test_many_threads(self) -> None:
        """Modes entered and left at random by eight threads leave nothing switched on."""
        wrong: list[str] = []

        def work(seed: int) -> None:
            random = np.random.default_rng(seed)
            v = Value(2.0)
            for _ in range(300):
                if random.random() < 0.5:
                    with no_grad():
                        wrong.extend(["recorded under no_grad"] if (v * v).parents else [])
                wrong.extend([] if (v * v).parents else ["not recorded"])

        threads = [threading.Thread(target=work, args=(seed,)) for seed in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert not wrong
        assert (Value(1.0) + 1.0).parents


def test_a_value_is_formatted_as_its_number() -> None:
    cost = Value(0.123456)
    assert f"{cost:.3f} {cost:>8.2g}" == "0.123     0.12"
    assert f"{cost}" == str(cost)


class TestNumbersAreDoubles:
    """Whatever is assigned, data and grad are Python floats."""

    def test_what_is_assigned_is_lifted(self) -> None:
        v = Value(1.0)
        v.data = np.uint8(200)  # type: ignore[assignment]
        v.data += v.data
        assert v.data == 400.0
        v.grad = np.float32(0.5)  # type: ignore[assignment]
        v.data -= np.float32(0.1) * v.grad  # type: ignore[assignment]
        (v * 3.0).backward()
        assert (type(v.data), type(v.grad), v.grad) == (float, float, 3.5)

    @pytest.mark.parametrize("wrong", ["1", None, np.array([1.0]), Value(1.0), 1j, np.ma.masked])
    def test_what_is_no_number_is_refused_where_it_is_assigned(self, wrong: Any) -> None:
        v = Value(1.0)
        with pytest.raises(OperandError):
            v.data = wrong
        with pytest.raises(OperandError):
            v.grad = wrong
        assert (v.data, v.grad) == (1.0, 0.0)


class TestAttributesOfTheUsers:
    def test_they_stay(self) -> None:
        p = Value(1.0, label="p")
        p.m, p.v = 0.0, 0.0  # type: ignore[attr-defined]
        p.m += 2.0  # type: ignore[attr-defined]
        q = p * p
        q.note = "kept"  # type: ignore[attr-defined]
        assert (p.m, p.v, p.label, q.note, q.label) == (2.0, 0.0, "p", "kept", "")  # type: ignore[attr-defined]
        assert copy.deepcopy(q).note == pickle.loads(pickle.dumps(q)).note == "kept"  # noqa: S301

    def test_those_who_set_none_pay_for_none(self) -> None:
        a = Value(1.0, label="a")
        dict_of_its_own = a.__dict__
        assert dict_of_its_own == {"label": "a"}
        tracemalloc.start()
        x, before = a, tracemalloc.get_traced_memory()[0]
        for _ in range(1000):
            x = x * a
        built = tracemalloc.get_traced_memory()[0] - before
        tracemalloc.stop()
        assert built / 1000 < 145


class TestRecord:
    @pytest.mark.parametrize(
        ("arguments", "error", "word"),
        [
            (("my_op", 1.0, (Value(1.0),), (1.0,)), autograd.UnknownNameError, "my_op"),
            (("tan", 1.0, (Value(1.0),), ()), autograd.LengthError, "1 operands, 0 partials"),
            (("mul", 1.0, (Value(1.0),), (1.0,)), autograd.LengthError, "a b"),
            (("dot", 1.0, (Value(1.0), 1.0), (1.0, 1.0)), autograd.LengthError, "w"),
            (("tan", "1", (Value(1.0),), (1.0,)), OperandError, "str"),
        ],
    )
    def test_what_is_no_row_is_refused(self, arguments: Any, error: type[Exception], word: str) -> None:
        with pytest.raises(error, match=word):
            autograd.record(*arguments)


class TestTheNamesOfMicrograd:
    def test_backward_one_step_at_a_time(self) -> None:
        a, b = Value(2.0), Value(-3.0)
        c = a * b
        d = autograd.dot([c], [a], b)
        d.grad = 1.0
        d._backward()
        c._backward()
        a._backward()
        assert (c.grad, a.grad, b.grad) == (2.0, -6.0 + -3.0 * 2.0, 1.0 + 2.0 * 2.0)

    def test_a_backward_of_ones_own_is_refused_with_a_word(self) -> None:
        with pytest.raises(OperandError, match="primitive"):
            Value(1.0)._backward = lambda: None
