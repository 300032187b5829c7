"""APPEND, codes, and items that are made on the way: nothing that was there is lost, and nothing in it is sheltered."""

from __future__ import annotations

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from deidc import Functions
from tests.properties.test_engines import assert_one_meaning
from tests.running import dataset_of, file_dataset, machine_for, written
from tests.runtime.both_engines import cleaned, refused

BASIC = 'code:113100,DCM,"Basic Application Confidentiality Profile"'
OPTION = 'code:113105,DCM,"Clean Descriptors Option"'
METHOD = "DeidentificationMethodCodeSequence"


def coded(value: str, **more: object) -> Dataset:
    return dataset_of({"CodeValue": value, "CodingSchemeDesignator": "DCM", "CodeMeaning": "any"}, **more)


def codes_of(dataset: Dataset) -> list[str]:
    return [item.CodeValue for item in dataset.DeidentificationMethodCodeSequence]


# ---- one more value


@pytest.mark.parametrize(
    ("before", "rules", "after"),
    [
        (None, "APPEND ImageType X", ["X"]),
        ("", "APPEND ImageType X", ["X"]),
        ("A", "APPEND ImageType X", ["A", "X"]),
        (["A", "X", "B"], "APPEND ImageType X", ["A", "X", "B"]),
        (["A", "B"], "APPEND ImageType X\\A\\Y", ["A", "B", "X", "Y"]),
        ("A", "APPEND ImageType X\nAPPEND ImageType X", ["A", "X"]),
        ("A", "BLANK ImageType\nAPPEND ImageType X", ["X"]),
        ("A", "REMOVE ImageType\nAPPEND ImageType X", ["X"]),
        ("A", "KEEP ImageType\nAPPEND ImageType X", ["A", "X"]),
        ("A", "REPLACE ImageType B\nAPPEND ImageType X", ["B", "X"]),
        ("A", "APPEND ImageType X\nREMOVE ImageType", None),
        ("A", "APPEND ImageType X if equals:B", ["A"]),
        (None, "APPEND ImageType X if present:", None),
        ("A", "APPEND ImageType from:Modality", ["A", "CT"]),
        ("not a code, but there", "APPEND ImageType X", ["not a code, but there", "X"]),
    ],
)
def test_one_more_value(before, rules, after):
    """A value stands behind those that are there, once; the attribute is made where it is absent."""
    dataset = dataset_of(Modality="CT", **({} if before is None else {"ImageType": before}))
    value = cleaned(rules, dataset).get("ImageType")
    assert (value if value is None else [value] if isinstance(value, str) else list(value)) == after


def test_a_value_in_each_item():
    """A path appends in every item."""
    items = Sequence([dataset_of(ImageType="A"), dataset_of(PatientID="1")])
    done = cleaned("APPEND OtherPatientIDsSequence__ImageType X", dataset_of(OtherPatientIDsSequence=items))
    assert [item.ImageType for item in done.OtherPatientIDsSequence] == [["A", "X"], "X"]


def test_an_attribute_of_one_value_refuses_the_object():
    """A private element may have any VR; one with a single value is not overwritten."""
    dataset = Dataset()
    dataset.private_block(0x0009, "ACME", create=True).add_new(0x01, "ST", "there")
    assert refused('APPEND (0009,"ACME",01) more', dataset) == ["DC936"]
    assert refused('APPEND (0009,"ACME",01) code:1,99X,"One"', dataset) == ["DC935"]


# ---- codes


@pytest.mark.parametrize(
    ("before", "rules", "after"),
    [
        (None, f"APPEND {METHOD} {BASIC}", ["113100"]),
        ([], f"APPEND {METHOD} {BASIC}", ["113100"]),
        (["113101"], f"APPEND {METHOD} {BASIC} {OPTION}", ["113101", "113100", "113105"]),
        (["113100"], f"APPEND {METHOD} {BASIC}", ["113100"]),
        (["113100"], f"APPEND {METHOD} {OPTION}\nAPPEND {METHOD} {OPTION}", ["113100", "113105"]),
        (["113101"], f"REPLACE {METHOD} {BASIC}", ["113100"]),
        (["113101"], f"ADD {METHOD} {BASIC} {OPTION}", ["113100", "113105"]),
        (None, f"ADD {METHOD} {BASIC}\nAPPEND {METHOD} {OPTION}", ["113100", "113105"]),
        (["113101"], f"REMOVE {METHOD}\nAPPEND {METHOD} {BASIC}", ["113100"]),
        (["113101"], f"KEEP {METHOD}\nAPPEND {METHOD} {BASIC}", ["113101", "113100"]),
        (["113101"], f"BLANK {METHOD}\nAPPEND {METHOD} {BASIC}", ["113100"]),
    ],
)
def test_codes_of_a_sequence(before, rules, after):
    """ADD and REPLACE set the items, APPEND puts items behind those that are there, each once."""
    dataset = dataset_of(PatientID="1")
    if before is not None:
        dataset.DeidentificationMethodCodeSequence = Sequence([coded(one) for one in before])
    assert codes_of(cleaned(rules, dataset)) == after


