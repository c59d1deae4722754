"""``python -m nn moons`` or ``table.csv``: train a classifier, leave its pictures; ``python -m nn lesson``: lessons."""

from __future__ import annotations

import argparse
import contextlib
import math
import sys
from collections.abc import Sequence
from pathlib import Path

from autograd.system.command_line import Parser, answer, real, whole
from autograd.system.files import make_folder
from nn.data.generated import GENERATORS
from nn.estimators import Classifier
from nn.init import SCHEMES
from nn.optim import OPTIMIZERS
from nn.training.experiment import VALIDATION_FROM, read_table, run

_EXAMPLES = """\
examples:
  python -m nn moons                                 two half circles, to out/moons/
  python -m nn spiral --hidden 32,32 --epochs 200    a harder one
  python -m nn iris.csv --target species             your own table: a header line, numbers, one column of classes
  python -m nn iris.csv --out report --seed 7        somewhere else, from other starting weights
  python -m nn lesson                                six short experiments about gradients (lesson --help)

The weights of the best epoch are kept. Ctrl-C ends the training early; what was learnt is shown all the same.
"""
_PROGRAM = "python -m nn"
_AT_LEAST_0 = real("a finite number of at least 0", lambda x: 0.0 <= x < math.inf)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return its exit code, see :func:`autograd.system.command_line.answer`."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] in (["lesson"], ["lessons"]):
        from nn.lessons.__main__ import main as lesson

        return lesson(given[1:])
    return answer(_PROGRAM, lambda: _train(_parser().parse_args(given)))


def _train(options: argparse.Namespace) -> int:
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
        from viz.report.experiment import (  # late: a wrong argument is answered at once
            check_tools,
            summary,
            write_report,
        )

        check_tools()
        name = Path(options.data).stem
        out = Path(options.out) if options.out else Path("out") / name
        made = make_folder(out)
        experiment = run(name, table, classifier, test_fraction=options.test_fraction, seed=options.seed)
        if not len(experiment.classifier.history_):
            raise KeyboardInterrupt  # before the first epoch ended: there is nothing to show
        page = write_report([experiment], out)
    except BaseException:
        for folder in made:  # nothing stays of a run that came to nothing
            with contextlib.suppress(OSError):
                folder.rmdir()
        raise
    print(summary(experiment))
    print(f"see {page}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog=_PROGRAM,
        description="Train a classifier with the scalar engine; leave the decision boundary, the loss curve, the graph "
        "of one neuron after backward, the model and a page that shows them.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("data", metavar="DATA", help=f"{', '.join(GENERATORS)}, or a CSV file")
    add("--target", metavar="COLUMN", help="the column of a CSV file to predict (default: the last one)")
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
    add("--out", metavar="DIR", help="folder for the results (default: out/ and the name of the data)")
    return parser


def _sizes(text: str) -> tuple[int, ...]:
    try:
        return tuple(map(whole(1), text.split(","))) if text.strip() else ()
    except argparse.ArgumentTypeError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no list of neurons per layer like 16,16: {error}") from None


if __name__ == "__main__":
    sys.exit(main())
