"""Fields: what is shown of an object, and that looking changes nothing."""

from __future__ import annotations

import copy
import gc
import pickle

import pytest
from pydicom import dcmread
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.tag import Tag

from deidc import CompileError, Machine
from deidc.compat.config import DeidRecipe
from deidc.compat.dicom import extract_sequence, get_identifiers
from deidc.compat.dicom.fields import (
    DicomField,
    FieldsWithLookups,
    expand_field_expression,
    extract_item,
    get_fields,
    get_fields_with_lookup,
)
from deidc.compat.dicom.parser import DicomParser
from deidc.compat.objects.paths import uid_of_path
from deidc.compat.recipes.dicts import program_of
from deidc.runtime.fold.frame import Untouched
from tests.compat.dicom.objects import in_file, nested, recipe_of
from tests.deid.cases import SELECTORS, file
from tests.files import shipped
from tests.running import dataset_of, file_dataset


def test_uids_and_names_tell_the_way():
    """A uid has tags and item numbers, a name has keywords."""
    table = get_fields_with_lookup(in_file())
    field = table["(0040,0275)__1__(0010,0020)"]
    assert (field.name, field.tag, field.stripped_tag) == (
        "RequestAttributesSequence__PatientID",
        "(0010,0020)",
        "00100020",
    )
    assert field.element.value == "inner 1"


@pytest.mark.parametrize("uid", ["(7FE0,0010)", "(7fe0,0010)", "(7fe0, 0010)"])
def test_a_uid_is_found_in_the_spelling_of_every_pydicom(uid):
    ids = get_identifiers(str(shipped("CT_small.dcm")), disable_skip=True)
    (fields,) = ids.values()
    assert fields[uid].name == "PixelData"
    assert uid in fields
    assert fields.get(uid) is fields[uid]
    with pytest.raises(KeyError):
        fields["(7fe0, 0011)"]
    assert fields.get("(7fe0, 0011)", 3) == 3
    fields["ID"] = "a variable"
    assert "id" not in fields


def test_looking_decodes_nothing():
    """A table is made of raw elements, but for sequences, and Pixel Representation, which pydicom asks for them."""
    dataset = dcmread(shipped("CT_small.dcm"))
    raw = [tag for tag, element in dataset._dict.items() if isinstance(element, RawDataElement)]
    get_fields_with_lookup(dataset)
    decoded = {dataset._dict[tag].VR for tag in raw if not isinstance(dataset._dict[tag], RawDataElement)}
    assert decoded == {"SQ", "US"}


def test_an_element_is_that_of_the_object():
    """What is written to an element of a field is written to the object."""
    dataset = in_file()
    field = get_fields_with_lookup(dataset)["(0040,0275)__0__(0010,0020)"]
    field.element.value = "new"
    assert dataset.RequestAttributesSequence[0].PatientID == "new"
    assert field.value_contains("^new$")


def test_an_element_outlives_its_object():
    """The element can be asked for after the object, or the element in it, is gone."""
    dataset = in_file()
    table = get_fields_with_lookup(dataset)
    del dataset.PatientID
    assert table["(0010,0020)"].element.value == "ZQ-ID"
    del dataset
    gc.collect()
    assert table["(0010,0010)"].element.value == "ZQ^NAME"


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda field: pickle.loads(pickle.dumps(field))])
def test_a_field_can_be_copied(copied):
    """A copy has the element, and no tie to the object."""
    dataset = in_file()
    twin = copied(get_fields_with_lookup(dataset)["(0010,0020)"])
    twin.element.value = "other"
    assert dataset.PatientID == "ZQ-ID"
    assert (twin.name, twin.uid) == ("PatientID", "(0010,0020)")


def test_what_cannot_be_decoded_is_shown_as_bytes():
    """Three bytes are no number; they do not keep the others from being shown."""
    dataset = in_file()
    dataset._dict[Tag("Rows")] = RawDataElement(Tag("Rows"), "US", 3, b"\1\2\3", 0, False, True)
    table = get_fields_with_lookup(dataset)
    assert (table["(0028,0010)"].element.VR, table["(0028,0010)"].element.value) == ("UN", b"\1\2\3")
    assert table["(0010,0020)"].element.value == "ZQ-ID"


