"""``python -m nn predict MODEL.json FILE.csv``: what a saved model says of every row of a table."""

from __future__ import annotations

import argparse
import csv
import io
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd import DataError
from autograd.system.command_line import Parser, answer
from autograd.system.files import write_whole
from autograd.system.language import add_language
from nn.commands.model_file import Model, read_model
from nn.commands.wording import say
from nn.data.csv_file import load_words
from nn.estimators import Classifier

__all__ = ["main"]

_PROGRAM = "python -m nn predict"
_EXAMPLES = """\
examples:
  python -m nn predict out/iris/model.json examples/iris.csv
  python -m nn predict out/iris/model.json examples/iris.csv --target species    and how often that is right
  python -m nn predict out/iris/model.json examples/iris.csv -o predicted.csv

The columns are found by their names, in any order; others are left alone. Out comes a table: the prediction for every
row, and for a classifier how sure it is of each class.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return its exit code, see :func:`autograd.system.command_line.answer`."""
    return answer(_PROGRAM, lambda: _predict(_parser().parse_args(arguments)))


def _predict(options: argparse.Namespace) -> int:
    model = read_model(options.model)
    X = model.rows(options.data)
    told = _judged(model, X, load_words(options.data, options.target), options.lang) if options.target else ""
    table = _table(model, X)
    if options.output:
        write_whole(options.output, table)
        print(say("written", options.lang, file=options.output))
    else:
        print(table, end="")
    if told:
        print(told, file=sys.stdout if options.output else sys.stderr)
    return 0


def _table(model: Model, X: Any) -> str:
    """The predictions as CSV."""
    answers = model.answers(X)
    heads, rows = ["prediction"], [[answer] for answer in answers]
    if isinstance(model.estimator, Classifier):
        heads += [f"p({name})" for name in model.estimator.classes_]
        rows = [
            [*row, *(f"{p:.6g}" for p in ps)] for row, ps in zip(rows, model.estimator.predict_proba(X), strict=True)
        ]
    elif answers and isinstance(answers[0], list):
        heads, rows = [f"output {place}" for place in range(len(answers[0]))], answers
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(heads)
    writer.writerows(rows)
    return text.getvalue()


def _judged(model: Model, X: Any, truth: list[str], lang: str) -> str:
    """How right the model is, in words."""
    if isinstance(model.estimator, Classifier):
        right = np.mean([str(said) == true for said, true in zip(model.answers(X), truth, strict=True)])
        return say("accuracy_of", lang, accuracy=f"{right:.1%}", rows=len(truth))
    try:
        numbers = np.array([float(word) for word in truth])
    except ValueError as error:
        raise DataError(f"the target is no column of numbers: {error}") from None
    found = np.asarray(model.answers(X), dtype=float)
    rest, spread = float(((numbers - found) ** 2).sum()), float(((numbers - numbers.mean()) ** 2).sum())
    return say("r2_of", lang, r2=f"{1.0 - rest / spread if spread else 0.0:.3f}", rows=len(truth))


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog=_PROGRAM,
        description="Print what a saved model says of every row of a CSV file.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("model", metavar="MODEL.json", help="as nn.save or python -m nn wrote it")
    add("data", metavar="FILE.csv", help="a table with a header line")
    add("--target", metavar="COLUMN", help="the column with the truth: says how right the predictions are")
    add("-o", "--output", metavar="FILE", help="a CSV file to write (default: the terminal)")
    add_language(parser)
    return parser
