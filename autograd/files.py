"""Files are written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

__all__ = ["write_whole"]


def write_whole(path: str | os.PathLike[str], content: str | bytes) -> None:
    """Write `content` to `path`: under a passing name first, so that an old file stays until the new one is whole.

    Text is encoded as UTF-8. The file gets the permissions that an ordinary new file gets.

    Raises:
        OSError: the folder does not exist or cannot be written.

    >>> folder = tempfile.mkdtemp()
    >>> write_whole(f"{folder}/a.txt", "σ'(z)")
    >>> Path(folder, "a.txt").read_text(encoding="utf-8")
    "σ'(z)"
    """
    target = Path(path)
    handle, passing = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
        Path(passing).chmod(0o666 & ~_umask())
        Path(passing).replace(target)
    except BaseException:
        Path(passing).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
