"""Recipes with their bases and includes, loaded from real files."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from deidc import CompileError, check_recipe, compile_recipe
from deidc.diagnostics import Report
from deidc.ir.library import FoundRecipe, NotFound
from deidc.ir.load import DEEPEST
from deidc.source import Source
from tests.ir.recipes import lines

HEAD = "FORMAT dicom\n\n"


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Writes recipes into a current folder of their own and returns the path of the last."""
    monkeypatch.chdir(tmp_path)

    def write(**texts: str) -> Path:
        for name, text in texts.items():
            path = Path(*name.split("__")).with_suffix(".deid")
            path.parent.mkdir(exist_ok=True)
            path.write_text(HEAD + text, encoding="utf-8")
        return path

    return write


def codes(report: Report) -> list[str]:
    return [one.code for one in report.diagnostics]


def removed(path: Path, **options: object) -> list[str]:
    """Return the keywords of what the rules of a recipe remove, in order."""
    return [line.split()[2] for line in lines(compile_recipe(path, **options)) if line.startswith("remove")]


NAME, ID, STUDY = "00100010", "00100020", "00200010"


def test_what_is_included_comes_first(write):
    """Bases in their order, then includes, then the recipe; wherever in it the include stands."""
    path = write(
        a="%header\nREMOVE PatientName\n",
        b="%header\nREMOVE PatientID\n",
        top='%header\nREMOVE StudyID\n\n%include "b.deid"\n',
    )
    assert removed(path, bases=("a.deid",)) == [NAME, ID, STUDY]


def test_everything_is_merged(write):
    """Lists, labels and variables of an included recipe are as good as the recipe's own."""
    path = write(
        part="""%vars
VAR id text

%values names
FIELD PatientName

%filter graylist
LABEL a label
contains Modality CT

%header
REPLACE PatientID var:id
""",
        top='%include "part.deid"\n\n%values names\nFIELD ReferringPhysicianName\n\n%header\nBLANK values:names\n',
    )
    assert lines(compile_recipe(path)) == [
        "collect 0 <- tag 00100010 min 1",
        "collect 0 <- tag 00080090 min 1",
        'mark clean "graylist" "a label" + [ + path / 00080060 contains "CT" ]',
        'replace tag 00100020 <- var "id"',
        "blank holding 0",
    ]


def test_includes_are_beside_the_recipe_that_names_them(write):
    """A path is read from the folder of the recipe it stands in."""
    path = write(
        sub__deep="%header\nREMOVE PatientName\n",
        sub__part='%include "deep.deid"\n\n%header\nREMOVE PatientID\n',
        top='%include "sub/part.deid"\n\n%header\nREMOVE StudyID\n',
    )
    assert removed(path) == [NAME, ID, STUDY]


def test_a_recipe_is_included_once(write, tmp_path):
    """However often and in whatever spelling a recipe is named, its rules stand once."""
    (tmp_path / "link").symlink_to(tmp_path)
    path = write(
        part="%header\nREMOVE PatientName\n",
        middle='%include "part.deid"\n\n%header\nREMOVE PatientID\n',
        top="".join(
            f'%include "{one}"\n'
            for one in ("part.deid", "./part.deid", "link/part.deid", "middle.deid", str(tmp_path / "part.deid"))
        )
        + "\n%header\nREMOVE StudyID\n",
    )
    assert removed(path, bases=("part.deid",)) == [NAME, ID, STUDY]


def test_a_base_that_is_the_recipe_adds_nothing(write):
    """A recipe on top of itself is itself."""
    path = write(top="%header\nREMOVE PatientName\n")
    assert removed(path, bases=("top.deid", "./top.deid")) == [NAME]


@pytest.mark.parametrize("reference", ["top.deid", "./top.deid", "sub/../top.deid", "link/top.deid"])
def test_a_recipe_that_includes_itself(write, tmp_path, reference):
    """A circle is told where it closes, however the name is spelt."""
    (tmp_path / "link").symlink_to(tmp_path)
    (tmp_path / "sub").mkdir()
    path = write(top=f'%include "{reference}"\n\n%header\nREMOVE PatientName\n')
    report = check_recipe(path)
    assert codes(report) == ["DC216"]
    assert report.diagnostics[0].span is not None
    assert report.diagnostics[0].span.source == "top.deid"


