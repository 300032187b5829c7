"""Images made for tests, with text planted at known places, over all that native pixel data can be.

What must come out is computed here pixel by pixel, by the formulas of PS3.5 8 alone.
"""

from __future__ import annotations

import io
from collections.abc import Iterable

import numpy as np
from attrs import evolve, frozen
from PIL import Image as Pillow
from PIL import ImageDraw
from pydicom import dcmread, dcmwrite
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import (
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    SecondaryCaptureImageStorage,
)

from deidc.dicom.window import InMemory

Box = tuple[int, int, int, int]
COLOUR = ("RGB", "YBR_FULL", "YBR_FULL_422")


@frozen
class Picture:
    """What an image is like; frames follow each other with different content."""

    photometric: str = "MONOCHROME2"
    allocated: int = 8
    stored: int = 8
    signed: bool = False
    planar: bool = False
    frames: int = 1
    rows: int = 12
    columns: int = 16
    syntax: str = ExplicitVRLittleEndian
    vr: str = "OW"
    kind: str = "PixelData"
    seed: int = 0

    @property
    def samples(self) -> int:
        """Samples of a pixel."""
        return 3 if self.photometric in COLOUR or self.photometric.startswith("YBR") else 1

    @property
    def little(self) -> bool:
        """Whether bytes are in the order of little endian."""
        return self.syntax != ExplicitVRBigEndian

    @property
    def span(self) -> tuple[int, int]:
        """The lowest and the highest value of a sample."""
        return (-(1 << self.stored - 1), (1 << self.stored - 1) - 1) if self.signed else (0, (1 << self.stored) - 1)


def name_of(picture: Picture) -> str:
    """What tells an image from the others."""
    syntax = {EXPLICIT: "", IMPLICIT: "-implicit", BIG: "-big"}.get(picture.syntax, f"-{picture.syntax[18:]}")
    depth = f"{picture.stored}in{picture.allocated}{'s' if picture.signed else ''}"
    planes = "-planar" if picture.planar else ""
    size = f"{picture.frames}x{picture.rows}x{picture.columns}"
    return f"{picture.photometric}-{depth}{planes}-{size}-{picture.kind}{syntax}"


def text_at(rows: int, columns: int, text: str, x: int, y: int) -> np.ndarray:
    """True where the letters of a text are, with their left upper corner at a place."""
    canvas = Pillow.new("1", (columns, rows))
    ImageDraw.Draw(canvas).text((x, y), text, fill=1)
    return np.array(canvas, dtype=bool)


def values_of(picture: Picture, letters: np.ndarray | None = None) -> np.ndarray:
    """Samples of each frame (frames, rows, columns, samples): noise, with letters as bright as can be displayed."""
    dice = np.random.default_rng(picture.seed)
    shape = (picture.frames, picture.rows, picture.columns, picture.samples)
    if picture.kind != "PixelData":
        return dice.normal(size=shape).astype(f"f{picture.allocated // 8}")
    low, high = picture.span
    values = dice.integers(low, high, size=shape, endpoint=True)
    if letters is not None:
        values[:, letters] = low if picture.photometric == "MONOCHROME1" else high
    return values


def bits_of(value: int, picture: Picture) -> int:
    """The cell of a value, with its sign in the bits that are not used."""
    return value & ((1 << picture.allocated) - 1)