def test_a_field_is_shown_with_its_value_as_deid_shows_it():
    """The text of a field is that of pydicom's element, and its name."""
    field = get_fields_with_lookup(nested())["(0010,0020)"]
    assert str(field) == repr(field) == f"{nested()['PatientID']}  [PatientID]"


def test_what_is_skipped_is_left_out_with_what_is_in_it():
    table = get_fields_with_lookup(nested(), skip=["RequestAttributesSequence", "(0010, 0010)"])
    assert not [uid for uid in table if uid.startswith(("(0040,0275)", "(0010,0010)"))]
    assert "(0010,0020)" in table
    assert "(0010,0020)" not in get_fields_with_lookup(nested(), seen=["(0010,0020)"])
    assert list(get_fields(nested(), "PatientName", False)) == [
        "(0008,0020)",
        "(0009,0010)",
        "(0009,1001)",
        "(0010,0020)",
        "(0020,0010)",
        "(0040,0275)",
    ]


def test_a_table_is_a_dictionary_that_finds_targets():
    """Fields are added and removed; a target finds what a rule would."""
    table = get_fields_with_lookup(nested())
    assert [field.uid for field in table.get_exact_matches("AccessionNumber")] == ["(0040,0275)__0__(0008,0050)"]
    table.add("x", DicomField(DataElement("PatientAge", "AS", "012Y"), "PatientAge", "(0010,1010)"))
    assert [field.name for field in table.get_exact_matches("(0010,1010)")] == ["PatientAge"]
    table.remove("x")
    table.remove("x")
    table["y"] = table["(0010,0020)"]
    assert "x" not in table
    assert len(table) == len(table.fields) == len(list(table.values())) == len(list(table.keys()))
    assert table.get("z") is None


@pytest.mark.parametrize(
    ("target", "uids"),
    [
        ("(0040,0275)__1__(0010,0020)", {"(0040,0275)__1__(0010,0020)"}),
        ("RequestAttributesSequence__PatientID", {"(0040,0275)__0__(0010,0020)", "(0040,0275)__1__(0010,0020)"}),
        ('(0009,"deidc test",01)', {"(0009,1001)"}),
        ("select:private", {"(0009,0010)", "(0009,1001)"}),
        ("Patient's Name", {"(0010,0010)"}),
    ],
)
def test_targets_select_as_rules_do(target, uids):
    """A target is compiled, and the machine says what it selects."""
    assert set(expand_field_expression(target, nested())) == uids
    assert set(expand_field_expression(target, None, get_fields_with_lookup(nested()).fields)) == uids


LISTS = {
    "values": {"v": [{"action": "FIELD", "field": "PatientID"}]},
    "fields": {"f": [{"action": "FIELD", "field": "contains:UID"}]},
}


@pytest.mark.parametrize("name", ["CT_small.dcm", "rtplan.dcm", "nested_priv_SQ.dcm", "test-SR.dcm"])
def test_targets_select_what_the_machine_looks_at(name):
    """A rule that can never act is asked about the very elements that its target selects among the fields."""
    dataset = dcmread(file(name))
    for target in (*SELECTORS, "values:v", "fields:f"):
        lists = {kind: LISTS[kind] for kind in LISTS if target.startswith(kind)}
        rule = recipe_of({"action": "REMOVE", "field": target, "value": "missing:"}, **lists)
        notes = Machine.link(program_of(rule, protected=())).trace(dataset).notes
        asked = {uid_of_path(note.path) for note in notes if note.reason is not Untouched.OTHER}
        if lists:
            keeping = recipe_of({"action": "KEEP", "field": target}, **lists)
            assert set(DicomParser(dataset, DeidRecipe(keeping)).keep) == asked, target
        else:
            assert set(expand_field_expression(target, dataset)) == asked, target