def test_a_circle_of_three_has_a_label_at_each_step(write):
    """Every include on the way round is pointed at."""
    path = write(
        c='%include "a.deid"\n\n%header\nREMOVE StudyID\n',
        b='%include "c.deid"\n\n%header\nREMOVE PatientID\n',
        a='%include "b.deid"\n\n%header\nREMOVE PatientName\n',
    )
    report = check_recipe(path)
    [said] = report.diagnostics
    assert said.code == "DC216"
    assert said.span is not None
    assert [said.span.source, *(label.span.source for label in said.labels)] == ["c.deid", "a.deid", "b.deid"]


def test_chains_have_an_end(write):
    """A chain of a thousand recipes is complained of, a reasonable one is compiled."""
    texts = {f"n{number}": f'%include "n{number + 1}.deid"\n\n%header\nREMOVE PatientName\n' for number in range(1000)}
    write(**texts, n1000="%header\nREMOVE PatientID\n")
    assert "DC227" in codes(check_recipe(Path("n0.deid")))
    assert not check_recipe(Path(f"n{1000 - DEEPEST}.deid")).errors


PART = "%header\nREMOVE PatientName\n"


def pinned(digest: str) -> str:
    return f'%include "part.deid" sha256:{digest}\n\n%header\nREMOVE PatientID\n'


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_a_digest_is_of_the_text(write, ending):
    """The digest is of the text in UTF-8 with Unix line ends, so an editor's line ends do not break it."""
    digest = hashlib.sha256((HEAD + PART).encode()).hexdigest()
    path = write(part=PART, top=pinned(digest))
    Path("part.deid").write_bytes((HEAD + PART).replace("\n", ending).encode())
    assert removed(path) == [NAME, ID]
    assert ("part.deid", digest) in compile_recipe(path).recipes


def test_another_text_than_the_one_noted(write):
    """A changed recipe is an error that tells its digest, also when it is laid already."""
    report = check_recipe(write(part=PART, top=pinned("0" * 64)), bases=("part.deid",))
    assert codes(report) == ["DC217"]
    assert hashlib.sha256((HEAD + PART).encode()).hexdigest() in (report.diagnostics[0].hint or "")


def test_recipes_for_different_formats(write):
    """Formats that differ are told at both places."""
    path = write(top='%include "part.deid"\n\n%header\nREMOVE PatientID\n')
    Path("part.deid").write_text("FORMAT nifti\n\n%header\nREMOVE PatientName\n", encoding="utf-8")
    said = [one for one in check_recipe(path).diagnostics if one.code == "DC218"]
    assert len(said) == 1
    assert {said[0].span.source, said[0].labels[0].span.source} == {"top.deid", "part.deid"}


def test_what_is_missing_is_told_at_the_include(write):
    """A missing recipe is an error at its line; a missing base has no line."""
    report = check_recipe(
        write(part=PART, top='%include "pat.deid"\n\n%header\nREMOVE PatientID\n'), bases=("no-such",)
    )
    assert codes(report) == ["DC214", "DC214"]
    assert [one.span is None for one in report.diagnostics] == [True, False]
    assert report.diagnostics[1].hint == "did you mean part.deid?"


def test_mistakes_of_an_included_recipe_stop_it_too(write):
    """What is wrong in a part is told at its place in that part."""
    path = write(part="%header\nREMVE PatientName\nREMOVE PatientNam\n", top='%include "part.deid"\n')
    with pytest.raises(CompileError) as caught:
        compile_recipe(path)
    assert {one.span.source for one in caught.value.report.errors} == {"part.deid"}
    assert len(caught.value.report.errors) == 2


def test_origins_name_the_part(write):
    """An op knows the recipe it was written in."""
    path = write(part=PART, top='%include "part.deid"\n\n%header\nREMOVE PatientID\n')
    origins = [(one.recipe, one.line) for one in compile_recipe(path).origins if one.line]
    assert origins == [("part.deid", 4), ("top.deid", 6)]


def test_a_host_supplies_its_own_library():
    """Anything with `find` is a library."""

    class Shelf:
        def find(self, reference: str, beside: str | None) -> FoundRecipe | NotFound:
            if reference == "house rules":
                return FoundRecipe(Source("shelf:7", HEAD + PART))
            return NotFound("not on the shelf")

    text = HEAD + '%include "{}"\n\n%header\nREMOVE PatientID\n'
    made = compile_recipe(text.format("house rules"), library=Shelf())
    assert [line.split()[2] for line in lines(made)] == [NAME, ID]
    assert [name for name, _ in made.recipes] == ["shelf:7", "<recipe>"]
    report = check_recipe(text.format("default"), library=Shelf())
    assert [one.message for one in report.errors] == ["not on the shelf"]
