"""``python -m viz "tanh(w*a + b)" w=0.7 a=-1.5 b=0.3 -o graph.svg``: draw an expression, print its gradients.

``python -m viz model.json`` draws a saved model, and with a row the graph of its cost. With ``-o backprop.html`` it
writes a page in which to step through the graph instead. ``python -m viz play`` writes the playground: a network to
train, in which every number can be touched.
"""

from __future__ import annotations

import argparse
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from autograd import RULES, OperandError, RenderError, UnknownNameError, parse
from autograd.system.command_line import Parser, answer
from autograd.system.language import add_language
from nn.commands.model_file import read_model
from nn.explanation.diagnose import diagnose_value
from viz.drawing import draw
from viz.explorer import explore
from viz.gradient_table import print_gradients
from viz.live.command import main as play
from viz.picture.render import FORMATS, format_for

_PROGRAM = "python -m viz"
_EXAMPLES = """\
examples:
  python -m viz "tanh(w*a + b)" w=0.7 a=-1.5 b=0.3
  python -m viz "(x - 3)**2 + sin(y)" x=1 y=0.5 -o square.png --rankdir TB
  python -m viz "tanh(w*a + b)" w=0.7 a=-1.5 b=0.3 -o backprop.html    a page in which to step through it
  python -m viz "where(x > 0, x, 0.01*x)" x=-2 -o leaky.dot --title "Leaky ReLU"
  python -m viz "-x**2" x=2
  python -m viz out/iris/model.json -o network.svg                         a saved model: its neurons
  python -m viz out/iris/model.json 5.1,3.5,1.4,0.2 -o row.html            a row's cost, to step through
  python -m viz play --help       the playground: a network to train, in which every number can be touched

An expression has numbers, names, + - * / **, parentheses, pi, e, inf, a comparison as the condition of where(), and
these functions:
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return its exit code, see :func:`autograd.system.command_line.answer`."""
    given = sys.argv[1:] if arguments is None else arguments
    if list(given[:1]) == ["play"]:
        return play(given[1:])
    return answer(_PROGRAM, lambda: _draw(_parser().parse_args(list(map(_shielded, given)))))


def _shielded(argument: str) -> str:
    """An expression that begins with a minus, with a space in front, so that it is not read as an option."""
    is_option = argument.startswith(("--", "-o", "-h")) or not argument.startswith("-")
    return argument if is_option else f" {argument}"


def _draw(options: argparse.Namespace) -> int:
    is_page = (options.format or Path(options.output).suffix[1:].lower()) == "html"
    asked = options.format or Path(options.output).suffix[1:].lower() or "svg"
    if asked not in (*FORMATS, "html"):
        raise UnknownNameError("picture format", asked, (*FORMATS, "html"))
    form = "html" if is_page else format_for(options.output, options.format)
    if options.expression.lower().endswith(".json"):
        return _draw_model(options, form)
    root = parse(options.expression, **_numbers(options.numbers))
    root.backward()
    title = options.expression if options.title is None else options.title
    try:
        if is_page:
            explore(root, path=options.output, title=title, lang=options.lang)
        else:
            to, limit = options.output, options.timeout
            draw(root, format=form, path=to, rankdir=options.rankdir, title=title, timeout=limit)
    except RenderError:  # the gradients need no renderer
        print_gradients(root)
        raise
    print_gradients(root)
    if finding := diagnose_value(root, lang=options.lang):
        print(finding)
    print(_where(options.output, is_page, options.lang))
    return 0


def _draw_model(options: argparse.Namespace, form: str) -> int:
    """Draw a saved model; with a row, the graph of what the model's answer for it costs."""
    model = read_model(options.expression)
    title = Path(options.expression).name if options.title is None else options.title
    if form == "html" and not options.numbers:
        raise OperandError("a page steps through the graph of one row: give its numbers, like 5.1,3.5,1.4,0.2")
    told: dict[str, Any] = {}
    sample = None
    if options.numbers:
        row = model.row(" ".join(options.numbers))
        sample = model.samples(row[None])[0]
        told = {"target": model.target(options.target, row), "loss": model.loss}
    elif options.target is not None:
        raise OperandError("--target is what the answer for a row is compared with: give the row's numbers, too")
    if form == "html":
        explore(model.module, sample, path=options.output, title=title, lang=options.lang, **told)
    else:
        flow = {"rankdir": options.rankdir, "title": title, "timeout": options.timeout}
        draw(model.module, sample, format=form, path=options.output, **flow, **told)
    print(_where(options.output, form == "html", options.lang))
    return 0


def _where(file: str, is_page: bool, lang: str) -> str:
    english, chinese = ("open {} in a browser", "请用浏览器打开 {}") if is_page else ("drawn in {}", "已画入 {}")
    return (chinese if lang == "zh" else english).format(file)


def _parser() -> argparse.ArgumentParser:
    functions = ", ".join(name for name, rule in RULES.items() if not rule.symbol and name != "dot")
    functions = textwrap.fill(functions, 100, initial_indent="  ", subsequent_indent="  ")
    parser = Parser(
        prog=_PROGRAM,
        description="Draw the graph of an expression after backward(), with the local derivative on every edge, and "
        "print the gradients.",
        epilog=_EXAMPLES + functions,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("expression", metavar="EXPRESSION", help='such as "tanh(w*a + b)", in quotes; or a saved model, MODEL.json')
    add("numbers", metavar="NAME=NUMBER", nargs="*", default=[],
        help="one for every name in the expression; of a model, one row: its numbers, commas between them")  # fmt: skip
    add("--target", metavar="CLASS", help="of a model's row: the class, or the number, that was wanted (default: the "
        "model's own answer)")  # fmt: skip
    add("-o", "--output", metavar="FILE", default="graph.svg",
        help="the picture; its ending says which kind, .svg, .png or .dot, or .html for a page in which to step "
        "through the graph (default: %(default)s)")  # fmt: skip
    add("--format", metavar="FORMAT", help=f"{', '.join(FORMATS)} or html, whatever the ending")
    add("--rankdir", metavar="DIRECTION", default="LR",
        help="the way values flow: LR left to right, TB top to bottom, RL or BT (default: %(default)s)")  # fmt: skip
    add("--title", help="above the picture (default: the expression)")
    add("--timeout", type=float, default=30.0, metavar="SECONDS", help="for the layout (default: %(default)g)")
    add_language(parser)
    return parser


def _numbers(bindings: Sequence[str]) -> dict[str, float]:
    numbers: dict[str, float] = {}
    for binding in bindings:
        name, equals, text = (part.strip() for part in binding.partition("="))
        if not (equals and name.isidentifier()):
            raise OperandError(f"expected NAME=NUMBER, got {binding!r}")
        if name in numbers:
            raise OperandError(f"{name!r} is given twice")
        try:
            numbers[name] = float(text)
        except ValueError:
            raise OperandError(f"{name!r} must be a number, got {text!r}") from None
    return numbers


if __name__ == "__main__":
    sys.exit(main())
