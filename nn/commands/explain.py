"""``python -m nn explain MODEL.json ROW``: where every gradient of a saved model comes from, for one row."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from autograd import UnknownNameError
from autograd.system.command_line import Parser, answer
from autograd.system.files import write_whole
from autograd.system.language import add_language
from nn.commands.model_file import read_model
from nn.commands.wording import say
from nn.explanation.explain import explain
from nn.explanation.report import NeuronReport, Report

__all__ = ["main"]

_PROGRAM = "python -m nn explain"
_FORMATS = (".html", ".tex", ".json", ".txt")
_EXAMPLES = """\
examples:
  python -m nn explain out/iris/model.json 5.1,3.5,1.4,0.2
  python -m nn explain out/iris/model.json 5.1,3.5,1.4,0.2 --target virginica
  python -m nn explain out/iris/model.json 5.1,3.5,1.4,0.2 --neuron layers.0.neurons.1     step by step
  python -m nn explain out/iris/model.json 5.1,3.5,1.4,0.2 -o gradients.html --lang zh

A row that begins with a minus goes in quotes, with a space in front: " -1,2".
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return its exit code, see :func:`autograd.system.command_line.answer`."""
    return answer(_PROGRAM, lambda: _explain(_parser().parse_args(arguments)))


def _explain(options: argparse.Namespace) -> int:
    ending = Path(options.output).suffix.lower() if options.output else ""
    if options.output and ending not in _FORMATS:
        raise UnknownNameError("ending of the output", ending or options.output, _FORMATS)
    model = read_model(options.model)
    row = model.row(options.row)
    target = model.target(options.target, row)
    sample = model.samples(row[None])[0]
    report = explain(model.module, sample, target=target, loss=model.loss, lang=options.lang)
    shown: Report | NeuronReport = report[options.neuron] if options.neuron else report
    if options.target is None:
        print(say("own_answer", options.lang, answer=model.answers(row[None])[0]), file=sys.stderr)
    if not options.output:
        shown.show()
        return 0
    forms: dict[str, Callable[[], str]] = {
        ".html": lambda: shown.to_html(standalone=True), ".tex": lambda: shown.to_latex(standalone=True),
        ".json": lambda: shown.to_json(indent=1), ".txt": shown.to_text,
    }  # fmt: skip
    write_whole(options.output, forms[ending]() + ("" if ending == ".html" else "\n"))
    print(say("written", options.lang, file=options.output))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog=_PROGRAM,
        description="Explain every gradient of a saved model for one row: ∂C/∂a, σ'(z), δ, and what follows from them.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("model", metavar="MODEL.json", help="as nn.save or python -m nn wrote it")
    add("row", metavar="ROW", help="its numbers, in the units of the table, like 5.1,3.5,1.4,0.2")
    add("--target", metavar="CLASS", help="the class, or the number, that was wanted (default: the model's own answer)")
    add("--neuron", metavar="NAME", help="one neuron alone, step by step, like layers.0.neurons.1")
    add("-o", "--output", metavar="FILE", help=f"a file to write, {', '.join(_FORMATS)} (default: the terminal)")
    add_language(parser)
    return parser
