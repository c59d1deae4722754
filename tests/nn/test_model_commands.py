"""A saved model on the command line: ``explain``, ``predict`` and ``python -m viz MODEL.json``; a regression."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest

import nn.__main__
import viz.__main__
from nn import MLP, Classifier, Regressor, data, explain, load_csv, save
from tests import ROOT

IRIS = ROOT / "examples" / "iris.csv"
ROW = "5.1,3.5,1.4,0.2"


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    table = load_csv(IRIS, "species")
    names = np.array(table.class_names)[table.y]
    classifier = Classifier((4,), "tanh", epochs=30, learning_rate=0.05, progress=False).fit(table.X, names)
    classifier.feature_names_in_ = np.array(table.feature_names, dtype=object)
    save(classifier, folder / "iris.json")
    X = np.linspace(-2.0, 2.0, 40)[:, None]
    save(Regressor((4,), "tanh", epochs=60, progress=False).fit(X, 10.0 + X[:, 0]), folder / "line.json")
    save(MLP(2, [3, 1], "tanh", seed=0), folder / "mlp.json")
    return folder


def run(*arguments: object) -> int:
    return nn.__main__.main(list(map(str, arguments)))


def test_explain_prints_what_explain_returns(models: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from nn import load

    assert run("explain", models / "iris.json", ROW, "--target", "virginica", "--lang", "en") == 0
    shown = capsys.readouterr().out
    loaded = load(models / "iris.json")
    sample = loaded.scaled(np.array([[float(x) for x in ROW.split(",")]]))[0]
    report = explain(loaded.model_, sample, target=[0.0, 0.0, 1.0])
    assert f"C = {report.cost:.4g}" in shown
    assert run("explain", models / "iris.json", ROW, "--neuron", "layers.0.neurons.1", "--lang", "zh") == 0
    told = capsys.readouterr()
    assert "逐步推导：layers.0.neurons.1" in told.out
    assert "setosa" in told.err  # the model's own answer, which it was compared with


@pytest.mark.parametrize("ending", ["html", "tex", "json", "txt"])
def test_explain_writes_a_file(models: Path, tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"report.{ending}"
    assert run("explain", models / "mlp.json", "0.5,-1", "--target", "1", "-o", file) == 0
    text = file.read_text(encoding="utf-8")
    start = {"html": "<!doctype html>", "tex": "\\documentclass", "json": "{", "txt": "Where every gradient"}[ending]
    assert text.startswith(start)
    if ending == "json":
        expected = explain(MLP(2, [3, 1], "tanh", seed=0), [0.5, -1.0], target=1.0)
        assert json.loads(text)["gradients"] == pytest.approx(dict(expected.gradients))


def test_predict_finds_the_columns_by_name_in_any_order(
    models: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("predict", models / "iris.json", IRIS) == 0
    straight = capsys.readouterr().out
    rows = list(csv.DictReader(IRIS.read_text().splitlines()))
    shuffled = io.StringIO()
    writer = csv.DictWriter(shuffled, [*reversed(rows[0]), "note"])
    writer.writeheader()
    writer.writerows({**row, "note": "x"} for row in rows)
    (tmp_path / "other.csv").write_text(shuffled.getvalue())
    assert run("predict", models / "iris.json", tmp_path / "other.csv", "-o", tmp_path / "out.csv") == 0
    assert (tmp_path / "out.csv").read_text() == straight
    table = list(csv.reader(straight.splitlines()))
    assert table[0] == ["prediction", "p(setosa)", "p(versicolor)", "p(virginica)"]
    assert len(table) == 151
    assert all(abs(sum(map(float, row[1:])) - 1.0) < 1e-4 for row in table[1:])


def test_predict_says_how_right_it_is(models: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert run("predict", models / "iris.json", IRIS, "--target", "species", "--lang", "en") == 0
    table = load_csv(IRIS, "species")
    from nn import load

    accuracy = load(models / "iris.json").score(table.X, np.array(table.class_names)[table.y])
    assert f"accuracy {accuracy:.1%} on 150 rows" in capsys.readouterr().err
    (tmp_path / "line.csv").write_text("x,y\n" + "\n".join(f"{x},{10 + x}" for x in (-1.0, 0.0, 1.0)))
    assert run("predict", models / "line.json", tmp_path / "line.csv", "--target", "y", "--lang", "en") == 0
    told = capsys.readouterr()
    assert told.out.splitlines()[0] == "prediction"
    assert "R² 0.9" in told.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["explain", "iris.json", "5.1,3.5"], "the model takes 4 numbers: sepal_length, sepal_width"),
        (["explain", "iris.json", "5.1,a,1,1"], "a row is numbers with commas between them"),
        (["explain", "iris.json", ROW, "--target", "virginca"], "did you mean 'virginica'?"),
        (["explain", "iris.json", ROW, "--neuron", "layers.0.neurons.9"], "unknown neuron"),
        (["explain", "iris.json", ROW, "-o", "report.pdf"], "unknown ending of the output '.pdf'"),
        (["explain", "line.json", "1", "--target", "two"], "the target must be a number, got 'two'"),
        (["explain", "none.json", "1"], "none.json: No such file"),
        (["predict", "iris.json", "other.csv"], "there is no column 'sepal_length'"),
        (["predict", "iris.json", str(IRIS), "--target", "specie"], "did you mean 'species'?"),
    ],
)
def test_mistakes_are_told_in_a_line(
    models: Path, arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (models / "other.csv").write_text("a,b\n1,2\n3,4\n")
    places = [str(models / part) if part.endswith((".json", "other.csv")) else part for part in arguments]
    assert run(*places) == 2
    told = capsys.readouterr().err.strip()
    assert message in told
    assert told.count("\n") == 0


def test_viz_draws_a_saved_model_and_a_row_of_it(
    models: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert viz.__main__.main([str(models / "mlp.json"), "-o", str(tmp_path / "net.dot")]) == 0
    assert "layers.0" in (tmp_path / "net.dot").read_text()
    assert viz.__main__.main([str(models / "iris.json"), ROW, "-o", str(tmp_path / "row.html"), "--lang", "zh"]) == 0
    assert 'lang="zh' in (tmp_path / "row.html").read_text(encoding="utf-8")
    assert viz.__main__.main([str(models / "mlp.json"), "0.5,2", "--target", "0", "-o", str(tmp_path / "r.dot")]) == 0
    assert viz.__main__.main([str(models / "mlp.json"), "-o", str(tmp_path / "net.html")]) == 2
    assert "give its numbers" in capsys.readouterr().err


def test_a_number_that_is_none_is_told_with_a_remedy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert viz.__main__.main(["log(x)", "x=-1", "-o", str(tmp_path / "l.dot"), "--lang", "en"]) == 0
    assert "Not a finite number: log(x) = nan." in capsys.readouterr().out
    assert viz.__main__.main(["sqrt(x)", "x=0", "-o", str(tmp_path / "s.dot"), "--lang", "zh"]) == 0
    assert "x 的梯度" in capsys.readouterr().out
    assert viz.__main__.main(["x", "x=1", "-o", "q.gif"]) == 2
    assert "known: dot, html, png, svg" in capsys.readouterr().err


def test_a_numeric_target_makes_a_regression_whose_page_shows_the_fit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    x = rng.uniform(-3.0, 3.0, 60)
    Path("wave.csv").write_text("x,height\n" + "\n".join(f"{a:.4f},{3 * np.sin(a):.4f}" for a in x))
    assert run("wave.csv", "--epochs", "20", "--hidden", "4", "--lang", "en") == 0
    assert "R² on 15 held-out rows" in capsys.readouterr().out
    out = Path("out", "wave")
    assert (out / "fit.png").read_bytes().startswith(b"\x89PNG")
    page = (out / "index.html").read_text(encoding="utf-8")
    assert "height, a number" in page
    assert not (out / "play.html").exists()


def test_what_is_wrong_with_a_training_is_told_and_no_run_overwrites_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    X, y = data.moons(60, noise=0.1, seed=0)
    lines = [f"{index},{X[index, 0]:.4f},{X[index, 1]:.4f},{'ab'[y[index]]}" for index in range(60)]
    Path("ids.csv").write_text("\n".join(["id,a,b,kind", *lines]))
    quick = ["--epochs", "3", "--hidden", "4"]
    assert run("ids.csv", *quick, "--lang", "en") == 0
    assert "Numbers the rows: id has a different whole number" in capsys.readouterr().out
    first = Path("out/ids/index.html").read_bytes()
    assert run("ids.csv", *quick, "--learning-rate", "1e9", "--lang", "en") == 0
    assert "Training did harm: the loss was" in capsys.readouterr().out
    assert Path("out/ids/index.html").read_bytes() == first
    second = Path("out/ids-2/index.html").read_text(encoding="utf-8")
    assert "Training did harm" in second
    assert "Lower the learning rate" in second
