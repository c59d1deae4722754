"""The checkers: gradcheck, check_primitive and detect_anomaly see what is wrong and pass what is right.

And one that checks the tests themselves: break a row of the table, and both the checker and the suite see it.
"""

from __future__ import annotations

import dataclasses
import linecache
import math
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import (
    RULES,
    AnomalyError,
    GradientError,
    OperandError,
    UnknownNameError,
    Value,
    check_primitive,
    detect_anomaly,
    gradcheck,
)
from tests import ROOT
from tests.autograd.calculus.oracle import ROWS, errors, flat, samples

every_row = pytest.mark.parametrize("name", sorted(ROWS))


class TestGradcheck:
    """Central differences of any function of numbers, lists, dictionaries or arrays."""

    def test_right_gradients(self) -> None:
        assert gradcheck(lambda x: x.tanh() * x, 0.3) is True
        assert gradcheck(lambda x, y: (x * y).exp() / y, 0.3, -0.7) is True
        assert gradcheck(lambda p: p["w"][0] * p["w"][1].sin() + p["b"], {"w": [0.5, 2.0], "b": 1.0}) is True
        assert gradcheck(lambda a: np.sum(a @ a), np.array([[1.0, 2.0], [-0.5, 0.3]])) is True
        assert gradcheck(lambda x, data: autograd.dot(x, data), [1.0, 2.0], [3.0, 4.0]) is True
        assert gradcheck(lambda x: x**2, 1e6) is True
        assert gradcheck(lambda x: 5.0, 1.0) is True

    def test_wrong_gradients(self) -> None:
        def forgets(x: Any) -> Any:
            return x * x + x.detach()

        def doubles(x: Any) -> Any:
            return autograd.record("mul", x.data * 3.0, (x, 3.0), (6.0, x.data))

        with pytest.raises(GradientError, match=r"4\.0.*5\.0"):
            gradcheck(forgets, 2.0)
        with pytest.raises(GradientError, match=r"6\.0.*(3\.0|2\.9999)"):
            gradcheck(doubles, 2.0)
        with pytest.raises(GradientError, match=r"2\.5"):  # the argument that is wrong, among those that are right
            gradcheck(lambda x: x[0] * x[1] + x[2].detach(), [0.5, 1.5, 2.5])
        with pytest.raises(GradientError):
            gradcheck(lambda x: abs(x), 1e-7)

    def test_tolerances(self) -> None:
        def nearly(x: Any) -> Any:
            return x * x + 1e-3 * x.detach()

        assert gradcheck(nearly, 2.0, atol=1e-2)
        assert gradcheck(nearly, 2.0, rtol=1e-3)
        with pytest.raises(GradientError):
            gradcheck(nearly, 2.0)

    def test_a_nan_is_not_a_gradient(self) -> None:
        with pytest.raises(GradientError, match="nan"):
            gradcheck(lambda x: x.log(), -1.0)

    def test_not_one_number(self) -> None:
        with pytest.raises(OperandError, match="one number"):
            gradcheck(lambda x: [x, x], 1.0)


