"""Names of CTP scripts and what they mean."""

from __future__ import annotations

import pytest
from pydicom.datadict import keyword_dict

from deidc.dicom.newer_attributes import NEWER
from deidc.ir.resolving.ctp_labels import CTP_LABELS, ctp_keyword, ctp_pseudo_group

KEYWORDS = frozenset(keyword_dict) | {keyword for _, keyword, *_ in NEWER}


def test_every_name_means_a_keyword_and_is_none():
    """Targets are keywords of PS3.6, and no name is one, in whatever letters."""
    spelt = {keyword.lower() for keyword in KEYWORDS}
    assert len(CTP_LABELS) >= 150
    assert set(CTP_LABELS.values()) <= KEYWORDS
    assert not {label.lower() for label in CTP_LABELS} & spelt
    assert len({label.lower() for label in CTP_LABELS}) == len(CTP_LABELS)


@pytest.mark.parametrize(
    ("label", "keyword"),
    [
        ("PatientsName", "PatientName"),
        ("patientsname", "PatientName"),
        ("PatientsBirthDate", "PatientBirthDate"),
        ("PPSID", "PerformedProcedureStepID"),
        ("SPSDescription", "ScheduledProcedureStepDescription"),
        ("RefImageSeq", "ReferencedImageSequence"),
        ("ScheduledStationAET", "ScheduledStationAETitle"),
        ("SoftwareVersion", "SoftwareVersions"),
        ("OperatorName", "OperatorsName"),
        ("PhysicianOfRecord", "PhysiciansOfRecord"),
        ("PatientPhoneNumbers", "PatientTelephoneNumbers"),
        ("ReferringPhysicianPhoneNumbers", "ReferringPhysicianTelephoneNumbers"),
        # by rule, not by row
        ("SegmentSeq", "SegmentSequence"),
        ("PixelMeasuresSeq", "PixelMeasuresSequence"),
        ("RefSegmentNumber", "ReferencedSegmentNumber"),
        ("DeviceUid", "DeviceUID"),
        ("Patient's Address", "PatientAddress"),
    ],
)
def test_names_and_their_keywords(label: str, keyword: str):
    """A name stands for one keyword, by the table or by its words."""
    assert ctp_keyword(label) == keyword


@pytest.mark.parametrize("text", ["jitter", "Foo", "", "x" * 10_000, "__", "'"])
def test_other_words_are_no_such_names(text: str):
    """What no rule makes a keyword of is no name."""
    assert ctp_keyword(text) is None


@pytest.mark.parametrize(
    ("text", "selector"),
    [
        ("CURVES", "select:curve"),
        ("overlays", "select:overlay"),
        ("private", "select:private"),
        ("privategroups", "select:private"),
        ("Private Attributes", "select:private"),
        ("unspecified", "except:PATTERN"),
        ("(50xx,xxxx)", "select:curve"),
        ("(60XX,EEEE)", "select:overlay"),
        ("(60xx,3000)", "(60xx,3000)"),
        ("(gggg,eeee) where gggg is odd", "select:private"),
        ("0029xx--SIEMENS-CSA-HEADER", '(0029,"SIEMENS CSA HEADER",xx)'),
        ("PatientName", None),
    ],
)
def test_names_of_groups(text: str, selector: str | None):
    """A name of a group of elements stands for a selector."""
    assert ctp_pseudo_group(text) == selector
