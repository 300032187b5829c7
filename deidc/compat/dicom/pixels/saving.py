"""Store a cleaned object uncompressed, or compressed without loss on request."""

from __future__ import annotations

from pydicom import config
from pydicom.uid import UID, ExplicitVRLittleEndian

from deidc.batch.outputs.content import Content
from deidc.compat.dicom.pixels.blanked import Source, blanked, syntax_of
from deidc.compat.dicom.pixels.compression import compressed
from deidc.compat.logger import bot
from deidc.pixels.blanking.whole_objects import Painting, Storage


def stored(source: Source, painting: Painting, *, preserve: bool, compression: str | None) -> Content:
    """Return an object with regions blanked, in the transfer syntax that the caller wants, or else uncompressed.

    With `preserve` it is the one it has, if that is compressed; else `compression`. Without either, blanked pixels
    are uncompressed. Where a syntax cannot hold them without loss, a warning says so. Raises ObjectRefused,
    ValueError for what is no transfer syntax, and OSError.
    """
    before = syntax_of(source)
    wanted = before if preserve and _is_compressed(before) else _named(compression)
    file = blanked(source, painting, Storage.SAME_OR_NATIVE if wanted == before else Storage.NATIVE)
    after = file.account.after if file.account is not None else before
    if wanted is None or wanted == after:
        return file.content
    if _is_compressed(after):
        bot.warning("nothing is blanked, so the object keeps its compression")
        return file.content
    content = compressed(file.content, wanted)
    if content is None:
        told = "" if wanted == ExplicitVRLittleEndian else f" in {UID(wanted).name} without loss"
        bot.warning(f"the object cannot be stored{told}; it is saved uncompressed")
        return file.content
    return content


def _named(compression: str | None) -> str | None:
    if compression is None:
        return None
    syntax = UID(str(compression), validation_mode=config.IGNORE)
    if not syntax.is_transfer_syntax:
        raise ValueError("compression is the UID of a transfer syntax")
    return str(syntax)


def _is_compressed(syntax: str) -> bool:
    return UID(syntax).is_transfer_syntax and UID(syntax).is_encapsulated
