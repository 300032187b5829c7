"""Inputs: every file is met once, in a stable order, with its place in the output."""

from __future__ import annotations

import pytest

from deidc.batch.inputs.path_lists import PathList
from deidc.batch.job.discovery import InputError, Looking, check_inputs, discover


@pytest.fixture
def scans(tmp_path, monkeypatch):
    """A folder of files, some in folders, some linked."""
    monkeypatch.chdir(tmp_path)
    for name in ("in/b", "in/a", "in/deep/er/c", "in/out/old", "in/.deidc-0123.part", "other/a"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "in" / "deep" / "loop").symlink_to(tmp_path / "in")
    (tmp_path / "in" / "link").symlink_to("b")
    return tmp_path


@pytest.mark.parametrize(
    ("names", "output", "expected"),
    [
        (["in"], None, ["a", "b", "deep/er/c", "link", "out/old"]),
        (["in"], "in/out", ["a", "b", "deep/er/c", "link"]),
        (["in"], "elsewhere", ["a", "b", "deep/er/c", "link", "out/old"]),
        (["in/b", "in/deep/er/c"], None, ["b", "c"]),
        (["in/deep", "in/a"], None, ["er/c", "a"]),
        (["in/*"], None, ["a", "b", "er/c", "link", "old"]),
        (["in/**/c"], None, ["c"]),
        (["in", "other"], None, ["a", "b", "deep/er/c", "link", "out/old", "a"]),
    ],
)
def test_the_tree_below_a_folder_is_kept(scans, names, output, expected):
    """A file keeps its name, a file in a folder its path in it; the output folder is left out."""
    found = list(discover(names, scans / output if output else None))
    assert [one.relative.as_posix() for one in found] == expected
    assert all(one.path.is_file() for one in found)


@pytest.mark.parametrize(
    ("names", "output"),
    [(["nothing"], None), (["no*thing"], None), (["in", "nothing"], None), (["in"], "in"), (["in/out/old"], "in/out"),
     (["in"], ".")],
)  # fmt: skip
def test_what_cannot_be_an_input_is_told_before_the_first_file(scans, names, output):
    """A name for nothing, and a file that the run itself may replace, are misuse."""
    with pytest.raises(InputError):
        check_inputs(names, scans / output if output else None)


def test_an_output_folder_inside_an_input_folder_is_no_misuse(scans):
    """Its files are left out of the walk."""
    check_inputs(["in", "in/a"], scans / "in" / "out")
    check_inputs(["in"], None)


def test_a_folder_that_cannot_be_listed_is_told(tmp_path, monkeypatch):
    """Its files would be missing without a word."""
    import os

    (tmp_path / "closed").mkdir()
    (tmp_path / "file").touch()
    scandir = os.scandir

    def closed(path):
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", closed)
    found = {one.relative.as_posix(): one.trouble and one.trouble.message for one in discover([str(tmp_path)], None)}
    assert found == {"closed": "the folder cannot be listed: Permission denied", "file": None}


def test_a_link_that_leads_to_itself_costs_only_itself(tmp_path):
    """A folder with a looping link is listed; the link is an input like any other, which cannot be opened."""
    (tmp_path / "in" / "deep").mkdir(parents=True)
    (tmp_path / "in" / "deep" / "b.dcm").touch()
    (tmp_path / "in" / "deep" / "loop").symlink_to("loop")
    found = list(discover([str(tmp_path / "in")], tmp_path / "out"))
    assert [str(one.relative) for one in found] == ["deep/b.dcm", "deep/loop"]
    assert all(one.trouble is None for one in found)


@pytest.mark.parametrize("where", ["named", "listed"])
def test_a_link_that_leads_to_itself_can_be_named(tmp_path, where):
    """A looping link that is named or listed is an input, too, whatever the output folder is."""
    link = tmp_path / "loop.dcm"
    link.symlink_to(link.name)
    if where == "named":
        check_inputs([str(link)], tmp_path / "out")
        found = list(discover([str(link)], tmp_path / "out"))
    else:
        (tmp_path / "list").write_text(f"{link}\n")
        found = list(discover([], tmp_path / "out", Looking(lists=(PathList(tmp_path / "list", null=False),))))
    assert [one.path for one in found] == [link]
    assert [one.trouble for one in found] == [None]
