"""Inputs of a call are paths, pydicom's objects or bytes; one at a time or many."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, TypeAlias, cast

from attrs import field, frozen
from pydicom import dcmread
from pydicom.dataset import Dataset, FileDataset
from pydicom.errors import InvalidDicomError

from deidc.batch.inputs.archives import Shelf
from deidc.batch.inputs.faults import ReadFault
from deidc.batch.inputs.reading import read_file
from deidc.batch.inputs.sources import LocalFile, NotOpened, Opened, OpenedBytes, open_source
from deidc.batch.job.cleaning import Given, NotRead
from deidc.codes import faults
from deidc.compat.objects.deadlines import ObjectRefused
from deidc.dicom import dictionary
from deidc.dicom.layout import Damaged
from deidc.dicom.limits import BeyondLimit
from deidc.dicom.part10 import PREAMBLE, PREFIX, NotDicom, begins_like_data_set, parts
from deidc.dicom.values.decoding import Undecodable
from deidc.dicom.window import NotWhole, Window
from deidc.runtime.fold.toplevel import OfDataset
from deidc.runtime.outcome import Fault

One: TypeAlias = "str | os.PathLike[str] | Dataset | bytes | bytearray | memoryview | BinaryIO"
Many: TypeAlias = "One | Iterable[One]"


@frozen
class InFile:
    """A file, by the path that the caller has for it."""

    path: str

    @property
    def key(self) -> str:
        """The name of the input in results: the absolute path."""
        return os.path.abspath(self.path)

    @property
    def names(self) -> tuple[str | None, ...]:
        """The names under which a caller may speak of the input."""
        return (self.path, self.key)

    @property
    def place(self) -> Path:
        """Where the file is."""
        return Path(self.path)


@frozen
class InBytes:
    """The bytes of a file; `key` is its name in results, None for the only nameless one of a call."""

    data: bytes = field(repr=False)
    key: str | None
    place: Path | None = None

    @property
    def names(self) -> tuple[str | None, ...]:
        """The names under which a caller may speak of the input."""
        return (self.key,)


@frozen
class InMemory:
    """An object of pydicom's, which deid changes in place; see `InBytes`."""

    dataset: Dataset = field(repr=False)
    key: str | None
    place: Path | None = None

    @property
    def names(self) -> tuple[str | None, ...]:
        """The names under which a caller may speak of the input."""
        return (self.key,)


Input: TypeAlias = InFile | InBytes | InMemory


def inputs_of(given: Many) -> list[Input]:
    """Return the inputs of a call: one, or those of a list, a tuple or a generator. Raises TypeError for others.

    What is in memory and was read from a file has its path for a name. Others are called `object-1` and so on, by
    their order; a single one has no name.
    """
    many: Iterable[One]
    if isinstance(given, str | os.PathLike | Dataset | bytes | bytearray | memoryview) or hasattr(given, "read"):
        many = [cast("One", given)]
    elif isinstance(given, Iterable):
        many = list(given)
    else:
        raise TypeError(f"a {type(given).__name__} is no DICOM object, nor a path of one")
    nameless = sum(_path_of(one) is None for one in many)
    numbers = iter(range(1, nameless + 1))
    return [_input(one, lambda: f"object-{next(numbers)}" if nameless > 1 else None) for one in many]


def _input(given: One, name: Callable[[], str | None]) -> Input:
    path = _path_of(given)
    if isinstance(given, str | os.PathLike):
        return InFile(os.fspath(given))
    key = name() if path is None else os.path.abspath(path)
    place = None if path is None else Path(path)
    if isinstance(given, Dataset):
        return InMemory(given, key, place)
    if isinstance(given, bytes | bytearray | memoryview):
        return InBytes(bytes(given), key, place)
    if not hasattr(given, "read"):
        raise TypeError(f"a {type(given).__name__} is no DICOM object, nor a path of one")
    return InBytes(_content(given), key, place)


def _content(stream: BinaryIO) -> bytes:
    """Return what is left in a stream, and restore its position if it is seekable."""
    at = stream.tell() if stream.seekable() else None
    data = stream.read()
    if at is not None:
        stream.seek(at)
    if not isinstance(data, bytes):
        raise TypeError("a stream of text is no DICOM object")
    return data


