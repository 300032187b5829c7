"""Recipes before and after, with what is told of each line."""

from __future__ import annotations

import pytest

from deidc import Source, check_recipe, compile_recipe
from deidc.codes import CATALOGUE as CODES
from deidc.diagnostics import Severity
from deidc.migration.behaviours import Did
from deidc.migration.changes import Change, Migration
from deidc.migration.judgements import JUDGED, is_to_decide
from deidc.migration.migrate import migrate_recipe
from tests.deid.cases import Case, file
from tests.deid.objects import load
from tests.deid.sides import answers_of_deid
from tests.migration.proofs import CANARIES

HEAD = "FORMAT dicom\n\n%header\n"
LABEL = "FORMAT dicom\n\n%filter graylist\n\nLABEL shots\n"


def migrated(text: str, **more: object) -> Migration:
    return migrate_recipe(Source("recipe", text), **more)  # type: ignore[arg-type]


def header(line: str) -> Change:
    """The one change of a recipe with this line."""
    (change,) = migrated(HEAD + line + "\n").changes
    return change


REWRITTEN = [
    ("remove PatientName", "REMOVE PatientName", Did.LEAKED),
    ("  Blank PatientName", "  BLANK PatientName", Did.LEAKED),
    ("keep PatientSex", "KEEP PatientSex", Did.LOST),
    ("add PatientID x", "ADD PatientID x", Did.IGNORED),
    ("REMOVE (0008,0080) # Institution Name", "# Institution Name\nREMOVE (0008,0080)", Did.LEAKED),
    ("  REMOVE PatientName   # direct", "  # direct\n  REMOVE PatientName", Did.LEAKED),
    ("REPLACE (0010,0020) func:hash  # PatientID", "# PatientID\nREPLACE (0010,0020) func:hash", Did.LEAKED),
    ("REMOVE PhysicianOfRecord", "REMOVE PhysiciansOfRecord", Did.LEAKED),
    ("BLANK ReferringPhysicianPhoneNumbers", "BLANK ReferringPhysicianTelephoneNumbers", Did.LEAKED),
    ("ADD PatientsName x", "ADD PatientName x", Did.CRASHED),
    ("REMOVE CURVES", "REMOVE select:curve", Did.LEAKED),
    ("REMOVE 0029xx--SIEMENS-CSA-HEADER", 'REMOVE (0029,"SIEMENS CSA HEADER",xx)', Did.LEAKED),
    ("REMOVE (gggg,eeee) where gggg is odd", "REMOVE select:private", Did.LEAKED),
    ("REMOVE (0010, 0010)", "REMOVE (0010,0010)", Did.LEAKED),
    ("REMOVE 0x00100010", "REMOVE (0010,0010)", Did.LEAKED),
    ("REMOVE 0010,0010", "REMOVE (0010,0010)", Did.LEAKED),
    ("REMOVE [0010,0010]", "REMOVE (0010,0010)", Did.LEAKED),
    ("REMOVE (0009, 'ACME', 01)", 'REMOVE (0009,"ACME",01)', Did.LEAKED),
    ('REMOVE "Patient\'s Name"', "REMOVE PatientName", Did.LEAKED),
    ("REMOVE PatientSex.PatientName", "REMOVE PatientSex__PatientName", Did.LEAKED),
    ("REMOVE allfields", "REMOVE all", Did.LEAKED),
    ("KEEP allexcept:Patient", "KEEP except:Patient", Did.LOST),
    ("REMOVE Patient\u200bName", "REMOVE PatientName", Did.LEAKED),
    ('REPLACE PatientName "John Doe"', "REPLACE PatientName John Doe", Did.LOST),
    ("REPLACE PatientName none # why", "# why\nREPLACE PatientName none", Did.QUIRK),
    ("REPLACE ContentSequence ''", "BLANK ContentSequence", Did.CRASHED),
    ("REPLACE PatientName VAR:id", "REPLACE PatientName var:id", Did.LOST),
    ("REPLACE PatientName func:deid_func:basic_uuid", "REPLACE PatientName deid_func:basic_uuid", Did.LEAKED),
    ("REPLACE PatientName deid_func:simple_uuid", "REPLACE PatientName deid_func:basic_uuid", Did.LEAKED),
    ("ADD PatientIdentityRemoved Yes", "ADD PatientIdentityRemoved YES", Did.QUIRK),
    ("ADD patientcomments x", "ADD PatientComments x", Did.CRASHED),
    ("remove (0010, 0010)  # why", "# why\nREMOVE (0010,0010)", Did.LEAKED),
]


