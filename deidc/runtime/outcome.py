"""What became of one object: cleaned with its events, or refused with its faults. Never a data value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from enum import Enum, StrEnum, auto
from typing import TypeAlias

from attrs import field, frozen
from pydicom.dataset import Dataset

from deidc.diagnostics import Rule
from deidc.ir import ops
from deidc.vocabulary import Policy


class OnFailure(Enum):
    """What becomes of an object if an op fails on one of its elements: refused, or cleaned without the element."""

    REFUSE = auto()
    WITHDRAW = auto()


class Effect(StrEnum):
    """What an op did to one element."""

    ADDED = "added"
    REPLACED = "replaced"
    SHIFTED = "shifted"
    REMOVED = "removed"
    BLANKED = "blanked"
    RETAINED = "retained"  # a private creator that stays because its block is not empty
    SYNCED = "synced"  # file meta information or preamble
    TRANSCODED = "transcoded"
    WITHDRAWN = "withdrawn"  # taken out of the object because the op failed on it, where the host asks for that

    @property
    def leaves_nothing(self) -> bool:
        """Whether the element is gone."""
        return self in (Effect.REMOVED, Effect.WITHDRAWN)


@frozen(order=True)
class Event:
    """One change of one element: where, by which op of the program, and what kind.

    `path` is the tag in hexadecimal, `00081070`, with the items on the way: `0040A730[0].0040A123`.
    `op` indexes `Program.ops` and `Program.origins`.
    """

    path: str
    op: int
    effect: Effect


Shape: TypeAlias = ops.Rectangle | ops.WholeImage | ops.TextRegions


@frozen
class Region:
    """What a mask of a label comes to for one object: shapes to blank, or with `keep` to leave as they are.

    There are none if the object has none of the regions that the mask asks it for.
    """

    keep: bool
    shapes: tuple[Shape, ...]


@frozen(order=True)
class Flag:
    """A label that fired on the input: `op` is the Mark, `policy` what it says of the object.

    `regions` has what each mask of the Mark comes to for this object, in its order; later ones are painted over
    earlier ones.
    """

    op: int
    group: str
    label: str
    policy: Policy
    regions: tuple[Region, ...] = field(default=(), order=False, repr=False)

    @property
    def held(self) -> bool:
        """Whether the object is not to be passed on before its pixels were cleaned or looked at."""
        return self.policy is not Policy.PASS

    @property
    def blanks(self) -> bool:
        """Whether it asks for something to be blanked in this object."""
        return self.held and any(region.shapes and not region.keep for region in self.regions)


def holding(flags: Iterable[Flag], cleaned: Collection[Flag] = ()) -> tuple[Flag, ...]:
    """Return the labels that hold an object back, given those whose regions were blanked."""
    return tuple(flag for flag in flags if flag.held and not (flag.policy is Policy.CLEAN and flag in cleaned))


@frozen
class TextSearch:
    """Text that was looked for in the pixels of one object: by which detectors, and in how many frames it was found."""

    detectors: tuple[str, ...]
    frames: int
    found_in: int


@frozen
class Blanked:
    """What was blanked in the pixels of one object.

    Attributes:
        frames: the number of frames in which something was blanked.
        overlays: the tags of overlay data in which something was blanked.
        icon_removed: whether the object had an icon that could not be blanked, and has none now.
        before, after: the transfer syntaxes.
        rows, columns: the size of a frame.
        text: whether text was looked for, and found.

    """

    frames: int
    overlays: tuple[int, ...]
    icon_removed: bool
    before: str
    after: str
    rows: int
    columns: int
    text: TextSearch | None = None


@frozen
class Fault:
    """Why an object was refused: a DC9xx rule, in words without data, and where.

    `path` and `op` are None where no element or no op is to blame.
    """

    rule: Rule
    message: str
    path: str | None = None
    op: int | None = None


@frozen
class Cleaned:
    """The object after the program; the input is as it was.

    `flags` are labels of %filter sections that fired. A flag with `held` asks that the object is not passed
    on before its pixels were cleaned (`deidc.pixels`) or looked at; `held` of this outcome is true if any has it.
    """

    dataset: Dataset = field(repr=False)
    events: tuple[Event, ...]
    flags: tuple[Flag, ...] = ()

    @property
    def held(self) -> bool:
        """Whether some label asks that this object is not passed on as it is."""
        return any(flag.held for flag in self.flags)

    @property
    def counts(self) -> dict[tuple[int, str], int]:
        """How often each op had each effect."""
        return dict(Counter((event.op, event.effect.value) for event in self.events))


@frozen
class Refused:
    """The object could not be cleaned as the program says, so there is no output."""

    faults: tuple[Fault, ...]


Outcome: TypeAlias = Cleaned | Refused
