"""Diagnoses: each finding is provoked, tells the truth in numbers, and keeps quiet where nothing is wrong."""

from __future__ import annotations

import math

import numpy as np
import pytest

from nn import MLP, Thresholds, data, diagnose, explain, fit
from nn.explanation.diagnose import Finding, usual_slope
from nn.explanation.report import Report

X, Y = data.moons(60, noise=0.1, seed=0)


def kinds(report: Report) -> list[str]:
    return [finding.kind for finding in report.findings]


def only(report: Report, kind: str) -> Finding:
    (found,) = [finding for finding in report.findings if finding.kind == kind]
    return found


def all_names(report: Report, kind: str) -> set[str]:
    return {name for finding in report.findings if finding.kind == kind for name in finding.neurons}


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "elu", "leaky_relu", "gelu"])
def test_a_healthy_trained_model_has_no_findings(activation: str, seed: int) -> None:
    rows, labels = data.moons(100, noise=0.1, seed=seed)
    model = MLP(2, [16, 1], activation, seed=seed)
    fit(model, rows, labels, epochs=40, learning_rate=0.05, seed=seed, progress=False)
    assert explain(model, rows, targets=labels).findings == ()


@pytest.mark.parametrize("seed", range(6))
def test_a_trained_relu_model_is_accused_only_of_what_is_so(seed: int) -> None:
    """Relu neurons do die in training; every one named is off on every row, by the arrays' own arithmetic."""
    rows, labels = data.moons(100, noise=0.1, seed=seed)
    model = MLP(2, [16, 1], "relu", seed=seed)
    fit(model, rows, labels, epochs=40, learning_rate=0.05, seed=seed, progress=False)
    z = rows @ np.array([[w.data for w in n.w] for n in model.layers[0].neurons]).T
    z += [n.b.data for n in model.layers[0].neurons if n.b is not None]
    off = {f"layers.0.neurons.{index}" for index in np.flatnonzero((z <= 0.0).all(axis=0))}
    findings = explain(model, rows, targets=labels).findings
    assert {finding.kind for finding in findings} <= {"dead"}
    assert {name for finding in findings for name in finding.neurons} == off


def test_dead() -> None:
    model = MLP(2, [4, 1], "relu", seed=0)
    model.layers[0].neurons[2].b.data = -100.0  # type: ignore[union-attr]
    report = explain(model, X, targets=Y)
    found = only(report, "dead")
    assert "layers.0.neurons.2" in found.neurons
    assert found.evidence["rows"] == 60
    assert found.evidence["z_max"] < 0.0
    assert report.gradients["layers.0.neurons.2.b"] == 0.0


def test_one_sample_is_not_enough_to_call_a_neuron_dead() -> None:
    model = MLP(2, [16, 1], "relu", seed=0)
    report = explain(model, X[0], target=1.0)
    assert any(row.activity == 0.0 for row in report.neurons.values())
    assert kinds(report) == []


@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "softplus", "silu"])
def test_saturated(activation: str) -> None:
    model = MLP(2, [3, 1], activation, seed=0)
    model.layers[0].neurons[1].b.data = -40.0  # type: ignore[union-attr]
    found = only(explain(model, X, targets=Y), "saturated")
    assert found.neurons == ("layers.0.neurons.1",)
    assert found.evidence["share"] == "100%"
    assert found.evidence["z_median"] == pytest.approx(40.0, abs=3.0)


def test_starved() -> None:
    model = MLP(2, [3, 1], "tanh", seed=0)
    report = explain(model, np.zeros((10, 2)), targets=np.ones(10), loss="mse")
    names = all_names(report, "starved")
    # With all biases at 0 the hidden neurons pass on tanh(0) = 0, so the output starves too.
    assert names == set(report)
    for name in names:
        assert not report[name].weight_gradients.any()
        assert report[name].bias_gradient != 0.0


def test_starved_by_a_dead_layer() -> None:
    model = MLP(2, [3, 2, 1], "relu", seed=0)
    for neuron in model.layers[0].neurons:
        neuron.b.data = -100.0  # type: ignore[union-attr]
    report = explain(model, X, targets=Y)
    assert "layers.1.neurons.0" in all_names(report, "starved")
    assert all_names(report, "dead") >= {f"layers.0.neurons.{i}" for i in range(3)}


@pytest.mark.parametrize("init", ["zeros", "constant"])
def test_twins(init: str) -> None:
    model = MLP(2, [4, 1], "tanh", init="zeros", seed=0)
    if init == "constant":
        for layer in model.layers:
            for neuron in layer.neurons:
                for weight in neuron.w:
                    weight.data = 0.5
    assert only(explain(model, X, targets=Y), "twins").neurons == tuple(f"layers.0.neurons.{i}" for i in range(4))


def test_equal_weights_that_will_part_are_no_twins() -> None:
    model = MLP(2, [2, 1], "tanh", seed=0)
    first, second = model.layers[0].neurons
    for one, other in zip(first.w, second.w, strict=True):
        other.data = one.data
    assert kinds(explain(model, X, targets=Y)) == []  # the output reads them with different weights