@pytest.mark.parametrize(("before", "after", "did"), REWRITTEN)
def test_lines_are_rewritten_with_what_deid_did(before, after, did):
    """What is certain is rewritten, and compiles."""
    change = header(before)
    assert (change.before, change.after, change.did, change.decide) == (before, after, did, ())
    compile_recipe(HEAD + change.after + "\n")


LEFT = [
    ("REPLACE AccessionNumber X#1", Did.LOST),
    ('REPLACE PatientName ""', Did.LOST),
    ("REPLACE PatientName func:hash length=4", Did.LEAKED),
    ("REMOVE OtherPatientIDsSequence__0__PatientID", Did.LEAKED),
    ("REMOVE (60xx,4000)", Did.LEAKED),
    ("REMOVE select:VR:PN|LO", Did.LEAKED),
    ("REMOVE select:group:60xx", Did.CRASHED),
    ("REMOVE PatientName contains:Smith", Did.LOST),
    ("REMOVE Rows contains:5", Did.LEAKED),
    ("BLANK PatientName contains:Smith", Did.LOST),
    ("REPLACE PatientName X if contains:Smith", Did.LOST),
    ("KEEP RequestAttributesSequence__AccessionNumber", Did.LOST),
    ("ADD (0010,4000) x", Did.CRASHED),
    ("ADD 00102160 x", Did.LOST),
    ("ADD RecommendedDisplayFrameRateInFloat 4", Did.CRASHED),
    ("REPLACE StudyInstanceUID deid_func:pydicom_uuid stable_remapping=false", Did.LOST),
    ("REPLACE StudyDate deid_func:jitter years=1", Did.QUIRK),
    ("JITTER endswith:Time 5", Did.LOST),
    ("REMOVE PatientName  # deidc: ignore[DC401] as agreed", Did.LEAKED),
]


@pytest.mark.parametrize(("line", "did"), LEFT)
def test_lines_that_deidc_reads_as_meant_stay(line, did):
    """Where no form is better, the line stays and what deid did is told."""
    change = header(line)
    assert (change.after, change.did, change.decide) == (line, did, ())


TO_DECIDE = [
    ("REMOVE PatientNam", Did.LEAKED, "did you mean PatientName?"),
    ("KEEP PatientsSex", Did.LOST, "did you mean PatientSex?"),
    ("KEEP private", Did.LOST, "write select:private"),
    ("REMOVE PatientNames", Did.LEAKED, "did you mean PatientName?"),
    ("DELETE PatientName", Did.LEAKED, "did you mean REMOVE?"),
    ("REMOVED PatientName", Did.LEAKED, "did you mean REMOVE?"),
    ("RETAIN PatientName", Did.IGNORED, "did you mean KEEP?"),
    ("REMOVE exceptfields:PatientName", Did.LEAKED, "write KEEP fields:"),
    ("REMOVE contains:^.{3}[13579].{4}$", Did.LEAKED, "write select:private"),
    ("REMOVE startswith:Pacient", Did.LEAKED, "matches no attribute"),
    ("REMOVE values:pid", Did.LEAKED, "add a section"),
    ("REMOVE Rows YES", Did.LEAKED, "remove them"),
    ("BLANK PatientName YES", Did.IGNORED, "BLANK takes one attribute"),
    ("BLANK PatientName PatientID", Did.LEAKED, "BLANK takes one attribute"),
    ("REPLACE PatientName", Did.CRASHED, "write BLANK to empty it"),
    ("REPLACE PatientName # why", Did.QUIRK, "write BLANK to empty it"),
    ('REPLACE PatientName "var:id"', Did.LOST, "the reference is quoted"),
    ("REPLACE PatientName vr:id", Did.LOST, "did you mean var:?"),
    ("REPLACE PatientName func:jitter", Did.QUIRK, "is built in"),
    ("REPLACE StudyDate date_shift", Did.LOST, "not a valid value of StudyDate"),
    ("REPLACE PregnancyStatus none", Did.LEAKED, "not a valid value of PregnancyStatus"),
    ("REPLACE StudyInstanceUID deid_func:basic_uuid", Did.LOST, "holds UIDs"),
    ("REPLACE endswith:Time 120000", Did.LOST, "cannot hold the text"),
    ("JITTER StudyTime 5", Did.LOST, "does not hold a date"),
    ("REMOVE PixelData", Did.IGNORED, "is protected"),
    ("gibberish", Did.IGNORED, "not a statement"),
    ("REMOVE PatientName'", Did.LOST, "did you mean PatientName?"),
    ("REMOVE all values:pid", Did.LOST, "add a section"),
]


