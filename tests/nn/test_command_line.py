"""``python -m nn`` as a process: what it leaves in its folder, how it is interrupted, every way to get it wrong."""

from __future__ import annotations

import os
import re
import select
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from nn import Classifier, data, load
from nn.training.experiment import read_table, run
from tests import ROOT

IRIS = ROOT / "examples" / "iris.csv"
ARTEFACTS = [
    "boundary.png", "explore.html", "gradients.html", "index.html", "loss.png", "model.json", "neuron.svg", "play.html",
]  # fmt: skip
QUICK = ["--epochs", "2", "--hidden", "4"]
GOOD = "a,b,kind\n1,2.5,x\n-3,4e1,y\n5,6,x\n2,7,y\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def environment(**changes: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "MPLCONFIGDIR": "/tmp/glassgrad-tests", **changes}


def command(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "nn", *arguments],
        cwd=folder,
        env=environment(**variables),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def check_artefacts(out: Path, missing: str = "") -> None:
    assert names(out) == [name for name in ARTEFACTS if name != missing]
    for picture in ("boundary.png", "loss.png"):
        assert (out / picture).read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
    assert ElementTree.parse(out / "neuron.svg").getroot().tag.endswith("svg")
    page = (out / "index.html").read_text(encoding="utf-8")
    for name in ("boundary.png", "loss.png", "neuron.svg"):
        assert name in page


def check_accuracy(printed: str, out: Path, X_test: Any, y_test: Any) -> None:
    """The printed accuracy is that of the stored model on rows it has not seen."""
    rows, percent = re.findall(r"accuracy on (\d+) held-out rows (\d+\.\d)%", printed)[0]
    assert int(rows) == len(X_test)
    assert float(percent) == pytest.approx(100 * load(out / "model.json").score(X_test, y_test), abs=0.05)


# What it leaves.


def test_moons_leave_their_artefacts(folder: Path) -> None:
    done = command(folder, "moons", "--epochs", "20", "--samples", "80", "--out", "results", "--seed", "3")
    assert done.returncode == 0, done.stderr
    check_artefacts(folder / "results")
    X, y = data.moons(80, seed=3)
    _, X_test, _, y_test = data.train_test_split(X, y, seed=3)
    check_accuracy(done.stdout, folder / "results", X_test, y_test.astype(str))
    assert str(Path("results", "index.html")) in done.stdout


def test_a_table_of_ones_own(folder: Path) -> None:
    arguments = [str(IRIS), "--target", "species", "--hidden", "6", "--activation", "tanh", "--epochs", "15"]
    done = command(folder, *arguments, "--out", "a/b")
    assert done.returncode == 0, done.stderr
    check_artefacts(folder / "a" / "b")
    table = read_table(str(IRIS), target="species")
    _, X_test, _, y_test = data.train_test_split(table.X, table.y)
    check_accuracy(done.stdout, folder / "a" / "b", X_test, np.array(table.class_names)[y_test])
    model = load(folder / "a" / "b" / "model.json")
    assert tuple(model.feature_names_in_) == table.feature_names
    assert model.score(table.X, np.array(table.class_names)[table.y]) > 0.8


def test_the_folder_is_named_after_the_data(folder: Path) -> None:
    assert command(folder, "yin-yang", *QUICK).returncode == 0
    (folder / "flowers.csv").write_text(GOOD + "1,2,x\n3,4,y\n")
    assert command(folder, "flowers.csv", *QUICK).returncode == 0
    check_artefacts(folder / "out" / "yin-yang")
    check_artefacts(folder / "out" / "flowers")


def test_columns_and_classes_may_have_any_name(folder: Path) -> None:
    (folder / "odd.csv").write_text('"<b>&amp;",$x_1$,"a ""b"""\n1,2,<i>\n3,4,$\n5,1,<i>\n0,7,$\n', encoding="utf-8")
    done = command(folder, "odd.csv", *QUICK)
    assert done.returncode == 0, done.stderr
    check_artefacts(folder / "out" / "odd")
    assert "<i>" not in (folder / "out" / "odd" / "index.html").read_text(encoding="utf-8")