def test_vanishing() -> None:
    report = explain(MLP(2, [8] * 9 + [1], "sigmoid", seed=0), X, targets=Y)
    found = only(report, "vanishing")
    assert found.evidence["first"] < 1e-3 * found.evidence["last"]
    assert found.evidence["activity"] < 0.25
    assert found.evidence["factor"] ** 9 == pytest.approx(found.evidence["first"] / found.evidence["last"])
    assert "layers.0.neurons.0" in found.neurons


def test_exploding() -> None:
    model = MLP(2, [16] * 6 + [1], "relu", seed=0)
    for parameter in model.parameters():
        parameter.data *= 5.0
    found = only(explain(model, X, targets=Y, loss="mse"), "exploding")
    assert found.evidence["first"] > 1e3 * found.evidence["last"]


def test_relu_of_the_same_depth_neither_vanishes_nor_explodes() -> None:
    assert not {"vanishing", "exploding"} & set(kinds(explain(MLP(2, [16] * 9 + [1], "relu", seed=0), X, targets=Y)))


def test_unused_input() -> None:
    rows = np.column_stack([X, np.full(len(X), 0.1), X[:, 0]])
    model = MLP(4, [5, 1], "tanh", seed=0)
    for neuron in model.layers[0].neurons:
        neuron.w[3].data = 0.0
    found = only(explain(model, rows, targets=Y), "unused")
    assert found.evidence["inputs"] == "x2, x3"  # one never changes, the other is never read


@pytest.mark.parametrize(
    ("weight", "x", "what", "value"),
    [(math.inf, 1.0, "layers.0.neurons.0.w.1", math.inf), (1.0, math.nan, "input x1", math.nan)],
)
def test_nan_and_inf_are_traced_to_where_they_began(weight: float, x: float, what: str, value: float) -> None:
    model = MLP(2, [3, 1], "tanh", seed=0)
    model.layers[0].neurons[0].w[1].data = weight
    rows = X.copy()
    rows[7, 1] = x if math.isnan(x) else rows[7, 1]
    report = explain(model, rows, targets=Y)
    (found,) = report.findings
    assert (found.kind, found.evidence["what"]) == ("nan", what)
    assert found.evidence["row"] == (7 if math.isnan(x) else 0)
    assert str(found.evidence["value"]) == str(value)


def test_an_overflow_inside_is_traced_to_its_neuron() -> None:
    model = MLP(2, [2, 1], "exp", seed=0)
    model.layers[0].neurons[1].b.data = 1000.0  # type: ignore[union-attr]
    (found,) = explain(model, X, targets=Y).findings
    assert found.evidence["what"] == "layers.0.neurons.1: a"
    assert found.neurons == ("layers.0.neurons.1",)
    assert not found.evidence["backward"]


def test_a_gradient_that_is_infinite_though_all_numbers_are_finite() -> None:
    model = MLP(1, [1, 1], "sqrt", seed=0)
    report = explain(model, [[0.0]], targets=[1.0], loss="mse")  # sqrt'(0) = inf
    (found,) = report.findings
    assert found.evidence["backward"] is True
    assert "vertical tangent" in found.why


def test_every_kind_speaks_both_languages() -> None:
    broken = MLP(2, [4, 1], "relu", seed=0)
    broken.layers[0].neurons[2].b.data = -100.0  # type: ignore[union-attr]
    for finding in explain(broken, X, targets=Y).findings:
        english, chinese = str(finding), str(finding.translated("zh"))
        assert finding.title in english
        assert all(part and part in chinese for part in (finding.translated("zh").title, "。"))
        assert "{" not in english + chinese
    report = explain(broken, X, targets=Y, lang="zh")
    assert {finding.lang for finding in report.findings} == {"zh"}


def test_thresholds_can_be_moved() -> None:
    report = explain(MLP(2, [8] * 4 + [1], "sigmoid", seed=0), X, targets=Y)
    assert "vanishing" not in [finding.kind for finding in diagnose(report, Thresholds(vanishing=1e-9))]
    assert "vanishing" in [finding.kind for finding in diagnose(report, Thresholds(vanishing=0.5))]


def test_usual_slopes() -> None:
    assert usual_slope("linear") == 1.0
    assert usual_slope("sigmoid") == 0.25
    assert usual_slope("leaky_relu") == 1.0


def test_twins_are_found_also_behind_one_that_parts() -> None:
    """The first of three equal neurons is asked for something else; the other two are twins all the same."""
    model = MLP(2, [3, 1], "tanh", init="zeros")
    for neuron in model.layers[0].neurons:
        for weight in neuron.w:
            weight.data = 0.5
    for weight, number in zip(model.layers[1].neurons[0].w, (1.0, 2.0, 2.0), strict=True):
        weight.data = number
    found = only(explain(model, X, targets=Y), "twins")
    assert found.neurons == ("layers.0.neurons.1", "layers.0.neurons.2")


def test_starved_without_a_bias_does_not_promise_that_the_bias_learns() -> None:
    report = explain(MLP(2, [3, 1], "tanh", bias=False, seed=0), np.zeros((10, 2)), targets=[1.0] * 10)
    assert set(report.gradients.values()) == {0.0}
    starved = [finding for finding in report.findings if finding.kind == "starved"]
    assert len(starved) == 2
    for finding in starved:
        assert "without a bias" in finding.why
        assert "没有偏置" in finding.translated("zh").why
