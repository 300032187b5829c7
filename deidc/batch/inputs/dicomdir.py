"""Read a DICOMDIR, the index of a medium, for the files that it refers to (PS3.3 F, PS3.10 8.6)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import cast

from pydicom import dcmread
from pydicom.uid import MediaStorageDirectoryStorage

from deidc.batch.inputs.silencing import without_warnings
from deidc.guarded import guarded

NAME = "DICOMDIR"


class NotAnIndex(Exception):
    """The file cannot be read as a DICOMDIR; says nothing of what is in it."""


def referenced_names(path: Path) -> Iterator[str]:
    """Yield the File ID of each directory record that has one, with slashes between components. Raises NotAnIndex."""
    try:
        with guarded(NotAnIndex, OSError) as guard, without_warnings():
            index = dcmread(path, specific_tags=["DirectoryRecordSequence"])
            if index.file_meta.get("MediaStorageSOPClassUID") != MediaStorageDirectoryStorage:
                raise NotAnIndex("the file is named DICOMDIR, but is not a DICOMDIR")
            records = list(cast("list[object]", index.DirectoryRecordSequence))
            names = [_name(record.get("ReferencedFileID")) for record in records]  # type: ignore[attr-defined]
    except OSError as failure:
        raise NotAnIndex(f"the file cannot be read: {failure.strerror}") from None
    if guard.kind:
        raise NotAnIndex(f"the DICOMDIR cannot be read ({guard.kind})")
    yield from (name for name in names if name)


def _name(value: object) -> str:
    if not value:
        return ""
    return value if isinstance(value, str) else "/".join(map(str, cast("list[object]", value)))