class TestCheckPrimitive:
    """A row's partials against differences of its own forward formula."""

    @every_row
    def test_accepts_the_table(self, name: str) -> None:
        assert check_primitive(name) is True
        assert check_primitive(name, samples=20, seed=7) is True

    @every_row
    def test_rejects_a_broken_partial(self, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """For every row and operand: the checker sees an error of 0.01, and so does the comparison with mpmath."""
        row = ROWS[name]
        for i, partial in enumerate(row.partials):
            partials = (*row.partials[:i], f"({partial}) + 0.01", *row.partials[i + 1 :])
            monkeypatch.setitem(RULES, name, dataclasses.replace(row, partials=partials))
            with pytest.raises(GradientError, match=name):
                check_primitive(name)
            monkeypatch.setitem(RULES, name, dataclasses.replace(row, partials=partials, exact=()))
            assert disagreements(name)

    @pytest.mark.parametrize("name", [name for name, row in ROWS.items() if row.exact])
    def test_rejects_a_broken_exact_form(self, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        row = ROWS[name]
        exact = tuple((what, f"({text}) + 0.01" if what[0] == "d" else text) for what, text in row.exact)
        monkeypatch.setitem(RULES, name, dataclasses.replace(row, exact=exact))
        with pytest.raises(GradientError, match=name):
            check_primitive(name)
        assert disagreements(name)

    @every_row
    def test_rejects_a_broken_forward(self, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """mpmath sees an error in the twelfth digit of the result, which no difference could."""
        row = ROWS[name]
        monkeypatch.setitem(RULES, name, dataclasses.replace(row, forward=f"({row.forward}) * 1.000000000001"))
        assert disagreements(name)

    @every_row
    def test_the_unbroken_row_has_no_disagreements(self, name: str) -> None:
        assert not disagreements(name)

    def test_the_message(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(RULES, "tanh", dataclasses.replace(ROWS["tanh"], partials=("1 - y",)))
        with pytest.raises(GradientError, match=r"tanh.*partial of x.*1 - y.*x = "):
            check_primitive("tanh")

    def test_unknown_row(self) -> None:
        with pytest.raises(UnknownNameError, match="tanh"):
            check_primitive("thanh")


def disagreements(name: str) -> list[str]:
    """What the oracle says of the row as it stands in the table now."""
    found = []
    for operands in samples(ROWS[name]):
        with np.errstate(all="ignore"):  # both branches of a choice are computed
            value, *partials = RULES[name].arrays(*map(np.asarray, operands))
        spread = [np.broadcast_to(dx, np.shape(x)).ravel() for dx, x in zip(partials, operands, strict=True)]
        slopes = np.concatenate(spread).astype(float).tolist()
        assert len(slopes) == len(flat(operands))
        found += errors(name, operands, float(value), slopes)
    return found


def test_breaking_one_row_turns_the_suite_red(tmp_path: Path) -> None:
    """A copy of the tree, one partial changed, operations.py generated anew: its tests fail, its neighbours' do not."""
    for package in ("autograd", "tests"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    rules = tmp_path / "autograd" / "calculus" / "table.py"
    text = rules.read_text(encoding="utf-8")
    assert text.count('"1 - y * y"') == 1
    rules.write_text(text.replace("1 - y * y", "1 - y"), encoding="utf-8")

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, *arguments]
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=100, check=False
        )

    made = run("-m", "autograd", "--generate")
    assert made.returncode == 0, made.stderr
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --import-mode=importlib -q -p no:cacheprovider\n")
    result = run("-m", "pytest", "tests/autograd/calculus/test_rules.py", "-k", "tanh or sinh")
    assert result.returncode == 1, result.stdout + result.stderr
    failed = {line.split()[1].split("::")[1] for line in result.stdout.splitlines() if line.startswith("FAILED")}
    assert {"test_result_and_partials[tanh]", "test_second_derivatives[tanh]", "test_arrays[tanh]"} <= failed
    assert all(test.endswith("[tanh]") for test in failed)
    checked = run("-c", "import autograd; autograd.check_primitive('tanh')")
    assert "GradientError: tanh" in checked.stderr


class TestDetectAnomaly:
    """Stopped at the first nan or infinity, with the operation, its operands, and the user's own line."""

    @pytest.mark.parametrize(
        ("operation", "named"),
        [
            (lambda x: x.log(), "log gave nan"),
            (lambda x: autograd.sqrt(x), "sqrt gave nan"),
            (lambda x: x / 0.0, "truediv gave -inf"),
            (lambda x: 1.0 / (x + 2.0), "truediv gave inf"),
            (lambda x: (x * -1000.0).exp(), "exp gave inf"),
            (lambda x: x**0.5, "pow gave nan"),
            (lambda x: autograd.pow(0.0, x), "pow gave inf"),
            (lambda x: autograd.dot([x, x], [1e308, 1e308]), "dot gave -inf"),
            (lambda x: autograd.atanh(x * 0.5), "atanh gave -inf"),
        ],
    )
    def test_forward(self, operation: Any, named: str) -> None:
        x = Value(-2.0, label="speed")
        assert not math.isfinite(operation(x).data)
        with detect_anomaly(), pytest.raises(AnomalyError, match=named):
            operation(x)
        assert not math.isfinite(operation(x).data)

    def test_the_message_shows_operands_and_the_users_line(self) -> None:
        x = Value(-2.0, label="speed")
        with detect_anomaly(), pytest.raises(AnomalyError) as caught:
            x.log()  # this very line
        text = str(caught.value)
        assert "speed" in text
        assert "-2.0" in text
        assert f"{__file__}:" in text
        assert "x.log()  # this very line" in text
        number = int(text.split(f"{__file__}:")[1].split(":")[0])
        assert "this very line" in linecache.getline(__file__, number)

    def test_the_line_is_the_users_through_functions_and_transforms(self) -> None:
        def cost(x: Any) -> Any:
            return autograd.logsumexp([x, 1.0]) + autograd.log(x - 3.0)  # the cost

        with detect_anomaly(), pytest.raises(AnomalyError, match="# the cost"):
            autograd.grad(cost)(2.0)
        with detect_anomaly(), pytest.raises(AnomalyError, match="# parsed here"):
            autograd.parse("log(x)", x=-1.0)  # parsed here

    def test_a_users_folder_whose_name_begins_as_ours(self) -> None:
        """``autograd_experiments/`` beside ``autograd/`` is the user's own code."""
        filename = f"{Path(autograd.__file__).parent}_experiments/run.py"
        source = "def run(x):\n    return x.log()\n"
        linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
        scope: dict[str, Any] = {}
        exec(compile(source, filename, "exec"), scope)  # noqa: S102 - two lines above
        with detect_anomaly(), pytest.raises(AnomalyError) as caught:
            scope["run"](Value(-1.0))
        assert f"{filename}:2: return x.log()" in str(caught.value)

    def test_backward(self) -> None:
        x = Value(0.0, label="speed")
        with detect_anomaly():
            y = autograd.sqrt(x) + 1.0
            with pytest.raises(AnomalyError, match=r"inf.*speed.*sqrt"):
                y.backward()

    def test_backward_shows_the_line_of_the_operation(self) -> None:
        """With the node, its operands and the source line."""
        x = Value(0.0, label="speed")
        with detect_anomaly():
            y = autograd.sqrt(x)  # made here
            z = y * 2.0 + 1.0
            with pytest.raises(AnomalyError, match="# made here"):
                z.backward()

    def test_backward_names_the_first_operation_that_went_wrong(self) -> None:
        x = Value(0.0)
        with detect_anomaly():
            y = autograd.sqrt(x * 1.0)
            z = y.tanh()
            with pytest.raises(AnomalyError, match=r"operand of sqrt"):
                z.backward()

    @pytest.mark.parametrize(
        "differentiate",
        [
            lambda f: autograd.grad(f)(0.0),
            lambda f: autograd.value_and_grad(f)(0.0),
            lambda f: autograd.jacobian(f)(0.0),
            lambda f: autograd.jvp(f, (0.0,), (2.0,)),
            lambda f: autograd.vjp(f, 0.0)[1](1.0),
            lambda f: autograd.gradients(f(x := Value(0.0)), [x]),
        ],
    )
    def test_the_sweeps_of_transforms_are_watched(self, differentiate: Callable[[Any], Any]) -> None:
        def cost(x: Any) -> Any:
            root = autograd.sqrt(x)  # not smooth at 0
            return root * 3.0

        with detect_anomaly(), pytest.raises(AnomalyError, match=r"(?s)\binf\b.*# not smooth at 0"):
            differentiate(cost)

    def test_what_comes_into_a_forward_sweep_is_not_what_went_wrong(self) -> None:
        with detect_anomaly():
            assert autograd.jvp(lambda x: x * 2.0, (1.0,), (math.inf,)) == (2.0, math.inf)

    def test_sweeps_of_transforms_that_are_finite_pass(self) -> None:
        def cost(x: Any) -> Any:
            return autograd.where(x > 1.0, autograd.sqrt(x), 3.0 * x)

        with detect_anomaly():
            assert autograd.grad(cost)(0.0) == 3.0
            assert autograd.jvp(cost, (0.0,), (2.0,)) == (0.0, 6.0)

    def test_finite_programs_pass(self) -> None:
        x = Value(0.5)
        with detect_anomaly():
            y = (x.tanh() * 3.0).exp().log() ** 2
            y.backward()
            autograd.where(False, autograd.sqrt(x - 0.5), x).backward()
        assert math.isfinite(x.grad)

    def test_what_comes_in_is_not_what_went_wrong(self) -> None:
        """An operation on an infinity that was given makes one; the anomaly is where the first appears."""
        with detect_anomaly():
            assert (Value(math.inf) * 2.0).data == math.inf
            assert autograd.clamp(Value(3.0), -math.inf, math.inf).data == 3.0

    def test_it_ends(self) -> None:
        with pytest.raises(AnomalyError), detect_anomaly(), detect_anomaly():
            Value(-1.0).log()
        assert math.isnan(Value(-1.0).log().data)
        x = Value(0.0)
        x.sqrt().backward()
        assert x.grad == math.inf

    def test_with_no_grad(self) -> None:
        with autograd.no_grad(), detect_anomaly(), pytest.raises(AnomalyError, match="log"):
            Value(-1.0).log()
        with detect_anomaly(), autograd.no_grad():
            assert not Value(1.0).log().parents

    def test_it_holds_in_its_thread_only(self) -> None:
        inside, done = threading.Event(), threading.Event()
        seen: dict[str, bool] = {}

        def watching() -> None:
            with detect_anomaly():
                inside.set()
                done.wait(10)
                try:
                    Value(-1.0).log()
                except AnomalyError:
                    seen["watching"] = True

        def other() -> None:
            inside.wait(10)
            seen["other"] = math.isnan(Value(-1.0).log().data)
            x = Value(0.0)
            x.sqrt().backward()
            seen["other backward"] = x.grad == math.inf
            done.set()

        threads = [threading.Thread(target=run) for run in (watching, other)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        assert seen == {"watching": True, "other": True, "other backward": True}
