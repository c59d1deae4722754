"""What the command lines of all packages share: a mistake gets one line, never a traceback, and exit code 2."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from typing import NoReturn

from autograd.errors import GlassgradError

__all__ = ["Parser", "answer", "described", "real", "whole"]


class Parser(argparse.ArgumentParser):
    """Answers a mistake with one line, and says where help is."""

    def error(self, message: str) -> NoReturn:
        """Print the line and leave."""
        self.exit(2, f"{self.prog}: {message} ({self.prog} --help)\n")


def answer(program: str, work: Callable[[], int]) -> int:
    """Do the work of a command line and return its exit code, or the code of what ended it, which gets one line.

    Args:
        program: the command's name, which begins the line on standard error.
        work: returns the exit code.

    Returns:
        What `work` returned; 2 after an error that a user can mend, 130 after Ctrl-C, 1 without a word where the
        reader of a pipe has left, as ``head`` does.

    >>> answer("python -m nn", lambda: 0)
    0
    """
    try:
        code = work()
        print(end="", flush=True)  # here, not at exit, where nobody could catch its error
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for what is still to be flushed
        return 1
    except (GlassgradError, OSError, ImportError) as error:
        print(f"{program}: {described(error)}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"{program}: interrupted", file=sys.stderr)
        return 130
    return code


def described(error: Exception) -> str:
    """Return an error in one line; one from the system begins with the file it is about.

    >>> described(FileNotFoundError(2, "No such file or directory", "table.csv"))
    'table.csv: No such file or directory'
    """
    return f"{error.filename}: {error.strerror}" if isinstance(error, OSError) and error.filename else str(error)


def whole(least: int) -> Callable[[str], int]:
    """Return argparse's ``type=`` for whole numbers of at least `least`.

    >>> whole(1)("16")
    16
    """

    def read(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            number = least - 1
        if number < least:
            raise argparse.ArgumentTypeError(f"expected a whole number of at least {least}, got {text!r}")
        return number

    return read


def real(expected: str, is_right: Callable[[float], bool]) -> Callable[[str], float]:
    """Return argparse's ``type=`` for numbers of which something is expected, which the error says.

    >>> real("a number below 1", lambda x: x < 1.0)("0.25")
    0.25
    """

    def read(text: str) -> float:
        try:
            number = float(text)
        except ValueError:
            number = float("nan")
        if not is_right(number):
            raise argparse.ArgumentTypeError(f"expected {expected}, got {text!r}")
        return number

    return read
