"""Search each frame of one object for text, and add the regions that are found to its masks."""

from __future__ import annotations

from itertools import takewhile

from attrs import evolve

from deidc.dicom.window import Reader
from deidc.ir.ops import Rectangle, TextRegions
from deidc.pixels.display.levels import Picture
from deidc.pixels.display.pictures import Pictures
from deidc.pixels.frames.masks import Painting
from deidc.pixels.text.detectors import find_text
from deidc.runtime.outcome import Region, Shape, TextSearch


def asks_for_text(painting: Painting) -> bool:
    """Whether some region is of text, which is not yet looked for."""
    return any(map(is_of_text, painting.everywhere))


def with_text_found(painting: Painting, reader: Reader) -> tuple[Painting, TextSearch | None]:
    """Return a painting with the text of each frame for its regions of text, and which detectors were used, if any.

    Frames are looked at one after the other, and no more than one is in memory. Text that the window of the object
    hides is looked for too. Raises MissingDetector, Trouble (DC971, DC972, DC975), Unsuited, NotWhole, Damaged and
    OSError.
    """
    pictures = Pictures.of(reader) if asks_for_text(painting) else None
    if pictures is None:
        return painting, None
    before = tuple(takewhile(lambda region: not is_of_text(region), painting.everywhere))
    behind = painting.everywhere[len(before) :]
    in_frames: dict[int, tuple[Region, ...]] = {}
    found_in = 0
    for frame in range(len(pictures)):
        texts = _texts(behind, pictures.looks(frame))
        found_in += any(texts.values())
        more = painting.in_frames.get(frame, ())
        in_frames[frame] = (*(_with_texts(region, texts) for region in behind), *more)
    detectors = tuple(sorted(_detectors(behind)))
    return evolve(painting, everywhere=before, in_frames=in_frames), TextSearch(detectors, len(pictures), found_in)


def _detectors(regions: tuple[Region, ...]) -> set[str]:
    return {shape.detector for region in regions for shape in region.shapes if isinstance(shape, TextRegions)}


def _texts(regions: tuple[Region, ...], looks: tuple[Picture, ...]) -> dict[str, tuple[Rectangle, ...]]:
    """Return what each detector finds in any look at a frame."""
    return {
        name: tuple(dict.fromkeys(one for look in looks for one in find_text(name, look)))
        for name in sorted(_detectors(regions))
    }


def _with_texts(region: Region, texts: dict[str, tuple[Rectangle, ...]]) -> Region:
    shapes: list[Shape] = []
    for shape in region.shapes:
        shapes.extend(texts[shape.detector] if isinstance(shape, TextRegions) else (shape,))
    return evolve(region, shapes=tuple(shapes))


def is_of_text(region: Region) -> bool:
    """Whether some shape of a region is text, which is not yet looked for."""
    return any(isinstance(shape, TextRegions) for shape in region.shapes)
