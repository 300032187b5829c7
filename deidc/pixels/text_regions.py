"""Regions of text in one object: each frame looked at, and painted with what was found in it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile

from attrs import evolve

from deidc.ir.ops import TextRegions
from deidc.pixels.levels import Picture
from deidc.pixels.masks import Painting
from deidc.pixels.pictures import Pictures
from deidc.pixels.text_detection import find_text
from deidc.runtime.outcome import Region, Shape
from deidc.runtime.window import Reader


def asks_for_text(painting: Painting) -> bool:
    """Whether some region is of text, which is not yet looked for."""
    return any(map(_is_of_text, painting.everywhere))


def with_text_found(painting: Painting, reader: Reader) -> Painting:
    """Return a painting with the text of each frame for its regions of text.

    Frames are looked at one after the other, and no more than one is in memory. Text that the window of the object
    hides is looked for too. Raises MissingDetector, Trouble (DC971, DC972, DC975), Unsuited, NotWhole, Damaged and
    OSError.
    """
    pictures = Pictures.of(reader) if asks_for_text(painting) else None
    if pictures is None:
        return painting
    before = tuple(takewhile(lambda region: not _is_of_text(region), painting.everywhere))
    behind = painting.everywhere[len(before) :]
    in_frames = {
        frame: (*_in_frame(behind, pictures, frame), *painting.in_frames.get(frame, ()))
        for frame in range(len(pictures))
    }
    return Painting(before, in_frames)


def _is_of_text(region: Region) -> bool:
    return any(isinstance(shape, TextRegions) for shape in region.shapes)


def _in_frame(regions: tuple[Region, ...], pictures: Pictures, frame: int) -> Iterator[Region]:
    shown = pictures.looks(frame)
    for region in regions:
        found = evolve(region, shapes=tuple(_found(region.shapes, shown)))
        if found.shapes:
            yield found


def _found(shapes: tuple[Shape, ...], shown: tuple[Picture, ...]) -> Iterator[Shape]:
    for shape in shapes:
        if isinstance(shape, TextRegions):
            yield from dict.fromkeys(one for picture in shown for one in find_text(shape.detector, picture))
        else:
            yield shape
