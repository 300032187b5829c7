"""Read and write files and folders with deid's functions. Text is UTF-8."""

from __future__ import annotations

import fnmatch
import json
import os
import secrets
import tempfile
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from numbers import Real
from pathlib import Path
from typing import Any


def get_installdir() -> str:
    """Return the folder of `deidc.compat`."""
    return str(Path(__file__).resolve().parent.parent)


def get_temporary_name(prefix: str | None = None, ext: str | None = None) -> str:
    """Return the path of a file or folder that does not exist, in the folder for temporary files.

    Its name begins with `deid-` and the prefix, and ends with a dot and `ext`.
    """
    while True:
        name = "-".join(part for part in ("deid", prefix, secrets.token_hex(6)) if part)
        path = os.path.join(tempfile.gettempdir(), f"{name}.{ext}" if ext else name)
        if not os.path.lexists(path):
            return path


def write_file(filename: str, content: str | Iterable[str], mode: str = "w") -> str:
    """Write text, or lines with their line ends, to a file, and return its path."""
    with open(filename, mode, encoding=_encoding(mode)) as file:
        file.writelines([content] if isinstance(content, str | bytes) else content)
    return filename


def read_file(filename: str, mode: str = "r") -> list[Any]:
    """Return the lines of a file with their line ends."""
    with open(filename, mode, encoding=_encoding(mode)) as file:
        return list(file)


def write_json(json_obj: object, filename: str, mode: str = "w", print_pretty: bool = True) -> str:
    """Write a JSON document to a file and return its path; nothing is written if it cannot be JSON (TypeError)."""
    text = json.dumps(json_obj, indent=4) if print_pretty else json.dumps(json_obj)
    return write_file(filename, text, mode)


def read_json(filename: str, mode: str = "r", ordered_dict: bool = False) -> Any:  # noqa: ANN401  # any JSON
    """Return the JSON document in a file."""
    with open(filename, mode, encoding=_encoding(mode)) as file:
        return json.load(file, object_pairs_hook=OrderedDict if ordered_dict else None)


def _encoding(mode: str) -> str | None:
    return None if "b" in mode else "utf-8"


def recursive_find(base: str, pattern: str | None = None) -> Iterator[str]:
    """Yield the paths of files in a folder and below it, in order; those whose names fit a pattern like `*.dcm`."""
    for root, folders, names in os.walk(base):
        folders.sort()
        yield from (os.path.join(root, name) for name in sorted(fnmatch.filter(names, pattern or "*")))


def to_int(value: Any) -> int:  # noqa: ANN401  # whatever float() takes
    """Return a number, or the number in a text, cut to a whole one."""
    return value if isinstance(value, int) else int(float(value))


def is_number(value: object) -> bool:
    """Whether something is a number."""
    return isinstance(value, Real)
