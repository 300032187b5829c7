"""Lowering: what every kind of line becomes, and what is added that no line says."""

from __future__ import annotations

import pytest
from pydicom.dataset import Dataset

from deidc import Machine, compile_recipe
from deidc.ir import ops
from deidc.ir.identifiers import SYSTEM_PROTECTED
from deidc.ir.program import NeededFunction, NeededVariable, Origin, Slot
from deidc.vocabulary import ListKind, VariableKind
from tests.ir.recipes import lines, program, whole

LOWERED = {
    "ADD PatientIdentityRemoved YES": 'add path / 00120062 <- text "YES"',
    "ADD (0010,0020) var:id": 'add path / 00100020 <- var "id"',
    'ADD (0033,"MITRA",1E) X': 'add path / 0033 "MITRA" 1E <- text "X"',
    "ADD PatientID from:PatientSex": "add path / 00100020 <- from path / 00100040",
    "ADD PatientID from:(0010,0040)": "add path / 00100020 <- from path / 00100040",
    'ADD PatientID from:(0033,"MITRA",1E)': 'add path / 00100020 <- from path / 0033 "MITRA" 1E',
    "ADD PatientID from:RequestAttributesSequence[0].AccessionNumber": (
        "add path / 00100020 <- from path / 00400275 [0] / 00080050"
    ),
    'REPLACE PatientID "{PatientSex}-{var:site}{{}}"': (
        'replace tag 00100020 <- composed (from path / 00100040) (text "-") (var "site") (text "{}")'
    ),
    'REPLACE PatientID "{{PatientSex}}"': 'replace tag 00100020 <- text "{PatientSex}"',
    "JITTER StudyDate from:EchoNumbers": "jitter tag 00080020 by from path / 00180086",
    "APPEND ImageType X": 'append path / 00080008 <- text "X"',
    "APPEND ImageType X if notequals:Y": 'append path / 00080008 <- text "X" when notequals "Y"',
    'APPEND DeidentificationMethodCodeSequence code:113105,DCM,"Clean Descriptors Option"': (
        'append path / 00120064 <- code "113105" "DCM" "Clean Descriptors Option"'
    ),
    'REPLACE ViewCodeSequence code:a,99X[1.0],"A" code:b,99X,"B"': (
        'replace tag 00540220 <- code "a" "99X" version "1.0" "A" code "b" "99X" "B"'
    ),
    "BLANK PatientID": "blank tag 00100020",
    "BLANK PatientID contains:Smith": 'blank tag 00100020 when contains "Smith"',
    "JITTER StudyDate -5": "jitter tag 00080020 by days -5",
    "JITTER StudyDate var:days": 'jitter tag 00080020 by var "days"',
    "KEEP PatientSex": "protect tag 00100040",
    "REMOVE PatientName": "remove tag 00100010 unless rewritten",
    "REMOVE StudyID missing: func:f": 'remove tag 00200010 unless rewritten when missing and true call "f"',
    "REMOVE StudyID func:f b=2 a=var:x": (
        'remove tag 00200010 unless rewritten when true call "f" ("a" var "x") ("b" text "2")'
    ),
    "REPLACE PatientID X": 'replace tag 00100020 <- text "X"',
    "REPLACE PatientID X if equals:Y": 'replace tag 00100020 <- text "X" when equals "Y"',
    "REPLACE StudyDate deid_func:jitter days=5": ('replace tag 00080020 <- builtin "jitter" ("days" text "5")'),
    'REPLACE SpecificCharacterSet "ISO_IR 192"': 'transcode "ISO_IR 192"',
    'ADD (0008,0005) "ISO_IR 192"': 'transcode "ISO_IR 192"',
    "REMOVE select:VR:UI": "remove vr UI unless rewritten",
    "BLANK except:Date": 'blank not contains "Date"',
}


@pytest.mark.parametrize(("line", "op"), LOWERED.items(), ids=LOWERED)
def test_what_a_line_becomes(line, op):
    """Each kind of statement is one op with the statement's meaning."""
    assert lines(program(line)) == [op]


MADE = {
    "ADD RequestAttributesSequence__0__AccessionNumber X": [
        "make 1 items at path / 00400275",
        'add path / 00400275 [0] / 00080050 <- text "X"',
    ],
    "ADD RequestAttributesSequence__AccessionNumber X": [
        "make 1 items at path / 00400275",
        'add path / 00400275 / 00080050 <- text "X"',
    ],
    "APPEND RequestAttributesSequence[2].ScheduledProtocolCodeSequence.ImageType X": [
        "make 3 items at path / 00400275",
        "make 1 items at path / 00400275 [2] / 00400008",
        'append path / 00400275 [2] / 00400008 / 00080008 <- text "X"',
    ],
}


