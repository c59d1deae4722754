"""``python -m nn moons`` trains; ``explain`` and ``predict`` use a saved model; ``lesson`` tells the lessons."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from autograd.system.command_line import answer
from nn.commands import explain, predict
from nn.commands.train import PROGRAM, parser_of_training, train
from nn.lessons.__main__ import main as lesson

_COMMANDS = {"explain": explain.main, "predict": predict.main, "lesson": lesson, "lessons": lesson}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return its exit code, see :func:`autograd.system.command_line.answer`."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given and given[0] in _COMMANDS:
        return _COMMANDS[given[0]](given[1:])
    return answer(PROGRAM, lambda: train(parser_of_training().parse_args(given)))


if __name__ == "__main__":
    sys.exit(main())
