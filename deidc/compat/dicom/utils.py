"""Find, read and save files of DICOM objects."""

from __future__ import annotations

import atexit
import fnmatch
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pydicom
from pydicom.dataset import Dataset, FileDataset

from deidc.batch.inputs import archives
from deidc.batch.inputs.places import safe_place
from deidc.compat.dicom.validate import FileName, is_dicom
from deidc.compat.logger import bot
from deidc.compat.objects.outputs import content_of_dataset, exists, write

__all__ = ["dcmread", "get_files", "load_dicom", "save_dicom"]


def get_files(
    contenders: FileName | Iterable[FileName],
    check: bool = True,
    pattern: str | None = None,
    force: bool = False,
    tempdir: FileName | None = None,
) -> Iterator[FileName]:
    """Yield the paths of DICOM files: those given, those below folders, and those in zip files.

    `pattern` is for the names of files below folders, as in a shell. With `check`, files that are no DICOM files are
    left out with a warning, which has the number of the file and not its name; `force` takes those that lack the DICOM
    prefix. What is in a zip file is unpacked into a folder of its own below `tempdir`; without one, below a temporary
    folder that is deleted when Python ends.
    """
    given = [contenders] if isinstance(contenders, str | os.PathLike) else contenders
    for number, one in enumerate(_found(given, pattern, tempdir), 1):
        if not check or is_dicom(one, force=force):
            yield one
        else:
            bot.warning(f"file {number} cannot be read as DICOM, and is left out")


def _found(given: Iterable[FileName], pattern: str | None, tempdir: FileName | None) -> Iterator[FileName]:
    for contender in given:
        for path in _below(contender, pattern):
            is_archive = os.fspath(path).lower().endswith(".zip")
            yield from _unpacked(Path(path), tempdir) if is_archive else [path]


def _below(contender: FileName, pattern: str | None) -> Iterator[FileName]:
    """Yield a file, or those below a folder in the order of their names; then the folders that cannot be listed."""
    if not os.path.isdir(contender):
        yield contender
        return
    unlisted: list[OSError] = []
    for folder, folders, names in os.walk(contender, onerror=unlisted.append):
        folders.sort()
        for name in sorted(names):
            if fnmatch.fnmatch(name, pattern or "*"):
                yield os.path.join(folder, name)
    yield from (one.filename for one in unlisted)


def _unpacked(archive: Path, tempdir: FileName | None) -> Iterator[FileName]:
    """Yield the members of a zip file, each when it is unpacked."""
    if tempdir is not None:
        os.makedirs(tempdir, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{archive.stem}-", dir=tempdir))
    if tempdir is None:
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
    shelf = archives.Shelf()
    try:
        for member in archives.members(archive):
            if isinstance(member, archives.Unusable):
                bot.warning(f"a member of an archive is left out: {member.message}")
                continue
            name = safe_place(member.name)
            if name is None:
                bot.warning("a member of an archive is left out: its name leads out of the folder")
                continue
            place = folder / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(shelf.unpacked(archive, member))
            yield str(place)
    except archives.Unusable as failure:
        bot.warning(f"an archive is left at this member: {failure.message}")
    finally:
        shelf.close()


def save_dicom(
    dicom: Dataset, dicom_file: FileName, output_folder: FileName | None = None, overwrite: bool = False
) -> str:
    """Write an object to a folder, under the name of `dicom_file`; return the path.

    Without `output_folder`, it goes to a new temporary folder, or with `overwrite` to the place of `dicom_file`. The
    file is whole or absent. Raises OutputExists if it is there and `overwrite` is False, and OSError.
    """
    place = Path(dicom_file)
    if output_folder is not None:
        place = Path(output_folder) / place.name
    elif not overwrite:
        place = Path(tempfile.mkdtemp()) / place.name
    if not overwrite and os.path.lexists(place):
        raise exists(place)
    write(content_of_dataset(dicom), place, overwrite=overwrite)
    return str(place)


def load_dicom(dcm_file: Any, force: bool = True) -> FileDataset:  # noqa: ANN401  # whatever pydicom reads
    """Return the object of a file; one that is an object already is that very one."""
    if isinstance(dcm_file, Dataset):
        return dcm_file  # type: ignore[return-value]  # deid takes a FileDataset only
    return pydicom.dcmread(dcm_file, force=force)


def dcmread(filename: Any, **kwargs: Any) -> FileDataset:  # noqa: ANN401  # pydicom's arguments
    """Read a file as pydicom does."""
    return pydicom.dcmread(filename, **kwargs)
