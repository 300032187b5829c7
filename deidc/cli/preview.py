"""`deidc preview` draws one image before and after, with the regions of its labels, as a PNG."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from deidc.batch.account.manifest import line_of
from deidc.batch.inputs.archives import Shelf
from deidc.batch.inputs.sources import LocalFile, NotOpened, open_source
from deidc.batch.job.discovery import Input
from deidc.batch.job.one_file import Settings, run_file
from deidc.batch.job.outcome import Ending, FileOutcome
from deidc.batch.job.workers import silence_pydicom
from deidc.batch.outputs.atomic import write_atomically
from deidc.batch.outputs.content import Content
from deidc.batch.outputs.destinations import LocalFolder
from deidc.cli.arguments.programs import functions_of, program_of, require_packages, with_packages
from deidc.cli.arguments.recipes import with_include_roots
from deidc.cli.arguments.variables import assignments_option, variables_of, with_stand_ins
from deidc.cli.exits import ExitCode, Failed, Unusable
from deidc.cli.terminal import say
from deidc.dicom.layout import Damaged
from deidc.dicom.window import NotWhole, Unsuited
from deidc.errors import MissingExtra
from deidc.ir import ops
from deidc.ir.library import FileLibrary
from deidc.ir.program import Program
from deidc.pixels import require_extra
from deidc.runtime.fold.frame import Trouble
from deidc.runtime.link_error import LinkError
from deidc.runtime.machine import Machine
from deidc.runtime.outcome import Fault, Flag, Region
from deidc.visible import visible

if TYPE_CHECKING:
    from deidc.pixels.frames.masks import Masks

_AFTER = Path("after.dcm")


class Frames(click.ParamType[tuple[int, ...]]):
    """Numbers of frames, like 0,10,20."""

    name = "frames"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, ...]:
        """Return the numbers, each once, in order."""
        parts = [part.strip() for part in str(value).split(",")]
        if not all(part.isascii() and part.isdecimal() for part in parts):
            self.fail(f"{value!r} is not a list of frames like 0,10,20", param, ctx)
        return tuple(sorted({int(part) for part in parts}))


@click.command("preview")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--recipe", "-r", required=True, metavar="RECIPE", help="The recipe, or a printed program.")
@click.option("--base", "bases", multiple=True, metavar="NAME", help="A recipe to apply before the recipe.")
@with_include_roots
@assignments_option(click.option)
@click.option("--functions", "references", multiple=True, metavar="FILE|MODULE", help="Supply functions for func:.")
@click.option(
    "--frames", type=Frames(), metavar="NUMBERS", help="Numbers of the frames to show, starting at 0, like 0,10,20."
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("preview.png"),
    show_default=True,
    metavar="PNG",
    help="The PNG file to write.",
)
@click.option(
    "--max-size",
    type=click.IntRange(16, 8192),
    default=512,
    show_default=True,
    help="The length of the longer side of each frame, in pixels.",
)
@click.option("--overwrite", is_flag=True, help="Replace the PNG file if it exists.")
def command(
    file: Path,
    recipe: str,
    bases: tuple[str, ...],
    library: FileLibrary,
    assignments: tuple[str, ...],
    references: tuple[str, ...],
    frames: tuple[int, ...] | None,
    output: Path,
    max_size: int,
    overwrite: bool,
) -> None:
    """Draw the effect of a recipe on the pixels of a file: before, the regions of its labels, and after.

    The picture before shows the original pixels, which are patient data. Of an image with several frames, it shows
    the first, the middle and the last frame, and the frames where regions change. Labels that fire are printed with
    their line of the recipe and their regions. Exit code 1: the object is refused, or its pixels cannot be shown; 3:
    it is held for review.
    """
    silence_pydicom()
    if output.exists() and not overwrite:
        raise Unusable(f"{output} already exists; use --overwrite to replace it")
    try:
        require_extra()
    except MissingExtra as failure:
        raise Unusable(str(failure)) from None
    machine = _machine(recipe, bases, library, assignments, references)
    with tempfile.TemporaryDirectory() as folder:
        # Both are the same folder, since what comes of the file is in one of them, under one name.
        after = LocalFolder(Path(folder))
        settings = Settings(output=after, write_flagged=True, quarantine=after)
        outcome = run_file(machine, settings, 0, Input(LocalFile(file), _AFTER))
        _tell_labels(outcome.flags, machine.program)
        if outcome.ending in (Ending.REFUSED, Ending.SKIPPED):
            _end(file, *map(_told, outcome.faults))
        png, shown = _drawn(file, after.path / _AFTER, outcome, machine.program, frames, max_size)
    _write(output, png, overwrite=overwrite)
    say(f"written: {output}, {shown}", err=True)
    if outcome.holding:
        labels = ", ".join(f"{flag.group}/{flag.label}" for flag in outcome.holding)
        _end(file, f"deidc run holds the file for review, flagged by {labels}", code=ExitCode.HELD)


def _machine(
    recipe: str,
    bases: tuple[str, ...],
    library: FileLibrary,
    assignments: tuple[str, ...],
    references: tuple[str, ...],
) -> Machine:
    functions = functions_of(references)
    program = program_of(recipe, bases, library, functions.signatures() if references else None, quiet=True)
    require_packages(program)
    try:
        variables = with_stand_ins(program, variables_of(assignments, program), "deidc preview")
        return Machine.link(program, with_packages(functions, program), variables=variables)
    except LinkError as failure:
        raise Unusable(str(failure)) from None


def _drawn(
    file: Path, cleaned: Path, outcome: FileOutcome, program: Program, frames: tuple[int, ...] | None, max_size: int
) -> tuple[bytes, str]:
    """Return the picture, and which frames it shows; end the command if they cannot be shown."""
    from deidc.pixels.display.comparison import Comparison
    from deidc.pixels.display.pictures import Pictures
    from deidc.pixels.frames.masks import Masks, Painting
    from deidc.pixels.text.regions import with_text_found

    def pictures(path: Path) -> Pictures:
        found = Pictures.of(stack.enter_context(open_source(LocalFile(path), Shelf())))
        if found is None:
            _end(file, "the object has no pixels to show")
        return found

    try:
        with ExitStack() as stack:
            before = pictures(file)
            image = before.image
            opened = stack.enter_context(open_source(LocalFile(file), Shelf()))
            painting, _ = with_text_found(Painting.of(outcome.flags), opened)
            masks = Masks(painting, image.rows, image.columns, image.frames)
            numbers, told = _chosen(frames, masks)
            titles = ["deidc preview", *(_labels(outcome.flags, program) or ["no label fires"])]
            caption = "after, held for review" if outcome.holding else "after"
            comparison = Comparison(before, masks, pictures(cleaned), caption)
            return comparison.png(titles, numbers, max_size), told
    except Trouble as failure:
        _end(file, _told(failure.fault))
    except NotOpened as failure:
        _end(file, f"{failure.rule.code} {failure.message}")
    except (Unsuited, NotWhole, Damaged):
        _end(file, "the pixels cannot be located")


def _chosen(frames: tuple[int, ...] | None, masks: Masks) -> tuple[tuple[int, ...], str]:
    """Return the frames to show, and how to say so. Raises Unusable for one that is not there."""
    from deidc.pixels.display.key_frames import key_frames

    if frames is not None and frames[-1] >= masks.frames:
        raise Unusable(f"frame {frames[-1]} does not exist; the last frame is {masks.frames - 1}")
    numbers, left_out = (frames, 0) if frames is not None else key_frames(masks)
    shown = f"{'frame' if len(numbers) == 1 else 'frames'} {', '.join(map(str, numbers))} of {masks.frames}"
    told = f"{shown}; regions are blanked in {masks.touched()}"
    if left_out:
        told += f"; {left_out} more where the regions change are not shown; name them with --frames"
    return numbers, told


def _tell_labels(flags: tuple[Flag, ...], program: Program) -> None:
    """Print each label that fired, with its line of the recipe, and its regions as a recipe has them."""
    if not flags:
        click.echo("no label fires")
    for flag, label in zip(flags, _labels(flags, program), strict=True):
        say(label)
        for region in flag.regions:
            for line in _lines_of(region):
                say(f"  {line}")


def _labels(flags: tuple[Flag, ...], program: Program) -> list[str]:
    return [visible(f"{flag.group}/{flag.label}  {flag.policy.value}  {line_of(program, flag.op)}") for flag in flags]


def _lines_of(region: Region) -> Iterator[str]:
    word = "keepcoordinates" if region.keep else "coordinates"
    for shape in region.shapes:
        match shape:
            case ops.Rectangle(x0, y0, x1, y1):
                yield f"{word} {x0},{y0},{x1},{y1}"
            case ops.WholeImage():
                yield f"{word} all"
            case ops.TextRegions(detector):
                yield f"{word} ocr:{detector}"
    if not region.shapes:
        yield f"{word}: the object has no such region"


def _told(fault: Fault) -> str:
    return f"{fault.rule.code} {fault.message}{f' at {fault.path}' if fault.path else ''}"


def _end(file: Path, *messages: str, code: int = ExitCode.FOUND) -> NoReturn:
    for message in messages:
        say(f"{file}: {message}", err=True)
    sys.exit(code)


def _write(output: Path, png: bytes, *, overwrite: bool) -> None:
    try:
        write_atomically(output, Content.of(png), overwrite=overwrite, private=True)
    except FileExistsError:
        raise Unusable(f"{output} already exists; use --overwrite to replace it") from None
    except OSError as failure:
        raise Failed(f"{output} cannot be written: {failure.strerror}") from None
