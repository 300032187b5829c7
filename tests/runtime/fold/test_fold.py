"""What two rules on one attribute make of it, and what rules do to elements at every depth."""

from __future__ import annotations

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from deidc import Cleaned, Machine
from tests.running import clean, dataset_of, fault_codes, file_dataset, program_as_deid, run

ADD = "ADD StudyDate 20200101"
BLANK = "BLANK StudyDate"
JITTER = "JITTER StudyDate 1"
KEEP = "KEEP StudyDate"
REPLACE = "REPLACE StudyDate 20100101"
REMOVE = "REMOVE StudyDate"
GONE = object()


def as_deid(rules: str, dataset: Dataset) -> Dataset:
    """Clean an object by rules of which some have no effect, which is an error for users, but defined by deid."""
    outcome = Machine.link(program_as_deid(f"FORMAT dicom\n\n%header\n{rules}\n")).run(dataset)
    assert isinstance(outcome, Cleaned)
    return outcome.dataset


# deid's test-locked grid (first rule, second rule, what is left of 20200515).
GRID = [
    (ADD, BLANK, ""),
    (ADD, JITTER, "20200102"),
    (ADD, KEEP, "20200101"),
    (ADD, REPLACE, "20100101"),
    (ADD, REMOVE, GONE),
    (BLANK, ADD, "20200101"),
    (BLANK, JITTER, ""),
    (BLANK, KEEP, "20200515"),
    (BLANK, REPLACE, "20100101"),
    (BLANK, REMOVE, GONE),
    (JITTER, ADD, "20200101"),
    (JITTER, BLANK, ""),
    (JITTER, JITTER, "20200517"),
    (JITTER, KEEP, "20200515"),
    (JITTER, REPLACE, "20100101"),
    (JITTER, REMOVE, "20200516"),
    (KEEP, ADD, "20200101"),
    (KEEP, BLANK, "20200515"),
    (KEEP, JITTER, "20200515"),
    (KEEP, REPLACE, "20200515"),
    (KEEP, REMOVE, "20200515"),
    (REPLACE, ADD, "20200101"),
    (REPLACE, BLANK, ""),
    (REPLACE, JITTER, "20100102"),
    (REPLACE, KEEP, "20200515"),
    (REPLACE, REMOVE, "20100101"),
    (REMOVE, ADD, "20200101"),
    (REMOVE, BLANK, GONE),
    (REMOVE, JITTER, "20200516"),
    (REMOVE, KEEP, "20200515"),
    (REMOVE, REPLACE, "20100101"),
]


@pytest.mark.parametrize(("first", "second", "left"), GRID)
@pytest.mark.parametrize("from_file", [False, True], ids=["made", "read"])
def test_two_rules_on_one_attribute(first, second, left, from_file):
    """Two rules on one attribute do what deid's own tests lock."""
    dataset = dataset_of(StudyDate="20200515", SOPInstanceUID="1.2.3")
    cleaned = as_deid(f"{first}\n{second}", file_dataset(dataset) if from_file else dataset)
    assert cleaned.get("StudyDate", GONE) == left


@pytest.mark.parametrize(
    ("rules", "left"),
    [
        ("KEEP StudyDate\nADD StudyDate 20200101\nREMOVE StudyDate", GONE),
        ("ADD StudyDate 20200101\nREMOVE StudyDate\nREPLACE StudyDate 20100101", "20100101"),
        ("REMOVE all\nREPLACE StudyDate 20100101", "20100101"),
        ("REMOVE all\nJITTER endswith:Date 1", "20200516"),
        ("BLANK all\nREMOVE all", GONE),
    ],
)
def test_three_rules(rules, left):
    """ADD opens a kept attribute to later rules; a rewritten one survives REMOVE."""
    assert as_deid(rules, dataset_of(StudyDate="20200515")).get("StudyDate", GONE) == left


def test_a_replacement_through_a_list_does_not_hold_off_remove():
    """REPLACE fields:X does not keep REMOVE from acting, as in deid."""
    recipe = """
        %fields dates
        FIELD StudyDate
        %header
        REMOVE StudyDate
        REPLACE fields:dates 20100101
    """
    assert "StudyDate" not in clean(recipe, dataset_of(StudyDate="20200515"))


def nested() -> Dataset:
    """An object with PatientID at the top and in two items of a sequence."""
    return dataset_of(
        PatientID="top",
        OtherPatientIDsSequence=Sequence([dataset_of(PatientID="first"), dataset_of(PatientID="second")]),
    )


@pytest.mark.parametrize("from_file", [False, True], ids=["made", "read"])
@pytest.mark.parametrize(
    ("target", "top", "items"),
    [
        ("PatientID", "X", ["X", "X"]),
        ("patientid", "X", ["X", "X"]),
        ("(0010,0020)", "X", ["X", "X"]),
        ("00100020", "X", ["X", "X"]),
        ("OtherPatientIDsSequence__PatientID", "top", ["X", "X"]),
        ("OtherPatientIDsSequence__1__PatientID", "top", ["first", "X"]),
        ("(0010,1002)__0__(0010,0020)", "top", ["X", "second"]),
        ("endswith:PatientID", "X", ["X", "X"]),
        ("select:VR:LO", "X", ["X", "X"]),
        ("contains:^Patient.?ID$", "X", ["X", "X"]),
    ],
)
def test_selectors_reach_every_depth(target, top, items, from_file):
    """A target reaches elements in items; a path and an index reach fewer."""
    dataset = nested()
    cleaned = clean(f"REPLACE {target} X", file_dataset(dataset) if from_file else dataset)
    assert cleaned.PatientID == top
    assert [item.PatientID for item in cleaned.OtherPatientIDsSequence] == items
    assert dataset == nested()


