"""The corpora that tools are measured on: made by rule, the same bytes each time.

`start` is one small file, so that what a tool costs before its first file can be told from what a file costs.
"""

from __future__ import annotations

import hashlib
import json
import random
import shutil
import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import attrs
from attrs import frozen
from pydicom import dcmread
from pydicom.uid import JPEGBaseline8Bit

from benchmarks.frames import ELEMENTS_PER_FRAME, date_frames, enhanced
from benchmarks.objects import image_bytes
from benchmarks.patients import Place, identify, uid
from benchmarks.pixels import leave_lengths_open, write_encapsulated, write_native, write_sparse
from benchmarks.shipped import header_of, shipped_files
from benchmarks.slices import ct_slice, place_slice

INDEX = "corpora.json"
_GIB = 1 << 30


@frozen
class Corpus:
    """A folder of files: its name, what it is, and how it is made (in full, or small for a trial)."""

    name: str
    about: str
    make: Callable[[Path, bool], None]
    only_when_asked: bool = False
    same_header: bool = True  # every file has as many elements as the first
    hole: bool = False  # too long to be read as a whole


@frozen
class Made:
    """What a corpus has come to; `elements` is of one file, None where files differ."""

    files: int
    bytes: int
    elements: int | None
    sha256: str | None


def make_corpora(folder: Path, names: tuple[str, ...], *, small: bool) -> Iterator[tuple[Corpus, Made]]:
    """Make corpora below a folder, all that need not be asked for if none is named, and note them in its index."""
    wanted = names or tuple(one.name for one in CORPORA.values() if not one.only_when_asked)
    for name in wanted:
        corpus = CORPORA[name]
        place = folder / name
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # shipped files have odd values
            corpus.make(place, small)
            made = _look_at(corpus, place)
        _note(folder, corpus, made)
        yield corpus, made


def read_index(folder: Path) -> dict[str, Made]:
    """Return what the corpora below a folder are, by name."""
    path = folder / INDEX
    if not path.is_file():
        return {}
    return {name: Made(**facts) for name, facts in json.loads(path.read_text(encoding="utf-8")).items()}


def _note(folder: Path, corpus: Corpus, made: Made) -> None:
    index = {name: attrs.asdict(one) for name, one in read_index(folder).items()}
    index[corpus.name] = attrs.asdict(made)
    (folder / INDEX).write_text(json.dumps(index, indent=2) + "\n", encoding="utf-8")


def _look_at(corpus: Corpus, place: Path) -> Made:
    paths = sorted(place.iterdir())
    size = sum(path.stat().st_size for path in paths)
    elements = sum(1 for _ in dcmread(paths[0], stop_before_pixels=True).iterall()) if corpus.same_header else None
    return Made(len(paths), size, elements, None if corpus.hole else _digest(paths))


def _digest(paths: list[Path]) -> str:
    whole = hashlib.sha256()
    for path in paths:
        with path.open("rb") as file:
            whole.update(path.name.encode() + hashlib.file_digest(file, "sha256").digest())
    return whole.hexdigest()


def _start(place: Path, _small: bool) -> None:
    (place / "start.dcm").write_bytes(image_bytes())


def _real(place: Path, _small: bool) -> None:
    for path in shipped_files():
        target = place / path.name
        if target.exists():
            target = place / f"{path.parent.name}-{path.name}"
        shutil.copyfile(path, target)


def _ct(place: Path, small: bool) -> None:
    closed, opened = ct_slice(), ct_slice()
    for number in range(20 if small else 500):
        at = Place.of("ct", number, per_series=25, series=2, studies=2)
        dataset = opened if number % 2 else closed
        identify(dataset, at)
        place_slice(dataset, at)
        if number % 2:
            leave_lengths_open(dataset)  # each time: identifying an object gives it sequences anew
        pixels = random.Random(f"ct {number}").randbytes(2 * 512 * 512)
        write_native(place / f"ct-{number:04d}.dcm", dataset, [pixels], implicit=number % 5 == 4)


