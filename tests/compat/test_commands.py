"""`inspect` and `identifiers`: deid's client, as commands of deidc and under deid's own words."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from pydicom import dcmread

from deidc import CompileError
from deidc.cli.identifiers import command as identifiers_command
from deidc.cli.inspect import command as inspect_command
from deidc.compat.config import DeidRecipe
from deidc.compat.data import get_dataset
from deidc.compat.identification import Failed, IdsError, Written, as_json, get, put, read_ids
from deidc.compat.inspection import inspect
from deidc.compat.main import main as deid_main

COOKIES = Path(get_dataset("dicom-cookies"))
HUMANS = Path(get_dataset("humans"))
LABELS = """FORMAT dicom

%filter greylist
LABEL Some cookies
  contains PatientSex M
  coordinates 0,0,512,110

%filter blacklist
LABEL Two of them
  contains InstanceNumber . || equals Modality CT
"""
RULES = """FORMAT dicom

%header
ADD PatientIdentityRemoved YES
REPLACE PatientID var:id
REMOVE PatientName
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A current folder with three files in two folders, a file that is none, and two recipes."""
    for name, source in (("a/1.dcm", COOKIES / "image1.dcm"), ("a/2.dcm", COOKIES / "image2.dcm")):
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, tmp_path / "in" / name)
    (tmp_path / "in" / "b").mkdir()
    shutil.copy(HUMANS / "ctbrain1.dcm", tmp_path / "in" / "b" / "3.dcm")
    (tmp_path / "in" / "notes.txt").write_text("no image", encoding="utf-8")
    (tmp_path / "labels.deid").write_text(LABELS, encoding="utf-8")
    (tmp_path / "rules.deid").write_text(RULES, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


FILES = ("in/a/1.dcm", "in/a/2.dcm", "in/b/3.dcm")


def deidc(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "-m", "deidc", *arguments], capture_output=True, text=True, check=False)


def deid(*arguments: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "deidc.compat.main", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def ids_file(folder: Path, keys: tuple[str, ...]) -> str:
    document = {key: {"id": f"new-{number}"} for number, key in enumerate(keys)}
    (folder / "ids.json").write_text(json.dumps(document), encoding="utf-8")
    return "ids.json"


def cleaned(path: str) -> tuple:
    dataset = dcmread(path)
    return (dataset.get("PatientID"), "PatientName" in dataset, dataset.get("PatientIdentityRemoved"))


# ---- inspect -------------------------------------------------------------------------------------------------


def test_inspect_counts_files(folder):
    """Each file is in one list, and groups count files, whatever number of labels fired; deid counts other things."""
    found = inspect(FILES, DeidRecipe("labels.deid"))
    sexes = {path: str(dcmread(path, stop_before_pixels=True).get("PatientSex")) for path in FILES}
    flagged = {path for path in FILES if sexes[path] == "M" or path == FILES[2]}
    assert {one.path for one in found.flagged} == flagged
    assert set(found.clean) == set(FILES) - flagged
    assert found.groups == {"greylist": list(sexes.values()).count("M"), "blacklist": 1}
    assert found.not_judged == ()


def test_what_cannot_be_judged_is_neither_clean_nor_flagged(folder):
    """A file that cannot be read is told as such, without what is in it."""
    found = inspect(("in/notes.txt", FILES[2]), DeidRecipe("labels.deid"))
    assert [one.path for one in found.not_judged] == ["in/notes.txt"]
    assert "no image" not in found.not_judged[0].reason
    assert found.clean == ()
    with pytest.raises(CompileError):
        inspect((), DeidRecipe({"format": "dicom", "filter": {"g": [{"filters": 1}]}}))


def test_tables_and_documents_have_every_file(folder):
    """The table has a line for each label and each clean file, in deid's columns; the document the same."""
    found = inspect((*FILES, "in/notes.txt"), DeidRecipe("labels.deid"))
    rows = list(csv.DictReader(found.table().splitlines(), dialect="excel-tab"))
    assert list(rows[0]) == ["dicom_file", "pixels_flagged", "flag_list", "reason"]
    assert {row["dicom_file"] for row in rows} == {*FILES, "in/notes.txt"}
    brain = [row for row in rows if row["dicom_file"] == FILES[2]]
    assert {row["pixels_flagged"] for row in brain} == {"FLAGGED"}
    assert {row["flag_list"] for row in brain} == {result["group"] for result in found.flagged[-1].results}
    assert "Modality equals CT" in brain[-1]["reason"]
    document = json.loads(json.dumps(found.document()))
    assert sorted(document) == ["clean", "flagged", "not_judged"]
    assert len(document["clean"]) + len(document["flagged"]) + len(document["not_judged"]) == 4
    (human,) = (one for one in document["flagged"] if one["dicom_file"] == FILES[2])
    assert [0, "0,0,512,110"] in [box for result in human["results"] for box in result["coordinates"]]


