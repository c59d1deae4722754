"""``python -m viz play moons -o play.html``: write the playground, and open it where asked."""

from __future__ import annotations

import argparse
import math
import webbrowser
from collections.abc import Sequence
from pathlib import Path

from autograd.system.command_line import Parser, answer, real, whole
from autograd.system.language import add_language
from nn import MLP, losses
from nn.data import GENERATORS
from nn.layers import activations
from nn.training.experiment import read_table
from viz.live.playground import playground
from viz.live.script import OPTIMIZERS

__all__ = ["main"]

_PROGRAM = "python -m viz play"
_EXAMPLES = """\
examples:
  python -m viz play                                  moons, two hidden layers of four
  python -m viz play xor --hidden 2 --activation tanh
  python -m viz play examples/iris.csv --hidden 8 --lang zh -o iris.html
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return its exit code, see :func:`autograd.system.command_line.answer`."""
    return answer(_PROGRAM, lambda: _play(_parser().parse_args(arguments)))


def _play(options: argparse.Namespace) -> int:
    source = options.data
    model = None
    if options.hidden is not None or options.activation != "tanh":
        table = read_table(source, seed=options.seed)
        outputs = len(table.class_names) if len(table.class_names) > 2 else 1
        hidden = [4, 4] if options.hidden is None else options.hidden
        model = MLP(table.X.shape[1], [*hidden, outputs], options.activation, seed=options.seed)
    page = playground(
        model, source, path=options.output, lang=options.lang, loss=options.loss, optimizer=options.optimizer,
        learning_rate=options.learning_rate, batch_size=options.batch_size, seed=options.seed, standardize=True,
    )  # fmt: skip
    print(f"open {options.output} in a browser ({len(page.html.encode()) / 1000:.0f} kB)")
    if options.open:
        webbrowser.open(Path(options.output).absolute().as_uri())
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog=_PROGRAM,
        description="Write one HTML page in which a network can be trained and every number of it touched.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("data", metavar="DATA", nargs="?", default="moons",
        help=f"{', '.join(GENERATORS)}, or a CSV file, whose last column is the class (%(default)s)")  # fmt: skip
    add(
        "--hidden",
        metavar="SIZES",
        type=_sizes,
        help="neurons of each hidden layer, like 8,8, or none",
    )
    add("--activation", choices=activations(), default="tanh", metavar="NAME", help="of the hidden layers (tanh)")
    add("--loss", choices=["auto", *losses.LOSSES], default="auto", help="(default: cross-entropy)")
    add("--optimizer", choices=OPTIMIZERS, default="adam", help="(default: %(default)s)")
    add(
        "--learning-rate",
        type=real("a number of at least 0", lambda x: 0.0 <= x < math.inf),
        default=0.03,
        metavar="RATE",
        help="(default: %(default)s)",
    )
    add("--batch-size", type=whole(1), default=16, metavar="ROWS", help="rows a step (default: %(default)s)")
    add("--seed", type=whole(0), default=0, help="of data, weights and batches (default: %(default)s)")
    add_language(parser)
    add("-o", "--output", metavar="FILE", default="playground.html", help="(default: %(default)s)")
    add("--open", action="store_true", help="and open it in a browser")
    return parser


def _sizes(text: str) -> list[int]:
    if text == "none":
        return []
    return [whole(1)(part) for part in text.split(",")]
