"""Damaged and mislabelled files: one kind alone, or several that are drawn, with canaries in what rules name."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from attrs import field, frozen
from hypothesis import strategies as st

from tests.damaged.draft import Canary, Choices, Combination, Draft, Piece, Place, Scope
from tests.damaged.kinds import KINDS, SERIES, Kind
from tests.damaged.meta import FILE_KINDS, SOP_CLASS, SOP_INSTANCE, plain
from tests.damaged.pen import IMPLICIT, LAYOUTS, Encoding, Layout, element, item, sequence

T = TypeVar("T")
_ANYWHERE = tuple(place for place in Place if place is not Place.FILE)


@frozen
class DamagedFile:
    """The bytes of a file, the canaries in it, what was done to it, and whether it says that it shows text."""

    data: bytes = field(repr=False)
    canaries: tuple[Canary, ...] = field(repr=False)
    kinds: tuple[Combination, ...]
    burned_in: bool

    def __str__(self) -> str:
        return "; ".join(map(str, self.kinds))


def combinations() -> Iterator[Combination]:
    """Yield every kind with each place and encoding in which it means something."""
    for encoding in Encoding:
        for place in _ANYWHERE:
            layout = _layout_at(place, LAYOUTS[encoding])
            if place is Place.UNKNOWN_VR and LAYOUTS[encoding].implicit:
                continue  # no VR is written
            for name, kind in KINDS.items():
                if kind.fits(layout):
                    yield Combination(name, place, encoding)
        for name, around in FILE_KINDS.items():
            if encoding in around.encodings:
                yield Combination(name, Place.FILE, encoding)


def alone(combination: Combination) -> DamagedFile:
    """Return the smallest file with one kind of damage."""
    return _made(Draft(random.Random(0), combination.encoding), [combination])


def drawn(draw: Choices, *, unnamed: bool = False) -> DamagedFile:
    """Return a file with one to four kinds of damage (one of them around the data set), and perhaps more in its items.

    `unnamed` draws kinds too whose canaries no recipe can name today.
    """
    encoding = draw.choice(tuple(Encoding))
    draft = Draft(draw, encoding, more=_MORE[unnamed])
    chosen = [draw.choice(_IN_DATA_SET[unnamed][encoding])]
    while len(chosen) < 3 and draw.randrange(2):  # asked each time, so that hypothesis can leave one out
        chosen.append(draw.choice(_IN_DATA_SET[unnamed][encoding]))
    if draw.randrange(2):
        chosen.append(draw.choice(_AROUND[encoding]))
    return _made(draft, chosen)


def damaged_files(*, unnamed: bool = False) -> st.SearchStrategy[DamagedFile]:
    """Draw files; see `drawn`."""
    return st.composite(lambda draw: drawn(_ByHypothesis(draw), unnamed=unnamed))()


@frozen
class _ByHypothesis:
    """Choices that hypothesis makes, records and shrinks."""

    draw: st.DrawFn

    def choice(self, among: Sequence[T]) -> T:
        return self.draw(st.sampled_from(among))

    def randrange(self, start: int, stop: int | None = None) -> int:
        first, behind = (0, start) if stop is None else (start, stop)
        return self.draw(st.integers(first, behind - 1))


def _has_unnamed(combination: Combination) -> bool:
    return any(one.scope is Scope.UNNAMED for one in alone(combination).canaries)


def _made(draft: Draft, combinations: list[Combination]) -> DamagedFile:
    layout = LAYOUTS[draft.encoding]
    around = plain(draft.encoding)
    pieces: list[Piece] = [
        (0x00080016, element(layout, 0x00080016, "UI", SOP_CLASS)),
        (0x00080018, element(layout, 0x00080018, "UI", SOP_INSTANCE)),
        (0x00080060, element(layout, 0x00080060, "CS", b"CT")),
        (0x00280010, element(layout, 0x00280010, "US", b"\x01\x00" if layout.little else b"\x00\x01")),
    ]
    for one in combinations:
        draft.kind = one.kind
        draft.kinds.append(one)
        if one.place is Place.FILE:
            around = FILE_KINDS[one.kind].change(draft, around)
        else:
            pieces += _placed(draft, KINDS[one.kind], one.place, layout)
    pieces.sort(key=lambda piece: piece[0])
    data = around.around(b"".join(data for _, data in pieces), draft.encoding)
    return DamagedFile(data, tuple(draft.canaries), tuple(draft.kinds), draft.burned_in)


def _layout_at(place: Place, outer: Layout) -> Layout:
    """Return the layout at a place: items of unknown VR are in implicit VR little endian (PS3.5 6.2.2)."""
    return IMPLICIT if place is Place.UNKNOWN_VR else outer


def _placed(draft: Draft, kind: Kind, place: Place, layout: Layout) -> list[Piece]:
    if place is Place.TOP:
        return kind.make(draft, layout)
    inner = _layout_at(place, layout)
    with draft.inside():
        made = b"".join(data for _, data in sorted(kind.make(draft, inner), key=lambda piece: piece[0]))
    match place:
        case Place.OPEN_ITEM:
            items = [item(layout, made, undefined=True)]
            return [(SERIES, sequence(layout, SERIES, items, undefined=True))]
        case Place.DEEP:
            for undefined in (True, False):
                made = sequence(layout, 0x0040A730, [item(layout, made, undefined=undefined)], undefined=undefined)
            return [(0x0040A730, sequence(layout, 0x0040A730, [item(layout, made)]))]
        case Place.PRIVATE:
            creator = element(layout, 0x00090010, "LO", b"ACME")
            return [(0x00090010, creator + sequence(layout, 0x00091010, [item(layout, made)]))]
        case Place.UNKNOWN_VR:
            items = [item(inner, made)]
            return [(SERIES, sequence(layout, SERIES, items, vr="UN", undefined=True, inner=inner))]
        case _:
            return [(SERIES, sequence(layout, SERIES, [item(layout, made)]))]


def _more(*, unnamed: bool) -> Callable[[Draft, Layout], list[Piece]]:
    def draw_more(draft: Draft, layout: Layout) -> list[Piece]:
        if draft.draw.randrange(3) != 2:
            return []
        names = _NAMES[unnamed]
        name = draft.draw.choice(names)
        if not KINDS[name].fits(layout):
            return []
        before, draft.kind = draft.kind, name
        draft.kinds.append(Combination(name, Place.DEEP, draft.encoding))
        pieces = KINDS[name].make(draft, layout)
        draft.kind = before
        return pieces

    return draw_more


ALL = tuple(combinations())
_UNNAMED = frozenset(one.kind for one in ALL if _has_unnamed(one))
_NAMES = {False: tuple(name for name in KINDS if name not in _UNNAMED), True: tuple(KINDS)}
_AROUND = {
    encoding: tuple(one for one in ALL if one.encoding is encoding and one.place is Place.FILE) for encoding in Encoding
}
_IN_DATA_SET = {
    unnamed: {
        encoding: tuple(
            one
            for one in ALL
            if one.encoding is encoding and one.place is not Place.FILE and (unnamed or one.kind not in _UNNAMED)
        )
        for encoding in Encoding
    }
    for unnamed in (False, True)
}
_MORE = {unnamed: _more(unnamed=unnamed) for unnamed in (False, True)}
