"""The playground against the library, in a real browser: the same losses, gradients, files and lessons."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nn
import viz
from autograd import DataError, OperandError, UnknownNameError
from autograd.graph import interior
from nn import MLP, Classifier, data, fit
from nn.losses import LOSSES
from nn.training.task import Task
from tests.viz.browser import opened
from viz.live.command import main

ROOT = Path(__file__).parents[3]


def written(tmp_path: Path, *arguments: Any, **options: Any) -> Path:
    viz.playground(*arguments, path=tmp_path / "page.html", **options)
    return tmp_path / "page.html"


def state(page: Any) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate("glassgrad.state()")
    return found


def model_of(found: dict[str, Any]) -> MLP:
    n_in, *sizes = found["sizes"]
    *hidden, last = found["activations"]
    has_bias = any(name.endswith(".b") for name in found["parameters"])
    model = MLP(n_in, sizes, (*hidden, "linear")[0], output_activation=last, init="zeros", bias=has_bias)
    model.load_state_dict(found["parameters"])
    return model


def check_against_the_library(found: dict[str, Any]) -> None:
    """Loss, gradients and deltas are those of the mean over the rows that the page learns from."""
    model, loss = model_of(found), LOSSES[found["lossName"]]
    targets = Task(found["lossName"], found["sizes"][-1]).targets(np.array(found["y"]).astype(int))
    costs = [loss(model(x), t) for x, t in zip(found["X"], targets, strict=True)]
    for cost in costs:
        cost.backward()
    rows = len(costs)
    assert found["loss"] == pytest.approx(np.mean([cost.data for cost in costs]), rel=1e-12)
    for name, parameter in model.named_parameters():
        assert found["gradients"][name] == pytest.approx(parameter.grad / rows, rel=1e-9, abs=1e-14), name
    report = nn.explain(model, found["X"], targets=np.array(found["y"]).astype(int), loss=found["lossName"])
    for name, neuron in report.neurons.items():
        delta = np.mean([use.delta for use in neuron.uses])
        # explain's δ is of the mean cost or of each row's, as the page's is a mean over rows
        assert found["deltas"][name] in (
            pytest.approx(delta, rel=1e-9, abs=1e-14),
            pytest.approx(delta * rows, rel=1e-9),
        )


def test_a_page_trains_as_fit_does(browser: Any, tmp_path: Path) -> None:
    """The page carries data, weights and batches: 100 steps of adam, loss after loss."""
    X, y = data.moons(80, noise=0.1, seed=3)
    model = MLP(2, [5, 4, 1], "tanh", seed=1)
    path = written(tmp_path, model, (X, y), batch_size=12, learning_rate=0.05, test_fraction=0.25, seed=7)
    with opened(browser, path) as page:
        begin = state(page)
        losses = [page.evaluate("glassgrad.train(5)") for _ in range(20)]  # 60 rows: an epoch is five batches
    history = fit(
        model, np.array(begin["X"]), np.array(begin["y"]).astype(int),
        optimizer="adam", learning_rate=0.05, batch_size=12, epochs=20, seed=7,
    )  # fmt: skip
    np.testing.assert_allclose(losses, history["loss"], rtol=1e-9)


@pytest.mark.parametrize("optimizer", ["sgd", "momentum"])
def test_other_optimisers_and_losses(browser: Any, tmp_path: Path, optimizer: str) -> None:
    X, y = data.xor(40, noise=0.0, seed=1)
    model = MLP(2, [4, 1], "sigmoid", seed=1)
    path = written(tmp_path, model, (X, y), optimizer=optimizer, loss="mse", learning_rate=0.2, batch_size=1000)
    chosen = nn.optim.sgd(0.2, momentum=0.9 if optimizer == "momentum" else 0.0)
    with opened(browser, path) as page:
        begin = state(page)
        losses = [page.evaluate("glassgrad.train(1)") for _ in range(100)]
        check_against_the_library(state(page))
    history = fit(
        model, np.array(begin["X"]), np.array(begin["y"]), loss="mse", optimizer=chosen, batch_size=None, epochs=100
    )
    np.testing.assert_allclose(losses, history["loss"], rtol=1e-9)


def test_several_classes(browser: Any, tmp_path: Path) -> None:
    with opened(browser, written(tmp_path, data="blobs")) as page:
        found = state(page)
        assert found["sizes"] == [2, 4, 4, 3]
        assert found["lossName"] == "cross_entropy"
        check_against_the_library(found)
        assert page.evaluate("glassgrad.train(200)") < 0.1
        check_against_the_library(state(page))


def test_a_number_that_is_touched_moves_every_gradient(browser: Any, tmp_path: Path) -> None:
    """Dragged, turned, moved by key and typed: each time all gradients are the library's."""
    with opened(browser, written(tmp_path)) as page:
        number = page.locator('#neuron [data-parameter="layers.0.neurons.0.w.0"] .scrub')
        before = state(page)["parameters"]["layers.0.neurons.0.w.0"]
        box = number.bounding_box()
        number.scroll_into_view_if_needed()
        box = number.bounding_box()
        page.mouse.move(box["x"] + 10, box["y"] + 8)
        page.mouse.down()
        page.mouse.move(box["x"] + 50, box["y"] + 8, steps=4)
        page.mouse.up()
        seen = [before, state(page)["parameters"]["layers.0.neurons.0.w.0"]]
        assert seen[1] == pytest.approx(before + 0.2)
        page.mouse.wheel(0, -100)
        number.focus()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Shift+ArrowUp")
        page.keyboard.press("Enter")
        page.keyboard.type("-1.25")
        page.keyboard.press("Enter")
        found = state(page)
        assert found["parameters"]["layers.0.neurons.0.w.0"] == -1.25
        check_against_the_library(found)
        assert number.get_attribute("aria-valuenow") == "-1.25"
        page.keyboard.press("z")
        assert state(page)["parameters"]["layers.0.neurons.0.w.0"] != -1.25
        assert page.evaluate("glassgrad.set('layers.1.neurons.1.b', 0.5)") == state(page)["loss"]
        check_against_the_library(state(page))
        with pytest.raises(Exception, match="no parameter"):
            page.evaluate("glassgrad.set('layers.9.b', 0.5)")


