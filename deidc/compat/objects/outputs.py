"""Place outputs: never two at one place, and never over an existing file unless the caller allows it."""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from deidc.batch.inputs.faults import ReadFault
from deidc.batch.outputs.content import Content
from deidc.batch.outputs.writing import encode, write_whole
from deidc.codes import faults
from deidc.compat.objects.inputs import Input
from deidc.errors import DeidcError


class OutputExists(DeidcError, FileExistsError):
    """An output is there already, and overwrite is False: nothing was written."""


def places_of(inputs: Sequence[Input], output_folder: str | os.PathLike[str] | None, overwrite: bool) -> list[Path]:
    """Return where the outputs of a call go, in the order of its inputs.

    Outputs have the names of their inputs. Where two inputs of the call have one name, all keep their place below the
    folder that they share. What has no name gets a number. Without `output_folder`, outputs go to one new temporary
    folder, or with `overwrite` to the places of their inputs.

    Raises OutputExists, and ValueError where two outputs would have one place, or one would lie over another input.
    """
    in_place = output_folder is None and overwrite
    folder = Path(output_folder) if output_folder is not None else None
    if folder is None and not (in_place and all(one.place is not None for one in inputs)):
        folder = Path(tempfile.mkdtemp())
    named = _names([one.place for one in inputs])
    places: list[Path] = []
    for one, name in zip(inputs, named, strict=True):
        if in_place and one.place is not None:
            places.append(one.place)
        else:
            assert folder is not None
            places.append(folder / name if name is not None else _numbered(folder, places))
    _check(inputs, places, overwrite=overwrite)
    return places


def _names(places: Sequence[Path | None]) -> list[Path | None]:
    """Return the names of outputs relative to their folder; None for what has no name."""
    known = [Path(os.path.abspath(one)) for one in places if one is not None]
    if all(count == 1 for count in Counter(os.path.normcase(one.name) for one in known).values()):
        return [Path(one.name) if one is not None else None for one in places]
    shared = os.path.commonpath([one.parent for one in known])
    return [Path(os.path.relpath(os.path.abspath(one), shared)) if one is not None else None for one in places]


def _numbered(folder: Path, taken: Sequence[Path]) -> Path:
    number = 1
    while (place := folder / f"object-{number}.dcm") in taken or place.exists():
        number += 1
    return place


def _check(inputs: Sequence[Input], places: Sequence[Path], *, overwrite: bool) -> None:
    real = [_real(one) for one in places]
    if len(set(real)) != len(real):
        raise ValueError("two inputs would be written to one output; is one of them given twice?")
    sources = {_real(one.place): number for number, one in enumerate(inputs) if one.place is not None}
    if any(sources.get(place, number) != number for number, place in enumerate(real)):
        raise ValueError("an output would be written over another input; choose another output_folder")
    if not overwrite and (there := next((one for one in places if os.path.lexists(one)), None)) is not None:
        raise exists(there)


def _real(place: Path) -> str:
    return os.path.normcase(os.path.realpath(place))


def exists(place: Path) -> OutputExists:
    """Return the exception for an output that is there already."""
    return OutputExists(f"{place} already exists, and overwrite is False: not written")


def write(content: Content, place: Path, *, overwrite: bool) -> None:
    """Write an output, whole or not at all; folders on the way are made. Raises OutputExists and OSError."""
    written = write_whole(place, content, overwrite=overwrite, fsync=False)
    if isinstance(written, ReadFault):
        raise exists(place) if written.rule is faults.OUTPUT_EXISTS else OSError(written.message)


def content_of_dataset(dataset: Dataset) -> Content:
    """Return the bytes of an object, in its transfer syntax. Raises OSError if it cannot be encoded."""
    data = encode(_as_file(dataset))
    if isinstance(data, ReadFault):
        raise OSError(data.message)
    return Content.of(data)


def _as_file(dataset: Dataset) -> FileDataset:
    """Return an object that can be written: one that was never in a file is given what a file has besides it."""
    if isinstance(dataset, FileDataset) and dataset.original_encoding != (None, None):
        return dataset
    meta = FileMetaDataset()
    meta.update(getattr(dataset, "file_meta", None) or {})
    if "TransferSyntaxUID" not in meta:
        implicit, little = dataset.original_encoding
        if implicit:
            meta.TransferSyntaxUID = ImplicitVRLittleEndian
        else:
            meta.TransferSyntaxUID = ExplicitVRBigEndian if little is False else ExplicitVRLittleEndian
    for target, source in (
        ("MediaStorageSOPClassUID", "SOPClassUID"),
        ("MediaStorageSOPInstanceUID", "SOPInstanceUID"),
    ):
        if target not in meta and dataset.get(source):
            setattr(meta, target, dataset[source].value)
    preamble = getattr(dataset, "preamble", None)
    return FileDataset(None, dataset, preamble=preamble, file_meta=meta)  # type: ignore[arg-type]  # of no file
