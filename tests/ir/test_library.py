"""Where recipes are found, on a real file system."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import deidc
from deidc import Report, check_recipe
from deidc.ir.library import FileLibrary, FoundRecipe, NotFound, identity_of, shipped_recipes
from deidc.ir.recipe_files import LARGEST

TEXT = "FORMAT dicom\n\n%header\nREMOVE PatientName\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A current folder with recipes in it and below it."""
    for name in ("site.deid", "sub/part.deid", "sub/other.deid", "plain", "minimal"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(TEXT, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def name_of(found: FoundRecipe | NotFound) -> str:
    assert isinstance(found, FoundRecipe), found
    assert found.source.text == TEXT
    return found.source.name


FOUND = {
    ("site.deid", None): "site.deid",
    ("./site.deid", None): "site.deid",
    ("./plain", None): "plain",
    ("plain", None): "plain",
    ("sub/part.deid", None): "sub/part.deid",
    ("part.deid", "sub/other.deid"): "sub/part.deid",
    ("./part.deid", "sub/other.deid"): "sub/part.deid",
    ("../site.deid", "sub/other.deid"): "sub/../site.deid",
    ("site.deid", "<stdin>"): "site.deid",
    ("./minimal", None): "minimal",
}


@pytest.mark.parametrize(("asked", "name"), FOUND.items(), ids=str)
def test_files(folder, asked, name):
    """A file is found beside the recipe that refers to it, or in the current folder."""
    assert name_of(FileLibrary([folder]).find(*asked)) == name


def test_absolute_paths(folder):
    """An absolute path is a file, whoever refers to it."""
    path = str(folder / "site.deid")
    assert name_of(FileLibrary([folder]).find(path, "elsewhere/x.deid")) == path


@pytest.mark.parametrize("reference", ["default", "deidc:default", "examples/jitter", "deidc:examples/jitter"])
def test_shipped_recipes_have_names(folder, reference):
    """A name without suffix is a recipe of deidc; the prefix says so in any case."""
    found = FileLibrary().find(reference, None)
    assert isinstance(found, FoundRecipe)
    assert found.source.name == "deidc:" + reference.removeprefix("deidc:")
    assert found.source.text.strip()


def test_shipped_recipes_are_files_of_deidc():
    """Names are paths without suffix, the same from a checkout and from an install."""
    package = Path(deidc.__file__).resolve().parent
    folders = (package / "recipes", package.parent / "recipes")
    for name, path in shipped_recipes().items():
        assert path.is_file()
        assert path in [folder / f"{name}.deid" for folder in folders]
    assert {"default", "examples/jitter"} <= set(shipped_recipes())


# What is asked for, and words of the reason and the hint.
NOT_FOUND = {
    ("sit.deid", None): ("sit.deid", "site.deid"),
    ("pat.deid", "sub/other.deid"): ("sub/pat.deid", "part.deid"),
    ("nowhere/x.deid", None): ("nowhere/x.deid", None),
    ("./sub", None): ("folder", "name a recipe"),
    ("sub", None): ("folder", "name a recipe"),
    ("sub/", None): ("folder", "name a recipe"),
    ("defualt", None): ("no file defualt", "'default'"),
    ("deidc:defualt", None): ("no bundled recipe", "'default'"),
    ("site", None): ("no file site", "'site.deid'"),
    ("part", "sub/other.deid"): ("no file sub/part", "'part.deid'"),
    ("qqqq", None): ("'qqqq'", "default"),
    ("minimal", None): ("minimal exists too", "./minimal"),
    ("x" * 300 + ".deid", None): ("xxx", None),
    ("x" * 300, None): ("xxx", "default"),
    ("a\0b.deid", None): ("a", None),
    ("\udcff.deid", None): ("", None),
    ("", None): ("", ""),
}


@pytest.mark.parametrize(("asked", "said"), NOT_FOUND.items(), ids=lambda one: str(one)[:40].encode("ascii", "replace"))
def test_what_is_not_found(folder, asked, said):
    """Why nothing was found, where it was looked for, and what may be meant; never an exception."""
    found = FileLibrary().find(*asked)
    assert isinstance(found, NotFound), found
    reason, hint = said
    assert reason in found.reason
    assert hint is None or hint in (found.hint or "")


def test_a_name_of_two_recipes_is_of_none(folder):
    """A file or folder that has the name of a shipped recipe does not take its place, nor the other way round."""
    (folder / "default").mkdir()
    for reference in ("default", "minimal"):
        found = FileLibrary().find(reference, None)
        assert isinstance(found, NotFound)
        assert found.ambiguous
        assert f"./{reference}" in (found.hint or "")
        assert f"deidc:{reference}" in (found.hint or "")


def test_unreadable_files_are_not_found(folder):
    """A link to nothing cannot be read; that is told, not raised."""
    (folder / "gone.deid").symlink_to(folder / "nothing")
    (folder / "round.deid").symlink_to(folder / "round.deid")
    for name in ("gone.deid", "round.deid"):
        found = FileLibrary().find(name, None)
        assert isinstance(found, NotFound)
        assert "cannot be read" in found.reason


def test_bytes_that_are_no_text_are_told(folder):
    """What is wrong with the bytes of a recipe comes along with it."""
    (folder / "latin.deid").write_bytes("# é\n".encode("latin-1") + TEXT.encode())
    found = FileLibrary().find("latin.deid", None)
    assert isinstance(found, FoundRecipe)
    assert [one.code[:3] for one in found.said] == ["DC1"]


def test_names_of_one_file_have_one_identity(folder):
    """Spellings, links and the name of a shipped recipe make no difference."""
    (folder / "link").symlink_to(folder / "sub")
    names = ("sub/part.deid", "sub/../sub/part.deid", "link/part.deid", str(folder / "sub" / "part.deid"))
    assert len({identity_of(name) for name in names}) == 1
    assert identity_of("sub/other.deid") != identity_of(names[0])
    assert identity_of("deidc:default") == identity_of(str(shipped_recipes()["default"]))
    assert identity_of("<stdin>") == "<stdin>"


# ---- what a recipe may have read --------------------------------------------------------------------------

INCLUDING = 'FORMAT dicom\n\n%include "{}"\n\n%header\nREMOVE PatientID\n'
SECRET = "FORMAT dicom\n\n%header\nREMOVE Secrets of others\n"


@pytest.fixture
def stranger(tmp_path, monkeypatch):
    """A folder for the recipe of a stranger, beside a file that is not the stranger's to read."""
    (tmp_path / "others.deid").write_text(SECRET, encoding="utf-8")
    folder = tmp_path / "stranger"
    (folder / "sub").mkdir(parents=True)
    (folder / "part.deid").write_text(TEXT, encoding="utf-8")
    (folder / "sub" / "up.deid").write_text(INCLUDING.format("../part.deid"), encoding="utf-8")
    (folder / "sub" / "out.deid").write_text(INCLUDING.format("../../others.deid"), encoding="utf-8")
    (folder / "link.deid").symlink_to(tmp_path / "others.deid")
    (folder / "linked").symlink_to(tmp_path)
    (folder / "device.deid").symlink_to("/dev/zero")
    os.mkfifo(folder / "pipe.deid")
    (folder / "large.deid").write_bytes(b"#" * (LARGEST + 1))
    monkeypatch.chdir(tmp_path)
    return folder


def report_of(folder: Path, included: str, library: FileLibrary | None = None) -> Report:
    path = folder / "my.deid"
    path.write_text(INCLUDING.format(included), encoding="utf-8")
    return check_recipe(path, library=library)


@pytest.mark.parametrize(
    "included",
    [
        "../others.deid",
        "./../others.deid",
        "sub/../../others.deid",
        "link.deid",
        "linked/others.deid",
        "sub/out.deid",
        "/etc/passwd",
        "/dev/zero",
        "/dev/tty",
        "/proc/self/environ",
        "device.deid",
        "pipe.deid",
        "large.deid",
        "../stranger",
        "..",
        "../absent.deid",
    ],
)
def test_a_recipe_has_nothing_read_but_files_below_its_folder(stranger, included):
    """Nothing of a file elsewhere is in a complaint, whether it exists or not; nothing waits for ever."""
    report = report_of(stranger, included)
    assert "DC214" in {one.code for one in report.errors}
    said = " ".join(f"{one.message} {one.hint}" for one in report.diagnostics)
    assert "Secrets" not in said
    assert "root:" not in said
    assert not any("others" in source.name for source in report.sources)


def test_a_file_that_is_elsewhere_is_refused_alike_whether_it_exists_or_not(stranger):
    """A recipe cannot find out which files there are."""
    (there,) = report_of(stranger, "../others.deid").errors
    (absent,) = report_of(stranger, "../other_.deid").errors
    assert there.message.replace("others", "") == absent.message.replace("other_", "")
    assert there.hint == absent.hint


@pytest.mark.parametrize("included", ["part.deid", "sub/up.deid", "./sub/../part.deid"])
def test_files_below_the_folder_of_the_recipe_are_included(stranger, included):
    """Also from a recipe in a folder below it, which names one above itself."""
    assert not report_of(stranger, included).errors


def test_folders_that_are_named_are_allowed(stranger, tmp_path):
    """The user allows a folder in so many words."""
    library = FileLibrary([str(tmp_path)])
    codes = {one.code for one in report_of(stranger, "../others.deid", library).errors}
    assert "DC214" not in codes


def test_a_base_is_read_where_the_user_names_it(stranger, tmp_path):
    """A base, and what lies below its folder, may be anywhere."""
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "base.deid").write_text(INCLUDING.format("more.deid"), encoding="utf-8")
    (tmp_path / "base" / "more.deid").write_text(TEXT, encoding="utf-8")
    path = stranger / "my.deid"
    path.write_text(TEXT, encoding="utf-8")
    report = check_recipe(path, bases=[str(tmp_path / "base" / "base.deid")])
    assert not report.errors
    assert len(report.sources) == 3
