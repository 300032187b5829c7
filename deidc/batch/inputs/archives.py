"""List the members of an archive in their order, and read the bytes of one.

Members are unpacked one by one and never extracted to a disk. A compressed tar file can only be read from the front:
`Shelf` keeps the place where the last member ended, so a process that takes members in their order unpacks the file
once.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import stat
import tarfile
import zipfile
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, cast

from attrs import define, field, frozen

from deidc.batch.inputs.unpacking import MoreThanStated, joined, zip_member
from deidc.codes import faults
from deidc.diagnostics import Rule

_BLOCK = tarfile.BLOCKSIZE
_CHUNK = 1 << 20
_ENCRYPTED = 1  # the bit of a zip member's flags


class Kind(StrEnum):
    """How an archive is packed."""

    ZIP = "zip"
    TAR = "tar"
    GZIP = "gzip"
    BZIP2 = "bzip2"
    XZ = "xz"


_SUFFIXES = (
    (".zip", Kind.ZIP),
    (".tar", Kind.TAR),
    (".tar.gz", Kind.GZIP),
    (".tgz", Kind.GZIP),
    (".tar.bz2", Kind.BZIP2),
    (".tbz2", Kind.BZIP2),
    (".tar.xz", Kind.XZ),
    (".txz", Kind.XZ),
)


@frozen
class Member:
    """A file in an archive: its name there, and where it is.

    Attributes:
        at: its number among the members of a zip file; where its bytes begin in an unpacked tar file.
        size: how many bytes it has, by the archive's account.

    """

    name: str
    at: int
    size: int


class Unusable(Exception):
    """An archive or a member cannot be read: a rule, and words without data; `name` is the member's, if it is one."""

    def __init__(self, rule: Rule, message: str, name: str | None = None) -> None:
        self.rule = rule
        self.message = message
        self.name = name
        super().__init__(message)


def kind_of(name: str) -> tuple[Kind, str] | None:
    """Return how the archive with this file name is packed, and the name without suffix; None if it is none."""
    for suffix, kind in _SUFFIXES:
        if name.lower().endswith(suffix) and len(name) > len(suffix):
            return kind, name[: -len(suffix)]
    return None


def is_plain_tar(path: Path) -> bool:
    """Whether members lie uncompressed in the archive, so that ranges of it are their bytes."""
    return _kind(path) is Kind.TAR


def members(path: Path) -> Iterator[Member | Unusable]:
    """Yield what is in an archive, folders left out, and for what cannot be read why.

    What is wrong with the archive itself comes last: the members before it are good.
    """
    try:
        if not path.is_file():
            raise OSError(0, "it is not a regular file")
        yield from _zip_members(path) if _kind(path) is Kind.ZIP else _tar_members(path)
    except Unusable as failure:
        yield failure
    except OSError as failure:
        yield _told(failure)
    # The libraries raise whatever they stumble over in a damaged archive.
    except Exception as failure:  # noqa: BLE001
        yield _told(failure)


def _zip_members(path: Path) -> Iterator[Member | Unusable]:
    with zipfile.ZipFile(path) as archive:
        for number, info in enumerate(archive.infolist()):
            mode = info.external_attr >> 16
            if info.is_dir():
                continue
            if stat.S_IFMT(mode) and not stat.S_ISREG(mode):
                yield Unusable(faults.UNREADABLE, "the member is not a regular file", info.filename)
            elif info.flag_bits & _ENCRYPTED:
                yield Unusable(faults.ARCHIVE_UNREADABLE, "the member is encrypted", info.filename)
            else:
                yield Member(info.filename, number, info.file_size)


def _tar_members(path: Path) -> Iterator[Member | Unusable]:
    with _stream(path) as stream, tarfile.open(fileobj=cast("BinaryIO", _Headers(stream)), mode="r:") as archive:
        info = archive.next()
        while info is not None:
            if info.isreg() and not info.issparse():
                yield Member(info.name, info.offset_data, info.size)
            elif not info.isdir():
                yield Unusable(faults.UNREADABLE, "the member is not a regular file", info.name)
            archive.members = []  # type: ignore[attr-defined]  # or a million members would be remembered
            info = archive.next()
        _expect_end(stream, archive.offset)