def test_one_column_is_enough(folder: Path) -> None:
    (folder / "one.csv").write_text("x,kind\n1,a\n2,a\n3,b\n4,b\n")
    done = command(folder, "one.csv", *QUICK)
    assert done.returncode == 0, done.stderr
    check_artefacts(folder / "out" / "one")


def test_a_second_run_takes_the_place_of_the_first_and_the_seed_decides(folder: Path) -> None:
    models = []
    for seed in ("1", "1", "2"):
        assert command(folder, "xor", *QUICK, "--seed", seed, "--out", "o").returncode == 0
        check_artefacts(folder / "o")
        models.append((folder / "o" / "model.json").read_bytes())
    assert models[0] == models[1] != models[2]


def test_the_options_reach_the_training(folder: Path) -> None:
    settings = ["--activation", "elu", "--hidden", "3,2", "--init", "zeros", "--optimizer", "sgd"]
    more = ["--learning-rate", "0", "--batch-size", "5", "--test-fraction", "0.5", "--noise", "0.3", "--patience", "1"]
    more += ["--samples", "30"]
    done = command(folder, "blobs", *QUICK, *settings, *more, "--out", "o")
    assert done.returncode == 0, done.stderr
    assert "accuracy on 15 held-out rows" in done.stdout
    model = load(folder / "o" / "model.json").model_
    assert [(len(layer.neurons), layer.activation) for layer in model.layers] == [(3, "elu"), (2, "elu"), (3, "linear")]
    assert set(model.state_dict().values()) == {0.0}


def test_help_is_enough_to_use_it(folder: Path) -> None:
    done = command(folder, "--help")
    assert done.returncode == 0
    for word in (*data.GENERATORS, "--target", "--hidden", "--activation", "--epochs", "--seed", "--out", ".csv"):
        assert word in done.stdout
    assert names(folder) == []


@pytest.mark.skipif(os.name != "posix", reason="a terminal to press Ctrl-C in is POSIX's")
def test_ctrl_c_ends_the_training_and_leaves_the_artefacts(folder: Path) -> None:
    import pty
    import termios

    terminal, stderr = pty.openpty()  # where there is a terminal there is a progress bar, and we see the training run
    termios.tcsetwinsize(terminal, (24, 120))
    child = subprocess.Popen(
        [sys.executable, "-m", "nn", "moons", "--samples", "30", "--epochs", "1000000", "--hidden", "4", "--out", "o"],
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a test run in the background ignores it
    )
    try:
        os.close(stderr)
        shown = b""
        while b"loss=" not in shown and select.select([terminal], [], [], 60.0)[0]:
            shown += os.read(terminal, 4096)
        assert b"loss=" in shown
        child.send_signal(signal.SIGINT)
        out, _ = child.communicate(timeout=60)
    finally:
        child.kill()
        os.close(terminal)
    assert child.returncode == 0
    assert "interrupted" in out
    check_artefacts(folder / "o")


_INTERRUPTED = """
import os, runpy, signal, sys

signal.signal(signal.SIGINT, signal.default_int_handler)  # a test run in the background ignores it
name = sys.argv.pop(1)

def watch(frame, event, _):
    if event == "call" and frame.f_code.co_qualname == name:
        sys.setprofile(None)
        os.kill(os.getpid(), signal.SIGINT)

sys.setprofile(watch)
runpy.run_module("nn", run_name="__main__", alter_sys=True)
"""


def interrupted(folder: Path, place: str) -> subprocess.CompletedProcess[str]:
    """A run that gets Ctrl-C as it enters the function with this name."""
    return subprocess.run(
        [sys.executable, "-c", _INTERRUPTED, place, "moons", *QUICK, "--out", "new/out"],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.skipif(os.name != "posix", reason="Ctrl-C is sent as a POSIX signal")
@pytest.mark.parametrize("place", ["read_table", "check_tools", "Rows.evaluate", "Epochs._compile", "Epochs.run"])
def test_ctrl_c_before_the_first_epoch_ends_leaves_nothing(folder: Path, place: str) -> None:
    done = interrupted(folder, place)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "python -m nn: interrupted\n")
    assert names(folder) == []


