"""Sources: the same bytes, wherever they are; and archives that are told apart from what they pretend to be."""

from __future__ import annotations

import gzip
import io
import os
import random
import tarfile
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deidc.batch.inputs.archives import Member as InArchive
from deidc.batch.inputs.archives import Shelf, Unusable, kind_of, members
from deidc.batch.inputs.places import safe_place
from deidc.batch.inputs.sources import LocalFile, Member, NotOpened, Remote, open_source
from tests.files import copy_of
from tests.fuzz.greedy_files import write_lying_zip

CONTENTS = {"a/one.bin": bytes(range(256)) * 40, "a/two.bin": b"x", "three.bin": b"y" * 100_000}
TARS = {"all.tar": "w", "all.tar.gz": "w:gz", "all.tgz": "w:gz", "all.tar.bz2": "w:bz2", "all.tar.xz": "w:xz"}
NAMES = [*TARS, "all.zip", "stored.zip"]


def packed(folder: Path, name: str, contents: dict[str, bytes] | None = None) -> Path:
    """Write an archive with Python's own writers."""
    path = folder / name
    if name.endswith(".zip"):
        method = zipfile.ZIP_STORED if name.startswith("stored") else zipfile.ZIP_DEFLATED
        with zipfile.ZipFile(path, "w", method) as archive:
            for member, data in (contents or CONTENTS).items():
                archive.writestr(member, data)
    else:
        with tarfile.open(path, TARS[name]) as archive:
            for member, data in (contents or CONTENTS).items():
                info = tarfile.TarInfo(member)
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))
    return path


@pytest.mark.parametrize("name", NAMES)
def test_members_have_the_bytes_that_were_packed(tmp_path, name):
    """In their order and in any other, whole and by ranges."""
    path = packed(tmp_path, name)
    found = list(members(path))
    assert [one.name for one in found] == list(CONTENTS)
    shelf = Shelf()
    for one in [*found, *reversed(found)]:
        with open_source(Member(path, one), shelf) as opened:
            data = CONTENTS[one.name]
            assert (opened.whole(), opened.size) == (data, len(data))
            assert opened.read(1, 5) == data[1:6]
            assert opened.read(len(data) - 1, 100) == data[-1:]
            assert opened.read(len(data), 1) == b""
    shelf.close()


def test_a_local_file_is_read_by_ranges(tmp_path):
    """With the semantics of pread, and a descriptor for the kernel."""
    path = tmp_path / "file"
    path.write_bytes(b"0123456789")
    with open_source(LocalFile(path), Shelf()) as opened:
        assert (opened.size, opened.read(3, 4), opened.read(8, 9), opened.whole()) == (
            10,
            b"3456",
            b"89",
            b"0123456789",
        )
        assert os.pread(opened.fileno(), 2, 1) == b"12"
    with pytest.raises(OSError, match="descriptor"):
        os.fstat(opened.fileno())


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo, lambda path: path.symlink_to("/dev/zero"), lambda path: None])
def test_only_regular_files_are_opened(tmp_path, make):
    """A folder, a pipe that nobody writes to, a device without end, and nothing."""
    make(tmp_path / "it")
    with pytest.raises(NotOpened):
        open_source(LocalFile(tmp_path / "it"), Shelf())


def test_objects_at_urls(tmp_path):
    """Whole and by ranges, as fsspec stores them; one that is not there is told."""
    import fsspec

    fsspec.filesystem("memory").pipe_file("/bucket/a", b"0123456789")
    with open_source(Remote("memory://bucket/a"), Shelf()) as opened:
        assert (opened.size, opened.read(3, 4), opened.read(8, 9), opened.read(10, 1)) == (10, b"3456", b"89", b"")
        assert (opened.whole(), opened.fileno()) == (b"0123456789", None)
    with pytest.raises(NotOpened, match="it does not exist"):
        open_source(Remote("memory://bucket/none"), Shelf())


