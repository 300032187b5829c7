"""Make thumbnails of flagged images for the page of a run, in the process that cleans the file."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from attrs import field, frozen

from deidc.batch.inputs import remote
from deidc.batch.inputs.archives import Shelf
from deidc.batch.inputs.sources import LocalFile, NotOpened, OpenedRange, Remote, open_source
from deidc.batch.outputs.content import Content
from deidc.batch.outputs.destinations import Destination, LocalFolder, RemoteFolder
from deidc.dicom.layout import Damaged
from deidc.dicom.window import NotWhole, Reader, Unsuited
from deidc.guarded import guarded
from deidc.runtime.fold.frame import Trouble
from deidc.runtime.outcome import Flag


@frozen
class Thumbnail:
    """A PNG file of a flagged image, and in words what it shows; without one, the words say why there is none."""

    png: bytes | None = field(repr=False)
    shows: str


_NO_PIXELS = Thumbnail(None, "no picture: the object has no pixels")


@frozen
class Thumbnails:
    """How thumbnails are made: the pixels of the longer side, and whether of the pixels of inputs."""

    longest: int = 320
    originals: bool = False


@frozen
class WrittenTo:
    """Where an output was written, which is read again for its thumbnail."""

    output: Destination
    place: Path


def deserves_thumbnail(flags: Sequence[Flag]) -> bool:
    """Whether a label is about the pixels of an object; labels of a whitelist are not."""
    return any(flag.held for flag in flags)


def thumbnail_for(
    asked: Thumbnails, given: Reader, flags: Sequence[Flag], cleaned: WrittenTo | Content | None
) -> Thumbnail:
    """Return the thumbnail of a flagged object: of the cleaned image, or of its regions alone where there is none.

    Of the input only the size of the image is read, unless the settings show originals. A failure to make a thumbnail
    does not affect the object, so the thumbnail describes it in words and nothing is raised.
    """
    try:
        with guarded(Trouble, NotOpened, Unsuited, NotWhole, Damaged) as guard:
            return _made(asked, given, flags, cleaned)
    except (Trouble, NotOpened) as failure:
        rule = failure.fault.rule if isinstance(failure, Trouble) else failure.rule
        return Thumbnail(None, f"no picture: {rule.code}")
    except (Unsuited, NotWhole, Damaged):
        return Thumbnail(None, "no picture: the pixels cannot be found")
    return Thumbnail(None, f"no picture ({guard.kind})")


def _made(asked: Thumbnails, given: Reader, flags: Sequence[Flag], cleaned: WrittenTo | Content | None) -> Thumbnail:
    # The packages of the extra `report` are needed from here on.
    from deidc.pixels.display.pictures import Pictures
    from deidc.pixels.display.stored import image_in
    from deidc.pixels.display.thumbnails import outlines_of, thumbnail_of
    from deidc.pixels.frames.masks import Painting
    from deidc.pixels.text.regions import is_of_text

    asked_for = Painting.of(flags).everywhere
    # What text was found is not known here, and to look for it again would take seconds.
    painting = Painting(tuple(region for region in asked_for if not is_of_text(region)))
    text = ", detected text is not outlined" if len(painting.everywhere) < len(asked_for) else ""
    if cleaned is None and not asked.originals:
        image = image_in(given)
        found = outlines_of(image, painting, asked.longest) if image is not None else None
        return Thumbnail(found[0], f"{found[1]}, regions only{text}") if found is not None else _NO_PIXELS
    with ExitStack() as stack:
        reader = given if asked.originals or cleaned is None else _reader_of(cleaned, stack)
        pictures = Pictures.of(reader)
        if pictures is None:
            return _NO_PIXELS
        png, shows = thumbnail_of(pictures, painting, asked.longest)
        return Thumbnail(png, f"{shows}{', the input' if asked.originals else ''}{text}")


def _reader_of(cleaned: WrittenTo | Content, stack: ExitStack) -> Reader:
    """Return a reader of an output. Raises NotOpened, OSError and what making the content raises."""
    match cleaned:
        case Content():
            # What is not written anywhere may be more than memory holds.
            file = stack.enter_context(tempfile.TemporaryFile())  # noqa: SIM115  # the stack closes it
            return OpenedRange(file.fileno(), 0, cleaned.write_to(file.fileno()))
        case WrittenTo(LocalFolder(folder), place):
            return stack.enter_context(open_source(LocalFile(folder / place), Shelf()))
        case WrittenTo(RemoteFolder(url), place):
            target = remote.RemoteObject.at(url).below(place.as_posix())
            return stack.enter_context(open_source(Remote(target.url), Shelf()))
        case _:
            raise AssertionError(cleaned)