@frozen
class _Headers:
    """A stream of which headers are read: tarfile takes the size of one from the archive and reads it into memory."""

    stream: BinaryIO

    def read(self, count: int) -> bytes:
        """Return `count` bytes. Raises Unusable for more than a header can have."""
        if count > _CHUNK:
            raise Unusable(faults.ARCHIVE_UNREADABLE, "a header of the archive is too large")
        return self.stream.read(count)

    def seek(self, at: int) -> int:
        """Go to a place."""
        return self.stream.seek(at)

    def tell(self) -> int:
        """Return the place."""
        return self.stream.tell()


def _expect_end(stream: BinaryIO, at: int) -> None:
    """Raise Unusable unless a tar file ends here: tarfile silently takes a damaged header for the end."""
    stream.seek(at)
    block = stream.read(_BLOCK)
    if len(block) < _BLOCK:
        raise Unusable(faults.ARCHIVE_UNREADABLE, "the archive is truncated")
    while block:
        if any(block):
            raise Unusable(faults.ARCHIVE_UNREADABLE, "the archive is damaged, or continues after its end")
        block = stream.read(_CHUNK)


@define(eq=False)
class Shelf:
    """The archive that was opened last, kept open for the next member."""

    _path: Path | None = None
    _archive: zipfile.ZipFile | BinaryIO | None = field(default=None, repr=False)

    def unpacked(self, path: Path, member: Member) -> bytes:
        """Return the bytes of a member of a zip file or a compressed tar file. Raises Unusable."""
        try:
            data = self._read(path, member)
        except MoreThanStated:
            self.close()
            raise Unusable(faults.ARCHIVE_UNREADABLE, "the member has more bytes than the archive states") from None
        # The libraries raise whatever they stumble over in a damaged archive.
        except Exception as failure:  # noqa: BLE001
            self.close()
            raise _told(failure) from None
        if len(data) != member.size:
            self.close()
            raise Unusable(faults.ARCHIVE_UNREADABLE, "the archive ends within the member")
        return data

    def close(self) -> None:
        """Close the archive."""
        if self._archive is not None:
            self._archive.close()
        self._path = self._archive = None

    def _read(self, path: Path, member: Member) -> bytes:
        if self._path != path:
            self.close()
            self._archive = zipfile.ZipFile(path) if _kind(path) is Kind.ZIP else _stream(path)
            self._path = path
        archive = self._archive
        if isinstance(archive, zipfile.ZipFile):
            info = archive.infolist()[member.at]
            if info.filename != member.name:
                raise Unusable(faults.ARCHIVE_UNREADABLE, "the archive changed during the run")
            return zip_member(path, archive, info)
        assert archive is not None
        archive.seek(member.at)  # forward it unpacks and forgets, backward it begins anew
        return joined(_pieces(archive, member.size), member.size)


def _pieces(stream: BinaryIO, count: int) -> Iterator[bytes]:
    """Yield the next `count` bytes, or those up to the end, in pieces that are not large."""
    while count and (piece := stream.read(min(count, _CHUNK))):
        count -= len(piece)
        yield piece


def _stream(path: Path) -> BinaryIO:
    match _kind(path):
        case Kind.GZIP:
            return cast("BinaryIO", gzip.open(path))
        case Kind.BZIP2:
            return cast("BinaryIO", bz2.open(path))
        case Kind.XZ:
            return cast("BinaryIO", lzma.open(path))
        case _:
            return path.open("rb")


def _kind(path: Path) -> Kind:
    found = kind_of(path.name)
    return found[0] if found is not None else Kind.TAR


def _told(failure: Exception) -> Unusable:
    if isinstance(failure, Unusable):
        return failure
    # The text may quote names of members; that of the operating system does not.
    words = failure.strerror if isinstance(failure, OSError) and failure.strerror else type(failure).__name__
    return Unusable(faults.ARCHIVE_UNREADABLE, f"the archive cannot be read: {words}")
