"""Pixels of a cine blanked: deid's cleaner, the one of `deidc.compat`, and the function that is behind it."""

from __future__ import annotations

import random
import statistics
import sys
from collections.abc import Iterator
from pathlib import Path

from attrs import frozen
from pydicom.uid import UltrasoundMultiFrameImageStorage

from benchmarks.pixels import write_native
from benchmarks.running import Usage, emptied, run, working_folder
from benchmarks.shipped import header_of

DRIVER = Path(__file__).parent / "drivers" / "pixel_cleaner.py"
TOOLS = {
    "deid": "deid: `DicomCleaner`, detect, clean, save_dicom",
    "compat": "deidc.compat: the same",
    "bytes": "deidc: `Detector`, `blank_bytes`, written to a file",
}
RECIPE = "FORMAT dicom\n\n%filter graylist\n\nLABEL Banner\n  contains Modality US\n  coordinates 0,0,640,40\n"
ROWS, COLUMNS = 480, 640
_SECONDS = 600.0
_MIB = 1 << 20


@frozen
class Cost:
    """What a tool takes for the cine: medians of CPU seconds, of those without its start, and of peak bytes."""

    tool: str
    seconds: float
    without_start: float
    peak: float


def measure(scratch: Path, rounds: int, frames: int, seed: int) -> Iterator[Cost]:
    """Run each tool in a process of its own, with and without its work, in an order shuffled for each round."""
    dice = random.Random(seed)
    with working_folder(scratch) as work:
        cine, recipe, target = work / "cine.dcm", work / "banner.deid", work / "output"
        recipe.write_text(RECIPE, encoding="utf-8")
        write_cine(cine, frames)
        calls = {(tool, works): [str(cine), str(target), str(recipe)] * works for tool in TOOLS for works in (0, 1)}
        found: dict[tuple[str, int], list[Usage]] = {call: [] for call in calls}
        for _ in range(rounds):
            for call in dice.sample(sorted(calls), len(calls)):
                emptied(target)
                usage = run([sys.executable, str(DRIVER), call[0], *calls[call]], seconds=_SECONDS)
                if usage.code or len(list(target.iterdir())) != call[1]:
                    raise LookupError(f"{call[0]} did not do its work: exit code {usage.code}")
                found[call].append(usage)
        for tool in TOOLS:
            start, whole = (statistics.median(one.user + one.system for one in found[tool, works]) for works in (0, 1))
            peak = statistics.median(one.peak for one in found[tool, 1])
            yield Cost(tool, whole, whole - start, peak)


def write_cine(path: Path, frames: int) -> None:
    """Write an ultrasound cine of uncompressed RGB frames, all of noise."""
    dataset = header_of("CT_small.dcm")
    dataset.SOPClassUID, dataset.Modality = UltrasoundMultiFrameImageStorage, "US"
    dataset.file_meta.MediaStorageSOPClassUID = UltrasoundMultiFrameImageStorage
    dataset.Rows, dataset.Columns, dataset.NumberOfFrames = ROWS, COLUMNS, frames
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation, dataset.PlanarConfiguration = 3, "RGB", 0
    dataset.BitsAllocated = dataset.BitsStored = 8
    dataset.HighBit, dataset.PixelRepresentation = 7, 0
    noise = random.Random(1)
    write_native(path, dataset, (noise.randbytes(ROWS * COLUMNS * 3) for _ in range(frames)))


def table(costs: list[Cost]) -> str:
    """Return a Markdown table; ratios are deid's figure by that of the row."""
    deid = next(one for one in costs if one.tool == "deid")
    lines = ["| tool | CPU, s | without start-up, s | peak, MiB |", "| --- | --- | --- | --- |"]
    for one in costs:
        pairs = ((deid.seconds, one.seconds), (deid.without_start, one.without_start))
        told = [f"{own:.2f} ({theirs / own:.1f} x)" if own > 0 else f"{own:.2f}" for theirs, own in pairs]
        lines.append(f"| {TOOLS[one.tool]} | {told[0]} | {told[1]} | {one.peak / _MIB:.0f} |")
    return "\n".join(lines) + "\n"
