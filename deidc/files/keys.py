"""Make keys for keyed pseudonyms and shifts of dates."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

_KEY_BYTES = 32


def new_key_file(path: Path) -> None:
    """Write a new key of 256 bits from the operating system into a new file that only its owner can open.

    The file holds 64 hexadecimal digits and a newline. A file or a link that is there stays: without its key, the
    same pseudonyms can never be made again.

    Args:
        path: the file to make; its folder must exist.

    Raises:
        FileExistsError: something is there already.
        OSError: the file cannot be written; then there is none.

    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    descriptor = os.open(path, flags, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(f"{secrets.token_hex(_KEY_BYTES)}\n".encode())
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        with suppress(OSError):
            os.unlink(path)
        raise