@pytest.mark.parametrize(("line", "made"), MADE.items(), ids=MADE)
def test_items_are_made_on_the_way(line, made):
    """What ADD and APPEND by path need on the way is in the program, in front of them."""
    assert lines(program(line)) == made


def test_the_order_of_a_program():
    """Lists, deidc's protection, the recipe's protection, labels, rules as written, surroundings."""
    made = program("""
        %header
        REMOVE values:a
        KEEP PatientSex
        REPLACE PatientID X
        %filter graylist
        LABEL one
        contains Modality CT
        %values a
        FIELD PatientName
    """)
    kinds = [type(op) for op in made.ops]
    system = [ops.Protect] * len(SYSTEM_PROTECTED)
    assert kinds == [
        ops.Collect, *system, ops.Protect, ops.Mark, ops.Remove, ops.Replace, ops.SyncMeta, ops.ClearPreamble,
    ]  # fmt: skip
    assert [op.system for op in made.ops if isinstance(op, ops.Protect)] == [True] * len(system) + [False]


def test_origins_are_lines():
    """Each op knows the line that wrote it; what deidc does on its own account has line 0."""
    made = program("REMOVE PatientName\n\n# a comment\nKEEP PatientSex")
    assert {origin for origin in made.origins if origin.line} == {Origin("<recipe>", 4), Origin("<recipe>", 7)}
    assert {origin.recipe for origin in made.origins if not origin.line} == {"deidc"}


def test_needs_are_what_the_ops_use():
    """Variables and functions are listed once, sorted, with what the recipe declares of them."""
    made = program("""
        %vars
        VAR key secret
        VAR days int default=5
        %header
        REPLACE PatientID deid_func:stable_hash key=var:key
        REPLACE StudyID func:mine
        BLANK AccessionNumber func:mine
        JITTER StudyDate var:days
    """)
    assert made.needs.variables == (
        NeededVariable("days", VariableKind.INT, "5"),
        NeededVariable("key", VariableKind.SECRET, None),
    )
    assert made.needs.functions == (NeededFunction("mine", builtin=False), NeededFunction("stable_hash", builtin=True))


def pixels(made):
    """The policy of each label, whether it is final, and how pixels are cleaned, if they are."""
    marks = [(op.policy.value, op.final) for op in made.ops if isinstance(op, ops.Mark)]
    return marks, [op.storage.value for op in made.ops if isinstance(op, ops.CleanPixels)]


POLICIES = {
    ("graylist", ""): ("clean", False),
    ("my devices", ""): ("clean", False),
    ("blacklist", ""): ("flag", False),
    ("Denylist", ""): ("flag", False),
    ("whitelist", ""): ("pass", False),
    ("ALLOWLIST", ""): ("pass", False),
    ("graylist", "%pixels\nFLAG graylist"): ("flag", False),
    ("my devices", "%pixels\nQUARANTINE my devices"): ("quarantine", False),
    ("whitelist", "%pixels\nFINAL whitelist"): ("pass", True),
    ("blacklist", "%pixels\nCLEAN blacklist\nFINAL blacklist"): ("clean", True),
}


@pytest.mark.parametrize(("given", "expected"), POLICIES.items(), ids=[" ".join(one) for one in POLICIES])
def test_the_policy_of_a_group(given, expected):
    """%pixels tells the policy of a group, else its name does."""
    group, told = given
    made = program(f"%filter {group}\nLABEL one\ncontains Modality CT\ncoordinates all\n\n{told}")
    assert pixels(made) == ([expected], ["same-or-native"] if expected[0] != "pass" else [])


CLEANING = {
    "coordinates all": ["same-or-native"],
    "coordinates 0,0,9,9": ["same-or-native"],
    "coordinates from:SequenceOfUltrasoundRegions": ["same-or-native"],
    "keepcoordinates 0,0,9,9": [],
    "": [],
    "coordinates all\n%pixels\nSTORE native": ["native"],
    "coordinates all\n%pixels\nSTORE same": ["same"],
}


