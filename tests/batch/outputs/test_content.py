"""What an output consists of: written by the kernel or through memory, it is what slicing the input says."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from attrs import frozen
from hypothesis import event, given
from hypothesis import strategies as st

from deidc.batch.inputs.archives import Shelf
from deidc.batch.inputs.sources import LocalFile, Opened, open_source
from deidc.batch.outputs.atomic import write_atomically
from deidc.batch.outputs.content import Content, InputShrank
from deidc.dicom.edits import Span
from tests.files import tree_of

MIB = 1 << 20
BLOCK = 4096
SIZE = 20 * MIB  # spans of more than 16 MiB are looked at for holes


@frozen
class Layout:
    """A source of `SIZE` bytes that is a hole but for some places."""

    written: tuple[tuple[int, bytes], ...]

    def data(self) -> bytes:
        data = bytearray(SIZE)
        for at, piece in self.written:
            data[at : at + len(piece)] = piece
        return bytes(data)

    def make(self, path: Path) -> None:
        with path.open("wb") as file:
            for at, piece in self.written:
                file.seek(at)
                file.write(piece)
            file.truncate(SIZE)


places = st.one_of(st.integers(0, SIZE), st.integers(0, SIZE // BLOCK).map(lambda number: number * BLOCK))
layouts = st.lists(
    st.tuples(st.integers(0, SIZE - 3 * BLOCK), st.binary(min_size=1, max_size=2 * BLOCK)), max_size=5
).map(lambda found: Layout(tuple(found)))
long = st.tuples(st.integers(0, MIB), st.integers(SIZE - MIB, SIZE))
spans = st.one_of(st.tuples(places, places), long).map(lambda ends: Span(min(ends), max(ends)))
pieces = st.lists(st.one_of(st.binary(max_size=300), spans), max_size=6)


class Nameless:
    """A source that the kernel has no file of, like a member of an archive."""

    def __init__(self, data: bytes) -> None:
        self.data, self.size = data, len(data)

    def read(self, at: int, count: int) -> bytes:
        return self.data[at : at + count]

    def fileno(self) -> int | None:
        return None


@contextmanager
def folders() -> Iterator[list[Path]]:
    """A folder on the file system of temporary files, and one in memory where the machine has that."""
    memory = Path("/dev/shm")
    with (
        tempfile.TemporaryDirectory() as one,
        tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as two,
    ):
        yield [Path(one), Path(two)]


def opened(path: Path) -> Opened:
    return open_source(LocalFile(path), Shelf())


def sliced(data: bytes, wanted: list[bytes | Span]) -> bytes:
    return b"".join(one if isinstance(one, bytes) else data[one.start : one.end] for one in wanted)


@given(layouts, pieces)
def test_what_is_written_is_what_slicing_says(layout, wanted):
    """From file to file of one file system and of two, and out of memory; size and digest are of the same bytes."""
    data = layout.data()
    expected = sliced(data, wanted)
    with folders() as found:
        for folder in found:
            layout.make(folder / "in")
            with opened(folder / "in") as source:
                content = Content(lambda: wanted, source)
                for target in found:
                    assert write_atomically(target / "out", content, overwrite=True) == len(expected)
                    assert (target / "out").read_bytes() == expected
        assert content.size() == len(expected)
        in_memory = Content(lambda: wanted, Nameless(data))
        assert in_memory.whole() == expected
        assert write_atomically(found[0] / "out", in_memory, overwrite=True) == len(expected)
        assert (found[0] / "out").read_bytes() == expected
    event("sparse" if any(isinstance(one, Span) and one.end - one.start >= 16 * MIB for one in wanted) else "dense")


def test_a_hole_stays_a_hole(tmp_path):
    """In the middle and at the end of an output: it has the length, and takes room for what is no hole only."""
    layout = Layout(((SIZE // 2, b"x" * BLOCK),))
    layout.make(tmp_path / "in")
    if (tmp_path / "in").stat().st_blocks * 512 > MIB:
        pytest.skip("this file system knows no holes")
    with opened(tmp_path / "in") as source:
        content = Content(lambda: (b"head", Span(0, SIZE)), source)
        write_atomically(tmp_path / "out", content, overwrite=False)
    assert (tmp_path / "out").read_bytes() == b"head" + layout.data()
    assert (tmp_path / "out").stat().st_blocks * 512 < MIB


@pytest.mark.parametrize("left", [0, 1, BLOCK, 17 * MIB, SIZE - 1])
@pytest.mark.parametrize("span", [Span(0, SIZE), Span(SIZE - MIB, SIZE), Span(MIB, SIZE)])
@pytest.mark.parametrize("filled", [True, False], ids=["data", "hole"])
def test_a_source_that_shrinks_leaves_nothing(tmp_path, left, span, filled):
    """What is gone is not written as zeros: an error is raised and no file is there, however long the range is."""
    path = tmp_path / "in"
    path.write_bytes(b"x" * SIZE) if filled else Layout(()).make(path)
    (tmp_path / "out").mkdir()
    with opened(path) as source:
        os.truncate(path, left)
        with pytest.raises(InputShrank):
            write_atomically(tmp_path / "out" / "a", Content(lambda: (b"x", span), source), overwrite=False)
        with pytest.raises(InputShrank):
            Content(lambda: (span,), source).whole()
    assert tree_of(tmp_path / "out") == []
