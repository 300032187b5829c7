"""Prepare the blanking of one object: its pixels, overlays and icons, and the attributes that change with them."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import define, field, frozen

from deidc.dicom.edits import Span
from deidc.dicom.layout import PIXEL_DATA, PIXELS, UNDEFINED, Damaged, packed
from deidc.dicom.splicing import Change
from deidc.dicom.values.decoding import Undecodable
from deidc.dicom.walk import PlacedElement, elements_of, items, within
from deidc.dicom.window import NotWhole, Window
from deidc.pixels.blanking.altered import Altered
from deidc.pixels.blanking.icons import ICONS, icon_pixels
from deidc.pixels.blanking.overlays import overlays
from deidc.pixels.blanking.statement import FRAME_TYPE, IMAGE_TYPE, Stored, derived, statement
from deidc.pixels.frames import fragments
from deidc.pixels.frames.black import black_of
from deidc.pixels.frames.fragments import encapsulated
from deidc.pixels.frames.image import Image, image_of_object, not_understood
from deidc.pixels.frames.masks import Masks, Painting
from deidc.pixels.frames.native import Native, as_long_as_it_is
from deidc.pixels.frames.recoding import Recoding
from deidc.runtime.fold.elements import sequence_items
from deidc.runtime.fold.toplevel import OfBytes
from deidc.runtime.outcome import Blanked, TextSearch
from deidc.vocabulary import Storage


@frozen
class NothingToBlank:
    """The object stays unchanged: it has no pixels, or no region to be blanked lies on them.

    `text` is set if the pixels were searched for text.
    """

    has_pixels: bool
    text: TextSearch | None = None


@define(eq=False)
class Blanking:
    """One file whose regions are blanked."""

    altered: Altered
    painting: Painting
    _top: OfBytes = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        file = self.altered.file
        self._top = OfBytes(file)

    @property
    def _window(self) -> Window:
        return self.altered.file.window

    def prepare(self, storage: Storage) -> Blanked | NothingToBlank:
        """Find out what changes. Raises Trouble, NotWhole, Damaged and OSError."""
        image = image_of_object(self._top, self.altered.places)
        if image is None:
            return NothingToBlank(has_pixels=False)
        place = self.altered.places[image.tag]
        is_native = place.header.length != UNDEFINED
        found = as_long_as_it_is(image, self._window, place) if is_native else image
        masks = Masks(self.painting, image.rows, image.columns, image.frames)
        if not masks.touched() and not masks.blanks_outside():
            return NothingToBlank(has_pixels=True)
        if is_native:
            stored = self._blank_native(image, found, masks, place)
        else:
            stored = self._recode(image, masks, place, storage)
        layout = self.altered.file.layout
        changed = dict(overlays(self._top, masks, swapped=not layout.little))
        if not masks.touched() and not changed:
            return NothingToBlank(has_pixels=True)
        for tag, data in changed.items():
            self.altered.overwrite(self.altered.places[tag].header.value_at, data)
        icon_removed = not self._blank_icons(image, masks, is_native=is_native or stored.after != stored.before)
        self._look_inside()
        for tag, element in (
            statement(self._top, image, stored, layout, is_all=self.painting.is_all) if masks.touched() else ()
        ):
            if element:
                self.altered.write(tag, element)
            else:
                self.altered.drop(tag)
        return Blanked(
            masks.touched(),
            tuple(sorted(changed)),
            icon_removed,
            stored.before,
            stored.after,
            image.rows,
            image.columns,
        )

    # ---- pixel data -------------------------------------------------------------------------------------

    def _blank_native(self, image: Image, found: Image, masks: Masks, place: PlacedElement) -> Stored:
        layout, syntax = self.altered.file.layout, self.altered.file.syntax
        # Words of samples that are bytes, or bits, have their bytes in the other order (PS3.5 8.1.1 and Annex D).
        swapped = not layout.little and image.allocated in (1, 8) and place.header.vr == b"OW"
        black = () if image.is_float else black_of(found, self._top, little=layout.little)
        native = Native(found, masks, black, self._window, place.header.value_at, layout.little, swapped)
        self.altered.alter_pixels(image.tag, native.changes)
        return Stored(image, syntax, syntax, place.header.length, place.header.length)

    def _recode(self, image: Image, masks: Masks, place: PlacedElement, storage: Storage) -> Stored:
        if image.tag != PIXEL_DATA or image.allocated == 1 or image.photometric == "YBR_PARTIAL_422":
            raise not_understood("pixels of this kind are not compressed", image.tag)
        syntax = self.altered.file.syntax
        offsets, lengths = self._top.find(fragments.OFFSETS), self._top.find(fragments.LENGTHS)
        source = encapsulated(self._window, place.header.value_at, image.frames, offsets, lengths)
        recoding = Recoding(self._window, self._top, image, source, masks, syntax)
        if masks.touched():
            recoding.prepare(storage)
            self.altered.syntax = recoding.transfer_syntax
            self.altered.alter_pixels(image.tag, lambda: (Change(place.at, place.end, self._recoded(recoding, place)),))
            self.altered.drop(PIXEL_DATA & 0xFFFF0000)
            # The Basic Offset Table, which is made anew, states where frames are.
            for tag in (fragments.OFFSETS, fragments.LENGTHS, fragments.TOTAL_LENGTH):
                self.altered.drop(tag)
        before = place.end - place.header.value_at
        return Stored(recoding.after, syntax, recoding.transfer_syntax, before, recoding.after.native_length)

    def _recoded(self, recoding: Recoding, place: PlacedElement) -> Iterator[bytes | Span]:
        """Yield the element with the pixels after."""
        if recoding.native:
            length = sum(recoding.lengths)
            vr = "OB" if recoding.image.allocated <= 8 else "OW"
            header = packed(PIXEL_DATA, vr, b"", self.altered.file.layout)
            assert header is not None, "there is always room for nothing"
            yield header[:-4] + (length + length % 2).to_bytes(4, "little")
        else:
            yield self._window[place.at : place.header.value_at]
        yield from recoding.value()

    # ---- what repeats pixels ----------------------------------------------------------------------------

    def _blank_icons(self, image: Image, masks: Masks, *, is_native: bool) -> bool:
        """Blank the icons of the image, or remove them; return whether none had to be removed."""
        place, element = self.altered.places.get(ICONS), self._top.find(ICONS)
        if place is None or element is None:
            return True
        try:
            parsed = sequence_items(element) or []
            found = [
                (item.layout, {one.tag: one for one in elements_of(self._window, item)})
                for item in items(self._window, place)
            ]
        except (Undecodable, NotWhole, Damaged):
            parsed, found = [], []
        blanked: list[tuple[int, bytes]] = []
        for item, (layout, inside) in zip(parsed, found, strict=False):
            data = icon_pixels(item, image, masks, little=layout.little, is_native=is_native)
            if data is not None and PIXEL_DATA in inside:
                blanked.append((inside[PIXEL_DATA].header.value_at, data))
        if not blanked or len(blanked) < max(len(parsed), len(found)):
            self.altered.drop(ICONS)
            return False
        for at, data in blanked:
            self.altered.overwrite(at, data)
        return True

    def _look_inside(self) -> None:
        """Fill pixel data in items with zeros, but for that of icons, and let frames say that they are derived."""
        for tag, sequence in self.altered.places.items():
            if tag == ICONS or tag in PIXELS:
                continue
            for place in within(self._window, sequence):
                start, end = place.header.value_at, place.value_end
                if place.header.tag in PIXELS:
                    self._fill_with_zeros(place)
                elif place.header.tag == FRAME_TYPE and IMAGE_TYPE in self.altered.places:
                    self.altered.overwrite(start, derived(self._window[start:end]))

    def _fill_with_zeros(self, place: PlacedElement) -> None:
        """Fill pixel data in an item with zeros; of compressed frames, each fragment."""
        at = place.header.value_at
        if place.header.length != UNDEFINED:
            self.altered.overwrite(at, bytes(place.end - at))
            return
        while at < place.value_end:
            length = int.from_bytes(self._window[at + 4 : at + 8], "little")
            self.altered.overwrite(at + 8, bytes(length))
            at += 8 + length