def native(values: np.ndarray, picture: Picture) -> bytes:
    """The bytes of native pixel data (PS3.5 8.1 and 8.2), without padding."""
    if picture.allocated == 1:
        bits = values.reshape(-1)
        data = bytearray((len(bits) + 7) // 8)
        for number, bit in enumerate(bits):
            data[number // 8] |= int(bit) << number % 8
        return in_words(bytes(data), picture)
    order = "little" if picture.little else "big"
    cells: list[bytes] = []
    for frame in values:
        for sample in samples_in_order(frame, picture):
            if picture.kind != "PixelData":
                cells.append(
                    np.array(sample, dtype=f"{'<' if picture.little else '>'}f{picture.allocated // 8}").tobytes()
                )
            else:
                cells.append(bits_of(int(sample), picture).to_bytes(picture.allocated // 8, order))
    data = b"".join(cells)
    return in_words(data, picture) if picture.allocated == 8 else data


def in_words(data: bytes, picture: Picture) -> bytes:
    """Bytes of words in the order that the transfer syntax has for words."""
    if picture.little or picture.vr != "OW":
        return data
    data += b"\0" * (len(data) % 2)
    return b"".join(data[at : at + 2][::-1] for at in range(0, len(data), 2))


def samples_in_order(frame: np.ndarray, picture: Picture) -> Iterable[int]:
    """The samples of a frame one after the other."""
    if picture.photometric == "YBR_FULL_422":
        for row in frame:
            for left, right in zip(row[::2], row[1::2], strict=True):
                yield from (left[0], right[0], left[1], left[2])
    elif picture.planar:
        for sample in range(picture.samples):
            yield from frame[:, :, sample].reshape(-1)
    else:
        yield from frame.reshape(-1)


def black(picture: Picture) -> tuple[int, ...]:
    """What is displayed black (PS3.3 C.7.6.3.1.2)."""
    low, high = picture.span
    match picture.photometric:
        case "MONOCHROME1":
            return (high,)
        case "MONOCHROME2":
            return (low,)
        case "PALETTE COLOR":
            return (PALETTE_BLACK,)
        case "RGB":
            return (0, 0, 0)
        case _:
            middle = 1 << picture.stored - 1
            return (0, middle, middle)


# The one black entry of the palettes of tests.
PALETTE_BLACK = 1


def blanked(values: np.ndarray, picture: Picture, masks: list[np.ndarray]) -> np.ndarray:
    """The samples after, pixel by pixel."""
    after = values.copy()
    for frame, mask in enumerate(masks):
        dark = black(picture) if picture.kind == "PixelData" else (min(0.0, float(values[frame].min())),)
        for y in range(picture.rows):
            for x in range(picture.columns):
                if mask[y, x]:
                    after[frame, y, x] = dark
                elif picture.photometric == "YBR_FULL_422" and mask[y, x ^ 1]:
                    after[frame, y, x, 1:] = dark[1:]  # the colour that it shares with a blanked pixel
    return after


def mask_of(rows: int, columns: int, painted: Iterable[tuple[bool, Box | None]]) -> np.ndarray:
    """A mask painted pixel by pixel: (keep, box) with half open boxes, None for the whole image."""
    mask = np.zeros((rows, columns), dtype=bool)
    for keep, box in painted:
        for y in range(rows):
            for x in range(columns):
                if box is None or (box[0] <= x < box[2] and box[1] <= y < box[3]):
                    mask[y, x] = not keep
    return mask


# ---- files --------------------------------------------------------------------------------------------------


def dataset_for(picture: Picture, data: bytes) -> Dataset:
    """An object with the attributes of an image and its pixel data."""
    dataset = Dataset()
    dataset.SOPClassUID, dataset.SOPInstanceUID = SecondaryCaptureImageStorage, "1.2.3.4"
    dataset.ImageType = ["ORIGINAL", "PRIMARY", "EPICARDIAL"]
    dataset.PatientName, dataset.PatientID = "Doe^Jane", "17"
    dataset.Rows, dataset.Columns = picture.rows, picture.columns
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = picture.samples, picture.photometric
    if picture.samples > 1:
        dataset.PlanarConfiguration = int(picture.planar)
    if picture.frames > 1:
        dataset.NumberOfFrames = picture.frames
    dataset.BitsAllocated = picture.allocated
    if picture.kind == "PixelData":
        dataset.BitsStored, dataset.HighBit = picture.stored, picture.stored - 1
        dataset.PixelRepresentation = int(picture.signed)
    if picture.photometric == "PALETTE COLOR":
        add_palettes(dataset, picture)
    data += b"\0" * (len(data) % 2)
    vr = {"FloatPixelData": "OF", "DoubleFloatPixelData": "OD"}.get(picture.kind, picture.vr)
    dataset.add_new(picture.kind, vr, data)
    return dataset


def add_palettes(dataset: Dataset, picture: Picture) -> None:
    """Palettes of 16 bits, of which only one entry is black in all three."""
    count = 1 << min(picture.stored, 8)
    for number, colour in enumerate(("Red", "Green", "Blue")):
        entries = [(257 * (index + 7 * number)) % 65535 + 1 for index in range(count)]
        entries[PALETTE_BLACK] = 0
        setattr(dataset, f"{colour}PaletteColorLookupTableDescriptor", [count, 0, 16])
        data = b"".join(one.to_bytes(2, "little" if picture.little else "big") for one in entries)
        dataset.add_new(f"{colour}PaletteColorLookupTableData", "OW", data)


def file_of(dataset: Dataset, syntax: str) -> bytes:
    """The bytes of a file."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = dataset.SOPClassUID, dataset.SOPInstanceUID
    meta.TransferSyntaxUID, meta.ImplementationClassUID = syntax, "1.2.3"
    whole = FileDataset(None, dataset, preamble=b"II*\0" + bytes(124), file_meta=meta)
    whole.set_original_encoding(syntax == ImplicitVRLittleEndian, syntax != ExplicitVRBigEndian)
    buffer = io.BytesIO()
    dcmwrite(buffer, whole, enforce_file_format=True)
    return buffer.getvalue()


def native_file(picture: Picture, letters: np.ndarray | None = None, **more: object) -> tuple[np.ndarray, bytes]:
    """Samples, and the file with them; `more` are attributes by keyword."""
    values = values_of(picture, letters)
    dataset = dataset_for(picture, native(values, picture))
    for keyword, value in more.items():
        setattr(dataset, keyword, value)
    return values, file_of(dataset, picture.syntax)


def reader(data: bytes) -> InMemory:
    """A file as the engine reads it."""
    return InMemory(data)


def read(data: bytes) -> FileDataset:
    """The object of a file."""
    return dcmread(io.BytesIO(data))


def elements(data: bytes) -> dict[int, tuple[str, bytes]]:
    """VR and raw bytes of every top-level element."""
    dataset = read(data)
    found = {}
    for tag in dataset.keys():
        raw = dataset.get_item(tag)
        found[int(tag)] = (str(raw.VR), raw.value or b"")
    return found


BIG, IMPLICIT, EXPLICIT = ExplicitVRBigEndian, ImplicitVRLittleEndian, ExplicitVRLittleEndian
DEPTHS = ((8, 8), (16, 12), (16, 16), (32, 32), (16, 10))


def every_native() -> list[Picture]:
    """All kinds of native pixel data that pydicom can write, one of each."""
    pictures = [
        Picture(photometric, allocated, stored, signed, frames=frames, syntax=syntax)
        for photometric in ("MONOCHROME1", "MONOCHROME2")
        for allocated, stored in DEPTHS
        for signed in (False, True)
        for frames, syntax in ((1, EXPLICIT), (3, IMPLICIT), (2, BIG))
    ]
    pictures += [
        Picture("PALETTE COLOR", allocated, stored, frames=frames, syntax=syntax)
        for allocated, stored in ((8, 8), (16, 16), (16, 9))
        for frames, syntax in ((1, EXPLICIT), (2, BIG))
    ]
    pictures += [
        Picture(photometric, allocated, allocated, planar=planar, frames=frames, syntax=syntax)
        for photometric in ("RGB", "YBR_FULL")
        for allocated in (8, 16)
        for planar in (False, True)
        for frames, syntax in ((1, EXPLICIT), (3, IMPLICIT), (2, BIG))
    ]
    pictures += [
        Picture("YBR_FULL_422", 8, 8, frames=frames, syntax=syntax) for frames, syntax in ((1, EXPLICIT), (3, BIG))
    ]
    pictures += [
        Picture(photometric, 1, 1, frames=frames, rows=rows, columns=columns, syntax=syntax)
        for photometric in ("MONOCHROME1", "MONOCHROME2")
        for frames, rows, columns in ((1, 5, 7), (3, 5, 7), (11, 3, 3), (2, 8, 8))
        for syntax in (EXPLICIT, BIG)
    ]
    pictures += [
        Picture(allocated=allocated, stored=allocated, kind=kind, frames=frames, syntax=syntax)
        for kind, allocated in (("FloatPixelData", 32), ("DoubleFloatPixelData", 64))
        for frames, syntax in ((1, EXPLICIT), (2, BIG))
    ]
    # Frames of an odd number of bytes, which are in words of two frames; bytes that are not in words.
    pictures += [Picture(rows=3, columns=5, frames=frames, syntax=BIG) for frames in (1, 2, 3)]
    pictures += [Picture(rows=3, columns=5, frames=3, syntax=syntax, vr="OB") for syntax in (EXPLICIT, BIG)]
    return [evolve(one, seed=number) for number, one in enumerate(pictures)]
