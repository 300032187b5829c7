"""Labels asked on their own."""

from __future__ import annotations

import copy

from hypothesis import given, settings
from pydicom.sequence import Sequence

from deidc import Cleaned, Refused, compile_recipe
from deidc.ir.ops import Rectangle
from deidc.ir.program import Origin
from deidc.ir.reader import read_program
from deidc.runtime.labels.detector import Detector, Finding
from deidc.runtime.outcome import Region
from tests.properties.machines import machine_of
from tests.running import dataset_of, file_dataset
from tests.strategies.objects import objects
from tests.strategies.rules import recipes

RECIPE = """FORMAT dicom

%vars
VAR key secret

%values named
FIELD PatientID

%header
REPLACE PatientID func:nowhere
JITTER StudyDate deid_func:date_shift key=var:key

%filter whitelist

LABEL Known
  equals Modality US

%filter graylist

LABEL Name in the description
  contains values:named 17
  coordinates 0,0,10,10

LABEL Never
  equals Modality CT
"""


def test_a_finding_has_group_label_line_and_regions():
    """Every label that fires is told with the line it begins at, in the order of the recipe."""
    dataset = dataset_of(Modality="US", PatientID="17", StudyDescription="of 17")
    corner = (Region(False, (Rectangle(0, 0, 10, 10),)),)
    found = Detector.of(compile_recipe(RECIPE)).detect(dataset)
    assert [(one.group, one.label, one.origin, one.held, one.regions) for one in found] == [
        ("whitelist", "Known", Origin("<recipe>", 15), False, ()),
        ("graylist", "Name in the description", Origin("<recipe>", 20), True, corner),
    ]


def test_a_program_without_remarks_has_findings_of_no_line():
    """A program that was read without origins tells no line, and finds the same."""
    program = compile_recipe(RECIPE)
    bare = read_program("\n".join(line.partition(" ; ")[0] for line in program.text.splitlines()))
    dataset = dataset_of(Modality="US")
    (here,), (there,) = Detector.of(program).detect(dataset), Detector.of(bare).detect(dataset)
    assert (here.group, here.label) == (there.group, there.label) == ("whitelist", "Known")
    assert there.origin == Origin("deidc", 0)


def test_an_object_whose_criteria_cannot_be_read_is_refused():
    """Bytes that are no value of their VR leave it open whether a label fires."""
    dataset = file_dataset(dataset_of(Modality="US", Rows=5))
    raw = dataset._dict[0x00280010]
    dataset._dict[0x00280010] = raw._replace(value=b"abc", length=3)
    found = Detector.of(compile_recipe("FORMAT dicom\n\n%filter a\n\nLABEL b\n  equals Rows 5\n")).detect(dataset)
    assert isinstance(found, Refused)
    assert [fault.rule.code for fault in found.faults] == ["DC907"]


def test_detection_changes_neither_object_nor_program():
    """The regions of one object do not stay for the next, and nothing is written into either."""
    program = compile_recipe(
        "FORMAT dicom\n\n%filter a\n\nLABEL b\n  present Modality\n  coordinates from:SequenceOfUltrasoundRegions\n"
    )
    text, detector = program.text, Detector.of(program)
    for edge in (10, 20, 10):
        item = dataset_of(
            RegionLocationMinX0=0, RegionLocationMinY0=0, RegionLocationMaxX1=edge, RegionLocationMaxY1=edge
        )
        dataset = dataset_of(Modality="US", SequenceOfUltrasoundRegions=Sequence([item]))
        before = copy.deepcopy(dataset)
        (finding,) = detector.detect(dataset)
        assert finding.regions == (Region(False, (Rectangle(0, 0, edge + 1, edge + 1),)),)
        assert dataset == before
    assert program.text == text


@settings(max_examples=60)
@given(recipes(), objects())
def test_a_detector_and_a_machine_agree(recipe, dataset):
    """What fires is the same whether or not the object is cleaned too."""
    machine = machine_of(recipe)
    outcome = machine.run(dataset)
    found = Detector.of(machine.program).detect(dataset)
    if isinstance(outcome, Cleaned):
        flags = [(flag.op, flag.group, flag.label, flag.policy, flag.regions) for flag in outcome.flags]
        assert [(one.op, one.group, one.label, one.policy, one.regions) for one in found] == flags
        assert all(isinstance(one, Finding) for one in found)