def test_deidc_inspect(folder):
    """The command tells files and counts, writes the table where it is told, and exits with 1 for what it found."""
    done = deidc("inspect", "in", "-r", "labels.deid", "--save", "found.tsv")
    assert done.returncode == 1, done.stderr
    assert "file 1 cannot be read as DICOM" in done.stderr
    found = inspect(FILES, DeidRecipe("labels.deid"))
    assert f"{len(found.clean)} clean, {len(found.flagged)} flagged, 0 not judged\n" in done.stdout
    assert f"FLAGGED {FILES[2]}: " in done.stdout
    assert (folder / "found.tsv").read_text(encoding="utf-8") == found.table()
    document = deidc("inspect", "in", "--pattern", "3*", "-r", "labels.deid", "--format", "json")
    assert [one["dicom_file"] for one in json.loads(document.stdout)["flagged"]] == [FILES[2]]


@pytest.mark.parametrize("command", [("inspect", "in"), ("identifiers", "all", "in", "-o", "out")])
def test_recipes_include_from_folders_that_are_allowed(folder, command):
    """A recipe elsewhere is read below a folder that `--include-root` names, and refused without it."""
    (folder / "shared").mkdir()
    (folder / "shared" / "labels.deid").write_text(LABELS + "\n%header\nREMOVE PatientName\n", encoding="utf-8")
    (folder / "mine").mkdir()
    (folder / "mine" / "my.deid").write_text('FORMAT dicom\n\n%include "../shared/labels.deid"\n', encoding="utf-8")
    refused = deidc(*command, "-r", "mine/my.deid")
    assert (refused.returncode, "--include-root" in refused.stderr) == (1, True)
    assert not (folder / "out").exists()
    done = deidc(*command, "-r", "mine/my.deid", "--include-root", "shared")
    if command[0] == "inspect":
        assert f"FLAGGED {FILES[2]}: " in done.stdout
    else:
        assert done.returncode == 0, done.stderr
        written = [path for path in (folder / "out").rglob("*") if path.is_file()]
        assert [cleaned(str(path))[1] for path in written] == [False] * len(FILES)


def test_deidc_inspect_of_clean_files(folder):
    """Clean files are no finding."""
    (folder / "none.deid").write_text("FORMAT dicom\n%filter g\nLABEL x\n  equals Modality MR\n", encoding="utf-8")
    clean = deidc("inspect", "in/b", "-r", "none.deid")
    assert (clean.returncode, clean.stdout) == (0, "1 clean, 0 flagged, 0 not judged\n")


def test_deidc_inspect_of_misuse(folder):
    """A recipe or an input that is not there is misuse, and a table that is; a recipe with errors is a finding."""
    (folder / "bad.deid").write_text("FORMAT dicom\n%filter g\nLABEL x\n  equals Modalty MR\n", encoding="utf-8")
    (folder / "found.tsv").touch()
    for arguments, code, told in (
        (("in", "-r", "nope.deid"), 2, "nope.deid"),
        (("nowhere", "-r", "labels.deid"), 2, "nowhere"),
        (("in", "-r", "labels.deid", "--save", "found.tsv"), 2, "--overwrite"),
        (("in", "-r", "bad.deid"), 1, "Modalty"),
    ):
        done = CliRunner().invoke(inspect_command, arguments)
        assert (done.exit_code, told in done.output) == (code, True), done.output


# ---- identifiers ---------------------------------------------------------------------------------------------


