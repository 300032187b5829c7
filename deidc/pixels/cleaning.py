"""Regions of an image blanked in the bytes of a file, with all that repeats or describes its pixels."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from typing import TypeAlias

from attrs import define, evolve, field, frozen
from pydicom import dcmread, dcmwrite
from pydicom.dataset import Dataset, FileDataset
from pydicom.uid import DeflatedExplicitVRLittleEndian

from deidc.codes import faults
from deidc.pixels import fragments
from deidc.pixels.black import black_of
from deidc.pixels.fragments import encapsulated
from deidc.pixels.icons import ICONS, icon_pixels
from deidc.pixels.image import PIXEL_DATA, PIXELS, Image, image_of, not_understood
from deidc.pixels.masks import Masks, Painting
from deidc.pixels.native import Native
from deidc.pixels.nested import Place, items, places, within
from deidc.pixels.overlays import overlays
from deidc.pixels.recoding import Recoding, Storage
from deidc.pixels.splicing import Change, spliced
from deidc.pixels.statement import FRAME_TYPE, IMAGE_TYPE, Stored, derived, statement
from deidc.runtime.edits import Span
from deidc.runtime.elements import sequence_items
from deidc.runtime.frame import Trouble
from deidc.runtime.layout import UNDEFINED, Damaged, packed
from deidc.runtime.outcome import Fault, Refused
from deidc.runtime.part10 import META_LAYOUT, PREAMBLE, Opened, head, meta_elements, opened, text_element
from deidc.runtime.toplevel import OfBytes
from deidc.runtime.walk import Unsuited
from deidc.runtime.window import InMemory, NotWhole, Reader, Window

_SYNTAX = 0x00020010
_PROVIDER = 0x00287FE0


@frozen
class Blanked:
    """What was blanked in one object.

    Attributes:
        frames: the number of frames in which something was blanked.
        overlays: the tags of overlay data in which something was blanked.
        icon_removed: whether the object had an icon that could not be blanked, and has none now.
        before, after: the transfer syntaxes.

    """

    frames: int
    overlays: tuple[int, ...]
    icon_removed: bool
    before: str
    after: str


@frozen
class NothingToBlank:
    """The object has no pixels, or none of them is in a region that is to be blanked; it stays as it is."""


@define(eq=False)
class BlankedBytes:
    """The bytes of a file with its regions blanked; `pieces` makes them as often as it is asked."""

    account: Blanked
    _cleaning: _Cleaning = field(repr=False)

    def pieces(self) -> Iterator[bytes | Span]:
        """Yield the output piece by piece; spans are ranges of the input. Raises NotWhole and OSError."""
        return self._cleaning.pieces()

    def whole(self) -> bytes:
        """Return the output in one piece. Raises NotWhole and OSError."""
        window = self._cleaning.file.window
        return b"".join(window[one.start : one.end] if isinstance(one, Span) else one for one in self.pieces())


@frozen
class BlankedDataset:
    """An object with its regions blanked; nothing of it is shared with the input."""

    dataset: Dataset = field(repr=False)
    account: Blanked


OfBytesOutcome: TypeAlias = BlankedBytes | NothingToBlank | Refused


def blank_bytes(
    reader: Reader, painting: Painting, storage: Storage = Storage.SAME_OR_NATIVE
) -> BlankedBytes | NothingToBlank | Refused:
    """Blank regions in the bytes of a file.

    What no region touches keeps its bytes: other elements, other rows, other compressed frames. Native frames are
    blanked when they are written, and no more than one is in memory. Overlay planes are blanked where they lie over
    blanked pixels, and the icon where it is made of them, or it is removed. Pixel data in other items is filled with
    zeros. What `statement` says of the object is written into it.

    Refuses objects whose pixels cannot be found (DC971), decoded (DC972) or stored as `storage` asks (DC973). Raises
    Unsuited for what is no DICOM file, NotWhole or Damaged where the bytes are cut off, and OSError of the reader.
    """
    cleaning = _Cleaning(opened(Window(reader)), painting)
    try:
        account = cleaning.prepare(storage)
    except Trouble as failure:
        return Refused((failure.fault,))
    return BlankedBytes(account, cleaning) if account is not None else NothingToBlank()


def blank_dataset(
    dataset: Dataset, painting: Painting, storage: Storage = Storage.SAME_OR_NATIVE
) -> BlankedDataset | NothingToBlank | Refused:
    """Blank regions of an object in memory, which is not changed; see `blank_bytes`.

    An object without file meta information is taken for one in explicit VR little endian.
    """
    try:
        blanked = blank_bytes(InMemory(_encoded(dataset)), painting, storage)
        if not isinstance(blanked, BlankedBytes):
            return blanked
        found = dcmread(io.BytesIO(blanked.whole()), force=True)
    except (NotWhole, Damaged, Unsuited, ValueError, TypeError, AttributeError, OSError):
        # pydicom raises some of these for values that it cannot encode, with words that may hold them.
        return Refused((Fault(faults.ELEMENT_UNDECODABLE, "the object cannot be encoded"),))
    if isinstance(dataset, FileDataset):
        found.filename = dataset.filename
        return BlankedDataset(found, blanked.account)
    plain = Dataset(found)
    is_implicit, is_little = found.original_encoding
    plain.set_original_encoding(is_implicit, is_little, found.original_character_set)
    return BlankedDataset(plain, blanked.account)


def _encoded(dataset: Dataset) -> bytes:
    buffer = io.BytesIO()
    if getattr(dataset, "file_meta", None):
        dcmwrite(buffer, dataset, enforce_file_format=False)
    else:
        dcmwrite(buffer, dataset, implicit_vr=False, little_endian=True)
    return buffer.getvalue()


@define(eq=False)
class _Cleaning:
    """One file, and all that changes in it."""

    file: Opened
    painting: Painting
    _top: OfBytes = field(init=False, repr=False)
    _places: dict[int, Place] = field(init=False, repr=False)
    _elements: dict[int, bytes] = field(init=False, factory=dict, repr=False)  # new ones at the top; none goes away
    _inside: list[Change] = field(init=False, factory=list, repr=False)  # ranges that stay as long as they were
    _native: Native | None = field(init=False, default=None)
    _recoding: Recoding | None = field(init=False, default=None)

    def __attrs_post_init__(self) -> None:
        file = self.file
        self._top = OfBytes(file.window, file.layout, meta_elements(file.meta), META_LAYOUT, file.start)
        found = list(places(file.window, file.start, file.window.size, file.layout))
        self._places = {place.header.tag: place for place in found}
        if len(self._places) != len(found):
            raise Unsuited("an element is there twice")

    def prepare(self, storage: Storage) -> Blanked | None:
        """Find out what changes; None if nothing is to be blanked. Raises Trouble, NotWhole, Damaged and OSError."""
        image = image_of(self._top, self._places)
        if image is None:
            if _PROVIDER in self._places:
                raise not_understood("the pixels are not in the object, but elsewhere", _PROVIDER)
            return None
        masks = Masks(self.painting, image.rows, image.columns, image.frames)
        if not masks.touched() and not masks.blanks_outside():
            return None
        place = self._places[image.tag]
        is_native = place.header.length != UNDEFINED
        stored = self._blank_native(image, masks, place) if is_native else self._recode(image, masks, place, storage)
        changed = dict(overlays(self._top, masks, swapped=not self.file.layout.little))
        if not masks.touched() and not changed:
            return None
        self._inside += [self._same_length(tag, data) for tag, data in changed.items()]
        is_native = is_native or stored.after != stored.before
        icon_removed = not self._blank_icons(image, masks, is_native=is_native)
        self._look_inside()
        if masks.touched():
            self._elements.update(statement(self._top, image, stored, self.file.layout))
        self._drop_group_lengths()
        return Blanked(masks.touched(), tuple(sorted(changed)), icon_removed, stored.before, stored.after)

    # ---- pixel data -------------------------------------------------------------------------------------

    def _blank_native(self, image: Image, masks: Masks, place: Place) -> Stored:
        layout = self.file.layout
        found = self._as_long_as_it_is(image, place)
        # Words of samples that are bytes, or bits, have their bytes in the other order (PS3.5 8.1.1 and Annex D).
        swapped = not layout.little and image.allocated in (1, 8) and place.header.vr == b"OW"
        black = () if image.is_float else black_of(found, self._top, little=layout.little)
        start = place.header.value_at
        self._native = Native(found, masks, black, self.file.window, start, layout.little, swapped)
        return Stored(image, self.file.syntax, self.file.syntax, place.header.length, place.header.length)

    def _as_long_as_it_is(self, image: Image, place: Place) -> Image:
        """Return an image whose frames take as many bytes as there are. Raises Trouble (DC971)."""
        length = place.header.length
        if image.is_subsampled:
            full = evolve(image, photometric="RGB")
            if full.native_length <= length <= full.native_length + 1:
                return full  # the wrong name of colour that is not shared, which readers take for RGB
            if image.columns % 2:
                raise not_understood("pixels that share their colour are not of an even number", PIXEL_DATA)
        if length < image.native_length:
            raise not_understood("the pixel data is shorter than its attributes say", image.tag)
        behind = range(place.header.value_at + image.native_length + image.native_length % 2, place.end, 1 << 20)
        if any(any(self.file.window[at : min(at + (1 << 20), place.end)]) for at in behind):
            raise not_understood("there is more behind the last frame", image.tag)
        return image

    def _recode(self, image: Image, masks: Masks, place: Place, storage: Storage) -> Stored:
        if image.tag != PIXEL_DATA or image.allocated == 1:
            raise not_understood("pixels of this kind are not compressed", image.tag)
        offsets, lengths = self._top.find(fragments.OFFSETS), self._top.find(fragments.LENGTHS)
        source = encapsulated(self.file.window, place.header.value_at, image.frames, offsets, lengths)
        recoding = Recoding(self.file.window, self._top, image, source, masks, self.file.syntax)
        if masks.touched():
            recoding.prepare(storage)
            self._recoding = recoding
            # Where frames are is told by the Basic Offset Table, which is made anew.
            for tag in (fragments.OFFSETS, fragments.LENGTHS, fragments.TOTAL_LENGTH):
                if tag in self._places:
                    self._elements[tag] = b""
        before = place.end - place.header.value_at
        return Stored(recoding.after, self.file.syntax, recoding.transfer_syntax, before, recoding.after.native_length)

    # ---- what repeats pixels ----------------------------------------------------------------------------

    def _same_length(self, tag: int, data: bytes) -> Change:
        place = self._places[tag]
        return Change(place.header.value_at, place.header.value_at + len(data), data)

    def _blank_icons(self, image: Image, masks: Masks, *, is_native: bool) -> bool:
        """Blank the icons of the image, or remove them; return whether none had to be removed."""
        place, element = self._places.get(ICONS), self._top.find(ICONS)
        if place is None or element is None:
            return True
        changes: list[Change] = []
        parsed = sequence_items(element) or []
        for item, (start, stop, layout) in zip(parsed, items(self.file.window, place), strict=True):
            data = icon_pixels(item, image, masks, little=layout.little, is_native=is_native)
            inside = {one.header.tag: one for one in places(self.file.window, start, stop, layout)}
            if data is None or PIXEL_DATA not in inside:
                self._elements[ICONS] = b""
                return False
            at = inside[PIXEL_DATA].header.value_at
            changes.append(Change(at, at + len(data), data))
        self._inside += changes
        return True

    def _look_inside(self) -> None:
        """Fill pixel data in items with zeros, but for that of icons, and let frames say that they are derived."""
        for tag, sequence in self._places.items():
            if tag == ICONS or tag in PIXELS:
                continue
            for place in within(self.file.window, sequence):
                start, end = place.header.value_at, place.value_end
                if place.header.tag in PIXELS:
                    self._inside.extend(_zeros(self.file.window, place))
                elif place.header.tag == FRAME_TYPE and IMAGE_TYPE in self._places:
                    self._inside.append(Change(start, end, derived(self.file.window[start:end])))

    def _drop_group_lengths(self) -> None:
        """Drop the retired lengths of groups in which something changes (PS3.5 7.2)."""
        groups = {tag >> 16 for tag in self._elements} | ({PIXEL_DATA >> 16} if self._recoding is not None else set())
        for tag in (group << 16 for group in groups):
            if tag in self._places:
                self._elements[tag] = b""

    # ---- what is written --------------------------------------------------------------------------------

    def pieces(self) -> Iterator[bytes | Span]:
        """Yield the file; see `BlankedBytes.pieces`."""
        file = self.file
        body = spliced(file.window, file.start, file.window.size, self._changes())
        if file.is_deflated:
            yield self._head()
            yield from _deflated(file.window, body)
            return
        if self._recoding is not None and self._recoding.native:
            yield self._head()
        else:
            yield file.window[0 : file.start]
        yield from body

    def _head(self) -> bytes:
        """Return the preamble and the file meta information, with the transfer syntax after."""
        syntax = self._recoding.transfer_syntax if self._recoding is not None else self.file.syntax
        if self.file.is_deflated:
            syntax = DeflatedExplicitVRLittleEndian
        new = head({**self.file.elements, _SYNTAX: text_element(_SYNTAX, "UI", syntax)}, syntax)
        return (self.file.preamble or bytes(PREAMBLE)) + new[PREAMBLE:]

    def _changes(self) -> Iterator[Change]:
        """Yield all changes in order."""
        gone = [(self._places[tag].at, self._places[tag].end) for tag, data in self._elements.items() if not data]
        inside = [one for one in self._inside if not any(at <= one.start < end for at, end in gone)]
        yield from self._merged(sorted([*inside, *self._of_elements()], key=lambda one: (one.start, one.end)))

    def _of_elements(self) -> Iterator[Change]:
        in_order = sorted(self._places)
        end = self._places[in_order[-1]].end
        for tag, data in sorted(self._elements.items()):
            place = self._places.get(tag)
            if place is not None:
                yield Change(place.at, place.end, data)
            else:
                at = next((self._places[other].at for other in in_order if other > tag), end)
                yield Change(at, at, data)

    def _merged(self, small: list[Change]) -> Iterator[Change]:
        """Yield small changes, and those of the pixel data in their place."""
        tag = next(tag for tag in PIXELS if tag in self._places)
        place = self._places[tag]
        yield from (one for one in small if one.start <= place.at and one.end <= place.at)
        if self._native is not None:
            yield from self._native.changes()
        elif self._recoding is not None:
            yield Change(place.at, place.end, self._encapsulated_or_native(place))
        yield from (one for one in small if one.start >= place.end)

    def _encapsulated_or_native(self, place: Place) -> Iterator[bytes | Span]:
        recoding = self._recoding
        assert recoding is not None
        if not recoding.native:
            yield self.file.window[place.at : place.header.value_at]
        else:
            length = sum(recoding.lengths)
            vr = "OB" if recoding.image.allocated <= 8 else "OW"
            header = packed(PIXEL_DATA, vr, b"", self.file.layout)
            assert header is not None
            yield header[:-4] + (length + length % 2).to_bytes(4, "little")
        yield from recoding.value()


def _zeros(window: Window, place: Place) -> Iterator[Change]:
    """Yield changes that fill pixel data in an item with zeros; of compressed frames, each fragment."""
    if place.header.length != UNDEFINED:
        yield Change(place.header.value_at, place.end, bytes(place.end - place.header.value_at))
        return
    at = place.header.value_at
    while at < place.value_end:
        length = int.from_bytes(window[at + 4 : at + 8], "little")
        yield Change(at + 8, at + 8 + length, bytes(length))
        at += 8 + length


def _deflated(window: Window, body: Iterator[bytes | Span]) -> Iterator[bytes]:
    """Yield a data set deflated, to an even length (PS3.5 A.5)."""
    deflater = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    size = 0
    for piece in body:
        data = deflater.compress(window[piece.start : piece.end] if isinstance(piece, Span) else piece)
        size += len(data)
        if data:
            yield data
    last = deflater.flush()
    yield last + b"\0" * ((size + len(last)) % 2)