def _header(place: Path, small: bool) -> None:
    closed, opened = enhanced(16), enhanced(16)
    for number in range(40 if small else 2000):
        at = Place.of("header", number, per_series=10, series=2, studies=5)
        dataset = opened if number % 2 else closed
        identify(dataset, at)
        date_frames(dataset, dataset.StudyInstanceUID)
        if number % 2:
            leave_lengths_open(dataset)
        pixels = random.Random(f"header {number}").randbytes(2 * 16 * 16 * 16)
        write_native(place / f"header-{number:04d}.dcm", dataset, [pixels], implicit=number % 5 == 4)


def _enhanced(place: Path, small: bool) -> None:
    dataset = enhanced(38_000 // ELEMENTS_PER_FRAME)
    for number in range(1 if small else 32):
        identify(dataset, Place("enhanced", number, 0, 0, 0))
        date_frames(dataset, dataset.StudyInstanceUID)
        write_native(place / f"enhanced-{number:02d}.dcm", dataset, [bytes(2 * 16 * 16)] * dataset.NumberOfFrames)


def _big(place: Path, small: bool) -> None:
    _big_colour(place / "colour-cine.dcm", 4 if small else 128)
    _big_compressed(place / "compressed-cine.dcm", 20 if small else 600)
    _big_stack(place / "stack.dcm", 2 if small else 36)


def _big_colour(path: Path, frames: int) -> None:
    dataset = header_of("ultrasound-multiframe.dcm")
    identify(dataset, Place("big", 0, 0, 0, 0))
    dataset.Rows, dataset.Columns, dataset.NumberOfFrames = 768, 1024, frames
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation, dataset.PlanarConfiguration = 3, "RGB", 0
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 8, 8, 7
    frame = random.Random("colour").randbytes(768 * 1024 * 3)
    write_native(path, dataset, (frame for _ in range(frames)), vr="OB")


def _big_compressed(path: Path, frames: int) -> None:
    dataset = header_of("ultrasound-multiframe.dcm")
    identify(dataset, Place("big", 1, 0, 0, 0))
    dataset.NumberOfFrames = frames
    fragment = b"\xff\xd8\xff" + random.Random("compressed").randbytes((1 << 19) - 5) + b"\xff\xd9"
    write_encapsulated(path, dataset, (fragment for _ in range(frames)), JPEGBaseline8Bit)


def _big_stack(path: Path, frames: int) -> None:
    dataset = enhanced(frames)
    identify(dataset, Place("big", 2, 0, 0, 0))
    dataset.Rows = dataset.Columns = 2048
    frame = random.Random("stack").randbytes(2048 * 2048 * 2)
    write_native(path, dataset, (frame for _ in range(frames)))


def _sparse(place: Path, small: bool) -> None:
    dataset = header_of("ultrasound-multiframe.dcm")
    identify(dataset, Place("sparse", 0, 0, 0, 0))
    write_sparse(place / "sparse.dcm", dataset, [_GIB] * (1 if small else 20), JPEGBaseline8Bit)


def _long(place: Path, small: bool) -> None:
    dataset = enhanced((10_000 if small else 100_000) // ELEMENTS_PER_FRAME)
    identify(dataset, Place("long", 0, 0, 0, 0))
    date_frames(dataset, uid("long"))
    write_native(place / "long.dcm", dataset, [bytes(2 * 16 * 16)] * dataset.NumberOfFrames)


CORPORA: Mapping[str, Corpus] = {
    one.name: one
    for one in (
        Corpus("start", "one small file, for what a tool costs before its first", _start),
        Corpus("real", "the .dcm files of pydicom, pydicom-data and deid-data", _real, same_header=False),
        Corpus("ct", "500 CT slices of 520 KB, about 200 elements", _ct),
        Corpus("header", "2000 enhanced images of 30 KB, about 700 elements, deep in functional groups", _header),
        Corpus("enhanced", "32 enhanced images of 38,000 elements, made as those of `header`", _enhanced),
        Corpus("big", "3 files of 300 MB: RGB cine, compressed cine, stack of frames", _big, same_header=False),
        Corpus("long", "one header of 100,000 elements", _long),
        Corpus("sparse", "one file of 20 GiB whose pixel data is a hole", _sparse, only_when_asked=True, hole=True),
    )
}
