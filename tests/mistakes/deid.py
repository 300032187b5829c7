"""What deid 0.4.13 does with each mistake, on record in deid.toml; run as a module, writes it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.deid.apart import answers_of
from tests.mistakes.mistake import Mistake, mistakes
from tests.mistakes.trial import folder_of

RECORD = Path(__file__).with_name("deid.toml")
_HEAD = "# What deid 0.4.13 does with each mistake. `python -m tests.mistakes.deid` writes this file.\n\n"


class Did(StrEnum):
    """What deid makes of a recipe with a mistake.

    Attributes:
        LEAKS: it writes the canary, and raises nothing.
        FLAGS: it writes the canary, having flagged the pixels.
        STOPS: it raises an exception or exits.
        OTHER: it writes other content than the author meant, without the canary.
        DOES: it does what the author meant.

    """

    LEAKS = "leaks"
    FLAGS = "flags"
    STOPS = "stops"
    OTHER = "other"
    DOES = "does"


def on_record() -> Mapping[str, Did]:
    """Return what deid does with each mistake, by name, as it is on record."""
    return {name: Did(did) for name, did in tomllib.loads(RECORD.read_text(encoding="utf-8")).items()}


def tried(some: Sequence[Mistake]) -> dict[str, Did]:
    """Return what deid does with some mistakes; it runs in a process of its own."""
    found = {}
    for mistake in some:
        with TemporaryDirectory() as folder:
            folder_of(mistake, Path(folder))
            (answer,) = answers_of("tests.mistakes.deid_worker", [{"name": mistake.name, "folder": folder}])
        found[mistake.name] = Did(answer["did"])
    return found


if __name__ == "__main__":
    lines = (f'{name} = "{did}"\n' for name, did in tried(mistakes()).items())
    RECORD.write_text(_HEAD + "".join(lines), encoding="utf-8")