def test_identifiers_are_had_by_name():
    """Text is text, numbers are numbers, several values a list; what has no name of its own has its uid."""
    ((one,)) = get([str(HUMANS / "ctbrain1.dcm")])
    dataset = dcmread(HUMANS / "ctbrain1.dcm")
    values = one.values
    assert one.path == os.path.abspath(HUMANS / "ctbrain1.dcm")
    assert values["PatientName"] == str(dataset.PatientName)
    assert values["Rows"] == dataset.Rows
    assert values["ImageType"] == list(dataset.ImageType)
    assert values["PatientWeight"] == str(dataset.PatientWeight)
    sequence = dataset.RequestAttributesSequence
    assert values["RequestAttributesSequence__ScheduledProcedureStepID"] == sequence[0].ScheduledProcedureStepID
    assert values["(0009,0010)"] == dataset[0x0009, 0x0010].value
    assert not {"PixelData", "RequestAttributesSequence", ""} & set(values)


def test_identifiers_are_json_file_by_file(folder):
    """The document is JSON, of one file, several or none."""
    had = list(get(FILES[:2]))
    assert json.loads("".join(as_json(had))) == {one.path: one.values for one in had}
    assert json.loads("".join(as_json(had[:1]))) == {had[0].path: had[0].values}
    assert json.loads("".join(as_json([]))) == {}
    (failed,) = get(["in/notes.txt"])
    assert isinstance(failed, Failed)
    assert "no image" not in failed.reason