def test_replace_makes_no_sequence():
    """REPLACE writes where there is something."""
    assert METHOD not in cleaned(f"REPLACE {METHOD} {BASIC}", dataset_of(PatientID="1"))


def test_items_that_are_there_are_cleaned():
    """An APPEND to a sequence does not shelter its items from other rules."""
    dataset = dataset_of(DeidentificationMethodCodeSequence=Sequence([coded("1", PatientName="Smith^John")]))
    done = cleaned(f"REMOVE PatientName\nAPPEND {METHOD} {BASIC}", dataset)
    items = done[0x00120064].value
    assert [("PatientName" in item, item.CodeValue) for item in items] == [
        (False, "1"),
        (False, "113100"),
    ]


@pytest.mark.parametrize(
    ("code", "keyword"),
    [
        ('code:T-D1100,SRT[20060823],"Head"', "CodeValue"),
        ('code:a-value-of-many-characters,99X,"Long"', "LongCodeValue"),
        ('code:urn:oid:1.2.840.10008,99X,"URN"', "URNCodeValue"),
        ('code:http://example.org/a#b,99X,"URL"', "URNCodeValue"),
    ],
)
def test_where_a_code_value_stands(code, keyword):
    """A long value and a URN have attributes of their own (PS3.3 8.1)."""
    (item,) = cleaned(f"ADD AnatomicRegionSequence {code}", dataset_of(PatientID="1")).AnatomicRegionSequence
    value, scheme, meaning = code.removeprefix("code:").rsplit(",", 2)
    assert item[keyword].value == value
    assert [one for one in ("CodeValue", "LongCodeValue", "URNCodeValue") if one in item] == [keyword]
    assert item.CodingSchemeDesignator == scheme.partition("[")[0]
    assert item.get("CodingSchemeVersion", "") == scheme.partition("[")[2].rstrip("]")
    assert item.CodeMeaning == meaning.strip('"')


def test_codes_in_private_sequences():
    """A private element that no dictionary knows becomes a sequence."""
    done = cleaned('ADD (0009,"ACME",07) code:1,99X,"One"', dataset_of(PatientID="1"))
    assert done[0x00091007].VR == "SQ"
    assert done[0x00091007][0].CodeMeaning == "One"


def test_letters_that_the_object_cannot_hold():
    """The meaning of a code is text of the object."""
    assert refused('ADD AnatomicRegionSequence code:1,99X,"Übung"', dataset_of(PatientID="1")) == ["DC906"]


# ---- items on the way


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ("ADD RequestAttributesSequence__AccessionNumber X", [{"AccessionNumber": "X"}]),
        ("ADD RequestAttributesSequence[1].AccessionNumber X", [{}, {"AccessionNumber": "X"}]),
        (
            "ADD RequestAttributesSequence[1].AccessionNumber X\nADD RequestAttributesSequence__StudyDescription Y",
            [{"StudyDescription": "Y"}, {"AccessionNumber": "X", "StudyDescription": "Y"}],
        ),
        ("ADD RequestAttributesSequence__AccessionNumber X\nREMOVE AccessionNumber", None),
        ("ADD RequestAttributesSequence__AccessionNumber X\nREMOVE RequestAttributesSequence", None),
        ("ADD RequestAttributesSequence__AccessionNumber X\nBLANK AccessionNumber", [{"AccessionNumber": ""}]),
        ("ADD RequestAttributesSequence__AccessionNumber X\nBLANK RequestAttributesSequence", []),
        ("REMOVE all\nADD RequestAttributesSequence__AccessionNumber X", [{"AccessionNumber": "X"}]),
        ("APPEND RequestAttributesSequence__ImageType X if present:", None),
        (
            "ADD RequestAttributesSequence__AccessionNumber X\nREPLACE AccessionNumber Y",
            [{"AccessionNumber": "Y"}],
        ),
    ],
)
def test_sequences_are_made(rules, expected):
    """A sequence that is absent is made with the items that are needed, and not for nothing."""
    done = cleaned(rules, dataset_of(PatientID="1"))
    sequence = done.get("RequestAttributesSequence")
    found = sequence and [{one.keyword: one.value or "" for one in item} for item in sequence]
    assert (found if sequence is not None else None) == expected or (
        sequence is not None and list(sequence) == expected
    )


