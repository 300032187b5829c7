"""Read from the attributes of an object how its pixels lie in the bytes (PS3.3 C.7.6.3, PS3.5 8)."""

from __future__ import annotations

from collections.abc import Container

from attrs import frozen

from deidc.codes import faults
from deidc.dicom.layout import DOUBLE_FLOAT_PIXEL_DATA, FLOAT_PIXEL_DATA, PIXEL_DATA, PIXELS
from deidc.dicom.values.decoding import Undecodable
from deidc.runtime.fold.elements import InputElement
from deidc.runtime.fold.frame import Trouble, trouble
from deidc.runtime.fold.toplevel import TopLevel

SAMPLES, PHOTOMETRIC, PLANAR, FRAMES = 0x00280002, 0x00280004, 0x00280006, 0x00280008
ROWS, COLUMNS = 0x00280010, 0x00280011
ALLOCATED, STORED, HIGH_BIT, REPRESENTATION = 0x00280100, 0x00280101, 0x00280102, 0x00280103

# A few bytes can claim to be a frame that no memory holds. Devices that make larger images make them in tiles.
MOST_PIXELS = 1 << 28
# Two pixels beside each other have one pair of colour samples.
SUBSAMPLED = frozenset({"YBR_FULL_422", "YBR_PARTIAL_422"})
# Pixel Data Provider URL: the pixels are where it says (PS3.5 A.6).
_PROVIDER = 0x00287FE0
_MONO = frozenset({"MONOCHROME1", "MONOCHROME2", "PALETTE COLOR"})
_COLOUR = frozenset({"RGB", "YBR_FULL", "YBR_ICT", "YBR_RCT"}) | SUBSAMPLED


@frozen
class Image:
    """What is needed to find a pixel in native pixel data.

    Attributes:
        tag: the element that has the pixels.
        allocated, stored, high: bits of a sample's cell, those of its value, and the number of the value's highest bit.
        planar: whether each frame has all its samples of one kind, then all of the next.

    """

    tag: int
    rows: int
    columns: int
    frames: int
    samples: int
    photometric: str
    planar: bool
    allocated: int
    stored: int
    high: int
    signed: bool

    @property
    def is_float(self) -> bool:
        """Whether pixels are floating point numbers."""
        return self.tag != PIXEL_DATA

    @property
    def is_subsampled(self) -> bool:
        """Whether two pixels share their colour."""
        return self.photometric in SUBSAMPLED

    @property
    def frame_bits(self) -> int:
        """The length of a native frame in bits; the next one follows without a gap, even within a byte (PS3.5 8.2)."""
        samples = 2 if self.is_subsampled else self.samples
        return self.rows * self.columns * samples * self.allocated

    @property
    def native_length(self) -> int:
        """The length of all native frames in bytes, without padding."""
        return (self.frame_bits * self.frames + 7) // 8


def image_of_object(top: TopLevel, there: Container[int]) -> Image | None:
    """Return how the pixels of an object lie, as `image_of` does; raises Trouble (DC971) too if they are elsewhere."""
    image = image_of(top, there)
    if image is None and _PROVIDER in there:
        raise not_understood("the pixels are outside the object", _PROVIDER)
    return image


def image_of(top: TopLevel, there: Container[int]) -> Image | None:
    """Return how the pixels of an object lie; None if it has none. Raises Trouble (DC971).

    `there` has the tags of the object: pixel data is not looked at, which may be longer than any memory.
    """
    tags = [tag for tag in PIXELS if tag in there]
    if not tags:
        return None
    if len(tags) > 1:
        raise not_understood("the object has several kinds of pixel data")
    (tag,) = tags
    photometric = text(top, PHOTOMETRIC)
    samples = number(top, SAMPLES)
    if (samples, photometric in _MONO, photometric in _COLOUR) not in ((1, True, False), (3, False, True)):
        raise not_understood("the photometric interpretation is unknown, or does not fit the samples", PHOTOMETRIC)
    allocated = number(top, ALLOCATED, {0x7FE00008: 32, 0x7FE00009: 64}.get(tag))
    stored = number(top, STORED, allocated if tag != PIXEL_DATA else None)
    image = Image(
        tag=tag,
        rows=number(top, ROWS),
        columns=number(top, COLUMNS),
        frames=number(top, FRAMES, 1),
        samples=samples,
        photometric=photometric,
        planar=samples > 1 and number(top, PLANAR, 0) == 1,
        allocated=allocated,
        stored=stored,
        high=number(top, HIGH_BIT, stored - 1),
        signed=tag == PIXEL_DATA and number(top, REPRESENTATION, 0) == 1,
    )
    _complain(image)
    return image


def _complain(image: Image) -> None:
    """Raise Trouble for an image whose attributes contradict each other or are of no known kind."""
    if image.rows < 1 or image.columns < 1 or image.frames < 1:
        raise not_understood("the image has no rows, columns or frames", ROWS)
    if image.rows * image.columns > MOST_PIXELS:
        raise not_understood("the image is larger than memory", ROWS)
    sizes = {FLOAT_PIXEL_DATA: (32,), DOUBLE_FLOAT_PIXEL_DATA: (64,)}.get(image.tag, (1, 8, 16, 32, 64))
    if image.allocated not in sizes:
        raise not_understood("the number of bits allocated is not supported", ALLOCATED)
    if not 1 <= image.stored <= image.high + 1 <= image.allocated:
        raise not_understood("the bits stored do not fit into the bits allocated", STORED)
    if image.samples > 1 and (image.allocated == 1 or image.is_float):
        raise not_understood("color pixels have an unsupported number of bits", ALLOCATED)
    if image.is_subsampled and image.planar:
        raise not_understood("subsampled color cannot be stored in planes", PLANAR)


def not_understood(message: str, tag: int | None = None) -> Trouble:
    """Return the exception for pixels that cannot be found in the bytes."""
    return trouble(faults.PIXELS_NOT_UNDERSTOOD, message, None if tag is None else f"{tag:08X}", None)


def number(top: TopLevel, tag: int, missing: int | None = None) -> int:
    """Return the one whole number that an attribute has; `missing` if it is not there. Raises Trouble (DC971)."""
    element = top.find(tag)
    if missing is not None and (element is None or element.is_empty):
        return missing
    found = numbers(element)
    if found is None or len(found) != 1:
        raise not_understood("an attribute of the image does not have exactly one number", tag)
    return found[0]


def numbers(element: InputElement | None) -> tuple[int, ...] | None:
    """Return the whole numbers that an element has; None if it is not there or has something else."""
    try:
        return None if element is None else tuple(int(one) for one in element.components)
    except (Undecodable, ValueError):
        return None


def text(top: TopLevel, tag: int) -> str:
    """Return the one value of an attribute; the empty text if it has none or several."""
    element = top.find(tag)
    try:
        found = () if element is None else element.components
    except Undecodable:
        found = ()
    return found[0] if len(found) == 1 else ""
