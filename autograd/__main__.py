"""``python -m autograd`` prints the calculus table; with ``--generate`` it writes the source that follows from it."""

from __future__ import annotations

import argparse
import pathlib

from autograd.generate import operations_source
from autograd.rules import RULES


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m autograd", description="Print the calculus table.")
    parser.add_argument("--generate", action="store_true", help="write autograd/operations.py from the table")
    if parser.parse_args().generate:
        path = pathlib.Path(__file__).with_name("operations.py")
        path.write_text(operations_source(), encoding="utf-8")
        print(f"wrote {path.name}: {len(RULES)} rows")
        return
    for row in RULES.values():
        print(f"{row.name}({', '.join(row.signature.split())}) = {row.forward}")
        for name, text in row.given:
            print(f"    where {name} = {text}")
        for operand, partial in zip(row.operands, row.partials, strict=True):
            print(f"    d/d{operand.name} = {partial}")


if __name__ == "__main__":
    main()
