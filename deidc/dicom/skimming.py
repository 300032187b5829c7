"""Step quickly over plain elements of a level, where only their places are wanted."""

from __future__ import annotations

from deidc.dicom.layout import UNDEFINED, VR_LETTERS, WIDE, Layout
from deidc.dicom.values.decoding import CHARACTER_SET

_HEADERS = {vr: 12 if vr in WIDE else 8 for vr in VR_LETTERS}
_FILLERS = b"\0 \r\n"
_FIRST_ITEM_GROUP = 0xFFFE


def skim(
    data: bytes, at: int, layout: Layout, starts: dict[int, int], *, base: int, last: int, until: int
) -> tuple[int, int]:
    """Note where elements begin, up to the first that has to be looked at closely; see `deidc.dicom.walk.elements`.

    That is one that is out of order, reserves a private block, sets the character set, has an undefined length or a VR
    that PS3.5 6.2 does not define, is not whole in the data, or has the tag `until` or a greater one.

    Args:
        data: some bytes of a file.
        at: where in them an element begins.
        layout: how the elements are laid out; in big endian none is stepped over.
        starts: receives the places of elements in the file by tag.
        base: where in the file the data begins.
        last: the tag of the element before.
        until: the tag that is looked for.

    Returns:
        Where the next element begins in the data, and the tag of the last element that was stepped over.

    """
    if not layout.little:
        return at, last
    implicit, end = layout.implicit, len(data) - 12
    while at < end:
        tag = (data[at] | data[at + 1] << 8) << 16 | data[at + 2] | data[at + 3] << 8
        if tag <= last or tag >= until or tag == CHARACTER_SET or (data[at] & 1 and not data[at + 3]):
            break
        size = 8 if implicit else _HEADERS.get(data[at + 4 : at + 6], 0)
        if size == 0 or tag >> 16 == _FIRST_ITEM_GROUP or (implicit and not data[at : at + 8].strip(_FILLERS)):
            break
        if implicit or size > 8:  # the header has a length of 32 bits
            length = int.from_bytes(data[at + size - 4 : at + size], "little")
        else:
            length = data[at + 6] | data[at + 7] << 8
        stop = at + size + length
        if length == UNDEFINED or stop > len(data):
            break
        starts[tag] = at + base
        last, at = tag, stop
    return at, last