@pytest.mark.parametrize(("line", "did", "words"), TO_DECIDE)
def test_lines_in_doubt_stay_and_are_to_decide(line, did, words):
    """What may mean another thing is not touched; the way out is told."""
    change = header(line)
    assert (change.after, change.did) == (line, did)
    assert any(words in what for what in change.decide)
    assert not migrated(HEAD + line + "\n").settled


STRUCTURE = [
    ("format dicom\n%header\nREMOVE PatientName\n", "FORMAT dicom\n%header\nREMOVE PatientName\n"),
    ("FORMAT dicom # ours\n%header\nREMOVE PatientName\n", "# ours\nFORMAT dicom\n%header\nREMOVE PatientName\n"),
    ("%header\nREMOVE PatientName\n", "FORMAT dicom\n\n%header\nREMOVE PatientName\n"),
    ("FORMAT dicom\n% header\nremove PatientName\n", "FORMAT dicom\n%header\nREMOVE PatientName\n"),
    (
        "FORMAT dicom\n%fields  ids\nfield PatientsID\n%header\nREMOVE fields:ids\n",
        "FORMAT dicom\n%fields ids\nFIELD PatientID\n%header\nREMOVE fields:ids\n",
    ),
    (
        "FORMAT dicom\n%values ids\nSPLIT PatientID splitval='^';minlength='4'  # parts\n%header\nREMOVE values:ids\n",
        'FORMAT dicom\n%values ids\nSPLIT PatientID by="^";minlength=4  # parts\n%header\nREMOVE values:ids\n',
    ),
]


@pytest.mark.parametrize(("before", "after"), STRUCTURE)
def test_sections_and_lists_are_rewritten(before, after):
    """FORMAT, section lines and lines of lists have the form that deid reads, too."""
    found = migrated(before)
    assert found.text == after
    assert found.settled


LABELS = [
    ("contains  Modality CT", "contains Modality CT", Did.LEAKED),
    ("contains\tModality CT", "contains Modality CT", Did.CRASHED),
    ("contains modality CT  # why", "# why\ncontains Modality CT", Did.LEAKED),
    ("contains (0008,0060) CT", "contains Modality CT", Did.LEAKED),
    ("contains 0x00080060 CT", "contains Modality CT", Did.QUIRK),
    ("equals 0x00080060 CT", "equals Modality CT", Did.LEAKED),
    ("notcontains Modality CT # why", "# why\nnotcontains Modality CT", Did.LOST),
    ("contains Modality CT || Equals Rows 5", "contains Modality CT || equals Rows 5", Did.LOST),
    ("missing Modality || equals Rows 5", "missing Modality || equals Rows 5", Did.LEAKED),
    ("present RequestAttributesSequence__AccessionNumber", None, Did.LEAKED),
    ("equals ImageType ORIGINAL", None, Did.LEAKED),
    ("empty Rows", None, Did.QUIRK),
    ("missing Modality\nCoordinates 0,0,9,9  # why", "missing Modality\n# why\ncoordinates 0,0,9,9", Did.CRASHED),
    ("contains Modality CT\nctpcoordinates ALL", "contains Modality CT\nctpcoordinates all", Did.CRASHED),
    ("contains Modality CT\ncoordinates from:SequenceOfUltrasoundRegions", None, Did.LEAKED),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "did"), LABELS)
def test_labels_are_rewritten(before, after, did):
    """Criteria and regions have the form that deid reads, too, where there is one."""
    found = migrated(LABEL + before + "\n")
    assert found.text == LABEL + (after or before) + "\n"
    assert [one.did for one in found.changes] == [did]


def test_lines_joined_by_or_stay_on_their_lines():
    """deid joins lines by and, which is told of each line but the first."""
    found = migrated(LABEL + "contains Modality MR\n|| contains Modality CT\n|| contains Modality PT\n")
    assert [(one.line, one.did, one.rewritten) for one in found.changes] == [
        (7, Did.LEAKED, False),
        (8, Did.LEAKED, False),
    ]


def test_a_comment_goes_above_what_ignores_the_line():
    """Moving a comment does not part an ignore comment from its line."""
    found = migrated(HEAD + "# deidc: ignore[DC410] a test object\nREMOVE SOPInstanceUID  # by rule\n")
    assert found.text == HEAD + "# by rule\n# deidc: ignore[DC410] a test object\nREMOVE SOPInstanceUID\n"


def test_names_that_may_be_kept_are_not_guessed_in_lists():
    """A line of a list is left alone where a KEEP uses a list, because more would be kept then."""
    lists = "FORMAT dicom\n\n%fields ids\nFIELD PatientsID\n\n%header\n"
    assert "FIELD PatientID" in migrated(lists + "REMOVE fields:ids\n").text
    assert "FIELD PatientsID" in migrated(lists + "KEEP fields:ids\nREMOVE all\n").text


