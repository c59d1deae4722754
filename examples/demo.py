"""Train two classifiers with the scalar engine and leave their pictures in ``out/``: two moons, and Fisher's iris."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from autograd.system.command_line import answer
from autograd.system.files import make_folder
from autograd.system.language import preferred
from nn import Classifier
from nn.training.experiment import read_table, run
from viz.report.experiment import check_tools, summary, write_report

IRIS = Path(__file__).with_name("iris.csv")


OUT = Path("out")


def main() -> int:
    check_tools()
    make_folder(OUT)
    experiments = []
    for name, table, classifier in (
        ("moons", read_table("moons", samples=200, noise=0.15), Classifier((16, 16), "relu", epochs=60)),
        ("iris", read_table(str(IRIS), target="species"), Classifier((8,), "tanh", epochs=60)),
    ):
        print(f"training on {name} ...", file=sys.stderr)
        experiments.append(run(name, table, classifier))
        if classifier.history_.ended == "interrupted":  # fit keeps what was learnt, but here Ctrl-C means: stop
            raise KeyboardInterrupt
    lang = preferred(os.environ)
    page = write_report(experiments, OUT, lang)
    for experiment in experiments:
        print(summary(experiment, lang))
    print(f"open {page} to see them")
    return 0


if __name__ == "__main__":
    sys.exit(answer("demo.py", main))
