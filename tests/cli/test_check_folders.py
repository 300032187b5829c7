"""`deidc check FOLDER` finds recipes by their content, and leaves out what the project ignores."""

from __future__ import annotations

import json
import shutil

import pytest

from deidc.cli.arguments.gitignore import is_excluded, patterns_of
from tests.files import shipped

GOOD = "FORMAT dicom\n\n%header\nREMOVE PatientName\n"
BAD = "FORMAT dicom\n\n%header\nREMOVE PatientsName\n"


def checked(deidc, *arguments) -> set[str]:
    """Return the files that `deidc check` complains of."""
    report = json.loads(deidc("check", *arguments, "--format", "json").stdout)
    return {one["place"]["recipe"] for one in report["diagnostics"]}


@pytest.fixture
def write(tmp_path):
    """Return a function that writes a file below the working folder."""

    def written(name: str, text: str = BAD) -> None:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    return written


def test_content_decides_what_is_a_recipe(deidc, write, tmp_path):
    """Recipes of any name are found; programs, documents and DICOM files are not taken for recipes."""
    recipes = ["f/recipe.dicom", "f/deid_recipe.txt", "f/anything", "f/a/deid.custom", "f/b.deid"]
    for name in recipes:
        write(name)
    write("f/commented.txt", f"# a comment\n\n{BAD}")
    write("f/no_format_recipe.txt", "REMOVE PatientsName\n")
    write("f/deid.py", "import deid\n")
    write("f/notes.md", f"# Recipes\n\nSome words.\n\n{BAD}")
    write("f/deid.json", "{}")
    write("f/remove.txt", "remove the old files\n")
    shutil.copy(shipped("CT_small.dcm"), tmp_path / "f" / "deid.dcm")
    assert checked(deidc, "f") == {*recipes, "f/commented.txt", "f/no_format_recipe.txt"}


@pytest.mark.parametrize(
    "place", [".git/hooks", ".venv/lib", "env/lib", "node_modules/a", ".mypy_cache", "__pycache__"]
)
def test_folders_of_tools_are_not_entered(deidc, write, place):
    """A virtual environment is one whatever its name, because it has a pyvenv.cfg."""
    write("f/mine.deid")
    write(f"f/{place}/theirs.deid")
    write("f/env/pyvenv.cfg", "home = /usr/bin\n")
    assert checked(deidc, "f") == {"f/mine.deid"}


def test_what_git_ignores_is_left_out(deidc, write, tmp_path):
    """Patterns count below the folder of their file, and those above the named folder up to the repository."""
    (tmp_path / ".git").mkdir()
    write(".gitignore", "build/\n/f/top.deid\n*.tmp.deid\n!keep.tmp.deid\n")
    write("f/sub/.gitignore", "# a comment\nold.deid\n")
    for name in ("mine", "top", "x.tmp", "keep.tmp", "build/out", "sub/old", "sub/new", "sub/top", "old"):
        write(f"f/{name}.deid")
    wanted = {f"f/{name}.deid" for name in ("mine", "keep.tmp", "sub/new", "sub/top", "old")}
    assert checked(deidc, "f") == wanted


def test_patterns_are_excluded(deidc, write):
    """`--exclude` takes patterns of files and of folders."""
    for name in ("f/a.deid", "f/test/b.deid", "f/sub/test/c.deid", "f/sub/d.deid"):
        write(name)
    assert checked(deidc, "f", "--exclude", "test") == {"f/a.deid", "f/sub/d.deid"}
    assert checked(deidc, "f", "--exclude", "/test", "--exclude", "d.*") == {"f/a.deid", "f/sub/test/c.deid"}


def test_a_folder_without_recipes_is_a_usage_error(deidc, write):
    """The message says how a recipe is known."""
    write("f/deid.py", "import deid\n")
    done = deidc("check", "f")
    assert (done.returncode, "no recipe found in f" in done.stderr) == (2, True)


@pytest.mark.parametrize("name", ["CT_small.dcm", "ExplVR_BigEndNoMeta.dcm", "image_dfl.dcm"])
def test_a_dicom_file_is_one_line(deidc, tmp_path, name):
    """A DICOM file in the place of a recipe is named as one."""
    shutil.copy(shipped(name), tmp_path / "x.dcm")
    for command in ("check", "fmt", "compile"):
        done = deidc(command, "x.dcm")
        assert (done.returncode, done.stdout) == (2, "")
        assert "x.dcm is a DICOM file, not a recipe" in done.stderr


@pytest.mark.parametrize(
    ("pattern", "path", "excluded"),
    [
        ("a", "a", True),
        ("a", "x/a", True),
        ("/a", "x/a", False),
        ("x/a", "y/x/a", False),
        ("**/a", "y/x/a", True),
        ("x/**/a", "x/a", True),
        ("x/**/a", "x/1/2/a", True),
        ("x/**", "x/1/2", True),
        ("*.deid", "x/y.deid", True),
        ("x/*.deid", "x/y/z.deid", False),
        ("?.deid", "ab.deid", False),
        ("[ab].deid", "b.deid", True),
        ("[!ab].deid", "b.deid", False),
        (r"\#a", "#a", True),
        ("a  ", "a", True),
        ("# a", "# a", False),
        ("a/", "a", False),
    ],
)
def test_patterns_match_as_in_git(pattern, path, excluded):
    """The patterns are those of gitignore(5); the paths are files."""
    assert is_excluded(path, patterns_of(pattern), is_folder=False) is excluded
