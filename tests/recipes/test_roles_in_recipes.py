"""Bundled recipes reach UIDs and dates under another VR than the dictionary's, or refuse the object."""

from __future__ import annotations

import pytest
from pydicom import config
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from deidc import Cleaned, Machine, Refused, compile_recipe
from tests.keys import KEY
from tests.running import file_dataset

KEYED = {"key": KEY}
RECIPES = ("default", "default-keyed", "dates-shifted", "minimal", "ultrasound")
UID = "1.2.3.4.17"


def machine(name: str) -> Machine:
    program = compile_recipe(name)
    return Machine.link(program, variables={one.name: KEYED["key"] for one in program.needs.variables})


def an_object(*elements: tuple[int, str, object]) -> Dataset:
    dataset = Dataset()
    dataset.SOPClassUID, dataset.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.2", "1.2.3.4"
    dataset.PatientID, dataset.Modality, dataset.PatientName = "17", "CT", "A^B"
    item = Dataset()
    for tag, vr, value in elements:
        for level in (dataset, item):
            level.add(DataElement(tag, vr, value, validation_mode=config.IGNORE))
    dataset.RequestAttributesSequence = Sequence([item])
    return dataset


def texts(dataset: Dataset) -> str:
    return " ".join(str(element.value) for element in dataset.iterall() if element.VR != "SQ")


@pytest.mark.parametrize("name", RECIPES)
@pytest.mark.parametrize("vr", ["LO", "UT", "OB", "UN", "ST"])
@pytest.mark.parametrize("tag", [0x0020000D, 0x00081155])
def test_a_uid_under_another_vr_is_replaced(name, vr, tag):
    """Neither the top level nor an item has the original UID."""
    value = UID.encode() if vr in ("OB", "UN") else UID
    outcome = machine(name).run(file_dataset(an_object((tag, vr, value))))
    assert isinstance(outcome, Cleaned), outcome
    assert UID not in texts(outcome.dataset)


@pytest.mark.parametrize("name", ["default", "default-keyed", "dates-shifted", "minimal"])
def test_a_uid_that_its_vr_cannot_hold_refuses_the_object(name):
    """SH has 16 characters; the object is refused rather than the original kept."""
    outcome = machine(name).run(file_dataset(an_object((0x0020000D, "SH", "1.2.3.4.17"))))
    assert isinstance(outcome, Refused)


@pytest.mark.parametrize("name", ["default", "default-keyed", "dates-shifted", "minimal"])
def test_dicoms_own_uids_by_the_dictionary(name):
    """Registered UIDs and classes stay; an unregistered one below DICOM's root is replaced."""
    fake = "1.2.840.10008.1984.0712.4711.1"
    dataset = an_object((0x00200052, "UI", "1.2.840.10008.1.4.1.1"), (0x0020000D, "UI", fake), (0x0008010C, "UI", fake))
    outcome = machine(name).run(dataset)
    assert isinstance(outcome, Cleaned)
    assert fake not in texts(outcome.dataset)
    assert outcome.dataset.SOPClassUID == dataset.SOPClassUID
    assert outcome.dataset.get("FrameOfReferenceUID", "1.2.840.10008.1.4.1.1") == "1.2.840.10008.1.4.1.1"


@pytest.mark.parametrize("name", RECIPES)
def test_a_class_that_no_dictionary_has(name):
    """A reference to it is reported; an object of it is held. Neither is rewritten."""
    strange = "1.2.752.24.17.1"
    outcome = machine(name).run(an_object((0x00081150, "UI", strange)))
    assert isinstance(outcome, Cleaned)
    assert {event.path for event in outcome.events if event.effect == "unregistered"} == {
        "00081150",
        "00400275[0].00081150",
    } & {event.path for event in outcome.events}
    assert ("00081150", "unregistered") in {(event.path, event.effect.value) for event in outcome.events}
    assert "deidc" not in {flag.group for flag in outcome.flags}
    dataset = an_object()
    dataset.SOPClassUID = strange
    outcome = machine(name).run(file_dataset(dataset))
    assert isinstance(outcome, Cleaned)
    assert outcome.dataset.SOPClassUID == strange
    assert [flag.label for flag in outcome.flags if flag.group == "deidc" and flag.held]


DATES = ("20200517", "2020.05.17")


@pytest.mark.parametrize("name", RECIPES)
@pytest.mark.parametrize("vr", ["LO", "SH", "CS", "OB", "UN"])
@pytest.mark.parametrize("value", DATES)
def test_a_date_under_another_vr_is_treated_as_a_date(name, vr, value):
    """The date of the input is in no element of the output."""
    given = value.encode() if vr in ("OB", "UN") else value
    outcome = machine(name).run(file_dataset(an_object((0x00080021, vr, given), (0x0040A121, vr, given))))
    if isinstance(outcome, Cleaned):
        assert value not in texts(outcome.dataset)


@pytest.mark.parametrize("name", ["dates-shifted", "minimal"])
@pytest.mark.parametrize("vr", ["LO", "SH", "OB"])
def test_a_date_that_cannot_be_read_refuses_the_object(name, vr):
    """Where dates are shifted, text in a date attribute is no reason to leave it."""
    value = b"17 May 2020 " if vr == "OB" else "17 May 2020"
    assert isinstance(machine(name).run(file_dataset(an_object((0x0040A121, vr, value)))), Refused)


@pytest.mark.parametrize("name", ["default", "default-keyed", "dates-shifted", "ultrasound"])
@pytest.mark.parametrize(
    ("tag", "vr"), [(0x00189999, "UC"), (0x00189999, "LO"), (0x00189999, "US"), (0x00100010, "UC")]
)
def test_unknown_attributes_and_unlimited_characters(name, tag, vr):
    """What no edition knows goes whatever its VR, and UC is text as UT is."""
    dataset = an_object((tag, vr, 4711 if vr == "US" else "canary"))
    outcome = machine(name).run(file_dataset(dataset))
    assert isinstance(outcome, Cleaned)
    assert "canary" not in texts(outcome.dataset)
    assert tag != 0x00189999 or tag not in outcome.dataset
