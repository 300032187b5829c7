"""Compressed images for tests, encoded by pydicom's plug-ins or by Pillow."""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence

import numpy as np
from PIL import Image as Pillow
from pydicom.encaps import encapsulate, encapsulate_extended
from pydicom.pixels.encoders.base import get_encoder
from pydicom.uid import (
    JPEG2000,
    UID,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLSLossless,
    JPEGLSNearLossless,
    RLELossless,
)

from tests.pixels.pictures import Picture, dataset_for, file_of, values_of


def encoded_frames(values: np.ndarray, picture: Picture) -> list[bytes]:
    """Frames encoded without loss, or by Pillow's JPEG."""
    return [_encoded(frame if picture.samples > 1 else frame[..., 0], picture) for frame in values]


def _encoded(frame: np.ndarray, picture: Picture) -> bytes:
    if picture.syntax == JPEGBaseline8Bit:
        buffer = io.BytesIO()
        mode = "L" if picture.samples == 1 else "YCbCr"
        Pillow.fromarray(frame.astype(np.uint8), mode).save(buffer, "JPEG", quality=90, subsampling=1)
        return buffer.getvalue()
    encoder = JPEG2000Lossless if picture.syntax == JPEG2000 else picture.syntax
    cells = frame.astype(f"{'i' if picture.signed else 'u'}{picture.allocated // 8}")
    options = {
        "rows": picture.rows,
        "columns": picture.columns,
        "number_of_frames": 1,
        "samples_per_pixel": picture.samples,
        "bits_allocated": picture.allocated,
        "bits_stored": picture.allocated if picture.syntax == RLELossless else picture.stored,
        "pixel_representation": int(picture.signed),
        "photometric_interpretation": picture.photometric,
        **({"planar_configuration": 0} if picture.samples > 1 else {}),
    }
    return bytes(get_encoder(UID(encoder)).encode(cells, validate=False, **options))


def compressed_file(
    picture: Picture, *, offsets: bool = False, extended: bool = False, parts: int = 1, **more: object
) -> tuple[np.ndarray, list[bytes], bytes]:
    """Samples, encoded frames, and the file: with an offset table, an extended one, or frames in several fragments."""
    values = values_of(picture)
    frames = encoded_frames(values, picture)
    dataset = dataset_for(picture, b"")
    if extended:
        dataset.PixelData, dataset.ExtendedOffsetTable, dataset.ExtendedOffsetTableLengths = encapsulate_extended(
            frames
        )
    elif parts > 1:
        dataset.PixelData = in_parts(frames, parts, offsets=offsets)
    else:
        dataset.PixelData = encapsulate(frames, has_bot=offsets)
    dataset["PixelData"].VR, dataset["PixelData"].is_undefined_length = "OB", True
    for keyword, value in more.items():
        setattr(dataset, keyword, value)
    return values, frames, file_of(dataset, picture.syntax)


def in_parts(frames: Sequence[bytes], parts: int, *, offsets: bool) -> bytes:
    """Encapsulated frames, each in several fragments."""
    data, begins = b"", []
    for frame in frames:
        begins.append(len(data))
        size = -(-len(frame) // parts)
        size += size % 2
        for at in range(0, len(frame), size):
            part = frame[at : at + size]
            data += struct.pack("<HHL", 0xFFFE, 0xE000, len(part) + len(part) % 2) + part + b"\0" * (len(part) % 2)
    table = struct.pack(f"<{len(begins)}L", *begins) if offsets else b""
    return struct.pack("<HHL", 0xFFFE, 0xE000, len(table)) + table + data


def lossless() -> list[Picture]:
    """All kinds of lossless frames that plug-ins encode."""
    size = {"rows": 40, "columns": 48}
    pictures = [
        Picture(photometric, allocated, stored, signed, frames=frames, syntax=syntax, **size)
        for syntax in (RLELossless, JPEGLSLossless, JPEGLSNearLossless, JPEG2000Lossless, JPEG2000)
        for photometric, allocated, stored, signed in (
            ("MONOCHROME2", 8, 8, False),
            ("MONOCHROME1", 16, 12, False),
            ("MONOCHROME2", 16, 16, True),
            ("MONOCHROME1", 16, 12, True),
            ("PALETTE COLOR", 8, 8, False),
        )
        for frames in (1, 3)
    ]
    pictures += [
        Picture(photometric, allocated, allocated, frames=3, syntax=syntax, **size)
        for syntax, photometrics in (
            (RLELossless, ("RGB", "YBR_FULL")),
            (JPEGLSLossless, ("RGB", "YBR_FULL")),
            (JPEG2000Lossless, ("RGB", "YBR_FULL", "YBR_RCT")),
            (JPEG2000, ("YBR_RCT", "YBR_ICT")),
        )
        for photometric in photometrics
        for allocated in (8, 16)
    ]
    pictures += [
        Picture(allocated=32, stored=32, signed=signed, frames=2, syntax=RLELossless, **size)
        for signed in (False, True)
    ]
    return pictures
