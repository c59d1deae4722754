"""``python -m nn moons`` or ``table.csv``: train a classifier or a regression, leave its pictures and a page."""

from __future__ import annotations

import argparse
import contextlib
import math
import warnings
from pathlib import Path

from autograd.system.command_line import Parser, real, whole
from autograd.system.files import make_folder
from autograd.system.language import add_language
from nn.data.generated import GENERATORS
from nn.data.table import TASKS
from nn.explanation.diagnose_training import diagnose_training
from nn.init import SCHEMES
from nn.optim import OPTIMIZERS
from nn.training.experiment import VALIDATION_FROM, estimator_for, read_table, run

__all__ = ["PROGRAM", "parser_of_training", "train"]

PROGRAM = "python -m nn"
_EXAMPLES = """\
examples:
  python -m nn moons                                    two half circles, to out/moons/
  python -m nn spiral --hidden 32,32 --epochs 200       a harder one
  python -m nn examples/iris.csv --target species       your own table: a header line, numbers, one column of classes
  python -m nn examples/pendulum.csv --activation tanh    ... or of numbers: a regression, with its fit
  python -m nn moons --out report --seed 7 --lang zh    somewhere else, from other starting weights, in Chinese
  python -m nn predict out/iris/model.json examples/iris.csv                predict --help
  python -m nn explain out/iris/model.json 5.1,3.5,1.4,0.2                  explain --help
  python -m nn lesson                                   six short experiments about gradients: lesson --help

The weights of the best epoch are kept. Ctrl-C ends the training early; what was learnt is shown all the same.
"""
_AT_LEAST_0 = real("a finite number of at least 0", lambda x: 0.0 <= x < math.inf)


def train(options: argparse.Namespace) -> int:
    """Train on the data of the command line, and leave a report."""
    made: list[Path] = []
    try:
        table = read_table(
            options.data, target=options.target, task=options.task, samples=options.samples, noise=options.noise,
            seed=options.seed,
        )  # fmt: skip
        estimator = estimator_for(
            table,
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
        from viz.report import experiment as report  # a door, and late: a wrong argument is answered at once

        report.check_tools()
        name = Path(options.data).stem
        out = Path(options.out) if options.out else report.free_folder(Path("out") / name)
        made = make_folder(out)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "training made the loss larger")  # told below, with what to do
            experiment = run(name, table, estimator, test_fraction=options.test_fraction, seed=options.seed)
        if not len(experiment.estimator.history_):
            raise KeyboardInterrupt  # before the first epoch ended: there is nothing to show
        page = report.write_report([experiment], out, options.lang)
    except BaseException:
        for folder in made:  # nothing stays of a run that came to nothing
            with contextlib.suppress(OSError):
                folder.rmdir()
        raise
    print(report.summary(experiment, options.lang))
    history, X, names = experiment.estimator.history_, experiment.X_train, experiment.feature_names
    for finding in diagnose_training(history, X, names, lang=options.lang):
        print(finding)
    print(report.seen(page, options.lang))
    return 0


def parser_of_training() -> argparse.ArgumentParser:
    """Return the command line's parser."""
    parser = Parser(
        prog=PROGRAM,
        description="Train a classifier or a regression with the scalar engine; leave the decision boundary (or the "
        "fit), the loss curve, the graph of one neuron after backward, the model, pages to touch it, and one that "
        "shows all of them.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("data", metavar="DATA", help=f"{', '.join(GENERATORS)}, or a CSV or Parquet file")
    add("--target", metavar="COLUMN", help="the column of a file to predict (default: the last one)")
    add("--task", choices=TASKS, help="of a file (default: what the target looks like: words, or measurements)")
    add("--hidden", type=_sizes, default=(16, 16), metavar="16,16", help="neurons of each hidden layer; '' for none")
    add("--activation", default="relu", help="of the hidden layers: relu, tanh, sigmoid, ... (default: %(default)s)")
    add("--epochs", type=whole(1), default=100, help="times that every row is seen (default: %(default)s)")
    add("--learning-rate", type=_AT_LEAST_0, default=0.01, metavar="RATE", help="(default: %(default)s)")
    add("--batch-size", type=whole(1), default=16, metavar="ROWS", help="rows per step (default: %(default)s)")
    add("--optimizer", default="adam", help=f"{', '.join(OPTIMIZERS)} (default: %(default)s)")
    add("--init", default="auto", help=f"how weights start: auto, {', '.join(SCHEMES)} (default: %(default)s)")
    add("--patience", type=whole(1), metavar="EPOCHS", help="stop after so many epochs in which the loss on the "
        f"validation rows, a fifth of those not held out, became no lower (where fewer than {VALIDATION_FROM} rows "
        "are not held out: the loss on all of them)")  # fmt: skip
    add("--test-fraction", type=real("a number above 0 and below 1", lambda x: 0.0 < x < 1.0), default=0.25,
        metavar="PART", help="rows held out for the accuracy at the end (default: %(default)s)")  # fmt: skip
    # Two rows of each of three classes, so that one of them can be held out.
    add("--samples", type=whole(6), metavar="ROWS", help="rows of a generated data set (default: 200)")
    add("--noise", type=_AT_LEAST_0, help="of a generated data set, a standard deviation (default: its own)")
    add("--seed", type=whole(0), default=0, help="of the data, the split and the weights (default: %(default)s)")
    add("--out", metavar="DIR", help="folder for the results; what an earlier run left there is overwritten (default: "
        "out/ and the name of the data, with a number where that is there already)")  # fmt: skip
    add_language(parser)
    return parser


def _sizes(text: str) -> tuple[int, ...]:
    try:
        return tuple(map(whole(1), text.split(","))) if text.strip() else ()
    except argparse.ArgumentTypeError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no list of neurons per layer like 16,16: {error}") from None