@pytest.mark.parametrize(("text", "expected"), CLEANING.items(), ids=[one.replace("\n", " / ") for one in CLEANING])
def test_pixels_are_cleaned_if_a_label_blanks_a_region(text, expected):
    """A program cleans pixels if a label has a region to blank, and stores them as STORE tells."""
    assert pixels(program(f"%filter graylist\nLABEL one\ncontains Modality CT\n{text}"))[1] == expected


def test_a_recipe_decides_otherwise_than_its_base(tmp_path):
    """A later line about a group counts, so that of a recipe, which is laid behind its bases."""
    base = tmp_path / "base.deid"
    base.write_text("FORMAT dicom\n%filter graylist\nLABEL one\ncoordinates all\n%pixels\nFLAG graylist\nSTORE same\n")
    top = tmp_path / "top.deid"
    top.write_text('FORMAT dicom\n%include "base.deid"\n%pixels\nCLEAN graylist\nSTORE native\n')
    assert pixels(compile_recipe(top)) == ([("clean", False)], ["native"])


def test_labels_with_regions():
    """Criteria are joined as written; boxes of CTP are turned from sizes into corners."""
    made = program("""
        %filter graylist
        LABEL dose report
        contains Modality CT|MR + equals Rows 512
        || missing PatientName
        coordinates 0,0,10,20
        ctpcoordinates 1,2,3,4
        keepcoordinates all
        coordinates from:SequenceOfUltrasoundRegions
        coordinates ocr
        coordinates OCR:Other
        %header
        REMOVE PatientName
    """)
    assert lines(made)[0] == (
        'mark clean "graylist" "dose report"'
        ' + [ + path / 00080060 contains "CT|MR" + path / 00280010 equals "512" ]'
        " || [ + path / 00100010 missing ]"
        " blank-region box 0 0 10 20 blank-region box 1 2 4 6 keep-region whole-image"
        ' blank-region regions-of path / 00186011 blank-region text-by "rapidocr" blank-region text-by "other"'
    )


CHAIN = "%values {0}\nFIELD {1}\n"


@pytest.mark.parametrize("order", ["abc", "acb", "bac", "bca", "cab", "cba"])
def test_lists_are_full_before_others_are_filled_from_them(order):
    """In whatever order lists are declared, what they were to remove is removed."""
    sources = {"a": "values:b", "b": "fields:c", "c": "PatientID"}
    kinds = {"a": "values", "b": "values", "c": "fields"}
    text = "".join(f"%{kinds[one]} {one}\nFIELD {sources[one]}\n\n" for one in order)
    dataset = Dataset()
    dataset.PatientID = dataset.AccessionNumber = "ABC123"
    dataset.Modality = "CT"
    outcome = Machine.link(compile_recipe(whole(text + "%header\nREMOVE values:a\n"))).run(dataset)
    assert [element.keyword for element in outcome.dataset] == ["Modality"]


def test_a_list_of_elements_names_what_it_gathers_through_others():
    """A %fields list of a %fields list is lowered to what that one gathers: nothing is left to follow."""
    made = program("""
        %fields outer
        FIELD fields:inner
        FIELD PatientName
        %fields inner
        FIELD PatientID
        FIELD StudyID
        %header
        REMOVE fields:outer
    """)
    assert lines(made) == [
        "gather 1 <- tag 00100020",
        "gather 1 <- tag 00200010",
        "gather 0 <- tag 00100020",
        "gather 0 <- tag 00200010",
        "gather 0 <- tag 00100010",
        "remove member 0 unless rewritten",
    ]
    assert made.slots == (Slot(ListKind.FIELDS, "outer"), Slot(ListKind.FIELDS, "inner"))


def test_many_lists_filled_from_each_other_compile():
    """A long chain, and lines that name a list twice, take no more than their number."""
    count = 200
    text = "".join(CHAIN.format(f"n{number}", f"values:n{number + 1}") for number in range(count))
    twice = "".join(f"%fields m{at}\nFIELD fields:m{at + 1}\nFIELD fields:m{at + 1}\n" for at in range(count))
    ends = f"%values n{count}\nFIELD PatientID\n%fields m{count}\nFIELD StudyID\n"
    made = program(f"{text}{twice}{ends}%header\nREMOVE values:n0\nREMOVE fields:m0\n")
    assert len(made.slots) == 2 * (count + 1)


def test_protection_is_of_the_callers_choice():
    """The caller may protect other attributes."""
    made = compile_recipe(whole("REMOVE all"), protected=("PixelData",))
    assert [op.at for op in made.ops if isinstance(op, ops.Protect)] == [ops.Tagged("7FE00010")]
