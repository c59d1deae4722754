"""Train two classifiers with the scalar engine and leave their pictures in ``out/``: two moons, and Fisher's iris."""

from __future__ import annotations

import sys
from pathlib import Path

from nn import Classifier
from nn.experiment import read_table, run
from viz.report import summary, write_report

IRIS = Path(__file__).with_name("iris.csv")


def main() -> None:
    experiments = []
    for name, table, classifier in (
        ("moons", read_table("moons", samples=200, noise=0.15), Classifier((16, 16), "relu", epochs=60)),
        ("iris", read_table(str(IRIS), target="species"), Classifier((8,), "tanh", epochs=60)),
    ):
        print(f"training on {name} ...", file=sys.stderr)
        experiments.append(run(name, table, classifier))
    page = write_report(experiments, Path("out"))
    for experiment in experiments:
        print(summary(experiment))
    print(f"open {page} to see them")


if __name__ == "__main__":
    main()