@pytest.mark.parametrize("text", ["", "[]", '{"a": 1}', '{"a": {}', "\xff"])
def test_ids_that_are_none_are_told(tmp_path, text):
    """A file of ids that is no object of objects raises, and its content is not told."""
    (tmp_path / "ids.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(IdsError):
        read_ids(tmp_path / "ids.json")


def test_put_writes_what_ids_say(folder):
    """Each file gets its own variables, below a folder that is made; names that clash keep their folders."""
    shutil.copy(FILES[2], "in/b/1.dcm")
    files = ("in/a/1.dcm", "in/b/1.dcm")
    ids = {"in/a/1.dcm": {"id": "A"}, os.path.abspath("in/b/1.dcm"): {"id": "B"}}
    outcomes = list(put(files, DeidRecipe("rules.deid"), ids, "out/new"))
    assert outcomes == [Written("in/a/1.dcm", "out/new/a/1.dcm"), Written("in/b/1.dcm", "out/new/b/1.dcm")]
    assert cleaned("out/new/a/1.dcm") == ("A", False, "YES")
    assert cleaned("out/new/b/1.dcm") == ("B", False, "YES")


def test_put_takes_out_what_ids_do_not_say(folder, caplog):
    """Without its variable an element is taken out, with a warning; deid keeps the original."""
    (written,) = put(FILES[:1], DeidRecipe("rules.deid"), {}, "out")
    assert cleaned(written.place) == (None, False, "YES")
    assert any("00100020" in one.getMessage() for one in caplog.records)


def test_a_file_that_fails_keeps_none_back(folder):
    """What is refused is told, and the others are written; an output that is there is not replaced."""
    (folder / "in" / "a" / "1.dcm").write_bytes(b"\0" * 128 + b"DICM" + b"\x10\x00\x10\x00PN\xff\x7fSECRET")
    outcomes = list(put(FILES, DeidRecipe("rules.deid"), {}, "out"))
    assert [type(one) for one in outcomes] == [Failed, Written, Written]
    assert "SECRET" not in outcomes[0].reason
    before = (folder / "out" / "2.dcm").read_bytes()
    again = list(put(FILES[1:2], DeidRecipe({"format": "dicom", "header": []}), {}, "out"))
    assert [type(one) for one in again] == [Failed]
    assert (folder / "out" / "2.dcm").read_bytes() == before
    (written,) = put(FILES[1:2], DeidRecipe({"format": "dicom", "header": []}), {}, "out", overwrite=True)
    assert cleaned(written.place)[1] is True


def test_two_files_are_not_written_to_one_place(folder):
    """A file that is given twice is told before anything is written."""
    with pytest.raises(ValueError, match="one output"):
        put((FILES[0], FILES[0]), DeidRecipe("rules.deid"), {}, "out")
    assert not (folder / "out").exists()


def test_deidc_identifiers(folder):
    """get prints JSON that put takes, put uses it, and nothing is replaced unasked; all is a run of a recipe."""
    had = deidc("identifiers", "get", "in")
    assert had.returncode == 0, had.stderr
    document = json.loads(had.stdout)
    assert sorted(document) == sorted(map(os.path.abspath, FILES))
    (folder / "got.json").write_text(had.stdout, encoding="utf-8")
    (folder / "same.deid").write_text("FORMAT dicom\n%header\nREPLACE StudyID var:PatientID\n", encoding="utf-8")
    (folder / "out" / "x").mkdir(parents=True)
    (folder / "out" / "x" / "1.dcm").write_bytes(b"mine")
    done = deidc("identifiers", "put", "in", "--ids", "got.json", "-r", "same.deid", "-o", "out/x")
    assert (done.returncode, done.stdout) == (1, "2 written to out/x, 1 refused\n"), done.stderr
    assert "in/a/1.dcm: " in done.stderr
    assert (folder / "out" / "x" / "1.dcm").read_bytes() == b"mine"
    assert dcmread("out/x/3.dcm").StudyID == document[os.path.abspath(FILES[2])]["PatientID"]
    done = deidc("identifiers", "all", "in", "-o", "out/y")
    assert (done.returncode, done.stdout) == (0, "3 written to out/y, 0 refused\n"), done.stderr
    assert dcmread("out/y/3.dcm").PatientID == ""


def test_deidc_identifiers_of_misuse(folder):
    """Ids that are none, or not told, and a recipe that is not there are misuse."""
    (folder / "ids.json").write_text("[]", encoding="utf-8")
    for arguments in (
        ("put", "in", "-o", "out"),
        ("put", "in", "--ids", "ids.json", "-o", "out"),
        ("all", "in", "--deid", "nope", "-o", "out"),
        ("all", "in"),
    ):
        assert CliRunner().invoke(identifiers_command, arguments).exit_code == 2, arguments
    assert not (folder / "out").exists()


# ---- deid's own words ----------------------------------------------------------------------------------------


def test_deid_inspect(folder):
    """deid's words find what deidc's find; flagged files are no failure, and the table is named by folder and day."""
    done = deid("inspect", "in/a", "in/b", "--deid", "labels.deid", "--save")
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    found = inspect(FILES, DeidRecipe("labels.deid"))
    assert f"FLAGGED blacklist {found.groups['blacklist']} files\n" in done.stdout
    (table,) = folder.glob("pixel-flag-results-a-b-*.tsv")
    assert table.read_text(encoding="utf-8") == found.table()
    assert f"Result written to {table.name}\n" in done.stdout
    again = deid("inspect", "in/a", "in/b", "--deid", "labels.deid", "-s")
    assert (again.returncode, "--overwrite" in again.stderr) == (2, True)


def test_deid_identifiers(folder):
    """deid's words get, put by ids that are read, and run a recipe into a folder that is made."""
    done = deid("identifiers", "--action", "get", "--input", "in/b")
    assert list(json.loads(done.stdout)) == [os.path.abspath(FILES[2])]
    ids = ids_file(folder, FILES)
    done = deid("-o", "out", "identifiers", "-a", "put", "--ids", ids, "--input", "in", "--deid", "rules.deid")
    assert (done.returncode, done.stdout) == (0, "3 dicom files at out\n"), done.stderr
    assert [cleaned(f"out/{number}.dcm")[0] for number in (1, 2, 3)] == ["new-0", "new-1", "new-2"]
    assert deid("identifiers", "-a", "put", "--input", "in").returncode == 2


def test_deid_main_as_a_function(folder):
    """`deid.main.main()` takes the arguments of the process, and returns when all is well."""
    script = """
import sys
import deidc.compat
deidc.compat.install()
import deid.main
sys.argv = "deid --outfolder out/ --overwrite identifiers --action all --input in/b".split()
assert deid.main.main() is None
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert dcmread("out/3.dcm").PatientID == ""


def test_deid_version_and_help(monkeypatch, capsys):
    """The version is that of the deid whose words these are; without a command the help is printed."""
    for arguments, code, told in ((["version"], 0, "0.4.13\n"), (["--version"], 0, "0.4.13\n"), ([], 1, "inspect")):
        monkeypatch.setattr(sys, "argv", ["deid", *arguments])
        with pytest.raises(SystemExit) as raised:
            deid_main()
        assert (raised.value.code, told in capsys.readouterr().out) == (code, True)
