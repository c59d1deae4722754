"""``python -m autograd`` prints the calculus table; with ``--generate`` it writes the source that follows from it."""

from __future__ import annotations

import pathlib
import sys

from autograd.calculus.generate import operations_source
from autograd.calculus.table import RULES
from autograd.system.command_line import Parser, answer
from autograd.system.files import write_whole
from autograd.system.language import add_language

_PROGRAM = "python -m autograd"


def main() -> int:
    """Run the command line; return its exit code."""
    return answer(_PROGRAM, _run)


def _run() -> int:
    parser = Parser(prog=_PROGRAM, description="Print the calculus table.")
    parser.add_argument("--generate", action="store_true", help="write autograd/operations.py from the table")
    add_language(parser)
    options = parser.parse_args()
    where = "其中" if options.lang == "zh" else "where"
    if options.generate:
        path = pathlib.Path(__file__).with_name("operations.py")
        write_whole(path, operations_source())
        print(f"wrote {path.name}: {len(RULES)} rows")
        return 0
    for row in RULES.values():
        print(f"{row.name}({', '.join(row.signature.split())}) = {row.forward}")
        for name, text in row.given:
            print(f"    {where} {name} = {text}")
        for operand, partial in zip(row.operands, row.partials, strict=True):
            print(f"    d/d{operand.name} = {partial}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
