"""Files that are whole or not there at all."""

import glob
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


@contextmanager
def replacing(path: Path, mode: int = 0o600) -> Iterator[IO[bytes]]:
    """A binary file to write; it takes the place of `path` when the block ends without an error.

    The bytes are on the disk before the name points to them, so a reader and a power cut see the
    old file or the new one, never a half. On any error the old file stays and nothing else is left.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.")
    try:
        with os.fdopen(descriptor, "wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        os.chmod(name, mode)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def write_whole(path: Path, data: bytes, mode: int = 0o600) -> None:
    """Write `data` to `path` as one step (see `replacing`)."""
    with replacing(path, mode) as out:
        out.write(data)


def remove_leftovers(path: Path) -> None:
    """Remove what writers of `path` have left who were killed while writing; call it when nobody writes."""
    for half in path.parent.glob(f".{glob.escape(path.name[:40])}.*"):
        half.unlink(missing_ok=True)


def remove_whole(path: Path) -> None:
    """Remove the file, if there is one, and what interrupted writers of it have left."""
    path.unlink(missing_ok=True)
    remove_leftovers(path)
