"""What is different on Windows and macOS, simulated: names, and how bytes are copied."""

from __future__ import annotations

from pathlib import Path

import pytest

from deidc.batch.inputs.places import safe_place
from deidc.batch.job.discovery import Input
from deidc.batch.job.twins import folds_case, twins_marked
from deidc.batch.outputs import content
from tests.files import copy_of, tree_of


@pytest.mark.parametrize(
    "name", ["CON", "aux.dcm", "a/Lpt1.tar.gz", "nul/b.dcm", "ab:stream", "b?.dcm", "dot.", "blank ", "com7"]
)
def test_names_of_devices_are_refused_on_windows(name):
    """Elsewhere they are names like others."""
    assert safe_place(name, on_windows=True) is None
    assert safe_place(name, on_windows=False) is not None


@pytest.mark.parametrize("name", ["console.dcm", "a/COM10", "auxiliary/x", "lpt.dcm", "1.2.840.dcm"])
def test_names_that_only_look_so_are_taken(name):
    """A device has just its name, with or without a suffix."""
    assert safe_place(name, on_windows=True) is not None


def test_places_that_differ_in_case_are_one_where_the_system_folds_them():
    """The second of two is a twin, also if only the normalization of its letters differs."""
    names = ["a/B.dcm", "A/b.dcm", "\u00e9.dcm", "e\u0301.dcm", "other.dcm"]
    sources = [Input(Path("in") / name, Path(name)) for name in names]
    assert [one.twin for one in twins_marked(sources, folded=True)] == [0, 1, 0, 1, 0]
    assert [one.twin for one in twins_marked(sources, folded=False)] == [0, 0, 0, 0, 0]


@pytest.mark.parametrize(("platform", "folds"), [("linux", False), ("darwin", True)])
def test_macos_folds_case(monkeypatch, platform, folds):
    """As its file systems do by default."""
    monkeypatch.setattr("sys.platform", platform)
    assert folds_case() is folds


def test_without_copies_by_the_kernel_the_bytes_are_the_same(monkeypatch, tmp_path):
    """Where there is neither copy_file_range nor sendfile, what is untouched is read and written."""
    from deidc.cli import main

    copy_of("CT_small.dcm", tmp_path / "in" / "a.dcm", PixelData=bytes(range(256)) * 40_000)
    (tmp_path / "my.deid").write_text("FORMAT dicom\n\n%header\nBLANK PatientName\n")
    monkeypatch.chdir(tmp_path)
    for output in ("kernel", "memory"):
        with pytest.raises(SystemExit) as end:
            main(["run", "my.deid", "in", "-o", output, "-q"])
        assert end.value.code == 0
        monkeypatch.setattr(content, "_KERNEL_COPIES", ())
    assert tree_of(tmp_path / "memory") == ["a.dcm"]
    assert (tmp_path / "memory" / "a.dcm").read_bytes() == (tmp_path / "kernel" / "a.dcm").read_bytes()