def test_sequences_in_sequences():
    """Each sequence on the way is made."""
    done = cleaned("ADD BeamSequence[1].ControlPointSequence.GantryAngle 5", dataset_of(PatientID="1"))
    assert [len(item) for item in done.BeamSequence] == [0, 1]
    assert done.BeamSequence[1].ControlPointSequence[0].GantryAngle == 5


def test_a_private_element_in_a_made_item():
    """A made item has the private creator that it needs."""
    done = cleaned('ADD RequestAttributesSequence__(0009,"ACME",01) X', dataset_of(PatientID="1"))
    item = done.RequestAttributesSequence[0]
    assert {int(one.tag): one.value for one in item} == {0x00090010: "ACME", 0x00091001: "X"}


def test_items_behind_those_that_are_there():
    """Items of the input stay, and other rules reach them."""
    items = Sequence([dataset_of(PatientName="Smith^John", AccessionNumber="1")])
    rules = "REMOVE PatientName\nADD RequestAttributesSequence[2].AccessionNumber X"
    done = cleaned(rules, dataset_of(RequestAttributesSequence=items)).RequestAttributesSequence
    assert [{one.keyword: one.value for one in item} for item in done] == [
        {"AccessionNumber": "1"},
        {},
        {"AccessionNumber": "X"},
    ]


def test_a_way_through_no_sequence_refuses_the_object():
    """Where an element of another VR stands on the way, what is written cannot be done."""
    dataset = Dataset()
    dataset.private_block(0x0009, "ACME", create=True).add_new(0x01, "LO", "text")
    assert refused('ADD (0009,"ACME",01)__PatientID X', dataset) == ["DC935"]


def test_the_codes_of_the_standard_are_stamped():
    """A recipe that writes the code of the Basic Profile by paths has an item with it in the output."""
    rules = f"""
        ADD PatientIdentityRemoved YES
        ADD {METHOD}__0__CodeValue 113100
        ADD {METHOD}__0__CodingSchemeDesignator DCM
        ADD {METHOD}__0__CodeMeaning Basic Application Confidentiality Profile
    """
    done = cleaned(rules, dataset_of(PatientID="1"))
    by_code = cleaned(f"ADD PatientIdentityRemoved YES\nADD {METHOD} {BASIC}", dataset_of(PatientID="1"))
    assert done.DeidentificationMethodCodeSequence == by_code.DeidentificationMethodCodeSequence
    assert {one.keyword: one.value for one in done.DeidentificationMethodCodeSequence[0]} == {
        "CodeValue": "113100",
        "CodingSchemeDesignator": "DCM",
        "CodeMeaning": "Basic Application Confidentiality Profile",
    }


def test_why_says_what_made_the_items():
    """The trace has the op that made a sequence, or why it made none."""
    rules = "ADD RequestAttributesSequence__AccessionNumber X\nAPPEND ViewCodeSequence__ImageType X if func:wanted"
    functions = Functions.standard().with_function("wanted", lambda: False)
    machine = machine_for(rules, functions)
    notes = machine.trace(dataset_of(PatientID="1")).notes
    found = {(note.path, note.effect and note.effect.value, note.reason and note.reason.name) for note in notes}
    assert {("00400275", "added", None), ("00400275[0].00080050", "added", None)} <= found
    assert ("00540220", None, "INSIDE") in found


def test_what_is_remembered_of_one_object_is_not_written_into_another():
    """Codes and values are appended to what each object has, and items get the values of their own object."""
    rules = f"""
        APPEND {METHOD} {BASIC}
        APPEND ImageType X
        REPLACE ViewCodeSequence code:1,99X,"One"
        ADD (0054,02xx)__ImageType from:Modality
    """
    machine = machine_for(rules)
    for modality, image_type, codes in (("CT", "A", ()), ("MR", "B", ("113101",)), ("CT", "X", ()), ("US", "A", ())):
        dataset = dataset_of(Modality=modality, ImageType=image_type, ViewCodeSequence=Sequence([coded("2")]))
        if codes:
            dataset.DeidentificationMethodCodeSequence = Sequence([coded(one) for one in codes])
        data = written(file_dataset(dataset))
        assert assert_one_meaning(machine, data) != "refused"
        done = machine.run(file_dataset(dataset)).dataset
        assert codes_of(done) == [*codes, "113100"]
        assert done.ViewCodeSequence[0].ImageType == modality
        assert done.ImageType == ("X" if image_type == "X" else [image_type, "X"])