@pytest.mark.skipif(os.name != "posix", reason="Ctrl-C is sent as a POSIX signal")
def test_ctrl_c_in_the_report_leaves_whole_files_only(folder: Path) -> None:
    done = interrupted(folder, "Figure.savefig")
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "python -m nn: interrupted\n")
    assert names(folder) == ["new", "new/out", "new/out/model.json"]
    load(folder / "new" / "out" / "model.json")


# The held-out rows.


@pytest.mark.parametrize("patience", [None, 2])
def test_nothing_is_chosen_by_the_held_out_rows(patience: int | None) -> None:
    table = read_table("moons", samples=40, noise=0.3)
    _, held_out, _, _ = data.train_test_split(np.arange(40), table.y)
    other = table.X.copy()
    other[held_out] = -5.0 * other[held_out]
    weights = []
    for X in (table.X, other):
        classifier = Classifier((4,), "tanh", epochs=12, learning_rate=0.1, patience=patience, standardize=False)
        weights.append(run("moons", replace(table, X=X), classifier).classifier.model_.state_dict())
    assert weights[0] == weights[1]


# Wrong input: exit code 2, one line that says what is wrong, and nothing left behind.


def refusal(folder: Path, *arguments: str, **variables: str) -> str:
    before = names(folder)
    done = command(folder, *arguments, **variables)
    assert done.returncode == 2, done.stdout + done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("python -m nn: ")
    assert names(folder) == before
    return lines[0]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["moonz"], "unknown data set 'moonz' (did you mean 'moons'?)"),
        (["yin_yang"], "unknown data set 'yin_yang' (did you mean 'yin-yang'?)"),
        (["moons", "--activation", "thanh"], "unknown activation 'thanh' (did you mean 'tanh'?)"),
        (["moons", "--optimizer", "adamm"], "unknown optimiser 'adamm' (did you mean 'adam'?)"),
        (["moons", "--init", "xavyer"], "unknown initialisation 'xavyer' (did you mean 'xavier'?)"),
        (["moons", "--epochs", "0"], "argument --epochs: expected a whole number of at least 1, got '0'"),
        (["moons", "--batch-size", "0"], "argument --batch-size: expected a whole number of at least 1"),
        (["moons", "--patience", "0"], "argument --patience: expected a whole number of at least 1"),
        (["moons", "--hidden", "4,0"], "argument --hidden: '4,0' is no list of neurons per layer like 16,16"),
        (["moons", "--samples", "1"], "argument --samples: expected a whole number of at least 6"),
        (["moons", "--noise", "-1"], "argument --noise: expected a finite number of at least 0, got '-1'"),
        (["moons", "--noise", "nan"], "argument --noise: expected a finite number of at least 0"),
        (["moons", "--seed", "-1"], "argument --seed: expected a whole number of at least 0"),
        (["moons", "--learning-rate", "-0.1"], "argument --learning-rate: expected a finite number of at least 0"),
        (["moons", "--test-fraction", "1.5"], "argument --test-fraction: expected a number above 0 and below 1"),
        (["moons", "--learning-rate", "1e300"], "lower the learning rate"),
        (["none.csv"], "none.csv: No such file or directory"),
        (["flowrs.csv"], "flowrs.csv: No such file or directory (did you mean 'flowers.csv'?)"),
        (["flowers.csv", "--target", "kindd"], "no column 'kindd' to use as the target (did you mean 'kind'?)"),
        (["."], ".: "),
        ([""], "unknown data set ''"),
        (["moons", "--target", "y"], "target 'y' is for CSV files: moons is generated"),
        (["flowers.csv", "--noise", "0.1"], "noise 0.1 is for generated data: flowers.csv is a file"),
        (["flowers.csv", "--samples", "10"], "samples 10 is for generated data: flowers.csv is a file"),
        (["moons", "--hidden", "4,x"], "argument --hidden: '4,x' is no list of neurons per layer like 16,16"),
        (["moons", "--hidden", "4,,4"], "argument --hidden: '4,,4' is no list of neurons per layer like 16,16"),
        (["moons", "--epochs", "many"], "argument --epochs: expected a whole number of at least 1, got 'many'"),
        (["moons", "--colour", "red"], "unrecognized arguments: --colour red"),
        (["moons", "xor"], "unrecognized arguments: xor"),
        ([], "the following arguments are required: DATA"),
    ],
)
def test_wrong_arguments(folder: Path, arguments: Sequence[str], message: str) -> None:
    (folder / "flowers.csv").write_text(GOOD)
    assert message in refusal(folder, *QUICK, *arguments)


