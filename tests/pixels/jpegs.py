"""JPEG images for tests, made by Pillow, or put together from segments of such."""

from __future__ import annotations

import io
import struct

import numpy as np
from attrs import frozen
from PIL import Image as Pillow
from pydicom.encaps import encapsulate
from pydicom.pixels import pixel_array
from pydicom.uid import JPEGBaseline8Bit

from tests.pixels.pictures import Picture, dataset_for, file_of, read, text_at

ADOBE_YCC = b"\xff\xee\0\x0eAdobe\0\x64\0\0\0\0\x01"


@frozen
class Coding:
    """How an image is coded: grey, shared colour or not; pixels that a colour sample is for, across and down."""

    name: str
    mode: str
    across: int = 1
    down: int = 1

    @property
    def photometric(self) -> str:
        """What the object says of its colours."""
        return {"L": "MONOCHROME2", "RGB": "RGB"}.get(self.mode, "YBR_FULL_422")

    @property
    def options(self) -> dict[str, object]:
        """What Pillow is told."""
        subsampling = {(1, 1): 0, (2, 1): 1, (2, 2): 2}[self.across, self.down]
        return {} if self.mode == "L" else {"subsampling": subsampling, "keep_rgb": self.mode == "RGB"}


CODINGS = (
    Coding("grey", "L"),
    Coding("444", "YCbCr"),
    Coding("422", "YCbCr", 2),
    Coding("420", "YCbCr", 2, 2),
    Coding("rgb", "RGB"),
)


def scene(rows: int, columns: int, mode: str, seed: int = 0, text: str = "DOE^JANE") -> Pillow.Image:
    """A picture of waves and noise, with a text in bright colours."""
    dice = np.random.default_rng(seed)
    y, x = np.mgrid[:rows, :columns]
    waves = [127 + 90 * np.sin(x / 9 + y / 14 + seed), 127 + 90 * np.cos(y / 7 - seed), 40 + x * 170 / columns]
    values = np.stack(waves, axis=-1) + dice.normal(0, 12, (rows, columns, 3))
    values[text_at(rows, columns, text, 2, 1)] = (255, 255, 0)
    picture = Pillow.fromarray(values.clip(0, 255).astype(np.uint8), "RGB")
    return picture.convert(mode)


def jpeg(picture: Pillow.Image, coding: Coding, **options: object) -> bytes:
    """An image as Pillow codes it."""
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", **{"quality": 85, **coding.options, **options})
    return buffer.getvalue()


def jpeg_file(frames: list[bytes], rows: int, columns: int, photometric: str, syntax: str = JPEGBaseline8Bit) -> bytes:
    """A file with frames."""
    picture = Picture(photometric, rows=rows, columns=columns, frames=len(frames), syntax=syntax)
    dataset = dataset_for(picture, b"")
    dataset.PixelData = encapsulate(frames, has_bot=False)
    dataset["PixelData"].VR, dataset["PixelData"].is_undefined_length = "OB", True
    return file_of(dataset, picture.syntax)


def seen_by(plugin: str, data: bytes) -> np.ndarray:
    """Samples as one of the plug-ins decodes them: frames, rows, columns, samples."""
    dataset = read(data)
    pixels = pixel_array(dataset, raw=True, decoding_plugin=plugin)
    return pixels.reshape(int(dataset.get("NumberOfFrames", 1)), dataset.Rows, dataset.Columns, -1)


def behind_start(data: bytes, *new: bytes) -> bytes:
    """An image with more segments at its begin."""
    return data[:2] + b"".join(new) + data[2:]


def without(data: bytes, marker: int) -> bytes:
    """An image without segments of a kind, of those before the first scan."""
    return data[:2] + b"".join(one for kind, one in head_of(data) if kind != marker) + data[scan_at(data) :]


def head_of(data: bytes) -> list[tuple[int, bytes]]:
    """The segments before the first scan: markers and bytes."""
    found, at = [], 2
    while data[at + 1] != 0xDA:
        (length,) = struct.unpack(">H", data[at + 2 : at + 4])
        found.append((data[at + 1], data[at : at + 2 + length]))
        at += 2 + length
    return found


def scan_at(data: bytes) -> int:
    """Where the first scan begins."""
    return 2 + sum(len(one) for _, one in head_of(data))


def planes(picture: Pillow.Image, across: int, down: int, **options: object) -> bytes:
    """An image whose components are coded one after the other, put together from three grey ones."""
    columns, rows = picture.size
    small = (-(-columns // across), -(-rows // down))
    colours = [plane if not number else plane.resize(small) for number, plane in enumerate(picture.split())]
    coded = [jpeg(one, CODINGS[0], **options) for one in colours]
    factors = across << 4 | down
    header = struct.pack(">BHHB", 8, rows, columns, 3) + bytes([1, factors, 0, 2, 0x11, 0, 3, 0x11, 0])
    data = b"\xff\xd8" + dict(head_of(coded[0]))[0xDB]
    data += b"\xff\xc0" + struct.pack(">H", len(header) + 2) + header
    for number, one in enumerate(coded, start=1):
        data += b"".join(segment for kind, segment in head_of(one) if kind in (0xC4, 0xDD))
        scan = one[scan_at(one) : -2]
        data += scan[:5] + bytes([number]) + scan[6:]
    return data + b"\xff\xd9"
