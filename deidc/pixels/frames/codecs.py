"""Decode and encode single frames with pydicom's plug-ins, without converting colours."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, cast

import numpy as np
from attrs import evolve, field, frozen
from numpy.typing import NDArray
from pydicom.encaps import encapsulate
from pydicom.pixels.decoders.base import get_decoder
from pydicom.pixels.encoders.base import get_encoder
from pydicom.uid import (
    JPEG2000,
    UID,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLSLossless,
    JPEGLSNearLossless,
    JPEGTransferSyntaxes,
    RLELossless,
)

from deidc.codes import faults
from deidc.dicom.layout import PIXEL_DATA
from deidc.guarded import guarded
from deidc.pixels.frames.image import Image
from deidc.pixels.frames.jpeg.reading import size_of, turns_to_rgb
from deidc.runtime.fold.frame import trouble

Pixels = NDArray[np.integer]

# The encoder for frames of a syntax, so that nothing is lost. The syntaxes of lossy JPEG-LS and JPEG 2000 may hold
# frames without loss (PS3.5 8.2.3 and 8.2.4), those of JPEG cannot.
_ENCODERS: Mapping[str, UID] = MappingProxyType(
    {
        RLELossless: RLELossless,
        JPEGLSLossless: JPEGLSLossless,
        JPEGLSNearLossless: JPEGLSNearLossless,
        JPEG2000Lossless: JPEG2000Lossless,
        JPEG2000: JPEG2000Lossless,
    }
)
# What plug-in decodes first, where several are installed: lossy JPEG is the same everywhere then.
_FIRST: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        JPEGBaseline8Bit: ("pillow",),
        JPEGExtended12Bit: ("pillow",),
        JPEG2000: ("pylibjpeg",),
        JPEG2000Lossless: ("pylibjpeg",),
        JPEGLSLossless: ("pyjpegls",),
        JPEGLSNearLossless: ("pyjpegls",),
        RLELossless: ("pylibjpeg",),
    }
)
# What decodes alone if it is there. Others find no end in some frames that Pillow refuses as damaged.
_ALONE: Mapping[str, str] = MappingProxyType({JPEGBaseline8Bit: "pillow"})
ALWAYS_LOSSY = frozenset({JPEGBaseline8Bit, JPEGExtended12Bit})
# Transforms of JPEG 2000 are undone by its decoders; colour that pixels shared is given to each.
_DECODED_AS: Mapping[str, str] = MappingProxyType({"YBR_ICT": "RGB", "YBR_RCT": "RGB", "YBR_FULL_422": "YBR_FULL"})


@frozen
class Decoded:
    """A decoded frame: rows, columns and samples (if there are several), and how they are to be understood."""

    pixels: Pixels = field(repr=False)
    image: Image


def can_store(syntax: str) -> bool:
    """Whether frames can be encoded in a transfer syntax without loss by what is installed."""
    encoder = _ENCODERS.get(syntax)
    return encoder is not None and get_encoder(encoder).is_available


def decoded(encoded: bytes, image: Image, syntax: str) -> Decoded:
    """Decode one frame. Raises Trouble (DC972)."""
    # There is a decoder that finds no end in an image of JPEG without rows.
    if syntax in JPEGTransferSyntaxes and size_of(encoded) not in (None, (image.rows, image.columns)):
        raise undecodable("a frame has other rows or columns than the object declares")
    pixels, photometric = _decoded(encoded, image, syntax)
    shape = (image.rows, image.columns, image.samples) if image.samples > 1 else (image.rows, image.columns)
    if pixels.shape != shape:
        raise undecodable("a frame has other rows or columns than the object declares")
    cells = pixels.astype(f"<{'i' if image.signed else 'u'}{image.allocated // 8}", copy=True)
    if cells.dtype.itemsize < pixels.dtype.itemsize and not np.array_equal(cells, pixels):
        raise undecodable("a frame has more bits than the object allocates")
    as_decoded = evolve(image, photometric=_DECODED_AS.get(photometric, photometric), planar=False)
    return Decoded(cells, as_decoded)


def _decoded(frame: bytes, image: Image, syntax: str) -> tuple[NDArray[Any], str]:
    source = encapsulate([frame], has_bot=False)
    try:
        decoder = get_decoder(UID(syntax))
        available = decoder.available_plugins
    except NotImplementedError:
        available = ()
    first = [name for name in _FIRST.get(syntax, ()) if name in available]
    others = [name for name in available if name not in first]
    for plugin in first if _ALONE.get(syntax) in first else [*first, *others]:
        with guarded() as guard:
            pixels, told = decoder.as_array(
                source, index=0, raw=True, decoding_plugin=plugin, **_options(image, **_as_it_is(syntax))
            )
        if guard.kind:
            continue
        is_converted = plugin == "pillow" and syntax in ALWAYS_LOSSY and image.samples > 1 and turns_to_rgb(frame)
        return pixels, "RGB" if is_converted else str(told["photometric_interpretation"])
    if not available:
        raise undecodable("no installed package decodes frames of this transfer syntax")
    raise undecodable("a frame is damaged")


def _as_it_is(syntax: str) -> dict[str, bool]:
    """Return the option that keeps bits beyond those of the value, which may hold overlays."""
    return {"correct_unused_bits": False} if syntax == RLELossless else {}


def _options(image: Image, **more: object) -> dict[str, Any]:
    options: dict[str, Any] = {
        "rows": image.rows,
        "columns": image.columns,
        "number_of_frames": 1,
        "samples_per_pixel": image.samples,
        "bits_allocated": image.allocated,
        "bits_stored": image.stored,
        "pixel_representation": int(image.signed),
        "photometric_interpretation": image.photometric,
        "pixel_keyword": "PixelData",
    }
    if image.samples > 1:
        options["planar_configuration"] = 0
    return {**options, **more}


def encoded(frame: Decoded, image: Image, syntax: str) -> bytes | None:
    """Encode one frame without loss; None if it cannot be encoded, or does not decode to itself."""
    encoder = _ENCODERS.get(syntax)
    if encoder is None:
        return None
    more: dict[str, object] = {"photometric_interpretation": frame.image.photometric}
    if image.photometric in ("YBR_ICT", "YBR_RCT"):
        more["photometric_interpretation"] = "YBR_RCT"  # the transform that nothing is lost by
    if encoder == RLELossless:
        more["bits_stored"] = image.allocated  # all bytes of the cells
    with guarded() as guard:
        options = _options(frame.image, **more)
        data = bytes(get_encoder(encoder).encode(frame.pixels, validate=False, **options))
        again, _ = _decoded(data, image, syntax)
    return data if not guard.kind and np.array_equal(again, frame.pixels) else None


def undecodable(message: str) -> Exception:
    """Return the exception for a frame that cannot be decoded."""
    return cast("Exception", trouble(faults.FRAME_UNDECODABLE, message, f"{PIXEL_DATA:08X}", None))
