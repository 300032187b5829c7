"""Discover the inputs of a run one by one, in a stable order: files, folders, patterns, lists, archives, media, URLs.

Each input comes with its place in the output. Only the names of one folder are in memory at a time.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePath
from typing import assert_never

from attrs import field, frozen

from deidc.batch.inputs import archives, dicomdir, remote
from deidc.batch.inputs.earlier import Earlier
from deidc.batch.inputs.path_lists import PathList
from deidc.batch.inputs.places import safe_place
from deidc.batch.inputs.sources import LocalFile, Member, Remote, Source
from deidc.batch.outputs.destinations import Destination, LocalFolder, RemoteFolder, as_destination
from deidc.batch.outputs.reserved import STATE_FOLDER, TEMPORARY_PREFIX, TEMPORARY_SUFFIX
from deidc.codes import faults
from deidc.errors import DeidcError
from deidc.runtime.outcome import Fault


def _as_source(given: Path | Source) -> Source:
    return LocalFile(given) if isinstance(given, Path) else given


@frozen
class Input:
    """Something to clean and where its output goes, relative to the output folder.

    `trouble` says why it cannot even be tried: a folder that could not be listed, an archive that is damaged, a name
    that leads out of the output folder. `twin` counts the inputs before this one that have the same place in the
    output. `earlier` is its state after a run before this one. With `pictured`, a flagged input gets a thumbnail.
    """

    source: Source = field(converter=_as_source)
    relative: Path
    trouble: Fault | None = None
    twin: int = 0
    earlier: Earlier | None = None
    pictured: bool = False

    @property
    def path(self) -> Path | None:
        """The file of this machine, if it is one."""
        return self.source.path if isinstance(self.source, LocalFile) else None

    @property
    def key(self) -> tuple[str, str]:
        """What the input is known by from one run to the next, in whatever folder the command is given."""
        match self.source:
            case LocalFile(path):
                return os.path.abspath(path), ""
            case Member(archive, member):
                return os.path.abspath(archive), member.name
            case Remote(url):
                return url, ""
            case _:
                assert_never(self.source)

    @property
    def shown(self) -> str:
        """How the input is named to the user."""
        return str(self.source)


@frozen
class Looking:
    """How inputs are looked for.

    Attributes:
        archives: archives that are met in folders and lists are opened, as those are that are named.
        lists: lists of paths, taken after the names.

    """

    archives: bool = False
    lists: tuple[PathList, ...] = ()


class InputError(DeidcError):
    """An input that was named cannot be one."""


def check_inputs(names: Iterable[str], output: Path | Destination | None) -> None:
    """Raise InputError for a name that matches nothing, or something inside the output folder.

    What is in the output folder may be replaced while the run goes on, so it is no input of the same run. An output
    folder inside an input folder is none of its files. What lists name is not looked at here.
    """
    walk = _Walk(as_destination(output), Looking())
    for name in names:
        nothing = True
        try:
            for one in _named(name):
                nothing = False
                if walk.is_inside(one):
                    raise InputError(
                        f"the input {_shown(one)} is inside the output folder; choose another output folder"
                    )
                if isinstance(one, remote.RemoteObject):
                    _check_remote(one)
        except remote.NotThere:
            nothing = True
        except remote.RemoteTrouble as failure:
            raise InputError(f"the input {name} cannot be used: {failure}") from None
        if nothing:
            raise InputError(f"the input {name} does not exist")


def discover(
    names: Iterable[str], output: Path | Destination | None, looking: Looking | None = None
) -> Iterator[Input]:
    """Yield the inputs that names and lists stand for, folders in sorted order, what lies in `output` left out.

    A file keeps its name, a file in a folder its path relative to the folder, a member of an archive its path below
    the archive's name without suffix, a file of a list the path it is listed by. Links to folders are not followed,
    so no file is met twice and no walk goes round in circles.
    """
    looking = looking or Looking()
    walk = _Walk(as_destination(output), looking)
    for name in names:
        try:
            for one in _named(name):
                yield from walk.stored(one) if isinstance(one, remote.RemoteObject) else walk.named(one)
        except remote.RemoteTrouble as failure:
            yield Input(Remote(name), Path(), _unlisted(str(failure)))
    for listing in looking.lists:
        try:
            for name in listing.names():
                yield from walk.listed(name)
        except OSError as failure:
            yield Input(LocalFile(listing.shown), Path(), _unread_list(failure))


def _named(name: str) -> Iterator[Path | remote.RemoteObject]:
    """Yield what a name stands for. Raises RemoteTrouble."""
    if remote.is_url(name):
        local = remote.local_path(name)
        if local is None:
            found_there = remote.RemoteObject.at(name)
            yield from found_there.matching() if found_there.is_pattern() else [found_there]
            return
        name = str(local)
    path = Path(name)
    if path.exists():
        yield path
    else:
        # `**` follows links to folders, so one file may be found by many ways.
        found: dict[Path, Path] = {}
        for one in map(Path, sorted(glob.iglob(name, recursive=True))):
            found.setdefault(_real(one.parent) / one.name, one)
        yield from found.values()


def _check_remote(one: remote.RemoteObject) -> None:
    if not one.is_folder() and archives.kind_of(one.name) is not None:
        raise InputError(f"{one.url} is an archive at a URL; download it first, only local archives can be opened")


def _shown(one: Path | remote.RemoteObject) -> str:
    return one.url if isinstance(one, remote.RemoteObject) else str(one)


class _Walk:
    """One walk over inputs, and what it leaves out."""

    def __init__(self, output: Destination | None, looking: Looking) -> None:
        self.looking = looking
        self.folder: Path | None = None
        self.prefix: str | None = None
        match output:
            case LocalFolder(path):
                self.folder = _real(path)
            case RemoteFolder(url):
                self.prefix = url.rstrip("/") + "/"
            case None:
                pass
            case _:
                assert_never(output)

    def is_inside(self, one: Path | remote.RemoteObject) -> bool:
        """Whether something lies in the output folder."""
        if isinstance(one, remote.RemoteObject):
            return self.prefix is not None and (one.url + "/").startswith(self.prefix)
        return self.folder is not None and _real(one).is_relative_to(self.folder)

    def named(self, path: Path) -> Iterator[Input]:
        """Yield what a path stands for that the user named."""
        if path.is_dir():
            yield from self._folder(path, Path())
        elif path.name.upper() == dicomdir.NAME:
            yield from _medium(path)
        elif archives.kind_of(path.name) is not None:
            yield from _archive(path, Path())
        else:
            yield Input(LocalFile(path), Path(path.name))

    def listed(self, name: str) -> Iterator[Input]:
        """Yield what a line of a list stands for: like something met in a folder, its path kept."""
        if remote.is_url(name) and remote.local_path(name) is None:
            try:
                one = remote.RemoteObject.at(name)
                if self.is_inside(one):
                    yield Input(Remote(name), Path(), _INSIDE)
                else:
                    yield _remote_input(one, one.path.lstrip("/"))
            except remote.RemoteTrouble as failure:
                yield Input(Remote(name), Path(), Fault(faults.UNREADABLE, f"the URL cannot be used: {failure}"))
            return
        path = remote.local_path(name) or Path(name)
        place = path.relative_to(path.anchor)
        if ".." in place.parts or "\0" in name:
            yield Input(LocalFile(path), Path(path.name), _UNSAFE)
        elif self.is_inside(path):
            yield Input(LocalFile(path), Path(path.name), _INSIDE)
        elif path.is_dir():
            yield from self._folder(path, place)
        else:
            yield from self._met(path, place)

    def _met(self, path: Path, place: Path) -> Iterator[Input]:
        if self.looking.archives and archives.kind_of(path.name) is not None:
            yield from _archive(path, place.parent)
        else:
            yield Input(LocalFile(path), place)

    def _folder(self, folder: Path, place: Path) -> Iterator[Input]:
        if _real(folder) == self.folder:
            return
        folders: set[str] = set()
        names: list[str] = []
        try:
            with os.scandir(folder) as found:
                # Names only: a folder may have a million entries.
                for entry in found:
                    if entry.is_dir(follow_symlinks=False):
                        if entry.name == STATE_FOLDER:
                            continue
                        folders.add(entry.name)
                    elif _leads_to_folder(entry) or _is_temporary(entry.name):
                        continue
                    names.append(entry.name)
        except OSError as failure:
            yield Input(LocalFile(folder), place, _unlisted(str(failure.strerror)))
            return
        names.sort()
        for name in names:
            if name in folders:
                yield from self._folder(folder / name, place / name)
            else:
                yield from self._met(folder / name, place / name)

    def stored(self, one: remote.RemoteObject) -> Iterator[Input]:
        """Yield what is at a URL. Raises RemoteTrouble where nothing is."""
        if one.is_folder():
            yield from self._remote_folder(one, len(one.path.rstrip("/")) + 1)
        else:
            yield _remote_input(one, one.name)

    def _remote_folder(self, folder: remote.RemoteObject, cut: int) -> Iterator[Input]:
        if self.is_inside(folder):
            return
        try:
            entries = list(folder.entries())
        except remote.RemoteTrouble as failure:
            yield Input(Remote(folder.url), Path(folder.path[cut:]), _unlisted(str(failure)))
            return
        for one, is_folder in entries:
            if is_folder:
                yield from self._remote_folder(one, cut)
            else:
                yield _remote_input(one, one.path[cut:])


def _leads_to_folder(entry: os.DirEntry[str]) -> bool:
    """Whether an entry is a symbolic link to a folder.

    A link that cannot be followed, one that leads to itself for example, is an input, and is refused when it is opened.
    """
    try:
        return entry.is_symlink() and entry.is_dir()
    except OSError:
        return False


def _real(path: Path) -> Path:
    """Return a path without symbolic links; Path.resolve raises where a link leads to itself."""
    return Path(os.path.realpath(path))


_UNSAFE = Fault(faults.UNSAFE_NAME, "the name leads out of the output folder")
_INSIDE = Fault(faults.SAME_FILE, "the input is inside the output folder; choose another output folder")


def _unread_list(failure: OSError) -> Fault:
    return Fault(faults.UNREADABLE, f"the list of inputs cannot be read: {failure.strerror}")


def _unlisted(why: str) -> Fault:
    return Fault(faults.UNREADABLE, f"the folder cannot be listed: {why}")


def _remote_input(one: remote.RemoteObject, name: str) -> Input:
    place = safe_place(name)
    return Input(Remote(one.url), Path(place or ""), None if place is not None else _UNSAFE)


def _archive(path: Path, place: Path) -> Iterator[Input]:
    """Yield the members of an archive, below its name without suffix."""
    found = archives.kind_of(path.name)
    assert found is not None
    folder = place / found[1]
    for one in archives.members(path):
        if isinstance(one, archives.Unusable):
            if one.name is None:
                yield Input(LocalFile(path), folder, Fault(one.rule, one.message))
                continue
            member = archives.Member(one.name, 0, 0)
            trouble: Fault | None = Fault(one.rule, one.message)
        else:
            member, trouble = one, None
        below = safe_place(member.name)
        if below is None:
            trouble = _UNSAFE
        yield Input(Member(path, member), folder / below if below is not None else folder, trouble)


def _medium(path: Path) -> Iterator[Input]:
    """Yield the files that a DICOMDIR refers to, each with its path below the DICOMDIR's folder."""
    try:
        for name in dicomdir.referenced_names(path):
            place: PurePath | None = safe_place(name)
            if place is None:
                yield Input(LocalFile(path), Path(path.name), _UNSAFE)
            else:
                yield Input(LocalFile(path.parent / place), Path(place))
    except dicomdir.NotAnIndex as failure:
        yield Input(LocalFile(path), Path(path.name), Fault(faults.UNREADABLE, str(failure)))


def _is_temporary(name: str) -> bool:
    """Whether a file is what a run that was killed left behind."""
    return name.startswith(TEMPORARY_PREFIX) and name.endswith(TEMPORARY_SUFFIX)
