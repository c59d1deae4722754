"""Stepping through a graph in a real browser: every number is the one that ``backward()`` has at that moment."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings

from autograd import Value, trace_gradient
from autograd import sum as summed
from autograd.graph import interior
from nn import MLP, losses
from tests.strategies import Dag, dags
from tests.viz.browser import GRADIENTS, opened
from viz import explore
from viz.picture.view import reading_order

#: The same after the first step, after the second, and so on to the last.
ALL_STEPS = f"""() => {{
  const found = [];
  document.getElementById("first").click();
  const slider = document.getElementById("slider");
  for (let step = 1; step <= Number(slider.max); step++) {{
    document.getElementById("next").click();
    found.push(({GRADIENTS})());
  }}
  return found;
}}"""


def changes_of(root: Value, leaves: list[Value]) -> list[tuple[str, float]]:
    """The leaves whose gradients change, in the order in which ``backward()`` walks, and what they change to."""
    adjoints: dict[Value, float] = {root: 1.0}
    found: list[tuple[str, float]] = []
    for node in reversed(interior(root)):
        for parent, partial in zip(node.parents, node.partials, strict=True):
            adjoint, before = adjoints.get(node, 0.0), adjoints.get(parent, 0.0)
            if adjoint == 0.0 or partial == 0.0:
                continue
            adjoints[parent] = before + adjoint * partial
            if any(parent is leaf for leaf in leaves) and adjoints[parent] != before:
                found.append((parent.label, adjoints[parent]))
    return found


def run(dag: Dag, leaves: list[Value]) -> Value:
    values = list(leaves)
    for kind, operands in dag.nodes:
        x = [values[place] for place in operands]
        values.append(
            {"add": lambda x=x: x[0] + x[1], "mul": lambda x=x: x[0] * x[1], "neg": lambda x=x: -x[0],
             "sum": lambda x=x: summed(x)}[kind]()
        )  # fmt: skip
    return values[-1] if len(values) > len(leaves) else values[0].tanh()


def same(one: float, other: float) -> bool:
    return one == other or (math.isnan(one) and math.isnan(other))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(dags(max_nodes=25))
def test_every_step_is_what_backward_does(browser: Any, tmp_path: Path, dag: Dag) -> None:
    leaves = [Value([0.3, -1.7, 2.9, -0.1][i], label=f"x{i}") for i in range(dag.leaves)]
    root = run(dag, leaves)
    path = tmp_path / "page.html"
    explore(root, path=path)
    root.backward()
    keys = {value: f"v{place}" for place, value in enumerate(reading_order([root]))}
    with opened(browser, path) as page:
        page.click("#last")
        final = page.evaluate(GRADIENTS)
        states = page.evaluate(ALL_STEPS)
    assert final == states[-1]
    for value, key in keys.items():
        assert same(float(final[key]), value.grad), key
    # The leaves' gradients change in the order in which backward() changed them, and to the same numbers.
    labels = {keys[leaf]: leaf.label for leaf in leaves if leaf in keys}
    seen: list[tuple[str, float]] = []
    before = dict.fromkeys(labels, "0")
    for state in states:
        for key in labels:
            now = state.get(key, "0")
            if now != before[key]:
                seen.append((labels[key], float(now)))
            before[key] = now
    assert seen == changes_of(root, leaves)


def test_infinities_and_nan_follow_the_same_rules(browser: Any, tmp_path: Path) -> None:
    x, y = Value(0.0, label="x"), Value(-1.0, label="y")
    # An infinite derivative behind an adjoint of 0 passes nothing; behind another it is infinite; log(-1) is nan.
    root = x.sqrt() * 0.0 + (x + 1.0 * y.log()) + x.sqrt()
    root.backward()
    explore(root, path=tmp_path / "page.html")
    with opened(browser, tmp_path / "page.html", "#step=99") as page:
        shown = page.evaluate(GRADIENTS)
    for place, value in enumerate(reading_order([root])):
        assert same(float(shown[f"v{place}"]), value.grad)
    assert math.isinf(x.grad)


def test_a_step_says_what_it_adds_with_names_and_numbers(browser: Any, tmp_path: Path) -> None:
    w, a, b = Value(0.7, label="w"), Value(-1.5, label="a"), Value(0.3, label="b")
    z = w * a + b
    z.label = "z"
    c = z * z
    c.label = "C"
    explore(c, path=tmp_path / "page.html")
    with opened(browser, tmp_path / "page.html") as page:
        lines = []
        page.click("#first")
        for _ in range(int(page.get_attribute("#slider", "max"))):
            page.click("#next")
            lines.append((page.inner_text("#line"), page.inner_text("#note")))
    assert [line for line, _ in lines] == [
        "v1 = w·a", "z = v1 + b", "C = z·z", "C.grad = 1", "z.grad += 1 × (−0.75)", "z.grad += 1 × (−0.75)",
        "v1.grad += −1.5 × 1", "b.grad += −1.5 × 1", "w.grad += −1.5 × (−1.5)", "a.grad += −1.5 × 0.7",
    ]  # fmt: skip
    assert lines[0][1] == "= 0.7·(−1.5) = −1.05"
    assert "−0.75 + (−0.75) = −1.5" in lines[5][1]
    assert "∂v1/∂w = a" in lines[8][1]


def test_where_nothing_passes_the_step_says_so(browser: Any, tmp_path: Path) -> None:
    x = Value(-2.0, label="x")
    y = x.relu()
    explore(y, path=tmp_path / "page.html")
    with opened(browser, tmp_path / "page.html", "#step=99") as page:
        assert page.inner_text("#line") == "x.grad += 1 × 0"
        assert "nothing passes: it stays 0" in page.inner_text("#note")


def test_the_paths_of_a_gradient_are_those_of_trace_gradient(browser: Any, tmp_path: Path) -> None:
    model = MLP(2, [4, 3, 1], activation="tanh", seed=1)
    x = [Value(0.5, label="x0"), Value(-1.0, label="x1")]
    cost = losses.mse(model(x), 1.0)
    trace = trace_gradient(x[0], cost, k=8)
    explore(cost, path=tmp_path / "page.html")
    key = f"v{reading_order([cost]).index(x[0])}"
    with opened(browser, tmp_path / "page.html", f"#step=9999&at={key}") as page:
        products = page.locator(".paths .path b").all_inner_texts()
        rest = page.inner_text(".paths .rest")
        total = page.inner_text(".total")
        page.locator(".paths .path").first.click()
        assert page.locator(".line.path").count() == len(trace.paths[0].partials)
    assert [float(text.replace("−", "-")) for text in products] == [float(f"{p.product:.4g}") for p in trace.paths]
    assert f"{trace.count - 8} more" in rest
    assert float(rest.split()[0].replace("−", "-")) == float(f"{trace.remainder:.4g}")
    assert total.replace("−", "-").endswith(f"{trace.gradient:.4g}")
