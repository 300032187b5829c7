"""A level is a data set or an item on the walk of the stream engine; `Walk` holds its state."""

from __future__ import annotations

from attrs import define, field, frozen

from deidc.dicom import dictionary
from deidc.dicom.layout import VR_LETTERS, Header, Layout
from deidc.dicom.window import Unsuited
from deidc.runtime.fold.level import Level
from deidc.runtime.fold.plan import Entry, Node
from deidc.runtime.stream.decisions import Context, Decision, Known
from deidc.runtime.stream.shapes import Act

_NOTHING_KNOWN: Known = {}  # never written to
# Private creators of a group that are looked up each by itself; a group with more waits for its first other element.
_FEW_CREATORS = 8
_NO_CREATORS: dict[tuple[int, int], str] = {}  # never written to; levels with private creators have their own

# The item that a level is: the place of its sequence's level, the sequence's tag, the item's number.
ItemPath = tuple["ItemPath | None", int, int]
# What was done to an element: the place of its level, its tag (or what it is in an item of known shape), the decision
# with the effects of ops.
Told = tuple[ItemPath | None, int | Act, Decision]


def declared_vr(header: Header, layout: Layout) -> str | None:
    """Return the VR that stands in a header; None in implicit VR. Raises Unsuited for what is none."""
    if layout.implicit:
        return None
    vr = VR_LETTERS.get(header.vr or b"")
    if vr is None:
        raise Unsuited("a VR is not a VR of DICOM")
    return vr


@frozen
class Found:
    """An element of the input: where it is, and what it is."""

    header: Header
    at: int
    end: int
    layout: Layout
    vr: str
    creator: str | None

    @property
    def tag(self) -> int:
        """The element's tag."""
        return self.header.tag


@define(eq=False)
class Walk:
    """State of one level, made for levels of which something has to be kept.

    `starts` has where elements begin, by tag: of all if something is to be added at the level, else of those since
    the first private creator. `removed` are tags that are gone. `mark` is how many edits there were before the level.
    `creators` are the private creators so far, `in_group` those of the last group that has any: elements are in order,
    so no others concern what follows. `known` is what is known there of elements; None until an element needs it.
    """

    node: Node
    context: Context
    place: ItemPath | None
    depth: int
    mark: int
    in_file_meta: bool
    starts: dict[int, int]
    removed: set[int] = field(factory=set)
    creators: dict[tuple[int, int], str] = field(factory=lambda: _NO_CREATORS)
    in_group: dict[tuple[int, int], str] = field(factory=lambda: _NO_CREATORS)
    known: Known | None = None
    waiting: list[tuple[Found, Entry]] = field(factory=list)
    group_lengths: list[Found] = field(factory=list)
    _here: Level | None = None

    def note_creator(self, tag: int, name: str) -> None:
        """Note a private creator that reserves a block (PS3.5 7.8.1)."""
        place = (tag >> 16, tag & 0xFFFF)
        if self.creators is _NO_CREATORS:
            self.creators = {}
        if not self.in_group or next(iter(self.in_group))[0] != place[0]:
            self.in_group = {}
        self.creators[place] = self.in_group[place] = name
        self.known = None

    def known_here(self) -> Known:
        """Return the table of elements that are known by their first bytes, for what follows at this level."""
        if self.known is None:
            context = self.context
            self.known = (
                context.known_in_blocks(self.node, self.in_group) if self.in_group else context.known_at(self.node)
            )
        return self.known

    def known_behind(self, tag: int) -> Known:
        """Return the table of what is known of the elements behind the one with this tag.

        It is empty among many creators in a row: a table for each would take time and memory by the square of their
        number.
        """
        if len(self.in_group) > _FEW_CREATORS and dictionary.is_private_creator(tag):
            return _NOTHING_KNOWN
        return self.known_here()

    @property
    def here(self) -> Level:
        """The level as folding wants it; for most levels it is never made."""
        if self._here is None or self._here.character_sets is not self.context.character_sets:
            context = self.context
            indexes = items_of(self.place)
            self._here = Level(
                self.node, path_of(self.place), indexes, context.character_sets, context.sheltered, self.in_file_meta
            )
        return self._here


def path_of(place: ItemPath | None) -> str:
    """Return the path of a level, as events have it in front of the tags of the level."""
    if place is None:
        return ""
    above, sequence, number = place
    return f"{path_of(above)}{sequence:08X}[{number}]."


def element_path(place: ItemPath | None, where: int | Act) -> str:
    """Return the path of an element, as events have it."""
    if isinstance(where, int):
        return f"{path_of(place)}{where:08X}"
    inside = "".join(f"{tag:08X}[{number}]." for tag, number in where.inside)
    return f"{path_of(place)}{inside}{where.tag:08X}"


def items_of(place: ItemPath | None) -> tuple[int, ...]:
    """Return the item numbers on the way to a level."""
    return () if place is None else (*items_of(place[0]), place[2])