def test_removing_a_sequence_takes_its_items_along():
    """A removed sequence is one event; what was in it needs none."""
    outcome = run("REMOVE OtherPatientIDsSequence\nREPLACE PatientID X", nested())
    assert isinstance(outcome, Cleaned)
    assert [(event.path, event.effect.value) for event in outcome.events] == [
        ("00100020", "replaced"),
        ("00101002", "removed"),
    ]


def test_a_kept_sequence_keeps_what_is_in_it():
    """KEEP of a sequence protects its items from every rule."""
    cleaned = clean("KEEP OtherPatientIDsSequence\nREPLACE PatientID X", nested())
    assert cleaned.PatientID == "X"
    assert [item.PatientID for item in cleaned.OtherPatientIDsSequence] == ["first", "second"]


def test_keep_of_a_nested_path_keeps_just_that():
    """KEEP of a path protects the element there and not its namesakes (deid protects nothing)."""
    cleaned = clean("KEEP OtherPatientIDsSequence__0__PatientID\nREPLACE PatientID X", nested())
    assert cleaned.PatientID == "X"
    assert [item.PatientID for item in cleaned.OtherPatientIDsSequence] == ["first", "X"]


def test_add_to_a_nested_path_sets_it_in_every_item():
    """ADD of a path sets the attribute in each item that is there, or in one that is made."""
    cleaned = clean("ADD OtherPatientIDsSequence__IssuerOfPatientID X", nested())
    assert [item.IssuerOfPatientID for item in cleaned.OtherPatientIDsSequence] == ["X", "X"]
    cleaned = clean("ADD OtherPatientIDsSequence__IssuerOfPatientID X", dataset_of(PatientID="1"))
    assert [item.IssuerOfPatientID for item in cleaned.OtherPatientIDsSequence] == ["X"]


def with_private() -> Dataset:
    """An object with two private blocks, one not at 10."""
    dataset = dataset_of(PatientID="1")
    block = dataset.private_block(0x0009, "ACME", create=True)
    block.add_new(0x01, "LO", "secret")
    block.add_new(0x02, "LO", "harmless")
    dataset.add_new(0x00090042, "LO", "OTHER")
    dataset.add_new(0x00094201, "SH", "other")
    return dataset


def private_tags(dataset: Dataset) -> list[int]:
    return [int(tag) for tag in sorted(dataset.keys()) if tag.is_private]


def test_a_private_creator_stays_with_what_is_kept_of_its_block():
    """REMOVE all with one private element kept leaves its creator and no other."""
    outcome = run('REMOVE all\nKEEP (0009,"acme",02)', with_private())
    assert isinstance(outcome, Cleaned)
    assert private_tags(outcome.dataset) == [0x00090010, 0x00091002]
    assert ("00090010", "retained") in [(event.path, event.effect.value) for event in outcome.events]


def test_select_private_removes_creators_too():
    """Nothing private is left when nothing of a block is."""
    assert private_tags(clean("REMOVE select:private", with_private())) == []


def test_a_private_element_is_found_in_any_block():
    """The block number does not matter, the creator does."""
    cleaned = clean('REPLACE (0009,"OTHER",01) X', with_private())
    assert cleaned[0x00094201].value == "X"
    assert cleaned[0x00091001].value == "secret"


def test_wide_rules_do_not_rewrite_private_creators():
    """BLANK select:private empties the elements and leaves the creators that give them a meaning."""
    cleaned = clean("BLANK select:private", with_private())
    assert cleaned[0x00090010].value == "ACME"
    assert cleaned[0x00091001].value == ""


def test_add_of_a_private_element_reserves_a_block():
    """ADD by creator uses the creator's block, or reserves the first free one."""
    cleaned = clean('ADD (0009,"ACME",03) X\nADD (0009,"NEW",01) Y', with_private())
    assert cleaned[0x00091003].value == "X"
    assert cleaned[0x00090011].value == "NEW"
    assert cleaned[0x00091101].value == "Y"


@pytest.mark.parametrize("value", ["var:text", "deid_func:basic_uuid"])
@pytest.mark.parametrize("target", ["endswith:IDsSequence", "select:group:0010", "select:private"])
def test_a_wide_replace_leaves_sequences_to_their_items(target, value):
    """A rule for many attributes writes no sequence; what is in a private sequence it reaches with the sequence."""
    dataset = nested()
    dataset.add_new(0x00110010, "LO", "ACME")
    dataset.add_new(0x00111001, "SQ", [dataset_of(StudyDescription="canary")])
    cleaned = clean(f"REPLACE {target} {value}", dataset, text="X")
    first = cleaned.OtherPatientIDsSequence[0].PatientID
    assert (first == "first") == (target != "select:group:0010")
    inside = cleaned[0x00111001].value[0].StudyDescription
    assert (inside == "canary") == (target != "select:private")


@pytest.mark.parametrize("target", ["OtherPatientIDsSequence", "fields:ids"])
def test_text_for_a_sequence_refuses_the_object(target):
    """A rule that would write text over a sequence that it, or a line of its list, names refuses."""
    recipe = f"""
        FORMAT dicom
        %fields ids
        FIELD OtherPatientIDsSequence
        %header
        REPLACE {target} var:text
        REMOVE fields:ids
    """
    assert fault_codes(run(recipe, nested(), text="X")) == ["DC908"]


@pytest.mark.parametrize("target", ["all", "contains:Patient", "startswith:OtherPatientIDs", "except:Study"])
def test_text_for_everything_leaves_sequences_to_their_items(target):
    """A rule that reaches the items of a sequence by name writes into them and not over them."""
    cleaned = clean(f"REPLACE {target} var:text", nested(), text="X")
    assert [item.PatientID for item in cleaned.OtherPatientIDsSequence] == ["X", "X"]