def test_lines_of_labels_sections_are_kept_for_other_programs():
    """Nothing is said of the targets of %labels, which deid stores and never executes, and nothing is rewritten."""
    labels = "FORMAT dicom\n\n%labels\nADD shift 5\nREPLACE ContentSequence ''\n{}\n%header\nREMOVE PatientName\n"
    assert not migrated(labels.format("")).changes
    assert [one.did for one in migrated(labels.format("remove x\n")).changes] == [Did.IGNORED]
    (change,) = migrated(labels.format("REMOVE [0010,0010]\n")).changes
    assert (change.rewritten, change.did, bool(change.decide)) == (False, None, True)


def test_what_a_recipe_needs_is_named():
    """Variables and functions of values, conditions and arguments are named once each."""
    needs = migrated(
        HEAD + "REPLACE PatientID var:id\nREPLACE StudyID var:id\nREMOVE all func:is_private\n"
        "REPLACE StudyInstanceUID deid_func:stable_uid key=var:key\nJITTER StudyDate func:week\n"
    ).needs
    assert (needs.variables, needs.functions) == (("id", "key"), ("is_private", "week"))


def test_every_error_is_judged():
    """Of each complaint that stops compilation it is known what deid did with such a line."""
    errors = {code for code, rule in CODES.items() if rule.severity is Severity.ERROR and not code.startswith("DC9")}
    assert errors <= JUDGED.keys() <= CODES.keys()


@pytest.mark.parametrize("code", [one for one in CODES if CODES[one].bad and not one.startswith("DC9")])
def test_bad_recipes_of_the_catalogue_are_migrated(code):
    """What `deidc explain` shows as bad compiles afterwards, or is to be decided at a line of the recipe itself.

    Errors in the lines of included recipes are reported apart.
    """
    found = migrated(CODES[code].bad)
    errors = check_recipe(found.text).errors
    assert bool(errors) <= (not found.settled)
    assert any(one.span is None or one.span.source == "<recipe>" for one in errors) <= bool(found.open)
    assert all(is_to_decide(one) for one in errors)
    assert migrated(found.text).text == found.text


@pytest.mark.parametrize("code", [one for one in CODES if CODES[one].good])
def test_good_recipes_of_the_catalogue_stay(code):
    """What `deidc explain` shows as good is not rewritten, but for what is deidc's own."""
    assert migrated(CODES[code].good).settled


# ---- bases ----------------------------------------------------------------------------------------------

OWN = "FORMAT dicom\n\n%header\nREPLACE PatientID own\n"
BASE = "FORMAT dicom\n\n%fields names\nFIELD PatientName\n\n%header\nREPLACE PatientID base\nREMOVE fields:names\n"


def test_bases_come_first_in_deidc_and_last_in_deid(tmp_path):
    """With a base it is told that its rules had the last word and that its lists were lost, and both are so."""
    (tmp_path / "base.deid").write_text(BASE)
    notes = migrated(OWN, bases=[str(tmp_path / "base.deid")]).notes
    assert [one.behaviour.name for one in notes] == ["base-last", "base-lists"]
    assert "PatientID" in notes[0].text
    case = Case("base", file("CT_small.dcm"), OWN, CANARIES, base=BASE)
    (answer,) = answers_of_deid([case])
    assert answer.elements is not None
    assert answer.elements["00100020"] == ["LO", "base"]
    assert answer.elements["00100010"][1] == str(load(case.file, CANARIES).PatientName)


def test_nothing_is_said_of_bases_that_do_not_meet_the_recipe(tmp_path):
    """Rules about other attributes do not care for their order."""
    (tmp_path / "base.deid").write_text("FORMAT dicom\n\n%header\nREMOVE PatientName\nREMOVE PatientID\n")
    assert not migrated("FORMAT dicom\n\n%header\nREMOVE PatientID\n", bases=[str(tmp_path / "base.deid")]).notes


@pytest.mark.parametrize("odd", ["\u200b", "\u202e", "\ufeff"])
@pytest.mark.parametrize("word", ["coordinates", "keepcoordinates", "ctpcoordinates"])
def test_an_invisible_character_in_the_word_of_a_region(word, odd):
    """Deid knows no such word; the report says so, and nothing fails."""
    text = f"FORMAT dicom\n\n%filter graylist\n\nLABEL x\n  present Rows\n  coordinates all\n  k{word[1:]} 0,0,1,1\n"
    migrate_recipe(text.replace(f"k{word[1:]}", f"{word[0]}{odd}{word[1:]}"))