@pytest.mark.parametrize("name", NAMES)
def test_a_cut_archive_is_never_taken_for_a_whole_one(tmp_path, name):
    """Wherever it is cut, something is told; what can be read before the cut has its bytes."""
    whole = packed(tmp_path, name).read_bytes()
    path = tmp_path / f"cut-{name}"
    if name == "all.tar":
        whole = whole[: -(-len(whole.rstrip(b"\0")) // 512) * 512 + 512]  # behind the end mark is nothing to be lost
    for keep in [*range(0, len(whole), max(1, len(whole) // 40)), len(whole) - 1]:
        path.write_bytes(whole[:keep])
        assert not all(is_whole(path, one) for one in members(path)), keep


def is_whole(path: Path, one: InArchive | Unusable) -> bool:
    """Whether a member can be read and has its bytes."""
    if isinstance(one, Unusable):
        return False
    try:
        with open_source(Member(path, one), Shelf()) as opened:
            data = opened.whole()
    except NotOpened:
        return False
    # A plain tar file shows how many bytes are there only when they are read; a part of a member is a file cut off.
    assert CONTENTS[one.name].startswith(data)
    return data == CONTENTS[one.name]


def test_a_damaged_header_within_a_tar_file_is_no_end(tmp_path):
    """Python's reader takes it for one; the members behind it would be missing without a word."""
    path = packed(tmp_path, "all.tar")
    data = bytearray(path.read_bytes())
    at = data.index(b"three.bin")
    data[at + 150] ^= 0xFF  # the checksum of the header
    path.write_bytes(data)
    *found, last = members(path)
    assert [one.name for one in found] == ["a/one.bin", "a/two.bin"]
    assert isinstance(last, Unusable)


def test_what_is_no_file_in_an_archive_is_told(tmp_path):
    """Links and devices are neither followed nor left out without a word; folders are no files."""
    with tarfile.open(tmp_path / "odd.tar", "w") as archive:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE, tarfile.DIRTYPE):
            info = tarfile.TarInfo(f"member{kind.decode()}")
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
    found = list(members(tmp_path / "odd.tar"))
    assert [one.rule.code for one in found] == ["DC921"] * 4
    with zipfile.ZipFile(tmp_path / "odd.zip", "w") as archive:
        link = zipfile.ZipInfo("link")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
        archive.mkdir("folder")
    assert [one.rule.code for one in members(tmp_path / "odd.zip")] == ["DC921"]


def test_a_header_that_unpacks_to_gigabytes_is_not_read(tmp_path):
    """Python's reader would hold it in memory, and a few bytes of gzip are enough for it."""
    info = tarfile.TarInfo("././@PaxHeader")
    info.type, info.size = tarfile.XHDTYPE, 4 << 30
    with gzip.open(tmp_path / "bomb.tar.gz", "wb") as archive:
        archive.write(info.tobuf(tarfile.USTAR_FORMAT) + bytes(10_000_000))
    (told,) = members(tmp_path / "bomb.tar.gz")
    assert (told.rule.code, told.message) == ("DC942", "a header of the archive is too large")


def test_encrypted_members_are_told(tmp_path):
    """Without a password nothing can be read, and the others can."""
    path = packed(tmp_path, "stored.zip")
    data = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    path.write_bytes(data)
    first, *others = members(path)
    assert isinstance(first, Unusable)
    assert (first.rule.code, first.name) == ("DC942", "a/one.bin")
    assert [one.name for one in others] == ["a/two.bin", "three.bin"]


@pytest.mark.parametrize("name", NAMES)
def test_a_member_above_the_limit_is_not_unpacked(tmp_path, name):
    """What an archive says of the size is enough: nothing is read of it."""
    path = packed(tmp_path, name, {"bomb": bytes(3_000_000)})
    (member,) = members(path)
    with pytest.raises(NotOpened) as failure:
        open_source(Member(path, member), Shelf(), 2_999_999)
    assert failure.value.rule.code == "DC941"
    assert open_source(Member(path, member), Shelf(), 3_000_000).size == 3_000_000


def test_a_member_that_says_less_than_it_unpacks_to_is_refused(tmp_path):
    """A zip file may lie about sizes; never more than the size it tells is taken, and that is no whole member."""
    path = packed(tmp_path, "all.zip", {"bomb": bytes(1_000_000)})
    data = path.read_bytes().replace((1_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    path.write_bytes(data)
    (member,) = members(path)
    assert isinstance(member, InArchive)
    with pytest.raises(NotOpened):
        open_source(Member(path, member), Shelf(), 100)


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("a/b", "a/b"), ("./a//b/", "a/b"), ("a\\b", "a/b"), ("...", "..."), ("ab:c", "ab:c"),
        ("/a", None), ("../a", None), ("a/../../b", None), ("a\\..\\b", None), ("\\\\host\\a", None), ("C:a", None),
        ("c:/a", None), ("", None), (".", None), ("a\0b", None), ("a\nb", None),
    ],
)  # fmt: skip
def test_names_that_lead_elsewhere_have_no_place(name, place):
    """A name of somebody else's stays below the folder or is refused."""
    found = safe_place(name)
    assert (found and found.as_posix()) == place


@given(st.text(st.sampled_from("./\\aC:\0 ~")))
def test_no_name_escapes(name):
    """Whatever a name is made of, its place is below the folder it is put in."""
    found = safe_place(name)
    if found is not None:
        assert Path(os.path.normpath(Path("/out") / found)).is_relative_to("/out")
        assert Path(os.path.normpath(Path("/out") / found)) != Path("/out")


@pytest.mark.parametrize(
    ("name", "stem"), [("a.ZIP", "a"), ("a.b.tar.gz", "a.b"), (".zip", None), ("a.gz", None), ("zip", None)]
)
def test_archives_are_known_by_their_suffix(name, stem):
    """And lend their name without it to the folder of their members."""
    found = kind_of(name)
    assert (found and found[1]) == stem


def test_a_file_that_was_cut_after_it_was_opened_is_not_read_as_a_whole(tmp_path):
    """What is left of it may look like a whole object, so it is told, and nothing is returned."""
    path = copy_of("rtplan.dcm", tmp_path / "a.dcm")
    with open_source(LocalFile(path), Shelf()) as opened:
        os.truncate(path, path.stat().st_size - 10)
        with pytest.raises(NotOpened, match="was truncated"):
            opened.whole()


METHODS = {
    "stored": zipfile.ZIP_STORED,
    "deflate": zipfile.ZIP_DEFLATED,
    "bzip2": zipfile.ZIP_BZIP2,
    "lzma": zipfile.ZIP_LZMA,
}


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
def test_every_method_of_zip_files_is_unpacked(tmp_path, method):
    """Members have the bytes that Python's own writer packed, whatever their size."""
    contents = {**CONTENTS, "empty": b"", "large": random.Random(7).randbytes(300_000) * 3, "zeros": bytes(1_000_000)}
    with zipfile.ZipFile(tmp_path / "all.zip", "w", method) as archive:
        for name, data in contents.items():
            archive.writestr(name, data)
    shelf = Shelf()
    for one in members(tmp_path / "all.zip"):
        with open_source(Member(tmp_path / "all.zip", one), shelf) as opened:
            assert opened.whole() == contents[one.name]
    shelf.close()


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
def test_a_damaged_member_of_a_zip_file_is_refused(tmp_path, method):
    """A byte that was changed shows in the checksum."""
    secret = random.Random(8).randbytes(50_000)
    with zipfile.ZipFile(tmp_path / "all.zip", "w", method) as archive:
        archive.writestr("a", secret)
    data = bytearray((tmp_path / "all.zip").read_bytes())
    data[25_000] ^= 1
    (tmp_path / "all.zip").write_bytes(data)
    (member,) = members(tmp_path / "all.zip")
    with pytest.raises(NotOpened) as failure:
        open_source(Member(tmp_path / "all.zip", member), Shelf())
    assert failure.value.rule.code == "DC942"


@pytest.mark.parametrize("method", list(METHODS.values())[1:], ids=list(METHODS)[1:])
def test_no_more_of_a_member_is_unpacked_than_it_states(tmp_path, method):
    """A member of 256 MiB that states 1000 bytes takes no memory beyond a few pieces."""
    write_lying_zip(tmp_path / "a.zip", 256 << 20, method)
    (member,) = members(tmp_path / "a.zip")
    assert isinstance(member, InArchive)
    assert member.size == 1000
    tracemalloc.start()
    try:
        with pytest.raises(NotOpened) as failure:
            open_source(Member(tmp_path / "a.zip", member), Shelf())
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (failure.value.rule.code, failure.value.message) == (
        "DC942", "the member has more bytes than the archive states"
    )  # fmt: skip
    assert most < 16 << 20
