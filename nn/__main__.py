"""``python -m nn moons`` or ``table.csv``: train a classifier, leave its pictures; ``python -m nn lesson``: lessons."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Sequence
from pathlib import Path

from autograd import GlassgradError
from nn.data import GENERATORS
from nn.estimator import Classifier
from nn.experiment import read_table, run
from nn.init import SCHEMES
from nn.optim import OPTIMIZERS

_EXAMPLES = """\
examples:
  python -m nn moons                                 two half circles, to out/moons/
  python -m nn spiral --hidden 32,32 --epochs 200    a harder one
  python -m nn iris.csv --target species             your own table: a header line, numbers, one column of classes
  python -m nn iris.csv --out report --seed 7        somewhere else, from other starting weights
  python -m nn lesson                                six short experiments about gradients (lesson --help)

Ctrl-C ends the training early and keeps the best weights so far.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] == ["lesson"]:
        from nn.lessons.__main__ import main as lesson

        return lesson(given[1:])
    options = _parser().parse_args(given)
    made: list[Path] = []
    try:
        table = read_table(
            options.data, target=options.target, samples=options.samples, noise=options.noise, seed=options.seed
        )
        classifier = Classifier(
            options.hidden,
            options.activation,
            optimizer=options.optimizer,
            learning_rate=options.learning_rate,
            epochs=options.epochs,
            batch_size=options.batch_size,
            patience=options.patience,
            weight_init=options.init,
            seed=options.seed,
        )
        from viz.report import check_tools, summary, write_report  # late: a wrong argument is answered at once

        check_tools()
        name = Path(options.data).stem
        out = Path(options.out) if options.out else Path("out") / name
        made = _make_folder(out)
        experiment = run(name, table, classifier, test_fraction=options.test_fraction, seed=options.seed)
        page = write_report([experiment], out)
    except (GlassgradError, OSError, ImportError) as error:
        for folder in made:  # nothing stays of a run that came to nothing
            with contextlib.suppress(OSError):
                folder.rmdir()
        print(f"python -m nn: {error}", file=sys.stderr)
        return 2
    print(summary(experiment))
    print(f"see {page}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m nn",
        description="Train a classifier with the scalar engine; leave the decision boundary, the loss curve, the graph "
        "of one neuron after backward, the model and a page that shows them.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("data", metavar="DATA", help=f"{', '.join(GENERATORS)}, or a CSV file")
    add("--target", metavar="COLUMN", help="the CSV column to predict (default: the last one)")
    add("--hidden", type=_sizes, default=(16, 16), metavar="16,16", help="neurons of each hidden layer; '' for none")
    add("--activation", default="relu", help="of the hidden layers: relu, tanh, sigmoid, ... (default: %(default)s)")
    add("--epochs", type=int, default=100, help="times that every row is seen (default: %(default)s)")
    add("--learning-rate", type=float, default=0.01, metavar="RATE", help="(default: %(default)s)")
    add("--batch-size", type=int, default=16, metavar="ROWS", help="rows per step (default: %(default)s)")
    add("--optimizer", default="adam", help=f"{', '.join(OPTIMIZERS)} (default: %(default)s)")
    add("--init", default="auto", help=f"how weights start: auto, {', '.join(SCHEMES)} (default: %(default)s)")
    add("--patience", type=int, metavar="EPOCHS", help="stop after so many epochs without a better held-out loss")
    add("--test-fraction", type=float, default=0.25, metavar="PART", help="rows held out (default: %(default)s)")
    add("--samples", type=int, default=200, metavar="ROWS", help="rows of a generated data set (default: %(default)s)")
    add("--noise", type=float, help="of a generated data set (default: its own)")
    add("--seed", type=int, default=0, help="of the data, the split and the weights (default: %(default)s)")
    add("--out", metavar="DIR", help="folder for the results (default: out/ and the name of the data)")
    return parser


def _sizes(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(size) for size in text.split(",") if size.strip())
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a list of neurons per layer like 16,16") from None


def _make_folder(folder: Path) -> list[Path]:
    """Make a folder that can be written, before the training, not after; return what is new, deepest first."""
    made = [each for each in (folder, *folder.parents) if not each.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    probe = folder / ".writable"
    probe.touch()
    probe.unlink()
    return made


if __name__ == "__main__":
    sys.exit(main())
