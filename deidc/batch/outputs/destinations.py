"""A destination takes outputs: a local folder, or a folder at a URL. Each output is whole or absent."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TypeAlias, assert_never

from attrs import frozen

from deidc.batch.inputs import remote
from deidc.batch.inputs.faults import ReadFault
from deidc.batch.inputs.sources import LocalFile, Member, Remote, Source
from deidc.batch.outputs.content import Content
from deidc.batch.outputs.reserved import is_reserved, leads_to_state
from deidc.batch.outputs.writing import write_whole
from deidc.codes import faults
from deidc.errors import DeidcError


@frozen
class LocalFolder:
    """A folder of this machine; made when the first file is written."""

    path: Path

    def __str__(self) -> str:
        return str(self.path)


@frozen
class RemoteFolder:
    """A folder, or a prefix of keys, at a URL that fsspec knows."""

    url: str

    def __str__(self) -> str:
        return self.url


Destination: TypeAlias = LocalFolder | RemoteFolder


class DestinationError(DeidcError):
    """Nothing can be written there; says why."""


def destination_of(name: str) -> Destination:
    """Return where a name says outputs go. Raises DestinationError.

    A `file://` URL is a local folder: what protects an input from being its own output knows it as such.
    """
    if remote.is_url(name):
        local = remote.local_path(name)
        if local is None:
            try:
                return RemoteFolder(remote.RemoteObject.at(name).url)
            except remote.RemoteTrouble as failure:
                raise DestinationError(f"{name} cannot be written to: {failure}") from None
        name = str(local)
    if Path(name).exists() and not Path(name).is_dir():
        raise DestinationError(f"the output {name} is a file; name a folder")
    if leads_to_state(Path(name)):
        raise DestinationError(f"{name} is in a folder where runs keep their own files; name another folder")
    return LocalFolder(Path(name))


def check_apart(quarantine: Destination | None, output: Destination | None, inputs: Iterable[str]) -> None:
    """Raise DestinationError unless a quarantine lies outside the output and the inputs, and the output outside it.

    An object in quarantine is no output, and no input of the next run.
    """
    if quarantine is None:
        return
    if output is not None and (_lies_in(quarantine, output) or _lies_in(output, quarantine)):
        raise DestinationError("the quarantine and the output folder must not contain each other")
    for name in inputs:
        if not remote.is_url(name) and _lies_in(quarantine, LocalFolder(Path(name))):
            raise DestinationError(f"the quarantine is inside the input {name}")


def _lies_in(one: Destination, other: Destination) -> bool:
    match one, other:
        case LocalFolder(path), LocalFolder(folder):
            # Path.resolve raises where a link leads to itself.
            return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))
        case RemoteFolder(url), RemoteFolder(prefix):
            return f"{url.rstrip('/')}/".startswith(f"{prefix.rstrip('/')}/")
        case _:
            return False


def as_destination(given: Path | Destination | None) -> Destination | None:
    """Return a destination; a path is a local folder."""
    return LocalFolder(given) if isinstance(given, Path) else given


RESERVED = ReadFault(faults.NAME_RESERVED, "the name of the output is reserved for deidc's own files")


def put(
    destination: Destination,
    place: Path,
    content: Content,
    source: Source,
    *,
    overwrite: bool,
    fsync: bool,
    token: str = "",
) -> int | ReadFault:
    """Write an output whole; return its size, or why it was not written.

    An output that would replace the input, or the archive that the input is in, is not written, and neither is one in
    a place that is reserved for deidc's own files.
    """
    if is_reserved(place):
        return RESERVED
    match destination:
        case LocalFolder(folder):
            target = folder / place
            if leads_to_state(target.parent):
                return RESERVED
            if _is_source(target, source):
                return ReadFault(faults.SAME_FILE, "the output would replace the input")
            return write_whole(target, content, overwrite=overwrite, fsync=fsync, token=token)
        case RemoteFolder(url):
            return _put_remote(url, place, content, source, overwrite=overwrite)
        case _:
            assert_never(destination)


def size_at(destination: Destination, place: Path) -> int | None:
    """Return the size of what lies at a place of the output, or None if nothing does."""
    match destination:
        case LocalFolder(folder):
            try:
                return os.stat(os.path.join(folder, place)).st_size
            except OSError:
                return None
        case RemoteFolder(url):
            try:
                return remote.RemoteObject.at(url).below(place.as_posix()).size()
            except remote.RemoteTrouble:
                return None
        case _:
            assert_never(destination)


def read_at(destination: Destination, place: Path) -> bytes | None:
    """Return what lies at a place of the output, or None if nothing can be read there."""
    match destination:
        case LocalFolder(folder):
            try:
                return (folder / place).read_bytes()
            except OSError:
                return None
        case RemoteFolder(url):
            try:
                return remote.RemoteObject.at(url).below(place.as_posix()).fetch(0, None)
            except remote.RemoteTrouble:
                return None
        case _:
            assert_never(destination)


def may_hold(destination: Destination, place: Path) -> bool:
    """Whether something may lie at a place of the output; a store is not asked, which would cost a request a file."""
    return isinstance(destination, RemoteFolder) or os.path.lexists(os.path.join(destination.path, place))


def holds(destination: Destination, place: Path, content: Content) -> bool:
    """Whether an output is there already with just these bytes."""
    match destination:
        case LocalFolder(folder):
            return _is_same(folder / place, content)
        case RemoteFolder():
            return read_at(destination, place) == content.whole()
        case _:
            assert_never(destination)


def _is_same(path: Path, content: Content) -> bool:
    try:
        with path.open("rb") as file:
            return all(file.read(len(chunk)) == chunk for chunk in content.chunks()) and not file.read(1)
    except OSError:
        return False


def _is_source(target: Path, source: Source) -> bool:
    match source:
        case LocalFile(path) | Member(path):
            return os.path.exists(target) and target.samefile(path)
        case Remote():
            return False
        case _:
            assert_never(source)


def _put_remote(url: str, place: Path, content: Content, source: Source, *, overwrite: bool) -> int | ReadFault:
    try:
        target = remote.RemoteObject.at(url).below(place.as_posix())
        if isinstance(source, Remote) and target.url == source.url:
            return ReadFault(faults.SAME_FILE, "the output would replace the input")
        data = content.whole()
        target.put(data, overwrite=overwrite)
        return len(data)
    except FileExistsError:
        return ReadFault(faults.OUTPUT_EXISTS, "the output already exists")
    except remote.RemoteTrouble as failure:
        return ReadFault(faults.NOT_WRITTEN, f"the output cannot be written: {failure}")