def test_no_hidden_layer_is_a_choice(folder: Path) -> None:
    done = command(folder, "moons", "--epochs", "1", "--hidden", "", "--out", "o")
    assert done.returncode == 0, done.stderr
    assert len(load(folder / "o" / "model.json").model_.layers) == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b,kind\n1,2,x\n3,,y\n5,6,x\n", "line 3, column 'b': the cell is empty"),
        ("a,b,kind\n1,2,x\n3,NA,y\n5,6,x\n", "line 3, column 'b': the value is missing"),
        ("a,b,kind\n1,2,x\n3,4,\n5,6,x\n", "line 3, column 'kind': the class is missing"),
        ("a,b,kind\n1,red,x\n3,4,y\n5,6,x\n", "line 2, column 'b': 'red' is not a finite number"),
        ("a,b,kind\n1,2,x\n3,4\n5,6,x\n", "line 3, column 'kind': the cell is missing"),
        ("a,b,kind\n1,2,x\n3,4,x\n5,6,x\n", "line 2, column 'kind': all 3 rows have the class 'x'"),
        ("a,b,kind\n1,2,x\n3,4,y\n", "every class has a single row"),
        ("a,b,kind\n", "the file ends after 0 rows"),
        ("", "the file is empty"),
        ("\0\1\2", "is not UTF-8 text"),
    ],
)
def test_tables_that_cannot_be_learnt_from(folder: Path, text: str, message: str) -> None:
    (folder / "table.csv").write_text(text)
    assert message in refusal(folder, "table.csv", *QUICK)


def test_an_output_folder_that_cannot_be_made(folder: Path) -> None:
    (folder / "file").write_text("precious")
    for out in ("file", "file/below"):
        assert "file: this is a file: name a folder instead" in refusal(folder, "moons", *QUICK, "--out", out)
    assert (folder / "file").read_text() == "precious"


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everywhere")
def test_an_output_folder_that_may_not_be_written(folder: Path) -> None:
    (folder / "locked").mkdir(mode=0o500)
    for out in ("locked", "locked/below"):
        assert "locked" in refusal(folder, "moons", *QUICK, "--out", out)


def test_an_error_leaves_earlier_results_as_they_were(folder: Path) -> None:
    assert command(folder, "moons", *QUICK, "--out", "o").returncode == 0
    before = {name: (folder / "o" / name).read_bytes() for name in ARTEFACTS}
    assert "unknown activation" in refusal(folder, "moons", *QUICK, "--out", "o", "--activation", "thanh")
    assert {name: (folder / "o" / name).read_bytes() for name in ARTEFACTS} == before


@pytest.mark.parametrize(("missing", "mend"), [("matplotlib", "glassgrad[plot]"), ("pygraphviz", "glassgrad[render]")])
def test_an_extra_that_is_not_installed_is_named(folder: Path, missing: str, mend: str) -> None:
    site = folder / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(f"import sys; sys.modules[{missing!r}] = None")
    done = command(folder, "moons", *QUICK, PATH=str(site), PYTHONPATH=f"{site}{os.pathsep}{ROOT}")
    assert done.returncode == 2, done.stdout + done.stderr
    assert mend in done.stderr
    assert "Traceback" not in done.stderr
    assert not (folder / "out").exists()