def test_a_whole_sample_backward_one_edge_at_a_time(browser: Any, tmp_path: Path) -> None:
    model = MLP(2, [2, 1], "tanh", seed=0)
    X, y = data.moons(40, seed=0)
    with opened(browser, written(tmp_path, model, (X, y), loss="mse")) as page:
        edges = []
        while edge := page.evaluate("glassgrad.edge()"):
            edges.append(edge)
        found = state(page)
    cost = nn.losses.mse(model(found["X"][0]), found["y"][0])
    cost.backward()
    last = {edge["to"]: edge["after"] for edge in edges}
    for name, parameter in model.named_parameters():
        assert last[name] == pytest.approx(parameter.grad, rel=1e-12)
    assert len(edges) == sum(len(node.parents) for node in interior(cost))


def test_the_model_and_the_python_that_repeats_it(browser: Any, tmp_path: Path) -> None:
    with opened(browser, written(tmp_path, learning_rate=0.02)) as page:
        page.evaluate("glassgrad.train(37)")
        found = state(page)
        (tmp_path / "model.json").write_text(page.evaluate("glassgrad.model()"), encoding="utf-8")
        (tmp_path / "again.py").write_text(page.evaluate("glassgrad.python()"), encoding="utf-8")
    model = nn.load(tmp_path / "model.json")
    assert dict(model.state_dict()) == found["parameters"]
    done = subprocess.run(
        [sys.executable, str(tmp_path / "again.py")], capture_output=True, text=True, cwd=ROOT, check=False,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert float(done.stdout.split()[-1]) == pytest.approx(found["loss"], rel=1e-9)
    assert done.stdout.startswith("step 37:")


def test_a_trained_classifier_opens_and_comes_back(browser: Any, tmp_path: Path) -> None:
    table = nn.load_csv(ROOT / "examples" / "iris.csv")
    X = table.X[:, :2]
    classifier = Classifier((4,), "tanh", epochs=20, seed=0).fit(X, table.labels)
    with opened(browser, written(tmp_path, classifier, (X, table.labels))) as page:
        found = state(page)
        (tmp_path / "model.json").write_text(page.evaluate("glassgrad.model()"), encoding="utf-8")
    again = nn.load(tmp_path / "model.json")
    np.testing.assert_array_equal(again.predict(X), classifier.predict(X))
    assert found["classes"] == sorted(set(table.labels.tolist()))


LESSONS = {
    "bias": """(before, after) => Object.keys(before.parameters).filter((n) => n.startsWith("layers.0")).every((n) =>
      (n.endsWith(".b") ? before.gradients[n] !== 0 && after.parameters[n] !== before.parameters[n]
        : before.gradients[n] === 0 && after.parameters[n] === before.parameters[n]))""",
    "saturation": """({parameters, deltas, loss}) => Math.abs(parameters["layers.0.neurons.0.b"] - 6) < 0.1
      && loss > 0.9 && Math.abs(deltas["layers.0.neurons.0"]) < 0.01""",
    "pressure": """({deltas}) => Object.entries(deltas).every(([n, d]) =>
      n === "layers.0.neurons.0" || Math.abs(d) < Math.abs(deltas["layers.0.neurons.0"]))""",
    "symmetry": """(before, {parameters}) => {
      const of = (j) => ["w.0", "w.1", "b"].map((n) => parameters[`layers.0.neurons.${j}.${n}`]).join();
      return [1, 2, 3].every((j) => of(j) === of(0)) && parameters["layers.0.neurons.0.w.0"] !== 0.5; }""",
    "relu": """({deltas: {...d}}) =>
      Object.values(d).every((x) => x !== 0 && Math.abs(x - d["layers.4.neurons.0"]) < 1e-12)""",
    "batch": """({gradients, deltas}) => Object.keys(deltas).every((n) => gradients[`${n}.b`] === deltas[n])""",
    "unbiased": """(_, {parameters, accuracy}) =>
      !Object.keys(parameters).some((n) => n.endsWith(".b")) && accuracy < 0.8""",
    "rate": """(before, after) => !(after.loss < before.loss)""",
    "xor": """(before, {sizes, accuracy}) => sizes.join() === "2,2,1" && accuracy === 1""",
}


@pytest.mark.parametrize("name", LESSONS)
def test_a_preset_shows_what_it_claims_and_its_link_holds_it_all(browser: Any, tmp_path: Path, name: str) -> None:
    path = written(tmp_path)
    with opened(browser, path) as page:
        page.click("#presets summary")
        link = page.get_attribute(f'[data-preset="{name}"]', "href")
        page.click(f'[data-preset="{name}"]')
        page.wait_for_timeout(50)
        found = state(page)
        assert found["preset"] == name
        check_against_the_library(found)
        page.evaluate("glassgrad.train(200)")
        assert page.evaluate(f"([before, after]) => ({LESSONS[name]})(before, after)", [found, state(page)])
    with opened(browser, path, link) as page:
        assert state(page) == found


def test_a_link_holds_the_training_and_a_bad_one_changes_nothing(browser: Any, tmp_path: Path) -> None:
    path = written(tmp_path)
    with opened(browser, path) as page:
        page.evaluate("glassgrad.train(13)")
        page.wait_for_timeout(400)
        link, before = page.evaluate("location.hash"), state(page)
        after = page.evaluate("glassgrad.train(20)")
    with opened(browser, path, link) as page:
        assert state(page) == before
        assert page.evaluate("glassgrad.train(20)") == after  # the optimiser's own state is in it too
    for fragment in ("#state=abc", link[: len(link) // 2], "#state=" + "A" * 400):
        with opened(browser, path, fragment) as page:
            assert state(page)["step"] == 0


def test_the_doors(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "play.html"
    assert main(["xor", "--hidden", "2,3", "--activation", "relu", "--lang", "zh", "-o", str(target)]) == 0
    page = target.read_text(encoding="utf-8")
    carried = json.loads(page.split('id="page-data">')[1].split("</script>")[0])
    assert [layer["neurons"] for layer in carried["plan"]["layers"]] == [2, 3, 1]
    assert '<html lang="zh-Hans">' in page
    assert target.stat().st_size < 400_000
    assert main([str(ROOT / "examples" / "iris.csv"), "-o", str(target)]) == 0
    assert main(["mooons", "-o", str(target)]) == 2
    assert "moons" in capsys.readouterr().err
    assert "<iframe" in viz.playground(path=None)._repr_html_()


@pytest.mark.parametrize(
    ("arguments", "options", "error"),
    [
        ((MLP(3, [1], seed=0), "moons"), {}, OperandError),
        ((MLP(2, [1], seed=0), "blobs"), {}, OperandError),
        ((MLP(2, [65, 1], seed=0), "moons"), {}, OperandError),
        (("moons",), {}, OperandError),
        ((Classifier(), "moons"), {}, OperandError),
        ((None, (np.zeros((3000, 2)), np.arange(3000) % 2)), {}, DataError),
        ((None, (np.zeros((30, 2)), np.arange(30))), {}, DataError),
        ((None, (np.zeros(30), np.arange(30))), {}, DataError),
        ((None, "moons"), {"optimizer": "lion"}, UnknownNameError),
        ((None, "moons"), {"lang": "fr"}, UnknownNameError),
        ((None, "moons"), {"batch_size": 0}, OperandError),
    ],
)
def test_what_does_not_fit_is_refused(tmp_path: Path, arguments: Any, options: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        viz.playground(*arguments, path=tmp_path / "page.html", **options)
    assert not (tmp_path / "page.html").exists()