def _path_of(given: One) -> str | None:
    """Return the path that belongs to something; pydicom may have a stream in its place."""
    name = getattr(given, "filename", None) if isinstance(given, Dataset) else getattr(given, "name", None)
    if isinstance(given, str | os.PathLike):
        name = given
    return os.fspath(name) if isinstance(name, str | os.PathLike) and os.fspath(name) else None


@contextmanager
def opened(given: InFile | InBytes, *, force: bool) -> Iterator[Given]:
    """Open an input. Without `force`, a file that lacks the DICOM prefix raises InvalidDicomError, as in pydicom.

    Raises FileNotFoundError for a file that is not there, and ObjectRefused for one that cannot be opened or is empty.
    """
    try:
        with _source(given) as source:
            if not source.size:
                raise ObjectRefused((Fault(faults.EMPTY_FILE, "the file is empty"),))
            if not force and source.read(PREAMBLE, len(PREFIX)) != PREFIX:
                raise InvalidDicomError("the file has no DICOM prefix; force=True takes it all the same")
            yield Given(source)
    except NotOpened as failure:
        raise ObjectRefused((Fault(failure.rule, failure.message),)) from None


def _source(given: InFile | InBytes) -> Opened:
    if isinstance(given, InBytes):
        return OpenedBytes(given.data)
    if not os.path.exists(given.path):
        raise FileNotFoundError(f"{given.path} does not exist")
    return open_source(LocalFile(given.place), Shelf())


def read(given: Input, *, force: bool) -> Dataset:
    """Return the object of an input, as pydicom reads it; one in memory is that very one. Raises as `opened`."""
    if isinstance(given, InMemory):
        return given.dataset
    with opened(given, force=force) as source:
        return read_whole(source.opened.whole(), given, force=force)


def read_as_a_run(path: str, *, force: bool) -> FileDataset:
    """Return the object of a file, read as `deidc run` reads it; with `force`, also one that does not begin like DICOM.

    Its file name is `path`. Raises ObjectRefused, and what pydicom raises where `force` counts.
    """
    given = InFile(path)
    found = read_file(given.place)
    if not isinstance(found, ReadFault):
        return named(found, given)
    if force and found.rule is faults.NOT_DICOM:
        with opened(given, force=True) as source:
            return read_whole(source.opened.whole(), given, force=True)
    raise ObjectRefused((Fault(found.rule, found.message),))


def is_skipped(path: str) -> bool:
    """Whether a file is what `deidc run` skips: no DICOM object, or a DICOMDIR. False for one that cannot be read."""
    try:
        with open_source(LocalFile(Path(path)), Shelf()) as source:
            return source.size > 0 and parts(Window(source)).is_directory
    except NotDicom:
        return True
    except (NotOpened, NotWhole, Damaged, BeyondLimit):
        return False


def lacks_prefix(path: str) -> bool:
    """Whether a file begins like a data set, without preamble and prefix; False for one that cannot be opened."""
    try:
        with open_source(LocalFile(Path(path)), Shelf()) as source:
            has_prefix = source.read(PREAMBLE, len(PREFIX)) == PREFIX
            return not has_prefix and begins_like_data_set(source.read(0, 8), source.size)
    except NotOpened:
        return False


def read_whole(data: bytes, given: InFile | InBytes, *, force: bool = False) -> FileDataset:
    """Return the object in bytes that came of an input; its file name is that of the input."""
    return named(dcmread(BytesIO(data), force=force), given)


def named(dataset: FileDataset, given: InFile | InBytes) -> FileDataset:
    """Give an object that was read from bytes the file name of its input."""
    dataset.filename = given.path if isinstance(given, InFile) else given.place and str(given.place)
    dataset.buffer = None  # everything is read
    return dataset


def attribute_of(dataset: Dataset, keyword: str) -> str | None:
    """Return the text of a top-level attribute, or None if it has not one value."""
    attribute = dictionary.find_keyword(keyword)
    if attribute is None:
        return None
    try:
        found = OfDataset(dataset).find(int(attribute.pattern, 16))
        values = () if found is None else found.components
    except Undecodable:
        return None
    return values[0] if len(values) == 1 else None


def attribute_in(given: Given, keyword: str) -> str | None:
    """Return the text of a top-level attribute of an open input, or None if it cannot be had."""
    try:
        return attribute_of(given.read(), keyword)
    except (NotRead, NotOpened, NotWhole, Damaged):
        return None