@pytest.mark.parametrize(
    "target", ["PatientsName", "contains:(", "select:VR:ZZ", "fields:none", "values:none", "jitter"]
)
def test_what_is_no_target_raises(target):
    """deid finds nothing, and says nothing."""
    with pytest.raises(CompileError):
        expand_field_expression(target, nested())


@pytest.mark.parametrize("target", ["PatientID\nREMOVE PatientName", "PatientID contains:X"])
def test_one_target_is_one_target(target):
    """What stands behind a target is no part of it, and is not passed over."""
    with pytest.raises((CompileError, ValueError)):
        expand_field_expression(target, nested())


def test_neither_object_nor_fields_raise():
    with pytest.raises(ValueError, match="neither"):
        expand_field_expression("PatientID", None)


def test_a_field_answers_for_itself():
    """Names, values and attributes are asked for by expressions, without regard to case."""
    table = get_fields_with_lookup(nested())
    private, name = table["(0009,1001)"], table["(0010,0010)"]
    assert private.name_contains('0009,"DEIDC')
    assert name.name_contains("patient's n")
    assert not name.name_contains("^Name")
    assert name.value_contains("zq")
    assert not table["(0040,0275)"].value_contains(".")
    assert name.select_matches("VR:PN")
    assert name.select_matches("group:0x10")
    assert not private.select_matches("VR:PN")


def test_a_field_made_by_hand_answers_too():
    """A field needs no table: its uid tells the way, or else its element does."""
    element = DataElement("PatientID", "LO", "X")
    assert DicomField(element, "S__PatientID", "(0040,0275)__3__(0010,0020)").input.indexes == (3,)
    assert DicomField(element, "PatientID", "PatientID").tag == "(0010,0020)"
    assert FieldsWithLookups({"u": DicomField(element, "PatientID", "u")}).get_exact_matches("00100020")


def test_sequences_become_flat():
    """Values are found by nested name; with numbers, those of all items."""
    inner = dataset_of(CodeValue="1", CodingSchemeDesignator="DCM")
    items = [dataset_of(AccessionNumber="A", ProcedureCodeSequence=[inner]), dataset_of(AccessionNumber="B")]
    assert extract_sequence(Sequence(items), prefix="S") == {
        "S__AccessionNumber": "B",
        "S__ProcedureCodeSequence__CodeValue": "1",
        "S__ProcedureCodeSequence__CodingSchemeDesignator": "DCM",
    }
    numbered = extract_sequence(Sequence(items), prefix="S", indexed=True)
    assert numbered["S__0__AccessionNumber"] == "A"
    assert numbered["S__1__AccessionNumber"] == "B"
    assert numbered["S__0__ProcedureCodeSequence__0__CodeValue"] == "1"
    assert extract_item(nested()["PatientID"]) == {"PatientID": "ZQ-ID"}
    assert extract_item(nested()[0x0009, 0x1001]) == {}


def test_identifiers_leave_out_what_is_asked_for():
    """Sequences, private elements and what the config passes over go by their own switches."""
    path = str(shipped("CT_small.dcm"))

    def uids(**options):
        (fields,) = get_identifiers(path, **options).values()
        return fields

    every = uids(disable_skip=True)
    assert "(7FE0,0010)" in every
    assert "(7FE0,0010)" not in uids()
    assert not [one for one in uids(remove_private=True).values() if one.element.tag.is_private]
    assert not [one for one in uids(strip_sequences=True) if "__" in one or every[one].element.VR == "SQ"]
    assert not [one for one in uids(expand_sequences=False) if "__" in one]


def test_objects_without_a_name_have_one_in_the_result():
    """A single one has None, as in deid; several are numbered, where deid keeps the last."""
    assert list(get_identifiers(nested())) == [None]
    ids = get_identifiers([nested(), file_dataset(Dataset()), dcmread(shipped("CT_small.dcm"))])
    assert list(ids) == ["object-1", "object-2", str(shipped("CT_small.dcm"))]
