"""The outcome of one object: cleaned with its events, or refused with its faults; never a data value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from enum import Enum, StrEnum, auto
from typing import TypeAlias

from attrs import field, frozen
from pydicom.dataset import Dataset

from deidc.codes import faults
from deidc.diagnostics import Rule
from deidc.dicom.limits import BeyondLimit, NestedTooDeep
from deidc.ir import ops
from deidc.vocabulary import Policy


class OnFailure(Enum):
    """The policy for an op that fails on an element of an object.

    Attributes:
        REFUSE: the object is refused.
        WITHDRAW: the element is removed from the object, and the other elements are cleaned.

    """

    REFUSE = auto()
    WITHDRAW = auto()


class Effect(StrEnum):
    """The effect of an op on one element.

    Attributes:
        ADDED: the element was created.
        REPLACED: its value was replaced.
        EXTENDED: values or items were added to those that it has.
        SHIFTED: its dates were shifted.
        REMOVED: the element was removed.
        BLANKED: its value was emptied.
        UNREGISTERED: a SOP class or transfer syntax was left, and the UID dictionary does not have it.
        RETAINED: a private creator was kept, because its block still has elements.
        SYNCED: file meta information or the preamble was rebuilt.
        TRANSCODED: its text was encoded in another character set.
        WITHDRAWN: the element was removed because an op failed on it (`OnFailure.WITHDRAW`).

    """

    ADDED = "added"
    REPLACED = "replaced"
    EXTENDED = "extended"
    SHIFTED = "shifted"
    REMOVED = "removed"
    BLANKED = "blanked"
    UNREGISTERED = "unregistered"  # a SOP class or transfer syntax that the UID dictionary does not have
    RETAINED = "retained"  # a private creator that stays because its block is not empty
    SYNCED = "synced"  # file meta information or preamble
    TRANSCODED = "transcoded"
    WITHDRAWN = "withdrawn"  # taken out of the object because the op failed on it, where the host asks for that

    @property
    def leaves_nothing(self) -> bool:
        """Whether the element is absent afterwards."""
        return self in (Effect.REMOVED, Effect.WITHDRAWN)


@frozen(order=True)
class Event:
    """One change of one element.

    Attributes:
        path: the tag as eight hexadecimal digits, `00081070`, preceded by the sequence items that contain it,
            `0040A730[0].0040A123`.
        op: the number of the op, an index of `Program.ops` and `Program.origins`.
        effect: the kind of change.

    """

    path: str
    op: int
    effect: Effect


Shape: TypeAlias = ops.Rectangle | ops.WholeImage | ops.TextRegions


@frozen
class Region:
    """A region of a label in one object.

    Attributes:
        keep: whether the pixels of the shapes are kept; otherwise they are blanked.
        shapes: the rectangles, whole images or text searches; empty if the object lacks the regions.

    """

    keep: bool
    shapes: tuple[Shape, ...]


@frozen(order=True)
class Flag:
    """A label that fired for the input.

    Attributes:
        op: the number of the Mark op in the program.
        group: the name of the %filter section.
        label: the name of the label.
        policy: the policy of the group.
        regions: the regions of each mask of the op in this object, in order; later regions take precedence.

    """

    op: int
    group: str
    label: str
    policy: Policy
    regions: tuple[Region, ...] = field(default=(), order=False, repr=False)

    @property
    def held(self) -> bool:
        """Whether the object must be cleaned in its pixels or reviewed before it is passed on."""
        return self.policy is not Policy.PASS

    @property
    def blanks(self) -> bool:
        """Whether the label blanks a region of this object."""
        return self.held and any(region.shapes and not region.keep for region in self.regions)


def holding(flags: Iterable[Flag], cleaned: Collection[Flag] = ()) -> tuple[Flag, ...]:
    """Return the labels that hold an object for review, given those whose regions were blanked."""
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
    """The reason why an object was refused.

    Attributes:
        rule: an entry of the catalogue, DC9xx.
        message: what is wrong, without values of the object.
        path: the path of the element, as in `Event`; None if no single element is the cause.
        op: the number of the op; None if no op is the cause.

    """

    rule: Rule
    message: str
    path: str | None = None
    op: int | None = None


def fault_beyond(failure: BeyondLimit) -> Fault:
    """Return the fault of an object that exceeds a limit."""
    rule = faults.NESTED_TOO_DEEP if isinstance(failure, NestedTooDeep) else faults.INFLATES_TOO_FAR
    return Fault(rule, str(failure), failure.path)


@frozen
class Cleaned:
    """The outcome of an object that was cleaned.

    Check `held` before you save the object: a label may have found text in its pixels.

    Attributes:
        dataset: the cleaned object; the input is unchanged.
        events: the changes, without values.
        flags: the labels of %filter sections that fired.

    """

    dataset: Dataset = field(repr=False)
    events: tuple[Event, ...]
    flags: tuple[Flag, ...] = ()

    @property
    def held(self) -> bool:
        """Whether a label requires that the pixels are cleaned or reviewed before the object is passed on."""
        return any(flag.held for flag in self.flags)

    @property
    def counts(self) -> dict[tuple[int, str], int]:
        """The number of elements by op number and effect."""
        return dict(Counter((event.op, event.effect.value) for event in self.events))


@frozen
class Refused:
    """The outcome of an object that could not be cleaned. There is no output.

    Attributes:
        faults: the reasons, at least one.

    """

    faults: tuple[Fault, ...]


Outcome: TypeAlias = Cleaned | Refused
