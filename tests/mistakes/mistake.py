"""A mistake in a recipe, as data: what was written, what was meant, and how it must end."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any

from attrs import field, frozen

from tests.mistakes.canaries import CANARIES, PIXELS, Put

KINDS = Path(__file__).parent / "kinds"


class Ending(StrEnum):
    """How a run with the mistake ends; only after `DONE` is there an output, and then without the canary.

    Attributes:
        REFUSED: the recipe has an error and is not compiled.
        UNLINKED: what the recipe needs was not supplied; no file is read.
        NOT_RUN: `deidc run` does not accept the recipe, which is compiled all the same.
        FAULT: the object is refused.
        HELD: the object is held for review.
        DONE: the object is written, as the author meant.

    """

    REFUSED = "refused"
    UNLINKED = "unlinked"
    NOT_RUN = "not run"
    FAULT = "fault"
    HELD = "held"
    DONE = "done"


class Without(StrEnum):
    """What happens if the complaint that refuses a recipe is passed over.

    Attributes:
        LEAKS: the canary is written.
        STOPPED: the run is stopped later, by another check, by linking or by a fault of the object.
        WRONG: an output without the canary is written, with other content than the author meant.

    """

    LEAKS = "leaks"
    STOPPED = "stopped"
    WRONG = "wrong"


@frozen
class Mistake:
    """One mistake.

    Attributes:
        kind: the file that has it, without its suffix.
        name: a name, in kebab case.
        meant: what the author meant, as the end of the sentence "the author meant to ...".
        recipe: the recipe without its FORMAT line, unless `whole`.
        canaries: the canaries that must not be written.
        ending: how the run ends.
        codes: the codes that end it; with DONE, codes of complaints that the report must have.
        texts: other texts that must not be written.
        without: what happens if the complaint is passed over; only where `ending` is REFUSED.
        expected: elements of the output, by keyword, and their values; only where `ending` is DONE.
        put: elements that the object has beside the canaries.
        files: other files in the folder of the recipe, by name.
        variables: values of variables; those of tables name a file.
        rows: the name of the file of variables by patient, or nothing.
        bases: recipes to apply before this one.
        encoding: the encoding of the recipe file.
        whole: whether the recipe has its own FORMAT line, or deliberately none.

    """

    kind: str
    name: str
    meant: str
    recipe: str
    canaries: tuple[str, ...]
    ending: Ending
    codes: frozenset[str] = frozenset()
    texts: tuple[str, ...] = ()
    without: Without = Without.LEAKS
    expected: Mapping[str, str] = field(factory=dict)
    put: tuple[Put, ...] = ()
    files: Mapping[str, str] = field(factory=dict)
    variables: Mapping[str, str] = field(factory=dict)
    rows: str = ""
    bases: tuple[str, ...] = ()
    encoding: str = "utf-8"
    whole: bool = False

    @property
    def text(self) -> str:
        """The recipe as its file has it."""
        return self.recipe if self.whole else f"FORMAT dicom\n\n{self.recipe}"


def mistakes() -> tuple[Mistake, ...]:
    """Return all mistakes, in the order of their kinds."""
    return tuple(one for path in sorted(KINDS.glob("*.toml")) for one in _of(path))


def _of(path: Path) -> list[Mistake]:
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return [_read(path.stem, dict(one)) for one in table["mistake"]]


def _read(kind: str, one: dict[str, Any]) -> Mistake:
    for name in ("canaries", "texts", "bases"):
        one[name] = tuple(one.get(name, ()))
    for name in ("expected", "files", "variables"):
        one[name] = MappingProxyType(dict(one.get(name, {})))
    one["ending"], one["without"] = Ending(one["ending"]), Without(one.get("without", Without.LEAKS))
    one["codes"], one["put"] = frozenset(one.get("codes", ())), tuple(tuple(put) for put in one.get("put", ()))
    assert set(one["canaries"]) <= {*CANARIES, PIXELS}, one["name"]
    return Mistake(kind, **one)
