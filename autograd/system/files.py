"""Files are written whole or not at all."""

from __future__ import annotations

import errno
import os
import uuid
from pathlib import Path

__all__ = ["make_folder", "writable", "write_whole"]


def write_whole(path: str | os.PathLike[str], content: str | bytes) -> None:
    """Write `content` to `path`: under a passing name first, so that an old file stays until the new one is whole.

    Text is encoded as UTF-8. The file gets the permissions that an ordinary new file gets. A link stays one: what it
    leads to is replaced. A device or a pipe is written to as it is.

    Raises:
        OSError: as for :func:`writable`, or the disk is full; it names `path`, and nothing is left behind.

    >>> import tempfile
    >>> folder = tempfile.mkdtemp()
    >>> write_whole(f"{folder}/a.txt", "σ'(z)")
    >>> Path(folder, "a.txt").read_text(encoding="utf-8")
    "σ'(z)"
    """
    target = writable(path)
    data = content.encode() if isinstance(content, str) else content
    if _is_stream(target):
        target.write_bytes(data)
        return
    passing = target.with_name(f".{uuid.uuid4().hex}")
    try:
        with passing.open("xb") as file:  # not tempfile: its files are for their owner only
            file.write(data)
        passing.replace(target)
    except OSError as error:
        raise OSError(error.errno, error.strerror, os.fspath(path)) from error
    finally:
        passing.unlink(missing_ok=True)


def writable(path: str | os.PathLike[str]) -> Path:
    """Return where to write, ``~`` expanded and links followed; ask before time is spent on the content.

    Raises:
        OSError: it is a folder, its folder does not exist, or it may not be written.

    >>> writable("no/such/folder/a.txt")
    Traceback (most recent call last):
    FileNotFoundError: [Errno 2] no such folder: create it first: 'no/such/folder'
    """
    target = Path(os.path.expanduser(path))  # noqa: PTH111 - Path's own raises where there is no such user
    if target.is_symlink() and not _is_stream(target):
        target = Path(os.path.realpath(target))
    folder = target.parent
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, "this is a folder: add a file name", str(target))
    if not folder.is_dir():
        problem = "not a folder" if folder.exists() else "no such folder: create it first"
        raise FileNotFoundError(errno.ENOENT, problem, str(folder))
    if not os.access(target if target.exists() else folder, os.W_OK):
        raise PermissionError(errno.EACCES, "this may not be written to: choose another folder", str(target))
    return target


def make_folder(folder: Path) -> list[Path]:
    """Make a folder, with those above it, before time is spent on what goes in; return what is new, deepest first.

    Raises:
        OSError: it is a file, or may not be made or written.

    >>> import tempfile
    >>> above = Path(tempfile.mkdtemp())
    >>> [path.relative_to(above).as_posix() for path in make_folder(above / "out" / "moons")]
    ['out/moons', 'out']
    """
    for each in (folder, *folder.parents):
        if each.exists() and not each.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, "this is a file: name a folder instead", str(each))
    made = [each for each in (folder, *folder.parents) if not each.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    writable(folder / "new")
    return made


def _is_stream(target: Path) -> bool:
    """Whether it is a device, a pipe, or the name of something that is open, as ``/dev/stdout`` is."""
    names = Path("/dev"), Path("/dev/fd").resolve()
    return target.exists() and (target.parent.resolve() in names or not (target.is_file() or target.is_dir()))
