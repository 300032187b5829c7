"""DESCEND, and KEEP and ADD with conditions: what stays, and what rules reach, by both engines."""

from __future__ import annotations

import pytest
from pydicom.dataset import Dataset, FileDataset

from deidc import Functions
from tests.running import dataset_of, file_dataset, machine_for
from tests.runtime.fold.test_guards import cleaned as cleaned_by_both
from tests.runtime.fold.test_guards import outcomes

ITEM = {"AccessionNumber": "A1", "StudyDate": "20200101"}


def with_items() -> FileDataset:
    """An object with a sequence, one in its items, and a private one."""
    inner = dataset_of(AccessionNumber="A2")
    item = dataset_of(ITEM, ReferencedStudySequence=[inner])
    dataset = dataset_of(
        SOPInstanceUID="1.2", PatientID="17", StudyDescription="of Doe", RequestAttributesSequence=[item]
    )
    dataset.private_block(0x0009, "ACME", create=True).add_new(1, "SQ", [dataset_of(AccessionNumber="A3")])
    return file_dataset(dataset)


def cleaned(rules: str) -> list[Dataset]:
    return cleaned_by_both(machine_for(rules), with_items())


@pytest.mark.parametrize(
    "taking",
    ["REMOVE RequestAttributesSequence", "BLANK all", "REMOVE all", "REMOVE select:VR:SQ", "REMOVE (0040,xxxx)"],
)
@pytest.mark.parametrize("wide", [True, False])
def test_the_sequence_stays_and_its_items_are_reached(taking: str, wide: bool):
    """No rule takes the sequence, whichever comes later; rules reach what is in it."""
    if taking == "REMOVE RequestAttributesSequence" and not wide:
        return  # which the check refuses: DC141
    target = "endswith:AttributesSequence" if wide else "RequestAttributesSequence"
    for one in cleaned(f"DESCEND {target}\n{taking}\nBLANK AccessionNumber"):
        [item] = one.RequestAttributesSequence
        assert not item.get("AccessionNumber")
        assert bool(item.get("StudyDate")) == (not taking.endswith("all"))


@pytest.mark.parametrize(
    ("holding", "stays"),
    [
        ("KEEP RequestAttributesSequence", True),
        ("DESCEND RequestAttributesSequence", False),
        ("KEEP RequestAttributesSequence\nDESCEND select:VR:SQ", True),
        ("KEEP select:VR:SQ\nDESCEND RequestAttributesSequence", False),
        ("DESCEND RequestAttributesSequence\nKEEP select:VR:SQ", False),
        ("KEEP select:VR:SQ\nDESCEND endswith:Sequence", False),
        ("DESCEND endswith:Sequence\nKEEP select:VR:SQ", True),
    ],
)
def test_the_rule_that_names_the_sequence_decides_about_its_items(holding: str, stays: bool):
    """Of KEEP and DESCEND the one that names the sequence decides, and of two of a kind the later one."""
    for one in cleaned(f"{holding}\nREMOVE AccessionNumber"):
        [item] = one.RequestAttributesSequence
        assert ("AccessionNumber" in item) == stays


def test_keep_inside_a_kept_sequence_is_not_undone():
    """DESCEND of a sequence inside one that KEEP keeps has no effect: what is kept is kept with all that is in it."""
    for one in cleaned("KEEP RequestAttributesSequence\nDESCEND ReferencedStudySequence\nREMOVE AccessionNumber"):
        assert one.RequestAttributesSequence[0].ReferencedStudySequence[0].AccessionNumber == "A2"


def test_private_sequences_are_entered():
    """DESCEND by private creator is about sequences, and about no other private element."""
    for one in cleaned('DESCEND (0009,"ACME",01)\nREMOVE select:private\nREMOVE AccessionNumber'):
        assert len(one[0x0009, 0x1001].value) == 1
        assert "AccessionNumber" not in one[0x0009, 0x1001].value[0]


def test_other_elements_are_not_held():
    """A wide DESCEND holds off nothing from an element that is no sequence."""
    for one in cleaned("DESCEND all\nREMOVE PatientID\nBLANK StudyDescription"):
        assert "PatientID" not in one
        assert not one.StudyDescription


@pytest.mark.parametrize(
    ("condition", "stays"),
    [
        ("contains:Doe", True),
        ("contains:Smith", False),
        ("equals:x", False),
        ("notequals:x", True),
        ("present:", True),
        ("empty:", False),
        ("if var:yes", True),
        ("if var:no", False),
        ("func:is_long", True),
        ("contains:Doe func:is_long", True),
        ("values:names", False),
    ],
)
def test_keep_takes_conditions(condition: str, stays: bool):
    """KEEP holds other rules off only from elements that satisfy all its conditions."""
    functions = Functions.standard().with_function("is_long", lambda field: len(str(field.value)) > 3)
    recipe = (
        f"%vars\nVAR yes text default=1\nVAR no text default=0\n%values names\nFIELD PatientName\n%header\n"
        f"KEEP StudyDescription {condition}\nREMOVE StudyDescription"
    )
    machine = machine_for(recipe, functions)
    for _ in range(3):  # decisions are kept
        for one in cleaned_by_both(machine, with_items()):
            assert ("StudyDescription" in one) == stays


def test_a_kept_sequence_is_asked_once():
    """A condition is evaluated once for a sequence, and what it says is true of its items too."""
    answers = iter([True, False] * 8)
    functions = Functions.standard().with_function("coin", lambda: next(answers))
    machine = machine_for("KEEP RequestAttributesSequence func:coin\nREMOVE AccessionNumber", functions)
    kept = ["AccessionNumber" in machine.run(with_items()).dataset.RequestAttributesSequence[0] for _ in range(4)]
    assert kept == [True, False, True, False]


def test_keep_with_a_condition_in_the_file_meta_information():
    """An element that the condition keeps stays in the file meta information, another goes with its sender."""
    for title, stays in (("HERE", True), ("THERE", False)):
        dataset = with_items()
        dataset.file_meta.SourceApplicationEntityTitle = title
        machine = machine_for("KEEP SourceApplicationEntityTitle equals:HERE")
        for one in outcomes(machine, dataset):
            assert ("SourceApplicationEntityTitle" in one.file_meta) == stays


@pytest.mark.parametrize(
    ("rule", "value"),
    [
        ("ADD PatientID X if missing:", "17"),
        ("ADD PatientID X if equals:17", "X"),
        ("ADD StudyID X if missing:", "X"),
        ("ADD StudyID X if present:", None),
        ("ADD StudyID X if notequals:1", "X"),
        ("ADD RequestAttributesSequence__StudyID X if missing:", "X"),
        ("ADD RequestAttributesSequence__AccessionNumber X if missing:", "A1"),
        ("ADD SourceImageSequence__StudyID X if present:", None),
    ],
)
def test_add_takes_conditions(rule: str, value: str | None):
    """ADD sets an attribute only where its conditions hold for what the input has there."""
    steps = rule.split()[1].split("__")
    for _ in range(2):
        for one in cleaned(rule):
            level = one
            for step in steps[:-1]:
                level = level[step].value[0] if step in level else Dataset()
            assert level.get(steps[-1]) == value
